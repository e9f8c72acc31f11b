"""What keeps people safe at a cell's edge: light curtain, e-stop, explosive zone."""

from __future__ import annotations

import math

from assets.makers import paint
from assets.makers.node import (
    SMOOTH_CREASE_DEG,
    Asset,
    Node,
    Piece,
    between,
    floor_space,
)
from assets.makers.shape import Shape, box, cylinder, joined, prism, rounded_box, span


def build_light_curtain(
    name: str = "light_curtain", width_m: float = 2.0, height_m: float = 1.80
) -> Asset:
    """Return a curtain across y, x through it; both columns stand on the floor.

    Args:
        name: Of the asset.
        width_m: Clear width between the columns.
        height_m: Of the columns.
    """
    nodes = []
    for part, side in (("sender", 1.0), ("receiver", -1.0)):
        column = rounded_box(
            (0.07, 0.07, height_m - 0.02), (0.0, 0.0, height_m / 2.0), 0.012, 1
        )
        window = box(
            (0.036, 0.004, height_m - 0.30),
            (0.0, -side * 0.0355, height_m / 2.0 + 0.05),
        )
        cap = rounded_box((0.076, 0.076, 0.05), (0.0, 0.0, height_m - 0.025), 0.012, 1)
        lamp = cylinder(0.012, 0.006, (0.0, -side * 0.039, height_m - 0.025), "y", 12)
        foot = box((0.20, 0.20, 0.016), (0.0, 0.0, 0.008))
        anchors = [
            cylinder(0.010, 0.02, (dx, dy, 0.024), sides=6)
            for dx in (-0.075, 0.075)
            for dy in (-0.075, 0.075)
        ]
        half = width_m / 2.0 + 0.035
        nodes.append(
            Node(
                part,
                "sensor",
                f"light_curtain_{part}",
                {"aluminium": 6.2, "plastic": 1.4, "steel": 5.0},
                [
                    Piece(paint.HAZARD_YELLOW, column, SMOOTH_CREASE_DEG),
                    Piece(paint.PLASTIC_BLACK, joined([window, cap])),
                    Piece(paint.GREEN_LIGHT, lamp),
                    Piece(paint.STEEL_DARK, joined([foot, *anchors])),
                ],
                position_m=(0.0, side * half, 0.0),
                collision=[between((-0.035, -0.035, 0.0), (0.035, 0.035, height_m))],
                notes={
                    "curtain": {
                        "low_z_m": 0.30,
                        "high_z_m": height_m - 0.10,
                        "resolution_m": 0.030,
                    },
                    **floor_space((-0.10, -half - 0.10), (0.10, half + 0.10), {}),
                }
                if side > 0.0
                else {},
            )
        )
    return Asset(name, nodes)


def build_stop_post(name: str = "e_stop_post") -> Asset:
    """Return a post with an emergency stop at 1.1 m and a reset below, facing +x."""
    post = rounded_box((0.08, 0.08, 1.02), (0.0, 0.0, 0.53), 0.012, 1)
    case = rounded_box((0.10, 0.14, 0.24), (0.0, 0.0, 1.10), 0.02, 2)
    collar = cylinder(0.042, 0.008, (0.053, 0.0, 1.14), "x", 20)
    stem = cylinder(0.014, 0.03, (0.066, 0.0, 1.14), "x", 12)
    mushroom = cylinder(0.028, 0.018, (0.086, 0.0, 1.14), "x", 20)
    reset = cylinder(0.014, 0.012, (0.055, 0.0, 1.04), "x", 12)
    foot = box((0.22, 0.22, 0.016), (0.0, 0.0, 0.008))
    node = Node(
        "post",
        "e_stop",
        "e_stop_post",
        {"steel": 9.0, "plastic": 0.9, "copper": 0.3},
        [
            Piece(paint.FRAME_DARK, post),
            Piece(paint.HAZARD_YELLOW, joined([case, collar]), SMOOTH_CREASE_DEG),
            Piece(paint.STEEL_DARK, joined([stem, foot])),
            Piece(paint.SAFETY_RED, mushroom),
            Piece(paint.CYLINDER_BLUE, reset),
        ],
        collision=[between((-0.05, -0.07, 0.0), (0.095, 0.07, 1.22))],
        notes={
            "button_position_m": [0.095, 0.0, 1.14],
            **floor_space((-0.11, -0.11), (0.11, 0.11), {"+x": 0.8}),
        },
    )
    return Asset(name, [node])


def build_explosive_zone(
    name: str = "atex_zone", length_m: float = 5.2, width_m: float = 3.2
) -> Asset:
    """Return the marks on the floor round a zone, and its sign at a corner.

    Args:
        name: Of the asset.
        length_m: Along x.
        width_m: Along y.
    """
    hx, hy, band = length_m / 2.0, width_m / 2.0, 0.12
    edge = [
        *(
            span(
                (-hx, min(s * hy, s * (hy - band)), 0.0),
                (hx, max(s * hy, s * (hy - band)), 0.002),
            )
            for s in (-1.0, 1.0)
        ),
        *(
            span(
                (min(s * hx, s * (hx - band)), -hy + band, 0.0),
                (max(s * hx, s * (hx - band)), hy - band, 0.002),
            )
            for s in (-1.0, 1.0)
        ),
    ]
    bars: list[Shape] = []
    for s in (-1.0, 1.0):
        n_bars = int((length_m - 0.2) / 0.3)
        bars += [
            _slanted(-hx + 0.2 + 0.3 * n, s * (hy - band / 2.0), band)
            for n in range(n_bars)
        ]
        n_bars = int((width_m - 0.4) / 0.3)
        bars += [
            _slanted(0.0, 0.0, band).moved(
                (s * (hx - band / 2.0), -hy + 0.3 + 0.3 * n, 0.0),
                (0.707106781, 0.0, 0.0, 0.707106781),
            )
            for n in range(n_bars)
        ]
    marks = Node(
        "marks",
        "zone",
        "atex_zone",
        {"paint": round(0.6 * (length_m + width_m) * band * 2.0, 3)},
        [
            Piece(paint.HAZARD_YELLOW, joined(edge)),
            Piece(paint.HAZARD_BLACK, joined([*bars, *_letters(hx, hy)])),
        ],
        notes={
            "zone": "explosive_atmosphere",
            **floor_space((-hx, -hy - 0.34), (hx, hy), {}),
        },
    )
    return Asset(name, [marks, _sign(hx, hy)])


def _slanted(x_m: float, y_m: float, width_m: float) -> Shape:
    bar = box((0.09, width_m, 0.0012), (0.0, 0.0, 0.0026))
    points = bar.positions_m.copy()
    points[:, 0] += points[:, 1] * 0.8
    return Shape(points, bar.triangles).moved((x_m, y_m, 0.0))


def _letters(half_x_m: float, half_y_m: float) -> list[Shape]:
    """Return "EX" lying on the floor inside the front corner."""
    x, y, z = -half_x_m + 0.55, -half_y_m + 0.55, 0.001
    t, h, w = 0.07, 0.40, 0.26
    e = [box((t, h, 0.002), (x, y, z))]
    e += [
        box((w, t, 0.002), (x + w / 2.0 - t / 2.0, y + dy, z))
        for dy in (-h / 2 + t / 2, 0.0, h / 2 - t / 2)
    ]
    cross = [
        box((t, 1.12 * h, 0.002)).moved(
            (x + w + 0.24, y, z), (math.cos(a / 2.0), 0.0, 0.0, math.sin(a / 2.0))
        )
        for a in (-0.55, 0.55)
    ]
    return e + cross


def warning_sign(radius_m: float, thickness_m: float = 0.004) -> Shape:
    """Return a warning sign of triangular form that faces -y, about its middle."""
    corners = [
        (radius_m * math.cos(a), radius_m * math.sin(a))
        for a in (math.pi / 2, math.pi * 7 / 6, math.pi * 11 / 6)
    ]
    return prism(corners, thickness_m).moved(wxyz=(0.707106781, 0.707106781, 0.0, 0.0))


def _sign(half_x_m: float, half_y_m: float) -> Node:
    """Return the triangular sign on a post, seen from -y (ISO 7010 W021's shape)."""
    post = cylinder(0.025, 1.9, (0.0, 0.0, 0.95), sides=12)
    foot = cylinder(0.14, 0.02, (0.0, 0.0, 0.01), sides=20)
    plate = (0.0, -0.035, 1.72)
    border = warning_sign(0.22, 0.006).moved(plate)
    strokes = [
        box((0.016, 0.003, 0.085), (-0.050, -0.042, 1.70)),
        *(
            box((0.045, 0.003, 0.015), (-0.034, -0.042, 1.70 + dz))
            for dz in (-0.035, 0.0, 0.035)
        ),
        *(
            box((0.015, 0.003, 0.098)).moved(
                (0.040, -0.042, 1.70), (math.cos(a / 2.0), 0.0, math.sin(a / 2.0), 0.0)
            )
            for a in (-0.55, 0.55)
        ),
    ]
    return Node(
        "sign",
        "sign",
        "atex_sign",
        {"steel": 8.0},
        [
            Piece(paint.STEEL, joined([post, foot])),
            Piece(
                paint.HAZARD_BLACK,
                joined([border, *strokes]),
            ),
            Piece(paint.HAZARD_YELLOW, warning_sign(0.185, 0.010).moved(plate)),
        ],
        position_m=(half_x_m - 0.2, -half_y_m - 0.2, 0.0),
        collision=[between((-0.03, -0.03, 0.0), (0.03, 0.03, 1.9))],
    )
