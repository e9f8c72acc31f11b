"""Which masses an operation moves, from where to where: the same for both engines."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from twin.scenario.fluids import Tank
from twin.scenario.safety import Facts, Subject, drained
from twin.scenario.station import Operation
from twin.stations.condition import Condition
from twin.stations.ledger import (
    Cause,
    Lot,
    Transfer,
    car_place,
    container_place,
    tank_place,
)


def material(name: str) -> str:
    """Return the name of a material as a substance."""
    return f"material/{name}"


def fluid(kind: str) -> str:
    """Return the name of a fluid as a substance."""
    return f"fluid/{kind}"


def lots_of_part(subject: Subject, part_id: str) -> dict[Lot, float]:
    """Return what a part is of, kg, without what hangs on it."""
    part = subject.parts[part_id].part
    made = part.own_materials_kg().items()
    lots = {Lot(part_id, material(name)): kg for name, kg in made if kg > 0.0}
    for kind, filling in part.fluids.items():
        lots[Lot(part_id, fluid(kind))] = float(filling.mass)
    return lots


def lots_of_car(subject: Subject, condition: Condition) -> dict[Lot, float]:
    """Return what a car is of, kg: what is missing has not come in."""
    return {
        lot: kg
        for part_id in subject.parts
        if part_id not in condition.missing
        for lot, kg in lots_of_part(subject, part_id).items()
    }


def lots_of_tank(tank: Tank) -> dict[Lot, float]:
    """Return what a tank holds at the start, kg."""
    return {Lot(kind, fluid(kind)): float(kg) for kind, kg in tank.content.items()}


def transfers_of(
    operation: Operation,
    cause: Cause,
    subject: Subject,
    facts: Facts,
    container_of: Callable[[str], str] = container_place,
) -> list[Transfer]:
    """Return what moves as an operation ends.

    A part takes with it all that hangs on it and what is left of the fluids in them:
    all of a fluid that was not drained, its residue if it was. Drained fluid goes into
    its tank; its residue stays where it is.

    Args:
        operation: As the scenario has it.
        cause: Which operation it is, where, on which car.
        subject: The car.
        facts: What was true of the car before, its missing parts included.
        container_of: Where a part goes, by its id.
    """
    car = car_place(cause.car)
    drains = _drains(operation, cause, subject, facts)
    # What it drains, it drains before it takes off what held it.
    emptied = facts | {drained(kind) for kind in operation.drains}
    moved: list[Transfer] = list(drains)
    for removed in operation.removes:
        if removed not in subject.parts:
            continue
        gone = [
            part for part in subject.below(removed) if not subject.is_off(part, facts)
        ]
        for part_id in gone:
            for lot, kg in left_in_part(subject, part_id, emptied).items():
                to_place = container_of(removed)
                moved.append(Transfer(cause, lot, car, to_place, kg))
        facts = facts | {f"off:{part}" for part in gone}
    return moved


def left_in_part(subject: Subject, part_id: str, facts: Facts) -> dict[Lot, float]:
    """Return what is left in a part, kg: of a drained fluid, its residue."""
    fillings = subject.parts[part_id].part.fluids
    lots = lots_of_part(subject, part_id)
    for kind, filling in fillings.items():
        if drained(kind) in facts:
            lots[Lot(part_id, fluid(kind))] = float(filling.residue)
    return {lot: kg for lot, kg in lots.items() if kg > 0.0}


def _drains(
    operation: Operation, cause: Cause, subject: Subject, facts: Facts
) -> list[Transfer]:
    moved: list[Transfer] = []
    for kind, drain in operation.drains.items():
        if drained(kind) in facts:
            continue
        for part_id in subject.holders(kind):
            if subject.is_off(part_id, facts):
                continue
            filling = subject.parts[part_id].part.fluids[kind]
            kg = float(filling.mass) - float(filling.residue)
            if kg > 0.0:
                lot = Lot(part_id, fluid(kind))
                to_place = tank_place(drain.to)
                moved.append(Transfer(cause, lot, car_place(cause.car), to_place, kg))
    return moved


def drained_so_far(
    transfers: list[Transfer], share: Mapping[str, float]
) -> list[Transfer]:
    """Return the transfers of drains as far as they have come in mid-operation.

    Whoever looks in the middle books them in a copy of the ledger; the whole is booked
    once, as the operation ends.

    Args:
        transfers: All that the operation moves in the end.
        share: Of each fluid, what part of it has run out by now, 0 to 1.
    """
    found = []
    for one in transfers:
        kind = one.lot.substance.removeprefix("fluid/")
        if one.to_place.startswith("tanks/") and kind in share:
            kg = one.kg * share[kind]
            found.append(Transfer(one.cause, one.lot, one.from_place, one.to_place, kg))
    return found
