"""Which law a sample of times follows, and how sure one may be of that."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from twin.calibrate.families import FAMILIES, Family, Parameters
from twin.rng import stream
from twin.scenario.calibration import Test

LEAST_TO_JUDGE = 8
"""Of fewer times no test tells one law from another."""

ACCEPTED_P = 0.05
"""A law is refused if a worse fit than this one came by chance more seldom."""

_DRAWS = 199
"""Samples of a fitted law that a p-value is read from, in steps of 0.005."""

_CONSTANT_TICKS = 2
"""A spread of no more is that of rounding to whole ticks, twice."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """What was chosen for a sample of times.

    Attributes:
        law: Its name as scenarios have it.
        parameters: Value; mean and sd; low, mode and high, all in s; none if empirical.
        test: How it was judged.
        n: Size of the sample.
        statistic: Of the test; for "spread" the largest time less the least, s.
        p: Probability of a worse fit, did the law hold.
        refused: Laws that did not fit, with their p.
    """

    law: str
    parameters: tuple[float, ...]
    test: Test
    n: int
    statistic: float = 0.0
    p: float = 1.0
    refused: dict[str, float] = field(default_factory=dict)


def fit_law(times_s: Sequence[float], tick_s: float) -> Fitted:
    """Return the law of a sample: the likeliest that a test does not refuse.

    A sample within two ticks is constant. Otherwise laws are ranked by Akaike's
    criterion, and the first that the Kolmogorov-Smirnov test lets pass is taken; where
    none passes, or the sample is too small for a test, it stands for itself.

    Args:
        times_s: As measured, in any order, at least one.
        tick_s: What they are whole numbers of.

    Raises:
        ValueError: If there is none, or one is below 0 or not finite.
    """
    found = np.sort(np.asarray(times_s, np.float64))
    n = len(found)
    if n == 0 or not np.isfinite(found).all() or found[0] < 0.0:
        raise ValueError("times_s: give at least one time, each from 0 up")
    spread_s = float(found[-1] - found[0])
    if spread_s <= _CONSTANT_TICKS * tick_s * (1.0 + 1e-9):
        return Fitted("constant", (float(found.mean()),), "spread", n, spread_s)
    if n < LEAST_TO_JUDGE:
        return Fitted("empirical", (), "none", n)
    refused: dict[str, float] = {}
    for family, parameters in _ranked(found):
        distance = ks_distance(found, family, parameters)
        p = ks_p(family, parameters, distance, n, tick_s)
        if p >= ACCEPTED_P:
            return Fitted(
                family.name,
                _as_written(family.name, parameters),
                "kolmogorov_smirnov",
                n,
                distance,
                p,
                refused,
            )
        refused[family.name] = p
    return Fitted("empirical", (), "none", n, refused=refused)


def _ranked(times_s: NDArray[np.float64]) -> list[tuple[Family, Parameters]]:
    """Return families with their estimates, the best by Akaike's criterion first.

    Source: C. M. Hurvich and C.-L. Tsai, Regression and time series model selection in
    small samples, Biometrika 76, 1989: the correction without which few times seem to
    follow the law with the most parameters.
    """
    scored = []
    for family in FAMILIES.values():
        if family.positive and times_s[0] <= 0.0:
            continue
        parameters = family.estimate(times_s)
        likelihood = family.log_likelihood(times_s, parameters)
        if math.isfinite(likelihood):
            k = len(parameters)
            penalty = 2 * k + 2 * k * (k + 1) / (len(times_s) - k - 1)
            scored.append((penalty - 2 * likelihood, family, parameters))
    scored.sort(key=lambda entry: entry[0])
    return [(family, parameters) for _, family, parameters in scored]


def ks_distance(
    times_s: NDArray[np.float64], family: Family, parameters: Parameters
) -> float:
    """Return the largest distance of the sample's distribution from the law's.

    Args:
        times_s: Ascending.
        family: The law.
        parameters: Of it.
    """
    n = len(times_s)
    there = family.distribution(times_s, parameters)
    above = np.arange(1, n + 1) / n - there
    below = there - np.arange(n) / n
    return float(max(above.max(), below.max()))


def ks_p(
    family: Family, parameters: Parameters, distance: float, n: int, tick_s: float
) -> float:
    """Return how often a sample of the law itself is farther away than ``distance``.

    The tables of Kolmogorov are for laws that were known before; here the sample has
    chosen its own, and is of whole ticks. So samples of the fitted law are drawn,
    rounded and fitted in the same way.

    Source: W. Stute, W. Gonzales Manteiga and M. Presedo Quindimil, Bootstrap based
    goodness-of-fit tests, Metrika 40, 1993.
    """
    rng = stream(0, f"calibrate/{family.name}/{n}")
    farther = 0
    for _ in range(_DRAWS):
        drawn = np.sort(np.rint(family.draw(rng, n, parameters) / tick_s) * tick_s)
        if family.positive:
            drawn = np.maximum(drawn, tick_s)
        again = family.estimate(drawn)
        farther += ks_distance(drawn, family, again) >= distance
    return (1 + farther) / (_DRAWS + 1)


def _as_written(law: str, parameters: Parameters) -> tuple[float, ...]:
    """Return parameters as scenarios write them: means and deviations of the time."""
    if law == "lognormal":
        mean, sd = parameters
        time_s = math.exp(mean + 0.5 * sd * sd)
        return time_s, time_s * math.sqrt(math.expm1(sd * sd))
    if law == "gamma":
        shape, scale = parameters
        return shape * scale, math.sqrt(shape) * scale
    return parameters
