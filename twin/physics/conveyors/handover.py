"""Take a part, shift, give it away, come back: pure, from sensors to commands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

HandoverPhase = Literal["taking", "settling", "shifting", "giving", "returning"]


@dataclass(frozen=True, slots=True)
class HandoverSensors:
    """What a device that hands parts over knows at a tick.

    Attributes:
        arrived: A part breaks the beam at the place where it should stop.
        still: What brought it in stands still.
        shifted: The device is where it gives parts away.
        home: It is where it takes them.
        leaving: A part breaks the beam where parts leave.
        exit_free: What comes next takes a part.
    """

    arrived: bool
    still: bool
    shifted: bool
    home: bool
    leaving: bool
    exit_free: bool


@dataclass(frozen=True, slots=True)
class HandoverCommands:
    """What the device should do.

    Attributes:
        take: Run what brings parts in.
        shift: Be where parts are given away; else be home.
        give: Run what takes parts out.
    """

    take: bool
    shift: bool
    give: bool


class HandoverLogic:
    """The sequence of a right-angle transfer, a turntable and a vertical lift.

    A transfer shifts by raising its strands, a turntable by turning, a lift by
    rising. It takes one part at a time and comes home once that has been seen to
    leave.

    Attributes:
        phase: What it is at.
        n_given: Parts given away.
    """

    def __init__(self) -> None:
        self.phase: HandoverPhase = "taking"
        self.n_given = 0
        self._seen_leaving = False

    @property
    def accepts(self) -> bool:
        """Whether another part may come in, as far as the sequence goes."""
        return self.phase == "taking"

    def step(self, sensors: HandoverSensors) -> HandoverCommands:
        """Take what the sensors say at a tick; return what to do."""
        if self.phase == "taking" and sensors.home and sensors.arrived:
            self.phase = "settling"
        elif self.phase == "settling" and sensors.still:
            self.phase = "shifting"
        elif self.phase == "shifting" and sensors.shifted and sensors.exit_free:
            self._seen_leaving = False
            self.phase = "giving"
        elif self.phase == "giving":
            self._seen_leaving |= sensors.leaving
            if self._seen_leaving and not sensors.leaving:
                self.n_given += 1
                self.phase = "returning"
        elif self.phase == "returning" and sensors.home:
            self.phase = "taking"
        return HandoverCommands(
            take=self.phase == "taking" and sensors.home,
            shift=self.phase in ("shifting", "giving"),
            give=self.phase == "giving",
        )
