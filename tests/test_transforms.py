"""Rigid transforms form a group, and quaternions are rotations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from twin.transforms import (
    IDENTITY_WXYZ,
    Matrix,
    inverse,
    multiply_wxyz,
    pose_of,
    rotation_from_wxyz,
    transform,
    transform_points,
    wxyz_about,
    wxyz_from_rotation,
    wxyz_from_rpy,
    wxyz_from_xyzw,
    xyzw_from_wxyz,
)

TOLERANCE = 1e-9

coordinates = st.floats(-100.0, 100.0, allow_nan=False)
angles = st.floats(-10.0, 10.0, allow_nan=False)
points = st.tuples(coordinates, coordinates, coordinates)


@st.composite
def unit_wxyz(draw: st.DrawFn) -> np.ndarray:
    part = st.floats(-1.0, 1.0, allow_nan=False)
    raw = np.array(draw(st.tuples(part, part, part, part)))
    length = float(np.linalg.norm(raw))
    assume(length > 0.01)
    return raw / length


poses: st.SearchStrategy[Matrix] = st.builds(transform, points, unit_wxyz())


@given(poses, poses, poses)
def test_chains_associate(a: Matrix, b: Matrix, c: Matrix) -> None:
    assert_allclose((a @ b) @ c, a @ (b @ c), atol=TOLERANCE)


@given(poses)
def test_identity_changes_nothing(pose: Matrix) -> None:
    assert_allclose(transform() @ pose, pose, atol=0)
    assert_allclose(pose @ transform(), pose, atol=0)


@given(poses)
def test_an_inverse_undoes_from_either_side(pose: Matrix) -> None:
    assert_allclose(inverse(pose) @ pose, np.eye(4), atol=TOLERANCE)
    assert_allclose(pose @ inverse(pose), np.eye(4), atol=TOLERANCE)
    assert_allclose(inverse(inverse(pose)), pose, atol=TOLERANCE)


@given(poses, poses)
def test_a_chain_is_undone_backwards(a: Matrix, b: Matrix) -> None:
    assert_allclose(inverse(a @ b), inverse(b) @ inverse(a), atol=TOLERANCE)


@given(poses, poses, st.lists(points, max_size=5))
def test_points_follow_the_chain(
    a_from_b: Matrix, b_from_c: Matrix, in_c: list[tuple[float, float, float]]
) -> None:
    in_c_m = np.array(in_c, dtype=float).reshape(-1, 3)
    one_by_one = transform_points(a_from_b, transform_points(b_from_c, in_c_m))
    assert_allclose(
        transform_points(a_from_b @ b_from_c, in_c_m), one_by_one, atol=1e-8
    )
    assert one_by_one.shape == in_c_m.shape


@given(poses, points, points)
def test_distances_and_handedness_stay(
    pose: Matrix, one: tuple[float, float, float], two: tuple[float, float, float]
) -> None:
    moved = transform_points(pose, [one, two])
    before = math.dist(one, two)
    assert math.dist(moved[0], moved[1]) == pytest.approx(before, abs=TOLERANCE)
    assert np.linalg.det(pose[:3, :3]) == pytest.approx(1.0, abs=TOLERANCE)


@given(unit_wxyz())
def test_a_quaternion_comes_back_from_its_rotation(wxyz: np.ndarray) -> None:
    """A quaternion and its negative are one rotation; w >= 0 is the one we write."""
    back = wxyz_from_rotation(rotation_from_wxyz(wxyz))
    assert back[0] >= 0.0
    assert abs(float(back @ wxyz)) == pytest.approx(1.0, abs=TOLERANCE)


@pytest.mark.parametrize(
    "axis", [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 2, 3)]
)
def test_half_turns_come_back_though_w_is_zero(axis: tuple[int, int, int]) -> None:
    wxyz = wxyz_about(axis, math.pi)
    back = wxyz_from_rotation(rotation_from_wxyz(wxyz))
    assert abs(float(back @ wxyz)) == pytest.approx(1.0, abs=TOLERANCE)


@given(unit_wxyz(), unit_wxyz())
def test_the_product_of_quaternions_is_that_of_rotations(
    left: np.ndarray, right: np.ndarray
) -> None:
    product = rotation_from_wxyz(multiply_wxyz(left, right))
    expected = rotation_from_wxyz(left) @ rotation_from_wxyz(right)
    assert_allclose(product, expected, atol=TOLERANCE)


@given(unit_wxyz(), st.floats(1e-3, 1e3))
def test_a_quaternions_length_does_not_matter(wxyz: np.ndarray, length: float) -> None:
    assert_allclose(
        rotation_from_wxyz(wxyz * length), rotation_from_wxyz(wxyz), atol=TOLERANCE
    )


@pytest.mark.parametrize("bad", [(0, 0, 0, 0), (math.nan, 0, 0, 1)])
def test_a_quaternion_without_length_is_refused(bad: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="give a non-zero quaternion"):
        rotation_from_wxyz(bad)


@given(points, unit_wxyz())
def test_a_pose_comes_back_from_its_transform(
    position: tuple[float, float, float], wxyz: np.ndarray
) -> None:
    pose = transform(position, wxyz)
    position_back_m, wxyz_back = pose_of(pose)
    assert_allclose(position_back_m, position, atol=0)
    assert_allclose(transform(position_back_m, wxyz_back), pose, atol=TOLERANCE)
    position_back_m[:] = 0.0
    assert_allclose(pose[:3, 3], position, atol=0)


@given(angles, angles, angles)
def test_roll_pitch_yaw_turn_about_fixed_axes_in_that_order(
    roll: float, pitch: float, yaw: float
) -> None:
    """As URDF means it: Rz(yaw) Ry(pitch) Rx(roll)."""
    one_by_one = (
        rotation_from_wxyz(wxyz_about((0, 0, 1), yaw))
        @ rotation_from_wxyz(wxyz_about((0, 1, 0), pitch))
        @ rotation_from_wxyz(wxyz_about((1, 0, 0), roll))
    )
    at_once = rotation_from_wxyz(wxyz_from_rpy(roll, pitch, yaw))
    assert_allclose(at_once, one_by_one, atol=TOLERANCE)


@given(angles, st.floats(0.1, 10.0))
def test_a_turn_about_z_takes_x_towards_y(angle: float, axis_length: float) -> None:
    turned = rotation_from_wxyz(wxyz_about((0, 0, axis_length), angle)) @ [
        1.0,
        0.0,
        0.0,
    ]
    assert_allclose(turned, [math.cos(angle), math.sin(angle), 0.0], atol=TOLERANCE)


@given(unit_wxyz())
def test_the_order_of_components_changes_at_the_door_only(wxyz: np.ndarray) -> None:
    xyzw = xyzw_from_wxyz(wxyz)
    assert xyzw == (wxyz[1], wxyz[2], wxyz[3], wxyz[0])
    assert wxyz_from_xyzw(xyzw) == tuple(wxyz)


def test_identity_is_scalar_first() -> None:
    assert_allclose(rotation_from_wxyz(IDENTITY_WXYZ), np.eye(3), atol=0)
    assert xyzw_from_wxyz(IDENTITY_WXYZ) == (0.0, 0.0, 0.0, 1.0)
