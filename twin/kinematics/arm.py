"""A placed robot with a tool: where it is and how it can get there."""

from __future__ import annotations

import itertools
import math

import numpy as np
from numpy.typing import NDArray

from twin.errors import KinematicsError
from twin.kinematics.chain import Chain, drives_of, step_of
from twin.kinematics.inverse import EXACT, Numeric, closed_form, exact
from twin.kinematics.numeric import solve_from
from twin.layout.robots import RobotModel
from twin.text import Language, say
from twin.transforms import Matrix, Vector, inverse

SLACK = 1e-9
"""Rounding that a joint limit forgives, rad or m."""

SAME = 1e-6
"""Branches nearer than this on every axis are one, rad or m."""

MOST_WAYS = 4_096
"""Of one pose: a guard against a robot whose joints all turn many times."""


class Arm:
    """A robot at its place, with its tool.

    Joint values ``q`` are (n,) float64 from base to flange, rad or m.

    Attributes:
        robot: The model.
        world_from_base: (4, 4) pose of its base.
        flange_from_tool: (4, 4) pose of the tool's tip.
        lower: Least joint values, (n,).
        upper: Greatest joint values, (n,).
        velocity: Greatest joint speeds, (n,).
        slides: Which joint values are lengths, (n,).
    """

    def __init__(
        self, robot: RobotModel, world_from_base: Matrix, flange_from_tool: Matrix
    ) -> None:
        """Place a robot.

        Args:
            robot: The model.
            world_from_base: (4, 4) pose of its base.
            flange_from_tool: (4, 4) pose of the tool's tip.

        Raises:
            KinematicsError: If nothing moves its flange.
        """
        joints = robot.arm_joints
        if not joints:
            raise KinematicsError(
                f"robot {robot.name!r}: no joint moves the flange; give an arm"
            )
        self.robot = robot
        self.world_from_base = world_from_base.copy()
        self.lower = np.array([joint.lower for joint in joints])
        self.upper = np.array([joint.upper for joint in joints])
        self.velocity = np.array([joint.velocity for joint in joints])
        self.slides = np.array([joint.slides for joint in joints])
        self._n_joints = len(joints)
        self._drives = drives_of(robot)
        self._steps = [step_of(joint) for joint in robot.joints]
        self._last_link = joints[-1].child
        links = [joint.child for joint in robot.chain]
        to_last = robot.chain[: links.index(self._last_link) + 1]
        self._chain = [
            (step_of(joint), self._drives.get(joint.name)) for joint in to_last
        ]
        self._at_zero = self._base_from_links(np.zeros(self._n_joints))
        self._base_from_world = inverse(self.world_from_base)
        self._many = Chain(to_last, self._drives, self._n_joints)
        self._numeric = Numeric(
            self._many, self.lower, self.upper, ~self.slides, robot.name
        )
        mimics = any(joint.mimic is not None for joint in to_last)
        closed = closed_form(
            joints,
            [self._at_zero[joint.child] for joint in joints],
            self._many,
            self._numeric,
        )
        self._closed = None if mimics else closed
        # With as many joints as a pose has coordinates postures are countable, and
        # the nearest is one of all; else it is the one that a small step leads to.
        self._is_countable = self._closed is not None and self._n_joints == 6
        self.carry(flange_from_tool)

    def carry(self, flange_from_tool: Matrix) -> None:
        """Take another tool: its tip is at a pose in the flange, (4, 4)."""
        self.flange_from_tool = flange_from_tool.copy()
        self._last_from_tool = (
            inverse(self._at_zero[self._last_link])
            @ self._at_zero[self.robot.flange_link]
            @ self.robot.link_from_flange
            @ self.flange_from_tool
        )
        self._tool_from_last = inverse(self._last_from_tool)
        self._tool_from_flange = inverse(self.flange_from_tool)

    @property
    def n_joints(self) -> int:
        """How many joint values it has."""
        return self._n_joints

    def _base_from_links(self, q: Vector) -> dict[str, Matrix]:
        poses: dict[str, Matrix] = {self.robot.base_link: np.eye(4)}
        for joint, step in zip(self.robot.joints, self._steps, strict=True):
            drive = self._drives.get(joint.name)
            value = 0.0 if drive is None else drive.value(q)
            poses[joint.child] = poses[joint.parent] @ step.at(value)
        return poses

    def _base_from_last(self, q: Vector) -> Matrix:
        """Return the pose of the last driven link alone, which is quicker."""
        pose = np.eye(4)
        for step, drive in self._chain:
            pose = pose @ step.at(0.0 if drive is None else drive.value(q))
        return pose

    def link_poses(self, q: Vector) -> dict[str, Matrix]:
        """Return ``world_from_link``, (4, 4), of every link by name."""
        return {
            name: self.world_from_base @ pose
            for name, pose in self._base_from_links(q).items()
        }

    def forward(self, q: Vector) -> Matrix:
        """Return ``world_from_tool``, (4, 4)."""
        base_from_last = self._base_from_last(np.asarray(q, dtype=np.float64))
        return self.world_from_base @ base_from_last @ self._last_from_tool

    def flange(self, q: Vector) -> Matrix:
        """Return ``world_from_flange``, (4, 4)."""
        flange: Matrix = self.forward(q) @ self._tool_from_flange
        return flange

    def within_limits(self, q: Vector, slack: float = SLACK) -> bool:
        """Tell whether every joint is inside its range."""
        return bool(np.all(q >= self.lower - slack) and np.all(q <= self.upper + slack))

    def branches(self, world_from_tool: Matrix) -> NDArray[np.float64]:
        """Return ways to reach a pose inside the joint limits.

        All of them for six joints in closed form, a stated sample for an arm that
        has more joints than a pose has coordinates.

        Args:
            world_from_tool: Target, (4, 4).

        Returns:
            Joint values, (k, n) float64, sorted; k may be 0. Whole turns count
            as ways of their own where the range of a joint allows them.
        """
        ways = [
            np.array(way)
            for solution in self._solutions(world_from_tool)
            for way in itertools.product(
                *(
                    self._whole_turns(joint, float(value))
                    for joint, value in enumerate(solution)
                )
            )
        ]
        return np.array(ways[:MOST_WAYS]).reshape(-1, self._n_joints)

    def nearest(self, world_from_tool: Matrix, near: Vector) -> Vector | None:
        """Return the way to reach a pose that is nearest to given joint values.

        Nearest means the least movement of the joint that moves most. None if
        no way lies inside the joint limits.
        """
        base_from_last = self._base_from_last_at(world_from_tool)
        if self._is_countable:
            assert self._closed is not None  # what makes it countable
            return self._nearest_of(
                self._closed.answers(base_from_last), base_from_last, near
            )
        led: Vector = solve_from(
            self._many, base_from_last, near[None], self.lower, self.upper
        )[0]
        if self._is_exact(led, base_from_last):
            return led
        answers = exact(self._many, self._all_answers(base_from_last), base_from_last)
        return self._nearest_of(answers, base_from_last, near)

    def _nearest_of(
        self, answers: NDArray[np.float64], base_from_last: Matrix, near: Vector
    ) -> Vector | None:
        if not len(answers):
            return None
        turn = 2.0 * math.pi
        turned = answers + turn * np.round((near - answers) / turn)
        turned = np.where(turned > self.upper + SLACK, turned - turn, turned)
        turned = np.where(turned < self.lower - SLACK, turned + turn, turned)
        ways = np.where(self.slides, answers, turned)
        inside = (ways <= self.upper + SLACK) & (ways >= self.lower - SLACK)
        moved = np.where(inside.all(axis=1), np.abs(ways - near).max(1), np.inf)
        # The nearest that is exact is as good as all: the others stay unchecked.
        for place in np.argsort(moved, kind="stable"):
            if not math.isfinite(moved[place]):
                return None
            if self._is_exact(answers[place], base_from_last):
                way: Vector = np.clip(ways[place], self.lower, self.upper)
                return way
        return None

    def _whole_turns(self, joint: int, value: float) -> list[float]:
        turn = 2.0 * math.pi
        low, high = float(self.lower[joint]), float(self.upper[joint])
        if self.slides[joint]:
            inside = low - SLACK <= value <= high + SLACK
            return [float(np.clip(value, low, high))] if inside else []
        if not (math.isfinite(low) and math.isfinite(high)):
            return [value]
        first = math.ceil((low - SLACK - value) / turn)
        last = math.floor((high + SLACK - value) / turn)
        return [
            float(np.clip(value + turn * n, low, high)) for n in range(first, last + 1)
        ]

    def _solutions(self, world_from_tool: Matrix) -> list[Vector]:
        """Return exact solutions, limits not looked at, in a stable order."""
        base_from_last = self._base_from_last_at(world_from_tool)
        answers = self._all_answers(base_from_last)
        if not self._is_countable:
            answers = exact(self._many, answers, base_from_last)
        found: list[Vector] = []
        for q in answers:
            if self._is_countable and not self._is_exact(q, base_from_last):
                continue
            if not found or np.abs(np.array(found) - q).max(axis=1).min() > SAME:
                found.append(q)
        return sorted(found, key=lambda q: [round(float(value), 6) for value in q])

    def _base_from_last_at(self, world_from_tool: Matrix) -> Matrix:
        pose: Matrix = self._base_from_world @ world_from_tool @ self._tool_from_last
        return pose

    def _all_answers(self, base_from_last: Matrix) -> NDArray[np.float64]:
        """Return what the inverse answers, (k, n)."""
        solver = self._numeric if self._closed is None else self._closed
        return solver.answers(base_from_last)

    def _is_exact(self, q: Vector, base_from_last: Matrix) -> bool:
        """Tell whether joint values give a pose: at singular ones eaik may err."""
        miss = self._base_from_last(q) - base_from_last
        return bool(np.abs(miss).max() <= EXACT)

    def reach_error(self, world_from_tool: Matrix, language: Language = "en") -> str:
        """Return why a pose is out of reach, in a sentence, or "" if it is not."""
        if len(self.branches(world_from_tool)):
            return ""
        solutions = self._solutions(world_from_tool)
        if not self._is_countable:
            base_from_last = self._base_from_last_at(world_from_tool)
            free = self._numeric.unbounded(base_from_last)
            solutions += list(exact(self._many, free, base_from_last))
        if not solutions:
            away_m = np.linalg.norm(
                (world_from_tool @ inverse(self._last_from_tool))[:3, 3]
                - self.world_from_base[:3, 3]
            )
            return say("kinematics.no_branch", language, away_m=f"{away_m:.2f}")
        misses: list[tuple[float, int]] = []
        for q in solutions:
            over = [self._over(joint, float(value)) for joint, value in enumerate(q)]
            worst = int(np.argmax(over))
            misses.append((over[worst], worst))
        over_most, joint = min(misses)
        amount = (
            f"{1e3 * over_most:.0f} mm"
            if self.slides[joint]
            else f"{math.degrees(over_most):.1f}°"
        )
        return say("kinematics.limit", language, joint=joint + 1, over=amount)

    def _over(self, joint: int, value: float) -> float:
        """Return how far a joint is outside its range at the best whole turn."""
        low, high = float(self.lower[joint]), float(self.upper[joint])
        if self.slides[joint]:
            return max(low - value, value - high, 0.0)
        turns = (-2.0 * math.pi, 0.0, 2.0 * math.pi)
        return min(max(low - value - turn, value + turn - high, 0.0) for turn in turns)
