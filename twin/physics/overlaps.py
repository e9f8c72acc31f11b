"""Bodies that would start inside each other: refused before the run, with their depth.

Bullet pushes such bodies apart within a few steps, with forces that nothing in a plant
has: what follows would be a picture of a mistake in the layout.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twin.errors import ScenarioError
from twin.physics.car import lay_aside
from twin.physics.world import Body, World
from twin.scenario.findings import Path as Keys
from twin.transforms import Matrix, transform, wxyz_about

if TYPE_CHECKING:
    from twin.physics.cell import Cell

MOST_DEPTH_M = 5e-3
"""What stands on something may be as deep in it: drawings round to millimetres."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two things inside each other.

    Attributes:
        one: Id of a piece of equipment.
        other: Id of another, or of the source whose car it is.
        depth_m: How deep, > 0: the least way that would part them.
        at_in_world_m: Where, (3,).
    """

    one: str
    other: str
    depth_m: float
    at_in_world_m: tuple[float, float, float]


def refuse_overlaps(cell: Cell, locate: Callable[[Keys], str]) -> None:
    """Refuse a cell in which something stands in something else.

    Below the floor's level nothing is looked at: tables rise from pits, and posts are
    let into foundations. Pieces of one equipment belong together.

    Args:
        cell: Before its first step.
        locate: Tells where in the scenario something stands, as errors write it.

    Raises:
        ScenarioError: At the deepest overlap, with both names and the depth.
    """
    found = [*_of_equipment(cell), *_of_car(cell)]
    if not found:
        return
    worst = max(found, key=lambda each: each.depth_m)
    x_m, y_m, z_m = worst.at_in_world_m
    source = worst.other in cell.scenario.sources
    section = "sources" if source else "equipment"
    called = f"the car of {worst.other!r}" if source else repr(worst.other)
    raise ScenarioError(
        locate((section, worst.other, "place")),
        f"{worst.one!r} and {called} overlap by {1e3 * worst.depth_m:.0f} mm at the "
        f"start, near x {x_m:.2f} m, y {y_m:.2f} m, z {z_m:.2f} m; move one",
    )


def overlap(world: World, one: Body, other: Body) -> tuple[float, list[float]] | None:
    """Return how deep two bodies are in each other, m, and where, or None."""
    points = [
        point
        for point in world.call("getClosestPoints", one.body_id, other.body_id, 0.0)
        if min(point[5][2], point[6][2]) > -MOST_DEPTH_M
    ]
    if not points:
        return None
    deepest = min(points, key=lambda point: point[8])
    depth_m = -float(deepest[8])
    return (depth_m, list(deepest[5])) if depth_m > MOST_DEPTH_M else None


def _of_equipment(cell: Cell) -> Iterator[Overlap]:
    pieces = _pieces(cell)
    for (one, body), (other, another) in itertools.combinations(pieces, 2):
        if one != other:
            yield from _told(cell.world, one, body, other, another)


def _of_car(cell: Cell) -> Iterator[Overlap]:
    """Yield what a car without errors would be inside of where it comes in."""
    stocked, design = cell.stock[0], cell.design
    source = next(iter(cell.scenario.sources))
    place = cell.source.place
    world_from_car: Matrix = transform(
        (float(place.x), float(place.y), float(place.z)),
        wxyz_about((0.0, 0.0, 1.0), float(place.yaw)),
    )
    for body, car_from_body in (
        (stocked.body, np.eye(4)),
        *((stocked.parts[n], part.car_from_part) for n, part in design.parts.items()),
    ):
        body.set_pose(world_from_car @ car_from_body)
        for name, other in _pieces(cell):
            yield from _told(cell.world, name, other, source, body)
        lay_aside(cell.world, stocked, body, 0)


def _told(
    world: World, one: str, body: Body, other: str, another: Body
) -> Iterator[Overlap]:
    met = overlap(world, body, another)
    if met is not None:
        x_m, y_m, z_m = met[1]
        yield Overlap(one, other, met[0], (x_m, y_m, z_m))


def _pieces(cell: Cell) -> list[tuple[str, Body]]:
    """Return the bodies of equipment, with its id; cars in stock are elsewhere."""
    aside = {body.body_id for slot in cell.stock for body in slot.bodies()}
    return [
        (body.name.partition("/")[0], body)
        for body_id, body in cell.world.bodies.items()
        if body_id not in aside
        and body.name.partition("/")[0] in cell.scenario.equipment
    ]
