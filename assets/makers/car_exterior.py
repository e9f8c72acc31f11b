"""Bumpers, windscreen and wheels of the hatchbacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from assets.makers import paint
from assets.makers.car_closure import both_sides
from assets.makers.car_form import section_m, top_z_m
from assets.makers.car_lining import flat_within_m, normal
from assets.makers.car_part import on_the_right, part, screws
from assets.makers.car_wheel import (
    wheel_bolt_pieces,
    wheel_bolt_positions_m,
    wheel_pieces,
)
from assets.makers.dimensions import (
    AXLE_X_M,
    CAR_FRONT_X_M,
    CAR_REAR_X_M,
    TYRE_RADIUS_M,
    TYRE_WIDTH_M,
    WHEEL_Y_M,
)
from assets.makers.node import Joint, Node, Piece, Port, Roll, Vector3, around, turned
from assets.makers.paint import Paint
from assets.makers.shape import Shape, box

WHEEL_BOLT_KG = 0.08
_SCREEN_PATCH_M = (0.62, 0.0)
_SCREEN_PATCH_SIZE_M = (0.36, 0.50)


def bumpers(panels: Mapping[str, Mapping[Paint, Shape]]) -> list[Node]:
    """Return both bumpers, car frame, each on six screws."""
    made = []
    for name, x_m, kg in (
        ("bumper_front", 1.70, {"plastic": 7.9, "steel": 1.48}),
        ("bumper_rear", -1.70, {"plastic": 6.9, "steel": 0.98}),
    ):
        underside_z_m = float(section_m(x_m)[1][0]) - 0.006
        heads: list[Vector3] = [
            (x_m, side * y, underside_z_m)
            for side in (-1.0, 1.0)
            for y in (0.08, 0.25, 0.50)
        ]
        held_by = screws(name, heads, thread="M6")
        skin = both_sides(panels[name])
        pieces = [*skin, *_plate(name == "bumper_front")]
        loose = [around(skin)]
        made.append(part(name, "bumper", kg, pieces, held_by=held_by, loose=loose))
    return made


def _plate(front: bool) -> list[Piece]:
    """Return a number plate on its bumper, car frame."""
    if not front:
        return [
            Piece(
                paint.STICKER,
                box((0.008, 0.52, 0.11), (CAR_REAR_X_M + 0.004, 0.0, 0.52)),
            )
        ]
    x, z = CAR_FRONT_X_M - 0.004, 0.475
    return [
        Piece(paint.STICKER, box((0.008, 0.52, 0.11), (x, 0.0, z))),
        Piece(paint.PLATE_BAND, box((0.0082, 0.045, 0.11), (x, 0.2375, z))),
    ]


def windscreen(panel: Mapping[Paint, Shape]) -> Node:
    """Return the windscreen, car frame; it is glued, so nothing unscrews it."""

    def skin(x: float, y: float) -> Vector3:
        return (x, y, top_z_m(x, y))

    x, y, z = normal(skin, _SCREEN_PATCH_M)
    out = (x, y, z) if z > 0.0 else (-x, -y, -z)
    grip = Port(
        "grip",
        "vacuum_grip",
        "both",
        skin(*_SCREEN_PATCH_M),
        turned(out, (1.0, 0.0, 0.0)),
        _SCREEN_PATCH_SIZE_M,
        flat_within_m(skin, _SCREEN_PATCH_M, _SCREEN_PATCH_SIZE_M),
    )
    pieces = both_sides(panel)
    return part("windscreen", "glass", {"glass": 11.5}, pieces, ports=[grip])


def wheels() -> list[Node]:
    """Return the four wheels, each in its hub's frame, on five bolts."""
    return [
        _wheel(f"wheel_{end}{letter}", x, side)
        for end, x in (("f", AXLE_X_M), ("r", -AXLE_X_M))
        for letter, side in (("l", 1.0), ("r", -1.0))
    ]


def _wheel(name: str, x_m: float, side: float) -> Node:
    left = side > 0.0
    heads: list[Vector3] = [(x, side * y, z) for x, y, z in wheel_bolt_positions_m()]
    bolts, nodes = screws(
        name,
        heads,
        (0.707106781, side * 0.707106781, 0.0, 0.0),
        thread="M12",
        mass_kg=WHEEL_BOLT_KG,
        pieces=wheel_bolt_pieces(),
        label="wheel_bolt",
    )
    tread = Port(
        "grip_jaw",
        "jaw_grip",
        "both",
        (0.0, side * TYRE_WIDTH_M / 2.0, 0.0),
        turned((0.0, side, 0.0), (1.0, 0.0, 0.0)),
        (2.0 * TYRE_RADIUS_M, TYRE_WIDTH_M),
    )
    pieces = wheel_pieces()
    made = part(
        name,
        "wheel",
        {"aluminium": 8.5, "rubber": 7.0, "steel": 1.6},
        pieces if left else on_the_right(pieces),
        (x_m, side * WHEEL_Y_M, TYRE_RADIUS_M),
        held_by=(bolts, nodes),
        ports=[tread],
        joint=Joint(name, "revolute", (0.0, 1.0, 0.0), -1.0e6, 1.0e6),
    )
    return _rolling(made)


def _rolling(wheel: Node) -> Node:
    """Return a wheel that is touched on the car as well as off it."""
    tyre = [Roll(TYRE_RADIUS_M, TYRE_WIDTH_M)]
    return replace(wheel, collision=tyre, loose_collision=())
