"""What drains cars and lays them on their side."""

from __future__ import annotations

from typing import Literal

from twin.scenario.equipment.placed import Placed
from twin.scenario.fields import (
    Acceleration,
    AngularAcceleration,
    AngularSpeed,
    Friction,
    NewtonMetres,
    Newtons,
    Seconds,
    Speed,
)


class DrainRig(Placed):
    """Hoses and pumps that draw fluids out of a car into the scenario's tanks."""

    kind: Literal["drain_rig"]


class Tilter(Placed):
    """A tilter on rails: takes a raised car, drives off and lays it on its side.

    Attributes:
        travel_speed: Along its rails.
        travel_acceleration: Of the same.
        tilt_speed: Of the cradle.
        tilt_acceleration: Of the same.
        clamp_speed: Of the clamps about their pins.
        clamp_acceleration: Of the same.
        clamp_strength: Most that each clamp holds.
        rated_torque: Most that the cradle's drive turns: it weighs what it has before
            it begins, and refuses more.
        handover_time: For a truck, which is not modelled, to take the car off it.
        friction: Between tine and sill.
    """

    kind: Literal["tilter"]
    travel_speed: Speed
    travel_acceleration: Acceleration
    tilt_speed: AngularSpeed
    tilt_acceleration: AngularAcceleration
    clamp_speed: AngularSpeed
    clamp_acceleration: AngularAcceleration
    clamp_strength: Newtons
    rated_torque: NewtonMetres
    handover_time: Seconds
    friction: Friction
