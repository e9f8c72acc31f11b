"""What flow does not do: combinations that are refused rather than half done."""

from __future__ import annotations

from twin.scenario.findings import InconsistencyError, Path
from twin.scenario.flow_consistency import flows
from twin.scenario.laws import Empirical
from twin.scenario.model import Scenario
from twin.scenario.parts import Part, PartInTree, part_tree
from twin.scenario.station import Operation, Station
from twin.scenario.tasks import Task

_MOST_BITS = 62
"""Loops, and skills, are bits of a signed 64-bit mask."""


def check_limits(scenario: Scenario) -> None:
    """Refuse what the flow engine would not do as it reads.

    Raises:
        InconsistencyError: At the first combination that it does not do.
    """
    for station_id, station in scenario.stations.items():
        at = ("stations", station_id)
        if station.preemptive:
            _check_preemptive(station, at)
        if station.patience is not None and station.assembly:
            raise InconsistencyError(
                (*at, "patience"),
                "is not for an assembly: its parts wait for each other; put a buffer "
                "with patience before it",
            )
        for name, operation in station.operations.items() if flows(scenario) else ():
            _check_condition(scenario, operation, (*at, "operations", name))
    for store_id, store in scenario.stores.items():
        reorder = store.reorder
        if reorder is not None and reorder.at >= reorder.quantity:
            raise InconsistencyError(
                ("stores", store_id, "reorder", "at"),
                f"of {reorder.at} asks for a second order while one of "
                f"{reorder.quantity} is under way, of which there is one at a time; "
                "order more at once, or later",
            )
    skills = {skill for crew in scenario.crews.values() for skill in crew.skills}
    for section, n in (("loops", len(scenario.loops)), ("crews", len(skills))):
        if n > _MOST_BITS:
            what = "loops" if section == "loops" else "skills"
            raise InconsistencyError(
                (section,), f"{n} {what}; give at most {_MOST_BITS}"
            )


def _check_preemptive(station: Station, at: Path) -> None:
    if station.assembly:
        raise InconsistencyError(
            (*at, "preemptive"), "is not for an assembly; drop either"
        )
    if station.batch is not None and station.batch.most > 1:
        raise InconsistencyError((*at, "preemptive"), "is not for a batch; drop either")
    for name, operation in station.operations.items():
        if not isinstance(operation, Task):
            continue
        for key in ("takes", "seized"):
            if getattr(operation, key):
                raise InconsistencyError(
                    (*at, "operations", name, key),
                    "is not for work that can be interrupted; drop preemptive",
                )
        if operation.present < 1.0:
            raise InconsistencyError(
                (*at, "operations", name, "present"),
                "below 1 is not for work that can be interrupted; drop preemptive",
            )


def _check_condition(scenario: Scenario, operation: Operation, here: Path) -> None:
    """Refuse conditions of parts that flow cannot draw for an operation."""
    uncertain: dict[str, PartInTree] = {}
    for product in scenario.products.values():
        tree = part_tree(product.parts)
        for index, name in enumerate(operation.removes):
            entry = tree.get(name)
            if entry is None:
                continue
            path = (*here, "removes", index)
            doubtful = [part for part in entry.above if tree[part].part.missing]
            if doubtful:
                raise InconsistencyError(
                    path,
                    f"{name!r} hangs on {doubtful[0]!r}, which may be missing: flow "
                    "draws each for itself; take off one of them only",
                )
            if not entry.part.has_condition():
                continue
            other = uncertain.setdefault(name, entry).part
            if _drawn(other) != _drawn(entry.part):
                raise InconsistencyError(
                    path,
                    f"{name!r} is in another condition from product to product: flow "
                    "draws one for all; give them the same",
                )
            if len(uncertain) > 1:
                raise InconsistencyError(
                    path,
                    f"{', '.join(uncertain)} each have a condition: flow draws one an "
                    "operation; split it",
                )
            _check_rust(operation, entry, path)


def _drawn(part: Part) -> tuple[object, ...]:
    return (part.missing, part.seized, part.corroded)


def _check_rust(operation: Operation, entry: PartInTree, path: Path) -> None:
    if entry.part.corroded is None:
        return
    if entry.part.seized is not None:
        raise InconsistencyError(
            path,
            f"{entry.id!r} may be seized or corroded: flow draws one of the two; "
            "give one of them",
        )
    plain = operation.time is not None and not isinstance(operation.time, Empirical)
    by_product = isinstance(operation, Task) and operation.time_by_product
    if not plain or by_product:
        raise InconsistencyError(
            path,
            f"{entry.id!r} may be corroded: flow needs one time with a law of its own "
            "to make longer; give time",
        )
