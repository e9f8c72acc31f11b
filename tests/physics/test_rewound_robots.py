"""Robots at their programmes, put back in the middle of whatever they are at."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from twin.codec import state_sha256
from twin.engine import PhysicsEngine, open_engine
from twin.state import Event

pytestmark = pytest.mark.slow

# Robots begin at 29 s, each part is gripped for 0.4 s and let go for 0.3 s.
_FIRST_S = 28.0
_LAST_S = 66.0
_EVERY_S = 1.3
_ON_S = 0.9


@pytest.fixture(scope="module")
def path(root_folder: Path) -> Path:
    return root_folder / "scenarios" / "cells" / "doors.yaml"


@pytest.fixture(scope="module")
def cell(path: Path) -> Iterator[PhysicsEngine]:
    with contextlib.closing(open_engine(path, seed=1, engine="physics")) as engine:
        yield engine


def digest(engine: PhysicsEngine) -> str:
    return state_sha256(engine.scene, engine.frame())


def go(engine: PhysicsEngine, seconds: float) -> list[Event]:
    engine.advance(round(seconds / engine.dt_s))
    return engine.take_events()


def kinds(events: list[Event]) -> list[tuple[int, str, str]]:
    return [(event.tick, event.kind, event.source) for event in events]


def test_put_back_they_go_on_as_if_nobody_had_stopped_them(cell: PhysicsEngine) -> None:
    cell.reset()
    go(cell, _FIRST_S)
    told: list[str] = []
    while cell.tick * cell.dt_s < _LAST_S:
        cell.keep_snapshot("here")
        straight = go(cell, _ON_S)
        due = digest(cell)
        told += [event.kind for event in straight]
        go(cell, 0.7)
        cell.go_back("here")
        assert kinds(go(cell, _ON_S)) == kinds(straight)
        assert digest(cell) == due, cell.tick * cell.dt_s
        go(cell, _EVERY_S - _ON_S)
    assert {"PartPicked", "PartPlaced"} <= set(told)
    assert cell.kpi()["parts_out"] == 3
    assert cell.kpi()["alarms"] == 0


def test_put_back_from_after_the_end_they_do_it_again(cell: PhysicsEngine) -> None:
    cell.reset()
    go(cell, 45.0)
    cell.keep_snapshot("at work")
    go(cell, 40.0)
    due, told = digest(cell), cell.kpi()["parts_out"]
    cell.go_back("at work")
    assert cell.kpi()["parts_out"] < told
    go(cell, 40.0)
    assert digest(cell) == due


def test_halted_on_their_way_they_are_put_back_halted(cell: PhysicsEngine) -> None:
    cell.reset()
    go(cell, 45.0)
    cell.inject_fault(cell.cell.station_id, "e_stop")
    go(cell, 0.1)
    cell.keep_snapshot("stopping")
    go(cell, 1.0)
    cell.clear_fault()
    go(cell, 3.0)
    due = digest(cell)
    cell.go_back("stopping")
    go(cell, 1.0)
    cell.clear_fault()
    go(cell, 3.0)
    assert digest(cell) == due


def test_a_lost_grip_is_undone(cell: PhysicsEngine) -> None:
    cell.reset()
    picked = False
    while not picked:
        picked = any(event.kind == "PartPicked" for event in go(cell, 0.5))
    cell.keep_snapshot("held")
    go(cell, 2.0)
    due = digest(cell)
    cell.go_back("held")
    cell.inject_fault("robot_right", "gripper_loss")
    cell.inject_fault("robot_left", "gripper_loss")
    lost = go(cell, 3.0)
    assert any(event.kind == "AlarmRaised" for event in lost)
    cell.go_back("held")
    go(cell, 2.0)
    assert digest(cell) == due


def test_stored_they_go_on_close_by_in_another_world(
    cell: PhysicsEngine, path: Path
) -> None:
    """A stranger of the same scenario takes over with a door in the cups."""
    cell.reset()
    picked = False
    while not picked:
        picked = any(event.kind == "PartPicked" for event in go(cell, 0.5))
    go(cell, 1.0)
    stored = cell.store()
    with contextlib.closing(open_engine(path, seed=1, engine="physics")) as other:
        other.go_on_from(stored)
        due, found = go(cell, 40.0), go(other, 40.0)
        assert [event.kind for event in found] == [event.kind for event in due]
        # A tick more or less is what contacts that start afresh may cost.
        for one, another in zip(due, found, strict=True):
            assert abs(one.tick - another.tick) <= 2, one.kind
        assert other.kpi()["parts_out"] == cell.kpi()["parts_out"]
        assert other.kpi()["mass_balance_error"] <= 1e-9
