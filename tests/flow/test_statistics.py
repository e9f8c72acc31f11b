"""Intervals cover as often as they say, warm-ups are found."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from numpy.typing import NDArray
from scipy.signal import lfilter

from twin.errors import FlowError
from twin.flow.statistics import (
    Interval,
    Truncation,
    batch_means,
    enough,
    mser5,
    paired_interval,
    replications_needed,
    t_interval,
)
from twin.rng import stream

Numbers = NDArray[np.float64]

samples = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30)


def autoregressive(name: str, rows: int, n: int, memory: float) -> Numbers:
    """Return ``rows`` settled series of mean 0, (rows, n), autocorrelation memory^k."""
    noise = stream(1, name).normal(size=(rows, n))
    noise[:, 0] /= math.sqrt(1.0 - memory**2)
    series: Numbers = lfilter([1.0], [1.0, -memory], noise, axis=1)
    return series


def test_an_interval_by_hand() -> None:
    """Mean 3, variance 2.5 of five values; Student's table says 2.776 and 4.604."""
    interval = t_interval([1, 2, 3, 4, 5])
    assert (interval.mean, interval.level, interval.n) == (3.0, 0.95, 5)
    assert interval.half_width == pytest.approx(2.776445 * math.sqrt(2.5 / 5), rel=1e-6)
    wider = t_interval([1, 2, 3, 4, 5], level=0.99)
    assert wider.half_width == pytest.approx(4.604095 * math.sqrt(2.5 / 5), rel=1e-6)
    assert (interval.low, interval.high) == (
        3.0 - interval.half_width,
        3.0 + interval.half_width,
    )


@pytest.mark.parametrize("level", [0.80, 0.95, 0.999])
@pytest.mark.parametrize("n", [2, 5, 30])
def test_the_t_interval_covers_as_often_as_it_says(level: float, n: int) -> None:
    """Exactly so for normal values; 4,000 fixed draws, three standard errors."""
    rows = stream(7, f"coverage/{n}").normal(loc=12.0, scale=4.0, size=(4000, n))
    share = np.mean([t_interval(row, level).holds(12.0) for row in rows])
    assert abs(share - level) <= 3 * math.sqrt(level * (1 - level) / len(rows))


def test_one_value_says_nothing_of_the_spread() -> None:
    assert t_interval([4.0]) == Interval(4.0, math.inf, 0.95, 1)
    assert not t_interval([4.0]).within(0.5)


def test_an_interval_holds_its_ends() -> None:
    interval = Interval(mean=10.0, half_width=1.0, level=0.95, n=9)
    assert [interval.holds(value) for value in (8.9, 9.0, 11.0, 11.1)] == [
        False,
        True,
        True,
        False,
    ]
    assert interval.within(0.1)
    assert not interval.within(0.0999)
    assert Interval(-10.0, 1.0, 0.95, 9).within(0.1)


@given(samples, st.floats(0.5, 0.99), st.floats(0.01, 100.0))
def test_an_interval_scales_and_shifts_with_its_values(
    values: list[float], level: float, factor: float
) -> None:
    plain = t_interval(values, level)
    moved = t_interval(factor * np.array(values) + 5.0, level)
    size = factor * (1.0 + np.abs(values).max())
    assert moved.mean == pytest.approx(
        factor * plain.mean + 5.0, abs=1e-9 * size + 1e-9
    )
    assert moved.half_width == pytest.approx(
        factor * plain.half_width, abs=1e-6 * size + 1e-9
    )


def test_pairs_that_vary_together_give_a_short_interval() -> None:
    """The noise is common to both; what is left is the difference, 2, exactly."""
    shared = stream(3, "pairs").normal(size=40)
    paired = paired_interval(shared + 2.0, shared)
    assert paired.mean == pytest.approx(2.0)
    assert paired.half_width == pytest.approx(0.0, abs=1e-12)
    assert t_interval(shared).half_width > 0.2


def test_the_paired_interval_covers_as_often_as_it_says() -> None:
    draws = stream(4, "paired coverage").normal(size=(3, 4000, 8))
    first, second = draws[0] + 2 * draws[2] + 1.0, draws[1] + 2 * draws[2]
    share = np.mean(
        [
            paired_interval(a, b, 0.9).holds(1.0)
            for a, b in zip(first, second, strict=True)
        ]
    )
    assert abs(share - 0.9) <= 3 * math.sqrt(0.9 * 0.1 / 4000)


def test_pairs_must_be_pairs() -> None:
    with pytest.raises(ValueError, match="3 and 2 values; pair them"):
        paired_interval([1, 2, 3], [1, 2])


def test_batches_are_equal_and_leave_out_the_start() -> None:
    assert_allclose(batch_means(np.arange(11.0), 3), [3.0, 6.0, 9.0])
    assert_allclose(batch_means([4.0, 6.0], 2), [4.0, 6.0])
    assert_allclose(batch_means([4.0, 6.0], 1), [5.0])


@pytest.mark.parametrize("n_batches", [0, 4])
def test_more_batches_than_values_are_refused(n_batches: int) -> None:
    with pytest.raises(ValueError, match=f"n_batches: got {n_batches} for 3 values"):
        batch_means([1, 2, 3], n_batches)


def test_batch_means_cover_where_single_values_do_not() -> None:
    """A series that remembers: 20 batches of 200 are independent enough at 95 %.

    Taken as independent, its values give intervals that are far too short.
    """
    rows = autoregressive("batches", 1000, 4000, memory=0.9)
    batched = np.mean([t_interval(batch_means(row, 20)).holds(0.0) for row in rows])
    single = np.mean([t_interval(row).holds(0.0) for row in rows])
    assert 0.92 <= batched <= 0.97
    assert single < 0.5


def slow_mser5(series: Numbers) -> Truncation:
    """The definition, cut by cut."""
    batches = [
        series[start : start + 5].mean() for start in range(0, len(series) - 4, 5)
    ]
    errors = [
        float(np.sum((np.array(batches[cut:]) - np.mean(batches[cut:])) ** 2))
        / (len(batches) - cut) ** 2
        for cut in range(len(batches) // 2 + 1)
    ]
    cut = errors.index(min(errors))
    return Truncation(5 * cut, cut < len(batches) // 2)


@given(st.integers(0, 10**6), st.integers(50, 400), st.floats(0.0, 1e4))
def test_mser5_is_its_definition(seed: int, n: int, bias: float) -> None:
    noise = stream(seed, "mser").normal(size=n)
    series = noise + bias * np.exp(-np.arange(n) / 20.0)
    assert mser5(series) == slow_mser5(series)


@pytest.mark.parametrize("seed", range(10))
def test_mser5_cuts_an_exponential_transient_where_noise_hides_it(seed: int) -> None:
    """Bias 20 exp(-i/60) under noise of deviation 1, 3,000 values.

    It equals the noise of a batch's mean, 0.45, at i = 228 and a twentieth of the
    noise at 360: a sensible cut lies about there and takes nearly all bias away.
    """
    index = np.arange(3000)
    bias = 20.0 * np.exp(-index / 60.0)
    cut = mser5(bias + stream(seed, "transient").normal(size=3000))
    assert cut.warmed_up
    assert 150 <= cut.index <= 500
    assert bias[cut.index :].mean() < 0.05 * bias.mean()


def test_mser5_cuts_a_longer_transient_later() -> None:
    noise = stream(5, "scales").normal(size=10_000)
    index = np.arange(10_000)
    cuts = [
        mser5(noise + 20.0 * np.exp(-index / scale)).index
        for scale in (10, 30, 100, 300)
    ]
    assert cuts == sorted(set(cuts))


def test_mser5_cuts_a_step_at_the_step() -> None:
    """1,000 values of 10, then of 0, with noise too small to matter."""
    noise = 0.01 * stream(6, "step").normal(size=5000)
    cut = mser5(noise + np.where(np.arange(5000) < 1000, 10.0, 0.0))
    assert cut.warmed_up
    assert 1000 <= cut.index <= 1100


def test_mser5_seldom_cuts_much_of_a_settled_series() -> None:
    rows = autoregressive("settled", 200, 2000, memory=0.5)
    cuts = np.array([mser5(row).index for row in rows])
    assert np.median(cuts) < 200
    assert np.mean([mser5(row).warmed_up for row in rows]) > 0.95


def test_mser5_keeps_all_of_a_constant_series() -> None:
    assert mser5(np.full(203, 0.1)) == Truncation(0, warmed_up=True)


@pytest.mark.parametrize("trend", [1.0, -1.0])
def test_mser5_says_when_a_series_never_settles(trend: float) -> None:
    assert mser5(trend * np.arange(1000.0)) == Truncation(500, warmed_up=False)


def test_mser5_says_when_the_transient_fills_the_run() -> None:
    noise = 0.01 * stream(8, "short").normal(size=200)
    assert not mser5(noise + np.exp(-np.arange(200) / 200.0)).warmed_up


@pytest.mark.parametrize("seed", range(5))
def test_mser5_loses_no_digits_to_size(seed: int) -> None:
    """Neither to a level whose square leaves float64 no decimals, nor to a start."""
    noise = stream(seed, "huge").normal(size=1000)
    series = noise + 20.0 * np.exp(-np.arange(1000) / 40.0)
    expected = slow_mser5(series)
    assert 50 < expected.index < 500
    assert mser5(series + 1e9) == expected
    series[:10] = 1e9
    assert mser5(series) == expected


def test_mser5_needs_fifty_values() -> None:
    assert mser5(np.zeros(50)).warmed_up
    with pytest.raises(ValueError, match="49 values; give at least 50"):
        mser5(np.zeros(49))


@given(
    st.lists(st.floats(1.0, 10.0), min_size=2, max_size=20),
    st.floats(0.005, 0.5),
    st.floats(0.5, 0.999),
)
def test_replications_needed_are_the_fewest_that_do(
    values: list[float], share: float, level: float
) -> None:
    n = replications_needed(values, share, level)
    mean, deviation = np.mean(values), np.std(values, ddof=1)

    def half_width(count: int) -> float:
        # The same moments, held by ``count`` values: unit interval, then scaled.
        ends = t_interval(np.tile([-1.0, 1.0], count // 2 + 1)[:count], level)
        unit = float(np.std(np.tile([-1.0, 1.0], count // 2 + 1)[:count], ddof=1))
        return ends.half_width / unit * float(deviation)

    assert n >= len(values)
    assert half_width(n) <= share * mean * (1 + 1e-9)
    if n > len(values):
        assert half_width(n - 1) > share * mean * (1 - 1e-9)


def test_equal_values_need_no_more() -> None:
    assert replications_needed([3.0, 3.0, 3.0], 0.01) == 3
    assert replications_needed([0.0, 0.0], 0.01) == 2


def test_a_mean_of_nothing_is_never_reached() -> None:
    with pytest.raises(FlowError, match=r"within 0\.01 of itself; choose"):
        replications_needed([-1.0, 1.0], 0.01)


def test_one_replication_tells_no_number() -> None:
    with pytest.raises(ValueError, match="one value has no spread"):
        replications_needed([1.0], 0.01)


def test_enough_wants_both_the_number_and_the_half_width() -> None:
    close, wide = [10.0, 10.1] * 5, [5.0, 15.0] * 5
    assert enough(close, share=0.01)
    assert not enough(close[:-1], share=0.01)
    assert enough(close[:-1], share=0.01, least=9)
    assert not enough(close, share=0.001)
    assert not enough(wide, share=0.01)
    assert not enough([-1.0, 1.0] * 20, share=0.5)
    assert enough([0.0] * 10, share=0.01)


def test_stopping_at_a_half_width_keeps_most_of_the_coverage() -> None:
    """Looking after each replication costs a few per cent of coverage, not more."""
    rows = stream(11, "stop").normal(loc=10.0, scale=1.0, size=(600, 120))
    inside = []
    for row in rows:
        n = next(n for n in range(10, 121) if enough(row[:n], share=0.04))
        inside.append(t_interval(row[:n]).holds(10.0))
    assert 0.90 <= np.mean(inside) <= 0.97


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: t_interval([]), r"values: expected \(n,\)"),
        (lambda: t_interval([[1.0, 2.0]]), r"got \(1, 2\)"),
        (lambda: t_interval([1.0, math.nan]), "values: not all are finite"),
        (lambda: t_interval([1.0, 2.0], 1.0), "level: got 1.0"),
        (lambda: t_interval([1.0], 95.0), "level: got 95.0"),
        (lambda: enough([1.0, 2.0], 0.0), "share: got 0.0"),
        (lambda: enough([1.0, 2.0], math.nan), "share: got nan"),
        (lambda: enough([1.0, 2.0], 0.1, least=1), "least: got 1"),
        (lambda: replications_needed([1.0, 2.0], -1.0), "share: got -1.0"),
    ],
)
def test_misuse_is_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
