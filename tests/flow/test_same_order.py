"""Flow's compiled stations and the interpreter do the same things at the same times."""

from __future__ import annotations

import heapq

from flow_plants import MINUTE_S, scenario_of, told
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.flow.trace import KINDS
from twin.scenario import Scenario
from twin.scenario.laws import Constant
from twin.scenario.parts import part_tree
from twin.scenario.safety import subject_of
from twin.scenario.tasks import Task
from twin.state import MachineState
from twin.stations.condition import (
    Condition,
    both,
    condition_of,
    way_of,
    work_condition_of,
)
from twin.stations.events import (
    CallNextCar,
    CarArrived,
    CarLeft,
    OperationFinished,
    ResourcesChanged,
    SkipOperation,
    StartOperation,
    StationEvent,
)
from twin.stations.logic import react
from twin.stations.station_state import StationState

EVERY_MIN = 1000.0
N_CARS = 4

HEAD = """
products: {car: {mass: 100 kg, parts: PARTS}}
sources: {a: {product: car, every: 1000 min, most: 4, next: s}}
crews: {both: {count: 2, skills: [fit]}, one: {count: 1, skills: [weld]}}
tools: {crane: {count: 1}}
stores: {kits: {product: kit, stock: 99}}
sinks: {out: {}}
stations:
  s:
    next: out
    operations:
"""

Told = list[tuple[float, str, str]]
"""What happened to one car: minutes since it came, what, which operation."""


@st.composite
def stations(draw: st.DrawFn) -> str:
    """Return a plant of one station with up to seven operations."""
    names = [f"op_{i}" for i in range(draw(st.integers(1, 7)))]
    lines: list[str] = []
    parts = ["rest: {mass: REST kg, material: steel}"]
    for i, name in enumerate(names):
        earlier = names[:i]
        keys = [f"do: task, time: {draw(st.integers(0, 4))} min"]
        for key in ("after", "after_any"):
            chosen = [one for one in earlier if draw(st.integers(0, 3)) == 0]
            if chosen:
                keys.append(f"{key}: [{', '.join(chosen)}]")
        kind = draw(st.sampled_from(["", "people", "present", "seized", "part", "all"]))
        if kind in ("people", "all"):
            keys.append(f"people: {{fit: {draw(st.integers(1, 2))}}}")
        if kind == "all":
            keys.append("uses: {crane: 1}, takes: {kits: 1}")
        if kind == "present":
            keys.append("present: 0.5")
        if kind == "seized":
            keys.append("seized: {probability: 0.5, time: 7 min, yields: keep}")
        if kind == "part":
            part, why = f"part_{i}", draw(st.sampled_from(["missing", "seized"]))
            keys.append(f"removes: [{part}]")
            how = "missing: 0.5"
            if why == "seized":
                how = "seized: {probability: 0.5, time: 6 min, yields: keep}"
            parts.append(f"{part}: {{mass: 1 kg, material: iron, {how}}}")
        lines.append(f"      {name}: {{{', '.join(keys)}}}\n")
    # The file's order is not the order of the work.
    text = HEAD.replace("PARTS", "{" + ", ".join(parts) + "}, priority: 0")
    text = text.replace("REST", str(101 - len(parts))).replace(
        "}}\n", "}, kit: {}}\n", 1
    )
    return text + "".join(draw(st.permutations(lines)))


def flow_tells(text: str) -> list[Told]:
    what = told(text, EVERY_MIN * (N_CARS + 1))
    (operations,) = [each for each in what.run.plant.names.operations if each]
    cars: list[Told] = [[] for _ in range(N_CARS)]
    for row in what.rows:
        kind = KINDS[int(row["kind"])]
        if kind in ("started", "finished", "absent"):
            number, since = divmod(float(row["time_s"]) / MINUTE_S, EVERY_MIN)
            name = operations[int(row["detail"])]
            cars[int(number) - 1].append((round(since, 6), kind, name))
    return cars


class Clockwork:
    """The interpreter with constant times and a clock, and nothing else."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self._station, self._seed = scenario.stations["s"], seed
        self._product = scenario.products["car"]
        tree = part_tree(self._product.parts)
        self._parts = {name: entry.part for name, entry in tree.items()}
        free = {"people/fit": 2, "people/weld": 1, "tools/crane": 1, "stores/kits": 99}
        self._state, _ = react(self._station, StationState(), ResourcesChanged(free))
        self._clocks: list[tuple[float, int, str]] = []
        self._serial = 0
        self._story: Told = []

    def tell(self, number: int) -> Told:
        """Return the story of a car."""
        condition = both(
            condition_of("car", self._product, number, self._seed),
            work_condition_of("s", self._station, number, self._seed),
        )
        self._story = []
        came = CarArrived(
            number,
            high_voltage=False,
            product="car",
            subject=subject_of(self._product),
            condition=condition,
        )
        self._hear(came, 0.0, condition)
        while self._clocks:
            now_min, _, name = heapq.heappop(self._clocks)
            self._story.append((now_min, "finished", name))
            self._hear(OperationFinished(name), now_min, condition)
        assert self._state.done == set(self._station.operations)
        self._state, commands = react(self._station, self._state, CarLeft(number))
        assert commands == [CallNextCar()]
        assert self._state.machine is MachineState.IDLE
        return self._story

    def _hear(self, event: StationEvent, now_min: float, condition: Condition) -> None:
        self._state, commands = react(self._station, self._state, event)
        for command in commands:
            if isinstance(command, SkipOperation):
                self._story.append((now_min, "absent", command.operation))
            elif isinstance(command, StartOperation):
                self._story.append((now_min, "started", command.operation))
                operation = self._station.operations[command.operation]
                assert isinstance(operation, Task)
                way = way_of(command.operation, operation, self._parts, condition)
                assert way.destructive == command.destructive
                law = way.time or operation.time
                assert isinstance(law, Constant)
                self._serial += 1
                ends_min = now_min + float(law.value) / MINUTE_S
                clock = (ends_min, self._serial, command.operation)
                heapq.heappush(self._clocks, clock)


def interpreter_tells(scenario: Scenario, seed: int) -> list[Told]:
    clockwork = Clockwork(scenario, seed)
    return [clockwork.tell(number) for number in range(1, N_CARS + 1)]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(text=stations())
def test_what_begins_and_ends_is_the_same_in_both(text: str) -> None:
    assert interpreter_tells(scenario_of(text), seed=1) == flow_tells(text)


def test_people_tools_and_stock_hold_up_the_same_operations() -> None:
    text = HEAD.replace(
        "products: {car: {mass: 100 kg, parts: PARTS}}", "products: {car: {}, kit: {}}"
    )
    text += """\
      a: {do: task, time: 5 min, people: {fit: 2}}
      b: {do: task, time: 2 min, people: {fit: 1}}
      c: {do: task, time: 3 min, people: {fit: 1}, uses: {crane: 1}}
      d: {do: task, time: 1 min, uses: {crane: 1}, takes: {kits: 1}}
      e: {do: task, time: 1 min, after_any: [b, d], people: {fit: 2}}
"""
    told_by_flow = flow_tells(text)
    assert interpreter_tells(scenario_of(text), seed=1) == told_by_flow
    assert told_by_flow[0] == [
        (0, "started", "a"),
        (0, "started", "d"),
        (1, "finished", "d"),
        (5, "finished", "a"),
        *told_by_flow[0][4:],
    ]


def test_cars_differ_and_both_say_how() -> None:
    """Different cars of one plant have different stories: conditions do differ."""
    text = HEAD.replace(
        "products: {car: {mass: 100 kg, parts: PARTS}}", "products: {car: {}, kit: {}}"
    )
    text += "      a: {do: task, time: 5 min, present: 0.5}\n"
    stories = flow_tells(text)
    assert len({tuple(story) for story in stories}) == 2
    assert interpreter_tells(scenario_of(text), seed=1) == stories
