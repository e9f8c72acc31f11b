"""Priorities against Markov chains and conservation laws."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import exp

import pytest

from twin.verify.markov import solve_chain
from twin.verify.priorities import (
    Class,
    nonpreemptive_wait_means_s,
    preemptive_lead_time_means_s,
    shortest_first_wait_mean_s,
)
from twin.verify.queues import mm1

MOST = 70
HIGH, LOW = 0.3, 0.2
State = tuple[int, int, int]


def nonpreemptive_moves(state: State) -> Iterator[tuple[State, float]]:
    serving, high, low = state  # serving: 0 nobody, 1 high, 2 low
    if serving == 0:
        yield (1, 0, 0), HIGH
        yield (2, 0, 0), LOW
        return
    if high < MOST:
        yield (serving, high + 1, low), HIGH
    if low < MOST:
        yield (serving, high, low + 1), LOW
    rate = 1.0 if serving == 1 else 0.8
    if high:
        yield (1, high - 1, low), rate
    elif low:
        yield (2, high, low - 1), rate
    else:
        yield (0, 0, 0), rate


def test_cobham_equals_the_chain() -> None:
    chain = solve_chain((0, 0, 0), nonpreemptive_moves)
    waits = nonpreemptive_wait_means_s([Class(HIGH, 1.0, 1.0), Class(LOW, 1.25, 1.25)])
    high = chain.mean(lambda state: float(state[1])) / HIGH
    low = chain.mean(lambda state: float(state[2])) / LOW
    assert waits == pytest.approx([high, low], rel=1e-6)


def test_preemption_equals_the_chain() -> None:
    def moves(state: tuple[int, int]) -> Iterator[tuple[tuple[int, int], float]]:
        high, low = state
        if high < MOST:
            yield (high + 1, low), HIGH
        if low < MOST:
            yield (high, low + 1), LOW
        if high:
            yield (high - 1, low), 1.0
        elif low:
            yield (high, low - 1), 0.8

    chain = solve_chain((0, 0), moves)
    lead_times = preemptive_lead_time_means_s(
        [Class(HIGH, 1.0, 1.0), Class(LOW, 1.25, 1.25)]
    )
    high = chain.mean(lambda state: float(state[0])) / HIGH
    low = chain.mean(lambda state: float(state[1])) / LOW
    assert lead_times == pytest.approx([high, low], rel=1e-6)


def test_the_most_urgent_class_sees_nobody_else_when_it_preempts() -> None:
    lead_times = preemptive_lead_time_means_s([Class(0.4, 1.0, 1.0), Class(0.1, 2, 5)])
    assert lead_times[0] == pytest.approx(mm1(0.4, 1.0).lead_time_mean_s, rel=1e-12)


def test_work_is_conserved_whatever_the_order() -> None:
    """Sum of load times wait is that of first come, first served (Kleinrock 1976)."""
    classes = [Class(0.2, 1.0, 0.3), Class(0.1, 2.0, 2.0), Class(0.05, 4.0, 0.0)]
    in_order = nonpreemptive_wait_means_s(classes)
    turned = nonpreemptive_wait_means_s(classes[::-1])[::-1]
    sums = [
        sum(each.load * wait for each, wait in zip(classes, waits, strict=True))
        for waits in (in_order, turned)
    ]
    residual_s = sum(each.residual_s for each in classes)
    load = sum(each.load for each in classes)
    assert sums == pytest.approx([load * residual_s / (1.0 - load)] * 2, rel=1e-12)


def test_shortest_first_is_cobham_with_many_classes() -> None:
    """Cut the exponential law into thin slices, each a class of its own."""
    arrival, n = 0.7, 4000
    edges = [20.0 * k / n for k in range(n + 1)]
    shares = [exp(-a) - exp(-b) for a, b in pairwise(edges)]
    middles = [(a + b) / 2.0 for a, b in pairwise(edges)]
    classes = [
        Class(arrival * share, middle, 0.0)
        for share, middle in zip(shares, middles, strict=True)
    ]
    waits = nonpreemptive_wait_means_s(classes)
    mean = sum(share * wait for share, wait in zip(shares, waits, strict=True))
    assert shortest_first_wait_mean_s(arrival, 1.0) == pytest.approx(mean, rel=1e-3)
    assert shortest_first_wait_mean_s(arrival, 1.0) < mm1(arrival, 1.0).wait_mean_s


def test_shortest_first_scales_with_the_unit_of_time() -> None:
    seconds = shortest_first_wait_mean_s(0.6 / 60.0, 60.0)
    assert seconds == pytest.approx(60.0 * shortest_first_wait_mean_s(0.6, 1.0))


def test_shortest_first_changes_nothing_in_light_traffic() -> None:
    wait = shortest_first_wait_mean_s(1e-6, 1.0)
    assert wait == pytest.approx(mm1(1e-6, 1.0).wait_mean_s, rel=1e-5)
