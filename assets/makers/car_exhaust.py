"""Catalyst, exhaust and fuel tank below the thermal hatchback."""

from __future__ import annotations

from assets.makers import paint
from assets.makers.car_part import part, screws
from assets.makers.node import (
    SMOOTH_CREASE_DEG,
    Node,
    Piece,
    Port,
    Roll,
    Vector3,
    turned,
)
from assets.makers.shape import along, cylinder, joined, revolve, rounded_box, sweep

PIPE_RADIUS_M = 0.024
_PIPE_Y_M = 0.12
_CATALYST_M: Vector3 = (0.70, _PIPE_Y_M, 0.30)
_CATALYST_HALF_M = 0.20
_TANK_M: Vector3 = (-0.62, -0.24, 0.295)
_DOWN = turned((0.0, 0.0, -1.0), (0.0, 1.0, 0.0))


def exhaust_parts() -> list[Node]:
    """Return catalyst, exhaust behind it, and fuel tank."""
    return [_catalyst(), _exhaust(), _fuel_tank()]


def _catalyst() -> Node:
    """Return the catalyst with its pipe stubs, about its middle, x along it."""
    half, r = _CATALYST_HALF_M, PIPE_RADIUS_M
    can = along(
        revolve(
            [
                (0.0, -half),
                (r, -half),
                (r, -0.13),
                (0.064, -0.085),
                (0.064, 0.085),
                (r, 0.13),
                (r, half),
                (0.0, half),
            ],
            22,
        ),
        "x",
    )
    bands = [cylinder(0.0665, 0.014, (x, 0.0, 0.0), "x", 22) for x in (-0.06, 0.06)]
    flange = rounded_box((0.012, 0.10, 0.07), (-half + 0.006, 0.0, 0.0), 0.005, 1)
    probe = cylinder(0.009, 0.05, (0.11, 0.0, 0.05), sides=8)
    down_pipe = sweep(
        [
            (half - 0.01, 0.0, 0.0),
            (half + 0.08, -0.02, 0.02),
            (half + 0.16, -0.08, 0.12),
            (half + 0.22, -0.14, 0.26),
            (half + 0.25, -0.18, 0.36),
        ],
        r,
        12,
    )
    heads: list[Vector3] = [(-half - 0.008, y, 0.0) for y in (-0.038, 0.038)]
    cuts = [
        Port(
            f"cut_{name}",
            "cut",
            "both",
            (x, 0.0, 0.0),
            turned((sign, 0.0, 0.0), (0.0, 1.0, 0.0)),
            (2.0 * r, 2.0 * r),
        )
        for name, x, sign in (("front", 0.16, 1.0), ("rear", -0.16, -1.0))
    ]
    grip = Port(
        "grip_jaw",
        "jaw_grip",
        "both",
        (0.0, 0.0, -0.064),
        turned((0.0, 0.0, -1.0), (0.0, 1.0, 0.0)),
        (0.133, 0.10),
    )
    return part(
        "catalyst",
        "catalyst",
        {"steel": 2.815, "ceramic": 1.14, "platinum metals": 0.005},
        [
            Piece(paint.STEEL_LIGHT, joined([can, down_pipe]), 40.0),
            Piece(paint.STEEL_DARK, joined([*bands, flange, probe])),
        ],
        _CATALYST_M,
        held_by=screws("catalyst", heads, (0.707106781, 0.0, 0.707106781, 0.0)),
        ports=[*cuts, grip],
        loose=[Roll(0.066, 2.0 * half, wxyz=(0.707106781, 0.0, 0.0, 0.707106781))],
    )


def _exhaust() -> Node:
    """Return pipe and silencer behind the catalyst, car frame."""
    y = _PIPE_Y_M
    pipe = sweep(
        [
            (0.49, y, 0.30),
            (0.2, y, 0.31),
            (-0.9, y, 0.315),
            (-1.15, y, 0.355),
            (-1.36, y, 0.355),
            (-1.47, y, 0.33),
        ],
        PIPE_RADIUS_M,
        12,
    )
    resonator = cylinder(0.05, 0.34, (0.10, y, 0.31), "x", 18)
    silencer = rounded_box((0.22, 0.46, 0.15), (-1.58, 0.0, 0.325), 0.06, 3)
    tail = sweep(
        [(-1.66, -0.14, 0.31), (-1.78, -0.15, 0.30), (-1.885, -0.16, 0.295)], 0.022, 12
    )
    return part(
        "exhaust",
        "exhaust",
        {"steel": 13.0},
        [
            Piece(paint.STEEL, joined([pipe, tail]), 40.0),
            Piece(paint.STEEL_LIGHT, joined([resonator, silencer]), SMOOTH_CREASE_DEG),
        ],
    )


def _fuel_tank() -> Node:
    """Return the tank of 45 litres about its middle, drained through its floor."""
    body = rounded_box((0.56, 0.50, 0.17), (0.0, 0.0, 0.0), 0.05, 3)
    straps = [
        rounded_box((0.04, 0.512, 0.182), (x, 0.0, 0.0), 0.045, 2)
        for x in (-0.15, 0.15)
    ]
    filler = sweep(
        [
            (-0.20, -0.18, 0.06),
            (-0.34, -0.34, 0.10),
            (-0.44, -0.48, 0.30),
            (-0.50, -0.53, 0.52),
        ],
        0.025,
        10,
    )
    heads: list[Vector3] = [
        (x, y, -0.096) for x in (-0.15, 0.15) for y in (-0.18, 0.18)
    ]
    ports = [
        Port("drain", "fuel", "out", (0.0, 0.0, -0.085), _DOWN),
        Port(
            "filler",
            "fuel",
            "in",
            (-0.50, -0.53, 0.52),
            turned((-0.5, -0.4, 1.0), (1.0, 0.0, 0.0)),
        ),
    ]
    return part(
        "fuel_tank",
        "tank",
        {"plastic": 8.5, "steel": 1.12},
        [
            Piece(paint.PLASTIC_BLACK, body, SMOOTH_CREASE_DEG),
            Piece(paint.STEEL, joined(straps), SMOOTH_CREASE_DEG),
            Piece(paint.PLASTIC_GREY, filler, SMOOTH_CREASE_DEG),
        ],
        _TANK_M,
        held_by=screws("fuel_tank", heads),
        ports=ports,
        notes={"volume_m3": 0.045},
    )
