"""What an arm's drives must give to hold it against gravity.

Source:
    Principle of virtual work: a drive's effort is the change of potential energy
    with its joint's value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.kinematics.arm import Arm
from twin.layout.urdf_parts import Inertial
from twin.transforms import Vector

# Source: standard acceleration of free fall, CGPM 1901.
STANDARD_GRAVITY_MPS2 = 9.80665


PAYLOAD_LEVER_M = 0.15
"""A payload's middle is this far beside the line through the tool's tip, whichever
way is worst: what a gripper holds is seldom centred on the last axis."""


@dataclass(frozen=True, slots=True)
class _Weights:
    """What hangs on the joints: links in a row, and the payload as the last."""

    names: tuple[str, ...]
    mass_kg: NDArray[np.float64]
    centre_of_mass_m: NDArray[np.float64]
    inertia_kgm2: NDArray[np.float64]
    carried: NDArray[np.bool_]


def _weights(
    arm: Arm, inertials: Mapping[str, Inertial], payload_kg: float
) -> _Weights:
    """Return the links' inertials as arrays, and which joint moves which."""
    names = tuple(link.name for link in arm.robot.links)
    below: dict[str, set[str]] = {name: {name} for name in names}
    for joint in reversed(arm.robot.joints):
        below[joint.parent] |= below[joint.child]
    links = [inertials[name] for name in names]
    return _Weights(
        names,
        np.array([*(link.mass_kg for link in links), payload_kg]),
        np.array([link.centre_of_mass_m for link in links]),
        np.array([*(link.inertia_kgm2 for link in links), np.zeros((3, 3))]),
        np.array(
            [
                [*(name in below[joint.child] for name in names), True]
                for joint in arm.robot.arm_joints
            ]
        ),
    )


def holding_efforts(
    arm: Arm, inertials: Mapping[str, Inertial], q: Vector, payload_kg: float = 0.0
) -> NDArray[np.float64]:
    """Return the efforts that hold a posture, N*m or N, (n,).

    Args:
        arm: The arm at its place.
        inertials: What its links weigh.
        q: The posture, (n,).
        payload_kg: At the tool's tip.
    """
    efforts, _ = _loads(arm, _weights(arm, inertials, payload_kg), q)
    return efforts


def _loads(
    arm: Arm, weights: _Weights, q: Vector
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return holding efforts, and inertias about each joint (kg*m2 or kg)."""
    poses = arm.link_poses(q)
    at = np.array([poses[name] for name in weights.names])
    centres_m = np.einsum("lij,lj->li", at[:, :3, :3], weights.centre_of_mass_m)
    centres_m = np.vstack([centres_m + at[:, :3, 3], arm.forward(q)[:3, 3]])
    turns = np.concatenate([at[:, :3, :3], np.eye(3)[None]])
    efforts = np.zeros(arm.n_joints)
    inertias = np.zeros(arm.n_joints)
    for place, joint in enumerate(arm.robot.arm_joints):
        world_from_joint = poses[joint.child]
        axis = world_from_joint[:3, :3] @ np.array(joint.axis)
        mass_kg = np.where(weights.carried[place], weights.mass_kg, 0.0)
        if joint.slides:
            efforts[place] = mass_kg.sum() * STANDARD_GRAVITY_MPS2 * axis[2]
            inertias[place] = mass_kg.sum()
            continue
        x, y, z = axis.tolist()
        across = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
        # As a product, since np.cross takes ten times as long for so few.
        moves = (centres_m - world_from_joint[:3, 3]) @ across.T
        efforts[place] = STANDARD_GRAVITY_MPS2 * float(mass_kg @ moves[:, 2])
        along = axis @ turns
        own = np.einsum("li,lij,lj->l", along, weights.inertia_kgm2, along)
        inertias[place] = float(
            mass_kg @ np.einsum("li,li->l", moves, moves) + own @ weights.carried[place]
        )
    return efforts, inertias


def largest_loads(
    arm: Arm,
    inertials: Mapping[str, Inertial],
    postures: NDArray[np.float64],
    payload_kg: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the largest holding effort and inertia of each joint, (n,) each.

    The payload counts as ``PAYLOAD_LEVER_M`` beside the tip for joints that turn.
    """
    weights = _weights(arm, inertials, payload_kg)
    loads = [_loads(arm, weights, q) for q in postures]
    beside = np.where(arm.slides, 0.0, PAYLOAD_LEVER_M)
    holding = np.abs(np.array([effort for effort, _ in loads])).max(axis=0)
    inertia = np.array([inertia for _, inertia in loads]).max(axis=0)
    return (
        holding + payload_kg * STANDARD_GRAVITY_MPS2 * beside,
        inertia + payload_kg * beside**2,
    )
