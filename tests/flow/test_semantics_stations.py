"""Queues, servers, disciplines and batches: timetables worked out by hand, min."""

from __future__ import annotations

import pytest
from flow_plants import told

from twin.errors import FlowError

_SINK = "sinks: {out: {}}\n"


def test_station_holds_its_queue_and_as_many_as_it_works_on() -> None:
    what = told(
        """
sources: {a: {product: part, every: 1 min, batch: 8, most: 8, next: s}}
stations: {s: {time: 10 min, servers: 2, queue: 3, next: out}}
"""
        + _SINK,
        60,
    )
    assert what.when("entered", "s") == [1, 1, 1, 1, 1, 11, 11, 21]
    assert what.when("started", "s") == [1, 1, 11, 11, 21, 21, 31, 31]


_RUSH = """
products: {low: {}, high: {priority: 5}}
sources:
  lows: {product: low, every: 1 min, most: 2, next: s}
  highs: {product: high, first_at: 3 min, every: 1 min, most: 2, next: s}
stations:
  s:
    DISCIPLINE
    time: 10 min
    time_by_product: {high: 3 min}
    next: out
"""


def test_first_come_first_served() -> None:
    what = told(_RUSH.replace("DISCIPLINE", "") + _SINK, 60)
    assert what.when("started", "s", product="low") == [1, 11]
    assert what.when("started", "s", product="high") == [21, 24]


def test_higher_priority_goes_first_but_interrupts_nobody() -> None:
    what = told(_RUSH.replace("DISCIPLINE", "discipline: priority") + _SINK, 60)
    assert what.when("started", "s", product="low") == [1, 17]
    assert what.when("started", "s", product="high") == [11, 14]


def test_preemption_interrupts_and_what_is_left_is_done_later() -> None:
    """Low: 1-3, then 9-17; the second low comes after it. High: 3-6, 6-9."""
    text = _RUSH.replace("DISCIPLINE", "discipline: priority\n    preemptive: true")
    what = told(text + _SINK, 60)
    assert what.when("started", "s", product="low") == [1, 9, 17]
    assert what.when("started", "s", product="high") == [3, 6]
    assert what.when("paused", "s") == [3]
    assert what.when("finished", "s", product="low") == [17, 27]
    assert what.parts("finished", "s") == [3, 4, 1, 2]


def test_preemption_takes_the_server_with_the_lowest_priority() -> None:
    what = told(
        """
products: {low: {}, mid: {priority: 1}, high: {priority: 2}}
sources:
  m: {product: mid, every: 1 min, most: 1, next: s}
  l: {product: low, every: 2 min, most: 1, next: s}
  h: {product: high, every: 5 min, most: 2, next: s}
stations:
  s: {time: 20 min, servers: 2, discipline: priority, preemptive: true, next: out}
"""
        + _SINK,
        100,
    )
    # High at 5 pushes out low, high at 10 pushes out mid; who was pushed out goes on
    # by priority: mid with 11 min left, then low with 17.
    assert what.when("finished", "s", product="high") == [25, 30]
    assert what.when("started", "s", product="mid") == [1, 25]
    assert what.when("finished", "s", product="mid") == [36]
    assert what.when("started", "s", product="low") == [2, 30]
    assert what.when("finished", "s", product="low") == [47]


def test_equal_priority_interrupts_nobody() -> None:
    what = told(
        """
sources: {a: {product: part, every: 3 min, most: 2, next: s}}
stations: {s: {time: 10 min, discipline: priority, preemptive: true, next: out}}
"""
        + _SINK,
        60,
    )
    assert what.when("paused", "s") == []
    assert what.when("started", "s") == [3, 13]


def test_shortest_work_goes_first() -> None:
    what = told(
        """
products: {long: {}, middle: {}, short: {}}
sources:
  l: {product: long, every: 1 min, most: 2, next: s}
  m: {product: middle, every: 3 min, most: 1, next: s}
  h: {product: short, every: 4 min, most: 1, next: s}
stations:
  s:
    discipline: shortest
    time_by_product: {long: 9 min, middle: 5 min, short: 2 min}
    next: out
"""
        + _SINK,
        60,
    )
    assert what.when("started", "s", product="long") == [1, 17]
    assert what.when("started", "s", product="short") == [10]
    assert what.when("started", "s", product="middle") == [12]


def test_setup_comes_before_the_work_on_another_product_only() -> None:
    """The first product needs none; b after a 2 min, a after b 4 min."""
    what = told(
        """
products: {a: {}, b: {}}
sources:
  a: {product: a, first_at: 1 min, every: 3 min, most: 2, next: s}
  b: {product: b, first_at: 2 min, every: 1 min, most: 2, next: s}
stations:
  s: {time: 5 min, setup: {time: 2 min, from_to: {b: {a: 4 min}}}, next: out}
"""
        + _SINK,
        60,
    )
    # In the row: a at 1, b at 2, b at 3, a at 4.
    assert what.when("started", "s", product="a") == [1, 22]
    assert what.when("started", "s", product="b") == [8, 13]
    assert what.minutes_in("s") == {"executing": 20, "set_up": 6, "starved": 34}


def test_blocked_servers_keep_their_parts_and_the_longest_blocked_goes_first() -> None:
    what = told(
        """
products: {first: {}, early: {}, late: {}}
sources:
  f: {product: first, every: 1 min, most: 1, next: sink_side}
  l: {product: late, every: 1 min, most: 2, next: slow}
  e: {product: early, every: 1 min, most: 2, next: quick}
stations:
  slow: {time: 3 min, queue: 0, next: sink_side}
  quick: {time: 2 min, queue: 0, next: sink_side}
  sink_side: {time: 10 min, queue: 0, next: out}
"""
        + _SINK,
        60,
    )
    # quick is done at 3 and slow at 4; sink_side comes free at 11, 21, 31, 41. quick's
    # second part, begun at 11, is done at 13: behind slow's first, before its second.
    assert what.when("finished", "quick") == [3, 13]
    assert what.when("left", "quick") == [11, 31]
    assert what.when("finished", "slow") == [4, 24]
    assert what.when("left", "slow") == [21, 41]
    assert what.when("blocked", "quick") == [3, 13]
    assert what.minutes_in("quick") == {"executing": 4, "blocked": 26, "starved": 30}


def test_batch_starts_as_soon_as_the_least_are_there() -> None:
    """Arrivals at 4, 8, 12, ...: 2 of them at 8; at 23 there are 3 more."""
    what = told(
        """
sources: {a: {product: part, every: 4 min, most: 5, next: s}}
stations: {s: {time: 15 min, batch: {least: 2, most: 3}, next: out}}
"""
        + _SINK,
        60,
    )
    assert what.when("started", "s") == [8, 23]
    assert what.when("left", "s") == [23, 23, 38, 38, 38]


def test_batch_takes_no_more_than_most_and_its_places_add_to_the_queue() -> None:
    """A station with a queue of 1 and batches of 3 holds 4 parts in all."""
    what = told(
        """
sources: {a: {product: part, every: 1 min, batch: 9, most: 9, next: s}}
stations: {s: {time: 5 min, queue: 1, batch: {least: 3, most: 3}, next: out}}
"""
        + _SINK,
        60,
    )
    assert what.when("started", "s") == [1, 6, 11]
    assert what.when("entered", "s") == [1] * 4 + [6] * 3 + [11] * 2


def test_batch_that_is_not_full_waits_as_long_as_its_oldest_may() -> None:
    """Parts at 4, 8, 12: 10 min after the first is 14; a full batch waits no more."""
    text = """
sources: {a: {product: part, every: 4 min, most: COUNT, next: s}}
stations: {s: {time: 5 min, batch: {least: 1, most: 4, wait: 10 min}, next: out}}
"""
    what = told(text.replace("COUNT", "3") + _SINK, 60)
    assert what.when("started", "s") == [14]
    what = told(text.replace("COUNT", "9") + _SINK, 60)
    # 4 to 12 at 14, 16 to 24 at 26 (16 + 10), 28 to 36 at 38.
    assert what.when("started", "s") == [14, 26, 38]
    text = text.replace("every: 4 min", "every: 2 min")
    what = told(text.replace("COUNT", "4") + _SINK, 60)
    assert what.when("started", "s") == [8]


def test_batch_waits_for_the_oldest_that_is_left_when_one_gives_up() -> None:
    what = told(
        """
sources: {a: {product: part, every: 3 min, most: 2, next: s}}
stations:
  s:
    time: 1 min
    batch: {least: 1, most: 4, wait: 10 min}
    patience: {time: {law: discrete, values: [4 min], probabilities: [1]}, to: out}
    next: out
"""
        + _SINK,
        30,
    )
    # Both give up after 4 min, long before 10 min have passed.
    assert what.when("reneged", "s") == [7, 10]
    assert what.when("started", "s") == []


def test_batch_keeps_its_server_until_the_last_of_it_is_gone() -> None:
    what = told(
        """
sources: {a: {product: part, every: 1 min, batch: 4, most: 4, next: oven}}
stations:
  oven: {time: 5 min, batch: {least: 2, most: 2}, next: s}
  s: {time: 10 min, queue: 0, next: out}
"""
        + _SINK,
        60,
    )
    # The second of the first batch goes when s comes free at 16; only then the oven
    # begins again.
    assert what.when("started", "oven") == [1, 16]
    assert what.when("left", "oven") == [6, 16, 26, 36]
    assert what.minutes_in("oven") == {"executing": 10, "blocked": 25, "starved": 25}


def test_part_becomes_another_product_and_goes_the_way_of_that() -> None:
    what = told(
        """
products: {raw: {}, done: {}}
sources: {a: {product: raw, every: 1 min, most: 1, next: s}}
stations:
  s:
    time: 2 min
    becomes: done
    next: wrong
    next_by_product: {done: out, raw: wrong}
sinks: {out: {}, wrong: {}}
""",
        10,
    )
    assert what.when("out", "out", product="done") == [3]
    assert what.when("entered", "wrong") == []


_ROUND = """
sources: {a: {product: part, every: 1 min, most: 1, next: s}}
stations:
  s: {time: 3 min, queue: QUEUE, next: {among: [s, out], choose: round_robin}}
"""


def test_place_of_a_part_is_free_only_when_it_is_gone() -> None:
    """A part that goes round needs a place besides its own."""
    what = told(_ROUND.replace("QUEUE", "1") + _SINK, 12)
    assert what.when("started", "s") == [1, 4]
    with pytest.raises(FlowError, match=r"at 240 s s for s wait for room"):
        told(_ROUND.replace("QUEUE", "0") + _SINK, 12)


def test_time_drawn_for_a_place_in_the_queue_stays_with_its_operation() -> None:
    """Shortest-first draws at arrival; who gives up does not take the time along."""
    what = told(
        """
sources: {a: {product: part, every: 1 min, most: 2, next: s}}
stations:
  s: {time: 50 min, discipline: shortest, patience: {time: 3 min, to: t}, next: out}
  t: {time: 3 min, next: out}
"""
        + _SINK,
        60,
    )
    assert what.when("finished", "t") == [8]
    what = told(
        """
sources: {a: {product: part, every: 1 min, most: 1, next: s}}
stations:
  s:
    discipline: shortest
    operations:
      b: {do: task, time: 2 min, after: [a]}
      a: {do: task, time: 7 min}
    next: out
"""
        + _SINK,
        60,
    )
    assert what.when("finished", "s") == [8, 10]
