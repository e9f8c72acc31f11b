"""Working hours in absolute time: clock changes, holidays, breaks, exceptions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TypedDict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.flow.calendars import (
    Intervals,
    open_intervals,
    timetable_times,
    week_hours,
)
from twin.flow.holidays import easter_sunday, french_holidays
from twin.scenario.calendars import Calendar
from twin.scenario.sources import Delivery

PARIS = "Europe/Paris"
HOUR_S = 3600.0
DAY_S = 24 * HOUR_S


def calendar(**said: object) -> Calendar:
    """Return the calendar that a scenario would say so."""
    return Calendar.model_validate({"week": {}, **said})


def closure(first: str, last: str) -> dict[str, str]:
    return {"from": first, "to": last}


def opening(day: str, *hours: str) -> dict[str, object]:
    return {"date": day, "hours": hours}


def due(at: str, count: int = 1, days: str = "mon-sun") -> Delivery:
    return Delivery.model_validate({"at": at, "count": count, "days": days})


def hours_open(spans: Intervals) -> float:
    return float(np.sum(spans[:, 1] - spans[:, 0])) / HOUR_S


def opened(
    plan: Calendar, first: str, days: float, timezone: str = PARIS
) -> list[tuple[float, float]]:
    """Return the intervals in hours after midnight of a date."""
    start = datetime.fromisoformat(first)
    spans = open_intervals(plan, timezone, start, 0.0, days * DAY_S)
    return [(begin / HOUR_S, end / HOUR_S) for begin, end in spans.tolist()]


NIGHTS = calendar(week={"mon-sun": ["22:00-06:00"]})


@pytest.mark.parametrize(
    ("eve", "lasts_h"),
    [("2026-10-24", 9.0), ("2026-03-28", 7.0), ("2026-06-13", 8.0)],
    ids=["set back", "set forward", "plain"],
)
def test_a_night_shift_lasts_as_long_as_the_clocks_make_it(
    eve: str, lasts_h: float
) -> None:
    assert opened(NIGHTS, f"{eve}T12:00", 1.0) == [(10.0, 10.0 + lasts_h)]


def test_the_nights_of_a_year_keep_to_the_wall_clock() -> None:
    spans = open_intervals(NIGHTS, PARIS, datetime(2026, 1, 1, 12), 0.0, 365 * DAY_S)
    assert spans.shape == (365, 2)
    zero = datetime(2026, 1, 1, 11, tzinfo=UTC)
    winter = timedelta(hours=1)
    for begin_s, end_s in spans.tolist():
        for time_s, hour in ((begin_s, 22), (end_s, 6)):
            instant = zero + timedelta(seconds=time_s)
            # Summer time by its law: last Sunday of March to last of October, 01 UTC.
            summer = (
                datetime(2026, 3, 29, 1, tzinfo=UTC)
                <= instant
                < datetime(2026, 10, 25, 1, tzinfo=UTC)
            )
            wall = instant + (2 * winter if summer else winter)
            assert (wall.hour, wall.minute, wall.second) == (hour, 0, 0)


def test_hours_that_clocks_skip_shrink_to_the_jump() -> None:
    """On 29 March 2026 clocks go from 02:00 to 03:00, an hour of 23."""
    day = "2026-03-29"
    assert opened(calendar(week={"sun": ["02:30-03:15"]}), day, 1) == [(2.0, 2.25)]
    assert opened(calendar(week={"sun": ["02:10-02:50"]}), day, 1) == []
    halves = calendar(week={"sat": ["22:00-02:30"], "sun": ["02:30-06:00"]})
    assert opened(halves, day, 1) == [(0.0, 5.0)]


def test_hours_that_clocks_show_twice_begin_at_the_first_showing() -> None:
    """On 25 October 2026 clocks go from 03:00 back to 02:00."""
    day = "2026-10-25"
    assert opened(calendar(week={"sun": ["02:30-06:00"]}), day, 1) == [(2.5, 7.0)]
    assert opened(calendar(week={"sun": ["01:00-02:30"]}), day, 1) == [(1.0, 2.5)]


def test_a_day_without_its_midnight_begins_at_the_jump() -> None:
    """In Cairo, clocks of 24 April 2026 go from 00:00 to 01:00."""
    plan = calendar(week={"fri": ["00:00-08:00", "20:00-24:00"]})
    start = datetime(2026, 4, 23, 12)
    spans = open_intervals(plan, "Africa/Cairo", start, 0.0, 2 * DAY_S)
    assert (spans / HOUR_S).tolist() == [[12.0, 19.0], [31.0, 35.0]]


def test_two_shifts_with_breaks() -> None:
    plan = calendar(
        week={"mon-fri": ["06:00-13:30", "14:00-21:30"], "sat": ["06:00-12:00"]},
        breaks=["09:00-09:15", "13:15-14:15"],
    )
    monday = "2026-06-01"
    assert opened(plan, monday, 1) == [(6.0, 9.0), (9.25, 13.25), (14.25, 21.5)]
    saturday = "2026-06-06"
    assert opened(plan, saturday, 2) == [(6.0, 9.0), (9.25, 12.0)]
    assert week_hours(plan) == pytest.approx(5 * 14.25 + 5.75, abs=1e-12)


def test_shifts_that_touch_or_overlap_are_one() -> None:
    plan = calendar(
        week={
            "mon": ["06:00-14:00", "13:00-23:00"],
            "tue": ["06:00-14:00", "14:00-22:00"],
        }
    )
    assert opened(plan, "2026-06-01", 1) == [(6.0, 23.0)]
    assert opened(plan, "2026-06-02", 1) == [(6.0, 22.0)]
    whole = calendar(week={"mon-sun": ["00:00-24:00"]})
    assert opened(whole, "2026-03-20T00:00:00.123457", 300) == [(0.0, 7200.0)]


def test_a_break_past_midnight_is_taken() -> None:
    plan = calendar(week={"mon": ["22:00-06:00"]}, breaks=["23:50-00:10"])
    assert opened(plan, "2026-06-01", 2) == [
        (22.0, pytest.approx(23 + 50 / 60)),
        (pytest.approx(24 + 10 / 60), 30.0),
    ]


def test_sundays_night_counts_in_the_hours_of_a_week() -> None:
    assert week_hours(NIGHTS) == 56.0
    assert week_hours(calendar(week={"sun": ["22:00-06:00"]})) == 8.0
    assert week_hours(calendar(week={"mon-sun": ["00:00-24:00"]})) == 168.0
    assert week_hours(calendar()) == 0.0


def test_week_hours_see_no_holidays() -> None:
    office = {"mon-fri": ["08:00-16:00"]}
    shut = calendar(
        week=office,
        holidays="france",
        closed=[closure("1990-01-01", "2100-01-01")],
        open=[opening("2001-01-01", "00:00-24:00")],
    )
    assert week_hours(shut) == 40.0


def test_easter_of_known_years() -> None:
    """Dates of the Gregorian Easter; 1818 and 1943 are its earliest and latest."""
    known = [
        date(1818, 3, 22),
        date(1943, 4, 25),
        date(1954, 4, 18),
        date(1981, 4, 19),
        date(2000, 4, 23),
        date(2008, 3, 23),
        date(2011, 4, 24),
        date(2024, 3, 31),
        date(2025, 4, 20),
        date(2026, 4, 5),
        date(2038, 4, 25),
        date(2049, 4, 18),
        date(2076, 4, 19),
    ]
    assert [easter_sunday(day.year) for day in known] == known


@given(st.integers(1583, 9999))
def test_easter_is_a_sunday_of_spring(year: int) -> None:
    easter = easter_sunday(year)
    assert easter.weekday() == 6
    assert date(year, 3, 22) <= easter <= date(year, 4, 25)


def test_the_holidays_of_2026() -> None:
    assert sorted(french_holidays(2026)) == [
        date(2026, 1, 1),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 5, 8),
        date(2026, 5, 14),
        date(2026, 5, 25),
        date(2026, 7, 14),
        date(2026, 8, 15),
        date(2026, 11, 1),
        date(2026, 11, 11),
        date(2026, 12, 25),
    ]


def test_a_year_of_weekdays_without_the_holidays() -> None:
    """2026: 261 weekdays; two of the eleven holidays fall on a weekend."""
    plan = calendar(week={"mon-fri": ["08:00-16:00"]}, holidays="france")
    spans = open_intervals(plan, PARIS, datetime(2026, 1, 1), 0.0, 365 * DAY_S)
    assert len(spans) == 261 - 9
    assert hours_open(spans) == 8.0 * 252


def test_a_shift_belongs_to_the_day_on_which_it_begins() -> None:
    """14 July 2026: the eve's night is worked to its end, the holiday's is not."""
    nights = calendar(week={"mon-sun": ["22:00-06:00"]}, holidays="france")
    assert opened(nights, "2026-07-13T12:00", 3) == [(10.0, 18.0), (58.0, 66.0)]


def test_holidays_of_the_user_own_list() -> None:
    plan = calendar(week={"mon-fri": ["08:00-16:00"]}, holidays=["2026-06-02"])
    assert opened(plan, "2026-06-01", 3) == [(8.0, 16.0), (56.0, 64.0)]


def test_a_closure_holds_its_first_and_its_last_day() -> None:
    plan = calendar(
        week={"mon-sun": ["08:00-16:00"]},
        closed=[closure("2026-08-03", "2026-08-21")],
    )
    assert opened(plan, "2026-08-01", 23) == [
        (8.0, 16.0),
        (32.0, 40.0),
        (21 * 24 + 8.0, 21 * 24 + 16.0),
        (22 * 24 + 8.0, 22 * 24 + 16.0),
    ]


def test_open_days_win_over_holidays_closures_and_the_week() -> None:
    plan = calendar(
        week={"mon-fri": ["06:00-14:00"]},
        breaks=["09:30-10:00"],
        holidays="france",
        closed=[closure("2026-08-01", "2026-08-31")],
        open=[
            opening("2026-08-15", "09:00-12:00"),
            opening("2026-09-01"),
        ],
    )
    saturday_and_holiday = [(9.0, 9.5), (10.0, 12.0)]
    assert opened(plan, "2026-08-15", 1) == saturday_and_holiday
    assert opened(plan, "2026-09-01", 1) == []
    assert opened(plan, "2026-09-02", 1) == [(6.0, 9.5), (10.0, 14.0)]


def test_a_range_may_begin_before_the_start() -> None:
    plan = calendar(week={"mon": ["08:00-16:00"]})
    start = datetime(2026, 6, 1, 12)
    spans = open_intervals(plan, PARIS, start, -DAY_S, DAY_S)
    assert (spans / HOUR_S).tolist() == [[-4.0, 4.0]]


@pytest.mark.parametrize(
    ("from_s", "until_s", "found"),
    [
        (1.0, 0.0, "ends before"),
        (0.0, np.nan, "ends before"),
        (0.0, np.inf, "shorten"),
        (0.0, 3e11, "shorten"),
        (-7e10, 0.0, "shorten"),
    ],
)
def test_a_range_without_dates_is_refused(
    from_s: float, until_s: float, found: str
) -> None:
    with pytest.raises(ValueError, match=found):
        open_intervals(NIGHTS, PARIS, datetime(2026, 1, 1), from_s, until_s)


def _clock_text(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


quarters = st.integers(0, 95).map(lambda n: n * 15)
hours = st.tuples(quarters, quarters).filter(lambda pair: pair[0] != pair[1])
spans_text = hours.map(lambda pair: "-".join(_clock_text(m) for m in pair))
dates = st.dates(date(2026, 1, 1), date(2027, 12, 31))
days_apart = st.sampled_from(
    [("mon-fri", "sat", "sun"), ("fri-mon", "wed-thu"), ("mon", "tue,thu-sat")]
)
weeks = days_apart.flatmap(
    lambda days: st.fixed_dictionaries(
        {}, optional={day: st.lists(spans_text, max_size=3) for day in days}
    )
)


class Said(TypedDict):
    """A calendar as a scenario says it."""

    week: dict[str, list[str]]
    breaks: list[str]
    holidays: str | list[date]
    closed: list[dict[str, date]]
    open: list[tuple[date, list[str]]]


closures = st.tuples(dates, dates).map(lambda two: {"from": min(two), "to": max(two)})
openings = st.tuples(dates, st.lists(spans_text, max_size=2))
calendars_said = st.builds(
    Said,
    week=weeks,
    breaks=st.lists(spans_text, max_size=2),
    holidays=st.just("france") | st.lists(dates, max_size=3),
    closed=st.lists(closures, max_size=1),
    open=st.lists(openings, unique_by=lambda opening: opening[0]),
)


def read(said: Said) -> Calendar:
    days = [{"date": day, "hours": texts} for day, texts in said["open"]]
    return Calendar.model_validate({**said, "open": days})


calendars = calendars_said.map(read)
zones = st.sampled_from([PARIS, "UTC", "Australia/Lord_Howe", "America/Santiago"])
starts = st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1))
moments = st.floats(0.0, 400 * DAY_S)


@given(calendars, zones, starts, moments, moments)
def test_intervals_are_sorted_disjoint_and_inside(
    plan: Calendar, zone: str, start: datetime, one: float, other: float
) -> None:
    from_s, until_s = min(one, other), max(one, other)
    spans = open_intervals(plan, zone, start, from_s, until_s)
    assert spans.dtype == np.float64
    assert spans.ndim == 2
    assert spans.shape[1] == 2
    assert np.all(spans[:, 0] < spans[:, 1])
    assert np.all(spans[:-1, 1] < spans[1:, 0]), "touching intervals are one"
    assert np.all((spans >= from_s) & (spans <= until_s))


@given(calendars, zones, starts, st.tuples(moments, moments, moments))
def test_a_range_split_anywhere_gives_the_same_intervals(
    plan: Calendar, zone: str, start: datetime, at: tuple[float, float, float]
) -> None:
    begin, middle, end = sorted(at)
    whole = open_intervals(plan, zone, start, begin, end)
    first = open_intervals(plan, zone, start, begin, middle)
    second = open_intervals(plan, zone, start, middle, end)
    if len(first) and len(second) and first[-1, 1] == second[0, 0] == middle:
        joined = np.vstack([first[:-1], [[first[-1, 0], second[0, 1]]], second[1:]])
    else:
        joined = np.vstack([first, second])
    assert np.array_equal(joined, whole)


@given(calendars, starts, st.integers(0, 50))
def test_a_plain_week_holds_its_hours(
    plan: Calendar, start: datetime, n_weeks: int
) -> None:
    plain = calendar(week=plan.week, breaks=plan.breaks)
    from_s = n_weeks * 7 * DAY_S
    spans = open_intervals(plain, "UTC", start, from_s, from_s + 7 * DAY_S)
    assert hours_open(spans) == pytest.approx(week_hours(plan), abs=1e-6)


@given(calendars_said, starts, st.integers(0, 365 * 24 * 60))
def test_each_minute_is_open_if_the_wall_clock_says_so(
    said: Said, start: datetime, minute: int
) -> None:
    """Against a reading of the rules minute by minute, where clocks never change."""
    start = start.replace(second=0, microsecond=0)
    wall = start + timedelta(minutes=minute)

    def covers(text: str, day: date) -> bool:
        begin, end = (
            datetime.combine(day, datetime.strptime(part, "%H:%M").time())
            for part in text.split("-")
        )
        return begin <= wall < (end if end > begin else end + timedelta(days=1))

    def worked(day: date) -> list[str]:
        exceptions = dict(said["open"])
        if day in exceptions:
            return exceptions[day]
        if said["holidays"] == "france":
            shut = day in french_holidays(day.year)
        else:
            shut = day in said["holidays"]
        if shut or any(c["from"] <= day <= c["to"] for c in said["closed"]):
            return []
        names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        found: list[str] = []
        for days, texts in said["week"].items():
            for piece in days.split(","):
                first, _, last = piece.partition("-")
                n_days = (names.index(last or first) - names.index(first)) % 7 + 1
                if (day.weekday() - names.index(first)) % 7 < n_days:
                    found.extend(texts)
        return found

    today = wall.date()
    nearby = [today - timedelta(days=1), today]
    expected = any(covers(text, day) for day in nearby for text in worked(day))
    if any(covers(text, day) for day in nearby for text in said["breaks"]):
        expected = False
    at_s = minute * 60.0
    spans = open_intervals(read(said), "UTC", start, at_s, at_s + 60.0)
    assert spans.tolist() == ([[at_s, at_s + 60.0]] if expected else [])


def test_a_timetable_keeps_to_the_wall_clock() -> None:
    """Trucks at 8 on weekdays, over the change of clocks of 29 March 2026."""
    timetable = [due("08:00", 5, "mon-fri"), due("14:30", 2, "fri")]
    times_s, counts = timetable_times(
        timetable, PARIS, datetime(2026, 3, 26, 8), 0.0, 119 * HOUR_S
    )
    assert (times_s / HOUR_S).tolist() == [0.0, 24.0, 30.5, 95.0]
    assert counts.tolist() == [5, 5, 2, 5]
    assert times_s.dtype == np.float64
    assert counts.dtype == np.int64


def test_entries_of_one_instant_are_added_up() -> None:
    timetable = [due("08:00", 5), due("08:00", 2, "mon")]
    times_s, counts = timetable_times(
        timetable, PARIS, datetime(2026, 6, 1), 0.0, 2 * DAY_S
    )
    assert (times_s / HOUR_S).tolist() == [8.0, 32.0]
    assert counts.tolist() == [7, 5]


def test_a_timetable_range_holds_its_begin_and_not_its_end() -> None:
    timetable = [due("00:00")]
    times_s, _ = timetable_times(timetable, "UTC", datetime(2026, 6, 1), 0.0, DAY_S)
    assert times_s.tolist() == [0.0]
    empty, none = timetable_times([], "UTC", datetime(2026, 6, 1), 0.0, DAY_S)
    assert empty.shape == none.shape == (0,)
