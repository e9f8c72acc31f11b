"""A car and its pack as bodies: their masses, and the fasteners between them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from bodies import DT_S, G_MPS2, run
from cells import SHIPPED

from twin.errors import PhysicsError
from twin.layout.plan import Layout, build_layout
from twin.physics.car import Car, build_car, design_car
from twin.physics.world import Link, World
from twin.scenario import Scenario, load_scenario
from twin.transforms import transform, wxyz_about

PRODUCT = "hatchback_ev"
PACK_KG = 326.0


@pytest.fixture(scope="module")
def plan() -> tuple[Scenario, Layout]:
    scenario = load_scenario(SHIPPED)
    return scenario, build_layout(scenario, SHIPPED.parent)


@pytest.fixture
def hung(plan: tuple[Scenario, Layout]) -> Iterator[tuple[World, Car]]:
    """A car that nothing can move, its pack hung on it by the fasteners."""
    scenario, layout = plan
    design = design_car(scenario.products[PRODUCT], layout.products[PRODUCT])
    stand = transform((0.0, 0.0, 2.0), wxyz_about((0.0, 0.0, 1.0), 0.3))
    with World(DT_S) as world:
        car = build_car(world, design, 1, 0, stand, np.eye(4))
        post = world.add("post", [Link("post", 0.0)], stand, fixed=True)
        # Held from above by more than the car weighs, as the lift holds it.
        world.weld(post, car.body_here(), (0, 0, 0), (0, 0, 0), 1e6)
        world.call("setGravity", 0.0, 0.0, -G_MPS2)
        yield world, car


def test_body_pack_and_fasteners_weigh_what_the_scenario_says(
    hung: tuple[World, Car],
) -> None:
    _, car = hung
    assert car.pack_here().mass_kg() == pytest.approx(PACK_KG, abs=1e-3)
    assert car.body_here().mass_kg() == pytest.approx(1502.0 - PACK_KG, abs=1e-3)
    assert len(car.design.fasteners) == 16 == len(car.welds)


def test_sixteen_fasteners_hold_the_pack_still(hung: tuple[World, Car]) -> None:
    world, car = hung
    run(world, 0.5)
    before, _ = car.pack_here().pose()
    run(world, 10.0)
    after, _ = car.pack_here().pose()
    hangs_m = after - car.body_here().pose()[0]
    assert after == pytest.approx(before, abs=1e-4)
    assert float(hangs_m[2]) == pytest.approx(0.15, abs=1e-4)


def test_the_fasteners_carry_the_pack_among_them(hung: tuple[World, Car]) -> None:
    world, car = hung
    run(world, 2.0)
    forces = [
        np.array(world.call("getConstraintState", weld)[:3])
        for weld in car.welds.values()
    ]
    carried_n = abs(float(np.sum(forces, axis=0)[2]))
    assert carried_n == pytest.approx(PACK_KG * G_MPS2, rel=1e-3)


def test_with_the_last_fastener_out_the_pack_falls(hung: tuple[World, Car]) -> None:
    world, car = hung
    body_kg = car.body_here().mass_kg()
    for fastener in car.design.fasteners[:-1]:
        car.take_out(fastener)
        run(world, 0.1)
    last = car.design.fasteners[-1]
    assert list(car.welds) == [last.name]
    run(world, 1.0)
    force = world.call("getConstraintState", car.welds[last.name])[:3]
    assert abs(force[2]) == pytest.approx(PACK_KG * G_MPS2, rel=5e-3)
    start = float(car.pack_here().pose()[0][2])
    assert float(car.pack_here().velocity_mps()[2]) == pytest.approx(0.0, abs=1e-3)
    car.take_out(last)
    ticks = 60
    run(world, ticks * DT_S)
    fallen_m = start - float(car.pack_here().pose()[0][2])
    law_m = G_MPS2 * DT_S**2 * ticks * (ticks + 1) / 2
    assert fallen_m == pytest.approx(law_m, abs=1e-3)
    assert car.fasteners_in == 0
    assert car.removed == [fastener.name for fastener in car.design.fasteners]
    # What the tool holds, the car has lost.
    taken_kg = sum(fastener.mass_kg for fastener in car.design.fasteners)
    assert car.body_here().mass_kg() == pytest.approx(body_kg - taken_kg, abs=1e-9)


def test_a_fastener_tears_where_its_strength_ends(
    hung: tuple[World, Car],
) -> None:
    """A weld pulls with no more than it can: what is heavier comes off."""
    world, car = hung
    for fastener in car.design.fasteners[:-1]:
        car.take_out(fastener)
    (weld,) = car.welds.values()
    weight_n = PACK_KG * G_MPS2
    world.call("changeConstraint", weld, maxForce=0.5 * weight_n)
    start = float(car.pack_here().pose()[0][2])
    run(world, 0.5)
    assert start - float(car.pack_here().pose()[0][2]) > 0.1


def test_what_has_left_the_cell_is_not_asked_for(hung: tuple[World, Car]) -> None:
    _, car = hung
    car.body = None
    car.parts.clear()
    with pytest.raises(PhysicsError, match="car 1: has left the cell"):
        car.body_here()
    with pytest.raises(PhysicsError, match="car 1: its pack has left the cell"):
        car.pack_here()
