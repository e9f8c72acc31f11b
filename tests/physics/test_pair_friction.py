"""The frictions of the shipped cell, as they act between two surfaces."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cells import open_text, shipped

from twin.physics.world import Body, World


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    engine = open_text(shipped())
    try:
        yield engine.cell.world
    finally:
        engine.close()


def bodies(world: World, start: str) -> list[Body]:
    """Return the bodies whose name begins so; there are some."""
    found = [body for body in world.bodies.values() if body.name.startswith(start)]
    assert found
    return found


def frictions(world: World, start: str, bearing: str = "") -> set[float]:
    """Return the frictions of all shapes, or of those of links named so."""
    return {
        float(world.call("getDynamicsInfo", body.body_id, index)[1])
        for body in bodies(world, start)
        for link, index in body.link_index.items()
        if bearing in link
    }


@pytest.mark.parametrize(
    ("carrier", "bearing", "load", "mu"),
    [
        ("strands/", "", "car_in_slot", 0.7),
        ("pack_belt/", "", "pack_in_slot", 0.5),
        ("lift", "arm", "car_in_slot", 0.8),
        ("table", "heads", "pack_in_slot", 0.6),
    ],
)
def test_the_product_of_a_pair_is_what_the_scenario_says(
    world: World, carrier: str, bearing: str, load: str, mu: float
) -> None:
    """Over every shape of both, since any of them may touch."""
    products = {
        one * other
        for one in frictions(world, carrier, bearing)
        for other in frictions(world, load)
    }
    assert sorted(products) == pytest.approx([mu])
