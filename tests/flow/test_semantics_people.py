"""People, shifts and hours: timetables worked out by hand, min from Monday 06:00."""

from __future__ import annotations

import pytest
from flow_plants import open_text, told

_SINK = "sinks: {out: {}}\n"


def test_people_are_taken_all_at_once_and_nobody_is_held_back_for_later() -> None:
    """The pair's work needs both; the single's begins on whoever is free."""
    what = told(
        """
sources:
  b: {product: part, every: 1 min, most: 1, next: single}
  a: {product: part, every: 2 min, most: 1, next: pair}
  c: {product: part, every: 3 min, most: 1, next: other}
stations:
  single: {time: 5 min, people: {m: 1}, next: out}
  pair: {time: 4 min, people: {m: 2}, next: out}
  other: {time: 6 min, people: {m: 1}, next: out}
crews: {c: {count: 2, skills: [m]}}
"""
        + _SINK,
        30,
    )
    # At 2 one of two is free: pair waits. At 3 other takes that one, until 9.
    assert what.when("started", "single") == [1]
    assert what.when("started", "other") == [3]
    assert what.when("started", "pair") == [9]
    assert what.minutes_in("pair") == {"executing": 4, "no_operator": 7, "starved": 19}
    assert what.run.totals().person_time_s[:, 1].sum() == (5 + 6 + 2 * 4) * 60.0


def test_longest_wait_is_served_first_but_higher_priority_before_it() -> None:
    what = told(
        """
products: {part: {}, rush: {priority: 1}}
sources:
  a: {product: part, every: 1 min, most: 1, next: s}
  b: {product: part, every: 2 min, most: 1, next: t}
  c: {product: part, every: 3 min, most: 1, next: u}
  d: {product: rush, every: 4 min, most: 1, next: v}
stations:
  s: {time: 10 min, people: {m: 1}, next: out}
  t: {time: 10 min, people: {m: 1}, next: out}
  u: {time: 10 min, people: {m: 1}, next: out}
  v: {time: 10 min, people: {m: 1}, next: out}
crews: {c: {count: 1, skills: [m]}}
"""
        + _SINK,
        60,
    )
    started = [what.when("started", node) for node in "stuv"]
    assert started == [[1], [21], [31], [11]]


def test_who_has_fewest_skills_is_asked_first() -> None:
    """The specialist stays free for what only they can do."""
    what = told(
        """
sources:
  a: {product: part, every: 1 min, most: 1, next: s}
  b: {product: part, every: 2 min, most: 1, next: t}
stations:
  s: {time: 10 min, people: {m: 1}, next: out}
  t: {time: 10 min, people: {electric: 1}, next: out}
crews:
  specialists: {count: 1, skills: [m, electric]}
  others: {count: 1, skills: [m]}
"""
        + _SINK,
        60,
    )
    assert what.when("started", "s") == [1]
    assert what.when("started", "t") == [2]


_WALK = """
sources:
  a: {product: part, every: 1 min, most: 1, next: s}
  b: {product: part, every: 20 min, most: 1, next: t}
stations:
  s: {time: 10 min, people: {m: 2}, place: {x: 60 m, y: 0 m}, next: out}
  t: {time: 5 min, people: {m: 1}, place: {x: 60 m, y: 120 m}, next: out}
crews:
  left: {count: 1, skills: [m], place: {x: 0 m, y: 0 m}, walking_speed: 60 m/min}
  right: {count: 1, skills: [m], place: {x: 60 m, y: 180 m}, walking_speed: 60 m/min}
"""


def test_work_begins_when_the_farthest_has_walked_there() -> None:
    """60 m and 180 m: both are there at 4. Then 120 m to the other station."""
    what = told(_WALK + _SINK, 40)
    assert what.when("started", "s") == [4]
    assert what.when("started", "t") == [22]
    assert what.minutes_in("s") == {"executing": 10, "no_operator": 3, "starved": 27}
    totals = what.run.totals()
    assert totals.person_walked_m.tolist() == [180.0, 180.0]
    # Both are booked as walking until the work begins, the nearer one too.
    assert (totals.person_time_s[:, 2] / 60).tolist() == [3.0 + 2.0, 3.0]


def test_nearest_of_a_crew_goes() -> None:
    what = told(
        """
sources:
  a: {product: part, every: 1 min, most: 1, next: s}
  b: {product: part, every: 30 min, batch: 2, most: 2, next: t}
stations:
  s: {time: 1 min, people: {m: 1}, place: {x: 120 m, y: 0 m}, next: out}
  t: {time: 1 min, people: {m: 1}, place: {x: 180 m, y: 0 m}, next: out}
crews:
  c: {count: 2, skills: [m], place: {x: 0 m, y: 0 m}, walking_speed: 60 m/min}
"""
        + _SINK,
        60,
    )
    # One walks 120 m to s; that one is 60 m from t, and does the second part there
    # too, for the other is still 180 m away.
    assert what.when("started", "t") == [31, 32]
    assert sorted(what.run.totals().person_walked_m.tolist()) == [0.0, 180.0]


_SHIFT = """
sources: {a: {product: part, every: 1 min, most: 2, next: s}}
stations:
  s: {operations: {o: {do: task, time: 10 min, people: {m: 1}, HOW}}, next: out}
crews:
  early: {count: 1, skills: [m], calendar: early}
  late: {count: 1, skills: [m], calendar: late}
calendars:
  early: {week: {mon: ["06:00-06:05", "06:50-09:00"]}}
  late: {week: {mon: ["06:20-09:00"]}}
"""


@pytest.mark.parametrize(
    ("how", "started", "paused", "finished"),
    [
        # Stays until 11; the next work waits for the late crew.
        ("at_shift_end: finish", [1, 20], [], [11, 30]),
        # 4 of 10 min are done at 5. Their own crew comes back at 50; the server is
        # taken until then.
        ("at_shift_end: pause", [1, 50, 56], [5], [56, 66]),
        # Whoever comes next ends it: the late crew at 20.
        ("at_shift_end: hand_over", [1, 20, 26], [5], [26, 36]),
    ],
)
def test_end_of_a_shift(
    how: str, started: list[float], paused: list[float], finished: list[float]
) -> None:
    what = told(_SHIFT.replace("HOW", how) + _SINK, 100)
    assert what.when("started", "s") == started
    assert what.when("paused", "s") == paused
    assert what.when("finished", "s") == finished


def test_person_who_stays_to_finish_is_paid_for_it_and_goes_then() -> None:
    what = told(_SHIFT.replace("HOW", "at_shift_end: finish") + _SINK, 40)
    minutes = what.run.totals().person_time_s / 60
    # Columns: free, busy, walking, off. Early: 0-1 free, 1-11 busy, then off.
    assert minutes[0].tolist() == [1.0, 10.0, 0.0, 29.0]
    assert minutes[1].tolist() == [10.0, 10.0, 0.0, 20.0]


def test_hours_that_touch_are_one_shift() -> None:
    text = _SHIFT.replace("HOW", "at_shift_end: pause").replace("06:00-06:05", "X")
    what = told(text.replace("X", '06:00-06:05", "06:05-06:40') + _SINK, 40)
    assert what.when("paused", "s") == []


_CLOSING = """
sources: {a: {product: part, every: 1 min, most: 2, next: s}}
stations:
  s:
    calendar: day
    operations:
      o: {do: task, time: 10 min, HOW}
      p: {do: task, time: 1 min, after: [o]}
    next: out
calendars: {day: {week: {mon: ["06:00-06:05", "06:30-09:00"]}}}
"""


@pytest.mark.parametrize(
    ("how", "started", "finished"),
    [
        # What runs is finished; what comes after waits for the morning.
        ("at_shift_end: finish", [1, 30, 31, 41], [11, 31, 41, 42]),
        ("at_shift_end: pause", [1, 30, 36, 37, 47], [36, 37, 47, 48]),
        ("at_shift_end: hand_over", [1, 30, 36, 37, 47], [36, 37, 47, 48]),
    ],
)
def test_closing_of_a_station(
    how: str, started: list[float], finished: list[float]
) -> None:
    what = told(_CLOSING.replace("HOW", how) + _SINK, 100)
    assert what.when("started", "s") == started
    assert what.when("finished", "s") == finished


def test_closed_hours_are_neither_waiting_nor_starving() -> None:
    """Part 2 waits 2-37: 25 of it closed; part 1 is stopped 5-30."""
    what = told(_CLOSING.replace("HOW", "at_shift_end: pause") + _SINK, 60)
    assert what.minutes_in("s") == {"executing": 22, "starved": 13, "off_shift": 25}
    spent = what.minutes_spent("part")
    assert spent == {"work": 22, "queue": 10, "closed": 50}


def test_closed_station_takes_parts_in_but_begins_nothing() -> None:
    what = told(
        """
sources: {a: {product: part, every: 10 min, most: 2, next: s}}
stations: {s: {time: 2 min, calendar: day, next: out}}
calendars: {day: {week: {mon: ["06:30-09:00"]}}}
"""
        + _SINK,
        60,
    )
    assert what.when("entered", "s") == [10, 20]
    assert what.when("opened", "s") == [30]
    assert what.when("started", "s") == [30, 32]


def test_setup_begun_is_ended_though_the_station_closes() -> None:
    what = told(
        """
products: {a: {}, b: {}}
sources:
  a: {product: a, every: 1 min, most: 1, next: s}
  b: {product: b, every: 2 min, most: 1, next: s}
stations: {s: {time: 2 min, setup: {time: 6 min}, calendar: day, next: out}}
calendars: {day: {week: {mon: ["06:00-06:05", "06:30-09:00"]}}}
"""
        + _SINK,
        60,
    )
    assert what.when("started", "s") == [1, 30]
    assert what.minutes_in("s")["set_up"] == 6


def test_hours_without_anybody_who_can_are_closed_not_waiting() -> None:
    """Two operations wait 1-30 for a crew that is not there, then for its walk."""
    what = told(
        """
sources: {a: {product: part, every: 1 min, most: 1, next: s}}
stations:
  s:
    place: {x: 0 m, y: 0 m}
    operations:
      o: {do: task, time: 10 min, people: {m: 1}}
      q: {do: task, time: 10 min, people: {m: 1}}
    next: out
crews:
  c:
    count: 2
    skills: [m]
    calendar: k
    place: {x: 60 m, y: 0 m}
    walking_speed: 1 m/s
calendars: {k: {week: {mon: ["06:30-08:00"]}}}
"""
        + _SINK,
        60,
    )
    states = what.minutes_in("s")
    assert states == {
        "executing": 10,
        "starved": 20,
        "no_operator": 1,
        "off_shift": 29,
    }
    spent = what.minutes_spent("part")
    assert spent == {"work": 10, "waiting_people": 1, "closed": 29}


def test_window_that_begins_at_night_holds_no_hours_of_before() -> None:
    run = open_text(
        """
sources: {a: {product: part, every: 1 min, most: 1, next: s}}
stations: {s: {time: 10 min, people: {m: 1}, next: out}}
crews: {c: {count: 1, skills: [m], calendar: k}}
calendars: {k: {week: {mon: ["06:30-08:00"]}}}
"""
        + _SINK,
        60,
    )
    run.advance(15 * 60.0)
    before = run.totals()
    run.advance(60 * 60.0)
    found = run.figures(before)
    assert found["node.s.state.off_shift"] == pytest.approx(15 / 45)
    assert found["node.s.state.executing"] == pytest.approx(10 / 45)
    assert found["node.s.state.starved"] == pytest.approx(20 / 45)
    assert found["node.s.utilisation"] == pytest.approx(10 / 30)


def test_who_has_just_come_free_goes_to_who_has_waited_longest() -> None:
    """Not back to the station that let go, though it has more to do."""
    what = told(
        """
sources:
  a: {product: part, every: 1 min, batch: 3, most: 3, next: s}
  b: {product: part, every: 2 min, batch: 2, most: 2, next: t}
stations:
  s: {time: 5 min, people: {m: 1}, next: out}
  t: {time: 5 min, people: {m: 1}, next: out}
crews: {c: {count: 1, skills: [m]}}
"""
        + _SINK,
        60,
    )
    assert what.when("started", "s") == [1, 11, 21]
    assert what.when("started", "t") == [6, 16]


def test_closed_hours_of_one_station_are_not_those_of_the_next() -> None:
    """In s from 5 to 11, closed until 10; then 5 min of patience, always open."""
    what = told(
        """
sources: {a: {product: part, every: 5 min, most: 2, next: s}}
stations:
  s: {time: 1 min, calendar: day, next: t}
  t: {time: 9 min, patience: {time: 5 min, to: gone}, next: out}
calendars: {day: {week: {mon: ["06:10-09:00"]}}}
sinks: {out: {}, gone: {}}
""",
        60,
    )
    # Part 1: 5-10 closed, 10-11 work, 11-20 work. Part 2: 10-11 queue, work, 12-17.
    assert what.when("reneged", "t") == [17]
    assert what.minutes_spent("part") == {"work": 11, "queue": 6, "closed": 5}


def test_who_is_at_a_job_stays_for_its_next_operation() -> None:
    """Unless the row holds something of higher priority."""
    text = """
products: {part: {}, rush: {priority: PRIORITY}}
sources:
  a: {product: part, every: 1 min, most: 1, next: s}
  b: {product: rush, every: 2 min, most: 1, next: t}
stations:
  s:
    operations:
      o: {do: task, time: 5 min, people: {m: 1}}
      p: {do: task, time: 5 min, people: {m: 1}, after: [o]}
    next: out
  t: {time: 5 min, people: {m: 1}, next: out}
crews: {c: {count: 1, skills: [m]}}
"""
    what = told(text.replace("PRIORITY", "0") + _SINK, 30)
    assert what.when("started", "s") == [1, 6]
    assert what.when("started", "t") == [11]
    what = told(text.replace("PRIORITY", "1") + _SINK, 30)
    assert what.when("started", "s") == [1, 11]
    assert what.when("started", "t") == [6]


def test_october_night_when_clocks_go_back_is_an_hour_longer() -> None:
    """A night crew, 22:00-06:00, October against August 2026, 31 days each.

    From midnight on the 1st to midnight after the 31st: 30 nights of 8 h, 6 h of the
    first and 2 h of the last, and in October the hour that comes twice.
    """
    done = {}
    for month, end_min in (("08", 31 * 1440), ("10", 31 * 1440 + 60)):
        what = told(
            f"""
start: 2026-{month}-01T00:00:00
sources: {{a: {{product: part, every: 0 s, next: s}}}}
stations:
  s:
    queue: 0
    operations:
      o: {{do: task, time: 15 min, people: {{m: 1}}, at_shift_end: pause}}
    next: out
crews: {{night: {{count: 1, skills: [m], calendar: night}}}}
calendars: {{night: {{week: {{mon-sun: ["22:00-06:00"]}}}}}}
"""
            + _SINK,
            end_min,
        )
        done[month] = (
            len(what.when("finished", "s")),
            what.run.figures()["crew.night.hours_on_shift"],
        )
    assert done["08"] == (248 * 4, pytest.approx(248))
    assert done["10"] == (249 * 4, pytest.approx(249))
