"""Whether each thing that flow uses makes sense by itself."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from twin.scenario.findings import InconsistencyError, Path
from twin.scenario.law_base import sums_to_one
from twin.scenario.laws import Constant
from twin.scenario.machines import Failure, Maintenance
from twin.scenario.model import Scenario
from twin.scenario.nodes import Belt, Buffer, Passed, Store
from twin.scenario.sources import Source
from twin.scenario.station import Operation, Station
from twin.scenario.tasks import Task

_ID = re.compile(r"[a-z][a-z0-9_]{0,63}")

AT_ONCE = "is 0 s, so that parts come without end at one time; "


def flows(scenario: Scenario) -> bool:
    """Return whether a scenario says how parts flow, not only what devices do."""
    return bool(
        scenario.buffers
        or scenario.conveyors
        or scenario.stores
        or scenario.sinks
        or any(
            source.next or source.next_by_product or source.every or source.timetable
            for source in scenario.sources.values()
        )
        or any(
            station.next
            or station.next_by_product
            or station.time
            or station.time_by_product
            or any(isinstance(each, Task) for each in station.operations.values())
            for station in scenario.stations.values()
        )
    )


def check_parts(scenario: Scenario) -> None:
    """Check nodes, calendars and the run, each for itself.

    Raises:
        InconsistencyError: At the first place that disagrees with another.
    """
    for source_id, source in scenario.sources.items():
        _check_mix(source, ("sources", source_id))
    for station_id, station in scenario.stations.items():
        _check_station(station, ("stations", station_id))
    for belt_id, belt in scenario.conveyors.items():
        if belt.pitch > belt.length:
            raise InconsistencyError(
                ("conveyors", belt_id, "pitch"),
                f"of {belt.pitch:g} m leaves no room on {belt.length:g} m; give less",
            )
    _check_upkeep(scenario)
    _check_calendars(scenario)
    for fleet_id, fleet in scenario.fleets.items():
        if fleet.battery is not None and not fleet.battery.recharge_at < 1.0:
            raise InconsistencyError(
                ("fleets", fleet_id, "battery", "recharge_at"),
                "of 1 means charging for ever; give less",
            )
    _check_run(scenario)
    if flows(scenario):
        _check_complete(scenario)


def check_ids(scenario: Scenario) -> None:
    """Check that every node has an id, and no other node the same.

    Raises:
        InconsistencyError: At the first that has not.
    """
    seen: dict[str, str] = {}
    for section, nodes in scenario.node_sections().items():
        for node_id in nodes:
            if _ID.fullmatch(node_id) is None:
                raise InconsistencyError(
                    (section, node_id),
                    f"{node_id!r} is no id; give a lower-case letter, then letters, "
                    "digits and _",
                )
            if node_id in seen:
                raise InconsistencyError(
                    (section, node_id),
                    f"{seen[node_id]} has {node_id!r} too; choose another name",
                )
            seen[node_id] = section


def _check_mix(source: Source, at: Path) -> None:
    if source.mix and source.product is not None:
        raise InconsistencyError(
            (*at, "mix"), "stands beside product; give one of them"
        )
    if source.mix and not sums_to_one(list(source.mix.values())):
        raise InconsistencyError(
            (*at, "mix"),
            f"shares sum to {math.fsum(source.mix.values()):.10g}; make them sum to 1",
        )
    if source.every is not None and source.timetable:
        raise InconsistencyError(
            (*at, "timetable"), "stands beside every; give one of them"
        )


def _check_station(station: Station, at: Path) -> None:
    if station.operations:
        for key in ("time", "time_by_product", "people"):
            if getattr(station, key):
                raise InconsistencyError(
                    (*at, key),
                    "is for a station without operations; move it into one of them",
                )
    elif station.people and station.time is None and not station.time_by_product:
        raise InconsistencyError((*at, "people"), "have no work; give a time")
    if station.batch is not None and station.batch.least > station.batch.most:
        raise InconsistencyError(
            (*at, "batch", "least"),
            f"of {station.batch.least} never comes together; give at most "
            f"{station.batch.most}, which is most",
        )
    if station.preemptive and station.discipline != "priority":
        raise InconsistencyError(
            (*at, "preemptive"), "goes by priority; set discipline: priority"
        )
    if station.preemptive and len(station.operations) > 1:
        raise InconsistencyError(
            (*at, "preemptive"),
            f"{len(station.operations)} operations; only one can be interrupted",
        )
    _check_what_leaves(station, at)
    for name, operation in station.work().items():
        if not isinstance(operation, Task) or operation.on_failure != "scrap":
            continue
        if station.scrap is None:
            raise InconsistencyError(
                (*at, "operations", name, "on_failure"),
                "scraps parts, and the station says not where to; give scrap: a node",
            )


def _check_what_leaves(station: Station, at: Path) -> None:
    if bool(station.assembly) != (station.makes is not None):
        there, wanted = (
            ("assembly", "makes") if station.assembly else ("makes", "assembly")
        )
        raise InconsistencyError((*at, there), f"needs {wanted} beside it; add it")
    leaves = {
        "next": station.next,
        "next_by_product": station.next_by_product,
        "becomes": station.becomes,
    }
    for key, given in leaves.items():
        if station.consumed and given:
            raise InconsistencyError(
                (*at, key), "is of a part that leaves; here it is consumed: drop either"
            )
    if station.becomes is not None and station.makes is not None:
        raise InconsistencyError(
            (*at, "becomes"), "stands beside makes; give one of them"
        )


def _check_upkeep(scenario: Scenario) -> None:
    """Refuse machines that fail again the moment they are repaired."""
    for section, machines in (
        ("stations", scenario.stations),
        ("conveyors", scenario.conveyors),
    ):
        for machine_id, machine in machines.items():
            at = (section, machine_id)
            kinds: dict[str, Mapping[str, Failure | Maintenance]] = {
                "failures": machine.failures
            }
            if isinstance(machine, Station):
                kinds["maintenance"] = machine.maintenance
            for kind, entries in kinds.items():
                for name, entry in entries.items():
                    if isinstance(entry.every, Constant) and entry.every.value == 0.0:
                        raise InconsistencyError(
                            (*at, kind, name, "every"),
                            "is 0 s, so that it never ends; give a time",
                        )
    for belt_id, belt in scenario.conveyors.items():
        for name, failure in belt.failures.items():
            if failure.clock != "calendar":
                raise InconsistencyError(
                    ("conveyors", belt_id, "failures", name, "clock"),
                    f"{failure.clock} is for stations; a conveyor fails by calendar",
                )


def _check_calendars(scenario: Scenario) -> None:
    for calendar_id, calendar in scenario.calendars.items():
        at = ("calendars", calendar_id)
        if not any(calendar.week.values()) and not any(
            day.hours for day in calendar.open
        ):
            raise InconsistencyError((*at, "week"), "is never open; give hours")
        for index, closure in enumerate(calendar.closed):
            if closure.to < closure.from_:
                raise InconsistencyError(
                    (*at, "closed", index, "to"),
                    f"{closure.to} is before from, {closure.from_}; swap them",
                )
        days = [day.date for day in calendar.open]
        for index, day in enumerate(days):
            if day in days[:index]:
                raise InconsistencyError(
                    (*at, "open", index, "date"), f"{day} comes twice; give it once"
                )


def _check_run(scenario: Scenario) -> None:
    run = scenario.run
    if run.until is not None and run.warm_up != "auto" and run.warm_up >= run.until:
        raise InconsistencyError(
            ("run", "warm_up"),
            f"of {run.warm_up:g} s leaves nothing of {run.until:g} s; give less, or "
            "run longer",
        )
    if run.half_width is not None and run.half_width == 0.0:
        raise InconsistencyError(
            ("run", "half_width"), "of 0 is never reached; give more, such as 0.01"
        )


def _check_complete(scenario: Scenario) -> None:
    """Check that nothing is left out that flow cannot do without."""
    for source_id, source in scenario.sources.items():
        at = ("sources", source_id)
        if source.product is None and not source.mix:
            raise InconsistencyError(at, "key 'product' or 'mix' is missing; add it")
        if source.every is None and not source.timetable:
            raise InconsistencyError(
                at, "key 'every' or 'timetable' is missing; say when parts come"
            )
        _check_next(source, at)
        _check_not_at_once(scenario, source, at)
    for station_id, station in scenario.stations.items():
        at = ("stations", station_id)
        if not station.work():
            raise InconsistencyError(
                at, "key 'time' or 'operations' is missing; say what is done"
            )
        for name, operation in station.operations.items():
            _check_time(operation, (*at, "operations", name))
        if not station.consumed:
            _check_next(station, at)
    for section, nodes in (
        ("buffers", scenario.buffers),
        ("conveyors", scenario.conveyors),
    ):
        for node_id, node in nodes.items():
            _check_next(node, (section, node_id))


def _check_time(operation: Operation, at: Path) -> None:
    by_product = isinstance(operation, Task) and operation.time_by_product
    if operation.time is None and not by_product and not operation.lasts_as_it_drains():
        raise InconsistencyError(at, "key 'time' is missing; flow needs it")


def _check_next(node: Passed, at: Path) -> None:
    if node.next is None and not node.next_by_product:
        raise InconsistencyError(
            at, "leads nowhere: key 'next' is missing; say where parts go"
        )


def _check_not_at_once(scenario: Scenario, source: Source, at: Path) -> None:
    """Refuse a source that would fill unlimited room in no time."""
    every = source.every
    if not isinstance(every, Constant) or every.value > 0.0 or source.most:
        return
    if source.when_full == "reject":
        raise InconsistencyError(
            (*at, "every"), f"{AT_ONCE}set when_full: wait, or give a time"
        )
    nodes = scenario.nodes()
    for _, route in source.routes():
        for target in route.targets:
            node = nodes.get(target)
            bounded = (
                isinstance(node, Belt)
                or (isinstance(node, Station) and node.queue != "unlimited")
                or (isinstance(node, Buffer | Store) and node.capacity != "unlimited")
            )
            if not bounded:
                raise InconsistencyError(
                    (*at, "every"),
                    f"{AT_ONCE}limit the room of {target!r}, or give a time",
                )
