"""What the inspector says: numbers with units, poses through carriers."""

from __future__ import annotations

import math
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_plant import Plant, hidden

from twin.state import Provenance, Quality
from twin.transforms import transform, wxyz_from_rpy
from viewer.facts import Fact, entity_pose, facts, kind_words, property_fact
from viewer.facts import _roll_pitch_yaw_rad as roll_pitch_yaw_rad


def index_of(plant: Plant, entity_id: str) -> int:
    return [entity.id for entity in plant[0].entities].index(entity_id)


@pytest.mark.parametrize(
    ("name", "value", "language", "expected"),
    [
        ("mass_kg", 1502.0, "fr", Fact("Masse", "1\u202f502,0 kg")),
        ("belt_speed_mps", 0.3, "en", Fact("Belt speed", "0.30 m/s")),
        ("tilt_rad", math.pi / 2, "en", Fact("Tilt", "90.0 °")),
        ("cars", 3.0, "en", Fact("Cars", "3")),
        ("share", 0.25, "fr", Fact("Share", "0,250")),
        ("source", "KUKA", "en", Fact("Source", "KUKA")),
    ],
)
def test_properties_show_their_unit(
    name: str, value: str | float, language: str, expected: Fact
) -> None:
    assert property_fact(name, value, language) == expected  # type: ignore[arg-type]


def test_facts_of_a_machine(plant: Plant) -> None:
    scene, _, frame = plant
    said = facts(scene, frame, index_of(plant, "cell/strands"), "en")
    assert Fact("Kind", "conveyor") in said
    assert Fact("State", "Suspended (starved)") in said
    measured = facts(scene, frame, index_of(plant, "cell"), "fr")
    assert Fact("Charge", "3\u202f198,0 N") in measured


def test_stale_state_tells_its_age(plant: Plant) -> None:
    scene, _, frame = plant
    stale = replace(
        frame,
        machine_provenance=Provenance(
            np.array([0, Quality.STALE, 0, 0], np.uint8), np.full(4, 78.0)
        ),
    )
    said = facts(scene, stale, index_of(plant, "cell/strands"), "en")
    assert Fact("Quality", "stale, 12.0 s old") in said


def test_poses_go_through_carriers_and_what_is_gone_has_none(plant: Plant) -> None:
    scene, _, frame = plant
    wheel = index_of(plant, "car/wheel_0")
    pose = entity_pose(scene, frame, wheel)
    assert pose is not None
    assert pose[:3, 3] == pytest.approx((1.294, 0.755, 1.65 + 0.31))
    assert entity_pose(scene, hidden(frame, 1), wheel) is None
    assert Fact("not in the plant", "–") in facts(scene, hidden(frame, 1), wheel, "en")


@given(st.floats(-3.1, 3.1), st.floats(-1.5, 1.5), st.floats(-3.1, 3.1))
def test_angles_are_those_the_pose_was_made_of(
    roll: float, pitch: float, yaw: float
) -> None:
    matrix = transform((0, 0, 0), wxyz_from_rpy(roll, pitch, yaw))
    assert roll_pitch_yaw_rad(matrix) == pytest.approx((roll, pitch, yaw), abs=1e-6)


def test_before_the_first_state_only_what_stands_is_said(plant: Plant) -> None:
    said = facts(plant[0], None, index_of(plant, "pack"), "en")
    assert said == [
        Fact("Kind", "battery pack"),
        Fact("Path", "pack"),
        Fact("Properties"),
        Fact("Mass", "326.0 kg"),
    ]


def test_kinds_the_catalogue_lacks_are_shown_as_they_are() -> None:
    assert kind_words("paint_booth", "fr") == "paint booth"


def test_a_value_shows_the_grade_of_its_source_and_tells_it(plant: Plant) -> None:
    scene, _, frame = plant
    index = index_of(plant, "cell/robot")
    properties: dict[str, str | float] = {
        "asset": "kr210",
        "joints[0].torque_Nm": 10_000.0,
        "joints[0].torque_Nm.source": "C: assumed: carries the arm",
        "vias[0][1]_rad": 0.5,
    }
    entities = list(scene.entities)
    entities[index] = msgspec.structs.replace(entities[index], properties=properties)
    changed = msgspec.structs.replace(scene, entities=tuple(entities))
    said = facts(changed, frame, index, "fr")
    at = said.index(Fact("Propriétés"))
    assert said[at + 1 :] == [
        Fact("Modèle 3D", "kr210"),
        Fact(
            "Axe 1 · couple",
            "10\u202f000,0 N·m  C",
            "C: assumed: carries the arm",
        ),
    ]
