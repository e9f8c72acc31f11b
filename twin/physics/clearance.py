"""How far an arm's posture stays from everything: asked in a world apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twin.errors import PhysicsError
from twin.physics.arm import TOOL_LINK
from twin.physics.car import CarDesign
from twin.physics.world import Body, World
from twin.transforms import Matrix, Vector, transform

if TYPE_CHECKING:
    from twin.physics.build import Devices


# Longer than any car, higher than any hall.
_FAR_M = 100.0


def front_m(world: World, car: Body, above_ground_m: float) -> float:
    """Return how far a car's front is ahead of its origin, at a height.

    Args:
        world: One apart: the car is moved.
        car: Its body.
        above_ground_m: Where the beam meets it.

    Raises:
        PhysicsError: If nothing of the car is at that height.
    """
    # High above the cell, where nothing else can break the beam.
    car.set_pose(transform((0.0, 0.0, _FAR_M)))
    height_m = _FAR_M + above_ground_m
    hit = world.call("rayTest", [_FAR_M, 0.0, height_m], [-_FAR_M, 0.0, height_m])[0]
    if hit[0] != car.body_id:
        raise PhysicsError(
            f"light barrier: its beam, {above_ground_m:.2f} m above the wheels, "
            "meets no car; change its height"
        )
    return float(hit[3][0])


class Clearance:
    """Measures gaps of an arm under a lifted car, in a world that never steps.

    The world is built like the cell's; asking the cell's own would mean moving
    its arm.

    Args:
        world: A world of its own; this object closes it.
        devices: The cell's equipment in that world.
        design: The car that will hang there.

    Attributes:
        car: The car in that world.
    """

    def __init__(self, world: World, devices: Devices, design: CarDesign) -> None:
        self._world = world
        assert devices.table is not None  # its owner has seen to all three
        assert devices.lift is not None
        assert devices.arm is not None
        self._table = devices.table
        self._design = design
        at_origin = np.eye(4)
        self.car = world.add("car", design.body_links, at_origin, fixed=True)
        self._pack = world.add("pack", design.pack.links, at_origin, fixed=True)
        devices.lift.put_up()
        arm = devices.arm
        self._arm_id = arm.body.body_id
        self._joints = [arm.body.link_index[link] for link in arm.joint_links]
        target = (self.car.body_id, self._pack.body_id)
        self._allowed = {
            (index, body)
            for name, index in arm.body.link_index.items()
            if name.partition("#")[0] == TOOL_LINK
            for body in target
        }
        self._others = [
            body.body_id for body in world.bodies.values() if body is not arm.body
        ]
        self._reset = world.bound("resetJointState")
        self._closest = world.bound("getClosestPoints")

    def hang(self, world_from_pack: Matrix) -> None:
        """Put pack and car where they hang, and the table below the pack."""
        self._pack.set_pose(world_from_pack)
        self.car.set_pose(
            world_from_pack @ np.linalg.inv(self._design.pack.car_from_part)
        )
        self._table.put_up(float(world_from_pack[2, 3]))

    def gap_m(self, q_rad: Vector, reach_m: float, *, at_work: bool = False) -> float:
        """Return the least distance of the arm to anything.

        Args:
            q_rad: Its posture, (6,).
            reach_m: The most that is looked for, and returned.
            at_work: Whether the tool may be near car and pack: it works on them.
        """
        client, arm, closest = self._world.client, self._arm_id, self._closest
        for joint, angle in zip(self._joints, q_rad.tolist(), strict=True):
            self._reset(arm, joint, angle, physicsClientId=client)
        least_m = reach_m
        for other in self._others:
            for point in closest(arm, other, reach_m, physicsClientId=client):
                # The base (-1) is bolted to the floor: only what moves can hit.
                if point[8] >= least_m or point[3] < 0:
                    continue
                if not (at_work and (point[3], other) in self._allowed):
                    least_m = point[8]
        return float(least_m)

    def close(self) -> None:
        """Free the world."""
        self._world.close()
