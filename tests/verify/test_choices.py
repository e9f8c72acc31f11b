"""Choices between stations against bounds and Markov chains."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from twin.verify.choices import overflow_load, round_robin, shortest_queue
from twin.verify.markov import solve_chain
from twin.verify.queues import erlang_b, mm1, mmc


def test_ordered_servers_carry_what_is_not_lost() -> None:
    carried = sum(overflow_load(1.7, n) for n in range(3))
    assert carried == pytest.approx(1.7 * (1.0 - erlang_b(1.7, 3)), rel=1e-12)


def test_the_second_of_two_ordered_servers_equals_the_chain() -> None:
    def moves(
        state: tuple[bool, bool],
    ) -> Iterator[tuple[tuple[bool, bool], float]]:
        first, second = state
        if not first:
            yield (True, second), 1.4
        elif not second:
            yield (True, True), 1.4
        if first:
            yield (False, second), 1.0
        if second:
            yield (first, False), 1.0

    busy = solve_chain((False, False), moves).mean(lambda state: float(state[1]))
    assert overflow_load(1.4, 1) == pytest.approx(busy, rel=1e-12)


def test_taking_turns_beats_chance_and_loses_to_the_shortest_queue() -> None:
    turns = round_robin(1.4, 1.0, 2).lead_time_mean_s
    shortest = shortest_queue(1.4, 1.0).lead_time_mean_s
    assert mmc(1.4, 1.0, 2).lead_time_mean_s < shortest < turns
    assert turns < mm1(0.7, 1.0).lead_time_mean_s


def test_one_station_takes_every_turn() -> None:
    assert round_robin(0.6, 1.0, 1).wait_mean_s == pytest.approx(1.5, rel=1e-9)


def test_the_shortest_queue_keeps_both_servers_as_busy_as_they_must_be() -> None:
    queue = shortest_queue(1.0, 1.0)
    assert queue.utilisation == pytest.approx(0.5, rel=1e-12)
    light = shortest_queue(0.01, 1.0)
    assert light.lead_time_mean_s == pytest.approx(1.0, rel=1e-3)
