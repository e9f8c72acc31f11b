"""Parallel stations and the rule that sends a part to one of them."""

from __future__ import annotations

from collections.abc import Iterator

from twin.verify.markov import solve_chain
from twin.verify.queues import Queue, Transform, check_load, erlang_b, gim1


def overflow_load(offered: float, before: int) -> float:
    """Return the share of time that the next server is busy when tried in order.

    Parts go to the first of several servers that is free, and leave if none is.

    Args:
        offered: Arrival rate times mean service time, erlang.
        before: Servers that are tried first.

    Source:
        Cooper (1981), Introduction to Queueing Theory, section 3.3 (ordered hunt):
        a (B(n, a) - B(n + 1, a)).
    """
    return offered * (erlang_b(offered, before) - erlang_b(offered, before + 1))


def round_robin(arrival_per_s: float, service_mean_s: float, stations: int) -> Queue:
    """Return each of several single exponential stations that take turns.

    Every n-th part of a Poisson stream makes Erlang's law with n phases.

    Source:
        Gross et al. (2008), section 5.3.1 (E_k/M/1 as GI/M/1).
    """
    mean_s = stations / arrival_per_s

    def transform(s: float) -> float:
        return float((1.0 + s * mean_s / stations) ** -stations)

    erlang: Transform = transform
    return gim1(erlang, mean_s, service_mean_s)


def shortest_queue(arrival_per_s: float, service_mean_s: float) -> Queue:
    """Return two single exponential stations, each part joining the emptier one.

    Emptier counts the part in service; equals are chosen between in any way. The
    chain is cut off where less than 1e-9 of the probability lies.

    Returns:
        The pair as one queue with two servers.

    Source:
        Kingman (1961), Two similar queues in parallel; solved as a Markov chain.
    """
    load = arrival_per_s * service_mean_s / 2.0
    check_load(load)
    # The total has a tail of load^2 a step (Kingman), the pair stays balanced.
    most = 5
    while load ** (2 * most) > 1e-12:
        most += 5

    def moves(state: tuple[int, int]) -> Iterator[tuple[tuple[int, int], float]]:
        few, many = state
        if few < most:
            yield _ordered(few + 1, many), arrival_per_s
        if few:
            yield _ordered(few - 1, many), 1.0 / service_mean_s
        if many:
            yield _ordered(few, many - 1), 1.0 / service_mean_s

    chain = solve_chain((0, 0), moves)
    inside = chain.mean(lambda state: float(sum(state)))
    return Queue(
        arrival_per_s, inside / arrival_per_s - service_mean_s, service_mean_s, 2
    )


def _ordered(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a <= b else (b, a)
