"""Solids and skins as triangles, and how to make the usual ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.transforms import IDENTITY_WXYZ, transform, transform_points

Points = NDArray[np.float64]
Triangles = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Shape:
    """Triangles, counter-clockwise seen from outside.

    Attributes:
        positions_m: (n, 3) float64, in the frame of the node they end up in.
        triangles: (t, 3) int64.
        normals: (n, 3) float64 where the form is known better than its
            triangles tell; None lets shading find them.
    """

    positions_m: Points
    triangles: Triangles
    normals: Points | None = None

    def moved(
        self,
        position_m: ArrayLike = (0.0, 0.0, 0.0),
        wxyz: ArrayLike = IDENTITY_WXYZ,
    ) -> Shape:
        """Return the shape turned by ``wxyz``, then shifted."""
        matrix = transform(position_m, wxyz)
        normals = None if self.normals is None else self.normals @ matrix[:3, :3].T
        moved_m = transform_points(matrix, self.positions_m)
        return Shape(moved_m, self.triangles, normals)

    def mirrored_y(self) -> Shape:
        """Return the mirror image at the plane y = 0."""
        return self._mirrored((1.0, -1.0, 1.0))

    def mirrored_x(self) -> Shape:
        """Return the mirror image at the plane x = 0."""
        return self._mirrored((-1.0, 1.0, 1.0))

    def upside_down(self) -> Shape:
        """Return the shape turned half round the x axis."""
        return self.moved(wxyz=(0.0, 1.0, 0.0, 0.0))

    def _mirrored(self, signs: tuple[float, float, float]) -> Shape:
        normals = None if self.normals is None else self.normals * signs
        return Shape(self.positions_m * signs, self.triangles[:, ::-1], normals)


def joined(shapes: Sequence[Shape]) -> Shape:
    """Return several shapes as one, without welding them."""
    offsets = np.cumsum([0] + [len(shape.positions_m) for shape in shapes])
    known = [shape.normals for shape in shapes if shape.normals is not None]
    return Shape(
        np.vstack([shape.positions_m for shape in shapes]),
        np.vstack(
            [
                shape.triangles + offset
                for shape, offset in zip(shapes, offsets, strict=False)
            ]
        ),
        np.vstack(known) if len(known) == len(shapes) else None,
    )


def box(size_m: ArrayLike, centre_m: ArrayLike = (0.0, 0.0, 0.0)) -> Shape:
    """Return a cuboid with edges along the axes."""
    half = np.asarray(size_m, dtype=np.float64) / 2.0
    signs = np.array(
        [[x, y, z] for z in (-1.0, 1.0) for y in (-1.0, 1.0) for x in (-1.0, 1.0)]
    )
    quads = [
        (0, 2, 3, 1),
        (4, 5, 7, 6),
        (0, 1, 5, 4),
        (2, 6, 7, 3),
        (0, 4, 6, 2),
        (1, 3, 7, 5),
    ]
    return Shape(signs * half + np.asarray(centre_m), _triangles_of_quads(quads))


def span(low_m: ArrayLike, high_m: ArrayLike) -> Shape:
    """Return the cuboid between two opposite corners."""
    low, high = np.asarray(low_m, float), np.asarray(high_m, float)
    return box(high - low, (low + high) / 2.0)


def rounded_box(
    size_m: ArrayLike,
    centre_m: ArrayLike = (0.0, 0.0, 0.0),
    radius_m: float = 0.01,
    steps: int = 2,
) -> Shape:
    """Return a cuboid whose edges and corners are rounded.

    Args:
        size_m: Outer size, (3,) float.
        centre_m: Where its centre lies, (3,) float.
        radius_m: Radius of the rounding, below half the smallest size.
        steps: Facets across a rounded edge, >= 1.
    """
    half = np.asarray(size_m, dtype=np.float64) / 2.0
    angles = np.linspace(0.0, np.pi / 2.0, steps + 1)
    quarter = [(radius_m * np.sin(a), radius_m * (1.0 - np.cos(a))) for a in angles]
    lower = [(half[2] * -1.0 + dz, radius_m - grow) for grow, dz in quarter]
    upper = [(-z, inset) for z, inset in reversed(lower)]
    rings = [
        _rounded_ring(
            half[0] - inset, half[1] - inset, max(radius_m - inset, 0.0), z, steps
        )
        for z, inset in lower + upper
    ]
    return loft(np.array(rings), capped=True).moved(centre_m)


def open_box(
    size_m: ArrayLike, wall_m: float, radius_m: float = 0.01, steps: int = 2
) -> Shape:
    """Return a box open at its top, its underside's centre at the origin.

    Args:
        size_m: Outer size, (3,) float.
        wall_m: Thickness of walls and floor.
        radius_m: Radius of the upright edges, above ``wall_m``.
        steps: Facets across a rounded edge, >= 1.
    """
    half_x, half_y, height = np.asarray(size_m, dtype=np.float64) * (0.5, 0.5, 1.0)

    def rim(inset: float, z: float) -> Points:
        radius = max(radius_m - inset, 1e-3)
        return _rounded_ring(half_x - inset, half_y - inset, radius, z, steps)

    def hub(z: float) -> Points:
        return np.tile((0.0, 0.0, z), (4 * (steps + 1), 1))

    rings = [hub(0.0), rim(0.0, 0.0), rim(0.0, height), rim(wall_m, height)]
    rings += [rim(wall_m, wall_m), hub(wall_m)]
    return loft(np.array(rings))


def _rounded_ring(
    half_x: float, half_y: float, radius: float, z: float, steps: int
) -> Points:
    points: list[tuple[float, float, float]] = []
    for quadrant, (sx, sy) in enumerate(((1, 1), (-1, 1), (-1, -1), (1, -1))):
        for angle in np.linspace(0.0, np.pi / 2.0, steps + 1) + quadrant * np.pi / 2.0:
            points.append(
                (
                    sx * (half_x - radius) + radius * float(np.cos(angle)),
                    sy * (half_y - radius) + radius * float(np.sin(angle)),
                    z,
                )
            )
    return np.array(points)


def loft(rings_m: Points, *, capped: bool = False, closed: bool = True) -> Shape:
    """Return the skin through rings of equally many points.

    Args:
        rings_m: (m, k, 3) float64; rings counter-clockwise seen from the last
            ring back to the first.
        capped: Close both ends with fans (rings must be star-shaped).
        closed: Join the last point of each ring to its first.
    """
    m, k = rings_m.shape[:2]
    index = np.arange(m * k).reshape(m, k)
    after = np.roll(index, -1, axis=1) if closed else index[:, 1:]
    before = index if closed else index[:, :-1]
    a, b = before[:-1].ravel(), after[:-1].ravel()
    c, d = after[1:].ravel(), before[1:].ravel()
    triangles = [np.stack([a, b, c], 1), np.stack([a, c, d], 1)]
    points = [rings_m.reshape(-1, 3)]
    if capped:
        for n, (ring, turn) in enumerate(((index[0], -1), (index[-1], 1))):
            points.append(rings_m[-n].mean(axis=0, keepdims=True))
            hub = np.full(k, m * k + n)
            rim = np.stack([hub, ring, np.roll(ring, -1)], 1)
            triangles.append(rim[:, ::turn])
    return Shape(np.vstack(points), np.vstack(triangles).astype(np.int64))


def revolve(profile_rz_m: ArrayLike, sides: int = 24) -> Shape:
    """Return the body of revolution about z of an outline.

    Args:
        profile_rz_m: (m, 2) float, radius and z, from the lower to the upper
            end; ends of zero radius close it, others are left open.
        sides: Facets around.
    """
    profile = np.asarray(profile_rz_m, dtype=np.float64)
    angles = np.linspace(0.0, 2.0 * np.pi, sides, endpoint=False)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    rings = np.zeros((len(profile), sides, 3))
    rings[:, :, :2] = profile[:, None, :1] * circle[None]
    rings[:, :, 2] = profile[:, 1:]
    return loft(rings)


def cylinder(
    radius_m: float,
    length_m: float,
    centre_m: ArrayLike = (0.0, 0.0, 0.0),
    axis: str = "z",
    sides: int = 20,
) -> Shape:
    """Return a closed cylinder about an axis of the frame."""
    h = length_m / 2.0
    upright = revolve([(0.0, -h), (radius_m, -h), (radius_m, h), (0.0, h)], sides)
    return along(upright, axis).moved(centre_m)


def along(upright: Shape, axis: str) -> Shape:
    """Return a shape made about z, laid so that its z runs along ``axis``."""
    if axis == "z":
        return upright
    order = [2, 0, 1] if axis == "x" else [1, 2, 0]
    return Shape(upright.positions_m[:, order], upright.triangles)


def ring(
    outer_radius_m: float,
    inner_radius_m: float,
    length_m: float,
    sides: int = 24,
) -> Shape:
    """Return a closed hollow cylinder about z, centred on the origin."""
    h, r, q = length_m / 2.0, outer_radius_m, inner_radius_m
    return revolve([(q, h), (q, -h), (r, -h), (r, h), (q, h)], sides)


def prism(outline_m: ArrayLike, height_m: float, centre_z_m: float = 0.0) -> Shape:
    """Return the upright prism over a star-shaped outline.

    Args:
        outline_m: (k, 2) float, counter-clockwise, seen whole from its mean.
        height_m: Along z.
        centre_z_m: Height of its middle.
    """
    outline = np.asarray(outline_m, dtype=np.float64)
    h = height_m / 2.0
    rings = [np.column_stack([outline, np.full(len(outline), z)]) for z in (-h, h)]
    return loft(np.array(rings), capped=True).moved((0.0, 0.0, centre_z_m))


def sweep(
    path_m: ArrayLike, radii_m: ArrayLike, sides: int = 12, flatness: float = 1.0
) -> Shape:
    """Return a closed round bar along a path.

    Args:
        path_m: (m, 3) float, at least two points, no reversals.
        radii_m: Radius at each point, (m,) float or one for all.
        sides: Facets around.
        flatness: Thickness across the bar over its width.
    """
    path = np.asarray(path_m, dtype=np.float64)
    radii = np.broadcast_to(np.asarray(radii_m, dtype=np.float64), len(path))
    tangents = np.gradient(path, axis=0)
    tangents /= np.linalg.norm(tangents, axis=1, keepdims=True)
    reference = np.eye(3)[int(np.argmin(np.abs(tangents).sum(axis=0)))]
    angles = np.linspace(0.0, 2.0 * np.pi, sides, endpoint=False)
    rings = []
    for point, tangent, radius in zip(path, tangents, radii, strict=True):
        first = reference - tangent * float(reference @ tangent)
        first /= np.linalg.norm(first)
        second = np.cross(tangent, first)
        rings.append(
            point
            + radius * np.cos(angles)[:, None] * first
            + radius * flatness * np.sin(angles)[:, None] * second
        )
    return loft(np.array(rings), capped=True)


def _triangles_of_quads(quads: Sequence[tuple[int, int, int, int]]) -> Triangles:
    return np.array(
        [t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))], dtype=np.int64
    )
