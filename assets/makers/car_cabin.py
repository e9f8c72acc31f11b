"""What is seen through the hatchback's windows, and its seats."""

from __future__ import annotations

import math

import numpy as np

from assets.makers import paint
from assets.makers.node import Piece
from assets.makers.shape import (
    Shape,
    box,
    cylinder,
    joined,
    loft,
    rounded_box,
    span,
    sweep,
)
from twin.transforms import wxyz_about


def front_seat_pieces() -> list[Piece]:
    """Return a front seat: origin on the floor below the hip, facing +x."""
    cushion = _pad([(0.0, 0.21), (0.5, 0.245)], 0.24, 0.11)
    base = box((0.42, 0.36, 0.12), (0.24, 0.0, 0.09))
    back = _backrest(0.62, 0.23)
    head = rounded_box((0.09, 0.25, 0.17), (-0.235, 0.0, 0.90), 0.035, 2)
    stalks = [
        sweep([(-0.20, y, 0.74), (-0.23, y, 0.86)], 0.008, 6) for y in (-0.06, 0.06)
    ]
    bolsters = [
        sweep(
            [
                (0.02, side * 0.21, 0.27),
                (0.25, side * 0.225, 0.285),
                (0.46, side * 0.21, 0.28),
            ],
            0.045,
            10,
        )
        for side in (-1.0, 1.0)
    ]
    return [
        Piece(paint.UPHOLSTERY, joined([cushion, back, *bolsters]), 50.0),
        Piece(paint.UPHOLSTERY_LIGHT, head, 50.0),
        Piece(paint.CAR_TRIM, joined([base, *stalks])),
    ]


def rear_seat_pieces() -> list[Piece]:
    """Return the rear bench: origin on the floor below the hip, facing +x."""
    cushion = _pad([(0.0, 0.21), (0.46, 0.24)], 0.60, 0.13)
    back = _backrest(0.56, 0.60)
    heads = [
        rounded_box((0.08, 0.24, 0.13), (-0.20, y, 0.80), 0.03, 2)
        for y in (-0.36, 0.0, 0.36)
    ]
    base = box((0.40, 1.1, 0.14), (0.22, 0.0, 0.08))
    return [
        Piece(paint.UPHOLSTERY, joined([cushion, back]), 50.0),
        Piece(paint.UPHOLSTERY_LIGHT, joined(heads), 50.0),
        Piece(paint.CAR_TRIM, base),
    ]


def _pad(top_xz_m: list[tuple[float, float]], half_y_m: float, depth_m: float) -> Shape:
    (x0, z0), (x1, z1) = top_xz_m
    pad = rounded_box(
        (x1 - x0, 2.0 * half_y_m, depth_m), ((x1 - x0) / 2.0, 0.0, 0.0), 0.045, 2
    )
    tilt = math.atan2(z1 - z0, x1 - x0)
    return pad.moved((x0, 0.0, z0), wxyz_about((0.0, 1.0, 0.0), -tilt))


def _backrest(height_m: float, half_y_m: float) -> Shape:
    pad = rounded_box(
        (0.13, 2.0 * half_y_m, height_m), (0.0, 0.0, height_m / 2.0), 0.05, 2
    )
    return pad.moved((0.0, 0.0, 0.20), wxyz_about((0.0, 1.0, 0.0), -0.36))


def cabin_pieces() -> list[Piece]:
    """Return floor, dashboard, rear shelf, lining, in the car frame."""
    carpet = span((-1.55, -0.74, 0.42), (0.95, 0.74, 0.45))
    profile = [
        (1.02, 0.55),
        (0.72, 0.60),
        (0.66, 0.80),
        (0.70, 0.90),
        (0.80, 0.945),
        (1.02, 0.96),
    ]
    dashboard = loft(
        np.array([[(x, y, z) for x, z in profile] for y in (0.72, -0.72)]), capped=True
    )
    cowl = rounded_box((0.2, 0.34, 0.09), (0.72, 0.36, 0.94), 0.03, 3)
    screen = rounded_box((0.02, 0.24, 0.16), (0.68, 0.0, 0.93), 0.008)
    column = sweep([(0.52, 0.36, 0.87), (0.72, 0.36, 0.78)], 0.035, 10)
    console = rounded_box((0.75, 0.2, 0.22), (0.28, 0.0, 0.55), 0.03)
    shelf = rounded_box((0.42, 1.05, 0.025), (-1.46, 0.0, 0.985), 0.01)
    boot = span((-1.80, -0.5, 0.60), (-1.2, 0.5, 0.62))
    trays = [
        rounded_box((1.6, 0.05, 0.34), (-0.15, side * 0.775, 0.72), 0.02)
        for side in (-1.0, 1.0)
    ]
    return [
        Piece(paint.CAR_LINING, joined([carpet, boot])),
        Piece(paint.CAR_TRIM, joined([dashboard, cowl, column]), 50.0),
        Piece(paint.PLASTIC_BLACK, screen, 50.0),
        Piece(paint.CAR_LINING, joined([console, shelf, *trays]), 50.0),
    ]


def steering_wheel_pieces() -> list[Piece]:
    """Return rim and spokes about x, the driver on the side of -x."""
    angles = np.linspace(0.0, 2.0 * math.pi, 19)
    rim = sweep(
        [(0.0, 0.18 * math.cos(a), 0.18 * math.sin(a)) for a in angles], 0.014, 6
    )
    spokes = [box((0.02, 0.34, 0.03)), box((0.02, 0.03, 0.17), (0.0, 0.0, -0.085))]
    hub = rounded_box((0.05, 0.07, 0.07), (0.03, 0.0, 0.0), 0.02)
    return [Piece(paint.PLASTIC_BLACK, joined([rim, *spokes, hub]), 50.0)]


def motor_pieces() -> list[Piece]:
    """Return motor, reducer and power electronics, origin on the axle line."""
    motor = cylinder(0.13, 0.30, (0.0, -0.12, 0.0), "y", 24)
    ribs = [
        cylinder(0.137, 0.012, (0.0, -0.22 + 0.05 * n, 0.0), "y", 24) for n in range(5)
    ]
    reducer = rounded_box((0.36, 0.2, 0.26), (0.05, 0.14, -0.01), 0.05, 3)
    electronics = rounded_box((0.42, 0.52, 0.16), (0.02, 0.0, 0.24), 0.02)
    cables = [
        sweep(
            [(-0.15, y, 0.22), (-0.28, y, 0.2), (-0.34, y, 0.05), (-0.42, y, -0.02)],
            0.016,
            10,
        )
        for y in (-0.06, 0.06)
    ]
    shafts = [
        cylinder(0.018, 0.34, (0.0, side * 0.43, -0.02), "y", 12)
        for side in (-1.0, 1.0)
    ]
    return [
        Piece(paint.ALUMINIUM, joined([motor, *ribs])),
        Piece(paint.ALUMINIUM_DARK, reducer, 50.0),
        Piece(paint.MACHINE_GREY, electronics, 50.0),
        Piece(paint.HV_ORANGE, joined(cables), 50.0),
        Piece(paint.STEEL, joined(shafts)),
    ]
