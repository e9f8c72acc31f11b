"""Conveyors that take a part, shift, and give it away elsewhere."""

from __future__ import annotations

from abc import abstractmethod

from twin.errors import PhysicsError
from twin.physics.conveyors.accumulation import EYE_HEIGHT_M
from twin.physics.conveyors.axis import Axis
from twin.physics.conveyors.conveyor import Conveyor, stopping_m
from twin.physics.conveyors.drive import Drive
from twin.physics.conveyors.eye import PhotoEye, beam_across
from twin.physics.conveyors.handover import (
    HandoverCommands,
    HandoverLogic,
    HandoverSensors,
)
from twin.physics.conveyors.surface import Surface
from twin.physics.world import Position, World
from twin.transforms import Matrix

BEYOND_M = 0.01
"""Of the exit edge, where the beam stands that sees parts leave."""


class ShiftingConveyor(Conveyor):
    """A conveyor on an axis, with the eyes and the sequence of a handover.

    Attributes:
        axis: What shifts it; 0 is where it takes parts.
        away: The axis's position where it gives them away.
        arrived: The eye that sees a part at the place where it should stop.
        leaving: The eye at the exit edge.
        logic: Its sequence.
        exit_free: Whether what comes next takes a part; the caller says so.

    Args:
        world: Where it stands.
        name: What events call it.
        world_from_track: 4x4, when it takes parts.
        length_m: Of the way on it.
        width_m: Across the way.
        drive: Its own, which brings parts in.
        surface: What carries.
        axis: As above.
        away: As above.
        friction: Between surface and part.
        stop_m: Where a part's front comes to rest, from the entry edge.

    Raises:
        PhysicsError: If a part could not stop there.
    """

    def __init__(
        self,
        world: World,
        name: str,
        world_from_track: Matrix,
        length_m: float,
        width_m: float,
        drive: Drive,
        surface: Surface,
        axis: Axis,
        away: float,
        friction: float,
        stop_m: float,
    ) -> None:
        super().__init__(name, world_from_track, length_m, width_m, drive, surface)
        self.axis = axis
        self.away = away
        self.logic = HandoverLogic()
        self.exit_free = True
        self._running = False
        ramp_m = stopping_m(drive.full_mps, drive.deceleration_mps2, friction)
        self._beam_m = stop_m - ramp_m
        if not self._beam_m > 0.0 or stop_m > length_m:
            raise PhysicsError(
                f"equipment.{name}.stop_at: {stop_m:g} m on {length_m:g} m, and a part "
                f"takes {ramp_m:.3f} m to stop; give more than that, on its surface"
            )
        self.arrived = PhotoEye(world, f"{name}/arrived", *self._arrived_beam())
        self.leaving = PhotoEye(world, f"{name}/leaving", *self._leaving_beam())

    def run(self) -> None:
        """Let the sequence go on."""
        self._running = True

    def stop(self) -> None:
        """Ramp the drive down and hold the sequence; the axis ends its move."""
        self._running = False
        self.drive.stop()

    def before_step(self) -> None:
        """Read the eyes, go on with the sequence, move; call before each step."""
        if self._running:
            self._obey(self.logic.step(self._sensors()))
        self._move()

    def _sensors(self) -> HandoverSensors:
        at_rest = self.axis.arrived and self.axis.speed == 0.0
        return HandoverSensors(
            arrived=self.arrived.broken(),
            still=not self.drive.moving,
            shifted=at_rest and self.axis.target == self.away,
            home=at_rest and self.axis.target == 0.0,
            leaving=self.leaving.broken(),
            exit_free=self.exit_free,
        )

    def _obey(self, commands: HandoverCommands) -> None:
        """Run the drive for both ways, and shift."""
        if commands.take or commands.give:
            self.drive.run()
        else:
            self.drive.stop()
        self.axis.move_to(self.away if commands.shift else 0.0)

    @abstractmethod
    def _move(self) -> None:
        """Give the surface the speed that its drive and its axis have now."""

    def _arrived_beam(self) -> tuple[Position, Position]:
        return self._beam(self._beam_m)

    def _leaving_beam(self) -> tuple[Position, Position]:
        return self._beam(self.length_m + BEYOND_M)

    def _beam(self, along_m: float) -> tuple[Position, Position]:
        track = self.world_from_track
        return beam_across(track, along_m, self.width_m, EYE_HEIGHT_M)

    def _carry(self, world_from_track: Matrix) -> None:
        """Take track and eyes to where the axis has brought them."""
        self._put(world_from_track)
        self.arrived.move(*self._arrived_beam())
        self.leaving.move(*self._leaving_beam())
