"""What an escapement's two blades do: pure, from sensors to commands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

EscapementPhase = Literal["holding", "parting", "passing", "closing", "restoring"]


@dataclass(frozen=True, slots=True)
class EscapementSensors:
    """What an escapement knows at a tick.

    Attributes:
        waiting: A part stands before the front blade.
        leaving: A part is just beyond the front blade.
        gap: No part stands over the rear blade.
        front_raised: The front blade is up.
        front_lowered: It is down.
        rear_raised: The rear blade is up.
        rear_lowered: It is down.
    """

    waiting: bool
    leaving: bool
    gap: bool
    front_raised: bool
    front_lowered: bool
    rear_raised: bool
    rear_lowered: bool


@dataclass(frozen=True, slots=True)
class EscapementCommands:
    """Which blades should be up."""

    front_up: bool
    rear_up: bool


class EscapementLogic:
    """Lets one part through for each release that was asked for.

    holding: the front blade holds the row. parting: the rear blade comes up in the
    gap behind the first part. passing: the front blade is down until the part has
    been seen to leave. closing: the front blade comes up. restoring: the rear blade
    goes down, and the row moves up. At no moment are both blades down.

    Attributes:
        phase: As above.
        n_asked: Releases asked for and not begun.
        n_released: Parts let through.
        stuck: Whether a phase has lasted longer than it may: a blade that sticks,
            no gap for it, or a part that does not leave.

    Args:
        most_ticks: How long any phase but holding may last.
    """

    # What may be asked for in advance: more is a caller that has lost count.
    MOST_ASKED = 1000

    def __init__(self, most_ticks: int) -> None:
        self.phase: EscapementPhase = "holding"
        self.n_asked = 0
        self.n_released = 0
        self._most_ticks = most_ticks
        self._ticks = 0
        self._seen_leaving = False

    @property
    def stuck(self) -> bool:
        """Whether the phase has lasted longer than it may."""
        return self._ticks > self._most_ticks

    def release(self) -> None:
        """Ask for one part to be let through."""
        self.n_asked = min(self.n_asked + 1, self.MOST_ASKED)

    def step(self, sensors: EscapementSensors) -> EscapementCommands:
        """Take what the sensors say at a tick; return what the blades should do."""
        before = self.phase
        if before == "holding":
            if self.n_asked and sensors.waiting:
                self.n_asked -= 1
                self._seen_leaving = False
                self.phase = "parting"
        elif before == "parting":
            if sensors.rear_raised:
                self.phase = "passing"
        elif before == "passing":
            self._seen_leaving |= sensors.leaving
            if self._seen_leaving and not sensors.leaving:
                self.n_released += 1
                self.phase = "closing"
        elif before == "closing":
            if sensors.front_raised:
                self.phase = "restoring"
        elif sensors.rear_lowered:
            self.phase = "holding"
        unchanged = self.phase == before and before != "holding"
        self._ticks = min(self._ticks + 1, self._most_ticks + 1) if unchanged else 0
        return self._commands(sensors)

    def _commands(self, sensors: EscapementSensors) -> EscapementCommands:
        front_up = self.phase != "passing"
        parted = self.phase == "parting" and (sensors.gap or not sensors.rear_lowered)
        return EscapementCommands(
            front_up, parted or self.phase in ("passing", "closing")
        )
