"""Something that should move and does not: a jam, and who starves behind it."""

from __future__ import annotations

from twin.physics.device import Told
from twin.state import Severity


class Standstill:
    """Notices that something that should move does not.

    Args:
        dt_s: Length of a tick.
    """

    # A belt at its slowest covers this in a fraction of the time. Assumed.
    _MOVED_M = 5e-3
    _JAM_S = 2.0
    _STARVED_S = 5.0

    def __init__(self, dt_s: float) -> None:
        self._jam_ticks = round(self._JAM_S / dt_s)
        self._starved_ticks = round(self._STARVED_S / dt_s)
        self.at_m = -float("inf")
        self.still_ticks = 0

    def restart(self) -> None:
        """Begin to watch something else."""
        self.at_m, self.still_ticks = -float("inf"), 0

    def watch(self, along_m: float, car: int, *, awaited: bool) -> Told | None:
        """Take note of where it is now; tell of a jam, later of starvation.

        Args:
            along_m: Its place along the way it should go.
            car: Whose.
            awaited: Whether somebody waits for it to arrive.
        """
        if along_m > self.at_m + self._MOVED_M:
            self.at_m, self.still_ticks = along_m, 0
            return None
        self.still_ticks += 1
        if self.still_ticks == self._jam_ticks:
            return Told(
                "JamDetected",
                "alarm.jam",
                {"car": car, "waited_s": self._JAM_S},
                severity=Severity.ALARM,
            )
        if awaited and self.still_ticks == self._starved_ticks:
            return Told(
                "StarvationDetected",
                "alarm.starvation",
                {"car": car, "waited_s": self._STARVED_S},
                severity=Severity.WARNING,
            )
        return None
