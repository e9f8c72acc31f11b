"""Which inverse an arm has, and all its answers for a pose of its last link.

An arm of six turning joints is solved in closed form where its geometry allows;
one of seven with a joint locked at a row of values; everything else, sliding
joints included, by damped least squares from a fixed set of starts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from twin.kinematics.chain import Chain
from twin.kinematics.closed_form import ClosedForm, lock_values
from twin.kinematics.numeric import solve_from
from twin.layout.urdf_parts import UrdfJoint
from twin.rng import stream
from twin.transforms import Matrix, Vector

EXACT = 1e-6
"""Entries of a posture's pose, m and direction cosines, may miss the target by
this: 1 µm, far below what a controller resolves, far above rounding."""

N_STARTS = 48
"""Of a numeric inverse: at arms whose ways a closed form knows 48 find 93 % of them,
and always one (80 poses of a KR 16 and a KR 210)."""

_PROBES = 6
_PROBED_LOCKS = 3


class Inverse(Protocol):
    """Answers for a pose of the last link; limits are somebody else's."""

    def answers(self, base_from_last: Matrix) -> NDArray[np.float64]:
        """Return joint values, (k, n); some may be off and must be checked."""


class Locked:
    """Seven turning joints: closed form with one held at each of a row of values."""

    def __init__(self, solvers: Sequence[ClosedForm], fallback: Inverse) -> None:
        self._solvers = solvers
        self._fallback = fallback

    def answers(self, base_from_last: Matrix) -> NDArray[np.float64]:
        """Return answers at all values, and what least squares finds as well."""
        found = [solver.answers(base_from_last) for solver in self._solvers]
        return np.concatenate([*found, self._fallback.answers(base_from_last)])


class Numeric:
    """Damped least squares from the middle of the ranges and seeded starts.

    Args:
        chain: The joints.
        lower: Least values, (n,).
        upper: Greatest values, (n,).
        turns: Whether a joint turns, (n,).
        name: Of the robot: the starts belong to it.
        n_starts: How many.
    """

    def __init__(
        self,
        chain: Chain,
        lower: Vector,
        upper: Vector,
        turns: NDArray[np.bool_],
        name: str,
        n_starts: int = N_STARTS,
    ) -> None:
        self._chain = chain
        self._lower, self._upper = lower, upper
        low = np.where(np.isfinite(lower), lower, -np.pi)
        high = np.where(np.isfinite(upper), upper, np.pi)
        # Whole turns are counted afterwards: a start in one of them is enough.
        wide = turns & (high - low > 2.0 * np.pi)
        middle = np.where(
            wide, np.clip(0.0, low + np.pi, high - np.pi), (low + high) / 2
        )
        half = np.where(wide, np.pi, (high - low) / 2)
        shares = stream(0, f"{name}/starts").uniform(
            -1.0, 1.0, (n_starts - 1, len(low))
        )
        self._starts = np.vstack([middle, middle + shares * half])

    def answers(self, base_from_last: Matrix) -> NDArray[np.float64]:
        """Return where each start ends inside the limits."""
        return solve_from(
            self._chain, base_from_last, self._starts, self._lower, self._upper
        )

    def unbounded(self, base_from_last: Matrix) -> NDArray[np.float64]:
        """Return where each start ends if nothing limits the joints."""
        anywhere = np.full(len(self._lower), np.inf)
        return solve_from(
            self._chain, base_from_last, self._starts, -anywhere, anywhere
        )


def closed_form(
    joints: Sequence[UrdfJoint],
    base_from_joints: Sequence[Matrix],
    chain: Chain,
    numeric: Numeric,
) -> ClosedForm | Locked | None:
    """Return a closed-form inverse, or None where the geometry has none.

    Args:
        joints: Those with a drive, base first.
        base_from_joints: Their poses at zero, (4, 4) each.
        chain: The same joints, to check answers by.
        numeric: Adds postures that no locked value meets.
    """
    if any(joint.slides for joint in joints) or len(joints) not in (6, 7):
        return None
    axes = np.array(
        [
            pose[:3, :3] @ np.array(joint.axis)
            for joint, pose in zip(joints, base_from_joints, strict=True)
        ]
    )
    places = np.array([pose[:3, 3] for pose in base_from_joints])
    last_at_zero = base_from_joints[-1][:3, :3].copy()
    if len(joints) == 6:
        solver = ClosedForm(axes, places, last_at_zero)
        return solver if solver.is_known else None

    def locked(joint: int, value: float) -> ClosedForm:
        return ClosedForm(axes, places, last_at_zero, (joint, value))

    lower = np.array([joint.lower for joint in joints])
    upper = np.array([joint.upper for joint in joints])
    low = np.where(np.isfinite(lower), lower, -np.pi)
    high = np.where(np.isfinite(upper), upper, np.pi)
    rng = stream(0, "locked joint/probes")
    poses = chain.forward(low + rng.uniform(0.0, 1.0, (_PROBES, 7)) * (high - low))
    best, most = 0, 0
    for place in range(7):
        values = lock_values(lower[place], upper[place])
        probed = values[:: len(values) // _PROBED_LOCKS]
        solvers = [locked(place, float(value)) for value in probed]
        if not solvers[0].is_known:
            continue
        hits = sum(
            len(exact(chain, solver.answers(pose), pose)) > 0
            for solver in solvers
            for pose in poses
        )
        if hits > most:
            best, most = place, hits
    if not most:
        return None
    values = lock_values(lower[best], upper[best])
    return Locked([locked(best, float(value)) for value in values], numeric)


def exact(
    chain: Chain, answers: NDArray[np.float64], base_from_last: Matrix
) -> NDArray[np.float64]:
    """Return the answers that give the pose, (k, n)."""
    if not len(answers):
        return answers
    miss = np.abs(chain.forward(answers) - base_from_last).max(axis=(1, 2))
    kept: NDArray[np.float64] = answers[miss <= EXACT]
    return kept
