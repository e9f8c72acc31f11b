"""What people's work does to a car in a cell, and what a car's condition does to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twin.errors import PhysicsError
from twin.physics.car import Car, lay_aside
from twin.physics.device import Device, Hampered, Told
from twin.physics.world import lowest_m
from twin.scenario.fields import Text
from twin.scenario.laws import Constant
from twin.scenario.parts import Part, part_tree
from twin.scenario.station import Work
from twin.state import Severity
from twin.stations.events import StartOperation
from twin.stations.ledger import car_place, container_place

if TYPE_CHECKING:
    from twin.physics.cell import Cell


# Columns are a part's axes in a port's frame, whose x points out of what has it.
_UPRIGHT = ((0.0, 0.0, 1.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))


def hamper(device: Device, command: StartOperation) -> None:
    """Have a person take longer where the car's condition asks for it."""
    if not isinstance(device, Hampered):
        return
    lasts_s = None
    if command.time is not None:
        assert isinstance(command.time, Constant)  # checked on reading
        lasts_s = float(command.time.value)
    if command.time_factor != 1.0 or lasts_s is not None:
        device.hamper(command.time_factor, lasts_s)


def settle_work(cell: Cell, name: str, operation: Work, car: Car) -> list[Told]:
    """Have what a person unfastened hang in its latch, and what he took be gone.

    Returns:
        What there is to tell of it.
    """
    tree = part_tree(cell.scenario.products[cell.source.product].parts)
    told = []
    for part in operation.unfastens:
        node = tree[part].part.node
        if node is not None and part not in cell.state.condition.missing:
            car.unfasten(node)
    for part in operation.removes:
        node = tree[part].part.node
        if node is None or node not in car.parts:
            continue
        if part in cell.state.condition.seized:
            told.append(_cut(part, tree[part].part, car))
        car.unfasten(node)
        car.unlatch(node)
        place = container_place(operation.into or part)
        cell.books.move(name, car.number, node, car_place(car.number), place)
        if operation.into is not None:
            _put_into(cell, operation.into, car, node)
            continue
        lay_aside(cell.world, cell.stock[car.slot], car.parts.pop(node), car.slot)
        cell.books.leave(place)
    return told


def _put_into(cell: Cell, container: str, car: Car, node: str) -> None:
    """Stand a part on the next place of a container: upright, its x along y there."""
    hold, places = cell.containers[container], cell.devices.places[container]
    if not places:
        raise PhysicsError(
            f"equipment.{container}: its asset has no port to put {node!r} on; name "
            "another container"
        )
    (link,) = car.design.parts[node].links
    port_from_part = np.eye(4)
    port_from_part[:3, :3] = _UPRIGHT
    port_from_part[0, 3] = -lowest_m(link)
    world_from_port = places[len(hold.parts) % len(places)]
    car.part_here(node).set_pose(world_from_port @ port_from_part)
    hold.put(car.number, node, cell.tick)
    cell.parts_out += 1


def _cut(part_id: str, part: Part, car: Car) -> Told:
    label, seized = part.label or Text(en=part_id, fr=part_id), part.seized
    assert seized is not None  # else it could not be seized
    lost = 1.0 if seized.yields == "lose" else float(seized.value_lost)
    return Told(
        "PartCut",
        "event.part_cut",
        {
            "car": car.number,
            "part": part_id,
            "part_en": label.en,
            "part_fr": label.fr,
            "lost_percent": round(100.0 * lost),
        },
        Severity.WARNING,
    )
