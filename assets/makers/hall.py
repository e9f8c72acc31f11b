"""The bay of the hall the cell stands in."""

from __future__ import annotations

from assets.makers import paint
from assets.makers.node import Asset, Node, Piece, between
from assets.makers.shape import Shape, box, joined, span

_HALF_X_M = 10.0
_HALF_Y_M = 7.0
_SLAB_M = 0.2
_HEIGHT_M = 6.2
_COLUMNS_X_M = (-9.6, -3.2, 3.2, 9.6)
_COLUMNS_Y_M = (-6.7, 6.7)


def build_hall() -> Asset:
    """Return floor, columns, back wall (y = +7) and roof beams, as nodes."""
    return Asset("hall_bay", [_floor(), _columns(), _wall(), _roof()])


def _floor() -> Node:
    slab = box((2.0 * _HALF_X_M, 2.0 * _HALF_Y_M, _SLAB_M), (0.0, 0.0, -_SLAB_M / 2.0))
    joints = [
        box((0.012, 2.0 * _HALF_Y_M, 0.001), (x, 0.0, 0.0005)) for x in (-5.0, 5.0)
    ]
    lines: list[Shape] = []
    for y in (-5.2, 3.4):
        lines.append(box((2.0 * _HALF_X_M - 1.0, 0.1, 0.002), (0.0, y, 0.001)))
    hatch: list[Shape] = []
    # Danger zone under the lift and the robot's reach: outline and hatching.
    west, east, south, north = -2.6, 3.0, -1.6, 2.4
    for y in (south, north):
        hatch.append(span((west, y - 0.05, 0.0), (east, y + 0.05, 0.002)))
    for x in (west, east):
        hatch.append(span((x - 0.05, south, 0.0), (x + 0.05, north, 0.002)))
    for n in range(14):
        x = west + 0.2 + n * 0.4
        hatch.append(_slanted(x, north + 0.05, north + 0.35))
    return Node(
        "floor",
        "hall",
        "hall_floor",
        {"concrete": 134400.0},
        pieces=[
            Piece(paint.CONCRETE, slab),
            Piece(paint.CONCRETE_DARK, joined(joints)),
            Piece(paint.FLOOR_LINE, joined(lines)),
            Piece(paint.HAZARD_YELLOW, joined(hatch)),
        ],
        collision=[
            between((-_HALF_X_M, -_HALF_Y_M, -1.0), (_HALF_X_M, _HALF_Y_M, 0.0))
        ],
    )


def _slanted(x: float, low_y: float, high_y: float) -> Shape:
    """Return one bar of the hatching, leaning along x."""
    bar = box((0.12, high_y - low_y, 0.002), (0.0, 0.0, 0.001))
    points = bar.positions_m.copy()
    points[:, 0] += points[:, 1] * 0.6
    return Shape(points, bar.triangles).moved((x, (low_y + high_y) / 2.0, 0.0))


def _i_section(length_m: float, depth_m: float, width_m: float) -> Shape:
    """Return an I-beam along x, centred."""
    t = 0.02
    return joined(
        [
            box((length_m, t * 0.7, depth_m - 2 * t)),
            box((length_m, width_m, t), (0.0, 0.0, depth_m / 2 - t / 2)),
            box((length_m, width_m, t), (0.0, 0.0, -depth_m / 2 + t / 2)),
        ]
    )


def _columns() -> Node:
    steel: list[Shape] = []
    guards: list[Shape] = []
    feet: list[Shape] = []
    for x in _COLUMNS_X_M:
        for y in _COLUMNS_Y_M:
            for side in (-1.0, 1.0):
                steel.append(
                    box((0.26, 0.02, _HEIGHT_M), (x, y + side * 0.13, _HEIGHT_M / 2))
                )
            steel.append(box((0.014, 0.24, _HEIGHT_M), (x, y, _HEIGHT_M / 2)))
            guards.append(box((0.3, 0.3, 0.9), (x, y, 0.47)))
            feet.append(box((0.44, 0.44, 0.03), (x, y, 0.015)))
    return Node(
        "columns",
        "hall",
        "hall_columns",
        {"steel": 5200.0},
        pieces=[
            Piece(paint.STEEL, joined(steel)),
            Piece(paint.HAZARD_YELLOW, joined(guards)),
            Piece(paint.STEEL_DARK, joined(feet)),
        ],
        collision=[
            between((x - 0.15, y - 0.15, 0.0), (x + 0.15, y + 0.15, _HEIGHT_M))
            for x in _COLUMNS_X_M
            for y in _COLUMNS_Y_M
        ],
    )


def _wall() -> Node:
    y = _HALF_Y_M
    panel = span((-_HALF_X_M, y - 0.08, 0.0), (_HALF_X_M, y, 4.2))
    band = span((-_HALF_X_M, y - 0.09, 0.0), (_HALF_X_M, y - 0.08, 1.1))
    upper = span((-_HALF_X_M, y - 0.08, 5.4), (_HALF_X_M, y, _HEIGHT_M))
    window = span((-_HALF_X_M, y - 0.05, 4.2), (_HALF_X_M, y - 0.03, 5.4))
    bars = [
        box((0.06, 0.08, 1.2), (-_HALF_X_M + 1.0 * n, y - 0.04, 4.8)) for n in range(21)
    ]
    seams = [
        box((0.012, 0.004, 3.1), (-_HALF_X_M + 1.0 * n, y - 0.081, 2.65))
        for n in range(1, 20)
    ]
    return Node(
        "back_wall",
        "hall",
        "hall_wall",
        {"steel": 2100.0, "glass": 480.0},
        pieces=[
            Piece(paint.WALL, joined([panel, upper])),
            Piece(paint.WALL_BAND, joined([band, *seams])),
            Piece(paint.DAYLIGHT, window),
            Piece(paint.STEEL, joined(bars)),
        ],
        collision=[between((-_HALF_X_M, y - 0.09, 0.0), (_HALF_X_M, y, _HEIGHT_M))],
    )


def _roof() -> Node:
    rafters = [
        joined(
            [
                box((0.012, 13.6, 0.36), (x, 0.0, _HEIGHT_M + 0.2)),
                box((0.18, 13.6, 0.02), (x, 0.0, _HEIGHT_M + 0.01)),
                box((0.18, 13.6, 0.02), (x, 0.0, _HEIGHT_M + 0.39)),
            ]
        )
        for x in _COLUMNS_X_M
    ]
    purlins = [
        _i_section(2.0 * _HALF_X_M, 0.16, 0.1).moved((0.0, y, _HEIGHT_M + 0.48))
        for y in (-6.0, -3.6, -1.2, 1.2, 3.6, 6.0)
    ]
    lamps = [
        box((1.5, 0.16, 0.05), (x, y, _HEIGHT_M - 0.25))
        for x in (-6.4, 0.0, 6.4)
        for y in (-2.8, 2.8)
    ]
    hangers = [
        box((0.012, 0.012, 0.3), (x + dx, y, _HEIGHT_M - 0.1))
        for x in (-6.4, 0.0, 6.4)
        for y in (-2.8, 2.8)
        for dx in (-0.6, 0.6)
    ]
    return Node(
        "roof",
        "hall",
        "hall_roof",
        {"steel": 6400.0},
        pieces=[
            Piece(paint.STEEL_LIGHT, joined(rafters + purlins)),
            Piece(paint.LAMP_CLEAR, joined(lamps)),
            Piece(paint.STEEL_DARK, joined(hangers)),
        ],
    )
