"""Inverse kinematics by damped least squares, from many starts at once.

Source:
    T. Sugihara, "Solvability-unconcerned inverse kinematics by the
    Levenberg-Marquardt method", IEEE Transactions on Robotics 27(5), 2011:
    damping by the squared error, plus a small constant.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.kinematics.chain import Chain
from twin.transforms import Matrix

MOST_STEPS = 80
"""A start that has not arrived by then will not: half as many suffice."""

_SMALL_DAMPING = 1e-9
_ARRIVED = 1e-10
_STUCK = 1e-7


def solve_from(
    chain: Chain,
    base_from_last: Matrix,
    starts: NDArray[np.float64],
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return where each start ends, (k, n); whether it is exact is to be checked.

    Values are kept inside the bounds in every step.

    Args:
        chain: The joints.
        base_from_last: Wanted pose of the last joint's link, (4, 4).
        starts: Joint values to start from, (k, n).
        lower: Least values, (n,); may be infinite.
        upper: Greatest values, (n,); may be infinite.
    """
    q = np.clip(starts, lower, upper)
    going = np.arange(len(q))
    identity = np.eye(chain.n_values)
    for _ in range(MOST_STEPS):
        pose, jacobian = chain.forward_and_jacobian(q[going])
        error = _error(base_from_last, pose)
        size = np.einsum("ki,ki->k", error, error)
        across = np.swapaxes(jacobian, 1, 2)
        damping = (0.5 * size + _SMALL_DAMPING)[:, None, None] * identity
        gradient = across @ error[:, :, None]
        change = np.linalg.solve(across @ jacobian + damping, gradient)[:, :, 0]
        after = np.clip(q[going] + change, lower, upper)
        moved = np.abs(after - q[going]).max(axis=1)
        q[going] = after
        # One that has arrived, or is stuck at a limit or in a dip, stays there.
        going = going[(size > _ARRIVED**2) & (moved > _STUCK)]
        if not len(going):
            break
    return q


def _error(wanted: Matrix, pose: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what leads from poses to the wanted one: m and rad, (k, 6)."""
    error = np.zeros((len(pose), 6))
    error[:, :3] = wanted[:3, 3] - pose[:, :3, 3]
    turn = wanted[:3, :3] @ np.swapaxes(pose[:, :3, :3], 1, 2)
    skew = 0.5 * np.stack(
        [
            turn[:, 2, 1] - turn[:, 1, 2],
            turn[:, 0, 2] - turn[:, 2, 0],
            turn[:, 1, 0] - turn[:, 0, 1],
        ],
        axis=1,
    )
    sine = np.linalg.norm(skew, axis=1)
    cosine = 0.5 * (np.trace(turn, axis1=1, axis2=2) - 1.0)
    angle = np.arctan2(sine, cosine)
    # Half a turn has no skew part: any axis serves, the next step sees more.
    flat = sine < 1e-9
    scale = np.where(flat, 1.0, angle / np.where(flat, 1.0, sine))
    error[:, 3:] = skew * scale[:, None]
    half = flat & (cosine < 0.0)
    error[half, 3:] = _half_turns(turn[half])
    return error


def _half_turns(turn: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return half turns as rotation vectors, (k, 3): R = 2 a a' - 1."""
    if not len(turn):
        return np.zeros((0, 3))
    outer = 0.5 * (turn + np.eye(3))
    largest = np.argmax(np.diagonal(outer, axis1=1, axis2=2), axis=1)
    axes = outer[np.arange(len(turn)), :, largest]
    unit = axes / np.linalg.norm(axes, axis=1, keepdims=True)
    return np.asarray(np.pi * unit)
