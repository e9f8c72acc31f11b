"""A whole scenario, and the checks that need all of it."""

from __future__ import annotations

import zoneinfo
from datetime import datetime
from typing import Literal

from pydantic import Field, field_validator

from twin.scenario.equipment import (
    Conveyor,
    Equipment,
    Lift,
    LiftTable,
    LightBarrier,
    MeasuringCamera,
    Rack,
    Robot,
    Worker,
)
from twin.scenario.fields import Hertz, Model, Point, Text, quantities
from twin.scenario.products import Line, Product, Source
from twin.scenario.station import Fault, Operation, Station
from twin.units import Quantity


class Physics(Model):
    """How the rigid-body engine steps.

    Attributes:
        rate: Steps a simulated second.
        frame_rate: State frames a simulated second; divides ``rate``.
    """

    rate: Hertz = Quantity(240.0, "1/s")
    frame_rate: Hertz = Quantity(30.0, "1/s")


class View(Model):
    """A saved camera, world frame."""

    label: Text
    eye: Point
    target: Point
    field_of_view_deg: float = Field(default=40.0, gt=5.0, lt=120.0, strict=False)


class Scenario(Model):
    """Everything the user says of a plant.

    Attributes:
        name: Its name in files and results.
        title: Its name for people.
        engine: What runs it unless the command line says otherwise.
        timezone: IANA name.
        start: Local time at simulated time 0.
        seed: Of the run unless the command line says otherwise.
        notes: Sentences every viewer must show.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Text
    engine: Literal["flow", "physics"] = "flow"
    timezone: str = "Europe/Paris"
    start: datetime = Field(strict=False)
    seed: int = Field(default=1, ge=0, lt=2**32)
    notes: tuple[Text, ...] = Field(default=(), strict=False)
    physics: Physics = Physics()
    products: dict[str, Product] = {}
    equipment: dict[str, Equipment] = {}
    sources: dict[str, Source] = {}
    stations: dict[str, Station] = {}
    line: Line | None = None
    cameras: dict[str, View] = {}
    faults: tuple[Fault, ...] = Field(default=(), strict=False)

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, name: str) -> str:
        try:
            zoneinfo.ZoneInfo(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(
                f"got {name!r}; give an IANA name such as 'Europe/Paris'"
            ) from error
        return name

    def local_start(self) -> datetime:
        """Return the start with its offset from UTC."""
        return self.start.replace(tzinfo=zoneinfo.ZoneInfo(self.timezone))

    def provenance(self) -> list[tuple[str, Quantity]]:
        """Return every quantity that states a confidence, with its path."""
        return [(path, q) for path, q in quantities(self) if q.confidence]


_BY_KIND: dict[str, type[Model]] = {
    "convey_in": Conveyor,
    "convey_out": Conveyor,
    "convey_pack": Conveyor,
    "work": Worker,
    "swing_in": Lift,
    "swing_out": Lift,
    "raise_car": Lift,
    "lower_car": Lift,
    "table_up": LiftTable,
    "table_down": LiftTable,
    "check_free": LiftTable,
    "measure": MeasuringCamera,
    "unscrew": Robot,
}


class DanglingNameError(ValueError):
    """A name in a scenario that nothing bears; carries where it stands.

    Args:
        path: Keys from the top of the scenario to the bad value.
        found: What is wrong there and what to do.
    """

    def __init__(self, path: tuple[str | int, ...], found: str) -> None:
        super().__init__(found)
        self.path = path
        self.found = found


def _names(known: dict[str, object] | set[str]) -> str:
    return ", ".join(sorted(known)) or "none"


def check_names(scenario: Scenario) -> None:
    """Check that every name that is used is also given.

    Raises:
        DanglingNameError: At the first name that nothing bears, or the wrong kind.
    """
    products: set[str] = set(scenario.products)
    for source_id, source in scenario.sources.items():
        if source.product not in products:
            raise DanglingNameError(
                ("sources", source_id, "product"),
                f"no product {source.product!r}; known: {_names(products)}",
            )
    granted_anywhere = {
        condition
        for station in scenario.stations.values()
        for operation in station.operations.values()
        for condition in operation.grants
    }
    for station_id, station in scenario.stations.items():
        at = ("stations", station_id)
        if station.product not in products:
            raise DanglingNameError(
                (*at, "product"),
                f"no product {station.product!r}; known: {_names(products)}",
            )
        for operation_id, operation in station.operations.items():
            here = (*at, "operations", operation_id)
            _check_operation(scenario, station, operation, here)
            for condition in operation.needs:
                if condition not in granted_anywhere:
                    raise DanglingNameError(
                        (*here, "needs"),
                        f"no operation grants {condition!r}; "
                        f"granted: {_names(granted_anywhere)}",
                    )
        _check_order(station, at)
    operations = {op for s in scenario.stations.values() for op in s.operations}
    for index, fault in enumerate(scenario.faults):
        if fault.kind == "skip_operation" and fault.operation not in operations:
            raise DanglingNameError(
                ("faults", index, "operation"),
                f"no operation {fault.operation!r}; known: {_names(operations)}",
            )
    if scenario.stations and scenario.engine == "physics" and scenario.line is None:
        raise DanglingNameError(
            ("line",), "missing; give the entry, exit and clear_of lines"
        )
    ratio = scenario.physics.rate / scenario.physics.frame_rate
    if abs(ratio - round(ratio)) > 1e-9 or ratio < 1:
        raise DanglingNameError(
            ("physics", "frame_rate"),
            f"{scenario.physics.frame_rate:g} Hz does not divide the rate of "
            f"{scenario.physics.rate:g} Hz; choose a divisor",
        )


def _check_operation(
    scenario: Scenario,
    station: Station,
    operation: Operation,
    here: tuple[str | int, ...],
) -> None:
    for index, earlier in enumerate(operation.after):
        if earlier not in station.operations:
            raise DanglingNameError(
                (*here, "after", index),
                f"no operation {earlier!r}; known: {_names(set(station.operations))}",
            )
    wanted = _BY_KIND[operation.do]
    _check_equipment(scenario, (*here, "by"), operation.by, wanted)
    if operation.do == "convey_in":
        _check_equipment(scenario, (*here, "barrier"), operation.barrier, LightBarrier)
    elif operation.do == "convey_pack":
        _check_equipment(scenario, (*here, "rack"), operation.rack, Rack)
    elif operation.do == "work":
        worker = scenario.equipment[operation.by]
        assert isinstance(worker, Worker)  # _check_equipment has just seen to it
        for index, step in enumerate(operation.steps):
            if step.at not in worker.places:
                raise DanglingNameError(
                    (*here, "steps", index, "at"),
                    f"{operation.by!r} has no place {step.at!r}; "
                    f"known: {_names(set(worker.places))}",
                )


def _check_equipment(
    scenario: Scenario, path: tuple[str | int, ...], name: str, wanted: type[Model]
) -> None:
    found = scenario.equipment.get(name)
    if found is None:
        raise DanglingNameError(
            path,
            f"no equipment {name!r}; known: {_names(set(scenario.equipment))}",
        )
    if not isinstance(found, wanted):
        raise DanglingNameError(
            path,
            f"{name!r} is a {found.kind}; name a {wanted.__name__.lower()}",
        )


def _check_order(station: Station, at: tuple[str | int, ...]) -> None:
    left = {name: set(op.after) for name, op in station.operations.items()}
    while left:
        free = [name for name, after in left.items() if not after & set(left)]
        if not free:
            name = next(iter(left))
            raise DanglingNameError(
                (*at, "operations", name, "after"),
                f"{', '.join(left)} wait for each other; break the circle",
            )
        for name in free:
            del left[name]
