"""A vertical lift: a belt on a platform that rises from one level to another."""

from __future__ import annotations

from twin.errors import PhysicsError
from twin.physics.conveyors.axis import Axis
from twin.physics.conveyors.drive import Drive
from twin.physics.conveyors.shifting import ShiftingConveyor
from twin.physics.conveyors.surface import Surface, add_slab
from twin.physics.world import STANDARD_GRAVITY_MPS2, World
from twin.transforms import Matrix


class VerticalLift(ShiftingConveyor):
    """A belt that takes a part at one level and gives it away at another.

    The platform is where its profile says, whatever it carries: no load limit, no
    rope. Not modelled: the frame around it, gates, catches, and what stands in its
    way.

    Args:
        world: Where it stands.
        name: What events call it.
        world_from_track: 4x4; the middle of the entry edge, at the entry level.
        length_m: Of the platform's belt.
        width_m: Of the platform's belt.
        drive: Of the belt.
        friction: Between belt and part.
        rise_m: From the entry level to the exit level; below 0 it goes down.
        lift_speed_mps: Most, up and down.
        lift_acceleration_mps2: Of both ramps.
        stop_m: Where a part's front comes to rest, from the entry edge.

    Raises:
        PhysicsError: If it would fall away below its part.
    """

    def __init__(
        self,
        world: World,
        name: str,
        world_from_track: Matrix,
        length_m: float,
        width_m: float,
        drive: Drive,
        friction: float,
        rise_m: float,
        lift_speed_mps: float,
        lift_acceleration_mps2: float,
        stop_m: float,
    ) -> None:
        if lift_acceleration_mps2 >= STANDARD_GRAVITY_MPS2:
            raise PhysicsError(
                f"equipment.{name}.lift_acceleration: {lift_acceleration_mps2:g} m/s^2 "
                "is no less than g, and the part would lose the platform; give less"
            )
        size_m = (length_m, width_m)
        body = add_slab(world, name, world_from_track, size_m, friction)
        axis = Axis(world.dt_s, lift_speed_mps, lift_acceleration_mps2)
        self._risen_m = 0.0
        self._world_from_entry = world_from_track.copy()
        self._direction = world_from_track[:3, 0].tolist()
        super().__init__(
            world,
            name,
            world_from_track,
            length_m,
            width_m,
            drive,
            Surface([body]),
            axis,
            rise_m,
            friction,
            stop_m,
        )

    def rise_to(self, height_m: float) -> None:
        """Go to a height above the entry level by hand, without the sequence."""
        self.axis.move_to(height_m)

    def _move(self) -> None:
        self.axis.before_step()
        self.drive.before_step()
        if self.axis.position != self._risen_m:
            self._risen_m = self.axis.position
            track = self._world_from_entry.copy()
            track[2, 3] += self._risen_m
            self._surface.place(track)
            self._carry(track)
        (dx, dy, dz), speed = self._direction, self.drive.speed_mps
        self._surface.move((dx * speed, dy * speed, dz * speed + self.axis.speed))
