"""Vertex normals: smooth across gentle edges, hard across creases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assets.makers.shape import Points, Shape, Triangles

# Rounding before anything else makes the bytes independent of the last bits of
# a processor's sine, and welds what was meant to touch.
POSITION_DIGITS = 5
NORMAL_DIGITS = 4
SMALLEST_AREA_M2 = 1e-9


@dataclass(frozen=True, slots=True)
class Shaded:
    """Triangles with a normal at each vertex.

    Attributes:
        positions_m: (n, 3) float32.
        normals: (n, 3) float32, unit.
        triangles: (t, 3) uint32.
    """

    positions_m: NDArray[np.float32]
    normals: NDArray[np.float32]
    triangles: NDArray[np.uint32]


def welded(shape: Shape) -> tuple[Points, Triangles]:
    """Return rounded, shared points and the triangles that have an area."""
    rounded = np.round(shape.positions_m, POSITION_DIGITS) + 0.0
    points, index = np.unique(rounded, axis=0, return_inverse=True)
    triangles = index.reshape(-1)[shape.triangles].astype(np.int64)
    corners = points[triangles]
    doubled = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    kept = np.linalg.norm(doubled, axis=1) / 2.0 > SMALLEST_AREA_M2
    return points, triangles[kept]


def shaded(shape: Shape, crease_deg: float) -> Shaded:
    """Return a shape with normals, vertices split along its creases.

    Source:
        Weighting by corner angle: G. Thuermer, C. Wuethrich, "Computing vertex
        normals from polygonal facets", Journal of Graphics Tools 3(1), 1998.
    """
    if shape.normals is not None:
        return _as_given(shape, shape.normals)
    points, triangles = welded(shape)
    corners = points[triangles]
    face_normals = np.cross(
        corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    )
    face_normals /= np.linalg.norm(face_normals, axis=1, keepdims=True)
    weights = _corner_angles(corners).ravel()
    corner_vertex = triangles.ravel()
    mine, other = _corner_pairs(corner_vertex)
    close = np.einsum(
        "ij,ij->i", face_normals[mine // 3], face_normals[other // 3]
    ) >= np.cos(np.radians(crease_deg))
    mine, other = mine[close], other[close]
    contribution = weights[other, None] * face_normals[other // 3]
    normals = np.stack(
        [
            np.bincount(mine, contribution[:, axis], minlength=len(corner_vertex))
            for axis in range(3)
        ],
        axis=1,
    ).astype(np.float64)
    return _indexed(points, corner_vertex, normals)


def _as_given(shape: Shape, normals: Points) -> Shaded:
    rounded = np.round(shape.positions_m, POSITION_DIGITS) + 0.0
    points, index = np.unique(rounded, axis=0, return_inverse=True)
    corners = points[index.reshape(-1)[shape.triangles]]
    doubled = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    kept = np.linalg.norm(doubled, axis=1) / 2.0 > SMALLEST_AREA_M2
    corner = shape.triangles[kept].ravel()
    return _indexed(points, index.reshape(-1)[corner].astype(np.int64), normals[corner])


def _indexed(points: Points, corner_vertex: Triangles, normals: Points) -> Shaded:
    """Return one vertex for each pair of point and normal that corners use."""
    normals = normals / np.linalg.norm(normals, axis=1, keepdims=True)
    keys = np.column_stack([corner_vertex, np.round(normals * 10**NORMAL_DIGITS)])
    unique, index = np.unique(keys.astype(np.int64), axis=0, return_inverse=True)
    kept_normals = unique[:, 1:] / np.linalg.norm(unique[:, 1:], axis=1, keepdims=True)
    return Shaded(
        points[unique[:, 0]].astype(np.float32),
        kept_normals.astype(np.float32),
        index.reshape(-1, 3).astype(np.uint32),
    )


def _corner_angles(corners: Points) -> Points:
    angles = []
    for n in range(3):
        a = corners[:, (n + 1) % 3] - corners[:, n]
        b = corners[:, (n + 2) % 3] - corners[:, n]
        sine = np.linalg.norm(np.cross(a, b), axis=1)
        angles.append(np.arctan2(sine, np.einsum("ij,ij->i", a, b)))
    return np.stack(angles, axis=1)


def _corner_pairs(corner_vertex: Triangles) -> tuple[Triangles, Triangles]:
    """Return all ordered pairs of corners that share a vertex, self included."""
    order = np.argsort(corner_vertex, kind="stable")
    counts = np.bincount(corner_vertex)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    per_corner = counts[corner_vertex]
    mine = np.repeat(np.arange(len(corner_vertex)), per_corner)
    first = np.repeat(starts[corner_vertex], per_corner)
    within = np.arange(len(mine)) - np.repeat(
        np.cumsum(per_corner) - per_corner, per_corner
    )
    return mine, order[first + within]
