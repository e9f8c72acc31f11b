"""Watches parts on a line: what jams, what falls off, and when it runs dry. Pure."""

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
    """A part at one look.

    Attributes:
        part: Its name.
        conveyor: Name of the one it is on; of the one it was on last if on none.
        spot: Where on it.
        on: Whether it is over the surface.
        running: Whether the surface moves, or is told to.
        held: Whether something holds it there on purpose: a stop blade that is up,
            and the row before it.
    """

    part: str
    conveyor: str
    spot: Spot
    on: bool
    running: bool
    held: bool = False


@dataclass(slots=True)
class _Standing:
    """Where a part stood when it last moved, and since when it stands."""

    conveyor: str
    spot: Spot
    since_tick: int
    told: bool = False


class LineWatch:
    """Says when a line's parts jam or fall off, and when none come.

    Pure: what was looked at goes in, what is worth telling comes out. A part jams
    that moves less than ``jam_way_m`` in ``jam_s`` while its surface runs and
    nothing holds it; each part of a row is told once, and once more when it moves
    again. A part has fallen that was on the line and is below the surface it was on.
    A line starves that runs with nothing on it for ``starve_s``.

    Attributes:
        jammed: Names of parts that are jammed now, in order of being told.
        n_fallen: How many parts have fallen off.
        starved: Whether the line runs with nothing on it.

    Args:
        line: Its name.
        dt_s: Length of a tick.
        jam_s: As above.
        starve_s: As above.
        jam_way_m: As above.
    """

    def __init__(
        self,
        line: str,
        dt_s: float,
        jam_s: float = 5.0,
        starve_s: float = 60.0,
        jam_way_m: float = 0.01,
    ) -> None:
        self._line = line
        self._jam_ticks = round(jam_s / dt_s)
        self._starve_ticks = round(starve_s / dt_s)
        self._jam_way_m = jam_way_m
        self._standing: dict[str, _Standing] = {}
        self._empty_since: int | None = None
        self.jammed: list[str] = []
        self.n_fallen = 0
        self.starved = False

    def look(self, tick: int, parts: Sequence[Watched], *, running: bool) -> list[Told]:
        """Take a look at a tick; return what is new.

        Args:
            tick: Of this look. A few looks a second are enough.
            parts: All parts that are on the line, or were at the last look.
            running: Whether the line runs.
        """
        told: list[Told] = []
        on_it: set[str] = set()
        in_air: set[str] = set()
        for seen in parts:
            if seen.on:
                on_it.add(seen.part)
                told += self._stands(tick, seen)
            elif seen.part not in self._standing:
                continue
            elif seen.spot.above_m >= -_FALLEN_M:
                in_air.add(seen.part)
            else:
                self.n_fallen += 1
                told.append(_tell("PartFell", "alarm.part_fell", seen, Severity.ALARM))
        for name in sorted(self._standing.keys() - on_it - in_air):
            del self._standing[name]
        self.jammed = [name for name in self.jammed if name in on_it]
        told += self._feed(tick, empty=not on_it, running=running)
        return told

    def _stands(self, tick: int, seen: Watched) -> list[Told]:
        before = self._standing.get(seen.part)
        if (
            before is None
            or before.conveyor != seen.conveyor
            or _way_m(before.spot, seen.spot) > self._jam_way_m
        ):
            self._standing[seen.part] = _Standing(seen.conveyor, seen.spot, tick)
            if before is not None and before.told:
                self.jammed.remove(seen.part)
                return [_tell("PartFreed", "event.part_freed", seen, Severity.INFO)]
            return []
        if before.told:
            return []
        if seen.held or not seen.running:
            before.since_tick = tick
        elif tick - before.since_tick >= self._jam_ticks:
            before.told = True
            self.jammed.append(seen.part)
            return [_tell("PartJammed", "alarm.part_jammed", seen, Severity.ALARM)]
        return []

    def _feed(self, tick: int, *, empty: bool, running: bool) -> list[Told]:
        arguments = {"line": self._line}
        if not empty or not running:
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


def _tell(kind: str, text: str, seen: Watched, severity: Severity) -> Told:
    arguments: dict[str, str | float] = {
        "part": seen.part,
        "conveyor": seen.conveyor,
        "along_m": round(seen.spot.along_m, 3),
    }
    return Told(kind, text, arguments, severity)


def _way_m(one: Spot, other: Spot) -> float:
    return max(
        abs(one.along_m - other.along_m),
        abs(one.across_m - other.across_m),
        abs(one.above_m - other.above_m),
    )
