"""The shelf for parts taken off."""

from __future__ import annotations

import numpy as np

from assets.makers import paint
from assets.makers.machine_parts import Parts, at_four_corners, on_both_sides
from assets.makers.node import (
    Asset,
    Json,
    Node,
    Port,
    between,
    floor_space,
    turned,
)
from assets.makers.paint import Paint
from assets.makers.shape import (
    box,
    open_box,
    sweep,
)

_FRONT = turned((0.0, -1.0, 0.0), (1.0, 0.0, 0.0))
_ASSUMED: dict[str, Json] = {
    "source": "assumed: usual workshop furniture",
    "confidence": "C",
}


def build_parts_shelf(
    name: str = "parts_shelf",
    size_m: tuple[float, float, float] = (2.0, 0.6, 2.2),
    n_levels: int = 4,
) -> Asset:
    """Return a shelf for parts taken off, its face towards -y, boxes on it.

    Args:
        name: Of the asset.
        size_m: Length along x, depth, height.
        n_levels: Boards, the lowest at 0.12 m.
    """
    length, depth, height = size_m
    hx, hy = length / 2.0, depth / 2.0
    levels = [float(z) for z in np.linspace(0.12, height - 0.42, n_levels)]
    parts = Parts()
    post = box((0.05, 0.05, height - 0.02), (hx - 0.025, hy - 0.025, height / 2.0))
    foot = box((0.09, 0.09, 0.012), (hx - 0.045, hy - 0.045, 0.006))
    parts.add(paint.MACHINE_BLUE, *at_four_corners(post))
    parts.add(paint.STEEL_DARK, *at_four_corners(foot))
    holes = [
        box((0.018, 0.004, 0.03), (hx - 0.025, hy - 0.0005, float(z)))
        for z in np.arange(0.2, height - 0.1, 0.15)
    ]
    parts.add(paint.FRAME_DARK, *at_four_corners(*holes))
    braces = [
        sweep([(hx - 0.025, -hy + 0.05, a), (hx - 0.025, hy - 0.05, b)], 0.009, 6)
        for a, b in ((0.25, 0.85), (0.95, 1.55), (1.55, 2.0))
    ]
    parts.add(paint.STEEL_LIGHT, *braces, *(each.mirrored_x() for each in braces))
    back = [
        sweep(
            [(-s * (hx - 0.05), hy - 0.02, 0.3), (s * (hx - 0.05), hy - 0.02, 1.9)],
            0.009,
            6,
        )
        for s in (1.0, -1.0)
    ]
    parts.add(paint.STEEL_LIGHT, *back)
    for z in levels:
        parts.add(
            paint.HAZARD_YELLOW,
            *on_both_sides(
                box((length - 0.1, 0.035, 0.09), (0.0, hy - 0.03, z - 0.045))
            ),
        )
        parts.add(
            paint.STEEL_LIGHT,
            box((length - 0.1, depth - 0.09, 0.02), (0.0, 0.0, z - 0.01)),
        )
        parts.add(
            paint.STICKER, box((0.12, 0.003, 0.05), (-0.3, -hy + 0.011, z - 0.045))
        )
    _bins(parts, levels, length, depth)
    node = Node(
        "shelf",
        "shelf",
        "parts_shelf",
        {"steel": round(26.0 * n_levels * length * depth + 34.0, 1), "plastic": 18.0},
        parts.pieces(),
        collision=[
            *(between((-hx, -hy, z - 0.09), (hx, hy, z)) for z in levels),
            *(
                between((x - 0.025, y - 0.025, 0.0), (x + 0.025, y + 0.025, height))
                for x in (-hx + 0.025, hx - 0.025)
                for y in (-hy + 0.025, hy - 0.025)
            ),
        ],
        ports=[
            Port(f"level_{n}", "parts", "both", (0.0, -hy, z), _FRONT)
            for n, z in enumerate(levels, start=1)
        ],
        notes={**floor_space((-hx, -hy), (hx, hy), {"-y": 1.2}), **_ASSUMED},
    )
    return Asset(name, [node])


def _bins(parts: Parts, levels: list[float], length: float, depth: float) -> None:
    """Add open bins of two sizes, and some places left free."""
    colours: tuple[Paint, ...] = (paint.PALLET_PLASTIC, paint.MACHINE_GREY)
    for row, z in enumerate(levels):
        width, height = ((0.30, 0.20), (0.40, 0.26))[row % 2]
        count = int((length - 0.2) / (width + 0.04))
        for n in range(count):
            if (n + 2 * row) % 5 == 3:
                continue
            x = (n - (count - 1) / 2.0) * (width + 0.04)
            tub = open_box((width, depth - 0.12, height), 0.008, 0.02, 1)
            parts.add(colours[(n + row) % 2], tub.moved((x, 0.0, z)))
            rim = box(
                (width + 0.012, 0.012, 0.02),
                (x, -depth / 2.0 + 0.058, z + height - 0.012),
            )
            parts.add(colours[(n + row) % 2], rim)
            label = box(
                (0.11, 0.003, 0.045), (x, -depth / 2.0 + 0.0585, z + 0.5 * height)
            )
            parts.add(paint.STICKER, label)
