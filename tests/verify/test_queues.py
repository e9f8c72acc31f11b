"""Closed forms against Markov chains, published numbers and limits."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest

from twin.verify import queues
from twin.verify.markov import solve_chain

Moves = Iterator[tuple[int, float]]


def chain_inside(
    arrival: float, service: float, servers: int, places: int, quits: float = 0.0
) -> float:
    """Mean number inside by brute force."""

    def moves(n: int) -> Moves:
        if n < places:
            yield n + 1, arrival
        if n:
            yield n - 1, min(n, servers) / service + max(n - servers, 0) * quits

    return solve_chain(0, moves).mean(float)


def test_mm1_at_load_one_half_has_one_part_inside() -> None:
    queue = queues.mm1(0.5, 1.0)
    assert queue.inside_mean == pytest.approx(1.0, rel=1e-12)
    assert queue.lead_time_mean_s == pytest.approx(2.0, rel=1e-12)
    assert queue.utilisation == pytest.approx(0.5, rel=1e-12)


@pytest.mark.parametrize(("servers", "load"), [(1, 0.6), (2, 0.75), (5, 0.5)])
def test_many_servers_equal_the_chain(servers: int, load: float) -> None:
    queue = queues.mmc(load * servers / 3.0, 3.0, servers)
    expected = chain_inside(load * servers / 3.0, 3.0, servers, 250)
    assert queue.inside_mean == pytest.approx(expected, rel=1e-9)


def test_one_server_of_mmc_is_mm1() -> None:
    assert queues.mmc(0.7, 1.0, 1).wait_mean_s == pytest.approx(
        queues.mm1(0.7, 1.0).wait_mean_s, rel=1e-12
    )


def test_erlang_b_gives_the_printed_table() -> None:
    """Values printed in traffic tables: 3 E on 5 lines 11.01 %, 10 on 10 21.46 %."""
    assert queues.erlang_b(3.0, 5) == pytest.approx(0.1101, abs=5e-5)
    assert queues.erlang_b(10.0, 10) == pytest.approx(0.2146, abs=5e-5)


def test_erlang_c_equals_its_sum() -> None:
    offered, servers = 4.0, 6
    last = offered**servers / math.factorial(servers) * servers / (servers - offered)
    total = sum(offered**n / math.factorial(n) for n in range(servers)) + last
    assert queues.erlang_c(offered, servers) == pytest.approx(last / total, rel=1e-12)


@pytest.mark.parametrize(("servers", "places"), [(1, 1), (1, 5), (2, 6), (3, 3)])
def test_limited_places_equal_the_chain(servers: int, places: int) -> None:
    queue = queues.mmck(1.3, 1.0, servers, places)
    expected = chain_inside(1.3, 1.0, servers, places)
    assert queue.inside_mean == pytest.approx(expected, rel=1e-12)
    assert queue.throughput_per_s == pytest.approx(1.3 * (1.0 - queue.rejected_share))


def test_no_queue_at_all_is_erlang_b() -> None:
    queue = queues.mmck(0.9, 2.0, 3, 3)
    assert queue.rejected_share == pytest.approx(queues.erlang_b(1.8, 3), rel=1e-12)
    assert queue.wait_mean_s == 0.0


def test_exponential_mg1_is_mm1() -> None:
    assert queues.mg1(0.6, 1.0, 1.0).wait_mean_s == pytest.approx(1.5, rel=1e-12)


def test_erlang_mg1_equals_the_chain_of_phases() -> None:
    shape = 3

    def moves(phases: int) -> Moves:
        if phases < 600:
            yield phases + shape, 0.7
        if phases:
            yield phases - 1, float(shape)

    chain = solve_chain(0, moves)
    inside = chain.mean(lambda phases: math.ceil(phases / shape))
    queue = queues.mg1(0.7, 1.0, 1.0 / math.sqrt(shape))
    assert queue.inside_mean == pytest.approx(inside, rel=1e-9)


def test_constant_service_halves_the_wait() -> None:
    assert queues.md1(0.7, 1.0).wait_mean_s == pytest.approx(
        queues.mm1(0.7, 1.0).wait_mean_s / 2.0, rel=1e-12
    )


def test_poisson_gim1_is_mm1() -> None:
    queue = queues.gim1(queues.erlang_transform(2.0, 1), 2.0, 1.0)
    assert queue.wait_mean_s == pytest.approx(1.0, rel=1e-9)


def test_erlang_gim1_equals_the_chain_of_phases() -> None:
    shape, load = 2, 0.7

    def moves(state: tuple[int, int]) -> Iterator[tuple[tuple[int, int], float]]:
        phase, inside = state
        if phase + 1 < shape:
            yield (phase + 1, inside), shape * load
        elif inside < 300:
            yield (0, inside + 1), shape * load
        if inside:
            yield (phase, inside - 1), 1.0

    inside = solve_chain((0, 0), moves).mean(lambda state: float(state[1]))
    queue = queues.gim1(queues.erlang_transform(1.0 / load, shape), 1.0 / load, 1.0)
    assert queue.inside_mean == pytest.approx(inside, rel=1e-9)


def test_constant_arrivals_solve_their_root_equation() -> None:
    """The root of sigma = exp(-(1 - sigma) / load) for load 1/2 is 0.20319."""
    queue = queues.gim1(queues.constant_transform(2.0), 2.0, 1.0)
    sigma = queue.wait_mean_s / (1.0 + queue.wait_mean_s)
    assert sigma == pytest.approx(0.203188, abs=1e-6)


def test_uniform_transform_lies_between_its_neighbours() -> None:
    """A narrow uniform law is nearly a constant; its slope at 0 is minus the mean."""
    narrow = queues.uniform_transform(1.999999, 2.000001)
    assert narrow(0.7) == pytest.approx(queues.constant_transform(2.0)(0.7), rel=1e-9)
    wide = queues.uniform_transform(1.0, 3.0)
    assert wide(0.0) == 1.0
    assert (1.0 - wide(1e-6)) / 1e-6 == pytest.approx(2.0, rel=1e-4)
    assert wide(0.7) > queues.constant_transform(2.0)(0.7)


def test_batches_of_arrivals_equal_the_chain() -> None:
    def moves(inside: int) -> Moves:
        if inside < 600:
            yield inside + 4, 0.15
        if inside:
            yield inside - 1, 1.0

    queue = queues.bulk_arrivals(0.15, 4, 1.0)
    expected = solve_chain(0, moves).mean(float)
    assert queue.inside_mean == pytest.approx(expected, rel=1e-9)
    assert queues.bulk_arrivals(0.6, 1, 1.0).wait_mean_s == pytest.approx(1.5)


@pytest.mark.parametrize(("least", "most"), [(1, 1), (1, 4), (2, 4), (4, 4)])
def test_batches_in_service_equal_the_chain(least: int, most: int) -> None:
    arrival = 0.6 * most

    def moves(state: tuple[int, int]) -> Iterator[tuple[tuple[int, int], float]]:
        serving, waiting = state
        more = waiting + 1
        if serving == 0 and more >= least:
            yield (1, 0), arrival
        elif more < 400:
            yield (serving, more), arrival
        if serving:
            taken = min(waiting, most) if waiting >= least else 0
            yield (int(taken > 0), waiting - taken), 1.0

    waiting = solve_chain((0, 0), moves).mean(lambda state: float(state[1]))
    queue = queues.bulk_service(arrival, 1.0, least, most)
    assert queue.queue_mean == pytest.approx(waiting, rel=1e-9)


def test_giving_up_equals_the_chain() -> None:
    queue, share = queues.reneging(2.5, 1.0, 2, 3.0)
    inside = chain_inside(2.5, 1.0, 2, 100, quits=1.0 / 3.0)
    served = 2.5 * (1.0 - share)
    assert queue.queue_mean == pytest.approx(inside - served, rel=1e-9)


def test_endless_patience_is_mmc() -> None:
    queue, share = queues.reneging(1.2, 1.0, 2, 1e9)
    assert queue.wait_mean_s == pytest.approx(
        queues.mmc(1.2, 1.0, 2).wait_mean_s, rel=1e-6
    )
    assert share < 1e-8


@pytest.mark.parametrize("load", [1.0, 1.5, math.nan])
def test_an_overload_is_refused(load: float) -> None:
    with pytest.raises(ValueError, match="below 1"):
        queues.mm1(load, 1.0)
