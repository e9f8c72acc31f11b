"""Four-post lift: two runways that carry a car on its wheels."""

from __future__ import annotations

from assets.makers import paint
from assets.makers.dimensions import WHEEL_Y_M
from assets.makers.node import (
    Asset,
    Joint,
    Node,
    Piece,
    Port,
    between,
    floor_space,
    turned,
)
from assets.makers.shape import Shape, box, cylinder, joined, prism, rounded_box, span

FOUR_POST_STROKE_M = 1.75
_POST_X_M, _POST_Y_M = 2.05, 1.42
_POST_HEIGHT_M = 2.15
_RUNWAY_HALF_X_M = 2.30
_RUNWAY_WIDTH_M = 0.50
RUNWAY_TOP_Z_M = 0.16


def build_four_post_lift(name: str = "lift_four_post") -> Asset:
    """Return the lift, cars along x; joint ``carriage`` raises the runways."""
    posts: list[Shape] = []
    feet: list[Shape] = []
    heads: list[Shape] = []
    for sx in (-1.0, 1.0):
        for sy in (-1.0, 1.0):
            x, y = sx * _POST_X_M, sy * _POST_Y_M
            posts.append(
                box((0.14, 0.12, _POST_HEIGHT_M), (x, y, _POST_HEIGHT_M / 2.0))
            )
            feet.append(box((0.30, 0.26, 0.016), (x, y, 0.008)))
            feet += [
                cylinder(0.012, 0.026, (x + dx, y + dy, 0.028), sides=6)
                for dx in (-0.11, 0.11)
                for dy in (-0.09, 0.09)
            ]
            heads.append(
                rounded_box((0.17, 0.15, 0.06), (x, y, _POST_HEIGHT_M), 0.012, 1)
            )
    box_x, box_y = _POST_X_M, -_POST_Y_M - 0.14
    cabinet = rounded_box((0.22, 0.14, 0.36), (box_x, box_y, 1.25), 0.015, 1)
    buttons = [
        cylinder(0.016, 0.012, (box_x + dx, box_y - 0.075, 1.30), "y", 10)
        for dx in (-0.04, 0.04)
    ]
    base = Node(
        "posts",
        "lift",
        "lift_four_post",
        {"steel": 520.0, "copper": 8.0},
        [
            Piece(paint.MACHINE_BLUE, joined(posts)),
            Piece(paint.STEEL_DARK, joined(feet)),
            Piece(paint.FRAME_DARK, joined([*heads, cabinet])),
            Piece(paint.GREEN_LIGHT, joined(buttons)),
        ],
        collision=[
            between(
                (sx * _POST_X_M - 0.07, sy * _POST_Y_M - 0.06, 0.0),
                (sx * _POST_X_M + 0.07, sy * _POST_Y_M + 0.06, _POST_HEIGHT_M),
            )
            for sx in (-1.0, 1.0)
            for sy in (-1.0, 1.0)
        ],
        ports=[
            Port(
                f"car_{way}",
                "car",
                "both",
                (x, 0.0, RUNWAY_TOP_Z_M),
                turned((x, 0.0, 0.0), (0.0, 1.0, 0.0)),
            )
            for way, x in (("in", -_RUNWAY_HALF_X_M), ("out", _RUNWAY_HALF_X_M))
        ],
        notes=floor_space(
            (-3.1, -1.7), (2.5, 1.6), {"+x": 0.8, "-x": 0.8, "+y": 0.8, "-y": 0.8}
        ),
    )
    return Asset(name, [base, _runways()])


def _runways() -> Node:
    runways: list[Shape] = []
    edges: list[Shape] = []
    ramps: list[Shape] = []
    for side in (-1.0, 1.0):
        y, half = side * WHEEL_Y_M, _RUNWAY_WIDTH_M / 2.0
        runways.append(
            span(
                (-_RUNWAY_HALF_X_M, y - half, 0.06),
                (_RUNWAY_HALF_X_M, y + half, RUNWAY_TOP_Z_M),
            )
        )
        for edge in (-half, half - 0.03):
            edges.append(
                span(
                    (-_RUNWAY_HALF_X_M, y + edge, RUNWAY_TOP_Z_M),
                    (_RUNWAY_HALF_X_M, y + edge + 0.03, RUNWAY_TOP_Z_M + 0.025),
                )
            )
        wedge = prism(
            [(-0.75, 0.005), (0.0, 0.07), (0.0, 0.16), (-0.75, 0.02)],
            _RUNWAY_WIDTH_M - 0.02,
        )
        ramps.append(
            wedge.moved(
                (-_RUNWAY_HALF_X_M, y, 0.0), (0.707106781, 0.707106781, 0.0, 0.0)
            )
        )
    beams = [
        span(
            (x - 0.09, -_POST_Y_M - 0.05, 0.03),
            (x + 0.09, _POST_Y_M + 0.05, 0.06 + 0.075),
        )
        for x in (-_POST_X_M, _POST_X_M)
    ]
    stops = [
        box(
            (0.05, _RUNWAY_WIDTH_M, 0.10),
            (_RUNWAY_HALF_X_M - 0.03, s * WHEEL_Y_M, 0.21),
        )
        for s in (-1.0, 1.0)
    ]
    return Node(
        "carriage",
        "lift",
        "lift_carriage",
        {"steel": 610.0},
        [
            Piece(paint.STEEL, joined(runways)),
            Piece(paint.HAZARD_YELLOW, joined([*edges, *stops])),
            Piece(paint.STEEL_DARK, joined(ramps)),
            Piece(paint.MACHINE_BLUE, joined(beams)),
        ],
        collision=[
            between(
                (-_RUNWAY_HALF_X_M, side * WHEEL_Y_M - _RUNWAY_WIDTH_M / 2.0, 0.06),
                (
                    _RUNWAY_HALF_X_M,
                    side * WHEEL_Y_M + _RUNWAY_WIDTH_M / 2.0,
                    RUNWAY_TOP_Z_M,
                ),
            )
            for side in (-1.0, 1.0)
        ]
        + [
            between(
                (x - 0.09, -_POST_Y_M - 0.05, 0.03), (x + 0.09, _POST_Y_M + 0.05, 0.135)
            )
            for x in (-_POST_X_M, _POST_X_M)
        ],
        joint=Joint("carriage", "prismatic", (0.0, 0.0, 1.0), 0.0, FOUR_POST_STROKE_M),
    )
