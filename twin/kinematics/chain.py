"""Joints in a row: where each puts what hangs on it, for one posture or many."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.layout.robots import RobotModel
from twin.layout.urdf_parts import UrdfJoint
from twin.transforms import Matrix, Vector


@dataclass(frozen=True, slots=True)
class JointStep:
    """A joint's pose for its value.

    One that turns: ``fixed + sin(value) * by_sine + (1 - cos(value)) * by_cosine``;
    one that slides: ``fixed + value * by_length``.

    Attributes:
        moves: Whether its value matters.
        slides: Whether it is a length.
        fixed: Pose at 0, (4, 4).
        by_sine: (4, 4); of a length, what the pose gains with it.
        by_cosine: (4, 4).

    Source:
        Rodrigues' rotation formula, multiplied by the joint's fixed pose once.
    """

    moves: bool
    slides: bool
    fixed: Matrix
    by_sine: Matrix
    by_cosine: Matrix

    def at(self, value: float) -> Matrix:
        """Return the pose of the child in the parent, (4, 4)."""
        if not self.moves:
            return self.fixed
        if self.slides:
            slid: Matrix = self.fixed + value * self.by_sine
            return slid
        pose: Matrix = (
            self.fixed
            + math.sin(value) * self.by_sine
            + (1.0 - math.cos(value)) * self.by_cosine
        )
        return pose

    def at_many(self, values: Vector) -> NDArray[np.float64]:
        """Return the poses for values (k,), (k, 4, 4)."""
        value = values[:, None, None]
        if self.slides:
            return np.asarray(self.fixed + value * self.by_sine)
        return np.asarray(
            self.fixed
            + np.sin(value) * self.by_sine
            + (1.0 - np.cos(value)) * self.by_cosine
        )


def step_of(joint: UrdfJoint) -> JointStep:
    """Return the step that a joint makes."""
    x, y, z = joint.axis
    fixed = joint.parent_from_joint
    by_sine, by_cosine = np.zeros((4, 4)), np.zeros((4, 4))
    if joint.slides:
        by_sine[:3, 3] = fixed[:3, :3] @ np.array(joint.axis)
    else:
        cross = np.zeros((4, 4))
        cross[:3, :3] = [[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]]
        by_sine, by_cosine = fixed @ cross, fixed @ cross @ cross
    return JointStep(joint.type != "fixed", joint.slides, fixed, by_sine, by_cosine)


@dataclass(frozen=True, slots=True)
class Drive:
    """Which joint value moves a joint, and how: its own, or the one it mimics."""

    place: int
    multiplier: float = 1.0
    offset: float = 0.0

    def value(self, q: Vector) -> float:
        """Return the joint's value."""
        return self.multiplier * float(q[self.place]) + self.offset


def drives_of(robot: RobotModel) -> dict[str, Drive]:
    """Return what moves each joint of a robot's arm, by the joint's name."""
    places = {joint.name: at for at, joint in enumerate(robot.arm_joints)}
    drives = {name: Drive(place) for name, place in places.items()}
    for joint in robot.joints:
        if joint.mimic is not None and joint.mimic.joint in places:
            drives[joint.name] = Drive(
                places[joint.mimic.joint], joint.mimic.multiplier, joint.mimic.offset
            )
    return drives


class Chain:
    """The joints from the base to the last one that an arm drives.

    Args:
        joints: In a row, fixed ones included.
        drives: What moves each.
        n_values: How many joint values the arm has.
    """

    def __init__(
        self, joints: Sequence[UrdfJoint], drives: dict[str, Drive], n_values: int
    ) -> None:
        self.n_values = n_values
        self._steps = [(step_of(joint), drives.get(joint.name)) for joint in joints]
        self._axes = [np.array(joint.axis) for joint in joints]

    def forward(self, q: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return ``base_from_last``, (k, 4, 4), of postures (k, n)."""
        pose = np.broadcast_to(np.eye(4), (len(q), 4, 4))
        for step, drive in self._steps:
            pose = pose @ self._of(step, drive, q)
        return pose

    def forward_and_jacobian(
        self, q: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return ``base_from_last`` (k, 4, 4) and what moves it.

        The second is (k, 6, n): velocity of the last frame's origin and turn
        rate, base frame, by joint value.

        Source:
            Geometric Jacobian; any robotics text, such as K. Lynch, F. Park,
            "Modern Robotics", 2017, ch. 5.
        """
        pose = np.broadcast_to(np.eye(4), (len(q), 4, 4))
        moving: list[tuple[Drive, bool, NDArray[np.float64], NDArray[np.float64]]] = []
        for (step, drive), axis in zip(self._steps, self._axes, strict=True):
            pose = pose @ self._of(step, drive, q)
            if drive is not None and step.moves:
                moving.append((drive, step.slides, pose[:, :3, :3] @ axis, pose))
        jacobian = np.zeros((len(q), 6, self.n_values))
        for drive, slides, axis_in_base, at in moving:
            column = np.zeros((len(q), 6))
            if slides:
                column[:, :3] = axis_in_base
            else:
                lever = pose[:, :3, 3] - at[:, :3, 3]
                column[:, :3] = np.cross(axis_in_base, lever)
                column[:, 3:] = axis_in_base
            jacobian[:, :, drive.place] += drive.multiplier * column
        return pose, jacobian

    def _of(
        self, step: JointStep, drive: Drive | None, q: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        if drive is None or not step.moves:
            return step.at(0.0)
        return step.at_many(drive.multiplier * q[:, drive.place] + drive.offset)
