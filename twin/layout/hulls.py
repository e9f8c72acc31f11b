"""Convex shapes to touch: few enough vertices, and what a solid of them weighs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from twin.layout.solids import outward_hull

MOST_VERTICES = 700
"""Of one hull: Bullet looks at each for each contact, and the roundest link of a
maker's own collision meshes has 657."""

_DIRECTIONS = 200

# What sticks out by less is no reason for another vertex.
_FLUSH_M = 2e-4


@dataclass(frozen=True, slots=True)
class Hull:
    """A convex shape to touch.

    Attributes:
        vertices_m: (n, 3) float64, link frame.
        triangles: (t, 3) int64.
    """

    vertices_m: NDArray[np.float64]
    triangles: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Solid:
    """Convex shapes filled evenly.

    Attributes:
        volume_m3: Of all of them; where two overlap it counts twice.
        centroid_m: (3,) float64, link frame.
        inertia_m5: (3, 3) float64 about the centroid, for a density of 1.
    """

    volume_m3: float
    centroid_m: NDArray[np.float64]
    inertia_m5: NDArray[np.float64]


def coarser(hull: Hull) -> Hull:
    """Return a hull of at most ``MOST_VERTICES`` that contains the given one.

    The vertices farthest in directions spread over the sphere are kept, then round
    by round the one farthest out of each face; what still sticks out in the end
    moves all outward. So a clearance measured to it is at most the true one.
    """
    if len(hull.vertices_m) <= MOST_VERTICES:
        return hull
    points = hull.vertices_m
    # Source: spherical Fibonacci lattice, R. Swinbank, R. J. Purser, Quarterly
    # Journal of the Royal Meteorological Society 132, 2006.
    k = np.arange(_DIRECTIONS)
    height = 1.0 - (2.0 * k + 1.0) / _DIRECTIONS
    turn = k * math.pi * (3.0 - math.sqrt(5.0))
    radius = np.sqrt(1.0 - height**2)
    directions = np.column_stack([radius * np.cos(turn), radius * np.sin(turn), height])
    kept = np.unique(np.argmax(directions @ points.T, axis=1))
    while len(kept) < MOST_VERTICES:
        beyond = _beyond(ConvexHull(points[kept]), points)
        worst = beyond.max(axis=0)
        order = np.argsort(-worst, kind="stable")
        farthest = beyond.argmax(axis=0)[order[worst[order] > _FLUSH_M]]
        _, first = np.unique(farthest, return_index=True)
        new = farthest[np.sort(first)][: MOST_VERTICES - len(kept)]
        if not len(new):
            break
        kept = np.union1d(kept, new)
    reduced = ConvexHull(points[kept])
    middle = points[kept].mean(axis=0)
    depth = -(reduced.equations[:, :3] @ middle + reduced.equations[:, 3])
    growth = 1.0 + max(0.0, float((_beyond(reduced, points) / depth).max()))
    return Hull(*outward_hull(middle + growth * (points[kept] - middle)))


def _beyond(hull: ConvexHull, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far points stick out of each face of a hull, (points, faces)."""
    sticking: NDArray[np.float64] = (
        points @ hull.equations[:, :3].T + hull.equations[:, 3]
    )
    return sticking


def solid_of(hulls: Sequence[Hull]) -> Solid:
    """Return volume, centroid and inertia of hulls filled evenly.

    Source:
        Tetrahedra from an inner point; covariance of a tetrahedron: J. Blow,
        A. Binstock, "How to find the inertia tensor (or other mass properties)
        of a 3D solid body represented by a triangle mesh", 2004.
    """
    canonical = (np.ones((3, 3)) + np.eye(3)) / 120.0
    volume_m3, moment = 0.0, np.zeros(3)
    about_origin = np.zeros((3, 3))
    for hull in hulls:
        exact = ConvexHull(hull.vertices_m)
        inner = hull.vertices_m[exact.vertices].mean(axis=0)
        edges = hull.vertices_m[exact.simplices] - inner  # (t, 3 corners, 3)
        sizes = np.abs(np.linalg.det(edges))
        spread = np.einsum("t,tki,kl,tlj->ij", sizes, edges, canonical, edges)
        first = (sizes[:, None] * edges.sum(axis=1)).sum(axis=0) / 24.0
        volume = float(sizes.sum()) / 6.0
        # From the inner point to the link's origin.
        about_origin += (
            spread
            + np.outer(inner, first)
            + np.outer(first, inner)
            + volume * np.outer(inner, inner)
        )
        moment += first + volume * inner
        volume_m3 += volume
    centroid_m = moment / volume_m3
    covariance = about_origin - volume_m3 * np.outer(centroid_m, centroid_m)
    inertia = np.trace(covariance) * np.eye(3) - covariance
    return Solid(volume_m3, centroid_m, inertia)
