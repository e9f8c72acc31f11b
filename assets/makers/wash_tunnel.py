"""The tunnel in which cars are washed and dried."""

from __future__ import annotations

import math

import numpy as np

from assets.makers import paint
from assets.makers.machine_parts import (
    Parts,
    control_panel,
    motor,
    on_both_sides,
    signal_tower,
    stripes,
)
from assets.makers.node import (
    Asset,
    Joint,
    Json,
    Node,
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
    prism,
    rounded_box,
)
from twin.transforms import wxyz_about

_BACK = turned((-1.0, 0.0, 0.0), (0.0, -1.0, 0.0))
_DOWN = turned((0.0, 0.0, -1.0), (0.0, 1.0, 0.0))
_WASH: dict[str, Json] = {
    "source": "assumed: a short conveyor wash with brushes and a blower",
    "confidence": "C",
}


def build_wash_tunnel(name: str = "wash_tunnel", length_m: float = 9.0) -> Asset:
    """Return a tunnel of glazed frames that cars drive through along +x.

    Args:
        name: Of the asset.
        length_m: Along x.
    """
    hx, hy, height = length_m / 2.0, 2.1, 3.0
    parts = Parts()
    n = round(length_m / 1.5)
    pitch = length_m / n
    for k in range(n + 1):
        x = -hx + k * pitch
        post = rounded_box(
            (0.14, 0.16, height), (x * 0.99, hy - 0.08, height / 2), 0.02
        )
        beam = rounded_box(
            (0.14, 2 * hy - 0.2, 0.16), (x * 0.99, 0.0, height - 0.08), 0.02
        )
        parts.smooth(paint.MACHINE_BLUE, *on_both_sides(post), beam)
    for k in range(n):
        x = -hx + (k + 0.5) * pitch
        pane = box((pitch - 0.15, 0.02, 1.5), (x, hy - 0.08, 1.65))
        sheet = rounded_box((pitch - 0.12, 0.06, 0.86), (x, hy - 0.08, 0.45), 0.01, 1)
        head = rounded_box((pitch - 0.12, 0.06, 0.44), (x, hy - 0.08, 2.66), 0.01, 1)
        parts.add(paint.GLASS, *on_both_sides(pane))
        parts.smooth(paint.STEEL_LIGHT, *on_both_sides(sheet, head))
        parts.add(
            paint.GLASS,
            box((pitch - 0.15, 2 * hy - 0.5, 0.02), (x, 0.0, height - 0.10)),
        )
    rail = box((length_m + 0.6, 0.08, 0.10), (0.0, 0.95, 0.05))
    parts.smooth(
        paint.STEEL_BRIGHT, *on_both_sides(rail, rail.moved((0.0, -0.42, 0.0)))
    )
    grate = [
        box((0.03, 0.9, 0.012), (float(x), 0.0, 0.008))
        for x in np.linspace(-hx + 0.4, hx - 0.4, 46)
    ]
    parts.add(paint.STEEL_DARK, *grate)
    _arches(parts, hx)
    _blower(parts, hx)
    for s in (-1.0, 1.0):
        sign = rounded_box(
            (0.10, 2.4, 0.42), (s * (hx + 0.02), 0.0, height + 0.16), 0.03
        )
        parts.smooth(paint.CYLINDER_BLUE, sign)
        stripes(
            parts, 2.6, 0.12, (s * (hx + 0.078), 0.0, height - 0.08), s * math.pi / 2
        )
    control_panel(parts, (-hx + 0.5, -hy - 0.08, 1.4))
    signal_tower(parts, (-hx + 0.3, hy - 0.1, height))
    tank = rounded_box((1.6, 0.5, 1.0), (hx - 1.4, -hy - 0.28, 0.52), 0.04, 2)
    parts.smooth(paint.MACHINE_GREY, tank)
    motor(parts, (hx - 2.7, -hy - 0.28, 0.28), 0.14, 0.42)
    parts.smooth(paint.ZINC, cylinder(0.04, 1.1, (hx - 2.1, -hy - 0.1, 1.2), sides=12))
    frame = Node(
        "tunnel",
        "wash",
        "wash_tunnel",
        {"steel": 2150.0, "glass": 390.0, "plastic": 180.0, "copper": 55.0},
        parts.pieces(),
        collision=[
            between((-hx, hy - 0.16, 0.0), (hx, hy, height)),
            between((-hx, -hy, 0.0), (hx, -hy + 0.16, height)),
            between((-hx, -hy, height - 0.16), (hx, hy, height)),
            between((hx - 2.95, -hy - 0.53, 0.0), (hx - 0.6, -hy, 1.02)),
        ],
        ports=[
            Port("car_in", "car", "in", (-hx, 0.0, 0.0), _BACK),
            Port("car_out", "car", "out", (hx, 0.0, 0.0)),
            Port(
                "water",
                "water",
                "in",
                (hx - 1.4, -hy - 0.53, 0.8),
                turned((0.0, -1.0, 0.0), (1.0, 0.0, 0.0)),
            ),
            Port("waste_water", "waste_water", "out", (0.0, 0.0, 0.0), _DOWN),
        ],
        notes={
            **floor_space(
                (-hx - 0.35, -hy - 0.55),
                (hx + 0.35, hy + 0.02),
                {"+x": 5.0, "-x": 5.0, "-y": 0.8},
            ),
            **_WASH,
        },
    )
    brushes = [
        _side_brush("brush_left", (-0.6, 1.25, 0.35)),
        _side_brush("brush_right", (-0.6, -1.25, 0.35)),
        _top_brush((0.9, 0.0, 2.25)),
    ]
    return Asset(name, [frame, *brushes])


def _arches(parts: Parts, hx: float) -> None:
    """Add spray arches with nozzles at the entry and before the exit."""
    for x in (-hx + 1.0, -hx + 1.9, hx - 3.0):
        upright = cylinder(0.03, 2.3, (x, 1.65, 1.25), sides=12)
        across = cylinder(0.03, 3.3, (x, 0.0, 2.4), "y", 12)
        parts.smooth(paint.ZINC, *on_both_sides(upright), across)
        jets = [
            cylinder(0.016, 0.07, (x, 1.60, float(z)), "y", 8)
            for z in np.arange(0.4, 2.3, 0.3)
        ]
        drops = [
            cylinder(0.016, 0.07, (x, float(y), 2.35), sides=8)
            for y in np.arange(-1.35, 1.4, 0.3)
        ]
        parts.add(paint.SAFETY_RED, *on_both_sides(*jets), *drops)


def _blower(parts: Parts, hx: float) -> None:
    """Add the drying arch near the exit: fans above, one on each side."""
    x = hx - 1.3
    for y in (-0.75, 0.0, 0.75):
        parts.smooth(paint.STEEL_LIGHT, cylinder(0.30, 0.34, (x, y, 2.62), "x", 26))
        parts.smooth(
            paint.FRAME_DARK, rounded_box((0.20, 0.5, 0.24), (x, y, 2.26), 0.04)
        )
        parts.add(paint.MACHINE_BLUE, cylinder(0.12, 0.3, (x - 0.3, y, 2.62), "x", 20))
    for s in (-1.0, 1.0):
        parts.smooth(
            paint.STEEL_LIGHT, cylinder(0.30, 0.34, (x, s * 1.62, 1.0), "x", 26)
        )
        parts.smooth(
            paint.FRAME_DARK, rounded_box((0.20, 0.24, 1.0), (x, s * 1.34, 1.0), 0.04)
        )


def _bristles(radius: float, length: float, turns: int = 20) -> Shape:
    """Return a star-shaped brush about z: felt fins that catch the light."""
    angles = np.linspace(0.0, 2.0 * np.pi, 2 * turns, endpoint=False)
    radii = np.where(np.arange(2 * turns) % 2 == 0, radius, 0.74 * radius)
    layers = round(length / 0.16)
    h = length / layers
    return joined(
        [
            prism(
                np.stack(
                    [
                        radii * np.cos(angles + 0.5 * k),
                        radii * np.sin(angles + 0.5 * k),
                    ],
                    1,
                ).tolist(),
                0.97 * h,
                (k + 0.5) * h,
            )
            for k in range(layers)
        ]
    )


def _side_brush(name: str, at: tuple[float, float, float]) -> Node:
    parts = Parts()
    parts.add(paint.PLATE_BAND, _bristles(0.42, 1.9))
    parts.smooth(paint.STEEL, cylinder(0.06, 2.2, (0.0, 0.0, 1.0), sides=14))
    parts.smooth(
        paint.MACHINE_GREY, rounded_box((0.24, 0.24, 0.24), (0.0, 0.0, 2.2), 0.04)
    )
    return Node(
        name,
        "brush",
        f"wash_{name}",
        {"plastic": 42.0, "steel": 36.0},
        parts.pieces(),
        position_m=at,
        collision=[between((-0.3, -0.3, 0.0), (0.3, 0.3, 1.9))],
        joint=Joint(name, "revolute", (0.0, 0.0, 1.0), -1.0e6, 1.0e6),
        notes=_WASH,
    )


def _top_brush(at: tuple[float, float, float]) -> Node:
    parts = Parts()
    quarter = wxyz_about((1.0, 0.0, 0.0), math.pi / 2.0)
    parts.add(paint.PLATE_BAND, _bristles(0.40, 2.2).moved((0.0, 1.1, 0.0), quarter))
    parts.smooth(paint.STEEL, cylinder(0.06, 3.5, (0.0, 0.0, 0.0), "y", 14))
    ends = [
        rounded_box((0.2, 0.16, 0.26), (0.0, s * 1.68, 0.0), 0.04) for s in (-1.0, 1.0)
    ]
    parts.smooth(paint.MACHINE_GREY, *ends)
    return Node(
        "brush_top",
        "brush",
        "wash_brush_top",
        {"plastic": 48.0, "steel": 52.0},
        parts.pieces(),
        position_m=at,
        collision=[between((-0.3, -1.1, -0.3), (0.3, 1.1, 0.3))],
        joint=Joint("brush_top", "prismatic", (0.0, 0.0, -1.0), 0.0, 0.9),
        notes=_WASH,
    )
