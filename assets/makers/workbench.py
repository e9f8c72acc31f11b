"""The workbench with vice, drawers and tool wall."""

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
from assets.makers.shape import (
    box,
    cylinder,
    ring,
    rounded_box,
)

_FRONT = turned((0.0, -1.0, 0.0), (1.0, 0.0, 0.0))
_ASSUMED: dict[str, Json] = {
    "source": "assumed: usual workshop furniture",
    "confidence": "C",
}


def build_workbench(name: str = "workbench", length_m: float = 2.0) -> Asset:
    """Return a bench with vice, drawers and a tool wall; people stand at -y.

    Args:
        name: Of the asset.
        length_m: Along x.
    """
    hx, depth, top = length_m / 2.0, 0.75, 0.90
    hy = depth / 2.0
    parts = Parts()
    parts.smooth(
        paint.BOARD,
        rounded_box((length_m, depth, 0.045), (0.0, 0.0, top - 0.0225), 0.008),
    )
    parts.add(
        paint.STEEL_LIGHT,
        box((length_m - 0.3, 0.02, 0.002), (0.0, -hy + 0.05, top + 0.001)),
    )
    legs = box((0.06, 0.06, top - 0.06), (hx - 0.08, hy - 0.08, (top - 0.03) / 2.0))
    feet = cylinder(0.04, 0.015, (hx - 0.08, hy - 0.08, 0.0075), sides=14)
    parts.add(paint.MACHINE_BLUE, *at_four_corners(legs))
    parts.add(paint.STEEL_DARK, *at_four_corners(feet))
    parts.add(
        paint.MACHINE_BLUE,
        *on_both_sides(
            box((length_m - 0.22, 0.05, 0.07), (0.0, hy - 0.08, top - 0.08))
        ),
        box((length_m - 0.22, 0.04, 0.06), (0.0, hy - 0.08, 0.2)),
        box((length_m - 0.22, depth - 0.2, 0.02), (0.0, 0.0, 0.24)),
    )
    _drawers(parts, (hx - 0.36, -hy + 0.10), 0.44, 0.60, 0.27, top - 0.05)
    _vice(parts, (-hx + 0.32, -hy + 0.10, top))
    _tool_wall(parts, length_m, hy - 0.04, top)
    node = Node(
        "bench",
        "workbench",
        "workbench",
        {"steel": 118.0, "wood": 42.0, "plastic": 4.0},
        parts.pieces(),
        collision=[
            between((-hx, -hy, top - 0.05), (hx, hy, top)),
            between((hx - 0.60, -hy + 0.08, 0.25), (hx - 0.12, hy - 0.08, top - 0.05)),
            between((-hx + 0.05, hy - 0.08, top), (hx - 0.05, hy, 1.95)),
            *(
                between((x - 0.03, y - 0.03, 0.0), (x + 0.03, y + 0.03, top - 0.05))
                for x in (-hx + 0.08, hx - 0.08)
                for y in (-hy + 0.08, hy - 0.08)
            ),
        ],
        ports=[
            Port(
                "work",
                "parts",
                "both",
                (0.0, 0.0, top),
                turned((0.0, 0.0, 1.0), (0.0, 1.0, 0.0)),
            ),
            Port("stand", "person", "both", (0.0, -hy, 0.0), _FRONT),
        ],
        notes={**floor_space((-hx, -hy - 0.03), (hx, hy), {"-y": 1.0}), **_ASSUMED},
    )
    return Asset(name, [node])


def _drawers(
    parts: Parts,
    at_m: tuple[float, float],
    width_m: float,
    depth_m: float,
    low_m: float,
    high_m: float,
) -> None:
    """Add a closed block of drawers, its front towards -y at ``at_m``."""
    x, y = at_m
    height = high_m - low_m
    parts.add(
        paint.MACHINE_GREY,
        box(
            (width_m, depth_m - 0.02, height),
            (x, y + depth_m / 2.0, low_m + height / 2.0),
        ),
    )
    n = 4
    for k in range(n):
        z = low_m + (k + 0.5) * height / n
        front = rounded_box(
            (width_m - 0.016, 0.022, height / n - 0.012), (x, y + 0.004, z), 0.006, 1
        )
        parts.smooth(paint.STEEL_LIGHT, front)
        parts.smooth(
            paint.FRAME_DARK,
            rounded_box(
                (width_m - 0.1, 0.022, 0.022),
                (x, y - 0.012, z + height / n / 2 - 0.035),
                0.006,
                1,
            ),
        )


def _vice(parts: Parts, at_m: tuple[float, float, float]) -> None:
    x, y, z = at_m
    parts.add(
        paint.MACHINE_BLUE, cylinder(0.09, 0.03, (x, y + 0.12, z + 0.015), sides=20)
    )
    parts.smooth(
        paint.MACHINE_BLUE,
        rounded_box((0.11, 0.16, 0.10), (x, y + 0.12, z + 0.075), 0.02),
    )
    parts.smooth(
        paint.MACHINE_BLUE,
        rounded_box((0.16, 0.05, 0.09), (x, y + 0.055, z + 0.14), 0.012),
    )
    parts.smooth(
        paint.MACHINE_BLUE,
        rounded_box((0.16, 0.05, 0.12), (x, y - 0.045, z + 0.125), 0.012),
    )
    parts.add(paint.STEEL_BRIGHT, box((0.15, 0.012, 0.035), (x, y + 0.026, z + 0.168)))
    parts.add(paint.STEEL_BRIGHT, box((0.15, 0.012, 0.035), (x, y - 0.016, z + 0.168)))
    parts.add(paint.STEEL_LIGHT, box((0.05, 0.2, 0.04), (x, y + 0.02, z + 0.095)))
    parts.add(
        paint.STEEL_BRIGHT, cylinder(0.014, 0.06, (x, y - 0.09, z + 0.095), "y", 14)
    )
    parts.add(
        paint.STEEL_BRIGHT, cylinder(0.006, 0.18, (x, y - 0.105, z + 0.095), "x", 10)
    )


def _tool_wall(parts: Parts, length: float, y: float, top: float) -> None:
    """Add a perforated wall with spanners, hammer, driver and a lamp over it."""
    wall = box((length - 0.1, 0.02, 0.85), (0.0, y + 0.01, top + 0.5))
    parts.add(paint.STEEL_LIGHT, wall)
    posts = [
        box((0.05, 0.04, 1.05), (s * (length / 2 - 0.08), y + 0.02, top + 0.52))
        for s in (-1.0, 1.0)
    ]
    parts.add(paint.MACHINE_BLUE, *posts)
    dots = [
        box((0.012, 0.003, 0.012), (float(x), y - 0.001, float(z)))
        for x in np.arange(-length / 2 + 0.15, length / 2 - 0.1, 0.10)
        for z in np.arange(top + 0.14, top + 0.9, 0.10)
    ]
    parts.add(paint.FRAME_DARK, *dots)
    for n in range(8):
        x, size = -0.75 + 0.085 * n, 0.14 + 0.018 * n
        shaft = box((0.014, 0.008, size), (x, y - 0.012, top + 0.72 - size / 2))
        heads = [ring(0.017, 0.009, 0.009, 14), ring(0.017, 0.009, 0.009, 14)]
        quarter = (0.707106781, 0.707106781, 0.0, 0.0)
        placed = [
            heads[0].moved((x, y - 0.012, top + 0.73), quarter),
            heads[1].moved((x, y - 0.012, top + 0.71 - size), quarter),
        ]
        parts.add(paint.STEEL_BRIGHT, shaft, *placed)
    for n in range(5):
        x = 0.1 + 0.07 * n
        parts.smooth(
            paint.SAFETY_RED,
            cylinder(0.014, 0.10, (x, y - 0.018, top + 0.68), sides=12),
        )
        parts.add(
            paint.STEEL_BRIGHT,
            cylinder(0.0045, 0.14, (x, y - 0.018, top + 0.56), sides=8),
        )
    parts.add(
        paint.BOARD, cylinder(0.014, 0.28, (0.62, y - 0.02, top + 0.55), sides=10)
    )
    parts.smooth(
        paint.STEEL,
        rounded_box((0.12, 0.035, 0.035), (0.62, y - 0.02, top + 0.70), 0.008),
    )
    shelf = box((length - 0.1, 0.14, 0.02), (0.0, y - 0.06, top + 0.94))
    lamp = rounded_box((1.2, 0.08, 0.04), (0.0, y - 0.14, top + 1.02), 0.01)
    tube = box((1.1, 0.05, 0.008), (0.0, y - 0.14, top + 0.999))
    brackets = [
        box((0.03, 0.16, 0.02), (s * 0.5, y - 0.07, top + 1.03)) for s in (-1.0, 1.0)
    ]
    parts.add(paint.MACHINE_BLUE, shelf)
    parts.smooth(paint.FRAME_DARK, lamp)
    parts.add(paint.FRAME_DARK, *brackets)
    parts.add(paint.LAMP_CLEAR, tube)
