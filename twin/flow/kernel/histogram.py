"""Bins of a time that widen with it: quantiles of millions of parts in 20 kB.

Every doubling is cut into 64 bins of equal ratio, from 2^-10 s (about a millisecond)
to 2^30 s (34 years). Bin 0 takes what lies below, waiting of nothing included; the
last bin what lies above. Counts of two runs merge by adding.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.flow.kernel.pointers import compiled

BINS_PER_DOUBLING = 64
LOWEST_EXPONENT = -10
HIGHEST_EXPONENT = 30
LOWEST_S = 2.0**LOWEST_EXPONENT
HIGHEST_S = 2.0**HIGHEST_EXPONENT
N_BINS = (HIGHEST_EXPONENT - LOWEST_EXPONENT) * BINS_PER_DOUBLING + 2
"""All bins: those between the edges, one below and one above."""

_MANTISSA_BITS = 52
_EXPONENT_OF_ONE = 1023
_ONE_DOUBLING = np.exp2(np.arange(BINS_PER_DOUBLING) / BINS_PER_DOUBLING)
"""Lower edges of the bins in [1, 2)."""

# Compared as the bits of a float64's mantissa, which needs neither a logarithm nor a
# loop: 13 ns became 3. Cells of 1/128 are narrower than the narrowest bin, so one
# holds an edge at most: the bin at the cell's start and one comparison are exact.
_MANTISSA_MASK = (1 << _MANTISSA_BITS) - 1
_CELL_SHIFT = _MANTISSA_BITS - 7
_EDGE_BITS = np.append(
    _ONE_DOUBLING.view(np.int64) & _MANTISSA_MASK, np.int64(_MANTISSA_MASK + 1)
)
_BIN_AT_CELL = (
    np.searchsorted(_EDGE_BITS, np.arange(128) << _CELL_SHIFT, side="right") - 1
)


def bin_edges_s() -> NDArray[np.float64]:
    """Return the edges between bins, (N_BINS - 1,) float64, s, rising.

    Bin b holds the times from edge b - 1, included, to edge b, excluded.
    """
    exponents = np.arange(LOWEST_EXPONENT, HIGHEST_EXPONENT)
    doublings = np.ldexp(_ONE_DOUBLING, exponents[:, np.newaxis])
    return np.append(doublings.ravel(), HIGHEST_S)


@compiled
def bin_of(time_s: float) -> int:
    """Return the bin of a time, in [0, N_BINS); not a number goes to bin 0."""
    if not time_s >= LOWEST_S:
        return 0
    if time_s >= HIGHEST_S:
        return N_BINS - 1
    bits = np.float64(time_s).view(np.int64)
    mantissa = bits & _MANTISSA_MASK
    part = int(_BIN_AT_CELL[mantissa >> _CELL_SHIFT])
    if mantissa >= _EDGE_BITS[part + 1]:
        part += 1
    doubling = int(bits >> _MANTISSA_BITS) - _EXPONENT_OF_ONE - LOWEST_EXPONENT
    return doubling * BINS_PER_DOUBLING + part + 1
