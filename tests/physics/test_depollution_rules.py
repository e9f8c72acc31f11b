"""Rules of safety, refusals and conditions of cars in the depollution cell."""

from __future__ import annotations

import contextlib

import pytest
from cells import finished, is_alarm, run_until, with_fault
from depollution import FILE, LIMIT_S, STATION, opened, text, tilter_of

from twin.bench.agreement import compare_engines
from twin.engine import PhysicsEngine
from twin.errors import PhysicsError, ScenarioError
from twin.flow.cells import flow_of_cell
from twin.physics.people import PersonWork
from twin.scenario import read_scenario
from twin.scenario.calibration import calibrate_scenario
from twin.scenario.equipment import Worker
from twin.scenario.safety import act_of, subject_of
from twin.state import Event, MachineState, Reason

pytestmark = pytest.mark.timeout(1800)


def held_by(said: str) -> tuple[PhysicsEngine, Event]:
    """Run until the first alarm; return the engine and the alarm."""
    engine = opened(said)
    events = run_until(engine, is_alarm, LIMIT_S)
    return engine, next(event for event in events if is_alarm(event))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("skipped", "alarm", "arguments"),
    [
        (
            "fire",
            "alarm.pyrotechnics_live",
            {"operation": "refrigerant", "first": "airbag_driver"},
        ),
        ("fluids_out", "alarm.tilter_refuses", {"operation": "tilt"}),
        (
            "raise_car",
            "alarm.condition_missing",
            {"operation": "tilter_in", "condition": "raised"},
        ),
    ],
)
def test_what_is_left_out_holds_the_station(
    skipped: str, alarm: str, arguments: dict[str, str]
) -> None:
    fault = f"kind: skip_operation, operation: {skipped}"
    engine, event = held_by(with_fault(text(), fault))
    with contextlib.closing(engine):
        assert event.text == alarm
        assert arguments.items() <= event.arguments.items()
        assert engine.cell.state.machine is MachineState.HELD
        assert engine.cell.state.reason is Reason.INTERLOCK
        angle_rad = tilter_of(engine).angle_rad()
        engine.advance(240)
        assert tilter_of(engine).angle_rad() == pytest.approx(angle_rad, abs=1e-4)
        assert engine.cell.mass_balance_error() < 1e-9


@pytest.mark.slow
def test_no_sparks_while_there_is_fuel_in_the_car() -> None:
    burning = ("grants: [power_off]", "grants: [power_off]\n        ignites: true")
    engine, event = held_by(text(burning))
    with contextlib.closing(engine):
        assert event.text == "alarm.sparks_near_fuel"
        assert event.arguments["first"] == "fuel"
        assert engine.cell.state.machine is MachineState.HELD


def test_no_fuel_is_drained_outside_a_zone() -> None:
    shipped = FILE.read_text("utf-8")
    begin, end = shipped.index("zones:\n"), shipped.index("equipment:\n")
    with pytest.raises(ScenarioError, match="is drained outside any zone"):
        read_scenario(shipped[:begin] + shipped[end:])


@pytest.mark.slow
def test_the_tilter_turns_nothing_that_is_not_clamped() -> None:
    fault = "kind: skip_operation, operation: clamp"
    engine, event = held_by(with_fault(text(), fault))
    with contextlib.closing(engine):
        assert event.text == "alarm.tilter_not_clamped"
        assert engine.cell.state.machine is MachineState.ABORTED
        assert tilter_of(engine).angle_rad() == pytest.approx(0.0, abs=1e-4)


@pytest.mark.slow
def test_what_stands_in_the_way_of_the_tilter_is_told() -> None:
    """A light barrier has a post where the car's front passes."""
    engine, event = held_by(text(("asset: light_sensor", "asset: light_barrier")))
    with contextlib.closing(engine):
        assert event.text == "alarm.drive_blocked"
        assert event.arguments["by"] == "tilter"
        assert engine.cell.state.machine is MachineState.ABORTED


@pytest.mark.slow
def test_the_tilter_turns_no_more_than_it_can() -> None:
    engine, event = held_by(
        text(("rated_torque: {value: 25 kN m", "rated_torque: {value: 12 kN m"))
    )
    with contextlib.closing(engine):
        assert event.text == "alarm.tilter_overload"
        assert 14_000.0 < float(event.arguments["torque_nm"]) < 20_000.0


def test_a_tilter_tilts_whatever_the_file_says() -> None:
    shipped = FILE.read_text("utf-8")
    scenario = read_scenario(shipped.replace("        tilts: true\n", ""))
    operation = scenario.stations[STATION].operations["tilt"]
    assert not operation.tilts
    act = act_of(operation, subject_of(scenario.products["hatchback"]))
    assert act.tilts


def test_flow_proves_the_order_before_the_run() -> None:
    shipped = FILE.read_text("utf-8")
    late = shipped.replace("after: [fuel_out, fluids_out]", "after: [fuel_out]")
    calibrated = calibrate_scenario(read_scenario(late), FILE).scenario
    with pytest.raises(ScenarioError, match="rule tilter_refuses"):
        flow_of_cell(calibrated, FILE)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("r134a: {to: r134a,", "r134a: {to: r1234yf,", "'r1234yf' takes r1234yf"),
        ("fluids: [r1234yf]", "fluids: [r1234yf, r134a]", "a tank of its own"),
        (
            "do: drain\n        by: rig",
            "do: drain\n        by: lift",
            "is a level_lift",
        ),
        ("        node: fuel_tank\n", "", "has no node"),
        (
            "do: convey_out\n        by: tilter",
            "do: convey_out\n        by: strands",
            "'exit'",
        ),
        (", rate: {value: 0.05 kg/s", ", runs: evenly, rate: {value: 0 kg/s", "rate"),
        (
            "mass: {value: 1247.11 kg",
            "mass: {value: 1225 kg",
            "its parts sum to 1247.11",
        ),
    ],
)
def test_what_cannot_be_is_said_on_reading(before: str, after: str, said: str) -> None:
    shipped = FILE.read_text("utf-8")
    assert before in shipped
    with pytest.raises(ScenarioError, match=said) as caught:
        read_scenario(shipped.replace(before, after, 1), "depollution")
    assert str(caught.value).startswith("depollution:")


def test_a_lift_that_is_too_low_is_refused() -> None:
    with pytest.raises(PhysicsError, match=r"lift\.height: 2 m, but"):
        opened(text(("height: {value: 1.34 m", "height: {value: 2 m")))


def test_what_is_seized_takes_its_own_time_and_rust_only_the_steps() -> None:
    scenario = read_scenario(FILE.read_text("utf-8"))
    worker = scenario.equipment["mechanic_left"]
    assert isinstance(worker, Worker)
    operations = scenario.stations[STATION].device_operations()
    operation = operations["catalyst"]

    def lasts_s(*hampered: float | None) -> float:
        person = PersonWork(worker, 1 / 240, operations)
        person.start(operation, None)  # nothing of it runs out of a car
        if hampered:
            factor, by_force_s = hampered
            person.hamper(factor or 1.0, by_force_s)
        ticks = 0
        while not str(person.before_step(ticks)).startswith("Done"):
            ticks += 1
        return ticks / 240

    sound_s = lasts_s()
    assert lasts_s(1.5, None) == pytest.approx(sound_s + 0.5 * 12.0, abs=0.02)
    assert lasts_s(None, 24.0) == pytest.approx(24.0, abs=0.02)


@pytest.mark.slow
def test_a_seized_catalyst_is_cut_off_and_told() -> None:
    """Car 1 of seed 3 has a seized catalyst, as flow draws it."""
    with contextlib.closing(opened(text(), seed=3)) as engine:
        assert run_until(engine, finished("tilt"), LIMIT_S)
        began_s = engine.tick * engine.dt_s
        events = run_until(engine, finished("catalyst"), LIMIT_S)
        (cut,) = [event for event in events if event.kind == "PartCut"]
        assert cut.arguments["part"] == "catalyst"
        assert cut.arguments["lost_percent"] == 5
        assert engine.tick * engine.dt_s - began_s == pytest.approx(24.0, abs=0.2)


@pytest.mark.slow
def test_what_a_missing_part_asks_for_is_skipped_and_told() -> None:
    gone = (
        "        node: catalyst\n",
        "        node: catalyst\n"
        "        missing: {value: 1, source: test, confidence: C}\n",
    )
    with contextlib.closing(opened(text(gone))) as engine:
        events = run_until(engine, finished("leave"), LIMIT_S)
        (skipped,) = [each for each in events if each.kind == "OperationSkipped"]
        assert skipped.arguments["step"] == "catalyst"
        begun = [each for each in events if each.kind == "OperationStarted"]
        assert "catalyst" not in {each.arguments["step"] for each in begun}
        assert engine.cell.mass_balance_error() < 1e-9


@pytest.mark.slow
def test_two_cars_take_as_long_in_both_engines() -> None:
    found = compare_engines(FILE, 2, seed=3)
    assert found is not None
    assert not found.stale
    assert found.physics.cycles_s() == pytest.approx(found.flow.cycles_s(), rel=0.02)
    assert abs(found.throughput) <= 0.02
