"""Inverse kinematics in closed form, with one joint locked where there are seven.

Source:
    D. Ostermeier, J. Kuelz, M. Althoff, "Automatic geometric decomposition for
    analytical inverse kinematics", IEEE RA-L 2025 (the eaik library).
"""

from __future__ import annotations

import numpy as np
from eaik.pybindings.EAIK import Robot as Solver
from numpy.typing import NDArray

from twin.transforms import Matrix, Vector

LOCK_SAMPLES = 12
"""Values at which a seventh joint is locked: every 15 to 30 degrees of its range."""


class ClosedForm:
    """Six turning joints whose geometry eaik can take apart.

    Args:
        axes: Directions of the joints at zero, base frame, (n, 3).
        places: A point of each joint at zero, base frame, (n, 3).
        last_at_zero: Orientation of the last joint's link at zero, (3, 3).
        locked: A joint that is held and its value, if there are seven.
    """

    def __init__(
        self,
        axes: NDArray[np.float64],
        places: NDArray[np.float64],
        last_at_zero: Matrix,
        locked: tuple[int, float] | None = None,
    ) -> None:
        offsets = np.vstack([np.diff(places, axis=0, prepend=0.0), np.zeros(3)])
        fixed = [] if locked is None else [locked]
        self._solver = Solver(axes.T, offsets.T, np.eye(3), fixed, True)
        self._last_at_zero = last_at_zero
        self._n_joints = len(axes)
        self.is_known = bool(self._solver.has_known_decomposition())

    def answers(self, base_from_last: Matrix) -> NDArray[np.float64]:
        """Return what eaik answers and does not call an approximation, (k, n)."""
        target = base_from_last.copy()
        target[:3, :3] = base_from_last[:3, :3] @ self._last_at_zero.T
        answer = self._solver.calculate_IK(target)
        exact = [
            q for q, rough in zip(answer.Q, answer.is_LS, strict=True) if not rough
        ]
        answers = np.array(exact, dtype=np.float64).reshape(-1, self._n_joints)
        return answers[np.isfinite(answers).all(axis=1)]


def lock_values(lower_rad: float, upper_rad: float) -> Vector:
    """Return where to lock a joint of a range, ends left out."""
    if not (np.isfinite(lower_rad) and np.isfinite(upper_rad)):
        lower_rad, upper_rad = -np.pi, np.pi
    shares = (np.arange(LOCK_SAMPLES) + 0.5) / LOCK_SAMPLES
    return np.asarray(lower_rad + shares * (upper_rad - lower_rad))
