"""The fork lift truck: chassis with guard, mast, carriage with tines, wheels."""

from __future__ import annotations

import math

import numpy as np

from assets.makers import paint
from assets.makers.car_cabin import front_seat_pieces
from assets.makers.machine_parts import (
    Parts,
    facing_out,
    hose,
    on_both_sides,
    profile_y,
)
from assets.makers.node import (
    Asset,
    Joint,
    Json,
    Node,
    Port,
    Roll,
    Vector3,
    between,
    floor_space,
    turned,
)
from assets.makers.shape import (
    Shape,
    box,
    cylinder,
    loft,
    rounded_box,
    span,
    sweep,
)
from assets.makers.truck_wheel import solid_wheel

MAST_STROKE_M = 3.0
TINE_LENGTH_M = 1.15
_MAST_X_M = 0.70
_SOURCE: dict[str, Json] = {
    "source": "assumed: an electric counterbalance truck of the 2.5 t class",
    "confidence": "C",
}


def build_forklift(name: str = "forklift") -> Asset:
    """Return a fork lift truck that looks along +x, tines down.

    Frame: on the ground midway between the axles.

    Args:
        name: Of the asset.
    """
    chassis = Node(
        "chassis",
        "forklift",
        "forklift",
        {
            "steel": 2450.0,
            "battery": 920.0,
            "rubber": 20.0,
            "copper": 90.0,
            "plastic": 45.0,
        },
        _chassis().pieces(),
        collision=[
            between((-1.18, -0.56, 0.15), (0.62, 0.56, 1.05)),
            between((-0.75, -0.52, 1.05), (0.55, 0.52, 2.15)),
        ],
        ports=[
            Port(
                "driver",
                "person",
                "both",
                (0.1, 0.56, 0.0),
                turned((0.0, 1.0, 0.0), (-1.0, 0.0, 0.0)),
            ),
            Port(
                "charge",
                "charger_80v",
                "in",
                (-0.6, -0.56, 0.75),
                turned((0.0, -1.0, 0.0), (1.0, 0.0, 0.0)),
            ),
            Port(
                "tow",
                "tow",
                "both",
                (-1.2, 0.0, 0.45),
                turned((-1.0, 0.0, 0.0), (0.0, -1.0, 0.0)),
            ),
        ],
        notes={
            **floor_space(
                (-1.24, -0.60),
                (_MAST_X_M + 0.25 + TINE_LENGTH_M, 0.60),
                {"+x": 0.5, "-x": 0.5, "+y": 0.5, "-y": 0.5},
                "assumed: 0.5 m beside a truck with people about, usual for aisles",
            ),
            **_SOURCE,
        },
    )
    return Asset(name, [chassis, _mast(), _carriage(), *_wheels()])


def _chassis() -> Parts:
    parts = Parts()
    parts.smooth(
        paint.ROBOT_ORANGE, rounded_box((0.80, 1.10, 0.62), (-0.34, 0.0, 0.60), 0.05, 3)
    )
    parts.add(
        paint.FRAME_DARK,
        profile_y(
            [(-0.7, 0.2), (0.6, 0.2), (0.62, 0.34), (0.60, 0.46), (-0.7, 0.46)], 1.06
        ),
    )
    parts.smooth(
        paint.FRAME_DARK, rounded_box((0.60, 0.98, 0.06), (0.26, 0.0, 0.48), 0.015)
    )
    parts.add(
        paint.RUBBER,
        *(box((0.5, 0.02, 0.008), (0.26, -0.4 + 0.1 * n, 0.513)) for n in range(9)),
    )
    _counterweight(parts)
    _guard(parts)
    _cockpit(parts)
    for side in (-1.0, 1.0):
        wing = _arch(0.42, 0.36, side)
        parts.smooth(paint.FRAME_DARK, wing)
    return parts


def _counterweight(parts: Parts) -> None:
    """Add the cast weight behind, rounded in plan, with lamps and drawbar pin."""
    rows = []
    for z, inset in (
        (0.22, 0.05),
        (0.28, 0.0),
        (0.85, 0.0),
        (0.98, 0.03),
        (1.03, 0.10),
    ):
        angles = np.linspace(-math.pi / 2.0, math.pi / 2.0, 15)
        back = [
            (
                -0.72 - (0.47 - inset) * math.cos(a) ** 0.6
                if math.cos(a) > 1e-6
                else -0.72,
                -(0.55 - inset) * math.sin(a),
                z,
            )
            for a in angles
        ]
        rows.append([(-0.66, 0.55 - inset, z), *back, (-0.66, -0.55 + inset, z)])
    weight = facing_out(loft(np.array(rows), capped=True))
    parts.smooth(paint.FRAME_DARK, weight)
    lamps = rounded_box((0.03, 0.09, 0.14), (-1.02, 0.38, 0.86), 0.012)
    parts.smooth(paint.LAMP_RED, *on_both_sides(lamps))
    parts.add(paint.STEEL, cylinder(0.025, 0.22, (-1.17, 0.0, 0.45), sides=12))
    parts.add(
        paint.CAR_GAP, rounded_box((0.06, 0.22, 0.14), (-1.175, 0.0, 0.45), 0.012)
    )


def _guard(parts: Parts) -> None:
    """Add the overhead guard: four posts and bars across."""
    front = sweep(
        [(0.52, 0.45, 0.46), (0.50, 0.45, 0.9), (0.30, 0.45, 2.06), (0.26, 0.45, 2.10)],
        0.032,
        10,
    )
    rear = sweep(
        [
            (-0.62, 0.45, 0.9),
            (-0.66, 0.45, 1.2),
            (-0.60, 0.45, 2.08),
            (-0.56, 0.45, 2.11),
        ],
        0.032,
        10,
    )
    rail = sweep([(-0.60, 0.45, 2.10), (0.30, 0.45, 2.09)], 0.034, 10)
    parts.smooth(paint.FRAME_DARK, *on_both_sides(front, rear, rail))
    ends = [
        cylinder(0.034, 0.9, (x, 0.0, z), "y", 12)
        for x, z in ((0.29, 2.09), (-0.59, 2.10))
    ]
    bars = [
        box((0.82, 0.022, 0.05), (-0.15, y, 2.10))
        for y in (-0.32, -0.19, -0.06, 0.06, 0.19, 0.32)
    ]
    parts.add(paint.FRAME_DARK, *ends, *bars)
    parts.smooth(paint.LAMP_AMBER, cylinder(0.05, 0.09, (-0.58, 0.0, 2.18), sides=18))
    heads = rounded_box((0.07, 0.10, 0.10), (0.36, 0.40, 1.98), 0.02)
    parts.smooth(paint.FRAME_DARK, *on_both_sides(heads))
    glass = cylinder(0.04, 0.006, (0.397, 0.40, 1.98), "x", 16)
    parts.add(paint.LAMP_CLEAR, *on_both_sides(glass))
    parts.smooth(
        paint.CYLINDER_BLUE, rounded_box((0.05, 0.06, 0.05), (-0.62, 0.25, 2.0), 0.012)
    )


def _cockpit(parts: Parts) -> None:
    for piece in front_seat_pieces():
        moved = piece.shape.moved((-0.42, 0.0, 0.76))
        parts.add(piece.paint, moved, crease_deg=piece.crease_deg)
    parts.smooth(
        paint.PLASTIC_BLACK, sweep([(0.50, 0.0, 0.5), (0.38, 0.0, 1.02)], 0.045, 12)
    )
    dash = rounded_box((0.14, 0.86, 0.30), (0.50, 0.0, 0.86), 0.04)
    parts.smooth(paint.PLASTIC_GREY, dash)
    circle = [2.0 * math.pi * n / 20 for n in range(21)]
    tilt = 0.9
    rim = [
        (
            0.36 - 0.16 * math.cos(a) * math.cos(tilt),
            0.16 * math.sin(a),
            1.05 + 0.16 * math.cos(a) * math.sin(tilt) * -1.0,
        )
        for a in circle
    ]
    parts.smooth(paint.PLASTIC_BLACK, sweep(rim, 0.013, 8))
    parts.smooth(
        paint.PLASTIC_BLACK, rounded_box((0.05, 0.30, 0.03), (0.36, 0.0, 1.05), 0.012)
    )
    for n in range(3):
        y = -0.34 + 0.05 * n
        parts.add(paint.PLASTIC_BLACK, cylinder(0.007, 0.16, (0.2, y, 1.06), sides=8))
        parts.smooth(
            paint.PLASTIC_BLACK,
            rounded_box((0.028, 0.028, 0.04), (0.2, y, 1.15), 0.012),
        )
    parts.smooth(
        paint.PLASTIC_GREY, rounded_box((0.36, 0.16, 0.10), (0.08, -0.36, 0.95), 0.03)
    )


def _arch(x_m: float, radius_m: float, side: float) -> Shape:
    """Return a wing over a front wheel."""
    rows = []
    low_y, high_y = sorted((side * 0.42, side * 0.60))
    for a in np.linspace(0.05, math.pi - 0.05, 12):
        c, s = math.cos(a), math.sin(a)
        r, q = radius_m, radius_m - 0.02
        rows.append(
            [
                (x_m + q * c, low_y, 0.30 + q * s),
                (x_m + q * c, high_y, 0.30 + q * s),
                (x_m + r * c, high_y, 0.30 + r * s),
                (x_m + r * c, low_y, 0.30 + r * s),
            ]
        )
    return facing_out(loft(np.array(rows), capped=True))


def _mast() -> Node:
    """Return the outer mast; its frame on the ground below its foot."""
    parts = Parts()
    rail = span((-0.05, 0.30, 0.08), (0.05, 0.36, 2.15))
    lips = [
        span((x - 0.012, 0.25, 0.08), (x + 0.012, 0.31, 2.15)) for x in (-0.04, 0.04)
    ]
    parts.add(paint.FRAME_DARK, *on_both_sides(rail, *lips))
    for x, z, h in ((-0.06, 2.08, 0.12), (-0.06, 1.2, 0.08), (-0.05, 0.2, 0.14)):
        parts.add(paint.FRAME_DARK, box((0.04, 0.66, h), (x, 0.0, z)))
    parts.smooth(
        paint.STEEL, *on_both_sides(cylinder(0.035, 1.7, (-0.01, 0.22, 1.0), sides=14))
    )
    parts.smooth(
        paint.STEEL_BRIGHT,
        *on_both_sides(cylinder(0.024, 0.3, (-0.01, 0.22, 1.98), sides=14)),
    )
    chains = [box((0.014, 0.03, 1.75), (0.02, s * 0.12, 1.2)) for s in (-1.0, 1.0)]
    parts.add(paint.STEEL_DARK, *chains)
    parts.add(
        paint.STEEL_DARK,
        *(cylinder(0.055, 0.035, (0.02, s * 0.12, 2.08), "y", 18) for s in (-1.0, 1.0)),
    )
    parts.smooth(
        paint.RUBBER,
        hose(
            [
                (0.03, 0.05, 0.5),
                (0.04, 0.05, 1.2),
                (0.04, 0.05, 1.9),
                (-0.02, 0.05, 2.0),
                (-0.05, 0.05, 1.4),
            ],
            0.012,
            6,
        ),
    )
    tilt = [sweep([(-0.06, 0.33, 0.62), (-0.34, 0.33, 0.50)], 0.032, 12)]
    parts.smooth(paint.STEEL, *on_both_sides(*tilt))
    return Node(
        "mast",
        "mast",
        "forklift_mast",
        {"steel": 410.0},
        parts.pieces(),
        position_m=(_MAST_X_M, 0.0, 0.0),
        collision=[between((-0.08, -0.36, 0.08), (0.08, 0.36, 2.15))],
        notes=_SOURCE,
    )


def _carriage() -> Node:
    """Return carriage, load guard and tines; their undersides near the ground at 0."""
    parts = Parts()
    for z in (0.12, 0.50):
        parts.add(paint.FRAME_DARK, box((0.04, 1.0, 0.10), (0.0, 0.0, z)))
    parts.add(
        paint.FRAME_DARK, *on_both_sides(box((0.03, 0.05, 0.5), (-0.03, 0.20, 0.32)))
    )
    guard = [
        box((0.02, 0.02, 0.6), (0.0, y, 0.85)) for y in np.linspace(-0.46, 0.46, 8)
    ]
    parts.add(paint.FRAME_DARK, *guard, box((0.024, 0.96, 0.03), (0.0, 0.0, 1.14)))
    heel = span((0.02, 0.24, 0.0), (0.065, 0.36, 0.58))
    tine = profile_y(
        [
            (0.03, 0.0),
            (TINE_LENGTH_M + 0.03, 0.0),
            (TINE_LENGTH_M + 0.03, 0.012),
            (0.5, 0.04),
            (0.03, 0.045),
        ],
        0.12,
        0.30,
    )
    parts.add(paint.STEEL_DARK, *on_both_sides(heel, tine))
    return Node(
        "carriage",
        "carriage",
        "forklift_carriage",
        {"steel": 240.0},
        parts.pieces(),
        position_m=(_MAST_X_M + 0.09, 0.0, 0.05),
        collision=[
            between((-0.05, -0.5, 0.0), (0.065, 0.5, 1.15)),
            between((0.03, 0.24, 0.0), (TINE_LENGTH_M + 0.03, 0.36, 0.045)),
            between((0.03, -0.36, 0.0), (TINE_LENGTH_M + 0.03, -0.24, 0.045)),
        ],
        joint=Joint("carriage", "prismatic", (0.0, 0.0, 1.0), 0.0, MAST_STROKE_M),
        ports=[
            Port(
                "load",
                "pallet",
                "both",
                (0.5 * TINE_LENGTH_M, 0.0, 0.045),
                turned((0.0, 0.0, 1.0), (0.0, 1.0, 0.0)),
            )
        ],
        notes=_SOURCE,
    )


def _wheels() -> list[Node]:
    places: list[tuple[str, Vector3, float]] = [
        ("wheel_fl", (0.42, 0.50, 0.30), 0.30),
        ("wheel_fr", (0.42, -0.50, 0.30), 0.30),
        ("wheel_rl", (-0.80, 0.42, 0.23), 0.23),
        ("wheel_rr", (-0.80, -0.42, 0.23), 0.23),
    ]
    return [
        Node(
            name,
            "wheel",
            "forklift_wheel",
            {"rubber": 18.0, "steel": 14.0},
            solid_wheel(radius, 0.18, side=1.0 if at[1] > 0.0 else -1.0),
            position_m=at,
            collision=[Roll(radius, 0.18)],
            joint=Joint(name, "revolute", (0.0, 1.0, 0.0), -1.0e6, 1.0e6),
            notes=_SOURCE,
        )
        for name, at, radius in places
    ]
