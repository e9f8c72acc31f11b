"""Whether what a scenario says in one place fits what it says in another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC
from types import MappingProxyType
from typing import get_args

from twin.scenario.equipment import (
    HOME,
    Conveyor,
    Lift,
    LiftTable,
    LightBarrier,
    MeasuringCamera,
    Placed,
    Rack,
    Robot,
    Worker,
)
from twin.scenario.model import Scenario
from twin.scenario.station import Operation, Station

# Scenes give cars these ids.
_CAR_ID = re.compile(r"car_\d+")

Path = tuple[str | int, ...]

_BY_KIND: Mapping[str, type[Placed]] = MappingProxyType(
    {
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
)


class InconsistencyError(ValueError):
    """Two places of a scenario disagree; carries which one to change.

    Args:
        path: Keys from the top of the scenario to the bad value.
        found: What is wrong there and what to do.
    """

    def __init__(self, path: Path, found: str) -> None:
        super().__init__(found)
        self.path = path
        self.found = found


def check_consistency(scenario: Scenario) -> None:
    """Check that names lead somewhere, orders have no circle, and times exist.

    Raises:
        InconsistencyError: At the first place that disagrees with another.
    """
    _check_start(scenario)
    _check_rates(scenario)
    for source_id, source in scenario.sources.items():
        _check_product(scenario, ("sources", source_id), source.product)
    for station_id, station in scenario.stations.items():
        at = ("stations", station_id)
        _check_product(scenario, at, station.product)
        for operation_id, operation in station.operations.items():
            here = (*at, "operations", operation_id)
            _check_operation(scenario, station, operation, here)
        _check_order(station, at)
        _check_turns(station, at)
    for product_id, product in scenario.products.items():
        if product.pack_mass >= product.mass:
            raise InconsistencyError(
                ("products", product_id, "pack_mass"),
                f"{product.pack_mass:g} kg is not less than the whole's "
                f"{product.mass:g} kg; mend either",
            )
    _check_conditions(scenario)
    _check_faults(scenario)
    _check_line(scenario)
    _check_equipment_values(scenario)
    for camera_id, view in scenario.cameras.items():
        if view.eye.as_tuple() == view.target.as_tuple():
            raise InconsistencyError(
                ("cameras", camera_id, "target"),
                "is where the eye is; move either",
            )


def _names(known: Iterable[str]) -> str:
    return ", ".join(sorted(known)) or "none"


def _check_start(scenario: Scenario) -> None:
    """Refuse a local time that clocks skip or show twice."""
    early = scenario.local_start()
    late = early.replace(fold=1)
    back = early.astimezone(UTC).astimezone(early.tzinfo)
    if back.replace(tzinfo=None) != scenario.start:
        raise InconsistencyError(
            ("start",),
            f"{scenario.start} does not exist in {scenario.timezone}, where clocks "
            f"skip it; give {back.replace(tzinfo=None)} or another time",
        )
    if early.utcoffset() != late.utcoffset():
        raise InconsistencyError(
            ("start",),
            f"{scenario.start} comes twice in {scenario.timezone}, when clocks are "
            "set back; give a time before or after that hour",
        )


def _check_rates(scenario: Scenario) -> None:
    physics = scenario.physics
    ratio = physics.rate / physics.frame_rate
    if abs(ratio - round(ratio)) > 1e-9 or ratio < 1:
        raise InconsistencyError(
            ("physics", "frame_rate"),
            f"{physics.frame_rate:g} Hz does not divide the rate of "
            f"{physics.rate:g} Hz; choose a divisor",
        )


def _check_product(scenario: Scenario, at: Path, product: str) -> None:
    if product not in scenario.products:
        raise InconsistencyError(
            (*at, "product"),
            f"no product {product!r}; known: {_names(scenario.products)}",
        )


def _check_conditions(scenario: Scenario) -> None:
    granted = {
        condition
        for station in scenario.stations.values()
        for operation in station.operations.values()
        for condition in operation.grants
    }
    for station_id, station in scenario.stations.items():
        for operation_id, operation in station.operations.items():
            here = ("stations", station_id, "operations", operation_id)
            for index, condition in enumerate(operation.needs):
                if condition not in granted:
                    raise InconsistencyError(
                        (*here, "needs", index),
                        f"no operation grants {condition!r}; "
                        f"granted: {_names(granted)}",
                    )


def _check_equipment_values(scenario: Scenario) -> None:
    for name, equipment in scenario.equipment.items():
        if _CAR_ID.fullmatch(name) or name in scenario.stations:
            raise InconsistencyError(
                ("equipment", name),
                f"{name!r} names a car or a station too; choose another name",
            )
        if (
            isinstance(equipment, LiftTable)
            and not equipment.touch_force < equipment.press_force
        ):
            raise InconsistencyError(
                ("equipment", name, "press_force"),
                f"{equipment.press_force:g} N never reaches the touch_force of "
                f"{equipment.touch_force:g} N; press harder",
            )
    products = {station.product for station in scenario.stations.values()}
    for source_id, source in scenario.sources.items():
        if scenario.stations and source.product not in products:
            raise InconsistencyError(
                ("sources", source_id, "product"),
                f"no station takes {source.product!r}; stations take: "
                f"{_names(products)}",
            )


def _check_faults(scenario: Scenario) -> None:
    operations = {
        name: operation
        for station in scenario.stations.values()
        for name, operation in station.operations.items()
    }
    orders = [op.order for op in operations.values() if op.do == "unscrew"]
    fasteners = {name for order in orders for name in order}
    for index, fault in enumerate(scenario.faults):
        if fault.kind == "skip_operation":
            if fault.operation not in operations:
                raise InconsistencyError(
                    ("faults", index, "operation"),
                    f"no operation {fault.operation!r}; known: {_names(operations)}",
                )
        # An order left empty means all of the pack's, which only its asset knows.
        elif all(orders) and fault.fastener not in fasteners:
            raise InconsistencyError(
                ("faults", index, "fastener"),
                f"nothing unscrews {fault.fastener!r}; known: {_names(fasteners)}",
            )


def _check_line(scenario: Scenario) -> None:
    line = scenario.line
    if line is None:
        if scenario.stations and scenario.engine == "physics":
            raise InconsistencyError(
                ("line",), "missing; give the entry, exit and clear_of lines"
            )
        return
    if not line.entry.x < line.exit.x:
        raise InconsistencyError(
            ("line", "exit"),
            f"at {line.exit.x:g} m is not beyond the entry at {line.entry.x:g} m; "
            "cars travel along +x",
        )
    if not line.exit.x <= line.clear_of.x:
        raise InconsistencyError(
            ("line", "clear_of"),
            f"at {line.clear_of.x:g} m is before the exit at {line.exit.x:g} m; "
            "move it there or beyond",
        )


def _check_operation(
    scenario: Scenario,
    station: Station,
    operation: Operation,
    here: Path,
) -> None:
    for index, earlier in enumerate(operation.after):
        if earlier not in station.operations:
            raise InconsistencyError(
                (*here, "after", index),
                f"no operation {earlier!r}; known: {_names(station.operations)}",
            )
    if operation.do == "unscrew":
        for index, fastener in enumerate(operation.order):
            if fastener in operation.order[:index]:
                raise InconsistencyError(
                    (*here, "order", index),
                    f"{fastener!r} stands there before; name each fastener once",
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
            if step.at not in {HOME, *worker.places}:
                raise InconsistencyError(
                    (*here, "steps", index, "at"),
                    f"{operation.by!r} has no place {step.at!r}; "
                    f"known: {_names({HOME, *worker.places})}",
                )


def _check_equipment(
    scenario: Scenario, path: Path, name: str, wanted: type[Placed]
) -> None:
    found = scenario.equipment.get(name)
    if found is None:
        raise InconsistencyError(
            path,
            f"no equipment {name!r}; known: {_names(scenario.equipment)}",
        )
    if not isinstance(found, wanted):
        raise InconsistencyError(
            path,
            f"{name!r} is a {found.kind}; name a {_kind(wanted)}",
        )


def _check_order(station: Station, at: Path) -> None:
    left = {name: set(op.after) for name, op in station.operations.items()}
    while left:
        free = [name for name, after in left.items() if not after & set(left)]
        if not free:
            name = next(iter(left))
            raise InconsistencyError(
                (*at, "operations", name, "after"),
                f"{', '.join(left)} wait for each other; break the circle",
            )
        for name in free:
            del left[name]


def _check_turns(station: Station, at: Path) -> None:
    """Refuse two operations that one device could be told to do at once."""
    before: dict[str, set[str]] = {}

    def all_before(name: str) -> set[str]:
        if name not in before:
            after = station.operations[name].after
            before[name] = set(after).union(*(all_before(other) for other in after))
        return before[name]

    earlier: list[str] = []
    for name, operation in station.operations.items():
        for other in earlier:
            if station.operations[other].by != operation.by:
                continue
            if other not in all_before(name) and name not in all_before(other):
                raise InconsistencyError(
                    (*at, "operations", name, "by"),
                    f"{operation.by!r} could be told {other} and {name} at once; "
                    "let one come after the other",
                )
        earlier.append(name)


def _kind(equipment: type[Placed]) -> str:
    """Return what a scenario writes under ``kind`` for a class of equipment."""
    kind: str = get_args(equipment.model_fields["kind"].annotation)[0]
    return kind
