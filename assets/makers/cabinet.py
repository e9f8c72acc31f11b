"""The robot's controller cabinet."""

from __future__ import annotations

from assets.makers import paint
from assets.makers.node import Asset, Box, Node, Piece
from assets.makers.shape import box, cylinder, joined, rounded_box


def build_cabinet() -> Asset:
    """Return the cabinet, 0.8 x 0.6 x 1.6 m, front towards +x, on the floor."""
    depth, width, height = 0.6, 0.8, 1.6
    body = rounded_box((depth, width, height - 0.1), (0.0, 0.0, 0.1 + 0.75), 0.012)
    plinth = box((depth - 0.06, width - 0.06, 0.1), (0.0, 0.0, 0.05))
    x = depth / 2.0
    door = box((0.012, width - 0.06, height - 0.2), (x + 0.006, 0.0, 0.85))
    handle = rounded_box((0.03, 0.03, 0.16), (x + 0.026, -0.3, 0.95), 0.008)
    vents = joined(
        [box((0.006, 0.5, 0.012), (x + 0.013, 0.0, 0.25 + 0.03 * n)) for n in range(7)]
    )
    switch = joined(
        [
            box((0.004, 0.08, 0.08), (x + 0.014, 0.22, 1.3)),
        ]
    )
    knob = joined(
        [
            cylinder(0.03, 0.02, (x + 0.024, 0.22, 1.3), "x", 20),
            box((0.02, 0.012, 0.06), (x + 0.04, 0.22, 1.3)),
        ]
    )
    screen = box((0.004, 0.2, 0.14), (x + 0.014, -0.02, 1.35))
    stop = cylinder(0.02, 0.03, (x + 0.026, 0.22, 1.15), "x", 20)
    stripe = box((0.002, width - 0.06, 0.05), (x + 0.0125, 0.0, 1.5))
    node = Node(
        "cabinet",
        "cabinet",
        "controller_cabinet",
        {"steel": 118.0, "copper": 22.0, "plastic": 10.0},
        pieces=[
            Piece(paint.STEEL_LIGHT, body, 50.0),
            Piece(paint.FRAME_DARK, joined([plinth, vents, handle])),
            Piece(paint.WALL, door),
            Piece(paint.HAZARD_YELLOW, switch),
            Piece(paint.LAMP_RED, joined([knob, stop])),
            Piece(paint.PLASTIC_BLACK, screen),
            Piece(paint.ROBOT_ORANGE, stripe),
        ],
        collision=[Box((depth, width, height), (0.0, 0.0, height / 2.0))],
    )
    return Asset("controller_cabinet", [node])
