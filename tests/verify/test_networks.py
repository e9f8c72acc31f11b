"""Networks against Markov chains and one another."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from twin.verify.markov import solve_chain
from twin.verify.networks import (
    closed_network,
    machine_repair,
    mean_value_analysis,
    open_network,
)
from twin.verify.queues import mm1


def test_rework_is_a_queue_with_more_arrivals() -> None:
    """Feedback with p: load lambda E S / (1 - p), lead time E S / (1 - p - lambda)."""
    network = open_network([0.5], [1.0], [1], [[0.2]])
    assert network.stations[0].utilisation == pytest.approx(0.5 / 0.8)
    assert network.lead_time_mean_s == pytest.approx(1.0 / (0.8 - 0.5), rel=1e-12)


def test_a_series_adds_up() -> None:
    network = open_network([0.5, 0.0], [1.0, 1.5], [1, 1], [[0.0, 1.0], [0.0, 0.0]])
    alone = mm1(0.5, 1.0).lead_time_mean_s + mm1(0.5, 1.5).lead_time_mean_s
    assert network.lead_time_mean_s == pytest.approx(alone, rel=1e-12)


def test_an_open_network_equals_the_chain() -> None:
    most = 60
    rates = (1.0, 0.9)

    def moves(state: tuple[int, int]) -> Iterator[tuple[tuple[int, int], float]]:
        first, second = state
        if first < most:
            yield (first + 1, second), 0.4
        if first and second < most:
            yield (first - 1, second + 1), rates[0]
        if second:
            yield (first, second - 1), 0.75 * rates[1]
            if first < most:
                yield (first + 1, second - 1), 0.25 * rates[1]

    inside = solve_chain((0, 0), moves).mean(lambda state: float(sum(state)))
    network = open_network(
        [0.4, 0.0], [1.0, 1.0 / 0.9], [1, 1], [[0.0, 1.0], [0.25, 0.0]]
    )
    assert network.lead_time_mean_s == pytest.approx(inside / 0.4, rel=1e-6)


def test_a_balanced_closed_network_has_its_known_throughput() -> None:
    """N tokens, M equal stations: N / (N + M - 1) services a time."""
    for population in (1, 3, 8):
        network = mean_value_analysis([2.0] * 4, 0.0, population)
        expected = population / (population + 3) / 2.0
        assert network.throughput_per_s == pytest.approx(expected, rel=1e-12)


def test_mean_values_equal_the_convolution() -> None:
    by_mean = mean_value_analysis([1.0, 2.0, 0.7], 4.0, 6)
    by_sum = closed_network([1.0, 2.0, 0.7, 4.0], [1, 1, 1, 6], 6)
    assert by_sum.throughput_per_s == pytest.approx(by_mean.throughput_per_s, rel=1e-12)
    assert by_sum.inside_means[:3] == pytest.approx(by_mean.inside_means, rel=1e-12)
    assert sum(by_sum.inside_means) == pytest.approx(6.0, rel=1e-12)


def test_parallel_servers_in_a_closed_network_equal_the_chain() -> None:
    population, servers, means = 5, (2, 1), (1.5, 0.9)

    def moves(first: int) -> Iterator[tuple[int, float]]:
        second = population - first
        if first:
            yield first - 1, min(first, servers[0]) / means[0]
        if second:
            yield first + 1, min(second, servers[1]) / means[1]

    chain = solve_chain(population, moves)
    rate = chain.mean(lambda first: min(first, servers[0]) / means[0])
    network = closed_network(means, servers, population)
    assert network.throughput_per_s == pytest.approx(rate, rel=1e-12)
    assert network.inside_means[0] == pytest.approx(chain.mean(float), rel=1e-12)


def test_machine_repair_is_a_closed_network() -> None:
    repair = machine_repair(5, 10.0, 3.0, 2)
    network = closed_network([10.0, 3.0], [5, 2], 5)
    assert repair.running_share * 5 == pytest.approx(network.inside_means[0], rel=1e-12)
    total = repair.running_share + repair.repair_share + repair.waiting_share
    assert total == pytest.approx(1.0, rel=1e-12)


def test_enough_people_leave_no_machine_waiting() -> None:
    repair = machine_repair(4, 10.0, 2.0, 4)
    assert repair.waiting_share == pytest.approx(0.0, abs=1e-15)
    assert repair.running_share == pytest.approx(10.0 / 12.0, rel=1e-12)
