"""A car in another state or paint: what is gone, what is coloured, what is dented."""

from __future__ import annotations

import numpy as np
import pytest

from twin.errors import LayoutError
from twin.layout.assets import load_asset
from twin.layout.looks import dressed, looks_of
from twin.layout.nodes import Asset

CARS = ("estate", "hatchback", "hatchback_ev", "van")
STATES = {"dirty", "damaged", "depolluted", "stripped", "pressed"}
PAINTS = {"white", "silver", "blue", "red", "ochre", "green"}


@pytest.fixture(scope="module")
def cars() -> dict[str, Asset]:
    return {name: load_asset(name) for name in CARS}


@pytest.mark.parametrize("name", CARS)
def test_every_car_has_every_state_and_paint(name: str, cars: dict[str, Asset]) -> None:
    looks = looks_of(cars[name])
    assert looks is not None
    assert set(looks.states) == STATES
    assert set(looks.paints) == PAINTS
    assert looks.paint_srgb in looks.paints.values()
    names = {node.name for node in cars[name].nodes}
    for state, look in looks.states.items():
        assert set(look.hidden) <= names, state


@pytest.mark.parametrize("name", CARS)
def test_what_is_hidden_is_gone_with_all_that_hangs_on_it(
    name: str, cars: dict[str, Asset]
) -> None:
    stripped = dressed(cars[name], "stripped")
    left = {node.name for node in stripped.nodes}
    assert not {"door_fl", "bonnet", "wheel_rr", "battery_12v"} & left
    assert all(node.parent == "" or node.parent in left for node in stripped.nodes)
    depolluted = dressed(cars[name], "depolluted")
    assert not [node.name for node in depolluted.nodes if node.pyrotechnic]
    mass_kg = [
        sum(node.mass_kg for node in asset.nodes)
        for asset in (stripped, depolluted, cars[name])
    ]
    assert mass_kg == sorted(mass_kg)
    assert mass_kg[0] < 0.7 * mass_kg[2]


@pytest.mark.parametrize("name", CARS)
def test_another_paint_is_on_what_was_painted_and_on_nothing_else(
    name: str, cars: dict[str, Asset]
) -> None:
    looks = looks_of(cars[name])
    assert looks is not None
    paint = next(p for p, srgb in looks.paints.items() if srgb != looks.paint_srgb)
    own, new = (
        np.array([int(srgb[i : i + 2], 16) for i in (1, 3, 5)])
        for srgb in (looks.paint_srgb, looks.paints[paint])
    )
    n_painted = 0
    repainted = dressed(cars[name], "", paint)
    for before, after in zip(cars[name].nodes, repainted.nodes, strict=True):
        if before.mesh is None or after.mesh is None:
            continue
        was = before.mesh.colours[:, :3].astype(int)
        on = (np.abs(was - own) <= 1).all(axis=1)
        n_painted += int(on.sum())
        assert (after.mesh.colours[on, :3] == new).all()
        np.testing.assert_array_equal(after.mesh.colours[~on], before.mesh.colours[~on])
    assert n_painted > 1000


@pytest.mark.parametrize("name", CARS)
def test_a_dent_goes_in_and_nothing_else_moves(
    name: str, cars: dict[str, Asset]
) -> None:
    damaged = dressed(cars[name], "damaged")
    before = {node.name: node for node in cars[name].nodes}
    moved = 0.0
    for node in damaged.nodes:
        was = before[node.name].mesh
        if node.mesh is None or was is None:
            continue
        lengths = np.linalg.norm(node.mesh.normals.astype(np.float64), axis=1)
        np.testing.assert_allclose(lengths, 1.0, atol=1e-5)
        away = np.abs(node.mesh.positions_m - was.positions_m).max()
        moved = max(moved, float(away))
    assert 0.2 < moved < 0.6
    # Twice the same, or a recording would not be what was seen.
    again = dressed(cars[name], "damaged")
    for node, other in zip(damaged.nodes, again.nodes, strict=True):
        if node.mesh is not None and other.mesh is not None:
            assert node.mesh.sha256() == other.mesh.sha256()


def test_pressed_is_a_bale_and_nothing_asked_changes_nothing(
    cars: dict[str, Asset],
) -> None:
    assert dressed(cars["van"], "pressed").name == "pressed_hulk"
    assert dressed(cars["van"]) is cars["van"]


def test_what_is_not_there_is_refused_with_what_is(cars: dict[str, Asset]) -> None:
    with pytest.raises(LayoutError, match="no state 'melted'; known: dirty"):
        dressed(cars["van"], "melted")
    with pytest.raises(LayoutError, match="no paint 'pink'; known: white"):
        dressed(cars["van"], "", "pink")
    with pytest.raises(LayoutError, match="only one way"):
        dressed(load_asset("press"), "dirty")
