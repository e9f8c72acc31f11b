"""Inclined belts: what sticks, what slides, and how fast."""

from __future__ import annotations

import math

import numpy as np
import pytest
from bodies import DT_S, G_MPS2, put_box, run

from twin.physics.conveyors.drive import Drive
from twin.physics.conveyors.straight import BeltConveyor
from twin.physics.world import Body, World
from twin.transforms import transform

# A milliradian and a half: 0.09 deg on either side of the critical angle.
_NEAR_RAD = 0.0015
# What Bullet's friction, which acts on speed, lets a load that sticks creep.
_CREEP_MPS = 2e-3


def load_on(
    world: World, mu: float, angle_rad: float, *, speed_mps: float = 0.3
) -> tuple[BeltConveyor, Body]:
    """Put an inclined belt with a box in its middle into a world, the box at rest."""
    drive = Drive(DT_S, speed_mps, 0.5)
    belt = BeltConveyor(world, "belt", np.eye(4), 40.0, 1.0, drive, mu, angle_rad)
    load = put_box(world, 10.0, (0.4, 0.4, 0.2), (0.0, 0.0, 9.0))
    load.set_pose(belt.world_from_track @ transform((20.0, 0.0, 0.1)))
    run(world, 0.25, belt)
    return belt, load


def along(belt: BeltConveyor, load: Body) -> tuple[float, float]:
    """Return place and speed along the belt, m and m/s."""
    position, _ = load.plain_pose()
    travel = belt.world_from_track[:3, 0]
    return belt.spot(position).along_m, float(load.velocity_mps() @ travel)


@pytest.mark.parametrize("mu", [0.3, 0.5, 0.7])
def test_a_load_sticks_just_below_the_critical_angle(mu: float) -> None:
    with World(DT_S) as world:
        belt, load = load_on(world, mu, math.atan(mu) - _NEAR_RAD)
        before_m, _ = along(belt, load)
        run(world, 3.0, belt)
        after_m, speed_mps = along(belt, load)
        assert abs(speed_mps) < _CREEP_MPS
        assert abs(after_m - before_m) < 3.0 * _CREEP_MPS


@pytest.mark.parametrize("above_rad", [_NEAR_RAD, 0.01, 0.1])
@pytest.mark.parametrize("mu", [0.3, 0.5, 0.7])
def test_a_load_slides_just_above_it_with_what_is_left_of_g(
    mu: float, above_rad: float
) -> None:
    angle_rad = math.atan(mu) + above_rad
    with World(DT_S) as world:
        belt, load = load_on(world, mu, angle_rad)
        _, before_mps = along(belt, load)
        run(world, 2.0, belt)
        _, after_mps = along(belt, load)
        law_mps2 = G_MPS2 * (math.sin(angle_rad) - mu * math.cos(angle_rad))
        assert (before_mps - after_mps) / 2.0 == pytest.approx(law_mps2, rel=0.01)


def test_an_inclined_belt_carries_up_at_its_speed() -> None:
    with World(DT_S) as world:
        belt, load = load_on(world, 0.5, math.radians(15.0))
        belt.run()
        run(world, 2.0, belt)
        _, speed_mps = along(belt, load)
        height_m = float(load.pose()[0][2])
        run(world, 4.0, belt)
        assert speed_mps == pytest.approx(0.3, abs=1e-3)
        climbed_m = float(load.pose()[0][2]) - height_m
        assert climbed_m == pytest.approx(
            4.0 * 0.3 * math.sin(math.radians(15.0)), rel=5e-3
        )


def test_a_belt_too_steep_runs_away_below_its_load() -> None:
    with World(DT_S) as world:
        belt, load = load_on(world, 0.3, math.atan(0.3) + 0.05)
        belt.run()
        run(world, 3.0, belt)
        _, speed_mps = along(belt, load)
        assert speed_mps < -0.5
