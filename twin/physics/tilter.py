"""The tilter: in under a raised car, out with it, on its side, back, handed over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import msgspec
import numpy as np

from twin.errors import PhysicsError
from twin.layout.assets import AssetNode
from twin.layout.plan import Placed
from twin.physics.car import Car, shapes_of
from twin.physics.device import Done, Failed, Outcome, Told
from twin.physics.driven import Driven, DrivenMemory
from twin.physics.halts import Halts
from twin.physics.lift import FORCE_RESERVE
from twin.physics.world import STANDARD_GRAVITY_MPS2, Body, Link, Shape, Weld, World
from twin.scenario.equipment import Tilter
from twin.scenario.station import Operation
from twin.signals import FaultKind, FaultOffer
from twin.transforms import Vector, inverse, pose_of, transform, xyzw_from_wxyz

TRAVEL, CRADLE, CLAMPS = "travel", "cradle", "clamps"
"""Joints that an asset of a tilter must have, by name."""

# No wheel on a rail gives more: a share of the weight on it. Assumed.
_GRIP_ON_RAIL = 0.5
# Claws turn no more than themselves; what holds the car is a weld.
_CLAW_TORQUE_NM = 500.0


class TilterMemory(msgspec.Struct, frozen=True):
    """What a tilter was doing, with which car."""

    doing: str
    car: int
    ticks: int
    peak_torque_nm: float
    drives: dict[str, DrivenMemory]
    halts: tuple[str, ...]


class TilterDrive:
    """Drives carriage, cradle and clamps of a tilter.

    A closed clamp is a fixed constraint of stated strength between cradle and car;
    nothing else but the tines holds the car.

    Attributes:
        peak_torque_nm: Most that the cradle's drive has given since the start.

    Raises:
        PhysicsError: If the asset has not the joints of a tilter.
    """

    memory_type: ClassVar[type[msgspec.Struct]] = TilterMemory

    def __init__(self, world: World, tilter: Tilter, placed: Placed) -> None:
        self._id = placed.id
        self._world = world
        self._tilter = tilter
        self._halts = Halts()
        moving = _moving(placed)
        self._travel_m = _upper(moving[TRAVEL][0])
        self._side_rad = _upper(moving[CRADLE][0])
        self._closed_rad = _upper(moving[CLAMPS][0])
        self._cradle = moving[CRADLE][0].name
        self._clamps = {
            node.name: node.parent_from_node[:3, 3] for node in moving[CLAMPS]
        }
        self.body = world.add(
            placed.id,
            [
                Link("rails", 0.0),
                *(
                    _link(node, name, float(tilter.friction))
                    for name, nodes in moving.items()
                    for node in nodes
                ),
            ],
            placed.world_from_asset,
            fixed=True,
        )
        self.links = tuple(node.name for nodes in moving.values() for node in nodes)
        self._dt_s = world.dt_s
        weight_n = self.body.mass_kg() * STANDARD_GRAVITY_MPS2
        self._drives = {
            TRAVEL: self._drive(
                moving[TRAVEL],
                _GRIP_ON_RAIL * weight_n,
                float(tilter.travel_speed),
                float(tilter.travel_acceleration),
            ),
            CRADLE: self._drive(
                moving[CRADLE],
                FORCE_RESERVE * float(tilter.rated_torque),
                float(tilter.tilt_speed),
                float(tilter.tilt_acceleration),
            ),
            CLAMPS: self._drive(
                moving[CLAMPS],
                _CLAW_TORQUE_NM,
                float(tilter.clamp_speed),
                float(tilter.clamp_acceleration),
            ),
        }
        self._doing = ""
        self._car: Car | None = None
        self._ticks = 0
        self.peak_torque_nm = 0.0

    def _drive(
        self, nodes: list[AssetNode], force: float, speed: float, acceleration: float
    ) -> Driven:
        links = [node.name for node in nodes]
        return Driven(self.body, links, force, speed, acceleration, self._dt_s)

    def start(self, operation: Operation, car: Car) -> None:
        """Begin one of its operations."""
        self._car = car
        self._doing = operation.do
        halted = bool(self._halts)
        if operation.do == "drive_in":
            self._drives[TRAVEL].move_to(self._travel_m, halted=halted)
        elif operation.do == "drive_out":
            self._drives[TRAVEL].move_to(0.0, halted=halted)
        elif operation.do == "clamp":
            self._drives[CLAMPS].move_to(self._closed_rad, halted=halted)
        elif operation.do in ("tilt", "tilt_back"):
            self._ticks = 0  # what it weighs is asked in the first tick
        elif operation.do == "convey_out":
            self._open(car)
            self._ticks = round(float(self._tilter.handover_time) / self._dt_s)
        else:
            raise PhysicsError(f"{self._id}: cannot {operation.do}; use a tilter verb")

    def _open(self, car: Car) -> None:
        for clamp in list(car.clamps):
            self._world.unweld(car.clamps.pop(clamp))
        self._drives[CLAMPS].move_to(0.0, halted=bool(self._halts))

    def before_step(self, tick: int) -> Outcome | None:
        """Work for a tick."""
        car = self._car
        assert car is not None  # start() has set it
        if self._doing in ("tilt", "tilt_back"):
            if self._ticks == 0:
                if self._halts:
                    return None
                refused = self._refusal(car)
                if refused is not None:
                    return refused
                self._ticks = 1
                side_rad = self._side_rad if self._doing == "tilt" else 0.0
                self._drives[CRADLE].move_to(side_rad)
            elif not car.clamps:  # they let go on the way
                return Failed("alarm.tilter_not_clamped", {"car": car.number})
            self.peak_torque_nm = max(self.peak_torque_nm, self.torque_nm())
        moving = [drive.step() for drive in self._drives.values()]
        if any(moving):
            return None
        if any(drive.blocked() for drive in self._drives.values()):
            return Failed("alarm.drive_blocked", {"by": self._id})
        if self._doing == "clamp" and not car.clamps:
            return self._clamp(car)
        if self._doing == "convey_out":
            if not self._halts:
                self._ticks -= 1
            if self._ticks > 0:
                return None
            car.exit_tick = tick
            self._doing = "handed_over"
        return Done()

    def _refusal(self, car: Car) -> Failed | None:
        """Return why it does not turn the car that it has."""
        if not car.clamps:
            return Failed("alarm.tilter_not_clamped", {"car": car.number})
        torque_nm, rated_nm = self.torque_nm(), float(self._tilter.rated_torque)
        if torque_nm <= rated_nm:
            return None
        return Failed(
            "alarm.tilter_overload",
            {"torque_nm": round(torque_nm), "rated_nm": round(rated_nm)},
        )

    def _clamp(self, car: Car) -> Outcome:
        """Hold a car that stands on the tines by every clamp."""
        body = car.body_here()
        if all(c.other != body.body_id for c in self._world.contacts(self.body)):
            return Failed("alarm.tilter_empty", {"car": car.number})
        for clamp, at_m in self._clamps.items():
            car.clamps[clamp] = self._weld(body, at_m)
        return Told("CarClamped", "event.car_clamped", {"car": car.number})

    def _weld(self, body: Body, in_cradle_m: Vector) -> int:
        """Join a car rigidly to the cradle at a place of it, as they stand now."""
        world = self._world
        index = self.body.link_index[self._cradle]
        com_m = world.call("getDynamicsInfo", self.body.body_id, index)[3]
        world_from_cradle = transform(*self.body.link_pose(self._cradle))
        body_from_cradle = inverse(transform(*body.pose())) @ world_from_cradle
        in_body_m = (body_from_cradle @ np.append(in_cradle_m, 1.0))[:3]
        _, wxyz = pose_of(body_from_cradle)
        return world.make_weld(
            Weld(
                self.body.body_id,
                body.body_id,
                (in_cradle_m - np.array(com_m)).tolist(),
                (in_body_m - np.array(body.centre_of_mass_m)).tolist(),
                xyzw_from_wxyz(wxyz),
                float(self._tilter.clamp_strength),
                index,
            )
        )

    def cleared(self, car: Car) -> bool:
        """Return whether a truck has taken a car off it."""
        return self._doing == "handed_over" and self._car is car

    def stop(self) -> None:
        """Do nothing: it rests where it hands cars over."""

    def torque_nm(self) -> float:
        """Return what the cradle's drive gave in the last step."""
        return self._drives[CRADLE].effort()

    def angle_rad(self) -> float:
        """Return how far the cradle is turned."""
        return self._drives[CRADLE].positions()[0]

    def halt(self, why: str) -> None:
        """Stop on the way; the drives hold what they carry."""
        if self._halts.add(why):
            for drive in self._drives.values():
                drive.halt()

    def resume(self, why: str) -> None:
        """Go on, if nothing else keeps it."""
        if self._halts.drop(why):
            for drive in self._drives.values():
                drive.resume()

    def faults(self) -> tuple[FaultOffer, ...]:
        """Return what can break: its drives, all together, and the clamps' hold."""
        return (
            FaultOffer(self._id, "drive_stop"),
            FaultOffer(self._id, "gripper_loss"),
        )

    def inject(self, kind: FaultKind, target: str) -> None:
        """Stop the drives, or lose the car."""
        if kind == "drive_stop":
            self.halt(kind)
        elif self._car is not None:
            for clamp in list(self._car.clamps):
                self._world.unweld(self._car.clamps.pop(clamp))

    def mend(self, kind: FaultKind, target: str) -> None:
        """Have the drives run again; what fell stays where it lies."""
        if kind == "drive_stop":
            self.resume(kind)

    def memory(self) -> TilterMemory:
        """Return what it does and how far it is."""
        return TilterMemory(
            self._doing,
            self._car.number if self._car is not None else 0,
            self._ticks,
            self.peak_torque_nm,
            {name: drive.memory() for name, drive in self._drives.items()},
            self._halts.memory(),
        )

    def recall(self, memory: TilterMemory, cars: Mapping[int, Car]) -> None:
        """Do the same again."""
        self._doing, self._car = memory.doing, cars.get(memory.car)
        self._ticks = memory.ticks
        self.peak_torque_nm = memory.peak_torque_nm
        for name, drive in self._drives.items():
            drive.recall(memory.drives[name])
        self._halts.recall(memory.halts)

    def joint_positions(self) -> list[float]:
        """Return travel m, cradle rad and clamps rad, in the order of ``links``."""
        return [value for drive in self._drives.values() for value in drive.positions()]


def _moving(placed: Placed) -> dict[str, list[AssetNode]]:
    """Return the nodes of a tilter that move, by joint."""
    found: dict[str, list[AssetNode]] = {TRAVEL: [], CRADLE: [], CLAMPS: []}
    for node in placed.asset.nodes:
        if node.joint is not None and node.joint.name in found:
            found[node.joint.name].append(node)
    lacking = [name for name, nodes in found.items() if not nodes]
    if lacking:
        raise PhysicsError(
            f"equipment.{placed.id}: asset {placed.asset.name!r} has no joint "
            f"{lacking[0]!r}; name the asset of a tilter"
        )
    return found


def _upper(node: AssetNode) -> float:
    assert node.joint is not None  # chosen for having one
    return node.joint.upper


def _link(node: AssetNode, joint: str, friction: float) -> Link:
    assert node.joint is not None  # chosen for having one
    shapes: tuple[Shape, ...] = shapes_of(node)
    middle = np.mean([shape.position_m for shape in shapes], axis=0)
    return Link(
        node.name,
        node.mass_kg,
        # A claw would press on the car beside the weld that it stands for.
        () if joint == CLAMPS else shapes,
        parent="" if joint == TRAVEL else node.parent,
        parent_from_link=node.parent_from_node,
        joint=node.joint.type,
        axis=node.joint.axis,
        centre_of_mass_m=(float(middle[0]), float(middle[1]), float(middle[2])),
        friction=friction,
        grips=joint == CRADLE,
    )
