"""What parts are put into: mesh box, pallet box."""

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
    joined,
    open_box,
    rounded_box,
    span,
)

_UP = turned((0.0, 0.0, 1.0), (0.0, 1.0, 0.0))


def _walls(
    half_x: float, half_y: float, low: float, high: float, t: float
) -> list[Shape]:
    return [
        *(
            span((-half_x, s * half_y - t / 2, low), (half_x, s * half_y + t / 2, high))
            for s in (-1.0, 1.0)
        ),
        *(
            span((s * half_x - t / 2, -half_y, low), (s * half_x + t / 2, half_y, high))
            for s in (-1.0, 1.0)
        ),
    ]


def build_stillage(
    name: str = "stillage", size_m: tuple[float, float, float] = (1.2, 1.0, 0.9)
) -> Asset:
    """Return a steel mesh box for parts, open at its top.

    Args:
        name: Of the asset.
        size_m: Outer length, width and height.
    """
    length, width, height = size_m
    hx, hy = length / 2.0, width / 2.0
    posts = [
        box((0.06, 0.06, height), (sx * (hx - 0.03), sy * (hy - 0.03), height / 2.0))
        for sx in (-1.0, 1.0)
        for sy in (-1.0, 1.0)
    ]
    rails = [
        box((length - 0.12, 0.04, 0.05), (0.0, s * (hy - 0.03), z))
        for s in (-1.0, 1.0)
        for z in (0.14, height - 0.03)
    ] + [
        box((0.04, width - 0.12, 0.05), (s * (hx - 0.03), 0.0, z))
        for s in (-1.0, 1.0)
        for z in (0.14, height - 0.03)
    ]
    wires: list[Shape] = []
    for s in (-1.0, 1.0):
        wires += [
            box(
                (0.006, 0.006, height - 0.22),
                (
                    -hx + 0.06 + n * (length - 0.12) / 12,
                    s * (hy - 0.03),
                    height / 2 + 0.055,
                ),
            )
            for n in range(1, 12)
        ]
        wires += [
            box(
                (0.006, 0.006, height - 0.22),
                (
                    s * (hx - 0.03),
                    -hy + 0.06 + n * (width - 0.12) / 10,
                    height / 2 + 0.055,
                ),
            )
            for n in range(1, 10)
        ]
        for n in range(1, 8):
            z = 0.165 + n * (height - 0.22) / 8.0
            wires.append(box((length - 0.12, 0.005, 0.005), (0.0, s * (hy - 0.03), z)))
            wires.append(box((0.005, width - 0.12, 0.005), (s * (hx - 0.03), 0.0, z)))
    floor = box((length - 0.06, width - 0.06, 0.02), (0.0, 0.0, 0.125))
    feet = [
        rounded_box(
            (0.12, 0.12, 0.03), (sx * (hx - 0.06), sy * (hy - 0.06), 0.015), 0.01, 1
        )
        for sx in (-1.0, 1.0)
        for sy in (-1.0, 1.0)
    ]
    node = Node(
        "box",
        "container",
        "stillage",
        {"steel": round(52.0 * length * width + 22.0, 1)},
        [
            Piece(paint.MACHINE_BLUE, joined([*posts, *rails])),
            Piece(paint.STEEL, joined(wires)),
            Piece(paint.STEEL_DARK, joined([floor, *feet])),
        ],
        collision=[
            between((-hx + 0.03, -hy + 0.03, 0.115), (hx - 0.03, hy - 0.03, 0.135)),
            *(
                between(
                    (-hx, min(s * hy, s * (hy - 0.06)), 0.0),
                    (hx, max(s * hy, s * (hy - 0.06)), height),
                )
                for s in (-1.0, 1.0)
            ),
            *(
                between(
                    (min(s * hx, s * (hx - 0.06)), -hy, 0.0),
                    (max(s * hx, s * (hx - 0.06)), hy, height),
                )
                for s in (-1.0, 1.0)
            ),
        ],
        ports=[Port("fill", "parts", "in", (0.0, 0.0, height), _UP)],
        notes=floor_space((-hx, -hy), (hx, hy), {"-y": 1.0}),
    )
    return Asset(name, [node])


def build_pallet_box(
    name: str = "pallet_box", size_m: tuple[float, float, float] = (1.2, 0.8, 0.76)
) -> Asset:
    """Return a plastic box on skids, open at its top.

    Args:
        name: Of the asset.
        size_m: Outer length, width and height.
    """
    length, width, height = size_m
    hx, hy, wall = length / 2.0, width / 2.0, 0.03
    tub = open_box((length, width, height - 0.14), wall, 0.04).moved((0.0, 0.0, 0.14))
    skids = [
        box((length - 0.04, 0.12, 0.14), (0.0, y, 0.07))
        for y in (-hy + 0.08, 0.0, hy - 0.08)
    ]
    ribs = [
        box(
            (0.03, 0.016, height - 0.24),
            (x, s * (hy + 0.004), 0.14 + (height - 0.14) / 2.0),
        )
        for s in (-1.0, 1.0)
        for x in (-0.36 * length, -0.12 * length, 0.12 * length, 0.36 * length)
    ]
    rim = _walls(hx - 0.006, hy - 0.006, height - 0.05, height - 0.02, 0.036)
    label = box((0.24, 0.004, 0.15), (0.0, -hy - 0.001, 0.55 * height))
    node = Node(
        "box",
        "container",
        "pallet_box",
        {"plastic": round(34.0 * length * width + 4.0, 1)},
        [
            Piece(paint.PALLET_PLASTIC, joined([tub, *ribs, *rim])),
            Piece(paint.FRAME_DARK, joined(skids)),
            Piece(paint.STICKER, label),
        ],
        collision=[
            between((-hx, -hy, 0.0), (hx, hy, 0.14 + wall)),
            *(
                between(
                    (-hx, min(s * hy, s * (hy - wall)), 0.14),
                    (hx, max(s * hy, s * (hy - wall)), height),
                )
                for s in (-1.0, 1.0)
            ),
            *(
                between(
                    (min(s * hx, s * (hx - wall)), -hy, 0.14),
                    (max(s * hx, s * (hx - wall)), hy, height),
                )
                for s in (-1.0, 1.0)
            ),
        ],
        ports=[Port("fill", "parts", "in", (0.0, 0.0, height), _UP)],
        notes=floor_space((-hx, -hy), (hx, hy), {"-y": 1.0}),
    )
    return Asset(name, [node])
