"""Wheels of industrial trucks."""

from __future__ import annotations

import math

from assets.makers import paint
from assets.makers.node import (
    SMOOTH_CREASE_DEG,
    Joint,
    Json,
    Node,
    Piece,
    Roll,
    Vector3,
)
from assets.makers.shape import along, cylinder, revolve


def solid_wheel(radius_m: float, width_m: float, side: float = 1.0) -> list[Piece]:
    """Return an industrial wheel about y, its dished face towards ``side``."""
    r, h, q = radius_m, width_m / 2.0, 0.60 * radius_m
    tyre = revolve(
        [
            (q, -h + 0.01),
            (0.9 * r, -h),
            (0.97 * r, -h + 0.015),
            (r, -0.7 * h),
            (r, 0.7 * h),
            (0.97 * r, h - 0.015),
            (0.9 * r, h),
            (q, h - 0.01),
            (q, -h + 0.01),
        ],
        28,
    )
    rim = revolve(
        [
            (0.0, -0.6 * h),
            (q, -0.6 * h),
            (q, 0.85 * h),
            (0.9 * q, 0.9 * h),
            (0.84 * q, 0.35 * h),
            (0.45 * q, 0.3 * h),
            (0.4 * q, 0.6 * h),
            (0.0, 0.65 * h),
        ],
        24,
    )
    nuts = [
        cylinder(
            0.05 * r,
            0.05 * r,
            (0.62 * q * math.cos(a), 0.62 * q * math.sin(a), 0.36 * h),
            sides=6,
        )
        for a in (2.0 * math.pi * n / 6 for n in range(6))
    ]
    made = [
        Piece(paint.RUBBER, along(tyre, "y"), 40.0),
        Piece(paint.STEEL_LIGHT, along(rim, "y"), SMOOTH_CREASE_DEG),
        *(Piece(paint.STEEL_DARK, along(nut, "y")) for nut in nuts),
    ]
    if side > 0.0:
        return made
    return [Piece(p.paint, p.shape.mirrored_y(), p.crease_deg) for p in made]


def driven_wheel(
    name: str,
    at: Vector3,
    radius: float,
    width: float,
    label: str,
    side: float,
    source: dict[str, Json],
) -> Node:
    """Return a wheel that turns about y, its mass by its volume.

    Args:
        name: Unique in the asset.
        at: Its hub, m.
        radius: Of its tread, m.
        width: Along y, m.
        label: Key of its name.
        side: 1 if its dished face is towards +y, -1 if towards -y.
        source: Where its numbers come from.
    """
    return Node(
        name,
        "wheel",
        label,
        {
            "rubber": round(900.0 * radius * radius * width * 3.0, 2),
            "steel": round(2600.0 * radius * radius * width * 3.0, 2),
        },
        solid_wheel(radius, width, side),
        position_m=at,
        collision=[Roll(radius, width)],
        joint=Joint(name, "revolute", (0.0, 1.0, 0.0), -1.0e6, 1.0e6),
        notes=source,
    )
