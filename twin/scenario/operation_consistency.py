"""Whether the operations of each station can be done in an order, and by whom."""

from __future__ import annotations

from twin.scenario.findings import InconsistencyError, Path, check_known, names
from twin.scenario.model import Scenario
from twin.scenario.station import Operation, Station, TimedFault
from twin.scenario.tasks import Task


def check_operations(scenario: Scenario) -> None:
    """Check products, orders and conditions of what stations do.

    Raises:
        InconsistencyError: At the first place that disagrees with another.
    """
    for station_id, station in scenario.stations.items():
        at = ("stations", station_id)
        if station.product is not None:
            check_known((*at, "product"), station.product, scenario.products, "product")
        for operation_id, operation in station.operations.items():
            _check_names(station, operation, (*at, "operations", operation_id))
        _check_order(station, at)
    _check_conditions(scenario)
    _check_faults(scenario)


def _any_of(operation: Operation) -> tuple[str, ...]:
    return operation.after_any if isinstance(operation, Task) else ()


def _check_names(station: Station, operation: Operation, here: Path) -> None:
    lists = {"after": operation.after, "after_any": _any_of(operation)}
    for key, earlier_ones in lists.items():
        for index, earlier in enumerate(earlier_ones):
            check_known((*here, key, index), earlier, station.operations, "operation")


def _check_order(station: Station, at: Path) -> None:
    left = dict(station.operations)
    while left:
        free = [
            name
            for name, operation in left.items()
            if not left.keys() & set(operation.after)
            and not (_any_of(operation) and left.keys() >= set(_any_of(operation)))
        ]
        if not free:
            name = next(iter(left))
            key = "after" if left.keys() & set(left[name].after) else "after_any"
            raise InconsistencyError(
                (*at, "operations", name, key),
                f"{', '.join(left)} wait for each other; break the circle",
            )
        for name in free:
            del left[name]


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
                        f"no operation grants {condition!r}; granted: {names(granted)}",
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
            check_known(
                ("faults", index, "operation"),
                fault.operation,
                operations,
                "operation",
            )
        elif fault.kind != "skip_fastener":
            _check_timed(scenario, index, fault)
        # An order left empty means all of the pack's, which only its asset knows.
        elif all(orders) and fault.fastener not in fasteners:
            raise InconsistencyError(
                ("faults", index, "fastener"),
                f"nothing unscrews {fault.fastener!r}; known: {names(fasteners)}",
            )


def _check_timed(scenario: Scenario, index: int, fault: TimedFault) -> None:
    check_known(
        ("faults", index, "device"),
        fault.device,
        {**scenario.equipment, **scenario.stations},
        "equipment or station",
    )
    if fault.until is not None and fault.until <= fault.at:
        raise InconsistencyError(
            ("faults", index, "until"),
            f"got {float(fault.until):g} s, not after at = {float(fault.at):g} s; "
            "give a later time, or none",
        )
