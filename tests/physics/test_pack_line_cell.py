"""The pack line: a battery opened, its modules on a conveyor and in test bays."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from cells import edited, is_alarm, machine

from twin.engine import PhysicsEngine
from twin.errors import PhysicsError, ScenarioError
from twin.layout.plan import build_layout
from twin.physics.bays import BaysMemory
from twin.physics.module_line import LineMemory
from twin.physics.side_clamp import SideClampDrive, SideClampMemory
from twin.scenario import read_scenario
from twin.state import Event, MachineState, Reason

FILE = Path(__file__).resolve().parents[2] / "scenarios" / "cells" / "pack_line.yaml"
MODULES = ["module_01", "module_12", "module_02", "module_11"]
_LIMIT_S = 200.0
_MODULE_M = 0.196

# Short ways and times, and four modules; masses, holds and conveyors stay as shipped.
_HURRIED = (
    ("place: {x: -2.6 m, y: 0 m, z: 0.16 m}", "place: {x: -0.6 m, y: 0 m, z: 0.16 m}"),
    ("entry: {x: -2.5 m}", "entry: {x: -0.55 m}"),
    ("exit: {x: 2.1 m}", "exit: {x: 0.6 m}"),
    ("clear_of: {x: 2.2 m}", "clear_of: {x: 0.8 m}"),
    ("walking_speed: {value: 1.4 m/s", "walking_speed: {value: 9 m/s"),
    ("time: {value: 10 s", "time: {value: 0.2 s"),
    ("time: {value: 8 s", "time: {value: 0.2 s"),
    ("collected_after: {value: 30 s", "collected_after: {value: 2 s"),
    ("test_time: {value: 60 s", "test_time: {value: 5 s"),
)


def text(*edits: tuple[str, str], modules: int = len(MODULES)) -> str:
    whole = edited(FILE.read_text("utf-8"), *_HURRIED, *edits)
    head, programme = whole.split("  modules:\n    robot: robot\n    tasks:\n")
    tasks, rest = programme.split("      - task: hold\n")
    kept = re.split(r"(?=      - task: pick\n)", tasks)[: modules + 1]
    taken = ", ".join(MODULES[:modules])
    rest = re.sub(
        r"(needs: \[hv_isolated\]\n\s+removes: )\[\s*module[^]]*\]",
        rf"\1[{taken}]",
        rest,
    )
    return (
        f"{head}  modules:\n    robot: robot\n    tasks:\n{''.join(kept)}"
        f"      - task: hold\n{rest}"
    )


def opened(*edits: tuple[str, str], modules: int = len(MODULES)) -> PhysicsEngine:
    scenario = read_scenario(text(*edits, modules=modules))
    return PhysicsEngine(scenario, build_layout(scenario, FILE.parent), 1)


class Visit:
    """One pack's visit, looked at once a second until its modules are collected.

    The bays' car stands until three modules wait on the conveyor.
    """

    def __init__(self) -> None:
        self.engine = engine = opened()
        self.events: list[Event] = []
        self.errors: list[float] = []
        self.differences: list[object] = []
        self.gaps_m: list[float] = []
        self.depths_m: list[float] = []
        cell = engine.cell
        line = cell.devices.lines["module_line"]
        engine.inject_fault("bays", "drive_stop")
        while engine.tick * engine.dt_s < _LIMIT_S:
            engine.advance(240)
            if len(line.parts) == 3:
                engine.clear_fault("bays")
            self.events += engine.take_events()
            self.errors.append(cell.mass_balance_error())
            self.differences += cell.books.ledger.differences(cell.weighed_kg(), 1e-3)
            bodies = [cell.cars[car].parts[part] for car, part in line.parts]
            along = [line.spot(body).along_m for body in bodies]
            self.gaps_m += [a - b - _MODULE_M for a, b in itertools.pairwise(along)]
            self.depths_m += [
                -point[8]
                for body in bodies
                for other in bodies
                if body is not other
                for point in cell.world.call(
                    "getContactPoints", body.body_id, other.body_id
                )
            ]
            if len(self.told("PartTested")) == len(MODULES):
                return

    def told(self, kind: str) -> list[str]:
        return [str(e.arguments["part"]) for e in self.events if e.kind == kind]


@pytest.fixture(scope="module")
def visit() -> Iterator[Visit]:
    seen = Visit()
    yield seen
    seen.engine.close()


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_modules_come_to_the_bays_in_their_order(visit: Visit) -> None:
    assert not [event for event in visit.events if is_alarm(event)]
    assert visit.told("PartPlaced") == ["lid", *MODULES]
    assert visit.told("PartInBay") == MODULES
    assert visit.told("PartTested") == MODULES
    assert visit.told("PartJammed") == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_masses_balance_at_every_second_and_in_every_place(visit: Visit) -> None:
    assert len(visit.errors) > 20
    assert max(visit.errors) < 1e-6
    assert visit.differences == []
    assert visit.engine.cell.books.ledger.leaks() == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_modules_queue_without_touching(visit: Visit) -> None:
    assert visit.gaps_m  # else none ever waited behind another
    assert min(visit.gaps_m) > 0.0
    assert max(visit.depths_m, default=0.0) < 1e-3


def _run_until(engine: PhysicsEngine, kind: str, limit_s: float = _LIMIT_S) -> Event:
    while engine.tick * engine.dt_s < limit_s:
        engine.advance(24)
        for event in engine.take_events():
            if event.kind == kind:
                return event
    raise AssertionError(f"no {kind} in {limit_s:g} s")


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_full_line_blocks_the_robot_until_a_bay_is_free() -> None:
    """One zone before bays whose car stands: the second module has no room."""
    engine = opened(
        ("zones: 6", "zones: 1"),
        ("x: 4.95 m, y: -1.9", "x: 2.95 m, y: -2.35"),
        modules=2,
    )
    try:
        engine.inject_fault("bays", "drive_stop")
        while not engine.cell.programmes["robot"].blocked:
            assert engine.tick * engine.dt_s < _LIMIT_S
            engine.advance(24)
        engine.advance(480)
        frame = engine.frame()
        blocked = (MachineState.SUSPENDED, Reason.BLOCKED)
        assert machine(engine, frame, "robot") == blocked
        assert engine.cell.devices.manipulators["robot"].tools["jaws"].held
        engine.take_events()
        engine.clear_fault()
        assert _run_until(engine, "PartPlaced").arguments["part"] == MODULES[1]
        assert engine.cell.mass_balance_error() < 1e-6
    finally:
        engine.close()


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_stuck_eye_jams_the_line_and_a_lost_grip_drops_a_module() -> None:
    engine = opened(modules=3)
    try:
        engine.inject_fault("module_line", "sensor_stuck", "zone_3_blocked")
        assert _run_until(engine, "PartJammed").arguments["part"] == "module_01_1"
        engine.clear_fault("module_line")
        assert _run_until(engine, "PartFreed").arguments["part"] == "module_01_1"
        held = str(_run_until(engine, "PartPicked").arguments["part"])
        engine.advance(240)
        body = engine.cell.cars[1].parts[held]
        height_m = body.pose()[0][2]
        engine.inject_fault("robot", "gripper_loss")
        assert _run_until(engine, "AlarmRaised").text == "alarm.gripper_lost"
        engine.advance(240)
        assert body.pose()[0][2] < height_m - 0.05
        assert engine.cell.state.machine is MachineState.ABORTED
        assert engine.cell.mass_balance_error() < 1e-6
    finally:
        engine.close()


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_stuck_stop_starves_the_bays_and_is_told() -> None:
    engine = opened(modules=1)
    try:
        engine.inject_fault("module_line", "stuck_stop")
        jam = _run_until(engine, "PartJammed")
        assert jam.text == "alarm.stop_stuck"
        assert jam.arguments["part"] == "module_01_1"
        line = engine.cell.devices.lines["module_line"]
        assert line.parts == [(1, "module_01")]
        starved = (MachineState.SUSPENDED, Reason.STARVED)
        assert machine(engine, engine.frame(), "bays") == starved
        kept = msgspec.msgpack.encode(line.memory())
        line.recall(msgspec.msgpack.decode(kept, type=LineMemory), engine.cell.cars)
        assert msgspec.msgpack.encode(line.memory()) == kept
        engine.clear_fault("module_line", "stuck_stop")
        assert _run_until(engine, "PartInBay").arguments["part"] == "module_01"
        assert engine.cell.mass_balance_error() < 1e-6
    finally:
        engine.close()


def _pushed_m(engine: PhysicsEngine, force_n: float) -> float:
    """Return how far a second's push along the belt moves the pack."""
    body = engine.cell.cars[1].body_here()
    begun = body.pose()[0]
    for _ in range(240):
        at = body.pose()[0].tolist()
        engine.cell.world.call(
            "applyExternalForce",
            *(body.body_id, -1, [force_n, 0.0, 0.0], at),
            engine.cell.world.bullet.WORLD_FRAME,
        )
        engine.advance(1)
    return float(np.abs(body.pose()[0] - begun).max())


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_clamp_waits_for_its_drive_and_holds_until_it_lets_go() -> None:
    """The belt alone holds with 0.5 x 326 kg x g = 1.6 kN, the jaws with 1.2 kN."""
    engine = opened(modules=1)
    try:
        cell = engine.cell
        clamp = cell.devices.jointed["clamp"]
        assert isinstance(clamp, SideClampDrive)
        engine.inject_fault("clamp", "drive_stop")
        _run_until(engine, "CarEntered")
        engine.advance(1200)
        assert clamp.joint_positions() == pytest.approx([0.0, 0.0], abs=1e-4)
        engine.clear_fault("clamp")
        _run_until(engine, "ProductClamped")
        engine.advance(240)
        assert min(clamp.joint_positions()) > 0.04
        memory = clamp.memory()
        kept = msgspec.msgpack.encode(memory)
        clamp.recall(
            msgspec.msgpack.decode(kept, type=SideClampMemory), engine.cell.cars
        )
        assert msgspec.msgpack.encode(clamp.memory()) == kept
        assert _pushed_m(engine, 2000.0) < 2e-4
        engine.inject_fault("clamp", "gripper_loss")
        assert not cell.cars[1].clamps
        assert _pushed_m(engine, 6000.0) > 0.01
    finally:
        engine.close()


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_clamp_with_nothing_between_its_jaws_says_so() -> None:
    engine = opened(("place: {x: -0.3 m, y: 0 m}", "place: {x: -0.3 m, y: 0.05 m}"))
    try:
        assert _run_until(engine, "AlarmRaised").text == "alarm.clamp_empty"
    finally:
        engine.close()


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_line_and_bays_stand_in_an_emergency_and_remember_where_they_were() -> None:
    engine = opened(modules=1)
    try:
        cell = engine.cell
        line, bays = cell.devices.lines["module_line"], cell.devices.bays["bays"]
        while not bays.holds():
            assert engine.tick * engine.dt_s < _LIMIT_S
            engine.advance(24)
        engine.advance(120)
        cell.inject_fault(cell.station_id, "e_stop")
        engine.advance(240)
        body = cell.cars[1].parts["module_01"]
        stood = body.pose()[0]
        engine.advance(240)
        assert body.pose()[0] == pytest.approx(stood, abs=1e-9)
        for device, kind in ((line, LineMemory), (bays, BaysMemory)):
            kept = msgspec.msgpack.encode(device.memory())
            device.recall(msgspec.msgpack.decode(kept, type=kind), cell.cars)
            assert msgspec.msgpack.encode(device.memory()) == kept
        kept_bays = bays.memory()
        engine.clear_fault()
        first = []
        for _ in range(2):
            bays.recall(kept_bays, cell.cars)
            bays.resume("e_stop")
            for tick in range(60):
                bays.drive(tick, {(1, "module_01"): body})
            first.append(np.array(body.pose()[0]))
        assert first[0].tobytes() == first[1].tobytes()
    finally:
        engine.close()


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("takes_from: module_line", "takes_from: pack_belt", "is a conveyor; name a"),
        (
            "of: module_line, node: module_line",
            "of: tool_stand, port: place_1",
            "no container",
        ),
    ],
)
def test_what_cannot_be_is_said_on_reading(before: str, after: str, said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        read_scenario(text((before, after)), "pack_line")


def test_bays_that_the_asset_has_not_are_refused() -> None:
    with pytest.raises(PhysicsError, match=r"equipment\.bays\.bays: 4, but asset"):
        opened(("    bays: 3\n", "    bays: 4\n"))
