"""A way around what stands between two postures."""

from __future__ import annotations

import itertools
import subprocess
import sys

import numpy as np
import pytest
from fleet import placed
from numpy.typing import NDArray

from twin.errors import KinematicsError, MissingPartError
from twin.kinematics import search
from twin.kinematics.choice import line_is_clear
from twin.kinematics.search import STEP, Space, search_way, shortened

FLAT = Space(np.full(2, -2.0), np.full(2, 2.0), np.ones(2))
START, GOAL = np.array([-1.0, 0.0]), np.array([1.0, 0.0])


def beside_the_wall(q: NDArray[np.float64]) -> bool:
    """A wall at the middle, open at the top."""
    return not (abs(float(q[0])) < 0.2 and float(q[1]) < 1.2)


def test_a_wall_is_gone_around() -> None:
    way = search_way(START, GOAL, FLAT, beside_the_wall, seed=3)
    np.testing.assert_array_equal(way[0], START)
    np.testing.assert_array_equal(way[-1], GOAL)
    assert way[:, 1].max() > 1.2
    clear_line = line_is_clear(beside_the_wall, STEP)
    assert all(clear_line(a, b) for a, b in itertools.pairwise(way))
    # Shortened: not much longer than the way over the wall's two corners.
    length = np.linalg.norm(np.diff(way, axis=0), axis=1).sum()
    assert length < 1.25 * (2 * np.hypot(0.8, 1.2) + 0.4)


def test_the_same_seed_is_the_same_way() -> None:
    one, two = (search_way(START, GOAL, FLAT, beside_the_wall, 3) for _ in range(2))
    np.testing.assert_array_equal(one, two)
    other = search_way(START, GOAL, FLAT, beside_the_wall, 4)
    assert other.shape != one.shape or not np.array_equal(one, other)


def test_the_same_seed_is_the_same_way_in_another_process() -> None:
    code = (
        "from test_search import *\n"
        "way = search_way(START, GOAL, FLAT, beside_the_wall, 3)\n"
        "print(*[v.hex() for v in way.ravel().tolist()])"
    )
    there = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    here = search_way(START, GOAL, FLAT, beside_the_wall, 3)
    assert there.stdout.split() == [v.hex() for v in here.ravel().tolist()]


def test_a_closed_wall_ends_after_counted_rounds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(search, "MOST_ROUNDS", 500)
    with pytest.raises(KinematicsError, match="no clear way after 500 rounds"):
        search_way(START, GOAL, FLAT, lambda q: abs(float(q[0])) > 0.2, 3)


def test_an_arm_goes_around_in_its_own_joints() -> None:
    """Axis 1 may not pass the middle unless axis 2 leans back."""
    arm = placed("kuka_kr16_2")
    space = Space(arm.lower, arm.upper, arm.velocity)
    start = np.array([-1.0, -1.0, 1.0, 0.0, 1.0, 0.0])
    goal = np.array([1.0, -1.0, 1.0, 0.0, 1.0, 0.0])

    def clear(q: NDArray[np.float64]) -> bool:
        return not (abs(float(q[0])) < 0.3 and float(q[1]) > -1.6)

    way = search_way(start, goal, space, clear, 5)
    assert all(arm.within_limits(q) for q in way)
    assert way[:, 1].min() < -1.6
    assert all(line_is_clear(clear, STEP)(a, b) for a, b in itertools.pairwise(way))


def test_shortening_keeps_ends_and_takes_no_longer() -> None:
    points = np.array([[-1.0, 0.0], [-1.0, 1.8], [0.0, 1.3], [1.0, 1.8], [1.0, 0.0]])
    way = shortened(points, line_is_clear(beside_the_wall), np.ones(2), 1)
    np.testing.assert_array_equal(way[[0, -1]], points[[0, -1]])

    def seconds(path: NDArray[np.float64]) -> float:
        return float(np.abs(np.diff(path, axis=0)).max(axis=1).sum())

    assert seconds(way) < seconds(points)


def test_without_ompl_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ompl", "ompl.base", "ompl.geometric", "ompl.util"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingPartError, match="pip install") as caught:
        search_way(START, GOAL, FLAT, beside_the_wall, 3)
    assert caught.value.exit_code == 3
    assert "\n" not in str(caught.value)
