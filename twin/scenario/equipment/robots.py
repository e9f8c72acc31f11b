"""Robots, their joints and their tools."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from twin.scenario.equipment.placed import Placed
from twin.scenario.fields import (
    Acceleration,
    AngularAcceleration,
    AngularJerk,
    AngularSpeed,
    Jerk,
    Kilograms,
    Model,
    NewtonMetres,
    PositiveMetres,
    PositiveRadians,
    Radians,
    Speed,
)

Posture = Annotated[tuple[Radians, ...], Field(strict=False)]


class RobotJoint(Model):
    """What a URDF does not say, or says wrongly, of a robot's joint and link.

    Attributes:
        mass: Of the link that the joint moves.
        torque: Most the drive gives.
        acceleration: Most it may accelerate.
        jerk: Most its acceleration may change a second.
        home: Joint angle at rest.
    """

    mass: Kilograms
    torque: NewtonMetres
    acceleration: AngularAcceleration
    jerk: AngularJerk
    home: Radians


class Nutrunner(Model):
    """A driven socket at the robot's flange.

    Attributes:
        asset: Its mesh.
        mass: Of the whole tool.
        length: From the flange to the socket's mouth.
        speed: Of the spindle.
        lateral_tolerance: Most the axes may be apart for the socket to engage.
        tilt_tolerance: Most they may lean against each other.
    """

    asset: str
    mass: Kilograms
    length: PositiveMetres
    speed: AngularSpeed
    lateral_tolerance: PositiveMetres
    tilt_tolerance: PositiveRadians


class Robot(Placed):
    """An articulated robot of a real URDF with a tool.

    Attributes:
        asset: Model name ("kuka_kr210_l150") or a URDF beside the scenario.
        joints: One entry a moving joint, base first.
        tool: What it holds.
        vias: Postures that ways may pass where the straight one collides.
        approach: Distance below a fastener from which it moves straight.
        line_speed: Of the straight approach and retreat.
        line_acceleration: Of the same.
        line_jerk: Of the same.
        dive: Distance below a fastener where it has room to pass under things.
        clearance: Least distance to anything but the target while planning.
    """

    kind: Literal["robot"]
    joints: tuple[RobotJoint, ...] = Field(strict=False)
    tool: Nutrunner
    vias: tuple[Posture, ...] = Field(default=(), strict=False)
    approach: PositiveMetres
    dive: PositiveMetres
    line_speed: Speed
    line_acceleration: Acceleration
    line_jerk: Jerk
    clearance: PositiveMetres
