"""What the doors and flaps of the hatchbacks look like from inside."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from assets.makers.car_form import rear_x_m, side_y_m, top_z_m
from assets.makers.dimensions import AXLE_X_M, TYRE_RADIUS_M
from assets.makers.shape import Shape, loft

Surface = Callable[[float, float], tuple[float, float, float]]

_DOOR_ROWS_Z_M = (0.27, 0.40, 0.53, 0.66, 0.79, 0.915)
_CARD_BEHIND_SKIN_M = 0.012
DOOR_DEPTH_M = 0.085


def door_card(end: str) -> Shape:
    """Return a left door's inner half, car frame; a slab behind the skin."""
    rows = []
    for z in _DOOR_ROWS_Z_M:
        front, rear = (0.862, -0.118) if end == "front" else (-0.168, _rear_edge_m(z))
        xs = np.linspace(rear, front, 6)
        outer = [(float(x), side_y_m(x, z) - _CARD_BEHIND_SKIN_M, z) for x in xs]
        inner = [(float(x), side_y_m(x, z) - DOOR_DEPTH_M, z) for x in xs[::-1]]
        rows.append(inner + outer)
    return _closed(rows)


def _rear_edge_m(z_m: float) -> float:
    """Return where a rear door ends at a height: its edge, or the wheel arch."""
    above = z_m - TYRE_RADIUS_M
    arch = -AXLE_X_M + math.sqrt(max(0.46**2 - above**2, 0.0))
    return max(-1.11, arch)


def bonnet_frame() -> Shape:
    """Return the stiffening under the bonnet, car frame."""
    rows = []
    for x in np.linspace(1.13, 1.90, 5):
        half = 0.60 - 0.28 * max(float(x) - 1.5, 0.0)
        ys = np.linspace(-half, half, 7)
        upper = [(float(x), float(y), top_z_m(x, y) - 0.012) for y in ys]
        lower = [(float(x), float(y), top_z_m(x, y) - 0.035) for y in ys[::-1]]
        rows.append(upper + lower)
    return _closed(rows)


def tailgate_card() -> Shape:
    """Return the lining of the tailgate below its window, car frame."""
    rows = []
    for z in (0.70, 0.80, 0.90, 1.0):
        half = 0.58 - 0.20 * (z - 0.7)
        ys = np.linspace(-half, half, 7)
        outer = [(rear_x_m(abs(y), z) + 0.014, float(y), z) for y in ys]
        inner = [(rear_x_m(abs(y), z) + 0.075, float(y), z) for y in ys[::-1]]
        rows.append(outer + inner)
    return _closed(rows)


def _closed(rows_m: Sequence[Sequence[tuple[float, float, float]]]) -> Shape:
    """Return the slab through rows, each once round its section, facing outward."""
    slab = loft(np.array(rows_m), capped=True)
    corners = slab.positions_m[slab.triangles]
    volume = np.einsum(
        "ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])
    )
    if float(volume.sum()) > 0.0:
        return slab
    return Shape(slab.positions_m, slab.triangles[:, ::-1])


def flat_within_m(
    surface: Surface, middle: tuple[float, float], size_m: tuple[float, float]
) -> float:
    """Return how far a patch of skin lies from the plane through its middle, m.

    Args:
        surface: Point of the skin, (3,), by two coordinates, m.
        middle: Coordinates of the patch's middle.
        size_m: Its extents along both.
    """
    steps = np.linspace(-0.5, 0.5, 5)
    points = np.array(
        [
            surface(middle[0] + size_m[0] * a, middle[1] + size_m[1] * b)
            for a in steps
            for b in steps
        ]
    )
    out = np.asarray(normal(surface, middle))
    return float(np.abs((points - np.asarray(surface(*middle))) @ out).max())


def normal(surface: Surface, at: tuple[float, float]) -> tuple[float, float, float]:
    """Return the unit normal of a skin where it is asked, either side, (3,)."""
    step = 0.02
    along = np.subtract(surface(at[0] + step, at[1]), surface(at[0] - step, at[1]))
    across = np.subtract(surface(at[0], at[1] + step), surface(at[0], at[1] - step))
    out = np.cross(along, across)
    x, y, z = (out / np.linalg.norm(out)).tolist()
    return (x, y, z)
