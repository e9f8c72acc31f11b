"""Continuous-time Markov chains, enumerated from a start state and solved exactly."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import spsolve

State = TypeVar("State", bound=Hashable)

# A sparse solve of this many states takes seconds; past it the case is badly chosen.
_MOST_STATES = 100_000


@dataclass(frozen=True, slots=True)
class Chain(Generic[State]):
    """States and the share of time spent in each, in the long run.

    Attributes:
        states: As enumerated, the start first.
        probability: Of each state, (n,) float64, sums to 1.
    """

    states: tuple[State, ...]
    probability: NDArray[np.float64]

    def mean(self, value: Callable[[State], float]) -> float:
        """Return the time average of a value of the state."""
        values = np.array([value(state) for state in self.states], dtype=np.float64)
        return float(values @ self.probability)


def solve_chain(
    start: State, moves: Callable[[State], Iterable[tuple[State, float]]]
) -> Chain[State]:
    """Return the stationary distribution of the chain that ``start`` leads into.

    The balance equations, one of them replaced by the sum of probabilities, are
    solved directly. Moves from a state to itself change nothing and are dropped.

    Args:
        start: Any state; it may be transient.
        moves: From a state to its successors, each with its rate, 1/s.

    Raises:
        ValueError: If the chain has too many states, or more than one closed class.

    Source:
        Stewart (1994), Introduction to the Numerical Solution of Markov Chains,
        section 2.3 (direct methods).
    """
    number: dict[State, int] = {start: 0}
    states = [start]
    rows: list[int] = []
    columns: list[int] = []
    rates: list[float] = []
    for state in states:  # grows while it is walked
        here = number[state]
        for successor, rate in moves(state):
            if successor not in number:
                if len(states) >= _MOST_STATES:
                    raise ValueError(
                        f"chain: more than {_MOST_STATES} states; truncate it earlier"
                    )
                number[successor] = len(states)
                states.append(successor)
            if successor != state:
                rows += [number[successor], here]
                columns += [here, here]
                rates += [rate, -rate]
    n = len(states)
    if n == 1:
        return Chain((start,), np.ones(1))
    # Entries of one place add up when the coordinates are made into a matrix.
    balance = sparse.coo_matrix((rates, (rows, columns)), shape=(n, n)).tolil()
    balance[0, :] = 1.0
    right = np.zeros(n)
    right[0] = 1.0
    probability = np.asarray(spsolve(balance.tocsc(), right), dtype=np.float64)
    if not np.all(np.isfinite(probability)) or probability.min() < -1e-9:
        raise ValueError("chain: no single stationary law; join its closed classes")
    return Chain(tuple(states), probability)
