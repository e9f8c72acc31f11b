"""The battery pack: ribbed tray, lid, connectors, service plug, 16 bolts."""

from __future__ import annotations

import math

from assets.makers import paint
from assets.makers.dimensions import (
    BOLT_HEAD_HEIGHT_M,
    BOLT_MASS_KG,
    PACK_IN_CAR_M,
    PACK_SIZE_M,
    bolt_positions_m,
)
from assets.makers.node import Asset, Box, Fastener, Node, Piece
from assets.makers.shape import (
    Shape,
    box,
    cylinder,
    joined,
    prism,
    revolve,
    ring,
    rounded_box,
    span,
)

_LENGTH_M, _WIDTH_M, _HEIGHT_M = PACK_SIZE_M
_FLANGE_M = 0.02
PACK_MATERIALS_KG = {
    "cells": 216.0,
    "aluminium": 56.0,
    "steel": 22.0,
    "copper": 17.0,
    "plastic": 12.0,
    "battery_coolant": 3.0,
}


def bolt_pieces() -> list[Piece]:
    """Return an M12 hexagon flange screw, head face at z = 0, shank upward.

    Source:
        DIN 6921, M12: 18 mm across flats, flange 26 mm, head 12 mm high.
    """
    across = 0.018 / math.sqrt(3.0)
    hexagon = [
        (across * math.cos(n * math.pi / 3.0), across * math.sin(n * math.pi / 3.0))
        for n in range(6)
    ]
    height = BOLT_HEAD_HEIGHT_M
    head = prism(hexagon, height - 0.003, (height - 0.003) / 2.0)
    flange = revolve(
        [
            (0.0, height - 0.0045),
            (0.0105, height - 0.0045),
            (0.013, height - 0.002),
            (0.013, height),
            (0.0, height),
        ],
        9,
    )
    shank = cylinder(0.006, 0.055, (0.0, 0.0, height + 0.0275), sides=6)
    return [
        Piece(paint.BOLT_ZINC, joined([head, flange])),
        Piece(paint.STEEL_DARK, shank),
    ]


def build_bolt() -> Asset:
    """Return one fastener by itself, frame as on the pack."""
    node = Node("bolt", "fastener", "bolt", {"steel": BOLT_MASS_KG}, bolt_pieces())
    return Asset("bolt", [node])


def pack_flange() -> Shape:
    """Return the rim that the pack's bolts go through, pack frame.

    The bottom is recessed inside it, so that its ribs can be seen and yet nothing
    lies below z = 0.
    """
    half_x, half_y = _LENGTH_M / 2.0, _WIDTH_M / 2.0
    return joined(
        [
            span((-half_x, y, 0.0), (half_x, y + 0.1, _FLANGE_M))
            for y in (-half_y, half_y - 0.1)
        ]
        + [
            span((x, -half_y + 0.1, 0.0), (x + 0.2, half_y - 0.1, _FLANGE_M))
            for x in (-half_x, half_x - 0.2)
        ]
    )


def pack_ribs() -> Shape:
    """Return the ribs round the tray, pack frame."""
    ribs: list[Shape] = []
    for n in range(11):
        x = -0.65 + 0.13 * n
        for side in (-1.0, 1.0):
            ribs.append(box((0.018, 0.035, 0.09), (x, side * 0.44, 0.065)))
    for n in range(7):
        for side in (-1.0, 1.0):
            ribs.append(
                box((0.035, 0.018, 0.09), (side * 0.745, -0.39 + 0.13 * n, 0.065))
            )
    return joined(ribs)


def pack_pieces() -> list[Piece]:
    """Return the pack in its own frame, without its bolts."""
    tray_height = 0.10
    tray = rounded_box(
        (_LENGTH_M - 0.14, _WIDTH_M - 0.14, tray_height),
        (0.0, 0.0, _FLANGE_M + tray_height / 2.0 - 0.004),
        0.02,
    )
    lid_height = _HEIGHT_M - _FLANGE_M - tray_height + 0.008
    lid = rounded_box(
        (_LENGTH_M - 0.18, _WIDTH_M - 0.18, lid_height),
        (0.0, 0.0, _HEIGHT_M - 0.002 - lid_height / 2.0),
        0.03,
        3,
    )
    fields = [
        rounded_box((0.24, 0.22, 0.02), (x, y, 0.0101), 0.006, 1)
        for x in (-0.435, -0.145, 0.145, 0.435)
        for y in (-0.26, 0.0, 0.26)
    ]
    # A dark ring round each screw: cameras and people find it at once.
    rings = [
        ring(0.027, 0.0165, 0.001, 8).moved((x, y, -0.0005))
        for x, y, _z in bolt_positions_m()
    ]
    seam = box((_LENGTH_M - 0.13, _WIDTH_M - 0.13, 0.008), (0.0, 0.0, 0.118))
    connectors = [
        rounded_box((0.09, 0.1, 0.07), (0.73, y, 0.165), 0.012) for y in (-0.16, 0.16)
    ]
    collars = [cylinder(0.03, 0.06, (0.785, y, 0.165), "x", 20) for y in (-0.16, 0.16)]
    plug = [
        rounded_box((0.16, 0.11, 0.03), (-0.45, 0.0, _HEIGHT_M - 0.016), 0.008),
        rounded_box((0.05, 0.09, 0.03), (-0.45, 0.0, _HEIGHT_M - 0.015), 0.01),
    ]
    coolant = [cylinder(0.014, 0.07, (0.765, y, 0.15), "x", 14) for y in (-0.05, 0.05)]
    sticker = box((0.26, 0.001, 0.05), (0.2, -0.4365, 0.085))
    sticker_top = box((0.34, 0.22, 0.0012), (0.25, 0.22, _HEIGHT_M - 0.0006))
    warning = prism(
        [
            (0.055 * math.cos(a), 0.055 * math.sin(a))
            for a in (math.pi / 2, math.pi * 7 / 6, math.pi * 11 / 6)
        ],
        0.0016,
        _HEIGHT_M - 0.0006,
    ).moved((0.16, 0.22, 0.0))
    return [
        Piece(paint.ALUMINIUM, pack_flange()),
        Piece(paint.ALUMINIUM, tray, 50.0),
        Piece(paint.ALUMINIUM_DARK, pack_ribs()),
        Piece(paint.ALUMINIUM_DARK, joined(fields)),
        Piece(paint.PLASTIC_BLACK, seam),
        Piece(paint.FRAME_DARK, joined(rings)),
        Piece(paint.MACHINE_GREY, lid, 50.0),
        Piece(paint.HV_ORANGE, joined(connectors + collars + plug), 50.0),
        Piece(paint.PLASTIC_BLACK, joined(coolant)),
        Piece(paint.STICKER, joined([sticker, sticker_top])),
        Piece(paint.HAZARD_YELLOW, warning),
    ]


def build_pack_node() -> Node:
    """Return the pack where the car carries it, with its 16 bolts."""
    fasteners = [
        Fastener(f"bolt_{n:02d}", "M12", position, BOLT_MASS_KG)
        for n, position in enumerate(bolt_positions_m(), start=1)
    ]
    bolts = [
        Node(
            fastener.name,
            "fastener",
            "bolt",
            {"steel": BOLT_MASS_KG},
            bolt_pieces(),
            position_m=fastener.position_m,
        )
        for fastener in fasteners
    ]
    return Node(
        "battery_pack",
        "pack",
        "battery_pack",
        PACK_MATERIALS_KG,
        pack_pieces(),
        position_m=PACK_IN_CAR_M,
        children=bolts,
        collision=[Box(PACK_SIZE_M, (0.0, 0.0, _HEIGHT_M / 2.0))],
        fasteners=fasteners,
        notes={
            "source": "published mass of the 52 kWh pack of a Renault Zoe; "
            "its split into materials is assumed",
            "confidence": "A",
            "materials_confidence": "C",
        },
    )
