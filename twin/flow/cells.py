"""A physics cell as flow has it: the same operations, now with times, people, routes.

Nothing is said a second time here. What must be done before what, what an operation
needs and grants, and what it does to the car are handed on as they stand; the proof
that no order breaks a rule of safety is that of every flow scenario.
"""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from twin.errors import ScenarioError
from twin.flow.cell_lines import PARTS_OUT, chain, way_to, with_lines
from twin.flow.laws import mean_s
from twin.scenario import Scenario
from twin.scenario.equipment import ModuleBays, Rack, Worker
from twin.scenario.findings import InconsistencyError, Path
from twin.scenario.laws import NO_TIME, Constant
from twin.scenario.nodes import Reorder, Sink, Store
from twin.scenario.order_proof import check_orders
from twin.scenario.people import Crew, Tool
from twin.scenario.products import Product
from twin.scenario.read import written
from twin.scenario.sources import Source
from twin.scenario.station import (
    ConveyOut,
    ConveyPack,
    DeviceOperation,
    Operation,
    RunProgramme,
)
from twin.scenario.tasks import Task, Yield
from twin.units import Quantity

CARS_OUT = "cars_out"
BATTERIES_OUT = "batteries_out"
"""Sinks of cars, and of the packs that came out of them."""

_CLEAR = "_clear"
_PACK = "_pack"
_ROOM = "_room"
_HANDED_ON = (
    *("label", "after", "needs", "grants", "time", "removes", "fires", "drains"),
    *("tilts", "ignites"),
)


def flow_of_cell(
    scenario: Scenario, file: pathlib.Path, locate: Callable[[Path], str] = written
) -> Scenario:
    """Return a cell as the flow engine runs it.

    A device does one thing at a time and is a tool of which there is one; a person is
    a crew of one. A car waits outside until the station has done with the one before.
    A pack that is carried out takes a place in the rack from when its belt begins, and
    gives it back when it is collected.

    Args:
        scenario: A cell; every operation has a time.
        file: Of the scenario; the files that it names lie beside it.
        locate: Tells where in the scenario something stands, as errors write it.

    Raises:
        ScenarioError: With file and line, if an operation has no time, or may be done
            before something that it needs, or the scenario has faults.
    """
    if scenario.faults:
        raise ScenarioError(
            locate(("faults",)),
            "are for physics; leave them out, or use --engine physics",
        )
    _check_times(scenario, file, locate)
    routed = _routed(scenario)
    try:
        check_orders(routed)
    except InconsistencyError as error:
        raise ScenarioError(locate(error.path), error.found) from error
    return _with_tasks(routed, file.parent)


def _check_times(
    scenario: Scenario, file: pathlib.Path, locate: Callable[[Path], str]
) -> None:
    for station_id, station in scenario.stations.items():
        for name, operation in station.work().items():
            if operation.time is None and not operation.lasts_as_it_drains():
                raise ScenarioError(
                    locate(("stations", station_id, "operations", name)),
                    "key 'time' is missing, and engine flow needs it; give one, or "
                    f"run flins calibrate {file}",
                )


def _routed(scenario: Scenario) -> Scenario:
    """Return a cell with the ways that physics takes for granted."""
    station_of = {station.product: name for name, station in scenario.stations.items()}
    # Cars with a rhythm of their own wait outside; others come when they are called.
    by_rhythm = any(
        source.every is not None or source.timetable
        for source in scenario.sources.values()
    )
    has_bays = any(isinstance(e, ModuleBays) for e in scenario.equipment.values())
    parts_out = {PARTS_OUT: Sink()} if has_bays else {}
    return scenario.model_copy(
        update={
            "sources": {
                name: _source(source, station_of[source.product])
                for name, source in scenario.sources.items()
            },
            "stations": {
                name: station.model_copy(
                    update={
                        "next": way_to(CARS_OUT),
                        "queue": "unlimited" if by_rhythm else 0,
                    }
                )
                for name, station in scenario.stations.items()
            },
            "sinks": {
                CARS_OUT: Sink(),
                BATTERIES_OUT: Sink(),
                **parts_out,
                **scenario.sinks,
            },
        }
    )


def _source(source: Source, station: str) -> Source:
    """Return a source that has a car ready whenever the station calls one."""
    ready: dict[str, Any] = {"next": source.next or way_to(station)}
    if source.every is None and not source.timetable:
        ready |= {"every": NO_TIME, "when_full": "wait"}
    return source.model_copy(update=ready)


def _with_tasks(scenario: Scenario, folder: pathlib.Path) -> Scenario:
    """Return a scenario in which what devices do are tasks, with what those take."""
    tools, crews = dict(scenario.tools), dict(scenario.crews)
    products, stores = dict(scenario.products), dict(scenario.stores)
    stations = {}
    for station_id, station in scenario.stations.items():
        tasks: dict[str, Operation] = {}
        for name, operation in station.operations.items():
            if isinstance(operation, Task):
                tasks[name] = operation
                continue
            if isinstance(scenario.equipment[operation.by], Worker):
                crews[operation.by] = Crew(count=1, skills=(operation.by,))
            else:
                tools[operation.by] = Tool(count=1)
            more: dict[str, Any] = {}
            if isinstance(operation, RunProgramme):
                make = partial(_task, scenario, operation)
                tasks |= chain(scenario, name, operation, folder, make)
                continue
            if isinstance(operation, ConveyPack):
                pack = f"{station.product}{_PACK}"
                room = f"{operation.rack}{_ROOM}"
                products[pack] = products[room] = Product()
                stores[room] = _room_of(scenario, operation, room, folder)
                more = {
                    "takes": {room: 1},
                    "yields": {pack: Yield(to=way_to(BATTERIES_OUT))},
                }
            tasks[name] = _task(scenario, operation, more)
            if isinstance(operation, ConveyOut) and operation.clear_time is not None:
                tasks[f"{name}{_CLEAR}"] = Task(
                    do="task",
                    after=(name,),
                    time=operation.clear_time,
                    uses={operation.by: 1},
                )
        stations[station_id] = station.model_copy(update={"operations": tasks})
    timed = scenario.model_copy(
        update={
            "stations": stations,
            "tools": tools,
            "crews": crews,
            "products": products,
            "stores": stores,
        }
    )
    return with_lines(timed)


def _task(
    scenario: Scenario, operation: DeviceOperation, more: Mapping[str, Any]
) -> Task:
    handed_on = {name: getattr(operation, name) for name in _HANDED_ON}
    if isinstance(scenario.equipment[operation.by], Worker):
        return Task(
            do="task",
            people={operation.by: 1},
            at_shift_end="pause",
            on_failure="restart",
            **{**handed_on, **more},
        )
    return Task(
        do="task",
        uses={operation.by: 1},
        on_failure="restart",
        **{**handed_on, **more},
    )


def _room_of(
    scenario: Scenario, operation: ConveyPack, product: str, folder: pathlib.Path
) -> Store:
    """Return the rack's one place: gone when the belt begins, back when collected.

    The place comes back a fixed time after the pack has come, hence the mean of the
    belt's own time with it; a belt whose time is random misses by that little.
    """
    rack = scenario.equipment[operation.rack]
    assert isinstance(rack, Rack)  # names are checked on reading
    assert operation.time is not None  # _check_times has seen to it
    lead_s = mean_s(operation.time, folder) + float(rack.collected_after)
    lead_time = Constant(value=Quantity(lead_s, "s"))
    return Store(
        product=product, stock=1, reorder=Reorder(at=0, quantity=1, lead_time=lead_time)
    )
