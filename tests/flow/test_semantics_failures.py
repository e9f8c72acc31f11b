"""Failures, repairs and maintenance: timetables worked out by hand, min."""

from __future__ import annotations

import pytest
from flow_plants import told

_SINK = "sinks: {out: {}, bin: {}}\n"

_MACHINE = """
sources:
  a: {{product: part, first_at: 1 min, every: {every}, most: {most}, next: s}}
stations:
  s:
    operations: {{o: {{do: task, time: {time}, {how}}}}}
    {upkeep}
    scrap: bin
    next: out
"""


def _machine(
    upkeep: str,
    *,
    time: str = "10 min",
    how: str = "on_failure: resume",
    every: str = "1 min",
    most: int = 1,
) -> str:
    text = _MACHINE.format(every=every, most=most, time=time, how=how, upkeep=upkeep)
    return text + _SINK


_AT_SIX = "failures: {f: {every: 6 min, repair: 3 min}}"


def test_failures_by_the_calendar_count_from_the_end_of_a_repair() -> None:
    what = told(_machine(_AT_SIX, time="1 s"), 30)
    assert what.when("failed", "s") == [6, 15, 24]
    assert what.when("repaired", "s") == [9, 18, 27]


@pytest.mark.parametrize(
    ("how", "started", "finished", "scrapped"),
    [
        # 5 min are done at 6; the other 5 from 9, the next failure being at 15.
        ("resume", [1, 9], [14], []),
        # Never gets its 10 min between two failures; scrap would.
        ("restart", [1, 9, 18, 27], [], []),
        ("scrap", [1], [], [6]),
    ],
)
def test_what_a_failure_does_to_the_work(
    how: str, started: list[float], finished: list[float], scrapped: list[float]
) -> None:
    what = told(_machine(_AT_SIX, how=f"on_failure: {how}"), 30)
    assert what.when("started", "s") == started
    assert what.when("finished", "s") == finished
    assert what.when("scrapped", "s") == scrapped
    assert what.when("out", "bin") == scrapped


def test_restarted_work_takes_its_whole_time_again() -> None:
    what = told(_machine(_AT_SIX, time="5.5 min", how="on_failure: restart"), 20)
    assert what.when("started", "s") == [1, 9]
    assert what.when("finished", "s") == [14.5]


def test_failures_by_the_busy_clock_count_work_only() -> None:
    """3 min at 1-4, 2 of 3 at 11-13: broken at 5 min of work, mended at 17."""
    upkeep = "failures: {f: {every: 5 min, clock: busy, repair: 4 min}}"
    what = told(_machine(upkeep, time="3 min", every="10 min", most=3), 40)
    assert what.when("failed", "s") == [13]
    assert what.when("repaired", "s") == [17]
    assert what.when("finished", "s") == [4, 18, 24]
    assert what.minutes_in("s") == {"executing": 9, "failed": 4, "starved": 27}
    assert what.minutes_spent("part") == {"work": 9, "failure": 4}


def test_each_server_fails_for_itself() -> None:
    what = told(
        _machine(
            "servers: 2\n    failures: {f: {every: 6 min, clock: busy, repair: 3 min}}",
            time="8 min",
            every="2 min",
            most=2,
        ),
        40,
    )
    # Server 1 works from 1, server 2 from 3: they fail at 7 and 9.
    assert what.when("failed", "s") == [7, 9]
    assert what.when("finished", "s") == [12, 14]


def test_idle_machine_that_is_down_takes_no_work() -> None:
    what = told(_machine(_AT_SIX, time="1 min", every="6.5 min", most=2), 20)
    assert what.when("entered", "s") == [1, 7.5]
    assert what.when("started", "s") == [1, 9]


def test_repair_waits_for_who_can_do_it_and_goes_before_other_work() -> None:
    text = """
sources:
  a: {product: part, first_at: 1 min, every: 1 min, most: 1, next: s}
  b: {product: part, first_at: 2 min, every: 1 min, most: 2, next: t}
stations:
  s:
    time: 10 min
    failures: {f: {every: 6 min, repair: 3 min, people: {m: 1}}}
    next: out
  t: {time: 8 min, people: {m: 1}, next: out}
crews: {c: {count: 1, skills: [m]}}
"""
    what = told(text + _SINK, 18)
    # Down at 6, mended 10-13 by who works on t until 10; t's second part comes after.
    assert what.when("failed", "s") == [6]
    assert what.when("repaired", "s") == [13]
    assert what.when("started", "t") == [2, 13]
    assert what.when("finished", "s") == [18]
    assert what.minutes_in("s") == {"starved": 1, "executing": 10, "failed": 7}


def test_repair_is_handed_over_when_its_crew_goes() -> None:
    text = """
sources: {a: {product: part, first_at: 1 min, every: 1 min, most: 1, next: s}}
stations:
  s:
    time: 10 min
    failures: {f: {every: 6 min, repair: 5 min, people: {m: 1}}}
    next: out
crews: {c: {count: 1, skills: [m], calendar: k}}
calendars: {k: {week: {mon: ["06:00-06:08", "06:20-08:00"]}}}
"""
    what = told(text + _SINK, 28.5)
    # 2 min of the repair are done at 8, the other 3 from 20 on.
    assert what.when("repaired", "s") == [23]
    assert what.when("finished", "s") == [28]


def test_maintenance_waits_for_the_job_and_comes_before_the_next() -> None:
    upkeep = "maintenance: {oil: {every: 6 min, takes: 2 min}}"
    what = told(_machine(upkeep, most=2), 24)
    # Due at 6, begun when the job ends at 11; next due at 19, begun at 23.
    assert what.when("failed", "s") == [11, 23]
    assert what.when("started", "s") == [1, 13]
    assert what.when("finished", "s") == [11, 23]
    assert what.minutes_in("s") == {"executing": 20, "maintained": 3, "starved": 1}


def test_failure_in_a_setup_leaves_the_rest_of_it_for_after_the_repair() -> None:
    text = """
products: {a: {}, b: {}}
sources:
  a: {product: a, every: 1 min, most: 1, next: s}
  b: {product: b, every: 2 min, most: 1, next: s}
stations:
  s:
    time: 2 min
    setup: {time: 6 min}
    failures: {f: {every: 5 min, repair: 3 min}}
    next: out
"""
    what = told(text + _SINK, 12.5)
    # Set-up 3-5 and 8-12; work from 12.
    assert what.when("started", "s") == [1, 12]
    assert what.minutes_in("s")["set_up"] == 6


def test_two_failures_at_once_both_have_to_be_mended() -> None:
    upkeep = (
        "failures: {f: {every: 6 min, repair: 3 min}, g: {every: 7 min, repair: 4 min}}"
    )
    what = told(_machine(upkeep), 14)
    assert what.when("failed", "s") == [6, 7]
    assert what.when("repaired", "s") == [9, 11]
    assert what.when("started", "s") == [1, 11]


def test_failed_station_keeps_its_place_for_the_part_it_works_on() -> None:
    """A failure belongs to the machine: the part waits in it and is not lost."""
    what = told(_machine(_AT_SIX, most=2).replace("scrap: bin", "queue: 0"), 13)
    assert what.when("entered", "s") == [1]


def test_restart_after_a_pause_begins_from_the_beginning() -> None:
    """10 min: 4 done at 5, paused; on at 20, fails at 22, begun again at 23."""
    text = """
sources: {a: {product: part, every: 1 min, most: 1, next: s}}
stations:
  s:
    operations:
      o:
        do: task
        time: 10 min
        people: {m: 1}
        at_shift_end: pause
        on_failure: restart
    failures: {f: {every: 22 min, repair: 1 min}}
    next: out
crews: {c: {count: 1, skills: [m], calendar: k}}
calendars: {k: {week: {mon: ["06:00-06:05", "06:20-08:00"]}}}
"""
    what = told(text + _SINK, 40)
    assert what.when("started", "s") == [1, 20, 23]
    assert what.when("finished", "s") == [33]


def test_scrapped_part_leaves_what_had_come_off_it_to_go_its_way() -> None:
    text = """
products: {part: {}, door: {}}
sources: {a: {product: part, every: 1 min, most: 1, next: s}}
stations:
  s:
    release: together
    scrap: bin
    operations:
      d: {do: task, time: 2 min, yields: {door: {to: out}}}
      o: {do: task, time: 10 min, after: [d], on_failure: scrap}
    failures: {f: {every: 5 min, repair: 1 min}}
    next: out
"""
    what = told(text + _SINK, 9)
    assert what.when("out", "out", product="door") == [5]
    assert what.when("out", "bin", product="part") == [5]
    assert what.minutes_in("s") == {"starved": 4, "executing": 4, "failed": 1}


def test_machine_that_is_down_while_closed_is_off_shift() -> None:
    """Down 5-35, closed 10-30; mended at night all the same, down again at 40."""
    upkeep = "failures: {f: {every: 5 min, repair: 30 min}}\n    calendar: day"
    text = _machine(upkeep, time="3 min")
    hours = 'calendars: {day: {week: {mon: ["06:00-06:10", "06:30-08:00"]}}}\n'
    what = told(text + hours, 60)
    assert what.when("repaired", "s") == [35]
    states = what.minutes_in("s")
    assert states == {"executing": 3, "failed": 30, "off_shift": 20, "starved": 7}


def test_scrapping_calls_no_vehicle_twice() -> None:
    """The door has called at 3 and goes with the first trip, the part with the next."""
    text = """
products: {part: {}, door: {}}
sources: {a: {product: part, every: 1 min, most: 1, next: s}}
stations:
  s:
    place: {x: 0 m, y: 0 m}
    scrap: bin
    moved_by: f
    operations:
      d: {do: task, time: 2 min, yields: {door: {to: out}}}
      o: {do: task, time: 10 min, after: [d], on_failure: scrap}
    failures: {f: {every: 5 min, repair: 1 h}}
    next: out
fleets: {f: {count: 1, speed: 10 m/min, home: out}}
sinks:
  out: {place: {x: 60 m, y: 0 m}}
  bin: {place: {x: 60 m, y: 0 m}}
"""
    what = told(text, 60)
    # 6 min each way: there at 9, back at 15, there at 21, back at 27.
    assert what.when("out", "out", product="door") == [15]
    assert what.when("out", "bin", product="part") == [27]
    assert what.run.totals().vehicle_trips.tolist() == [2]
