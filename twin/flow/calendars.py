"""Working hours as open intervals of simulated time, and times of a timetable.

Hours are written in the wall time of the plant and become instants before anything
is added or subtracted: the night shift from 22:00 to 06:00 lasts nine hours when
clocks are set back and seven when they are set forward.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from twin.flow.holidays import french_holidays
from twin.flow.wall_clock import WallClock
from twin.scenario.calendars import (
    DAY_S,
    WEEKDAYS,
    Calendar,
    Hours,
    weekdays,
)
from twin.scenario.sources import Delivery

Intervals = NDArray[np.float64]
"""Open intervals, (n, 2): begin and end, s; sorted, disjoint, none of no length."""

_Span = tuple[int, int]
"""Begin and end: s of wall time after midnight, or µs of simulated time."""


def open_intervals(
    calendar: Calendar, timezone: str, start: datetime, from_s: float, until_s: float
) -> Intervals:
    """Return when a calendar is open between two simulated times.

    A shift belongs to the day on which it begins: the one that begins on the eve of
    a holiday is worked to its end on the holiday's morning, and the one that would
    begin on the holiday's evening is not worked. Closures count the same way.
    ``open`` days have exactly the hours they give, whatever the week, the holidays
    and the closures say. Breaks are taken every day at their wall time, on ``open``
    days too.

    A wall time that clocks show twice means the first showing, and one that they
    skip the instant of the jump.

    Args:
        calendar: Of the scenario.
        timezone: IANA name.
        start: Local time without offset at simulated time 0.
        from_s: Begin of the range, s of simulated time; may be negative.
        until_s: Its end, s; intervals are cut to the range.

    Returns:
        Begin and end of each interval, (n, 2) float64, s of simulated time, sorted,
        disjoint; intervals that touch are one.

    Raises:
        ValueError: If the range ends before it begins, or its dates leave the
            years 1 to 9999.
    """
    return _open_intervals(
        _rules(calendar), WallClock(timezone, start), from_s, until_s
    )


def week_hours(calendar: Calendar) -> float:
    """Return the open hours of a week without holiday, closure or clock change.

    Breaks are taken off; what Sunday's night shift works on Monday counts.
    """
    rules = _rules(calendar)
    plain = _Rules(rules.week, rules.breaks, frozenset(), (), {}, french=False)
    # Any Monday in UTC will do; the range sees the Sunday before it.
    monday = WallClock("UTC", datetime(2001, 1, 1))
    spans = _open_intervals(plain, monday, 0.0, float(len(WEEKDAYS) * DAY_S))
    return float(np.sum(spans[:, 1] - spans[:, 0])) / 3600.0


def timetable_times(
    timetable: Sequence[Delivery],
    timezone: str,
    start: datetime,
    from_s: float,
    until_s: float,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return when parts are due after a timetable, and how many.

    Wall times that clocks skip or show twice are read as in `open_intervals`.

    Args:
        timetable: Entries of time of day, days of the week and count.
        timezone: IANA name.
        start: Local time without offset at simulated time 0.
        from_s: Begin of the range, s of simulated time, included.
        until_s: Its end, s, not included.

    Returns:
        Times, (n,) float64, s of simulated time, rising; and the parts due at each,
        (n,) int64. Entries of one instant are added up.

    Raises:
        ValueError: As `open_intervals`.
    """
    clock = WallClock(timezone, start)
    entries = [(e.at.clock_s, weekdays(e.days), e.count) for e in timetable]
    due: dict[float, int] = {}
    for day in clock.days(from_s, until_s):
        midnight = clock.midnight(day)
        for at_s, days, count in entries:
            if day.weekday() in days:
                time_s = clock.simulated_us(midnight, at_s) / 1e6
                if from_s <= time_s < until_s:
                    due[time_s] = due.get(time_s, 0) + count
    times = sorted(due)
    return (
        np.array(times, dtype=np.float64),
        np.array([due[time_s] for time_s in times], dtype=np.int64),
    )


@dataclass(frozen=True, slots=True)
class _Rules:
    """A calendar whose texts have been read.

    Attributes:
        week: Hours of Monday to Sunday.
        breaks: Of every day.
        holidays: Closed dates.
        closed: First and last date of each closure.
        open: Dates with hours of their own.
        french: Whether the national holidays are closed too.
    """

    week: tuple[tuple[_Span, ...], ...]
    breaks: tuple[_Span, ...]
    holidays: frozenset[date]
    closed: tuple[tuple[date, date], ...]
    open: Mapping[date, tuple[_Span, ...]]
    french: bool

    def hours(self, day: date, french: frozenset[date]) -> tuple[_Span, ...]:
        """Return the hours of the shifts that begin on a day."""
        own = self.open.get(day)
        if own is not None:
            return own
        shut = day in self.holidays or (self.french and day in french)
        if shut or any(first <= day <= last for first, last in self.closed):
            return ()
        return self.week[day.weekday()]


def _rules(calendar: Calendar) -> _Rules:
    listed = () if isinstance(calendar.holidays, str) else calendar.holidays
    return _Rules(
        week=tuple(_spans(calendar.hours_of(day)) for day in range(len(WEEKDAYS))),
        breaks=_spans(calendar.breaks),
        holidays=frozenset(listed),
        closed=tuple((closure.from_, closure.to) for closure in calendar.closed),
        open={opening.date: _spans(opening.hours) for opening in calendar.open},
        french=calendar.holidays == "france",
    )


def _spans(hours: Iterable[Hours]) -> tuple[_Span, ...]:
    return tuple((span.begin_s, span.end_s) for span in hours)


def _open_intervals(
    rules: _Rules, clock: WallClock, from_s: float, until_s: float
) -> Intervals:
    work: list[_Span] = []
    rest: list[_Span] = []
    year, french = 0, frozenset[date]()
    for day in clock.days(from_s, until_s):
        if day.year != year and rules.french:
            year, french = day.year, french_holidays(day.year)
        hours = rules.hours(day, french)
        midnight = clock.midnight(day)
        for spans, found in ((hours, work), (rules.breaks, rest)):
            for begin_s, end_s in spans:
                begin = clock.simulated_us(midnight, begin_s)
                end = clock.simulated_us(midnight, end_s)
                if begin < end:
                    found.append((begin, end))
    left = list(_without(_merged(work), _merged(rest)))
    cut = np.clip(np.array(left).reshape(-1, 2) / 1e6, from_s, until_s)
    inside: Intervals = cut[cut[:, 0] < cut[:, 1]]
    return inside


def _merged(spans: Iterable[_Span]) -> list[_Span]:
    """Return the spans sorted, those that overlap or touch as one."""
    merged: list[_Span] = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            if end > merged[-1][1]:
                merged[-1] = (merged[-1][0], end)
        else:
            merged.append((begin, end))
    return merged


def _without(spans: Sequence[_Span], holes: Sequence[_Span]) -> Iterator[_Span]:
    """Give what the holes leave of the spans; both are merged."""
    first = 0
    for begin, end in spans:
        while first < len(holes) and holes[first][1] <= begin:
            first += 1
        at, left = first, begin
        while at < len(holes) and holes[at][0] < end:
            if left < holes[at][0]:
                yield left, holes[at][0]
            left = max(left, holes[at][1])
            at += 1
        if left < end:
            yield left, end
