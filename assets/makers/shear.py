"""Hydraulic shear in the flange's frame."""

from __future__ import annotations

import math

import numpy as np

from assets.makers import paint
from assets.makers.gripper import adapter
from assets.makers.node import (
    SMOOTH_CREASE_DEG,
    Asset,
    Box,
    Joint,
    Node,
    Piece,
    Port,
    turned,
)
from assets.makers.shape import box, cylinder, joined, loft, revolve, rounded_box, sweep

_PIVOT_Z_M = 0.34
_BLADE_LENGTH_M = 0.16
_OPEN_RAD = 0.42
SHEAR_TIP_M = _PIVOT_Z_M + _BLADE_LENGTH_M


def build_shear(name: str = "hydraulic_shear") -> Asset:
    """Return the shear; its blades close in the xz plane, open at joint value 0."""
    ram = revolve(
        [
            (0.0, 0.025),
            (0.062, 0.025),
            (0.066, 0.035),
            (0.066, 0.21),
            (0.058, 0.225),
            (0.0, 0.225),
        ],
        28,
    )
    yoke = [
        rounded_box((0.11, 0.016, 0.16), (0.0, y, 0.29), 0.006, 1)
        for y in (-0.034, 0.034)
    ]
    bridge = rounded_box((0.11, 0.084, 0.05), (0.0, 0.0, 0.24), 0.01, 1)
    pin = cylinder(0.018, 0.10, (0.0, 0.0, _PIVOT_Z_M), "y", 16)
    hoses = [
        sweep(
            [(x, 0.06, 0.10), (x, 0.10, 0.08), (x, 0.11, 0.0), (x, 0.10, -0.04)],
            0.010,
            8,
        )
        for x in (-0.02, 0.02)
    ]
    body = Node(
        "body",
        "tool",
        "hydraulic_shear",
        {"steel": 14.5, "aluminium": 3.0, "rubber": 0.8},
        [
            Piece(paint.STEEL, adapter()),
            Piece(paint.SAFETY_RED, ram, SMOOTH_CREASE_DEG),
            Piece(paint.STEEL_DARK, joined([*yoke, bridge])),
            Piece(paint.STEEL_BRIGHT, pin),
            Piece(paint.RUBBER, joined(hoses), SMOOTH_CREASE_DEG),
        ],
        children=[_blade("left", 1.0), _blade("right", -1.0)],
        collision=[
            Box((0.16, 0.16, 0.033), (0.0, 0.0, 0.0165)),
            Box((0.13, 0.13, 0.20), (0.0, 0.0, 0.125)),
            Box((0.11, 0.084, 0.155), (0.0, 0.0, 0.2925)),
        ],
        ports=[
            Port(
                "cut",
                "cut",
                "both",
                (0.0, 0.0, _PIVOT_Z_M + 0.08),
                turned((0.0, 0.0, 1.0), (1.0, 0.0, 0.0)),
                (0.065, 0.065),
            )
        ],
        notes={
            "tip_position_m": [0.0, 0.0, SHEAR_TIP_M],
            "source": "assumed",
            "confidence": "C",
        },
    )
    return Asset(name, [body])


def _blade(name: str, side: float) -> Node:
    """Return a blade in its pivot's frame, turned open; its edge faces the other."""
    y0, y1 = (0.001, 0.025) if side > 0.0 else (-0.025, -0.001)
    # Outline in x and z: heel, back, tip, hollow edge.
    outline = [
        (-0.030 * side, -0.03),
        (0.030 * side, -0.03),
        (0.050 * side, 0.03),
        (0.048 * side, 0.09),
        (0.022 * side, _BLADE_LENGTH_M),
        (0.004 * side, _BLADE_LENGTH_M),
        (0.008 * side, 0.10),
        (0.006 * side, 0.05),
    ]
    rings = np.array([[(x, y, z) for x, z in outline] for y in (y0, y1)])
    # The left outline runs the other way round than the right one.
    plate = loft(rings[::-1] if side > 0.0 else rings, capped=True)
    knuckle = cylinder(0.032, y1 - y0, (0.0, (y0 + y1) / 2.0, 0.0), "y", 18)
    edge = box((0.006, y1 - y0 + 0.002, 0.09), (0.007 * side, (y0 + y1) / 2.0, 0.085))
    lean = _OPEN_RAD * side
    return Node(
        f"blade_{name}",
        "tool",
        f"shear_blade_{name}",
        {"steel": 2.3},
        [
            Piece(paint.STEEL_LIGHT, joined([plate, knuckle])),
            Piece(paint.STEEL_BRIGHT, edge),
        ],
        position_m=(0.0, 0.0, _PIVOT_Z_M),
        wxyz=(math.cos(lean / 2.0), 0.0, math.sin(lean / 2.0), 0.0),
        collision=[
            Box((0.042, y1 - y0, 0.11), (0.027 * side, (y0 + y1) / 2.0, 0.055)),
            Box((0.022, y1 - y0, 0.05), (0.015 * side, (y0 + y1) / 2.0, 0.135)),
        ],
        joint=Joint("blades", "revolute", (0.0, -side, 0.0), 0.0, _OPEN_RAD),
    )
