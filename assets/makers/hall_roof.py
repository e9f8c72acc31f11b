"""A bay of a hall's roof."""

from __future__ import annotations

import itertools

import numpy as np

from assets.makers import paint
from assets.makers.machine_parts import Parts, i_beam
from assets.makers.node import (
    Asset,
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
    rounded_box,
    span,
    sweep,
)

COLUMN_HEIGHT_M = 6.5
BAY_M = 6.0
SPAN_M = 12.0
_SOURCE: dict[str, Json] = {
    "source": "assumed: a light steel hall, bays of 6 m, span of 12 m",
    "confidence": "C",
}


def build_hall_roof(name: str = "hall_roof", bay_m: float = BAY_M) -> Asset:
    """Return a bay of roof: two trusses along y, purlins, sheets, lamps.

    Frame: on the floor below its middle; its trusses rest on columns at
    y = ± 6 m, which this asset does not contain.

    Args:
        name: Of the asset.
        bay_m: Along x, from truss to truss.
    """
    hx, hy, low = bay_m / 2.0, SPAN_M / 2.0, COLUMN_HEIGHT_M
    parts = Parts()
    for x in (-hx, hx):
        parts.add(paint.STEEL_LIGHT, *_truss(x * 0.985, hy, low))
    ys = np.linspace(-hy + 0.4, hy - 0.4, 9)
    purlins = [i_beam(bay_m, 0.16, 0.09).moved((0.0, float(y), low + 1.08)) for y in ys]
    parts.add(paint.STEEL_LIGHT, *purlins)
    for a, b in ((-hy - 0.3, -1.6), (1.6, hy + 0.3)):
        parts.add(paint.WALL, span((-hx, a, low + 1.17), (hx, b, low + 1.29)))
        ribs = [
            box((0.03, b - a, 0.04), (float(x), (a + b) / 2, low + 1.305))
            for x in np.linspace(-hx + 0.15, hx - 0.15, 13)
        ]
        parts.add(paint.WALL, *ribs)
    parts.add(paint.DAYLIGHT, span((-hx, -1.6, low + 1.18), (hx, 1.6, low + 1.22)))
    parts.add(
        paint.STEEL,
        *(
            box((0.05, 3.2, 0.07), (float(x), 0.0, low + 1.24))
            for x in np.linspace(-hx + 0.03, hx - 0.03, 7)
        ),
    )
    for y in (-3.4, 3.4):
        lamp = rounded_box((1.5, 0.2, 0.07), (0.0, y, low - 0.25), 0.02)
        tube = box((1.4, 0.13, 0.02), (0.0, y, low - 0.288))
        wires = [
            cylinder(0.006, 1.25, (dx, y, low + 0.40), sides=6) for dx in (-0.6, 0.6)
        ]
        parts.smooth(paint.STEEL_LIGHT, lamp)
        parts.add(paint.LAMP_CLEAR, tube)
        parts.add(paint.STEEL_DARK, *wires)
    pipe = cylinder(0.05, bay_m, (0.0, 2.2, low + 0.16), "x", 14)
    parts.smooth(paint.SAFETY_RED, pipe)
    node = Node(
        "roof",
        "hall",
        "hall_roof_bay",
        {"steel": 2950.0, "insulation": 520.0, "plastic": 90.0},
        parts.pieces(),
        ports=[
            Port(
                f"column_{n}",
                "hall_roof",
                "both",
                (x, y, low),
                turned((0.0, 0.0, -1.0), (0.0, 1.0, 0.0)),
            )
            for n, (x, y) in enumerate(
                ((-hx, -hy), (hx, -hy), (hx, hy), (-hx, hy)), start=1
            )
        ],
        collision=[between((-hx, -hy - 0.3, low), (hx, hy + 0.3, low + 1.29))],
        notes={**floor_space((-hx, -hy - 0.3), (hx, hy + 0.3), {}), **_SOURCE},
    )
    return Asset(name, [node])


def _truss(x: float, hy: float, low: float) -> list[Shape]:
    """Return a parallel truss along y: two chords and the bars between."""
    chords = [
        box((0.14, 2 * hy + 0.3, 0.12), (x, 0.0, z)) for z in (low + 0.06, low + 0.94)
    ]
    nodes = np.linspace(-hy, hy, 11)
    bars = [
        sweep(
            [
                (x, float(a), low + (0.1 if k % 2 else 0.9)),
                (x, float(b), low + (0.9 if k % 2 else 0.1)),
            ],
            0.04,
            8,
        )
        for k, (a, b) in enumerate(itertools.pairwise(nodes))
    ]
    ends = [box((0.12, 0.10, 0.9), (x, s * hy, low + 0.5)) for s in (-1.0, 1.0)]
    return [*chords, *bars, *ends]
