"""Trolley that takes four wheels."""

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
    box,
    cylinder,
    joined,
    open_box,
    rounded_box,
    sweep,
)

_UP = turned((0.0, 0.0, 1.0), (0.0, 1.0, 0.0))


def build_wheel_trolley(name: str = "wheel_trolley") -> Asset:
    """Return the trolley that takes four wheels, pushed along x by its handle."""
    deck = rounded_box((1.50, 0.62, 0.06), (0.0, 0.0, 0.23), 0.015, 1)
    rails = [cylinder(0.022, 1.44, (0.0, y, 0.30), "x", 12) for y in (-0.16, 0.16)]
    casters = [
        cylinder(0.075, 0.04, (sx * 0.62, sy * 0.24, 0.075), "y", 16)
        for sx in (-1.0, 1.0)
        for sy in (-1.0, 1.0)
    ]
    yokes = [
        box((0.05, 0.06, 0.09), (sx * 0.62, sy * 0.24, 0.165))
        for sx in (-1.0, 1.0)
        for sy in (-1.0, 1.0)
    ]
    handle = joined(
        [cylinder(0.016, 0.80, (-0.74, y, 0.65), sides=10) for y in (-0.25, 0.25)]
        + [cylinder(0.018, 0.54, (-0.74, 0.0, 1.05), "y", 12)]
    )
    xs = (-0.5175, -0.1725, 0.1725, 0.5175)
    pegs = [
        sweep([(x, y, 0.25), (x, y, 0.62)], 0.012, 8)
        for x in (-0.69, -0.345, 0.0, 0.345, 0.69)
        for y in (-0.16, 0.16)
    ]
    tray = open_box((0.30, 0.46, 0.07), 0.004, 0.02).moved((-0.60, 0.0, 0.85))
    node = Node(
        "trolley",
        "trolley",
        "wheel_trolley",
        {"steel": 46.0, "rubber": 6.0},
        [
            Piece(paint.MACHINE_BLUE, joined([deck, tray])),
            Piece(paint.STEEL_LIGHT, joined([*rails, *pegs])),
            Piece(paint.RUBBER, joined(casters)),
            Piece(paint.STEEL_DARK, joined([*yokes, handle])),
        ],
        collision=[
            between((-0.75, -0.31, 0.0), (0.75, 0.31, 0.26)),
            *(
                between((x - 0.012, y - 0.012, 0.26), (x + 0.012, y + 0.012, 0.62))
                for x in (-0.69, -0.345, 0.0, 0.345, 0.69)
                for y in (-0.16, 0.16)
            ),
            # A wheel stands between the rails and rolls nowhere.
            *(
                between((-0.72, y - 0.02, 0.26), (0.72, y + 0.02, 0.322))
                for y in (-0.16, 0.16)
            ),
        ],
        ports=[
            Port(
                f"wheel_{n}",
                "wheel",
                "both",
                (x, 0.0, 0.32),
                _UP,
            )
            for n, x in enumerate(xs, start=1)
        ],
        notes=floor_space((-0.77, -0.31), (0.75, 0.31), {"-x": 0.8}),
    )
    return Asset(name, [node])
