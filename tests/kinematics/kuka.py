"""The real arm with a tool, as the kinematics tests use it."""

from __future__ import annotations

import dataclasses
import math
from functools import cache

import numpy as np

from twin.kinematics.arm import Arm
from twin.kinematics.motion import Limits
from twin.layout.robots import RobotModel, load_robot
from twin.transforms import transform, wxyz_about

TOOL_M = 0.55


@cache
def robot() -> RobotModel:
    """The KR 210 L150."""
    return load_robot("kuka_kr210_l150")


@cache
def arm() -> Arm:
    """The robot beside a car, turned to it, with a straight tool."""
    return Arm(
        robot(),
        transform((0.2, -2.4, 0.1), wxyz_about((0.0, 0.0, 1.0), math.pi / 2)),
        transform((0.0, 0.0, TOOL_M)),
    )


def narrowed(lower_rad: float, upper_rad: float, joint: int) -> RobotModel:
    """The KR 210 with other limits on one joint, counted from 0."""
    name = robot().arm_joints[joint].name
    joints = tuple(
        dataclasses.replace(each, lower=lower_rad, upper=upper_rad)
        if each.name == name
        else each
        for each in robot().joints
    )
    return dataclasses.replace(robot(), joints=joints)


def limits() -> Limits:
    """The URDF's speeds with plausible accelerations and jerks."""
    return Limits(
        arm().velocity,
        np.radians([120.0, 110.0, 130.0, 400.0, 350.0, 500.0]),
        np.radians([600.0, 550.0, 650.0, 2400.0, 2100.0, 3000.0]),
    )


UNDER_THE_PACK_RAD = np.radians([1.6, 12.2, 13.6, 0.0, -115.9, 88.4])
"""At a fastener under a lifted car, tool up."""

HOME_RAD = np.radians([-60.0, -40.0, 60.0, 0.0, -110.0, 0.0])
"""Parked beside the car, tool up."""
