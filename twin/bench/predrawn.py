"""Random times drawn beforehand in long blocks: the quickest that Python can have."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from twin.errors import FlowError
from twin.scenario.laws import (
    Beta,
    Constant,
    Discrete,
    Empirical,
    Erlang,
    Exponential,
    Gamma,
    HyperExponential,
    Law,
    LogNormal,
    Normal,
    Triangular,
    Uniform,
    Weibull,
)

_BLOCK = 4096


def times_s(law: Law, rng: np.random.Generator) -> Iterator[float]:
    """Return times of a law without end, s.

    Args:
        law: As the scenario has it.
        rng: Draws them, a block at a time; nobody else draws from it.

    Raises:
        FlowError: If the law is none of those that numpy draws.
    """
    if isinstance(law, Constant):
        return itertools.repeat(float(law.value))
    return itertools.chain.from_iterable(
        _block(law, rng).tolist() for _ in itertools.count()
    )


def chances(rng: np.random.Generator) -> Iterator[float]:
    """Return numbers in [0, 1) without end."""
    return itertools.chain.from_iterable(
        rng.random(_BLOCK).tolist() for _ in itertools.count()
    )


def _block(law: Law, rng: np.random.Generator) -> NDArray[np.float64]:
    match law:
        case Constant():
            return np.full(_BLOCK, float(law.value))
        case Exponential():
            return rng.exponential(law.mean, _BLOCK)
        case Uniform():
            return rng.uniform(law.low, law.high, _BLOCK)
        case Triangular():
            return rng.triangular(law.low, law.mode, law.high, _BLOCK)
        case LogNormal():
            spread = math.log1p((law.sd / law.mean) ** 2)
            middle = math.log(law.mean) - 0.5 * spread
            return rng.lognormal(middle, math.sqrt(spread), _BLOCK)
        case Gamma():
            shape = (law.mean / law.sd) ** 2
            return rng.gamma(shape, law.mean / shape, _BLOCK)
        case Erlang():
            return rng.gamma(law.shape, law.mean / law.shape, _BLOCK)
        case Weibull():
            return law.scale * rng.weibull(law.shape, _BLOCK)
        case Beta():
            width = law.high - law.low
            return law.low + width * rng.beta(law.alpha, law.beta, _BLOCK)
        case Discrete():
            return rng.choice(np.array(law.values), _BLOCK, p=law.probabilities)
        case Normal() | HyperExponential() | Empirical():
            raise FlowError(
                f"bench flow: the law {law.law!r} is not drawn for SimPy; "
                "take another one for what is to be compared"
            )
        case _:
            assert_never(law)
