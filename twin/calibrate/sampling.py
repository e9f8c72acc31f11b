"""How long each operation of a cell takes under physics, car by car."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from twin.engine import build_engine
from twin.errors import PhysicsError
from twin.scenario import Scenario
from twin.scenario.equipment import Equipment, ModuleBays, Rack
from twin.scenario.handling import parts_to_bays
from twin.scenario.parts import Part
from twin.scenario.station import RunProgramme
from twin.state import Event
from twin.units import Quantity

_LONGEST_CYCLE_S = 4 * 3600.0
"""A car that is not through by then never will be."""

_STRETCH_S = 1.0


@dataclass(frozen=True, slots=True)
class CarTimes:
    """What one car took, in ticks.

    Attributes:
        seed: Of the run that it came through.
        operations: From start to end of each operation; one that was left out is
            missing.
        clear: From the end of the operation that carries it out until it is clear.
        cycle: From when it came until the station had done with it.
        puts: From a programme's start until a part that test bays get was on its
            conveyor, by operation and part.
    """

    seed: int
    operations: Mapping[str, int]
    clear: int
    cycle: int
    puts: Mapping[str, int] = field(default_factory=dict)


def sound(scenario: Scenario) -> Scenario:
    """Return a cell with nothing in it but the time that its operations take.

    Cars sound and complete, without faults, and a rack and test bays that never keep
    anything waiting: what cars lack, what fails and what is full, flow has laws of its
    own for.
    """
    return scenario.model_copy(
        update={
            "faults": (),
            "products": {
                name: product.model_copy(update={"parts": _sound(product.parts)})
                for name, product in scenario.products.items()
            },
            "equipment": {
                name: _never_full(each) for name, each in scenario.equipment.items()
            },
        }
    )


def undisturbed(scenario: Scenario) -> Scenario:
    """Return a sound cell that one car comes to."""
    sources = {
        name: source.model_copy(update={"most": 1})
        for name, source in scenario.sources.items()
    }
    return sound(scenario).model_copy(update={"sources": sources})


def _never_full(each: Equipment) -> Equipment:
    at_once = Quantity(0.0, "s")
    if isinstance(each, Rack):
        return each.model_copy(update={"collected_after": at_once})
    if isinstance(each, ModuleBays):
        return each.model_copy(update={"test_time": at_once})
    return each


def _sound(parts: Mapping[str, Part]) -> dict[str, Part]:
    """Return parts that are there, and come off as they should."""
    return {
        name: part.model_copy(
            update={
                "missing": Quantity(0.0),
                "seized": None,
                "corroded": None,
                "parts": _sound(part.parts),
            }
        )
        for name, part in parts.items()
    }


def time_car(scenario: Scenario, folder: Path, seed: int) -> CarTimes:
    """Run one car through a cell and return what it took.

    Args:
        scenario: A physics cell; it is run undisturbed.
        folder: That its own files lie in.
        seed: Of the run.

    Raises:
        PhysicsError: If the car does not get through.
    """
    engine = build_engine(undisturbed(scenario), folder, seed=seed)
    with contextlib.closing(engine):
        ticks = round(_STRETCH_S / engine.dt_s)
        events: list[Event] = []
        while not (engine.cell.cars_in and engine.cell.state.car == 0):
            if engine.tick * engine.dt_s > _LONGEST_CYCLE_S:
                raise PhysicsError(
                    f"{scenario.name}: seed {seed}: the car is not through after "
                    f"{_LONGEST_CYCLE_S:g} s; run it with --engine physics and see"
                )
            engine.advance(ticks)
            fresh = engine.take_events()
            refuse_alarms(scenario.name, seed, fresh)
            events += fresh
        return car_times(scenario, seed, 1, events)


def refuse_alarms(name: str, seed: int, events: Iterable[Event]) -> None:
    """Refuse a run in which something goes wrong: its times are of something else.

    Args:
        name: Of the scenario.
        seed: Of the run.
        events: That came of it.

    Raises:
        PhysicsError: At the first alarm, saying what, where and when.
    """
    for event in events:
        if event.kind == "AlarmRaised":
            raise PhysicsError(
                f"{name}: seed {seed}: {event.text} at {event.source} after "
                f"{event.sim_time_s:.1f} s; times are taken from cars that go through: "
                "mend the cell first"
            )


def car_times(
    scenario: Scenario, seed: int, car: int, events: Iterable[Event]
) -> CarTimes:
    """Return what a car took, from what the cell told while it was there.

    Args:
        scenario: The cell.
        seed: Of the run.
        car: Its number, from 1.
        events: Of the run, from its beginning, in order; no other car comes before
            the station is done with this one.

    Raises:
        PhysicsError: If the car never left.
    """
    station = next(iter(scenario.stations.values()))
    carried_out = {
        name for name, each in station.operations.items() if each.do == "convey_out"
    }
    feeding = {
        (each.by, part): name
        for name, each in station.operations.items()
        if isinstance(each, RunProgramme)
        for part in parts_to_bays(scenario, each.programme)
    }
    number, came, out, left, done = 0, 0, 0, 0, 0
    puts: dict[str, int] = {}
    begun: dict[str, int] = {}
    took: dict[str, int] = {}
    for event in events:
        step = str(event.arguments.get("step", ""))
        if event.kind == "CarEntered":
            number = int(event.arguments["car"])
            came = event.tick if number == car else came
        elif number != car:
            continue
        elif event.kind == "OperationStarted":
            begun[step] = event.tick
        elif event.kind == "OperationFinished":
            took[step] = event.tick - begun[step]
            done = event.tick
            out = event.tick if step in carried_out else out
        elif event.kind == "PartPlaced":
            part = str(event.arguments["part"])
            name = feeding.get((event.source, part))
            if name is not None:
                puts[f"{name}/{part}"] = event.tick - begun[name]
        elif event.kind == "CarLeft":
            left = event.tick
    if not left:
        raise PhysicsError(
            f"{scenario.name}: seed {seed}: car {car} never left; run on, or see what "
            "stopped it"
        )
    return CarTimes(seed, took, left - out, max(left, done) - came, puts)
