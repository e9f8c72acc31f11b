"""Joints that go together from rest to rest, and stop on their way when told to."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from twin.kinematics.motion import plan_joint_path
from twin.physics.motor import Motor, Playback, PlaybackMemory, axis_limits
from twin.physics.world import Body

# A drive that is off by more has met something: 20 mm, or a bit more than a degree.
_BLOCKED = 0.02


class DrivenMemory(msgspec.Struct, frozen=True):
    """Where some joints were going, and how far they had come."""

    positions: tuple[float, ...]
    playback: PlaybackMemory | None


class Driven:
    """One drive: joints of a body that follow one profile.

    Args:
        body: Whose joints.
        links: Those that they move.
        force: Most that each gives, N or N*m.
        speed: Of each, m/s or rad/s.
        acceleration: Of each, m/s2 or rad/s2.
        dt_s: Length of a tick.
    """

    def __init__(
        self,
        body: Body,
        links: Sequence[str],
        force: float,
        speed: float,
        acceleration: float,
        dt_s: float,
    ) -> None:
        self._motor = Motor(body, links, [force] * len(links))
        self._limits = axis_limits(len(links), speed, acceleration)
        self._dt_s = dt_s
        self._goal = [0.0] * len(links)
        self._motor.hold(self._goal)
        self._playback: Playback | None = None

    def move_to(self, position: float, *, halted: bool = False) -> None:
        """Send all joints to one position; ``halted`` keeps them until ``resume``."""
        goal = [position] * len(self._goal)
        if goal == self._goal:
            return
        path = plan_joint_path(np.array([self._goal, goal]), self._limits)
        self._playback = Playback(self._motor, path, self._dt_s, self._limits)
        if halted:
            self._playback.halt()
        self._goal = goal

    def step(self) -> bool:
        """Command one tick; tell whether it was not at its end before."""
        if self._playback is None:
            return False
        if not self._playback.step():
            self._playback = None
        return True

    def halt(self) -> None:
        """Stop on the way and hold."""
        if self._playback is not None:
            self._playback.halt()

    def resume(self) -> None:
        """Go on."""
        if self._playback is not None:
            self._playback.resume()

    def stay(self) -> None:
        """Hold the joints where they are: what they press on is where they end."""
        self._playback = None
        self._goal = self._motor.positions()
        self._motor.hold(self._goal)

    def positions(self) -> list[float]:
        """Return where the joints are, m or rad."""
        return self._motor.positions()

    def blocked(self) -> bool:
        """Return whether something keeps it from where it should rest by now."""
        return any(
            abs(at - goal) > _BLOCKED
            for at, goal in zip(self.positions(), self._goal, strict=True)
        )

    def effort(self) -> float:
        """Return what the first joint's motor gives, N or N*m, without its sign."""
        return abs(self._motor.rows()[0][3])

    def memory(self) -> DrivenMemory:
        """Return where it goes and how far it is."""
        playback = self._playback
        return DrivenMemory(
            tuple(self._goal), playback.memory() if playback is not None else None
        )

    def recall(self, memory: DrivenMemory) -> None:
        """Be on the same way again."""
        self._goal = list(memory.positions)
        self._playback = None
        if memory.playback is not None:
            self._playback = Playback.recalled(
                memory.playback, self._motor, self._dt_s, self._limits
            )
