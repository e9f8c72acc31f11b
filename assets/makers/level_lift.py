"""Level lift: two sill beams on rams, wheels and underbody left free."""

from __future__ import annotations

from assets.makers import paint
from assets.makers.dimensions import JACK_X_M, JACK_Y_M
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
from assets.makers.shape import box, cylinder, joined, ring, rounded_box, span

LEVEL_LIFT_STROKE_M = 1.80
PAD_TOP_Z_M = 0.12
_BEAM_HALF_X_M = 0.93
_BEAM_HALF_Y_M = 0.09
_RAM_X_M = 0.62
_RAM_RADIUS_M = 0.05


def build_level_lift(name: str = "lift_level") -> Asset:
    """Return the lift, centred under the car; joint ``carriage`` raises both beams.

    The rams run below the floor when it is down, as those of the lift table do.
    """
    collars = [
        ring(0.10, 0.056, 0.01, 24).moved((sx * _RAM_X_M, sy * JACK_Y_M, 0.005))
        for sx in (-1.0, 1.0)
        for sy in (-1.0, 1.0)
    ]
    frames = [
        box((0.02, 0.36, 0.01), (sx * 1.02, sy * JACK_Y_M, 0.005))
        for sx in (-1.0, 1.0)
        for sy in (-1.0, 1.0)
    ]
    console = rounded_box((0.25, 0.32, 0.95), (1.95, -1.75, 0.60), 0.02, 1)
    foot = box((0.30, 0.36, 0.125), (1.95, -1.75, 0.0625))
    panel = box((0.006, 0.22, 0.16), (1.822, -1.75, 0.92))
    buttons = [
        cylinder(0.018, 0.012, (1.818, -1.75 + dy, 0.76), "x", 12)
        for dy in (-0.05, 0.05)
    ]
    stop = cylinder(0.025, 0.03, (1.812, -1.75, 0.66), "x", 14)
    base = Node(
        "base",
        "lift",
        "lift_level",
        {"steel": 640.0, "copper": 12.0, "oil": 18.0},
        [
            Piece(paint.STEEL_DARK, joined([*collars, *frames, foot])),
            Piece(paint.MACHINE_GREY, console),
            Piece(paint.SCREEN, panel),
            Piece(paint.GREEN_LIGHT, joined(buttons)),
            Piece(paint.SAFETY_RED, stop),
        ],
        collision=[between((1.825, -1.91, 0.0), (2.075, -1.59, 1.075))],
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
            (-2.2, -1.95), (2.4, 1.0), {"+x": 0.8, "-x": 0.8, "+y": 1.0, "-y": 1.0}
        ),
    )
    return Asset(name, [base, _beams()])


def _beams() -> Node:
    beams = []
    pads = []
    rams = []
    stripes = []
    for side in (-1.0, 1.0):
        y = side * JACK_Y_M
        beams.append(
            rounded_box(
                (2.0 * _BEAM_HALF_X_M, 2.0 * _BEAM_HALF_Y_M, 0.07),
                (0.0, y, 0.055),
                0.012,
                1,
            )
        )
        for sx in (-1.0, 1.0):
            pads.append(
                box(
                    (0.16, 0.12, PAD_TOP_Z_M - 0.09),
                    (sx * JACK_X_M, y, (PAD_TOP_Z_M + 0.09) / 2.0),
                )
            )
            rams.append(
                cylinder(
                    _RAM_RADIUS_M,
                    LEVEL_LIFT_STROKE_M + 0.15,
                    (sx * _RAM_X_M, y, 0.02 - (LEVEL_LIFT_STROKE_M + 0.15) / 2.0),
                    sides=20,
                )
            )
            stripes.append(
                span(
                    (sx * 0.90 - 0.025, y - 0.091, 0.021),
                    (sx * 0.90 + 0.025, y + 0.091, 0.0901),
                )
            )
    yokes = [
        box(
            (2.0 * _RAM_X_M + 0.2, 0.14, 0.10),
            (0.0, s * JACK_Y_M, -LEVEL_LIFT_STROKE_M - 0.13),
        )
        for s in (-1.0, 1.0)
    ]
    return Node(
        "carriage",
        "lift",
        "lift_carriage",
        {"steel": 310.0, "rubber": 4.0},
        [
            Piece(paint.MACHINE_BLUE, joined(beams), SMOOTH_CREASE_DEG),
            Piece(paint.RUBBER, joined(pads)),
            Piece(paint.STEEL_BRIGHT, joined(rams)),
            Piece(paint.HAZARD_YELLOW, joined(stripes)),
            Piece(paint.STEEL_DARK, joined(yokes)),
        ],
        collision=[
            between(
                (-_BEAM_HALF_X_M, side * JACK_Y_M - _BEAM_HALF_Y_M, 0.02),
                (_BEAM_HALF_X_M, side * JACK_Y_M + _BEAM_HALF_Y_M, 0.09),
            )
            for side in (-1.0, 1.0)
        ]
        + [
            between(
                (sx * JACK_X_M - 0.08, sy * JACK_Y_M - 0.06, 0.09),
                (sx * JACK_X_M + 0.08, sy * JACK_Y_M + 0.06, PAD_TOP_Z_M),
            )
            for sx in (-1.0, 1.0)
            for sy in (-1.0, 1.0)
        ],
        joint=Joint("carriage", "prismatic", (0.0, 0.0, 1.0), 0.0, LEVEL_LIFT_STROKE_M),
        notes={
            "pads_position_m": [
                [sx * JACK_X_M, sy * JACK_Y_M, PAD_TOP_Z_M]
                for sx in (-1.0, 1.0)
                for sy in (-1.0, 1.0)
            ]
        },
    )
