"""OEE is the product of its factors, and refused where it cannot be known."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.errors import FlowError
from twin.flow.oee import Oee, oee


def shift(
    planned_busy_s: float = 28_800.0,
    production_s: float = 21_600.0,
    planned_run_s_per_item: float | None = 60.0,
    produced: int = 300,
    good: int = 285,
) -> Oee:
    return oee(
        "press",
        planned_busy_s=planned_busy_s,
        production_s=production_s,
        planned_run_s_per_item=planned_run_s_per_item,
        produced=produced,
        good=good,
    )


def test_a_shift_by_hand() -> None:
    """6 h of 8 h; 300 items of a planned minute in 360 minutes; 285 of 300 good."""
    result = shift()
    assert result.availability == pytest.approx(0.75)
    assert result.effectiveness == pytest.approx(300 / 360)
    assert result.quality_ratio == pytest.approx(0.95)
    assert result.index == pytest.approx(285 * 60 / 28_800)


@given(
    planned_busy_s=st.floats(1.0, 1e9),
    production_s=st.floats(1.0, 1e9),
    planned_run_s_per_item=st.floats(0.1, 1e5),
    produced=st.integers(1, 10**6),
    good_share=st.floats(0.0, 1.0),
)
def test_the_index_is_the_factors_product(
    planned_busy_s: float,
    production_s: float,
    planned_run_s_per_item: float,
    produced: int,
    good_share: float,
) -> None:
    result = shift(
        planned_busy_s,
        production_s,
        planned_run_s_per_item,
        produced,
        int(good_share * produced),
    )
    assert result.availability is not None
    assert result.effectiveness is not None
    assert result.quality_ratio is not None
    product = result.availability * result.effectiveness * result.quality_ratio
    assert result.index == pytest.approx(product, rel=1e-12)


def test_without_a_planned_cycle_time_it_is_refused_by_name() -> None:
    with pytest.raises(FlowError, match=r"^stations\.press: .*give 'cycle_time'"):
        shift(planned_run_s_per_item=None)


def test_a_station_that_never_ran_has_an_index_of_nothing() -> None:
    assert shift(production_s=0.0, produced=0, good=0) == Oee(0.0, None, None, 0.0)


def test_a_station_that_was_never_planned_has_none() -> None:
    assert shift(0.0, 0.0, produced=0, good=0) == Oee(None, None, None, None)


def test_only_scrap_has_no_quality() -> None:
    result = shift(good=0)
    assert (result.quality_ratio, result.index) == (0.0, 0.0)


def test_faster_than_planned_and_work_after_closing_pass_one() -> None:
    result = shift(production_s=30_000.0, planned_run_s_per_item=120.0)
    assert result.availability == pytest.approx(30_000 / 28_800)
    assert result.effectiveness == pytest.approx(1.2)


@pytest.mark.parametrize(
    ("given_as", "message"),
    [
        ({"planned_busy_s": -1.0}, "planned_busy_s is -1.0"),
        ({"production_s": math.inf}, "production_s is inf"),
        ({"production_s": math.nan}, "production_s is nan"),
        ({"planned_run_s_per_item": 0.0}, "planned_run_s_per_item is 0"),
        ({"planned_run_s_per_item": -2.0}, "planned_run_s_per_item is -2.0"),
        ({"good": 301}, "301 good of 300 produced"),
        ({"good": -1}, "-1 good of 300 produced"),
    ],
)
def test_misuse_is_refused(given_as: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=f"^press: {message}"):
        shift(**given_as)  # wrong on purpose, int or float
