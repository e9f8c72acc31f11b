"""A right-angle transfer: strands that rise between rollers and carry off sideways."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

from twin.errors import PhysicsError
from twin.physics.conveyors.accumulation import EYE_HEIGHT_M
from twin.physics.conveyors.axis import Axis
from twin.physics.conveyors.drive import Drive
from twin.physics.conveyors.handover import HandoverCommands, HandoverSensors
from twin.physics.conveyors.shifting import BEYOND_M, ShiftingConveyor
from twin.physics.conveyors.surface import Surface, add_slab
from twin.physics.world import Body, Position, World
from twin.transforms import Matrix, transform, transform_points, wxyz_about

# Below the rollers' tops when the strands are down.
_HIDDEN_M = 0.01
# A hub's ramps: a quarter of its time each. Assumed.
_RAMP_SHARE = 0.25


class RightAngleTransfer(ShiftingConveyor):
    """Rollers that bring a part in, and two strands that carry it off sideways.

    A part keeps its heading and changes its way: what was its front becomes a side.
    The rollers are a plane and the strands rise through it. Where ``straight`` is
    set, parts pass over the rollers and the strands stay down. Not modelled: the
    rollers' gaps, and guides.

    Attributes:
        strands: Drive of the strands; ``drive`` is that of the rollers.
        straight: Whether parts pass; change it while none is on the rollers.

    Args:
        world: Where it stands.
        name: What events call it.
        world_from_track: 4x4; the middle of the rollers' entry edge.
        length_m: Of the rollers.
        width_m: Of the rollers, and the length of the strands.
        drive: Of the rollers.
        strands: Of the strands.
        side: Where parts leave, seen along their way.
        gauge_m: Between the strands, which lie symmetric to where a part stops.
        strand_width_m: Of each.
        middle_m: From the entry edge to the middle between the strands.
        rise_m: How far the strands' tops come above the rollers'.
        rise_time_s: To come up, and to go down.
        friction: Of both surfaces with the part.
        stop_m: Where a part's front comes to rest, from the entry edge.

    Raises:
        PhysicsError: If the strands do not lie below the rollers' length.
    """

    def __init__(
        self,
        world: World,
        name: str,
        world_from_track: Matrix,
        length_m: float,
        width_m: float,
        drive: Drive,
        strands: Drive,
        side: Literal["left", "right"],
        gauge_m: float,
        strand_width_m: float,
        middle_m: float,
        rise_m: float,
        rise_time_s: float,
        friction: float,
        stop_m: float,
    ) -> None:
        reach_m = gauge_m / 2 + strand_width_m / 2
        if middle_m < reach_m or middle_m + reach_m > length_m:
            raise PhysicsError(
                f"equipment.{name}.gauge: strands from {middle_m - reach_m:.3f} m to "
                f"{middle_m + reach_m:.3f} m, but rollers from 0 m to {length_m:g} m; "
                "move the strands inside"
            )
        self.strands = strands
        self.straight = False
        self._left = 1.0 if side == "left" else -1.0
        body = add_slab(world, name, world_from_track, (length_m, width_m), friction)
        turn = wxyz_about((0.0, 0.0, 1.0), self._left * math.pi / 2)
        world_from_strands = (
            world_from_track
            @ transform((middle_m, -self._left * width_m / 2, -_HIDDEN_M))
            @ transform(wxyz=turn)
        )
        strand_body = add_slab(
            world,
            f"{name}/strands",
            world_from_strands,
            (width_m, strand_width_m),
            friction,
            across_m=(-gauge_m / 2, gauge_m / 2),
        )
        self._strand_surface = Surface([strand_body])
        self._strand_foot = world_from_strands[:3, 3].tolist()
        self._off = world_from_strands[:3, 0].tolist()
        self._up = world_from_track[:3, 2].tolist()
        self._direction = world_from_track[:3, 0].tolist()
        stroke_m = rise_m + _HIDDEN_M
        speed_mps = stroke_m / ((1.0 - _RAMP_SHARE) * rise_time_s)
        axis = Axis(world.dt_s, speed_mps, speed_mps / (_RAMP_SHARE * rise_time_s))
        super().__init__(
            world,
            name,
            world_from_track,
            length_m,
            width_m,
            drive,
            Surface([body]),
            axis,
            stroke_m,
            friction,
            stop_m,
        )

    @property
    def bodies(self) -> tuple[Body, ...]:
        """What parts touch."""
        return (*self._surface.bodies, *self._strand_surface.bodies)

    def stop(self) -> None:
        """Ramp both drives down and hold the sequence."""
        super().stop()
        self.strands.stop()

    def before_step(self) -> None:
        """Read the eyes, go on with the sequence, move; call before each step."""
        if self._running and self.straight:
            self._obey(HandoverCommands(take=self.exit_free, shift=False, give=False))
            self._move()
        else:
            super().before_step()

    def _sensors(self) -> HandoverSensors:
        seen = super()._sensors()
        return replace(seen, still=seen.still and not self.strands.moving)

    def _obey(self, commands: HandoverCommands) -> None:
        if commands.take:
            self.drive.run()
        else:
            self.drive.stop()
        if commands.give:
            self.strands.run()
        else:
            self.strands.stop()
        # Strands that still carry stay up: lowered, they would drop a moving part.
        up = commands.shift or self.strands.moving
        self.axis.move_to(self.away if up else 0.0)

    def _move(self) -> None:
        self.axis.before_step()
        self.drive.before_step()
        self.strands.before_step()
        (dx, dy, dz), speed = self._direction, self.drive.speed_mps
        self._surface.move((dx * speed, dy * speed, dz * speed))
        (ux, uy, uz), risen_m = self._up, self.axis.position
        (fx, fy, fz) = self._strand_foot
        place = (fx + ux * risen_m, fy + uy * risen_m, fz + uz * risen_m)
        self._strand_surface.shift((place,))
        (ox, oy, oz), off = self._off, self.strands.speed_mps
        rising = self.axis.speed
        self._strand_surface.move(
            (
                ox * off + ux * rising,
                oy * off + uy * rising,
                oz * off + uz * rising,
            )
        )

    def _leaving_beam(self) -> tuple[Position, Position]:
        """Return a beam along the side where parts leave."""
        across_m = self._left * (self.width_m / 2 + BEYOND_M)
        height_m = self.away + EYE_HEIGHT_M
        ends = transform_points(
            self.world_from_track,
            [(0.0, across_m, height_m), (self.length_m, across_m, height_m)],
        ).tolist()
        return tuple(ends[0]), tuple(ends[1])
