"""What is painted on the floor: lane, keep-clear area, parking places."""

from __future__ import annotations

import numpy as np

from assets.makers import paint
from assets.makers.machine_parts import Parts, on_both_sides
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
    Shape,
    box,
    prism,
    rounded_box,
    span,
)

_SOURCE: dict[str, Json] = {
    "source": "assumed: a light steel hall, bays of 6 m, span of 12 m",
    "confidence": "C",
}
# Segments of a digit: middle, then clockwise from the top, as bits.
_DIGITS = ("1111110", "0110000", "1101101", "1111001", "0110011",
           "1011011", "1011111", "1110000", "1111111", "1111011")  # fmt: skip


def build_floor_mark(
    name: str = "floor_mark", length_m: float = 3.0, width_m: float = 2.5
) -> Asset:
    """Return a length of lane: two yellow lines along x, and an arrow.

    Args:
        name: Of the asset.
        length_m: Along x.
        width_m: Of the lane, lines included.
    """
    hx, hy = length_m / 2.0, width_m / 2.0
    parts = Parts()
    parts.add(
        paint.HAZARD_YELLOW,
        *on_both_sides(span((-hx, hy - 0.10, 0.0), (hx, hy, 0.002))),
    )
    shaft = span((-0.65, -0.09, 0.0), (0.25, 0.09, 0.002))
    head = prism([(0.25, -0.28), (0.75, 0.0), (0.25, 0.28)], 0.002, 0.001)
    parts.add(paint.FLOOR_LINE, shaft, head)
    node = Node(
        "marks",
        "mark",
        "floor_mark",
        {"paint": round(0.6 * (0.2 * length_m + 0.3), 3)},
        parts.pieces(),
        ports=[
            Port(
                "in",
                "lane",
                "both",
                (-hx, 0.0, 0.0),
                turned((-1.0, 0.0, 0.0), (0.0, -1.0, 0.0)),
            ),
            Port("out", "lane", "both", (hx, 0.0, 0.0)),
        ],
        notes={**floor_space((-hx, -hy), (hx, hy), {}), **_SOURCE},
    )
    return Asset(name, [node])


def build_danger_mark(
    name: str = "danger_mark", length_m: float = 3.0, width_m: float = 1.5
) -> Asset:
    """Return a hatched rectangle on the floor that must stay free.

    Args:
        name: Of the asset.
        length_m: Along x.
        width_m: Along y.
    """
    hx, hy, band = length_m / 2.0, width_m / 2.0, 0.08
    parts = Parts()
    parts.add(
        paint.HAZARD_YELLOW,
        *on_both_sides(span((-hx, hy - band, 0.0), (hx, hy, 0.002))),
        *(
            span(
                (min(s * hx, s * (hx - band)), -hy + band, 0.0),
                (max(s * hx, s * (hx - band)), hy - band, 0.002),
            )
            for s in (-1.0, 1.0)
        ),
    )
    inner_x, inner_y = hx - band, hy - band
    step, half = 0.36, 0.06
    for c in np.arange(-inner_x - inner_y + step / 2, inner_x + inner_y, step):
        # A bar at 45 degrees, cut where it meets the frame.
        low = max(-inner_y, -inner_x - float(c) + half)
        high = min(inner_y, inner_x - float(c) - half)
        if high - low > 0.05:
            bar = [
                (c + low - half, low),
                (c + low + half, low),
                (c + high + half, high),
                (c + high - half, high),
            ]
            parts.add(paint.HAZARD_YELLOW, prism(bar, 0.0018, 0.0009))
    node = Node(
        "marks",
        "mark",
        "danger_mark",
        {"paint": round(0.25 * length_m * width_m, 3)},
        parts.pieces(),
        notes={
            **floor_space((-hx, -hy), (hx, hy), {}),
            "zone": "keep_clear",
            **_SOURCE,
        },
    )
    return Asset(name, [node])


def build_parking_row(
    name: str = "parking_row",
    n_places: int = 5,
    place_m: tuple[float, float] = (5.0, 2.5),
) -> Asset:
    """Return numbered places side by side along y; cars enter from -x.

    Args:
        name: Of the asset.
        n_places: How many.
        place_m: Length along x and width of each.
    """
    length, width = place_m
    hx, hy = length / 2.0, n_places * width / 2.0
    parts = Parts()
    lines = [
        span((-hx, -hy + n * width - 0.05, 0.0), (hx, -hy + n * width + 0.05, 0.002))
        for n in range(n_places + 1)
    ]
    parts.add(paint.FLOOR_LINE, *lines, span((hx - 0.1, -hy, 0.0), (hx, hy, 0.002)))
    ports = []
    for n in range(n_places):
        y = -hy + (n + 0.5) * width
        parts.add(paint.FLOOR_LINE, *floor_number(n + 1, -hx + 0.7, y, 0.9))
        stop = rounded_box((0.14, 1.7, 0.10), (hx - 0.75, y, 0.05), 0.03)
        parts.smooth(paint.RUBBER, stop)
        bands = [
            box((0.142, 0.16, 0.09), (hx - 0.75, y + dy, 0.052))
            for dy in (-0.6, -0.2, 0.2, 0.6)
        ]
        parts.add(paint.HAZARD_YELLOW, *bands)
        ports.append(
            Port(
                f"place_{n + 1}",
                "car",
                "both",
                (0.0, y, 0.0),
                turned((-1.0, 0.0, 0.0), (0.0, -1.0, 0.0)),
            )
        )
    node = Node(
        "row",
        "parking",
        "parking_row",
        {"paint": round(0.12 * length * n_places, 2), "rubber": 9.0 * n_places},
        parts.pieces(),
        collision=[
            between(
                (hx - 0.82, -hy + (n + 0.5) * width - 0.85, 0.0),
                (hx - 0.68, -hy + (n + 0.5) * width + 0.85, 0.10),
            )
            for n in range(n_places)
        ],
        ports=ports,
        notes={
            **floor_space(
                (-hx, -hy - 0.05),
                (hx, hy + 0.05),
                {"-x": 5.0},
                "assumed: places of 2.5 x 5 m off an aisle of 5 m",
            ),
            **_SOURCE,
        },
    )
    return Asset(name, [node])


def floor_number(number: int, x_m: float, y_m: float, height_m: float) -> list[Shape]:
    """Return a number painted on the floor, read by who looks along +x."""
    width, t = 0.55 * height_m, 0.14 * height_m
    shapes: list[Shape] = []
    text = str(number)
    for k, digit in enumerate(text):
        across = y_m - (k - (len(text) - 1) / 2.0) * 1.4 * width
        h, w = height_m / 2.0 - t / 2.0, width / 2.0 - t / 2.0
        bars = {
            0: ((h, 0.0), (t, width)),
            1: ((h / 2, -w), (h, t)),
            2: ((-h / 2, -w), (h, t)),
            3: ((-h, 0.0), (t, width)),
            4: ((-h / 2, w), (h, t)),
            5: ((h / 2, w), (h, t)),
            6: ((0.0, 0.0), (t, width)),
        }
        for segment, on in enumerate(_DIGITS[int(digit)]):
            if on == "1":
                (dx, dy), (sx, sy) = bars[segment]
                shapes.append(box((sx, sy, 0.002), (x_m + dx, across + dy, 0.001)))
    return shapes
