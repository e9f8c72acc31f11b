"""Tilter: takes a car on two tines, drives off with it and lays it on its side."""

from __future__ import annotations

import math

from assets.makers import paint
from assets.makers.dimensions import JACK_Y_M
from assets.makers.node import (
    SMOOTH_CREASE_DEG,
    Asset,
    Box,
    Joint,
    Node,
    Piece,
    Port,
    Vector3,
    between,
    floor_space,
    turned,
)
from assets.makers.shape import Shape, box, cylinder, joined, rounded_box, span, sweep

SILL_Z_M = 0.76
"""Height at which the car's sills lie on the tines: above a wheel conveyor's strands,
which are 0.60 m high, so that the tines pass over them."""
TRAVEL_M = 2.60
"""From where it turns a car to where it takes one over."""
_PIVOT_M: Vector3 = (0.0, 1.22, 0.42)
_RAIL_X_M = 1.30
_TINE_X_M = 0.42
_CLAMP_X_M = 0.54
_CLAMP_OPEN_RAD = 1.2
_CLAMP_Y_M = JACK_Y_M + 0.10


def build_tilter(name: str = "tilter") -> Asset:
    """Return the tilter where it turns a car: car along x, underside towards -y.

    Joint ``travel`` drives it along its rails towards -y, where cars are taken over;
    ``cradle`` turns the car towards +y.
    """
    rails = [
        box((0.10, 4.40, 0.05), (sx * _RAIL_X_M, 0.52, 0.025)) for sx in (-1.0, 1.0)
    ]
    plates = [
        box((0.24, 0.16, 0.012), (sx * _RAIL_X_M, y, 0.006))
        for sx in (-1.0, 1.0)
        for y in (-1.5, -0.5, 0.5, 1.5, 2.5)
    ]
    stops = [
        box((0.10, 0.06, 0.14), (sx * _RAIL_X_M, y, 0.07))
        for sx in (-1.0, 1.0)
        for y in (-1.65, 2.69)
    ]
    base = Node(
        "base",
        "tilter",
        "tilter",
        {"steel": 310.0},
        [
            Piece(paint.STEEL, joined(rails)),
            Piece(paint.STEEL_DARK, joined(plates)),
            Piece(paint.HAZARD_YELLOW, joined(stops)),
        ],
        ports=[
            Port(
                "car",
                "car",
                "both",
                (0.0, -TRAVEL_M, SILL_Z_M),
                turned((0.0, -1.0, 0.0), (1.0, 0.0, 0.0)),
            )
        ],
        notes=floor_space(
            (-1.6, -1.7), (1.6, 2.8), {"+x": 0.8, "-x": 0.8, "+y": 0.8, "-y": 2.0}
        ),
    )
    return Asset(name, [base, _carriage()])


def _carriage() -> Node:
    """Return what drives on the rails, with the cradle in its bearings."""
    frame: list[Shape] = []
    wheels: list[Shape] = []
    for sx in (-1.0, 1.0):
        x = sx * _RAIL_X_M
        frame.append(span((x - 0.07, 0.98, 0.12), (x + 0.07, 2.66, 0.22)))
        frame.append(
            sweep(
                [(x, _PIVOT_M[1], 0.20), (x, _PIVOT_M[1], _PIVOT_M[2] + 0.05)],
                [0.12, 0.09],
                4,
            )
        )
        frame.append(
            sweep([(x, 1.70, 0.18), (x, _PIVOT_M[1] + 0.05, _PIVOT_M[2])], 0.045, 4)
        )
        wheels += [cylinder(0.05, 0.06, (x, y, 0.10), "x", 16) for y in (1.06, 2.58)]
    frame.append(span((-_RAIL_X_M, 2.50, 0.12), (_RAIL_X_M, 2.66, 0.22)))
    bearings = [
        cylinder(0.09, 0.10, (sx * _RAIL_X_M, _PIVOT_M[1], _PIVOT_M[2]), "x", 24)
        for sx in (-1.0, 1.0)
    ]
    ballast = span((-1.1, 2.26, 0.10), (-0.15, 2.64, 0.46))
    pump = rounded_box((0.90, 0.36, 0.34), (0.55, 2.44, 0.30), 0.02, 1)
    rams = [
        cylinder(0.045, 0.62, (sx * 1.05, 1.62, 0.30), "y", 16) for sx in (-1.0, 1.0)
    ]
    return Node(
        "carriage",
        "tilter",
        "tilter_carriage",
        {"steel": 1180.0, "copper": 18.0, "oil": 40.0},
        [
            Piece(paint.MACHINE_BLUE, joined(frame)),
            Piece(paint.STEEL_DARK, joined([*wheels, ballast])),
            Piece(paint.STEEL, joined([*bearings, *rams])),
            Piece(paint.MACHINE_GREY, pump, SMOOTH_CREASE_DEG),
        ],
        children=[_cradle()],
        collision=[
            *(
                between((x - 0.09, 0.98, 0.05), (x + 0.09, 2.66, _PIVOT_M[2] + 0.09))
                for x in (-_RAIL_X_M, _RAIL_X_M)
            ),
            between((-1.1, 2.26, 0.10), (1.0, 2.66, 0.47)),
        ],
        joint=Joint("travel", "prismatic", (0.0, -1.0, 0.0), 0.0, TRAVEL_M),
    )


def _from_pivot(low_m: Vector3, high_m: Vector3) -> Box:
    """Return a box given by corners in the asset's frame, in the pivot's."""
    px, py, pz = _PIVOT_M
    return between(
        (low_m[0] - px, low_m[1] - py, low_m[2] - pz),
        (high_m[0] - px, high_m[1] - py, high_m[2] - pz),
    )


def _cradle() -> Node:
    """Return the cradle in its pivot's frame, with its clamps."""
    z = SILL_Z_M
    beams: list[Shape] = []
    pads: list[Shape] = []
    stripes: list[Shape] = []
    for sx in (-1.0, 1.0):
        x = sx * _TINE_X_M
        beams.append(span((x - 0.07, -0.90, z - 0.13), (x + 0.07, 1.16, z - 0.03)))
        beams.append(span((x - 0.07, 1.05, z - 0.13), (x + 0.07, 1.16, z + 0.80)))
        beams.append(sweep([(x, 0.96, z - 0.06), (x, 1.10, z + 0.16)], 0.04, 4))
        pads += [
            span((x - 0.07, y - 0.10, z - 0.03), (x + 0.07, y + 0.10, z))
            for y in (-JACK_Y_M, JACK_Y_M)
        ]
        pads.append(box((0.14, 0.03, 0.50), (x, 1.035, z + 0.48)))
        stripes.append(
            span((x - 0.0715, -0.901, z - 0.1315), (x + 0.0715, -0.80, z - 0.0285))
        )
        arm = sx * 1.18
        beams.append(
            sweep([(arm, 1.10, z - 0.10), (arm, _PIVOT_M[1], _PIVOT_M[2])], 0.07, 4)
        )
    for low_m, high_m in ((z - 0.18, z - 0.06), (z + 0.52, z + 0.62)):
        beams.append(span((-1.24, 1.05, low_m), (1.24, 1.15, high_m)))
    beams += [
        span((sx * 1.18 - 0.05, 1.05, z - 0.18), (sx * 1.18 + 0.05, 1.15, z + 0.62))
        for sx in (-1.0, 1.0)
    ]
    axle = cylinder(0.05, 2.0 * _RAIL_X_M + 0.10, _PIVOT_M, "x", 18)
    clamps = [
        _clamp(end, side, x, sy)
        for end, x in (("front", _CLAMP_X_M), ("rear", -_CLAMP_X_M))
        for side, sy in (("left", 1.0), ("right", -1.0))
    ]
    back = (-_PIVOT_M[0], -_PIVOT_M[1], -_PIVOT_M[2])
    return Node(
        "cradle",
        "tilter",
        "tilter_cradle",
        {"steel": 430.0, "rubber": 9.0},
        [
            Piece(paint.HAZARD_YELLOW, joined(beams).moved(back)),
            Piece(paint.RUBBER, joined(pads).moved(back)),
            Piece(paint.STEEL_BRIGHT, axle.moved(back)),
            Piece(paint.HAZARD_BLACK, joined(stripes).moved(back)),
        ],
        position_m=_PIVOT_M,
        children=clamps,
        collision=[
            *(
                _from_pivot((x - 0.07, -0.90, z - 0.13), (x + 0.07, 1.16, z))
                for x in (-_TINE_X_M, _TINE_X_M)
            ),
            _from_pivot((-1.24, 1.05, z - 0.18), (1.24, 1.16, z + 0.80)),
        ],
        joint=Joint(
            "cradle", "revolute", (-1.0, 0.0, 0.0), 0.0, round(math.pi / 2.0, 9)
        ),
        notes={"car_on_cradle_m": [0.0, -_PIVOT_M[1], SILL_Z_M - 0.17 - _PIVOT_M[2]]},
    )


def _clamp(end: str, side: str, x_m: float, sy: float) -> Node:
    """Return a claw that closes over the sill; open at joint value 0."""
    # Open, it lies outward; closing turns it up and in, about x.
    lean = sy * _CLAMP_OPEN_RAD
    wxyz = (math.cos(lean / 2.0), -math.sin(lean / 2.0), 0.0, 0.0)
    arm = rounded_box((0.08, 0.035, 0.16), (0.0, 0.0, 0.08), 0.01, 1)
    hook = rounded_box((0.08, 0.07, 0.03), (0.0, -sy * 0.028, 0.155), 0.01, 1)
    pin = cylinder(0.022, 0.11, (0.0, 0.0, 0.0), "x", 14)
    name = f"clamp_{end}_{side}"
    return Node(
        name,
        "clamp",
        "tilter_clamp",
        {"steel": 6.5},
        [
            Piece(paint.ROBOT_ORANGE, joined([arm, hook]), SMOOTH_CREASE_DEG),
            Piece(paint.STEEL_BRIGHT, pin),
        ],
        position_m=(x_m, sy * _CLAMP_Y_M - _PIVOT_M[1], SILL_Z_M - 0.06 - _PIVOT_M[2]),
        wxyz=wxyz,
        collision=[Box((0.08, 0.07, 0.17), (0.0, -sy * 0.015, 0.085))],
        joint=Joint("clamps", "revolute", (sy, 0.0, 0.0), 0.0, _CLAMP_OPEN_RAD),
    )
