"""Robots of every kind that the tests drive: shipped ones, and two that slide."""

from __future__ import annotations

import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from twin.kinematics.arm import Arm
from twin.layout.robots import RobotModel, load_robot
from twin.transforms import transform, wxyz_about

SHIPPED = {
    "kuka_kr210_l150": "rtbdata/xacro/kuka_description/kuka_kr210/urdf/kr210l150.urdf",
    "kuka_kr120_r2500": (
        "rtbdata/xacro/kuka_description/kuka_kr120/urdf/kr120r2500pro.urdf"
    ),
    "kuka_kr16_2": "rtbdata/xacro/kuka_description/kuka_kr16/urdf/kr16_2.urdf",
    "lbr_iiwa_14_r820": (
        "rtbdata/xacro/kuka_description/kuka_lbr_iiwa/urdf/lbr_iiwa_14_r820.urdf"
    ),
    "franka_panda": "pybullet_data/franka_panda/panda.urdf",
}

_BOX = (
    '<collision><origin xyz="{at}"/><geometry><box size="{size}"/></geometry>'
    '</collision><visual><origin xyz="{at}"/><geometry><box size="{size}"/></geometry>'
    "</visual>"
)


def _link(name: str, size: str, at: str, mass_kg: float, inertia: float) -> str:
    inertial = (
        f'<inertial><origin xyz="{at}"/><mass value="{mass_kg}"/><inertia '
        f'ixx="{inertia}" iyy="{inertia}" izz="{inertia}" ixy="0" ixz="0" iyz="0"/>'
        "</inertial>"
    )
    return f'<link name="{name}">{_BOX.format(size=size, at=at)}{inertial}</link>'


def _joint(
    name: str,
    kind: str,
    ends: tuple[str, str],
    xyz: str,
    axis: str,
    limit: tuple[float, float, float],
) -> str:
    lower, upper, velocity = limit
    parent, child = ends
    return (
        f'<joint name="{name}" type="{kind}"><origin xyz="{xyz}"/>'
        f'<parent link="{parent}"/><child link="{child}"/><axis xyz="{axis}"/>'
        f'<limit lower="{lower}" upper="{upper}" velocity="{velocity}" effort="0"/>'
        "</joint>"
    )


GANTRY = "".join(
    [
        '<robot name="gantry">',
        _link("beam", "4 0.2 0.2", "2 0 0", 200.0, 60.0),
        _link("cart", "0.3 0.3 0.3", "0 0 0", 80.0, 2.0),
        _link("mast", "0.1 0.1 1.5", "0 0 0.75", 40.0, 8.0),
        _link("neck", "0.1 0.1 0.2", "0 0 -0.05", 8.0, 0.05),
        _link("head", "0.1 0.1 0.2", "0 0 -0.1", 5.0, 0.03),
        _link("spindle", "0.06 0.06 0.1", "0 0 -0.05", 2.0, 0.005),
        '<link name="tool0"/>',
        _joint("x", "prismatic", ("beam", "cart"), "0 0 0", "1 0 0", (0.0, 4.0, 1.5)),
        _joint("z", "prismatic", ("cart", "mast"), "0 0.2 0", "0 0 1", (-1.2, 0.2, 1)),
        _joint("a", "revolute", ("mast", "neck"), "0 0 0", "0 0 1", (-3.1, 3.1, 3)),
        _joint("b", "revolute", ("neck", "head"), "0 0 -0.1", "0 1 0", (-1.9, 1.9, 3)),
        _joint("c", "continuous", ("head", "spindle"), "0 0 -0.2", "0 0 1", (0, 0, 6)),
        '<joint name="flange" type="fixed"><origin xyz="0 0 -0.1" '
        'rpy="3.141592653589793 0 0"/><parent link="spindle"/><child link="tool0"/>'
        "</joint></robot>",
    ]
)
"""Two axes that slide, and a head that turns about three."""

RAIL = "".join(
    [
        '<robot name="rail">',
        _link("rail", "6 0.4 0.2", "3 0 -0.1", 500.0, 400.0),
        _link("slide", "0.5 0.5 0.3", "0 0 0.15", 120.0, 4.0),
        _link("column", "0.3 0.3 0.4", "0 0 0.2", 60.0, 1.5),
        _link("upper", "0.2 0.2 0.8", "0 0 0.4", 40.0, 2.5),
        _link("fore", "0.15 0.15 0.7", "0 0 0.35", 25.0, 1.2),
        _link("roll", "0.1 0.1 0.2", "0 0 0.1", 8.0, 0.05),
        _link("bend", "0.1 0.1 0.1", "0 0 0", 5.0, 0.02),
        _link("disc", "0.08 0.08 0.04", "0 0 0.08", 1.0, 0.002),
        '<link name="flange"/>',
        _joint("e1", "prismatic", ("rail", "slide"), "0 0 0", "1 0 0", (0.0, 6.0, 1.0)),
        _joint(
            "j1", "revolute", ("slide", "column"), "0 0 0.3", "0 0 1", (-3.1, 3.1, 2)
        ),
        _joint("j2", "revolute", ("column", "upper"), "0.1 0 0.4", "0 1 0", (-2, 2, 2)),
        _joint("j3", "revolute", ("upper", "fore"), "0 0 0.8", "0 1 0", (-2.5, 2.5, 2)),
        _joint("j4", "revolute", ("fore", "roll"), "0 0 0.7", "0 0 1", (-3.1, 3.1, 4)),
        _joint("j5", "revolute", ("roll", "bend"), "0 0 0.2", "0 1 0", (-2, 2, 4)),
        _joint("j6", "revolute", ("bend", "disc"), "0 0 0", "0 0 1", (-6.1, 6.1, 6)),
        '<joint name="end" type="fixed"><origin xyz="0 0 0.1"/><parent link="disc"/>'
        '<child link="flange"/></joint></robot>',
    ]
)
"""An arm of six axes on a rail."""

WRITTEN = {"gantry": GANTRY, "rail": RAIL}

NAMES = [*SHIPPED, *WRITTEN]


def urdf_path(name: str, folder: Path) -> Path:
    """Return where a robot's URDF is; what the tests write goes to a folder."""
    if name in WRITTEN:
        path = folder / f"{name}.urdf"
        path.write_text(WRITTEN[name], "utf-8")
        return path
    package, _, rest = SHIPPED[name].partition("/")
    spec = find_spec(package)
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(next(iter(spec.submodule_search_locations))) / rest


@cache
def model(name: str) -> RobotModel:
    """Return a robot by name."""
    if name in SHIPPED:
        return load_robot(name)
    with tempfile.TemporaryDirectory() as folder:
        return load_robot(str(urdf_path(name, Path(folder))))


@cache
def placed(name: str) -> Arm:
    """Return a robot somewhere, turned, with a tool that leans."""
    return Arm(
        model(name),
        transform((0.4, -0.3, 0.2), wxyz_about((0.0, 0.0, 1.0), 0.7)),
        transform((0.02, 0.0, 0.2), wxyz_about((0.0, 1.0, 0.0), 0.3)),
    )


def posture(
    arm: Arm, shares: list[float]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return joint values at shares of their ranges, 0 to 1."""
    low = np.where(np.isfinite(arm.lower), arm.lower, -np.pi)
    high = np.where(np.isfinite(arm.upper), arm.upper, np.pi)
    return np.asarray(low + np.array(shares[: arm.n_joints]) * (high - low))
