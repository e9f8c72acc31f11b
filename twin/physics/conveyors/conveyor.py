"""What all conveyors have: a frame of their own, drives, and parts with places."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from twin.physics.conveyors.drive import Drive
from twin.physics.conveyors.surface import Surface
from twin.physics.world import STANDARD_GRAVITY_MPS2, Body, Position
from twin.transforms import Matrix, inverse, transform


def stopping_m(speed_mps: float, ramp_mps2: float, friction: float) -> float:
    """Return how far a part runs on once its conveyor begins to stop.

    The ramp's way, or the friction's where the ramp asks for more than it gives.
    """
    gives_mps2 = friction * STANDARD_GRAVITY_MPS2
    return speed_mps**2 / (2 * min(ramp_mps2, gives_mps2))


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something is on a conveyor.

    Attributes:
        along_m: On the way of parts, from the entry edge.
        across_m: To the left of the way's middle.
        above_m: Above the carrying surface.
    """

    along_m: float
    across_m: float
    above_m: float


class Conveyor(ABC):
    """A surface with a drive that carries parts along a way.

    Its track frame lies on the carrying surface in the middle of the entry edge,
    with x the way parts travel, y their left and z away from the surface.

    Attributes:
        name: What events call it.
        world_from_track: 4x4; moves where the conveyor does.
        length_m: Of the way.
        width_m: Of the carrying surface, across the way.
        drive: What moves its surface.

    Args:
        name: As above.
        world_from_track: As above.
        length_m: As above.
        width_m: As above.
        drive: As above; its own, since its conveyor moves it on.
        surface: What carries.
    """

    def __init__(
        self,
        name: str,
        world_from_track: Matrix,
        length_m: float,
        width_m: float,
        drive: Drive,
        surface: Surface,
    ) -> None:
        self.name = name
        self.length_m = length_m
        self.width_m = width_m
        self.drive = drive
        self._surface = surface
        self._put(world_from_track)

    def _put(self, world_from_track: Matrix) -> None:
        self.world_from_track = world_from_track
        rows = inverse(world_from_track)[:3].tolist()
        self._x_row, self._y_row, self._z_row = rows

    @property
    def bodies(self) -> tuple[Body, ...]:
        """What parts touch."""
        return self._surface.bodies

    def in_track_m(self, point_in_world_m: Position) -> Position:
        """Return a point of the world in the track frame."""
        px, py, pz = point_in_world_m
        ax, bx, cx, dx = self._x_row
        ay, by, cy, dy = self._y_row
        az, bz, cz, dz = self._z_row
        return (
            ax * px + bx * py + cx * pz + dx,
            ay * px + by * py + cy * pz + dy,
            az * px + bz * py + cz * pz + dz,
        )

    def spot(self, point_in_world_m: Position) -> Spot:
        """Return where a point of the world is on the way."""
        return Spot(*self.in_track_m(point_in_world_m))

    def has(self, spot: Spot) -> bool:
        """Return whether a spot is over the carrying surface, however high."""
        return (
            0.0 <= spot.along_m <= self.length_m
            and abs(spot.across_m) <= self.width_m / 2
        )

    def world_from_way(self, along_m: float) -> Matrix:
        """Return a frame on the middle of the way, x along it and z up, 4x4."""
        return self.world_from_track @ transform((along_m, 0.0, 0.0))

    def run(self) -> None:
        """Carry parts forwards."""
        self.drive.run()

    def stop(self) -> None:
        """Ramp down to rest."""
        self.drive.stop()

    @abstractmethod
    def before_step(self) -> None:
        """Pin the surface and give it its speed; call before each step."""
