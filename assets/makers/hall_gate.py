"""A bay of a hall's wall with a sectional gate."""

from __future__ import annotations

import numpy as np

from assets.makers import paint
from assets.makers.machine_parts import Parts, stripes
from assets.makers.node import (
    Asset,
    Joint,
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
)

COLUMN_HEIGHT_M = 6.5
BAY_M = 6.0
_FRONT = turned((0.0, -1.0, 0.0), (1.0, 0.0, 0.0))
_BEHIND = turned((0.0, 1.0, 0.0), (-1.0, 0.0, 0.0))
_SOURCE: dict[str, Json] = {
    "source": "assumed: a light steel hall, bays of 6 m, span of 12 m",
    "confidence": "C",
}


def build_hall_gate(
    name: str = "hall_gate", width_m: float = 4.0, height_m: float = 4.5
) -> Asset:
    """Return a bay of wall with a sectional gate; inside is -y.

    Args:
        name: Of the asset.
        width_m: Clear width.
        height_m: Clear height.
    """
    hx, half, top = BAY_M / 2.0, width_m / 2.0, COLUMN_HEIGHT_M
    parts = Parts()
    for s in (-1.0, 1.0):
        x = s * (hx + half) / 2.0
        parts.smooth(
            paint.WALL,
            rounded_box((hx - half - 0.01, 0.10, top), (x, 0.05, top / 2), 0.006, 1),
        )
        frame = box(
            (0.14, 0.16, height_m + 0.1),
            (s * (half + 0.07), 0.03, (height_m + 0.1) / 2),
        )
        parts.add(paint.FRAME_DARK, frame)
        rail = box(
            (0.06, 0.06, height_m + 0.9),
            (s * (half + 0.03), -0.09, (height_m + 0.9) / 2),
        )
        parts.add(paint.ZINC, rail)
        bollard = cylinder(0.08, 1.1, (s * (half + 0.30), -0.35, 0.55), sides=22)
        parts.smooth(paint.HAZARD_YELLOW, bollard)
        for z in (0.35, 0.75):
            parts.add(
                paint.HAZARD_BLACK,
                cylinder(0.082, 0.16, (s * (half + 0.30), -0.35, z), sides=22),
            )
        parts.add(
            paint.STEEL_DARK,
            cylinder(0.14, 0.02, (s * (half + 0.30), -0.35, 0.01), sides=22),
        )
    parts.smooth(
        paint.WALL,
        rounded_box(
            (width_m, 0.10, top - height_m - 0.1),
            (0.0, 0.05, (top + height_m + 0.1) / 2),
            0.006,
            1,
        ),
    )
    parts.add(
        paint.FRAME_DARK,
        box((width_m + 0.28, 0.16, 0.14), (0.0, 0.03, height_m + 0.07)),
    )
    stripes(parts, width_m, 0.16, (0.0, -0.056, height_m + 0.08))
    shaft = cylinder(0.05, width_m + 0.3, (0.0, -0.16, height_m + 0.75), "x", 14)
    springs = [
        cylinder(0.09, 1.2, (s * 0.9, -0.16, height_m + 0.75), "x", 18)
        for s in (-1.0, 1.0)
    ]
    drums = [
        cylinder(0.13, 0.05, (s * (half - 0.02), -0.16, height_m + 0.75), "x", 18)
        for s in (-1.0, 1.0)
    ]
    parts.smooth(paint.STEEL, shaft, *springs, *drums)
    parts.smooth(
        paint.MACHINE_BLUE,
        rounded_box((0.34, 0.24, 0.2), (half - 0.3, -0.18, height_m + 0.45), 0.03),
    )
    for n, colour in enumerate((paint.LAMP_RED, paint.GREEN_LIGHT)):
        parts.smooth(
            colour, cylinder(0.07, 0.05, (half + 0.35, -0.05, 2.35 - 0.18 * n), "y", 20)
        )
    parts.smooth(
        paint.FRAME_DARK,
        rounded_box((0.2, 0.04, 0.42), (half + 0.35, -0.02, 2.26), 0.015),
    )
    node = Node(
        "frame",
        "hall",
        "hall_gate_frame",
        {"steel": 640.0, "insulation": 70.0},
        parts.pieces(),
        collision=[
            between((half, -0.1, 0.0), (hx, 0.1, top)),
            between((-hx, -0.1, 0.0), (-half, 0.1, top)),
            between((-half, -0.1, height_m), (half, 0.1, top)),
            *(
                between(
                    (s * (half + 0.30) - 0.08, -0.43, 0.0),
                    (s * (half + 0.30) + 0.08, -0.27, 1.1),
                )
                for s in (-1.0, 1.0)
            ),
        ],
        ports=[
            Port("inside", "lane", "both", (0.0, -0.1, 0.0), _FRONT),
            Port("outside", "lane", "both", (0.0, 0.1, 0.0), _BEHIND),
        ],
        notes={
            **floor_space(
                (-hx, -0.50),
                (hx, 0.12),
                {"-y": 3.0, "+y": 3.0},
                "assumed: a truck's length is asked for by whoever plans lanes",
            ),
            **_SOURCE,
        },
    )
    return Asset(name, [node, _gate_leaf(width_m, height_m)])


def _gate_leaf(width: float, height: float) -> Node:
    parts = Parts()
    n = 8
    h = height / n
    for k in range(n):
        z = (k + 0.5) * h
        parts.smooth(
            paint.STEEL_LIGHT,
            rounded_box((width - 0.02, 0.045, h - 0.008), (0.0, 0.0, z), 0.012, 1),
        )
        parts.add(
            paint.STEEL,
            *(
                box((width - 0.04, 0.049, 0.012), (0.0, 0.0, z + dz))
                for dz in (-0.12, 0.12)
            ),
        )
    z = 3.5 * h
    for x in np.linspace(-width / 2 + 0.6, width / 2 - 0.6, 4):
        parts.smooth(
            paint.PLASTIC_BLACK,
            rounded_box((0.62, 0.055, 0.32), (float(x), 0.0, z), 0.02, 1),
        )
        parts.smooth(
            paint.DAYLIGHT,
            rounded_box((0.54, 0.060, 0.24), (float(x), 0.0, z), 0.02, 1),
        )
    parts.add(paint.RUBBER, box((width - 0.02, 0.055, 0.05), (0.0, 0.0, 0.025)))
    return Node(
        "leaf",
        "door",
        "hall_gate_leaf",
        {"steel": 148.0, "insulation": 34.0},
        parts.pieces(),
        position_m=(0.0, -0.075, 0.0),
        collision=[between((-width / 2, -0.03, 0.0), (width / 2, 0.03, height))],
        joint=Joint("leaf", "prismatic", (0.0, 0.0, 1.0), 0.0, height - 0.3),
        notes=_SOURCE,
    )
