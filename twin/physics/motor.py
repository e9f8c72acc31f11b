"""Joints driven along a profile by motors of limited force."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from twin.errors import PhysicsError
from twin.kinematics.motion import Limits, Trajectory
from twin.layout.assets import AssetNode
from twin.layout.plan import Placed
from twin.physics.world import Body

# Share of the position error that a motor corrects in one step. High enough to
# follow a profile within fractions of a millimetre, below 1 to stay smooth.
POSITION_GAIN = 0.4


class Motor:
    """The motors of some joints of a body, commanded together.

    Args:
        body: What they move.
        links: Names of the links whose joints they drive.
        forces: Most each gives, N or N*m.
    """

    def __init__(
        self, body: Body, links: Sequence[str], forces: Sequence[float]
    ) -> None:
        world = body.world
        self.body = body
        self.joints = [body.link_index[link] for link in links]
        self.forces = [float(force) for force in forces]
        self._client = world.client
        self._command = world.bound("setJointMotorControlArray")
        self._read = world.bound("getJointStates")
        self._position_control = world.bullet.POSITION_CONTROL
        self._velocity_control = world.bullet.VELOCITY_CONTROL
        self._position_gains = [POSITION_GAIN] * len(self.joints)
        self._velocity_gains = [1.0] * len(self.joints)

    def hold(self, positions: Sequence[float]) -> None:
        """Command rest at these positions, until something else is commanded."""
        self.follow(positions, [0.0] * len(self.joints))

    def follow(self, positions: Sequence[float], velocities: Sequence[float]) -> None:
        """Command the next step: where it begins, and the speed through it.

        Bullet adds what corrects the position now to the speed that is asked, so
        the position must be that of now; the one after the step would put the
        joint a step ahead of its profile.
        """
        self._command(
            self.body.body_id,
            self.joints,
            self._position_control,
            positions,
            velocities,
            self.forces,
            self._position_gains,
            self._velocity_gains,
            physicsClientId=self._client,
        )

    def push(self, velocities: Sequence[float], forces: Sequence[float]) -> None:
        """Command speeds with a force that may be too small to keep them."""
        self._command(
            self.body.body_id,
            self.joints,
            self._velocity_control,
            targetVelocities=velocities,
            forces=forces,
            physicsClientId=self._client,
        )

    def rows(self) -> Sequence[tuple[float, float, object, float]]:
        """Return position, velocity, reaction and motor force of each joint."""
        rows: Sequence[tuple[float, float, object, float]] = self._read(
            self.body.body_id, self.joints, physicsClientId=self._client
        )
        return rows

    def positions(self) -> list[float]:
        """Return the joints' positions after the last step, rad or m."""
        return [row[0] for row in self.rows()]


# A jerk of this many times the acceleration a second: ramps round off within a
# quarter of a second, as drives with soft start do. Assumed.
_JERK_PER_ACCELERATION_PER_S = 4.0


def axis_limits(n_joints: int, speed: float, acceleration: float) -> Limits:
    """Return the limits of a simple drive, the same for each of its joints."""
    return Limits(
        np.full(n_joints, speed),
        np.full(n_joints, acceleration),
        np.full(n_joints, acceleration * _JERK_PER_ACCELERATION_PER_S),
    )


def moving_node(placed: Placed, joint: Literal["prismatic", "revolute"]) -> AssetNode:
    """Return the first node of a piece of equipment that has such a joint.

    Raises:
        PhysicsError: If it has none.
    """
    for node in placed.asset.nodes:
        if node.joint is not None and node.joint.type == joint:
            return node
    raise PhysicsError(
        f"equipment.{placed.id}: asset {placed.asset.name!r} has no {joint} joint; "
        "name an asset that moves"
    )


class Playback:
    """A trajectory handed to a motor tick by tick.

    Args:
        motor: What follows it.
        trajectory: From rest to rest.
        dt_s: Length of a tick.
    """

    def __init__(self, motor: Motor, trajectory: Trajectory, dt_s: float) -> None:
        after, _, _ = trajectory.sampled(dt_s)
        before = np.vstack([trajectory.start[None], after])[:-1]
        self._motor = motor
        self._before: list[list[float]] = before.tolist()
        self._speeds: list[list[float]] = ((after - before) / dt_s).tolist()
        self._after: list[list[float]] = after.tolist()
        self._at = 0
        self.positions: list[float] = trajectory.start.tolist()

    def step(self) -> bool:
        """Command one tick and return True; at the end, hold and return False."""
        at = self._at
        if at == len(self._after):
            self._motor.hold(self.positions)
            return False
        self._motor.follow(self._before[at], self._speeds[at])
        self.positions = self._after[at]
        self._at = at + 1
        return True
