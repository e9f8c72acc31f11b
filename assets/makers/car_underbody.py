"""The hatchback seen from below: sills, recess for the pack, axles, arches."""

from __future__ import annotations

import math

import numpy as np

from assets.makers import paint
from assets.makers.car_form import side_y_m
from assets.makers.car_panels import ARCH_RADIUS_M
from assets.makers.dimensions import (
    AXLE_X_M,
    JACK_X_M,
    JACK_Y_M,
    JACK_Z_M,
    RECESS_HALF_X_M,
    RECESS_HALF_Y_M,
    RECESS_ROOF_Z_M,
    TYRE_RADIUS_M,
)
from assets.makers.node import Box, Piece, between
from assets.makers.shape import Shape, box, cylinder, joined, loft, span, sweep

_SILL_IN_Y_M, _SILL_OUT_Y_M = 0.62, 0.82
_ARCH_IN_Y_M = 0.56
# The lift table's heads come to z = 0.15 as far out as x = 1.25: stay above.
_TRAY_Z_M = 0.21


def underbody_pieces(*, covered: bool) -> list[Piece]:
    """Return everything below the cabin floor, in the car frame.

    Args:
        covered: With trays before and behind a pack's recess, as the electric car
            has; without them engine, exhaust and tank can be got at from below.
    """
    half_y = RECESS_HALF_Y_M
    floor = [
        span((-0.93, -0.80, RECESS_ROOF_Z_M), (0.93, 0.80, RECESS_ROOF_Z_M + 0.03)),
    ]
    sills: list[Shape] = []
    jacks: list[Shape] = []
    for side in (-1.0, 1.0):
        sill = span(
            (-0.90, _SILL_IN_Y_M, JACK_Z_M), (0.90, _SILL_OUT_Y_M, RECESS_ROOF_Z_M)
        )
        rail = span((-0.93, half_y, 0.24), (0.93, _SILL_IN_Y_M, RECESS_ROOF_Z_M))
        sills.extend(s if side > 0 else s.mirrored_y() for s in (sill, rail))
        jacks.extend(
            box((0.11, 0.09, 0.012), (x, side * JACK_Y_M, JACK_Z_M + 0.006))
            for x in (-JACK_X_M, JACK_X_M)
        )
    trays = _trays() if covered else _subframe()
    arms: list[Shape] = []
    for axle_x in (-AXLE_X_M, AXLE_X_M):
        for side in (-1.0, 1.0):
            arms.append(
                sweep(
                    [
                        (axle_x - 0.22 * np.sign(axle_x), side * 0.42, 0.25),
                        (axle_x, side * 0.66, 0.25),
                    ],
                    0.028,
                    8,
                )
            )
            arms.append(cylinder(0.045, 0.36, (axle_x, side * 0.575, 0.50), sides=14))
    beam = cylinder(0.05, 1.2, (-AXLE_X_M, 0.0, 0.27), "y", 16)
    arches = [
        _arch(axle_x, left)
        for axle_x in (-AXLE_X_M, AXLE_X_M)
        for left in (True, False)
    ]
    return [
        Piece(paint.CAR_UNDERBODY, joined([*floor, *sills])),
        Piece(paint.CAR_UNDERBODY, joined(trays)),
        Piece(paint.HAZARD_BLACK, joined(jacks)),
        Piece(paint.STEEL_DARK, joined([*arms, beam])),
        Piece(paint.CAR_GAP, joined(arches), 40.0),
    ]


def _trays() -> list[Shape]:
    """Return the covers before and behind the recess, ribbed, and its end walls."""
    half_x, half_y = RECESS_HALF_X_M, RECESS_HALF_Y_M
    trays = [
        span(
            (half_x, -_ARCH_IN_Y_M, _TRAY_Z_M), (1.72, _ARCH_IN_Y_M, _TRAY_Z_M + 0.05)
        ),
        span((-1.72, -_ARCH_IN_Y_M, _TRAY_Z_M + 0.03), (-half_x, _ARCH_IN_Y_M, 0.29)),
        span((half_x, -half_y, _TRAY_Z_M), (half_x + 0.03, half_y, RECESS_ROOF_Z_M)),
        span((-half_x - 0.03, -half_y, _TRAY_Z_M), (-half_x, half_y, RECESS_ROOF_Z_M)),
    ]
    ribs = [
        box((0.4, 0.025, 0.012), (x, y, _TRAY_Z_M - 0.004 + (0.03 if x < 0 else 0.0)))
        for x in (1.40, -1.40)
        for y in (-0.35, -0.12, 0.12, 0.35)
    ]
    return [*trays, *ribs]


def _subframe() -> list[Shape]:
    """Return what carries the engine, and the boot's floor behind the tank."""
    rails = [
        span((0.93, side * 0.42 - 0.03, 0.26), (1.70, side * 0.42 + 0.03, 0.32))
        for side in (-1.0, 1.0)
    ]
    cross = [span((x, -0.45, 0.26), (x + 0.06, 0.45, 0.30)) for x in (0.95, 1.64)]
    boot = span((-1.75, -_ARCH_IN_Y_M, 0.42), (-0.93, _ARCH_IN_Y_M, 0.45))
    tunnel = [
        span((-0.93, y, 0.33), (0.93, y + 0.02, RECESS_ROOF_Z_M)) for y in (0.03, 0.21)
    ]
    return [*rails, *cross, boot, *tunnel]


def _arch(axle_x_m: float, left: bool) -> Shape:
    """Return the liner of a wheel arch, seen from the wheel."""
    low = math.asin((TYRE_RADIUS_M - 0.19) / ARCH_RADIUS_M)
    angles = np.linspace(-low, math.pi + low, 25)
    rows: list[list[tuple[float, float, float]]] = []
    for a in angles:
        x = axle_x_m + ARCH_RADIUS_M * math.cos(a)
        z = TYRE_RADIUS_M + ARCH_RADIUS_M * math.sin(a)
        inner_z = TYRE_RADIUS_M + 0.4 * ARCH_RADIUS_M * math.sin(a)
        inner_x = axle_x_m + 0.4 * ARCH_RADIUS_M * math.cos(a)
        rows.append(
            [
                (x, side_y_m(x, z), z),
                (x, _ARCH_IN_Y_M, z),
                (inner_x, _ARCH_IN_Y_M, max(inner_z, 0.30)),
            ]
        )
    strip = loft(np.array(rows), closed=False)
    return strip if left else strip.mirrored_y()


def body_collision() -> list[Box]:
    """Return few boxes for physics; the recess for the pack stays open.

    Every box is solved in every step that the car is touched in, so each side has
    one, each end has one, and one stands for all above the floor.
    """
    half_x, half_y = RECESS_HALF_X_M, RECESS_HALF_Y_M
    boxes: list[Box] = []
    for side in (-1.0, 1.0):
        low_y, high_y = sorted((side * half_y, side * _SILL_OUT_Y_M))
        boxes.append(between((-0.90, low_y, JACK_Z_M), (0.90, high_y, RECESS_ROOF_Z_M)))
    boxes.append(
        between((half_x, -_ARCH_IN_Y_M, _TRAY_Z_M), (2.05, _ARCH_IN_Y_M, 0.70))
    )
    boxes.append(
        between((-1.90, -_ARCH_IN_Y_M, _TRAY_Z_M), (-half_x, _ARCH_IN_Y_M, 0.70))
    )
    # Up to the tailgate, which slopes: a tool comes as near to it as its skin lets it.
    boxes.append(between((-1.50, -0.84, RECESS_ROOF_Z_M), (0.93, 0.84, 1.50)))
    return boxes
