"""Tool changer: the robot's half, a tool's half, and the stand for three tools."""

from __future__ import annotations

import math

from assets.makers import paint
from assets.makers.node import (
    Asset,
    Box,
    Node,
    Piece,
    Port,
    Roll,
    between,
    floor_space,
    turned,
)
from assets.makers.shape import Shape, box, cylinder, joined, rounded_box, span

MASTER_M = 0.055
TOOL_PLATE_M = 0.040
_RADIUS_M = 0.085
_UPRIGHT = (0.707106781, 0.707106781, 0.0, 0.0)
_ONWARD = turned((0.0, 0.0, 1.0), (1.0, 0.0, 0.0))
_BACK = turned((0.0, 0.0, -1.0), (1.0, 0.0, 0.0))
STAND_PLACES_X_M = (-0.60, 0.0, 0.60)
STAND_PLACE_Z_M = 1.05


def build_changer_master(name: str = "tool_changer_master") -> Asset:
    """Return the robot's half, +Z out of the flange, locked face at z = 0.055."""
    disc = cylinder(_RADIUS_M, 0.045, (0.0, 0.0, 0.0225), sides=32)
    nose = cylinder(0.040, 0.012, (0.0, 0.0, 0.049), sides=24)
    balls = [
        cylinder(
            0.008,
            0.010,
            (0.041 * math.cos(a), 0.041 * math.sin(a), 0.050),
            sides=8,
        )
        for a in (math.pi * n / 3.0 for n in range(6))
    ]
    modules = [
        rounded_box((0.03, 0.09, 0.045), (s * 0.095, 0.0, 0.0235), 0.005, 1)
        for s in (-1.0, 1.0)
    ]
    node = Node(
        "master",
        "tool_changer",
        "tool_changer_master",
        {"aluminium": 2.6, "steel": 1.6, "copper": 0.2},
        [
            Piece(paint.ALUMINIUM, disc),
            Piece(paint.STEEL_BRIGHT, joined([nose, *balls])),
            Piece(paint.FRAME_DARK, joined(modules)),
        ],
        collision=[Roll(_RADIUS_M, 0.055, (0.0, 0.0, 0.0275), _UPRIGHT)],
        ports=[Port("lock", "tool_change", "both", (0.0, 0.0, MASTER_M), _ONWARD)],
        notes={"tip_position_m": [0.0, 0.0, MASTER_M]},
    )
    return Asset(name, [node])


def build_changer_plate(name: str = "tool_changer_plate") -> Asset:
    """Return a tool's half: locked face at z = 0, the tool bolts on at z = 0.040."""
    disc = cylinder(_RADIUS_M, TOOL_PLATE_M, (0.0, 0.0, TOOL_PLATE_M / 2.0), sides=32)
    ears = [box((0.05, 0.05, 0.014), (0.0, s * 0.105, 0.028)) for s in (-1.0, 1.0)]
    modules = [
        rounded_box((0.03, 0.09, 0.036), (s * 0.095, 0.0, 0.02), 0.005, 1)
        for s in (-1.0, 1.0)
    ]
    node = Node(
        "plate",
        "tool_changer",
        "tool_changer_plate",
        {"aluminium": 1.8, "steel": 0.9, "copper": 0.2},
        [
            Piece(paint.ALUMINIUM_DARK, disc),
            Piece(paint.STEEL, joined(ears)),
            Piece(paint.FRAME_DARK, joined(modules)),
        ],
        collision=[
            Roll(_RADIUS_M, TOOL_PLATE_M, (0.0, 0.0, TOOL_PLATE_M / 2.0), _UPRIGHT),
            Box((0.05, 0.25, 0.014), (0.0, 0.0, 0.028)),
        ],
        ports=[Port("lock", "tool_change", "both", (0.0, 0.0, 0.0), _BACK)],
        notes={"tip_position_m": [0.0, 0.0, TOOL_PLATE_M]},
    )
    return Asset(name, [node])


def build_tool_stand(name: str = "tool_stand") -> Asset:
    """Return the stand; tools hang in forks by their plates' ears, tips down."""
    posts = [box((0.08, 0.08, 1.0), (x, 0.22, 0.5)) for x in (-0.85, 0.85)]
    feet = [box((0.24, 0.50, 0.02), (x, 0.10, 0.01)) for x in (-0.85, 0.85)]
    beam = box((1.78, 0.08, 0.10), (0.0, 0.22, 1.0))
    forks: list[Shape] = []
    pads: list[Shape] = []
    sensors: list[Shape] = []
    for x in STAND_PLACES_X_M:
        for side in (-1.0, 1.0):
            forks.append(
                span(
                    (x + side * 0.1175 - 0.0225, -0.12, STAND_PLACE_Z_M - 0.06),
                    (x + side * 0.1175 + 0.0225, 0.26, STAND_PLACE_Z_M - 0.035),
                )
            )
            pads.append(
                box(
                    (0.04, 0.05, 0.006),
                    (x + side * 0.1175, 0.0, STAND_PLACE_Z_M - 0.032),
                )
            )
        sensors.append(rounded_box((0.04, 0.03, 0.05), (x, 0.168, 1.01), 0.006, 1))
    node = Node(
        "stand",
        "tool_stand",
        "tool_stand",
        {"steel": 84.0},
        [
            Piece(paint.MACHINE_BLUE, joined([*posts, beam])),
            Piece(paint.STEEL_DARK, joined(feet)),
            Piece(paint.HAZARD_YELLOW, joined(forks)),
            Piece(paint.RUBBER, joined(pads)),
            Piece(paint.FRAME_DARK, joined(sensors)),
        ],
        collision=[
            between((-0.89, 0.18, 0.0), (-0.81, 0.26, 1.0)),
            between((0.81, 0.18, 0.0), (0.89, 0.26, 1.0)),
            between((-0.89, 0.18, 0.95), (0.89, 0.26, 1.05)),
            *(
                between(
                    (x + side * 0.1175 - 0.0225, -0.12, STAND_PLACE_Z_M - 0.06),
                    (x + side * 0.1175 + 0.0225, 0.26, STAND_PLACE_Z_M - 0.035),
                )
                for x in STAND_PLACES_X_M
                for side in (-1.0, 1.0)
            ),
        ],
        ports=[
            Port(
                f"place_{n}",
                "tool_change",
                "both",
                (x, 0.0, STAND_PLACE_Z_M),
                turned((0.0, 0.0, 1.0), (0.0, 1.0, 0.0)),
            )
            for n, x in enumerate(STAND_PLACES_X_M, start=1)
        ],
        notes=floor_space((-0.97, -0.15), (0.97, 0.35), {"-y": 0.8}),
    )
    return Asset(name, [node])
