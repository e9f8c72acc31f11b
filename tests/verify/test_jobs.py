"""Jobs with precedence against closed forms of small ones."""

from __future__ import annotations

import pytest

from twin.verify.jobs import (
    Step,
    job_time_mean_s,
    longest_mean_s,
    uncertain_time_mean_s,
)


def after(*names: str) -> frozenset[str]:
    return frozenset(names)


def test_a_chain_of_operations_adds_up() -> None:
    steps = {"a": Step(2.0), "b": Step(3.0, after("a")), "c": Step(4.0, after("b"))}
    assert job_time_mean_s(steps) == pytest.approx(9.0, rel=1e-12)


def test_equal_parallel_operations_take_the_harmonic_sum() -> None:
    steps = {name: Step(1.0) for name in "abcd"}
    expected = 1.0 + 1.0 / 2 + 1.0 / 3 + 1.0 / 4
    assert job_time_mean_s(steps) == pytest.approx(expected, rel=1e-12)
    assert longest_mean_s([1.0] * 4) == pytest.approx(expected, rel=1e-12)


def test_unequal_parallel_operations_take_the_longest() -> None:
    steps = {"a": Step(1.0), "b": Step(2.5), "c": Step(0.4)}
    assert job_time_mean_s(steps) == pytest.approx(
        longest_mean_s([1.0, 2.5, 0.4]), rel=1e-12
    )


def test_one_person_does_one_thing_after_the_other() -> None:
    steps = {"a": Step(1.0), "b": Step(2.5), "c": Step(0.4, after("a"))}
    assert job_time_mean_s(steps, people=1) == pytest.approx(3.9, rel=1e-12)


def test_two_people_share_three_equal_operations() -> None:
    """Two first ends at rate 2, then the last alone: 1/2 + 1/2 + 1."""
    steps = {name: Step(1.0) for name in "abc"}
    assert job_time_mean_s(steps, people=2) == pytest.approx(2.0, rel=1e-12)


def test_any_of_two_opens_the_way_earlier_than_both() -> None:
    """After any: min, then the longer of what is left and the last operation."""
    parts = {"a": Step(1.0), "b": Step(1.0)}
    either = job_time_mean_s({**parts, "c": Step(1.0, after_any=after("a", "b"))})
    both = job_time_mean_s({**parts, "c": Step(1.0, after("a", "b"))})
    assert either == pytest.approx(0.5 + 1.5, rel=1e-12)
    assert both == pytest.approx(1.5 + 1.0, rel=1e-12)


def test_a_circle_is_refused() -> None:
    with pytest.raises(ValueError, match="wait for each other"):
        job_time_mean_s({"a": Step(1.0, after("b")), "b": Step(1.0, after("a"))})


def test_a_missing_part_takes_no_time() -> None:
    assert uncertain_time_mean_s(0.0, 5.0, 0.5, 9.0) == 0.0
    assert uncertain_time_mean_s(1.0, 5.0, 0.0, 9.0) == 5.0
    assert uncertain_time_mean_s(0.8, 5.0, 0.25, 9.0) == pytest.approx(0.8 * 6.0)
