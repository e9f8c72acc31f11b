"""Operations, dismantling, assembly, tools and stores: timetables by hand, min."""

from __future__ import annotations

import pytest
from flow_plants import told

from twin.errors import FlowError

_SINK = "sinks: {out: {}}\n"

_ONE_CAR = """
products: {part: {}, other: {}, door: {}}
sources: {a: {product: part, every: 1 min, most: 1, next: s}}
"""


def test_operations_without_order_run_at_once_and_the_next_wait_for_all() -> None:
    what = told(
        _ONE_CAR
        + """
stations:
  s:
    next: out
    operations:
      a: {do: task, time: 2 min}
      b: {do: task, time: 3 min}
      c: {do: task, time: 1 min, after: [a, b]}
"""
        + _SINK,
        20,
    )
    assert what.when("started", "s", detail=0) == [1]
    assert what.when("started", "s", detail=1) == [1]
    assert what.when("started", "s", detail=2) == [4]
    assert what.when("left", "s") == [5]


def test_one_of_several_is_enough_to_begin_but_all_are_done_in_the_end() -> None:
    what = told(
        _ONE_CAR
        + """
stations:
  s:
    next: out
    operations:
      a: {do: task, time: 2 min}
      b: {do: task, time: 6 min}
      c: {do: task, time: 1 min, after_any: [a, b]}
"""
        + _SINK,
        20,
    )
    assert what.when("started", "s", detail=2) == [3]
    assert what.when("finished", "s", detail=1) == [7]
    assert what.when("left", "s") == [7]


@pytest.mark.parametrize("why", ["present: 0", "only: [other]"])
def test_skipped_operation_takes_no_time_and_holds_up_nothing(why: str) -> None:
    what = told(
        _ONE_CAR
        + f"""
stations:
  s:
    next: out
    operations:
      a: {{do: task, time: 5 min, {why}, yields: {{door: {{to: out}}}}}}
      b: {{do: task, time: 3 min, after: [a]}}
"""
        + _SINK,
        20,
    )
    assert what.when("absent", "s", detail=0) == [1]
    assert what.when("started", "s", detail=1) == [1]
    assert what.when("left", "s") == [4]
    assert what.when("yielded", "s") == []


@pytest.mark.parametrize(("yields", "doors"), [("lose", []), ("keep", [10])])
def test_seized_operation_takes_its_own_time(yields: str, doors: list[float]) -> None:
    what = told(
        _ONE_CAR
        + f"""
stations:
  s:
    next: out
    operations:
      a:
        do: task
        time: 2 min
        seized: {{probability: 1, time: 9 min, yields: {yields}}}
        yields: {{door: {{to: out}}}}
"""
        + _SINK,
        20,
    )
    assert what.when("finished", "s") == [10]
    assert what.when("yielded", "s") == doors
    assert what.when("out", "out", product="door") == doors


_DOORS = """
products: {part: {}, door: {}}
sources: {a: {product: part, first_at: 1 min, every: 1 min, most: 2, next: s}}
stations:
  s:
    RELEASE
    queue: 5
    next: out
    operations:
      doors: {do: task, time: 2 min, yields: {door: {to: rack, count: 2}}}
      seats: {do: task, time: 3 min, after: [doors]}
  rack: {time: 10 min, queue: 0, next: out}
"""


def test_each_leaves_when_it_has_room_and_the_server_is_free_when_all_are_gone() -> (
    None
):
    """Door 1 goes at 3, the car at 6, door 2 when the rack is free at 13."""
    what = told(_DOORS.replace("RELEASE", "release: each") + _SINK, 80)
    assert what.when("left", "s", product="door") == [3, 13, 23, 33]
    assert what.when("left", "s", product="part") == [6, 18]
    assert what.when("started", "s", detail=0) == [1, 13]


def test_together_waits_until_all_have_room() -> None:
    """The rack never has room for both doors at once: nothing ever leaves."""
    with pytest.raises(FlowError, match="'s' for room in 'rack'"):
        told(_DOORS.replace("RELEASE", "release: together") + _SINK, 80)
    roomy = _DOORS.replace("RELEASE", "release: together")
    what = told(roomy.replace("queue: 0", "queue: 1") + _SINK, 80)
    # The first job ends at 6; the rack works on its doors until 16 and 26, so there
    # is room for both of the next two from 26 on.
    assert what.when("left", "s") == [6, 6, 6, 26, 26, 26]
    assert what.when("finished", "s", detail=1) == [6, 11]


def test_consumed_part_ends_where_it_is_taken_apart() -> None:
    what = told(
        """
products: {part: {}, door: {}}
sources: {a: {product: part, every: 1 min, most: 2, next: s}}
stations:
  s:
    consumed: true
    operations: {a: {do: task, time: 5 min, yields: {door: {to: out, count: 3}}}}
"""
        + _SINK,
        20,
    )
    assert what.when("left", "s", product="door") == [6, 6, 6, 11, 11, 11]
    assert what.when("left", "s", product="part") == []
    counts = what.run.totals().product_counts
    # Columns: created, out, rejected, reneged, scrapped, absorbed.
    assert counts[0, :6].tolist() == [2, 0, 0, 0, 0, 2]
    assert counts[1, :6].tolist() == [6, 6, 0, 0, 0, 0]


def test_assembly_waits_for_all_and_queues_each_component_apart() -> None:
    what = told(
        """
products: {frame: {}, wheel: {}, bike: {}}
sources:
  f: {product: frame, every: 2 min, most: 3, next: s}
  w: {product: wheel, every: 3 min, most: 6, next: s}
stations:
  s: {time: 4 min, queue: 2, assembly: {frame: 1, wheel: 2}, makes: bike, next: out}
"""
        + _SINK,
        40,
    )
    # Wheels at 3, 6 and 9, 12 and 15, 18; frames at 2, 4 and, two being there
    # already, 6 as the first is taken.
    assert what.when("started", "s") == [6, 12, 18]
    assert what.when("entered", "s", product="frame") == [2, 4, 6]
    assert what.when("out", "out", product="bike") == [10, 16, 22]
    counts = what.run.totals().product_counts
    assert counts[:, 5].tolist() == [0, 6, 0]  # wheels end in bikes
    assert counts[:, 7].tolist() == [0, 0, 3]  # frames become them
    assert counts[:, 8].tolist() == [3, 0, 0]


def test_operations_share_tools() -> None:
    what = told(
        """
sources:
  a: {product: part, every: 1 min, most: 1, next: s}
  b: {product: part, every: 2 min, most: 1, next: t}
stations:
  s: {operations: {o: {do: task, time: 5 min, uses: {crane: 1}}}, next: out}
  t: {operations: {o: {do: task, time: 5 min, uses: {crane: 1}}}, next: out}
tools: {crane: {count: 1}}
"""
        + _SINK,
        20,
    )
    assert what.when("started", "s") == [1]
    assert what.when("started", "t") == [6]
    assert what.minutes_in("t") == {"executing": 5, "no_operator": 4, "starved": 11}
    assert what.run.totals().tool_busy_s.tolist() == [600.0]


_STORE = """
products: {part: {}, bolt: {}}
sources: {a: {product: part, every: 1 min, most: 3, next: s}}
stations:
  s:
    operations: {o: {do: task, time: 2 min, takes: {bolts: 2}}}
    next: out
stores: {bolts: {product: bolt, STOCK}}
sinks: {out: {}}
"""


def test_operation_waits_for_stock_and_the_store_orders_as_it_falls() -> None:
    """2 of 3 go at 1; 4 are ordered, and come at 11; 2 and 2 go, 4 come at 21."""
    stock = "stock: 3, reorder: {at: 1, quantity: 4, lead_time: 10 min}"
    what = told(_STORE.replace("STOCK", stock), 40)
    assert what.when("started", "s") == [1, 11, 13]
    assert what.minutes_in("s") == {"executing": 6, "no_material": 8, "starved": 26}
    # 3 for 1 min, 1 for 10 min, 5 - 2 for 2 min, then 1 again until 23 (ordered at 13).
    area = 3 * 1 + 1 * 10 + 3 * 2 + 1 * 10 + 5 * 17
    assert what.run.totals().store_stock_s.tolist() == [area * 60.0]
    assert what.run.totals().store_taken.tolist() == [6]


def test_parts_led_to_a_store_become_stock() -> None:
    what = told(
        """
products: {part: {}, bolt: {}}
sources:
  a: {product: part, every: 1 min, most: 1, next: s}
  b: {product: bolt, every: 3 min, most: 3, next: bolts}
stations:
  s:
    operations: {o: {do: task, time: 2 min, takes: {bolts: 2}}}
    next: out
stores: {bolts: {product: bolt, capacity: 2}}
sinks: {out: {}}
""",
        20,
    )
    assert what.when("entered", "bolts") == [3, 6, 9]
    assert what.when("started", "s") == [6]


def test_full_store_holds_parts_up_until_some_is_taken() -> None:
    what = told(
        """
products: {part: {}, bolt: {}}
sources:
  a: {product: part, every: 10 min, most: 1, next: s}
  b: {product: bolt, every: 3 min, most: 3, next: bolts}
stations:
  s:
    operations: {o: {do: task, time: 2 min, takes: {bolts: 2}}}
    next: out
stores: {bolts: {product: bolt, capacity: 2}}
sinks: {out: {}}
""",
        20,
    )
    assert what.when("entered", "bolts") == [3, 6, 10]


def test_store_that_is_low_at_the_start_orders_then() -> None:
    stock = "reorder: {at: 2, quantity: 5, lead_time: 3 min}"
    what = told(_STORE.replace("STOCK", stock), 40)
    # 5 come at 3; at 3 two go (3 left), at 5 two more (1 left): 5 come at 8.
    assert what.when("started", "s") == [3, 5, 8]
