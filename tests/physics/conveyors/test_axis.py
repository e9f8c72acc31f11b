"""Axes: from rest to rest, exactly, within their limits. No physics is needed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.physics.conveyors.axis import Axis

DT_S = 1 / 240


def run(axis: Axis, n: int) -> list[tuple[float, float]]:
    """Let an axis go on; return where each step begins, and the speed through it."""
    rows = []
    for _ in range(n):
        axis.before_step()
        rows.append((axis.position, axis.speed))
    return rows


def test_it_takes_the_time_of_a_trapezoid() -> None:
    axis = Axis(DT_S, 0.3, 0.5)
    axis.move_to(1.0)
    ticks = 0
    while not axis.arrived:
        axis.before_step()
        ticks += 1
    assert ticks * DT_S == pytest.approx(1.0 / 0.3 + 0.3 / 0.5, abs=DT_S)
    axis.before_step()
    assert (axis.position, axis.speed) == (1.0, 0.0)


def test_it_comes_to_rest_before_it_turns_back() -> None:
    axis = Axis(DT_S, 0.3, 0.5)
    axis.move_to(1.0)
    run(axis, 400)
    axis.move_to(0.0)
    rows = run(axis, 2000)
    assert max(position for position, _ in rows) == pytest.approx(
        rows[0][0] + 0.3**2 / (2 * 0.5), abs=2e-3
    )
    assert rows[-1] == (0.0, 0.0)


def test_a_tripped_axis_ramps_down_and_stays() -> None:
    axis = Axis(DT_S, 0.3, 0.5)
    axis.move_to(1.0)
    run(axis, 400)
    axis.trip()
    place = run(axis, 400)[-1][0]
    assert 0.4 < place < 0.7
    axis.move_to(0.0)
    assert run(axis, 400)[-1] == (place, 0.0)
    axis.reset()
    assert run(axis, 400)[-1] == (place, 0.0)
    axis.move_to(1.0)
    assert run(axis, 2000)[-1] == (1.0, 0.0)


def test_a_seized_axis_stands_at_once() -> None:
    axis = Axis(DT_S, 0.3, 0.5)
    axis.move_to(1.0)
    run(axis, 400)
    axis.seize()
    rows = run(axis, 100)
    assert {speed for _, speed in rows} == {0.0}
    assert len({position for position, _ in rows}) == 1
    assert not axis.arrived


@given(
    st.lists(st.tuples(st.floats(-3.0, 3.0), st.integers(1, 900)), max_size=5),
    st.floats(0.05, 2.0),
    st.floats(0.1, 5.0),
)
def test_it_ends_where_it_was_told_and_never_hurries(
    goals: list[tuple[float, int]], speed: float, acceleration: float
) -> None:
    axis = Axis(DT_S, speed, acceleration)
    place, going = 0.0, 0.0
    for goal, n in [*goals, (0.5, 1), (0.5, 60_000)]:
        axis.move_to(goal)
        for position, through in run(axis, n):
            # Where a step begins is where the one before has ended.
            assert position == pytest.approx(place, abs=1e-9)
            assert abs(through) <= speed * (1 + 1e-9)
            assert abs(through - going) <= acceleration * DT_S * (1 + 1e-6) + 1e-9
            place, going = position + through * DT_S, through
            if n == 60_000 and axis.arrived:
                break
    axis.before_step()
    assert (axis.position, axis.speed) == (0.5, 0.0)
