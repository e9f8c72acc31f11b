"""What both hatchbacks have under the bonnet: battery, radiator, tanks, valves."""

from __future__ import annotations

import math

import numpy as np

from assets.makers import paint
from assets.makers.car_part import part, screws
from assets.makers.node import (
    SMOOTH_CREASE_DEG,
    Node,
    Piece,
    Port,
    Vector3,
    turned,
)
from assets.makers.shape import box, cylinder, joined, rounded_box, sweep

_UP = turned((0.0, 0.0, 1.0), (0.0, 1.0, 0.0))
_DOWN = turned((0.0, 0.0, -1.0), (0.0, 1.0, 0.0))


def starter_battery(lead_kg: float) -> Node:
    """Return the 12 V battery on its tray; frame at the middle of its underside.

    Args:
        lead_kg: Its lead; the rest goes with it in proportion.
    """
    length, width, height = 0.242, 0.175, 0.19
    case = rounded_box((length, width, height - 0.02), (0.0, 0.0, 0.085), 0.008, 1)
    lid = rounded_box((length, width, 0.02), (0.0, 0.0, height - 0.02), 0.006, 1)
    poles = [cylinder(0.01, 0.02, (x, 0.05, height), sides=12) for x in (-0.09, 0.09)]
    tray = box((0.28, 0.2, 0.012), (0.0, 0.0, -0.006))
    strap = box((0.03, width + 0.01, 0.012), (0.0, 0.0, height - 0.006))
    heads: list[Vector3] = [(0.0, y, 0.01) for y in (-0.096, 0.096)]
    clamps = [
        Port(f"clamp_{name}", "clamp_12v", "both", (x, 0.05, height + 0.01), _UP)
        for name, x in (("minus", -0.09), ("plus", 0.09))
    ]
    grip = Port(
        "grip",
        "vacuum_grip",
        "both",
        (0.0, -0.02, height - 0.01),
        _UP,
        (0.09, 0.16),
        0.0,
    )
    mass = {"lead": lead_kg, "acid": 0.40 * lead_kg, "plastic": 0.14 * lead_kg}
    return part(
        "battery_12v",
        "battery",
        {material: round(kg, 3) for material, kg in mass.items()},
        [
            Piece(paint.PLASTIC_BLACK, joined([case, strap])),
            Piece(paint.PLASTIC_GREY, lid, SMOOTH_CREASE_DEG),
            Piece(paint.STEEL_BRIGHT, joined(poles)),
            Piece(paint.FRAME_DARK, tray),
        ],
        (1.16, -0.405, 0.60),
        held_by=screws(
            "battery_12v", heads, (0.0, 1.0, 0.0, 0.0), thread="M6", mass_kg=0.01
        ),
        ports=[*clamps, grip],
    )


def radiator(size_m: tuple[float, float], mass_kg: float) -> Node:
    """Return the radiator with its fan; frame at its middle, air comes from +x.

    Args:
        size_m: Width and height of the core.
        mass_kg: Of the whole, without coolant.
    """
    width, height = size_m
    core = box((0.03, width - 0.06, height))
    tanks = [
        rounded_box((0.045, 0.035, height + 0.02), (0.0, y, 0.0), 0.01, 1)
        for y in (-width / 2.0 + 0.015, width / 2.0 - 0.015)
    ]
    fins = [
        box((0.034, width - 0.08, 0.004), (0.0, 0.0, z))
        for z in np.linspace(-0.42 * height, 0.42 * height, 9)
    ]
    radius = 0.42 * height
    blades = [
        box((0.006, 0.035, 1.7 * radius)).moved(
            (-0.045, 0.0, 0.0),
            (math.cos(n * math.pi / 6.0), math.sin(n * math.pi / 6.0), 0.0, 0.0),
        )
        for n in range(3)
    ]
    shroud = cylinder(radius + 0.012, 0.03, (-0.03, 0.0, 0.0), "x", 24)
    hub = cylinder(0.04, 0.05, (-0.05, 0.0, 0.0), "x", 14)
    hose = sweep(
        [
            (-0.01, width / 2.0 - 0.03, -0.3 * height),
            (-0.10, width / 2.0 - 0.04, -0.3 * height),
            (-0.20, width / 2.0 - 0.10, -0.1 * height),
        ],
        0.018,
        8,
    )
    plug = cylinder(0.012, 0.025, (0.0, -0.3 * width, -height / 2.0 - 0.012), sides=8)
    drain = Port(
        "drain",
        "coolant",
        "out",
        (0.0, -0.3 * width, -height / 2.0 - 0.0245),
        _DOWN,
    )
    aluminium = round(0.65 * mass_kg, 3)
    return part(
        "radiator",
        "radiator",
        {"aluminium": aluminium, "plastic": round(mass_kg - aluminium, 3)},
        [
            Piece(paint.ALUMINIUM_DARK, core),
            Piece(paint.ALUMINIUM, joined(fins)),
            Piece(paint.PLASTIC_BLACK, joined([*tanks, shroud, plug])),
            Piece(paint.PLASTIC_GREY, joined([*blades, hub])),
            Piece(paint.RUBBER, hose, SMOOTH_CREASE_DEG),
        ],
        (1.80, 0.0, 0.47),
        ports=[drain],
    )


def reservoirs() -> list[Node]:
    """Return the tanks of screenwash and brake fluid, each in its own frame."""
    washer = rounded_box((0.15, 0.13, 0.24), (0.0, 0.0, 0.0), 0.025, 2)
    neck = cylinder(0.02, 0.20, (-0.02, 0.0, 0.20), sides=12)
    cap = cylinder(0.03, 0.02, (-0.02, 0.0, 0.305), sides=14)
    brake = rounded_box((0.14, 0.07, 0.07), (0.0, 0.0, 0.0), 0.015, 2)
    brake_cap = cylinder(0.025, 0.02, (0.03, 0.0, 0.042), sides=14)
    cylinder_body = cylinder(0.02, 0.18, (0.0, 0.0, -0.05), "x", 12)
    return [
        part(
            "washer_tank",
            "tank",
            {"plastic": 0.9},
            [
                Piece(paint.STICKER, joined([washer, neck]), SMOOTH_CREASE_DEG),
                Piece(paint.MACHINE_BLUE, cap),
            ],
            (1.74, -0.42, 0.50),
            ports=[Port("drain", "screenwash", "out", (-0.02, 0.0, 0.315), _UP)],
        ),
        part(
            "brake_reservoir",
            "tank",
            {"plastic": 0.4, "aluminium": 1.1},
            [
                Piece(paint.STICKER, brake, SMOOTH_CREASE_DEG),
                Piece(paint.HAZARD_YELLOW, brake_cap),
                Piece(paint.ALUMINIUM, cylinder_body),
            ],
            (1.02, 0.42, 0.86),
            ports=[Port("drain", "brake_fluid", "out", (0.03, 0.0, 0.052), _UP)],
        ),
    ]


def refrigerant_line(refrigerant: str) -> Node:
    """Return the air conditioner's line with its service valve, car frame.

    Args:
        refrigerant: "refrigerant_r134a" or "refrigerant_r1234yf"; what couples to
            the one does not couple to the other.
    """
    pipe = sweep(
        [
            (1.74, -0.25, 0.58),
            (1.62, -0.31, 0.66),
            (1.45, -0.33, 0.72),
            (1.28, -0.30, 0.80),
            (1.10, -0.22, 0.84),
        ],
        0.009,
        8,
    )
    valve = cylinder(0.011, 0.05, (1.45, -0.33, 0.745), sides=10)
    cap = cylinder(0.014, 0.016, (1.45, -0.33, 0.775), sides=12)
    return part(
        "refrigerant_line",
        "pipe",
        {"aluminium": 0.8, "plastic": 0.05},
        [
            Piece(paint.ALUMINIUM, joined([pipe, valve]), SMOOTH_CREASE_DEG),
            Piece(paint.MACHINE_BLUE, cap),
        ],
        ports=[Port("service", refrigerant, "out", (1.45, -0.33, 0.783), _UP)],
    )
