"""Manipulators: their robot, what is said of its joints, and what tools look like."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from twin.errors import LayoutError
from twin.layout.assets import Asset, load_asset
from twin.layout.meshes import Surface, merged, moved, shaded
from twin.layout.robots import RobotModel, load_robot
from twin.layout.solids import solid_triangles
from twin.layout.urdf_parts import UrdfSolid
from twin.scenario.end_tools import EndTool, JawGripper
from twin.scenario.equipment import Manipulator
from twin.state import MeshArrays
from twin.transforms import Matrix, transform

PLAIN_RADIUS_M = 0.04
"""A tool without an asset is drawn, and touched, as a cylinder of this radius."""

FINGER_M = 0.02
"""Thickness of a jaw gripper's finger."""

# Height and width of the rail of a gripper without an asset, as it is drawn.
_RAIL_M = 0.05

_PLAIN_RGBA = (120, 126, 134, 255)
_FINGER_RGBA = (40, 42, 46, 255)


def load_manipulator(
    name: str, equipment: Manipulator, found: Callable[[str], str]
) -> tuple[RobotModel, dict[str, Asset]]:
    """Return a manipulator's robot, and the assets of those of its tools that have one.

    Args:
        name: Its id.
        equipment: What the scenario says.
        found: Turns an asset's name into a name or a path.

    Raises:
        LayoutError: If what is said of joints does not fit the URDF.
    """
    robot = load_robot(found(equipment.asset))
    joints = {joint.name: joint for joint in robot.arm_joints}
    for kind, slides, said in (
        ("turning", False, equipment.turning),
        ("sliding", True, equipment.sliding),
    ):
        known = [each for each, joint in joints.items() if joint.slides is slides]
        for joint, one in said.items():
            where = f"equipment.{name}.{kind}.{joint}"
            if joint not in known:
                raise LayoutError(
                    f"{where}: no such joint in {equipment.asset!r}; {kind}: "
                    f"{', '.join(known) or 'none'}"
                )
            low, high = joints[joint].lower, joints[joint].upper
            if one.home is not None and not low <= one.home <= high:
                raise LayoutError(
                    f"{where}.home: {float(one.home):.4g} is outside {low:.4g} to "
                    f"{high:.4g}; give a value inside"
                )
    tools = {
        tool: load_asset(found(spec.asset))
        for tool, spec in equipment.tools.items()
        if spec.asset is not None
    }
    return robot, tools


def tool_meshes(
    spec: EndTool, asset: Asset | None, poses: Mapping[str, Matrix]
) -> dict[str, MeshArrays]:
    """Return what a tool looks like: its body under "", and each finger of jaws.

    Args:
        spec: What the scenario says.
        asset: Its mesh, if it has one.
        poses: Of the asset's nodes.
    """
    length_m = float(spec.length)
    body_m = length_m
    if isinstance(spec, JawGripper):
        body_m -= float(spec.finger_length)
    if asset is not None:
        found = {
            "": merged(
                [
                    moved(node.mesh, poses[node.name])
                    for node in asset.nodes
                    if node.mesh is not None
                ]
            )
        }
    else:
        half = transform((0.0, 0.0, body_m / 2))
        found = {
            "": _drawn(
                UrdfSolid("cylinder", (PLAIN_RADIUS_M, body_m, 0.0), half, _NO_COLOUR),
                _PLAIN_RGBA,
            )
        }
    if isinstance(spec, JawGripper) and asset is None:
        found[""] = merged([found[""], _rail(float(spec.opening), body_m)])
    if isinstance(spec, JawGripper):
        size_m = (FINGER_M, float(spec.finger_width), float(spec.finger_length))
        for finger, side in (("left", -1.0), ("right", 1.0)):
            at = transform((side * FINGER_M / 2, 0.0, length_m - size_m[2] / 2))
            found[finger] = _drawn(
                UrdfSolid("box", size_m, at, _NO_COLOUR), _FINGER_RGBA
            )
    return found


def _rail(opening_m: float, body_m: float) -> MeshArrays:
    """Return the rail that fingers slide on, at the end of a gripper's body."""
    size_m = (opening_m + 4 * FINGER_M, _RAIL_M, _RAIL_M)
    at = transform((0.0, 0.0, body_m - _RAIL_M / 2))
    return _drawn(UrdfSolid("box", size_m, at, _NO_COLOUR), _PLAIN_RGBA)


_NO_COLOUR = (0.0, 0.0, 0.0, 1.0)


def _drawn(solid: UrdfSolid, rgba: tuple[int, int, int, int]) -> MeshArrays:
    vertices_m, triangles = solid_triangles(solid)
    placed = vertices_m @ solid.link_from_mesh[:3, :3].T + solid.link_from_mesh[:3, 3]
    return shaded(Surface(np.asarray(placed), triangles, rgba))
