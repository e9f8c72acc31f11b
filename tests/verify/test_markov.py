"""The chain solver on chains small enough for pen and paper."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from twin.verify.markov import solve_chain

Moves = Iterator[tuple[int, float]]


def test_two_states_share_time_by_their_rates() -> None:
    def moves(state: int) -> Moves:
        yield 1 - state, 3.0 if state else 1.0

    chain = solve_chain(0, moves)
    assert chain.states == (0, 1)
    assert chain.probability == pytest.approx([0.75, 0.25], rel=1e-12)


def test_a_transient_start_gets_no_time_and_self_moves_nothing() -> None:
    def moves(state: int) -> Moves:
        yield state, 7.0
        yield (2 if state == 1 else 1), 1.0

    chain = solve_chain(0, moves)
    assert chain.probability == pytest.approx([0.0, 0.5, 0.5], abs=1e-12)


def test_a_chain_of_one_state_stays_there() -> None:
    chain = solve_chain(5, lambda state: [(state, 1.0)])
    assert chain.mean(float) == 5.0


def test_an_endless_chain_is_refused() -> None:
    with pytest.raises(ValueError, match="truncate it earlier"):
        solve_chain(0, lambda state: [(state + 1, 1.0)])
