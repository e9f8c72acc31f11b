"""The shipped doors cell put back after much has happened."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from twin.codec import state_sha256
from twin.engine import PhysicsEngine, open_engine
from twin.state import Event

pytestmark = pytest.mark.slow


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
