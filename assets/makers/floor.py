"""The floor that an asset takes, measured from what is seen of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from assets.makers.node import Asset, Json, Node, Port, floor_space
from assets.makers.shape import Points
from twin.transforms import transform, transform_points


def extent_m(asset: Asset) -> tuple[Points, Points]:
    """Return the lower and upper corner of what is seen of an asset, (3,) each."""
    points: list[Points] = []

    def walk(node: Node, above: Points) -> None:
        here = above @ transform(node.position_m, node.wxyz)
        points.extend(
            transform_points(here, piece.shape.positions_m) for piece in node.pieces
        )
        for child in node.children:
            walk(child, here)

    for node in asset.nodes:
        walk(node, np.eye(4))
    whole = np.vstack(points)
    return whole.min(axis=0), whole.max(axis=0)


def standing(
    asset: Asset,
    clear_m: Mapping[str, float],
    source: str = "assumed",
    ports: Sequence[Port] = (),
) -> Asset:
    """Return an asset whose first node says what floor it takes, to the centimetre.

    Args:
        asset: As made.
        clear_m: What must stay free beyond it, by side.
        source: Where the clearances come from.
        ports: Further ports of its first node.
    """
    low, high = extent_m(asset)
    corners = [math.floor(100.0 * float(v)) / 100.0 for v in low[:2]]
    far = [math.ceil(100.0 * float(v)) / 100.0 for v in high[:2]]
    floor = floor_space((corners[0], corners[1]), (far[0], far[1]), clear_m, source)
    first, *rest = asset.nodes
    said = replace(first, notes={**first.notes, **floor}, ports=[*first.ports, *ports])
    return Asset(asset.name, [said, *rest])


def covering(asset: Asset) -> Asset:
    """Return an asset whose stated floor holds all that is seen of it.

    A motor beside a conveyor takes floor as well: where the stated outline ends
    before what is seen, it is moved out to the millimetre; else it stands as stated.
    """
    stated = [n for n, node in enumerate(asset.nodes) if "footprint" in node.notes]
    if not stated:
        return asset
    low, high = extent_m(asset)
    nodes = list(asset.nodes)
    node = nodes[stated[0]]
    floor = node.notes["footprint"]
    assert isinstance(floor, dict)
    nearer = [
        min(_number(floor["low_m"], axis), math.floor(1e3 * float(low[axis])) / 1e3)
        for axis in (0, 1)
    ]
    farther = [
        max(_number(floor["high_m"], axis), math.ceil(1e3 * float(high[axis])) / 1e3)
        for axis in (0, 1)
    ]
    widened: dict[str, Json] = {**floor, "low_m": [*nearer], "high_m": [*farther]}
    nodes[stated[0]] = replace(node, notes={**node.notes, "footprint": widened})
    return Asset(asset.name, nodes)


def _number(corner: Json, axis: int) -> float:
    assert isinstance(corner, list)
    value = corner[axis]
    assert isinstance(value, float | int)
    return float(value)
