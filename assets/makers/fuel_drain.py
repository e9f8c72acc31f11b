"""Mobile unit that drains fuel."""

from __future__ import annotations

from assets.makers import paint
from assets.makers.guard import warning_sign
from assets.makers.node import (
    SMOOTH_CREASE_DEG,
    Asset,
    Node,
    Piece,
    Port,
    between,
    floor_space,
    turned,
)
from assets.makers.shape import (
    cylinder,
    joined,
    revolve,
    rounded_box,
    sweep,
)

_UP = turned((0.0, 0.0, 1.0), (0.0, 1.0, 0.0))


def build_fuel_drain(name: str = "fuel_drain_unit") -> Asset:
    """Return the mobile unit that drills a tank from below and sucks it dry."""
    wheels = [
        cylinder(0.08, 0.04, (x, y, 0.08), "y", 16)
        for x in (-0.3, 0.3)
        for y in (-0.26, 0.26)
    ]
    deck = rounded_box((0.86, 0.52, 0.06), (0.0, 0.0, 0.19), 0.015, 1)
    tank = rounded_box((0.40, 0.44, 0.46), (-0.20, 0.0, 0.45), 0.04, 2)
    funnel = revolve(
        [
            (0.0, 0.0),
            (0.03, 0.0),
            (0.16, 0.09),
            (0.16, 0.11),
            (0.13, 0.11),
            (0.0, 0.025),
        ],
        20,
    ).moved((0.24, 0.0, 1.0))
    mast = [
        cylinder(0.035, 0.78, (0.24, 0.0, 0.61), sides=16),
        cylinder(0.05, 0.30, (0.24, 0.0, 0.37), sides=16),
    ]
    drill = cylinder(0.010, 0.16, (0.24, 0.0, 1.06), sides=10)
    hose = sweep(
        [
            (0.24, 0.06, 0.96),
            (0.10, 0.16, 0.80),
            (-0.05, 0.17, 0.74),
            (-0.15, 0.12, 0.68),
        ],
        0.016,
        8,
    )
    handle = joined(
        [cylinder(0.014, 0.80, (-0.44, y, 0.62), sides=10) for y in (-0.2, 0.2)]
        + [cylinder(0.016, 0.44, (-0.44, 0.0, 1.02), "y", 10)]
    )
    ground = cylinder(0.012, 0.3, (0.40, 0.2, 0.30), sides=8)
    sign = warning_sign(0.10).moved((-0.20, -0.222, 0.50))
    pieces = [
        Piece(paint.RUBBER, joined([*wheels, hose]), 40.0),
        Piece(paint.MACHINE_BLUE, deck),
        Piece(paint.SAFETY_RED, tank, SMOOTH_CREASE_DEG),
        Piece(paint.STEEL_LIGHT, joined([funnel, *mast])),
        Piece(paint.STEEL_BRIGHT, drill),
        Piece(paint.STEEL_DARK, joined([handle, ground])),
        Piece(paint.HAZARD_YELLOW, sign),
    ]
    node = Node(
        "unit",
        "fuel_drain",
        "fuel_drain_unit",
        {"steel": 78.0, "aluminium": 14.0, "rubber": 6.0, "copper": 4.0},
        pieces,
        collision=[
            between((-0.46, -0.28, 0.0), (0.43, 0.28, 0.70)),
            between((0.08, -0.16, 0.70), (0.40, 0.16, 1.12)),
        ],
        ports=[
            Port("suction", "fuel", "in", (0.24, 0.0, 1.14), _UP),
            Port(
                "earth",
                "earth_clamp",
                "both",
                (0.40, 0.2, 0.45),
                _UP,
            ),
        ],
        notes={
            **floor_space((-0.46, -0.28), (0.43, 0.28), {"+x": 0.5, "-x": 0.5}),
            "holds": {"fluids": ["fuel"], "volume_m3": 0.06},
            "zone": "explosive_atmosphere",
        },
    )
    return Asset(name, [node])
