"""Choosing postures and ways: the quickest that is allowed, and few questions."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kuka import HOME_RAD, UNDER_THE_PACK_RAD, limits
from numpy.typing import NDArray

from twin.errors import KinematicsError
from twin.kinematics.choice import (
    choose_branches,
    find_way,
    line_is_clear,
    travel_time_s,
)
from twin.kinematics.motion import Limits, plan_joint_path

Vector = NDArray[np.float64]

EVEN = Limits(np.ones(2), np.full(2, 2.0), np.full(2, 50.0))


def seconds(points: list[Vector], allowed: Limits) -> float:
    return sum(
        float(travel_time_s(b - a, allowed)) for a, b in itertools.pairwise(points)
    )


@given(
    st.lists(
        st.lists(
            st.tuples(st.floats(-3, 3), st.floats(-3, 3)).map(np.array),
            min_size=1,
            max_size=4,
        ),
        min_size=1,
        max_size=4,
    )
)
def test_no_other_choice_is_quicker(layers: list[list[Vector]]) -> None:
    start = np.zeros(2)
    chosen = choose_branches(start, [np.array(layer) for layer in layers], EVEN)
    for pick, layer in zip(chosen, layers, strict=True):
        assert any(np.array_equal(pick, option) for option in layer)
    best = min(seconds([start, *tour], EVEN) for tour in itertools.product(*layers))
    assert seconds([start, *chosen], EVEN) == pytest.approx(best)


def test_travel_time_is_near_the_planned_motions() -> None:
    """Jerk left out, the estimate is a lower bound, and a close one."""
    planned = plan_joint_path([HOME_RAD, UNDER_THE_PACK_RAD], limits()).duration_s
    estimate = float(travel_time_s(UNDER_THE_PACK_RAD - HOME_RAD, limits()))
    assert 0.8 * planned < estimate <= planned


def test_refused_postures_are_left_out_and_few_are_asked() -> None:
    asked: list[float] = []

    def clear(q: Vector) -> bool:
        asked.append(float(q[0]))
        return bool(abs(q[0]) >= 1.0)

    layer = np.array([[0.1, 0.0], [-0.2, 0.0], [1.5, 0.0], [2.0, 0.0], [3.0, 0.0]])
    (chosen,) = choose_branches(np.zeros(2), [layer], EVEN, clear=clear)
    assert chosen.tolist() == [1.5, 0.0]
    assert asked == [0.1, -0.2, 1.5]


def test_refused_lines_are_left_out() -> None:
    first = np.array([[0.0, 1.0]])
    second = np.array([[0.0, 1.1], [0.0, 5.0]])

    def clear_line(start: Vector, end: Vector) -> bool:
        return bool(end[1] > 4.0)

    chosen = choose_branches(np.zeros(2), [first, second], EVEN, clear_line=clear_line)
    assert chosen[1].tolist() == [0.0, 5.0]


def test_a_target_without_way_is_named() -> None:
    layer = np.array([[0.0, 0.0]])
    with pytest.raises(KinematicsError, match="target 2: no posture"):
        choose_branches(np.zeros(2), [layer, np.zeros((0, 2))], EVEN)
    with pytest.raises(KinematicsError, match="target 1: every posture"):
        choose_branches(np.zeros(2), [layer, layer], EVEN, clear=lambda q: False)
    with pytest.raises(KinematicsError, match="target 2: every posture or every move"):
        choose_branches(
            np.zeros(2), [layer, layer], EVEN, clear_line=lambda a, b: False
        )
    assert choose_branches(np.zeros(2), [], EVEN) == []


def in_the_open(q: Vector) -> bool:
    """A wall at 0 from -2 up to 2 on the second axis."""
    return bool(abs(q[0]) > 0.1 or abs(q[1]) > 2.0)


VIAS = [np.array([x, y]) for x in (-1.0, 0.0, 1.0) for y in (-2.5, 0.0, 2.2)]


def test_a_clear_way_is_direct_and_asks_once() -> None:
    asked: list[int] = []

    def clear_line(start: Vector, end: Vector) -> bool:
        asked.append(1)
        return True

    way = find_way([-1.0, 0.5], [1.0, 0.5], VIAS, EVEN, clear_line)
    assert way.tolist() == [[-1.0, 0.5], [1.0, 0.5]]
    assert len(asked) == 1


def test_a_wall_is_passed_on_the_nearer_side() -> None:
    clear_line = line_is_clear(in_the_open)
    way = find_way([-1.0, 0.5], [1.0, 0.5], VIAS, EVEN, clear_line)
    assert way.tolist() == [[-1.0, 0.5], [0.0, 2.2], [1.0, 0.5]]
    for start, end in itertools.pairwise(way):
        for share in np.linspace(0.0, 1.0, 101):
            assert in_the_open(start + share * (end - start))


def test_no_way_round_says_so() -> None:
    with pytest.raises(KinematicsError, match="no clear way over 1 via postures"):
        find_way([-1.0, 0.5], [1.0, 0.5], VIAS[:1], EVEN, line_is_clear(in_the_open))


def test_a_line_is_looked_at_closely_and_at_both_ends() -> None:
    seen: list[float] = []

    def clear(q: Vector) -> bool:
        seen.append(float(q[0]))
        return True

    assert line_is_clear(clear, step_rad=0.04)(np.zeros(2), np.array([1.0, 0.3]))
    assert seen[0] == 0.0
    assert seen[-1] == 1.0
    assert max(np.diff(seen)) <= 0.04 + 1e-12
