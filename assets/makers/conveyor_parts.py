"""What the plain conveyors are built of: profiles, legs, rollers, drives, ports."""

from __future__ import annotations

from collections.abc import Sequence

from assets.makers import paint
from assets.makers.node import (
    SMOOTH_CREASE_DEG,
    Box,
    Node,
    Piece,
    Port,
    Vector3,
    around,
    between,
    turned,
)
from assets.makers.shape import Shape, box, cylinder, joined, rounded_box, span

PROFILE_M = 0.04
"""Width of a side profile; the floor a conveyor takes is wider by two of them."""
PROFILE_DEPTH_M = 0.12
ROLLER_RADIUS_M = 0.025
_GUIDE_M = 0.02
# Per metre of profile, per square metre of rollers, per leg: usual for steel.
_PROFILE_KG_PER_M = 5.5
_LEG_KG = 6.0


def end_port(
    name: str, direction: str, at_m: Vector3, out: Vector3, width_m: float
) -> Port:
    """Return where loads pass; ends of conveyors of one width join.

    Args:
        name: Unique in the node.
        direction: "in", "out" or "both".
        at_m: On the carrying face, in the middle of the end.
        out: The way that leaves the conveyor.
        width_m: Between the side profiles.
    """
    kind = f"conveyor_{round(1000.0 * width_m)}"
    return Port(name, kind, direction, at_m, turned(out, (out[1], -out[0], 0.0)))


def side_profiles(length_m: float, width_m: float, top_m: float) -> Shape:
    """Return both profiles along x, their guides a little above the loads' face."""
    y = width_m / 2.0
    low, high = top_m - PROFILE_DEPTH_M, top_m + _GUIDE_M
    h = length_m / 2.0
    left = joined(
        [
            span((-h, y, low), (h, y + PROFILE_M, high - 0.006)),
            span((-h, y - 0.004, high - 0.006), (h, y + PROFILE_M + 0.004, high)),
            span(
                (-h, y + PROFILE_M, low + 0.02), (h, y + PROFILE_M + 0.006, low + 0.05)
            ),
        ]
    )
    return joined([left, left.mirrored_y()])


def profile_boxes(length_m: float, width_m: float, top_m: float) -> list[Box]:
    """Return what is touched of the side profiles."""
    inner, outer = width_m / 2.0, width_m / 2.0 + PROFILE_M + 0.006
    return [
        between(
            (-length_m / 2.0, min(side * inner, side * outer), top_m - PROFILE_DEPTH_M),
            (length_m / 2.0, max(side * inner, side * outer), top_m + _GUIDE_M),
        )
        for side in (-1.0, 1.0)
    ]


def legs(xs_m: Sequence[float], width_m: float, top_m: float) -> list[Piece]:
    """Return a pair of legs with feet and a brace at each x."""
    beams: list[Shape] = []
    feet: list[Shape] = []
    y = width_m / 2.0 + PROFILE_M / 2.0
    under = top_m - PROFILE_DEPTH_M
    for x in xs_m:
        for side in (-1.0, 1.0):
            beams.append(
                box((0.06, 0.04, under - 0.05), (x, side * y, under / 2.0 + 0.02))
            )
            feet.append(cylinder(0.012, 0.04, (x, side * y, 0.03), sides=8))
            feet.append(cylinder(0.045, 0.012, (x, side * y, 0.006), sides=12))
        beams.append(box((0.04, 2.0 * y, 0.04), (x, 0.0, 0.35 * under)))
    return [
        Piece(paint.MACHINE_BLUE, joined(beams)),
        Piece(paint.STEEL_DARK, joined(feet)),
    ]


def leg_positions_m(length_m: float) -> list[float]:
    """Return where along x a conveyor has its legs: never over 1.5 m apart."""
    n_bays = max(1, -(-int(1000 * (length_m - 0.4)) // 1500))
    first = -length_m / 2.0 + 0.2
    return [first + n * (length_m - 0.4) / n_bays for n in range(n_bays + 1)]


def roller_positions_m(length_m: float, pitch_m: float) -> list[float]:
    """Return where along x the rollers' axles are, evenly between the ends."""
    count = max(2, round(length_m / pitch_m))
    return [(n + 0.5) * length_m / count - length_m / 2.0 for n in range(count)]


def rollers(xs_m: Sequence[float], width_m: float) -> Shape:
    """Return rollers along y whose tops lie at z = 0."""
    return joined(
        [
            cylinder(
                ROLLER_RADIUS_M, width_m - 0.008, (x, 0.0, -ROLLER_RADIUS_M), "y", 10
            )
            for x in xs_m
        ]
    )


def bed(
    name: str,
    label: str,
    pieces: Sequence[Piece],
    size_m: tuple[float, float],
    top_m: float,
    mass_kg: float,
    depth_m: float = 2.0 * ROLLER_RADIUS_M,
    material: str = "steel",
) -> Node:
    """Return what carries and moves the loads; its frame lies in its top's middle.

    Args:
        name: Unique in the asset.
        label: Key of its name.
        pieces: What is seen of it.
        size_m: Length along x, the way it carries, and width.
        top_m: Height of its top above the floor.
        mass_kg: Of all that is seen.
        depth_m: Of what is touched.
        material: Of most of it.
    """
    return Node(
        name,
        "conveyor",
        label,
        {material: mass_kg},
        pieces,
        position_m=(0.0, 0.0, top_m),
        collision=[Box((size_m[0], size_m[1], depth_m), (0.0, 0.0, -depth_m / 2.0))],
        notes={"surface": {"direction": [1.0, 0.0, 0.0], "top_z_m": 0.0}},
    )


def drive(position_m: Vector3, label: str = "belt_drive") -> Node:
    """Return a geared motor across the conveyor; its frame at the gearbox."""
    gearbox = rounded_box((0.14, 0.14, 0.14), radius_m=0.02)
    motor = cylinder(0.06, 0.22, (0.0, -0.17, 0.0), "y", 18)
    fins = joined(
        [
            cylinder(0.067, 0.010, (0.0, -0.11 - 0.026 * n, 0.0), "y", 18)
            for n in range(6)
        ]
    )
    lid = rounded_box((0.07, 0.09, 0.05), (0.0, -0.17, 0.075), 0.008, 1)
    pieces = [
        Piece(paint.MACHINE_GREY, gearbox, SMOOTH_CREASE_DEG),
        Piece(paint.MACHINE_BLUE, joined([motor, fins])),
        Piece(paint.FRAME_DARK, lid),
    ]
    return Node(
        "drive",
        "drive",
        label,
        {"aluminium": 9.0, "copper": 4.0, "steel": 8.0},
        pieces,
        position_m=position_m,
        collision=[around(pieces)],
    )


def frame_kg(length_m: float, n_legs: int) -> float:
    """Return the assumed mass of profiles and legs, kg."""
    return round(2.0 * length_m * _PROFILE_KG_PER_M + n_legs * _LEG_KG, 1)
