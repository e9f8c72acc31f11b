"""What a robot's drives can do: as stated, as the URDF says, or a stated estimate."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.errors import KinematicsError
from twin.kinematics.arm import Arm
from twin.kinematics.motion import Limits
from twin.kinematics.statics import largest_loads
from twin.layout.urdf_parts import Inertial
from twin.rng import stream

SPIN_UP_S = 0.4
"""From rest to full speed where no acceleration is stated: usual for six-axis arms."""

ROUND_OFF_S = 0.12
"""From no acceleration to the full one where no jerk is stated."""

RESERVE = 1.5
"""An estimated drive gives this many times what the arm asks of it at worst."""

_POSTURES = 200

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class JointStatement:
    """What a scenario says of a joint's drive; None where it is silent.

    Attributes:
        effort: Most it gives, N*m or N.
        acceleration: Most, rad/s2 or m/s2.
        jerk: Most, rad/s3 or m/s3.
        velocity: Most, rad/s or m/s; at most the URDF's.
    """

    effort: float | None = None
    acceleration: float | None = None
    jerk: float | None = None
    velocity: float | None = None


@dataclass(frozen=True, slots=True)
class Drives:
    """Limits of all of an arm's joints.

    Attributes:
        efforts: N*m or N, (n,).
        limits: Speeds, accelerations and jerks.
        estimated: Joints whose effort was estimated.
    """

    efforts: NDArray[np.float64]
    limits: Limits
    estimated: tuple[str, ...]


def settle_drives(
    arm: Arm,
    inertials: Mapping[str, Inertial],
    stated: Mapping[str, JointStatement],
    payload_kg: float,
) -> Drives:
    """Return what the drives can do, and warn of what had to be estimated.

    An effort that nobody states is ``RESERVE`` times the largest holding effort
    plus the largest inertia times the acceleration, over ``_POSTURES`` seeded
    postures with the payload at the tip.

    Args:
        arm: The arm with its heaviest tool's tip.
        inertials: What its links weigh, tool included.
        stated: By joint; wins over the URDF.
        payload_kg: Most that it carries beside the tool.

    Raises:
        KinematicsError: If a statement is for a joint that is not there, or asks
            for more speed than the URDF allows.
    """
    joints = arm.robot.arm_joints
    names = [joint.name for joint in joints]
    for name, statement in stated.items():
        if name not in names:
            raise KinematicsError(
                f"robot {arm.robot.name!r}: no joint {name!r} with a drive; known: "
                f"{', '.join(names)}"
            )
        allowed = float(arm.velocity[names.index(name)])
        if statement.velocity is not None and statement.velocity > allowed * (1 + 1e-9):
            raise KinematicsError(
                f"robot {arm.robot.name!r}: joint {name!r}: speed "
                f"{statement.velocity:g} is above its {allowed:g}; give at most that"
            )
    said = [stated.get(name, JointStatement()) for name in names]
    velocity = _either([one.velocity for one in said], arm.velocity)
    acceleration = _either([one.acceleration for one in said], velocity / SPIN_UP_S)
    jerk = _either([one.jerk for one in said], acceleration / ROUND_OFF_S)
    in_file = np.array([joint.effort for joint in joints])
    missing = [
        name
        for name, one, effort in zip(names, said, in_file, strict=True)
        if one.effort is None and effort <= 0.0
    ]
    efforts = _either([one.effort for one in said], in_file)
    if missing:
        low = np.where(np.isfinite(arm.lower), arm.lower, -np.pi)
        high = np.where(np.isfinite(arm.upper), arm.upper, np.pi)
        shares = stream(0, f"{arm.robot.name}/loads").uniform(
            size=(_POSTURES, len(joints))
        )
        holding, inertia = largest_loads(
            arm, inertials, low + shares * (high - low), payload_kg
        )
        needed = RESERVE * (holding + inertia * acceleration)
        lacking = np.isin(names, missing)
        efforts = np.where(lacking, needed, efforts)
        _LOG.warning(
            "robot %r: no effort for %s: estimated as %g times holding and "
            "accelerating %g kg at worst; state 'torque' or 'force' in the scenario",
            arm.robot.name,
            ", ".join(missing),
            RESERVE,
            payload_kg,
        )
    return Drives(efforts, Limits(velocity, acceleration, jerk), tuple(missing))


def _either(
    stated: list[float | None], else_: NDArray[np.float64]
) -> NDArray[np.float64]:
    return np.array(
        [
            float(other) if value is None else value
            for value, other in zip(stated, else_, strict=True)
        ]
    )
