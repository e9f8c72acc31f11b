"""Two engines, one cell: a box on a belt in Bullet and in MuJoCo.

Tolerances, where each engine alone is nearer to the law: final speed 0.1 mm/s, time to
95 % of it two ticks, ways 1 % and 1 mm, acceleration on an incline 3 %
(MuJoCo's soft contacts are 2 % off there, Bullet is within 1 %: test_incline.py).
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from bodies import DT_S, G_MPS2, put_box, run
from mujoco_belt import BoxOnBelt, speeds_mps
from numpy.typing import NDArray

from twin.physics.conveyors.drive import Drive
from twin.physics.conveyors.straight import BeltConveyor
from twin.physics.world import World
from twin.transforms import transform

SECONDS = 3.0
TICKS = round(SECONDS / DT_S)


def ours_mps(cell: BoxOnBelt) -> NDArray[np.float64]:
    """Return the box's speed along the belt after each tick, in Bullet."""
    with World(DT_S) as world:
        # A ramp that is over within the first tick: MuJoCo's belt has none.
        drive = Drive(DT_S, cell.belt_mps or 1.0, 1e6)
        belt = BeltConveyor(
            world, "belt", np.eye(4), 80.0, 2.0, drive, cell.friction, cell.climb_rad
        )
        part = put_box(world, cell.mass_kg, cell.size_m, (0.0, 0.0, 0.0))
        part.set_pose(
            belt.world_from_track @ transform((40.0, 0.0, cell.size_m[2] / 2))
        )
        travel = belt.world_from_track[:3, 0]
        part.set_velocity((cell.box_mps * travel).tolist())
        if cell.belt_mps:
            belt.run()
        speeds = np.zeros(TICKS)
        for tick in range(TICKS):
            run(world, DT_S, belt)
            speeds[tick] = part.velocity_mps() @ travel
        return speeds


def both(cell: BoxOnBelt) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return ours_mps(cell), speeds_mps(cell, DT_S, TICKS)


@pytest.mark.parametrize(
    ("belt_mps", "mu"), [(0.5, 0.4), (0.3, 0.25), (1.0, 0.6), (0.25, 0.1)]
)
def test_a_belt_spins_a_box_up_in_the_same_time_to_the_same_speed(
    belt_mps: float, mu: float
) -> None:
    ours, theirs = both(BoxOnBelt(belt_mps=belt_mps, friction=mu))
    assert ours[-1] == pytest.approx(theirs[-1], abs=1e-4)
    ticks = [int(np.argmax(speeds >= 0.95 * belt_mps)) for speeds in (ours, theirs)]
    assert ticks[0] == pytest.approx(ticks[1], abs=2)
    ways_m = [float(speeds.sum()) * DT_S for speeds in (ours, theirs)]
    assert ways_m[0] == pytest.approx(ways_m[1], rel=0.01, abs=1e-3)


@pytest.mark.parametrize(("box_mps", "mu"), [(1.5, 0.3), (2.0, 0.5), (0.5, 0.2)])
def test_a_box_slips_as_far(box_mps: float, mu: float) -> None:
    ours, theirs = both(BoxOnBelt(box_mps=box_mps, friction=mu))
    ways_m = [float(speeds.sum()) * DT_S for speeds in (ours, theirs)]
    assert ways_m[0] == pytest.approx(ways_m[1], rel=0.01, abs=1e-3)
    assert ways_m[1] == pytest.approx(box_mps**2 / (2 * mu * G_MPS2), rel=0.02)


@pytest.mark.parametrize("mu", [0.3, 0.5])
def test_a_box_sticks_and_slides_on_the_same_inclines(mu: float) -> None:
    critical_rad = math.atan(mu)
    for sticks, angle_rad in (
        (True, critical_rad - 0.01),
        (False, critical_rad + 0.02),
    ):
        cell = BoxOnBelt(friction=mu, climb_rad=angle_rad)
        gains = [
            float(speeds[-1] - speeds[TICKS // 3]) / (SECONDS * 2 / 3)
            for speeds in both(cell)
        ]
        if sticks:
            assert gains == pytest.approx([0.0, 0.0], abs=2e-3)
        else:
            assert gains[0] == pytest.approx(gains[1], rel=0.03)
            assert gains[0] < -0.1
