"""Seats, steering wheel, airbags and belt tensioners of the hatchbacks."""

from __future__ import annotations

from collections.abc import Mapping

from assets.makers import paint
from assets.makers.car_cabin import (
    front_seat_pieces,
    rear_seat_pieces,
    steering_wheel_pieces,
)
from assets.makers.car_part import part, screws
from assets.makers.node import (
    SMOOTH_CREASE_DEG,
    Json,
    Node,
    Piece,
    Port,
    Vector3,
    turned,
)
from assets.makers.shape import box, cylinder, rounded_box
from twin.transforms import wxyz_about

_STEERING_WHEEL_M: Vector3 = (0.50, 0.36, 0.88)
_COLUMN_TILT_RAD = 0.42
# What must be fired or out before anything is drained.
_PYROTECHNIC: Mapping[str, Json] = {"pyrotechnic": True}
_SEAT_SCREW_KG = 0.05
_AWAY_FROM_DRIVER = turned((0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def seats() -> list[Node]:
    """Return both front seats and the bench, each in the frame of its foot."""
    made = []
    for name, side in (("left", 1.0), ("right", -1.0)):
        seat = f"seat_front_{name}"
        heads: list[Vector3] = [
            (x, y, 0.0) for x in (0.06, 0.42) for y in (-0.15, 0.15)
        ]
        held_by = screws(
            seat, heads, (0.0, 1.0, 0.0, 0.0), thread="M10", mass_kg=_SEAT_SCREW_KG
        )
        grip = Port(
            "grip_jaw",
            "jaw_grip",
            "both",
            (-0.235, 0.0, 0.985),
            turned((0.0, 0.0, 1.0), (1.0, 0.0, 0.0)),
            (0.09, 0.25),
        )
        made.append(
            part(
                seat,
                "seat",
                {"steel": 10.8, "textile": 2.5, "foam": 4.5},
                front_seat_pieces(),
                (-0.18, side * 0.36, 0.45),
                held_by=held_by,
                ports=[grip],
            )
        )
    made.append(
        part(
            "seat_rear",
            "seat",
            {"steel": 15.0, "textile": 4.5, "foam": 8.5},
            rear_seat_pieces(),
            (-1.02, 0.0, 0.45),
        )
    )
    return made


def steering_wheel() -> Node:
    """Return the steering wheel with its airbag; x of its frame along the column."""
    cushion = rounded_box((0.05, 0.13, 0.12), (-0.012, 0.0, 0.0), 0.022, 2)
    badge = cylinder(0.016, 0.004, (-0.038, 0.0, 0.01), "x", 12)
    airbag = part(
        "airbag_driver",
        "airbag",
        {"steel": 0.6, "textile": 0.25, "plastic": 0.3, "propellant": 0.05},
        _tilted(
            [
                Piece(paint.CAR_TRIM, cushion, SMOOTH_CREASE_DEG),
                Piece(paint.STEEL_BRIGHT, badge),
            ]
        ),
        notes=_PYROTECHNIC,
    )
    hub = screws("steering_wheel", [(0.0, 0.0, 0.0)], _AWAY_FROM_DRIVER, thread="M14")
    return part(
        "steering_wheel",
        "steering_wheel",
        {"steel": 1.18, "plastic": 1.4},
        _tilted(steering_wheel_pieces()),
        _STEERING_WHEEL_M,
        held_by=hub,
        children=[airbag],
    )


def _tilted(pieces: list[Piece]) -> list[Piece]:
    """Return pieces leaning as the column leans."""
    tilt = wxyz_about((0.0, 1.0, 0.0), _COLUMN_TILT_RAD)
    return [Piece(p.paint, p.shape.moved(wxyz=tilt), p.crease_deg) for p in pieces]


def restraints() -> list[Node]:
    """Return the passenger's airbag and both belt tensioners, car frame."""
    cover = rounded_box((0.10, 0.34, 0.05), (0.0, 0.0, 0.03), 0.018, 2)
    can = box((0.14, 0.26, 0.05), (0.02, 0.0, -0.005))
    made = [
        part(
            "airbag_passenger",
            "airbag",
            {"steel": 1.5, "textile": 0.5, "plastic": 0.45, "propellant": 0.15},
            [
                Piece(paint.PLASTIC_BLACK, cover, SMOOTH_CREASE_DEG),
                Piece(paint.STEEL, can),
            ],
            (0.82, -0.36, 0.935),
            notes=_PYROTECHNIC,
        )
    ]
    for name, side in (("left", 1.0), ("right", -1.0)):
        reel = cylinder(0.035, 0.05, (0.0, 0.0, 0.0), "y", 16)
        tube = cylinder(0.014, 0.16, (0.03, 0.0, 0.02), "z", 10)
        made.append(
            part(
                f"belt_tensioner_{name}",
                "airbag",
                {"steel": 0.75, "plastic": 0.19, "propellant": 0.01},
                [Piece(paint.PLASTIC_GREY, reel), Piece(paint.STEEL, tube)],
                (-0.24, side * 0.75, 0.56),
                notes=_PYROTECHNIC,
            )
        )
    return made
