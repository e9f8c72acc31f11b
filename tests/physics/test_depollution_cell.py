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
from cells import finished, is_alarm, run_until
from depollution import LIMIT_S, STATION, opened, text, tilter_of

from twin.codec import state_sha256
from twin.engine import PhysicsEngine
from twin.physics.drain_rig import LEAK_SHARE
from twin.physics.snapshot import decode_memory
from twin.physics.world import STANDARD_GRAVITY_MPS2, Body
from twin.state import Event, StateFrame
from twin.transforms import Vector, transform, transform_points

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

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
        for body in (
            car.body_here(),
            *(part for name, part in car.parts.items() if car.holds(name)),
        )
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
        while not cell.cars_out and engine.tick * engine.dt_s < LIMIT_S:
            engine.advance(60)
            new = engine.take_events()
            self.events += new
            self.errors.append(cell.mass_balance_error())
            self.differences += cell.books.ledger.differences(cell.weighed_kg(), 1e-6)
            held = cell.draining.content_kg()
            if 1 in cell.cars and cell.cars[1].body is not None:
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
    trolley = engine.cell.scenario.equipment["trolley"].place
    for wheel in _WHEELS:  # they stand on the trolley, axles along it
        row = movers.index(f"car_1/{wheel}")
        x_m, y_m, z_m = frame.position_in_world_m[row]
        assert abs(x_m - trolley.x) < 0.53
        assert y_m == pytest.approx(float(trolley.y), abs=5e-3)
        assert z_m == pytest.approx(0.322 + math.sqrt(0.31**2 - 0.14**2), abs=5e-3)
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
    run_until(visit.engine, lambda event: event.kind == "CarLeft", LIMIT_S)
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
        "from depollution import opened, text\n"
        "from test_depollution_cell import digest\n"
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
        assert (
            other.cell.draining.content_kg() == visit.engine.cell.draining.content_kg()
        )
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
    run_until(engine, finished("tilt"), LIMIT_S)
    assert tilter.angle_rad() == pytest.approx(math.pi / 2, abs=1e-3)


def test_a_stop_of_the_pump_stops_what_runs(visit: Visit) -> None:
    engine = visit.engine
    engine.go_back("draining")
    engine.inject_fault("fuel_unit", "drive_stop")
    before = engine.cell.draining.content_kg()
    engine.advance(240)
    after = engine.cell.draining.content_kg()
    assert after["fuel"] == before["fuel"]
    assert after["coolant"] != before["coolant"]
    engine.clear_fault()
    run_until(engine, finished("fuel_out"), LIMIT_S)
    held = engine.cell.draining.content_kg()["fuel"]
    assert held["fuel"] == pytest.approx(11.19, abs=1e-6)


def test_a_leak_is_told_and_named(visit: Visit) -> None:
    engine = visit.engine
    engine.go_back("draining")
    gone_kg = engine.cell.draining.content_kg()["fuel"].get("fuel", 0.0)
    engine.inject_fault("fuel_unit", "leak")
    events = run_until(engine, finished("fuel_out"), LIMIT_S)
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
    events = run_until(engine, is_alarm, LIMIT_S)
    assert [e.text for e in events if is_alarm(e)] == ["alarm.tilter_not_clamped"]
    engine.advance(240)
    assert before_m[2] - middle_m(engine.cell.cars[1].body_here())[2] > 0.1
