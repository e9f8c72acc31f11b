"""URDF files, read with the line of everything that can be wrong.

Source:
    URDF XML specification, https://wiki.ros.org/urdf/XML (link, inertial, joint).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

import numpy as np

from twin.errors import LayoutError
from twin.layout.urdf_parts import (
    Inertial,
    Mimic,
    UrdfJoint,
    UrdfLink,
    UrdfMesh,
    UrdfShape,
    UrdfSolid,
)
from twin.transforms import Matrix, transform, wxyz_from_rpy

JOINT_TYPES = ("revolute", "continuous", "prismatic", "fixed")


@dataclass(slots=True)
class UrdfFile:
    """One URDF file while it is read.

    Attributes:
        path: The file.
        packages: ``package://`` name to folder.
        lines: Line of each element.
    """

    path: Path
    packages: Mapping[str, Path]
    lines: dict[int, int] = field(default_factory=dict)

    def read(self) -> tuple[tuple[UrdfLink, ...], tuple[UrdfJoint, ...]]:
        """Return links and joints in the file's order.

        Raises:
            LayoutError: If the file is missing, is no URDF, or points to
                something that is not there.
        """
        root = self._parse()
        if root.tag != "robot":
            raise self._error(root, f"got <{root.tag}>; give a URDF, which is <robot>")
        links = tuple(self._link(element) for element in root.findall("link"))
        joints = tuple(self._joint(element) for element in root.findall("joint"))
        names = {link.name for link in links}
        leaders = {joint.name for joint in joints if joint.moves}
        for element, joint in zip(root.findall("joint"), joints, strict=True):
            if joint.mimic is not None and joint.mimic.joint not in leaders:
                raise self._error(
                    element,
                    f"joint {joint.name!r}: mimics {joint.mimic.joint!r}, which is no "
                    "joint with a drive; name one",
                )
            for end in (joint.parent, joint.child):
                if end not in names:
                    raise self._error(
                        element, f"joint {joint.name!r}: no link {end!r}; add it"
                    )
        return links, joints

    def _parse(self) -> Element:
        builder = TreeBuilder()
        parser = expat.ParserCreate()
        parser.buffer_text = True
        elements: list[Element] = []

        def start(name: str, attributes: dict[str, str]) -> None:
            element = builder.start(name, attributes)
            elements.append(element)
            self.lines[id(element)] = parser.CurrentLineNumber

        parser.StartElementHandler = start
        parser.EndElementHandler = builder.end
        parser.CharacterDataHandler = builder.data
        try:
            parser.Parse(self.path.read_bytes(), True)
        except FileNotFoundError as error:
            raise LayoutError(f"{self.path}: no such file; give a URDF") from error
        except expat.ExpatError as error:
            raise LayoutError(
                f"{self.path}:{error.lineno}: not XML "
                f"({expat.ErrorString(error.code)}); give a URDF"
            ) from error
        return builder.close()

    def _error(self, element: Element, found: str) -> LayoutError:
        return LayoutError(f"{self.path}:{self.lines.get(id(element), 1)}: {found}")

    def _attribute(self, element: Element, name: str) -> str:
        value = element.get(name)
        if value is None:
            raise self._error(element, f"<{element.tag}> has no {name!r}; add it")
        return value

    def _child(self, element: Element, name: str) -> Element:
        child = element.find(name)
        if child is None:
            raise self._error(element, f"<{element.tag}> has no <{name}>; add it")
        return child

    def _numbers(self, element: Element, name: str, default: str) -> tuple[float, ...]:
        text = element.get(name, default)
        try:
            numbers = tuple(float(word) for word in text.split())
        except ValueError:
            numbers = ()
        if len(numbers) != len(default.split()) or not np.isfinite(numbers).all():
            raise self._error(
                element,
                f"{name}: got {text!r}; give {len(default.split())} finite numbers",
            )
        return numbers

    def _pose(self, element: Element) -> Matrix:
        origin = element.find("origin")
        if origin is None:
            return np.eye(4)
        roll, pitch, yaw = self._numbers(origin, "rpy", "0 0 0")
        return transform(
            self._numbers(origin, "xyz", "0 0 0"), wxyz_from_rpy(roll, pitch, yaw)
        )

    def _link(self, element: Element) -> UrdfLink:
        return UrdfLink(
            name=self._attribute(element, "name"),
            visual=self._shapes(element.findall("visual")),
            collision=self._shapes(element.findall("collision")),
            inertial=self._inertial(element),
        )

    def _inertial(self, link: Element) -> Inertial | None:
        element = link.find("inertial")
        if element is None:
            return None
        (mass_kg,) = self._numbers(self._child(element, "mass"), "value", "0")
        if mass_kg < 0.0:
            raise self._error(element, f"mass {mass_kg:g}; give one of 0 kg or more")
        stated = self._child(element, "inertia")
        xx, yy, zz, xy, xz, yz = (
            self._numbers(stated, name, "0")[0]
            for name in ("ixx", "iyy", "izz", "ixy", "ixz", "iyz")
        )
        link_from_inertial = self._pose(element)
        turn = link_from_inertial[:3, :3]
        tensor = np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])
        return Inertial(mass_kg, link_from_inertial[:3, 3], turn @ tensor @ turn.T)

    def _shapes(self, elements: Sequence[Element]) -> tuple[UrdfShape, ...]:
        found: list[UrdfShape] = []
        for element in elements:
            colour = element.find("material/color")
            red, green, blue, alpha = (
                (0.7, 0.7, 0.7, 1.0)
                if colour is None
                else self._numbers(colour, "rgba", "0 0 0 1")
            )
            rgba = (red, green, blue, alpha)
            geometry = self._child(element, "geometry")
            mesh = geometry.find("mesh")
            if mesh is None:
                found.append(self._solid(geometry, self._pose(element), rgba))
                continue
            x, y, z = self._numbers(mesh, "scale", "1 1 1")
            found.append(
                UrdfMesh(self._resolve(mesh), (x, y, z), self._pose(element), rgba)
            )
        return tuple(found)

    def _solid(
        self,
        geometry: Element,
        link_from_mesh: Matrix,
        rgba: tuple[float, float, float, float],
    ) -> UrdfSolid:
        box, cylinder = geometry.find("box"), geometry.find("cylinder")
        sphere = geometry.find("sphere")
        size_m: tuple[float, ...]
        if box is not None:
            solid = UrdfSolid("box", self._sizes(box, "size"), link_from_mesh, rgba)
            size_m = solid.size_m
        elif cylinder is not None:
            (radius_m,) = self._numbers(cylinder, "radius", "0")
            (length_m,) = self._numbers(cylinder, "length", "0")
            size_m = (radius_m, length_m)
            solid = UrdfSolid(
                "cylinder", (radius_m, length_m, 0.0), link_from_mesh, rgba
            )
        elif sphere is not None:
            (radius_m,) = self._numbers(sphere, "radius", "0")
            size_m = (radius_m,)
            solid = UrdfSolid("sphere", (radius_m, 0.0, 0.0), link_from_mesh, rgba)
        else:
            raise self._error(
                geometry,
                "geometry is no <mesh>, <box>, <cylinder> or <sphere>; give one",
            )
        if min(size_m) <= 0.0:
            raise self._error(
                geometry, f"<{solid.kind}> measures {size_m}; give sizes above 0"
            )
        return solid

    def _sizes(self, element: Element, name: str) -> tuple[float, float, float]:
        x, y, z = self._numbers(element, name, "0 0 0")
        return x, y, z

    def _resolve(self, mesh: Element) -> Path:
        name = self._attribute(mesh, "filename")
        if name.startswith("package://"):
            package, _, rest = name.removeprefix("package://").partition("/")
            folder = self._package_folder(package)
            if folder is None:
                raise self._error(
                    mesh,
                    f"package {package!r} of {name!r} is in no folder above the file; "
                    "put the file inside its package",
                )
            path = folder / rest
        else:
            path = self.path.parent / name.removeprefix("file://")
        if not path.is_file():
            raise self._error(mesh, f"no mesh at {path}; fix the filename")
        return path

    def _package_folder(self, package: str) -> Path | None:
        if package in self.packages:
            return self.packages[package]
        for folder in self.path.resolve().parents:
            if folder.name == package:
                return folder
            if (folder / package).is_dir():
                return folder / package
        return None

    def _joint(self, element: Element) -> UrdfJoint:
        name = self._attribute(element, "name")
        kind = self._attribute(element, "type")
        if kind not in JOINT_TYPES:
            raise self._error(
                element, f"joint {name!r}: type {kind!r}; give {', '.join(JOINT_TYPES)}"
            )
        axis_element = element.find("axis")
        axis = (
            (1.0, 0.0, 0.0)
            if axis_element is None
            else self._numbers(axis_element, "xyz", "1 0 0")
        )
        length = math.hypot(*axis)
        if kind != "fixed" and length < 1e-9:
            raise self._error(element, f"joint {name!r}: axis has no length; give one")
        lower, upper, velocity, effort = self._limits(element, name, kind)
        unit = np.asarray(axis) / (length or 1.0)
        return UrdfJoint(
            name=name,
            type=kind,
            parent=self._attribute(self._child(element, "parent"), "link"),
            child=self._attribute(self._child(element, "child"), "link"),
            parent_from_joint=self._pose(element),
            axis=(float(unit[0]), float(unit[1]), float(unit[2])),
            lower=lower,
            upper=upper,
            velocity=velocity,
            effort=effort,
            mimic=self._mimic(element),
        )

    def _mimic(self, element: Element) -> Mimic | None:
        mimic = element.find("mimic")
        if mimic is None:
            return None
        (multiplier,) = self._numbers(mimic, "multiplier", "1")
        (offset,) = self._numbers(mimic, "offset", "0")
        return Mimic(self._attribute(mimic, "joint"), multiplier, offset)

    def _limits(
        self, element: Element, name: str, kind: str
    ) -> tuple[float, float, float, float]:
        if kind == "fixed":
            return 0.0, 0.0, 0.0, 0.0
        limit = self._child(element, "limit")
        (velocity,) = self._numbers(limit, "velocity", "0")
        if velocity <= 0.0:
            raise self._error(
                limit, f"joint {name!r}: velocity {velocity:g}; give one above 0"
            )
        (effort,) = self._numbers(limit, "effort", "0")
        if effort < 0.0:
            raise self._error(
                limit, f"joint {name!r}: effort {effort:g}; give 0 or more"
            )
        if kind == "continuous":
            return -math.inf, math.inf, velocity, effort
        (lower,) = self._numbers(limit, "lower", "0")
        (upper,) = self._numbers(limit, "upper", "0")
        if not lower < upper:
            raise self._error(
                limit, f"joint {name!r}: limits {lower:g} to {upper:g}; give low < high"
            )
        return lower, upper, velocity, effort
