"""The inclined belt conveyor, with a knee at both ends."""

from __future__ import annotations

import itertools
import math

import numpy as np

from assets.makers import paint
from assets.makers.conveyor_parts import (
    PROFILE_DEPTH_M,
    PROFILE_M,
    drive,
    end_port,
    frame_kg,
)
from assets.makers.machine_parts import Parts, facing_out, on_both_sides
from assets.makers.node import (
    Asset,
    Box,
    Json,
    Node,
    Quaternion,
    Vector3,
    floor_space,
)
from assets.makers.shape import Points, Shape, box, cylinder, loft
from twin.transforms import wxyz_about

_SOURCE: dict[str, Json] = {
    "source": "assumed: usual conveyor parts, 18 degrees at most for boxes",
    "confidence": "C",
}
_LEVEL_M = 0.5
_BELT_M = 0.012


def build_incline_conveyor(
    name: str = "incline_conveyor",
    length_m: float = 4.0,
    width_m: float = 0.60,
    low_m: float = 0.70,
    rise_m: float = 0.80,
) -> Asset:
    """Return a cleated belt that climbs along x, level for 0.5 m at both ends.

    Frame: on the floor in its middle.

    Args:
        name: Of the asset.
        length_m: Along x.
        width_m: Between the side profiles.
        low_m: Height of its top at the low end.
        rise_m: How much higher the other end is.
    """
    hx = length_m / 2.0
    slope_m = length_m - 2.0 * _LEVEL_M
    angle = math.atan2(rise_m, slope_m)
    top = [
        (-hx, low_m),
        (-hx + _LEVEL_M, low_m),
        (hx - _LEVEL_M, low_m + rise_m),
        (hx, low_m + rise_m),
    ]
    parts = Parts()
    inner, outer = width_m / 2.0, width_m / 2.0 + PROFILE_M
    parts.add(
        paint.MACHINE_BLUE,
        *on_both_sides(_band(top, inner, outer, -PROFILE_DEPTH_M, 0.05)),
    )
    parts.add(
        paint.STEEL_LIGHT,
        *on_both_sides(_band(top, inner - 0.012, inner + 0.012, 0.05, 0.075)),
    )
    _legs(parts, top, width_m)
    frame = Node(
        "frame",
        "conveyor",
        "incline_conveyor",
        {"steel": frame_kg(length_m, 6)},
        parts.pieces(),
        collision=[
            Box(
                (length, PROFILE_M, PROFILE_DEPTH_M + 0.06),
                (x, s * (inner + PROFILE_M / 2.0), z - 0.035),
                turn,
            )
            for (x, z), length, turn in _straights(top)
            for s in (-1.0, 1.0)
        ],
        ports=[
            end_port("in", "in", (-hx, 0.0, low_m), (-1.0, 0.0, 0.0), width_m),
            end_port("out", "out", (hx, 0.0, low_m + rise_m), (1.0, 0.0, 0.0), width_m),
        ],
        notes={
            **floor_space(
                (-hx - 0.06, -outer - 0.12),
                (hx + 0.06, outer + 0.12),
                {"+y": 0.6, "-y": 0.6},
            ),
            **_SOURCE,
        },
    )
    belt = Parts()
    belt.add(paint.BELT, _band(top, -inner + 0.008, inner - 0.008, -_BELT_M, 0.0))
    belt.add(paint.BELT, _band(top, -inner + 0.008, inner - 0.008, -0.10, -0.09))
    for x, z in (top[0], top[-1]):
        belt.smooth(
            paint.BELT, cylinder(0.05, width_m - 0.016, (x, 0.0, z - 0.05), "y", 20)
        )
    for x, z in (top[1], top[2]):
        belt.smooth(
            paint.STEEL, cylinder(0.03, width_m - 0.01, (x, 0.0, z - 0.045), "y", 16)
        )
    count = int(slope_m / math.cos(angle) / 0.3)
    for k in range(count):
        at = (k + 0.5) / count
        x, z = top[1][0] + at * slope_m, top[1][1] + at * rise_m
        cleat = box((0.016, width_m - 0.08, 0.03), (0.0, 0.0, 0.012))
        belt.add(
            paint.PLASTIC_GREY,
            cleat.moved((x, 0.0, z), wxyz_about((0.0, 1.0, 0.0), -angle)),
        )
    direction: list[Json] = [math.cos(angle), 0.0, math.sin(angle)]
    moving = Node(
        "belt",
        "conveyor",
        "incline_belt",
        {"rubber": round(9.0 * length_m * width_m, 1), "steel": 38.0},
        belt.pieces(),
        collision=[
            Box(
                (length, width_m - 0.02, 0.10),
                (
                    x + 0.05 * math.sin(_tilt(turn)),
                    0.0,
                    z - 0.05 * math.cos(_tilt(turn)),
                ),
                turn,
            )
            for (x, z), length, turn in _straights(top)
        ],
        notes={"surface": {"direction": direction, "top_z_m": low_m}, **_SOURCE},
    )
    return Asset(
        name,
        [
            frame,
            moving,
            drive((hx - 0.30, -inner, low_m + rise_m - 0.19)),
        ],
    )


def _tilt(turn: Quaternion) -> float:
    """Return by how much a straight rises, rad."""
    return -2.0 * math.atan2(turn[2], turn[0])


def _band(
    top: list[tuple[float, float]], low_y: float, high_y: float, low: float, high: float
) -> Shape:
    """Return a strip that follows the knees, between two heights below its top."""
    rows: list[list[Vector3]] = [
        [
            (x, low_y, z + low),
            (x, high_y, z + low),
            (x, high_y, z + high),
            (x, low_y, z + high),
        ]
        for x, z in top
    ]
    points: Points = np.array(rows)
    return facing_out(loft(points, capped=True))


def _straights(
    top: list[tuple[float, float]],
) -> list[tuple[tuple[float, float], float, Quaternion]]:
    """Return middle (x, z), length and turn of each straight of the top."""
    found = []
    for (x0, z0), (x1, z1) in itertools.pairwise(top):
        half = math.atan2(z1 - z0, x1 - x0) / 2.0
        turn = (math.cos(half), 0.0, -math.sin(half), 0.0)
        found.append(
            (((x0 + x1) / 2, (z0 + z1) / 2), math.hypot(x1 - x0, z1 - z0), turn)
        )
    return found


def _legs(parts: Parts, top: list[tuple[float, float]], width_m: float) -> None:
    y = width_m / 2.0 + PROFILE_M / 2.0
    for x in (top[0][0] + 0.25, 0.0, top[-1][0] - 0.25):
        z = float(np.interp(x, [a for a, _ in top], [b for _, b in top]))
        under = z - PROFILE_DEPTH_M
        post = box((0.06, 0.04, under - 0.03), (x, y, (under + 0.03) / 2 + 0.01))
        foot = cylinder(0.045, 0.014, (x, y, 0.007), sides=14)
        stem = cylinder(0.012, 0.05, (x, y, 0.03), sides=8)
        parts.add(
            paint.MACHINE_BLUE,
            *on_both_sides(post),
            box((0.04, 2 * y, 0.04), (x, 0.0, 0.3 * under)),
        )
        parts.add(paint.STEEL_DARK, *on_both_sides(foot, stem))
