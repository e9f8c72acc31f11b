"""When sources bring parts: each plant's timetable worked out by hand, min."""

from __future__ import annotations

from flow_plants import open_text, told

_LINE = """
sources: {{a: {{{source}, next: s}}}}
stations: {{s: {{time: {time}, queue: {queue}, next: out}}}}
sinks: {{out: {{}}}}
calendars: {{day: {{week: {{mon: ["06:00-06:30", "07:00-09:00"]}}}}}}
"""


def _line(source: str, time: str = "10 min", queue: str = "unlimited") -> str:
    return _LINE.format(source=f"product: part, {source}", time=time, queue=queue)


def test_first_part_comes_after_one_interval() -> None:
    what = told(_line("every: 4 min, most: 3"), 60)
    assert what.when("created", "a") == [4, 8, 12]


def test_first_at_says_when_instead() -> None:
    what = told(_line("every: 4 min, first_at: 1 min, most: 3"), 60)
    assert what.when("created", "a") == [1, 5, 9]


def test_source_that_waits_counts_its_interval_from_when_its_part_left() -> None:
    """Part 2 comes at 8, finds no room until 14; the next one comes 4 min later."""
    what = told(_line("every: 4 min", queue="0"), 35)
    assert what.when("created", "a") == [4, 8, 18, 28]
    assert what.when("left", "a") == [4, 14, 24, 34]


def test_source_that_rejects_goes_on_by_its_law() -> None:
    what = told(_line("every: 4 min, when_full: reject", queue="0"), 35)
    assert what.when("created", "a") == [4, 8, 12, 16, 20, 24, 28, 32]
    assert what.when("rejected", "a") == [8, 12, 20, 24, 32]
    assert what.when("entered", "s") == [4, 16, 28]


def test_work_that_ends_makes_room_for_an_arrival_at_the_same_time() -> None:
    what = told(_line("every: 4 min, when_full: reject", "4 min", "0"), 17)
    assert what.when("entered", "s") == [4, 8, 12, 16]
    assert what.when("rejected", "a") == []


def test_batch_comes_at_once_and_holds_up_the_next_until_all_are_in() -> None:
    """Room for 2: the third of a batch goes in at 6, so the next batch comes at 10."""
    what = told(_line("every: 4 min, batch: 3", "2 min", "1"), 11)
    assert what.when("created", "a") == [4, 4, 4, 10, 10, 10]
    assert what.when("entered", "s") == [4, 4, 6, 10, 10]


def test_most_counts_parts_and_cuts_the_last_batch_short() -> None:
    what = told(_line("every: 4 min, batch: 3, most: 5", "1 s"), 60)
    assert what.when("created", "a") == [4, 4, 4, 8, 8]


def test_timetable_goes_by_the_clock_on_the_wall() -> None:
    """Tuesday's delivery comes 24 h and 5 min after the start on Monday at 6."""
    table = (
        "timetable: [{at: '06:40'}, {at: '06:10', count: 2}, {at: '06:05', days: tue}]"
    )
    what = told(_line(table, "1 s"), 24 * 60 + 6)
    assert what.when("created", "a") == [10, 10, 40, 1445]


def test_late_delivery_comes_as_soon_as_the_one_before_is_in() -> None:
    table = "timetable: [{at: '06:10', count: 2}, {at: '06:20'}, {at: '07:50'}]"
    what = told(_line(table, "25 min", "0"), 120)
    assert what.when("created", "a") == [10, 10, 35, 110]
    assert what.when("entered", "s") == [10, 35, 60, 110]


def test_interval_stands_still_while_the_source_is_closed() -> None:
    """Open 0-30 and 60-180: the interval begun at 20 has 10 min left at 30."""
    what = told(_line("every: 20 min, calendar: day", "1 s"), 100)
    assert what.when("created", "a") == [20, 70, 90]


def test_interval_drawn_while_closed_runs_from_the_opening() -> None:
    """Part 2 waits from 20 to 45, in closed hours; the interval runs from 60."""
    what = told(_line("every: 10 min, calendar: day", "35 min", "0"), 100)
    assert what.when("created", "a") == [10, 20, 70, 90]
    assert what.when("left", "a") == [10, 45, 80]


def test_timetable_brings_nothing_while_the_source_is_closed() -> None:
    table = "timetable: [{at: '06:10'}, {at: '06:40'}, {at: '07:10'}], calendar: day"
    what = told(_line(table, "1 s"), 100)
    assert what.when("created", "a") == [10, 70]


def test_source_that_rejects_does_not_wait_for_its_vehicle() -> None:
    what = told(
        """
sources:
  a:
    product: part
    every: 1 min
    most: 3
    when_full: reject
    moved_by: f
    place: {x: 0 m, y: 0 m}
    next: s
stations: {s: {time: 1 min, place: {x: 60 m, y: 0 m}, next: out}}
fleets: {f: {count: 1, speed: 60 m/min, home: s}}
sinks: {out: {}}
""",
        20,
    )
    assert what.when("created", "a") == [1, 2, 3]
    assert what.when("entered", "s") == [3, 5, 7]


def test_mix_keeps_to_its_shares() -> None:
    """Of 10,000 parts a share of 0.3 is within 4 standard deviations, 0.0183."""
    run = open_text(
        """
products: {red: {}, blue: {}}
sources:
  a: {mix: {red: 0.3, blue: 0.7}, every: 1 min, most: 10000, next: out}
sinks: {out: {}}
""",
        10_001,
    )
    run.advance(10_000 * 60.0)
    counts = run.totals().product_counts[:, 0]
    assert counts.sum() == 10_000
    assert abs(counts[0] / 10_000 - 0.3) < 0.0183
