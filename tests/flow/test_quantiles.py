"""Every time is in the bin the edges say, and a quantile within its stated error."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from twin.flow.kernel.histogram import (
    HIGHEST_S,
    LOWEST_S,
    N_BINS,
    bin_edges_s,
    bin_of,
)
from twin.flow.quantiles import QUANTILE_ERROR_SHARE, Histogram, quantile
from twin.rng import stream

times_s = st.lists(
    st.floats(LOWEST_S, HIGHEST_S, exclude_max=True), min_size=1, max_size=60
)


@given(st.integers(1, N_BINS - 2))
def test_an_edge_belongs_to_the_bin_it_starts(number: int) -> None:
    edges_s = bin_edges_s()
    assert bin_of(edges_s[number - 1]) == number
    assert bin_of(np.nextafter(edges_s[number], 0.0)) == number


@given(st.floats(min_value=0.0, allow_nan=False))
@example(0.0)
@example(math.inf)
@example(LOWEST_S)
@example(HIGHEST_S)
@example(5e-324)
def test_a_bin_is_where_the_edges_say(time_s: float) -> None:
    expected = np.searchsorted(bin_edges_s(), time_s, side="right")
    assert bin_of(time_s) == expected
    assert Histogram.of([time_s]).counts[expected] == 1


@pytest.mark.parametrize("time_s", [-1.0, -math.inf, math.nan, -0.0])
def test_what_is_no_time_goes_to_the_lowest_bin(time_s: float) -> None:
    assert bin_of(time_s) == 0


def test_bins_are_as_wide_as_stated() -> None:
    edges_s = bin_edges_s()
    assert len(edges_s) == N_BINS - 1
    assert (edges_s[0], edges_s[-1]) == (LOWEST_S, HIGHEST_S)
    assert edges_s[0] <= 1e-3
    assert edges_s[-1] >= 1e9
    assert_allclose(edges_s[1:] / edges_s[:-1], 2.0 ** (1 / 64), rtol=1e-14)


@given(times_s, st.integers(0, 1000))
def test_a_quantile_is_within_its_stated_error(
    times: list[float], per_mille: int
) -> None:
    rank = max(1, -(-per_mille * len(times) // 1000))
    exact = sorted(times)[rank - 1]
    found = Histogram.of(times).quantile(per_mille / 1000)
    assert abs(found - exact) <= QUANTILE_ERROR_SHARE * exact * (1 + 1e-12)


def test_the_stated_error_is_about_half_a_per_cent_and_reached() -> None:
    assert 0.0054 < QUANTILE_ERROR_SHARE < 0.0055
    edge_s = bin_edges_s()[700]
    error_share = Histogram.of([edge_s]).quantile(0.5) / edge_s - 1.0
    assert error_share == pytest.approx(QUANTILE_ERROR_SHARE)


@pytest.mark.parametrize(
    ("law", "inverse"),
    [
        ("exponential", lambda q: -300.0 * math.log(1.0 - q)),
        ("uniform", lambda q: 300.0 * q),
    ],
)
def test_quantiles_of_a_known_law(law: str, inverse: Callable[[float], float]) -> None:
    rng = stream(12, law)
    draws = rng.exponential(300.0, 200_000)
    if law == "uniform":
        draws = rng.uniform(0.0, 300.0, 200_000)
    whole = Histogram.of(draws)
    for q in (0.1, 0.5, 0.95):
        assert whole.quantile(q) == pytest.approx(inverse(q), rel=0.02)


@given(times_s, times_s, st.floats(0.0, 1.0))
def test_merging_is_counting_together(
    one: list[float], two: list[float], q: float
) -> None:
    merged = Histogram.merged([Histogram.of(one), Histogram.of(two)])
    together = Histogram.of(one + two)
    assert_array_equal(merged.counts, together.counts)
    assert merged.n == len(one) + len(two)
    assert merged.quantile(q) == together.quantile(q)


@given(times_s, st.lists(st.floats(0.0, 1.0), min_size=2))
def test_quantiles_rise(times: list[float], shares: list[float]) -> None:
    whole = Histogram.of(times)
    found_s = [whole.quantile(q) for q in sorted(shares)]
    assert found_s == sorted(found_s)


def test_ranks_are_counted_from_one_and_exactly() -> None:
    """Of 100 times, 7 % do not exceed the seventh, though 0.07 * 100 is above 7."""
    times = np.arange(1.0, 101.0) ** 3
    whole = Histogram.of(times)
    for q, rank in ((0.0, 1), (0.01, 1), (0.07, 7), (0.071, 8), (0.29, 29), (1.0, 100)):
        assert whole.quantile(q) == pytest.approx(rank**3, rel=0.006)


def test_below_all_edges_is_nothing_and_above_is_without_end() -> None:
    whole = Histogram.of([0.0, 0.0, 1.0, 1e10])
    assert whole.quantile(0.5) == 0.0
    assert whole.quantile(0.75) == pytest.approx(1.0, rel=0.006)
    assert whole.quantile(1.0) == math.inf


def test_nothing_counted_has_no_quantile() -> None:
    assert Histogram.merged([]).n == Histogram.of([]).n == 0
    with pytest.raises(ValueError, match="nothing was counted"):
        Histogram.of([]).quantile(0.5)


def test_a_histogram_keeps_its_own_counts() -> None:
    counts = np.zeros(N_BINS, dtype=np.int64)
    whole = Histogram(counts)
    counts[5] = 1
    assert whole.n == 0
    with pytest.raises(ValueError, match="read-only"):
        whole.counts[0] = 1
    assert_array_equal(whole.edges, bin_edges_s())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Histogram(np.zeros(3, dtype=np.int64)), r"got \(3,\)"),
        (lambda: Histogram(np.full(N_BINS, -1, dtype=np.int64)), "counts: got -1"),
        (lambda: Histogram.of([math.nan]), "not a number"),
        (lambda: quantile(np.ones(N_BINS, dtype=np.int64), 1.5), "q: got 1.5"),
        (lambda: quantile(np.ones(N_BINS, dtype=np.int64), math.nan), "q: got nan"),
    ],
)
def test_misuse_is_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
