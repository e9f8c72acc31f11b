"""Boxes, cylinders and spheres as triangles."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from twin.layout.urdf_parts import UrdfSolid

# Corners round a cylinder, and rings of a sphere: round to the eye at 1,000 triangles.
_AROUND = 24
_RINGS = 11


def solid_triangles(
    solid: UrdfSolid,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return a solid's vertices (n, 3) m about its middle, and triangles (t, 3).

    Round ones are drawn around what they are, so that a clearance measured to
    them is at most the true one.
    """
    if solid.kind == "box":
        corners = np.array(
            [[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float
        )
        return outward_hull(corners * np.array(solid.size_m) / 2)
    turn = 2.0 * math.pi * np.arange(_AROUND) / _AROUND
    ring = np.column_stack([np.cos(turn), np.sin(turn)]) / math.cos(math.pi / _AROUND)
    if solid.kind == "cylinder":
        radius_m, length_m, _ = solid.size_m
        return outward_hull(
            np.concatenate(
                [
                    np.column_stack([radius_m * ring, np.full(_AROUND, z_m)])
                    for z_m in (-length_m / 2, length_m / 2)
                ]
            )
        )
    radius_m = solid.size_m[0] / math.cos(math.pi / (2 * (_RINGS + 1)))
    tilts = math.pi * np.arange(1, _RINGS + 1) / (_RINGS + 1)
    rows = [
        np.column_stack([math.sin(tilt) * ring, np.full(_AROUND, math.cos(tilt))])
        for tilt in tilts
    ]
    poles = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, -1.0]])
    return outward_hull(radius_m * np.concatenate([*rows, poles]))


def outward_hull(
    points_m: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the convex hull of points: vertices (n, 3), outward triangles (t, 3)."""
    hull = ConvexHull(points_m)
    kept = np.sort(hull.vertices)
    number = np.zeros(len(points_m), dtype=np.int64)
    number[kept] = np.arange(len(kept))
    corners = points_m[hull.simplices]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    inward = np.einsum("ij,ij->i", normals, hull.equations[:, :3]) < 0.0
    triangles = number[hull.simplices]
    triangles[inward] = triangles[inward][:, ::-1]
    return points_m[kept], triangles
