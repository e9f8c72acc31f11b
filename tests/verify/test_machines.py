"""Failures, changes and closed hours against Markov chains and draws."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from twin.rng import stream
from twin.verify import machines
from twin.verify.markov import solve_chain
from twin.verify.queues import mg1, mm1


def test_breakdowns_equal_the_chain() -> None:
    def moves(state: tuple[int, bool]) -> Iterator[tuple[tuple[int, bool], float]]:
        inside, up = state
        if inside < 400:
            yield (inside + 1, up), 0.5
        yield (inside, not up), 1.0 / 20.0 if up else 1.0 / 5.0
        if inside and up:
            yield (inside - 1, up), 1.0

    inside = solve_chain((0, True), moves).mean(lambda state: float(state[0]))
    queue = machines.mm1_with_breakdowns(0.5, 1.0, 20.0, 5.0)
    assert queue.inside_mean == pytest.approx(inside, rel=1e-9)


def test_instant_repairs_leave_mm1() -> None:
    queue = machines.mm1_with_breakdowns(0.6, 1.0, 10.0, 1e-9)
    assert queue.lead_time_mean_s == pytest.approx(
        mm1(0.6, 1.0).lead_time_mean_s, rel=1e-6
    )


def test_wear_at_work_stops_an_mg1_whose_service_holds_the_repairs() -> None:
    """Failures at work lengthen services: the busy share of M/G/1 splits in two."""
    up_s, repair_s = 8.0, 2.0
    completion_s = 1.0 * (1.0 + repair_s / up_s)
    busy = mg1(0.5, completion_s, 1.0).utilisation
    failed = machines.failed_share_by_work(0.5, up_s, repair_s)
    assert failed == pytest.approx(busy - 0.5, rel=1e-12)


def test_a_machine_that_wears_too_fast_is_refused() -> None:
    with pytest.raises(ValueError, match="below 1"):
        machines.failed_share_by_work(0.9, 1.0, 1.0)


def test_restarted_services_by_drawing_them() -> None:
    rng = stream(1, "restarted")
    total_s, n = 0.0, 20_000
    for _ in range(n):
        while (up_s := rng.exponential(10.0)) < 5.0:
            total_s += up_s + 3.0
        total_s += 5.0
    expected = machines.restarted_time_mean_s(5.0, 10.0, 3.0)
    # The standard deviation of one is about 8 s: 4 standard errors of the mean.
    assert total_s / n == pytest.approx(expected, abs=4.0 * 8.0 / np.sqrt(n))


def test_rare_failures_add_half_a_service_and_a_repair() -> None:
    mean_s = machines.restarted_time_mean_s(1.0, 1e6, 7.0)
    assert (mean_s - 1.0) * 1e6 == pytest.approx(0.5 + 7.0, rel=1e-3)


def test_one_product_needs_no_change_over() -> None:
    rate = machines.change_over_throughput_per_s([1.0], [4.0], 100.0)
    assert rate == pytest.approx(0.25, rel=1e-12)


def test_two_equal_products_change_every_other_time() -> None:
    rate = machines.change_over_throughput_per_s([0.5, 0.5], [1.0, 3.0], 2.0)
    assert rate == pytest.approx(1.0 / (2.0 + 0.5 * 2.0), rel=1e-12)


def test_availability_and_open_hours_are_shares() -> None:
    assert machines.availability(9.0, 1.0) == pytest.approx(0.9, rel=1e-12)
    assert machines.calendar_throughput_per_s(1.0 / 3.0, 60.0) == pytest.approx(
        1.0 / 180.0, rel=1e-12
    )
