"""Things that stand in a hall: what the scenario says of each kind."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from twin.scenario.equipment.conveyors import Conveyor
from twin.scenario.equipment.fixtures import Fixture, Rack
from twin.scenario.equipment.lifts import Lift, LiftTable
from twin.scenario.equipment.manipulators import (
    Manipulator,
    SlidingJoint,
    TurningJoint,
)
from twin.scenario.equipment.placed import Placed
from twin.scenario.equipment.robots import Nutrunner, Robot, RobotJoint
from twin.scenario.equipment.sensors import LightBarrier, MeasuringCamera
from twin.scenario.equipment.workers import HOME, Worker

__all__ = [
    "HOME",
    "Conveyor",
    "Equipment",
    "Fixture",
    "Lift",
    "LiftTable",
    "LightBarrier",
    "Manipulator",
    "MeasuringCamera",
    "Nutrunner",
    "Placed",
    "Rack",
    "Robot",
    "RobotJoint",
    "SlidingJoint",
    "TurningJoint",
    "Worker",
]

Equipment = Annotated[
    Fixture
    | Conveyor
    | LightBarrier
    | Lift
    | LiftTable
    | Robot
    | Manipulator
    | Worker
    | MeasuringCamera
    | Rack,
    Field(discriminator="kind"),
]
