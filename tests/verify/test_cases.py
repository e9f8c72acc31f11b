"""Every case is a scenario that can be read, and says what it measures and why."""

from __future__ import annotations

import math
import re

import pytest

from twin.scenario import read_scenario
from twin.verify.cases import Case, all_cases
from twin.verify.cases.case import law, minutes, mixed_law

STATES = "executing|starved|blocked|failed|set_up|no_operator|no_material|off_shift"
MEASURE = re.compile(
    r"(throughput_per_s|wip_mean|lead_time_mean_s"
    rf"|node\.(?P<node>\w+)\.(queue_mean|wait_mean_s|inside_mean|state\.({STATES})"
    r"|rejected_share)"
    r"|product\.(?P<product>\w+)\.(lead_time_mean_s|wait_mean_s|throughput_per_s)"
    r"|store\.(?P<store>\w+)\.stock_mean"
    r"|renege_share\.(?P<reneges>\w+))"
)
CASES = all_cases()


def named(case: Case) -> str:
    return case.name


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_case_is_a_scenario_that_holds_what_it_measures(case: Case) -> None:
    scenario = read_scenario(case.scenario, case.name)
    assert scenario.name == case.name
    assert scenario.title.en == case.title
    assert scenario.title.fr != case.title
    found = MEASURE.fullmatch(case.measure)
    assert found is not None
    for kind, known in (
        ("node", scenario.nodes()),
        ("reneges", scenario.stations),
        ("store", scenario.stores),
        ("product", scenario.products),
    ):
        name = found[kind]
        assert name is None or name in known


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_case_expects_a_number_and_runs_past_its_warm_up(case: Case) -> None:
    assert math.isfinite(case.expected)
    assert case.expected > 0.0
    assert len(case.source) > 10
    assert 0.0 < case.warm_up_s < 0.5 * case.until_s
    assert case.replications >= 10
    assert 0.0 <= case.slack < 1e-3


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_shortened_case_measures_whole_periods(case: Case) -> None:
    for each in (case, case.shortened(0.1)):
        window_s = each.until_s - each.warm_up_s
        assert window_s > 0.0
        if case.period_s > 0.0:
            assert window_s % case.period_s == 0.0
            assert each.warm_up_s % case.period_s == 0.0
    assert case.shortened(0.1).expected == case.expected


def test_there_are_enough_cases_of_different_names() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 34


def test_what_a_case_fears_from_counting_is_less_than_it_allows() -> None:
    """A deterministic rate is off by at most one part in the window."""
    for case in CASES:
        if case.measure == "throughput_per_s" and case.slack:
            n_parts = case.expected * (case.until_s - case.warm_up_s)
            assert 1.0 / n_parts <= case.slack


def test_laws_are_written_in_minutes_and_pure_numbers() -> None:
    assert minutes(90.0) == "1.5 min"
    assert law("gamma", mean=60.0, sd=30.0) == "{law: gamma, mean: 1 min, sd: 0.5 min}"
    assert law("weibull", shape=1.5, scale=60.0) == (
        "{law: weibull, shape: 1.5, scale: 1 min}"
    )
    assert mixed_law("discrete", "values", [30.0, 60.0], [0.25, 0.75]) == (
        "{law: discrete, values: [0.5 min, 1 min], probabilities: [0.25, 0.75]}"
    )
