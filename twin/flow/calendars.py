"""Working hours as open intervals of simulated time, and times of a timetable.

Hours are written in the wall time of the plant and become instants before anything
is added or subtracted: the night shift from 22:00 to 06:00 lasts nine hours when
clocks are set back and seven when they are set forward.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from twin.flow.holidays import french_holidays
from twin.flow.wall_clock import WallClock

Intervals = NDArray[np.float64]
"""Open intervals, (n, 2): begin and end, s; sorted, disjoint, none of no length."""

_DAY_S = 86_400
_WEEK_DAYS = 7

_Span = tuple[int, int]
"""Begin and end: s of wall time after midnight, or µs of simulated time."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)|(24):00", re.ASCII)


class Closure(Protocol):
    """Dates from ``first`` to ``last``, both included."""

    first: date
    last: date


class OpenDay(Protocol):
    """A date with hours of its own."""

    date: date
    hours: Sequence[str]


class Calendar(Protocol):
    """What the scenario says of working hours."""

    week: Mapping[str, Sequence[str]]
    breaks: Sequence[str]
    holidays: str | Sequence[date]
    closed: Sequence[Closure]
    open: Sequence[OpenDay]


class Timing(Protocol):
    """An entry of a timetable."""

    at: str
    count: int
    days: str


def read_time(text: str) -> int:
    """Return the seconds after midnight of a wall time such as "06:00".

    Raises:
        ValueError: If it is none; "24:00" is the day's end.
    """
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"got {text!r}; give a time such as 06:00")
    if match[3]:
        return _DAY_S
    return int(match[1]) * 3600 + int(match[2]) * 60


def read_hours(text: str) -> tuple[int, int]:
    """Return begin and end of hours such as "22:00-06:00", s after midnight.

    An end that is not after the begin lies on the next day, beyond 86,400 s.

    Raises:
        ValueError: If it is not two times, or they are equal.
    """
    begin, dash, end = text.partition("-")
    if not dash:
        raise ValueError(f"got {text!r}; give hours such as 06:00-13:30")
    begin_s, end_s = read_time(begin), read_time(end)
    if begin_s in (end_s, _DAY_S):
        raise ValueError(
            f"got {text!r}, which lasts no time; for a whole day give 00:00-24:00"
        )
    return begin_s, end_s if end_s > begin_s else end_s + _DAY_S


def read_days(text: str) -> tuple[int, ...]:
    """Return the days of the week of a text such as "mon-fri"; Monday is 0.

    Days and ranges may be joined by commas; "sat-mon" passes the week's end.

    Raises:
        ValueError: If it names no day.
    """
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = (word.strip().lower() for word in part.partition("-"))
        if first not in _DAYS or (dash and last not in _DAYS):
            raise ValueError(
                f"got {text!r}; give days such as mon-fri or sat, of {', '.join(_DAYS)}"
            )
        begin = _DAYS.index(first)
        end = _DAYS.index(last) if dash else begin
        found.update((begin + n) % 7 for n in range((end - begin) % 7 + 1))
    return tuple(sorted(found))


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
    spans = _open_intervals(plain, monday, 0.0, float(_WEEK_DAYS * _DAY_S))
    return float(np.sum(spans[:, 1] - spans[:, 0])) / 3600.0


def timetable_times(
    timetable: Sequence[Timing],
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
    entries = [(read_time(e.at), set(read_days(e.days)), e.count) for e in timetable]
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
    week: list[list[_Span]] = [[] for _ in range(_WEEK_DAYS)]
    for days, hours in calendar.week.items():
        for day in read_days(days):
            week[day].extend(read_hours(text) for text in hours)
    french = calendar.holidays == "france"
    dates = () if isinstance(calendar.holidays, str) else calendar.holidays
    return _Rules(
        week=tuple(tuple(spans) for spans in week),
        breaks=tuple(read_hours(text) for text in calendar.breaks),
        holidays=frozenset(dates),
        closed=tuple((closure.first, closure.last) for closure in calendar.closed),
        open={
            entry.date: tuple(read_hours(text) for text in entry.hours)
            for entry in calendar.open
        },
        french=french,
    )


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
