"""What can be said of a simulation's output, and how sure one may be."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.errors import FlowError

Numbers = NDArray[np.float64]

MSER_BATCH = 5
FEWEST_MSER_BATCHES = 10
"""Below this the allowed range is so short that its end says nothing."""

FEWEST_REPLICATIONS = 10
"""A stop rule that looks sooner often stops on a variance small by chance."""

MOST_REPLICATIONS = 10**9


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval: ``mean`` plus or minus ``half_width``.

    Args:
        mean: Average of the values.
        half_width: Half the interval's length, >= 0; infinite for one value.
        level: Probability that such an interval holds the true mean, in (0, 1).
        n: How many independent values it rests on, >= 1.
    """

    mean: float
    half_width: float
    level: float
    n: int

    @property
    def low(self) -> float:
        """Lower end."""
        return self.mean - self.half_width

    @property
    def high(self) -> float:
        """Upper end."""
        return self.mean + self.half_width

    def holds(self, value: float) -> bool:
        """Return whether the value lies inside, ends included."""
        return self.low <= value <= self.high

    def within(self, share: float) -> bool:
        """Return whether the half-width is at most this share of the mean's size."""
        return self.half_width <= share * abs(self.mean)


def t_interval(values: ArrayLike, level: float = 0.95) -> Interval:
    """Return Student's interval for the mean of independent values.

    Args:
        values: One number per replication (or batch), (n,) float, n >= 1.
        level: Probability of holding the true mean, in (0, 1).

    Raises:
        ValueError: If there is no value, one is not finite, or the level is outside.

    Source:
        A. M. Law, Simulation Modeling and Analysis, 5th ed. 2015, section 4.5.
    """
    numbers = _numbers("values", values)
    n = numbers.size
    mean = float(numbers.mean())
    if n == 1:
        _checked_level(level)
        return Interval(mean, math.inf, level, 1)
    deviation = float(numbers.std(ddof=1))
    return Interval(mean, _t(level, n) * deviation / math.sqrt(n), level, n)


def paired_interval(a: ArrayLike, b: ArrayLike, level: float = 0.95) -> Interval:
    """Return the interval for the mean of ``a - b``, value by value.

    With common random numbers the two of a pair vary together, and the interval is
    much shorter than from two independent samples. It holds either way.

    Args:
        a: One number per replication, (n,) float.
        b: The other variant's, same replications in the same order, (n,) float.
        level: Probability of holding the true difference, in (0, 1).

    Raises:
        ValueError: If the lengths differ, or as ``t_interval`` says.

    Source:
        Law 2015, section 10.2.1 (paired-t confidence interval).
    """
    first, second = _numbers("a", a), _numbers("b", b)
    if first.size != second.size:
        raise ValueError(
            f"paired_interval: {first.size} and {second.size} values; pair them"
        )
    return t_interval(first - second, level)


def batch_means(series: ArrayLike, n_batches: int) -> Numbers:
    """Return the means of equal, consecutive batches of one long run.

    Batches much longer than the series remembers are nearly independent, so that
    ``t_interval`` of them is an interval for the steady state. What does not fill a
    batch is left out at the start, where bias would be.

    Args:
        series: Observations in order, warm-up removed, (n,) float.
        n_batches: How many, 1 to n; 10 to 30 is usual.

    Returns:
        Means, (n_batches,) float64.

    Source:
        Law 2015, section 9.5.3; B. Schmeiser, "Batch size effects in the analysis of
        simulation output", Operations Research 30(3), 1982, for 10 to 30.
    """
    numbers = _numbers("series", series)
    if not 1 <= n_batches <= numbers.size:
        raise ValueError(
            f"n_batches: got {n_batches} for {numbers.size} values; give 1 to that"
        )
    size = numbers.size // n_batches
    means: Numbers = numbers[-size * n_batches :].reshape(n_batches, size).mean(axis=1)
    return means


@dataclass(frozen=True, slots=True)
class Truncation:
    """Where a series forgets how it started.

    Args:
        index: First observation to keep.
        warmed_up: False if the best cut is the last one allowed: the run is too
            short to tell where its transient ends.
    """

    index: int
    warmed_up: bool


def mser5(series: ArrayLike) -> Truncation:
    """Return the warm-up to drop, by MSER-5.

    The series is averaged in batches of five; of all cuts in its first half that
    one is taken which leaves the smallest standard error of the mean, squared:
    sum of (batch - mean)^2 over the batches kept, divided by their number squared.
    Of equal cuts the earliest counts.

    Args:
        series: Observations in order, equally spaced in time or part by part,
            (n,) float, n >= 50. Several replications: their average at each index.

    Raises:
        ValueError: If there are fewer than 50 values, or one is not finite.

    Source:
        K. P. White, "An effective truncation heuristic for bias reduction in
        simulation output", Simulation 69(6), 1997; K. P. White, M. J. Cobb and
        S. C. Spratt, "A comparison of five steady-state truncation heuristics for
        simulation", Winter Simulation Conference 2000.
    """
    numbers = _numbers("series", series)
    n_batches = numbers.size // MSER_BATCH
    if n_batches < FEWEST_MSER_BATCHES:
        raise ValueError(
            f"mser5: {numbers.size} values; "
            f"give at least {FEWEST_MSER_BATCHES * MSER_BATCH}"
        )
    whole = numbers[: n_batches * MSER_BATCH]
    batches = whole.reshape(n_batches, MSER_BATCH).mean(axis=1)
    last_cut = n_batches // 2
    # A number from the settled half as origin, and sums from the end backwards: a
    # large transient then costs the later cuts no digits.
    offset = batches - np.median(batches[last_cut:])
    sums = np.cumsum(offset[::-1])[::-1][: last_cut + 1]
    squares = np.cumsum(offset[::-1] ** 2)[::-1][: last_cut + 1]
    kept = n_batches - np.arange(last_cut + 1)
    marginal_error = np.maximum(squares - sums**2 / kept, 0.0) / kept**2.0
    cut = int(np.argmin(marginal_error))
    return Truncation(cut * MSER_BATCH, warmed_up=cut < last_cut)


def enough(
    values: ArrayLike,
    share: float,
    level: float = 0.95,
    least: int = FEWEST_REPLICATIONS,
) -> bool:
    """Return whether replications may stop: the half-width is a small enough share.

    Args:
        values: One number per replication so far, (n,) float, n >= 1.
        share: Wanted half-width over the mean's size, > 0.
        level: Probability of holding the true mean, in (0, 1).
        least: Never stop before this many, >= 2.

    Source:
        Law 2015, section 9.4.1 (sequential procedure, at least 10 to start with).
    """
    _checked_share(share)
    if least < 2:
        raise ValueError(f"least: got {least}; give 2 or more")
    interval = t_interval(values, level)
    return interval.n >= least and interval.within(share)


def replications_needed(
    values: ArrayLike, half_width_share: float, level: float = 0.95
) -> int:
    """Return how many replications in all should reach a half-width.

    Mean and variance are taken from the replications there are; the answer is never
    below their number, and only as good as they are.

    Args:
        values: One number per replication so far, (n,) float, n >= 2.
        half_width_share: Wanted half-width over the mean's size, > 0.
        level: Probability of holding the true mean, in (0, 1).

    Raises:
        FlowError: If no number of them would do: the mean is too near 0.
        ValueError: If there are fewer than two values, or an argument is outside.

    Source:
        Law 2015, equation 9.3 (without the correction for the estimated mean).
    """
    _checked_share(half_width_share)
    numbers = _numbers("values", values)
    n_now = numbers.size
    if n_now < 2:
        raise ValueError("replications_needed: one value has no spread; give two")
    deviation = float(numbers.std(ddof=1))
    wanted = half_width_share * abs(float(numbers.mean()))

    def reaches(n: int) -> bool:
        return _t(level, n) * deviation / math.sqrt(n) <= wanted

    too_few, n_enough = n_now - 1, n_now
    while not reaches(n_enough):
        too_few, n_enough = n_enough, 2 * n_enough
        if n_enough > MOST_REPLICATIONS:
            raise FlowError(
                f"replications: mean {numbers.mean():.3g} with deviation "
                f"{deviation:.3g} never comes within {half_width_share:g} of itself; "
                "choose a wider share, or a measure away from 0"
            )
    while n_enough - too_few > 1:
        middle = (too_few + n_enough) // 2
        if reaches(middle):
            n_enough = middle
        else:
            too_few = middle
    return n_enough


def _t(level: float, n: int) -> float:
    """Return Student's two-sided factor for n values."""
    from scipy.special import stdtrit  # a third of a second, only once there are runs

    return float(stdtrit(n - 1, 0.5 + 0.5 * _checked_level(level)))


def _checked_level(level: float) -> float:
    if not 0.0 < level < 1.0:
        raise ValueError(f"level: got {level!r}; give one between 0 and 1")
    return level


def _checked_share(share: float) -> None:
    if not 0.0 < share < math.inf:
        raise ValueError(f"share: got {share!r}; give one above 0")


def _numbers(name: str, values: ArrayLike) -> Numbers:
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.ndim != 1 or numbers.size == 0:
        raise ValueError(f"{name}: expected (n,), n >= 1, got {numbers.shape}")
    if not np.isfinite(numbers).all():
        raise ValueError(f"{name}: not all are finite; leave those out")
    return numbers
