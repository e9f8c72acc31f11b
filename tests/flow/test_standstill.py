"""What can never move again is found, and told with who waits for whom."""

from __future__ import annotations

import pytest
from flow_plants import MINUTE_S, open_text, told

from twin.errors import FlowError

_BACK = """
sources: {a: {product: part, every: 25 s, next: s}}
stations:
  s: {time: 40 s, queue: QUEUE, next: t}
  t: {time: 1 min, queue: QUEUE, next: {among: {s: 0.9, out: 0.1}}}
sinks: {out: {}}
"""


def test_two_full_stations_that_wait_for_each_other_are_told() -> None:
    """A source that goes on does not hide it."""
    text = _BACK.replace("QUEUE", "1").replace(
        "next: s}}", "when_full: reject, next: s}}"
    )
    run = open_text(text, 60)
    run.advance(60 * MINUTE_S)
    with pytest.raises(
        FlowError,
        match=r"^plant: at 3600 s (s for t for s|t for s for t) wait for room in each "
        r"other, and all are full; give one of them more room, or another way$",
    ):
        run.check()


def test_the_same_stations_with_room_go_on() -> None:
    what = told(_BACK.replace("QUEUE", "unlimited"), 60)
    assert len(what.when("out", "out")) > 2


def test_standstill_of_all_is_told_by_advance() -> None:
    text = _BACK.replace("QUEUE", "0").replace("next: s}}", "most: 3, next: s}}")
    run = open_text(text, 60)
    with pytest.raises(FlowError, match="wait for room in each other"):
        run.advance(60 * MINUTE_S)


def test_line_that_is_only_full_is_no_standstill() -> None:
    what = told(
        """
sources: {a: {product: part, every: 1 min, next: s}}
stations:
  s: {time: 1 min, queue: 1, next: t}
  t: {time: 1 h, queue: 1, next: out}
sinks: {out: {}}
""",
        50,
    )
    assert what.run.totals().node_inside_s.sum() > 0


def test_circle_that_is_broken_is_no_standstill_while_it_may_be_mended() -> None:
    """The second is down from 3 on; what it has may go on after the repair."""
    text = _BACK.replace("QUEUE", "1").replace(
        "  t: {", "  t: {failures: {f: {every: 3 min, repair: 2 h}}, "
    )
    run = open_text(text, 60)
    run.advance(60 * MINUTE_S)
    run.check()


@pytest.mark.parametrize(
    "circle",
    [
        "buffers: {a: {next: b, initial: {part: 1}}, b: {next: a}}\n",
        "stations:\n"
        "  a: {time: 0 s, next: b, initial: {part: 1}}\n"
        "  b: {time: 0 s, next: a}\n",
    ],
)
def test_circle_that_takes_no_time_is_told(circle: str) -> None:
    run = open_text(circle, 60)
    with pytest.raises(
        FlowError, match=r"events without end at 0 s.*give times above 0"
    ):
        run.advance(60 * MINUTE_S)


def test_want_of_stock_that_never_comes_is_told() -> None:
    text = """
products: {part: {}, bolt: {}}
sources: {a: {product: part, every: 1 min, most: 3, next: s}}
stations:
  s: {operations: {fit: {do: task, time: 1 min, takes: {bolts: 2}}}, next: out}
stores: {bolts: {product: bolt, stock: 3}}
sinks: {out: {}}
"""
    run = open_text(text, 60)
    with pytest.raises(
        FlowError,
        match=r"^plant: nothing moves any more after 180 s; 's' for 2 x stock of "
        r"'bolts' \(fit\): give what is waited for, or another way$",
    ):
        run.advance(60 * MINUTE_S)


def test_want_of_a_token_is_told() -> None:
    text = """
sources: {a: {product: part, every: 1 min, most: 3, next: s}}
stations:
  s: {time: 1 min, next: u}
  u: {time: 1 min, batch: {least: 4, most: 4}, next: out}
sinks: {out: {}}
loops: {cards: {count: 2, enter: s, leave: u}}
"""
    run = open_text(text, 60)
    with pytest.raises(FlowError, match=r"'a' for a token or room to enter 's'"):
        run.advance(60 * MINUTE_S)


def test_plant_that_has_ended_is_no_standstill() -> None:
    """Two wait for a third to make a batch; nobody gives them one, nor need they."""
    text = """
sources: {a: {product: part, every: 1 min, most: 2, next: s}}
stations: {s: {time: 1 min, batch: {least: 3, most: 3}, next: out}}
sinks: {out: {}}
"""
    run = open_text(text, 60)
    run.advance(60 * MINUTE_S)
    run.check()
    assert run.now_s == 60 * MINUTE_S


@pytest.mark.parametrize("hours", ["06:00-06:20", "06:00-06:02"])
def test_night_before_the_horizon_is_no_standstill(hours: str) -> None:
    """Nobody comes before the run ends; the next morning is only not laid out."""
    text = f"""
sources: {{a: {{product: part, every: 1 min, most: 3, next: s}}}}
stations: {{s: {{time: 10 min, people: {{m: 1}}, next: out}}}}
crews: {{c: {{count: 1, skills: [m], calendar: k}}}}
calendars: {{k: {{week: {{mon: ["{hours}"]}}}}}}
sinks: {{out: {{}}}}
"""
    run = open_text(text, 600)
    run.advance(600 * MINUTE_S)
    run.check()
    assert run.state.count("n_parts") > 0
