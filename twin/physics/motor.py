"""Joints driven along a profile by motors of limited force."""

from __future__ import annotations

from collections.abc import Sequence

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

    def follow(self, positions: Sequence[float], velocities: Sequence[float]) -> None:
        """Command a point of a profile for the next step; it holds until the next."""
        self._command(
            self.body.body_id,
            self.joints,
            self._position_control,
            targetPositions=positions,
            targetVelocities=velocities,
            forces=self.forces,
            positionGains=self._position_gains,
            velocityGains=self._velocity_gains,
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

    def states(self) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
        """Return positions, velocities and motor forces of the last step."""
        rows = self._read(self.body.body_id, self.joints, physicsClientId=self._client)
        positions, velocities, _, forces = zip(*rows, strict=True)
        return positions, velocities, forces
