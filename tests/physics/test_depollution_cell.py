"""The depollution cell: one car from its arrival until a truck has the hull."""

from __future__ import annotations

import contextlib
import math
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from cells import edited, finished, is_alarm, run_until, with_fault

from twin.bench.agreement import compare_engines
from twin.codec import state_sha256
from twin.engine import PhysicsEngine
from twin.errors import PhysicsError, ScenarioError
from twin.flow.cells import flow_of_cell
from twin.layout.plan import build_layout
from twin.physics.drain_rig import LEAK_SHARE
from twin.physics.people import PersonWork
from twin.physics.snapshot import decode_memory
from twin.physics.tilter import TilterDrive
from twin.physics.world import STANDARD_GRAVITY_MPS2, Body
from twin.scenario import read_scenario
from twin.scenario.calibration import calibrate_scenario
from twin.scenario.equipment import Worker
from twin.scenario.safety import act_of, subject_of
from twin.state import Event, MachineState, Reason, StateFrame
from twin.transforms import Vector, transform, transform_points

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

FILE = Path(__file__).resolve().parents[2] / "scenarios" / "cells" / "depollution.yaml"
STATION = "depollution"

# Short ways and times; poses, masses, forces, order and interlocks stay as shipped.
_HURRIED = (
    ("place: {x: -4.6 m, y: 0 m, z: 0.6 m}", "place: {x: -0.6 m, y: 0 m, z: 0.6 m}"),
    ("entry: {x: -4.5 m}", "entry: {x: -0.55 m}"),
    ("walking_speed: {value: 1.4 m/s", "walking_speed: {value: 20 m/s"),
    *((f"time: {{value: {s} s", "time: {value: 0.1 s") for s in (1, 3, 4, 5, 6, 12)),
    ("handover_time: {value: 8 s", "handover_time: {value: 1 s"),
    ("speed: {value: 0.1 m/s", "speed: {value: 0.3 m/s"),
    ("acceleration: {value: 0.15 m/s^2", "acceleration: {value: 0.6 m/s^2"),
    ("travel_speed: {value: 0.3 m/s", "travel_speed: {value: 0.7 m/s"),
    (
        "travel_acceleration: {value: 0.2 m/s^2",
        "travel_acceleration: {value: 0.6 m/s^2",
    ),
    ("tilt_speed: {value: 6 deg/s", "tilt_speed: {value: 18 deg/s"),
    ("tilt_acceleration: {value: 4 deg/s^2", "tilt_acceleration: {value: 12 deg/s^2"),
    ("rate: {value: 0.05 kg/s", "rate: {value: 0.25 kg/s"),
    ("rate: {value: 0.28 kg/s", "rate: {value: 2.8 kg/s"),
    ("rate: {value: 0.2 kg/s", "rate: {value: 2 kg/s"),
    ("rate: {value: 0.15 kg/s", "rate: {value: 1.5 kg/s"),
    ("rate: {value: 0.12 kg/s", "rate: {value: 1.2 kg/s"),
    ("rate: {value: 0.012 kg/s", "rate: {value: 0.12 kg/s"),
    ("rate: {value: 0.06 kg/s", "rate: {value: 0.6 kg/s"),
)
_LIMIT_S = 90.0
_SEEN_TICKS = 240 * 12
_WHEELS = ("wheel_fr", "wheel_rr", "wheel_rl", "wheel_fl")
# What the scenario lets out: what is in a car less what stays.
_DRAINED_KG = {
    "fuel": 11.19,
    "waste_oil": 40.0 + 2.71 + 1.96,
    "coolant": 3.28,
    "brake_fluid": 0.34,
    "screenwash": 1.58,
    "r134a": 0.49,
    "r1234yf": 0.0,
}


def text(*edits: tuple[str, str]) -> str:
    return edited(FILE.read_text("utf-8"), *_HURRIED, *edits)


def opened(said: str, seed: int = 1) -> PhysicsEngine:
    return PhysicsEngine(
        scenario := read_scenario(said), build_layout(scenario, FILE.parent), seed
    )


def tilter_of(engine: PhysicsEngine) -> TilterDrive:
    tilter = engine.cell.devices.jointed["tilter"]
    assert isinstance(tilter, TilterDrive)
    return tilter


def told(engine: PhysicsEngine, kind: str) -> list[Event]:
    return [event for event in engine.take_events() if event.kind == kind]


def digest(engine: PhysicsEngine) -> str:
    return state_sha256(engine.scene, engine.frame())


def middle_m(body: Body) -> Vector:
    """Return a body's centre of mass, (3,), world frame."""
    middle: Vector = transform_points(transform(*body.pose()), [body.centre_of_mass_m])[
        0
    ]
    return middle


def leaning_nm(engine: PhysicsEngine) -> float:
    """Return the torque of car and cradle about the pivot, by statics."""
    tilter, car = tilter_of(engine), engine.cell.cars[1]
    pivot_y_m = float(tilter.body.link_pose("cradle")[0][1])
    total_nm = sum(
        body.mass_kg() * (pivot_y_m - float(middle_m(body)[1]))
        for body in (car.body_here(), *car.parts.values())
    )
    for link in tilter.links:
        if link == "carriage":
            continue
        index = tilter.body.link_index[link]
        call = tilter.body.world.call
        state = call("getLinkState", tilter.body.body_id, index)
        mass_kg = call("getDynamicsInfo", tilter.body.body_id, index)[0]
        total_nm += mass_kg * (pivot_y_m - state[0][1])
    return abs(total_nm) * STANDARD_GRAVITY_MPS2


class Visit:
    """One car's visit, looked at four times a second, with snapshots on its way."""

    def __init__(self) -> None:
        self.engine = engine = opened(text())
        self.events: list[Event] = []
        self.errors: list[float] = []
        self.differences: list[object] = []
        self.car_kg: list[float] = []
        self.filled_kg: list[float] = []
        self.tanks: list[dict[str, dict[str, float]]] = []
        self.digests: dict[int, str] = {}
        self.snapshots: dict[str, int] = {}
        self.torques_nm: dict[str, tuple[float, float]] = {}
        self.side: StateFrame | None = None
        self.angles: list[float] = []
        cell, tilter = engine.cell, tilter_of(engine)
        while not cell.cars_out and engine.tick * engine.dt_s < _LIMIT_S:
            engine.advance(60)
            new = engine.take_events()
            self.events += new
            self.errors.append(cell.mass_balance_error())
            self.differences += cell.books.ledger.differences(cell.weighed_kg(), 1e-6)
            held = cell.tanks.content_kg()
            if 1 in cell.cars:
                filled_kg = math.fsum(math.fsum(kg.values()) for kg in held.values())
                self.car_kg.append(cell.cars[1].body_here().mass_kg())
                self.filled_kg.append(filled_kg)
            self.tanks.append(held)
            self.digests[engine.tick] = digest(engine)
            self.angles.append(tilter.angle_rad())
            steps = {
                name: {
                    str(e.arguments["step"])
                    for e in self.events
                    if e.kind == f"Operation{name}"
                }
                for name in ("Started", "Finished")
            }
            self._keep("draining", "fuel_out" in steps["Started"])
            self._keep("clamped", "clamp" in steps["Finished"])
            self._keep("tilting", 0.4 < tilter.angle_rad() < 1.2)
            if "tilt" in steps["Finished"] and self.side is None:
                engine.advance(60)
                self._keep("side", due=True)
                self.side = engine.frame()
                self.torques_nm["side"] = (tilter.torque_nm(), leaning_nm(engine))

    def _keep(self, name: str, due: bool) -> None:
        if due and name not in self.snapshots:
            self.engine.keep_snapshot(name)
            self.snapshots[name] = self.engine.tick


@pytest.fixture(scope="module")
def visit() -> Iterator[Visit]:
    seen = Visit()
    yield seen
    seen.engine.close()


def test_a_car_goes_through_without_an_alarm(visit: Visit) -> None:
    assert not [event for event in visit.events if is_alarm(event)]
    done = {
        str(e.arguments["step"]) for e in visit.events if e.kind == "OperationFinished"
    }
    assert done == set(visit.engine.cell.operations)
    assert visit.engine.kpi()["cars_out"] == 1


def test_masses_balance_at_every_moment_and_in_every_place(visit: Visit) -> None:
    assert len(visit.errors) > 100
    assert max(visit.errors) < 1e-9
    assert visit.differences == []
    assert visit.engine.cell.books.ledger.leaks() == []


def test_the_car_gets_lighter_as_the_tanks_fill(visit: Visit) -> None:
    """While only fluids run, what the body loses is what the tanks gain."""
    together = np.array(visit.car_kg) + np.array(visit.filled_kg)
    wheels_on = together > together[0] - 1e-6
    assert wheels_on.sum() > 20
    assert np.ptp(together[wheels_on]) < 1e-9
    partly = [x for x in np.diff(visit.car_kg) if -0.5 < x < -1e-4]
    assert len(partly) > 10  # bit by bit, not at once
    assert visit.car_kg[0] - visit.car_kg[-1] > 21.0


def test_tanks_hold_what_was_drained_and_nothing_else(visit: Visit) -> None:
    held = visit.tanks[-1]
    total = {name: sum(kg.values()) for name, kg in held.items()}
    assert total == pytest.approx(_DRAINED_KG, abs=1e-6)
    assert set(held["r134a"]) == {"r134a"}
    assert held["r1234yf"] == {}
    assert set(held["waste_oil"]) == {"engine_oil", "gearbox_oil"}


def test_residues_leave_with_the_car(visit: Visit) -> None:
    books = visit.engine.cell.books.ledger.by_substance()
    for name, kg in {"fuel": 0.1, "coolant": 0.15, "r134a": 0.01}.items():
        assert books[f"fluid/{name}"]["out"] == pytest.approx(kg, abs=1e-8)


def test_the_car_lies_on_its_side_without_wheels(visit: Visit) -> None:
    assert max(visit.angles) == pytest.approx(math.pi / 2, abs=1e-3)
    frame, engine = visit.side, visit.engine
    assert frame is not None
    movers = list(engine.scene.movers)
    w, x, _, _ = frame.orientation_wxyz[movers.index("car_1")]
    assert 2 * math.acos(min(1.0, abs(w))) == pytest.approx(math.pi / 2, abs=2e-2)
    assert x * w < 0.0  # towards +y: the underside looks at the line
    for wheel in _WHEELS:
        assert not frame.visible[movers.index(f"car_1/{wheel}")]
    assert frame.visible[movers.index("car_1/catalyst")]
    joints = dict(zip(engine.scene.joints, frame.joint_position, strict=True))
    assert joints["tilter/cradle"] == pytest.approx(math.pi / 2, abs=1e-3)
    assert joints["tilter/clamp_front_left"] == pytest.approx(1.2, abs=1e-3)
    assert joints["lift/carriage"] == pytest.approx(0.0, abs=1e-3)


def test_the_cradle_carries_what_statics_says(visit: Visit) -> None:
    measured_nm, by_statics_nm = visit.torques_nm["side"]
    assert measured_nm == pytest.approx(by_statics_nm, rel=0.01)
    visit.engine.go_back("clamped")
    over = finished("tilter_out")
    while not any(map(over, visit.engine.take_events())):
        visit.engine.advance(1)
    # It turns as soon as it is out, but not yet.
    assert tilter_of(visit.engine).torque_nm() == pytest.approx(
        leaning_nm(visit.engine), rel=0.01
    )


def test_steps_sum_to_the_cycle(visit: Visit) -> None:
    visit.engine.go_back("tilting")
    run_until(visit.engine, lambda event: event.kind == "CarLeft", _LIMIT_S)
    kpi = visit.engine.kpi()
    assert math.fsum(kpi["cycle_steps"].values()) == pytest.approx(
        kpi["cycle_time_s"], abs=1e-9
    )


@pytest.mark.parametrize("name", ["draining", "clamped", "tilting"])
def test_put_back_it_goes_on_to_the_same_bytes(visit: Visit, name: str) -> None:
    engine = visit.engine
    engine.go_back(name)
    assert engine.tick == visit.snapshots[name]
    for _ in range(12):
        assert digest(engine) == visit.digests[engine.tick]
        engine.advance(60)


def test_another_process_sees_the_same(visit: Visit) -> None:
    """Over the drains, with the wheels and the lift."""
    code = (
        "from test_depollution_cell import digest, opened, text\n"
        f"engine = opened(text()); engine.advance({_SEEN_TICKS}); print(digest(engine))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split()[-1] == visit.digests[_SEEN_TICKS]


@pytest.mark.parametrize("name", ["draining", "tilting"])
def test_another_engine_takes_over_where_one_was(visit: Visit, name: str) -> None:
    visit.engine.go_back(name)
    stored = visit.engine.store()
    with contextlib.closing(opened(text())) as other:
        other.go_on_from(stored)
        was = decode_memory(stored, other.cell.scenario_sha256)
        now = decode_memory(other.store(), other.cell.scenario_sha256)
        # Poses may differ in their last bit, and welds have numbers of their own.
        for name in ("tick", "devices", "station", "ledger", "running", "finished"):
            assert getattr(now, name) == getattr(was, name), name
        assert [car.clamps.keys() for car in now.cars] == [
            car.clamps.keys() for car in was.cars
        ]
        assert now.world.masses == was.world.masses
        other.advance(240)
        visit.engine.advance(240)
        there, here = other.frame(), visit.engine.frame()
        assert there.position_in_world_m == pytest.approx(
            here.position_in_world_m, abs=1e-3
        )
        assert other.cell.tanks.content_kg() == visit.engine.cell.tanks.content_kg()
        assert other.cell.mass_balance_error() < 1e-9


def test_an_emergency_stop_holds_the_angle(visit: Visit) -> None:
    engine, tilter = visit.engine, tilter_of(visit.engine)
    engine.go_back("tilting")
    engine.inject_fault(STATION, "e_stop")
    engine.advance(600)  # within its limits it takes a while to stop
    stood_rad = tilter.angle_rad()
    assert 0.4 < stood_rad < 1.4
    engine.advance(480)
    assert tilter.angle_rad() == pytest.approx(stood_rad, abs=1e-5)
    engine.clear_fault()
    run_until(engine, finished("tilt"), _LIMIT_S)
    assert tilter.angle_rad() == pytest.approx(math.pi / 2, abs=1e-3)


def test_a_stop_of_the_pump_stops_what_runs(visit: Visit) -> None:
    engine = visit.engine
    engine.go_back("draining")
    engine.inject_fault("fuel_unit", "drive_stop")
    before = engine.cell.tanks.content_kg()
    engine.advance(240)
    after = engine.cell.tanks.content_kg()
    assert after["fuel"] == before["fuel"]
    assert after["coolant"] != before["coolant"]
    engine.clear_fault()
    run_until(engine, finished("fuel_out"), _LIMIT_S)
    held = engine.cell.tanks.content_kg()["fuel"]
    assert held["fuel"] == pytest.approx(11.19, abs=1e-6)


def test_a_leak_is_told_and_named(visit: Visit) -> None:
    engine = visit.engine
    engine.go_back("draining")
    gone_kg = engine.cell.tanks.content_kg()["fuel"].get("fuel", 0.0)
    engine.inject_fault("fuel_unit", "leak")
    events = run_until(engine, finished("fuel_out"), _LIMIT_S)
    (missing,) = [event for event in events if event.kind == "MassMissing"]
    lost_kg = LEAK_SHARE * (11.19 - gone_kg)
    assert missing.arguments["fluid"] == "fuel"
    assert missing.arguments["kg"] == pytest.approx(lost_kg, abs=1e-3)
    (leak,) = engine.cell.books.ledger.leaks()
    assert (leak.cause.operation, leak.cause.car) == ("fuel_out", 1)
    assert leak.lot.substance == "fluid/fuel"
    assert leak.kg == pytest.approx(lost_kg, abs=1e-6)
    assert engine.cell.mass_balance_error() > 1e-3


def test_clamps_that_let_go_stop_the_tilter_and_friction_holds(visit: Visit) -> None:
    """Less steep than tan a = friction the tines hold the car as they stand."""
    engine, tilter = visit.engine, tilter_of(visit.engine)
    engine.go_back("tilting")
    assert math.tan(tilter.angle_rad()) < 0.7
    engine.inject_fault("tilter", "gripper_loss")
    start_m, _ = engine.cell.cars[1].body_here().pose()
    angle_rad = tilter.angle_rad()
    events = run_until(engine, is_alarm, 1.0 + engine.tick * engine.dt_s)
    assert [e.text for e in events if is_alarm(e)] == ["alarm.tilter_not_clamped"]
    engine.advance(480)
    assert tilter.angle_rad() == pytest.approx(angle_rad, abs=0.02)
    now_m, _ = engine.cell.cars[1].body_here().pose()
    assert float(np.linalg.norm(now_m - start_m)) < 0.02


def test_clamps_that_let_go_on_the_side_drop_the_car(visit: Visit) -> None:
    engine = visit.engine
    engine.go_back("side")
    engine.inject_fault("tilter", "gripper_loss")
    before_m = middle_m(engine.cell.cars[1].body_here())
    events = run_until(engine, is_alarm, _LIMIT_S)
    assert [e.text for e in events if is_alarm(e)] == ["alarm.tilter_not_clamped"]
    engine.advance(240)
    assert before_m[2] - middle_m(engine.cell.cars[1].body_here())[2] > 0.1


# Rules of safety, under physics ------------------------------------------------------


def held_by(said: str) -> tuple[PhysicsEngine, Event]:
    """Run until the first alarm; return the engine and the alarm."""
    engine = opened(said)
    events = run_until(engine, is_alarm, _LIMIT_S)
    return engine, next(event for event in events if is_alarm(event))


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


def test_the_tilter_turns_nothing_that_is_not_clamped() -> None:
    fault = "kind: skip_operation, operation: clamp"
    engine, event = held_by(with_fault(text(), fault))
    with contextlib.closing(engine):
        assert event.text == "alarm.tilter_not_clamped"
        assert engine.cell.state.machine is MachineState.ABORTED
        assert tilter_of(engine).angle_rad() == pytest.approx(0.0, abs=1e-4)


def test_what_stands_in_the_way_of_the_tilter_is_told() -> None:
    """A light barrier has a post where the car's front passes."""
    engine, event = held_by(text(("asset: light_sensor", "asset: light_barrier")))
    with contextlib.closing(engine):
        assert event.text == "alarm.drive_blocked"
        assert event.arguments["by"] == "tilter"
        assert engine.cell.state.machine is MachineState.ABORTED


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


# Condition of a car -----------------------------------------------------------------


def test_what_is_seized_takes_its_own_time_and_rust_only_the_steps() -> None:
    scenario = read_scenario(FILE.read_text("utf-8"))
    worker = scenario.equipment["mechanic_left"]
    assert isinstance(worker, Worker)
    operations = scenario.stations[STATION].device_operations()
    operation = operations["catalyst"]

    def lasts_s(*hampered: float | None) -> float:
        person = PersonWork(worker, 1 / 240, operations)
        person.start(operation, None)  # type: ignore[arg-type]  # a person needs none
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


def test_a_seized_catalyst_is_cut_off_and_told() -> None:
    """Car 1 of seed 3 has a seized catalyst, as flow draws it."""
    with contextlib.closing(opened(text(), seed=3)) as engine:
        assert run_until(engine, finished("tilt"), _LIMIT_S)
        began_s = engine.tick * engine.dt_s
        events = run_until(engine, finished("catalyst"), _LIMIT_S)
        (cut,) = [event for event in events if event.kind == "PartCut"]
        assert cut.arguments["part"] == "catalyst"
        assert cut.arguments["lost_percent"] == 5
        assert engine.tick * engine.dt_s - began_s == pytest.approx(24.0, abs=0.2)


def test_two_cars_take_as_long_in_both_engines() -> None:
    found = compare_engines(FILE, 2, seed=3)
    assert found is not None
    assert not found.stale
    assert found.physics.cycles_s() == pytest.approx(found.flow.cycles_s(), rel=0.02)
    assert abs(found.throughput) <= 0.02
