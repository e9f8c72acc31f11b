"""Laws: what is drawn follows the law that the scenario states."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
from numpy.testing import assert_array_equal
from numpy.typing import NDArray
from pydantic import TypeAdapter

import twin.flow.laws
from twin.errors import FlowError
from twin.flow.kernel import draws
from twin.flow.kernel.pointers import compiled
from twin.flow.laws import Draws, LawTable, Uniforms, mean_s, variance_s2
from twin.scenario.laws import Law

Floats = NDArray[np.float64]

_LAW: TypeAdapter[Law] = TypeAdapter(Law)
_HERE = Path()
_N = 20_000


def law_of(name: str, **numbers: object) -> Law:
    """Return a law as the scenario reader would."""
    return _LAW.validate_python({"law": name, **numbers})


@compiled
def _fill(
    laws: int, numbers: int, streams: int, replication: int, law: int, drawn: Floats
) -> None:
    for i in range(drawn.size):
        drawn[i] = draws.draw(laws, numbers, streams, replication, law)


def sample_s(law: Law, n: int = _N, folder: Path = _HERE, seed: int = 7) -> Floats:
    """Return n variates of a law drawn by compiled code, (n,), s."""
    table = LawTable()
    row = table.add(law, "press/work", folder)
    arrays = table.finish(seed)
    drawn = np.zeros(n)
    _fill(*arrays.addresses, 0, row, drawn)
    return drawn


def _truncated(mean: float, sd: float, low: float, high: float) -> Any:
    return scipy.stats.truncnorm((low - mean) / sd, (high - mean) / sd, mean, sd)


class _Hyperexponential(scipy.stats.rv_continuous):
    """Of means 10, 100 and 1000 s with probabilities 0.6, 0.3 and 0.1."""

    parts = ((10.0, 0.6), (100.0, 0.3), (1000.0, 0.1))

    def _cdf(self, x: Floats) -> Floats:
        return sum((-p * np.expm1(-x / m) for m, p in self.parts), np.zeros_like(x))

    def _sf(self, x: Floats) -> Floats:
        return sum((p * np.exp(-x / m) for m, p in self.parts), np.zeros_like(x))


_SPREAD = math.log1p(0.5**2)

CONTINUOUS: dict[str, tuple[Law, Any]] = {
    "exponential": (law_of("exponential", mean="1 min"), scipy.stats.expon(0, 60)),
    "uniform": (
        law_of("uniform", low="10 s", high="1 min"),
        scipy.stats.uniform(10, 50),
    ),
    "triangular": (
        law_of("triangular", low="10 s", mode="20 s", high="60 s"),
        scipy.stats.triang(0.2, 10, 50),
    ),
    "triangular, mode low": (
        law_of("triangular", low="10 s", mode="10 s", high="60 s"),
        scipy.stats.triang(0, 10, 50),
    ),
    "triangular, mode high": (
        law_of("triangular", low="0 s", mode="60 s", high="60 s"),
        scipy.stats.triang(1, 0, 60),
    ),
    "normal": (
        law_of("normal", mean="60 s", sd="20 s"),
        _truncated(60, 20, 0, math.inf),
    ),
    "normal, two bounds": (
        law_of("normal", mean="60 s", sd="20 s", low="50 s", high="90 s"),
        _truncated(60, 20, 50, 90),
    ),
    "normal, mean below": (
        law_of("normal", mean="10 s", sd="20 s", low="90 s"),
        _truncated(10, 20, 90, math.inf),
    ),
    "normal, mean below both": (
        law_of("normal", mean="10 s", sd="20 s", low="30 s", high="35 s"),
        _truncated(10, 20, 30, 35),
    ),
    "normal, mean above": (
        law_of("normal", mean="100 s", sd="20 s", high="10 s"),
        _truncated(100, 20, 0, 10),
    ),
    "lognormal": (
        law_of("lognormal", mean="60 s", sd="30 s"),
        scipy.stats.lognorm(math.sqrt(_SPREAD), 0, 60 * math.exp(-0.5 * _SPREAD)),
    ),
    "gamma": (law_of("gamma", mean="60 s", sd="30 s"), scipy.stats.gamma(4, 0, 15)),
    "gamma, shape 1/4": (
        law_of("gamma", mean="60 s", sd="120 s"),
        scipy.stats.gamma(0.25, 0, 240),
    ),
    "gamma, shape 10,000": (
        law_of("gamma", mean="100 s", sd="1 s"),
        scipy.stats.gamma(10_000, 0, 0.01),
    ),
    "erlang": (law_of("erlang", mean="60 s", shape=3), scipy.stats.gamma(3, 0, 20)),
    "erlang, shape 1": (
        law_of("erlang", mean="60 s", shape=1),
        scipy.stats.expon(0, 60),
    ),
    "weibull": (
        law_of("weibull", shape=1.5, scale="60 s"),
        scipy.stats.weibull_min(1.5, 0, 60),
    ),
    "weibull, fails early": (
        law_of("weibull", shape=0.7, scale="60 s"),
        scipy.stats.weibull_min(0.7, 0, 60),
    ),
    "beta": (
        law_of("beta", low="10 s", high="60 s", alpha=2, beta=5),
        scipy.stats.beta(2, 5, 10, 50),
    ),
    "beta, both ends": (
        law_of("beta", low="0 s", high="60 s", alpha=0.5, beta=0.6),
        scipy.stats.beta(0.5, 0.6, 0, 60),
    ),
    "beta, one end": (
        law_of("beta", low="0 s", high="60 s", alpha=1.5, beta=0.4),
        scipy.stats.beta(1.5, 0.4, 0, 60),
    ),
    "hyperexponential": (
        law_of(
            "hyperexponential",
            means=["1000 s", "10 s", "100 s"],
            probabilities=[0.1, 0.6, 0.3],
        ),
        _Hyperexponential(a=0.0),
    ),
}

DISCRETE = law_of(
    "discrete",
    values=["90 s", "30 s", "45 s", "60 s"],
    probabilities=[0.125, 0.5, 0.0, 0.375],
)


@pytest.mark.parametrize("name", CONTINUOUS)
def test_variates_follow_their_law(name: str) -> None:
    law, expected = CONTINUOUS[name]
    drawn = sample_s(law)
    assert scipy.stats.kstest(drawn, expected.cdf).pvalue > 1e-4
    assert drawn.min() >= expected.support()[0]
    assert drawn.max() <= expected.support()[1]


@pytest.mark.parametrize("name", CONTINUOUS)
def test_moments_of_a_sample_are_those_of_the_law(name: str) -> None:
    """Within 5 standard errors, estimated from the sample."""
    law, _ = CONTINUOUS[name]
    drawn = sample_s(law, seed=8)
    deviations = drawn - mean_s(law)
    error_s = math.sqrt(variance_s2(law) / _N)
    assert abs(deviations.mean()) < 5.0 * error_s
    squares = deviations**2
    error_s2 = float(squares.std()) / math.sqrt(_N)
    assert abs(squares.mean() - variance_s2(law)) < 5.0 * error_s2


@pytest.mark.parametrize("name", CONTINUOUS)
def test_moments_are_integrals_of_the_quantile(name: str) -> None:
    """Over the logarithm of the probability, from either end to the median."""
    law, expected = CONTINUOUS[name]

    def integral(of: Callable[[float], float]) -> float:
        def part(log_p: float) -> float:
            p = math.exp(log_p)
            return p * (of(float(expected.ppf(p))) + of(float(expected.isf(p))))

        return float(scipy.integrate.quad(part, math.log(1e-15), math.log(0.5))[0])

    mean = integral(lambda time_s: time_s)
    assert mean_s(law) == pytest.approx(mean, rel=1e-9)
    variance = integral(lambda time_s: (time_s - mean) ** 2)
    assert variance_s2(law) == pytest.approx(variance, rel=1e-7)


def test_the_variance_holds_where_bounds_leave_little() -> None:
    """Of a normal law cut to a millionth hardly anything but a uniform is left."""
    law = law_of("normal", mean="60 s", sd="1 s", low="60 s", high="60.000003 s")
    assert mean_s(law) == pytest.approx(60.0 + 1.5e-6, abs=1e-13)
    assert variance_s2(law) == pytest.approx(3e-6**2 / 12.0, rel=1e-8, abs=0.0)


def test_the_moments_of_a_normal_law_join_where_their_formulas_meet() -> None:
    for mean in ("60 s", "20 s", "100 s"):
        one, two = (
            law_of("normal", mean=mean, sd="10 s", low="60 s", high=high)
            for high in ("69.99999999 s", "70.00000001 s")
        )
        assert mean_s(one) == pytest.approx(mean_s(two), rel=1e-8)
        assert variance_s2(one) == pytest.approx(variance_s2(two), rel=1e-8)


def test_discrete_values_come_as_often_as_stated() -> None:
    drawn = sample_s(DISCRETE)
    values, counts = np.unique(drawn, return_counts=True)
    assert values.tolist() == [30.0, 60.0, 90.0]
    expected = _N * np.array([0.5, 0.375, 0.125])
    assert scipy.stats.chisquare(counts, expected).pvalue > 1e-4
    assert mean_s(DISCRETE) == pytest.approx(48.75)
    assert variance_s2(DISCRETE) == pytest.approx(
        0.5 * 18.75**2 + 0.375 * 11.25**2 + 0.125 * 41.25**2
    )


def test_a_table_of_many_shares_is_searched_to_its_ends() -> None:
    n = 200
    law = law_of(
        "discrete",
        values=[f"{i} s" for i in range(n)],
        probabilities=[1.0 / n] * n,
    )
    counts = np.bincount(sample_s(law).astype(int), minlength=n)
    assert counts.size == n
    assert scipy.stats.chisquare(counts).pvalue > 1e-4


def test_a_constant_is_always_the_same() -> None:
    law = _LAW.validate_python("4 min")
    assert_array_equal(sample_s(law, 10), np.full(10, 240.0))
    assert (mean_s(law), variance_s2(law)) == (240.0, 0.0)


def test_an_empirical_law_draws_each_observation_alike(tmp_path: Path) -> None:
    (tmp_path / "times.csv").write_text("time\n2\n0.5\n1\n4\n2\n")
    law = law_of("empirical", file="times.csv", unit="min")
    drawn = sample_s(law, folder=tmp_path)
    values, counts = np.unique(drawn, return_counts=True)
    assert values.tolist() == [30.0, 60.0, 120.0, 240.0]
    expected = _N * np.array([0.2, 0.2, 0.4, 0.2])
    assert scipy.stats.chisquare(counts, expected).pvalue > 1e-4
    observed_s = 60.0 * np.array([2.0, 0.5, 1.0, 4.0, 2.0])
    assert mean_s(law, tmp_path) == pytest.approx(observed_s.mean())
    assert variance_s2(law, tmp_path) == pytest.approx(observed_s.var())


def test_rare_long_times_stay_finite() -> None:
    """The laws with the heaviest tails that a scenario may state."""
    extremes = [
        law_of("weibull", shape=0.05, scale="100000000 s"),
        law_of("gamma", mean="1 s", sd="1000 s"),
        law_of("lognormal", mean="1 s", sd="1000000 s"),
        law_of("beta", low="0 s", high="1 s", alpha=0.05, beta=0.05),
    ]
    for law in extremes:
        drawn = sample_s(law)
        assert np.isfinite(drawn).all()
        assert drawn.min() >= 0.0


def test_one_stream_serves_a_longer_time_with_the_same_numbers() -> None:
    """Variants that differ in a mean keep their luck: the times scale with it."""
    short = sample_s(law_of("exponential", mean="1 min"), 1000)
    long = sample_s(law_of("exponential", mean="2 min"), 1000)
    assert_array_equal(long, 2.0 * short)
    uniform = sample_s(law_of("uniform", low="0 s", high="1 s"), 1000)
    for law, _ in CONTINUOUS.values():
        if law.law not in {"gamma", "erlang", "beta", "hyperexponential"}:
            drawn = sample_s(law, 1000)
            assert (np.diff(drawn[np.argsort(uniform)]) >= 0.0).all()


def test_the_order_of_a_table_changes_no_draw() -> None:
    one = law_of("discrete", values=["1 s", "2 s"], probabilities=[0.25, 0.75])
    two = law_of("discrete", values=["2 s", "1 s"], probabilities=[0.75, 0.25])
    assert_array_equal(sample_s(one, 1000), sample_s(two, 1000))


def test_another_law_changes_nobody_elses_draws() -> None:
    law, _ = CONTINUOUS["exponential"]
    alone = sample_s(law, 50)
    table = LawTable()
    table.add(CONTINUOUS["gamma"][0], "oven/work", _HERE)
    table.add(DISCRETE, "oven/repair", _HERE)
    table.add_stream("oven/route")
    row = table.add(law, "press/work", _HERE)
    arrays = table.finish(7)
    among_others = np.zeros(50)
    one = np.zeros(1)
    for i in range(50):
        _fill(*arrays.addresses, 0, 0, one)
        _fill(*arrays.addresses, 0, 1, one)
        _fill(*arrays.addresses, 0, row, among_others[i : i + 1])
    assert_array_equal(among_others, alone)


def test_equal_tables_are_kept_once(tmp_path: Path) -> None:
    (tmp_path / "times.csv").write_text("1\n2\n3\n")
    law = law_of("empirical", file="times.csv", unit="s")
    table = LawTable()
    rows = [table.add(law, name, tmp_path) for name in ("a", "b")]
    arrays = table.finish(1)
    assert arrays.laws["offset"][rows[0]] == arrays.laws["offset"][rows[1]]
    assert arrays.numbers.size == 4


def test_python_draws_what_compiled_code_draws() -> None:
    for law, _ in CONTINUOUS.values():
        python = Draws(law, 7, "press/work")
        assert [python.next() for _ in range(20)] == sample_s(law, 20).tolist()


def test_python_draws_the_uniforms_of_compiled_code() -> None:
    uniforms = Uniforms(7, "press/work")
    unit_s = sample_s(law_of("uniform", low="0 s", high="1 s"), 20)
    assert [uniforms.next() for _ in range(20)] == unit_s.tolist()


def test_replications_differ() -> None:
    law, _ = CONTINUOUS["gamma"]
    firsts = {Draws(law, 1, "press/work", replication).next() for replication in (0, 1)}
    assert len(firsts) == 2
    assert Uniforms(1, "route", 2).next() != Uniforms(1, "route", 3).next()


@pytest.mark.parametrize("replication", [-1, 2**32])
def test_a_replication_beyond_the_counter_is_refused(replication: int) -> None:
    with pytest.raises(ValueError, match="give 0 to"):
        Draws(DISCRETE, 1, "press/work", replication)


def test_one_name_for_two_purposes_is_refused() -> None:
    table = LawTable()
    table.add(DISCRETE, "press/work", _HERE)
    with pytest.raises(FlowError, match=r"^stream 'press/work': has two purposes; "):
        table.add(DISCRETE, "press/work", _HERE)
    with pytest.raises(FlowError, match="two purposes"):
        table.add_stream("press/work")


def test_two_names_with_one_key_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    table = LawTable()
    table.add_stream("press/work")
    table.add_stream("oven/work")
    monkeypatch.setattr(twin.flow.laws, "stream_key", lambda seed, name: 5)
    with pytest.raises(FlowError, match=r"'press/work' and 'oven/work'.*another seed"):
        table.finish(3)
