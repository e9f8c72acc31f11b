"""The side clamp: jaws close on a product that stands between them, and lock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import msgspec
import numpy as np

from twin.errors import PhysicsError
from twin.layout.assets import AssetNode
from twin.layout.plan import Placed, asset_from_nodes
from twin.physics.car import Car, shapes_of
from twin.physics.device import Done, Failed, Outcome, Told
from twin.physics.driven import Driven, DrivenMemory
from twin.physics.halts import Halts
from twin.physics.world import Body, Link, World
from twin.scenario.equipment import SideClamp
from twin.scenario.station import Operation
from twin.signals import FaultKind, FaultOffer
from twin.transforms import inverse, transform

# Rods of pneumatic cylinders end on a cushion: what comes so near has met nothing.
_CUSHION_M = 5e-3


class SideClampMemory(msgspec.Struct, frozen=True):
    """What the jaws were doing, with which car."""

    doing: str
    car: int
    drives: tuple[DrivenMemory, ...]
    halts: tuple[str, ...]


class SideClampDrive:
    """Drives two jaws that press from both sides with a stated force.

    Once both press they lock: a weld whose strength is the friction of both jaws. So
    what pulls harder than they hold pulls the product out.

    Attributes:
        memory_type: Of its memory.
        body: The jaws, on their frame.
        links: The jaws.

    Args:
        world: Where it stands.
        clamp: What the scenario says.
        placed: Where it stands.

    Raises:
        PhysicsError: If the asset has not two jaws that slide.
    """

    memory_type: ClassVar[type[msgspec.Struct]] = SideClampMemory

    def __init__(self, world: World, clamp: SideClamp, placed: Placed) -> None:
        self._id = placed.id
        self._world = world
        self._halts = Halts()
        poses = asset_from_nodes(placed.asset)
        jaws = [
            node
            for node in placed.asset.nodes
            if node.joint is not None and node.joint.type == "prismatic"
        ]
        if len(jaws) != 2:
            raise PhysicsError(
                f"equipment.{placed.id}: asset {placed.asset.name!r} has {len(jaws)} "
                "sliding nodes; name one with two, a jaw on each side"
            )
        self._stroke_m = min(node.joint.upper for node in jaws if node.joint)
        force_n = float(clamp.force)
        self._strength_n = 2.0 * float(clamp.friction) * force_n
        self.body = world.add(
            placed.id,
            [
                Link(
                    "frame",
                    0.0,
                    tuple(
                        shape
                        for node in placed.asset.nodes
                        if node not in jaws
                        for shape in shapes_of(node, poses[node.name])
                    ),
                ),
                *(_link(node, float(clamp.friction)) for node in jaws),
            ],
            placed.world_from_asset,
            fixed=True,
        )
        self.links = tuple(node.name for node in jaws)
        speed, acceleration = float(clamp.speed), float(clamp.acceleration)
        self._drives = tuple(
            Driven(self.body, [link], force_n, speed, acceleration, world.dt_s)
            for link in self.links
        )
        self._doing = ""
        self._car: Car | None = None

    def start(self, operation: Operation, car: Car) -> None:
        """Begin to close or to open."""
        if operation.do not in ("clamp", "unclamp"):
            raise PhysicsError(f"{self._id}: cannot {operation.do}; use clamp, unclamp")
        self._doing, self._car = operation.do, car
        closes = operation.do == "clamp"
        if not closes:
            self._let_go(car)
        for drive in self._drives:
            drive.move_to(self._stroke_m if closes else 0.0, halted=bool(self._halts))

    def before_step(self, tick: int) -> Outcome | None:
        """Follow the way; lock where both jaws press."""
        del tick  # the drives' profiles count for themselves
        car = self._car
        assert car is not None  # start() has set it
        moving = [drive.step() for drive in self._drives]
        if any(moving) or self._halts:
            return None
        if self._doing == "clamp" and self._id not in car.clamps:
            return self._lock(car)
        if self._doing == "unclamp" and any(each.blocked() for each in self._drives):
            return Failed("alarm.drive_blocked", {"by": self._id})
        return Done()

    def _lock(self, car: Car) -> Outcome:
        body = car.body_here()
        pressing = {
            touch.link
            for touch in self._world.contacts(self.body)
            if touch.other == body.body_id
        }
        met = pressing >= {self.body.link_index[link] for link in self.links}
        if not met or max(self.joint_positions()) > self._stroke_m - _CUSHION_M:
            return Failed("alarm.clamp_empty", {"car": car.number})
        for drive in self._drives:
            drive.stay()
        car.clamps[self._id] = self._weld(body)
        return Told("ProductClamped", "event.product_clamped", {"car": car.number})

    def _weld(self, body: Body) -> int:
        """Hold a product by the frame, as it stands now."""
        frame_from_body = inverse(transform(*self.body.pose())) @ transform(
            *body.pose()
        )
        return self._world.weld(
            self.body,
            body,
            frame_from_body[:3, 3].tolist(),
            [0.0, 0.0, 0.0],
            self._strength_n,
        )

    def _let_go(self, car: Car) -> None:
        if self._id in car.clamps:
            self._world.unweld(car.clamps.pop(self._id))

    # Stopping, breaking, remembering ------------------------------------------

    def halt(self, why: str) -> None:
        """Stop on the way; closed jaws stay locked."""
        if self._halts.add(why):
            for drive in self._drives:
                drive.halt()

    def resume(self, why: str) -> None:
        """Go on, if nothing else keeps it."""
        if self._halts.drop(why):
            for drive in self._drives:
                drive.resume()

    def faults(self) -> tuple[FaultOffer, ...]:
        """Return what can break: the drive of both jaws, and their hold."""
        return (
            FaultOffer(self._id, "drive_stop"),
            FaultOffer(self._id, "gripper_loss"),
        )

    def inject(self, kind: FaultKind, target: str) -> None:
        """Stop the jaws, or have them hold nothing."""
        if kind == "drive_stop":
            self.halt(kind)
        elif self._car is not None:
            self._let_go(self._car)

    def mend(self, kind: FaultKind, target: str) -> None:
        """Have the jaws move again; what they lost stays loose."""
        if kind == "drive_stop":
            self.resume(kind)

    def memory(self) -> SideClampMemory:
        """Return what it does and how far it is."""
        return SideClampMemory(
            self._doing,
            self._car.number if self._car is not None else 0,
            tuple(drive.memory() for drive in self._drives),
            self._halts.memory(),
        )

    def recall(self, memory: SideClampMemory, cars: Mapping[int, Car]) -> None:
        """Do the same again."""
        self._doing, self._car = memory.doing, cars.get(memory.car)
        for drive, remembered in zip(self._drives, memory.drives, strict=True):
            drive.recall(remembered)
        self._halts.recall(memory.halts)

    def joint_positions(self) -> list[float]:
        """Return how far each jaw has come, m, in the order of ``links``."""
        return [value for drive in self._drives for value in drive.positions()]


def _link(node: AssetNode, friction: float) -> Link:
    assert node.joint is not None  # chosen for having one
    shapes = shapes_of(node)
    x, y, z = np.mean([shape.position_m for shape in shapes], axis=0).tolist()
    return Link(
        node.name,
        node.mass_kg,
        shapes,
        parent_from_link=node.parent_from_node,
        joint="prismatic",
        axis=node.joint.axis,
        centre_of_mass_m=(x, y, z),
        friction=friction,
    )
