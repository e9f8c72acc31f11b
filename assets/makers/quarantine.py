"""The container in which a battery under suspicion waits."""

from __future__ import annotations

import itertools
import math

import numpy as np

from assets.makers import paint
from assets.makers.guard import warning_sign
from assets.makers.machine_parts import (
    Parts,
    at_four_corners,
    control_panel,
    on_both_sides,
    signal_tower,
    stripes,
)
from assets.makers.node import (
    Asset,
    Joint,
    Json,
    Node,
    Port,
    between,
    floor_space,
    turned,
)
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

_CONTAINER_M = (3.0, 2.44, 2.6)
_CONTAINER_SOURCE: dict[str, Json] = {
    "source": "outer size after the 10 ft container of ISO 668; the rest assumed",
    "confidence": "C",
}


def build_quarantine_container(name: str = "quarantine_container") -> Asset:
    """Return a steel container that a suspect pack waits in; its doors at +x.

    Frame: on the ground below its middle.

    Args:
        name: Of the asset.
    """
    length, width, height = _CONTAINER_M
    hx, hy = length / 2.0, width / 2.0
    parts = Parts()
    _shell(parts, hx, hy, height)
    rack = [span((-1.25, -0.95, z), (0.95, 0.95, z + 0.05)) for z in (0.32, 1.25)]
    bars = box((0.06, 0.06, 1.9), (-1.2, 0.92, 1.25))
    bars_front = box((0.06, 0.06, 1.9), (0.9, 0.92, 1.25))
    parts.add(paint.HAZARD_YELLOW, *rack, *on_both_sides(bars, bars_front))
    pipe = cylinder(0.03, 2.6, (0.0, 0.0, height - 0.16), "x", 12)
    heads = [
        cylinder(0.05, 0.03, (x, 0.0, height - 0.205), sides=12)
        for x in (-0.9, 0.0, 0.9)
    ]
    parts.smooth(paint.SAFETY_RED, pipe, *heads)
    inlet = [
        cylinder(0.05, 0.16, (-0.9, -hy - 0.02, 0.55), "y", 16),
        ring(0.075, 0.03, 0.05, 18).moved(
            (-0.9, -hy - 0.10, 0.55), (0.707106781, 0.707106781, 0.0, 0.0)
        ),
    ]
    parts.smooth(paint.SAFETY_RED, *inlet)
    for x in (-0.7, 0.7):
        hood = revolve(
            [
                (0.0, 0.0),
                (0.16, 0.0),
                (0.16, 0.12),
                (0.22, 0.14),
                (0.22, 0.20),
                (0.0, 0.28),
            ],
            22,
        )
        parts.smooth(paint.STEEL_LIGHT, hood.moved((x, 0.6, height - 0.01)))
    control_panel(parts, (0.5, -hy - 0.03, 1.45))
    signal_tower(parts, (1.2, -hy + 0.2, height))
    parts.add(paint.HAZARD_YELLOW, warning_sign(0.30).moved((-0.5, -hy - 0.012, 1.75)))
    bolt = [
        (-0.03, 0.12),
        (0.05, 0.12),
        (0.01, 0.02),
        (0.05, 0.02),
        (-0.03, -0.13),
        (0.0, -0.01),
        (-0.05, -0.01),
    ]
    flash = prism(bolt, 0.006).moved(
        (-0.5, -hy - 0.016, 1.72), (0.707106781, 0.707106781, 0.0, 0.0)
    )
    parts.add(paint.HAZARD_BLACK, flash)
    body = Node(
        "container",
        "quarantine",
        "quarantine_container",
        {"steel": 1680.0, "insulation": 140.0, "copper": 18.0},
        parts.pieces(),
        collision=[
            between((-hx, hy - 0.1, 0.0), (hx, hy, height)),
            between((-hx, -hy, 0.0), (hx, -hy + 0.1, height)),
            between((-hx, -hy, 0.0), (-hx + 0.1, hy, height)),
            between((-hx, -hy, height - 0.15), (hx, hy, height)),
            between((-hx, -hy, 0.0), (hx, hy, 0.17)),
            *(between((-1.25, -0.95, z), (0.95, 0.95, z + 0.05)) for z in (0.32, 1.25)),
        ],
        ports=[
            Port("pack_in", "pack", "both", (0.95, 0.0, 0.37)),
            Port(
                "water",
                "fire_water",
                "in",
                (-0.9, -hy - 0.12, 0.55),
                turned((0.0, -1.0, 0.0), (1.0, 0.0, 0.0)),
            ),
            Port(
                "vent",
                "air_duct",
                "out",
                (0.7, 0.6, height + 0.27),
                turned((0.0, 0.0, 1.0), (0.0, 1.0, 0.0)),
            ),
        ],
        notes={
            **floor_space(
                (-hx, -hy - 0.20),
                (hx + 0.1, hy),
                {"+x": 3.0, "-x": 2.5, "+y": 2.5, "-y": 2.5},
                "assumed: 2.5 m from what can burn; look for the insurer's distance",
            ),
            "zone": "quarantine",
            **_CONTAINER_SOURCE,
        },
    )
    return Asset(
        name,
        [
            body,
            _leaf("door_left", 1.0, hx, hy, height),
            _leaf("door_right", -1.0, hx, hy, height),
        ],
    )


def _corrugated(length: float, height: float, depth: float) -> Shape:
    """Return a trapezoidal sheet along x that faces -y, its back at y = 0, closed."""
    pitch = 0.278
    n = max(1, int(length / pitch))
    step = length / n
    outline: list[tuple[float, float]] = []
    for k in range(n):
        x = -length / 2 + k * step
        outline += [
            (x, -0.002),
            (x + 0.32 * step, -0.002),
            (x + 0.5 * step, -depth),
            (x + 0.82 * step, -depth),
        ]
    outline += [(length / 2, -0.002)]
    cells = [
        prism([(a[0], 0.02), (a[0], a[1]), (b[0], b[1]), (b[0], 0.02)], height)
        for a, b in itertools.pairwise(outline)
        if b[0] - a[0] > 1e-6
    ]
    return joined(cells)


def _shell(parts: Parts, hx: float, hy: float, height: float) -> None:
    """Add frame, corrugated walls, roof and floor."""
    post = box((0.16, 0.16, height), (hx - 0.08, hy - 0.08, height / 2))
    casting = box((0.178, 0.162, 0.118), (hx - 0.089, hy - 0.081, 0.059))
    parts.add(paint.MACHINE_BLUE, *at_four_corners(post))
    parts.add(
        paint.STEEL_DARK,
        *at_four_corners(casting, casting.moved((0.0, 0.0, height - 0.118))),
    )
    rail = box((2 * hx - 0.3, 0.08, 0.14), (0.0, hy - 0.05, 0.10))
    parts.add(
        paint.MACHINE_BLUE, *on_both_sides(rail, rail.moved((0.0, 0.0, height - 0.18)))
    )
    cross = box((0.08, 2 * hy - 0.3, 0.14), (-hx + 0.05, 0.0, 0.10))
    parts.add(
        paint.MACHINE_BLUE,
        cross,
        cross.moved((0.0, 0.0, height - 0.18)),
        cross.mirrored_x(),
        cross.mirrored_x().moved((0.0, 0.0, height - 0.18)),
    )
    side = _corrugated(2 * hx - 0.32, height - 0.34, 0.05).moved(
        (0.0, -hy + 0.06, height / 2)
    )
    parts.add(paint.MACHINE_BLUE, *on_both_sides(side))
    back = _corrugated(2 * hy - 0.32, height - 0.34, 0.05)
    turn = (0.707106781, 0.0, 0.0, -0.707106781)
    parts.add(paint.MACHINE_BLUE, back.moved((-hx + 0.06, 0.0, height / 2), turn))
    floor = span((-hx + 0.08, -hy + 0.08, 0.12), (hx - 0.08, hy - 0.08, 0.17))
    roof = span(
        (-hx + 0.08, -hy + 0.06, height - 0.06), (hx - 0.08, hy - 0.06, height - 0.02)
    )
    lining = span(
        (-hx + 0.085, -hy + 0.085, 0.17), (-hx + 0.10, hy - 0.085, height - 0.15)
    )
    parts.add(paint.STEEL, floor, lining)
    parts.add(paint.MACHINE_BLUE, roof)
    ribs = [
        box((0.08, 2 * hy - 0.3, 0.02), (float(x), 0.0, height - 0.012))
        for x in np.linspace(-hx + 0.4, hx - 0.4, 7)
    ]
    parts.add(paint.MACHINE_BLUE, *ribs)


def _leaf(name: str, side: float, hx: float, hy: float, height: float) -> Node:
    """Return one leaf of the doors in its hinge's frame, closed at 0."""
    width = hy - 0.17
    plate = span((-0.03, 0.01, 0.0), (0.02, width, height - 0.36))
    frame = [
        span((-0.03, 0.01, z), (0.035, width, z + 0.09)) for z in (0.0, height - 0.45)
    ] + [
        span((-0.03, y, 0.0), (0.035, y + 0.08, height - 0.36))
        for y in (0.01, width - 0.09)
    ]
    rods = [
        cylinder(0.018, height - 0.30, (0.06, y, height / 2 - 0.18), sides=12)
        for y in (0.35, 0.75)
    ]
    levers = [
        rounded_box((0.02, 0.34, 0.035), (0.085, y + 0.12, 0.95), 0.008)
        for y in (0.30, 0.66)
    ]
    keeps = [
        box((0.04, 0.07, 0.05), (0.045, y, z))
        for y in (0.35, 0.75)
        for z in (0.12, 0.9, 2.0)
    ]
    hinges = [
        cylinder(0.025, 0.14, (0.03, 0.0, z), sides=12) for z in (0.25, 0.9, 1.5, 2.05)
    ]
    pieces = Parts()
    for surface, shapes in (
        (paint.MACHINE_BLUE, [plate, *frame]),
        (paint.STEEL_LIGHT, [*rods, *levers]),
        (paint.STEEL_DARK, [*keeps, *hinges]),
    ):
        pieces.add(surface, *(s if side < 0 else s.mirrored_y() for s in shapes))
    stripe = Parts()
    stripes(stripe, width - 0.25, 0.16, (0.038, side * -width / 2, 1.45), math.pi / 2)
    pieces.extend(stripe.pieces())
    low_y, high_y = sorted((side * -0.01, side * -width))
    return Node(
        name,
        "door",
        f"container_{name}",
        {"steel": 118.0},
        pieces.pieces(),
        position_m=(hx - 0.06, side * (hy - 0.165), 0.18),
        collision=[between((-0.03, low_y, 0.0), (0.035, high_y, height - 0.36))],
        joint=Joint(name, "revolute", (0.0, 0.0, side), 0.0, 1.9),
        notes=_CONTAINER_SOURCE,
    )
