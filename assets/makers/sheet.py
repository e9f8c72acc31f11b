"""A curved sheet that can be cut along a curve: shut lines, glass, lamps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assets.makers.shape import Points, Shape, Triangles

# Where on the sheet: below 0 inside a region, above 0 outside, metres or so.
Region = Callable[["Sheet"], Points]
_ON_CURVE_M = 8e-4
_BISECTIONS = 14


@dataclass(frozen=True, slots=True)
class Sheet:
    """Triangles whose corners know more than their place.

    Attributes:
        points: (n, 7) float64: x, y, z in metres, height angle in degrees,
            normal x, y, z.
        triangles: (t, 3) int64.
    """

    points: Points
    triangles: Triangles

    @property
    def x(self) -> Points:
        """Forward, m."""
        return self.points[:, 0]

    @property
    def y(self) -> Points:
        """Left, m."""
        return self.points[:, 1]

    @property
    def z(self) -> Points:
        """Up, m."""
        return self.points[:, 2]

    @property
    def angle_deg(self) -> Points:
        """Height on the section: -90 sill, 0 belt, 90 middle of the roof.

        Below -90 the skin runs in under the bumpers, to -180 in the middle.
        """
        return self.points[:, 3]

    def shape(self) -> Shape:
        """Return the sheet as a shape with the normals it was given."""
        used, index = np.unique(self.triangles, return_inverse=True)
        points = self.points[used]
        return Shape(points[:, :3], index.reshape(-1, 3), points[:, 4:7])

    def selected(self, chosen: NDArray[np.bool_]) -> Sheet:
        """Return the sheet with the chosen triangles only."""
        return Sheet(self.points, self.triangles[chosen])

    def is_empty(self) -> bool:
        """Say whether no triangle is left."""
        return len(self.triangles) == 0


def cut(sheet: Sheet, region: Region) -> tuple[Sheet, Sheet]:
    """Return what lies inside and what outside, cut along the curve itself."""
    values = region(sheet)
    values = np.where(np.abs(values) < _ON_CURVE_M, 0.0, values)
    signs = np.sign(values).astype(np.int64)[sheet.triangles]
    inside = (signs.max(axis=1) <= 0) & (signs.min(axis=1) < 0)
    crossing = (signs.max(axis=1) > 0) & (signs.min(axis=1) < 0)
    points, crossing_at = _crossings(sheet, region, values, crossing)
    parts: tuple[list[list[int]], list[list[int]]] = ([], [])
    for triangle in sheet.triangles[crossing].tolist():
        _share_out(triangle, values, crossing_at, parts)
    pieces = [
        Sheet(points, np.vstack([sheet.triangles[whole], _as_triangles(part)]))
        for whole, part in zip((inside, ~inside & ~crossing), parts, strict=True)
    ]
    return pieces[0], pieces[1]


def _as_triangles(part: list[list[int]]) -> Triangles:
    return np.array(part, dtype=np.int64).reshape(-1, 3)


def _crossings(
    sheet: Sheet, region: Region, values: Points, crossing: NDArray[np.bool_]
) -> tuple[Points, dict[tuple[int, int], int]]:
    """Return all points with those on the curve added, and which edge has which."""
    triangles = sheet.triangles[crossing]
    edges = np.vstack(
        [triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]
    )
    edges = np.unique(np.sort(edges, axis=1), axis=0)
    edges = edges[values[edges[:, 0]] * values[edges[:, 1]] < 0.0]
    inner = np.where(values[edges[:, 0]] < 0.0, edges[:, 0], edges[:, 1])
    outer = np.where(values[edges[:, 0]] < 0.0, edges[:, 1], edges[:, 0])
    low, high = np.zeros(len(edges)), np.ones(len(edges))
    a, b = sheet.points[inner], sheet.points[outer]
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2.0
        at = Sheet(a + (b - a) * middle[:, None], sheet.triangles[:0])
        is_inside = region(at) < 0.0
        low = np.where(is_inside, middle, low)
        high = np.where(is_inside, high, middle)
    added = a + (b - a) * ((low + high) / 2.0)[:, None]
    first = len(sheet.points)
    where = {(int(i), int(j)): first + n for n, (i, j) in enumerate(edges.tolist())}
    return np.vstack([sheet.points, added]), where


def _share_out(
    triangle: list[int],
    values: Points,
    crossing_at: dict[tuple[int, int], int],
    parts: tuple[list[list[int]], list[list[int]]],
) -> None:
    """Clip one triangle; its inner polygon goes to the first part."""
    polygons: tuple[list[int], list[int]] = ([], [])
    for n in range(3):
        i, j = triangle[n], triangle[(n + 1) % 3]
        if values[i] <= 0.0:
            polygons[0].append(i)
        if values[i] >= 0.0:
            polygons[1].append(i)
        at = crossing_at.get((min(i, j), max(i, j)))
        if at is not None and values[i] * values[j] < 0.0:
            polygons[0].append(at)
            polygons[1].append(at)
    for polygon, part in zip(polygons, parts, strict=True):
        part.extend(
            [polygon[0], polygon[n], polygon[n + 1]] for n in range(1, len(polygon) - 1)
        )


def within(*distances: Points, radius_m: float = 0.0) -> Points:
    """Return the distance to an intersection, its corners rounded."""
    lifted = np.stack(distances) + radius_m
    outside = np.sqrt((np.maximum(lifted, 0.0) ** 2).sum(axis=0))
    inner: Points = np.minimum(lifted.max(axis=0), 0.0) + outside - radius_m
    return inner


def oblong(
    u: Points, v: Points, half_u_m: float, half_v_m: float, radius_m: float
) -> Points:
    """Return the distance to a rounded rectangle centred on (0, 0)."""
    return within(np.abs(u) - half_u_m, np.abs(v) - half_v_m, radius_m=radius_m)
