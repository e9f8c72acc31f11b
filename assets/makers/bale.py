"""The bale that the press makes of a car."""

from __future__ import annotations

import math

import numpy as np

from assets.makers import paint
from assets.makers.machine_parts import (
    Parts,
    facing_out,
    hose,
)
from assets.makers.node import (
    Asset,
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
    joined,
    loft,
)
from twin.rng import stream

BALE_SIZE_M: Vector3 = (1.20, 0.80, 0.75)


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
