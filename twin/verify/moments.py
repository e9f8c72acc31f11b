"""Mean and standard deviation of the laws that times follow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moments:
    """The first two moments of a law of time.

    Attributes:
        mean_s: Mean, s.
        sd_s: Standard deviation, s.
    """

    mean_s: float
    sd_s: float


def uniform(low_s: float, high_s: float) -> Moments:
    """Return the moments of the uniform law.

    Source:
        Law (2015), Simulation Modeling and Analysis, 5th ed., section 6.2.2.
    """
    return Moments((low_s + high_s) / 2.0, (high_s - low_s) / math.sqrt(12.0))


def triangular(low_s: float, mode_s: float, high_s: float) -> Moments:
    """Return the moments of the triangular law.

    Source:
        Law (2015), section 6.2.2.
    """
    a, b, c = low_s, mode_s, high_s
    variance = (a * a + b * b + c * c - a * b - a * c - b * c) / 18.0
    return Moments((a + b + c) / 3.0, math.sqrt(variance))


def truncated_normal(
    mean_s: float, sd_s: float, low_s: float, high_s: float
) -> Moments:
    """Return the moments of a normal law drawn again outside its bounds.

    Args:
        mean_s: Before truncation.
        sd_s: Before truncation.
        low_s: Lower bound.
        high_s: Upper bound.

    Source:
        Johnson, Kotz, Balakrishnan (1994), Continuous Univariate Distributions 1,
        section 13.10.1.
    """

    def density(z: float) -> float:
        return math.exp(-z * z / 2.0) / math.sqrt(2.0 * math.pi)

    def below(z: float) -> float:
        return math.erfc(-z / math.sqrt(2.0)) / 2.0

    low, high = (low_s - mean_s) / sd_s, (high_s - mean_s) / sd_s
    mass = below(high) - below(low)
    shift = (density(low) - density(high)) / mass
    spread = 1.0 + (low * density(low) - high * density(high)) / mass - shift**2
    return Moments(mean_s + sd_s * shift, sd_s * math.sqrt(spread))


def weibull(shape: float, scale_s: float) -> Moments:
    """Return the moments of Weibull's law.

    Source:
        Law (2015), section 6.2.2.
    """
    first, second = math.gamma(1.0 + 1.0 / shape), math.gamma(1.0 + 2.0 / shape)
    return Moments(scale_s * first, scale_s * math.sqrt(second - first**2))


def beta(low_s: float, high_s: float, alpha: float, beta: float) -> Moments:
    """Return the moments of the beta law between two bounds.

    Source:
        Law (2015), section 6.2.2.
    """
    total, width_s = alpha + beta, high_s - low_s
    sd = math.sqrt(alpha * beta / (total + 1.0)) / total
    return Moments(low_s + width_s * alpha / total, width_s * sd)


def hyperexponential(means_s: Sequence[float], shares: Sequence[float]) -> Moments:
    """Return the moments of a mixture of exponential laws.

    Source:
        Gross et al. (2008), section 3.3; law of total variance.
    """
    mean_s = sum(p * m for p, m in zip(shares, means_s, strict=True))
    second = sum(2.0 * p * m * m for p, m in zip(shares, means_s, strict=True))
    return Moments(mean_s, math.sqrt(second - mean_s**2))


def discrete(values_s: Sequence[float], shares: Sequence[float]) -> Moments:
    """Return the moments of a law on a few values.

    Source:
        Definition of mean and variance.
    """
    mean_s = sum(p * v for p, v in zip(shares, values_s, strict=True))
    variance = sum(p * (v - mean_s) ** 2 for p, v in zip(shares, values_s, strict=True))
    return Moments(mean_s, math.sqrt(variance))
