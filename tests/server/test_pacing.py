from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.pacing import Achieved, Pace

DT_S = 1 / 240


@given(speed=st.sampled_from([0.5, 1.0, 3.0, 20.0]), slices=st.integers(1, 200))
def test_ticks_follow_wall_time_without_drift(speed: float, slices: int) -> None:
    pace, tick = Pace(DT_S, speed), 0
    pace.restart(100.0, 0)
    for number in range(1, slices + 1):
        tick += pace.ticks_due(100.0 + number / 30, tick)
    assert tick == int(slices / 30 * speed * 240 + 1e-6)


def test_nothing_is_due_at_once_or_to_an_engine_ahead() -> None:
    pace = Pace(DT_S, 1.0)
    pace.restart(5.0, 100)
    assert pace.ticks_due(5.0, 100) == 0
    assert pace.ticks_due(5.0 + 10 * DT_S, 150) == 0


def test_lag_past_a_quarter_second_is_forgiven() -> None:
    pace = Pace(DT_S, 2.0)
    pace.restart(0.0, 0)
    assert pace.ticks_due(60.0, 0) == 120
    assert pace.ticks_due(60.0, 120) == 0
    assert pace.ticks_due(60.1, 120) == 48


def test_achieved_speed_is_simulated_over_wall_time() -> None:
    achieved = Achieved(DT_S)
    achieved.restart(10.0, 240)
    assert achieved.over(12.0, 240 + 960) == pytest.approx(2.0)
    assert achieved.over(13.0, 240 + 960) == 0.0
    assert achieved.over(13.0, 240 + 960) == 0.0
