"""Buffers, belts, ways, loops, vehicles and patience: timetables by hand, min."""

from __future__ import annotations

import pytest
from flow_plants import MINUTE_S, open_text, told

from twin.errors import FlowError

_SINK = "sinks: {out: {}}\n"


def test_buffer_holds_so_many_and_keeps_each_for_its_stay() -> None:
    what = told(
        """
sources: {a: {product: part, every: 1 min, batch: 3, most: 3, next: b}}
buffers: {b: {capacity: 2, stay: 5 min, next: s}}
stations: {s: {time: 4 min, queue: 0, next: out}}
"""
        + _SINK,
        40,
    )
    assert what.when("entered", "b") == [1, 1, 6]
    assert what.when("left", "b") == [6, 10, 14]
    spent = what.minutes_spent("part")
    assert spent == {"work": 12, "curing": 15, "queue": 7, "blocked": 5}


_SLOW_FIRST = """
products: {slow: {}, quick: {}}
sources:
  a: {product: slow, every: 2 min, most: 1, next: b}
  q: {product: quick, first_at: 4 min, every: 2 min, most: 2, next: b}
conveyors:
  b: {length: 10 m, speed: 1 m/min, pitch: 2 m, accumulating: ACCUMULATES, next: s}
stations:
  s: {queue: 0, time_by_product: {slow: 10 min, quick: 30 s}, next: out}
"""


def test_parts_close_up_behind_one_that_waits_on_rollers() -> None:
    """Two wait from 14 and 16 on; the second moves a pitch after the first, at 22."""
    what = told(_SLOW_FIRST.replace("ACCUMULATES", "true") + _SINK, 40)
    assert what.when("entered", "b") == [2, 4, 6]
    assert what.when("left", "b") == [12, 22, 24]
    assert what.minutes_in("b") == {"executing": 22, "starved": 18}


def test_belt_stands_while_one_waits_at_its_end() -> None:
    """It stands from 14 to 22; the last part had 2 min to go."""
    what = told(_SLOW_FIRST.replace("ACCUMULATES", "false") + _SINK, 40)
    assert what.when("left", "b") == [12, 22, 24]
    assert what.minutes_in("b") == {"executing": 14, "blocked": 8, "starved": 18}


def test_parts_get_on_a_belt_a_pitch_apart() -> None:
    what = told(
        """
sources: {a: {product: part, every: 1 min, batch: 3, most: 3, next: b}}
conveyors: {b: {length: 10 m, speed: 1 m/min, pitch: 2 m, next: out}}
"""
        + _SINK,
        40,
    )
    assert what.when("entered", "b") == [1, 3, 5]
    assert what.when("left", "b") == [11, 13, 15]


def test_belt_holds_as_many_as_pitches_fit() -> None:
    what = told(
        """
sources: {a: {product: part, every: 1 min, most: 6, next: b}}
conveyors: {b: {length: 4 m, speed: 4 m/min, pitch: 1 m, next: s}}
stations: {s: {time: 10 min, queue: 0, next: out}}
"""
        + _SINK,
        30,
    )
    # At the station from 2 on; four on the belt behind it, the sixth waits.
    assert what.when("entered", "b") == [1, 2, 3, 4, 5, 12]


_FORK = """
sources: {a: {product: part, every: 1 min, most: 4, next: WAY}}
stations:
  s: {time: 10 min, queue: 0, next: out}
  t: {time: 4 min, queue: 1, next: out}
"""


@pytest.mark.parametrize(
    ("way", "to_s", "to_t"),
    [
        # s at 1, t at 2 and 3, t again when it comes free at 6.
        ("{among: [s, t], choose: first_with_room}", [1], [2, 3, 6]),
        ("{among: [t, s], choose: first_with_room}", [3], [1, 2, 5]),
        # s at 1 (as long as t, named first); t at 2; t, for s is full, at 3.
        ("{among: [s, t], choose: shortest_queue}", [1], [2, 3, 6]),
        # In turn, whether there is room or not: s at 1 and 11, t at 2 and 12.
        ("{among: [s, t], choose: round_robin}", [1, 11], [2, 12]),
        ("{among: {s: 0, t: 1}}", [], [1, 2, 5, 9]),
    ],
)
def test_way(way: str, to_s: list[float], to_t: list[float]) -> None:
    what = told(_FORK.replace("WAY", way) + _SINK, 40)
    assert what.when("entered", "s") == to_s
    assert what.when("entered", "t") == to_t


def test_loop_lets_in_as_many_as_it_has_tokens() -> None:
    """2 cards: the third part goes in as the first leaves the second station."""
    what = told(
        """
sources: {a: {product: part, every: 1 min, most: 4, next: s}}
stations: {s: {time: 3 min, next: t}, t: {time: 5 min, next: out}}
loops: {cards: {count: 2, enter: s, leave: t}}
"""
        + _SINK,
        40,
    )
    assert what.when("left", "t") == [9, 14, 19, 24]
    # A source stands still while its part waits: 10 and 15 are when parts 4 come.
    assert what.when("entered", "s") == [1, 2, 9, 14]
    # Free tokens: 2 to 1, 1 to 2, 0 to 19, then 1 to 24, and 2 to the end.
    free_min = 2 * 1 + 1 * 1 + 0 * 17 + 1 * 5 + 2 * 16
    assert what.run.totals().loop_free_s.tolist() == [free_min * 60.0]


_AGV = """
sources:
  a:
    product: part
    every: 1 min
    most: 2
    moved_by: f
    next: s
    place: {x: 0 m, y: 0 m}
stations: {s: {time: 3 min, place: {x: 60 m, y: 0 m}, next: out}}
fleets:
  f:
    count: 1
    speed: 60 m/min
    empty_speed: 30 m/min
    load: 1 min
    unload: 2 min
    home: s
"""


def test_vehicle_comes_loads_drives_and_unloads() -> None:
    """Called at 1, there at 3, loaded at 4, driven at 5, unloaded at 7; then 5 to 13.

    The source plans its next part when the vehicle has taken the first.
    """
    what = told(_AGV + _SINK, 30)
    assert what.when("created", "a") == [1, 5]
    assert what.when("loaded", "a") == [4, 10]
    assert what.when("entered", "s") == [7, 13]
    totals = what.run.totals()
    assert totals.vehicle_way_m.tolist() == [[120.0, 120.0]]
    assert totals.vehicle_trips.tolist() == [2]
    # Empty way, loading, loaded way, unloading; both calls waited: 0 and 5 to 7.
    assert (totals.vehicle_time_s[0, 1:5] / 60).tolist() == [4.0, 2.0, 2.0, 4.0]
    assert totals.fleet_wait_s.tolist() == [120.0]
    assert what.minutes_spent("part") == {"work": 6, "transport": 14}


def test_vehicle_charges_what_is_missing_when_it_has_put_down_its_part() -> None:
    """120 m of 160 m are gone at 7: a charge of 3/4 of 12 min, until 16."""
    battery = (
        "    battery: {range: 160 m, recharge_at: 0.25, charge_time: 12 min, at: s}\n"
    )
    what = told(_AGV + battery + _SINK, 40)
    assert what.when("entered", "s") == [7, 22]
    assert what.run.totals().vehicle_time_s[0, 6] == 2 * 9 * 60.0


_CALLS = """
sources:
  first:
    product: part
    every: 1 min
    most: 1
    moved_by: f
    next: s
    place: {x: 0 m, y: 0 m}
  far:
    product: part
    every: 2 min
    most: 1
    moved_by: f
    next: s
    place: {x: 0 m, y: 30 m}
  near:
    product: part
    every: 3 min
    most: 1
    moved_by: f
    next: s
    place: {x: 50 m, y: 0 m}
stations: {s: {time: 1 s, place: {x: 60 m, y: 0 m}, next: out}}
fleets: {f: {count: 1, speed: 10 m/min, home: first, dispatch: RULE}}
"""


@pytest.mark.parametrize(
    ("rule", "order"), [("oldest", [1, 2, 3]), ("nearest", [1, 3, 2])]
)
def test_vehicle_takes_the_oldest_call_or_the_nearest(
    rule: str, order: list[int]
) -> None:
    what = told(_CALLS.replace("RULE", rule) + _SINK, 60)
    assert what.parts("entered", "s") == order


def test_place_is_kept_for_a_part_on_its_way() -> None:
    """The part of b could be there at 3, but the only place is a's from 1 on."""
    what = told(
        """
sources:
  a:
    product: part
    every: 1 min
    most: 1
    moved_by: f
    next: s
    place: {x: 0 m, y: 0 m}
  b: {product: part, every: 3 min, most: 1, next: s}
stations: {s: {time: 4 min, queue: 0, place: {x: 60 m, y: 0 m}, next: out}}
fleets: {f: {count: 1, speed: 10 m/min, home: a}}
"""
        + _SINK,
        60,
    )
    assert what.when("entered", "s") == [7, 11]
    assert what.parts("entered", "s") == [1, 2]


def test_fleet_begins_no_trip_while_it_is_closed_but_ends_those_begun() -> None:
    what = told(
        """
sources:
  a:
    product: part
    every: 1 min
    most: 2
    moved_by: f
    next: s
    place: {x: 0 m, y: 0 m}
stations: {s: {time: 1 min, place: {x: 60 m, y: 0 m}, next: out}}
fleets: {f: {count: 1, speed: 10 m/min, home: a, calendar: k}}
calendars: {k: {week: {mon: ["06:00-06:05", "06:30-08:00"]}}}
"""
        + _SINK,
        60,
    )
    # The second is called at 2, taken up when the fleet opens: 6 min to a, 6 back.
    assert what.when("entered", "s") == [7, 42]


def test_waiting_part_gives_up_after_its_patience() -> None:
    what = told(
        """
sources: {a: {product: part, every: 1 min, most: 3, next: s}}
stations: {s: {time: 4 min, patience: {time: 3.5 min, to: gone}, next: out}}
sinks: {out: {}, gone: {}}
""",
        30,
    )
    # Part 2 comes at 2 and is taken at 5; part 3 comes at 3 and gives up at 6.5.
    assert what.when("started", "s") == [1, 5]
    assert what.when("reneged", "s") == [6.5]
    assert what.parts("out", "gone") == [3]
    assert what.run.totals().node_counts[1, 3] == 1


def test_part_gives_up_in_a_buffer_before_the_way_is_free() -> None:
    what = told(
        """
sources: {a: {product: part, every: 1 min, most: 3, next: b}}
buffers: {b: {patience: {time: 5 min, to: gone}, next: s}}
stations: {s: {time: 6 min, queue: 0, next: out}}
sinks: {out: {}, gone: {}}
""",
        30,
    )
    # At 7 part 2 goes on at the very moment at which it would give up: work that
    # ends comes first.
    assert what.when("started", "s") == [1, 7]
    assert what.when("reneged", "b") == [8]


def test_patience_in_a_buffer_begins_when_the_stay_is_over() -> None:
    what = told(
        """
sources: {a: {product: part, every: 1 min, most: 2, next: b}}
buffers: {b: {stay: 2 min, patience: {time: 3 min, to: gone}, next: s}}
stations: {s: {time: 20 min, queue: 0, next: out}}
sinks: {out: {}, gone: {}}
""",
        30,
    )
    assert what.when("left", "b") == [3]
    assert what.when("reneged", "b") == [7]


def test_buffer_by_priority_lets_the_highest_go_when_there_is_room() -> None:
    what = told(
        """
products: {low: {}, mid: {priority: 1}, high: {priority: 2}}
sources:
  l: {product: low, every: 1 min, most: 2, next: b}
  m: {product: mid, every: 3 min, most: 1, next: b}
  h: {product: high, every: 4 min, most: 1, next: b}
buffers: {b: {discipline: priority, next: s}}
stations: {s: {time: 10 min, queue: 0, next: out}}
"""
        + _SINK,
        60,
    )
    assert what.when("started", "s", product="low") == [1, 31]
    assert what.when("started", "s", product="mid") == [21]
    assert what.when("started", "s", product="high") == [11]
    found = what.run.figures()
    assert found["node.b.wait_mean_s"] == (0 + 29 + 18 + 7) / 4 * 60


def test_part_that_waits_for_any_belt_gets_on_when_one_has_room() -> None:
    what = told(
        """
sources:
  a:
    product: part
    every: 1 min
    most: 3
    next: {among: [b, c], choose: first_with_room}
conveyors:
  b: {length: 20 m, speed: 1 m/min, pitch: 5 m, next: out}
  c: {length: 20 m, speed: 1 m/min, pitch: 20 m, next: out}
"""
        + _SINK,
        60,
    )
    assert what.when("entered", "b") == [1, 6]
    assert what.when("entered", "c") == [2]


def test_belt_that_has_failed_stands() -> None:
    """On at 4; stands from 6 to 11 and, 6 min later, from 17 to 22."""
    what = told(
        """
sources: {a: {product: part, every: 4 min, most: 1, next: b}}
conveyors:
  b:
    length: 10 m
    speed: 1 m/min
    pitch: 1 m
    failures: {f: {every: 6 min, repair: 5 min}}
    next: out
"""
        + _SINK,
        25,
    )
    assert what.when("left", "b") == [24]
    assert what.minutes_in("b") == {"starved": 5, "executing": 10, "failed": 10}


def test_parts_released_together_never_take_more_tokens_than_there_are() -> None:
    """Two need two of the one token: they stay, and are told to stand for ever."""
    run = open_text(
        """
products: {part: {}, door: {}}
sources: {a: {product: part, every: 1 min, most: 1, next: s}}
stations:
  s:
    release: together
    consumed: true
    operations: {d: {do: task, time: 2 min, yields: {door: {to: e, count: 2}}}}
  e: {time: 3 min, servers: 5, next: out}
loops: {l: {count: 1, enter: e, leave: e}}
"""
        + _SINK,
        60,
    )
    with pytest.raises(FlowError, match="'s' for a token or room to enter 'e'"):
        run.advance(60 * MINUTE_S)
    assert run.totals().loop_free_s.tolist() == [run.now_s]
    assert run.totals().node_counts[1].tolist()[:2] == [1, 0]


def test_part_in_a_loop_from_the_start_has_a_token() -> None:
    what = told(
        """
sources: {a: {product: part, every: 1 min, most: 5, next: s}}
stations: {s: {time: 10 min, initial: {part: 1}, next: out}}
loops: {l: {count: 2, enter: s, leave: s}}
"""
        + _SINK,
        25,
    )
    assert what.when("entered", "s") == [0, 1, 10, 20]


def test_part_that_gives_up_where_a_loop_ends_gives_its_token_back() -> None:
    what = told(
        """
sources: {a: {product: part, every: 1 min, most: 3, next: s}}
stations:
  s: {time: 10 min, patience: {time: 2 min, to: rest}, next: out}
  rest: {time: 30 min, next: out}
loops: {l: {count: 2, enter: s, leave: s}}
"""
        + _SINK,
        25,
    )
    # 1 and 2 are in; 2 gives up at 4, so 3, there since 3, gets its card.
    assert what.when("reneged", "s") == [4, 6]
    assert what.when("entered", "s") == [1, 2, 4]
