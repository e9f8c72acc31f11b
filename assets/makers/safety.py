"""Fence and light barriers."""

from __future__ import annotations

import math
from itertools import pairwise

from assets.makers import paint
from assets.makers.node import Asset, Box, Node, Piece
from assets.makers.shape import Shape, box, cylinder, joined, rounded_box

_HEIGHT_M = 2.0
_POST_M = 0.06
_GROUND_GAP_M = 0.12
# Corners of the line the fence stands on, in the cell's world frame.
_LINE_M = ((-2.9, -1.25), (-2.9, -4.6), (3.3, -4.6), (3.3, -1.25))
_PANEL_M = 1.55


def build_fence() -> Asset:
    """Return the fence around the robot's side, open towards the conveyor."""
    nodes: list[Node] = []
    for n, (start, end) in enumerate(pairwise(_LINE_M)):
        length = math.dist(start, end)
        yaw = math.atan2(end[1] - start[1], end[0] - start[0])
        nodes.append(
            Node(
                f"run_{n + 1}",
                "fence",
                "fence_run",
                {"steel": round(19.0 * length, 1)},
                pieces=_run_pieces(length),
                position_m=(start[0], start[1], 0.0),
                wxyz=(math.cos(yaw / 2.0), 0.0, 0.0, math.sin(yaw / 2.0)),
                collision=[Box((length, _POST_M, _HEIGHT_M), (length / 2.0, 0.0, 1.0))],
            )
        )
    return Asset("fence", nodes)


def _run_pieces(length_m: float) -> list[Piece]:
    """Return a straight run along x, posts at both ends."""
    n_panels = max(1, round(length_m / _PANEL_M))
    pitch = length_m / n_panels
    posts: list[Shape] = []
    feet: list[Shape] = []
    frames: list[Shape] = []
    wires: list[Shape] = []
    for n in range(n_panels + 1):
        x = n * pitch
        posts.append(box((_POST_M, _POST_M, _HEIGHT_M), (x, 0.0, _HEIGHT_M / 2.0)))
        feet.append(box((0.16, 0.16, 0.012), (x, 0.0, 0.006)))
    low, high = _GROUND_GAP_M, _HEIGHT_M - 0.02
    for n in range(n_panels):
        left, right = n * pitch + 0.045, (n + 1) * pitch - 0.045
        middle, width = (left + right) / 2.0, right - left
        for z in (low, high):
            frames.append(box((width, 0.025, 0.025), (middle, 0.0, z)))
        for x in (left, right):
            frames.append(box((0.025, 0.025, high - low), (x, 0.0, (low + high) / 2.0)))
        n_wires = int(width / 0.1)
        for k in range(1, n_wires):
            x = left + k * width / n_wires
            wires.append(box((0.005, 0.005, high - low), (x, 0.0, (low + high) / 2.0)))
        for k in range(1, 7):
            z = low + k * (high - low) / 7.0
            wires.append(box((width, 0.005, 0.005), (middle, 0.005, z)))
    return [
        Piece(paint.HAZARD_YELLOW, joined(posts)),
        Piece(paint.STEEL_DARK, joined(feet)),
        Piece(paint.FRAME_DARK, joined(frames + wires)),
    ]


_BARRIER = (("sender", 1.0), ("receiver", -1.0))


def build_light_barrier() -> Asset:
    """Return a pair of posts on y = ±1.10 whose beam runs along y at x = 0."""
    return Asset("light_barrier", _beam_posts(_BARRIER))


def build_light_sensor() -> Asset:
    """Return a post on y = -1.10 that sees along y at x = 0 what throws light back.

    For where something leaves to the other side, through which no post may stand.
    """
    return Asset("light_sensor", _beam_posts((("sensor", -1.0),)))


def _beam_posts(sides: tuple[tuple[str, float], ...]) -> list[Node]:
    nodes: list[Node] = []
    for name, side in sides:
        post = rounded_box((0.06, 0.05, 1.2), (0.0, 0.0, 0.62), 0.012)
        window = box((0.035, 0.004, 1.05), (0.0, -side * 0.0255, 0.62))
        cap = rounded_box((0.066, 0.056, 0.05), (0.0, 0.0, 1.23), 0.01)
        lamp = cylinder(0.012, 0.006, (0.0, -side * 0.028, 1.23), "y", 12)
        foot = box((0.16, 0.16, 0.02), (0.0, 0.0, 0.01))
        nodes.append(
            Node(
                name,
                "sensor",
                f"light_barrier_{name}",
                {"aluminium": 3.2, "plastic": 0.6, "steel": 4.0},
                pieces=[
                    Piece(paint.HAZARD_YELLOW, post, 50.0),
                    Piece(paint.PLASTIC_BLACK, joined([window, cap])),
                    Piece(paint.GREEN_LIGHT, lamp),
                    Piece(paint.STEEL_DARK, foot),
                ],
                position_m=(0.0, side * 1.10, 0.0),
                collision=[Box((0.06, 0.05, 1.25), (0.0, 0.0, 0.625))],
            )
        )
    return nodes
