"""The hatchback's wheels."""

from __future__ import annotations

import math

import numpy as np

from assets.makers import paint
from assets.makers.dimensions import TYRE_RADIUS_M, TYRE_WIDTH_M
from assets.makers.node import Piece, Vector3
from assets.makers.shape import Shape, along, joined, loft, prism, revolve, ring
from twin.transforms import wxyz_about

_RIM_RADIUS_M = 0.205
_N_SPOKES = 5
_SIDES = 28
N_WHEEL_BOLTS = 5


def wheel_pieces() -> list[Piece]:
    """Return a left wheel: axis y, outer face towards +y, origin at the hub."""
    half = TYRE_WIDTH_M / 2.0
    tread = TYRE_RADIUS_M
    tyre = revolve(
        [
            (_RIM_RADIUS_M, -half + 0.012),
            (_RIM_RADIUS_M + 0.02, -half + 0.002),
            (_RIM_RADIUS_M + 0.05, -half),
            (tread - 0.022, -half + 0.010),
            (tread, -0.055),
            (tread, -0.006),
            (tread - 0.007, 0.0),
            (tread, 0.006),
            (tread, 0.055),
            (tread - 0.022, half - 0.010),
            (_RIM_RADIUS_M + 0.05, half),
            (_RIM_RADIUS_M + 0.02, half - 0.002),
            (_RIM_RADIUS_M, half - 0.012),
            (_RIM_RADIUS_M, -half + 0.012),
        ],
        _SIDES,
    )
    rim = revolve(
        [
            (_RIM_RADIUS_M, -half + 0.012),
            (_RIM_RADIUS_M, half - 0.01),
            (_RIM_RADIUS_M - 0.006, half - 0.004),
            (_RIM_RADIUS_M - 0.014, half - 0.008),
            (_RIM_RADIUS_M - 0.02, half - 0.03),
            (_RIM_RADIUS_M - 0.022, -half + 0.012),
            (_RIM_RADIUS_M, -half + 0.012),
        ],
        _SIDES,
    )
    spokes = [
        _spoke(half).moved(wxyz=wxyz_about((0, 0, 1), angle))
        for n in range(_N_SPOKES)
        for angle in (
            2.0 * math.pi * n / _N_SPOKES - 0.17,
            2.0 * math.pi * n / _N_SPOKES + 0.17,
        )
    ]
    hub = revolve(
        [
            (0.0, half - 0.06),
            (0.068, half - 0.06),
            (0.062, half - 0.022),
            (0.034, half - 0.016),
            (0.03, half - 0.010),
            (0.0, half - 0.008),
        ],
        16,
    )
    disc = ring(0.14, 0.06, 0.022, 20).moved((0.0, 0.0, 0.01))
    back = ring(_RIM_RADIUS_M - 0.022, 0.03, 0.004, 20).moved((0.0, 0.0, -0.03))
    caliper = _caliper()
    return [
        Piece(paint.RUBBER, along(tyre, "y"), 40.0),
        Piece(paint.ALLOY, along(joined([rim, hub, *spokes]), "y"), 40.0),
        Piece(paint.STEEL_DARK, along(disc, "y")),
        Piece(paint.CAR_GAP, along(joined([back, caliper]), "y")),
    ]


def wheel_bolt_pieces() -> list[Piece]:
    """Return the head of a wheel bolt: outer face at z = 0, +Z into the wheel."""
    hexagon = [
        (0.009 * math.cos(n * math.pi / 3.0), 0.009 * math.sin(n * math.pi / 3.0))
        for n in range(6)
    ]
    return [Piece(paint.STEEL_DARK, prism(hexagon, 0.012, 0.006))]


def wheel_bolt_positions_m() -> list[Vector3]:
    """Return the centres of the bolts' outer faces on a left wheel, hub frame."""
    face_y = TYRE_WIDTH_M / 2.0 - 0.012
    angles = [2.0 * math.pi * n / N_WHEEL_BOLTS for n in range(N_WHEEL_BOLTS)]
    return [(0.05 * math.sin(a), face_y, 0.05 * math.cos(a)) for a in angles]


def _spoke(half_m: float) -> Shape:
    """Return one bar from hub to rim along +x, its face towards +z."""
    rows = []
    for r, width, face, depth in (
        (0.045, 0.022, half_m - 0.026, 0.03),
        (0.11, 0.0165, half_m - 0.018, 0.026),
        (0.196, 0.021, half_m - 0.014, 0.03),
    ):
        rows.append(
            [
                (r, -width, face - depth),
                (r, width, face - depth),
                (r, width * 0.86, face - 0.005),
                (r, width * 0.6, face),
                (r, -width * 0.6, face),
                (r, -width * 0.86, face - 0.005),
            ]
        )
    return loft(np.array(rows), capped=True)


def _caliper() -> Shape:
    angles = np.linspace(-0.4, 0.4, 6)
    rows = []
    for a in angles:
        rows.append(
            [
                (r * math.cos(a), r * math.sin(a), z)
                for r, z in ((0.10, -0.02), (0.10, 0.04), (0.155, 0.04), (0.155, -0.02))
            ]
        )
    skin = loft(np.array(rows), capped=True)
    return Shape(skin.positions_m, skin.triangles[:, ::-1])
