"""Turntable with a roller bed: turns loads, or sends them another way."""

from __future__ import annotations

import math

from assets.makers import paint
from assets.makers.conveyor_parts import bed, end_port, roller_positions_m, rollers
from assets.makers.node import (
    SMOOTH_CREASE_DEG,
    Asset,
    Box,
    Joint,
    Node,
    Piece,
    between,
    floor_space,
)
from assets.makers.shape import cylinder, joined, ring, span


def build_turntable(
    name: str = "conveyor_turntable",
    diameter_m: float = 1.80,
    width_m: float = 1.20,
    top_m: float = 0.70,
) -> Asset:
    """Return a turntable that takes loads along x and turns about z.

    Args:
        name: Of the asset.
        diameter_m: Of the turning plate.
        width_m: Between the side profiles of its bed.
        top_m: Height of the rollers' tops.
    """
    radius = diameter_m / 2.0
    length = 2.0 * math.sqrt(radius**2 - (width_m / 2.0 + 0.05) ** 2) + 0.04
    plate_top = top_m - 0.14
    base = Node(
        "base",
        "conveyor",
        "conveyor_turntable",
        {"steel": 165.0, "copper": 5.0},
        [
            Piece(
                paint.MACHINE_BLUE,
                joined(
                    [
                        cylinder(0.42, 0.03, (0.0, 0.0, 0.015), sides=28),
                        cylinder(
                            0.30,
                            plate_top - 0.10,
                            (0.0, 0.0, (plate_top - 0.04) / 2.0),
                            sides=28,
                        ),
                    ]
                ),
                SMOOTH_CREASE_DEG,
            ),
            Piece(
                paint.STEEL,
                ring(0.40, 0.20, 0.03, 28).moved((0.0, 0.0, plate_top - 0.055)),
            ),
        ],
        collision=[
            between((-0.30, -0.30, 0.0), (0.30, 0.30, plate_top - 0.04)),
        ],
        ports=[
            end_port(
                "in", "both", (-length / 2.0, 0.0, top_m), (-1.0, 0.0, 0.0), width_m
            ),
            end_port(
                "out", "both", (length / 2.0, 0.0, top_m), (1.0, 0.0, 0.0), width_m
            ),
            end_port(
                "out_left", "both", (0.0, length / 2.0, top_m), (0.0, 1.0, 0.0), width_m
            ),
            end_port(
                "out_right",
                "both",
                (0.0, -length / 2.0, top_m),
                (0.0, -1.0, 0.0),
                width_m,
            ),
        ],
        notes=floor_space((-radius, -radius), (radius, radius), {"+y": 0.5, "-y": 0.5}),
    )
    xs = roller_positions_m(length, 0.10)
    carrying = bed(
        "rollers",
        "rollers",
        [Piece(paint.STEEL_LIGHT, rollers(xs, width_m), 40.0)],
        (length, width_m - 0.01),
        top_m - plate_top,
        round(28.0 * length * width_m, 1),
    )
    rail = span(
        (-length / 2.0, width_m / 2.0, 0.0),
        (length / 2.0, width_m / 2.0 + 0.04, top_m - plate_top + 0.02),
    )
    rim = ring(radius, radius - 0.012, 0.03, 48).moved((0.0, 0.0, -0.035))
    plate = Node(
        "plate",
        "conveyor",
        "turntable_plate",
        {"steel": 140.0},
        [
            Piece(
                paint.STEEL_DARK, cylinder(radius, 0.02, (0.0, 0.0, -0.01), sides=48)
            ),
            Piece(paint.HAZARD_YELLOW, rim),
            Piece(paint.MACHINE_BLUE, joined([rail, rail.mirrored_y()])),
        ],
        position_m=(0.0, 0.0, plate_top),
        children=[carrying],
        collision=[
            Box(
                (length, 0.04, top_m - plate_top + 0.02),
                (0.0, side * (width_m / 2.0 + 0.02), (top_m - plate_top + 0.02) / 2.0),
            )
            for side in (-1.0, 1.0)
        ],
        joint=Joint("turn", "revolute", (0.0, 0.0, 1.0), -math.pi, math.pi),
    )
    return Asset(name, [base, plate])
