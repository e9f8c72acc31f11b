"""A run of flow as a viewer sees it: its frames tell the state and change nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from twin.codec import state_sha256
from twin.engine import open_engine
from twin.flow.digest import state_sha256 as flow_sha256
from twin.flow.pictures import FlowEngine
from twin.flow.run import open_run
from twin.scenario import load_scenario

HALL = Path("scenarios/elv_hall.yaml")
MORNING_TICKS = 4 * 3600 * 10


@pytest.fixture(scope="module")
def hall() -> FlowEngine:
    engine = open_engine(HALL)
    assert isinstance(engine, FlowEngine)
    return engine


def test_watching_changes_nothing(hall: FlowEngine) -> None:
    hall.reset()
    hall.advance_framed(MORNING_TICKS // 4)
    hall.advance(MORNING_TICKS - hall.tick)
    bare = open_run(load_scenario(HALL), HALL.parent, hall.duration_s)
    bare.advance(MORNING_TICKS * hall.dt_s)
    assert hall.flow_sha256() == flow_sha256(bare.state)


def test_the_same_time_shows_the_same_after_going_back(hall: FlowEngine) -> None:
    hall.reset()
    hall.advance(MORNING_TICKS)
    first = state_sha256(hall.scene, hall.frame())
    hall.advance(3000)
    assert state_sha256(hall.scene, hall.frame()) != first
    hall.reset()
    for _ in range(8):
        hall.advance(MORNING_TICKS // 8)
    assert state_sha256(hall.scene, hall.frame()) == first


def test_each_part_inside_the_hall_is_seen_once(hall: FlowEngine) -> None:
    hall.reset()
    hall.advance(MORNING_TICKS)
    frame = hall.frame()
    movers = hall.scene.movers
    shown = [name for name, seen in zip(movers, frame.visible, strict=True) if seen]
    n_yard = sum(name.startswith("yard/car_") for name in shown)
    run = open_run(load_scenario(HALL), HALL.parent, hall.duration_s)
    run.advance(MORNING_TICKS * hall.dt_s)
    yard = run.plant.names.nodes.index("yard")
    assert n_yard == int(run.state.tables["nodes"]["inside"][yard]) > 0


def test_stations_show_a_shift_that_has_not_begun(hall: FlowEngine) -> None:
    hall.reset()
    night = hall.frame()
    hall.advance(MORNING_TICKS)
    assert len(set(night.machine_reason.tolist())) < len(
        set(hall.frame().machine_reason.tolist())
    )


@pytest.mark.parametrize("name", ["mm1", "agvs", "operators", "ten_stations"])
def test_a_plant_without_places_opens_as_a_row(name: str) -> None:
    engine = open_engine(f"scenarios/textbook/{name}.yaml")
    assert isinstance(engine, FlowEngine)
    engine.advance(600)
    assert engine.frame().sim_time_s == engine.tick * engine.dt_s
    places = {e.id: e.pose[:2] for e in engine.scene.entities if e.kind == "station"}
    assert len(set(places.values())) == len(places) > 0


def test_slots_stand_apart(hall: FlowEngine) -> None:
    yard = [n for n in hall.scene.movers if n.startswith("yard/car_")]
    places = {entity.id: entity.pose[:2] for entity in hall.scene.entities}
    at_m = np.array([places[slot] for slot in yard])
    assert len(yard) == 700
    assert len(np.unique(at_m.round(3), axis=0)) == 700
