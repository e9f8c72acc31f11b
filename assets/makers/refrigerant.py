"""The unit that takes the refrigerant out of a car's air conditioner."""

from __future__ import annotations

import math

from assets.makers import paint
from assets.makers.machine_parts import Parts, castor, control_panel, hose
from assets.makers.node import (
    Asset,
    Json,
    Node,
    Port,
    Vector3,
    between,
    floor_space,
    turned,
)
from assets.makers.paint import Paint
from assets.makers.shape import (
    Shape,
    box,
    cylinder,
    revolve,
    ring,
    rounded_box,
    sweep,
)

# One circuit and one cylinder each: the two must never be mixed.
_GASES = (("r134a", 0.17, paint.CYLINDER_BLUE), ("r1234yf", -0.17, paint.SAFETY_RED))
_SOURCE: dict[str, Json] = {
    "source": "assumed: a recovery unit with two separate circuits",
    "confidence": "C",
}


def build_refrigerant_unit(name: str = "refrigerant_unit") -> Asset:
    """Return the unit on castors; its front, with hoses and gauges, is at -y.

    Args:
        name: Of the asset.
    """
    parts = Parts()
    for x, trail in ((-0.30, 0.0), (0.30, 0.02)):
        for y in (-0.22, 0.24):
            castor(parts, x, y, 0.065, trail)
    parts.smooth(
        paint.MACHINE_GREY, rounded_box((0.86, 0.66, 0.06), (0.0, 0.02, 0.205), 0.02)
    )
    parts.smooth(
        paint.STEEL_LIGHT, rounded_box((0.78, 0.34, 0.78), (0.0, -0.10, 0.62), 0.03, 3)
    )
    parts.smooth(
        paint.MACHINE_BLUE, rounded_box((0.80, 0.36, 0.16), (0.0, -0.10, 0.33), 0.03, 3)
    )
    parts.smooth(
        paint.FRAME_DARK, rounded_box((0.82, 0.30, 0.06), (0.0, -0.09, 1.03), 0.02)
    )
    control_panel(parts, (0.0, -0.14, 1.24))
    parts.add(paint.FRAME_DARK, box((0.12, 0.06, 0.10), (0.0, -0.10, 1.04)))
    slots = [
        box((0.30, 0.004, 0.012), (0.0, -0.281, 0.27 + 0.03 * n)) for n in range(5)
    ]
    parts.add(paint.CAR_GAP, *slots)
    for n, (_, x, colour) in enumerate(_GASES):
        _gauge(parts, (x - 0.08, -0.275, 0.88))
        _gauge(parts, (x + 0.08, -0.275, 0.88))
        _bottle(parts, (x, 0.22, 0.235), colour)
        reach = 1.0 if x > 0.0 else -1.0
        _line(parts, x + 0.05 * reach, reach, n, colour)
    push = sweep(
        [
            (-0.40, 0.02, 0.86),
            (-0.50, 0.02, 0.92),
            (-0.50, -0.22, 0.92),
            (-0.40, -0.22, 0.86),
        ],
        0.014,
        10,
    )
    parts.smooth(paint.STEEL_BRIGHT, push)
    strap = box((0.82, 0.012, 0.03), (0.0, 0.365, 0.52))
    ends = [box((0.02, 0.30, 0.03), (s * 0.40, 0.22, 0.52)) for s in (-1.0, 1.0)]
    parts.add(paint.STEEL, strap, *ends)
    node = Node(
        "unit",
        "refrigerant_unit",
        "refrigerant_unit",
        {"steel": 74.0, "copper": 9.0, "plastic": 12.0, "rubber": 6.0},
        parts.pieces(),
        collision=[
            between((-0.43, -0.31, 0.0), (0.43, 0.37, 1.06)),
            between((-0.15, -0.22, 1.06), (0.15, -0.06, 1.44)),
        ],
        ports=[
            Port(
                gas,
                f"refrigerant_{gas}",
                "in",
                (x + (0.05 if x > 0.0 else -0.05), -0.30, 0.70),
                turned((0.0, -1.0, 0.0), (1.0, 0.0, 0.0)),
            )
            for gas, x, _ in _GASES
        ],
        notes={
            **floor_space((-0.52, -0.40), (0.52, 0.38), {"-y": 0.8, "-x": 0.6}),
            "holds": {
                "fluids": [f"refrigerant_{gas}" for gas, _, _ in _GASES],
                "volume_m3": 0.024,
            },
            **_SOURCE,
        },
    )
    return Asset(name, [node])


def _gauge(parts: Parts, at_m: Vector3) -> None:
    """Add a round dial that faces -y."""
    x, y, z = at_m
    parts.smooth(paint.STEEL_BRIGHT, cylinder(0.055, 0.03, (x, y, z), "y", 24))
    parts.add(paint.STICKER, cylinder(0.047, 0.004, (x, y - 0.016, z), "y", 24))
    needle = box((0.004, 0.002, 0.036)).moved(
        (x + 0.008, y - 0.019, z + 0.008), (math.cos(0.4), 0.0, math.sin(0.4), 0.0)
    )
    parts.add(paint.SAFETY_RED, needle)


def _bottle(parts: Parts, foot_m: Vector3, colour: Paint) -> None:
    """Add a refrigerant cylinder of 12 litres with its valve and collar."""
    body = revolve(
        [
            (0.0, 0.0),
            (0.10, 0.0),
            (0.125, 0.03),
            (0.13, 0.06),
            (0.13, 0.42),
            (0.115, 0.47),
            (0.06, 0.505),
            (0.03, 0.51),
            (0.0, 0.51),
        ],
        28,
    )
    parts.smooth(colour, body.moved(foot_m))
    x, y, z = foot_m
    collar = ring(0.085, 0.080, 0.10, 20).moved((x, y, z + 0.55))
    valve: list[Shape] = [
        cylinder(0.018, 0.08, (x, y, z + 0.54), sides=12),
        cylinder(0.03, 0.016, (x, y, z + 0.585), sides=12),
        cylinder(0.012, 0.06, (x, y - 0.03, z + 0.54), "y", 10),
    ]
    parts.add(paint.STEEL, collar)
    parts.add(paint.BOLT_ZINC, *valve)


def _line(parts: Parts, x: float, reach: float, n: int, colour: Paint) -> None:
    """Add a hose from the front that hangs in a loop, its coupling at the end."""
    loop = [
        (x, -0.26, 0.70),
        (x, -0.34, 0.69),
        (x + 0.10 * reach, -0.36, 0.40),
        (x + 0.22 * reach, -0.35, 0.36),
        (x + 0.24 * reach, -0.33, 0.70),
        (x + 0.20 * reach, -0.30, 0.80 + 0.02 * n),
    ]
    parts.smooth(colour, hose(loop, 0.011, 10))
    parts.add(paint.BOLT_ZINC, cylinder(0.018, 0.05, (x, -0.275, 0.70), "y", 12))
    end = (x + 0.20 * reach, -0.295, 0.83 + 0.02 * n)
    parts.smooth(paint.PLASTIC_BLACK, cylinder(0.022, 0.07, end, sides=14))
    parts.add(paint.STEEL, box((0.05, 0.06, 0.012), (end[0], -0.28, end[2] - 0.02)))
