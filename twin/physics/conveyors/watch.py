"""Watches parts on conveyors: what jams, what falls off, and lines that run dry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from twin.physics.conveyors.conveyor import Spot
from twin.physics.device import Told
from twin.state import Severity

# A part this far below the surface has fallen off: less than any part is high, more
# than it sinks in or lags when a lift comes up.
_FALLEN_M = 0.02


@dataclass(frozen=True, slots=True)
class Watched:
    """A part on a conveyor at one look.

    Attributes:
        part: Its name.
        spot: Where on the conveyor.
        running: Whether the surface below it moves, or is told to.
        held: Whether something holds it there on purpose: a stop blade that is up,
            and the row before it.
    """

    part: str
    spot: Spot
    running: bool
    held: bool = False


@dataclass(slots=True)
class _Standing:
    """Where a part stood when it last moved, and since when it stands."""

    spot: Spot
    since_tick: int
    told: bool = False


class LineWatch:
    """Says when a conveyor's parts jam or fall off, and when none come.

    Pure: what was looked at goes in, what is worth telling comes out. A part jams
    that moves less than ``jam_way_m`` in ``jam_s`` while its surface runs and
    nothing holds it. A row is told once, by each of its parts, and once more when
    they move again. A line starves that runs with nothing on it for ``starve_s``.

    Attributes:
        jammed: Names of parts that are jammed now, in order of being told.
        fallen: Names of parts that have fallen off, in order; at most
            ``MOST_FALLEN`` are kept.
        starved: Whether the line runs with nothing on it.

    Args:
        conveyor: Name of what is watched.
        dt_s: Length of a tick.
        jam_s: As above.
        starve_s: As above.
        jam_way_m: As above.
    """

    MOST_FALLEN = 1000

    def __init__(
        self,
        conveyor: str,
        dt_s: float,
        jam_s: float = 5.0,
        starve_s: float = 60.0,
        jam_way_m: float = 0.01,
    ) -> None:
        self._conveyor = conveyor
        self._jam_ticks = round(jam_s / dt_s)
        self._starve_ticks = round(starve_s / dt_s)
        self._jam_way_m = jam_way_m
        self._standing: dict[str, _Standing] = {}
        self._empty_since: int | None = None
        self.jammed: list[str] = []
        self.fallen: list[str] = []
        self.starved = False

    def look(self, tick: int, parts: Sequence[Watched], *, running: bool) -> list[Told]:
        """Take a look at a tick; return what is new.

        Args:
            tick: Of this look. A few looks a second are enough.
            parts: All parts on the conveyor and those that just left its surface.
            running: Whether the line runs.
        """
        told: list[Told] = []
        on_it = []
        for seen in parts:
            if seen.part in self.fallen:
                continue
            if seen.spot.above_m < -_FALLEN_M:
                told.append(self._fell(seen))
            else:
                on_it.append(seen)
                told += self._stands(tick, seen)
        present = {seen.part for seen in on_it}
        for name in [name for name in self._standing if name not in present]:
            del self._standing[name]
        self.jammed = [name for name in self.jammed if name in present]
        told += self._feed(tick, n_parts=len(on_it), running=running)
        return told

    def _fell(self, seen: Watched) -> Told:
        if len(self.fallen) >= self.MOST_FALLEN:
            self.fallen.pop(0)
        self.fallen.append(seen.part)
        return self._tell("PartFell", "alarm.part_fell", seen, Severity.ALARM)

    def _stands(self, tick: int, seen: Watched) -> list[Told]:
        before = self._standing.get(seen.part)
        if before is None or _way_m(before.spot, seen.spot) > self._jam_way_m:
            self._standing[seen.part] = _Standing(seen.spot, tick)
            if before is not None and before.told:
                self.jammed.remove(seen.part)
                return [self._tell("PartFreed", "event.part_freed", seen, 0)]
            return []
        if before.told:
            return []
        if seen.held or not seen.running:
            before.since_tick = tick
        elif tick - before.since_tick >= self._jam_ticks:
            before.told = True
            self.jammed.append(seen.part)
            return [self._tell("PartJammed", "alarm.part_jammed", seen, Severity.ALARM)]
        return []

    def _feed(self, tick: int, *, n_parts: int, running: bool) -> list[Told]:
        arguments = {"conveyor": self._conveyor}
        if n_parts or not running:
            self._empty_since = None
            if not self.starved:
                return []
            self.starved = False
            return [Told("LineFed", "event.line_fed", arguments)]
        if self._empty_since is None:
            self._empty_since = tick
        if self.starved or tick - self._empty_since < self._starve_ticks:
            return []
        self.starved = True
        return [Told("LineStarved", "event.line_starved", arguments, Severity.WARNING)]

    def _tell(self, kind: str, text: str, seen: Watched, severity: int) -> Told:
        arguments: dict[str, str | float] = {
            "part": seen.part,
            "conveyor": self._conveyor,
            "along_m": round(seen.spot.along_m, 3),
        }
        return Told(kind, text, arguments, severity)


def _way_m(one: Spot, other: Spot) -> float:
    return max(
        abs(one.along_m - other.along_m),
        abs(one.across_m - other.across_m),
        abs(one.above_m - other.above_m),
    )
