"""A conveyor belt: a body that never moves and yet has a speed."""

from __future__ import annotations

import msgspec

from twin.physics.world import Body, World
from twin.transforms import Vector, xyzw_from_wxyz

_STILL = (0.0, 0.0, 0.0)


class BeltMemory(msgspec.Struct, frozen=True):
    """How fast a belt ran, how fast it should, and why it may not."""

    speed_mps: float
    wanted_mps: float
    halted: bool
    moving: bool


class Belt:
    """A pinned belt that carries what lies on it by friction.

    Bullet has no surface speed. A massless body that is put back in its place
    and then given a velocity before each step acts like one: contacts see the
    velocity, and the place is mended before it can drift.

    Attributes:
        direction: Unit vector of travel, world frame.
        speed_mps: Of the belt now.
        moving: Whether it runs or ramps down.
        halted: Whether its drive is off, whatever it was told.

    Args:
        world: Where the bodies are.
        bodies: The belts that one drive moves together.
        direction_in_world: Unit vector of travel, (3,).
        speed_mps: At full run.
        acceleration_mps2: Of the start and stop ramps.
    """

    def __init__(
        self,
        world: World,
        bodies: list[Body],
        direction_in_world: Vector,
        speed_mps: float,
        acceleration_mps2: float,
    ) -> None:
        self.direction = tuple(map(float, direction_in_world))
        self._full_mps = speed_mps
        self._ramp_mps = acceleration_mps2 * world.dt_s
        self._client = world.client
        self._pin = world.bound("resetBasePositionAndOrientation")
        self._push = world.bound("resetBaseVelocity")
        self._pins = []
        for body in bodies:
            position, wxyz = body.pose()
            self._pins.append((body.body_id, position.tolist(), xyzw_from_wxyz(wxyz)))
        self.speed_mps = 0.0
        self._wanted_mps = 0.0
        self.halted = False
        self.moving = False

    def run(self) -> None:
        """Ramp up to full speed."""
        self._wanted_mps = self._full_mps
        self.moving = True

    def stop(self) -> None:
        """Ramp down to rest."""
        self._wanted_mps = 0.0

    def halt(self) -> None:
        """Ramp down to rest, and stay there until ``resume``."""
        self.halted = True

    def resume(self) -> None:
        """Do again what it was told."""
        self.halted = False
        self.moving = self.speed_mps > 0.0 or self._wanted_mps > 0.0

    def memory(self) -> BeltMemory:
        """Return how it runs."""
        return BeltMemory(self.speed_mps, self._wanted_mps, self.halted, self.moving)

    def recall(self, memory: BeltMemory) -> None:
        """Run as it did."""
        self.speed_mps, self._wanted_mps = memory.speed_mps, memory.wanted_mps
        self.halted, self.moving = memory.halted, memory.moving

    def before_step(self) -> None:
        """Pin the belts and give them their speed; call before each step."""
        target_mps = 0.0 if self.halted else self._wanted_mps
        if self.speed_mps < target_mps:
            self.speed_mps = min(self.speed_mps + self._ramp_mps, target_mps)
        elif self.speed_mps > target_mps:
            self.speed_mps = max(self.speed_mps - self._ramp_mps, target_mps)
        speed = self.speed_mps
        dx, dy, dz = self.direction
        velocity, still = [dx * speed, dy * speed, dz * speed], _STILL
        client = self._client
        for body_id, position, xyzw in self._pins:
            self._pin(body_id, position, xyzw, physicsClientId=client)
            self._push(body_id, velocity, still, physicsClientId=client)
        self.moving = self.speed_mps > 0.0 or target_mps > 0.0
