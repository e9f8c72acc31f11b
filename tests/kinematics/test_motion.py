"""Motion: straight, from rest to rest, never over a limit and no slower than needed."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kuka import HOME_RAD, UNDER_THE_PACK_RAD, arm, limits
from numpy.typing import NDArray

from twin.errors import KinematicsError
from twin.kinematics.motion import (
    Limits,
    LineLimits,
    Trajectory,
    plan_joint_path,
    plan_line,
)
from twin.transforms import inverse, pose_of, transform, wxyz_about

LINE = LineLimits(0.1, 0.5, 4.0)

angle = st.floats(-3.0, 3.0)
posture = st.lists(angle, min_size=6, max_size=6).map(np.array)
size = st.floats(0.05, 50.0)
sizes = st.lists(size, min_size=6, max_size=6).map(np.array)


def peaks(trajectory: Trajectory, allowed: Limits) -> tuple[float, float, float]:
    """Return the largest speed, acceleration and jerk as shares of their limits."""
    dt_s = trajectory.duration_s / 4000.5
    _, qd, qdd = trajectory.sampled(dt_s)
    qd, qdd = qd[:-1], qdd[:-1]
    jerk = np.diff(qdd, axis=0) / dt_s
    return (
        float((np.abs(qd) / allowed.velocity).max()),
        float((np.abs(qdd) / allowed.acceleration).max()),
        float((np.abs(jerk) / allowed.jerk).max()),
    )


def test_one_joint_takes_the_textbook_time() -> None:
    """Rest to rest over a long way takes L/v + v/a + a/j."""
    one = Limits(np.array([2.0]), np.array([4.0]), np.array([20.0]))
    moved = plan_joint_path([[1.0], [11.0]], one)
    assert moved.duration_s == pytest.approx(10.0 / 2.0 + 2.0 / 4.0 + 4.0 / 20.0)
    half = moved.sample(moved.duration_s / 2)
    np.testing.assert_allclose(half, [[6.0], [2.0], [0.0]], atol=1e-9)


def test_a_short_way_is_all_jerk() -> None:
    """Four equal phases of full jerk: L = 2 j (T/4)^3."""
    one = Limits(np.array([100.0]), np.array([100.0]), np.array([16.0]))
    moved = plan_joint_path([[0.0], [0.5]], one)
    assert moved.duration_s == pytest.approx(4.0 * (0.5 / 32.0) ** (1 / 3))


@given(start=posture, end=posture, speed=sizes, ramp=sizes, jerk=sizes)
def test_never_over_a_limit_and_as_fast_as_they_allow(
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    speed: NDArray[np.float64],
    ramp: NDArray[np.float64],
    jerk: NDArray[np.float64],
) -> None:
    allowed = Limits(speed, ramp, jerk)
    trajectory = plan_joint_path([start, end], allowed)
    if trajectory.duration_s == 0.0:
        assert np.abs(end - start).max() < 1e-12
        return
    shares = peaks(trajectory, allowed)
    assert max(shares) <= 1.0 + 1e-5
    # Some limit binds, or the motion could be faster.
    assert max(shares) > 0.98


@given(points=st.lists(posture, min_size=2, max_size=4), dt_s=st.floats(0.004, 0.2))
def test_joints_stay_on_straight_lines_through_all_points(
    points: list[NDArray[np.float64]], dt_s: float
) -> None:
    trajectory = plan_joint_path(points, limits())
    q, qd, _ = trajectory.sampled(dt_s)
    assert len(q) == math.ceil(trajectory.duration_s / dt_s - 1e-9)
    if len(q) == 0:
        return
    np.testing.assert_array_equal(q[-1], points[-1])
    np.testing.assert_array_equal(qd[-1], 0.0)
    ends = list(itertools.pairwise(points))
    for row in q:
        assert min(_distance(row, start, end) for start, end in ends) < 1e-9


def _distance(
    point: NDArray[np.float64], start: NDArray[np.float64], end: NDArray[np.float64]
) -> float:
    way = end - start
    length2 = float(way @ way)
    share = 0.0 if length2 == 0.0 else float((point - start) @ way) / length2
    return float(np.linalg.norm(start + min(max(share, 0.0), 1.0) * way - point))


def test_it_rests_at_each_point_on_the_way() -> None:
    points = [HOME_RAD, np.zeros(6), UNDER_THE_PACK_RAD]
    first = plan_joint_path(points[:2], limits()).duration_s
    whole = plan_joint_path(points, limits())
    q, qd, _ = whole.sample(first)
    np.testing.assert_allclose(q, points[1], atol=1e-9)
    np.testing.assert_allclose(qd, 0.0, atol=1e-9)
    second = plan_joint_path(points[1:], limits()).duration_s
    assert whole.duration_s == pytest.approx(first + second)


def test_speed_is_the_slope_of_the_way() -> None:
    trajectory = plan_joint_path([HOME_RAD, UNDER_THE_PACK_RAD], limits())
    for t in np.linspace(0.01, trajectory.duration_s - 0.01, 50):
        before, now, after = (trajectory.sample(float(t + d)) for d in (-1e-5, 0, 1e-5))
        np.testing.assert_allclose((after[0] - before[0]) / 2e-5, now[1], atol=1e-6)
        np.testing.assert_allclose((after[1] - before[1]) / 2e-5, now[2], atol=1e-3)


def test_before_and_after_it_rests() -> None:
    trajectory = plan_joint_path([HOME_RAD, UNDER_THE_PACK_RAD], limits())
    np.testing.assert_array_equal(trajectory.sample(0.0)[0], HOME_RAD)
    np.testing.assert_array_equal(trajectory.sample(1e3)[0], UNDER_THE_PACK_RAD)
    np.testing.assert_array_equal(trajectory.sample(1e3)[1], np.zeros(6))


def test_nothing_to_do_takes_no_time() -> None:
    trajectory = plan_joint_path([HOME_RAD, HOME_RAD], limits())
    assert trajectory.duration_s == 0.0
    assert trajectory.sampled(0.1)[0].shape == (0, 6)
    still = plan_line(arm(), HOME_RAD, arm().forward(HOME_RAD), LINE, limits())
    assert still.duration_s == 0.0


@pytest.mark.parametrize("depth_m", [0.06, 0.17, -0.05])
def test_a_tool_line_is_straight_and_keeps_its_speed(depth_m: float) -> None:
    start = arm().forward(UNDER_THE_PACK_RAD)
    end = start.copy()
    end[2, 3] -= depth_m
    trajectory = plan_line(arm(), UNDER_THE_PACK_RAD, end, LINE, limits())
    q, qd, _ = trajectory.sampled(1.0 / 240.0)
    poses = np.array([arm().forward(row) for row in q])
    np.testing.assert_allclose(poses[:, :2, 3] - start[:2, 3], 0.0, atol=2e-6)
    turned = poses[:, :3, :3] - start[:3, :3]
    np.testing.assert_allclose(turned, 0.0, atol=1e-5)
    np.testing.assert_allclose(poses[-1], end, atol=2e-6)
    speed = np.abs(np.diff(poses[:, 2, 3])) * 240.0
    assert float(speed.max()) <= LINE.speed_mps * (1.0 + 1e-3)
    expected = abs(depth_m) / 0.1 + 0.1 / 0.5 + 0.5 / 4.0
    assert trajectory.duration_s == pytest.approx(expected)
    assert float(np.abs(qd[-1]).max()) == 0.0


def test_a_tool_line_may_turn_the_tool() -> None:
    start = arm().forward(UNDER_THE_PACK_RAD)
    turn = transform((0.05, 0.0, -0.1), wxyz_about((0.3, 1.0, 0.0), 0.2))
    trajectory = plan_line(arm(), UNDER_THE_PACK_RAD, start @ turn, LINE, limits())
    np.testing.assert_allclose(arm().forward(trajectory.end), start @ turn, atol=2e-6)
    middle = inverse(start) @ arm().forward(
        trajectory.sample(trajectory.duration_s / 2)[0]
    )
    place, wxyz = pose_of(middle)
    np.testing.assert_allclose(place, [0.025, 0.0, -0.05], atol=1e-4)
    np.testing.assert_allclose(2.0 * math.acos(wxyz[0]), 0.1, atol=1e-4)


@settings(max_examples=30)
@given(
    x=st.floats(-0.3, 0.3),
    y=st.floats(-0.3, 0.3),
    z=st.floats(-0.15, 0.05),
    speed=st.floats(0.2, 20.0),
)
def test_joints_slow_a_hasty_line_down(
    x: float, y: float, z: float, speed: float
) -> None:
    end = arm().forward(UNDER_THE_PACK_RAD) @ transform((x, y, z))
    hasty = LineLimits(speed, 20.0 * speed, 400.0 * speed)
    trajectory = plan_line(arm(), UNDER_THE_PACK_RAD, end, hasty, limits())
    if trajectory.duration_s > 0.0:
        assert max(peaks(trajectory, limits())) <= 1.0


def test_a_line_out_of_reach_says_where() -> None:
    far = arm().forward(UNDER_THE_PACK_RAD) @ transform((0.0, 0.0, 2.5))
    with pytest.raises(KinematicsError, match=r"tool line: at \d+ % of it: "):
        plan_line(arm(), UNDER_THE_PACK_RAD, far, LINE, limits())


def test_limits_are_above_zero() -> None:
    with pytest.raises(ValueError, match="jerk: got"):
        Limits(np.ones(2), np.ones(2), np.array([1.0, 0.0]))


def test_waypoints_fit_the_joints() -> None:
    with pytest.raises(ValueError, match=r"waypoints: expected \(m, 6\), got \(2, 5\)"):
        plan_joint_path(np.zeros((2, 5)), limits())
