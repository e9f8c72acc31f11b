"""Grippers in the flange's frame: four cups on a frame, two parallel jaws."""

from __future__ import annotations

import math

from assets.makers import paint
from assets.makers.node import (
    SMOOTH_CREASE_DEG,
    Asset,
    Box,
    Joint,
    Node,
    Piece,
    Port,
    Roll,
    Vector3,
    between,
    turned,
)
from assets.makers.shape import (
    Shape,
    box,
    cylinder,
    joined,
    revolve,
    rounded_box,
    sweep,
)

CUP_RADIUS_M = 0.04
VACUUM_TIP_M = 0.24
_CUPS_M = ((0.15, 0.07), (0.15, -0.07), (-0.15, 0.07), (-0.15, -0.07))
JAW_TIP_M = 0.30
JAW_OPENING_M = 0.14
_FINGER_M: Vector3 = (0.05, 0.025, 0.14)
# A cylinder of the flange's frame stands along z; collision rolls lie along y.
_UPRIGHT = (0.707106781, 0.707106781, 0.0, 0.0)


def adapter(thickness_m: float = 0.025) -> Shape:
    """Return the disc that bolts to the flange, 160 mm across."""
    disc = cylinder(0.08, thickness_m, (0.0, 0.0, thickness_m / 2.0), sides=28)
    screws = [
        cylinder(
            0.007,
            0.008,
            (
                0.065 * math.cos(n * math.pi / 3.0),
                0.065 * math.sin(n * math.pi / 3.0),
                thickness_m + 0.004,
            ),
            sides=6,
        )
        for n in range(6)
    ]
    return joined([disc, *screws])


def build_vacuum_gripper(name: str = "vacuum_gripper") -> Asset:
    """Return four bellows cups of 80 mm on a frame; their lips at z = 0.24."""
    beams = [box((0.40, 0.04, 0.04), (0.0, y, 0.12)) for y in (-0.07, 0.07)]
    beams += [box((0.036, 0.18, 0.036), (x, 0.0, 0.12)) for x in (-0.15, 0.0, 0.15)]
    neck = cylinder(0.045, 0.09, (0.0, 0.0, 0.065), sides=20)
    ejector = rounded_box((0.14, 0.06, 0.05), (0.0, 0.0, 0.165), 0.008, 1)
    hoses = [
        sweep(
            [(0.5 * x, 0.4 * y, 0.165), (0.8 * x, 0.9 * y, 0.175), (x, y, 0.16)],
            0.008,
            8,
        )
        for x, y in _CUPS_M
    ]
    frame = Node(
        "frame",
        "tool",
        "vacuum_gripper",
        {"aluminium": 4.6, "steel": 2.4, "plastic": 0.6},
        [
            Piece(paint.STEEL, joined([adapter(), neck])),
            Piece(paint.ALUMINIUM, joined(beams)),
            Piece(paint.MACHINE_BLUE, ejector),
            Piece(paint.PLASTIC_BLACK, joined(hoses), SMOOTH_CREASE_DEG),
        ],
        children=[_cup(n, x, y) for n, (x, y) in enumerate(_CUPS_M, start=1)],
        collision=[
            Roll(0.08, 0.033, (0.0, 0.0, 0.0165), _UPRIGHT),
            Box((0.40, 0.18, 0.04), (0.0, 0.0, 0.12)),
            Box((0.14, 0.09, 0.16), (0.0, 0.0, 0.11)),
        ],
        ports=[
            Port(
                "grip",
                "vacuum_grip",
                "both",
                (0.0, 0.0, VACUUM_TIP_M),
                turned((0.0, 0.0, 1.0), (1.0, 0.0, 0.0)),
                (0.30 + 2.0 * CUP_RADIUS_M, 0.14 + 2.0 * CUP_RADIUS_M),
            )
        ],
        notes={
            "tip_position_m": [0.0, 0.0, VACUUM_TIP_M],
            "cups": {
                "count": len(_CUPS_M),
                "radius_m": CUP_RADIUS_M,
                "travel_m": 0.012,
            },
            "source": "assumed",
            "confidence": "C",
        },
    )
    return Asset(name, [frame])


def _cup(number: int, x_m: float, y_m: float) -> Node:
    """Return a cup in its lip's frame."""
    bellows = revolve(
        [
            (0.0, -0.055),
            (0.016, -0.055),
            (0.018, -0.040),
            (0.030, -0.032),
            (0.020, -0.024),
            (0.033, -0.015),
            (0.024, -0.008),
            (CUP_RADIUS_M, 0.0),
            (0.022, -0.006),
            (0.0, -0.008),
        ],
        20,
    )
    stem = cylinder(0.010, 0.05, (0.0, 0.0, -0.078), sides=12)
    return Node(
        f"cup_{number}",
        "cup",
        "vacuum_cup",
        {"rubber": 0.08, "steel": 0.12},
        [
            Piece(paint.SAFETY_RED, bellows, SMOOTH_CREASE_DEG),
            Piece(paint.STEEL_BRIGHT, stem),
        ],
        position_m=(x_m, y_m, VACUUM_TIP_M),
        collision=[Roll(0.034, 0.10, (0.0, 0.0, -0.05), _UPRIGHT)],
        label_values={"number": number},
    )


def build_jaw_gripper(name: str = "jaw_gripper") -> Asset:
    """Return two jaws that close along y; open by 140 mm at joint value 0."""
    case = rounded_box((0.12, 0.22, 0.11), (0.0, 0.0, 0.085), 0.012, 2)
    rail = box((0.07, 0.24, 0.016), (0.0, 0.0, 0.146))
    gland = [cylinder(0.012, 0.03, (-0.072, y, 0.09), "x", 12) for y in (-0.03, 0.03)]
    stripe = box((0.121, 0.221, 0.014), (0.0, 0.0, 0.12))
    body = Node(
        "body",
        "tool",
        "jaw_gripper",
        {"aluminium": 5.2, "steel": 5.4},
        [
            Piece(paint.STEEL, adapter(0.03)),
            Piece(paint.FRAME_DARK, case, SMOOTH_CREASE_DEG),
            Piece(paint.STEEL_BRIGHT, joined([rail, *gland])),
            Piece(paint.ROBOT_ORANGE, stripe),
        ],
        children=[
            _finger(name_, side) for name_, side in (("left", 1.0), ("right", -1.0))
        ],
        collision=[
            Roll(0.08, 0.03, (0.0, 0.0, 0.015), _UPRIGHT),
            between((-0.06, -0.12, 0.03), (0.06, 0.12, 0.154)),
        ],
        ports=[
            Port(
                "grip",
                "jaw_grip",
                "both",
                (0.0, 0.0, JAW_TIP_M - 0.03),
                turned((0.0, 0.0, 1.0), (0.0, 1.0, 0.0)),
                (JAW_OPENING_M, _FINGER_M[0]),
            )
        ],
        notes={
            "tip_position_m": [0.0, 0.0, JAW_TIP_M],
            "source": "assumed",
            "confidence": "C",
        },
    )
    return Asset(name, [body])


def _finger(name: str, side: float) -> Node:
    """Return a finger; its frame lies on the face that grips, at the rail."""
    x, y, z = _FINGER_M
    carrier = rounded_box((0.065, 0.05, 0.03), (0.0, side * 0.025, 0.017), 0.005, 1)
    blade = rounded_box(
        (x, y - 0.005, z),
        (0.0, side * (0.005 + (y - 0.005) / 2), z / 2.0 + 0.01),
        0.004,
        1,
    )
    pad = box((x - 0.006, 0.005, 0.06), (0.0, side * 0.0025, z - 0.022))
    ribs = [
        box((x - 0.006, 0.0016, 0.004), (0.0, side * 0.0008, z - 0.045 + 0.012 * n))
        for n in range(5)
    ]
    return Node(
        f"finger_{name}",
        "tool",
        f"finger_{name}",
        {"steel": 0.9, "rubber": 0.05},
        [
            Piece(paint.STEEL, joined([carrier, blade])),
            Piece(paint.RUBBER, joined([pad, *ribs])),
        ],
        position_m=(0.0, side * JAW_OPENING_M / 2.0, 0.15),
        collision=[
            Box((x, y, z), (0.0, side * y / 2.0, z / 2.0 + 0.01)),
            Box((0.065, 0.05, 0.03), (0.0, side * 0.025, 0.017)),
        ],
        joint=Joint(
            "fingers", "prismatic", (0.0, -side, 0.0), 0.0, JAW_OPENING_M / 2.0 - 0.001
        ),
    )
