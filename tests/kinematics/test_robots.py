"""Any robot: where it is, every way it can be somewhere, and why not."""

from __future__ import annotations

import math
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pybullet
import pytest
from fleet import NAMES, model, placed, posture, urdf_path
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.kinematics.arm import Arm
from twin.kinematics.motion import Limits, LineLimits, plan_line
from twin.transforms import inverse, transform

SHARES = st.lists(st.floats(0.02, 0.98), min_size=8, max_size=8)


@pytest.mark.parametrize("name", NAMES)
def test_forward_equals_pybullets(name: str, tmp_path: Path) -> None:
    """Its own reading of the maker's file, meshes left out, to a micrometre."""
    tree = ElementTree.parse(urdf_path(name, tmp_path))
    for link in tree.getroot().findall("link"):
        for kind in ("visual", "collision", "inertial"):
            for element in link.findall(kind):
                link.remove(element)
        inertial = ElementTree.SubElement(link, "inertial")
        ElementTree.SubElement(inertial, "mass", value="1")
        inertia = dict.fromkeys(("ixy", "ixz", "iyz"), "0")
        inertia |= dict.fromkeys(("ixx", "iyy", "izz"), "1")
        ElementTree.SubElement(inertial, "inertia", inertia)
    path = tmp_path / "bare.urdf"
    tree.write(path)
    arm = Arm(model(name), np.eye(4), np.eye(4))
    client = pybullet.connect(pybullet.DIRECT)
    try:
        body = pybullet.loadURDF(str(path), useFixedBase=True, physicsClientId=client)
        index = {}
        for joint in range(pybullet.getNumJoints(body, physicsClientId=client)):
            described = pybullet.getJointInfo(body, joint, physicsClientId=client)
            index[described[12].decode()] = joint
        moving = [index[joint.child] for joint in model(name).arm_joints]
        rng = np.random.default_rng(2)
        for shares in rng.uniform(0.0, 1.0, (100, 8)):
            q = posture(arm, shares.tolist())
            for joint, value in zip(moving, q, strict=True):
                pybullet.resetJointState(body, joint, value, physicsClientId=client)
            poses = arm.link_poses(q)
            for link_name, joint in index.items():
                state = pybullet.getLinkState(
                    body, joint, computeForwardKinematics=True, physicsClientId=client
                )
                x, y, z, w = state[5]
                expected = transform(state[4], (w, x, y, z))
                np.testing.assert_allclose(
                    poses[link_name], expected, atol=1e-6, err_msg=link_name
                )
    finally:
        pybullet.disconnect(client)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=15)
@given(shares=SHARES)
def test_there_and_back(name: str, shares: list[float]) -> None:
    """Every branch reaches the pose and keeps the limits; there is one."""
    arm = placed(name)
    q = posture(arm, shares)
    world_from_tool = arm.forward(q)
    ways = arm.branches(world_from_tool)
    assert len(ways) > 0
    for way in ways:
        assert arm.within_limits(way)
        np.testing.assert_allclose(arm.forward(way), world_from_tool, atol=5e-6)
    assert arm.reach_error(world_from_tool) == ""


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=15)
@given(shares=SHARES, nudge=st.floats(-0.01, 0.01))
def test_nearest_stays_near(name: str, shares: list[float], nudge: float) -> None:
    arm = placed(name)
    q = posture(arm, shares)
    near = np.clip(q + nudge, arm.lower, arm.upper)
    world_from_tool = arm.forward(q)
    found = arm.nearest(world_from_tool, near)
    assert found is not None
    assert arm.within_limits(found)
    np.testing.assert_allclose(arm.forward(found), world_from_tool, atol=5e-6)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_branches_every_time(name: str) -> None:
    arm = placed(name)
    again = Arm(model(name), arm.world_from_base, arm.flange_from_tool)
    pose = arm.forward(posture(arm, [0.4, 0.6, 0.55, 0.3, 0.6, 0.45, 0.5, 0.5]))
    np.testing.assert_array_equal(arm.branches(pose), again.branches(pose))


def test_a_numeric_inverse_finds_most_of_what_a_closed_form_knows() -> None:
    arm = placed("kuka_kr16_2")
    rng = np.random.default_rng(1)
    found, known = 0, 0
    for shares in rng.uniform(0.02, 0.98, (20, 8)):
        pose = arm.forward(posture(arm, shares.tolist()))
        answers = arm._numeric.answers(arm._base_from_last_at(pose))
        ways = [way for way in arm.branches(pose) if np.abs(way).max() <= math.pi]
        near = [np.abs(answers - way).max(axis=1).min() < 1e-5 for way in ways]
        assert any(near)
        found, known = found + sum(near), known + len(ways)
    assert found > 0.85 * known


@pytest.mark.parametrize("name", NAMES)
def test_too_far_has_no_branch(name: str) -> None:
    arm = placed(name)
    said = arm.reach_error(transform((30.0, 40.0, 2.0)))
    assert said.startswith("no IK branch reaches this pose"), said


def test_a_sliding_joint_is_short_of_millimetres() -> None:
    arm = placed("gantry")
    q = posture(arm, [0.5, 0.5, 0.6, 0.6, 0.5])
    q[0] = 4.120
    assert arm.reach_error(arm.forward(q)).startswith(
        "limit of joint 1 passed by 120 mm"
    )


@pytest.mark.parametrize("name", ["gantry", "rail", "franka_panda"])
def test_tool_lines_are_straight_and_slow_enough(name: str) -> None:
    arm = placed(name)
    n = arm.n_joints
    limits = Limits(arm.velocity, np.full(n, 4.0), np.full(n, 40.0))
    start = posture(arm, [0.5, 0.4, 0.55, 0.4, 0.75, 0.55, 0.7, 0.5])
    here = arm.forward(start)
    # Along what the gantry's slides can do, with its head held.
    move = np.array([0.1, 0.0, 0.05])
    goal = here.copy()
    goal[:3, 3] += arm.world_from_base[:3, :3] @ move
    line = plan_line(arm, start, goal, LineLimits(0.2, 1.0, 10.0), limits)
    q, qd, _ = line.sampled(1.0 / 240.0)
    assert (np.abs(qd) <= arm.velocity + 1e-9).all()
    for row in q[::10]:
        along = inverse(here) @ arm.forward(row)
        way = here[:3, :3].T @ (goal[:3, 3] - here[:3, 3])
        off = along[:3, 3] - way * (along[:3, 3] @ way) / (way @ way)
        assert np.linalg.norm(off) < 5e-5
        np.testing.assert_allclose(along[:3, :3], np.eye(3), atol=5e-5)
