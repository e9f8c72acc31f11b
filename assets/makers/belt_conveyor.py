"""Straight belt conveyor."""

from __future__ import annotations

from assets.makers import paint
from assets.makers.conveyor_parts import (
    PROFILE_DEPTH_M,
    PROFILE_M,
    bed,
    drive,
    end_port,
    frame_kg,
    leg_positions_m,
    legs,
    profile_boxes,
    side_profiles,
)
from assets.makers.node import Asset, Node, Piece, between, floor_space
from assets.makers.shape import box, cylinder, joined, span

_DRUM_RADIUS_M = 0.045
_BELT_KG_PER_M2 = 14.0


def build_belt_conveyor(
    name: str = "belt_conveyor",
    length_m: float = 3.0,
    width_m: float = 0.60,
    top_m: float = 0.70,
) -> Asset:
    """Return a belt conveyor along x, centred on the origin.

    Args:
        name: Of the asset.
        length_m: Along x.
        width_m: Between the side profiles.
        top_m: Height of the belt.
    """
    stands = leg_positions_m(length_m)
    half_x, half_y = length_m / 2.0, width_m / 2.0 + PROFILE_M + 0.006
    drums = joined(
        [
            cylinder(
                _DRUM_RADIUS_M - 0.004,
                width_m - 0.02,
                (side * (half_x - _DRUM_RADIUS_M), 0.0, top_m - _DRUM_RADIUS_M),
                "y",
                16,
            )
            for side in (-1.0, 1.0)
        ]
    )
    frame = Node(
        "frame",
        "conveyor",
        "belt_conveyor",
        {"steel": frame_kg(length_m, len(stands))},
        [
            Piece(paint.MACHINE_BLUE, side_profiles(length_m, width_m, top_m)),
            *legs(stands, width_m, top_m),
            Piece(paint.STEEL_LIGHT, drums),
        ],
        collision=[
            *profile_boxes(length_m, width_m, top_m),
            *(
                between(
                    (x - 0.03, -half_y + 0.01, 0.0),
                    (x + 0.03, half_y - 0.01, top_m - PROFILE_DEPTH_M),
                )
                for x in stands
            ),
        ],
        ports=[
            end_port("in", "in", (-half_x, 0.0, top_m), (-1.0, 0.0, 0.0), width_m),
            end_port("out", "out", (half_x, 0.0, top_m), (1.0, 0.0, 0.0), width_m),
        ],
        notes=floor_space((-half_x, -half_y), (half_x, half_y), {"+y": 0.8, "-y": 0.8}),
    )
    depth = 2.0 * _DRUM_RADIUS_M
    band = span(
        (-half_x + 0.02, -width_m / 2.0 + 0.01, -0.006),
        (half_x - 0.02, width_m / 2.0 - 0.01, 0.0),
    )
    returning = span(
        (-half_x + 0.04, -width_m / 2.0 + 0.01, -depth),
        (half_x - 0.04, width_m / 2.0 - 0.01, -depth + 0.006),
    )
    noses = [
        cylinder(
            _DRUM_RADIUS_M,
            width_m - 0.02,
            (side * (half_x - _DRUM_RADIUS_M), 0.0, -_DRUM_RADIUS_M),
            "y",
            20,
        )
        for side in (-1.0, 1.0)
    ]
    # Joints across the band: the eye needs something to see that it is a belt.
    ribs = [
        box((0.010, width_m - 0.06, 0.0012), (-half_x + 0.1 + 0.2 * n, 0.0, 0.0004))
        for n in range(int((length_m - 0.1) / 0.2))
    ]
    belt = bed(
        "belt",
        "belt",
        [
            Piece(paint.BELT, joined([band, returning, *noses]), 40.0),
            Piece(paint.PLASTIC_GREY, joined(ribs)),
        ],
        (length_m, width_m - 0.02),
        top_m,
        round(_BELT_KG_PER_M2 * length_m * width_m, 1),
        depth,
        "rubber",
    )
    motor = drive((half_x - 0.3, 0.0, top_m - PROFILE_DEPTH_M - 0.08))
    return Asset(name, [frame, belt, motor])
