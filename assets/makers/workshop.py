"""What stands in a workshop: parts shelf, workbench, tool trolley."""

from __future__ import annotations

import numpy as np

from assets.makers import paint
from assets.makers.machine_parts import Parts, at_four_corners, castor, on_both_sides
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
from assets.makers.paint import Paint
from assets.makers.shape import (
    Shape,
    box,
    cylinder,
    open_box,
    ring,
    rounded_box,
    sweep,
)

_FRONT = turned((0.0, -1.0, 0.0), (1.0, 0.0, 0.0))
_ASSUMED: dict[str, Json] = {
    "source": "assumed: usual workshop furniture",
    "confidence": "C",
}
_DRAWERS_M = (0.075, 0.075, 0.10, 0.10, 0.15, 0.20)


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


def build_tool_trolley(name: str = "tool_trolley") -> Asset:
    """Return a trolley of six drawers on castors; its front is at -y.

    Args:
        name: Of the asset.
    """
    width, depth, low, high = 0.70, 0.46, 0.16, 0.92
    hy = depth / 2.0
    parts = Parts()
    for x, trail in ((-0.27, 0.0), (0.27, 0.02)):
        for y in (-0.16, 0.16):
            castor(parts, x, y, 0.06, trail)
    parts.smooth(
        paint.MACHINE_BLUE,
        rounded_box((width, depth, high - low), (0.0, 0.0, (low + high) / 2), 0.015),
    )
    parts.smooth(
        paint.RUBBER,
        rounded_box((width + 0.03, depth + 0.03, 0.03), (0.0, 0.0, low + 0.015), 0.01),
    )
    tray = open_box((width + 0.02, depth + 0.02, 0.05), 0.012, 0.02)
    parts.add(paint.RUBBER, tray.moved((0.0, 0.0, high)))
    handle: list[Shape] = [
        sweep(
            [
                (width / 2 + 0.01, -0.17, 0.84),
                (width / 2 + 0.075, -0.17, 0.87),
                (width / 2 + 0.075, 0.17, 0.87),
                (width / 2 + 0.01, 0.17, 0.84),
            ],
            0.013,
            10,
        )
    ]
    parts.smooth(paint.STEEL_BRIGHT, *handle)
    for at, size, colour in (
        ((-0.2, 0.05), (0.22, 0.06, 0.04), paint.SAFETY_RED),
        ((0.12, -0.08), (0.16, 0.1, 0.05), paint.FRAME_DARK),
    ):
        parts.smooth(colour, rounded_box(size, (*at, high + 0.012 + size[2] / 2), 0.01))
    parts.add(
        paint.STEEL_BRIGHT, cylinder(0.009, 0.3, (-0.05, 0.14, high + 0.022), "x", 10)
    )
    case = Node(
        "case",
        "tool_trolley",
        "tool_trolley",
        {"steel": 46.0, "rubber": 4.0},
        parts.pieces(),
        collision=[between((-width / 2, -hy, 0.10), (width / 2, hy, high + 0.05))],
        ports=[
            Port("tools", "tools", "both", (0.0, -hy, 0.5), _FRONT),
            Port(
                "push",
                "tow",
                "in",
                (width / 2 + 0.075, 0.0, 0.87),
                turned((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
            ),
        ],
        notes={
            **floor_space((-0.37, -0.27), (0.46, 0.26), {"-y": 0.8, "+x": 0.6}),
            **_ASSUMED,
        },
    )
    return Asset(name, [case, *_trolley_drawers(width, depth, high)])


def _trolley_drawers(width: float, depth: float, high: float) -> list[Node]:
    """Return the drawers, each on a joint of its own, the top one first."""
    nodes: list[Node] = []
    z = high - 0.02
    for n, height in enumerate(_DRAWERS_M, start=1):
        parts = Parts()
        front = rounded_box(
            (width - 0.04, 0.02, height - 0.012), (0.0, 0.0, 0.0), 0.006, 1
        )
        parts.smooth(paint.STEEL_LIGHT, front)
        grip = rounded_box(
            (width - 0.08, 0.016, 0.02), (0.0, -0.014, height / 2 - 0.022), 0.005, 1
        )
        parts.smooth(paint.FRAME_DARK, grip)
        tray = open_box((width - 0.08, depth - 0.08, height - 0.03), 0.002, 0.01, 1)
        parts.add(
            paint.STEEL,
            tray.moved((0.0, (depth - 0.08) / 2 + 0.01, -height / 2 + 0.01)),
        )
        nodes.append(
            Node(
                f"drawer_{n}",
                "drawer",
                "tool_drawer",
                {"steel": round(3.0 + 20.0 * height, 2)},
                parts.pieces(),
                position_m=(0.0, -depth / 2 - 0.008, round(z - height / 2, 4)),
                collision=[
                    between(
                        (-width / 2 + 0.02, -0.01, -height / 2),
                        (width / 2 - 0.02, 0.01, height / 2),
                    )
                ],
                joint=Joint(f"drawer_{n}", "prismatic", (0.0, -1.0, 0.0), 0.0, 0.32),
                notes=_ASSUMED,
                label_values={"number": n},
            )
        )
        z -= height
    return nodes
