"""Fits find the law that a sample was drawn from, and refuse one that it was not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.calibrate.families import FAMILIES
from twin.calibrate.fits import ACCEPTED_P, fit_law, ks_distance, ks_p
from twin.rng import stream

TICK_S = 1.0 / 240.0
N = 150


def sample(law: str, *parameters: float) -> np.ndarray:
    """Return times of a law, ascending, in whole ticks."""
    drawn = FAMILIES[law].draw(stream(7, f"test/{law}"), N, parameters)
    return np.sort(np.rint(drawn / TICK_S) * TICK_S)


def test_a_spread_of_two_ticks_is_constant() -> None:
    fitted = fit_law([15.0, 15.0 + TICK_S, 15.0 + 2 * TICK_S], TICK_S)
    assert fitted.law == "constant"
    assert fitted.test == "spread"
    assert fitted.parameters == pytest.approx((15.0 + TICK_S,))


def test_few_times_that_differ_stand_for_themselves() -> None:
    fitted = fit_law([15.0, 16.0, 17.0], TICK_S)
    assert (fitted.law, fitted.test, fitted.n) == ("empirical", "none", 3)


def test_the_normal_law_is_found_with_its_parameters() -> None:
    fitted = fit_law(sample("normal", 20.0, 1.5), TICK_S)
    mean, sd = fitted.parameters[:2]
    assert fitted.law in ("normal", "gamma", "lognormal")
    assert mean == pytest.approx(20.0, abs=4 * 1.5 / math.sqrt(N))
    assert sd == pytest.approx(1.5, rel=4 / math.sqrt(2 * N))
    assert fitted.p >= ACCEPTED_P


@pytest.mark.parametrize(
    ("law", "parameters", "mean_s", "sd_s"),
    [
        ("lognormal", (2.0, 0.8), math.exp(2.32), math.exp(2.32) * 0.9466),
        ("gamma", (2.0, 5.0), 10.0, math.sqrt(50.0)),
    ],
)
def test_skewed_laws_are_told_apart(
    law: str, parameters: tuple[float, ...], mean_s: float, sd_s: float
) -> None:
    fitted = fit_law(sample(law, *parameters), TICK_S)
    assert fitted.law == law
    assert fitted.parameters[0] == pytest.approx(mean_s, rel=0.2)
    assert fitted.parameters[1] == pytest.approx(sd_s, rel=0.3)


def test_the_triangular_law_is_found_with_its_bounds() -> None:
    fitted = fit_law(sample("triangular", 10.0, 11.0, 30.0), TICK_S)
    assert fitted.law == "triangular"
    assert fitted.parameters == pytest.approx((10.0, 11.0, 30.0), abs=1.5)


def test_two_humps_are_no_law_and_the_refused_ones_are_named() -> None:
    humps = np.concatenate([sample("normal", 10.0, 0.3), sample("normal", 30.0, 0.3)])
    fitted = fit_law(humps, TICK_S)
    assert fitted.law == "empirical"
    assert set(fitted.refused) == set(FAMILIES)
    assert all(p < ACCEPTED_P for p in fitted.refused.values())


def test_a_wrong_law_is_refused_and_the_right_one_is_not() -> None:
    times_s = sample("lognormal", 2.0, 0.8)
    found = {}
    for law in ("normal", "lognormal"):
        family = FAMILIES[law]
        parameters = family.estimate(times_s)
        distance = ks_distance(times_s, family, parameters)
        found[law] = ks_p(family, parameters, distance, N, TICK_S)
    assert found["normal"] == pytest.approx(1 / 200)
    assert found["lognormal"] >= ACCEPTED_P


def test_the_distance_is_that_worked_out_by_hand() -> None:
    # Of 1, 2 and 3 s from a triangle over 0, 2 and 4 s: F = 1/8, 1/2 and 7/8, against
    # steps to 1/3, 2/3 and 1; the farthest is 1/3 - 1/8.
    times_s = np.array([1.0, 2.0, 3.0])
    found = ks_distance(times_s, FAMILIES["triangular"], (0.0, 2.0, 4.0))
    assert found == pytest.approx(1 / 3 - 1 / 8)


@settings(max_examples=10, deadline=None)
@given(st.floats(0.5, 500.0), st.floats(0.05, 1.0))
def test_the_gamma_estimate_meets_its_own_equations(shape: float, scale: float) -> None:
    times_s = np.sort(stream(3, "gamma").gamma(shape, scale, 100)) + 1e-6
    k, theta = FAMILIES["gamma"].estimate(times_s)
    likelihood = FAMILIES["gamma"].log_likelihood
    assert k * theta == pytest.approx(times_s.mean(), rel=1e-9)
    best = likelihood(times_s, (k, theta))
    for factor in (0.99, 1.01):
        other = likelihood(times_s, (k * factor, theta / factor))
        assert other < best


@pytest.mark.parametrize("wrong", [[], [-1.0], [math.nan]])
def test_what_is_no_time_is_refused(wrong: list[float]) -> None:
    with pytest.raises(ValueError, match="at least one time"):
        fit_law(wrong, TICK_S)


def test_the_same_sample_gives_the_same_fit_in_any_order() -> None:
    times_s = sample("gamma", 2.0, 5.0)[:60]
    assert fit_law(times_s, TICK_S) == fit_law(times_s[::-1], TICK_S)
