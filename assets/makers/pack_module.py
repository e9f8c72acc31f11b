"""The modules of the opened battery pack."""

from __future__ import annotations

from collections.abc import Mapping

from assets.makers import paint
from assets.makers.car_part import screw_pieces, screws
from assets.makers.node import (
    SMOOTH_CREASE_DEG,
    Box,
    Json,
    Node,
    Piece,
    Port,
    Vector3,
    turned,
)
from assets.makers.shape import box, cylinder, joined, rounded_box

N_MODULES = 12
MODULE_M: Vector3 = (0.196, 0.36, 0.112)
# Where its poles stand along x.
POLES_X_M = (-0.07, 0.07)
_MODULE_KG = {
    "cells": 18.0,
    "aluminium": 1.5,
    "plastic": 0.4,
    "copper": 0.3,
    "steel": 0.264,
}
_MODULE_SCREW_KG = 0.018
FLOOR_Z_M = 0.032
# Screws and cups come from above.
FROM_ABOVE = (0.0, 1.0, 0.0, 0.0)
_UP = turned((0.0, 0.0, 1.0), (0.0, 1.0, 0.0))
ASSUMED: Mapping[str, Json] = {
    "source": "assumed split of the pack's published mass of 326 kg",
    "confidence": "C",
}


def module_place_m(number: int) -> Vector3:
    """Return where module ``number``, from 1, stands: centre of its underside.

    Up one row from the junction box and down the other, as the current flows.
    """
    row, along = (0, number - 1) if number <= 6 else (1, N_MODULES - number)
    return (round(0.43 - 0.21 * along, 6), (0.20, -0.20)[row], FLOOR_Z_M)


def build_module(number: int) -> Node:
    """Return a module in its own frame, on its two screws."""
    x, y, z = MODULE_M
    case = rounded_box((x, y, z - 0.012), (0.0, 0.0, (z - 0.012) / 2.0), 0.006, 1)
    cover = rounded_box((x - 0.01, y - 0.05, 0.018), (0.0, 0.0, z - 0.010), 0.004, 1)
    ends = [
        box((x - 0.004, 0.012, z - 0.004), (0.0, side * (y / 2.0 - 0.006), z / 2.0))
        for side in (-1.0, 1.0)
    ]
    bands = [
        box((x + 0.001, 0.018, 0.004), (0.0, side * 0.11, z)) for side in (-1.0, 1.0)
    ]
    poles = [cylinder(0.012, 0.012, (dx, 0.0, z + 0.002), sides=12) for dx in POLES_X_M]
    plate = box((0.06, 0.05, 0.001), (0.0, -0.05, z - 0.0005))
    heads: list[Vector3] = [(-0.075, 0.165, z + 0.006), (0.075, -0.165, z + 0.006)]
    name = f"module_{number:02d}"
    held_by = screws(
        name,
        heads,
        FROM_ABOVE,
        thread="M6",
        mass_kg=_MODULE_SCREW_KG,
        pieces=screw_pieces(0.8),
    )
    ports = [
        Port(
            "grip",
            "vacuum_grip",
            "both",
            (0.0, 0.06, z - 0.001),
            _UP,
            (0.08, 0.16),
            0.001,
        ),
        Port(
            "grip_jaw",
            "jaw_grip",
            "both",
            (0.0, 0.0, z),
            turned((0.0, 0.0, 1.0), (0.0, 1.0, 0.0)),
            (y, x),
        ),
    ]
    return Node(
        name,
        "module",
        "pack_module",
        _MODULE_KG,
        [
            Piece(paint.ALUMINIUM, case),
            Piece(paint.ALUMINIUM_DARK, joined(ends)),
            Piece(paint.FRAME_DARK, cover, SMOOTH_CREASE_DEG),
            Piece(paint.STEEL_LIGHT, joined(bands)),
            Piece(paint.COPPER, joined(poles)),
            Piece(paint.STICKER, plate),
        ],
        position_m=module_place_m(number),
        children=held_by[1],
        collision=[Box(MODULE_M, (0.0, 0.0, z / 2.0))],
        fasteners=held_by[0],
        ports=ports,
        notes=ASSUMED,
        label_values={"number": number},
    )
