"""The flow engine gives what theory says, in runs short enough for every change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from twin.errors import FlowError
from twin.verify.cases import Case, all_cases
from twin.verify.runner import calibrate, measure, verify
from twin.verify.verdict import judge

CASES = all_cases()
# Intervals of these short runs are about six times as wide as the table's.
SHARE = 1.0 / 40.0


def named(case: Case) -> str:
    return case.name


def short(case: Case) -> Case:
    # An exact rate asks for many parts.
    return case if case.slack > 0.0 else case.shortened(SHARE)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_theory_lies_inside_the_interval_of_a_short_run(case: Case) -> None:
    (verdict,) = verify([short(case)], seed=7, n_table=len(CASES))
    assert verdict.agrees, verdict.record()
    assert verdict.interval.half_width <= 0.15 * case.expected
    assert verdict.interval.n == case.replications


def test_a_wrong_theory_is_refused() -> None:
    case = CASES[0]
    values = measure(case, 7, 10, 6e5, 6e6)
    assert judge(case, values, 1).agrees
    assert not judge(replace(case, expected=1.1 * case.expected), values, 1).agrees


def test_a_seed_repeats_itself_and_replications_differ() -> None:
    case = short(CASES[0])
    once = measure(case, 7, 3, case.warm_up_s, case.until_s)
    again = measure(case, 7, 3, case.warm_up_s, case.until_s)
    other = measure(case, 8, 3, case.warm_up_s, case.until_s)
    assert once == again
    assert len({*once, *other}) == 6


def test_a_measure_that_the_engine_does_not_know_is_refused() -> None:
    case = replace(CASES[0], measure="node.nowhere.queue_mean")
    with pytest.raises(FlowError, match=r"no figure 'node\.nowhere\.queue_mean'"):
        measure(case, 1, 1, 60.0, 6000.0)


def test_calibration_leaves_out_what_is_not_random() -> None:
    exact = next(case for case in CASES if case.slack > 0.0)
    assert list(calibrate([exact], range(1, 3))) == []


def test_the_nominal_interval_of_mm1_covers_about_as_often_as_it_says() -> None:
    """60 seeds: 95 % plus or minus 3.5 standard deviations of a share."""
    (found,) = calibrate([CASES[0]], range(1, 61))
    assert found.n_seeds == 60
    assert found.n_held >= 51
