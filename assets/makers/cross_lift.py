"""Cross-beam lift: raises a car from between the strands of a wheel conveyor."""

from __future__ import annotations

from assets.makers import paint
from assets.makers.level_lift import LEVEL_LIFT_STROKE_M, PAD_TOP_Z_M
from assets.makers.node import (
    SMOOTH_CREASE_DEG,
    Asset,
    Joint,
    Node,
    Piece,
    Port,
    between,
    floor_space,
    turned,
)
from assets.makers.shape import Shape, box, cylinder, joined, ring, rounded_box, span

PAD_X_M = 1.05
"""Below the front and the rear subframe, where a hull is 0.21 m above the ground."""
PAD_Y_M = 0.45
_BEAM_HALF_X_M = 0.09
_BEAM_HALF_Y_M = 0.54
"""The strands begin 0.61 m from the middle."""
_RAM_Y_M = 0.32
_RAM_RADIUS_M = 0.05
_SIGNS = (-1.0, 1.0)


def build_cross_lift(name: str = "lift_cross") -> Asset:
    """Return the lift, centred under the car; joint ``carriage`` raises both beams.

    Nothing of it is between the beams, so what carries the car by its sills can be
    driven in from the side. The rams run below the floor when it is down.
    """
    feet: list[Shape] = []
    for sx in _SIGNS:
        feet.append(box((0.30, 1.16, 0.01), (sx * PAD_X_M, 0.0, 0.005)))
        feet += [
            ring(0.10, 0.056, 0.012, 24).moved((sx * PAD_X_M, sy * _RAM_Y_M, 0.006))
            for sy in _SIGNS
        ]
    console = rounded_box((0.25, 0.32, 0.95), (2.55, -1.75, 0.60), 0.02, 1)
    foot = box((0.30, 0.36, 0.125), (2.55, -1.75, 0.0625))
    panel = box((0.006, 0.22, 0.16), (2.422, -1.75, 0.92))
    buttons = [
        cylinder(0.018, 0.012, (2.418, -1.75 + dy, 0.76), "x", 12)
        for dy in (-0.05, 0.05)
    ]
    stop = cylinder(0.025, 0.03, (2.412, -1.75, 0.66), "x", 14)
    base = Node(
        "base",
        "lift",
        "lift_cross",
        {"steel": 520.0, "copper": 12.0, "oil": 18.0},
        [
            Piece(paint.STEEL_DARK, joined([*feet, foot])),
            Piece(paint.MACHINE_GREY, console),
            Piece(paint.SCREEN, panel),
            Piece(paint.GREEN_LIGHT, joined(buttons)),
            Piece(paint.SAFETY_RED, stop),
        ],
        collision=[between((2.425, -1.91, 0.0), (2.675, -1.59, 1.075))],
        ports=[
            Port(
                f"car_{way}",
                "car",
                "both",
                (x, 0.0, 0.0),
                turned((x, 0.0, 0.0), (0.0, 1.0, 0.0)),
            )
            for way, x in (("in", -2.4), ("out", 2.4))
        ],
        notes=floor_space(
            (-1.25, -1.95), (2.75, 0.62), {"+x": 0.8, "-x": 0.8, "+y": 1.0, "-y": 1.0}
        ),
    )
    return Asset(name, [base, _beams()])


def _beams() -> Node:
    beams: list[Shape] = []
    pads: list[Shape] = []
    rams: list[Shape] = []
    stripes: list[Shape] = []
    collision = []
    length_m = LEVEL_LIFT_STROKE_M + 0.15
    for sx in _SIGNS:
        x = sx * PAD_X_M
        beams.append(
            rounded_box(
                (2.0 * _BEAM_HALF_X_M, 2.0 * _BEAM_HALF_Y_M, 0.07),
                (x, 0.0, 0.055),
                0.012,
                1,
            )
        )
        collision.append(
            between(
                (x - _BEAM_HALF_X_M, -_BEAM_HALF_Y_M, 0.02),
                (x + _BEAM_HALF_X_M, _BEAM_HALF_Y_M, 0.09),
            )
        )
        for sy in _SIGNS:
            low = (x - 0.08, sy * PAD_Y_M - 0.06, 0.09)
            high = (x + 0.08, sy * PAD_Y_M + 0.06, PAD_TOP_Z_M)
            pads.append(span(low, high))
            collision.append(between(low, high))
            rams.append(
                cylinder(
                    _RAM_RADIUS_M,
                    length_m,
                    (x, sy * _RAM_Y_M, 0.02 - length_m / 2.0),
                    sides=20,
                )
            )
            y = sy * (_BEAM_HALF_Y_M - 0.03)
            stripes.append(
                span((x - 0.091, y - 0.025, 0.021), (x + 0.091, y + 0.025, 0.0901))
            )
    return Node(
        "carriage",
        "lift",
        "lift_carriage",
        {"steel": 190.0, "rubber": 4.0},
        [
            Piece(paint.MACHINE_BLUE, joined(beams), SMOOTH_CREASE_DEG),
            Piece(paint.RUBBER, joined(pads)),
            Piece(paint.STEEL_BRIGHT, joined(rams)),
            Piece(paint.HAZARD_YELLOW, joined(stripes)),
        ],
        collision=collision,
        joint=Joint("carriage", "prismatic", (0.0, 0.0, 1.0), 0.0, LEVEL_LIFT_STROKE_M),
    )
