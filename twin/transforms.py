"""Poses, quaternions and 4x4 transforms, all float64.

Right-handed frames, +Z up, column vectors. ``a_from_b`` takes coordinates in b
to coordinates in a, so chains read by name: ``a_from_c = a_from_b @ b_from_c``.
Quaternions are unit and ordered ``w, x, y, z``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]

IDENTITY_WXYZ: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 0.0)


def rotation_from_wxyz(wxyz: ArrayLike) -> Matrix:
    """Return the 3x3 rotation of a quaternion.

    Args:
        wxyz: Quaternion, (4,) float; any non-zero length.

    Returns:
        Rotation matrix, (3, 3) float64.

    Raises:
        ValueError: If the quaternion has no length.
    """
    quaternion = np.asarray(wxyz, dtype=np.float64)
    length = float(np.linalg.norm(quaternion))
    if not length > 0.0:
        raise ValueError(f"wxyz: got {quaternion.tolist()}; give a non-zero quaternion")
    w, x, y, z = quaternion / length
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def wxyz_from_rotation(rotation: ArrayLike) -> Vector:
    """Return the quaternion of a 3x3 rotation, with w >= 0.

    Source:
        S. W. Shepperd, "Quaternion from rotation matrix", Journal of Guidance
        and Control 1(3), 1978: divide by the largest component.
    """
    r = np.asarray(rotation, dtype=np.float64)
    trace = float(np.trace(r))
    squares = np.array([trace, r[0, 0], r[1, 1], r[2, 2]])
    largest = int(np.argmax(squares))
    if largest == 0:
        q = np.array(
            [1 + trace, r[2, 1] - r[1, 2], r[0, 2] - r[2, 0], r[1, 0] - r[0, 1]]
        )
    elif largest == 1:
        q = np.array(
            [
                r[2, 1] - r[1, 2],
                1 + r[0, 0] - r[1, 1] - r[2, 2],
                r[0, 1] + r[1, 0],
                r[0, 2] + r[2, 0],
            ]
        )
    elif largest == 2:
        q = np.array(
            [
                r[0, 2] - r[2, 0],
                r[0, 1] + r[1, 0],
                1 - r[0, 0] + r[1, 1] - r[2, 2],
                r[1, 2] + r[2, 1],
            ]
        )
    else:
        q = np.array(
            [
                r[1, 0] - r[0, 1],
                r[0, 2] + r[2, 0],
                r[1, 2] + r[2, 1],
                1 - r[0, 0] - r[1, 1] + r[2, 2],
            ]
        )
    q = q / np.linalg.norm(q)
    unit: Vector = -q if q[0] < 0 else q
    return unit


def wxyz_from_rpy(roll_rad: float, pitch_rad: float, yaw_rad: float) -> Vector:
    """Return the quaternion of fixed-axis roll, pitch, yaw (URDF's convention)."""
    cr, sr = np.cos(roll_rad / 2), np.sin(roll_rad / 2)
    cp, sp = np.cos(pitch_rad / 2), np.sin(pitch_rad / 2)
    cy, sy = np.cos(yaw_rad / 2), np.sin(yaw_rad / 2)
    return np.array(
        [
            cr * cp * cy + sr * sp * sy,
            sr * cp * cy - cr * sp * sy,
            cr * sp * cy + sr * cp * sy,
            cr * cp * sy - sr * sp * cy,
        ]
    )


def wxyz_about(axis: ArrayLike, angle_rad: float) -> Vector:
    """Return the quaternion that turns by ``angle_rad`` about ``axis``."""
    direction = np.asarray(axis, dtype=np.float64)
    direction = direction / np.linalg.norm(direction)
    return np.concatenate(([np.cos(angle_rad / 2)], np.sin(angle_rad / 2) * direction))


def transform(
    position_m: ArrayLike = (0.0, 0.0, 0.0), wxyz: ArrayLike = IDENTITY_WXYZ
) -> Matrix:
    """Return the 4x4 transform of a pose: ``parent_from_child``."""
    matrix = np.eye(4)
    matrix[:3, :3] = rotation_from_wxyz(wxyz)
    matrix[:3, 3] = np.asarray(position_m, dtype=np.float64)
    return matrix


def pose_of(a_from_b: Matrix) -> tuple[Vector, Vector]:
    """Return position (3,) m and quaternion (4,) wxyz of a 4x4 transform."""
    return a_from_b[:3, 3].copy(), wxyz_from_rotation(a_from_b[:3, :3])


def inverse(a_from_b: Matrix) -> Matrix:
    """Return ``b_from_a`` of a rigid 4x4 transform."""
    b_from_a = np.eye(4)
    rotation = a_from_b[:3, :3].T
    b_from_a[:3, :3] = rotation
    b_from_a[:3, 3] = -rotation @ a_from_b[:3, 3]
    return b_from_a


def transform_points(a_from_b: Matrix, points_in_b_m: ArrayLike) -> Matrix:
    """Return points given in b, (n, 3) float, in coordinates of a, (n, 3)."""
    points = np.asarray(points_in_b_m, dtype=np.float64)
    moved: Matrix = points @ a_from_b[:3, :3].T + a_from_b[:3, 3]
    return moved


def multiply_wxyz(left: ArrayLike, right: ArrayLike) -> Vector:
    """Return the Hamilton product: turn by ``right``, then by ``left``."""
    lw, lx, ly, lz = np.asarray(left, dtype=np.float64)
    rw, rx, ry, rz = np.asarray(right, dtype=np.float64)
    return np.array(
        [
            lw * rw - lx * rx - ly * ry - lz * rz,
            lw * rx + lx * rw + ly * rz - lz * ry,
            lw * ry - lx * rz + ly * rw + lz * rx,
            lw * rz + lx * ry - ly * rx + lz * rw,
        ]
    )


def wxyz_from_xyzw(xyzw: Sequence[float]) -> tuple[float, float, float, float]:
    """Return a scalar-last quaternion (pybullet's order) scalar-first."""
    return (xyzw[3], xyzw[0], xyzw[1], xyzw[2])


def xyzw_from_wxyz(wxyz: Sequence[float] | Vector) -> tuple[float, float, float, float]:
    """Return a scalar-first quaternion scalar-last (pybullet's order)."""
    return (float(wxyz[1]), float(wxyz[2]), float(wxyz[3]), float(wxyz[0]))
