"""The rack at the belts' end that takes the packs."""

from __future__ import annotations

from assets.makers import paint
from assets.makers.dimensions import (
    BELT_TOP_Z_M,
    RACK_FROM_Y_M,
    RACK_HALF_X_M,
    RACK_HEIGHT_M,
    RACK_TO_Y_M,
)
from assets.makers.node import Asset, Node, Piece, Port, between
from assets.makers.pack import pack_pieces
from assets.makers.shape import Shape, box, joined, span, sweep
from twin.transforms import wxyz_about

_SHELVES_Z_M = (1.05, 1.85)
_POST_M = 0.1


def build_rack() -> Asset:
    """Return the rack: belt level open, two shelves with stored packs."""
    posts: list[Shape] = []
    feet: list[Shape] = []
    corners = [
        (x, y)
        for x in (-RACK_HALF_X_M + _POST_M / 2.0, RACK_HALF_X_M - _POST_M / 2.0)
        for y in (RACK_FROM_Y_M + _POST_M / 2.0, RACK_TO_Y_M - _POST_M / 2.0)
    ]
    for x, y in corners:
        posts.append(
            box((_POST_M, _POST_M, RACK_HEIGHT_M), (x, y, RACK_HEIGHT_M / 2.0))
        )
        feet.append(box((0.18, 0.18, 0.015), (x, y, 0.0075)))
    braces = []
    low_y, high_y = corners[0][1], corners[1][1]
    for x in (-RACK_HALF_X_M + 0.05, RACK_HALF_X_M - 0.05):
        for z0, z1 in ((0.55, 1.0), (1.1, 1.8), (1.9, 2.5)):
            braces.append(sweep([(x, low_y, z0), (x, high_y, z1)], 0.018, 6))
            braces.append(
                box((0.04, high_y - low_y, 0.04), (x, (low_y + high_y) / 2.0, z0))
            )
    beams: list[Shape] = []
    decks: list[Shape] = []
    for z in _SHELVES_Z_M:
        for y in (low_y, high_y):
            beams.append(box((2.0 * RACK_HALF_X_M, 0.06, 0.12), (0.0, y, z - 0.06)))
        for x in (-0.6, -0.2, 0.2, 0.6):
            decks.append(span((x - 0.05, low_y, z - 0.04), (x + 0.05, high_y, z)))
    frame = Node(
        "frame",
        "rack",
        "pack_rack",
        {"steel": 420.0},
        pieces=[
            Piece(paint.MACHINE_BLUE, joined(posts)),
            Piece(paint.STEEL_DARK, joined(feet)),
            Piece(paint.STEEL, joined(braces)),
            Piece(paint.HAZARD_YELLOW, joined(beams)),
            Piece(paint.STEEL_LIGHT, joined(decks)),
        ],
        collision=[
            between((x - 0.05, y - 0.05, 0.0), (x + 0.05, y + 0.05, RACK_HEIGHT_M))
            for x, y in corners
        ]
        + [
            between(
                (-RACK_HALF_X_M, RACK_FROM_Y_M, z - 0.12),
                (RACK_HALF_X_M, RACK_TO_Y_M, z),
            )
            for z in _SHELVES_Z_M
        ],
        ports=[
            Port(
                "pack_in",
                "pack",
                "in",
                (0.0, RACK_FROM_Y_M, BELT_TOP_Z_M),
                (0.707106781, 0.0, 0.0, -0.707106781),
            )
        ],
    )
    quarter = wxyz_about((0.0, 0.0, 1.0), 1.5707963267948966)
    middle_y = (RACK_FROM_Y_M + RACK_TO_Y_M) / 2.0
    stored: list[Piece] = []
    for x, z in ((-0.05, _SHELVES_Z_M[0]), (0.02, _SHELVES_Z_M[1])):
        stored.extend(
            Piece(
                piece.paint,
                piece.shape.moved((x, middle_y, z), quarter),
                piece.crease_deg,
            )
            for piece in pack_pieces()
        )
    packs = Node(
        "stored_packs",
        "pack",
        "stored_packs",
        {"battery packs": 652.0},
        pieces=stored,
    )
    return Asset("pack_rack", [frame, packs])
