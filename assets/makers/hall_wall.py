"""Pieces of a hall's side: column and wall."""

from __future__ import annotations

import numpy as np

from assets.makers import paint
from assets.makers.machine_parts import Parts, bolts, i_beam
from assets.makers.node import (
    Asset,
    Json,
    Node,
    Port,
    between,
    floor_space,
    turned,
)
from assets.makers.shape import (
    box,
    cylinder,
    rounded_box,
    span,
)

COLUMN_HEIGHT_M = 6.5
BAY_M = 6.0
_UP = turned((0.0, 0.0, 1.0), (0.0, 1.0, 0.0))
_SOURCE: dict[str, Json] = {
    "source": "assumed: a light steel hall, bays of 6 m, span of 12 m",
    "confidence": "C",
}


def build_hall_column(
    name: str = "hall_column", height_m: float = COLUMN_HEIGHT_M
) -> Asset:
    """Return a column with its base, guard and pipe; origin below its middle.

    Args:
        name: Of the asset.
        height_m: To the roof's underside.
    """
    parts = Parts()
    upright = i_beam(height_m - 0.05, 0.30, 0.30)
    parts.add(
        paint.STEEL_LIGHT,
        upright.moved(
            (0.0, 0.0, height_m / 2.0 + 0.025), (0.707106781, 0.0, -0.707106781, 0.0)
        ),
    )
    parts.add(paint.STEEL_DARK, box((0.52, 0.52, 0.03), (0.0, 0.0, 0.015)))
    gussets = [box((0.015, 0.10, 0.24), (0.0, s * 0.2, 0.15)) for s in (-1.0, 1.0)]
    parts.add(paint.STEEL_DARK, *gussets)
    places = [(x, y, 0.04) for x in (-0.2, 0.2) for y in (-0.2, 0.2)]
    parts.add(paint.STEEL_DARK, *bolts(places, 0.022))
    for s in (-1.0, 1.0):
        guard = rounded_box((0.06, 0.44, 0.9), (s * 0.20, 0.0, 0.5), 0.02)
        parts.smooth(paint.HAZARD_YELLOW, guard)
        for z in (0.22, 0.46, 0.70):
            parts.add(
                paint.HAZARD_BLACK, box((0.063, 0.443, 0.09), (s * 0.20, 0.0, z + 0.04))
            )
    parts.add(paint.STEEL, box((0.4, 0.4, 0.03), (0.0, 0.0, height_m - 0.015)))
    parts.smooth(
        paint.ZINC,
        cylinder(0.028, height_m - 0.4, (0.09, 0.10, height_m / 2 + 0.15), sides=12),
    )
    parts.smooth(
        paint.STEEL_LIGHT, rounded_box((0.14, 0.10, 0.22), (0.0, -0.15, 1.35), 0.015)
    )
    parts.add(paint.SAFETY_RED, box((0.12, 0.012, 0.12), (0.0, -0.206, 1.36)))
    node = Node(
        "column",
        "hall",
        "hall_column",
        {"steel": round(117.0 * height_m + 42.0, 1)},
        parts.pieces(),
        collision=[between((-0.26, -0.26, 0.0), (0.26, 0.26, height_m))],
        ports=[Port("roof", "hall_roof", "both", (0.0, 0.0, height_m), _UP)],
        notes={**floor_space((-0.26, -0.26), (0.26, 0.26), {}), **_SOURCE},
    )
    return Asset(name, [node])


def build_hall_wall(
    name: str = "hall_wall", length_m: float = BAY_M, height_m: float = COLUMN_HEIGHT_M
) -> Asset:
    """Return a bay of wall along x, its inner face towards -y, with a band of light.

    Args:
        name: Of the asset.
        length_m: Along x.
        height_m: Of its top.
    """
    hx, low, high = length_m / 2.0, 4.2, 5.5
    parts = Parts()
    plinth = span((-hx, -0.05, 0.0), (hx, 0.15, 0.4))
    parts.add(paint.CONCRETE_DARK, plinth)
    n = round(length_m)
    width = length_m / n
    for k in range(n):
        x = -hx + (k + 0.5) * width
        parts.smooth(
            paint.WALL,
            rounded_box(
                (width - 0.008, 0.10, low - 0.4), (x, 0.05, (low + 0.4) / 2), 0.006, 1
            ),
        )
        parts.smooth(
            paint.WALL,
            rounded_box(
                (width - 0.008, 0.10, height_m - high),
                (x, 0.05, (height_m + high) / 2),
                0.006,
                1,
            ),
        )
        parts.add(
            paint.STEEL,
            box(
                (0.05, 0.11, high - low),
                (x - width / 2 + 0.025, 0.05, (low + high) / 2),
            ),
        )
    parts.add(
        paint.STEEL, box((0.05, 0.11, high - low), (hx - 0.025, 0.05, (low + high) / 2))
    )
    parts.add(paint.DAYLIGHT, span((-hx, 0.04, low), (hx, 0.06, high)))
    parts.add(
        paint.STEEL, *(box((length_m, 0.13, 0.06), (0.0, 0.05, z)) for z in (low, high))
    )
    parts.add(paint.WALL_BAND, span((-hx, -0.012, 0.4), (hx, 0.0, 1.2)))
    rail = [box((length_m, 0.06, 0.14), (0.0, -0.10, z)) for z in (0.30, 0.62)]
    stands = [
        box((0.10, 0.06, 0.74), (float(x), -0.06, 0.37))
        for x in np.linspace(-hx + 0.3, hx - 0.3, 4)
    ]
    parts.smooth(paint.HAZARD_YELLOW, *rail)
    parts.add(paint.FRAME_DARK, *stands)
    tray = span((-hx, -0.22, 3.6), (hx, -0.02, 3.63))
    lips = [span((-hx, y, 3.6), (hx, y + 0.006, 3.68)) for y in (-0.22, -0.026)]
    parts.add(paint.ZINC, tray, *lips)
    cables = [
        cylinder(0.018, length_m, (0.0, y, 3.65), "x", 8) for y in (-0.17, -0.12, -0.08)
    ]
    parts.smooth(paint.PLASTIC_BLACK, *cables)
    node = Node(
        "wall",
        "hall",
        "hall_wall_bay",
        {
            "steel": round(62.0 * length_m, 1),
            "insulation": round(21.0 * length_m, 1),
            "glass": round(20.0 * length_m, 1),
        },
        parts.pieces(),
        collision=[between((-hx, -0.13, 0.0), (hx, 0.15, height_m))],
        ports=[
            Port(
                "left",
                "hall_wall",
                "both",
                (-hx, 0.05, 0.0),
                turned((-1.0, 0.0, 0.0), (0.0, -1.0, 0.0)),
            ),
            Port("right", "hall_wall", "both", (hx, 0.05, 0.0)),
        ],
        notes={**floor_space((-hx, -0.23), (hx, 0.16), {}), **_SOURCE},
    )
    return Asset(name, [node])
