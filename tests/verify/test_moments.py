"""Moments of laws against numerical integration and special cases."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from scipy.integrate import quad

from twin.verify import moments
from twin.verify.moments import Moments


def integrated(density: Callable[[float], float], low: float, high: float) -> Moments:
    def moment(power: int) -> float:
        return float(quad(lambda x: x**power * density(x), low, high, limit=200)[0])

    mass = moment(0)
    mean = moment(1) / mass
    return Moments(mean, math.sqrt(moment(2) / mass - mean**2))


def same(a: Moments, b: Moments) -> bool:
    return (a.mean_s, a.sd_s) == pytest.approx((b.mean_s, b.sd_s), rel=1e-6)


def test_uniform() -> None:
    assert same(moments.uniform(1.0, 5.0), integrated(lambda _: 1.0, 1.0, 5.0))


def test_triangular() -> None:
    def density(x: float) -> float:
        return (x - 1.0) / 2.0 if x < 3.0 else (7.0 - x) / 4.0

    assert same(moments.triangular(1.0, 3.0, 7.0), integrated(density, 1.0, 7.0))


def test_truncated_normal() -> None:
    def density(x: float) -> float:
        return math.exp(-0.5 * ((x - 2.0) / 1.5) ** 2)

    assert same(
        moments.truncated_normal(2.0, 1.5, 0.0, 4.5), integrated(density, 0.0, 4.5)
    )
    assert same(moments.truncated_normal(2.0, 0.1, -9.0, 9.0), Moments(2.0, 0.1))


def test_weibull() -> None:
    def density(x: float) -> float:
        return math.sqrt(x / 3.0) * math.exp(-math.pow(x / 3.0, 1.5))

    assert same(moments.weibull(1.5, 3.0), integrated(density, 0.0, 60.0))
    assert same(moments.weibull(1.0, 3.0), Moments(3.0, 3.0))


def test_beta() -> None:
    def density(x: float) -> float:
        return math.pow(x - 1.0, 1.2) * math.pow(4.0 - x, 2.1)

    assert same(moments.beta(1.0, 4.0, 2.2, 3.1), integrated(density, 1.0, 4.0))
    assert same(moments.beta(1.0, 4.0, 1.0, 1.0), moments.uniform(1.0, 4.0))


def test_hyperexponential() -> None:
    def density(x: float) -> float:
        return 0.7 * math.exp(-x) + 0.3 / 4.0 * math.exp(-x / 4.0)

    found = moments.hyperexponential([1.0, 4.0], [0.7, 0.3])
    assert same(found, integrated(density, 0.0, 200.0))


def test_discrete() -> None:
    assert same(moments.discrete([1.0, 3.0], [0.5, 0.5]), Moments(2.0, 1.0))
    assert moments.discrete([4.0], [1.0]).sd_s == 0.0
