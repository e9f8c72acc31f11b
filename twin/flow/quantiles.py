"""Quantiles of times that were counted in bins, each with its error."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.flow.kernel import histogram

QUANTILE_ERROR_SHARE = 2.0 ** (0.5 / histogram.BINS_PER_DOUBLING) - 1.0
"""Largest relative error of a histogram's quantile, 0.54 %: half a bin."""


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """How often a time fell into each bin of ``twin.flow.kernel.histogram``.

    Args:
        counts: (N_BINS,) int64, >= 0; kept as a copy that cannot be written.
    """

    counts: NDArray[np.int64]

    def __post_init__(self) -> None:
        counts = np.array(self.counts, dtype=np.int64)
        if counts.shape != (histogram.N_BINS,):
            raise ValueError(
                f"counts: expected ({histogram.N_BINS},), got {counts.shape}"
            )
        if counts.min() < 0:
            raise ValueError(f"counts: got {counts.min()}; counts are 0 or above")
        counts.flags.writeable = False
        object.__setattr__(self, "counts", counts)

    @classmethod
    def of(cls, times_s: ArrayLike) -> Histogram:
        """Return the histogram of times, (n,) float, s; n may be 0."""
        times = np.asarray(times_s, dtype=np.float64)
        if np.isnan(times).any():
            raise ValueError("times_s: not a number among them; leave it out")
        bins = np.searchsorted(histogram.bin_edges_s(), times.ravel(), side="right")
        return cls(np.bincount(bins, minlength=histogram.N_BINS).astype(np.int64))

    @classmethod
    def merged(cls, parts: Iterable[Histogram]) -> Histogram:
        """Return the histogram of all times together: the counts' sum."""
        total = np.zeros(histogram.N_BINS, dtype=np.int64)
        for part in parts:
            total += part.counts
        return cls(total)

    @property
    def edges(self) -> NDArray[np.float64]:
        """Edges between bins, (N_BINS - 1,) float64, s."""
        return histogram.bin_edges_s()

    @property
    def n(self) -> int:
        """How many times were counted."""
        return int(self.counts.sum())

    def quantile(self, q: float) -> float:
        """Return the time that a share ``q`` of the counted ones does not exceed.

        As ``quantile`` says.
        """
        return quantile(self.counts, q)


def quantile(counts: NDArray[np.int64], q: float) -> float:
    """Return the q-quantile of counted times, s: the one of rank ceil(q n).

    That time lies in the bin found, and what is returned is the geometric middle of
    it: at most ``QUANTILE_ERROR_SHARE`` (0.54 %) off. Below 2^-10 s the answer is 0,
    less than a millisecond off; from 2^30 s on it is infinite.

    Args:
        counts: How often each bin was hit, (N_BINS,) int.
        q: Share, in [0, 1]; 0 asks for the least time, 1 for the greatest.

    Raises:
        ValueError: If nothing was counted or q is outside.
    """
    if not 0.0 <= q <= 1.0:
        raise ValueError(f"q: got {q!r}; give 0 to 1")
    reached = np.cumsum(counts)
    n = int(reached[-1])
    if n == 0:
        raise ValueError("quantile: nothing was counted; ask once there are times")
    # A product like 0.07 * 100 comes out a bit above the whole number it stands for.
    rank = max(1, math.ceil(q * n * (1.0 - 1e-15)))
    found = int(np.searchsorted(reached, rank))
    if found == 0:
        return 0.0
    if found == histogram.N_BINS - 1:
        return math.inf
    edges_s = histogram.bin_edges_s()
    return float(math.sqrt(edges_s[found - 1] * edges_s[found]))
