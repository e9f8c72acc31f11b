"""What robots put on conveyors, in flow: conveyor, test bays, and who waits for room.

A programme that feeds test bays becomes a chain: work until a part is on its conveyor,
a put that takes a place there, and so on. Places are stock of a store: as many as the
conveyor has zones, one gone with each put and back when the bays' car takes a part off.
So a full conveyor holds the robot as it does in physics.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from twin.flow.laws import mean_s
from twin.scenario import Scenario
from twin.scenario.equipment import AccumulationConveyor, ModuleBays
from twin.scenario.handling import parts_to_bays
from twin.scenario.laws import NO_TIME, Constant
from twin.scenario.nodes import Belt, Store
from twin.scenario.people import Tool
from twin.scenario.products import Product
from twin.scenario.routes import RouteTable
from twin.scenario.station import Operation, RunProgramme, Station
from twin.scenario.tasks import Task, Yield
from twin.units import Quantity

PARTS_OUT = "parts_out"
"""Sink of parts tested."""

_PART = "_part"
_PLACE = "_place"
_CAR = "_car"


def way_to(node: str) -> RouteTable:
    """Return the way to a node and nowhere else."""
    return RouteTable(among={node: Quantity(1.0)})


def with_lines(scenario: Scenario) -> Scenario:
    """Return a cell's flow with the nodes that parts from programmes pass."""
    bays = {
        name: each
        for name, each in scenario.equipment.items()
        if isinstance(each, ModuleBays)
    }
    stations, belts = dict(scenario.stations), dict(scenario.conveyors)
    stores, tools = dict(scenario.stores), dict(scenario.tools)
    products = dict(scenario.products)
    for name, each in bays.items():
        line = scenario.equipment[each.takes_from]
        assert isinstance(line, AccumulationConveyor)  # names are checked on reading
        place = f"{each.takes_from}{_PLACE}"
        belts[each.takes_from] = _belt(line, name)
        stations[name] = _bays(name, each, place)
        stores[place] = Store(product=place, stock=line.zones)
        tools[f"{name}{_CAR}"] = Tool(count=1)
        products |= {f"{name}{_PART}": Product(), place: Product()}
    return scenario.model_copy(
        update={
            "stations": stations,
            "conveyors": belts,
            "stores": stores,
            "tools": tools,
            "products": products,
        }
    )


def _belt(line: AccumulationConveyor, bays: str) -> Belt:
    """Return the zones as one belt; a part waits a zone's length behind another."""
    return Belt(
        label=line.label,
        length=Quantity(line.zones * float(line.zone_length), "m"),
        speed=line.speed,
        pitch=line.zone_length,
        next=way_to(bays),
    )


def _bays(name: str, bays: ModuleBays, place: str) -> Station:
    """Return test bays as a station: as many at once as there are bays, one car."""
    transfer_s, test_s = float(bays.transfer_time), float(bays.test_time)
    car = {f"{name}{_CAR}": 1}
    tasks: dict[str, Operation] = {
        "taken": Task(
            do="task",
            time=NO_TIME,
            uses=car,
            yields={place: Yield(to=way_to(place))},
        ),
        "transfer": Task(
            do="task", after=("taken",), time=_constant(2.0 * transfer_s), uses=car
        ),
        "test": Task(do="task", after=("taken",), time=_constant(transfer_s + test_s)),
    }
    return Station(
        label=bays.label,
        operations=tasks,
        servers=bays.bays,
        queue=0,
        next=way_to(PARTS_OUT),
    )


def chain(
    scenario: Scenario,
    name: str,
    operation: RunProgramme,
    folder: Path,
    task: Callable[[Mapping[str, Any]], Task],
) -> dict[str, Task]:
    """Return the tasks of a programme; the last one has its name.

    What the programme takes in all is its mean: its little scatter would have to be
    dealt out among the parts, and nobody has measured how.

    Args:
        scenario: The cell.
        name: Of the operation.
        operation: It; its time is known.
        folder: That its scenario's own files lie in.
        task: Makes a task of the operation, with what differs.
    """
    parts = parts_to_bays(scenario, operation.programme)
    if not parts:
        return {name: task({})}
    assert operation.time is not None  # the caller has seen to it
    all_s = mean_s(operation.time, folder)
    lines = scenario.programmes[operation.programme].put_downs()
    tasks: dict[str, Task] = {}
    before, before_s = operation.after, 0.0
    plain = {"removes": (), "grants": ()}
    for number, (part, bays) in enumerate(parts.items(), start=1):
        spread_s = all_s * number / (len(parts) + 1)
        at_s = float(operation.puts[part]) if part in operation.puts else spread_s
        work, put = f"{name}_{number}", f"{name}_{number}_put"
        tasks[work] = task(
            {**plain, "after": before, "time": _constant(max(0.0, at_s - before_s))}
        )
        tasks[put] = task(
            {
                **plain,
                "after": (work,),
                "time": NO_TIME,
                "takes": {f"{lines[part]}{_PLACE}": 1},
                "yields": {f"{bays}{_PART}": Yield(to=way_to(lines[part]))},
            }
        )
        before, before_s = (put,), max(at_s, before_s)
    rest = _constant(max(0.0, all_s - before_s))
    tasks[name] = task({"after": before, "time": rest})
    return tasks


def _constant(time_s: float) -> Constant:
    return Constant(value=Quantity(time_s, "s"))
