"""Stock, shared people, vehicles and belts against limits and small models."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, factorial

import pytest

from twin.verify.markov import solve_chain
from twin.verify.queues import erlang_c, md1, mmck
from twin.verify.supply import (
    belt,
    loop_throughput_per_s,
    reordered_store,
    shared_specialist,
    shuttle,
)


def test_one_for_one_orders_wait_like_that_many_servers() -> None:
    """Orders under way are at most S: S - orders in stock, M/M/S beyond."""
    demand, lead_s, base = 0.9, 2.0, 4
    store = reordered_store(demand, base - 1, 1, lead_s)
    queue = mmck(demand, lead_s, base, 300)
    assert store.waiting_mean == pytest.approx(queue.queue_mean, rel=1e-9)
    assert store.stock_mean == pytest.approx(base - queue.utilisation * base, rel=1e-9)
    offered = demand * lead_s
    full = erlang_c(offered, base) * offered / base  # one waits beyond those served
    assert store.waiting_share == pytest.approx(full, rel=1e-9)


def test_plentiful_stock_leaves_nobody_waiting() -> None:
    """On order: Poisson with mean demand x lead time (Palm); position uniform."""
    store = reordered_store(0.5, 30, 10, 4.0)
    assert store.waiting_mean < 1e-9
    expected = 30 + 5.5 - 0.5 * 4.0
    assert store.stock_mean == pytest.approx(expected, rel=1e-9)


def test_a_store_that_hears_late_of_demands_keeps_them_waiting_longer() -> None:
    """The textbook's store orders when a demand comes: the Poisson excess."""
    demand, lead_s, base = 0.5, 2.0, 3
    load = demand * lead_s
    excess = sum(
        (n - base) * exp(-load) * load**n / factorial(n) for n in range(base, 60)
    )
    store = reordered_store(demand, base - 1, 1, lead_s)
    assert excess < store.waiting_mean < 2.0 * excess


def test_deliveries_that_cannot_keep_up_are_refused() -> None:
    with pytest.raises(ValueError, match="below 1"):
        reordered_store(3.0, 0, 2, 1.0)


def test_the_specialist_alternates() -> None:
    """Three requests in play; the state is what the specialist does."""

    def moves(special: bool) -> Iterator[tuple[bool, float]]:
        yield not special, 1.0 / 3.0 if special else 1.0 / 2.0

    share = solve_chain(False, moves).mean(float)
    common, special = shared_specialist(2.0, 3.0)
    assert special == pytest.approx(share / 3.0, rel=1e-12)
    assert common == pytest.approx((1.0 - share) / 2.0 + 1.0 / 2.0, rel=1e-12)
    assert 2.0 * common + 3.0 * special == pytest.approx(2.0, rel=1e-12)


def test_a_shuttle_never_makes_more_than_its_loop() -> None:
    loop = loop_throughput_per_s(1, 100.0, 2.0, 10.0, 5.0)
    assert loop == pytest.approx(1.0 / 115.0, rel=1e-12)
    assert shuttle(0.5 * loop, 100.0, 2.0, 10.0, 5.0).utilisation == pytest.approx(0.5)
    with pytest.raises(ValueError, match="below 1"):
        shuttle(loop, 100.0, 2.0, 10.0, 5.0)


def test_a_belt_delays_and_queues_only_at_its_entry() -> None:
    queue = belt(0.25, 20.0, 0.5, 1.0)
    assert queue.wait_mean_s == pytest.approx(md1(0.25, 2.0).wait_mean_s, rel=1e-12)
    assert queue.lead_time_mean_s - queue.wait_mean_s == pytest.approx(40.0)
    assert queue.servers == 20
