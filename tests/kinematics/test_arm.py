"""Where the arm is for given joints, and every way it can be somewhere."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pybullet
import pytest
from kuka import TOOL_M, UNDER_THE_PACK_RAD, arm, narrowed, robot

from twin.errors import KinematicsError
from twin.kinematics.arm import Arm
from twin.transforms import inverse, transform

N_POSES = 10_000


def test_zero_pose_has_the_makers_lengths() -> None:
    """350 + 1,500 + 230 mm out, 750 + 1,250 - 55 mm up (KUKA's data sheet)."""
    bare = Arm(robot(), np.eye(4), np.eye(4))
    flange = bare.forward(np.zeros(6))
    np.testing.assert_allclose(flange[:3, 3], [2.08, 0.0, 1.945], atol=1e-3)
    np.testing.assert_allclose(flange[:3, 2], [1.0, 0.0, 0.0], atol=1e-12)


def test_tool_and_place_are_counted_in() -> None:
    bare = Arm(robot(), np.eye(4), np.eye(4))
    expected = (
        arm().world_from_base
        @ bare.forward(UNDER_THE_PACK_RAD)
        @ transform((0.0, 0.0, TOOL_M))
    )
    np.testing.assert_allclose(arm().forward(UNDER_THE_PACK_RAD), expected, atol=1e-12)
    up = arm().forward(UNDER_THE_PACK_RAD)[:3, 2]
    np.testing.assert_allclose(up, [0.0, 0.0, 1.0], atol=5e-3)


def test_link_poses_end_at_the_tool() -> None:
    rng = np.random.default_rng(1)
    for q_rad in rng.uniform(arm().lower, arm().upper, (50, 6)):
        poses = arm().link_poses(q_rad)
        assert set(poses) == {link.name for link in robot().links}
        tool = (
            poses[robot().flange_link]
            @ robot().link_from_flange
            @ arm().flange_from_tool
        )
        np.testing.assert_allclose(arm().forward(q_rad), tool, atol=1e-12)


def _bare_urdf(folder: Path) -> Path:
    """Write the robot's joints and links without meshes, for pybullet."""
    root = ElementTree.Element("robot", name="bare")
    for link in robot().links:
        element = ElementTree.SubElement(root, "link", name=link.name)
        inertial = ElementTree.SubElement(element, "inertial")
        ElementTree.SubElement(inertial, "mass", value="1")
        inertia = dict.fromkeys(("ixy", "ixz", "iyz"), "0")
        inertia |= dict.fromkeys(("ixx", "iyy", "izz"), "1")
        ElementTree.SubElement(inertial, "inertia", inertia)
    for joint in robot().joints:
        kind = {"name": joint.name, "type": joint.type}
        element = ElementTree.SubElement(root, "joint", kind)
        # The KR 210's frames are all parallel at zero: places are enough.
        assert np.array_equal(joint.parent_from_joint[:3, :3], np.eye(3))
        place = " ".join(repr(float(v)) for v in joint.parent_from_joint[:3, 3])
        ElementTree.SubElement(element, "origin", xyz=place)
        ElementTree.SubElement(element, "parent", link=joint.parent)
        ElementTree.SubElement(element, "child", link=joint.child)
        ElementTree.SubElement(element, "axis", xyz=" ".join(map(str, joint.axis)))
        bounds = {"lower": "-7", "upper": "7", "effort": "1", "velocity": "1"}
        ElementTree.SubElement(element, "limit", bounds)
    path = folder / "bare.urdf"
    ElementTree.ElementTree(root).write(path)
    return path


def test_forward_equals_pybullets(tmp_path: Path) -> None:
    base = inverse(arm().world_from_base)
    client = pybullet.connect(pybullet.DIRECT)
    try:
        body = pybullet.loadURDF(
            str(_bare_urdf(tmp_path)), useFixedBase=True, physicsClientId=client
        )
        index = {}
        for joint in range(pybullet.getNumJoints(body, physicsClientId=client)):
            described = pybullet.getJointInfo(body, joint, physicsClientId=client)
            index[described[12].decode()] = joint
        moving = [index[joint.child] for joint in robot().arm_joints]
        rng = np.random.default_rng(2)
        for q_rad in rng.uniform(arm().lower, arm().upper, (200, 6)):
            for joint, angle in zip(moving, q_rad, strict=True):
                pybullet.resetJointState(body, joint, angle, physicsClientId=client)
            poses = arm().link_poses(q_rad)
            for name, joint in index.items():
                state = pybullet.getLinkState(
                    body, joint, computeForwardKinematics=True, physicsClientId=client
                )
                x, y, z, w = state[5]
                expected = transform(state[4], (w, x, y, z))
                np.testing.assert_allclose(base @ poses[name], expected, atol=2e-6)
    finally:
        pybullet.disconnect(client)


@pytest.mark.slow
def test_ten_thousand_poses_there_and_back() -> None:
    """Every branch reaches the pose inside the limits; the given one is found."""
    rng = np.random.default_rng(3)
    fewest, most = 99, 0
    for q_rad in rng.uniform(arm().lower, arm().upper, (N_POSES, 6)):
        world_from_tool = arm().forward(q_rad)
        ways = arm().branches(world_from_tool)
        assert np.abs(ways - q_rad).max(axis=1).min() < 1e-5
        assert (ways >= arm().lower).all()
        assert (ways <= arm().upper).all()
        # One of each eighth is enough to see that the others are as exact.
        for way in ways[:: max(1, len(ways) // 2)]:
            np.testing.assert_allclose(arm().forward(way), world_from_tool, atol=3e-6)
        fewest, most = min(fewest, len(ways)), max(most, len(ways))
    assert fewest >= 1
    assert most > 8  # whole turns of axes 4 and 6 are ways of their own


def test_every_branch_is_exact_and_another() -> None:
    rng = np.random.default_rng(4)
    for q_rad in rng.uniform(arm().lower, arm().upper, (200, 6)):
        world_from_tool = arm().forward(q_rad)
        ways = arm().branches(world_from_tool)
        for way in ways:
            np.testing.assert_allclose(arm().forward(way), world_from_tool, atol=3e-6)
        apart = np.abs(ways[:, None] - ways[None]).max(axis=2)
        assert (apart[~np.eye(len(ways), dtype=bool)] > 1e-6).all()


def test_whole_turns_of_axis_6_are_listed() -> None:
    ways = arm().branches(arm().forward(UNDER_THE_PACK_RAD))
    alike = ways[np.abs(ways[:, :5] - UNDER_THE_PACK_RAD[:5]).max(axis=1) < 1e-6]
    turns = (alike[:, 5] - UNDER_THE_PACK_RAD[5]) / (2.0 * math.pi)
    assert sorted(np.round(turns, 6).tolist()) == [-1.0, 0.0]


def test_nearest_keeps_the_posture() -> None:
    rng = np.random.default_rng(5)
    for q_rad in rng.uniform(arm().lower, arm().upper, (200, 6)):
        nearest = arm().nearest(arm().forward(q_rad), q_rad + 1e-4)
        assert nearest is not None
        np.testing.assert_allclose(nearest, q_rad, atol=1e-5)


def test_too_far_says_how_far() -> None:
    far = transform((0.2, 10.0, 2.0))
    assert len(arm().branches(far)) == 0
    assert arm().nearest(far, np.zeros(6)) is None
    assert (
        arm().reach_error(far).startswith("no IK branch reaches this pose (wrist 12.4")
    )
    assert "aucune branche" in arm().reach_error(far, "fr")


def test_a_limit_in_the_way_is_named_with_degrees() -> None:
    allowed = UNDER_THE_PACK_RAD[1]
    tight = Arm(
        narrowed(-0.3, allowed - math.radians(3.0), joint=1),
        arm().world_from_base,
        arm().flange_from_tool,
    )
    pose = arm().forward(UNDER_THE_PACK_RAD)
    assert len(tight.branches(pose)) == 0
    assert tight.reach_error(pose).startswith("limit of joint 2 passed by 3.0°")
    assert "l'axe 2" in tight.reach_error(pose, "fr")
    assert arm().reach_error(pose) == ""


def test_limits_are_inclusive() -> None:
    at_limit = UNDER_THE_PACK_RAD.copy()
    at_limit[0] = arm().upper[0]
    assert arm().within_limits(at_limit)
    ways = arm().branches(arm().forward(at_limit))
    assert np.abs(ways - at_limit).max(axis=1).min() < 1e-6
    at_limit[0] += 1e-3
    assert not arm().within_limits(at_limit)


def test_an_arm_has_a_joint_that_moves_its_flange() -> None:
    with pytest.raises(KinematicsError, match="no joint moves the flange"):
        Arm(dataclasses.replace(robot(), flange_link="base_link"), np.eye(4), np.eye(4))
