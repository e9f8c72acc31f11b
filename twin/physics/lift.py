"""The two-post lift: arms in, car up, latched; and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import msgspec
import numpy as np

from twin.errors import PhysicsError
from twin.kinematics.motion import Limits, plan_joint_path
from twin.layout.plan import Placed, asset_from_nodes
from twin.physics.car import Car, shapes_of
from twin.physics.device import Done, Outcome, Told
from twin.physics.halts import Halts
from twin.physics.motor import (
    Motor,
    Playback,
    PlaybackMemory,
    axis_limits,
    moving_node,
)
from twin.physics.world import STANDARD_GRAVITY_MPS2, Link, Shape, World
from twin.scenario.equipment import Lift
from twin.scenario.station import Operation
from twin.signals import FaultKind, FaultOffer

FORCE_RESERVE = 1.5
"""The drive lifts its rated load with this reserve. Assumed."""
_ARM_TORQUE_NM = 2000.0


class LiftMemory(msgspec.Struct, frozen=True):
    """Where a lift was going, and how far it had come."""

    positions: tuple[float, ...]
    playback: PlaybackMemory | None
    latch_ticks: int
    halts: tuple[str, ...]


class LiftDrive:
    """Drives the carriage and the four arms of a lift."""

    memory_type: ClassVar[type[msgspec.Struct]] = LiftMemory

    def __init__(self, world: World, lift: Lift, placed: Placed) -> None:
        self._id = placed.id
        self._halts = Halts()
        self.lift = lift
        poses = asset_from_nodes(placed.asset)
        carriage = moving_node(placed, "prismatic")
        assert carriage.joint is not None  # chosen for having one
        if lift.height > carriage.joint.upper:
            raise PhysicsError(
                f"equipment.{placed.id}.height: {float(lift.height):g} m, but the "
                f"carriage of {placed.asset.name!r} rises {carriage.joint.upper:g} m "
                "at most; lower it"
            )
        arms = [
            node
            for node in placed.asset.nodes
            if node.joint is not None and node.parent == carriage.name
        ]
        if not arms:
            raise PhysicsError(
                f"asset {placed.asset.name!r}: no arms on {carriage.name!r}; add joints"
            )
        fixed = tuple(
            shape
            for node in placed.asset.nodes
            if node is not carriage and node not in arms
            for shape in shapes_of(node, poses[node.name])
        )
        arm_mass_kg = float(lift.moving_mass) / 8
        if fixed:
            world.add_fixture(f"{placed.id}/posts", fixed, placed.world_from_asset)
        links = [
            Link("frame", 0.0),
            Link(
                carriage.name,
                float(lift.moving_mass) / 2,
                shapes_of(carriage),
                parent_from_link=poses[carriage.name],
                joint="prismatic",
                axis=(0.0, 0.0, 1.0),
            ),
        ]
        for arm in arms:
            assert arm.joint is not None  # chosen for having one
            links.append(
                Link(
                    arm.name,
                    arm_mass_kg,
                    _domed(shapes_of(arm)),
                    parent=carriage.name,
                    parent_from_link=arm.parent_from_node,
                    joint="revolute",
                    axis=arm.joint.axis,
                    friction=float(lift.friction),
                    grips=True,
                )
            )
        self.body = world.add(placed.id, links, placed.world_from_asset, fixed=True)
        weight_n = (
            float(lift.capacity) + float(lift.moving_mass)
        ) * STANDARD_GRAVITY_MPS2
        self.links = (carriage.name, *(arm.name for arm in arms))
        self._motor = Motor(
            self.body,
            self.links,
            [FORCE_RESERVE * weight_n] + [_ARM_TORQUE_NM] * len(arms),
        )
        self._inward_rad = [arm.joint.upper for arm in arms if arm.joint is not None]
        self._dt_s = world.dt_s
        self._positions = [0.0] * len(self.links)
        self._motor.hold(self._positions)
        self._playback: Playback | None = None
        self._latch_ticks = 0

    def start(self, operation: Operation, car: Car) -> None:
        """Begin to swing the arms or to move the carriage."""
        goal = list(self._positions)
        if operation.do == "swing_in":
            goal[1:] = self._inward_rad
        elif operation.do == "swing_out":
            goal[1:] = [0.0] * len(self._inward_rad)
        elif operation.do == "raise_car":
            goal[0] = float(self.lift.height)
        elif operation.do == "lower_car":
            goal[0] = 0.0
        else:
            raise PhysicsError(f"lift: cannot {operation.do}; use a lift verb")
        speed, ramp = float(self.lift.arm_speed), float(self.lift.arm_acceleration)
        if operation.do in ("raise_car", "lower_car"):
            speed, ramp = float(self.lift.speed), float(self.lift.acceleration)
        trajectory = plan_joint_path(
            np.array([self._positions, goal]),
            axis_limits(len(goal), speed, ramp),
        )
        self._playback = Playback(self._motor, trajectory, self._dt_s, self._limits())
        if self._halts:
            self._playback.halt()
        self._positions = goal
        rises = operation.do == "raise_car"
        self._latch_ticks = round(float(self.lift.latch_time) / self._dt_s) * rises

    def before_step(self, tick: int) -> Outcome | None:
        """Follow the profile; at the top, wait for the latches."""
        if self._playback is not None:
            if not self._playback.step():
                self._playback = None
            return None
        if self._latch_ticks > 0:
            if self._halts:
                return None
            self._latch_ticks -= 1
            if self._latch_ticks == 0:
                return Told("LiftLatched", "event.lift_latched")
            return None
        return Done()

    def _limits(self) -> Limits:
        """Return what the carriage and the arms may do."""
        n_arms = len(self._inward_rad)
        carriage = axis_limits(1, float(self.lift.speed), float(self.lift.acceleration))
        arms = axis_limits(
            n_arms, float(self.lift.arm_speed), float(self.lift.arm_acceleration)
        )
        return Limits(
            np.concatenate([carriage.velocity, arms.velocity]),
            np.concatenate([carriage.acceleration, arms.acceleration]),
            np.concatenate([carriage.jerk, arms.jerk]),
        )

    def halt(self, why: str) -> None:
        """Stop on the way; the screws hold what they carry."""
        if self._halts.add(why) and self._playback is not None:
            self._playback.halt()

    def resume(self, why: str) -> None:
        """Go on, if nothing else keeps it."""
        if self._halts.drop(why) and self._playback is not None:
            self._playback.resume()

    def faults(self) -> tuple[FaultOffer, ...]:
        """Return what can break: the drive."""
        return (FaultOffer(self._id, "drive_stop"),)

    def inject(self, kind: FaultKind, target: str) -> None:
        """Stop the drive."""
        self.halt(kind)

    def mend(self, kind: FaultKind, target: str) -> None:
        """Have the drive run again."""
        self.resume(kind)

    def memory(self) -> LiftMemory:
        """Return where it goes and how far it is."""
        playback = self._playback
        return LiftMemory(
            tuple(self._positions),
            playback.memory() if playback is not None else None,
            self._latch_ticks,
            self._halts.memory(),
        )

    def recall(self, memory: LiftMemory, cars: Mapping[int, Car]) -> None:
        """Be on the same way again."""
        self._positions = list(memory.positions)
        self._playback = None
        if memory.playback is not None:
            self._playback = Playback.recalled(
                memory.playback, self._motor, self._dt_s, self._limits()
            )
        self._latch_ticks = memory.latch_ticks
        self._halts.recall(memory.halts)

    def put_up(self) -> None:
        """Put arms and carriage at once where they carry a car."""
        goal = [float(self.lift.height), *self._inward_rad]
        for link, value in zip(self.links, goal, strict=True):
            self.body.reset_joint(link, value)

    def joint_positions(self) -> list[float]:
        """Return carriage height m and arm angles rad, in the order of ``links``."""
        return self._motor.positions()


def _domed(shapes: tuple[Shape, ...]) -> tuple[Shape, ...]:
    """Return an arm's shapes with its pad, the highest of them, as a dome.

    A rubber pad gives way until it carries evenly; a stiff flat one would touch
    at whichever corners are highest, and cost four times the contacts. It is the
    pads that grip, all of them: those that did not would drag the car off the rest.
    """

    def top_m(shape: Shape) -> float:
        return shape.position_m[2] + shape.size_m[2] / 2

    pad = max(shapes, key=top_m)
    radius_m = min(pad.size_m[:2]) / 2
    x, y, _ = pad.position_m
    dome = Shape("sphere", (radius_m, 0.0, 0.0), (x, y, top_m(pad) - radius_m))
    return (*(shape for shape in shapes if shape is not pad), dome)
