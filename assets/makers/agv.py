"""The driverless truck."""

from __future__ import annotations

import math

from assets.makers import paint
from assets.makers.machine_parts import (
    Parts,
    at_four_corners,
    stripes,
)
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
    revolve,
    rounded_box,
)
from assets.makers.truck_wheel import driven_wheel

_UP = turned((0.0, 0.0, 1.0), (0.0, 1.0, 0.0))
_BACK = turned((-1.0, 0.0, 0.0), (0.0, -1.0, 0.0))


def _assumed(what: str) -> dict[str, Json]:
    return {"source": f"assumed: {what}", "confidence": "C"}


def build_agv(name: str = "agv") -> Asset:
    """Return a driverless truck that drives below a load and lifts it.

    Frame: on the floor below its middle, x the way it drives.

    Args:
        name: Of the asset.
    """
    source = _assumed("a driverless underride truck for 1.2 t")
    hx, hy, top = 0.80, 0.42, 0.30
    parts = Parts()
    parts.smooth(
        paint.FRAME_DARK, rounded_box((2 * hx, 2 * hy, 0.10), (0.0, 0.0, 0.10), 0.04, 3)
    )
    parts.smooth(
        paint.STEEL_LIGHT,
        rounded_box((2 * hx - 0.03, 2 * hy - 0.03, 0.13), (0.0, 0.0, 0.205), 0.05, 3),
    )
    parts.smooth(
        paint.RUBBER,
        *(
            rounded_box(
                (0.06, 2 * hy - 0.08, 0.06), (s * (hx + 0.01), 0.0, 0.085), 0.025, 3
            )
            for s in (-1.0, 1.0)
        ),
    )
    for s in (-1.0, 1.0):
        slot = box((0.02, 0.62, 0.035), (s * (hx - 0.006), 0.0, 0.185))
        parts.add(paint.CAR_GAP, slot)
        light = box((0.012, 0.30, 0.016), (s * (hx - 0.012), 0.0, 0.232))
        parts.add(paint.CYLINDER_BLUE, light)
        scanner = revolve(
            [
                (0.0, 0.0),
                (0.05, 0.0),
                (0.052, 0.03),
                (0.046, 0.034),
                (0.046, 0.055),
                (0.052, 0.06),
                (0.05, 0.085),
                (0.0, 0.09),
            ],
            24,
        )
        parts.smooth(
            paint.HAZARD_YELLOW,
            scanner.moved((s * (hx - 0.06), s * (hy - 0.06), 0.135)),
        )
        parts.add(
            paint.SAFETY_RED,
            cylinder(0.022, 0.03, (s * 0.45, s * (hy - 0.005), 0.235), "y", 18),
        )
        parts.add(
            paint.HAZARD_YELLOW,
            cylinder(0.032, 0.012, (s * 0.45, s * (hy - 0.014), 0.235), "y", 18),
        )
        stripes(
            parts, 0.9, 0.05, (0.0, s * (hy - 0.013), 0.20), 0.0 if s < 0 else math.pi
        )
    lamps = rounded_box((0.10, 0.04, 0.03), (hx - 0.11, hy - 0.02, 0.24), 0.012)
    parts.smooth(paint.LAMP_AMBER, *at_four_corners(lamps))
    base = Node(
        "chassis",
        "agv",
        "agv",
        {
            "steel": 210.0,
            "battery": 58.0,
            "copper": 18.0,
            "rubber": 9.0,
            "plastic": 14.0,
        },
        parts.pieces(),
        collision=[between((-hx, -hy, 0.03), (hx, hy, 0.27))],
        ports=[
            Port("charge", "agv_charger", "in", (-hx, 0.0, 0.08), _BACK),
            Port("drive", "lane", "both", (0.0, 0.0, 0.0)),
        ],
        notes={
            **floor_space(
                (-hx - 0.05, -hy - 0.01),
                (hx + 0.05, hy + 0.01),
                {"+x": 0.5, "-x": 0.5, "+y": 0.5, "-y": 0.5},
                "0.5 m of escape beside its path after ISO 3691-4; else assumed",
            ),
            **source,
        },
    )
    deck = Parts()
    deck.smooth(paint.STEEL, rounded_box((1.30, 0.66, 0.03), (0.0, 0.0, 0.015), 0.01))
    deck.add(
        paint.RUBBER,
        *at_four_corners(
            rounded_box((0.30, 0.12, 0.008), (0.42, 0.22, 0.034), 0.003, 1)
        ),
    )
    deck.add(
        paint.STEEL_BRIGHT,
        *at_four_corners(cylinder(0.02, 0.07, (0.5, 0.25, -0.03), sides=14)),
    )
    deck.add(
        paint.HAZARD_YELLOW,
        *(box((0.006, 0.2, 0.002), (x, 0.0, 0.0305)) for x in (-0.2, 0.2)),
    )
    lift = Node(
        "deck",
        "agv_deck",
        "agv_deck",
        {"steel": 46.0},
        deck.pieces(),
        position_m=(0.0, 0.0, top - 0.03),
        collision=[between((-0.65, -0.33, 0.0), (0.65, 0.33, 0.03))],
        joint=Joint("deck", "prismatic", (0.0, 0.0, 1.0), 0.0, 0.06),
        ports=[Port("load", "pallet", "both", (0.0, 0.0, 0.038), _UP)],
        notes=source,
    )
    wheels = [
        driven_wheel(
            f"wheel_{side}", (0.0, s * 0.34, 0.10), 0.10, 0.06, "agv_wheel", s, source
        )
        for side, s in (("left", 1.0), ("right", -1.0))
    ]
    return Asset(name, [base, lift, *wheels])
