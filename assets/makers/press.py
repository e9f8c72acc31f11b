"""The press that makes a bale of a stripped car, and the bale itself."""

from __future__ import annotations

import math

import numpy as np

from assets.makers import paint
from assets.makers.machine_parts import (
    Parts,
    bolts,
    control_panel,
    facing_out,
    hose,
    i_beam,
    motor,
    on_both_sides,
    profile_y,
    signal_tower,
    stripes,
)
from assets.makers.node import (
    Asset,
    Box,
    Joint,
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
    joined,
    loft,
    revolve,
    rounded_box,
    span,
)
from twin.rng import stream

BALE_SIZE_M: Vector3 = (1.20, 0.80, 0.75)
BALE_MASS_KG = 620.0
_CHAMBER_X_M, _CHAMBER_Y_M = 5.2, 2.2
_WALL_M = 0.16
_FLOOR_Z_M, _TOP_Z_M = 0.45, 1.75
_LID_OPEN_RAD = 1.45
_SOURCE: dict[str, Json] = {
    "source": "assumed: a scrap car baler of the 200 t class with a box of 5.2 x 2.2 m",
    "confidence": "C",
}


def build_press(name: str = "press") -> Asset:
    """Return a car baler: box along x, lid hinged at +y, hulk in from above.

    Frame: on the floor under the box's middle. The ram pushes towards +x, where
    the bale leaves through a gate.

    Args:
        name: Of the asset.
    """
    hx, hy = _CHAMBER_X_M / 2.0, _CHAMBER_Y_M / 2.0
    frame = Node(
        "frame",
        "press",
        "press",
        {"steel": 26500.0, "copper": 320.0, "oil": 900.0, "rubber": 80.0},
        _frame(hx, hy).pieces(),
        collision=_frame_boxes(hx, hy),
        ports=[
            Port(
                "hulk_in",
                "car_hulk",
                "in",
                (0.0, 0.0, _TOP_Z_M),
                turned((0.0, 0.0, 1.0), (0.0, 1.0, 0.0)),
            ),
            Port("bale_out", "bale", "out", (hx + 0.75, 0.0, _FLOOR_Z_M)),
            Port(
                "oil_out",
                "waste_oil",
                "out",
                (-hx - 1.5, -hy - 0.1, 0.30),
                turned((0.0, -1.0, 0.0), (1.0, 0.0, 0.0)),
            ),
        ],
        notes={
            **floor_space(
                (-hx - 3.1, -hy - 0.62),
                (hx + 0.8, hy + 0.62),
                {"+x": 3.0, "-x": 1.0, "-y": 4.0, "+y": 1.0},
                "assumed: a fork lift loads from -y and takes bales at +x",
            ),
            **_SOURCE,
        },
    )
    return Asset(name, [frame, _lid(hx, hy), _ram(hx, hy), _gate(hx, hy)])


def _frame(hx: float, hy: float) -> Parts:
    parts = Parts()
    wall = span((-hx, hy, 0.2), (hx, hy + _WALL_M, _TOP_Z_M))
    floor = span((-hx - 0.1, -hy, _FLOOR_Z_M - 0.14), (hx + 0.7, hy, _FLOOR_Z_M))
    parts.add(paint.MACHINE_GREY, *on_both_sides(wall))
    parts.add(paint.STEEL_DARK, floor)
    ribs = [
        profile_y(
            [
                (x - 0.06, 0.0),
                (x + 0.06, 0.0),
                (x + 0.06, _TOP_Z_M - 0.05),
                (x - 0.06, _TOP_Z_M - 0.05),
            ],
            0.22,
            hy + _WALL_M + 0.11,
        )
        for x in np.linspace(-hx + 0.06, hx - 0.06, 8)
    ]
    belts = [
        box((_CHAMBER_X_M, 0.14, 0.16), (0.0, hy + _WALL_M + 0.07, z))
        for z in (0.55, 1.15, _TOP_Z_M - 0.08)
    ]
    parts.add(paint.MACHINE_BLUE, *on_both_sides(*ribs, *belts))
    skids = i_beam(_CHAMBER_X_M + 3.6, 0.28, 0.24).moved((-1.15, hy - 0.2, 0.14))
    parts.add(paint.STEEL_DARK, *on_both_sides(skids))
    edge = rounded_box(
        (_CHAMBER_X_M, 0.10, 0.10), (0.0, -hy - 0.08, _TOP_Z_M + 0.04), 0.02
    )
    parts.smooth(paint.STEEL, edge)
    stripes(
        parts, _CHAMBER_X_M - 0.4, 0.14, (0.0, -hy - _WALL_M - 0.225, _TOP_Z_M - 0.14)
    )
    _gate_frame(parts, hx, hy)
    _power_pack(parts, hx, hy)
    return parts


def _gate_frame(parts: Parts, hx: float, hy: float) -> None:
    """Add the portal at +x in which the gate slides, and its cylinder."""
    post = rounded_box((0.36, 0.30, 2.55), (hx + 0.26, hy - 0.10, 1.275), 0.02)
    beam = rounded_box((0.40, 2.0 * hy + 0.16, 0.30), (hx + 0.26, 0.0, 2.62), 0.02)
    parts.smooth(paint.MACHINE_BLUE, *on_both_sides(post), beam)
    parts.smooth(paint.STEEL, cylinder(0.11, 0.62, (hx + 0.26, 0.0, 3.06), sides=22))
    parts.add(paint.STEEL_DARK, cylinder(0.13, 0.06, (hx + 0.26, 0.0, 3.40), sides=22))
    stripes(parts, 2.0 * hy - 0.2, 0.16, (hx + 0.462, 0.0, 2.62), math.pi / 2.0)


def _power_pack(parts: Parts, hx: float, hy: float) -> None:
    """Add main cylinder, oil tank with pumps, cabinet and panel behind the box."""
    x0 = -hx - 0.1
    bridge = rounded_box((0.34, 2.0 * hy + 0.3, 1.25), (x0 - 0.12, 0.0, 0.95), 0.03)
    parts.smooth(paint.MACHINE_BLUE, bridge)
    main = cylinder(0.26, 2.3, (x0 - 1.35, 0.0, 1.0), "x", 28)
    flanges = [
        cylinder(0.33, 0.08, (x, 0.0, 1.0), "x", 28)
        for x in (x0 - 0.36, x0 - 1.4, x0 - 2.5)
    ]
    parts.smooth(paint.STEEL, main)
    parts.add(paint.STEEL_DARK, *flanges)
    circle = [2.0 * math.pi * n / 12 for n in range(12)]
    heads = [(x0 - 2.55, 0.29 * math.cos(a), 1.0 + 0.29 * math.sin(a)) for a in circle]
    parts.add(paint.STEEL_BRIGHT, *bolts(heads, 0.022, "x"))
    saddle = profile_y(
        [(x0 - 2.3, 0.28), (x0 - 1.9, 0.28), (x0 - 2.0, 0.78), (x0 - 2.2, 0.78)], 0.5
    )
    parts.add(paint.MACHINE_BLUE, saddle)
    tank = rounded_box((1.5, 0.62, 0.8), (x0 - 1.7, -hy + 0.12, 0.72), 0.03)
    parts.smooth(paint.MACHINE_GREY, tank)
    for x in (x0 - 1.35, x0 - 2.05):
        motor(parts, (x, -hy + 0.12, 1.33), 0.17, 0.55)
        base = box((0.5, 0.3, 0.06), (x, -hy + 0.12, 1.15))
        parts.add(paint.STEEL_DARK, base)
    gauge = revolve([(0.0, 0.0), (0.06, 0.0), (0.06, 0.03), (0.0, 0.03)], 18)
    parts.add(
        paint.STICKER,
        gauge.moved((x0 - 1.0, -hy - 0.19, 0.9), (0.707106781, 0.707106781, 0.0, 0.0)),
    )
    for dy, lift in ((0.05, 0.14), (0.18, 0.22)):
        path = [
            (x0 - 1.1, -hy + 0.2 + dy, 1.3),
            (x0 - 0.8, -hy + 0.3 + dy, 1.5 + lift),
            (x0 - 0.7, -0.4 + dy, 1.45 + lift),
            (x0 - 0.6, -0.1 + dy, 1.26),
        ]
        parts.smooth(paint.RUBBER, hose(path, 0.03))
    cabinet = rounded_box((1.0, 0.42, 1.7), (x0 - 1.9, hy - 0.1, 1.15), 0.02)
    parts.smooth(paint.STEEL_LIGHT, cabinet)
    door = [box((0.004, 0.004, 1.5), (x0 - 1.9, hy + 0.112, 1.15))]
    door += [
        box((0.03, 0.02, 0.16), (x0 - 1.9 + dx, hy + 0.115, 1.15))
        for dx in (-0.06, 0.06)
    ]
    parts.add(
        paint.FRAME_DARK, *door, box((1.02, 0.44, 0.30), (x0 - 1.9, hy - 0.1, 0.15))
    )
    signal_tower(parts, (x0 - 1.5, hy - 0.1, 2.0))
    control_panel(parts, (x0 - 0.35, -hy - 0.34, 1.25))
    parts.add(paint.FRAME_DARK, box((0.08, 0.08, 1.06), (x0 - 0.35, -hy - 0.33, 0.53)))
    parts.add(paint.FRAME_DARK, box((0.24, 0.24, 0.02), (x0 - 0.35, -hy - 0.33, 0.01)))


def _frame_boxes(hx: float, hy: float) -> list[Box]:
    return [
        between((-hx, hy, 0.0), (hx, hy + _WALL_M + 0.22, _TOP_Z_M)),
        between((-hx, -hy - _WALL_M - 0.22, 0.0), (hx, -hy, _TOP_Z_M)),
        between((-hx - 0.1, -hy, 0.0), (hx + 0.7, hy, _FLOOR_Z_M)),
        between((-hx - 2.9, -hy - 0.2, 0.0), (-hx - 0.1, hy + 0.15, 1.6)),
        between((hx + 0.06, -hy - 0.08, 2.45), (hx + 0.46, hy + 0.08, 2.8)),
        between((hx + 0.06, hy - 0.25, 0.0), (hx + 0.46, hy + 0.05, 2.55)),
        between((hx + 0.06, -hy - 0.05, 0.0), (hx + 0.46, -hy + 0.25, 2.55)),
    ]


def _lid(hx: float, hy: float) -> Node:
    """Return the lid in its hinge's frame; drawn open, 0 is upright."""
    parts = Parts()
    width = 2.0 * hy
    plate = span((-hx + 0.1, -0.08, 0.10), (hx - 0.1, 0.06, width))
    parts.add(paint.MACHINE_GREY, plate)
    ribs = [
        profile_y(
            [
                (x - 0.05, 0.12),
                (x + 0.05, 0.12),
                (x + 0.05, width - 0.1),
                (x - 0.05, width - 0.1),
            ],
            0.16,
            0.13,
        )
        for x in np.linspace(-hx + 0.4, hx - 0.4, 6)
    ]
    parts.add(
        paint.MACHINE_BLUE,
        *ribs,
        box((_CHAMBER_X_M - 0.3, 0.12, 0.12), (0.0, 0.12, width - 0.2)),
    )
    knuckles = [
        cylinder(0.09, 0.24, (x, 0.0, 0.0), "x", 20)
        for x in np.linspace(-hx + 0.6, hx - 0.6, 4)
    ]
    arms = [
        box((0.14, 0.1, 0.22), (x, 0.0, 0.09))
        for x in np.linspace(-hx + 0.6, hx - 0.6, 4)
    ]
    parts.add(paint.STEEL_DARK, *knuckles, *arms)
    parts.add(
        paint.HAZARD_YELLOW,
        box((_CHAMBER_X_M - 0.2, 0.15, 0.06), (0.0, -0.01, width + 0.03)),
    )
    return Node(
        "lid",
        "press_lid",
        "press_lid",
        {"steel": 4200.0},
        parts.pieces(),
        position_m=(0.0, hy + 0.09, _TOP_Z_M + 0.10),
        collision=[between((-hx + 0.1, -0.08, 0.1), (hx - 0.1, 0.2, width))],
        joint=Joint("lid", "revolute", (1.0, 0.0, 0.0), 0.0, math.pi / 2.0),
        notes=_SOURCE,
    )


def _ram(hx: float, hy: float) -> Node:
    """Return the ram's plate in the box, and the rod that pushes it towards +x."""
    parts = Parts()
    height = _TOP_Z_M - _FLOOR_Z_M - 0.03
    face = rounded_box((0.24, 2.0 * hy - 0.04, height), (0.0, 0.0, height / 2.0), 0.02)
    parts.smooth(paint.STEEL, face)
    grooves = [
        box((0.01, 2.0 * hy - 0.2, 0.05), (0.122, 0.0, z))
        for z in (0.25, 0.55, 0.85, 1.1)
    ]
    parts.add(paint.STEEL_DARK, *grooves)
    rod = cylinder(0.14, 0.5, (-0.3, 0.0, 0.55), "x", 24)
    parts.smooth(paint.STEEL_BRIGHT, rod)
    return Node(
        "ram",
        "press_ram",
        "press_ram",
        {"steel": 1900.0},
        parts.pieces(),
        position_m=(-hx + 0.2, 0.0, _FLOOR_Z_M + 0.01),
        collision=[between((-0.12, -hy + 0.02, 0.0), (0.12, hy - 0.02, height))],
        joint=Joint("ram", "prismatic", (1.0, 0.0, 0.0), 0.0, _CHAMBER_X_M - 1.6),
        notes=_SOURCE,
    )


def _gate(hx: float, hy: float) -> Node:
    """Return the gate at +x, closed at 0."""
    parts = Parts()
    height = _TOP_Z_M - _FLOOR_Z_M
    plate = span((-0.08, -hy + 0.26, 0.0), (0.08, hy - 0.26, height))
    ribs = [box((0.06, 2.0 * hy - 0.7, 0.08), (0.11, 0.0, z)) for z in (0.2, 0.6, 1.0)]
    parts.add(paint.MACHINE_GREY, plate)
    parts.add(paint.STEEL_DARK, *ribs)
    parts.smooth(
        paint.STEEL_BRIGHT, cylinder(0.06, 0.85, (0.0, 0.0, height + 0.42), sides=18)
    )
    return Node(
        "gate",
        "press_gate",
        "press_gate",
        {"steel": 950.0},
        parts.pieces(),
        position_m=(hx + 0.26, 0.0, _FLOOR_Z_M),
        collision=[between((-0.08, -hy + 0.26, 0.0), (0.08, hy - 0.26, height))],
        joint=Joint("gate", "prismatic", (0.0, 0.0, 1.0), 0.0, 0.9),
        notes=_SOURCE,
    )


def build_pressed_hulk(name: str = "pressed_hulk") -> Asset:
    """Return a bale of one pressed car: crumpled sheet in the colours of cars.

    Frame: middle of its underside. The crumple is drawn from the stream of the
    asset's name, so it is the same wherever it is made.

    Args:
        name: Of the asset.
    """
    rng = stream(1, f"assets/{name}")
    length, width, height = BALE_SIZE_M
    parts = Parts()
    core = _crumpled(rng, (length, width, height), 0.05)
    parts.add(paint.STEEL_DARK, core, crease_deg=8.0)
    colours: list[Paint] = [
        paint.CAR_PAINT_RED,
        paint.STEEL,
        paint.CAR_PAINT_RED,
        paint.CAR_UNDERBODY,
        paint.STEEL_LIGHT,
        paint.CAR_TRIM,
    ]
    for n in range(300):
        parts.add(colours[n % len(colours)], _fold(rng), crease_deg=12.0)
    for _ in range(6):
        y, z = rng.uniform(-0.3, 0.3), rng.uniform(0.15, 0.6)
        side = 1.0 if rng.random() < 0.5 else -1.0
        end = side * (length / 2.0 - 0.005)
        path = [
            (end - side * 0.1, y, z),
            (end, y + 0.06, z + 0.03),
            (end - side * 0.02, y + 0.16, z - 0.04),
        ]
        parts.smooth(
            paint.COPPER,
            hose([(float(a), float(b), float(c)) for a, b, c in path], 0.012, 6),
        )
    node = Node(
        "bale",
        "bale",
        "pressed_hulk",
        {
            "steel": 560.0,
            "aluminium": 22.0,
            "plastic": 26.0,
            "copper": 7.0,
            "rubber": 5.0,
        },
        parts.pieces(),
        collision=[
            between((-length / 2, -width / 2, 0.0), (length / 2, width / 2, height))
        ],
        ports=[
            Port(
                "grip",
                "bale",
                "both",
                (0.0, 0.0, 0.0),
                turned((0.0, 0.0, -1.0), (0.0, 1.0, 0.0)),
            )
        ],
        notes={
            **floor_space(
                (-0.62, -0.42),
                (0.62, 0.42),
                {"+x": 0.3, "-x": 0.3, "+y": 0.3, "-y": 0.3},
            ),
            "source": "assumed: what depollution and stripping leave of a small car",
            "confidence": "C",
        },
    )
    return Asset(name, [node])


def _crumpled(rng: np.random.Generator, size_m: Vector3, depth_m: float) -> Shape:
    """Return a block whose faces are dented inward, closed."""
    count = (13, 9, 9)
    half = np.array(size_m) / 2.0
    grids: list[Shape] = []
    for axis in range(3):
        for sign in (-1.0, 1.0):
            a, b = (axis + 1) % 3, (axis + 2) % 3
            u = np.linspace(-half[a], half[a], count[a])
            v = np.linspace(-half[b], half[b], count[b])
            points = np.zeros((count[a], count[b], 3))
            points[:, :, a], points[:, :, b] = u[:, None], v[None, :]
            points[:, :, axis] = sign * half[axis]
            dents = rng.uniform(0.0, depth_m, (count[a] - 2, count[b] - 2))
            points[1:-1, 1:-1, axis] -= sign * dents
            index = np.arange(count[a] * count[b]).reshape(count[a], count[b])
            p, q = index[:-1, :-1].ravel(), index[1:, :-1].ravel()
            r, s = index[1:, 1:].ravel(), index[:-1, 1:].ravel()
            triangles = np.vstack([np.stack([p, q, r], 1), np.stack([p, r, s], 1)])
            if sign < 0.0:
                triangles = triangles[:, ::-1]
            grids.append(Shape(points.reshape(-1, 3), triangles))
    return joined(grids).moved((0.0, 0.0, size_m[2] / 2.0))


def _fold(rng: np.random.Generator) -> Shape:
    """Return a bent strip of sheet that lies on a face of the bale."""
    length, width, height = BALE_SIZE_M
    size = (float(rng.uniform(0.12, 0.42)), float(rng.uniform(0.06, 0.2)))
    n = 5
    xs = np.linspace(-size[0] / 2, size[0] / 2, n)
    bend = rng.uniform(-0.04, 0.012, n)
    skew = rng.uniform(-0.03, 0.03, (n, 2))
    rows = [
        [
            (x, -size[1] / 2 + s[0], b - 0.006),
            (x, size[1] / 2 + s[1], b - 0.006),
            (x, size[1] / 2 + s[1], b),
            (x, -size[1] / 2 + s[0], b),
        ]
        for x, b, s in zip(xs, bend, skew, strict=True)
    ]
    strip = facing_out(loft(np.array(rows), capped=True))
    angle = float(rng.uniform(-0.5, 0.5))
    points = strip.positions_m.copy()
    c, s_ = math.cos(angle), math.sin(angle)
    points[:, :2] = points[:, :2] @ np.array([[c, s_], [-s_, c]])
    face = int(rng.integers(0, 5))
    extents = {
        0: (length, width),
        1: (length, height),
        2: (length, height),
        3: (width, height),
        4: (width, height),
    }[face]
    room = [extent / 2.0 - 0.06 for extent in extents]
    points[:, 0] += float(rng.uniform(-room[0], room[0]))
    points[:, 1] += float(rng.uniform(-room[1], room[1]))
    points[:, 0] = np.clip(points[:, 0], -extents[0] / 2, extents[0] / 2)
    points[:, 1] = np.clip(points[:, 1], -extents[1] / 2, extents[1] / 2)
    x, y, z = points[:, 0], points[:, 1], points[:, 2]
    h = height / 2.0
    placed = {
        0: (x, y, z + height),
        1: (x, -width / 2 - z, y + h),
        2: (-x, width / 2 + z, y + h),
        3: (length / 2 + z, x, y + h),
        4: (-length / 2 - z, -x, y + h),
    }[face]
    return Shape(np.stack(placed, axis=1), strip.triangles)
