"""A placed six-axis robot with a tool: where it is and how it can get there.

Source:
    D. Ostermeier, J. Kuelz, M. Althoff, "Automatic geometric decomposition for
    analytical inverse kinematics", IEEE RA-L 2025 (the eaik library).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from eaik.pybindings.EAIK import Robot as Solver
from numpy.typing import NDArray

from twin.errors import KinematicsError
from twin.layout.robots import RobotModel
from twin.layout.urdf import UrdfJoint
from twin.text import Language, say
from twin.transforms import Matrix, Vector, inverse

POSE_TOLERANCE = 1e-6
"""Entries of a branch's pose, m and direction cosines, may miss the target by
this: 1 µm, far below what a controller resolves, far above rounding."""

SLACK_RAD = 1e-9
"""Rounding that a joint limit forgives."""

SAME_RAD = 1e-6
"""Branches nearer than this on every axis are one."""


class Arm:
    """A six-axis robot at its place, with its tool.

    Joint values ``q_rad`` are (6,) float64 from base to flange.
    """

    def __init__(
        self, robot: RobotModel, world_from_base: Matrix, flange_from_tool: Matrix
    ) -> None:
        """Place a robot.

        Args:
            robot: The model; six joints must move.
            world_from_base: (4, 4) pose of its base.
            flange_from_tool: (4, 4) pose of the tool's tip.

        Raises:
            KinematicsError: If the robot has no closed-form inverse.
        """
        joints = robot.arm_joints
        if len(joints) != 6 or any(joint.type == "prismatic" for joint in joints):
            raise KinematicsError(
                f"robot {robot.name!r}: {len(joints)} moving joints before the flange; "
                "give an arm with six revolute ones"
            )
        self.robot = robot
        self.world_from_base = world_from_base.copy()
        self.flange_from_tool = flange_from_tool.copy()
        self.lower_rad = np.array([joint.lower for joint in joints])
        self.upper_rad = np.array([joint.upper for joint in joints])
        self.velocity_radps = np.array([joint.velocity for joint in joints])
        self._index = {joint.name: place for place, joint in enumerate(joints)}
        self._steps = [_step(joint) for joint in robot.joints]
        self._last_link = joints[-1].child
        links = [joint.child for joint in robot.chain]
        to_last = robot.chain[: links.index(self._last_link) + 1]
        self._chain = [_step(joint) for joint in to_last]
        at_zero = self._base_from_links(np.zeros(6))
        self._last_from_tool = (
            inverse(at_zero[self._last_link])
            @ at_zero[robot.flange_link]
            @ robot.link_from_flange
            @ self.flange_from_tool
        )
        self._solver = self._build_solver(at_zero)
        self._last_at_zero = at_zero[self._last_link][:3, :3]
        self._base_from_world = inverse(self.world_from_base)
        self._tool_from_last = inverse(self._last_from_tool)

    def _build_solver(self, at_zero: dict[str, Matrix]) -> Solver:
        """Return eaik's robot: axes and offsets in the base frame at zero."""
        axes, places = [], [np.zeros(3)]
        for joint in self.robot.arm_joints:
            base_from_joint = at_zero[joint.child]
            axes.append(base_from_joint[:3, :3] @ np.array(joint.axis))
            places.append(base_from_joint[:3, 3])
        offsets = np.vstack([np.diff(places, axis=0), np.zeros(3)])
        solver = Solver(np.array(axes).T, offsets.T, np.eye(3), [], True)
        if not solver.has_known_decomposition():
            raise KinematicsError(
                f"robot {self.robot.name!r}: no closed-form inverse for this geometry; "
                "give an arm whose last three axes meet in a point"
            )
        return solver

    def _base_from_links(self, q_rad: Vector) -> dict[str, Matrix]:
        poses: dict[str, Matrix] = {self.robot.joints[0].parent: np.eye(4)}
        for joint, step in zip(self.robot.joints, self._steps, strict=True):
            place = self._index.get(joint.name)
            angle = 0.0 if place is None else float(q_rad[place])
            poses[joint.child] = poses[joint.parent] @ step.at(angle)
        return poses

    def _base_from_last(self, q_rad: Vector) -> Matrix:
        """Return the pose of the sixth axis' link alone, which is quicker."""
        pose = np.eye(4)
        angles = iter(q_rad.tolist())
        for step in self._chain:
            pose = pose @ step.at(next(angles) if step.turns else 0.0)
        return pose

    def link_poses(self, q_rad: Vector) -> dict[str, Matrix]:
        """Return ``world_from_link``, (4, 4), of every link by name."""
        return {
            name: self.world_from_base @ pose
            for name, pose in self._base_from_links(q_rad).items()
        }

    def forward(self, q_rad: Vector) -> Matrix:
        """Return ``world_from_tool``, (4, 4)."""
        base_from_last = self._base_from_last(np.asarray(q_rad, dtype=np.float64))
        return self.world_from_base @ base_from_last @ self._last_from_tool

    def within_limits(self, q_rad: Vector, slack_rad: float = SLACK_RAD) -> bool:
        """Tell whether every joint is inside its range."""
        return bool(
            np.all(q_rad >= self.lower_rad - slack_rad)
            and np.all(q_rad <= self.upper_rad + slack_rad)
        )

    def branches(self, world_from_tool: Matrix) -> NDArray[np.float64]:
        """Return every way to reach a pose inside the joint limits.

        Args:
            world_from_tool: Target, (4, 4).

        Returns:
            Joint values, (k, 6) float64, sorted; k may be 0. Whole turns count
            as ways of their own where the range of a joint allows them.
        """
        ways = [
            np.array(way)
            for solution in self._solutions(world_from_tool)
            for way in itertools.product(
                *(
                    self._whole_turns(joint, angle)
                    for joint, angle in enumerate(solution)
                )
            )
        ]
        return np.array(ways).reshape(-1, 6)

    def nearest(self, world_from_tool: Matrix, near_rad: Vector) -> Vector | None:
        """Return the way to reach a pose that is nearest to given joint values.

        Nearest means the least movement of the joint that moves most. None if
        no way lies inside the joint limits.
        """
        base_from_last = self._base_from_last_at(world_from_tool)
        answers = self._answers(base_from_last)
        if not len(answers):
            return None
        turn = 2.0 * math.pi
        ways = answers + turn * np.round((near_rad - answers) / turn)
        ways = np.where(ways > self.upper_rad + SLACK_RAD, ways - turn, ways)
        ways = np.where(ways < self.lower_rad - SLACK_RAD, ways + turn, ways)
        inside = (ways <= self.upper_rad + SLACK_RAD) & (
            ways >= self.lower_rad - SLACK_RAD
        )
        moved_rad = np.where(inside.all(axis=1), np.abs(ways - near_rad).max(1), np.inf)
        # The nearest that is exact is as good as all: the others stay unchecked.
        for place in np.argsort(moved_rad, kind="stable"):
            if not math.isfinite(moved_rad[place]):
                return None
            if self._is_exact(answers[place], base_from_last):
                way: Vector = np.clip(ways[place], self.lower_rad, self.upper_rad)
                return way
        return None

    def _whole_turns(self, joint: int, angle_rad: float) -> list[float]:
        turn = 2.0 * math.pi
        low, high = self.lower_rad[joint], self.upper_rad[joint]
        if not (math.isfinite(low) and math.isfinite(high)):
            return [angle_rad]
        first = math.ceil((low - SLACK_RAD - angle_rad) / turn)
        last = math.floor((high + SLACK_RAD - angle_rad) / turn)
        return [
            float(np.clip(angle_rad + turn * n, low, high))
            for n in range(first, last + 1)
        ]

    def _solutions(self, world_from_tool: Matrix) -> list[Vector]:
        """Return exact solutions, limits not looked at, in a stable order."""
        base_from_last = self._base_from_last_at(world_from_tool)
        found: list[Vector] = []
        for q_rad in self._answers(base_from_last):
            if not self._is_exact(q_rad, base_from_last):
                continue
            if all(np.abs(q_rad - known).max() > SAME_RAD for known in found):
                found.append(q_rad)
        return sorted(found, key=lambda q_rad: [round(float(q), 6) for q in q_rad])

    def _base_from_last_at(self, world_from_tool: Matrix) -> Matrix:
        pose: Matrix = self._base_from_world @ world_from_tool @ self._tool_from_last
        return pose

    def _answers(self, base_from_last: Matrix) -> NDArray[np.float64]:
        """Return what eaik answers and does not call an approximation, (k, 6)."""
        target = base_from_last.copy()
        target[:3, :3] = base_from_last[:3, :3] @ self._last_at_zero.T
        answer = self._solver.calculate_IK(target)
        exact = [
            q for q, rough in zip(answer.Q, answer.is_LS, strict=True) if not rough
        ]
        answers = np.array(exact, dtype=np.float64).reshape(-1, 6)
        return answers[np.isfinite(answers).all(axis=1)]

    def _is_exact(self, q_rad: Vector, base_from_last: Matrix) -> bool:
        """Tell whether joint values give a pose: at singular ones eaik may err."""
        miss = self._base_from_last(q_rad) - base_from_last
        return bool(np.abs(miss).max() <= POSE_TOLERANCE)

    def reach_error(self, world_from_tool: Matrix, language: Language = "en") -> str:
        """Return why a pose is out of reach, in a sentence, or "" if it is not."""
        solutions = self._solutions(world_from_tool)
        if not solutions:
            away_m = np.linalg.norm(
                (world_from_tool @ inverse(self._last_from_tool))[:3, 3]
                - self.world_from_base[:3, 3]
            )
            return say("kinematics.no_branch", language, away_m=f"{away_m:.2f}")
        if len(self.branches(world_from_tool)):
            return ""
        misses: list[tuple[float, int]] = []
        for q_rad in solutions:
            over = [self._over_rad(joint, float(q)) for joint, q in enumerate(q_rad)]
            worst = int(np.argmax(over))
            misses.append((over[worst], worst))
        over_rad, joint = min(misses)
        return say(
            "kinematics.limit",
            language,
            joint=joint + 1,
            over_deg=f"{math.degrees(over_rad):.1f}",
        )

    def _over_rad(self, joint: int, angle_rad: float) -> float:
        """Return how far a joint is outside its range at the best whole turn."""
        low, high = float(self.lower_rad[joint]), float(self.upper_rad[joint])
        return min(
            max(low - angle_rad - turn, angle_rad + turn - high, 0.0)
            for turn in (-2.0 * math.pi, 0.0, 2.0 * math.pi)
        )


@dataclass(frozen=True, slots=True)
class _Step:
    """A joint's pose as ``fixed + sin(angle) * by_sine + (1 - cos) * by_cosine``.

    Source:
        Rodrigues' rotation formula, multiplied by the joint's fixed pose once.
    """

    turns: bool
    fixed: Matrix
    by_sine: Matrix
    by_cosine: Matrix

    def at(self, angle_rad: float) -> Matrix:
        if not self.turns:
            return self.fixed
        pose: Matrix = (
            self.fixed
            + math.sin(angle_rad) * self.by_sine
            + (1.0 - math.cos(angle_rad)) * self.by_cosine
        )
        return pose


def _step(joint: UrdfJoint) -> _Step:
    x, y, z = joint.axis
    cross = np.zeros((4, 4))
    cross[:3, :3] = [[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]]
    fixed = joint.parent_from_joint
    return _Step(joint.type != "fixed", fixed, fixed @ cross, fixed @ cross @ cross)
