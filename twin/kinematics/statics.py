"""What an arm's drives must give to hold it against gravity.

Source:
    Principle of virtual work: a drive's effort is the change of potential energy
    with its joint's value.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from twin.kinematics.arm import Arm
from twin.layout.urdf_parts import Inertial
from twin.transforms import Vector

# Source: standard acceleration of free fall, CGPM 1901.
STANDARD_GRAVITY_MPS2 = 9.80665


def carried_links(arm: Arm) -> dict[str, list[str]]:
    """Return, by driven joint, the links that move with it."""
    below: dict[str, list[str]] = {link.name: [link.name] for link in arm.robot.links}
    for joint in reversed(arm.robot.joints):
        below[joint.parent] += below[joint.child]
    return {joint.name: below[joint.child] for joint in arm.robot.arm_joints}


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
    efforts, _ = _loads(arm, inertials, q, payload_kg, carried_links(arm))
    return efforts


def _loads(
    arm: Arm,
    inertials: Mapping[str, Inertial],
    q: Vector,
    payload_kg: float,
    carried: Mapping[str, list[str]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return holding efforts, and inertias about each joint (kg*m2 or kg)."""
    poses = arm.link_poses(q)
    tip_m = arm.forward(q)[:3, 3]
    efforts = np.zeros(arm.n_joints)
    inertias = np.zeros(arm.n_joints)
    for place, joint in enumerate(arm.robot.arm_joints):
        world_from_joint = poses[joint.child]
        axis = world_from_joint[:3, :3] @ np.array(joint.axis)
        masses = [(payload_kg, tip_m, 0.0)]
        for name in carried[joint.name]:
            inertial = inertials[name]
            turn = poses[name][:3, :3]
            own = float(axis @ turn @ inertial.inertia_kgm2 @ turn.T @ axis)
            centre_m = turn @ inertial.centre_of_mass_m + poses[name][:3, 3]
            masses.append((inertial.mass_kg, centre_m, own))
        for mass_kg, centre_m, own in masses:
            if joint.slides:
                efforts[place] += mass_kg * STANDARD_GRAVITY_MPS2 * axis[2]
                inertias[place] += mass_kg
                continue
            moves = np.cross(axis, centre_m - world_from_joint[:3, 3])
            efforts[place] += mass_kg * STANDARD_GRAVITY_MPS2 * moves[2]
            inertias[place] += mass_kg * float(moves @ moves) + own
    return efforts, inertias


def largest_loads(
    arm: Arm,
    inertials: Mapping[str, Inertial],
    postures: NDArray[np.float64],
    payload_kg: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the largest holding effort and inertia of each joint, (n,) each."""
    carried = carried_links(arm)
    loads = [_loads(arm, inertials, q, payload_kg, carried) for q in postures]
    return (
        np.abs(np.array([effort for effort, _ in loads])).max(axis=0),
        np.array([inertia for _, inertia in loads]).max(axis=0),
    )
