"""The tow tractor and its trailer."""

from __future__ import annotations

import math

from assets.makers import paint
from assets.makers.car_cabin import front_seat_pieces
from assets.makers.machine_parts import (
    Parts,
    at_four_corners,
    castor,
    on_both_sides,
    profile_y,
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
    rounded_box,
    span,
    sweep,
)
from assets.makers.truck_wheel import driven_wheel

_UP = turned((0.0, 0.0, 1.0), (0.0, 1.0, 0.0))
_BACK = turned((-1.0, 0.0, 0.0), (0.0, -1.0, 0.0))
_LEFT = turned((0.0, 1.0, 0.0), (-1.0, 0.0, 0.0))


def _assumed(what: str) -> dict[str, Json]:
    return {"source": f"assumed: {what}", "confidence": "C"}


def build_tug(name: str = "tug") -> Asset:
    """Return a tow tractor with a seat, which looks along +x; its hook is behind.

    Frame: on the floor midway between its axles.

    Args:
        name: Of the asset.
    """
    source = _assumed("an electric tow tractor for 4 t")
    parts = Parts()
    parts.add(
        paint.FRAME_DARK,
        profile_y(
            [(-0.82, 0.16), (0.86, 0.16), (0.90, 0.26), (0.86, 0.40), (-0.82, 0.40)],
            0.84,
        ),
    )
    parts.smooth(
        paint.ROBOT_ORANGE, rounded_box((0.46, 0.92, 0.62), (0.62, 0.0, 0.52), 0.07, 3)
    )
    parts.smooth(
        paint.ROBOT_ORANGE, rounded_box((0.74, 0.92, 0.40), (-0.46, 0.0, 0.52), 0.06, 3)
    )
    parts.smooth(
        paint.FRAME_DARK, rounded_box((0.12, 0.96, 0.14), (0.84, 0.0, 0.28), 0.04, 3)
    )
    parts.add(paint.RUBBER, box((0.52, 0.80, 0.012), (0.16, 0.0, 0.405)))
    for s in (-1.0, 1.0):
        parts.smooth(
            paint.FRAME_DARK, cylinder(0.075, 0.03, (0.845, s * 0.30, 0.62), "x", 22)
        )
        parts.smooth(
            paint.LAMP_CLEAR, cylinder(0.06, 0.02, (0.856, s * 0.30, 0.62), "x", 22)
        )
        parts.smooth(
            paint.LAMP_RED,
            rounded_box((0.03, 0.08, 0.10), (-0.83, s * 0.36, 0.60), 0.012),
        )
    for piece in front_seat_pieces():
        parts.add(
            piece.paint,
            piece.shape.moved((-0.36, 0.0, 0.52)),
            crease_deg=piece.crease_deg,
        )
    parts.smooth(
        paint.PLASTIC_BLACK, sweep([(0.58, 0.0, 0.78), (0.42, 0.0, 1.04)], 0.035, 12)
    )
    circle = [2.0 * math.pi * n / 20 for n in range(21)]
    rim = [
        (
            0.40 - 0.13 * math.cos(a) * 0.55,
            0.16 * math.sin(a),
            1.06 - 0.13 * math.cos(a),
        )
        for a in circle
    ]
    parts.smooth(
        paint.PLASTIC_BLACK,
        sweep(rim, 0.013, 8),
        rounded_box((0.04, 0.30, 0.03), (0.40, 0.0, 1.06), 0.012),
    )
    parts.smooth(
        paint.PLASTIC_GREY, rounded_box((0.10, 0.60, 0.16), (0.56, 0.0, 0.86), 0.04)
    )
    posts = sweep(
        [(-0.78, 0.40, 0.68), (-0.80, 0.40, 1.9), (-0.74, 0.40, 1.96)], 0.025, 10
    )
    cross = cylinder(0.025, 0.8, (-0.77, 0.0, 1.95), "y", 12)
    parts.smooth(paint.FRAME_DARK, *on_both_sides(posts), cross)
    parts.smooth(paint.LAMP_AMBER, cylinder(0.05, 0.09, (-0.77, 0.0, 2.02), sides=18))
    hook = [box((0.10, 0.16, 0.03), (-0.90, 0.0, z)) for z in (0.28, 0.36)]
    parts.add(
        paint.STEEL_DARK, *hook, cylinder(0.018, 0.16, (-0.91, 0.0, 0.34), sides=14)
    )
    chassis = Node(
        "chassis",
        "tug",
        "tug",
        {
            "steel": 640.0,
            "battery": 410.0,
            "copper": 42.0,
            "rubber": 12.0,
            "plastic": 30.0,
        },
        parts.pieces(),
        collision=[
            between((-0.84, -0.46, 0.12), (0.90, 0.46, 0.83)),
            between((-0.83, -0.44, 0.83), (-0.30, 0.44, 2.05)),
        ],
        ports=[
            Port("hook", "tow", "out", (-0.95, 0.0, 0.32), _BACK),
            Port("driver", "person", "both", (0.15, 0.46, 0.0), _LEFT),
        ],
        notes={
            **floor_space(
                (-0.98, -0.50), (0.93, 0.50), {"+x": 0.5, "+y": 0.5, "-y": 0.5}
            ),
            **source,
        },
    )
    wheels = [
        driven_wheel(
            "wheel_f", (0.60, 0.0, 0.17), 0.17, 0.12, "tug_wheel", 1.0, source
        ),
        driven_wheel(
            "wheel_rl", (-0.50, 0.38, 0.21), 0.21, 0.14, "tug_wheel", 1.0, source
        ),
        driven_wheel(
            "wheel_rr", (-0.50, -0.38, 0.21), 0.21, 0.14, "tug_wheel", -1.0, source
        ),
    ]
    return Asset(name, [chassis, *wheels])


def build_tug_trailer(name: str = "tug_trailer") -> Asset:
    """Return a trailer for one pallet; its drawbar points along +x.

    Frame: on the floor below its deck's middle.

    Args:
        name: Of the asset.
    """
    source = _assumed("a trailer for a pallet of 1.2 x 1.0 m, 1 t")
    hx, hy, top = 0.70, 0.53, 0.36
    parts = Parts()
    parts.add(
        paint.MACHINE_BLUE,
        *on_both_sides(box((2 * hx, 0.06, 0.09), (0.0, hy - 0.03, top - 0.055))),
    )
    parts.add(
        paint.MACHINE_BLUE,
        *(
            box((0.06, 2 * hy - 0.12, 0.09), (x, 0.0, top - 0.055))
            for x in (-hx + 0.03, 0.0, hx - 0.03)
        ),
    )
    parts.smooth(
        paint.BOARD,
        rounded_box((2 * hx - 0.02, 2 * hy - 0.02, 0.02), (0.0, 0.0, top), 0.006, 1),
    )
    posts = cylinder(0.022, 0.95, (-hx + 0.05, hy - 0.06, top + 0.47), sides=12)
    bars = [
        cylinder(0.018, 2 * hy - 0.12, (-hx + 0.05, 0.0, top + z), "y", 12)
        for z in (0.45, 0.94)
    ]
    parts.smooth(paint.STEEL, *on_both_sides(posts), *bars)
    corner = box((0.10, 0.012, 0.07), (hx - 0.05, hy + 0.002, top - 0.05))
    parts.add(paint.HAZARD_YELLOW, *at_four_corners(corner))
    parts.add(
        paint.STEEL_DARK,
        box((0.09, 0.14, 0.03), (-hx - 0.04, 0.0, top - 0.07)),
        cylinder(0.016, 0.12, (-hx - 0.05, 0.0, top - 0.05), sides=12),
    )
    for x, trail in ((hx - 0.16, 0.05), (-hx + 0.16, 0.0)):
        for y in (-hy + 0.13, hy - 0.13):
            castor(parts, x, y, 0.10, trail)
    parts.add(
        paint.STEEL,
        *at_four_corners(box((0.18, 0.16, 0.03), (hx - 0.16, hy - 0.13, 0.281))),
    )
    deck = Node(
        "deck",
        "trailer",
        "tug_trailer",
        {"steel": 104.0, "wood": 22.0, "rubber": 8.0},
        parts.pieces(),
        collision=[
            between((-hx, -hy, top - 0.10), (hx, hy, top + 0.01)),
            between((-hx + 0.02, -hy + 0.04, top), (-hx + 0.08, hy - 0.04, top + 0.96)),
            *(
                between((x - 0.10, y - 0.04, 0.0), (x + 0.10, y + 0.04, top - 0.1))
                for x in (-hx + 0.16, hx - 0.16)
                for y in (-hy + 0.13, hy - 0.13)
            ),
        ],
        ports=[
            Port("load", "pallet", "both", (0.05, 0.0, top + 0.01), _UP),
            Port("hook", "tow", "out", (-hx - 0.08, 0.0, top - 0.06), _BACK),
        ],
        notes={
            **floor_space(
                (-hx - 0.10, -hy - 0.01), (hx + 0.62, hy + 0.01), {"+y": 0.4, "-y": 0.4}
            ),
            **source,
        },
    )
    bar = Parts()
    bar.add(
        paint.STEEL_DARK,
        span((0.0, -0.02, -0.02), (0.50, 0.02, 0.02)),
        cylinder(0.03, 0.10, sides=14),
    )
    eye = revolve(
        [
            (0.024, -0.012),
            (0.05, -0.012),
            (0.05, 0.012),
            (0.024, 0.012),
            (0.024, -0.012),
        ],
        20,
    )
    bar.smooth(paint.STEEL_BRIGHT, eye.moved((0.545, 0.0, 0.0)))
    drawbar = Node(
        "drawbar",
        "drawbar",
        "tug_drawbar",
        {"steel": 7.0},
        bar.pieces(),
        position_m=(hx + 0.01, 0.0, 0.27),
        collision=[between((0.0, -0.02, -0.02), (0.55, 0.02, 0.02))],
        joint=Joint("drawbar", "revolute", (0.0, 0.0, 1.0), -0.9, 0.9),
        ports=[Port("tow", "tow", "in", (0.545, 0.0, 0.0))],
        notes=source,
    )
    return Asset(name, [deck, drawbar])
