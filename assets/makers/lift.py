"""The two-post lift: posts, one carriage in two halves, four swinging arms."""

from __future__ import annotations

import math

from assets.makers import paint
from assets.makers.dimensions import (
    JACK_X_M,
    JACK_Y_M,
    LIFT_STROKE_M,
    POST_X_M,
    POST_Y_M,
)
from assets.makers.node import Asset, Box, Joint, Node, Piece, between
from assets.makers.shape import (
    Shape,
    box,
    cylinder,
    joined,
    prism,
    rounded_box,
    span,
)

_POST_HALF_M = 0.13
_POST_HEIGHT_M = 2.9
_ARM_LOW_Z_M = 0.64
_ARM_HIGH_Z_M = 0.73
_PAD_TOP_Z_M = 0.755
_PAD_RADIUS_M = 0.055
_ARM_HALF_WIDTH_M = 0.05
# Pivots (x, |y|) on the carriage. Parked, both arms of a post point along +x one
# beside the other: swung from behind, the rear arm would meet the rear wheel.
_PIVOTS_M = {"front": (-0.90, 1.40), "rear": (-1.06, 1.12)}
_PADS_X_M = {"front": JACK_X_M, "rear": -JACK_X_M}


def arm_length_m(end: str) -> float:
    """Return the distance from an arm's pivot to its pad ("front", "rear")."""
    x, y = _PIVOTS_M[end]
    return math.hypot(_PADS_X_M[end] - x, JACK_Y_M - y)


def arm_swing_rad(end: str) -> float:
    """Return the angle from parked to under the jack point, > 0."""
    x, y = _PIVOTS_M[end]
    return math.atan2(y - JACK_Y_M, _PADS_X_M[end] - x)


def build_lift() -> Asset:
    """Return the lift; joint ``carriage`` raises all four arms."""
    posts = [
        _post(f"post_{name}", side) for name, side in (("left", 1.0), ("right", -1.0))
    ]
    arms = [
        _arm(end, name, side)
        for end in ("front", "rear")
        for name, side in (("left", 1.0), ("right", -1.0))
    ]
    carriage = Node(
        "carriage",
        "lift",
        "lift_carriage",
        {"steel": 260.0},
        pieces=_carriage_pieces(),
        children=arms,
        collision=[
            between(
                (POST_X_M - 0.13, side * 1.24 - 0.06, 0.60),
                (POST_X_M + 0.13, side * 1.24 + 0.06, 1.15),
            )
            for side in (-1.0, 1.0)
        ],
        joint=Joint("carriage", "prismatic", (0.0, 0.0, 1.0), 0.0, LIFT_STROKE_M),
    )
    return Asset("lift_two_post", [*posts, carriage])


def _post(name: str, side: float) -> Node:
    """Return a post with its base plate; its frame stands on the floor."""
    wall = 0.02
    half, height = _POST_HALF_M, _POST_HEIGHT_M
    inner = -side
    shell = [
        box((0.26, wall, height), (0.0, -inner * (half - wall / 2.0), height / 2.0)),
        box((wall, 0.26, height), (-half + wall / 2.0, 0.0, height / 2.0)),
        box((wall, 0.26, height), (half - wall / 2.0, 0.0, height / 2.0)),
        box((0.26, 0.26, 0.03), (0.0, 0.0, height - 0.015)),
    ]
    screw = cylinder(0.025, height - 0.1, (0.0, 0.0, height / 2.0), sides=12)
    head = rounded_box((0.3, 0.3, 0.12), (0.0, 0.0, height - 0.06), 0.02)
    motor = joined(
        [
            cylinder(0.09, 0.28, (0.0, -inner * 0.24, height - 0.28), sides=20),
            box((0.1, 0.12, 0.1), (0.0, -inner * 0.16, height - 0.25)),
        ]
    )
    plate = box((0.5, 0.46, 0.02), (0.0, 0.0, 0.01))
    anchors = [
        cylinder(0.014, 0.03, (dx, dy, 0.035), sides=6)
        for dx in (-0.21, 0.21)
        for dy in (-0.19, 0.0, 0.19)
    ]
    stripes = [box((0.262, 0.262, 0.05), (0.0, 0.0, 0.15 + 0.1 * n)) for n in range(4)]
    return Node(
        name,
        "lift",
        name.replace("post", "lift_post"),
        {"steel": 310.0, "copper": 6.0},
        pieces=[
            Piece(paint.MACHINE_BLUE, joined(shell)),
            Piece(paint.STEEL_BRIGHT, screw),
            Piece(paint.FRAME_DARK, head, 50.0),
            Piece(paint.MACHINE_GREY, motor),
            Piece(paint.STEEL_DARK, joined([plate, *anchors])),
            Piece(paint.HAZARD_YELLOW, joined(stripes)),
        ],
        position_m=(POST_X_M, side * POST_Y_M, 0.0),
        collision=[
            Box((0.26, 0.26, height), (0.0, 0.0, height / 2.0)),
            Box((0.5, 0.46, 0.02), (0.0, 0.0, 0.01)),
        ],
    )


def _carriage_pieces() -> list[Piece]:
    blocks: list[Shape] = []
    brackets: list[Shape] = []
    pins: list[Shape] = []
    for side in (-1.0, 1.0):
        blocks.append(
            rounded_box((0.26, 0.1, 0.55), (POST_X_M, side * 1.25, 0.875), 0.012)
        )
        for end in ("front", "rear"):
            x, y = _PIVOTS_M[end]
            for z in (_ARM_LOW_Z_M - 0.018, _ARM_HIGH_Z_M + 0.018):
                low = (min(POST_X_M, x) - 0.07, min(1.25, y) - 0.06, z - 0.014)
                high = (x + 0.07, max(1.25, y) + 0.06, z + 0.014)
                plate = span(low, high)
                brackets.append(plate if side > 0 else plate.mirrored_y())
            pins.append(cylinder(0.03, 0.17, (x, side * y, 0.685), sides=16))
    return [
        Piece(paint.MACHINE_BLUE, joined(blocks), 50.0),
        Piece(paint.STEEL_DARK, joined(brackets)),
        Piece(paint.STEEL_BRIGHT, joined(pins)),
    ]


def _arm(end: str, name: str, side: float) -> Node:
    """Return an arm; its frame is on the pivot's axis, x along the arm."""
    length = arm_length_m(end)
    x, y = _PIVOTS_M[end]
    middle_z = (_ARM_LOW_Z_M + _ARM_HIGH_Z_M) / 2.0
    height = _ARM_HIGH_Z_M - _ARM_LOW_Z_M
    half = _ARM_HALF_WIDTH_M
    reach = length - 0.04
    split = 0.62 * length
    boss = cylinder(0.055, height, sides=24)
    sleeve = span((0.0, -half, -height / 2.0), (split, half, height / 2.0))
    tongue = span(
        (split, -half + 0.01, -height / 2.0 + 0.01),
        (reach, half - 0.01, height / 2.0 - 0.01),
    )
    disc = prism(
        [
            (
                length + 0.055 * math.cos(n * math.pi / 12.0),
                0.055 * math.sin(n * math.pi / 12.0),
            )
            for n in range(24)
        ],
        height,
    )
    top = _PAD_TOP_Z_M - middle_z
    stem = cylinder(0.03, 0.012, (length, 0.0, height / 2.0 + 0.006), sides=16)
    pad = cylinder(_PAD_RADIUS_M, 0.013, (length, 0.0, top - 0.0065), sides=24)
    band = span(
        (split - 0.06, -half - 0.001, -height / 2.0 - 0.001),
        (split - 0.02, half + 0.001, height / 2.0 + 0.001),
    )
    return Node(
        f"arm_{end}_{name}",
        "lift",
        f"lift_arm_{end}_{name}",
        {"steel": 44.0 if end == "front" else 24.0, "rubber": 0.5},
        pieces=[
            Piece(paint.HAZARD_YELLOW, joined([boss, sleeve, disc])),
            Piece(paint.STEEL_LIGHT, joined([tongue, stem])),
            Piece(paint.HAZARD_BLACK, band),
            Piece(paint.RUBBER, pad),
        ],
        position_m=(x, side * y, middle_z),
        collision=[
            between((0.0, -half, -height / 2.0), (reach, half, height / 2.0)),
            Box(
                (0.1, 0.1, top + height / 2.0),
                (length, 0.0, (top - height / 2.0) / 2.0),
            ),
        ],
        joint=Joint(
            f"arm_{end}_{name}",
            "revolute",
            (0.0, 0.0, -side),
            0.0,
            round(arm_swing_rad(end), 9),
        ),
        notes={"pad_position_m": [round(length, 6), 0.0, round(top, 6)]},
    )
