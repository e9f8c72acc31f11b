"""The trolley that tools lie in."""

from __future__ import annotations

from assets.makers import paint
from assets.makers.machine_parts import Parts, castor
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
    cylinder,
    open_box,
    rounded_box,
    sweep,
)

_FRONT = turned((0.0, -1.0, 0.0), (1.0, 0.0, 0.0))
_ASSUMED: dict[str, Json] = {
    "source": "assumed: usual workshop furniture",
    "confidence": "C",
}
_DRAWERS_M = (0.075, 0.075, 0.10, 0.10, 0.15, 0.20)


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
