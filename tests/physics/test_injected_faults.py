"""Whatever a trainer breaks has its consequence, told in an event, and is mended."""

from __future__ import annotations

import numpy as np
import pytest
from cells import (
    STATION,
    finished,
    hurried,
    is_alarm,
    machine,
    open_text,
    order,
    run_until,
    with_fault,
)

from twin.codec import state_sha256
from twin.engine import PhysicsEngine
from twin.errors import PhysicsError
from twin.state import Event, MachineState, Reason

pytestmark = pytest.mark.slow


def _kinds(events: list[Event]) -> list[str]:
    return [event.kind for event in events]


def _of(kind: str):  # type: ignore[no-untyped-def]  # a predicate of events
    return lambda event: event.kind == kind


def test_a_stopped_strand_jams_starves_and_goes_on_to_the_mark() -> None:
    # Far enough out that the car is still on its way when the drive stops.
    text = hurried(("place: {x: -0.6 m", "place: {x: -2.0 m"), ("-0.55 m", "-1.9 m"))
    engine = open_text(text)
    try:
        engine.advance(3 * 240)
        engine.inject_fault("strands", "drive_stop")
        told = run_until(engine, _of("StarvationDetected"), 30.0)
        assert _kinds(told)[-3:] == [
            "FaultInjected",
            "JamDetected",
            "StarvationDetected",
        ]
        x_m = engine.cell.cars[1].x_m()
        engine.advance(240)
        # What stands still stands: a fifth of a millimetre is friction's creep.
        assert engine.cell.cars[1].x_m() == pytest.approx(x_m, abs=2e-4)
        assert engine.clear_fault("strands", "drive_stop") == 1
        run_until(engine, finished("receive"), 60.0)
        # The stop is measured by way: a halt in between costs no accuracy.
        mark_x_m, error_m = engine.cell.devices.mark[0], 15e-3
        stopped = engine.cell.cars[1].x_m() - engine.cell.cars[1].stop_error_m
        assert stopped == pytest.approx(mark_x_m, abs=error_m)
    finally:
        engine.close()


def test_a_stuck_barrier_lets_the_car_pass() -> None:
    engine = open_text(hurried())
    try:
        engine.inject_fault("entry_barrier", "sensor_stuck", "clear")
        told = run_until(engine, is_alarm, 60.0)
        assert told[-1].text == "alarm.beam_not_broken"
        state = machine(engine, engine.frame(), STATION)
        assert state == (MachineState.ABORTED, Reason.FAULT)
    finally:
        engine.close()


def test_a_seized_fastener_is_left_in_told_and_freed_by_hand() -> None:
    engine = open_text(hurried())
    try:
        first, second = order(hurried())[:2]
        engine.inject_fault("robot", "seized_fastener", first)
        told = run_until(engine, lambda e: e.kind == "FastenerOut", 60.0)
        (seized,) = [event for event in told if event.kind == "FastenerSeized"]
        assert seized.arguments == {"fastener": first}
        # It went on to the next one; the weighing will find the one left in.
        assert told[-1].arguments == {"fastener": second}
        car = engine.cell.cars[1]
        assert first in car.welds
        assert len(car.welds) == 15
        engine.clear_fault("robot", "seized_fastener", first)
        assert first not in car.welds
        assert car.removed == [second, first]
        assert engine.kpi()["mass_balance_error"] < 1e-9
    finally:
        engine.close()


def test_a_pack_that_loses_its_fasteners_falls_and_everything_stops() -> None:
    engine = open_text(hurried())
    try:
        run_until(engine, finished("raise_car"), 60.0)
        engine.inject_fault(STATION, "fallen_part", "pack")
        told = run_until(engine, _of("PartDropped"), 60.0)
        assert told[-1].arguments["car"] == 1
        state = machine(engine, engine.frame(), STATION)
        assert state == (MachineState.ABORTED, Reason.FAULT)
        engine.advance(2 * 240)
        # Down from two metres to whatever was below.
        assert float(engine.cell.cars[1].pack_here().pose()[0][2]) < 1.5
        assert engine.kpi()["mass_balance_error"] < 1e-9
    finally:
        engine.close()


def _joint_speeds(engine: PhysicsEngine, n_ticks: int) -> np.ndarray:
    arm = engine.cell.devices.arm
    rows = [arm.joint_positions()]
    for _ in range(n_ticks):
        engine.advance(1)
        rows.append(arm.joint_positions())
    speeds: np.ndarray = np.diff(np.array(rows), axis=0) / engine.dt_s
    return speeds


def test_an_emergency_stop_halts_the_arm_on_its_path_within_its_limits() -> None:
    engine, free = open_text(hurried()), open_text(hurried())
    try:
        for each in (engine, free):
            run_until(each, _of("FastenerOut"), 60.0)
            each.advance(240)
        arm = engine.cell.devices.arm
        before = _joint_speeds(engine, 2)[-1]
        assert np.abs(before).max() > 0.01  # it was on its way
        engine.inject_fault(STATION, "e_stop")
        speeds = np.vstack([before[None], _joint_speeds(engine, 480)])
        assert np.abs(speeds[-1]).max() < 1e-5
        pushes = np.diff(speeds, axis=0) / engine.dt_s
        assert (np.abs(pushes) <= 1.1 * arm.limits.acceleration).all()
        state = machine(engine, engine.frame(), STATION)
        assert state == (MachineState.ABORTED, Reason.FAULT)
        # Where it stands is on the path that it would have taken.
        stands = np.array(arm.joint_positions())
        path = []
        for _ in range(480):
            free.advance(1)
            path.append(free.cell.devices.arm.joint_positions())
        assert np.abs(np.array(path) - stands).max(axis=1).min() < 5e-3
        assert engine.clear_fault() == 1
        told = run_until(engine, _of("FastenerOut"), 120.0)
        assert [e for e in told if e.kind == "RobotTouched"] == []
        assert engine.kpi()["alarms"] == 0
    finally:
        engine.close()
        free.close()


def test_the_scenario_breaks_and_mends_at_its_times() -> None:
    fault = "kind: drive_stop, device: lift, at: 5 s, until: 8 s"
    one, other = open_text(with_fault(hurried(), fault)), open_text(hurried())
    try:
        told = run_until(one, finished("raise_car"), 60.0)
        faults = [e for e in told if e.kind.startswith("Fault")]
        assert [(e.kind, e.tick) for e in faults] == [
            ("FaultInjected", 5 * 240),
            ("FaultCleared", 8 * 240),
        ]
        other.advance(one.tick)
        assert state_sha256(one.scene, one.frame()) != state_sha256(
            other.scene, other.frame()
        )
    finally:
        one.close()
        other.close()


def test_what_nothing_can_have_is_refused_with_what_there_is() -> None:
    engine = open_text(hurried())
    try:
        with pytest.raises(PhysicsError, match="fault robot/gripper_loss: nothing"):
            engine.inject_fault("robot", "gripper_loss")
        with pytest.raises(PhysicsError, match="no target 'bolt_99'; known: bolt_01"):
            engine.inject_fault("robot", "seized_fastener", "bolt_99")
        with pytest.raises(PhysicsError, match=r"faults\[0\]: fault hall/e_stop"):
            open_text(with_fault(hurried(), "kind: e_stop, device: hall, at: 1 s"))
    finally:
        engine.close()
