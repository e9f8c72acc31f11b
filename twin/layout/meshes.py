"""Triangles as arrays: checked, moved, joined, simplified, shaded."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.errors import LayoutError
from twin.state import MeshArrays
from twin.transforms import Matrix, transform

CREASE_RAD = math.radians(38.0)
"""Edges sharper than this look hard: above a coarse cylinder's facets (15 to 30
degrees), below a chamfer's 45."""

WELD_M = 1e-5
"""Vertices nearer than this are one: far below what a CAD export resolves."""


FARTHEST = 1e7
"""Numbers beyond this are wrong bytes, even in millimetres: plants end within 10 km."""


@dataclass(frozen=True, slots=True)
class Surface:
    """Triangles of one colour, as a file gives them.

    Attributes:
        vertices_m: (n, 3) float64.
        triangles: (t, 3) int64.
        rgba: Colour, sRGB bytes and alpha.
    """

    vertices_m: NDArray[np.float64]
    triangles: NDArray[np.int64]
    rgba: tuple[int, int, int, int]


def checked_surface(where: str, surface: Surface) -> Surface:
    """Return the surface if it can be drawn and touched.

    Raises:
        LayoutError: If a vertex is not finite or absurdly far, or if a triangle
            names a vertex that is not there.
    """
    if len(surface.triangles) == 0:
        raise LayoutError(f"{where}: no triangles; give a mesh with faces")
    finite = np.isfinite(surface.vertices_m).all(axis=1)
    if not finite.all():
        raise LayoutError(
            f"{where}: vertex {int(np.argmin(finite))} is not a finite number; "
            "export the mesh again"
        )
    farthest = float(np.abs(surface.vertices_m).max())
    if farthest > FARTHEST:
        raise LayoutError(
            f"{where}: a vertex at {farthest:.3g}, farther than {FARTHEST:g}; "
            "export the mesh again"
        )
    low, high = int(surface.triangles.min()), int(surface.triangles.max())
    if low < 0 or high >= len(surface.vertices_m):
        raise LayoutError(
            f"{where}: a triangle names vertex {high if low >= 0 else low} of "
            f"{len(surface.vertices_m)}; export the mesh again"
        )
    return surface


def joined_by_colour(surfaces: Sequence[Surface]) -> list[Surface]:
    """Return one surface a colour, in the order colours first appear.

    Simplifying what belongs together spends triangles where the shape is large,
    not evenly on every bolt.
    """
    pieces: dict[tuple[int, int, int, int], list[Surface]] = {}
    for surface in surfaces:
        pieces.setdefault(surface.rgba, []).append(surface)
    joined: list[Surface] = []
    for rgba, alike in pieces.items():
        starts = np.cumsum([0, *(len(piece.vertices_m) for piece in alike)])
        joined.append(
            Surface(
                np.concatenate([piece.vertices_m for piece in alike]),
                np.concatenate(
                    [
                        piece.triangles + start
                        for piece, start in zip(alike, starts[:-1], strict=True)
                    ]
                ),
                rgba,
            )
        )
    return joined


def one_sided(surfaces: Sequence[Surface]) -> list[Surface]:
    """Return the surfaces without triangles that stand there twice.

    Some exporters write every face again, turned round, so that both sides show.
    The first of each pair stays; a surface without triangles left is dropped.
    """
    cells = np.concatenate(
        [np.round(surface.vertices_m / WELD_M).astype(np.int64) for surface in surfaces]
    )
    _, number = np.unique(cells, axis=0, return_inverse=True)
    corners: list[NDArray[np.int64]] = []
    start = 0
    for surface in surfaces:
        corners.append(number.reshape(-1)[start + surface.triangles])
        start += len(surface.vertices_m)
    _, first = np.unique(
        np.sort(np.concatenate(corners), axis=1), axis=0, return_index=True
    )
    kept = np.zeros(sum(len(rows) for rows in corners), dtype=bool)
    kept[first] = True
    pieces = np.split(kept, np.cumsum([len(rows) for rows in corners])[:-1])
    return [
        Surface(surface.vertices_m, surface.triangles[keep], surface.rgba)
        for surface, keep in zip(surfaces, pieces, strict=True)
        if keep.any()
    ]


def welded(surface: Surface) -> Surface:
    """Return the surface with equal vertices joined and no empty triangle."""
    cells = np.round(surface.vertices_m / WELD_M).astype(np.int64)
    _, first, joined = np.unique(cells, axis=0, return_index=True, return_inverse=True)
    triangles = joined.reshape(-1)[surface.triangles]
    a, b, c = triangles.T
    triangles = triangles[(a != b) & (b != c) & (c != a)]
    return Surface(surface.vertices_m[first], triangles, surface.rgba)


def simplified(surface: Surface, triangle_count: int) -> Surface:
    """Return the surface with about ``triangle_count`` triangles, if it has more.

    Source:
        M. Garland, P. Heckbert, "Surface simplification using quadric error
        metrics", SIGGRAPH 1997; as made by fast_simplification.
    """
    surface = welded(surface)
    if len(surface.triangles) <= triangle_count:
        return surface
    # 0.2 s to load, and a cached robot never needs it.
    import fast_simplification

    vertices, triangles = fast_simplification.simplify(
        surface.vertices_m.astype(np.float64),
        surface.triangles.astype(np.int32),
        target_count=triangle_count,
    )
    return Surface(
        np.asarray(vertices, dtype=np.float64),
        np.asarray(triangles, dtype=np.int64),
        surface.rgba,
    )


def shaded(surface: Surface, crease_rad: float = CREASE_RAD) -> MeshArrays:
    """Return drawable arrays: smooth over gentle edges, hard over creases.

    Each corner takes the mean of the face normals around its vertex that lie
    within ``crease_rad`` of its own face's, weighted by the faces' angles there,
    so that how a face is cut into triangles does not show.

    Source:
        G. Thürmer, C. Wüthrich, "Computing vertex normals from polygonal facets",
        Journal of Graphics Tools 3(1), 1998.
    """
    surface = welded(surface)
    corners = surface.vertices_m[surface.triangles]
    crossed = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area2 = np.linalg.norm(crossed, axis=1)
    kept = area2 > 1e-14
    if not kept.any():
        return _nothing()
    triangles = surface.triangles[kept]
    face_normals = crossed[kept] / area2[kept, None]
    angles = _corner_angles(surface.vertices_m[triangles])
    normals = _corner_normals(triangles, angles, face_normals, crease_rad)
    positions = surface.vertices_m[triangles.reshape(-1)]
    rows = np.hstack([positions, np.round(normals, 4)]).astype(np.float32)
    # Adding zero turns -0.0 into 0.0, which are equal numbers but unequal bytes.
    unique, joined = np.unique(rows + np.float32(0.0), axis=0, return_inverse=True)
    unit = unique[:, 3:] / np.linalg.norm(unique[:, 3:], axis=1, keepdims=True)
    return MeshArrays(
        positions_m=np.ascontiguousarray(unique[:, :3]),
        normals=np.ascontiguousarray(unit, dtype=np.float32),
        colours=np.tile(np.array(surface.rgba, dtype=np.uint8), (len(unique), 1)),
        triangles=joined.reshape(-1, 3).astype(np.uint32),
    )


def _nothing() -> MeshArrays:
    return MeshArrays(
        positions_m=np.zeros((0, 3), np.float32),
        normals=np.zeros((0, 3), np.float32),
        colours=np.zeros((0, 4), np.uint8),
        triangles=np.zeros((0, 3), np.uint32),
    )


def _corner_angles(corners_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the angle at each corner of triangles (t, 3, 3), rad, (3t,)."""
    ahead = np.roll(corners_m, -1, axis=1) - corners_m
    back = np.roll(corners_m, 1, axis=1) - corners_m
    cosine = np.einsum("tij,tij->ti", ahead, back) / (
        np.linalg.norm(ahead, axis=2) * np.linalg.norm(back, axis=2)
    )
    angles: NDArray[np.float64] = np.arccos(np.clip(cosine, -1.0, 1.0))
    return angles.reshape(-1)


def _corner_normals(
    triangles: NDArray[np.int64],
    angles: NDArray[np.float64],
    face_normals: NDArray[np.float64],
    crease_rad: float,
) -> NDArray[np.float64]:
    vertex_of = triangles.reshape(-1)
    order = np.argsort(vertex_of, kind="stable")
    starts = np.searchsorted(vertex_of[order], np.arange(vertex_of.max() + 1))
    counts = np.diff(np.append(starts, len(order)))
    face_of = np.repeat(np.arange(len(triangles)), 3)
    sums = np.zeros((len(vertex_of), 3))
    # One pass for each rank among a vertex's corners: as many passes as the
    # busiest vertex has faces, each over all corners at once.
    for rank in range(int(counts.max())):
        near = counts[vertex_of] > rank
        place = np.minimum(starts[vertex_of] + rank, len(order) - 1)
        other = face_of[order[place]]
        alike = np.einsum(
            "ij,ij->i", face_normals[other], face_normals[face_of]
        ) >= math.cos(crease_rad)
        weight = np.where(near & alike, angles[order[place]], 0.0)
        sums += weight[:, None] * face_normals[other]
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.where(
        lengths > 1e-14, sums / np.maximum(lengths, 1e-14), face_normals[face_of]
    )


def moved(mesh: MeshArrays, a_from_b: Matrix) -> MeshArrays:
    """Return a mesh given in b, in coordinates of a (a rigid transform)."""
    rotation = a_from_b[:3, :3]
    return MeshArrays(
        positions_m=(mesh.positions_m @ rotation.T + a_from_b[:3, 3]).astype(
            np.float32
        ),
        normals=(mesh.normals @ rotation.T).astype(np.float32),
        colours=mesh.colours.copy(),
        triangles=mesh.triangles.copy(),
    )


def placed(mesh: MeshArrays, a_from_b: Matrix) -> MeshArrays:
    """Return a mesh given in b, in coordinates of a; scale and mirrors allowed."""
    linear = a_from_b[:3, :3]
    normals = mesh.normals @ np.linalg.inv(linear)
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    triangles = mesh.triangles
    if np.linalg.det(linear) < 0.0:
        triangles = triangles[:, [0, 2, 1]]
    return MeshArrays(
        positions_m=(mesh.positions_m @ linear.T + a_from_b[:3, 3]).astype(np.float32),
        normals=(normals / lengths).astype(np.float32),
        colours=mesh.colours.copy(),
        triangles=np.ascontiguousarray(triangles),
    )


def merged(meshes: Sequence[MeshArrays]) -> MeshArrays:
    """Return several meshes of one frame as one."""
    starts = np.cumsum([0, *(len(mesh.positions_m) for mesh in meshes)])
    return MeshArrays(
        positions_m=np.concatenate([mesh.positions_m for mesh in meshes]),
        normals=np.concatenate([mesh.normals for mesh in meshes]),
        colours=np.concatenate([mesh.colours for mesh in meshes]),
        triangles=np.concatenate(
            [
                mesh.triangles + np.uint32(start)
                for mesh, start in zip(meshes, starts[:-1], strict=True)
            ]
        ),
    )


def box_mesh(
    size_m: tuple[float, float, float],
    at_m: Sequence[float],
    rgba: tuple[int, int, int, int],
    frame: Matrix | None = None,
) -> MeshArrays:
    """Return a box of one colour, its edges hard.

    Args:
        size_m: Full edges.
        at_m: Its middle, (3,).
        rgba: sRGB and opacity, 0 to 255.
        frame: What the middle is given in, 4x4; the mesh's own where absent.
    """
    signs = np.array([[i, j, k] for i in (-1, 1) for j in (-1, 1) for k in (-1, 1)])
    faces = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4))
    quads = np.array([*faces, (1, 5, 7, 3)])
    triangles = np.vstack([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    surface = Surface(signs * (np.array(size_m) / 2), triangles, rgba)
    here = np.eye(4) if frame is None else frame
    return moved(shaded(surface), here @ transform(at_m))
