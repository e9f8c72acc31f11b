"""Where cars are cleaned and painted: wash tunnel and paint booth."""

from __future__ import annotations

import math

import numpy as np

from assets.makers import paint
from assets.makers.guard import warning_sign
from assets.makers.machine_parts import (
    Parts,
    at_four_corners,
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
    ring,
    rounded_box,
    span,
)
from twin.transforms import wxyz_about

_BACK = turned((-1.0, 0.0, 0.0), (0.0, -1.0, 0.0))
_UP = turned((0.0, 0.0, 1.0), (0.0, 1.0, 0.0))
_DOWN = turned((0.0, 0.0, -1.0), (0.0, 1.0, 0.0))
_WASH: dict[str, Json] = {
    "source": "assumed: a short conveyor wash with brushes and a blower",
    "confidence": "C",
}
_PAINT: dict[str, Json] = {
    "source": "assumed: a combined booth for spraying and drying one car",
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


def build_paint_booth(name: str = "paint_booth") -> Asset:
    """Return a spray booth for one car: folding doors at -x, filters, air plant.

    Frame: on the floor in its middle.

    Args:
        name: Of the asset.
    """
    hx, hy, height = 3.6, 2.1, 3.2
    parts = Parts()
    n = 6
    pitch = 2 * hx / n
    for k in range(n):
        x = -hx + (k + 0.5) * pitch
        if k in (1, 4):
            low = rounded_box((pitch - 0.01, 0.08, 0.7), (x, hy - 0.04, 0.35), 0.008, 1)
            high = rounded_box(
                (pitch - 0.01, 0.08, height - 2.1),
                (x, hy - 0.04, (height + 2.1) / 2),
                0.008,
                1,
            )
            pane = box((pitch - 0.12, 0.03, 1.4), (x, hy - 0.04, 1.4))
            sides = [
                box((0.06, 0.085, 1.4), (x + s * (pitch / 2 - 0.035), hy - 0.04, 1.4))
                for s in (-1.0, 1.0)
            ]
            parts.smooth(paint.WALL, *on_both_sides(low, high))
            parts.add(paint.GLASS, *on_both_sides(pane))
            parts.add(paint.WALL_BAND, *on_both_sides(*sides))
            continue
        panel = rounded_box(
            (pitch - 0.01, 0.08, height), (x, hy - 0.04, height / 2), 0.008, 1
        )
        parts.smooth(paint.WALL, *on_both_sides(panel))
    for y in np.linspace(-hy + 0.75, hy - 0.75, 3):
        parts.smooth(
            paint.WALL,
            rounded_box(
                (0.08, 1.24, height), (hx - 0.04, float(y) * 1.0, height / 2), 0.008, 1
            ),
        )
    post = box((0.10, 0.10, height + 0.04), (hx - 0.04, hy - 0.04, (height + 0.04) / 2))
    parts.add(paint.MACHINE_BLUE, *at_four_corners(post))
    parts.add(
        paint.MACHINE_BLUE, box((0.12, 2 * hy, 0.5), (-hx + 0.04, 0.0, height - 0.2))
    )
    parts.add(paint.WALL_BAND, span((-hx, -hy, height), (hx, hy, height + 0.08)))
    filters = [
        box((0.94, 0.78, 0.03), (x, y, height - 0.06))
        for x in (-2.5, -1.5, -0.5, 0.5, 1.5, 2.5)
        for y in (-0.8, 0.0, 0.8)
    ]
    parts.add(paint.STICKER, *filters)
    lights = [
        rounded_box((1.1, 0.10, 0.30), (x, hy - 0.16, 2.8), 0.02).moved((0.0, 0.0, 0.0))
        for x in (-2.4, -0.8, 0.8, 2.4)
    ]
    parts.smooth(paint.LAMP_CLEAR, *on_both_sides(*lights))
    grating = [
        box((0.02, 1.5, 0.02), (float(x), 0.0, 0.012))
        for x in np.linspace(-3.2, 3.2, 54)
    ]
    parts.add(
        paint.STEEL,
        *grating,
        *on_both_sides(box((6.5, 0.03, 0.024), (0.0, 0.76, 0.012))),
    )
    _air_plant(parts, hx, height)
    control_panel(parts, (0.6, -hy - 0.075, 1.5))
    signal_tower(parts, (-hx + 0.3, -hy + 0.1, height + 0.08))
    parts.add(paint.HAZARD_YELLOW, warning_sign(0.24).moved((-0.6, -hy - 0.005, 1.9)))
    parts.add(
        paint.HAZARD_BLACK, warning_sign(0.17, 0.006).moved((-0.6, -hy - 0.007, 1.895))
    )
    frame = Node(
        "booth",
        "paint_booth",
        "paint_booth",
        {"steel": 3100.0, "insulation": 460.0, "glass": 150.0, "copper": 70.0},
        parts.pieces(),
        collision=[
            between((-hx, hy - 0.08, 0.0), (hx, hy, height)),
            between((-hx, -hy, 0.0), (hx, -hy + 0.08, height)),
            between((hx - 0.08, -hy, 0.0), (hx, hy, height)),
            between((-hx, -hy, height - 0.45), (-hx + 0.1, hy, height + 0.08)),
            between((-hx, -hy, height), (hx, hy, height + 0.08)),
            between((hx, -1.0, 0.0), (hx + 1.5, 1.0, 2.9)),
        ],
        ports=[
            Port("car", "car", "both", (-hx, 0.0, 0.0), _BACK),
            Port("exhaust_air", "air_duct", "out", (hx + 0.75, 0.5, 4.6), _UP),
            Port("gas", "natural_gas", "in", (hx + 1.5, -0.6, 0.5)),
        ],
        notes={
            **floor_space(
                (-hx - 0.10, -hy - 0.16),
                (hx + 1.65, hy + 0.02),
                {"-x": 6.0, "-y": 1.0, "+x": 1.0},
                "assumed: a car's length and its doors' swing",
            ),
            "zone": "explosive_atmosphere",
            **_PAINT,
        },
    )
    return Asset(name, [frame, *(_fold(side, hx, hy) for side in ("left", "right"))])


def _air_plant(parts: Parts, hx: float, height: float) -> None:
    """Add the air plant behind the booth: fans, burner, ducts, stack."""
    x = hx + 0.75
    parts.smooth(paint.STEEL_LIGHT, rounded_box((1.4, 2.0, 2.8), (x, 0.0, 1.4), 0.03))
    seams = [box((1.41, 0.02, 2.6), (x, y, 1.4)) for y in (-0.34, 0.34)]
    parts.add(paint.STEEL, *seams)
    louvres = [
        box((0.03, 1.4, 0.05), (hx + 1.455, 0.0, 1.6 + 0.11 * n)) for n in range(9)
    ]
    parts.add(paint.FRAME_DARK, *louvres)
    parts.smooth(
        paint.MACHINE_BLUE, rounded_box((0.20, 0.4, 0.4), (hx + 1.53, -0.6, 0.6), 0.04)
    )
    duct = rounded_box((1.0, 0.9, 0.6), (x - 0.2, -0.45, height - 0.1), 0.03)
    parts.smooth(paint.ZINC, duct)
    parts.smooth(paint.ZINC, cylinder(0.30, 1.8, (x, 0.5, 3.7), sides=28))
    parts.add(
        paint.STEEL,
        ring(0.33, 0.25, 0.06, 28).moved((x, 0.5, 4.57)),
        *(cylinder(0.315, 0.03, (x, 0.5, z), sides=28) for z in (3.2, 3.9)),
    )
    plenum = rounded_box((5.6, 3.2, 0.55), (-0.4, 0.0, height + 0.35), 0.04)
    parts.smooth(paint.STEEL_LIGHT, plenum)
    bands = [
        box((0.05, 3.22, 0.56), (dx, 0.0, height + 0.351)) for dx in (-2.2, -0.4, 1.4)
    ]
    parts.add(paint.STEEL, *bands)
    link = rounded_box((1.3, 0.9, 0.5), (hx - 0.35, -0.45, height + 0.34), 0.03)
    parts.smooth(paint.ZINC, link)


def _fold(side: str, hx: float, hy: float) -> Node:
    """Return one half of the doors in its hinge's frame, closed at 0."""
    s = 1.0 if side == "left" else -1.0
    width, high = hy - 0.12, 2.72
    parts = Parts()
    leaf = rounded_box(
        (0.06, width / 2 - 0.01, high), (0.0, -width / 4, high / 2 + 0.02), 0.01, 1
    )
    other = leaf.moved((0.0, -width / 2, 0.0))
    panes = [
        box((0.03, width / 2 - 0.3, 1.1), (-0.026, y, 1.75))
        for y in (-width / 4, -3 * width / 4)
    ]
    frames = [
        box((0.02, width / 2 - 0.22, 1.18), (-0.027, y, 1.75))
        for y in (-width / 4, -3 * width / 4)
    ]
    grip = rounded_box((0.05, 0.04, 0.3), (-0.05, -width + 0.08, 1.1), 0.012)
    hinges = [
        cylinder(0.02, 0.14, (-0.03, y, z), sides=12)
        for y in (0.0, -width / 2)
        for z in (0.4, 1.4, 2.4)
    ]
    for surface, shapes in (
        (paint.WALL, [leaf, other]),
        (paint.FRAME_DARK, frames),
        (paint.DAYLIGHT, panes),
        (paint.STEEL_DARK, [grip, *hinges]),
    ):
        parts.add(surface, *(each if s > 0.0 else each.mirrored_y() for each in shapes))
    low_y, high_y = sorted((0.0, -s * width))
    return Node(
        f"door_{side}",
        "door",
        f"booth_door_{side}",
        {"steel": 74.0, "glass": 18.0},
        parts.pieces(),
        position_m=(-hx + 0.03, s * (hy - 0.11), 0.0),
        collision=[between((-0.03, low_y, 0.02), (0.03, high_y, high))],
        joint=Joint(f"door_{side}", "revolute", (0.0, 0.0, -s), 0.0, 1.6),
        notes=_PAINT,
    )
