"""Conveyors as a scenario says them: built, drawn, and at their places."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from bodies import DT_S, put_box, run
from ruamel.yaml import YAML

from twin.layout.plan import build_layout
from twin.layout.scene import build_scene
from twin.physics.conveyors.build import (
    BuiltConveyor,
    BuiltOnConveyor,
    build_conveyor,
    build_on_conveyor,
)
from twin.physics.world import World
from twin.scenario import Scenario, read_scenario
from twin.scenario.equipment import OnConveyor, ParametricConveyor
from twin.transforms import Matrix, transform

TEXT = """\
name: x
title: {en: a, fr: b}
start: 2026-01-05T06:00:00
equipment:
  belt: {kind: belt_conveyor, <<: &moves {height: 0.8 m, speed: 0.3 m/s,
    acceleration: 0.5 m/s^2, friction: 0.5}, length: 4 m, width: 0.6 m,
    angle: 5 deg, deceleration: 1 m/s^2, place: {x: 1 m, y: 2 m, yaw: 90 deg}}
  rollers: {kind: roller_conveyor, <<: *moves, length: 4 m, width: 0.6 m,
    pitch: 0.1 m, place: {x: 10 m, y: 0 m}}
  strands: {kind: strand_conveyor, <<: *moves, length: 4 m, gauge: 0.4 m,
    strand_width: 60 mm, place: {x: 20 m, y: 0 m}}
  curve: {kind: curve_conveyor, <<: *moves, radius: 1 m, angle: -90 deg, width: 0.6 m,
    place: {x: 30 m, y: 0 m}}
  zones: {kind: accumulation_conveyor, <<: *moves, zones: 4, zone_length: 0.7 m,
    width: 0.6 m, place: {x: 40 m, y: 0 m}}
  transfer: {kind: transfer, <<: *moves, length: 1 m, width: 0.8 m, side: left,
    stop_at: 0.7 m, gauge: 0.3 m, strand_width: 60 mm, strands_at: 0.5 m,
    rise: 20 mm, rise_time: 0.4 s, place: {x: 50 m, y: 0 m}}
  turntable: {kind: turntable, <<: *moves, length: 1 m, width: 0.6 m, stop_at: 0.7 m,
    angle: 90 deg, turn_speed: 45 deg/s, turn_acceleration: 45 deg/s^2,
    place: {x: 60 m, y: 0 m}}
  lift: {kind: vertical_lift, <<: *moves, length: 1 m, width: 0.6 m, stop_at: 0.7 m,
    rise: 0.5 m, lift_speed: 0.3 m/s, lift_acceleration: 0.5 m/s^2,
    place: {x: 70 m, y: 0 m}}
  stop: {kind: stop_blade, on: belt, at: 3.5 m, height: 60 mm, time: 0.3 s}
  escapement: {kind: escapement, on: curve, at: 1 m, rear: 0.3 m, height: 60 mm,
    time: 0.3 s}
  eye: {kind: photo_eye, on: zones, at: 2 m}
"""


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return read_scenario(TEXT)


def built(
    world: World, scenario: Scenario
) -> tuple[dict[str, BuiltConveyor], dict[str, BuiltOnConveyor]]:
    """Build everything of a scenario."""
    conveyors: dict[str, BuiltConveyor] = {}
    on_them: dict[str, BuiltOnConveyor] = {}
    for name, equipment in scenario.equipment.items():
        if isinstance(equipment, ParametricConveyor):
            pose = equipment.place.world_from_local()
            conveyors[name] = build_conveyor(world, name, equipment, pose)
    for name, equipment in scenario.equipment.items():
        if isinstance(equipment, OnConveyor):
            carrier = conveyors[equipment.on]
            on_them[name] = build_on_conveyor(world, name, equipment, carrier)
    return conveyors, on_them


def test_every_kind_is_built_and_carries_at_its_speed(scenario: Scenario) -> None:
    with World(DT_S) as world:
        conveyors, on_them = built(world, scenario)
        assert list(conveyors) == [
            *("belt", "rollers", "strands", "curve", "zones"),
            *("transfer", "turntable", "lift"),
        ]
        assert set(on_them) == {"stop", "escapement", "eye"}
        parts = {}
        for name, conveyor in conveyors.items():
            equipment = scenario.equipment[name]
            assert isinstance(equipment, ParametricConveyor)
            assert conveyor.length_m == pytest.approx(equipment.way_m())
            conveyor.run()
            parts[name] = put_box(world, 5.0, (0.3, 0.5, 0.2), (0.0, 0.0, 20.0))
            parts[name].set_pose(conveyor.world_from_way(0.2) @ up(0.1))
        run(world, 0.9, *conveyors.values())
        for name, part in parts.items():
            speed_mps = float(np.linalg.norm(part.velocity_mps()))
            assert speed_mps == pytest.approx(0.3, abs=6e-3), name
        # The belt lies along the world's +y, and climbs.
        assert parts["belt"].pose()[0][0] == pytest.approx(1.0, abs=1e-3)
        assert parts["belt"].velocity_mps()[2] == pytest.approx(0.3 * 0.0872, rel=0.02)


def up(height_m: float) -> Matrix:
    return transform((0.0, 0.0, height_m))


def test_what_stands_on_a_conveyor_stands_where_it_is_drawn(
    scenario: Scenario,
) -> None:
    layout = build_layout(scenario, Path())
    with World(DT_S) as world:
        conveyors, _ = built(world, scenario)
        for name, equipment in scenario.equipment.items():
            if isinstance(equipment, OnConveyor):
                stands = conveyors[equipment.on].world_from_way(float(equipment.at))
                assert layout.placed[name].world_from_asset == pytest.approx(
                    stands, abs=1e-9
                )


def test_conveyors_without_a_mesh_are_drawn_as_wide_and_high_as_they_are(
    scenario: Scenario,
) -> None:
    scene, meshes = build_scene(scenario, build_layout(scenario, Path()))
    drawn = {
        each.id: meshes[each.mesh].positions_m for each in scene.entities if each.mesh
    }
    assert set(drawn) == set(scenario.equipment)
    rollers = drawn["rollers"]
    assert rollers[:, 2].max() == pytest.approx(0.8, abs=1e-6)
    assert rollers[:, 2].min() == pytest.approx(0.0, abs=1e-6)
    assert np.ptp(rollers[:, 0]) == pytest.approx(4.0, abs=1e-6)
    assert np.ptp(rollers[:, 1]) == pytest.approx(0.68, abs=1e-6)
    # To the right of its entry, a quarter turn.
    assert drawn["curve"][:, 1].min() < -0.95
    assert drawn["curve"][:, 0].max() == pytest.approx(1.3, abs=0.06)
    for name, mesh in drawn.items():
        assert len(mesh) < 20_000, name


def test_the_text_is_plain_yaml() -> None:
    assert len(YAML(typ="safe", pure=True).load(TEXT)["equipment"]) == 11
