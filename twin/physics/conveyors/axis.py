"""A driven axis that goes from rest to rest: a lift's height, a turntable's angle."""

from __future__ import annotations

import math
from typing import Literal

AxisFault = Literal["", "tripped", "seized"]


class Axis:
    """A position that is commanded and gets there on a trapezoid of speed.

    No physics in it: it follows its profile whatever it carries. Told to go
    elsewhere while it moves, it comes to rest first. A fault stays until ``reset``,
    and a reset axis stays where it is until it is told to move.

    Attributes:
        position: At the start of the next step, m or rad.
        speed: Through the next step, m/s or rad/s; 0 before the first.
        fault: "" while it is sound.

    Args:
        dt_s: Length of a tick.
        speed: Most, m/s or rad/s.
        acceleration: Of both ramps, m/s2 or rad/s2.
        position: Where it begins.

    Raises:
        ValueError: If speed or acceleration is not above 0.
    """

    def __init__(
        self, dt_s: float, speed: float, acceleration: float, position: float = 0.0
    ) -> None:
        for name, value in (("speed", speed), ("acceleration", acceleration)):
            if not value > 0.0:
                raise ValueError(f"axis.{name}: got {value:g}; give a value above 0")
        self._dt_s = dt_s
        self._full = speed
        self._ramp = acceleration
        self.position = position
        self.speed = 0.0
        self.fault: AxisFault = ""
        self._after = position
        self._goal = position
        self._profile: _Profile | None = None
        self._ticks = 0

    @property
    def target(self) -> float:
        """Where it was told to go, m or rad."""
        return self._goal

    @property
    def arrived(self) -> bool:
        """Whether it rests where it was told to be."""
        return self._profile is None and self._after == self._goal

    def move_to(self, goal: float) -> None:
        """Go somewhere; a failed axis does not."""
        if self.fault or goal == self._goal:
            return
        self._goal = goal
        if self._profile is None:
            self._set_out()
        else:
            self._brake()

    def trip(self) -> None:
        """Fail by ramping down to rest, wherever that is."""
        self.fault = "tripped"
        if self._profile is not None:
            self._brake()

    def seize(self) -> None:
        """Fail by standing still at once."""
        self.fault = "seized"
        self._profile = None

    def reset(self) -> None:
        """Mend it; it rests where it is until it is told to move."""
        self.fault = ""
        if self._profile is None:
            self._goal = self._after

    def before_step(self) -> None:
        """Move on by one tick; call once before each step."""
        self.position = self._after
        if self._profile is None:
            self.speed = 0.0
            return
        self._ticks += 1
        self._after = self._profile.position(self._ticks * self._dt_s)
        self.speed = (self._after - self.position) / self._dt_s
        if self._ticks * self._dt_s >= self._profile.duration_s:
            self._profile = None
            if not self.fault and self._after != self._goal:
                self._set_out()

    def _set_out(self) -> None:
        self._profile = _Trapezoid(self._after, self._goal, self._full, self._ramp)
        self._ticks = 0

    def _brake(self) -> None:
        self._profile = _Braking(self._after, self.speed, self._ramp)
        self._ticks = 0


class _Trapezoid:
    """From rest to rest with equal ramps."""

    def __init__(self, start: float, end: float, full: float, ramp: float) -> None:
        self._start, self._end, self._ramp = start, end, ramp
        way = abs(end - start)
        self._sign = math.copysign(1.0, end - start)
        self._peak = min(full, math.sqrt(way * ramp))
        self._ramp_s = self._peak / ramp
        self.duration_s = self._ramp_s + way / self._peak

    def position(self, time_s: float) -> float:
        if time_s >= self.duration_s:
            return self._end
        if time_s < self._ramp_s:
            return self._start + self._sign * self._ramp * time_s**2 / 2
        left_s = self.duration_s - time_s
        if left_s < self._ramp_s:
            return self._end - self._sign * self._ramp * left_s**2 / 2
        return self._start + self._sign * self._peak * (time_s - self._ramp_s / 2)


class _Braking:
    """From a speed to rest."""

    def __init__(self, start: float, speed: float, ramp: float) -> None:
        self._start, self._speed = start, speed
        self._slowing = math.copysign(ramp, speed)
        self.duration_s = abs(speed) / ramp

    def position(self, time_s: float) -> float:
        time_s = min(time_s, self.duration_s)
        return self._start + self._speed * time_s - self._slowing * time_s**2 / 2


_Profile = _Trapezoid | _Braking
