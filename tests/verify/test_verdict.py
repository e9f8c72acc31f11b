"""Verdicts: the level of a table, agreement, width, and what they say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from twin.flow.statistics import Interval
from twin.rng import stream
from twin.verify.cases import Case, all_cases
from twin.verify.page import verification_page
from twin.verify.runner import Calibration
from twin.verify.verdict import FAMILY_LEVEL, Verdict, case_level, judge


@pytest.fixture
def case() -> Case:
    return replace(all_cases()[0], expected=10.0, slack=0.0)


def test_chance_refuses_one_table_in_a_thousand() -> None:
    """Bonferroni: the chances of all cases add up to what the family may miss."""
    assert case_level(1) == pytest.approx(FAMILY_LEVEL, abs=1e-15)
    assert 68 * (1.0 - case_level(68)) == pytest.approx(1.0 - FAMILY_LEVEL, rel=1e-9)
    with pytest.raises(ValueError, match="at least 1"):
        case_level(0)


def test_a_verdict_needs_agreement_and_a_narrow_interval(case: Case) -> None:
    def verdict(mean: float, half_width: float) -> Verdict:
        return Verdict(case, Interval(mean, half_width, 0.99, 30))

    assert verdict(10.05, 0.08).ok
    assert not verdict(10.09, 0.08).agrees
    assert verdict(10.09, 0.2).agrees
    assert not verdict(10.09, 0.2).narrow
    assert not verdict(10.09, 0.2).ok


def test_slack_forgives_a_part_cut_in_two_and_no_more(case: Case) -> None:
    exact = Interval(10.001, 0.0, 0.99, 30)
    assert not Verdict(case, exact).agrees
    assert Verdict(replace(case, slack=2e-4), exact).agrees
    assert not Verdict(replace(case, slack=5e-5), exact).agrees


def test_draws_of_the_expected_mean_are_accepted_and_others_refused(
    case: Case,
) -> None:
    values = stream(3, "verdict").normal(10.0, 0.05, 30)
    assert judge(case, list(values), 68).ok
    assert not judge(case, list(values + 0.1), 68).agrees
    assert not judge(case, list(10.0 + 20.0 * (values - 10.0)), 68).narrow


def test_a_record_says_all_that_a_person_needs(case: Case) -> None:
    record = judge(case, [9.99, 10.0, 10.01], 1).record()
    assert record["name"] == case.name
    assert record["expected"] == 10.0
    assert record["simulated"] == pytest.approx(10.0)
    assert record["source"] == case.source
    assert record["ok"] is (record["agrees"] and record["narrow"])
    assert record["replications"] == 3


@pytest.mark.parametrize(
    ("held", "ok"), [(919, False), (920, True), (950, True), (980, True), (981, False)]
)
def test_calibration_accepts_92_to_98_percent(case: Case, held: int, ok: bool) -> None:
    assert Calibration(case, held, 1000).ok is ok


def test_the_page_holds_every_case_and_marks_what_failed(case: Case) -> None:
    good = judge(case, list(np.linspace(9.999, 10.001, 30)), 2)
    bad = judge(replace(case, name="bad", expected=11.0), [9.9, 10.0, 10.1], 2)
    page = verification_page([good, bad], [Calibration(case, 950, 1000)])
    assert f"`{case.name}`" in page
    assert page.count("**no**") == 1
    assert "1 of 2 cases are ok." in page
    assert "| 950 | 95.0 % | yes |" in page
    assert "Calibration" not in verification_page([good])
