"""Engine and gearbox of the thermal hatchback, with the plugs that drain them."""

from __future__ import annotations

import numpy as np

from assets.makers import paint
from assets.makers.car_part import part, screw_pieces, screws
from assets.makers.node import SMOOTH_CREASE_DEG, Node, Piece, Port, Vector3, turned
from assets.makers.shape import (
    Shape,
    box,
    cylinder,
    joined,
    rounded_box,
    sweep,
)

_ENGINE_M: Vector3 = (1.31, -0.06, 0.50)
_GEARBOX_M: Vector3 = (1.29, 0.33, 0.44)
_DOWN = turned((0.0, 0.0, -1.0), (0.0, 1.0, 0.0))
_MOUNT_SCREW_KG = 0.09
_PLUG_KG = 0.04


def drive_train() -> list[Node]:
    """Return engine and gearbox, each about its own middle."""
    return [_engine(), _gearbox()]


def _drain_plug(name: str, kind: str, position_m: Vector3) -> Node:
    """Return a plug whose face looks down; undone, it lets the fluid out."""
    return part(
        name,
        "drain_plug",
        {"steel": _PLUG_KG},
        screw_pieces(1.6),
        position_m,
        ports=[Port("drain", kind, "out", (0.0, 0.0, 0.0), _DOWN)],
        notes={"thread": "M14"},
    )


def _engine() -> Node:
    block = rounded_box((0.34, 0.46, 0.26), (0.0, 0.0, 0.0), 0.03, 2)
    ribs = [
        box((0.35, 0.016, 0.20), (0.0, y, -0.01)) for y in np.linspace(-0.17, 0.17, 5)
    ]
    head = rounded_box((0.27, 0.44, 0.13), (0.02, 0.0, 0.19), 0.03, 2)
    cover = rounded_box((0.25, 0.40, 0.07), (0.02, 0.0, 0.28), 0.03, 3)
    letters = rounded_box((0.05, 0.22, 0.012), (0.02, 0.0, 0.317), 0.004, 1)
    sump = rounded_box((0.27, 0.40, 0.12), (0.0, 0.0, -0.18), 0.035, 2)
    runners: list[Shape] = [
        sweep(
            [(0.13, y, 0.20), (0.22, y, 0.22), (0.25, y, 0.13), (0.22, y, 0.02)],
            0.022,
            8,
        )
        for y in (-0.15, -0.05, 0.05, 0.15)
    ]
    plenum = rounded_box((0.09, 0.40, 0.10), (0.22, 0.0, -0.01), 0.03, 2)
    manifold = rounded_box((0.05, 0.36, 0.07), (-0.14, 0.0, 0.17), 0.02, 1)
    pulleys = [
        cylinder(0.075, 0.03, (0.0, -0.25, -0.06), "y", 20),
        cylinder(0.05, 0.03, (0.13, -0.25, 0.10), "y", 16),
        cylinder(0.035, 0.03, (-0.10, -0.25, 0.05), "y", 14),
    ]
    filter_can = cylinder(0.038, 0.10, (0.20, 0.12, -0.13), "x", 16)
    alternator = cylinder(0.062, 0.15, (0.17, -0.16, 0.09), "y", 18)
    heads: list[Vector3] = [
        (x, y, -0.10) for x in (-0.16, 0.16) for y in (-0.205, 0.205)
    ]
    return part(
        "engine",
        "engine",
        {"steel": 61.64, "aluminium": 38.0, "plastic": 4.0},
        [
            Piece(paint.MACHINE_GREY, joined([block, *ribs]), SMOOTH_CREASE_DEG),
            Piece(paint.ALUMINIUM, joined([head, alternator]), SMOOTH_CREASE_DEG),
            Piece(paint.PLASTIC_BLACK, joined([cover, *runners, plenum]), 50.0),
            Piece(paint.ALUMINIUM_DARK, letters),
            Piece(paint.STEEL_DARK, sump, SMOOTH_CREASE_DEG),
            Piece(paint.STEEL, joined([manifold, *pulleys])),
            Piece(paint.ROBOT_ORANGE, filter_can),
        ],
        _ENGINE_M,
        held_by=screws("engine", heads, thread="M12", mass_kg=_MOUNT_SCREW_KG),
        children=[_drain_plug("oil_drain_plug", "engine_oil", (-0.08, 0.10, -0.244))],
        ports=[
            Port(
                "lifting_eye",
                "hook",
                "both",
                (0.02, 0.0, 0.315),
                turned((0.0, 0.0, 1.0), (0.0, 1.0, 0.0)),
            )
        ],
    )


def _gearbox() -> Node:
    bell = cylinder(0.155, 0.08, (0.0, -0.12, 0.02), "y", 24)
    case = rounded_box((0.30, 0.22, 0.26), (0.0, 0.02, 0.0), 0.06, 3)
    ribs = [box((0.31, 0.012, 0.18), (0.0, y, 0.0)) for y in (-0.04, 0.02, 0.08)]
    final = cylinder(0.10, 0.14, (-0.13, -0.02, -0.06), "y", 20)
    shafts = [
        cylinder(0.016, 0.22, (-0.0, 0.24, -0.10), "y", 12),
        cylinder(0.016, 0.46, (-0.0, -0.66, -0.10), "y", 12),
    ]
    heads: list[Vector3] = [(x, 0.10, -0.137) for x in (-0.08, 0.08)]
    return part(
        "gearbox",
        "gearbox",
        {"aluminium": 22.0, "steel": 19.78},
        [
            Piece(paint.ALUMINIUM, joined([case, bell, final]), SMOOTH_CREASE_DEG),
            Piece(paint.ALUMINIUM_DARK, joined(ribs)),
            Piece(paint.STEEL, joined(shafts)),
        ],
        _GEARBOX_M,
        held_by=screws("gearbox", heads, thread="M12", mass_kg=_MOUNT_SCREW_KG),
        children=[_drain_plug("gearbox_drain_plug", "gearbox_oil", (0.0, 0.0, -0.136))],
    )
