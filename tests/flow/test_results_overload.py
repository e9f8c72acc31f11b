"""Overload: named where a queue grows without bound, and only there."""

from __future__ import annotations

import pytest
from small_flows import plant_of, queue

from twin.flow.plant import Plant
from twin.flow.replications import Wanted, run_replications
from twin.flow.results import Results, read_results

DAY_S = 86400.0


def results(
    plant: Plant, until_s: float, warm_up_s: float = 0.0, n: int = 3
) -> Results:
    return read_results(run_replications(plant, Wanted(until_s, warm_up_s, n=n)))


def test_a_server_that_cannot_cope_is_named() -> None:
    """A part comes each 5 min and takes 6: one in 30 min stays, 48 a day."""
    found = results(queue(20 * DAY_S, mean="6 min"), 20 * DAY_S)
    (each,) = found.overloads
    assert each.node == "server"
    assert each.busy_share is not None
    assert each.busy_share > 0.99
    assert each.per_day == pytest.approx(48.0, rel=0.15)
    assert each.last_parts > 800.0


def test_hours_that_are_closed_do_not_hide_it() -> None:
    plant = plant_of(
        """
calendars:
  day: {week: {mon-fri: ["08:00-16:00"]}}
sources:
  arrivals: {product: part, every: {law: exponential, mean: 10 min}, next: server}
stations:
  server: {time: 8 min, calendar: day, next: out}
sinks:
  out: {}
""",
        90 * DAY_S,
    )
    found = results(plant, 90 * DAY_S)
    assert [each.node for each in found.overloads] == ["server"]


def test_the_buffer_before_a_full_station_is_named() -> None:
    plant = plant_of(
        """
sources:
  arrivals: {product: part, every: 4 min, next: yard}
buffers:
  yard: {next: server}
stations:
  server: {time: {law: exponential, mean: 5 min}, queue: 2, next: out}
sinks:
  out: {}
""",
        20 * DAY_S,
    )
    (each,) = results(plant, 20 * DAY_S).overloads
    assert (each.node, each.busy_share) == ("yard", None)
    assert each.last_parts > each.first_parts + 500.0


@pytest.mark.parametrize("mean", ["4 min", "4.5 min"])
@pytest.mark.parametrize("seed", range(1, 6))
def test_a_busy_server_that_copes_is_not(mean: str, seed: int) -> None:
    """Utilisations of 80 and 90 %: queues vary a lot, and come back."""
    found = results(queue(20 * DAY_S, mean=mean, seed=seed), 20 * DAY_S, n=1)
    assert found.overloads == ()


def test_a_full_queue_that_holds_its_source_back_is_not() -> None:
    plant = queue(20 * DAY_S, mean="9 min", more="queue: 5, ")
    assert results(plant, 20 * DAY_S).overloads == ()


def test_a_line_that_fills_up_at_first_is_not() -> None:
    """It fills within the warm-up; a run too short to judge says nothing either."""
    plant = queue(20 * DAY_S, mean="9 min", more="queue: 300, ")
    assert [each.node for each in results(plant, 20 * DAY_S, 8 * DAY_S).overloads] == []
    assert results(plant, 20 * DAY_S, 19 * DAY_S).overloads == ()
