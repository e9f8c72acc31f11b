"""How many ticks are due at a moment of wall time: decided here, done elsewhere."""

from __future__ import annotations

from typing import Final

MIN_SPEED: Final = 0.01
MAX_SPEED: Final = 1000.0
_MAX_DEBT_S: Final = 0.25
"""Wall time an engine may lag before the lag is forgiven; else a machine that is too
slow would race through what it missed as soon as it could."""


class Pace:
    """Keeps simulated time at a multiple of wall time, as far as the engine can.

    Args:
        dt_s: Length of a tick, s.
        speed: Simulated seconds per second.
    """

    def __init__(self, dt_s: float, speed: float) -> None:
        self._dt_s = dt_s
        self.speed = speed
        self._anchor_s = 0.0
        self._anchor_tick = 0

    def restart(self, now_s: float, tick: int) -> None:
        """Count from here: after a pause, a change of speed, a reset."""
        self._anchor_s = now_s
        self._anchor_tick = tick

    def ticks_due(self, now_s: float, tick: int) -> int:
        """Return how many ticks the engine at ``tick`` is behind."""
        elapsed_ticks = int((now_s - self._anchor_s) * self.speed / self._dt_s + 1e-9)
        due = self._anchor_tick + elapsed_ticks - tick
        most = max(1, int(_MAX_DEBT_S * self.speed / self._dt_s))
        if due > most:
            self.restart(now_s - most * self._dt_s / self.speed, tick)
            return most
        return max(due, 0)


class Achieved:
    """Measures simulated seconds per second over the last while.

    Args:
        dt_s: Length of a tick, s.
    """

    def __init__(self, dt_s: float) -> None:
        self._dt_s = dt_s
        self._since_s = 0.0
        self._since_tick = 0

    def restart(self, now_s: float, tick: int) -> None:
        """Measure from here."""
        self._since_s = now_s
        self._since_tick = tick

    def over(self, now_s: float, tick: int) -> float:
        """Return the speed since the last call or restart, and measure anew."""
        elapsed_s = now_s - self._since_s
        ticks = tick - self._since_tick
        self.restart(now_s, tick)
        return ticks * self._dt_s / elapsed_s if elapsed_s > 0.0 else 0.0
