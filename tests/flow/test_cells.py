"""A cell in flow does what hand and physics' own rules say that it does."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.errors import ScenarioError
from twin.flow.car_log import CarLog
from twin.flow.cells import BATTERIES_OUT, CARS_OUT, flow_of_cell
from twin.flow.run import FlowRun, open_run
from twin.scenario import Scenario, load_scenario
from twin.scenario.laws import Constant
from twin.scenario.read import locate_in
from twin.scenario.station import ConveyOut, Operation, SkipFastener
from twin.units import Quantity

STATION = "battery_removal"
FIRST_AT_S = 0.5

TIMES_S = {
    "receive": 16.0,
    "twelve_volt_off": 6.0,
    "plug_out": 7.0,
    "hv_isolated": 11.0,
    "coolant_out": 6.0,
    "connectors_off": 9.0,
    "arms_in": 2.0,
    "raise_car": 15.0,
    "table_up": 13.0,
    "measure": 1.0,
    "unscrew": 99.0,
    "check_free": 1.0,
    "table_down": 11.0,
    "pack_out": 22.0,
    "lower_car": 14.0,
    "arms_out": 2.0,
    "leave": 15.0,
}
CLEAR_S = 4.0
CYCLE_S = sum(TIMES_S.values()) - TIMES_S["pack_out"] + CLEAR_S
"""The pack goes beside the critical path: 22 s, while the car takes 31 s more."""


def constant(time_s: float) -> Constant:
    return Constant(value=Quantity(time_s, "s"))


@pytest.fixture(scope="module")
def path(root_folder: Path) -> Path:
    return root_folder / "scenarios" / "battery_cell.yaml"


def timed(path: Path, **changed_s: float) -> Scenario:
    """Return the shipped cell with constant times."""
    scenario = load_scenario(path)
    station = scenario.stations[STATION]
    operations: dict[str, Operation] = {}
    for name, operation in station.operations.items():
        more: dict[str, object] = {"time": constant((TIMES_S | changed_s)[name])}
        if isinstance(operation, ConveyOut):
            more["clear_time"] = constant(CLEAR_S)
        operations[name] = operation.model_copy(update=more)
    station = station.model_copy(update={"operations": operations})
    return scenario.model_copy(update={"stations": {STATION: station}})


def run(scenario: Scenario, path: Path, until_s: float) -> tuple[FlowRun, CarLog]:
    going = open_run(flow_of_cell(scenario, path), path.parent, until_s, seed=1)
    log = CarLog(going.plant, STATION)
    going.log_to("trace", log.take)
    going.advance(until_s)
    going.check()
    return going, log


def test_a_car_takes_the_critical_path_and_the_next_comes_when_called(
    path: Path,
) -> None:
    n = 5
    going, log = run(timed(path), path, FIRST_AT_S + n * CYCLE_S)
    began = [FIRST_AT_S + k * CYCLE_S for k in range(n + 1)]
    assert log.began_s == pytest.approx(began)
    assert log.ended_s[:n] == pytest.approx([b + CYCLE_S for b in began[:n]])
    out = {
        name: going.figures()[f"node.{name}.throughput_per_s"] * going.now_s
        for name in (CARS_OUT, BATTERIES_OUT)
    }
    assert out == pytest.approx({CARS_OUT: n, BATTERIES_OUT: n})


def test_what_goes_beside_the_path_counts_once_it_is_longer(path: Path) -> None:
    _, log = run(timed(path, pack_out=100.0), path, 2000.0)
    beside = TIMES_S["lower_car"] + TIMES_S["arms_out"] + TIMES_S["leave"] + CLEAR_S
    longer = CYCLE_S - beside + 100.0
    assert log.began_s[1] - log.began_s[0] == pytest.approx(longer)


def test_a_pack_waits_until_the_one_before_is_collected(path: Path) -> None:
    scenario = timed(path)
    rack = scenario.equipment["rack"].model_copy(
        update={"collected_after": Quantity(400.0, "s")}
    )
    scenario = scenario.model_copy(
        update={"equipment": {**scenario.equipment, "rack": rack}}
    )
    _, log = run(scenario, path, 3000.0)
    # From the second car on each pack begins when the one before is collected, which
    # is 400 s after it came, and the station waits for it.
    assert log.began_s[1] - log.began_s[0] == pytest.approx(CYCLE_S)
    gaps = [b - a for a, b in zip(log.ended_s, log.ended_s[1:], strict=False)]
    assert gaps[1:3] == pytest.approx([TIMES_S["pack_out"] + 400.0] * 2)


def test_cars_with_a_rhythm_of_their_own_wait_outside(path: Path) -> None:
    scenario = timed(path)
    source = scenario.sources["cars"].model_copy(update={"every": constant(300.0)})
    _, log = run(
        scenario.model_copy(update={"sources": {"cars": source}}), path, 1000.0
    )
    assert log.began_s == pytest.approx([FIRST_AT_S + k * 300.0 for k in range(4)])


def test_devices_are_tools_and_people_crews(path: Path) -> None:
    flow = flow_of_cell(timed(path), path)
    assert set(flow.tools) == {
        *("strands", "lift", "table", "camera", "robot", "pack_belt"),
    }
    assert {name: crew.count for name, crew in flow.crews.items()} == {"electrician": 1}
    cell = load_scenario(path).stations[STATION].operations
    tasks = flow.stations[STATION].operations
    for name, operation in cell.items():
        assert tasks[name].after == operation.after
        assert tasks[name].needs == operation.needs
        assert tasks[name].grants == operation.grants


def test_without_a_time_it_says_where_and_what_to_run(path: Path) -> None:
    with pytest.raises(
        ScenarioError,
        match=r"battery_cell\.yaml:\d+: stations\.battery_removal\.operations\."
        r"receive: key 'time' is missing.*run flins calibrate",
    ):
        flow_of_cell(load_scenario(path), path, locate_in(path))


def test_faults_are_for_physics(path: Path) -> None:
    fault = SkipFastener(kind="skip_fastener", fastener="bolt_03")
    with pytest.raises(ScenarioError, match="are for physics"):
        flow_of_cell(timed(path).model_copy(update={"faults": (fault,)}), path)


@pytest.mark.parametrize("drops_needs", [False, True])
def test_no_bolt_turns_before_isolation_in_any_order(
    path: Path, drops_needs: bool
) -> None:
    scenario = timed(path)
    operations = dict(scenario.stations[STATION].operations)
    operations["arms_in"] = operations["arms_in"].model_copy(
        update={"after": ("receive",)}
    )
    if drops_needs:
        operations["unscrew"] = operations["unscrew"].model_copy(update={"needs": ()})
    station = scenario.stations[STATION].model_copy(update={"operations": operations})
    scenario = scenario.model_copy(update={"stations": {STATION: station}})
    with pytest.raises(ScenarioError, match=r"unscrew.*may come before"):
        flow_of_cell(scenario, path)
