"""The robot at work: along its tour to each fastener, and turning it out."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping
from typing import ClassVar

import msgspec
import numpy as np

from twin.errors import KinematicsError, PhysicsError
from twin.kinematics.arm import Arm
from twin.kinematics.motion import (
    Limits,
    LineLimits,
    Trajectory,
    plan_joint_path,
    plan_line,
)
from twin.layout.plan import Placed
from twin.layout.robots import RobotLink
from twin.physics.car import Car, shapes_of_asset
from twin.physics.device import Done, Failed, Outcome, Told
from twin.physics.halts import Halts
from twin.physics.motor import Motor, Playback, PlaybackMemory
from twin.physics.tour import Gap, Stop, Tour, TourPlanner
from twin.physics.world import Contact, Link, Shape, World
from twin.scenario.equipment import Robot
from twin.scenario.station import Operation
from twin.signals import FaultKind, FaultOffer
from twin.state import Severity
from twin.transforms import Matrix, Vector, rotation_from_wxyz, transform

TOOL_LINK = "tool"
# A frame link that the URDF gives no body still needs some mass in Bullet.
_BARE_LINK_KG = 1e-3


# A nutrunner that cannot break a fastener away tries this many times as long.
_STUBBORN_TRIES = 3


class StopMemory(msgspec.Struct, frozen=True):
    """One fastener still to come on a tour."""

    name: str
    way_rad: list[list[float]]
    world_from_aim: list[list[float]]


class ArmMemory(msgspec.Struct, frozen=True):
    """What an arm was doing, what is still to come, and what is broken."""

    phase: str
    moving: bool
    car: int
    commanded: tuple[float, ...]
    playback: PlaybackMemory | None
    left_at: str
    stops: tuple[StopMemory, ...]
    home_way: list[list[float]]
    turning_ticks: int
    loose_below: int
    loosening_nm: tuple[float, float, float]
    running_nm: tuple[float, float, float]
    magazine_kg: float
    tracking_error_rad: float
    peak_tracking_error_rad: float
    peak_torque_share: float
    halts: tuple[str, ...]
    seized: tuple[str, ...]
    found_seized: tuple[str, ...]


class ArmDrive:
    """Drives a robot with a nutrunner through an unscrewing operation.

    Attributes:
        moving: Whether it works now; at rest its motors hold it by themselves.
        magazine_kg: Mass of the fasteners it has collected.
        tracking_error_rad: Largest of the joints in the last step.
        peak_tracking_error_rad: Largest so far.
        peak_torque_share: Largest motor torque over its limit so far.
        plan: Plans a car's tour; the cell sets it, since only the cell knows what
            stands around.
        fastener_names: Those of the product, which may seize; the cell sets them.
    """

    memory_type: ClassVar[type[msgspec.Struct]] = ArmMemory

    def __init__(self, world: World, robot: Robot, placed: Placed) -> None:
        self._id = placed.id
        self._halts = Halts()
        self._seized: set[str] = set()
        self._found_seized: set[str] = set()
        self._left_at = ""
        self.fastener_names: tuple[str, ...] = ()
        assert placed.robot is not None  # the layout gives every robot its arm
        self.robot = robot
        self.model = placed.robot
        flange_from_tool = transform((0.0, 0.0, float(robot.tool.length)))
        self.arm = Arm(self.model, placed.world_from_asset, flange_from_tool)
        self.body = world.add(
            placed.id, self._links(placed), placed.world_from_asset, fixed=True
        )
        self.joint_links = tuple(joint.child for joint in self.model.arm_joints)
        self._torques_nm = [float(joint.torque) for joint in robot.joints]
        self._motor = Motor(self.body, self.joint_links, self._torques_nm)
        self.limits = Limits(
            self.arm.velocity,
            np.array([float(joint.acceleration) for joint in robot.joints]),
            np.array([float(joint.jerk) for joint in robot.joints]),
        )
        self._line = LineLimits(
            float(robot.line_speed),
            float(robot.line_acceleration),
            float(robot.line_jerk),
        )
        self._client = world.client
        self._dt_s = world.dt_s
        self.home_rad = np.array([float(joint.home) for joint in robot.joints])
        self._tool = self.body.link_index[TOOL_LINK]
        self._names = {index: name for name, index in self.body.link_index.items()}
        self._twist = world.bound("applyExternalTorque")
        self._touching = world.bound("getContactPoints")
        self._world_frame = world.bullet.WORLD_FRAME
        self._commanded: list[float] = self.home_rad.tolist()
        for link, angle in zip(self.joint_links, self._commanded, strict=True):
            self.body.reset_joint(link, angle)
        self._motor.hold(self._commanded)
        self.plan: Callable[[Car], Tour] | None = None
        self.moving = False
        self.magazine_kg = 0.0
        self.tracking_error_rad = 0.0
        self.peak_tracking_error_rad = 0.0
        self.peak_torque_share = 0.0
        self._car: Car | None = None
        self._stops: deque[Stop] = deque()
        self._home_way = self.home_rad[None]
        self._phase = "idle"
        self._playback: Playback | None = None
        self._turning_ticks = 0
        self._loose_below = 0
        self._loosening_nm = [0.0, 0.0, 0.0]
        self._running_nm = [0.0, 0.0, 0.0]

    # Building ---------------------------------------------------------------

    def _links(self, placed: Placed) -> list[Link]:
        """Return the arm's links with the scenario's masses, and the tool's."""
        model, robot = self.model, self.robot
        mass_kg = {
            joint.child: float(stated.mass)
            for joint, stated in zip(model.arm_joints, robot.joints, strict=True)
        }
        by_name = {link.name: link for link in model.links}
        # The base is bolted down: its mass does not matter, only that it has one.
        links = [_rigid(by_name[model.joints[0].parent], 1.0)]
        for joint in model.joints:
            made = _rigid(by_name[joint.child], mass_kg.get(joint.child, _BARE_LINK_KG))
            links.append(
                Link(
                    made.name,
                    made.mass_kg,
                    made.shapes,
                    parent=joint.parent,
                    parent_from_link=joint.parent_from_joint,
                    joint="revolute" if joint.child in mass_kg else "fixed",
                    axis=joint.axis,
                    centre_of_mass_m=made.centre_of_mass_m,
                    inertia_kgm2=made.inertia_kgm2,
                )
            )
        links.append(
            Link(
                TOOL_LINK,
                float(robot.tool.mass),
                shapes_of_asset(placed.asset),
                parent=model.flange_link,
                parent_from_link=model.link_from_flange,
                centre_of_mass_m=(0.0, 0.0, float(robot.tool.length) / 3),
            )
        )
        return links

    def tour_planner(self, gap_m: Gap) -> TourPlanner:
        """Return a planner for this arm, given what measures its gaps."""
        return TourPlanner(
            arm=self.arm,
            limits=self.limits,
            home_rad=self.home_rad,
            vias_rad=[np.array(via, dtype=np.float64) for via in self.robot.vias],
            approach_m=float(self.robot.approach),
            dive_m=float(self.robot.dive),
            gap_m=gap_m,
            clearance_m=float(self.robot.clearance),
        )

    # Working ----------------------------------------------------------------

    def start(self, operation: Operation, car: Car) -> None:
        """Begin to turn a car's fasteners out."""
        if operation.do != "unscrew":
            raise PhysicsError(f"robot: cannot {operation.do}; give 'do: unscrew'")
        self._car = car
        self._phase, self.moving = "plan", True

    def before_step(self, tick: int) -> Outcome | None:
        """Follow the trajectory, or act where it ended."""
        if self._playback is not None:
            if self._playback.step():
                self._commanded = self._playback.positions
                return None
            self._playback = None
        if self._halts:
            return None
        if self._phase == "turning":
            return self._turn()
        try:
            return self._next_phase()
        except KinematicsError as error:
            name, _, why = str(error).partition(": ")
            return self._give_up("alarm.out_of_reach", {"fastener": name, "why": why})

    def _next_phase(self) -> Outcome | None:
        """Begin what comes after the trajectory that has just ended."""
        if self._phase == "plan":
            assert self._car is not None  # start() has set it
            assert self.plan is not None  # the cell has set it
            tour = self.plan(self._car)
            self._stops = deque(tour.stops)
            self._come_back()
            self._home_way = tour.home_way_rad
            self._travel()
        elif self._phase == "approach":
            self._follow(self._straight(self._stops[0].world_from_aim), "engage")
        elif self._phase == "engage":
            return self._engage()
        elif self._phase == "retreat":
            self._stops.popleft()
            self._travel()
        elif self._phase == "home":
            self._phase, self.moving = "idle", False
            self.tracking_error_rad = 0.0
            return Done()
        return None

    def _come_back(self) -> None:
        """Where it gave up under a fastener, begin there and not from home."""
        left_at, self._left_at = self._left_at, ""
        if self._stops and self._stops[0].name == left_at:
            first = self._stops.popleft()
            way_rad = np.vstack([self._commanded, first.way_rad[-1:]])
            self._stops.appendleft(Stop(first.name, way_rad, first.world_from_aim))

    def _travel(self) -> None:
        """Go to the next stop's approach, or home."""
        if self._stops:
            way, phase = self._stops[0].way_rad, "approach"
        else:
            way, phase = self._home_way, "home"
        self._follow(
            plan_joint_path(np.vstack([self._commanded, way[1:]]), self.limits), phase
        )

    def _straight(self, goal: Matrix) -> Trajectory:
        """Return a straight tool line from here to a pose, the tool's turn kept."""
        here = np.array(self._commanded)
        pose = self.arm.forward(here)
        pose[:3, 3] = goal[:3, 3]
        return plan_line(self.arm, here, pose, self._line, self.limits)

    def _follow(self, trajectory: Trajectory, phase: str) -> None:
        self._playback = Playback(self._motor, trajectory, self._dt_s, self.limits)
        if self._halts:
            self._playback.halt()
        self._phase = phase

    def _engage(self) -> Outcome | None:
        """Put the socket on, if the real tool stands under the real head."""
        car, stop = self._car, self._stops[0]
        assert car is not None
        fastener = car.design.fastener(stop.name)
        position, wxyz = car.pack_here().pose()
        world_from_head = transform(position, wxyz) @ fastener.part_from_fastener
        tip, axis = self.tip()
        apart = tip - world_from_head[:3, 3]
        along = world_from_head[:3, 2]
        lateral_m = float(np.linalg.norm(apart - along * (apart @ along)))
        tilt_rad = math.acos(min(1.0, float(axis @ along)))
        tool = self.robot.tool
        if lateral_m > tool.lateral_tolerance or tilt_rad > tool.tilt_tolerance:
            return self._give_up(
                "alarm.not_engaged",
                {
                    "fastener": stop.name,
                    "lateral_mm": round(1e3 * lateral_m, 1),
                    "tilt_deg": round(math.degrees(tilt_rad), 2),
                },
            )
        kind = car.design.product.fastener
        spin_s = float(kind.turns) * 2 * math.pi / float(tool.speed)
        self._loose_below = round(spin_s / self._dt_s)
        # Loosening turns the head anticlockwise seen from the tool: the pack is
        # dragged along, the tool is pushed the other way.
        axis = stop.world_from_aim[:3, 2]
        self._loosening_nm = (axis * float(kind.break_away_torque)).tolist()
        self._running_nm = (axis * float(kind.running_torque)).tolist()
        self._turning_ticks = (
            round(float(kind.break_away_time) / self._dt_s) + self._loose_below
        )
        if stop.name in self._seized:
            self._turning_ticks = round(
                _STUBBORN_TRIES * float(kind.break_away_time) / self._dt_s
            )
            self._loose_below = 0
        self._phase = "turning"
        return None

    def _turn(self) -> Outcome | None:
        """Turn the fastener for a tick; the arm and the pack feel the torque."""
        car, stop = self._car, self._stops[0]
        assert car is not None
        if self._turning_ticks > 0:
            loosening = self._turning_ticks > self._loose_below
            x, y, z = self._loosening_nm if loosening else self._running_nm
            self._turning_ticks -= 1
            client, frame = self._client, self._world_frame
            pack = car.pack_here().body_id
            self._twist(pack, -1, [-x, -y, -z], frame, physicsClientId=client)
            self._twist(
                self.body.body_id, self._tool, [x, y, z], frame, physicsClientId=client
            )
            return None
        below = stop.world_from_aim @ transform((0, 0, -float(self.robot.approach)))
        self._follow(self._straight(below), "retreat")
        if stop.name not in car.welds:  # it let go by itself
            return None
        if stop.name in self._seized:
            self._found_seized.add(stop.name)
            return Told(
                "FastenerSeized",
                "alarm.fastener_seized",
                {"fastener": stop.name},
                severity=Severity.ALARM,
            )
        self._take_out(car, stop.name)
        return Told("FastenerOut", "event.fastener_out", {"fastener": stop.name})

    def _take_out(self, car: Car, name: str) -> None:
        fastener = car.design.fastener(name)
        car.take_out(fastener)
        self.magazine_kg += fastener.mass_kg

    def _give_up(self, text: str, arguments: dict[str, str | float]) -> Failed:
        self._phase, self.moving = "idle", False
        self._left_at = self._stops[0].name if self._stops else ""
        self._motor.hold(self._commanded)
        return Failed(text, arguments)

    # Breaking and mending ---------------------------------------------------

    def halt(self, why: str) -> None:
        """Stop on the path within the limits; the motors hold."""
        if self._halts.add(why) and self._playback is not None:
            self._playback.halt()

    def resume(self, why: str) -> None:
        """Go on along the path, if nothing else keeps the arm."""
        if self._halts.drop(why) and self._playback is not None:
            self._playback.resume()

    def faults(self) -> tuple[FaultOffer, ...]:
        """Return what can break: the drives, and each fastener in its thread."""
        return (
            FaultOffer(self._id, "drive_stop"),
            FaultOffer(self._id, "seized_fastener", self.fastener_names),
        )

    def inject(self, kind: FaultKind, target: str) -> None:
        """Stop the drives, or have a fastener seize."""
        if kind == "drive_stop":
            self.halt(kind)
        else:
            self._seized.add(target)

    def mend(self, kind: FaultKind, target: str) -> None:
        """Have the drives run again, or a fastener freed.

        One that the nutrunner has left behind is taken out by hand: else nobody
        would come back to it.
        """
        if kind == "drive_stop":
            self.resume(kind)
            return
        self._seized.discard(target)
        car = self._car
        if target in self._found_seized and car is not None and target in car.welds:
            self._take_out(car, target)
        self._found_seized.discard(target)

    # Remembering ------------------------------------------------------------

    def memory(self) -> ArmMemory:
        """Return what it does, what is to come, and what is broken."""
        playback = self._playback
        return ArmMemory(
            self._phase,
            self.moving,
            self._car.number if self._car is not None else 0,
            tuple(self._commanded),
            playback.memory() if playback is not None else None,
            self._left_at,
            tuple(
                StopMemory(
                    stop.name, stop.way_rad.tolist(), stop.world_from_aim.tolist()
                )
                for stop in self._stops
            ),
            self._home_way.tolist(),
            self._turning_ticks,
            self._loose_below,
            _three(self._loosening_nm),
            _three(self._running_nm),
            self.magazine_kg,
            self.tracking_error_rad,
            self.peak_tracking_error_rad,
            self.peak_torque_share,
            self._halts.memory(),
            tuple(sorted(self._seized)),
            tuple(sorted(self._found_seized)),
        )

    def recall(self, memory: ArmMemory, cars: Mapping[int, Car]) -> None:
        """Do and know the same again."""
        self._phase, self.moving = memory.phase, memory.moving
        self._car = cars.get(memory.car)
        self._commanded = list(memory.commanded)
        self._playback = None
        if memory.playback is not None:
            self._playback = Playback.recalled(
                memory.playback, self._motor, self._dt_s, self.limits
            )
        self._left_at = memory.left_at
        self._stops = deque(
            Stop(stop.name, np.array(stop.way_rad), np.array(stop.world_from_aim))
            for stop in memory.stops
        )
        self._home_way = np.array(memory.home_way)
        self._turning_ticks = memory.turning_ticks
        self._loose_below = memory.loose_below
        self._loosening_nm = list(memory.loosening_nm)
        self._running_nm = list(memory.running_nm)
        self.magazine_kg = memory.magazine_kg
        self.tracking_error_rad = memory.tracking_error_rad
        self.peak_tracking_error_rad = memory.peak_tracking_error_rad
        self.peak_torque_share = memory.peak_torque_share
        self._halts.recall(memory.halts)
        self._seized = set(memory.seized)
        self._found_seized = set(memory.found_seized)

    # Reading ----------------------------------------------------------------

    def tip(self) -> tuple[Vector, Vector]:
        """Return the socket mouth's place m and its axis, world frame, (3,) each."""
        position, wxyz = self.body.link_pose(TOOL_LINK)
        axis = rotation_from_wxyz(wxyz)[:, 2]
        return position + axis * float(self.robot.tool.length), axis

    def measure(self) -> None:
        """Take tracking error and torque of the last step; call while moving."""
        # Written out rather than with max and abs: it runs in every step.
        error_rad = share = 0.0
        for row, wanted, most_nm in zip(
            self._motor.rows(), self._commanded, self._torques_nm, strict=True
        ):
            off_rad = row[0] - wanted
            if off_rad < 0.0:
                off_rad = -off_rad
            if off_rad > error_rad:
                error_rad = off_rad
            torque_nm = row[3] if row[3] > 0.0 else -row[3]
            if torque_nm > share * most_nm:
                share = torque_nm / most_nm
        self.tracking_error_rad = error_rad
        if error_rad > self.peak_tracking_error_rad:
            self.peak_tracking_error_rad = error_rad
        if share > self.peak_torque_share:
            self.peak_torque_share = share

    def touches(self) -> list[Contact]:
        """Return what the arm presses on in the last step."""
        points = self._touching(self.body.body_id, physicsClientId=self._client)
        if not points:
            return []
        return self.body.world.contacts(self.body)

    def link_name(self, index: int) -> str:
        """Return the name of a link by its number in a contact."""
        return self._names[index].partition("#")[0]

    def joint_positions(self) -> list[float]:
        """Return joint angles, rad, base first."""
        return self._motor.positions()


def _three(values: list[float]) -> tuple[float, float, float]:
    x, y, z = values
    return (x, y, z)


def _rigid(link: RobotLink, mass_kg: float) -> Link:
    """Return a link with its hulls; its mass is taken as spread over them."""
    if not link.collision:
        return Link(link.name, mass_kg, inertia_kgm2=(1e-4, 1e-4, 1e-4))
    points = np.concatenate([hull.vertices_m for hull in link.collision])
    x, y, z = ((points.min(axis=0) + points.max(axis=0)) / 2).tolist()
    return Link(
        link.name,
        mass_kg,
        tuple(Shape("hull", hull_m=hull.vertices_m) for hull in link.collision),
        centre_of_mass_m=(x, y, z),
    )
