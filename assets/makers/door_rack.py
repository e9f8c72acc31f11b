"""Rack that doors stand in, side by side."""

from __future__ import annotations

from assets.makers import paint
from assets.makers.node import (
    Asset,
    Node,
    Piece,
    Port,
    between,
    floor_space,
    turned,
)
from assets.makers.shape import (
    Shape,
    box,
    cylinder,
    joined,
    sweep,
)

_UP = turned((0.0, 0.0, 1.0), (0.0, 1.0, 0.0))
N_DOORS = 6
_DOOR_PITCH_M = 0.22


def build_door_rack(name: str = "door_rack") -> Asset:
    """Return a rack of six slots; doors stand in it along x, side by side along y."""
    half_y = N_DOORS * _DOOR_PITCH_M / 2.0
    base = [
        box((1.30, 0.06, 0.10), (0.0, s * (half_y - 0.03), 0.17)) for s in (-1.0, 1.0)
    ] + [box((0.06, 2.0 * half_y, 0.10), (x, 0.0, 0.17)) for x in (-0.62, 0.0, 0.62)]
    casters = [
        cylinder(0.06, 0.035, (sx * 0.56, sy * (half_y - 0.06), 0.06), "y", 14)
        for sx in (-1.0, 1.0)
        for sy in (-1.0, 1.0)
    ]
    forks = [
        box((0.03, 0.06, 0.07), (sx * 0.56, sy * (half_y - 0.06), 0.10))
        for sx in (-1.0, 1.0)
        for sy in (-1.0, 1.0)
    ]
    dividers: list[Shape] = []
    for n in range(N_DOORS + 1):
        y = -half_y + n * _DOOR_PITCH_M
        y = max(-half_y + 0.02, min(half_y - 0.02, y))
        dividers.append(
            sweep(
                [
                    (-0.55, y, 0.22),
                    (-0.55, y, 0.95),
                    (-0.40, y, 1.05),
                    (0.40, y, 1.05),
                    (0.55, y, 0.95),
                    (0.55, y, 0.22),
                ],
                0.016,
                8,
            )
        )
    bumpers = [
        box((1.20, 0.10, 0.02), (0.0, -half_y + (n + 0.5) * _DOOR_PITCH_M, 0.23))
        for n in range(N_DOORS)
    ]
    node = Node(
        "rack",
        "container",
        "door_rack",
        {"steel": 74.0, "rubber": 9.0},
        [
            Piece(paint.MACHINE_BLUE, joined(base)),
            Piece(paint.STEEL_LIGHT, joined(dividers), 50.0),
            Piece(paint.RUBBER, joined([*bumpers, *casters])),
            Piece(paint.STEEL_DARK, joined(forks)),
        ],
        collision=[
            between((-0.65, -half_y, 0.0), (0.65, half_y, 0.24)),
            *(
                between((-0.566, y - 0.012, 0.24), (0.566, y + 0.012, 1.066))
                for y in (
                    max(-half_y + 0.02, min(half_y - 0.02, -half_y + n * _DOOR_PITCH_M))
                    for n in range(N_DOORS + 1)
                )
            ),
        ],
        ports=[
            Port(
                f"slot_{n + 1}",
                "door",
                "both",
                (0.0, -half_y + (n + 0.5) * _DOOR_PITCH_M, 0.24),
                _UP,
            )
            for n in range(N_DOORS)
        ],
        notes=floor_space((-0.65, -half_y), (0.65, half_y), {"+x": 0.8, "-x": 0.8}),
    )
    return Asset(name, [node])
