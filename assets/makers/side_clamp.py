"""Side clamp: two jaws on pneumatic cylinders, one on each side of a belt."""

from __future__ import annotations

from assets.makers import paint
from assets.makers.node import (
    SMOOTH_CREASE_DEG,
    Asset,
    Box,
    Joint,
    Node,
    Piece,
    between,
    floor_space,
)
from assets.makers.shape import Shape, box, cylinder, joined, rounded_box, sweep

STROKE_M = 0.09
"""Of each jaw: from 70 mm beside a pack on its mark to 20 mm beyond its side."""

_OPEN_Y_M = 0.57
_PAD_M = (0.30, 0.02, 0.06)
_PAD_Z_M = 0.19
_BLOCK_Y_M = (0.70, 0.86)
_BLOCK_TOP_M = 0.24


def build_side_clamp(name: str = "side_clamp") -> Asset:
    """Return a clamp for what comes along x; origin on the floor in its middle."""
    return Asset(name, [_frame(), _jaw("left", 1.0), _jaw("right", -1.0)])


def _frame() -> Node:
    """Return both blocks on the floor, with their cylinders."""
    blocks: list[Shape] = []
    cylinders: list[Shape] = []
    hoses: list[Shape] = []
    feet: list[Shape] = []
    near, far = _BLOCK_Y_M
    middle = (near + far) / 2.0
    for side in (-1.0, 1.0):
        blocks.append(
            rounded_box((0.26, far - near, 0.15), (0.0, side * middle, 0.087), 0.008, 1)
        )
        feet.append(box((0.34, far - near + 0.06, 0.012), (0.0, side * middle, 0.006)))
        cylinders.append(
            cylinder(0.032, far - near, (0.0, side * middle, _PAD_Z_M), "y", 20)
        )
        hoses += [
            sweep(
                [
                    (x, side * (far - 0.02), 0.21),
                    (x, side * (far + 0.03), 0.20),
                    (x, side * (far + 0.03), 0.02),
                ],
                0.006,
                8,
            )
            for x in (-0.02, 0.02)
        ]
    return Node(
        "frame",
        "clamp",
        "side_clamp",
        {"steel": 44.0, "aluminium": 6.0},
        [
            Piece(paint.MACHINE_BLUE, joined(blocks)),
            Piece(paint.STEEL_DARK, joined(feet)),
            Piece(paint.ALUMINIUM, joined(cylinders), SMOOTH_CREASE_DEG),
            Piece(paint.PLASTIC_BLACK, joined(hoses), SMOOTH_CREASE_DEG),
        ],
        collision=[
            between(
                (-0.13, side * middle - 0.08, 0.0), (0.13, side * middle + 0.08, top)
            )
            for side in (-1.0, 1.0)
            for top in (_BLOCK_TOP_M,)
        ],
        notes=floor_space((-0.17, -0.90), (0.17, 0.90), {}),
    )


def _jaw(name: str, side: float) -> Node:
    """Return a jaw; its frame in the middle of its pad's face, open at joint 0."""
    length, thick, height = _PAD_M
    plate = box((length - 0.04, 0.02, height + 0.01), (0.0, side * (thick + 0.01), 0.0))
    rod = cylinder(0.012, 0.22, (0.0, side * 0.15, 0.0), "y", 16)
    guides = [
        cylinder(0.008, 0.20, (x, side * 0.14, 0.0), "y", 12) for x in (-0.09, 0.09)
    ]
    pad = rounded_box((length, thick, height), (0.0, side * thick / 2.0, 0.0), 0.004, 1)
    return Node(
        f"jaw_{name}",
        "clamp_jaw",
        "side_clamp_jaw",
        {"steel": 5.0, "rubber": 0.4},
        [
            Piece(paint.ROBOT_ORANGE, plate),
            Piece(paint.STEEL_BRIGHT, joined([rod, *guides]), SMOOTH_CREASE_DEG),
            Piece(paint.RUBBER, pad),
        ],
        position_m=(0.0, side * _OPEN_Y_M, _PAD_Z_M),
        collision=[Box((length, 0.04, height), (0.0, side * 0.02, 0.0))],
        joint=Joint(f"jaw_{name}", "prismatic", (0.0, -side, 0.0), 0.0, STROKE_M),
    )
