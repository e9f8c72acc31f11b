"""The robot as a rigid body stands where its kinematics say."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from bodies import DT_S
from cells import SHIPPED

from twin.layout.plan import build_layout
from twin.physics.arm import ArmDrive
from twin.physics.world import World
from twin.scenario import load_scenario
from twin.scenario.equipment import Robot
from twin.transforms import pose_of


@pytest.fixture(scope="module")
def drive() -> Iterator[ArmDrive]:
    scenario = load_scenario(SHIPPED)
    placed = build_layout(scenario, SHIPPED.parent).placed["robot"]
    robot = scenario.equipment["robot"]
    assert isinstance(robot, Robot)
    with World(DT_S) as world:
        yield ArmDrive(world, robot, placed)


def test_every_link_is_where_the_kinematics_say(drive: ArmDrive) -> None:
    """Over random postures: a link mixed up with another would stand elsewhere."""
    rng = np.random.default_rng(11)
    low, high = drive.arm.lower, drive.arm.upper
    checked = set()
    for _ in range(100):
        posture = rng.uniform(low, high)
        for link, angle in zip(drive.joint_links, posture.tolist(), strict=True):
            drive.body.reset_joint(link, angle)
        for name, world_from_link in drive.arm.link_poses(posture).items():
            position, wxyz = drive.body.link_pose(name)
            should, should_wxyz = pose_of(world_from_link)
            assert position == pytest.approx(should, abs=1e-5), name
            assert abs(float(wxyz @ should_wxyz)) == pytest.approx(1.0, abs=1e-6), name
            checked.add(name)
        mouth = drive.arm.forward(posture)
        tip_m, axis = drive.tip()
        assert tip_m == pytest.approx(mouth[:3, 3], abs=1e-5)
        assert axis == pytest.approx(mouth[:3, 2], abs=1e-5)
    assert set(drive.joint_links) < checked


def test_the_arm_weighs_what_the_scenario_says(drive: ArmDrive) -> None:
    """867 kg of the maker's 1,267 kg move, and the nutrunner's 16 kg."""
    moving_kg = drive.body.mass_kg()
    joints_kg = sum(float(joint.mass) for joint in drive.robot.joints)
    assert joints_kg == pytest.approx(867.0)
    # Links that the URDF leaves without a body weigh a gram each; the base, which
    # stands on the floor, has no mass for Bullet.
    assert moving_kg == pytest.approx(
        joints_kg + float(drive.robot.tool.mass), abs=0.02
    )


def test_at_rest_the_motors_hold_the_arm_where_it_stands(drive: ArmDrive) -> None:
    for link, angle in zip(drive.joint_links, drive.home_rad.tolist(), strict=True):
        drive.body.reset_joint(link, angle)
    before, _ = drive.tip()
    for _ in range(240):
        drive.body.world.step()
    after, _ = drive.tip()
    assert after == pytest.approx(before, abs=2e-4)
