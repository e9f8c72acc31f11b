"""The form of the hatchback: its profile, plan and sections, and their skin.

Our own design in the size class of a small electric hatchback. All in the car
frame: origin on the ground midway between the axles, x forward, z up, metres.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.interpolate import PchipInterpolator

from assets.makers.dimensions import (
    AXLE_X_M,
    CAR_FRONT_X_M,
    CAR_HALF_WIDTH_M,
    CAR_REAR_X_M,
    TYRE_RADIUS_M,
)
from assets.makers.shape import Points, Triangles, loft
from assets.makers.sheet import Sheet

# Number plates stand in front of the bumpers, inside the published length.
PLATE_M = 0.006
_NOSE_X_M = CAR_FRONT_X_M - PLATE_M
_TAIL_X_M = CAR_REAR_X_M + PLATE_M
_NOSE_FROM_X_M, _TAIL_FROM_X_M = 1.20, -1.05
_NOSE_Z_M, _TAIL_Z_M = 0.46, 0.52

_TOP_XZ_M = [
    (-1.96, 0.66),
    (-1.90, 0.80),
    (-1.85, 0.93),
    (-1.78, 1.10),
    (-1.70, 1.27),
    (-1.64, 1.385),
    (-1.60, 1.425),
    (-1.50, 1.452),
    (-1.2, 1.502),
    (-0.9, 1.538),
    (-0.5, 1.560),
    (-0.3, 1.562),
    (-0.1, 1.553),
    (0.05, 1.530),
    (0.18, 1.490),
    (0.4, 1.392),
    (0.7, 1.232),
    (0.95, 1.082),
    (1.06, 1.010),
    (1.12, 0.988),
    (1.3, 0.958),
    (1.6, 0.892),
    (1.85, 0.815),
    (2.02, 0.742),
    (2.14, 0.67),
]
_BELT_XZ_M = [
    (-1.96, 0.92),
    (-1.7, 1.02),
    (-1.4, 1.035),
    (-1.0, 1.01),
    (-0.5, 0.975),
    (0.0, 0.948),
    (0.5, 0.925),
    (0.95, 0.90),
    (1.3, 0.852),
    (1.7, 0.762),
    (2.0, 0.675),
    (2.14, 0.62),
]
_LOW_XZ_M = [
    (-1.96, 0.27),
    (-1.7, 0.23),
    (-1.4, 0.175),
    (-1.0, 0.17),
    (1.0, 0.17),
    (1.5, 0.175),
    (1.8, 0.19),
    (2.14, 0.22),
]
# Half width over the widest, from sill (0) to belt (1): tuck-under, hollow
# above the sill, shoulder.
_SIDE_ZW = [
    (0.0, 0.935),
    (0.06, 0.962),
    (0.15, 0.979),
    (0.28, 0.984),
    (0.42, 0.992),
    (0.6, 1.0),
    (0.78, 0.996),
    (0.9, 0.982),
    (1.0, 0.955),
]
_ROOF_HEIGHT_M = 0.62
_TUMBLEHOME = 0.27
_N_LOWER, _N_UPPER = 10, 15


def _through(points: list[tuple[float, float]]) -> PchipInterpolator:
    table = np.array(points)
    return PchipInterpolator(table[:, 0], table[:, 1])


_TOP_Z_OF_X = _through(_TOP_XZ_M)
_BELT_Z_OF_X = _through(_BELT_XZ_M)
_LOW_Z_OF_X = _through(_LOW_XZ_M)
_WIDTH_OF_HEIGHT = _through(_SIDE_ZW)


def _shrink(x: Points, power: float) -> Points:
    """Return how much of a section is left towards nose and tail, 1 to 0."""
    front = np.clip((x - _NOSE_FROM_X_M) / (_NOSE_X_M - _NOSE_FROM_X_M), 0.0, 1.0)
    rear = np.clip((x - _TAIL_FROM_X_M) / (_TAIL_X_M - _TAIL_FROM_X_M), 0.0, 1.0)
    u = np.maximum(front, rear)
    left: Points = (1.0 - u**power) ** (1.0 / power)
    return left


# Cutting, lining and measuring ask for the same sections again and again.
@lru_cache(maxsize=4096)
def section_m(x_m: float, n_fine: int = 160) -> tuple[Points, Points, Points]:
    """Return y, z and height angle of the section at x, from sill to roof.

    Args:
        x_m: Station, between nose and tail.
        n_fine: Points on each of the lower and upper half.

    Returns:
        Three (2 * n_fine - 1,) arrays: m, m, degrees.
    """
    x = np.array([x_m])
    in_height, in_width = _shrink(x, 5.0)[0], _shrink(x, 2.7)[0]
    middle_z = _NOSE_Z_M if x_m > 0.0 else _TAIL_Z_M
    top = float(_TOP_Z_OF_X(x_m))
    belt = min(float(_BELT_Z_OF_X(x_m)), top - 0.055)
    low = float(_LOW_Z_OF_X(x_m))
    top, belt, low = (middle_z + (z - middle_z) * in_height for z in (top, belt, low))
    widest = CAR_HALF_WIDTH_M * in_width
    z_lower = np.linspace(low, belt, n_fine)
    fraction = np.linspace(0.0, 1.0, n_fine)
    y_lower = widest * _WIDTH_OF_HEIGHT(fraction)
    y_lower = y_lower + _flare_m(x_m, z_lower) * in_width
    y_lower = np.minimum(y_lower, CAR_HALF_WIDTH_M)
    angle = np.linspace(0.0, 90.0, n_fine)
    # Squarer over the cabin than over the bonnet.
    cabin = np.clip((top - belt - 0.08) / 0.35, 0.0, 1.0)
    exponent = 2.0 / (2.7 + 0.8 * cabin)
    cos = np.maximum(np.cos(np.radians(angle)), 0.0)
    sin = np.sin(np.radians(angle))
    cos[-1] = 0.0
    height = (top - belt) * sin**exponent
    lean = 1.0 - _TUMBLEHOME * height / _ROOF_HEIGHT_M
    y_upper = y_lower[-1] * cos**exponent * lean
    return (
        np.concatenate([y_lower, y_upper[1:]]),
        np.concatenate([z_lower, belt + height[1:]]),
        np.concatenate([(fraction - 1.0) * 90.0, angle[1:]]),
    )


def _flare_m(x_m: float, z_m: Points) -> Points:
    """Return how far the wings stand out around the wheels."""
    flare = np.zeros_like(z_m)
    for axle_x in (-AXLE_X_M, AXLE_X_M):
        from_axle = np.hypot(x_m - axle_x, z_m - TYRE_RADIUS_M)
        flare += 0.016 * np.exp(-(((from_axle - 0.37) / 0.075) ** 2))
    return flare


def stations_x_m() -> Points:
    """Return where sections are taken: dense at nose, tail and edges."""
    nose = 1.55 + (_NOSE_X_M - 1.55) * (1.0 - (1.0 - np.linspace(0, 1, 15)) ** 2.2)
    tail = -1.48 + (_TAIL_X_M + 1.48) * (1.0 - (1.0 - np.linspace(0, 1, 15)) ** 1.9)
    middle = np.arange(-1.42, 1.52, 0.08)
    return np.sort(np.unique(np.round(np.concatenate([nose, tail, middle]), 5)))


def build_skin() -> Sheet:
    """Return the left half of the skin, y >= 0, with smooth normals."""
    xs = stations_x_m()
    rows = np.array([_row(float(x)) for x in xs])
    m, k = rows.shape[:2]
    both = np.concatenate([rows[:, :, :3], rows[:, -2::-1, :3] * (1, -1, 1)], axis=1)
    normals = _grid_normals(both)[:, :k]
    normals[:, (0, -1), 1] = 0.0
    normals /= np.linalg.norm(normals, axis=2, keepdims=True)
    skin = loft(rows[:, :, :3], closed=False)
    points = np.concatenate([rows, normals], axis=2).reshape(m * k, 7)
    return Sheet(points, _facing(skin.triangles, points))


def _facing(triangles: Triangles, points: Points) -> Triangles:
    corners = points[triangles][:, :, :3]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    along = np.einsum("ij,ij->i", faces, points[triangles[:, 0], 4:7])
    return triangles if float(along.sum()) > 0.0 else triangles[:, ::-1]


def _row(x_m: float) -> Points:
    """Return the section's points, evenly along its outline, (k, 4)."""
    y, z, angle = section_m(x_m)
    half = (len(y) + 1) // 2
    picked = []
    for part, count in ((slice(0, half), _N_LOWER), (slice(half - 1, None), _N_UPPER)):
        steps = np.hypot(np.diff(y[part]), np.diff(z[part]))
        # The corner of the roof turns fast: give it more than its length.
        bend = np.abs(np.diff(np.arctan2(np.diff(z[part]), -np.diff(y[part]) - 1e-9)))
        steps = steps + 0.25 * steps.sum() * np.append(bend, 0.0) / 3.0
        length = np.concatenate([[0.0], np.cumsum(steps)])
        if length[-1] <= 0.0:
            length = np.linspace(0.0, 1.0, len(length))
        at = np.linspace(0.0, length[-1], count + 1)
        picked.append(
            np.stack([np.interp(at, length, v[part]) for v in (y, z, angle)], axis=1)
        )
    # Below the bumpers the skin turns in to the middle: angles under -90.
    # The last of them close to the edge, or the sill would be shaded from below.
    inward = np.array([1.0, 0.5, 0.02])
    under = np.column_stack(
        [
            (1.0 - inward) * y[0],
            np.full(len(inward), z[0]),
            -90.0 - inward * 90.0,
        ]
    )
    joined = np.vstack([under, picked[0], picked[1][1:]])
    joined[-1, 0] = 0.0
    return np.column_stack([np.full(len(joined), x_m), joined])


def _grid_normals(grid: Points) -> Points:
    """Return outward normals of a grid of points, (m, k, 3)."""
    along_x = np.gradient(grid, axis=0)
    around = np.gradient(grid, axis=1)
    normals = np.cross(around, along_x)
    # Nose and tail are poles: all sections shrink to a point there.
    normals[0], normals[-1] = (-1.0, 0.0, 0.0), (1.0, 0.0, 0.0)
    length = np.linalg.norm(normals, axis=2, keepdims=True)
    normals /= np.maximum(length, 1e-12)
    centre = np.array([0.0, 0.0, 0.6])
    outward = np.einsum("ijk,ijk->", normals, grid - centre) > 0.0
    return normals if outward else -normals


def side_y_m(x_m: float, z_m: float) -> float:
    """Return the half width of the skin at a point of the side view, m."""
    y, z, _ = section_m(x_m)
    return float(np.interp(z_m, z, y))


def top_z_m(x_m: float, y_m: float) -> float:
    """Return how high the skin is at a point of the plan, above the belt, m."""
    y, z, angle = section_m(x_m)
    upper = angle >= 0.0
    return float(np.interp(-abs(y_m), -y[upper], z[upper]))


def rear_x_m(y_m: float, z_m: float) -> float:
    """Return where the tail is at a point of the rear view, m."""
    inside, outside = -1.4, _TAIL_X_M
    # To a hundredth of a millimetre.
    for _ in range(16):
        middle = (inside + outside) / 2.0
        y, z, _angle = section_m(middle)
        holds = z[0] <= z_m <= z[-1] and float(np.interp(z_m, z, y)) >= y_m
        inside, outside = (middle, outside) if holds else (inside, middle)
    return inside
