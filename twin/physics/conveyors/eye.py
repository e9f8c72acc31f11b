"""A photo-eye: a beam across the way that parts break."""

from __future__ import annotations

from typing import Literal

from twin.physics.world import Position, World
from twin.transforms import Matrix, transform_points

EyeFault = Literal["", "stuck_on", "stuck_off"]


class PhotoEye:
    """A beam of light as a ray, which whatever is in its way breaks.

    Modelled: where the beam is, what breaks it, a signal that sticks. Not modelled:
    its width, response time, dirt, glass and mirrors.

    Attributes:
        name: What events call it.
        fault: "stuck_on" says broken whatever it sees, "stuck_off" clear.

    Args:
        world: Where it looks.
        name: As above.
        start_in_world_m: One end of the beam.
        end_in_world_m: The other.
    """

    def __init__(
        self,
        world: World,
        name: str,
        start_in_world_m: Position,
        end_in_world_m: Position,
    ) -> None:
        self.name = name
        self.fault: EyeFault = ""
        self._client = world.client
        self._ray = world.bound("rayTest")
        self._start, self._end = start_in_world_m, end_in_world_m

    def move(self, start_in_world_m: Position, end_in_world_m: Position) -> None:
        """Put the beam elsewhere: it stands on something that moves."""
        self._start, self._end = start_in_world_m, end_in_world_m

    def broken(self) -> bool:
        """Return what it says after the last step."""
        if self.fault:
            return self.fault == "stuck_on"
        return self.seen() >= 0

    def seen(self) -> int:
        """Return the number of the body that breaks the beam, -1 if none does."""
        hit = self._ray(self._start, self._end, physicsClientId=self._client)
        return int(hit[0][0])


def beam_across(
    world_from_track: Matrix, along_m: float, width_m: float, height_m: float
) -> tuple[Position, Position]:
    """Return the ends of a beam across a way, world frame.

    Args:
        world_from_track: The way's track frame.
        along_m: How far from the entry edge.
        width_m: From end to end.
        height_m: Above the carrying surface.
    """
    ends = transform_points(
        world_from_track,
        [(along_m, -width_m / 2, height_m), (along_m, width_m / 2, height_m)],
    ).tolist()
    return tuple(ends[0]), tuple(ends[1])
