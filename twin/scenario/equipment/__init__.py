"""Things that stand in a hall: what the scenario says of each kind."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from twin.scenario.equipment.bays import ModuleBays
from twin.scenario.equipment.clamps import SideClamp
from twin.scenario.equipment.conveyors import (
    AccumulationConveyor,
    AnyConveyor,
    AnyOnConveyor,
    BeltConveyor,
    Conveyor,
    CurveConveyor,
    Escapement,
    OnConveyor,
    ParametricConveyor,
    PhotoEye,
    RollerConveyor,
    StopBlade,
    StrandConveyor,
    Transfer,
    Turntable,
    VerticalLift,
)
from twin.scenario.equipment.depollution import DrainRig, Tilter
from twin.scenario.equipment.fixtures import Container, Fixture, Rack
from twin.scenario.equipment.lifts import LevelLift, Lift, LiftTable
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
    "AccumulationConveyor",
    "AnyConveyor",
    "AnyOnConveyor",
    "BeltConveyor",
    "Container",
    "Conveyor",
    "CurveConveyor",
    "DrainRig",
    "Equipment",
    "Escapement",
    "Fixture",
    "LevelLift",
    "Lift",
    "LiftTable",
    "LightBarrier",
    "Manipulator",
    "MeasuringCamera",
    "ModuleBays",
    "Nutrunner",
    "OnConveyor",
    "ParametricConveyor",
    "PhotoEye",
    "Placed",
    "Rack",
    "Robot",
    "RobotJoint",
    "RollerConveyor",
    "SideClamp",
    "SlidingJoint",
    "StopBlade",
    "StrandConveyor",
    "Tilter",
    "Transfer",
    "TurningJoint",
    "Turntable",
    "VerticalLift",
    "Worker",
]

Equipment = Annotated[
    Fixture
    | Container
    | Conveyor
    | LightBarrier
    | Lift
    | LevelLift
    | Tilter
    | SideClamp
    | DrainRig
    | LiftTable
    | Robot
    | Manipulator
    | Worker
    | MeasuringCamera
    | Rack
    | ModuleBays
    | BeltConveyor
    | RollerConveyor
    | StrandConveyor
    | CurveConveyor
    | AccumulationConveyor
    | Transfer
    | Turntable
    | VerticalLift
    | StopBlade
    | Escapement
    | PhotoEye,
    Field(discriminator="kind"),
]
