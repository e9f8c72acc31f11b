"""Tilter: lays a car on its side, so that its underbody can be got at."""

from __future__ import annotations

import math

from assets.makers import paint
from assets.makers.dimensions import JACK_X_M, JACK_Y_M
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

SILL_Z_M = 0.60
"""Height at which the car's sills lie on the cradle."""
_PIVOT_M: Vector3 = (0.0, 1.22, 0.42)
_HALF_X_M = 1.10
_CLAMP_OPEN_RAD = 1.2
_CLAMP_Y_M = JACK_Y_M + 0.10


def build_tilter(name: str = "tilter") -> Asset:
    """Return the tilter, car along x; joint ``cradle`` turns it towards +y."""
    stands: list[Shape] = []
    for sx in (-1.0, 1.0):
        x = sx * (_HALF_X_M + 0.20)
        stands.append(box((0.16, 0.50, 0.03), (x, _PIVOT_M[1], 0.015)))
        stands.append(
            sweep(
                [(x, _PIVOT_M[1] - 0.02, 0.03), (x, _PIVOT_M[1], _PIVOT_M[2] + 0.05)],
                [0.11, 0.08],
                4,
            )
        )
    rests = [
        joined(
            [
                box((0.14, 0.14, 0.30), (sx * (_HALF_X_M - 0.1), -0.95, 0.17)),
                box((0.26, 0.26, 0.02), (sx * (_HALF_X_M - 0.1), -0.95, 0.01)),
            ]
        )
        for sx in (-1.0, 1.0)
    ]
    sill = box((2.0 * _HALF_X_M + 0.56, 0.16, 0.08), (0.0, 1.55, 0.04))
    ties = [
        box((0.12, 2.6, 0.06), (sx * (_HALF_X_M - 0.1), 0.30, 0.03))
        for sx in (-1.0, 1.0)
    ]
    bearings = [
        cylinder(
            0.09, 0.10, (sx * (_HALF_X_M + 0.20), _PIVOT_M[1], _PIVOT_M[2]), "x", 24
        )
        for sx in (-1.0, 1.0)
    ]
    pump = rounded_box((0.50, 0.40, 0.62), (0.0, 2.05, 0.36), 0.02, 1)
    motor = cylinder(0.09, 0.30, (0.0, 2.05, 0.82), sides=20)
    tank = rounded_box((0.30, 0.40, 0.30), (-0.42, 2.05, 0.20), 0.03, 1)
    base = Node(
        "base",
        "tilter",
        "tilter",
        {"steel": 780.0, "copper": 14.0, "oil": 40.0},
        [
            Piece(paint.MACHINE_BLUE, joined([*stands, *rests, sill, *ties])),
            Piece(paint.STEEL, joined(bearings)),
            Piece(paint.MACHINE_GREY, joined([pump, tank]), SMOOTH_CREASE_DEG),
            Piece(paint.FRAME_DARK, motor),
        ],
        collision=[
            *(
                between(
                    (x - 0.09, _PIVOT_M[1] - 0.25, 0.0),
                    (x + 0.09, _PIVOT_M[1] + 0.25, _PIVOT_M[2] + 0.09),
                )
                for x in (-_HALF_X_M - 0.20, _HALF_X_M + 0.20)
            ),
            between((-0.57, 1.85, 0.0), (0.25, 2.25, 0.97)),
        ],
        ports=[
            Port(
                "car",
                "car",
                "both",
                (0.0, -1.4, SILL_Z_M),
                turned((0.0, -1.0, 0.0), (1.0, 0.0, 0.0)),
            )
        ],
        notes=floor_space(
            (-2.2, -1.2), (2.2, 2.9), {"+x": 0.8, "-x": 0.8, "+y": 0.8, "-y": 2.0}
        ),
    )
    return Asset(name, [base, _cradle()])


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
    for sy in (-1.0, 1.0):
        y = sy * JACK_Y_M
        beams.append(span((-0.95, y - 0.06, z - 0.16), (0.95, y + 0.06, z - 0.03)))
        pads += [
            box((0.22, 0.11, 0.03), (sx * JACK_X_M, y, z - 0.015)) for sx in (-1.0, 1.0)
        ]
    for sx in (-1.0, 1.0):
        x = sx * (_HALF_X_M - 0.1)
        beams.append(span((x - 0.07, -0.98, z - 0.28), (x + 0.07, 1.30, z - 0.13)))
        beams.append(span((x - 0.06, 1.04, z - 0.20), (x + 0.06, 1.16, z + 0.80)))
        beams.append(sweep([(x, 0.78, z - 0.14), (x, 1.07, z + 0.22)], 0.04, 4))
        pads.append(box((0.16, 0.05, 0.60), (x, 1.015, z + 0.42)))
    beams.append(
        span((-_HALF_X_M - 0.1, 1.06, z + 0.32), (_HALF_X_M + 0.1, 1.14, z + 0.44))
    )
    axle = cylinder(0.05, 2.0 * _HALF_X_M + 0.50, _PIVOT_M, "x", 18)
    stripes = [
        span(
            (sx * 1.0 - 0.0715, -0.95, z - 0.2815),
            (sx * 1.0 + 0.0715, -0.80, z - 0.1285),
        )
        for sx in (-1.0, 1.0)
    ]
    clamps = [
        _clamp(end, side, x, sy)
        for end, x in (("front", JACK_X_M), ("rear", -JACK_X_M))
        for side, sy in (("left", 1.0), ("right", -1.0))
    ]
    back = (-_PIVOT_M[0], -_PIVOT_M[1], -_PIVOT_M[2])
    return Node(
        "cradle",
        "tilter",
        "tilter_cradle",
        {"steel": 560.0, "rubber": 9.0},
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
                _from_pivot(
                    (-0.95, sy * JACK_Y_M - 0.06, z - 0.16),
                    (0.95, sy * JACK_Y_M + 0.06, z),
                )
                for sy in (-1.0, 1.0)
            ),
            *(
                _from_pivot((sx - 0.08, 0.99, z - 0.28), (sx + 0.08, 1.16, z + 0.80))
                for sx in (-_HALF_X_M + 0.1, _HALF_X_M - 0.1)
            ),
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
        position_m=(x_m, sy * _CLAMP_Y_M - _PIVOT_M[1], SILL_Z_M - 0.08 - _PIVOT_M[2]),
        wxyz=wxyz,
        collision=[Box((0.08, 0.07, 0.17), (0.0, -sy * 0.015, 0.085))],
        joint=Joint("clamps", "revolute", (sy, 0.0, 0.0), 0.0, _CLAMP_OPEN_RAD),
    )
