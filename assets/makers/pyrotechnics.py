"""The booth in which a car's airbags are fired."""

from __future__ import annotations

import math

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
    box,
    cylinder,
    revolve,
    ring,
    rounded_box,
    span,
)

_LEFT = turned((0.0, 1.0, 0.0), (-1.0, 0.0, 0.0))
_BACK = turned((-1.0, 0.0, 0.0), (0.0, -1.0, 0.0))
_BOOTH_M = (6.0, 3.6, 2.9)
_DOOR_M = (2.9, 2.4)
_BOOTH_SOURCE: dict[str, Json] = {
    "source": "assumed: an enclosure for firing airbags and tensioners in the car, "
    "with extraction",
    "confidence": "C",
}


def build_pyrotechnics_booth(name: str = "pyrotechnics_booth") -> Asset:
    """Return the booth that a car is in while its airbags are fired.

    Frame: on the floor in its middle; cars come in at -x and leave at +x, each
    end has a door that goes up.

    Args:
        name: Of the asset.
    """
    length, width, height = _BOOTH_M
    hx, hy = length / 2.0, width / 2.0
    frame = Node(
        "booth",
        "booth",
        "pyrotechnics_booth",
        {"steel": 2850.0, "glass": 24.0, "copper": 40.0, "insulation": 310.0},
        _booth(hx, hy, height).pieces(),
        collision=[
            between((-hx, hy - 0.1, 0.0), (hx, hy, height)),
            between((-hx, -hy, 0.0), (hx, -hy + 0.1, height)),
            between((-hx, -hy, _DOOR_M[1]), (hx, hy, height)),
            *(
                between(
                    (s * hx - 0.06, min(t * hy, t * _DOOR_M[0] / 2), 0.0),
                    (s * hx + 0.06, max(t * hy, t * _DOOR_M[0] / 2), height),
                )
                for s in (-0.98, 0.98)
                for t in (-1.0, 1.0)
            ),
        ],
        ports=[
            Port("car_in", "car", "in", (-hx, 0.0, 0.0), _BACK),
            Port("car_out", "car", "out", (hx, 0.0, 0.0)),
            Port("fire", "pyrotechnic_lead", "both", (0.6, -hy + 0.1, 1.1), _LEFT),
            Port(
                "exhaust_air",
                "air_duct",
                "out",
                (-1.2, 0.9, height + 1.3),
                turned((0.0, 0.0, 1.0), (0.0, 1.0, 0.0)),
            ),
        ],
        notes={
            **floor_space(
                (-hx - 0.1, -hy - 0.55),
                (hx + 0.1, hy + 0.05),
                {"+x": 5.0, "-x": 5.0, "-y": 1.5},
                "assumed: a car's length before each door, people at the desk",
            ),
            "zone": "pyrotechnic",
            **_BOOTH_SOURCE,
        },
    )
    return Asset(
        name,
        [frame, _booth_door("door_in", -hx + 0.13), _booth_door("door_out", hx - 0.13)],
    )


def _booth(hx: float, hy: float, height: float) -> Parts:
    parts = Parts()
    n = 6
    pitch = 2.0 * hx / n
    for k in range(n):
        x = -hx + (k + 0.5) * pitch
        panel = rounded_box(
            (pitch - 0.015, 0.10, height), (x, hy - 0.05, height / 2), 0.012, 1
        )
        parts.smooth(paint.WALL, panel)
        if k not in (3,):
            parts.smooth(paint.WALL, panel.moved((0.0, -2.0 * hy + 0.10, 0.0)))
    x = -hx + 3.5 * pitch
    low, high = 1.0, 1.9
    parts.smooth(
        paint.WALL,
        rounded_box((pitch - 0.015, 0.10, low), (x, -hy + 0.05, low / 2), 0.012, 1),
    )
    parts.smooth(
        paint.WALL,
        rounded_box(
            (pitch - 0.015, 0.10, height - high),
            (x, -hy + 0.05, (height + high) / 2),
            0.012,
            1,
        ),
    )
    parts.smooth(
        paint.GLASS,
        box((pitch - 0.1, 0.03, high - low), (x, -hy + 0.05, (low + high) / 2)),
    )
    parts.add(
        paint.FRAME_DARK,
        *(
            box(
                (0.05, 0.11, high - low),
                (x + s * (pitch / 2 - 0.035), -hy + 0.05, (low + high) / 2),
            )
            for s in (-1.0, 1.0)
        ),
    )
    roof = span((-hx, -hy, height - 0.1), (hx, hy, height))
    parts.add(paint.WALL_BAND, roof)
    post = box((0.12, 0.12, height), (hx - 0.0, hy - 0.06, height / 2))
    parts.add(paint.MACHINE_BLUE, *at_four_corners(post))
    parts.add(
        paint.MACHINE_BLUE,
        *on_both_sides(
            box((2 * hx + 0.12, 0.13, 0.16), (0.0, hy - 0.06, height - 0.02))
        ),
    )
    parts.add(
        paint.FRAME_DARK,
        *on_both_sides(box((2 * hx, 0.115, 0.12), (0.0, hy - 0.05, 0.06))),
    )
    for s in (-1.0, 1.0):
        jamb = box(
            (0.10, hy - _DOOR_M[0] / 2, height),
            (s * hx, (hy + _DOOR_M[0] / 2) / 2, height / 2),
        )
        parts.add(paint.WALL_BAND, *on_both_sides(jamb))
        head = box(
            (0.12, _DOOR_M[0], height - _DOOR_M[1]),
            (s * hx, 0.0, (height + _DOOR_M[1]) / 2),
        )
        parts.add(paint.WALL_BAND, head)
        reel = rounded_box(
            (0.22, _DOOR_M[0] + 0.3, 0.26), (s * (hx - 0.16), 0.0, height - 0.22), 0.05
        )
        parts.smooth(paint.STEEL_LIGHT, reel)
        stripes(
            parts,
            _DOOR_M[0] - 0.1,
            0.14,
            (s * (hx + 0.064), 0.0, _DOOR_M[1] + 0.10),
            s * math.pi / 2,
        )
        lamp = revolve(
            [(0.0, 0.0), (0.06, 0.0), (0.055, 0.08), (0.03, 0.11), (0.0, 0.115)], 18
        )
        parts.smooth(paint.LAMP_RED, lamp.moved((s * hx, 0.0, height)))
    for end in (-1.0, 1.0):
        lights = rounded_box((1.4, 0.16, 0.06), (end * 1.4, 0.9, height - 0.13), 0.015)
        parts.add(paint.LAMP_CLEAR, lights, lights.mirrored_y())
    _extraction(parts, height)
    _desk(parts, hy)
    parts.add(paint.HAZARD_YELLOW, warning_sign(0.26).moved((-1.9, -hy - 0.008, 1.7)))
    parts.add(
        paint.HAZARD_BLACK, warning_sign(0.19, 0.006).moved((-1.9, -hy - 0.010, 1.695))
    )
    parts.add(
        paint.HAZARD_YELLOW, warning_sign(0.14, 0.008).moved((-1.9, -hy - 0.011, 1.69))
    )
    return parts


def _extraction(parts: Parts, height: float) -> None:
    """Add filter, fan and stack on the roof."""
    parts.smooth(
        paint.STEEL_LIGHT, rounded_box((1.5, 0.9, 0.7), (0.8, 0.9, height + 0.36), 0.03)
    )
    parts.add(
        paint.FRAME_DARK,
        *(
            box((0.66, 0.01, 0.5), (0.8 + s * 0.36, 0.447, height + 0.36))
            for s in (-1.0, 1.0)
        ),
    )
    parts.smooth(paint.STEEL, cylinder(0.24, 1.0, (-0.4, 0.9, height + 0.38), "x", 28))
    parts.smooth(paint.STEEL, cylinder(0.36, 0.34, (-1.2, 0.9, height + 0.40), "y", 30))
    parts.smooth(paint.STEEL, cylinder(0.22, 0.9, (-1.2, 0.9, height + 0.82), sides=28))
    bands = [
        cylinder(0.26, 0.03, (-0.4 + dx, 0.9, height + 0.38), "x", 28)
        for dx in (-0.3, 0.0, 0.3)
    ]
    parts.add(
        paint.STEEL_DARK,
        *bands,
        ring(0.245, 0.20, 0.05, 28).moved((-1.2, 0.9, height + 1.27)),
    )
    parts.add(
        paint.MACHINE_BLUE, cylinder(0.13, 0.3, (-1.2, 0.57, height + 0.40), "y", 22)
    )
    parts.add(paint.FRAME_DARK, box((0.6, 0.7, 0.06), (-1.2, 0.9, height + 0.03)))


def _desk(parts: Parts, hy: float) -> None:
    """Add the desk outside at -y from which charges are fired, and its lamps."""
    y = -hy - 0.22
    parts.smooth(paint.FRAME_DARK, rounded_box((0.9, 0.4, 0.9), (0.5, y, 0.45), 0.02))
    parts.smooth(
        paint.STEEL_LIGHT, rounded_box((0.96, 0.44, 0.04), (0.5, y, 0.92), 0.01)
    )
    control_panel(parts, (0.3, y + 0.08, 1.14))
    parts.smooth(
        paint.HAZARD_YELLOW, rounded_box((0.16, 0.14, 0.08), (0.72, y, 0.98), 0.01)
    )
    parts.add(paint.SAFETY_RED, cylinder(0.035, 0.03, (0.72, y, 1.035), sides=18))
    signal_tower(parts, (0.95, -hy - 0.06, 2.0))
    parts.add(paint.STEEL_LIGHT, box((0.06, 0.12, 0.02), (0.95, -hy - 0.03, 2.0)))


def _booth_door(name: str, x_m: float) -> Node:
    """Return a slatted door, closed at 0."""
    parts = Parts()
    n_slats = 16
    h = _DOOR_M[1] / n_slats
    slats = [
        rounded_box(
            (0.03, _DOOR_M[0] - 0.02, h - 0.006), (0.0, 0.0, (k + 0.5) * h), 0.012, 1
        )
        for k in range(n_slats)
    ]
    parts.add(paint.STEEL_LIGHT, *slats)
    parts.add(
        paint.HAZARD_YELLOW, box((0.05, _DOOR_M[0] - 0.02, 0.07), (0.0, 0.0, 0.04))
    )
    return Node(
        name,
        "door",
        f"booth_{name}",
        {"aluminium": 96.0},
        parts.pieces(),
        position_m=(x_m, 0.0, 0.01),
        collision=[
            between((-0.02, -_DOOR_M[0] / 2, 0.0), (0.02, _DOOR_M[0] / 2, _DOOR_M[1]))
        ],
        joint=Joint(name, "prismatic", (0.0, 0.0, 1.0), 0.0, 2.3),
        notes=_BOOTH_SOURCE,
    )
