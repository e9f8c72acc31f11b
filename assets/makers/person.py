"""A worker of 1.75 m in high-visibility clothing, with helmet and gloves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assets.makers import paint
from assets.makers.node import Asset, Box, Node, Piece
from assets.makers.shape import Shape, box, joined, loft, rounded_box, sweep


def build_worker() -> Asset:
    """Return the worker: origin on the floor between the feet, facing +x."""
    left = joined([_leg(), _boot_shaft()])
    trousers = joined([left, left.mirrored_y(), _hips()])
    boots = joined([_boot(), _boot().mirrored_y()])
    arm, glove = _arm()
    sleeves = joined([arm, arm.mirrored_y()])
    gloves = joined([glove, glove.mirrored_y()])
    node = Node(
        "worker",
        "worker",
        "worker",
        {"person": 78.0},
        pieces=[
            Piece(paint.WORKWEAR, trousers, 60.0),
            Piece(paint.PLASTIC_BLACK, boots, 50.0),
            Piece(paint.HI_VIS, joined([_torso(0.0), sleeves]), 60.0),
            Piece(paint.REFLECTIVE, joined(_bands()), 50.0),
            Piece(paint.HV_ORANGE, gloves, 60.0),
            Piece(paint.SKIN, joined(_head()), 60.0),
            Piece(paint.HELMET, _helmet(), 50.0),
        ],
        collision=[
            Box((0.36, 0.52, 0.9), (0.0, 0.0, 1.0)),
            Box((0.32, 0.34, 0.55), (0.02, 0.0, 0.275)),
            Box((0.26, 0.22, 0.3), (0.01, 0.0, 1.6)),
        ],
    )
    return Asset("worker", [node])


def _stack(rows: Sequence[tuple[float, float, float, float]], sides: int = 20) -> Shape:
    """Return a skin through level ellipses given as z, x, half depth, half width."""
    angles = np.linspace(0.0, 2.0 * np.pi, sides, endpoint=False)
    # A little squarer than an ellipse: people in jackets are.
    cos, sin = np.cos(angles), np.sin(angles)
    cx = np.sign(cos) * np.abs(cos) ** 0.85
    sy = np.sign(sin) * np.abs(sin) ** 0.85
    rings = np.array(
        [
            np.column_stack([x + a * cx, b * sy, np.full(sides, z)])
            for z, x, a, b in rows
        ]
    )
    return loft(rings, capped=True)


def _torso(grow_m: float) -> Shape:
    rows = [
        (0.83, 0.0, 0.125, 0.185),
        (0.88, 0.0, 0.13, 0.19),
        (1.0, 0.0, 0.122, 0.178),
        (1.12, 0.0, 0.124, 0.182),
        (1.25, 0.0, 0.13, 0.198),
        (1.36, -0.005, 0.122, 0.205),
        (1.42, -0.01, 0.105, 0.185),
        (1.46, -0.012, 0.075, 0.12),
        (1.485, -0.01, 0.06, 0.075),
    ]
    return _stack([(z, x, a + grow_m, b + grow_m) for z, x, a, b in rows])


def _bands() -> list[Shape]:
    belts = [
        _stack(
            [
                (z - 0.026, 0.0, a, b),
                (z + 0.026, 0.0, a, b),
            ]
        )
        for z, a, b in ((0.97, 0.132, 0.188), (1.15, 0.1335, 0.193))
    ]
    straps = []
    for y in (-0.1, 0.1):
        for x0, x1 in ((0.128, 0.075), (-0.135, -0.085)):
            straps.append(
                sweep(
                    [
                        (x0, y, 1.17),
                        (x0 * 1.01, y, 1.28),
                        (x0 * 0.93, y * 0.98, 1.37),
                        (x1, y * 0.95, 1.438),
                    ],
                    0.024,
                    8,
                    0.3,
                )
            )
    return belts + straps


def _hips() -> Shape:
    return _stack(
        [
            (0.74, 0.0, 0.10, 0.15),
            (0.80, 0.0, 0.125, 0.178),
            (0.90, 0.0, 0.12, 0.175),
        ]
    )


def _leg() -> Shape:
    path = [
        (0.0, 0.095, 0.84),
        (0.005, 0.1, 0.65),
        (0.012, 0.105, 0.48),
        (-0.005, 0.108, 0.28),
        (-0.012, 0.11, 0.1),
    ]
    return sweep(path, [0.092, 0.086, 0.066, 0.062, 0.056], 16)


def _boot_shaft() -> Shape:
    return sweep([(-0.012, 0.11, 0.14), (-0.012, 0.11, 0.09)], 0.06, 16)


def _boot() -> Shape:
    upper = rounded_box((0.27, 0.1, 0.09), (0.045, 0.112, 0.06), 0.035, 3)
    sole = rounded_box((0.28, 0.105, 0.03), (0.045, 0.112, 0.015), 0.012, 2)
    return joined([upper, sole])


def _arm() -> tuple[Shape, Shape]:
    sleeve = sweep(
        [
            (-0.01, 0.12, 1.405),
            (-0.011, 0.18, 1.40),
            (-0.012, 0.222, 1.365),
            (-0.012, 0.245, 1.30),
            (-0.01, 0.262, 1.20),
            (0.0, 0.275, 1.09),
            (0.09, 0.265, 1.0),
            (0.19, 0.235, 0.97),
        ],
        [0.045, 0.06, 0.066, 0.063, 0.056, 0.05, 0.046, 0.04],
        14,
    )
    glove = sweep(
        [
            (0.18, 0.238, 0.972),
            (0.23, 0.222, 0.962),
            (0.28, 0.205, 0.95),
            (0.31, 0.195, 0.935),
        ],
        [0.036, 0.045, 0.042, 0.02],
        12,
        0.7,
    )
    return sleeve, glove


def _head() -> list[Shape]:
    skull = _stack(
        [
            (1.505, 0.02, 0.04, 0.04),
            (1.52, 0.015, 0.07, 0.055),
            (1.56, 0.01, 0.088, 0.068),
            (1.62, 0.005, 0.096, 0.075),
            (1.68, 0.0, 0.096, 0.076),
            (1.72, 0.0, 0.07, 0.06),
        ]
    )
    neck = sweep([(-0.012, 0.0, 1.45), (-0.005, 0.0, 1.55)], 0.052, 14)
    nose = box((0.03, 0.022, 0.035), (0.105, 0.0, 1.60))
    ears = [box((0.03, 0.02, 0.05), (0.0, side * 0.076, 1.61)) for side in (-1.0, 1.0)]
    return [skull, neck, nose, *ears]


def _helmet() -> Shape:
    dome = _stack(
        [
            (1.645, 0.002, 0.113, 0.093),
            (1.665, 0.002, 0.116, 0.095),
            (1.70, 0.0, 0.108, 0.088),
            (1.728, 0.0, 0.085, 0.07),
            (1.744, 0.0, 0.05, 0.042),
            (1.75, 0.0, 0.012, 0.012),
        ],
        24,
    )
    peak = rounded_box((0.09, 0.14, 0.012), (0.125, 0.0, 1.652), 0.005)
    return joined([dome, peak])
