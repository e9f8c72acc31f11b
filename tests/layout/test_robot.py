"""Robots: the real KR 210 L150, and URDF files that are not right."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from box_files import CORNERS_M, FACES, stl

from twin.errors import LayoutError
from twin.layout.robots import ROBOT_TRIANGLES, RobotModel, load_robot

URDF = """<robot name="two">
  <link name="base">
    <visual>
      <geometry><mesh filename="{mesh}"/></geometry>
      <material name="m"><color rgba="1 0 0 1"/></material>
    </visual>
    <collision>
      <origin xyz="0 0 1" rpy="0 0 0"/>
      <geometry><mesh filename="{mesh}" scale="0.001 0.001 0.001"/></geometry>
    </collision>
  </link>
  <link name="arm"/>
  <link name="tip"/>
  <joint name="turn" type="revolute">
    <origin xyz="0 0 0.5" rpy="0 0 1.5707963267948966"/>
    <parent link="base"/>
    <child link="arm"/>
    <axis xyz="0 2 0"/>
    <limit lower="-1" upper="2" velocity="3" effort="0"/>
  </joint>
  <joint name="end" type="fixed">
    <parent link="arm"/>
    <child link="tip"/>
  </joint>
</robot>
"""


@pytest.fixture(scope="module")
def kuka() -> RobotModel:
    return load_robot("kuka_kr210_l150")


def test_the_kuka_has_its_makers_joints(kuka: RobotModel) -> None:
    joints = kuka.arm_joints
    assert [joint.name for joint in joints] == [f"joint_a{n}" for n in range(1, 7)]
    degrees = [
        (round(math.degrees(joint.lower)), round(math.degrees(joint.upper)))
        for joint in joints
    ]
    assert degrees == [
        (-185, 185),
        (-45, 85),
        (-210, 65),
        (-350, 350),
        (-125, 125),
        (-350, 350),
    ]
    speeds = [round(math.degrees(joint.velocity)) for joint in joints]
    assert speeds == [123, 115, 112, 179, 172, 219]
    assert kuka.chain[-1].child == kuka.flange_link


def test_the_kuka_is_in_metres_and_orange(kuka: RobotModel) -> None:
    by_name = {link.name: link for link in kuka.links}
    upper_arm = by_name["link_2"].visual
    assert upper_arm is not None
    # 1,250 mm between its axes plus the bosses around them.
    assert 1.6 < float(np.ptp(upper_arm.positions_m[:, 2])) < 1.7
    assert {tuple(c) for c in upper_arm.colours.tolist()} == {(242, 92, 25, 255)}


def test_what_is_seen_is_what_is_touched(kuka: RobotModel) -> None:
    for link in kuka.links:
        if link.visual is None:
            assert link.collision == ()
            continue
        (hull,) = link.collision
        seen = link.visual.positions_m.astype(float)
        # The maker's two meshes differ by up to 25 mm; a wrong unit or turn by more.
        low = np.abs(seen.min(axis=0) - hull.vertices_m.min(axis=0)).max()
        high = np.abs(seen.max(axis=0) - hull.vertices_m.max(axis=0)).max()
        assert max(low, high) < 0.03, link.name


def test_hulls_are_convex(kuka: RobotModel) -> None:
    for link in kuka.links:
        for hull in link.collision:
            corners = hull.vertices_m[hull.triangles]
            a, b, c = (corners[:, k] for k in range(3))
            normals = np.cross(b - a, c - a)
            size = np.linalg.norm(normals, axis=1)
            sound = size > 1e-7
            normals, a = normals[sound] / size[sound, None], a[sound]
            beyond = hull.vertices_m @ normals.T - np.einsum("ij,ij->i", a, normals)
            assert float(beyond.max()) < 2e-3, link.name


def test_the_kuka_keeps_its_budget_of_triangles(kuka: RobotModel) -> None:
    total = sum(len(link.visual.triangles) for link in kuka.links if link.visual)
    assert 0.5 * ROBOT_TRIANGLES < total <= 1.3 * ROBOT_TRIANGLES


def test_faces_look_outward(kuka: RobotModel) -> None:
    for link in kuka.links:
        if link.visual is None:
            continue
        mesh = link.visual
        corners = mesh.positions_m[mesh.triangles].astype(float)
        face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        agree = np.einsum("ij,ij->i", face, mesh.normals[mesh.triangles[:, 0]])
        assert (agree > 0.0).mean() > 0.99, link.name


def written(folder: Path, text: str) -> str:
    (folder / "box.stl").write_bytes(stl(CORNERS_M[FACES]))
    path = folder / "two.urdf"
    path.write_text(text, "utf-8")
    return str(path)


def test_any_urdf_is_read(tmp_path: Path) -> None:
    robot = load_robot(written(tmp_path, URDF.format(mesh="box.stl")))
    assert [link.name for link in robot.links] == ["base", "arm", "tip"]
    assert robot.flange_link == "tip"
    (turn,) = robot.arm_joints
    assert turn.axis == (0.0, 1.0, 0.0)
    assert (turn.lower, turn.upper, turn.velocity) == (-1.0, 2.0, 3.0)
    along_x = turn.parent_from_joint @ np.array([1.0, 0.0, 0.0, 1.0])
    np.testing.assert_allclose(along_x, [0.0, 1.0, 0.5, 1.0], atol=1e-12)
    base = robot.links[0]
    assert base.visual is not None
    assert set(map(tuple, base.visual.colours.tolist())) == {(255, 0, 0, 255)}
    (hull,) = base.collision
    np.testing.assert_allclose(hull.vertices_m.max(axis=0), [0.002, 0.001, 1.0005])


@pytest.mark.parametrize("name", ["two_description", "two_support"])
def test_packages_are_found_above_the_file(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name / "urdf"
    folder.mkdir(parents=True)
    (tmp_path / name / "meshes").mkdir()
    (tmp_path / name / "meshes/box.stl").write_bytes(stl(CORNERS_M[FACES]))
    mesh = f"package://{name}/meshes/box.stl"
    assert load_robot(written(folder, URDF.format(mesh=mesh))).links[0].collision


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            URDF.format(mesh="package://nowhere/box.stl"),
            r"two\.urdf:4: package 'nowhere'",
        ),
        (URDF.format(mesh="gone.stl"), r"two\.urdf:4: no mesh at .*gone\.stl"),
        (
            URDF.format(mesh="box.stl").replace('"base"/>', '"bas"/>'),
            ":14: .*no link 'bas'",
        ),
        (
            URDF.format(mesh="box.stl").replace("revolute", "floating"),
            ":14: .*'floating'",
        ),
        (URDF.format(mesh="box.stl").replace('"0 2 0"', '"0 0 0"'), "has no length"),
        (
            URDF.format(mesh="box.stl").replace('"0 2 0"', '"0 two 0"'),
            "3 finite numbers",
        ),
        (
            URDF.format(mesh="box.stl").replace('"0 2 0"', '"0 nan 0"'),
            "3 finite numbers",
        ),
        (URDF.format(mesh="box.stl").replace('upper="2"', 'upper="-2"'), "low < high"),
        (URDF.format(mesh="box.stl").replace('velocity="3"', ""), "above 0"),
        (URDF.format(mesh="box.stl").replace('<child link="arm"/>', ""), "no <child>"),
        (
            URDF.format(mesh="box.stl").replace('<link name="tip"/>', "<link/>"),
            "'name'",
        ),
        (URDF.format(mesh="box.stl")[:-20], "not XML"),
        ("<html></html>", "got <html>"),
        (
            URDF.format(mesh="box.stl").replace(
                '<parent link="arm"/>', '<parent link="tip"/>'
            ),
            "joints run in a circle",
        ),
        (
            URDF.format(mesh="box.stl").replace(
                '<link name="tip"/>', '<link name="tip"/><link name="x"/>'
            ),
            "2 links have no parent",
        ),
        (
            URDF.format(mesh="box.stl").replace(
                '<child link="tip"/>', '<child link="arm"/>'
            ),
            "two parent joints",
        ),
    ],
)
def test_a_wrong_urdf_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(LayoutError, match=said) as caught:
        load_robot(written(tmp_path, text))
    assert "\n" not in str(caught.value)


def test_an_unknown_model_lists_what_there_is() -> None:
    with pytest.raises(LayoutError, match="unknown model; give kuka_kr210_l150"):
        load_robot("kuka_kr9000")


def test_a_missing_urdf_is_named(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match=r"none\.urdf: no such file"):
        load_robot(str(tmp_path / "none.urdf"))


@pytest.mark.parametrize("name", ["kuka_kr16_2", "kuka_kr210_l150"])
def test_reads_a_shipped_robot_on_a_machine_that_has_none_kept(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Its meshes are COLLADA polygons for the one, STL for the other.
    monkeypatch.setenv("FLINS_CACHE", str(tmp_path))
    drawn = [link.visual for link in load_robot(name).links if link.visual is not None]
    assert len(drawn) >= 6
    assert all(mesh.triangles.size for mesh in drawn)
