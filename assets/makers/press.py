"""The press that makes a bale of a stripped car."""

from __future__ import annotations

import math

import numpy as np

from assets.makers import paint
from assets.makers.machine_parts import (
    Parts,
    bolts,
    control_panel,
    hose,
    i_beam,
    motor,
    on_both_sides,
    profile_y,
    signal_tower,
    stripes,
)
from assets.makers.node import (
    Asset,
    Box,
    Joint,
    Json,
    Node,
    Port,
    between,
    floor_space,
    turned,
)
from assets.makers.shape import (
    box,
    cylinder,
    revolve,
    rounded_box,
    span,
)

_CHAMBER_X_M, _CHAMBER_Y_M = 5.2, 2.2
_WALL_M = 0.16
_FLOOR_Z_M, _TOP_Z_M = 0.45, 1.75
_SOURCE: dict[str, Json] = {
    "source": "assumed: a scrap car baler of the 200 t class with a box of 5.2 x 2.2 m",
    "confidence": "C",
}


def build_press(name: str = "press") -> Asset:
    """Return a car baler: box along x, lid hinged at +y, hulk in from above.

    Frame: on the floor under the box's middle. The ram pushes towards +x, where
    the bale leaves through a gate.

    Args:
        name: Of the asset.
    """
    hx, hy = _CHAMBER_X_M / 2.0, _CHAMBER_Y_M / 2.0
    frame = Node(
        "frame",
        "press",
        "press",
        {"steel": 26500.0, "copper": 320.0, "oil": 900.0, "rubber": 80.0},
        _frame(hx, hy).pieces(),
        collision=_frame_boxes(hx, hy),
        ports=[
            Port(
                "hulk_in",
                "car_hulk",
                "in",
                (0.0, 0.0, _TOP_Z_M),
                turned((0.0, 0.0, 1.0), (0.0, 1.0, 0.0)),
            ),
            Port("bale_out", "bale", "out", (hx + 0.75, 0.0, _FLOOR_Z_M)),
            Port(
                "oil_out",
                "waste_oil",
                "out",
                (-hx - 1.5, -hy - 0.1, 0.30),
                turned((0.0, -1.0, 0.0), (1.0, 0.0, 0.0)),
            ),
        ],
        notes={
            **floor_space(
                (-hx - 3.1, -hy - 0.62),
                (hx + 0.8, hy + 0.62),
                {"+x": 3.0, "-x": 1.0, "-y": 4.0, "+y": 1.0},
                "assumed: a fork lift loads from -y and takes bales at +x",
            ),
            **_SOURCE,
        },
    )
    return Asset(name, [frame, _lid(hx, hy), _ram(hx, hy), _gate(hx, hy)])


def _frame(hx: float, hy: float) -> Parts:
    parts = Parts()
    wall = span((-hx, hy, 0.2), (hx, hy + _WALL_M, _TOP_Z_M))
    floor = span((-hx - 0.1, -hy, _FLOOR_Z_M - 0.14), (hx + 0.7, hy, _FLOOR_Z_M))
    parts.add(paint.MACHINE_GREY, *on_both_sides(wall))
    parts.add(paint.STEEL_DARK, floor)
    ribs = [
        profile_y(
            [
                (x - 0.06, 0.0),
                (x + 0.06, 0.0),
                (x + 0.06, _TOP_Z_M - 0.05),
                (x - 0.06, _TOP_Z_M - 0.05),
            ],
            0.22,
            hy + _WALL_M + 0.11,
        )
        for x in np.linspace(-hx + 0.06, hx - 0.06, 8)
    ]
    belts = [
        box((_CHAMBER_X_M, 0.14, 0.16), (0.0, hy + _WALL_M + 0.07, z))
        for z in (0.55, 1.15, _TOP_Z_M - 0.08)
    ]
    parts.add(paint.MACHINE_BLUE, *on_both_sides(*ribs, *belts))
    skids = i_beam(_CHAMBER_X_M + 3.6, 0.28, 0.24).moved((-1.15, hy - 0.2, 0.14))
    parts.add(paint.STEEL_DARK, *on_both_sides(skids))
    edge = rounded_box(
        (_CHAMBER_X_M, 0.10, 0.10), (0.0, -hy - 0.08, _TOP_Z_M + 0.04), 0.02
    )
    parts.smooth(paint.STEEL, edge)
    stripes(
        parts, _CHAMBER_X_M - 0.4, 0.14, (0.0, -hy - _WALL_M - 0.225, _TOP_Z_M - 0.14)
    )
    _gate_frame(parts, hx, hy)
    _power_pack(parts, hx, hy)
    return parts


def _gate_frame(parts: Parts, hx: float, hy: float) -> None:
    """Add the portal at +x in which the gate slides, and its cylinder."""
    post = rounded_box((0.36, 0.30, 2.55), (hx + 0.26, hy - 0.10, 1.275), 0.02)
    beam = rounded_box((0.40, 2.0 * hy + 0.16, 0.30), (hx + 0.26, 0.0, 2.62), 0.02)
    parts.smooth(paint.MACHINE_BLUE, *on_both_sides(post), beam)
    parts.smooth(paint.STEEL, cylinder(0.11, 0.62, (hx + 0.26, 0.0, 3.06), sides=22))
    parts.add(paint.STEEL_DARK, cylinder(0.13, 0.06, (hx + 0.26, 0.0, 3.40), sides=22))
    stripes(parts, 2.0 * hy - 0.2, 0.16, (hx + 0.462, 0.0, 2.62), math.pi / 2.0)


def _power_pack(parts: Parts, hx: float, hy: float) -> None:
    """Add main cylinder, oil tank with pumps, cabinet and panel behind the box."""
    x0 = -hx - 0.1
    bridge = rounded_box((0.34, 2.0 * hy + 0.3, 1.25), (x0 - 0.12, 0.0, 0.95), 0.03)
    parts.smooth(paint.MACHINE_BLUE, bridge)
    main = cylinder(0.26, 2.3, (x0 - 1.35, 0.0, 1.0), "x", 28)
    flanges = [
        cylinder(0.33, 0.08, (x, 0.0, 1.0), "x", 28)
        for x in (x0 - 0.36, x0 - 1.4, x0 - 2.5)
    ]
    parts.smooth(paint.STEEL, main)
    parts.add(paint.STEEL_DARK, *flanges)
    circle = [2.0 * math.pi * n / 12 for n in range(12)]
    heads = [(x0 - 2.55, 0.29 * math.cos(a), 1.0 + 0.29 * math.sin(a)) for a in circle]
    parts.add(paint.STEEL_BRIGHT, *bolts(heads, 0.022, "x"))
    saddle = profile_y(
        [(x0 - 2.3, 0.28), (x0 - 1.9, 0.28), (x0 - 2.0, 0.78), (x0 - 2.2, 0.78)], 0.5
    )
    parts.add(paint.MACHINE_BLUE, saddle)
    tank = rounded_box((1.5, 0.62, 0.8), (x0 - 1.7, -hy + 0.12, 0.72), 0.03)
    parts.smooth(paint.MACHINE_GREY, tank)
    for x in (x0 - 1.35, x0 - 2.05):
        motor(parts, (x, -hy + 0.12, 1.33), 0.17, 0.55)
        base = box((0.5, 0.3, 0.06), (x, -hy + 0.12, 1.15))
        parts.add(paint.STEEL_DARK, base)
    gauge = revolve([(0.0, 0.0), (0.06, 0.0), (0.06, 0.03), (0.0, 0.03)], 18)
    parts.add(
        paint.STICKER,
        gauge.moved((x0 - 1.0, -hy - 0.19, 0.9), (0.707106781, 0.707106781, 0.0, 0.0)),
    )
    for dy, lift in ((0.05, 0.14), (0.18, 0.22)):
        path = [
            (x0 - 1.1, -hy + 0.2 + dy, 1.3),
            (x0 - 0.8, -hy + 0.3 + dy, 1.5 + lift),
            (x0 - 0.7, -0.4 + dy, 1.45 + lift),
            (x0 - 0.6, -0.1 + dy, 1.26),
        ]
        parts.smooth(paint.RUBBER, hose(path, 0.03))
    cabinet = rounded_box((1.0, 0.42, 1.7), (x0 - 1.9, hy - 0.1, 1.15), 0.02)
    parts.smooth(paint.STEEL_LIGHT, cabinet)
    door = [box((0.004, 0.004, 1.5), (x0 - 1.9, hy + 0.112, 1.15))]
    door += [
        box((0.03, 0.02, 0.16), (x0 - 1.9 + dx, hy + 0.115, 1.15))
        for dx in (-0.06, 0.06)
    ]
    parts.add(
        paint.FRAME_DARK, *door, box((1.02, 0.44, 0.30), (x0 - 1.9, hy - 0.1, 0.15))
    )
    signal_tower(parts, (x0 - 1.5, hy - 0.1, 2.0))
    control_panel(parts, (x0 - 0.35, -hy - 0.34, 1.25))
    parts.add(paint.FRAME_DARK, box((0.08, 0.08, 1.06), (x0 - 0.35, -hy - 0.33, 0.53)))
    parts.add(paint.FRAME_DARK, box((0.24, 0.24, 0.02), (x0 - 0.35, -hy - 0.33, 0.01)))


def _frame_boxes(hx: float, hy: float) -> list[Box]:
    return [
        between((-hx, hy, 0.0), (hx, hy + _WALL_M + 0.22, _TOP_Z_M)),
        between((-hx, -hy - _WALL_M - 0.22, 0.0), (hx, -hy, _TOP_Z_M)),
        between((-hx - 0.1, -hy, 0.0), (hx + 0.7, hy, _FLOOR_Z_M)),
        between((-hx - 2.9, -hy - 0.2, 0.0), (-hx - 0.1, hy + 0.15, 1.6)),
        between((hx + 0.06, -hy - 0.08, 2.45), (hx + 0.46, hy + 0.08, 2.8)),
        between((hx + 0.06, hy - 0.25, 0.0), (hx + 0.46, hy + 0.05, 2.55)),
        between((hx + 0.06, -hy - 0.05, 0.0), (hx + 0.46, -hy + 0.25, 2.55)),
    ]


def _lid(hx: float, hy: float) -> Node:
    """Return the lid in its hinge's frame; drawn open, 0 is upright."""
    parts = Parts()
    width = 2.0 * hy
    plate = span((-hx + 0.1, -0.08, 0.10), (hx - 0.1, 0.06, width))
    parts.add(paint.MACHINE_GREY, plate)
    ribs = [
        profile_y(
            [
                (x - 0.05, 0.12),
                (x + 0.05, 0.12),
                (x + 0.05, width - 0.1),
                (x - 0.05, width - 0.1),
            ],
            0.16,
            0.13,
        )
        for x in np.linspace(-hx + 0.4, hx - 0.4, 6)
    ]
    parts.add(
        paint.MACHINE_BLUE,
        *ribs,
        box((_CHAMBER_X_M - 0.3, 0.12, 0.12), (0.0, 0.12, width - 0.2)),
    )
    knuckles = [
        cylinder(0.09, 0.24, (x, 0.0, 0.0), "x", 20)
        for x in np.linspace(-hx + 0.6, hx - 0.6, 4)
    ]
    arms = [
        box((0.14, 0.1, 0.22), (x, 0.0, 0.09))
        for x in np.linspace(-hx + 0.6, hx - 0.6, 4)
    ]
    parts.add(paint.STEEL_DARK, *knuckles, *arms)
    parts.add(
        paint.HAZARD_YELLOW,
        box((_CHAMBER_X_M - 0.2, 0.15, 0.06), (0.0, -0.01, width + 0.03)),
    )
    return Node(
        "lid",
        "press_lid",
        "press_lid",
        {"steel": 4200.0},
        parts.pieces(),
        position_m=(0.0, hy + 0.09, _TOP_Z_M + 0.10),
        collision=[between((-hx + 0.1, -0.08, 0.1), (hx - 0.1, 0.2, width))],
        joint=Joint("lid", "revolute", (1.0, 0.0, 0.0), 0.0, math.pi / 2.0),
        notes=_SOURCE,
    )


def _ram(hx: float, hy: float) -> Node:
    """Return the ram's plate in the box, and the rod that pushes it towards +x."""
    parts = Parts()
    height = _TOP_Z_M - _FLOOR_Z_M - 0.03
    face = rounded_box((0.24, 2.0 * hy - 0.04, height), (0.0, 0.0, height / 2.0), 0.02)
    parts.smooth(paint.STEEL, face)
    grooves = [
        box((0.01, 2.0 * hy - 0.2, 0.05), (0.122, 0.0, z))
        for z in (0.25, 0.55, 0.85, 1.1)
    ]
    parts.add(paint.STEEL_DARK, *grooves)
    rod = cylinder(0.14, 0.5, (-0.3, 0.0, 0.55), "x", 24)
    parts.smooth(paint.STEEL_BRIGHT, rod)
    return Node(
        "ram",
        "press_ram",
        "press_ram",
        {"steel": 1900.0},
        parts.pieces(),
        position_m=(-hx + 0.2, 0.0, _FLOOR_Z_M + 0.01),
        collision=[between((-0.12, -hy + 0.02, 0.0), (0.12, hy - 0.02, height))],
        joint=Joint("ram", "prismatic", (1.0, 0.0, 0.0), 0.0, _CHAMBER_X_M - 1.6),
        notes=_SOURCE,
    )


def _gate(hx: float, hy: float) -> Node:
    """Return the gate at +x, closed at 0."""
    parts = Parts()
    height = _TOP_Z_M - _FLOOR_Z_M
    plate = span((-0.08, -hy + 0.26, 0.0), (0.08, hy - 0.26, height))
    ribs = [box((0.06, 2.0 * hy - 0.7, 0.08), (0.11, 0.0, z)) for z in (0.2, 0.6, 1.0)]
    parts.add(paint.MACHINE_GREY, plate)
    parts.add(paint.STEEL_DARK, *ribs)
    parts.smooth(
        paint.STEEL_BRIGHT, cylinder(0.06, 0.85, (0.0, 0.0, height + 0.42), sides=18)
    )
    return Node(
        "gate",
        "press_gate",
        "press_gate",
        {"steel": 950.0},
        parts.pieces(),
        position_m=(hx + 0.26, 0.0, _FLOOR_Z_M),
        collision=[between((-0.08, -hy + 0.26, 0.0), (0.08, hy - 0.26, height))],
        joint=Joint("gate", "prismatic", (0.0, 0.0, 1.0), 0.0, 0.9),
        notes=_SOURCE,
    )
