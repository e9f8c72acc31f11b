"""The booth in which a car is painted and dried."""

from __future__ import annotations

import numpy as np

from assets.makers import paint
from assets.makers.guard import warning_sign
from assets.makers.machine_parts import (
    Parts,
    at_four_corners,
    control_panel,
    on_both_sides,
    signal_tower,
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
    box,
    cylinder,
    ring,
    rounded_box,
    span,
)

_BACK = turned((-1.0, 0.0, 0.0), (0.0, -1.0, 0.0))
_UP = turned((0.0, 0.0, 1.0), (0.0, 1.0, 0.0))
_PAINT: dict[str, Json] = {
    "source": "assumed: a combined booth for spraying and drying one car",
    "confidence": "C",
}


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
