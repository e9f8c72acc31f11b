"""A scenario's conveyors, and what stands on them, as devices of one world."""

from __future__ import annotations

from functools import singledispatch

from twin.errors import PhysicsError
from twin.physics.conveyors.accumulation import AccumulationConveyor
from twin.physics.conveyors.blade import StopBlade
from twin.physics.conveyors.conveyor import Conveyor
from twin.physics.conveyors.curve import CurveConveyor
from twin.physics.conveyors.drive import Drive
from twin.physics.conveyors.escapement import Escapement
from twin.physics.conveyors.eye import PhotoEye, beam_across
from twin.physics.conveyors.straight import (
    BeltConveyor,
    RollerConveyor,
    StrandConveyor,
)
from twin.physics.conveyors.transfer import RightAngleTransfer
from twin.physics.conveyors.turntable import Turntable
from twin.physics.conveyors.vertical_lift import VerticalLift
from twin.physics.world import World
from twin.scenario import equipment as said
from twin.transforms import Matrix, transform

BuiltConveyor = Conveyor | AccumulationConveyor
BuiltOnConveyor = StopBlade | Escapement | PhotoEye


def build_conveyor(
    world: World,
    name: str,
    equipment: said.ParametricConveyor,
    world_from_place: Matrix,
) -> BuiltConveyor:
    """Build a conveyor that a scenario gives by its dimensions.

    Args:
        world: Where it stands.
        name: Its id.
        equipment: What the scenario says of it.
        world_from_place: 4x4; its origin, below the middle of its entry edge.

    Raises:
        PhysicsError: If it cannot be as it is said to be.
    """
    track = world_from_place @ transform((0.0, 0.0, float(equipment.height)))
    return _build(equipment, world, name, track)


def build_on_conveyor(
    world: World, name: str, equipment: said.OnConveyor, carrier: BuiltConveyor
) -> BuiltOnConveyor:
    """Build what stands on a conveyor.

    Args:
        world: Where both stand.
        name: Its id.
        equipment: What the scenario says of it.
        carrier: The conveyor that ``on`` names, as it was built.
    """
    face = carrier.world_from_way(float(equipment.at))
    width_m = carrier.width_m
    if isinstance(equipment, said.StopBlade):
        return StopBlade(
            world,
            name,
            face,
            width_m,
            float(equipment.height),
            float(equipment.time),
            raised=equipment.raised,
        )
    if isinstance(equipment, said.Escapement):
        return Escapement(
            world,
            name,
            face,
            rear_m=float(equipment.rear),
            width_m=width_m,
            height_m=float(equipment.height),
            time_s=float(equipment.time),
            most_time_s=float(equipment.most_time),
        )
    if isinstance(equipment, said.PhotoEye):
        beam = beam_across(face, 0.0, width_m, float(equipment.height))
        return PhotoEye(world, name, *beam)
    raise PhysicsError(
        f"equipment.{name}: {type(equipment).__name__} stands on no conveyor; name a "
        "stop_blade, an escapement or a photo_eye"
    )


def _drive(world: World, equipment: said.ParametricConveyor) -> Drive:
    slower = equipment.deceleration
    return Drive(
        world.dt_s,
        float(equipment.speed),
        float(equipment.acceleration),
        None if slower is None else float(slower),
    )


@singledispatch
def _build(
    equipment: said.ParametricConveyor, world: World, name: str, track: Matrix
) -> BuiltConveyor:
    raise PhysicsError(
        f"equipment.{name}: physics knows no {type(equipment).__name__}; name another "
        "kind of conveyor"
    )


@_build.register
def _belt(
    equipment: said.BeltConveyor, world: World, name: str, track: Matrix
) -> BuiltConveyor:
    return BeltConveyor(
        world,
        name,
        track,
        length_m=float(equipment.length),
        width_m=float(equipment.width),
        drive=_drive(world, equipment),
        friction=float(equipment.friction),
        angle_rad=float(equipment.angle),
    )


@_build.register
def _rollers(
    equipment: said.RollerConveyor, world: World, name: str, track: Matrix
) -> BuiltConveyor:
    return RollerConveyor(
        world,
        name,
        track,
        length_m=float(equipment.length),
        width_m=float(equipment.width),
        pitch_m=float(equipment.pitch),
        drive=_drive(world, equipment),
        friction=float(equipment.friction),
    )


@_build.register
def _strands(
    equipment: said.StrandConveyor, world: World, name: str, track: Matrix
) -> BuiltConveyor:
    return StrandConveyor(
        world,
        name,
        track,
        length_m=float(equipment.length),
        gauge_m=float(equipment.gauge),
        strand_width_m=float(equipment.strand_width),
        drive=_drive(world, equipment),
        friction=float(equipment.friction),
    )


@_build.register
def _curve(
    equipment: said.CurveConveyor, world: World, name: str, track: Matrix
) -> BuiltConveyor:
    return CurveConveyor(
        world,
        name,
        track,
        radius_m=float(equipment.radius),
        angle_rad=float(equipment.angle),
        width_m=float(equipment.width),
        drive=_drive(world, equipment),
        friction=float(equipment.friction),
    )


@_build.register
def _accumulation(
    equipment: said.AccumulationConveyor, world: World, name: str, track: Matrix
) -> BuiltConveyor:
    slower = equipment.deceleration
    return AccumulationConveyor(
        world,
        name,
        track,
        n_zones=equipment.zones,
        zone_m=float(equipment.zone_length),
        width_m=float(equipment.width),
        speed_mps=float(equipment.speed),
        acceleration_mps2=float(equipment.acceleration),
        friction=float(equipment.friction),
        release=equipment.release,
        deceleration_mps2=None if slower is None else float(slower),
    )


@_build.register
def _transfer(
    equipment: said.Transfer, world: World, name: str, track: Matrix
) -> BuiltConveyor:
    return RightAngleTransfer(
        world,
        name,
        track,
        length_m=float(equipment.length),
        width_m=float(equipment.width),
        drive=_drive(world, equipment),
        strands=_drive(world, equipment),
        side=equipment.side,
        gauge_m=float(equipment.gauge),
        strand_width_m=float(equipment.strand_width),
        middle_m=float(equipment.strands_at),
        rise_m=float(equipment.rise),
        rise_time_s=float(equipment.rise_time),
        friction=float(equipment.friction),
        stop_m=float(equipment.stop_at),
    )


@_build.register
def _turntable(
    equipment: said.Turntable, world: World, name: str, track: Matrix
) -> BuiltConveyor:
    return Turntable(
        world,
        name,
        track,
        length_m=float(equipment.length),
        width_m=float(equipment.width),
        drive=_drive(world, equipment),
        friction=float(equipment.friction),
        angle_rad=float(equipment.angle),
        turn_speed_radps=float(equipment.turn_speed),
        turn_acceleration_radps2=float(equipment.turn_acceleration),
        stop_m=float(equipment.stop_at),
    )


@_build.register
def _lift(
    equipment: said.VerticalLift, world: World, name: str, track: Matrix
) -> BuiltConveyor:
    return VerticalLift(
        world,
        name,
        track,
        length_m=float(equipment.length),
        width_m=float(equipment.width),
        drive=_drive(world, equipment),
        friction=float(equipment.friction),
        rise_m=float(equipment.rise),
        lift_speed_mps=float(equipment.lift_speed),
        lift_acceleration_mps2=float(equipment.lift_acceleration),
        stop_m=float(equipment.stop_at),
    )
