"""From wall times of the plant to simulated time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Midnight:
    """Begin of a local day.

    Attributes:
        day: Its date.
        time_us: Simulated time, µs.
        plain: Whether clocks stay as they are on this day and the next.
    """

    day: date
    time_us: int
    plain: bool


class WallClock:
    """The plant's clock.

    A wall time that clocks show twice means the first showing, and one that they
    skip the instant of the jump: so later wall times are never earlier instants.

    Args:
        timezone: IANA name.
        start: Local time without offset at simulated time 0.
    """

    def __init__(self, timezone: str, start: datetime) -> None:
        self._zone = ZoneInfo(timezone)
        self._start = self._instant(start)

    def days(self, from_s: float, until_s: float) -> Iterator[date]:
        """Give the days whose shifts may touch a range, the eve included."""
        if not from_s <= until_s:
            raise ValueError(
                f"calendar: range from {from_s!r} s to {until_s!r} s ends before it "
                "begins; exchange them"
            )
        try:
            first = self._local_date(from_s) - timedelta(days=2)
            last = self._local_date(until_s)
            # A shift may end the day after, whose clocks are looked at too.
            last + timedelta(days=3)
        except (OverflowError, ValueError) as error:
            raise ValueError(
                f"calendar: range from {from_s!r} s to {until_s!r} s leaves the "
                "years 1 to 9999; shorten it"
            ) from error
        day = first
        while day <= last:
            yield day
            day += timedelta(days=1)

    def midnight(self, day: date) -> Midnight:
        """Return where a day begins, and whether its hours are all of one length."""
        begin = datetime.combine(day, time(), self._zone)
        after = begin + timedelta(days=2)
        plain = begin.utcoffset() == after.utcoffset()
        instant = self._instant(begin.replace(tzinfo=None))
        return Midnight(day, self._simulated_us(instant), plain)

    def simulated_us(self, midnight: Midnight, wall_s: int) -> int:
        """Return the simulated time of a wall time of a day or the next, µs.

        Whole microseconds, so that hours that touch do so to the last digit even if
        the simulation starts at a fraction of a second.
        """
        if midnight.plain:
            return midnight.time_us + wall_s * 1_000_000
        wall = datetime.combine(midnight.day, time()) + timedelta(seconds=wall_s)
        return self._simulated_us(self._instant(wall))

    def _simulated_us(self, instant: datetime) -> int:
        return (instant - self._start) // timedelta(microseconds=1)

    def _local_date(self, time_s: float) -> date:
        return (self._start + timedelta(seconds=time_s)).astimezone(self._zone).date()

    def _instant(self, wall: datetime) -> datetime:
        """Return the instant, UTC, of a wall time: the first showing, or the jump."""
        local = wall.replace(tzinfo=self._zone, fold=0)
        instant = local.astimezone(UTC)
        before = local.utcoffset()
        after = local.replace(fold=1).utcoffset()
        if before is None or after is None or after <= before:
            return instant
        # Clocks skip this time: with the offset of before it lies after the jump,
        # with that of after it lies before.
        low, high = instant - (after - before), instant
        while high - low > timedelta(seconds=1):
            middle = low + (high - low) / 2
            if middle.astimezone(self._zone).utcoffset() == before:
                low = middle
            else:
                high = middle
        return high.replace(microsecond=0)
