"""The level lift: beams out of the floor, car up, latched; and down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import msgspec

from twin.errors import PhysicsError
from twin.layout.plan import Placed, asset_from_nodes
from twin.physics.car import Car, shapes_of
from twin.physics.device import Done, Failed, Outcome, Told
from twin.physics.driven import Driven, DrivenMemory
from twin.physics.halts import Halts
from twin.physics.lift import FORCE_RESERVE
from twin.physics.motor import moving_node
from twin.physics.world import STANDARD_GRAVITY_MPS2, Link, World
from twin.scenario.equipment import LevelLift
from twin.scenario.station import Operation
from twin.signals import FaultKind, FaultOffer


class LevelLiftMemory(msgspec.Struct, frozen=True):
    """Where a lift was going, how long its latches took, and what kept it."""

    drive: DrivenMemory
    latch_ticks: int
    halts: tuple[str, ...]


class LevelLiftDrive:
    """Drives the beams of a level lift.

    Raises:
        PhysicsError: If the scenario asks for more height than the asset has.
    """

    memory_type: ClassVar[type[msgspec.Struct]] = LevelLiftMemory

    def __init__(self, world: World, lift: LevelLift, placed: Placed) -> None:
        self._id = placed.id
        self._lift = lift
        self._halts = Halts()
        poses = asset_from_nodes(placed.asset)
        carriage = moving_node(placed, "prismatic")
        assert carriage.joint is not None  # chosen for having one
        if lift.height > carriage.joint.upper:
            raise PhysicsError(
                f"equipment.{placed.id}.height: {float(lift.height):g} m, but the "
                f"carriage of {placed.asset.name!r} rises {carriage.joint.upper:g} m "
                "at most; lower it"
            )
        stands = tuple(
            shape
            for node in placed.asset.nodes
            if node is not carriage
            for shape in shapes_of(node, poses[node.name])
        )
        if stands:
            world.add_fixture(f"{placed.id}/stands", stands, placed.world_from_asset)
        self.body = world.add(
            placed.id,
            [
                Link("pit", 0.0),
                Link(
                    carriage.name,
                    float(lift.moving_mass),
                    shapes_of(carriage),
                    parent_from_link=poses[carriage.name],
                    joint="prismatic",
                    axis=carriage.joint.axis,
                    friction=float(lift.friction),
                    grips=True,
                ),
            ],
            placed.world_from_asset,
            fixed=True,
        )
        self.links: tuple[str, ...] = (carriage.name,)
        weight_n = (
            float(lift.capacity) + float(lift.moving_mass)
        ) * STANDARD_GRAVITY_MPS2
        self._dt_s = world.dt_s
        self._drive = Driven(
            self.body,
            self.links,
            FORCE_RESERVE * weight_n,
            float(lift.speed),
            float(lift.acceleration),
            world.dt_s,
        )
        self._latch_ticks = 0

    def start(self, operation: Operation, car: Car) -> None:
        """Begin to rise or to go down."""
        del car  # it lifts whatever stands there
        if operation.do not in ("raise_car", "lower_car"):
            raise PhysicsError(f"{self._id}: cannot {operation.do}; use a lift verb")
        rises = operation.do == "raise_car"
        self._drive.move_to(
            float(self._lift.height) if rises else 0.0, halted=bool(self._halts)
        )
        self._latch_ticks = round(float(self._lift.latch_time) / self._dt_s) * rises

    def before_step(self, tick: int) -> Outcome | None:
        """Follow the profile; at the top, wait for the latches."""
        del tick  # its profile counts for itself
        if self._drive.step():
            return None
        if self._latch_ticks > 0:
            if not self._halts:
                self._latch_ticks -= 1
                if self._latch_ticks == 0:
                    return Told("LiftLatched", "event.lift_latched")
            return None
        if self._drive.blocked():
            return Failed("alarm.drive_blocked", {"by": self._id})
        return Done()

    def halt(self, why: str) -> None:
        """Stop on the way; the rams hold what they carry."""
        if self._halts.add(why):
            self._drive.halt()

    def resume(self, why: str) -> None:
        """Go on, if nothing else keeps it."""
        if self._halts.drop(why):
            self._drive.resume()

    def faults(self) -> tuple[FaultOffer, ...]:
        """Return what can break: the drive."""
        return (FaultOffer(self._id, "drive_stop"),)

    def inject(self, kind: FaultKind, target: str) -> None:
        """Stop the drive."""
        self.halt(kind)

    def mend(self, kind: FaultKind, target: str) -> None:
        """Have the drive run again."""
        self.resume(kind)

    def memory(self) -> LevelLiftMemory:
        """Return where it goes and how far it is."""
        return LevelLiftMemory(
            self._drive.memory(), self._latch_ticks, self._halts.memory()
        )

    def recall(self, memory: LevelLiftMemory, cars: Mapping[int, Car]) -> None:
        """Be on the same way again."""
        self._drive.recall(memory.drive)
        self._latch_ticks = memory.latch_ticks
        self._halts.recall(memory.halts)

    def joint_positions(self) -> list[float]:
        """Return the height of the beams above the floor's, m."""
        return self._drive.positions()
