"""The workshop crane that takes an engine out of a car."""

from __future__ import annotations

import math

from assets.makers import paint
from assets.makers.machine_parts import Parts, castor, on_both_sides, profile_y
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
from assets.makers.shape import box, cylinder, ring, rounded_box, span, sweep

BOOM_LENGTH_M = 1.35
_PIVOT_Z_M = 1.52
_SOURCE: dict[str, Json] = {
    "source": "assumed: a folding workshop crane for 1 t",
    "confidence": "C",
}


def build_engine_crane(name: str = "engine_crane") -> Asset:
    """Return a crane on castors whose hook hangs over its legs, towards +x.

    Frame: on the floor midway along its legs.

    Args:
        name: Of the asset.
    """
    parts = Parts()
    leg = profile_y(
        [(-0.72, 0.13), (0.80, 0.11), (0.80, 0.18), (-0.72, 0.22)], 0.075, 0.36
    )
    parts.add(paint.SAFETY_RED, *on_both_sides(leg.moved((0.0, 0.0, 0.0))))
    parts.add(paint.SAFETY_RED, box((0.11, 0.86, 0.11), (-0.66, 0.0, 0.18)))
    for x, y, r in ((0.74, 0.36, 0.045), (-0.70, 0.40, 0.055)):
        for s in (-1.0, 1.0):
            castor(parts, x, s * y, r, 0.02)
    column = span((-0.71, -0.055, 0.2), (-0.60, 0.055, _PIVOT_Z_M - 0.06))
    parts.add(paint.SAFETY_RED, column)
    cheeks = profile_y(
        [
            (-0.72, 1.30),
            (-0.59, 1.30),
            (-0.59, _PIVOT_Z_M + 0.05),
            (-0.72, _PIVOT_Z_M + 0.05),
        ],
        0.012,
        0.062,
    )
    parts.add(paint.SAFETY_RED, *on_both_sides(cheeks))
    parts.add(
        paint.STEEL_BRIGHT, cylinder(0.02, 0.17, (-0.655, 0.0, _PIVOT_Z_M), "y", 14)
    )
    braces = sweep([(-0.60, 0.30, 0.24), (-0.63, 0.07, 0.85)], 0.022, 8)
    parts.add(paint.SAFETY_RED, *on_both_sides(braces))
    handle = sweep(
        [
            (-0.72, 0.2, 0.95),
            (-0.86, 0.2, 1.0),
            (-0.86, -0.2, 1.0),
            (-0.72, -0.2, 0.95),
        ],
        0.015,
        10,
    )
    parts.smooth(
        paint.STEEL_LIGHT, handle, box((0.03, 0.42, 0.04), (-0.715, 0.0, 0.95))
    )
    ram = sweep([(-0.55, 0.0, 0.62), (-0.28, 0.0, 1.12)], 0.042, 16)
    rod = sweep([(-0.30, 0.0, 1.08), (-0.09, 0.0, 1.47)], 0.024, 14)
    pump = rounded_box((0.09, 0.10, 0.16), (-0.56, 0.0, 0.58), 0.02)
    lever = sweep(
        [(-0.53, 0.04, 0.60), (-0.50, 0.10, 0.72), (-0.44, 0.12, 1.05)], 0.012, 10
    )
    foot = box((0.10, 0.09, 0.05), (-0.58, 0.0, 0.50))
    parts.smooth(paint.STEEL, ram, pump)
    parts.smooth(paint.STEEL_BRIGHT, rod)
    parts.add(paint.FRAME_DARK, lever, foot)
    parts.smooth(
        paint.RUBBER, sweep([(-0.452, 0.117, 0.98), (-0.437, 0.121, 1.10)], 0.017, 12)
    )
    parts.add(paint.STICKER, box((0.003, 0.08, 0.16), (-0.598, 0.0, 1.05)))
    frame = Node(
        "frame",
        "crane",
        "engine_crane",
        {"steel": 88.0, "oil": 1.5, "rubber": 2.5},
        parts.pieces(),
        collision=[
            between((-0.72, 0.30, 0.0), (0.80, 0.42, 0.22)),
            between((-0.72, -0.42, 0.0), (0.80, -0.30, 0.22)),
            between((-0.72, -0.06, 0.2), (-0.58, 0.06, _PIVOT_Z_M + 0.05)),
        ],
        ports=[
            Port(
                "push",
                "person",
                "both",
                (-0.87, 0.0, 0.0),
                turned((-1.0, 0.0, 0.0), (0.0, -1.0, 0.0)),
            ),
        ],
        notes={
            **floor_space(
                (-0.88, -0.52), (0.83, 0.52), {"-x": 0.8, "+y": 0.4, "-y": 0.4}
            ),
            **_SOURCE,
        },
    )
    return Asset(name, [frame, _boom()])


def _boom() -> Node:
    """Return the boom in its pivot's frame, level at 0, with chain and hook."""
    parts = Parts()
    parts.add(paint.SAFETY_RED, span((-0.06, -0.04, -0.05), (0.85, 0.04, 0.05)))
    parts.add(
        paint.STEEL_LIGHT, span((0.80, -0.031, -0.038), (BOOM_LENGTH_M, 0.031, 0.038))
    )
    parts.add(
        paint.STEEL_BRIGHT,
        *(cylinder(0.010, 0.10, (x, 0.0, 0.0), "y", 10) for x in (0.80, 0.95, 1.1)),
    )
    parts.add(paint.FRAME_DARK, box((0.06, 0.09, 0.11), (0.56, 0.0, -0.02)))
    link = [
        ring(0.020, 0.012, 0.008, 12).moved(
            (BOOM_LENGTH_M - 0.05, 0.0, -0.05 - 0.033 * n),
            (0.707106781, 0.707106781 * (n % 2), 0.707106781 * ((n + 1) % 2), 0.0),
        )
        for n in range(8)
    ]
    parts.smooth(paint.STEEL_BRIGHT, *link)
    x, z = BOOM_LENGTH_M - 0.05, -0.40
    curve = [
        (x + 0.045 * math.sin(a), 0.0, z - 0.045 * math.cos(a))
        for a in (2.6, 2.0, 1.2, 0.4, -0.4, -1.2, -2.0)
    ]
    parts.smooth(
        paint.HAZARD_YELLOW,
        sweep([(x, 0.0, -0.30), (x + 0.005, 0.0, -0.345), *curve], 0.011, 8),
    )
    return Node(
        "boom",
        "boom",
        "engine_crane_boom",
        {"steel": 24.0},
        parts.pieces(),
        position_m=(-0.655, 0.0, _PIVOT_Z_M),
        collision=[between((-0.06, -0.04, -0.05), (BOOM_LENGTH_M, 0.04, 0.05))],
        joint=Joint("boom", "revolute", (0.0, -1.0, 0.0), -0.7, 0.75),
        ports=[
            Port(
                "hook",
                "engine_lift",
                "both",
                (x, 0.0, z - 0.04),
                turned((0.0, 0.0, -1.0), (0.0, 1.0, 0.0)),
            )
        ],
        notes=_SOURCE,
    )
