"""What people's work does to a car in a cell, and what a car's condition does to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.physics.car import Car, lay_aside
from twin.physics.device import Device, Hampered, Told
from twin.scenario.fields import Text
from twin.scenario.laws import Constant
from twin.scenario.parts import Part, part_tree
from twin.scenario.station import Work
from twin.state import Severity
from twin.stations.events import StartOperation
from twin.stations.ledger import car_place, container_place

if TYPE_CHECKING:
    from twin.physics.cell import Cell


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
            hold = cell.containers[operation.into]
            cell.stowing.put(car, node, operation.into, len(hold.parts))
            hold.put(car.number, node, cell.tick)
            cell.parts_out += 1
            continue
        lay_aside(cell.world, cell.stock[car.slot], car.parts.pop(node), car.slot)
        cell.books.leave(place)
    return told


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
