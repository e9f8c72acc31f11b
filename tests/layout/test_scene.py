"""The shipped cell's Scene: its title, its notes, and where things flow in and out."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from twin.engine import open_scenario
from twin.layout.plan import build_layout
from twin.layout.scene import build_scene
from twin.state import Entity, Label, Port, Scene
from twin.transforms import Matrix, transform


@pytest.fixture(scope="module")
def scene(root_folder: Path) -> Scene:
    scenario, folder = open_scenario(root_folder / "scenarios" / "battery_cell.yaml")
    return build_scene(scenario, build_layout(scenario, folder), n_car_slots=1)[0]


def entity(scene: Scene, name: str) -> Entity:
    return next(each for each in scene.entities if each.id == name)


def world_from_port(owner: Entity, port: Port) -> Matrix:
    world_from_owner = transform(owner.pose[:3], owner.pose[3:])
    return world_from_owner @ transform(port.pose[:3], port.pose[3:])


def port_of(scene: Scene, owner: str, name: str) -> tuple[Port, Matrix]:
    holder = entity(scene, owner)
    port = next(each for each in holder.ports if each.name == name)
    return port, world_from_port(holder, port)


def test_the_scene_says_what_the_scenario_is_called(scene: Scene) -> None:
    assert scene.name == "battery_cell"
    assert scene.title_words("en") == "Battery removal cell"
    assert scene.title_words("fr") == "Cellule de dépose de batterie"
    assert [bool(note.en and note.fr) for note in scene.notes] == [True]


def test_a_scene_without_a_title_shows_its_name(scene: Scene) -> None:
    untitled = msgspec.structs.replace(scene, title=Label("", ""))
    assert untitled.title_words("en") == untitled.title_words("fr") == scene.name


@pytest.mark.parametrize(
    ("owner", "name", "kind", "direction", "place_m", "out_of_it"),
    [
        ("strands", "car_in", "car", "in", (-7.0, 0.0, 0.6), (-1, 0, 0)),
        ("strands", "car_out", "car", "out", (7.0, 0.0, 0.6), (1, 0, 0)),
        ("pack_belt", "pack_in", "pack", "in", (0.0, 0.0, 0.16), (0, -1, 0)),
        ("pack_belt", "pack_out", "pack", "out", (0.0, 5.5, 0.16), (0, 1, 0)),
        ("rack", "pack_in", "pack", "in", (0.0, 4.6, 0.16), (0, -1, 0)),
    ],
)
def test_ports_lie_where_things_flow(
    scene: Scene,
    owner: str,
    name: str,
    kind: str,
    direction: str,
    place_m: tuple[float, float, float],
    out_of_it: tuple[float, float, float],
) -> None:
    port, world_from_here = port_of(scene, owner, name)
    assert (port.kind, port.direction) == (kind, direction)
    np.testing.assert_allclose(world_from_here[:3, 3], place_m, atol=1e-6)
    np.testing.assert_allclose(world_from_here[:3, 0], out_of_it, atol=1e-6)
