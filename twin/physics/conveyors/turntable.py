"""A turntable: a belt or rollers on a base that turns."""

from __future__ import annotations

import math

from twin.physics.conveyors.axis import Axis
from twin.physics.conveyors.drive import Drive
from twin.physics.conveyors.shifting import ShiftingConveyor
from twin.physics.conveyors.surface import Surface, add_slab
from twin.physics.world import World
from twin.transforms import Matrix, transform, wxyz_about


class Turntable(ShiftingConveyor):
    """A straight surface that turns about its middle with what lies on it.

    A part on it feels the turn by friction alone: it slips outwards where
    w^2 r > mu g. Its place gains radius by sqrt(1 + (w dt)^2) in each tick, as on a
    ``CurveConveyor``. Not modelled: side guides, clamps, and whether the corners
    have room beside its neighbours.

    Args:
        world: Where it stands.
        name: What events call it.
        world_from_track: 4x4; the middle of the entry edge, at angle 0.
        length_m: From the entry edge to the exit edge.
        width_m: Across the way.
        drive: Of its belt or rollers.
        friction: Between surface and part.
        angle_rad: How far it turns to give parts away; above 0 to the left.
        turn_speed_radps: Most.
        turn_acceleration_radps2: Of both ramps.
        stop_m: Where a part's front comes to rest, from the entry edge.
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
        angle_rad: float,
        turn_speed_radps: float,
        turn_acceleration_radps2: float,
        stop_m: float,
    ) -> None:
        self._centre_from_track = transform((-length_m / 2, 0.0, 0.0))
        self._world_from_centre = world_from_track @ transform((length_m / 2, 0, 0))
        body = add_slab(
            world,
            name,
            self._world_from_centre,
            (length_m, width_m),
            friction,
            start_m=-length_m / 2,
        )
        axis = Axis(world.dt_s, turn_speed_radps, turn_acceleration_radps2)
        self._angle_rad = 0.0
        self._up = world_from_track[:3, 2].tolist()
        super().__init__(
            world,
            name,
            world_from_track,
            length_m,
            width_m,
            drive,
            Surface([body]),
            axis,
            angle_rad,
            friction,
            stop_m,
        )

    def turn_to(self, angle_rad: float) -> None:
        """Turn by hand, without the sequence: for a device that is not running."""
        self.axis.move_to(angle_rad)

    def _move(self) -> None:
        self.axis.before_step()
        self.drive.before_step()
        if self.axis.position != self._angle_rad:
            self._angle_rad = self.axis.position
            turn = transform(wxyz=wxyz_about((0.0, 0.0, 1.0), self._angle_rad))
            world_from_centre = self._world_from_centre @ turn
            self._surface.place(world_from_centre)
            self._carry(world_from_centre @ self._centre_from_track)
        (dx, dy, dz), speed = self._direction, self.drive.speed_mps
        (ux, uy, uz), turning = self._up, self.axis.speed
        self._surface.move(
            (dx * speed, dy * speed, dz * speed),
            (ux * turning, uy * turning, uz * turning),
        )

    def _put(self, world_from_track: Matrix) -> None:
        super()._put(world_from_track)
        self._direction = world_from_track[:3, 0].tolist()


def slip_radius_m(turn_speed_radps: float, friction: float, gravity: float) -> float:
    """Return the radius beyond which a part on a turning surface slips.

    Source:
        Coulomb friction against the centripetal force, w^2 r = mu g.
    """
    if turn_speed_radps == 0.0:
        return math.inf
    return friction * gravity / turn_speed_radps**2
