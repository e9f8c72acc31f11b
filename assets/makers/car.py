"""The electric hatchback as a tree: body, doors, wheels, seats, motor, pack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from assets.makers import paint
from assets.makers.car_cabin import (
    cabin_pieces,
    front_seat_pieces,
    motor_pieces,
    rear_seat_pieces,
)
from assets.makers.car_form import rear_x_m, side_y_m
from assets.makers.car_panels import build_panels, mirrored
from assets.makers.car_underbody import body_collision, underbody_pieces
from assets.makers.car_wheel import wheel_pieces
from assets.makers.dimensions import (
    AXLE_X_M,
    CAR_FRONT_X_M,
    CAR_MASS_KG,
    CAR_REAR_X_M,
    TYRE_RADIUS_M,
    TYRE_WIDTH_M,
    WHEEL_Y_M,
)
from assets.makers.node import (
    SMOOTH_CREASE_DEG,
    Asset,
    Joint,
    Json,
    Node,
    Piece,
    Roll,
    Vector3,
)
from assets.makers.pack import build_pack_node
from assets.makers.paint import Paint
from assets.makers.shape import Shape, box, cylinder, joined, loft, rounded_box, sweep
from twin.transforms import wxyz_about

_SPLIT: dict[str, Json] = {
    "source": "assumed split of the published kerb mass of 1,502 kg "
    "(Renault Zoe R110 ZE 50)",
    "confidence": "C",
}
# Hinges, car frame. Front edge of the doors, upper edge of the tailgate.
_DOOR_HINGE_M: dict[str, Vector3] = {
    "front": (0.885, 0.84, 0.55),
    "rear": (-0.145, 0.85, 0.55),
}
_BONNET_HINGE_M: Vector3 = (1.09, 0.0, 0.97)
_TAILGATE_HINGE_M: Vector3 = (-1.50, 0.0, 1.45)
_DOOR_KG = {
    "front": {"steel": 16.0, "glass": 4.0, "plastic": 4.0},
    "rear": {"steel": 13.0, "glass": 3.5, "plastic": 3.5},
}


def _pieces(panels: Mapping[Paint, Shape], hinge_m: Vector3) -> list[Piece]:
    """Return a panel's surfaces in the frame of its hinge."""
    offset = tuple(-value for value in hinge_m)
    return [Piece(surface, shape.moved(offset)) for surface, shape in panels.items()]


def build_car() -> Asset:
    """Return the car, pack and fasteners included; 1,502 kg in all."""
    panels = build_panels()
    nodes: list[Node] = []
    for end, initial in (("front", "f"), ("rear", "r")):
        for left in (True, False):
            nodes.append(_door(panels[f"door_{end}"], end, initial, left))
    nodes.append(
        _flap(
            "bonnet",
            panels["bonnet"],
            _BONNET_HINGE_M,
            {"steel": 12.0, "plastic": 1.0},
            Joint("bonnet", "revolute", (0.0, -1.0, 0.0), 0.0, 1.0),
            [],
        )
    )
    nodes.append(
        _flap(
            "tailgate",
            panels["tailgate"],
            _TAILGATE_HINGE_M,
            {"steel": 12.0, "glass": 6.0, "plastic": 4.0},
            Joint("tailgate", "revolute", (0.0, 1.0, 0.0), 0.0, 1.3),
            _tailgate_details(),
        )
    )
    nodes.extend(_wheels())
    nodes.extend(_seats())
    nodes.append(
        Node(
            "motor",
            "motor",
            "car_motor",
            {"aluminium": 72.0, "copper": 31.0, "steel": 42.0},
            motor_pieces(),
            position_m=(AXLE_X_M, 0.0, 0.41),
            notes=_SPLIT,
        )
    )
    nodes.append(build_pack_node())
    rest = Asset("hatchback_ev", nodes)
    return Asset("hatchback_ev", [_body(panels["body"], rest), *nodes])


def _body(panel: Mapping[Paint, Shape], rest: Asset) -> Node:
    """Return the body, as heavy as the kerb mass leaves it."""
    mass_kg = CAR_MASS_KG - sum(node.mass_kg for node in rest.walk())
    others = {"aluminium": 46.0, "glass": 24.0, "plastic": 138.0, "copper": 22.0}
    others |= {"textile": 32.0, "rubber": 14.0, "fluids": 12.0}
    steel = round(mass_kg - sum(others.values()), 6)
    right = mirrored(panel)
    pieces = [
        Piece(surface, joined([shape, right[surface]]))
        for surface, shape in panel.items()
    ]
    return Node(
        "body",
        "car",
        "car_body",
        {**others, "steel": steel},
        pieces + cabin_pieces() + underbody_pieces() + _body_details(),
        collision=body_collision(),
        notes=_SPLIT,
    )


def _body_details() -> list[Piece]:
    front_plate = box((0.008, 0.52, 0.11), (CAR_FRONT_X_M - 0.004, 0.0, 0.475))
    band = box((0.0082, 0.045, 0.11), (CAR_FRONT_X_M - 0.004, 0.2375, 0.475))
    rear_plate = box((0.008, 0.52, 0.11), (CAR_REAR_X_M + 0.004, 0.0, 0.52))
    wipers = [
        sweep(
            [(1.03, y, 1.032), (0.93, y + 0.30, 1.075), (0.90, y + 0.42, 1.07)],
            0.007,
            6,
        )
        for y in (-0.34, 0.12)
    ]
    # Aerial: stays below the published height.
    foot = [(-1.32, 1.475), (-1.12, 1.50)]
    tip = [(-1.325, 1.547), (-1.25, 1.55)]
    fin = loft(
        np.array(
            [
                [(x, -w, z) for x, z in line] + [(x, w, z) for x, z in reversed(line)]
                for line, w in ((foot, 0.022), (tip, 0.006))
            ]
        ),
        capped=True,
    )
    return [
        Piece(paint.STICKER, joined([front_plate, rear_plate])),
        Piece(paint.PLATE_BAND, band),
        Piece(paint.CAR_GAP, joined([*wipers, fin])),
    ]


def _door(panel: Mapping[Paint, Shape], end: str, initial: str, left: bool) -> Node:
    side, letter = (1.0, "l") if left else (-1.0, "r")
    x, y, z = _DOOR_HINGE_M[end]
    hinge = (x, side * y, z)
    name = f"door_{initial}{letter}"
    details = _door_details(end)
    pieces = _pieces(panel if left else mirrored(panel), hinge)
    for detail in details:
        shape = detail.shape if left else detail.shape.mirrored_y()
        pieces.append(
            Piece(
                detail.paint,
                shape.moved((-hinge[0], -hinge[1], -hinge[2])),
                detail.crease_deg,
            )
        )
    return Node(
        name,
        "door",
        f"car_{name}",
        _DOOR_KG[end],
        pieces,
        position_m=hinge,
        joint=Joint(name, "revolute", (0.0, 0.0, -side), 0.0, 1.15),
        notes=_SPLIT,
    )


def _door_details(end: str) -> list[Piece]:
    """Return handle and mirror of a left door, car frame."""
    x = 0.03 if end == "front" else -0.98
    z = 0.855 if end == "front" else 0.885
    y = side_y_m(x, z)
    grip = rounded_box((0.19, 0.022, 0.028), (x, y + 0.001, z), 0.01, 2)
    well = rounded_box((0.15, 0.004, 0.05), (x, y + 0.0005, z), 0.0019, 1)
    details = [
        Piece(paint.CAR_PAINT, grip, SMOOTH_CREASE_DEG),
        Piece(paint.CAR_GAP, well, SMOOTH_CREASE_DEG),
    ]
    if end == "front":
        shell = rounded_box((0.13, 0.17, 0.13), (0.0, 0.0, 0.0), 0.055, 3)
        shell = shell.moved((0.70, 0.888, 1.0), wxyz_about((0, 0, 1), 0.16))
        pane = rounded_box((0.004, 0.14, 0.095), (0.0, 0.0, 0.0), 0.0019, 1)
        pane = pane.moved((0.634, 0.878, 1.0), wxyz_about((0, 0, 1), 0.16))
        foot = sweep([(0.73, 0.77, 0.955), (0.71, 0.85, 0.975)], 0.03, 10, 0.5)
        details += [
            Piece(paint.CAR_PAINT, shell, SMOOTH_CREASE_DEG),
            Piece(paint.STEEL_BRIGHT, pane),
            Piece(paint.CAR_TRIM, foot, SMOOTH_CREASE_DEG),
        ]
    return details


def _flap(
    name: str,
    panel: Mapping[Paint, Shape],
    hinge_m: Vector3,
    materials_kg: Mapping[str, float],
    joint: Joint,
    details: Sequence[Piece],
) -> Node:
    right = mirrored(panel)
    whole = {s: joined([shape, right[s]]) for s, shape in panel.items()}
    pieces = _pieces(whole, hinge_m)
    offset = tuple(-value for value in hinge_m)
    pieces += [
        Piece(detail.paint, detail.shape.moved(offset), detail.crease_deg)
        for detail in details
    ]
    return Node(
        name,
        name,
        f"car_{name}",
        materials_kg,
        pieces,
        position_m=hinge_m,
        joint=joint,
        notes=_SPLIT,
    )


def _tailgate_details() -> list[Piece]:
    wiper = sweep([(-1.80, 0.0, 1.075), (-1.745, 0.2, 1.175)], 0.007, 6)
    knob = cylinder(0.02, 0.02, (-1.80, 0.0, 1.07), "x", 12)
    lip = rounded_box((0.012, 0.5, 0.035), (rear_x_m(0.0, 0.80), 0.0, 0.80), 0.005)
    return [Piece(paint.CAR_TRIM, joined([wiper, knob, lip]))]


def _wheels() -> list[Node]:
    nodes: list[Node] = []
    for initial, x in (("f", AXLE_X_M), ("r", -AXLE_X_M)):
        for letter, side in (("l", 1.0), ("r", -1.0)):
            name = f"wheel_{initial}{letter}"
            pieces = [
                Piece(
                    piece.paint,
                    piece.shape if side > 0 else piece.shape.mirrored_y(),
                    piece.crease_deg,
                )
                for piece in wheel_pieces()
            ]
            nodes.append(
                Node(
                    name,
                    "wheel",
                    f"car_{name}",
                    {"aluminium": 8.5, "rubber": 7.0, "steel": 2.0},
                    pieces,
                    position_m=(x, side * WHEEL_Y_M, TYRE_RADIUS_M),
                    collision=[Roll(TYRE_RADIUS_M, TYRE_WIDTH_M)],
                    joint=Joint(name, "revolute", (0.0, 1.0, 0.0), -1.0e6, 1.0e6),
                    notes=_SPLIT,
                )
            )
    return nodes


def _seats() -> list[Node]:
    front_kg = {"steel": 11.0, "textile": 2.5, "foam": 4.5}
    nodes = [
        Node(
            f"seat_front_{name}",
            "seat",
            f"car_seat_front_{name}",
            front_kg,
            front_seat_pieces(),
            position_m=(-0.18, side * 0.36, 0.45),
            notes=_SPLIT,
        )
        for name, side in (("left", 1.0), ("right", -1.0))
    ]
    nodes.append(
        Node(
            "seat_rear",
            "seat",
            "car_seat_rear",
            {"steel": 15.0, "textile": 4.5, "foam": 8.5},
            rear_seat_pieces(),
            position_m=(-1.02, 0.0, 0.45),
            notes=_SPLIT,
        )
    )
    return nodes
