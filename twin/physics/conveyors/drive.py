"""The drive of a conveyor: a speed with ramps, and what can be wrong with it."""

from __future__ import annotations

from typing import Literal

import msgspec

DriveFault = Literal["", "tripped", "seized", "stuck"]


class DriveMemory(msgspec.Struct, frozen=True):
    """How fast a drive ran, how fast it should, and why it may not."""

    speed_mps: float
    target_mps: float
    halted: bool
    fault: DriveFault


class Drive:
    """A speed that is commanded, ramps, and may fail. No physics in it.

    It gives whatever force its speed takes: there is no torque limit and no slip
    between motor and belt. Ramps are linear in speed.

    A fault stays until ``reset``, and a reset drive stands until it is told to run
    again: what a person has just cleared must not start by itself.

    Attributes:
        speed_mps: Now; negative backwards.
        fault: "" while it is sound.
        halted: Whether its supply is off, whatever it was told.

    Args:
        dt_s: Length of a tick.
        speed_mps: At full run.
        acceleration_mps2: Of the start ramp.
        deceleration_mps2: Of the stop ramp; the start ramp's where absent.

    Raises:
        ValueError: If a speed or a ramp is not above 0.

    Source:
        No start by itself after a reset: ISO 14118:2017, clause 6 (prevention of
        unexpected start-up).
    """

    def __init__(
        self,
        dt_s: float,
        speed_mps: float,
        acceleration_mps2: float,
        deceleration_mps2: float | None = None,
    ) -> None:
        if deceleration_mps2 is None:
            deceleration_mps2 = acceleration_mps2
        for name, value in (
            ("speed_mps", speed_mps),
            ("acceleration_mps2", acceleration_mps2),
            ("deceleration_mps2", deceleration_mps2),
        ):
            if not value > 0.0:
                raise ValueError(f"drive.{name}: got {value:g}; give a value above 0")
        self.full_mps = speed_mps
        self.deceleration_mps2 = deceleration_mps2
        self._faster_mps = acceleration_mps2 * dt_s
        self._slower_mps = deceleration_mps2 * dt_s
        self.speed_mps = 0.0
        self._target_mps = 0.0
        self.fault: DriveFault = ""
        self.halted = False

    @property
    def moving(self) -> bool:
        """Whether it runs, or ramps up or down."""
        return self.speed_mps != 0.0 or (self._target_mps != 0.0 and not self.halted)

    @property
    def commanded(self) -> bool:
        """Whether it was told to run, whatever has become of it."""
        return self._target_mps != 0.0

    def run(self, direction: Literal[1, -1] = 1) -> None:
        """Ramp to full speed, forwards or backwards; a failed drive does not."""
        if not self.fault:
            self._target_mps = direction * self.full_mps

    def stop(self) -> None:
        """Ramp down to rest; a stuck drive does not."""
        if self.fault != "stuck":
            self._target_mps = 0.0

    def halt(self) -> None:
        """Ramp down to rest, and stay there until ``resume``."""
        self.halted = True

    def resume(self) -> None:
        """Do again what it was told."""
        self.halted = False

    def memory(self) -> DriveMemory:
        """Return all that decides how it goes on."""
        return DriveMemory(self.speed_mps, self._target_mps, self.halted, self.fault)

    def recall(self, memory: DriveMemory) -> None:
        """Be as it was."""
        self.speed_mps, self._target_mps = memory.speed_mps, memory.target_mps
        self.halted, self.fault = memory.halted, memory.fault

    def trip(self) -> None:
        """Fail by ramping down, as an overload relay or a lost supply does."""
        self.fault = "tripped"
        self._target_mps = 0.0

    def seize(self) -> None:
        """Fail by standing still at once, as a broken gearbox does."""
        self.fault = "seized"
        self._target_mps = self.speed_mps = 0.0

    def stick(self) -> None:
        """Fail by going on as now, whatever is commanded: a welded contactor."""
        self.fault = "stuck"

    def reset(self) -> None:
        """Mend it; it ramps to rest if it moves, and stands until it is told to run."""
        self.fault = ""
        self._target_mps = 0.0

    def before_step(self) -> None:
        """Move the speed by one tick of a ramp; call once before each step."""
        speed = self.speed_mps
        target = 0.0 if self.halted else self._target_mps
        if speed == target:
            return
        # Away from rest it starts, towards rest it stops; through rest it stops first.
        starting = target * speed >= 0.0 and abs(target) > abs(speed)
        change = self._faster_mps if starting else self._slower_mps
        if speed < target:
            self.speed_mps = min(speed + change, target)
        else:
            self.speed_mps = max(speed - change, target)
