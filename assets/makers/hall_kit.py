"""A hall in pieces: column, wall, gate, roof, and the marks on its floor."""

from __future__ import annotations

import itertools

import numpy as np

from assets.makers import paint
from assets.makers.machine_parts import Parts, bolts, i_beam, on_both_sides, stripes
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
    prism,
    rounded_box,
    span,
    sweep,
)

COLUMN_HEIGHT_M = 6.5
BAY_M = 6.0
SPAN_M = 12.0
_FRONT = turned((0.0, -1.0, 0.0), (1.0, 0.0, 0.0))
_BEHIND = turned((0.0, 1.0, 0.0), (-1.0, 0.0, 0.0))
_UP = turned((0.0, 0.0, 1.0), (0.0, 1.0, 0.0))
_SOURCE: dict[str, Json] = {
    "source": "assumed: a light steel hall, bays of 6 m, span of 12 m",
    "confidence": "C",
}
# Segments of a digit: middle, then clockwise from the top, as bits.
_DIGITS = ("1111110", "0110000", "1101101", "1111001", "0110011",
           "1011011", "1011111", "1110000", "1111111", "1111011")  # fmt: skip


def build_hall_column(
    name: str = "hall_column", height_m: float = COLUMN_HEIGHT_M
) -> Asset:
    """Return a column with its base, guard and pipe; origin below its middle.

    Args:
        name: Of the asset.
        height_m: To the roof's underside.
    """
    parts = Parts()
    upright = i_beam(height_m - 0.05, 0.30, 0.30)
    parts.add(
        paint.STEEL_LIGHT,
        upright.moved(
            (0.0, 0.0, height_m / 2.0 + 0.025), (0.707106781, 0.0, -0.707106781, 0.0)
        ),
    )
    parts.add(paint.STEEL_DARK, box((0.52, 0.52, 0.03), (0.0, 0.0, 0.015)))
    gussets = [box((0.015, 0.10, 0.24), (0.0, s * 0.2, 0.15)) for s in (-1.0, 1.0)]
    parts.add(paint.STEEL_DARK, *gussets)
    places = [(x, y, 0.04) for x in (-0.2, 0.2) for y in (-0.2, 0.2)]
    parts.add(paint.STEEL_DARK, *bolts(places, 0.022))
    for s in (-1.0, 1.0):
        guard = rounded_box((0.06, 0.44, 0.9), (s * 0.20, 0.0, 0.5), 0.02)
        parts.smooth(paint.HAZARD_YELLOW, guard)
        for z in (0.22, 0.46, 0.70):
            parts.add(
                paint.HAZARD_BLACK, box((0.063, 0.443, 0.09), (s * 0.20, 0.0, z + 0.04))
            )
    parts.add(paint.STEEL, box((0.4, 0.4, 0.03), (0.0, 0.0, height_m - 0.015)))
    parts.smooth(
        paint.ZINC,
        cylinder(0.028, height_m - 0.4, (0.09, 0.10, height_m / 2 + 0.15), sides=12),
    )
    parts.smooth(
        paint.STEEL_LIGHT, rounded_box((0.14, 0.10, 0.22), (0.0, -0.15, 1.35), 0.015)
    )
    parts.add(paint.SAFETY_RED, box((0.12, 0.012, 0.12), (0.0, -0.206, 1.36)))
    node = Node(
        "column",
        "hall",
        "hall_column",
        {"steel": round(117.0 * height_m + 42.0, 1)},
        parts.pieces(),
        collision=[between((-0.26, -0.26, 0.0), (0.26, 0.26, height_m))],
        ports=[Port("roof", "hall_roof", "both", (0.0, 0.0, height_m), _UP)],
        notes={**floor_space((-0.26, -0.26), (0.26, 0.26), {}), **_SOURCE},
    )
    return Asset(name, [node])


def build_hall_wall(
    name: str = "hall_wall", length_m: float = BAY_M, height_m: float = COLUMN_HEIGHT_M
) -> Asset:
    """Return a bay of wall along x, its inner face towards -y, with a band of light.

    Args:
        name: Of the asset.
        length_m: Along x.
        height_m: Of its top.
    """
    hx, low, high = length_m / 2.0, 4.2, 5.5
    parts = Parts()
    plinth = span((-hx, -0.05, 0.0), (hx, 0.15, 0.4))
    parts.add(paint.CONCRETE_DARK, plinth)
    n = round(length_m)
    width = length_m / n
    for k in range(n):
        x = -hx + (k + 0.5) * width
        parts.smooth(
            paint.WALL,
            rounded_box(
                (width - 0.008, 0.10, low - 0.4), (x, 0.05, (low + 0.4) / 2), 0.006, 1
            ),
        )
        parts.smooth(
            paint.WALL,
            rounded_box(
                (width - 0.008, 0.10, height_m - high),
                (x, 0.05, (height_m + high) / 2),
                0.006,
                1,
            ),
        )
        parts.add(
            paint.STEEL,
            box(
                (0.05, 0.11, high - low),
                (x - width / 2 + 0.025, 0.05, (low + high) / 2),
            ),
        )
    parts.add(
        paint.STEEL, box((0.05, 0.11, high - low), (hx - 0.025, 0.05, (low + high) / 2))
    )
    parts.add(paint.DAYLIGHT, span((-hx, 0.04, low), (hx, 0.06, high)))
    parts.add(
        paint.STEEL, *(box((length_m, 0.13, 0.06), (0.0, 0.05, z)) for z in (low, high))
    )
    parts.add(paint.WALL_BAND, span((-hx, -0.012, 0.4), (hx, 0.0, 1.2)))
    rail = [box((length_m, 0.06, 0.14), (0.0, -0.10, z)) for z in (0.30, 0.62)]
    stands = [
        box((0.10, 0.06, 0.74), (float(x), -0.06, 0.37))
        for x in np.linspace(-hx + 0.3, hx - 0.3, 4)
    ]
    parts.smooth(paint.HAZARD_YELLOW, *rail)
    parts.add(paint.FRAME_DARK, *stands)
    tray = span((-hx, -0.22, 3.6), (hx, -0.02, 3.63))
    lips = [span((-hx, y, 3.6), (hx, y + 0.006, 3.68)) for y in (-0.22, -0.026)]
    parts.add(paint.ZINC, tray, *lips)
    cables = [
        cylinder(0.018, length_m, (0.0, y, 3.65), "x", 8) for y in (-0.17, -0.12, -0.08)
    ]
    parts.smooth(paint.PLASTIC_BLACK, *cables)
    node = Node(
        "wall",
        "hall",
        "hall_wall_bay",
        {
            "steel": round(62.0 * length_m, 1),
            "insulation": round(21.0 * length_m, 1),
            "glass": round(20.0 * length_m, 1),
        },
        parts.pieces(),
        collision=[between((-hx, -0.13, 0.0), (hx, 0.15, height_m))],
        ports=[
            Port(
                "left",
                "hall_wall",
                "both",
                (-hx, 0.05, 0.0),
                turned((-1.0, 0.0, 0.0), (0.0, -1.0, 0.0)),
            ),
            Port("right", "hall_wall", "both", (hx, 0.05, 0.0)),
        ],
        notes={**floor_space((-hx, -0.23), (hx, 0.16), {}), **_SOURCE},
    )
    return Asset(name, [node])


def build_hall_gate(
    name: str = "hall_gate", width_m: float = 4.0, height_m: float = 4.5
) -> Asset:
    """Return a bay of wall with a sectional gate; inside is -y.

    Args:
        name: Of the asset.
        width_m: Clear width.
        height_m: Clear height.
    """
    hx, half, top = BAY_M / 2.0, width_m / 2.0, COLUMN_HEIGHT_M
    parts = Parts()
    for s in (-1.0, 1.0):
        x = s * (hx + half) / 2.0
        parts.smooth(
            paint.WALL,
            rounded_box((hx - half - 0.01, 0.10, top), (x, 0.05, top / 2), 0.006, 1),
        )
        frame = box(
            (0.14, 0.16, height_m + 0.1),
            (s * (half + 0.07), 0.03, (height_m + 0.1) / 2),
        )
        parts.add(paint.FRAME_DARK, frame)
        rail = box(
            (0.06, 0.06, height_m + 0.9),
            (s * (half + 0.03), -0.09, (height_m + 0.9) / 2),
        )
        parts.add(paint.ZINC, rail)
        bollard = cylinder(0.08, 1.1, (s * (half + 0.30), -0.35, 0.55), sides=22)
        parts.smooth(paint.HAZARD_YELLOW, bollard)
        for z in (0.35, 0.75):
            parts.add(
                paint.HAZARD_BLACK,
                cylinder(0.082, 0.16, (s * (half + 0.30), -0.35, z), sides=22),
            )
        parts.add(
            paint.STEEL_DARK,
            cylinder(0.14, 0.02, (s * (half + 0.30), -0.35, 0.01), sides=22),
        )
    parts.smooth(
        paint.WALL,
        rounded_box(
            (width_m, 0.10, top - height_m - 0.1),
            (0.0, 0.05, (top + height_m + 0.1) / 2),
            0.006,
            1,
        ),
    )
    parts.add(
        paint.FRAME_DARK,
        box((width_m + 0.28, 0.16, 0.14), (0.0, 0.03, height_m + 0.07)),
    )
    stripes(parts, width_m, 0.16, (0.0, -0.056, height_m + 0.08))
    shaft = cylinder(0.05, width_m + 0.3, (0.0, -0.16, height_m + 0.75), "x", 14)
    springs = [
        cylinder(0.09, 1.2, (s * 0.9, -0.16, height_m + 0.75), "x", 18)
        for s in (-1.0, 1.0)
    ]
    drums = [
        cylinder(0.13, 0.05, (s * (half - 0.02), -0.16, height_m + 0.75), "x", 18)
        for s in (-1.0, 1.0)
    ]
    parts.smooth(paint.STEEL, shaft, *springs, *drums)
    parts.smooth(
        paint.MACHINE_BLUE,
        rounded_box((0.34, 0.24, 0.2), (half - 0.3, -0.18, height_m + 0.45), 0.03),
    )
    for n, colour in enumerate((paint.LAMP_RED, paint.GREEN_LIGHT)):
        parts.smooth(
            colour, cylinder(0.07, 0.05, (half + 0.35, -0.05, 2.35 - 0.18 * n), "y", 20)
        )
    parts.smooth(
        paint.FRAME_DARK,
        rounded_box((0.2, 0.04, 0.42), (half + 0.35, -0.02, 2.26), 0.015),
    )
    node = Node(
        "frame",
        "hall",
        "hall_gate_frame",
        {"steel": 640.0, "insulation": 70.0},
        parts.pieces(),
        collision=[
            between((half, -0.1, 0.0), (hx, 0.1, top)),
            between((-hx, -0.1, 0.0), (-half, 0.1, top)),
            between((-half, -0.1, height_m), (half, 0.1, top)),
            *(
                between(
                    (s * (half + 0.30) - 0.08, -0.43, 0.0),
                    (s * (half + 0.30) + 0.08, -0.27, 1.1),
                )
                for s in (-1.0, 1.0)
            ),
        ],
        ports=[
            Port("inside", "lane", "both", (0.0, -0.1, 0.0), _FRONT),
            Port("outside", "lane", "both", (0.0, 0.1, 0.0), _BEHIND),
        ],
        notes={
            **floor_space(
                (-hx, -0.50),
                (hx, 0.12),
                {"-y": 3.0, "+y": 3.0},
                "assumed: a truck's length is asked for by whoever plans lanes",
            ),
            **_SOURCE,
        },
    )
    return Asset(name, [node, _gate_leaf(width_m, height_m)])


def _gate_leaf(width: float, height: float) -> Node:
    parts = Parts()
    n = 8
    h = height / n
    for k in range(n):
        z = (k + 0.5) * h
        parts.smooth(
            paint.STEEL_LIGHT,
            rounded_box((width - 0.02, 0.045, h - 0.008), (0.0, 0.0, z), 0.012, 1),
        )
        parts.add(
            paint.STEEL,
            *(
                box((width - 0.04, 0.049, 0.012), (0.0, 0.0, z + dz))
                for dz in (-0.12, 0.12)
            ),
        )
    z = 3.5 * h
    for x in np.linspace(-width / 2 + 0.6, width / 2 - 0.6, 4):
        parts.smooth(
            paint.PLASTIC_BLACK,
            rounded_box((0.62, 0.055, 0.32), (float(x), 0.0, z), 0.02, 1),
        )
        parts.smooth(
            paint.DAYLIGHT,
            rounded_box((0.54, 0.060, 0.24), (float(x), 0.0, z), 0.02, 1),
        )
    parts.add(paint.RUBBER, box((width - 0.02, 0.055, 0.05), (0.0, 0.0, 0.025)))
    return Node(
        "leaf",
        "door",
        "hall_gate_leaf",
        {"steel": 148.0, "insulation": 34.0},
        parts.pieces(),
        position_m=(0.0, -0.075, 0.0),
        collision=[between((-width / 2, -0.03, 0.0), (width / 2, 0.03, height))],
        joint=Joint("leaf", "prismatic", (0.0, 0.0, 1.0), 0.0, height - 0.3),
        notes=_SOURCE,
    )


def build_hall_roof(name: str = "hall_roof", bay_m: float = BAY_M) -> Asset:
    """Return a bay of roof: two trusses along y, purlins, sheets, lamps.

    Frame: on the floor below its middle; its trusses rest on columns at
    y = ± 6 m, which this asset does not contain.

    Args:
        name: Of the asset.
        bay_m: Along x, from truss to truss.
    """
    hx, hy, low = bay_m / 2.0, SPAN_M / 2.0, COLUMN_HEIGHT_M
    parts = Parts()
    for x in (-hx, hx):
        parts.add(paint.STEEL_LIGHT, *_truss(x * 0.985, hy, low))
    ys = np.linspace(-hy + 0.4, hy - 0.4, 9)
    purlins = [i_beam(bay_m, 0.16, 0.09).moved((0.0, float(y), low + 1.08)) for y in ys]
    parts.add(paint.STEEL_LIGHT, *purlins)
    for a, b in ((-hy - 0.3, -1.6), (1.6, hy + 0.3)):
        parts.add(paint.WALL, span((-hx, a, low + 1.17), (hx, b, low + 1.29)))
        ribs = [
            box((0.03, b - a, 0.04), (float(x), (a + b) / 2, low + 1.305))
            for x in np.linspace(-hx + 0.15, hx - 0.15, 13)
        ]
        parts.add(paint.WALL, *ribs)
    parts.add(paint.DAYLIGHT, span((-hx, -1.6, low + 1.18), (hx, 1.6, low + 1.22)))
    parts.add(
        paint.STEEL,
        *(
            box((0.05, 3.2, 0.07), (float(x), 0.0, low + 1.24))
            for x in np.linspace(-hx + 0.03, hx - 0.03, 7)
        ),
    )
    for y in (-3.4, 3.4):
        lamp = rounded_box((1.5, 0.2, 0.07), (0.0, y, low - 0.25), 0.02)
        tube = box((1.4, 0.13, 0.02), (0.0, y, low - 0.288))
        wires = [
            cylinder(0.006, 1.25, (dx, y, low + 0.40), sides=6) for dx in (-0.6, 0.6)
        ]
        parts.smooth(paint.STEEL_LIGHT, lamp)
        parts.add(paint.LAMP_CLEAR, tube)
        parts.add(paint.STEEL_DARK, *wires)
    pipe = cylinder(0.05, bay_m, (0.0, 2.2, low + 0.16), "x", 14)
    parts.smooth(paint.SAFETY_RED, pipe)
    node = Node(
        "roof",
        "hall",
        "hall_roof_bay",
        {"steel": 2950.0, "insulation": 520.0, "plastic": 90.0},
        parts.pieces(),
        ports=[
            Port(
                f"column_{n}",
                "hall_roof",
                "both",
                (x, y, low),
                turned((0.0, 0.0, -1.0), (0.0, 1.0, 0.0)),
            )
            for n, (x, y) in enumerate(
                ((-hx, -hy), (hx, -hy), (hx, hy), (-hx, hy)), start=1
            )
        ],
        collision=[between((-hx, -hy - 0.3, low), (hx, hy + 0.3, low + 1.29))],
        notes={**floor_space((-hx, -hy - 0.3), (hx, hy + 0.3), {}), **_SOURCE},
    )
    return Asset(name, [node])


def _truss(x: float, hy: float, low: float) -> list[Shape]:
    """Return a parallel truss along y: two chords and the bars between."""
    chords = [
        box((0.14, 2 * hy + 0.3, 0.12), (x, 0.0, z)) for z in (low + 0.06, low + 0.94)
    ]
    nodes = np.linspace(-hy, hy, 11)
    bars = [
        sweep(
            [
                (x, float(a), low + (0.1 if k % 2 else 0.9)),
                (x, float(b), low + (0.9 if k % 2 else 0.1)),
            ],
            0.04,
            8,
        )
        for k, (a, b) in enumerate(itertools.pairwise(nodes))
    ]
    ends = [box((0.12, 0.10, 0.9), (x, s * hy, low + 0.5)) for s in (-1.0, 1.0)]
    return [*chords, *bars, *ends]


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
