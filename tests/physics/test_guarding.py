"""Somebody in a robot's space: it stops in time, stands, and goes on by hand only."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cells import finished, hurried, is_alarm, open_text, run_until
from doors import opened

from twin.codec import state_sha256
from twin.engine import PhysicsEngine
from twin.physics.arm import ArmDrive
from twin.physics.guarding import PERSON_INSIDE
from twin.physics.motor import Playback
from twin.state import Event

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

FASTEST_MPS = 4.0
"""No tool of these cells is as fast."""

GUARDED = """
safeguards:
  curtain: {robot: robot, type: light_curtain, distance: 3 m, response: 50 ms}
"""


def kind(name: str) -> Callable[[Event], bool]:
    return lambda event: event.kind == name


def playback(engine: PhysicsEngine, robot: str) -> Playback | None:
    device = engine.cell.devices.by_id[robot]
    if isinstance(device, ArmDrive):
        return device._playback
    return engine.cell.devices.manipulators[robot]._playback


def positions(engine: PhysicsEngine, robot: str) -> list[float]:
    device = engine.cell.devices.by_id[robot]
    if isinstance(device, ArmDrive):
        return device.joint_positions()
    return engine.cell.devices.manipulators[robot].positions()


def on_its_way(engine: PhysicsEngine, robot: str, step: str) -> None:
    """Run until the robot is 0.4 s into an operation's first motion."""
    started = kind("OperationStarted")
    run_until(engine, lambda e: started(e) and e.arguments["step"] == step, 120.0)
    engine.advance(96)
    assert playback(engine, robot) is not None


def check_stop_and_go(engine: PhysicsEngine, robot: str, step: str) -> None:
    """Inject a person, see the stop, the stand, the reset, and the cycle's end."""
    on_its_way(engine, robot, step)
    engine.inject_fault(robot, PERSON_INSIDE)
    engine.advance(1)
    moving = playback(engine, robot)
    assert moving is not None
    bound_s = moving._stop_s
    assert bound_s > 0.0
    told = run_until(engine, kind("ProtectiveStop"), 180.0)
    assert [event.text for event in told if is_alarm(event)] == ["alarm.person_inside"]
    numbers = told[-1].arguments
    assert 0.05 < float(numbers["time_s"]) <= bound_s + 0.1
    way_m = 1e-3 * float(numbers["distance_mm"])
    assert 1e-3 < way_m < FASTEST_MPS * float(numbers["time_s"])
    stood = positions(engine, robot)
    # Somebody acknowledges, but the person is still inside.
    engine.clear_fault("nobody")
    engine.advance(480)
    assert positions(engine, robot) == pytest.approx(stood, abs=1e-4)
    engine.take_events()
    engine.clear_fault()
    events = run_until(engine, finished(step), 400.0)
    assert events[0].kind == "FaultCleared"
    assert [event.kind for event in events].count("SpaceReset") == 1
    run_until(engine, kind("CarLeft"), 600.0)
    assert engine.cell.mass_balance_error() < 1e-6
    assert engine.cell.state.guarded == frozenset()


def test_a_manipulator_stops_for_a_person() -> None:
    engine = opened()
    try:
        check_stop_and_go(engine, "robot_left", "left_off")
        assert engine.kpi()["parts_out"] == 6
    finally:
        engine.close()


def test_the_nutrunner_s_arm_stops_for_a_person() -> None:
    engine = open_text(hurried())
    try:
        check_stop_and_go(engine, "robot", "unscrew")
    finally:
        engine.close()


def test_a_safeguard_sees_who_stands_in_the_space() -> None:
    """The electrician's place lies inside: no motion until he is gone, and a reset."""
    engine = open_text(hurried() + GUARDED)
    try:
        told = run_until(engine, kind("SeparationMeasured"), 120.0)
        assert float(told[-1].arguments["given_mm"]) == 3000.0
        assert float(told[-1].arguments["needed_mm"]) >= 100.0
        engine.clear_fault()
        assert engine.cell.state.guarded == {"robot"}
        engine.cell.devices.people["electrician"].x_m = 30.0
        engine.clear_fault()
        assert engine.cell.state.guarded == frozenset()
        run_until(engine, kind("FastenerOut"), 120.0)
    finally:
        engine.close()


def test_a_stop_that_is_being_measured_is_remembered() -> None:
    engine = open_text(hurried())
    try:
        on_its_way(engine, "robot", "unscrew")
        engine.inject_fault("robot", PERSON_INSIDE)
        engine.advance(10)
        engine.take_events()
        engine.keep_snapshot("stopping")
        due = run_until(engine, kind("ProtectiveStop"), 180.0)[-1]
        digest = state_sha256(engine.scene, engine.frame())
        engine.go_back("stopping")
        again = run_until(engine, kind("ProtectiveStop"), 180.0)[-1]
        assert (again.tick, again.arguments) == (due.tick, due.arguments)
        assert state_sha256(engine.scene, engine.frame()) == digest
    finally:
        engine.close()
