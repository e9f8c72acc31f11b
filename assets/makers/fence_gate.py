"""A run of fence with a gate that is watched, and an opening with a light curtain."""

from __future__ import annotations

import numpy as np

from assets.makers import paint
from assets.makers.guard import build_light_curtain
from assets.makers.machine_parts import Parts
from assets.makers.node import (
    Asset,
    Joint,
    Json,
    Node,
    Port,
    Vector3,
    between,
    floor_space,
    turned,
)
from assets.makers.shape import box, cylinder, rounded_box

HEIGHT_M = 2.0
GATE_M = 1.0
OPENING_M = 1.6
_SOURCE: dict[str, Json] = {
    "source": "height of 2 m after ISO 13857; masses assumed",
    "confidence": "C",
}


def build_fence_gate(name: str = "fence_gate", panel_m: float = 1.2) -> Asset:
    """Return, along x: a panel, the gate, a panel, and the curtain's opening.

    Frame: on the floor in its middle; the cell lies at +y, people at -y.

    Args:
        name: Of the asset.
        panel_m: Width of each of the two fixed panels.
    """
    total = 2.0 * panel_m + GATE_M + OPENING_M + 0.24
    x = -total / 2.0
    parts = Parts()
    posts = [
        x,
        x + panel_m,
        x + panel_m + GATE_M,
        x + 2 * panel_m + GATE_M,
        total / 2.0,
    ]
    for at in posts:
        _post(parts, at)
    _mesh(parts, posts[0] + 0.03, posts[1] - 0.03, 0.0)
    _mesh(parts, posts[2] + 0.03, posts[3] - 0.03, 0.0)
    lock = (posts[2], -0.055, 1.05)
    parts.smooth(paint.SAFETY_RED, rounded_box((0.06, 0.07, 0.22), lock, 0.01))
    parts.add(
        paint.PLASTIC_BLACK, box((0.04, 0.03, 0.06), (posts[2] - 0.02, -0.085, 1.12))
    )
    beam = box(
        (OPENING_M + 0.2, 0.06, 0.10), ((posts[3] + posts[4]) / 2, 0.0, HEIGHT_M - 0.05)
    )
    parts.add(paint.HAZARD_YELLOW, beam)
    fence = Node(
        "fence",
        "fence",
        "fence_gate",
        {"steel": 96.0, "plastic": 2.0},
        parts.pieces(),
        collision=[
            between((posts[0] - 0.03, -0.03, 0.0), (posts[1] + 0.03, 0.03, HEIGHT_M)),
            between((posts[2] - 0.03, -0.03, 0.0), (posts[3] + 0.03, 0.03, HEIGHT_M)),
            between((posts[4] - 0.03, -0.03, 0.0), (posts[4] + 0.03, 0.03, HEIGHT_M)),
        ],
        ports=[
            Port(
                "walk",
                "person",
                "both",
                ((posts[1] + posts[2]) / 2, 0.0, 0.0),
                turned((0.0, -1.0, 0.0), (1.0, 0.0, 0.0)),
            ),
            Port(
                "pass",
                "lane",
                "both",
                ((posts[3] + posts[4]) / 2, 0.0, 0.0),
                turned((0.0, -1.0, 0.0), (1.0, 0.0, 0.0)),
            ),
            Port(
                "left",
                "fence",
                "both",
                (posts[0], 0.0, 0.0),
                turned((-1.0, 0.0, 0.0), (0.0, -1.0, 0.0)),
            ),
            Port("right", "fence", "both", (posts[4], 0.0, 0.0)),
        ],
        notes={
            **floor_space(
                (-total / 2 - 0.11, -0.15),
                (total / 2 + 0.11, 0.15),
                {"-y": 1.1, "+y": 0.5},
                "assumed: the gate swings to -y",
            ),
            **_SOURCE,
        },
    )
    curtain = _curtain((posts[3] + posts[4]) / 2.0)
    return Asset(name, [fence, _gate(posts[1], posts[2]), *curtain])


def _post(parts: Parts, x: float) -> None:
    parts.add(paint.HAZARD_YELLOW, box((0.06, 0.06, HEIGHT_M), (x, 0.0, HEIGHT_M / 2)))
    parts.add(paint.STEEL_DARK, box((0.18, 0.18, 0.012), (x, 0.0, 0.006)))
    anchors = [
        cylinder(0.009, 0.02, (x + dx, dy, 0.02), sides=6)
        for dx in (-0.065, 0.065)
        for dy in (-0.065, 0.065)
    ]
    parts.add(paint.STEEL_BRIGHT, *anchors)
    parts.add(
        paint.PLASTIC_BLACK, box((0.062, 0.062, 0.012), (x, 0.0, HEIGHT_M - 0.004))
    )


def _mesh(parts: Parts, low_x: float, high_x: float, y: float) -> None:
    """Add a framed panel of welded wire, 0.14 m above the floor."""
    width, low, high = high_x - low_x, 0.14, HEIGHT_M - 0.04
    middle = (low_x + high_x) / 2.0
    rails = [box((width, 0.025, 0.025), (middle, y, z)) for z in (low, high)]
    stiles = [
        box((0.025, 0.025, high - low), (x, y, (low + high) / 2))
        for x in (low_x + 0.0125, high_x - 0.0125)
    ]
    parts.add(paint.FRAME_DARK, *rails, *stiles)
    n = round(width / 0.05)
    wires = [
        box((0.004, 0.004, high - low), (float(x), y, (low + high) / 2))
        for x in np.linspace(low_x, high_x, n + 1)[1:-1]
    ]
    m = round((high - low) / 0.10)
    wires += [
        box((width, 0.004, 0.004), (middle, y + 0.004, float(z)))
        for z in np.linspace(low, high, m + 1)[1:-1]
    ]
    parts.add(paint.FRAME_DARK, *wires)


def _gate(left_x: float, right_x: float) -> Node:
    """Return the leaf in its hinge's frame, closed at 0; it opens towards -y."""
    width = right_x - left_x
    parts = Parts()
    _mesh(parts, 0.05, width - 0.05, 0.0)
    stile = [
        box((0.04, 0.04, HEIGHT_M - 0.18), (x, 0.0, HEIGHT_M / 2 + 0.05))
        for x in (0.055, width - 0.055)
    ]
    bars = [
        box((width - 0.1, 0.04, 0.04), (width / 2, 0.0, z))
        for z in (0.16, 1.0, HEIGHT_M - 0.06)
    ]
    parts.add(paint.HAZARD_YELLOW, *stile, *bars)
    hinges = [cylinder(0.018, 0.10, (0.02, -0.02, z), sides=12) for z in (0.4, 1.6)]
    tongue = box((0.05, 0.012, 0.05), (width - 0.05, -0.05, 1.05))
    parts.add(paint.STEEL_DARK, *hinges, tongue)
    parts.smooth(
        paint.STEEL_BRIGHT,
        rounded_box((0.02, 0.05, 0.26), (width - 0.10, -0.05, 1.05), 0.008),
    )
    parts.add(paint.STICKER, box((0.20, 0.004, 0.26), (width / 2, -0.022, 1.45)))
    parts.add(paint.SAFETY_RED, box((0.16, 0.005, 0.05), (width / 2, -0.023, 1.53)))
    at: Vector3 = (left_x, 0.0, 0.0)
    return Node(
        "gate",
        "gate",
        "fence_gate_leaf",
        {"steel": 24.0},
        parts.pieces(),
        position_m=at,
        collision=[between((0.04, -0.02, 0.14), (width - 0.04, 0.02, HEIGHT_M - 0.04))],
        joint=Joint("gate", "revolute", (0.0, 0.0, -1.0), 0.0, 1.6),
        notes=_SOURCE,
    )


def _curtain(middle_x: float) -> list[Node]:
    """Return the curtain's columns, which stand along x here."""
    turn = (0.707106781, 0.0, 0.0, 0.707106781)
    made = []
    for node in build_light_curtain("curtain", OPENING_M - 0.1).nodes:
        _, y, _ = node.position_m
        notes = {key: value for key, value in node.notes.items() if key != "footprint"}
        made.append(
            Node(
                node.name,
                node.kind,
                node.label,
                node.materials_kg,
                node.pieces,
                position_m=(middle_x - y, 0.0, 0.0),
                wxyz=turn,
                collision=node.collision,
                notes={**notes, **_SOURCE},
            )
        )
    return made
