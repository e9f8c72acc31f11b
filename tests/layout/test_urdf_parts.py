"""Solids, inertials, efforts and mimicking joints of URDF files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from twin.errors import LayoutError
from twin.layout.robots import load_robot

URDF = """<robot name="jaws">
  <link name="palm">
    <inertial>
      <origin xyz="0 0 0.1" rpy="0 0 1.5707963267948966"/>
      <mass value="2"/>
      <inertia ixx="1" iyy="2" izz="2.5" ixy="0" ixz="0" iyz="0"/>
    </inertial>
    <collision><geometry><box size="0.2 0.1 0.1"/></geometry></collision>
  </link>
  <link name="left">
    <collision>
      <origin xyz="0 0 1"/>
      <geometry><cylinder radius="0.01" length="0.1"/></geometry>
    </collision>
  </link>
  <link name="right">
    <visual>
      <geometry><sphere radius="0.02"/></geometry>
      <material name="m"><color rgba="0 0 1 1"/></material>
    </visual>
  </link>
  <joint name="one" type="prismatic">
    <parent link="palm"/><child link="left"/><axis xyz="0 1 0"/>
    <limit lower="0" upper="0.04" velocity="0.2" effort="20"/>
  </joint>
  <joint name="two" type="prismatic">
    <parent link="palm"/><child link="right"/><axis xyz="0 -1 0"/>
    <limit lower="0" upper="0.04" velocity="0.2" effort="20"/>
    <mimic joint="one" multiplier="2" offset="0.01"/>
  </joint>
</robot>
"""


def written(folder: Path, text: str) -> str:
    path = folder / "jaws.urdf"
    path.write_text(text, "utf-8")
    return str(path)


def test_solids_inertials_and_mimics_are_read(tmp_path: Path) -> None:
    robot = load_robot(written(tmp_path, URDF))
    palm, left, right = robot.links
    assert palm.inertial is not None
    np.testing.assert_allclose(
        palm.inertial.inertia_kgm2, np.diag([2.0, 1.0, 2.5]), atol=1e-12
    )
    np.testing.assert_allclose(palm.inertial.centre_of_mass_m, [0.0, 0.0, 0.1])
    assert len(palm.collision[0].vertices_m) == 8
    low, high = left.collision[0].vertices_m.min(0), left.collision[0].vertices_m.max(0)
    assert (low[2], high[2]) == pytest.approx((0.95, 1.05))
    assert right.visual is not None
    assert set(map(tuple, right.visual.colours.tolist())) == {(0, 0, 255, 255)}
    one, two = robot.joints
    assert (one.effort, one.moves, one.slides) == (20.0, True, True)
    assert two.mimic is not None
    assert (two.mimic.joint, two.mimic.multiplier, two.mimic.offset) == ("one", 2, 0.01)
    assert not two.moves


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("<sphere radius", "<cone radius", r"jaws\.urdf:\d+: geometry is no <mesh>"),
        ('radius="0.02"', 'radius="0"', "give sizes above 0"),
        ('value="2"', 'value="-2"', "mass -2"),
        ('effort="20"', 'effort="-1"', "effort -1"),
        ('mimic joint="one"', 'mimic joint="two"', "mimics 'two', which is no joint"),
        ('<mass value="2"/>', "", "no <mass>"),
    ],
)
def test_what_is_wrong_is_one_line(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    with pytest.raises(LayoutError, match=said):
        load_robot(written(tmp_path, URDF.replace(before, after)))
