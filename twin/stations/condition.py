"""What a car is like: which parts are missing, seized or corroded, car by car.

Each question has a stream named after product, part and question, and car ``n`` takes
variate ``n - 1`` of it. So a car's condition depends on nothing but its number, and
both engines give car ``n`` the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from twin.rng import uniform_at
from twin.scenario.laws import Law
from twin.scenario.parts import Part, part_tree
from twin.scenario.products import Product
from twin.scenario.station import Operation, Station
from twin.scenario.tasks import Task


@dataclass(frozen=True, slots=True)
class Condition:
    """What a car is like.

    Attributes:
        missing: Parts that it came without; what hangs on a missing part is missing
            too.
        seized: Parts that come off the destructive way only.
        corroded: Parts that come off slower.
        absent: Operations of its station that find nothing to work on.
        stuck: Operations of its station that go the destructive way.
    """

    missing: frozenset[str] = frozenset()
    seized: frozenset[str] = frozenset()
    corroded: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    stuck: frozenset[str] = frozenset()


SOUND = Condition()
"""A car with all its parts, none of them stuck."""


def condition_of(
    product_id: str,
    product: Product,
    car_number: int,
    seed: int,
    replication: int = 0,
) -> Condition:
    """Return which parts of a car are missing, seized or corroded.

    A part is missing with the highest uniforms of its stream, and seized or corroded
    with the lowest: this is how flow asks whether something is present, and stuck.

    Args:
        product_id: Of the product, as in the scenario.
        product: With its parts.
        car_number: From 1, in the order in which cars of the product come.
        seed: Of the run.
        replication: Number of the run.

    Raises:
        ValueError: If the car's number is below 1.
    """
    if car_number < 1:
        raise ValueError(f"car_number: got {car_number}; cars count from 1")

    def drawn(part_id: str, question: str) -> float:
        name = f"{product_id}/{part_id}/{question}"
        return uniform_at(seed, name, car_number - 1, replication)

    missing: set[str] = set()
    seized: set[str] = set()
    corroded: set[str] = set()
    for part_id, entry in part_tree(product.parts).items():
        part = entry.part
        gone = not missing.isdisjoint(entry.above)
        if part.missing and drawn(part_id, "missing") >= 1.0 - part.missing:
            gone = True
        if gone:
            missing.add(part_id)
        elif part.seized and drawn(part_id, "seized") < part.seized.probability:
            seized.add(part_id)
        elif part.corroded and drawn(part_id, "corroded") < part.corroded.probability:
            corroded.add(part_id)
    return Condition(frozenset(missing), frozenset(seized), frozenset(corroded))


def work_condition_of(
    station_id: str,
    station: Station,
    car_number: int,
    seed: int,
    replication: int = 0,
) -> Condition:
    """Return which operations of a station find nothing, or something stuck.

    These are the ``present`` and ``seized`` of operations themselves, which belong to
    a station and not to a part.

    Args:
        station_id: Of the station, as in the scenario.
        station: With its operations.
        car_number: From 1, in the order in which cars come to the station.
        seed: Of the run.
        replication: Number of the run.
    """
    absent: set[str] = set()
    stuck: set[str] = set()
    for name, operation in station.work().items():
        if not isinstance(operation, Task):
            continue
        purpose, number = f"{station_id}/{name}", car_number - 1
        if operation.present < 1.0:
            found = uniform_at(seed, f"{purpose}/present", number, replication)
            if found >= operation.present:
                absent.add(name)
                continue
        if operation.seized is not None:
            found = uniform_at(seed, f"{purpose}/seized", number, replication)
            if found < operation.seized.probability:
                stuck.add(name)
    return Condition(absent=frozenset(absent), stuck=frozenset(stuck))


def both(parts: Condition, work: Condition) -> Condition:
    """Return the condition of a car's parts together with that of its operations."""
    return Condition(
        parts.missing, parts.seized, parts.corroded, work.absent, work.stuck
    )


@dataclass(frozen=True, slots=True)
class Way:
    """How an operation is done on a car.

    Attributes:
        skipped: Whether there is nothing to do.
        destructive: Whether what is stuck comes off by force.
        time: What it takes then instead of the operation's own; None if the same.
        time_factor: By which its time is longer.
        kept: Whether what comes off is of use.
    """

    skipped: bool = False
    destructive: bool = False
    time: Law | None = None
    time_factor: float = 1.0
    kept: bool = True


def way_of(
    operation_id: str,
    operation: Operation,
    parts: dict[str, Part],
    condition: Condition,
) -> Way:
    """Return how an operation is done on a car of a condition.

    It is skipped if the car has none of the parts that it takes off. It goes the
    destructive way if one of those that are there is seized, and takes the time of
    the first such part. Else the most corroded part makes it slower.

    Args:
        operation_id: Its id.
        operation: As the scenario has it.
        parts: Of the car's product, by id.
        condition: Of the car.
    """
    if operation_id in condition.absent:
        return Way(skipped=True)
    if operation_id in condition.stuck and isinstance(operation, Task):
        assert operation.seized is not None  # else nothing would be stuck
        kept = operation.seized.yields == "keep"
        return Way(destructive=True, time=operation.seized.time, kept=kept)
    known = [part for part in operation.removes if part in parts]
    there = [part for part in known if part not in condition.missing]
    if operation.removes and parts and not there:
        return Way(skipped=True)
    stuck = [parts[part].seized for part in there if part in condition.seized]
    for seized in stuck:
        if seized is not None:
            kept = all(one is None or one.yields == "keep" for one in stuck)
            return Way(destructive=True, time=seized.time, kept=kept)
    rusty = [part for part in there if part in condition.corroded]
    return Way(time_factor=_slowest(parts[part] for part in rusty))


def _slowest(rusty: Iterable[Part]) -> float:
    factors = [float(part.corroded.time_factor) for part in rusty if part.corroded]
    return max(factors, default=1.0)
