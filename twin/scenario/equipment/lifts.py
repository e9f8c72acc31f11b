"""What raises cars and packs."""

from __future__ import annotations

from typing import Literal

from twin.scenario.equipment.placed import Placed
from twin.scenario.fields import (
    Acceleration,
    AngularAcceleration,
    AngularSpeed,
    Friction,
    Kilograms,
    Newtons,
    PositiveMetres,
    Seconds,
    Speed,
)


class Lift(Placed):
    """A two-post lift: four arms swing in, the carriage rises and latches.

    Attributes:
        height: How far the carriage rises.
        slack: Gap below the sills before the pads take the car.
        speed: Of the carriage.
        acceleration: Of the carriage.
        arm_speed: Of an arm about its pin.
        arm_acceleration: Of an arm.
        capacity: Rated load.
        moving_mass: Carriage and arms.
        latch_time: To drop the latches and prove them.
        friction: Between pad and sill.
    """

    kind: Literal["lift"]
    height: PositiveMetres
    slack: PositiveMetres
    speed: Speed
    acceleration: Acceleration
    arm_speed: AngularSpeed
    arm_acceleration: AngularAcceleration
    capacity: Kilograms
    moving_mass: Kilograms
    latch_time: Seconds
    friction: Friction


class LevelLift(Placed):
    """A lift without arms: beams come out of the floor, the car up and latched.

    Attributes:
        height: How far the carriage rises.
        speed: Of the carriage.
        acceleration: Of the carriage.
        capacity: Rated load.
        moving_mass: Beams and rams.
        latch_time: To drop the latches and prove them.
        friction: Between pad and car.
    """

    kind: Literal["level_lift"]
    height: PositiveMetres
    speed: Speed
    acceleration: Acceleration
    capacity: Kilograms
    moving_mass: Kilograms
    latch_time: Seconds
    friction: Friction


class LiftTable(Placed):
    """A table that rises under a load until its load cell feels it.

    Attributes:
        speed: Free travel.
        seek_speed: Near the load.
        acceleration: Of either.
        seek_distance: Below the expected height where seeking begins.
        touch_force: Load at which it counts as touching.
        press_force: Most it presses while seeking.
        rated_force: Most it can carry.
        moving_mass: Of what rises.
        check_drop: How far it lowers to see whether the load follows.
        load_tolerance: Relative error of the load it accepts as "all of it".
        friction: Between pad and load.
    """

    kind: Literal["lift_table"]
    speed: Speed
    seek_speed: Speed
    acceleration: Acceleration
    seek_distance: PositiveMetres
    touch_force: Newtons
    press_force: Newtons
    rated_force: Newtons
    moving_mass: Kilograms
    check_drop: PositiveMetres
    load_tolerance: Friction
    friction: Friction
