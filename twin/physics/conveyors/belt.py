"""A conveyor belt: a body that never moves and yet has a speed."""

from __future__ import annotations

from typing import Literal

from twin.physics.conveyors.drive import Drive, DriveMemory
from twin.physics.conveyors.surface import Surface
from twin.physics.world import Body, World
from twin.transforms import Vector


class Belt:
    """A pinned belt that carries what lies on it by friction, with its own drive.

    Attributes:
        direction: Unit vector of travel, world frame.
        drive: What gives it its speed.

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
        self.drive = Drive(world.dt_s, speed_mps, acceleration_mps2)
        self._surface = Surface(bodies)

    @property
    def speed_mps(self) -> float:
        """Of the belt now, along its direction."""
        return self.drive.speed_mps

    @property
    def moving(self) -> bool:
        """Whether it runs or ramps down."""
        return self.drive.moving

    def run(self, direction: Literal[1, -1] = 1) -> None:
        """Ramp up to full speed, forwards or backwards."""
        self.drive.run(direction)

    def stop(self) -> None:
        """Ramp down to rest."""
        self.drive.stop()

    def halt(self) -> None:
        """Ramp down to rest, and stay there until ``resume``."""
        self.drive.halt()

    def resume(self) -> None:
        """Do again what it was told."""
        self.drive.resume()

    def memory(self) -> DriveMemory:
        """Return how it runs."""
        return self.drive.memory()

    def recall(self, memory: DriveMemory) -> None:
        """Run as it did."""
        self.drive.recall(memory)

    def before_step(self) -> None:
        """Pin the belts and give them their speed; call before each step."""
        self.drive.before_step()
        speed = self.drive.speed_mps
        dx, dy, dz = self.direction
        self._surface.move([dx * speed, dy * speed, dz * speed])
