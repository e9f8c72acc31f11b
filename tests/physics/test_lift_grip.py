"""Pads hold a car where it was set down, while somebody works on it."""

from __future__ import annotations

import numpy as np
import pytest
from bodies import DT_S, run
from cells import SHIPPED

from twin.layout.plan import Layout, build_layout
from twin.physics.car import Car, build_car, design_car
from twin.physics.lift import LiftDrive
from twin.physics.motor import Motor
from twin.physics.world import World
from twin.scenario import Scenario, load_scenario
from twin.scenario.equipment import Lift
from twin.transforms import transform

PRODUCT = "hatchback_ev"
# As a nutrunner leaves it: pushed up, and twisted by the reaction.
PUSH_N, TWIST_NM = 300.0, 60.0
# More than any of the lift's joints has to bear, N or N m.
HOLDS = 1e5
CORNERS_M = tuple((x, y, 0.0) for x in (-0.7, 0.7) for y in (-0.45, 0.45))


@pytest.fixture(scope="module")
def plan() -> tuple[Scenario, Layout]:
    scenario = load_scenario(SHIPPED)
    return scenario, build_layout(scenario, SHIPPED.parent)


def work(world: World, car: Car) -> None:
    """Push and twist at a corner for a second, then let go for one, four times."""
    pack = car.pack_here()
    for corner_m in CORNERS_M:
        for tick in range(round(2.0 / DT_S)):
            if tick * DT_S < 1.0:
                at_m = (pack.pose()[0] + np.array(corner_m)).tolist()
                frame = world.bullet.WORLD_FRAME
                pushed = [0.0, 0.0, PUSH_N]
                world.call("applyExternalForce", pack.body_id, -1, pushed, at_m, frame)
                twisted = [0.0, 0.0, TWIST_NM]
                world.call("applyExternalTorque", pack.body_id, -1, twisted, frame)
            world.step()


def moved_m(plan: tuple[Scenario, Layout], *, grips: bool) -> float:
    """Return how far a car on the lift goes, whose pads grip or not."""
    scenario, layout = plan
    lift = scenario.equipment["lift"]
    assert isinstance(lift, Lift)
    design = design_car(scenario.products[PRODUCT], layout.products[PRODUCT])
    with World(DT_S) as world:
        drive = LiftDrive(world, lift, layout.placed["lift"])
        drive.put_up()
        up = Motor(drive.body, drive.links, [HOLDS] * len(drive.links))
        up.hold(drive.joint_positions())
        if not grips:
            for index in drive.body.link_index.values():
                world.call(
                    "changeDynamics", drive.body.body_id, index, frictionAnchor=0
                )
        up_m = 0.6 + float(lift.height) - 0.014
        stand = transform((-0.015, -0.006, up_m))
        car = build_car(world, design, 1, 0, stand, np.eye(4))
        run(world, 1.0)
        start_m = car.body_here().pose()[0]
        work(world, car)
        return float(np.linalg.norm(car.body_here().pose()[0] - start_m))


def test_a_car_keeps_its_place_on_pads_that_grip(
    plan: tuple[Scenario, Layout],
) -> None:
    assert moved_m(plan, grips=True) < 1e-5


def test_it_would_wander_on_pads_that_do_not(plan: tuple[Scenario, Layout]) -> None:
    assert moved_m(plan, grips=False) > 5e-3
