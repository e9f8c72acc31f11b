"""A robot of any URDF as the links of a body."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from twin.errors import PhysicsError
from twin.layout.robots import RobotModel
from twin.layout.urdf_parts import Inertial
from twin.physics.tools.jaws import JawDrive
from twin.physics.tools.nutrunner import NutrunnerDrive
from twin.physics.tools.shear import ShearDrive
from twin.physics.tools.tool import ToolDrive
from twin.physics.tools.vacuum import VacuumDrive
from twin.physics.world import JointType, Link, Shape
from twin.scenario.end_tools import EndTool, FixtureNutrunner, JawGripper, VacuumGripper

_JOINTS: Mapping[str, JointType] = {
    "revolute": "revolute",
    "continuous": "revolute",
    "prismatic": "prismatic",
    "fixed": "fixed",
}


def robot_links(model: RobotModel, inertials: Mapping[str, Inertial]) -> list[Link]:
    """Return a robot's links, base first; products of inertia are dropped."""
    shapes = {
        link.name: tuple(
            Shape("hull", hull_m=hull.vertices_m) for hull in link.collision
        )
        for link in model.links
    }

    def made(name: str, **joint: object) -> Link:
        inertial = inertials[name]
        x, y, z = inertial.centre_of_mass_m.tolist()
        xx, yy, zz = np.diag(inertial.inertia_kgm2).tolist()
        return Link(
            name,
            inertial.mass_kg,
            shapes[name],
            centre_of_mass_m=(x, y, z),
            inertia_kgm2=(xx, yy, zz),
            **joint,  # type: ignore[arg-type]  # typed where it is called
        )

    return [
        made(model.base_link),
        *(
            made(
                joint.child,
                parent=joint.parent,
                parent_from_link=joint.parent_from_joint,
                joint=_JOINTS[joint.type],
                axis=joint.axis,
            )
            for joint in model.joints
        ),
    ]


def make_tool(name: str, spec: EndTool, shapes: tuple[Shape, ...] = ()) -> ToolDrive:
    """Return the drive of a tool.

    Raises:
        PhysicsError: If its parts weigh more than the whole.
    """
    if isinstance(spec, VacuumGripper):
        return VacuumDrive(name, spec, shapes)
    if isinstance(spec, JawGripper):
        if not spec.mass > 2.0 * spec.finger_mass:
            raise PhysicsError(
                f"tool {name!r}: two fingers of {float(spec.finger_mass):g} kg weigh "
                f"more than its {float(spec.mass):g} kg; lower 'finger_mass'"
            )
        if not spec.length > spec.finger_length:
            raise PhysicsError(
                f"tool {name!r}: fingers of {float(spec.finger_length):g} m are longer "
                f"than its {float(spec.length):g} m; raise 'length'"
            )
        return JawDrive(name, spec, shapes)
    if isinstance(spec, FixtureNutrunner):
        return NutrunnerDrive(name, spec, shapes)
    return ShearDrive(name, spec, shapes)
