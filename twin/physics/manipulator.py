"""A robot of any kind that runs a planned programme in a world, tick by tick."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

from twin.errors import PhysicsError
from twin.kinematics.arm import Arm
from twin.kinematics.drives import Drives, JointStatement, settle_drives
from twin.kinematics.motion import LineLimits
from twin.kinematics.planner import Planner
from twin.kinematics.programme import Act, Blocker, Move, PlannedProgramme, Stop
from twin.layout.inertials import settle_inertials
from twin.layout.robots import RobotModel
from twin.layout.urdf_parts import Inertial
from twin.physics.device import Done, Failed, Outcome, Told
from twin.physics.manipulator_body import make_tool, robot_links
from twin.physics.motor import Motor, Playback, PlaybackMemory
from twin.physics.tools.memories import AnyToolMemory
from twin.physics.tools.tool import ToolDrive, world_from_link
from twin.physics.tools.workplace import EmptyWorkplace, Workplace
from twin.physics.world import Contact, Shape, World
from twin.scenario.equipment import Manipulator
from twin.scenario.equipment.manipulators import SlidingJoint, TurningJoint
from twin.transforms import Matrix

_BLOCKED = 0.05
"""A joint that is so far from where it should be, rad or m, meets something."""

_BLOCKED_S = 0.1

# A joint nearer than this share of its range to an end is no good home.
_HOME_MARGIN = 0.05

# What holds a joint that belongs to no programme where its URDF gives no effort.
_IDLE_EFFORT = 1e3


class ManipulatorMemory(msgspec.Struct, frozen=True):
    """How far an arm is in its programme, and what its tools are at.

    Attributes:
        moving: Whether a programme runs.
        at: Place of the next segment.
        playback: What is left of the motion, or None.
        acting: Whether a tool works, or is changed.
        changing_ticks: How long that change still takes.
        blocked_ticks: For how long the arm has been off its path.
        lost: Whether a hold was lost.
        halted: Whether it is kept on its path.
        mounted: Tool at the flange, "" for none.
        commanded: Joint values that were commanded last.
        position_error: Of each joint in the last step.
        peak_position_error: The largest so far.
        effort: Of each motor in the last step.
        peak_effort_share: The largest over its limit so far.
        tools: What each knows.
    """

    moving: bool
    at: int
    playback: PlaybackMemory | None
    acting: bool
    changing_ticks: int
    blocked_ticks: int
    lost: bool
    halted: bool
    mounted: str
    commanded: list[float]
    position_error: list[float]
    peak_position_error: list[float]
    effort: list[float]
    peak_effort_share: list[float]
    tools: dict[str, AnyToolMemory]


class ManipulatorDrive:
    """Drives any robot through programmes of tasks.

    Attributes:
        name: Of the body, as in the scenario.
        arm: Its kinematics, at its place.
        body: Its links and those of all its tools.
        inertials: What its links weigh.
        drives: What its joints can do.
        tools: All its tools by name.
        mounted: The tool at the flange, "" for none.
        home: Joint values at rest, (n,).
        moving: Whether a programme runs.
        may_place: Asked before it goes down to put a part down; it waits until yes.
        waits: Whether it was told no.
        position_error: Of each joint in the last step, rad or m, (n,).
        peak_position_error: The largest so far, (n,).
        effort: Of each motor in the last step, N*m or N, (n,).
        peak_effort_share: The largest over its limit so far, (n,).
    """

    def __init__(
        self,
        world: World,
        name: str,
        spec: Manipulator,
        model: RobotModel,
        world_from_base: Matrix,
        tool_shapes: Mapping[str, tuple[Shape, ...]] | None = None,
        like: ManipulatorDrive | None = None,
    ) -> None:
        """Build a robot into a world, at its home.

        Args:
            world: Where it stands.
            name: As in the scenario.
            spec: What the scenario says of it.
            model: What its URDF says.
            world_from_base: Where its base is, (4, 4).
            tool_shapes: Shapes of tools that have an asset, flange frame.
            like: The same robot in another world: what its links weigh and its drives
                give is settled, and what had to be estimated has been said.

        Raises:
            LayoutError: If masses do not add up.
            KinematicsError: If what is said of joints does not fit the URDF.
            PhysicsError: If a tool is impossible.
        """
        self.name = name
        self.spec = spec
        self.model = model
        self.arm = Arm(model, world_from_base, np.eye(4))
        said: dict[str, TurningJoint | SlidingJoint] = {
            **spec.turning,
            **spec.sliding,
        }
        self.inertials: Mapping[str, Inertial] = (
            _inertials(model, spec, said) if like is None else like.inertials
        )
        shapes = tool_shapes or {}
        self.tools: dict[str, ToolDrive] = {
            tool: make_tool(tool, each, shapes.get(tool, ()))
            for tool, each in spec.tools.items()
        }
        heaviest = max(self.tools.values(), key=lambda tool: tool.mass_kg, default=None)
        if heaviest is not None:
            self.arm.carry(heaviest.flange_from_tip)
        tool_kg = 0.0 if heaviest is None else heaviest.mass_kg
        self.drives: Drives = (
            settle_drives(
                self.arm,
                self.inertials,
                {joint: _statement(one) for joint, one in said.items()},
                float(spec.payload) + tool_kg,
            )
            if like is None
            else like.drives
        )
        self.home = _home(self.arm, said)
        self._build(world, world_from_base)
        self.mounted = ""
        if spec.mounted is not None:
            self._mount(spec.mounted)
        n_joints = self.arm.n_joints
        self.position_error = np.zeros(n_joints)
        self.peak_position_error = np.zeros(n_joints)
        self.effort = np.zeros(n_joints)
        self.peak_effort_share = np.zeros(n_joints)
        self._work: Workplace = EmptyWorkplace()
        self._programme: PlannedProgramme | None = None
        self._at = 0
        self._playback: Playback | None = None
        self._acting: Stop | None = None
        self._changing_ticks = 0
        self._blocked_ticks = 0
        self._lost = False
        self._halted = False
        self.moving = False
        self.may_place: Callable[[str], bool] = lambda part: True
        self.waits = False

    # Building ---------------------------------------------------------------

    def _build(self, world: World, world_from_base: Matrix) -> None:
        links = robot_links(self.model, self.inertials)
        of_tools = {
            name: tool.links(self.model.flange_link, self.model.link_from_flange)
            for name, tool in self.tools.items()
        }
        for each in of_tools.values():
            links += each
        self.world = world
        self.body = world.add(self.name, links, world_from_base, fixed=True)
        self.joint_links = tuple(joint.child for joint in self.model.arm_joints)
        for name, tool in self.tools.items():
            tool.settle(world, self.body, of_tools[name], self.joint_links[-1])
        self._motor = Motor(self.body, self.joint_links, self.drives.efforts.tolist())
        others = [
            joint
            for joint in self.model.joints
            if joint.type != "fixed" and joint.child not in self.joint_links
        ]
        self._others = Motor(
            self.body,
            [joint.child for joint in others],
            [joint.effort or _IDLE_EFFORT for joint in others],
        )
        if others:
            at_rest = [min(max(0.0, joint.lower), joint.upper) for joint in others]
            for joint, value in zip(others, at_rest, strict=True):
                self.body.reset_joint(joint.child, value)
            self._others.hold(at_rest)
        self._commanded: list[float] = self.home.tolist()
        for link, value in zip(self.joint_links, self._commanded, strict=True):
            self.body.reset_joint(link, value)
        self._motor.hold(self._commanded)
        self._names = {index: link for link, index in self.body.link_index.items()}

    def planner(self, blocker: Blocker, seed: int = 0) -> Planner:
        """Return a planner for this arm, given what knows its surroundings."""
        spec = self.spec
        return Planner(
            arm=self.arm,
            limits=self.drives.limits,
            line=LineLimits(
                float(spec.line_speed),
                float(spec.line_acceleration),
                float(spec.line_jerk),
            ),
            home=self.home,
            vias=(),
            blocker=blocker,
            seed=seed,
        )

    # Tools ------------------------------------------------------------------

    def _mount(self, tool: str) -> None:
        self.tools[tool].couple()
        self.mounted = tool

    def tool(self) -> ToolDrive | None:
        """Return the tool at the flange."""
        return self.tools.get(self.mounted)

    @property
    def puts_down(self) -> str:
        """The part that its tool lets go of now, "" for none."""
        acting = self._acting
        return acting.target if acting is not None and acting.do == "place" else ""

    def lose_grip(self) -> None:
        """Let the tool lose its hold: a fault that anyone can inject."""
        tool = self.tool()
        if tool is not None:
            # What it held is told of as it drops, and the arm gives up then.
            self._lost = self.moving and not tool.held
            tool.lose()

    # Working ----------------------------------------------------------------

    def start(self, programme: PlannedProgramme, work: Workplace) -> None:
        """Begin a programme; the arm is where the last one ended.

        Args:
            programme: Planned for this arm.
            work: What its tools act on.
        """
        self._programme, self._work = programme, work
        self._at, self._lost, self.moving = 0, False, True
        self.waits = False
        self._playback, self._acting = None, None

    def before_step(self, tick: int) -> Outcome | None:
        """Look at the last step, command the next; say when done or of note."""
        told = self.watch()
        if told is not None:
            self._lost = self.moving and told.kind == "PartDropped"
            return told
        if not self.moving:
            return None
        self.measure()
        if self._lost:
            return self._give_up("alarm.gripper_lost", {"tool": self.mounted})
        blocked = self._blocked()
        if blocked is not None:
            return blocked
        if self._playback is not None:
            if self._playback.step():
                self._commanded = self._playback.positions
                return None
            self._playback = None
        if self._halted:
            return None
        if self._acting is not None:
            return self._act(self._acting)
        return self._next_segment()

    def halt(self) -> None:
        """Come to rest on the path, or stop what the tool does; a hold is kept."""
        self._halted = True
        if self._playback is not None:
            self._playback.halt()

    def resume(self) -> None:
        """Go on along the path, or with what the tool does."""
        self._halted = False
        if self._playback is not None:
            self._playback.resume()

    def watch(self) -> Told | None:
        """Look after what the tool holds; ``before_step`` does it as well."""
        tool = self.tool()
        return None if tool is None else tool.watch()

    def _next_segment(self) -> Outcome | None:
        programme = self._programme
        assert programme is not None  # start() has set it
        if self._at == len(programme.segments):
            self.moving = False
            return Done()
        segment = programme.segments[self._at]
        stop = programme.stops[segment.stop]
        down = isinstance(segment, Move) and segment.kind == "approach"
        self.waits = down and stop.do == "place" and not self.may_place(stop.target)
        if self.waits:
            return None
        self._at += 1
        if not isinstance(segment, Act):
            self._playback = Playback(
                self._motor, segment.trajectory, self.world.dt_s, self.drives.limits
            )
            return None
        self._acting = stop
        if stop.do in ("couple", "uncouple"):
            self._changing_ticks = round(stop.seconds / self.world.dt_s)
            return None
        tool = self.tool()
        assert tool is not None  # only a change of tools finds a bare flange
        tool.begin(stop, self._work)
        return None

    def _act(self, stop: Stop) -> Outcome | None:
        if stop.do in ("couple", "uncouple"):
            self._changing_ticks -= 1
            if self._changing_ticks > 0:
                return None
            self._acting = None
            if stop.do == "couple":
                self._mount(stop.target)
            else:
                self.tools[stop.target].uncouple()
                self.mounted = ""
            return _event(stop, stop.target)
        tool = self.tool()
        assert tool is not None  # as above
        outcome = tool.before_step()
        if isinstance(outcome, Failed):
            return self._give_up(outcome.text, dict(outcome.arguments))
        if isinstance(outcome, Done):
            self._acting = None
            return _event(stop, tool.name)
        return outcome

    def _blocked(self) -> Outcome | None:
        worst = int(np.argmax(self.position_error))
        if self.position_error[worst] < _BLOCKED:
            self._blocked_ticks = 0
            return None
        self._blocked_ticks += 1
        if self._blocked_ticks * self.world.dt_s < _BLOCKED_S:
            return None
        off = float(self.position_error[worst])
        amount = (
            f"{1e3 * off:.0f} mm"
            if self.arm.slides[worst]
            else f"{math.degrees(off):.1f}°"
        )
        return self._give_up(
            "alarm.arm_blocked", {"robot": self.name, "joint": worst + 1, "off": amount}
        )

    def _give_up(self, text: str, arguments: dict[str, str | float]) -> Failed:
        """Stop where the arm is."""
        self.moving = self.waits = False
        self._playback, self._acting, self._blocked_ticks = None, None, 0
        self._commanded = self.positions()
        self._motor.hold(self._commanded)
        return Failed(text, arguments)

    # Remembering ------------------------------------------------------------

    def memory(self) -> ManipulatorMemory:
        """Return how far it is; what it was planned for, its owner knows."""
        playback = self._playback
        return ManipulatorMemory(
            self.moving,
            self._at,
            None if playback is None else playback.memory(),
            self._acting is not None,
            self._changing_ticks,
            self._blocked_ticks,
            self._lost,
            self._halted,
            self.mounted,
            list(self._commanded),
            self.position_error.tolist(),
            self.peak_position_error.tolist(),
            self.effort.tolist(),
            self.peak_effort_share.tolist(),
            {name: tool.memory() for name, tool in self.tools.items()},
        )

    def wear(self, mounted: str) -> None:
        """Have a tool at the flange, and no other.

        To be called before Bullet restores a state: what touched what is lost when
        a tool begins or ends to be touchable.
        """
        for name, tool in self.tools.items():
            if tool.coupled and name != mounted:
                tool.uncouple()
        self.mounted = ""
        if mounted:
            if not self.tools[mounted].coupled:
                self.tools[mounted].couple()
            self.mounted = mounted

    def recall(
        self,
        memory: ManipulatorMemory,
        programme: PlannedProgramme | None,
        work: Workplace,
    ) -> None:
        """Go on with a programme where another arm was remembered.

        Args:
            memory: Of an arm of the same make.
            programme: That it ran, planned for the same.
            work: What its tools act on.

        Raises:
            PhysicsError: If the memory is damaged, or of another arm.
        """
        if memory.tools.keys() != self.tools.keys():
            raise PhysicsError(
                f"snapshot: of tools {sorted(memory.tools)} of {self.name!r}, here are "
                f"{sorted(self.tools)}; open the scenario it was taken from"
            )
        self._programme, self._work = programme, work
        self.moving, self._at = memory.moving, memory.at
        self._lost, self._halted = memory.lost, memory.halted
        self._changing_ticks = memory.changing_ticks
        self._blocked_ticks = memory.blocked_ticks
        self._commanded = list(memory.commanded)
        self._playback = None
        if memory.playback is not None:
            self._playback = Playback.recalled(
                memory.playback, self._motor, self.world.dt_s, self.drives.limits
            )
        self._acting = None
        if memory.acting:
            segments = () if programme is None else programme.segments
            if not 0 < memory.at <= len(segments):
                raise PhysicsError(
                    f"snapshot: {self.name!r} is at work in segment {memory.at}, which "
                    "is none; it is damaged, take another"
                )
            assert programme is not None  # it has segments
            self._acting = programme.stops[segments[memory.at - 1].stop]
        self.position_error = np.array(memory.position_error)
        self.peak_position_error = np.array(memory.peak_position_error)
        self.effort = np.array(memory.effort)
        self.peak_effort_share = np.array(memory.peak_effort_share)
        for name, tool in self.tools.items():
            at_work = self._acting if name == memory.mounted else None
            tool.recall(memory.tools[name], at_work, work)

    # Reading ----------------------------------------------------------------

    def measure(self) -> None:
        """Take position errors and efforts of the last step."""
        rows = self._motor.rows()
        wanted = np.array(self._commanded)
        self.position_error = np.abs(np.array([row[0] for row in rows]) - wanted)
        self.effort = np.array([row[3] for row in rows])
        np.maximum(
            self.peak_position_error, self.position_error, out=self.peak_position_error
        )
        share = np.abs(self.effort) / self.drives.efforts
        np.maximum(self.peak_effort_share, share, out=self.peak_effort_share)

    def positions(self) -> list[float]:
        """Return joint values, base first, rad or m."""
        return self._motor.positions()

    def held_efforts(self) -> NDArray[np.float64]:
        """Return the motors' efforts in the last step, (n,), N*m or N."""
        return np.array([row[3] for row in self._motor.rows()])

    def touches(self) -> list[Contact]:
        """Return what the arm presses on, its own load and work left out."""
        points = self.world.call("getContactPoints", self.body.body_id)
        if not points:
            return []
        tool = self.tool()
        held = None if tool is None else tool.held_body()
        wanted = set() if held is None else {held.body_id}
        if self._acting is not None and self._acting.do in ("pick", "place"):
            wanted.add(self._work.part(self._acting.target).body_id)
        return [
            contact
            for contact in self.world.contacts(self.body)
            if not (contact.other in wanted and self._is_of_tool(contact.link))
        ]

    def _is_of_tool(self, link: int) -> bool:
        name = self.link_name(link)
        return bool(self.mounted) and name.partition("/")[0] == self.mounted

    def link_name(self, index: int) -> str:
        """Return the name of a link by its number in a contact."""
        return self._names[index].partition("#")[0]

    def world_from_tip(self) -> Matrix:
        """Return where the tool's tip, or the bare flange, really is, (4, 4)."""
        tool = self.tool()
        if tool is not None:
            return tool.world_from_tool() @ tool.flange_from_tip
        pose = world_from_link(self.body, self.model.flange_link)
        flange: Matrix = pose @ self.model.link_from_flange
        return flange


_EVENTS: Mapping[str, tuple[str, str]] = {
    "pick": ("PartPicked", "event.part_picked"),
    "place": ("PartPlaced", "event.part_placed"),
    "unscrew": ("FastenerOut", "event.fastener_out"),
    "cut": ("JointCut", "event.joint_cut"),
    "couple": ("ToolCoupled", "event.tool_coupled"),
    "uncouple": ("ToolUncoupled", "event.tool_uncoupled"),
}


def _event(stop: Stop, tool: str) -> Told | None:
    if stop.do not in _EVENTS:
        return None
    kind, text = _EVENTS[stop.do]
    named: dict[str, str | float] = {
        "part": stop.target,
        "fastener": stop.target,
        "joint": stop.target,
        "tool": tool,
    }
    return Told(kind, text, named)


def _inertials(
    model: RobotModel,
    spec: Manipulator,
    said: Mapping[str, TurningJoint | SlidingJoint],
) -> Mapping[str, Inertial]:
    """Return what each link weighs: as said, as the URDF says, or as estimated."""
    child = {joint.name: joint.child for joint in model.arm_joints}
    stated_kg = {
        child.get(joint, joint): float(one.mass)
        for joint, one in said.items()
        if one.mass is not None
    }
    total_kg = None if spec.total_mass is None else float(spec.total_mass)
    return settle_inertials(model, stated_kg, total_kg).by_link


def _statement(said: TurningJoint | SlidingJoint) -> JointStatement:
    effort = said.torque if isinstance(said, TurningJoint) else said.force
    values = (effort, said.acceleration, said.jerk, said.speed)
    effort_, acceleration, jerk, speed = (
        None if value is None else float(value) for value in values
    )
    return JointStatement(effort_, acceleration, jerk, speed)


def _home(
    arm: Arm, said: Mapping[str, TurningJoint | SlidingJoint]
) -> NDArray[np.float64]:
    """Return the joint values at rest: as said, else 0 or the middle of the range."""
    values = []
    for joint in arm.robot.arm_joints:
        stated = said[joint.name].home if joint.name in said else None
        if stated is not None:
            values.append(float(stated))
            continue
        margin = _HOME_MARGIN * (joint.upper - joint.lower)
        inside = joint.lower + margin < 0.0 < joint.upper - margin
        if math.isinf(margin) or inside:
            values.append(0.0)
        else:
            values.append((joint.lower + joint.upper) / 2)
    return np.array(values)
