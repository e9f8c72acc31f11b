"""What the cell does when somebody or something does not do its part."""

from __future__ import annotations

import math

import numpy as np
import pytest
from cells import (
    STATION,
    edited,
    finished,
    hurried,
    is_alarm,
    machine,
    open_text,
    order,
    run_until,
    shipped,
    with_fault,
)

from twin.engine import PhysicsEngine
from twin.errors import ScenarioError
from twin.physics.world import Shape
from twin.state import Event, MachineState, Reason, Severity
from twin.transforms import transform

pytestmark = pytest.mark.slow

SKIP_ISOLATION = "kind: skip_operation, operation: hv_isolated"
SKIP_MEASURE = "kind: skip_operation, operation: measure"
NEEDS = tuple(
    (f"needs: [hv_isolated{more}]", "needs: []") for more in ("", ", coolant_out")
)
BY_HAND = "        removes: [hv_connector_plus, hv_connector_minus, coolant_coupling]\n"
PACK_N = (326 - 2.7) * 9.80665


def _the_alarm(engine: PhysicsEngine, events: list[Event]) -> Event:
    """Return the only alarm among events."""
    (alarm,) = [event for event in events if event.severity == Severity.ALARM]
    assert engine.kpi()["alarms"] == 1
    return alarm


def _nothing_more_happens(engine: PhysicsEngine, seconds: float = 2.0) -> None:
    engine.advance(round(seconds / engine.dt_s))
    assert engine.take_events() == []


def test_a_forgotten_fastener_holds_the_pack_and_raises_an_alarm() -> None:
    text = with_fault(hurried(), "kind: skip_fastener, fastener: bolt_07")
    engine = open_text(text)
    try:
        events = run_until(engine, is_alarm, 180.0)
        alarm = _the_alarm(engine, events)
        assert alarm.text == "alarm.pack_held"
        assert alarm.source == "table"
        assert alarm.arguments["expected_n"] == pytest.approx(PACK_N, abs=0.1)
        # The table went down by its check drop and the pack did not follow.
        assert float(alarm.arguments["load_n"]) < 0.85 * PACK_N
        out = [e.arguments["fastener"] for e in events if e.kind == "FastenerOut"]
        assert out == [name for name in order(text) if name != "bolt_07"]
        car = engine.cell.cars[1]
        assert list(car.welds) == ["bolt_07"]
        frame = engine.frame()
        assert machine(engine, frame, STATION) == (MachineState.ABORTED, Reason.FAULT)
        _nothing_more_happens(engine)
        # One bolt at a side: that side hangs where it was, the rest on the table.
        position, wxyz = car.pack_here().pose()
        bolt = car.design.fastener("bolt_07")
        body_m, body_wxyz = car.body_here().pose()
        assert abs(float(wxyz @ body_wxyz)) == pytest.approx(1.0, abs=1e-4)
        assert position - body_m == pytest.approx([0.0, 0.0, 0.15], abs=5e-3)
        assert bolt.name in car.welds
        assert engine.cell.devices.table.height_m > 1.5
        assert engine.kpi()["batteries_out"] == 0
    finally:
        engine.close()


@pytest.mark.parametrize(
    ("struck_out", "refused", "by"),
    [
        ((), "coolant_out", "electrician"),
        (NEEDS, "connectors_off", "electrician"),
        ((*NEEDS, (BY_HAND, "")), "unscrew", "robot"),
    ],
    ids=["stated", "left_out", "nothing_before"],
)
def test_without_isolation_no_bolt_turns(
    struck_out: tuple[tuple[str, str], ...], refused: str, by: str
) -> None:
    """Whether the scenario states the need or somebody has struck it out."""
    engine = open_text(edited(with_fault(hurried(), SKIP_ISOLATION), *struck_out))
    try:
        events = run_until(engine, is_alarm, 60.0)
        alarm = _the_alarm(engine, events)
        assert alarm.text == "alarm.hv_not_isolated"
        assert alarm.arguments == {"operation": refused}
        assert alarm.source == by
        begun = [e.arguments["step"] for e in events if e.kind == "OperationStarted"]
        assert "hv_isolated" not in begun
        assert "unscrew" not in begun
        frame = engine.frame()
        assert machine(engine, frame, STATION) == (
            MachineState.HELD,
            Reason.INTERLOCK,
        )
        _nothing_more_happens(engine, 5.0)
        assert len(engine.cell.cars[1].welds) == 16
        arm = engine.cell.devices.arm
        assert arm.joint_positions() == pytest.approx(arm.home_rad.tolist(), abs=1e-4)
        assert not arm.moving
    finally:
        engine.close()


@pytest.mark.parametrize(
    ("skipped", "refused", "text", "lacking"),
    [
        ("twelve_volt_off", "plug_out", "alarm.condition_missing", "twelve_volt_off"),
        ("plug_out", "hv_isolated", "alarm.condition_missing", "plug_out"),
        ("coolant_out", "connectors_off", "alarm.condition_missing", "coolant_out"),
        ("connectors_off", "unscrew", "alarm.part_blocked", "hv_connector_plus"),
    ],
)
def test_each_step_before_the_bolts_holds_the_next(
    skipped: str, refused: str, text: str, lacking: str
) -> None:
    fault = f"kind: skip_operation, operation: {skipped}"
    engine = open_text(with_fault(hurried(), fault))
    try:
        alarm = _the_alarm(engine, run_until(engine, is_alarm, 60.0))
        key = "first" if text == "alarm.part_blocked" else "condition"
        assert alarm.text == text
        assert alarm.arguments == {"operation": refused, key: lacking}
        assert len(engine.cell.cars[1].welds) == 16
    finally:
        engine.close()


def test_a_product_without_high_voltage_needs_no_isolation() -> None:
    """The rule is of the product; it holds nobody up without a reason."""
    text = with_fault(hurried(*NEEDS), SKIP_ISOLATION)
    text = edited(
        text,
        (
            "    asset: hatchback_ev\n",
            "    asset: hatchback_ev\n    high_voltage: false\n",
        ),
        ("        hazards: [high_voltage]\n", ""),
    )
    engine = open_text(text)
    try:
        events = run_until(engine, lambda e: e.kind == "FastenerOut", 60.0)
        assert [e for e in events if e.severity == Severity.ALARM] == []
    finally:
        engine.close()


def test_uncorrected_the_nutrunner_misses_and_corrected_it_does_not() -> None:
    """One seed, with and without the camera: the camera is what makes it work."""
    tolerance_m = 4e-3
    engine = open_text(with_fault(hurried(), SKIP_MEASURE), seed=2)
    try:
        events = run_until(engine, lambda e: is_alarm(e) or e.kind == "FastenerOut", 90)
        alarm = _the_alarm(engine, events)
        assert alarm.text == "alarm.not_engaged"
        assert alarm.source == "robot"
        first = order(hurried())[0]
        assert alarm.arguments["fastener"] == first
        car = engine.cell.cars[1]
        assert car.measured is None
        # What it missed by is what the car stands off its mark by, at that bolt.
        fastener = car.design.fastener(first).part_from_fastener
        position, _ = car.pack_here().pose()
        aimed = (car.expected @ fastener)[:2, 3]
        _, wxyz = car.pack_here().pose()
        yaw = 2 * math.atan2(float(wxyz[3]), float(wxyz[0]))
        turned = np.array(
            [
                [math.cos(yaw), -math.sin(yaw)],
                [math.sin(yaw), math.cos(yaw)],
            ]
        )
        is_at = position[:2] + turned @ fastener[:2, 3]
        off_m = float(np.linalg.norm(is_at - aimed))
        assert off_m > tolerance_m
        assert float(alarm.arguments["lateral_mm"]) == pytest.approx(
            1e3 * off_m, abs=0.2
        )
        frame = engine.frame()
        assert machine(engine, frame, STATION) == (MachineState.ABORTED, Reason.FAULT)
        _nothing_more_happens(engine)
        assert len(car.welds) == 16
    finally:
        engine.close()
    engine = open_text(hurried(), seed=2)
    try:
        events = run_until(engine, lambda e: is_alarm(e) or e.kind == "FastenerOut", 90)
        assert [e for e in events if e.severity == Severity.ALARM] == []
        car = engine.cell.cars[1]
        assert car.measured is not None
        missed_m = car.measured[:3, 3] - car.pack_here().pose()[0]
        # The camera's noise: not nothing, and not more than five sigma.
        assert 0.0 < np.abs(missed_m).max() < 5 * 0.3e-3
    finally:
        engine.close()


def test_what_the_robot_cannot_reach_is_said_before_anything_moves() -> None:
    moved = ("place: {x: 0.2 m, y: -2.4 m, yaw: 90 deg}",)
    text = shipped((moved[0], "place: {x: 0.2 m, y: -3.8 m, yaw: 90 deg}"))
    with pytest.raises(ScenarioError) as caught:
        open_text(text)
    message = str(caught.value)
    where = "stations.battery_removal.operations.unscrew: "
    assert message.startswith(where)
    assert message.removeprefix(where).partition(":")[0] in order(shipped())
    assert "(robot 'robot')" in message
    assert "\n" not in message
    assert ";" in message  # what was found; what to do
    assert caught.value.exit_code == 2


def test_a_fastener_that_the_pack_lacks_is_named() -> None:
    text = shipped(("order: [bolt_15,", "order: [bolt_99,"))
    with pytest.raises(ScenarioError, match=r"no fastener 'bolt_99'; known: bolt_01"):
        open_text(text)


def test_what_the_robot_runs_into_is_told_with_force_and_bodies() -> None:
    engine = open_text(hurried())
    try:
        run_until(engine, finished("raise_car"), 60.0)
        cell = engine.cell
        first = order(hurried())[0]
        head = cell.expected @ cell.design.fastener(first).part_from_fastener
        # Something left standing where the tool has to go, which no plan knows of.
        left_m = head[:3, 3] - (0.0, 0.0, 0.35)
        cell.world.add_fixture(
            "ladder", [Shape("box", (0.1, 0.1, 0.1))], transform(left_m)
        )
        events = run_until(engine, lambda e: e.kind == "RobotTouched", 60.0)
        (touch,) = [e for e in events if e.kind == "RobotTouched"]
        assert touch.severity == Severity.ALARM
        assert touch.text == "alarm.robot_touched"
        assert touch.source == "robot"
        assert touch.arguments["body"] == "ladder"
        assert touch.arguments["link"] == "tool"
        assert float(touch.arguments["force_n"]) > 0.0
        engine.advance(240)
        # Leaning on it goes on 240 times a second; it is told once a second.
        again = [e for e in engine.take_events() if e.kind == "RobotTouched"]
        same = [e for e in again if e.arguments["link"] == "tool"]
        assert len(same) <= 1
    finally:
        engine.close()


def test_an_arm_too_weak_for_itself_shows_in_the_figures() -> None:
    """Tracking error and torque share are measured: they can be bad."""
    engine = open_text(hurried(("torque: {value: 16 kN m", "torque: {value: 4 kN m")))
    try:
        run_until(engine, finished("measure"), 60.0)
        engine.advance(3 * 240)
        kpi = engine.kpi()
        assert kpi["peak_tracking_error_rad"] > 0.05
        assert kpi["peak_torque_over_limit"] == pytest.approx(1.0, rel=1e-6)
    finally:
        engine.close()
