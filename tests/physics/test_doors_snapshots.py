"""The doors cell put back at any moment: robots go on in the middle of a motion."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from doors import opened

from twin.codec import state_sha256
from twin.engine import PhysicsEngine

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

LIMIT_S = 60.0
CLOSE_TICKS = 2
"""What another process may come out earlier or later, of about 7000 ticks."""


@pytest.fixture(scope="module")
def engine() -> Iterator[PhysicsEngine]:
    made = opened()
    yield made
    made.close()


def digest(engine: PhysicsEngine) -> str:
    return state_sha256(engine.scene, engine.frame())


def run_out(engine: PhysicsEngine) -> int:
    """Run until the car is out; return the length of its cycle, ticks."""
    while not engine.cell.cars_out and engine.tick * engine.dt_s < LIMIT_S:
        engine.advance(24)
    cycle = engine.cell.cycles[-1]
    return cycle.exit_tick - cycle.entry_tick


def until_held(engine: PhysicsEngine) -> None:
    """Run from the start until the left robot has carried a door for a second."""
    engine.reset()
    cups = engine.cell.devices.manipulators["robot_left"].tools["cups"]
    while not cups.held and engine.tick * engine.dt_s < LIMIT_S:
        engine.advance(24)
    engine.advance(240)
    assert cups.held == "door_fl"


def test_back_and_forth_over_a_whole_visit(engine: PhysicsEngine) -> None:
    """Both robots moving, gripping, carrying; parts in stillages, then collected."""
    kept: list[tuple[str, list[str]]] = []
    while not engine.cell.cars_out and engine.tick * engine.dt_s < LIMIT_S:
        name, _ = engine.keep_snapshot()
        trail = [digest(engine)]
        for _ in range(2):
            engine.advance(150)
            trail.append(digest(engine))
        kept = [*kept, (name, trail)][-15:]
        for back, due in (kept[0], kept[-1]):
            engine.go_back(back)
            assert digest(engine) == due[0]
            for after in due[1:]:
                engine.advance(150)
                assert digest(engine) == after, back
    assert engine.kpi()["parts_out"] == 6
    assert engine.cell.mass_balance_error() < 1e-6


def test_a_stop_in_the_middle_is_remembered(engine: PhysicsEngine) -> None:
    until_held(engine)
    arm = engine.cell.devices.manipulators["robot_left"]
    engine.inject_fault("doors_off", "e_stop")
    engine.advance(360)
    engine.keep_snapshot("stopped")
    stood = arm.positions()
    engine.clear_fault()
    engine.advance(240)
    due = digest(engine)
    engine.go_back("stopped")
    engine.advance(240)
    assert arm.positions() == pytest.approx(stood, abs=1e-4)
    engine.go_back("stopped")
    engine.clear_fault()
    engine.advance(240)
    assert digest(engine) == due


def test_another_process_ends_the_cycle_at_the_same_time(
    engine: PhysicsEngine, tmp_path: Path
) -> None:
    """From bytes alone, a door in the cups: planned anew, the same cycle."""
    until_held(engine)
    stored = tmp_path / "doors.snapshot"
    stored.write_bytes(engine.store())
    code = (
        "import sys; from pathlib import Path\n"
        "from doors import opened\n"
        "from test_doors_snapshots import run_out\n"
        "engine = opened()\n"
        "engine.go_on_from(Path(sys.argv[1]).read_bytes())\n"
        "print(run_out(engine), engine.cell.mass_balance_error())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(stored)],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=True,
    )
    there_ticks, error = done.stdout.split()[-2:]
    assert abs(int(there_ticks) - run_out(engine)) <= CLOSE_TICKS
    assert float(error) < 1e-6
