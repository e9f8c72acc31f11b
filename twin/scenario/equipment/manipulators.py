"""Robots of any URDF, with tools that they can change."""

from __future__ import annotations

from typing import Literal

from twin.scenario.end_tools import EndTool, ToolChanger
from twin.scenario.equipment.placed import Placed
from twin.scenario.fields import (
    Acceleration,
    AngularAcceleration,
    AngularJerk,
    AngularSpeed,
    Jerk,
    Kilograms,
    Metres,
    Model,
    NewtonMetres,
    Newtons,
    PositiveMetres,
    Radians,
    Speed,
)
from twin.units import Quantity


class TurningJoint(Model):
    """What a scenario says of a joint that turns; the URDF or an estimate where silent.

    Attributes:
        mass: Of the link that it moves.
        torque: Most its drive gives.
        speed: Most; not above the URDF's.
        acceleration: Most.
        jerk: Most its acceleration changes a second.
        home: Its angle at rest.
    """

    mass: Kilograms | None = None
    torque: NewtonMetres | None = None
    speed: AngularSpeed | None = None
    acceleration: AngularAcceleration | None = None
    jerk: AngularJerk | None = None
    home: Radians | None = None


class SlidingJoint(Model):
    """The same of a joint that slides.

    Attributes:
        mass: Of the link that it moves.
        force: Most its drive gives.
        speed: Most; not above the URDF's.
        acceleration: Most.
        jerk: Most its acceleration changes a second.
        home: Its place at rest.
    """

    mass: Kilograms | None = None
    force: Newtons | None = None
    speed: Speed | None = None
    acceleration: Acceleration | None = None
    jerk: Jerk | None = None
    home: Metres | None = None


class Manipulator(Placed):
    """A robot of any URDF that runs programmes of tasks.

    Attributes:
        asset: Model name ("kuka_kr16_2") or a URDF beside the scenario.
        turning: What is said of joints that turn, by their name in the URDF.
        sliding: The same of joints that slide.
        total_mass: Of the arm with its base: what is estimated is scaled to it.
        payload: Most it carries beside its heaviest tool.
        tools: What it can hold.
        mounted: The tool at its flange at the start; none where absent.
        changer: Where it changes tools; needed if it has several.
        line_speed: Of straight approaches and retreats.
        line_acceleration: Of the same.
        line_jerk: Of the same.
        clearance: Least distance to anything but what it works on.
    """

    kind: Literal["manipulator"]
    turning: dict[str, TurningJoint] = {}
    sliding: dict[str, SlidingJoint] = {}
    total_mass: Kilograms | None = None
    payload: Kilograms
    tools: dict[str, EndTool] = {}
    mounted: str | None = None
    changer: ToolChanger | None = None
    line_speed: Speed = Quantity(0.25, "m/s")
    line_acceleration: Acceleration = Quantity(1.0, "m/s^2")
    line_jerk: Jerk = Quantity(10.0, "m/s^3")
    clearance: PositiveMetres = Quantity(0.02, "m")
