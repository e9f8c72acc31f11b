"""Laws that times may follow: maximum likelihood, distribution function, draws."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

Times = NDArray[np.float64]
Parameters = tuple[float, ...]

_LEAST_POSITIVE = 1e-12


@dataclass(frozen=True, slots=True)
class Family:
    """A law with its parameters open.

    Attributes:
        name: As scenarios have it.
        positive: Whether it is of times above 0 only.
        estimate: Most likely parameters of ascending times.
        log_likelihood: Of ascending times.
        distribution: Probability of no more than each of several times.
        draw: That many times at random.
    """

    name: str
    positive: bool
    estimate: Callable[[Times], Parameters]
    log_likelihood: Callable[[Times, Parameters], float]
    distribution: Callable[[Times, Parameters], Times]
    draw: Callable[[np.random.Generator, int, Parameters], Times]


# Normal: mean and standard deviation, s ----------------------------------------


def _estimate_normal(times_s: Times) -> Parameters:
    return float(times_s.mean()), max(float(times_s.std()), _LEAST_POSITIVE)


def _normal_likelihood(times_s: Times, parameters: Parameters) -> float:
    mean, sd = parameters
    z = (times_s - mean) / sd
    return float(-0.5 * z @ z - len(z) * math.log(sd * math.sqrt(2.0 * math.pi)))


def _normal_distribution(times_s: Times, parameters: Parameters) -> Times:
    mean, sd = parameters
    return np.asarray(special.ndtr((times_s - mean) / sd))


# Lognormal: mean and standard deviation of the logarithm -------------------------


def _estimate_lognormal(times_s: Times) -> Parameters:
    return _estimate_normal(np.log(times_s))


def _lognormal_likelihood(times_s: Times, parameters: Parameters) -> float:
    logs = np.log(times_s)
    return _normal_likelihood(logs, parameters) - float(logs.sum())


def _lognormal_distribution(times_s: Times, parameters: Parameters) -> Times:
    return _normal_distribution(np.log(times_s), parameters)


# Gamma: shape and scale, s -----------------------------------------------------


def _estimate_gamma(times_s: Times) -> Parameters:
    """Return the most likely shape and scale.

    Source: T. Minka, Estimating a Gamma distribution, 2002: Newton's method on the
    logarithm's mean, which needs some four steps.
    """
    mean = float(times_s.mean())
    # By differences from the mean: the logarithms themselves are nearly equal.
    gap = -float(np.log1p((times_s - mean) / mean).mean())
    gap = max(gap, _LEAST_POSITIVE)
    shape = (3.0 - gap + math.sqrt((gap - 3.0) ** 2 + 24.0 * gap)) / (12.0 * gap)
    for _ in range(20):
        away = math.log(shape) - float(special.digamma(shape)) - gap
        slope = 1.0 / shape - float(special.polygamma(1, shape))
        inverse = 1.0 / shape + away / (shape * shape * slope)
        if inverse <= 0.0:
            break
        before, shape = shape, 1.0 / inverse
        if abs(shape - before) <= 1e-12 * before:
            break
    return shape, mean / shape


def _gamma_likelihood(times_s: Times, parameters: Parameters) -> float:
    shape, scale = parameters
    each = (shape - 1.0) * np.log(times_s) - times_s / scale
    constant = float(special.gammaln(shape)) + shape * math.log(scale)
    return float(each.sum()) - len(times_s) * constant


def _gamma_distribution(times_s: Times, parameters: Parameters) -> Times:
    shape, scale = parameters
    return np.asarray(special.gammainc(shape, times_s / scale))


# Triangular: low, mode and high, s ---------------------------------------------


def _modes_likelihood(times_s: Times, low: float, high: float) -> Times:
    """Return the log-likelihood for each observation as the mode, bounds given.

    Source: S. Kotz and J. R. van Dorp, Beyond Beta, 2004, section 1.4: for given
    bounds one of the observations is the most likely mode.
    """
    n = len(times_s)
    rise, fall = np.log(times_s - low), np.log(high - times_s)
    up_to = np.arange(1, n + 1)
    below = np.cumsum(rise) - up_to * rise
    above = fall.sum() - np.cumsum(fall) - (n - up_to) * fall
    return np.asarray(below + above + n * math.log(2.0 / (high - low)))


def _estimate_triangular(times_s: Times) -> Parameters:
    least, most = float(times_s[0]), float(times_s[-1])
    spread = max(most - least, _LEAST_POSITIVE)

    def bounds(logs: Times) -> tuple[float, float]:
        outside = spread * np.exp(np.clip(logs, -25.0, 5.0))
        return least - float(outside[0]), most + float(outside[1])

    def unlikely(logs: Times) -> float:
        return -float(_modes_likelihood(times_s, *bounds(logs)).max())

    start = np.full(2, -math.log(len(times_s)))
    options = {"xatol": 1e-3, "fatol": 1e-6, "maxfev": 200}
    found = optimize.minimize(unlikely, start, method="Nelder-Mead", options=options)
    low, high = bounds(found.x)
    mode = float(times_s[int(np.argmax(_modes_likelihood(times_s, low, high)))])
    return max(low, 0.0), mode, high


def _triangular_likelihood(times_s: Times, parameters: Parameters) -> float:
    low, mode, high = parameters
    with np.errstate(divide="ignore"):
        density = np.log(_triangular_density(times_s, low, mode, high))
    return float(density.sum())


def _triangular_density(times_s: Times, low: float, mode: float, high: float) -> Times:
    slope = np.where(
        times_s <= mode,
        (times_s - low) / max(mode - low, _LEAST_POSITIVE),
        (high - times_s) / max(high - mode, _LEAST_POSITIVE),
    )
    return np.asarray(np.clip(slope, 0.0, None) * 2.0 / (high - low))


def _triangular_distribution(times_s: Times, parameters: Parameters) -> Times:
    low, mode, high = parameters
    width = high - low
    below = (times_s - low) ** 2 / (width * max(mode - low, _LEAST_POSITIVE))
    above = (high - times_s) ** 2 / (width * max(high - mode, _LEAST_POSITIVE))
    return np.asarray(np.clip(np.where(times_s <= mode, below, 1.0 - above), 0.0, 1.0))


FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        family.name: family
        for family in (
            Family(
                "normal",
                False,
                _estimate_normal,
                _normal_likelihood,
                _normal_distribution,
                lambda rng, n, found: rng.normal(found[0], found[1], n),
            ),
            Family(
                "lognormal",
                True,
                _estimate_lognormal,
                _lognormal_likelihood,
                _lognormal_distribution,
                lambda rng, n, found: rng.lognormal(found[0], found[1], n),
            ),
            Family(
                "gamma",
                True,
                _estimate_gamma,
                _gamma_likelihood,
                _gamma_distribution,
                lambda rng, n, found: rng.gamma(found[0], found[1], n),
            ),
            Family(
                "triangular",
                False,
                _estimate_triangular,
                _triangular_likelihood,
                _triangular_distribution,
                lambda rng, n, found: rng.triangular(found[0], found[1], found[2], n),
            ),
        )
    }
)
"""By name, in the order in which equally good ones are preferred."""
