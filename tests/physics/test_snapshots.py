"""A cell put back goes on as if nobody had stopped it; told otherwise, it differs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from cells import finished, hurried, is_alarm, open_text, run_until
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.codec import state_sha256
from twin.engine import PhysicsEngine
from twin.errors import PhysicsError
from twin.physics.snapshot import FORMAT
from twin.state import Event

pytestmark = pytest.mark.slow

# The pack waits in the rack for a second only, so that a second car comes into a
# place that was used before.
BRIEF_RACK = ("collected_after: {value: 45 s", "collected_after: {value: 1 s")
ON_S = 1.5


@pytest.fixture(scope="module")
def cell() -> Iterator[PhysicsEngine]:
    opened = open_text(hurried(BRIEF_RACK), seed=11)
    try:
        yield opened
    finally:
        opened.close()


def digest(engine: PhysicsEngine) -> str:
    return state_sha256(engine.scene, engine.frame())


def go(engine: PhysicsEngine, seconds: float) -> list[tuple[object, ...]]:
    """Run on; return what was told, all but the serial numbers."""
    engine.advance(round(seconds / engine.dt_s))
    return [_plain(event) for event in engine.take_events()]


def _plain(event: Event) -> tuple[object, ...]:
    return (event.tick, event.kind, event.source, event.text, event.arguments)


def test_back_and_forth_over_a_cycle_and_into_the_next(cell: PhysicsEngine) -> None:
    """Every phase, fasteners out in between, a car gone and another one come."""
    kept: list[tuple[str, str, list[str], list[object]]] = []
    wanted = [
        finished("receive"),
        finished("arms_in"),
        finished("raise_car"),
        finished("table_up"),
        finished("measure"),
        *[lambda event: event.kind == "FastenerOut"] * 16,
        finished("check_free"),
        finished("table_down"),
        finished("lower_car"),
        lambda event: event.kind == "CarLeft",
        finished("receive"),
        finished("measure"),
        lambda event: event.kind == "FastenerOut",
    ]
    for over in wanted:
        run_until(cell, over, 600.0)
        name, _ = cell.keep_snapshot()
        trail, told = [digest(cell)], []
        for _ in range(2):
            told += go(cell, ON_S)
            trail.append(digest(cell))
        kept = [*kept, (name, trail[0], trail, list(told))][-8:]
        # Back at once, and on without new commands: the run as it would have been.
        cell.go_back(name)
        assert digest(cell) == trail[0]
        again = []
        for due in trail[1:]:
            again += go(cell, ON_S)
            assert digest(cell) == due
        assert again == told
        cell.go_back(name)
    assert cell.kpi()["cars_out"] == 1
    for name, _, trail, told in [*reversed(kept), *kept]:
        cell.go_back(name)
        again = []
        for due in trail[1:]:
            again += go(cell, ON_S)
            assert digest(cell) == due
        assert again == told


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    at_ticks=st.integers(0, 40 * 240),
    on_ticks=st.integers(1, 480),
    away_ticks=st.integers(0, 2400),
)
def test_any_tick_is_a_good_one(
    cell: PhysicsEngine, at_ticks: int, on_ticks: int, away_ticks: int
) -> None:
    """Run to t, save, on to u, hash; far away, back, on to u: the same hash."""
    names = [note.name for note in cell.snapshot_notes()]
    cell.go_back("start") if "start" in names else cell.reset()
    cell.keep_snapshot("start")
    cell.advance(at_ticks)
    cell.keep_snapshot("here")
    cell.advance(on_ticks)
    due = digest(cell)
    cell.advance(away_ticks)
    cell.go_back("here")
    cell.advance(on_ticks)
    assert digest(cell) == due


def test_saving_changes_nothing() -> None:
    """A run that was saved all the time ends like one that never was."""
    looked_at, left_alone = open_text(hurried(), 3), open_text(hurried(), 3)
    try:
        for _ in range(24):
            looked_at.advance(240)
            looked_at.keep_snapshot()
        left_alone.advance(24 * 240)
        assert digest(looked_at) == digest(left_alone)
    finally:
        looked_at.close()
        left_alone.close()


def test_told_something_new_it_goes_another_way(cell: PhysicsEngine) -> None:
    cell.reset()
    run_until(cell, lambda event: event.kind == "FastenerOut", 60.0)
    cell.keep_snapshot("before")
    go(cell, 4.0)
    due = digest(cell)
    cell.go_back("before")
    cell.inject_fault("robot", "drive_stop")
    go(cell, 4.0)
    assert digest(cell) != due
    # And the fault is gone with the way that was left.
    cell.go_back("before")
    assert cell.faults_injected() == ()
    go(cell, 4.0)
    assert digest(cell) == due


def test_the_oldest_snapshot_goes_and_is_told(cell: PhysicsEngine) -> None:
    cell.reset()
    assert cell.snapshot_notes() == ()
    for number in range(1, 17):
        assert cell.keep_snapshot() == (str(number), [])
    assert cell.keep_snapshot("lunch") == ("lunch", ["1"])
    assert cell.keep_snapshot("lunch") == ("lunch", [])
    notes = cell.snapshot_notes()
    assert [note.name for note in notes][:2] == ["2", "3"]
    assert len(notes) == 16
    with pytest.raises(PhysicsError, match="none is named '1'; known: 2, 3, "):
        cell.go_back("1")
    with pytest.raises(PhysicsError, match="a name of 65 characters; give at most 64"):
        cell.keep_snapshot("x" * 65)


def test_a_snapshot_remembers_an_alarm(cell: PhysicsEngine) -> None:
    cell.reset()
    run_until(cell, finished("raise_car"), 60.0)
    cell.keep_snapshot("up")
    cell.inject_fault("table", "sensor_stuck", "zero")
    told = run_until(cell, is_alarm, 90.0)
    assert told[-1].text == "alarm.no_load_felt"
    alarmed = cell.kpi()["alarms"]
    cell.go_back("up")
    assert cell.kpi()["alarms"] == alarmed - 1


def test_stored_it_goes_on_close_by_in_another_world(cell: PhysicsEngine) -> None:
    """Bodies within a millimetre, the same events at the same ticks nearly."""
    cell.reset()
    run_until(cell, lambda event: event.kind == "FastenerOut", 60.0)
    stored = cell.store()
    other = open_text(hurried(BRIEF_RACK), seed=11)
    try:
        other.go_on_from(stored)
        assert other.tick == cell.tick
        assert list(other.cell.cars[1].welds) == list(cell.cell.cars[1].welds)
        here, there = cell.frame(), other.frame()
        assert there.joint_position.tolist() == here.joint_position.tolist()
        row = cell.scene.movers.index("car_1")
        car_m = here.position_in_world_m[row]
        assert there.position_in_world_m[row] == pytest.approx(car_m, abs=1e-12)
        told = run_until(cell, lambda event: event.kind == "FastenerOut", 60.0)
        again = run_until(other, lambda event: event.kind == "FastenerOut", 60.0)
        assert again[-1].arguments == told[-1].arguments
        assert abs(again[-1].tick - told[-1].tick) <= 2
        other.advance(cell.tick - other.tick)
        off_m = np.abs(
            cell.frame().position_in_world_m - other.frame().position_in_world_m
        )
        assert off_m.max() < 1e-3
    finally:
        other.close()


def test_what_is_no_snapshot_is_refused_in_a_line(cell: PhysicsEngine) -> None:
    stored = cell.store()
    at = stored.index(b"scenario_sha256") + len(b"scenario_sha256") + 4
    for data, found in (
        (b"", "snapshot: cannot be read"),
        (stored[:-40], "snapshot: cannot be read"),
        (b"\x81\xa6format\x63", f"format 99, this program reads {FORMAT}"),
        (stored[:at] + b"0000" + stored[at + 4 :], "of another scenario or seed"),
        (bytes(9 * 1024 * 1024), "9437184 bytes exceed the limit of 8388608"),
    ):
        with pytest.raises(PhysicsError, match=found):
            cell.go_on_from(data)
