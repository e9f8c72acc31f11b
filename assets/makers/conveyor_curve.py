"""Curved conveyor with tapered rollers."""

from __future__ import annotations

import math

import numpy as np

from assets.makers import paint
from assets.makers.conveyor_parts import PROFILE_DEPTH_M, PROFILE_M, end_port
from assets.makers.node import (
    Asset,
    Box,
    Node,
    Piece,
    Quaternion,
    Vector3,
    floor_space,
)
from assets.makers.shape import Shape, box, cylinder, joined, loft, revolve
from twin.transforms import wxyz_about

# Boxes that stand for the ring, so many that none stands out of it by 20 mm.
_SECTORS = 12


def build_curve(
    name: str = "conveyor_curve",
    inner_radius_m: float = 0.80,
    width_m: float = 0.60,
    top_m: float = 0.70,
    turn_deg: float = 90.0,
) -> Asset:
    """Return a curve to the left: in at the origin along +x, turning towards +y.

    Args:
        name: Of the asset.
        inner_radius_m: Of the inner profile's inner side.
        width_m: Between the profiles.
        top_m: Height of the rollers' tops.
        turn_deg: How far it turns.
    """
    turn = math.radians(turn_deg)
    middle = inner_radius_m + width_m / 2.0
    outer = inner_radius_m + width_m
    centre: Vector3 = (0.0, middle, 0.0)
    profiles = [
        _arc(radius, PROFILE_M, turn, top_m - PROFILE_DEPTH_M, top_m + 0.02)
        for radius in (inner_radius_m - PROFILE_M, outer)
    ]
    stands: list[Shape] = []
    feet: list[Shape] = []
    under = top_m - PROFILE_DEPTH_M
    for share in (0.08, 0.5, 0.92):
        for radius in (inner_radius_m - PROFILE_M / 2.0, outer + PROFILE_M / 2.0):
            x, y = _on_arc(radius, share * turn)
            stands.append(box((0.05, 0.05, under - 0.04), (x, y, under / 2.0 + 0.02)))
            feet.append(cylinder(0.045, 0.012, (x, y, 0.006), sides=12))
            feet.append(cylinder(0.012, 0.04, (x, y, 0.03), sides=8))
    out_x, out_y = _on_arc(middle, turn)
    far = outer + PROFILE_M
    frame = Node(
        "frame",
        "conveyor",
        "conveyor_curve",
        {"steel": round(2.0 * middle * turn * 5.5 + 36.0, 1)},
        [
            Piece(
                paint.MACHINE_BLUE,
                joined([p.moved(centre) for p in profiles]),
                40.0,
            ),
            Piece(paint.MACHINE_BLUE, joined([s.moved(centre) for s in stands])),
            Piece(paint.STEEL_DARK, joined([f.moved(centre) for f in feet])),
        ],
        collision=[
            _sector_box(
                radius, PROFILE_M, n, turn, top_m + 0.02, PROFILE_DEPTH_M, middle
            )
            for radius in (inner_radius_m - PROFILE_M, outer)
            for n in range(_SECTORS)
        ],
        ports=[
            end_port("in", "in", (0.0, 0.0, top_m), (-1.0, 0.0, 0.0), width_m),
            end_port(
                "out",
                "out",
                (out_x, out_y + middle, top_m),
                (math.cos(turn), math.sin(turn), 0.0),
                width_m,
            ),
        ],
        notes=floor_space(
            (0.0, middle - far),
            (far if turn_deg >= 90.0 else far * math.sin(turn), middle),
            {"-y": 0.8},
        ),
    )
    count = round(middle * turn / 0.085)
    tapered = [
        _roller(inner_radius_m + 0.004, outer - 0.004, (n + 0.5) * turn / count, middle)
        for n in range(count)
    ]
    carrying = Node(
        "rollers",
        "conveyor",
        "rollers",
        {"steel": round(28.0 * middle * turn * width_m, 1)},
        [Piece(paint.STEEL_LIGHT, joined(tapered), 40.0)],
        position_m=(0.0, 0.0, top_m),
        collision=[
            _sector_box(inner_radius_m, width_m, n, turn, 0.0, 0.05, middle)
            for n in range(_SECTORS)
        ],
        # It carries as a disc about this axis would.
        notes={
            "surface": {
                "centre_m": [0.0, middle, 0.0],
                "axis": [0.0, 0.0, 1.0],
                "radius_m": middle,
                "top_z_m": 0.0,
            }
        },
    )
    return Asset(name, [frame, carrying])


def _on_arc(radius_m: float, angle_rad: float) -> tuple[float, float]:
    """Return x and y about the centre of the curve; 0 is where loads come in."""
    return (radius_m * math.sin(angle_rad), -radius_m * math.cos(angle_rad))


def _arc(
    radius_m: float, width_m: float, turn_rad: float, low_m: float, high_m: float
) -> Shape:
    rings = []
    for angle in np.linspace(0.0, turn_rad, 19):
        (x0, y0), (x1, y1) = (
            _on_arc(radius_m + width_m, float(angle)),
            _on_arc(radius_m, float(angle)),
        )
        rings.append(
            [(x0, y0, low_m), (x0, y0, high_m), (x1, y1, high_m), (x1, y1, low_m)]
        )
    strip = loft(np.array(rings), capped=True)
    return Shape(strip.positions_m, strip.triangles[:, ::-1])


def _sector_box(
    radius_m: float,
    width_m: float,
    number: int,
    turn_rad: float,
    top_m: float,
    depth_m: float,
    middle_m: float,
) -> Box:
    """Return one of the boxes that stand for a ring's sector, asset's plan."""
    angle = (number + 0.5) * turn_rad / _SECTORS
    x, y = _on_arc(radius_m + width_m / 2.0, angle)
    length = 2.0 * (radius_m + width_m / 2.0) * math.tan(0.5 * turn_rad / _SECTORS)
    w, i, j, k = wxyz_about((0.0, 0.0, 1.0), angle).tolist()
    wxyz: Quaternion = (w, i, j, k)
    return Box(
        (length, width_m, depth_m), (x, y + middle_m, top_m - depth_m / 2.0), wxyz
    )


def _roller(inner_m: float, outer_m: float, angle_rad: float, middle_m: float) -> Shape:
    """Return a tapered roller, its top line level at z = 0."""
    thin, thick = 0.020, 0.020 * outer_m / inner_m
    length = outer_m - inner_m
    lying = revolve(
        [(0.0, 0.0), (thin, 0.0), (thick, length), (0.0, length)], 10
    ).moved(wxyz=wxyz_about((1.0, 0.0, 0.0), math.pi / 2.0))
    # The axle leans by the half angle of the cone.
    lean = math.atan2(thick - thin, length)
    level = lying.moved((0.0, -inner_m, -thin), wxyz_about((1.0, 0.0, 0.0), lean))
    turned = level.moved(wxyz=wxyz_about((0.0, 0.0, 1.0), angle_rad))
    return turned.moved((0.0, middle_m, 0.0))
