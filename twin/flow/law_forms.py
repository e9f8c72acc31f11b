"""Laws as the kernel has them: a kind, four numbers and a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twin.flow.kernel import draws
from twin.flow.observations import read_observations_s
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


@dataclass(frozen=True, slots=True)
class LawForm:
    """A law's row; what the numbers mean stands beside the kinds in ``draws``."""

    kind: int
    a: float = 0.0
    b: float = 0.0
    c: float = 0.0
    d: float = 0.0
    table: Sequence[float] = ()

    @property
    def parameters(self) -> tuple[float, float, float, float]:
        """The four numbers, in the order of the record."""
        return (self.a, self.b, self.c, self.d)

    @property
    def length(self) -> int:
        """Entries to choose from; two numbers stand for each in a table of shares."""
        pairs = self.kind in (draws.HYPEREXPONENTIAL, draws.DISCRETE)
        return len(self.table) // 2 if pairs else len(self.table)


def form_of(law: Law, folder: Path) -> LawForm:
    """Return a law as the kernel has it.

    Args:
        law: As the scenario has it.
        folder: Where the scenario's files are.

    Raises:
        ScenarioError: If the file of an empirical law cannot be used.
    """
    match law:
        case Constant():
            return LawForm(draws.CONSTANT, law.value)
        case Exponential():
            return LawForm(draws.EXPONENTIAL, law.mean)
        case Uniform():
            return LawForm(draws.UNIFORM, law.low, law.high - law.low)
        case Triangular():
            below = (law.mode - law.low) / (law.high - law.low)
            return LawForm(draws.TRIANGULAR, law.low, law.mode, law.high, below)
        case Normal():
            return normal_form(law)
        case LogNormal():
            variance = math.log1p((law.sd / law.mean) ** 2)
            mean = math.log(law.mean) - 0.5 * variance
            return LawForm(draws.LOGNORMAL, mean, math.sqrt(variance))
        case Gamma():
            shape = (law.mean / law.sd) ** 2
            return LawForm(draws.GAMMA, shape, law.mean / shape)
        case Erlang():
            # The gamma's trials cost the same at any shape; a sum of exponentials
            # costs less for two of them and far more for fifty.
            return LawForm(draws.GAMMA, law.shape, law.mean / law.shape)
        case Weibull():
            return LawForm(draws.WEIBULL, law.scale, 1.0 / law.shape)
        case Beta():
            width = law.high - law.low
            return LawForm(draws.BETA, law.low, width, law.alpha, law.beta)
        case HyperExponential():
            table = _cumulated(law.means, law.probabilities)
            return LawForm(draws.HYPEREXPONENTIAL, table=table)
        case Discrete():
            table = _cumulated(law.values, law.probabilities)
            return LawForm(draws.DISCRETE, table=table)
        case Empirical():
            return LawForm(draws.EMPIRICAL, table=sorted(observed_s(law, folder)))


def normal_form(law: Normal) -> LawForm:
    """Return the truncated normal law.

    Where the mean lies below the bounds, minus the sd turns the law over: floats
    tell small probabilities apart, and not those next to 1.
    """
    low, high = bounds_s(law)
    sd = math.copysign(law.sd, law.mean - low)
    return LawForm(
        draws.NORMAL,
        law.mean,
        sd,
        _normal_probability((low - law.mean) / sd),
        _normal_probability((high - law.mean) / sd),
        (low, high),
    )


def bounds_s(law: Normal) -> tuple[float, float]:
    """Return the bounds of a normal law, s; the upper one may be infinite."""
    return float(law.low), math.inf if law.high is None else float(law.high)


def _normal_probability(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def _cumulated(
    values: Sequence[float], probabilities: Sequence[float]
) -> tuple[float, ...]:
    """Return the cumulative probabilities of the ascending values, then the values.

    Ascending, so that a variate increases with its uniform whatever the order in
    the scenario; what never happens is left out, for rounding not to let it.
    """
    chosen = sorted((v, p) for v, p in zip(values, probabilities, strict=True) if p > 0)
    cumulative = np.cumsum([p for _, p in chosen])
    return (*(cumulative / cumulative[-1]).tolist(), *(float(v) for v, _ in chosen))


def observed_s(law: Empirical, folder: Path) -> NDArray[np.float64]:
    """Return the times of an empirical law, (n,), s."""
    return read_observations_s(folder / law.file, law.column, law.seconds_per_unit)
