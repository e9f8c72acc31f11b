"""What a station does with each event: order, interlocks, faults, completion."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.scenario import Scenario, load_scenario
from twin.scenario.station import Station
from twin.state import MachineState, Reason
from twin.stations.logic import (
    CallNextCar,
    CarArrived,
    CarLeft,
    OperationFailed,
    OperationFinished,
    RaiseAlarm,
    StartOperation,
    StationCommand,
    StationEvent,
    StationState,
    react,
)

Build = Callable[..., Station]
Graph = Mapping[str, Sequence[str]]


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, list[str]]:
    """Return up to ten operations in any order, with what each comes after."""
    n = draw(st.integers(1, 10))
    after = {
        f"op_{number}": [
            f"op_{earlier}" for earlier in range(number) if draw(st.booleans())
        ]
        for number in range(n)
    }
    return {name: after[name] for name in draw(st.permutations(sorted(after)))}


def started(commands: Sequence[StationCommand]) -> list[str]:
    return [one.operation for one in commands if isinstance(one, StartOperation)]


def before_all(after: Graph, name: str) -> set[str]:
    """Return everything that must be done before an operation."""
    return set(after[name]).union(*(before_all(after, one) for one in after[name]))


@given(after=graphs(), data=st.data())
def test_each_operation_starts_once_as_soon_as_it_may(
    build: Build, after: Graph, data: st.DataObject
) -> None:
    station = build(after)
    skip = frozenset(data.draw(st.sets(st.sampled_from(sorted(after)))))
    state, commands = react(station, StationState(), CarArrived(1, False, skip))
    log, done = started(commands), set(skip)
    while state.running:
        ready = {
            name
            for name in after
            if name not in done
            and all(one in done for one in before_all(after, name) - skip)
        }
        assert state.running == ready
        finished = data.draw(st.sampled_from(sorted(state.running)))
        state, commands = react(station, state, OperationFinished(finished))
        done.add(finished)
        assert not set(started(commands)) & done
        log += started(commands)
    assert sorted(log) == sorted(set(after) - skip)
    assert state.machine is MachineState.EXECUTE
    assert state.done == set(after)
    state, commands = react(station, state, CarLeft(1))
    assert state == StationState()
    assert commands == [CallNextCar()]


@given(after=graphs())
def test_what_starts_together_starts_in_the_scenarios_order(
    build: Build, after: Graph
) -> None:
    _, commands = react(build(after), StationState(), CarArrived(1, False))
    assert started(commands) == [name for name in after if not after[name]]


@given(after=graphs(), data=st.data())
def test_reacting_changes_nothing_it_was_given(
    build: Build, after: Graph, data: st.DataObject
) -> None:
    station, state = build(after), StationState()
    events: list[StationEvent] = [CarArrived(1, True)]
    events += [
        OperationFinished(name) for name in data.draw(st.permutations(sorted(after)))
    ]
    for event in events:
        before = repr(state)
        first, second = react(station, state, event), react(station, state, event)
        assert first == second
        assert repr(state) == before
        state = first[0]


def test_a_car_that_left_early_is_waited_for(build: Build) -> None:
    station = build({"out": [], "tidy": []})
    state, _ = react(station, StationState(), CarArrived(1, False))
    state, _ = react(station, state, OperationFinished("out"))
    state, commands = react(station, state, CarLeft(1))
    assert (state.car_left, commands) == (True, [])
    assert state.machine is MachineState.EXECUTE
    state, commands = react(station, state, OperationFinished("tidy"))
    assert commands == [CallNextCar()]
    assert state == StationState()


def test_a_missing_condition_holds_the_station_and_says_so(build: Build) -> None:
    station = build(
        {"check": [], "press": ["check"], "out": ["press"]},
        needs={"press": ["guard_closed"]},
        grants={"check": ["guard_closed"]},
    )
    arrived = CarArrived(1, False, frozenset({"check"}))
    state, commands = react(station, StationState(), arrived)
    assert (state.machine, state.reason) == (MachineState.HELD, Reason.INTERLOCK)
    assert commands == [
        RaiseAlarm(
            "press",
            "alarm.condition_missing",
            {"operation": "press", "condition": "guard_closed"},
        )
    ]
    assert state.running == set()


def test_a_condition_that_is_met_lets_work_go_on(build: Build) -> None:
    station = build(
        {"check": [], "press": ["check"]},
        needs={"press": ["guard_closed"]},
        grants={"check": ["guard_closed"]},
    )
    state, _ = react(station, StationState(), CarArrived(1, False))
    state, commands = react(station, state, OperationFinished("check"))
    assert commands == [StartOperation("press")]
    assert state.conditions == {"guard_closed"}


def test_nobody_unscrews_a_live_pack_whatever_the_scenario_leaves_out(
    build: Build,
) -> None:
    station = build({"unscrew": []}, unscrews=["unscrew"])
    state, commands = react(station, StationState(), CarArrived(1, True))
    assert (state.machine, state.reason) == (MachineState.HELD, Reason.INTERLOCK)
    assert commands == [
        RaiseAlarm("unscrew", "alarm.hv_not_isolated", {"operation": "unscrew"})
    ]


def test_a_pack_without_high_voltage_needs_no_isolation(build: Build) -> None:
    station = build({"unscrew": []}, unscrews=["unscrew"])
    _, commands = react(station, StationState(), CarArrived(1, False))
    assert commands == [StartOperation("unscrew")]


def test_one_cars_isolation_is_not_the_nexts(build: Build) -> None:
    station = build(
        {"isolate": [], "unscrew": ["isolate"]},
        grants={"isolate": ["hv_isolated"]},
        unscrews=["unscrew"],
    )
    state, _ = react(station, StationState(), CarArrived(1, True))
    state, commands = react(station, state, OperationFinished("isolate"))
    assert commands == [StartOperation("unscrew")]
    state, _ = react(station, state, OperationFinished("unscrew"))
    state, commands = react(station, state, CarLeft(1))
    assert commands == [CallNextCar()]
    state, commands = react(station, state, CarArrived(2, True, frozenset({"isolate"})))
    assert state.machine is MachineState.HELD
    assert started(commands) == []


def test_nothing_more_starts_while_held(build: Build) -> None:
    station = build(
        {"slow": [], "press": [], "later": ["slow"]}, needs={"press": ["never"]}
    )
    state, commands = react(station, StationState(), CarArrived(1, False))
    assert started(commands) == ["slow"]
    state, commands = react(station, state, OperationFinished("slow"))
    assert (state.machine, commands) == (MachineState.HELD, [])
    assert state.done == {"slow"}


def test_a_failure_aborts_and_nothing_more_starts(build: Build) -> None:
    station = build({"lift": [], "other": [], "next": ["other"]})
    state, _ = react(station, StationState(), CarArrived(1, False))
    failed = OperationFailed("lift", "alarm.robot_touched", {"link": "a", "force_n": 1})
    state, commands = react(station, state, failed)
    assert (state.machine, state.reason) == (MachineState.ABORTED, Reason.FAULT)
    assert commands == [RaiseAlarm("lift", "alarm.robot_touched", failed.arguments)]
    assert state.running == {"other"}
    state, commands = react(station, state, OperationFinished("other"))
    assert (state.machine, commands) == (MachineState.ABORTED, [])
    state, commands = react(station, state, CarLeft(1))
    assert (state.machine, commands) == (MachineState.ABORTED, [])


@pytest.fixture(scope="module")
def shipped(root_folder: object) -> Scenario:
    return load_scenario(f"{root_folder}/scenarios/battery_cell.yaml")


def test_the_shipped_station_holds_when_isolation_is_skipped(shipped: Scenario) -> None:
    station = shipped.stations["battery_removal"]
    skip = frozenset({"hv_isolated"})
    state, commands = react(station, StationState(), CarArrived(1, True, skip))
    alarms: list[RaiseAlarm] = []
    while started(commands):
        (running,) = state.running
        state, commands = react(station, state, OperationFinished(running))
        alarms += [one for one in commands if isinstance(one, RaiseAlarm)]
    assert [alarm.operation for alarm in alarms] == ["coolant_out"]
    assert state.machine is MachineState.HELD
    assert "unscrew" not in state.done
