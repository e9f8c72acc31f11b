"""Each shape slides, holds and carries with the friction of its own link."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from bodies import DT_S, G_MPS2, put_belt, run

from twin.physics.world import Link, Shape, World
from twin.transforms import transform

SPEED_MPS = 1.5
HEIGHT_M = 0.25
APART_M = 0.25
PLATE = Shape("box", (0.6, 0.6, 0.1))
FEET = tuple(
    Shape("box", (0.1, 0.1, 0.2), (x, y, 0.1 - HEIGHT_M))
    for x in (-APART_M, APART_M)
    for y in (-0.25, 0.25)
)
AT_REST = transform((0.0, 0.0, HEIGHT_M))


@pytest.fixture
def world() -> Iterator[World]:
    """An empty world at 240 Hz."""
    with World(DT_S) as made:
        yield made


def pair(
    name: str, x_m: float, friction: float, *, up_m: float = 0.0, grips: bool = False
) -> Link:
    """Two balls across the way, below a plate; they touch unless they are up."""
    balls = tuple(
        Shape("sphere", (0.05, 0.0, 0.0), (0.0, y, 0.05 - HEIGHT_M + up_m))
        for y in (-0.25, 0.25)
    )
    return Link(
        name,
        1.0,
        balls,
        parent_from_link=transform((x_m, 0.0, 0.0)),
        friction=friction,
        grips=grips,
    )


def slide_m(world: World, links: Sequence[Link], floor: float = 1.0) -> float:
    """Return how far a body runs on when it is pushed."""
    world.add_floor(friction=floor)
    body = world.add("slider", links, AT_REST)
    run(world, 0.5)
    start_m = float(body.pose()[0][0])
    body.set_velocity((SPEED_MPS, 0.0, 0.0))
    run(world, 2.5)
    assert np.abs(body.velocity_mps()).max() < 1e-3
    return float(body.pose()[0][0]) - start_m


def law_m(mu: float) -> float:
    """Return the way that friction stops in.

    Speed is lost first and way made after it: short by half a step's way.
    """
    return SPEED_MPS**2 / (2 * mu * G_MPS2) - SPEED_MPS * DT_S / 2


@pytest.mark.parametrize("mu", [0.25, 0.8])
def test_a_body_slides_on_its_further_shapes_as_on_its_first(
    world: World, mu: float
) -> None:
    body = Link("plate", 40.0, (PLATE, *FEET), friction=mu)
    assert slide_m(world, [body]) == pytest.approx(law_m(mu), rel=0.015)


@pytest.mark.parametrize(("plate", "mu"), [(0.9, 0.3), (0.2, 0.6)])
def test_a_body_slides_with_the_friction_of_the_link_that_touches(
    world: World, plate: float, mu: float
) -> None:
    """Neither its base's nor that of a link that hangs in the air."""
    links = [
        Link("plate", 40.0, (PLATE,), friction=plate),
        pair("front", APART_M, mu),
        pair("rear", -APART_M, mu),
        pair("spare", 0.0, 1.0, up_m=0.03),
    ]
    assert slide_m(world, links) == pytest.approx(law_m(mu), rel=0.015)


def test_a_base_keeps_its_friction_beside_links_with_others(world: World) -> None:
    base = Link("plate", 40.0, (PLATE, *FEET), friction=0.4)
    links = [base, pair("spare", 0.0, 0.1, up_m=0.03)]
    assert slide_m(world, links) == pytest.approx(law_m(0.4), rel=0.015)


@pytest.mark.parametrize(("front", "rear"), [(0.6, 0.2), (0.2, 0.6)])
def test_two_links_brake_each_by_what_it_carries(
    world: World, front: float, rear: float
) -> None:
    """Braking loads the front, so the order of the two tells them apart.

    Moments about the centre of mass, h above the ground and l behind the front
    feet: N_front - N_rear = F h/l, and F = mu_front N_front + mu_rear N_rear.
    """
    links = [
        Link("plate", 400.0, (PLATE,)),
        pair("front", APART_M, front),
        pair("rear", -APART_M, rear),
    ]
    mean, half = (front + rear) / 2, (front - rear) / 2
    mu = mean / (1.0 - half * HEIGHT_M / APART_M)
    assert slide_m(world, links) == pytest.approx(law_m(mu), rel=0.02)


def test_further_shapes_have_the_product_of_a_pair(world: World) -> None:
    body = Link("plate", 40.0, (PLATE, *FEET), friction=0.6)
    way_m = slide_m(world, [body], floor=0.5)
    assert way_m == pytest.approx(law_m(0.3), rel=0.015)


@pytest.mark.parametrize("mu", [0.2, 0.38])
def test_a_belt_spins_up_a_body_of_several_shapes_in_v_over_mu_g(
    world: World, mu: float
) -> None:
    speed_mps = 0.5
    belt, _ = put_belt(world, speed_mps=speed_mps, friction=mu)
    load = world.add("load", [Link("plate", 40.0, (PLATE, *FEET))], AT_REST)
    run(world, 0.5, belt)
    belt.run()
    ticks = 0
    while float(load.velocity_mps()[0]) < 0.95 * speed_mps:
        run(world, DT_S, belt)
        ticks += 1
        assert ticks < 1000
    law_s = 0.95 * speed_mps / (mu * G_MPS2)
    assert ticks * DT_S == pytest.approx(law_s, abs=2 * DT_S)


@pytest.mark.parametrize("gripping", ["plate", "spare", "front"])
def test_only_what_touches_can_grip(world: World, gripping: str) -> None:
    """A belt carries a body that grips with what is in the air, and no other."""
    links = [
        Link("plate", 40.0, (PLATE,), grips=gripping == "plate"),
        pair("front", APART_M, 1.0, grips=gripping == "front"),
        pair("rear", -APART_M, 1.0, grips=gripping == "front"),
        pair("spare", 0.0, 1.0, up_m=0.03, grips=gripping == "spare"),
    ]
    load = world.add("load", links, AT_REST)
    belt, _ = put_belt(world, speed_mps=0.3)
    belt.run()
    run(world, 3.0, belt)
    carried_mps = float(load.velocity_mps()[0])
    if gripping == "front":
        assert carried_mps < 0.9 * 0.3
    else:
        assert carried_mps == pytest.approx(0.3, abs=1e-3)
