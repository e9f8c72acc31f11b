"""Why driven rollers are a plane: what cylinders that spin do to a part."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from bodies import DT_S, put_box

from twin.physics.conveyors.surface import Surface, add_slab
from twin.physics.world import Link, Shape, World
from twin.transforms import Vector, transform, wxyz_about

SPEED_MPS, RADIUS_M, PITCH_M, LENGTH_M, MU = 0.5, 0.03, 0.1, 4.0, 0.4


@dataclass
class Ride:
    """How a part rode, once up to speed."""

    speeds_mps: Vector
    heights_m: Vector


def ride(*, spinning: bool) -> Ride:
    """Carry a box for four seconds on a plane, or on cylinders that spin."""
    with World(DT_S) as world:
        if spinning:
            lying = wxyz_about((1.0, 0.0, 0.0), math.pi / 2)
            x, y, z, w = lying[1], lying[2], lying[3], lying[0]
            roller = Shape("cylinder", (RADIUS_M, 0.6, 0.0), wxyz=(w, x, y, z))
            surface = Surface(
                [
                    world.add(
                        f"roller_{number}",
                        [Link("roller", 0.0, (roller,), friction=MU)],
                        transform((number * PITCH_M, 0.0, -RADIUS_M)),
                        fixed=True,
                    )
                    for number in range(round(LENGTH_M / PITCH_M))
                ]
            )
            linear, angular = (0.0, 0.0, 0.0), (0.0, SPEED_MPS / RADIUS_M, 0.0)
        else:
            surface = Surface([add_slab(world, "s", np.eye(4), (LENGTH_M, 0.6), MU)])
            linear, angular = (SPEED_MPS, 0.0, 0.0), (0.0, 0.0, 0.0)
        part = put_box(world, 10.0, (0.4, 0.3, 0.2), (0.5, 0.0, 0.1))
        speeds, heights = [], []
        for tick in range(round(4.0 / DT_S)):
            surface.move(linear, angular)
            world.step()
            if tick >= 240:
                speeds.append(float(part.velocity_mps()[0]))
                heights.append(part.plain_pose()[0][2] - 0.1)
        return Ride(np.array(speeds), np.array(heights))


def test_a_part_rattles_on_spinning_rollers_and_glides_on_a_plane() -> None:
    plane, rollers = ride(spinning=False), ride(spinning=True)
    # Both carry, and a plane as fast as it says.
    assert np.allclose(plane.speeds_mps, SPEED_MPS, atol=1e-4)
    assert np.isclose(rollers.speeds_mps.mean(), SPEED_MPS, rtol=0.01)
    # Edges of convex cylinders catch the part's front as it comes over each.
    assert np.ptp(rollers.speeds_mps) > 100 * np.ptp(plane.speeds_mps)
    assert np.ptp(rollers.speeds_mps) > 0.02
    assert np.ptp(rollers.heights_m) > 0.5e-3 > 10 * np.ptp(plane.heights_m)
