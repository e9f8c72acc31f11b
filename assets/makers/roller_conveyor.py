"""Straight roller conveyors: plain, and accumulating against stop blades."""

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
    roller_positions_m,
    rollers,
    side_profiles,
)
from assets.makers.node import (
    Asset,
    Joint,
    Node,
    Piece,
    around,
    between,
    floor_space,
)
from assets.makers.shape import box, cylinder, joined, rounded_box

_ROLLER_KG_PER_M2 = 28.0
STOP_STROKE_M = 0.09
# Folded, the blade's edge is this far below the rollers' tops.
_STOP_BELOW_M = 0.012


def build_roller_conveyor(
    name: str = "roller_conveyor",
    length_m: float = 3.0,
    width_m: float = 1.20,
    top_m: float = 0.70,
    pitch_m: float = 0.10,
) -> Asset:
    """Return a driven roller conveyor along x, centred on the origin.

    Args:
        name: Of the asset.
        length_m: Along x.
        width_m: Between the side profiles.
        top_m: Height of the rollers' tops.
        pitch_m: From roller to roller.
    """
    return Asset(name, _nodes(length_m, width_m, top_m, pitch_m, "roller_conveyor"))


def build_accumulation_conveyor(
    name: str = "accumulation_conveyor",
    length_m: float = 3.0,
    width_m: float = 0.60,
    top_m: float = 0.70,
    n_stops: int = 2,
) -> Asset:
    """Return a roller conveyor whose stop blades hold loads apart.

    Args:
        name: Of the asset.
        length_m: Along x.
        width_m: Between the side profiles.
        top_m: Height of the rollers' tops.
        n_stops: Blades, evenly along it, the last at its end.
    """
    nodes = _nodes(length_m, width_m, top_m, 0.075, "accumulation_conveyor")
    xs = roller_positions_m(length_m, 0.075)
    for number in range(1, n_stops + 1):
        # Between two rollers, or it could not rise.
        after = round(number * len(xs) / n_stops) - 2
        x = (xs[after] + xs[after + 1]) / 2.0
        nodes.append(_stop(number, x, width_m, top_m))
        nodes.append(_eye(number, x - 0.12, width_m, top_m))
    return Asset(name, nodes)


def _nodes(
    length_m: float, width_m: float, top_m: float, pitch_m: float, label: str
) -> list[Node]:
    xs = roller_positions_m(length_m, pitch_m)
    stands = leg_positions_m(length_m)
    half_y = width_m / 2.0 + PROFILE_M + 0.006
    caps = joined(
        [
            cylinder(0.014, 0.010, (x, side * (half_y - 0.002), top_m - 0.03), "y", 6)
            for x in xs
            for side in (-1.0, 1.0)
        ]
    )
    frame = Node(
        "frame",
        "conveyor",
        label,
        {"steel": frame_kg(length_m, len(stands))},
        [
            Piece(paint.MACHINE_BLUE, side_profiles(length_m, width_m, top_m)),
            *legs(stands, width_m, top_m),
            Piece(paint.STEEL_DARK, caps),
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
            end_port(
                "in", "in", (-length_m / 2.0, 0.0, top_m), (-1.0, 0.0, 0.0), width_m
            ),
            end_port(
                "out", "out", (length_m / 2.0, 0.0, top_m), (1.0, 0.0, 0.0), width_m
            ),
        ],
        notes=floor_space(
            (-length_m / 2.0, -half_y), (length_m / 2.0, half_y), {"+y": 0.8, "-y": 0.8}
        ),
    )
    carrying = bed(
        "rollers",
        "rollers",
        [Piece(paint.STEEL_LIGHT, rollers(xs, width_m), 40.0)],
        (length_m, width_m - 0.01),
        top_m,
        round(_ROLLER_KG_PER_M2 * length_m * width_m, 1),
    )
    motor = drive((length_m / 2.0 - 0.5, 0.0, top_m - PROFILE_DEPTH_M - 0.11))
    return [frame, carrying, motor]


def _stop(number: int, x_m: float, width_m: float, top_m: float) -> Node:
    """Return a blade that rises between two rollers; folded at joint value 0."""
    name = f"stop_{number}"
    blade = rounded_box((0.010, 0.6 * width_m, 0.10), (0.0, 0.0, -0.05), 0.003, 1)
    pad = box((0.004, 0.55 * width_m, 0.03), (-0.007, 0.0, -0.02))
    rams = joined(
        [
            cylinder(0.016, 0.16, (0.0, side * 0.2 * width_m, -0.14), sides=12)
            for side in (-1.0, 1.0)
        ]
    )
    return Node(
        name,
        "stop",
        "stop_blade",
        {"steel": 3.2, "rubber": 0.2},
        [
            Piece(paint.HAZARD_YELLOW, blade),
            Piece(paint.RUBBER, pad),
            Piece(paint.STEEL_BRIGHT, rams),
        ],
        position_m=(x_m, 0.0, top_m - _STOP_BELOW_M),
        collision=[around([Piece(paint.HAZARD_YELLOW, blade)])],
        joint=Joint(name, "prismatic", (0.0, 0.0, 1.0), 0.0, STOP_STROKE_M),
        label_values={"number": number},
    )


def _eye(number: int, x_m: float, width_m: float, top_m: float) -> Node:
    """Return the sensor that sees a load come before the stop, beam along y."""
    y = width_m / 2.0 + PROFILE_M / 2.0
    posts = [
        rounded_box((0.03, 0.03, 0.12), (0.0, side * y, 0.075), 0.006, 1)
        for side in (-1.0, 1.0)
    ]
    lamps = [
        cylinder(0.008, 0.006, (0.0, side * (y - 0.016), 0.10), "y", 10)
        for side in (-1.0, 1.0)
    ]
    return Node(
        f"sensor_{number}",
        "sensor",
        "load_sensor",
        {"aluminium": 0.3, "plastic": 0.1},
        [
            Piece(paint.FRAME_DARK, joined(posts)),
            Piece(paint.GREEN_LIGHT, joined(lamps)),
        ],
        position_m=(x_m, 0.0, top_m),
        notes={"beam_m": [[0.0, -y, 0.10], [0.0, y, 0.10]]},
        label_values={"number": number},
    )
