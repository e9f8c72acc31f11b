"""The lift table: two coupled rams from below the floor, each with a head."""

from __future__ import annotations

from assets.makers import paint
from assets.makers.dimensions import TABLE_STROKE_M
from assets.makers.node import Asset, Box, Joint, Node, Piece, between
from assets.makers.shape import Shape, box, cylinder, joined, ring, rounded_box, span

_RAM_X_M = 1.15
_RAM_RADIUS_M = 0.07
_RAM_LENGTH_M = 2.25
_HEAD_TOP_Z_M = 0.10
_HEAD_DEPTH_M = 0.09
_HEAD_FROM_X_M = 0.62
_HEAD_TO_X_M = 1.25
_HEAD_HALF_Y_M = 0.22


def build_table() -> Asset:
    """Return the table; the middle stays open for the robot's tool."""
    collars: list[Shape] = []
    for x in (-_RAM_X_M, _RAM_X_M):
        collars.append(ring(0.13, 0.075, 0.008, 32).moved((x, 0.0, 0.004)))
    base = Node(
        "base",
        "table",
        "lift_table_base",
        {"steel": 420.0},
        pieces=[Piece(paint.STEEL_DARK, joined(collars))],
    )
    bottom = _HEAD_TOP_Z_M - _HEAD_DEPTH_M
    plates: list[Shape] = []
    pads: list[Shape] = []
    rams: list[Shape] = []
    stripes: list[Shape] = []
    for side in (-1.0, 1.0):
        low = (_HEAD_FROM_X_M, -_HEAD_HALF_Y_M, bottom)
        high = (_HEAD_TO_X_M, _HEAD_HALF_Y_M, _HEAD_TOP_Z_M - 0.012)
        middle_x = (low[0] + high[0]) / 2.0
        size = (high[0] - low[0], 2.0 * _HEAD_HALF_Y_M, high[2] - low[2])
        plates.append(
            rounded_box(size, (side * middle_x, 0.0, (low[2] + high[2]) / 2.0), 0.008)
        )
        pad_low = (_HEAD_FROM_X_M + 0.005, -_HEAD_HALF_Y_M + 0.005, high[2])
        pad_high = (0.80, _HEAD_HALF_Y_M - 0.005, _HEAD_TOP_Z_M)
        pad = span(pad_low, pad_high)
        pads.append(pad if side > 0 else pad.mirrored_x())
        deck = span(
            (0.81, -_HEAD_HALF_Y_M + 0.005, high[2]),
            (_HEAD_TO_X_M - 0.005, _HEAD_HALF_Y_M - 0.005, _HEAD_TOP_Z_M),
        )
        stripes.append(deck if side > 0 else deck.mirrored_x())
        rams.append(
            cylinder(
                _RAM_RADIUS_M,
                _RAM_LENGTH_M,
                (side * _RAM_X_M, 0.0, bottom - _RAM_LENGTH_M / 2.0),
                sides=32,
            )
        )
    # Under the floor: what makes both rams one.
    yoke = box((2.0 * _RAM_X_M + 0.2, 0.2, 0.12), (0.0, 0.0, bottom - _RAM_LENGTH_M))
    mid_x = (_HEAD_FROM_X_M + _HEAD_TO_X_M) / 2.0
    heads = Node(
        "heads",
        "table",
        "lift_table",
        {"steel": 168.0, "rubber": 4.0},
        pieces=[
            Piece(paint.MACHINE_BLUE, joined(plates), 50.0),
            Piece(paint.RUBBER, joined(pads)),
            Piece(paint.HAZARD_YELLOW, joined(stripes)),
            Piece(paint.STEEL_BRIGHT, joined(rams)),
            Piece(paint.STEEL_DARK, yoke),
        ],
        collision=[
            Box(
                (
                    _HEAD_TO_X_M - _HEAD_FROM_X_M,
                    2.0 * _HEAD_HALF_Y_M,
                    _HEAD_DEPTH_M,
                ),
                (side * mid_x, 0.0, _HEAD_TOP_Z_M - _HEAD_DEPTH_M / 2.0),
            )
            for side in (-1.0, 1.0)
        ]
        + [
            between(
                (
                    side * _RAM_X_M - _RAM_RADIUS_M,
                    -_RAM_RADIUS_M,
                    bottom - _RAM_LENGTH_M,
                ),
                (side * _RAM_X_M + _RAM_RADIUS_M, _RAM_RADIUS_M, bottom),
            )
            for side in (-1.0, 1.0)
        ],
        joint=Joint("table", "prismatic", (0.0, 0.0, 1.0), 0.0, TABLE_STROKE_M),
        notes={"top_z_m": _HEAD_TOP_Z_M},
    )
    return Asset("lift_table", [base, heads])
