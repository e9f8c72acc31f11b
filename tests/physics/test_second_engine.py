"""The KR 210 in MuJoCo: the same motion, the same torques, the same time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import mujoco
import numpy as np
import pytest
from bodies import DT_S
from fleet import model, urdf_path
from numpy.typing import NDArray
from robots import spec

from twin.kinematics.motion import Trajectory, plan_joint_path
from twin.kinematics.statics import holding_efforts
from twin.layout.urdf_parts import Inertial
from twin.physics.manipulator import ManipulatorDrive
from twin.physics.motor import Playback
from twin.physics.world import STANDARD_GRAVITY_MPS2, World

NAME = "kuka_kr210_l150"
SUBSTEPS = 8
POSTURES = np.radians(
    [
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [-60.0, -40.0, 60.0, 0.0, -110.0, 0.0],
        [30.0, 40.0, -60.0, 45.0, 60.0, 20.0],
    ]
)
SETTLED_RAD = 1e-3
SERVO_HZ = 60.0


@dataclass
class Run:
    """What a motion measured: values and efforts a tick, and when it was there."""

    q: NDArray[np.float64]
    efforts_nm: NDArray[np.float64]
    settled_s: float


def drive_in(world: World) -> ManipulatorDrive:
    said = spec(NAME, payload="100 kg")
    return ManipulatorDrive(world, "robot", said, model(NAME), np.eye(4))


def mujoco_model(drive: ManipulatorDrive, folder: Path) -> mujoco.MjModel:
    """Its own reading of the maker's URDF, with the masses that ours has settled."""
    tree = ElementTree.parse(urdf_path(NAME, folder))
    root = tree.getroot()
    extension = ElementTree.SubElement(root, "mujoco")
    ElementTree.SubElement(
        extension, "compiler", fusestatic="false", balanceinertia="false"
    )
    for link in root.findall("link"):
        for kind in ("visual", "collision", "inertial"):
            for element in link.findall(kind):
                link.remove(element)
        told: Inertial = drive.inertials[link.attrib["name"]]
        inertial = ElementTree.SubElement(link, "inertial")
        place = " ".join(repr(float(v)) for v in told.centre_of_mass_m)
        ElementTree.SubElement(inertial, "origin", xyz=place)
        ElementTree.SubElement(inertial, "mass", value=repr(float(told.mass_kg)))
        xx, yy, zz = (repr(float(v)) for v in np.diag(told.inertia_kgm2))
        moments = {"ixx": xx, "iyy": yy, "izz": zz, "ixy": "0", "ixz": "0", "iyz": "0"}
        ElementTree.SubElement(inertial, "inertia", moments)
    described = mujoco.MjSpec.from_string(
        ElementTree.tostring(root, encoding="unicode")
    )
    described.option.timestep = DT_S / SUBSTEPS
    described.option.gravity = [0.0, 0.0, -STANDARD_GRAVITY_MPS2]
    described.option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    for joint in model(NAME).arm_joints:
        motor = described.add_actuator(name=joint.name, target=joint.name)
        motor.trntype = mujoco.mjtTrn.mjTRN_JOINT
        motor.set_to_motor()
    return described.compile()


def run_in_bullet(trajectory: Trajectory) -> Run:
    with World(DT_S) as world:
        drive = drive_in(world)
        for link, value in zip(drive.joint_links, trajectory.start, strict=True):
            drive.body.reset_joint(link, float(value))
        playback = Playback(drive._motor, trajectory, DT_S)
        q, efforts = [], []
        for _ in range(n_ticks(trajectory)):
            playback.step()
            world.step()
            q.append(drive.positions())
            efforts.append(drive.held_efforts())
    return measured(np.array(q), np.array(efforts), trajectory)


def run_in_mujoco(described: mujoco.MjModel, trajectory: Trajectory) -> Run:
    """Computed torque with a little feedback, in smaller steps."""
    data = mujoco.MjData(described)
    data.qpos[:] = trajectory.start
    mujoco.mj_forward(described, data)
    mass = np.zeros((6, 6))
    q, efforts = [], []
    for tick in range(n_ticks(trajectory)):
        effort = np.zeros(6)
        for part in range(SUBSTEPS):
            now_s = (tick + part / SUBSTEPS) * DT_S
            wanted, speed, ramp = trajectory.sample(now_s)
            if now_s >= trajectory.duration_s:
                wanted, speed, ramp = trajectory.end, np.zeros(6), np.zeros(6)
            asked = (
                ramp
                + SERVO_HZ**2 * (wanted - data.qpos)
                + 2.0 * SERVO_HZ * (speed - data.qvel)
            )
            mujoco.mj_fullM(described, data, mass)
            data.ctrl[:] = mass @ asked + data.qfrc_bias
            mujoco.mj_step(described, data)
            effort += data.qfrc_actuator / SUBSTEPS
        q.append(data.qpos.copy())
        efforts.append(effort)
    return measured(np.array(q), np.array(efforts), trajectory)


def n_ticks(trajectory: Trajectory) -> int:
    return round((trajectory.duration_s + 0.5) / DT_S)


def measured(
    q: NDArray[np.float64], efforts_nm: NDArray[np.float64], trajectory: Trajectory
) -> Run:
    away = np.abs(q - trajectory.end).max(axis=1) > SETTLED_RAD
    return Run(q, efforts_nm, (int(np.flatnonzero(away)[-1]) + 1) * DT_S)


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> mujoco.MjModel:
    with World(DT_S) as world:
        return mujoco_model(drive_in(world), tmp_path_factory.mktemp("urdf"))


def test_both_engines_hold_the_arm_with_the_same_torques(
    described: mujoco.MjModel,
) -> None:
    """MuJoCo's gravity terms, Bullet's motors at rest, and the pure formula."""
    data = mujoco.MjData(described)
    with World(DT_S) as world:
        drive = drive_in(world)
        for posture in POSTURES:
            data.qpos[:] = posture
            data.qvel[:] = 0.0
            mujoco.mj_forward(described, data)
            expected = holding_efforts(drive.arm, drive.inertials, posture)
            np.testing.assert_allclose(data.qfrc_bias, expected, atol=0.05)
            for link, value in zip(drive.joint_links, posture.tolist(), strict=True):
                drive.body.reset_joint(link, value)
            drive._motor.hold(posture.tolist())
            for _ in range(120):
                world.step()
            np.testing.assert_allclose(
                drive.held_efforts(), data.qfrc_bias, rtol=5e-3, atol=1.0
            )


def test_both_engines_run_the_same_motion(described: mujoco.MjModel) -> None:
    """Times within a tick or two, values within 1 mrad, torques within 3 %."""
    with World(DT_S) as world:
        limits = drive_in(world).drives.limits
    trajectory = plan_joint_path(POSTURES, limits)
    bullet = run_in_bullet(trajectory)
    second = run_in_mujoco(described, trajectory)
    assert abs(bullet.settled_s - second.settled_s) <= 2 * DT_S
    assert np.abs(bullet.q - second.q).max() < 1e-3
    apart = np.abs(bullet.efforts_nm - second.efforts_nm)
    largest = np.abs(second.efforts_nm).max(axis=0)
    rms = np.sqrt((apart**2).mean(axis=0))
    assert (rms < 0.03 * largest).all(), (rms / largest).tolist()
