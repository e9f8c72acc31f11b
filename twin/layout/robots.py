"""Robots from URDF files: links with shapes, joints with limits, a flange."""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from twin.errors import LayoutError, MissingPartError
from twin.layout.cache import cooked_meshes
from twin.layout.hulls import Hull, coarser
from twin.layout.meshes import (
    Surface,
    joined_by_colour,
    merged,
    one_sided,
    shaded,
    simplified,
    welded,
)
from twin.layout.meshfiles import DEFAULT_RGBA, read_surfaces
from twin.layout.solids import solid_triangles
from twin.layout.urdf import UrdfFile
from twin.layout.urdf_parts import (
    Inertial,
    UrdfJoint,
    UrdfLink,
    UrdfMesh,
    UrdfShape,
    UrdfSolid,
)
from twin.state import MeshArrays
from twin.transforms import Matrix, transform, transform_points, wxyz_from_rpy

ROBOT_TRIANGLES = 12_000
"""Triangles of a whole robot's visuals: keeps a cell drawable without a GPU."""

_RECIPE = "visuals 3"
"""Raise the number when cooking changes, so that nobody sees old meshes."""


@dataclass(frozen=True, slots=True)
class RobotLink:
    """A rigid piece of a robot; shapes are in the link's frame."""

    name: str
    visual: MeshArrays | None
    collision: tuple[Hull, ...]
    inertial: Inertial | None = None


@dataclass(frozen=True, slots=True)
class RobotModel:
    """A robot as its maker's URDF describes it; what it weighs is settled apart.

    Attributes:
        name: Model name.
        links: Base first.
        joints: A parent's joint before its children's, fixed ones included.
        flange_link: Link that carries the flange.
        link_from_flange: (4, 4); the flange's +Z points out of it.
        total_kg: What its maker says it weighs, if known.
    """

    name: str
    links: tuple[RobotLink, ...]
    joints: tuple[UrdfJoint, ...]
    flange_link: str
    link_from_flange: Matrix
    total_kg: float | None = None

    @property
    def arm_joints(self) -> tuple[UrdfJoint, ...]:
        """The joints with a drive, from base to flange."""
        return tuple(joint for joint in self.chain if joint.moves)

    @property
    def base_link(self) -> str:
        """The link that has no parent."""
        return self.joints[0].parent if self.joints else self.links[0].name

    @property
    def chain(self) -> tuple[UrdfJoint, ...]:
        """All joints from base to flange, fixed ones included."""
        joint_of = {joint.child: joint for joint in self.joints}
        chain: list[UrdfJoint] = []
        link = self.flange_link
        while link in joint_of:
            chain.append(joint_of[link])
            link = joint_of[link].parent
        return tuple(reversed(chain))


@dataclass(frozen=True, slots=True)
class _KnownRobot:
    """Where a shipped model is and how its flange is meant."""

    urdf: str
    packages: Mapping[str, str]
    flange_link: str = "tool0"
    link_from_flange: Matrix = field(default_factory=lambda: np.eye(4))
    total_kg: float | None = None
    package: str = "rtbdata"
    distribution: str = "rtb-data"


def _known_robots() -> dict[str, _KnownRobot]:
    """Return the models that come with installed packages.

    Source:
        Total masses: the makers' data sheets (KUKA KR 210 L150-2, KR 120 R2500
        pro, KR 16-2, LBR iiwa 14 R820; Franka Emika Panda).
    """
    kuka = "xacro/kuka_description"
    return {
        "kuka_kr210_l150": _KnownRobot(
            urdf=f"{kuka}/kuka_kr210/urdf/kr210l150.urdf",
            # The URDF says the ROS package's name; rtb-data shortened the folder's.
            packages={"kuka_kr210_support": f"{kuka}/kuka_kr210"},
            # This file's flange looks along +X; ours along +Z, as ROS-Industrial
            # and KUKA's controller have it.
            link_from_flange=transform(wxyz=wxyz_from_rpy(0.0, math.pi / 2, 0.0)),
            total_kg=1_267.0,
        ),
        "kuka_kr120_r2500": _KnownRobot(
            urdf=f"{kuka}/kuka_kr120/urdf/kr120r2500pro.urdf",
            packages={"kuka_kr120_support": f"{kuka}/kuka_kr120"},
            total_kg=1_049.0,
        ),
        "kuka_kr16_2": _KnownRobot(
            urdf=f"{kuka}/kuka_kr16/urdf/kr16_2.urdf",
            packages={"kuka_kr16_support": f"{kuka}/kuka_kr16"},
            total_kg=235.0,
        ),
        "lbr_iiwa_14_r820": _KnownRobot(
            urdf=f"{kuka}/kuka_lbr_iiwa/urdf/lbr_iiwa_14_r820.urdf",
            packages={"kuka_lbr_iiwa_support": f"{kuka}/kuka_lbr_iiwa"},
            total_kg=29.9,
        ),
        "franka_panda": _KnownRobot(
            urdf="franka_panda/panda.urdf",
            packages={"meshes": "franka_panda/meshes"},
            flange_link="panda_link8",
            package="pybullet_data",
            distribution="pybullet",
        ),
    }


def load_robot(model: str) -> RobotModel:
    """Return a robot by model name, or from a URDF file.

    Args:
        model: "kuka_kr210_l150" or another shipped one, or the path of a
            ``.urdf``. Such a file's flange is link ``tool0`` or ``flange`` if it
            has one, else the end of its chain; its own +Z must point out of it.

    Raises:
        LayoutError: If the model is unknown or its files are unusable; names
            file and line.
        MissingPartError: If the package with the robot models is missing.
    """
    known = _known_robots()
    if model in known:
        return _load_known(model, known[model])
    if not model.lower().endswith(".urdf"):
        raise LayoutError(
            f"robot {model!r}: unknown model; give {', '.join(known)} or a .urdf file"
        )
    links, joints = UrdfFile(Path(model), {}).read()
    ordered = _ordered(Path(model), links, joints)
    return RobotModel(
        name=Path(model).stem,
        links=_links(links),
        joints=ordered,
        flange_link=_flange_of(links, ordered),
        link_from_flange=np.eye(4),
    )


def _load_known(model: str, known: _KnownRobot) -> RobotModel:
    spec = find_spec(known.package)
    if spec is None or not spec.submodule_search_locations:
        raise MissingPartError(
            f"robot {model!r}: package {known.distribution} is not installed; "
            f"run pip install {known.distribution}"
        )
    root = Path(next(iter(spec.submodule_search_locations)))
    packages = {name: root / folder for name, folder in known.packages.items()}
    path = root / known.urdf
    links, joints = UrdfFile(path, packages).read()
    return RobotModel(
        name=model,
        links=_links(links),
        joints=_ordered(path, links, joints),
        flange_link=known.flange_link,
        link_from_flange=known.link_from_flange,
        total_kg=known.total_kg,
    )


def _ordered(
    path: Path, links: tuple[UrdfLink, ...], joints: tuple[UrdfJoint, ...]
) -> tuple[UrdfJoint, ...]:
    """Return the joints from the one base outwards."""
    children = {joint.child for joint in joints}
    if len(children) != len(joints):
        raise LayoutError(f"{path}: a link has two parent joints; keep one")
    bases = [link.name for link in links if link.name not in children]
    if len(bases) != 1:
        raise LayoutError(
            f"{path}: {len(bases)} links have no parent; a robot has one base"
        )
    after: dict[str, list[UrdfJoint]] = defaultdict(list)
    for joint in joints:
        after[joint.parent].append(joint)
    ordered: list[UrdfJoint] = []
    reached = [bases[0]]
    while reached:
        for joint in after[reached.pop(0)]:
            ordered.append(joint)
            reached.append(joint.child)
    if len(ordered) != len(joints):
        raise LayoutError(f"{path}: joints run in a circle; a robot is a tree")
    return tuple(ordered)


def _flange_of(links: tuple[UrdfLink, ...], joints: tuple[UrdfJoint, ...]) -> str:
    names = [link.name for link in links]
    for name in ("tool0", "flange"):
        if name in names:
            return name
    return joints[-1].child if joints else names[0]


def _links(links: tuple[UrdfLink, ...]) -> tuple[RobotLink, ...]:
    visuals = cooked_meshes(_content_key(links), lambda: _visuals(links))
    return tuple(
        RobotLink(
            link.name,
            visuals.get(link.name),
            tuple(
                coarser(Hull(piece.vertices_m, piece.triangles))
                for shape in link.collision
                for piece in map(welded, _placed(shape))
            ),
            link.inertial,
        )
        for link in links
    )


def _content_key(links: tuple[UrdfLink, ...]) -> str:
    """Return the sha256 of all that the cooked visuals depend on."""
    digest = hashlib.sha256(f"{_RECIPE} {ROBOT_TRIANGLES}".encode())
    for link in links:
        for shape in link.visual:
            size = shape.scale if isinstance(shape, UrdfMesh) else shape.size_m
            said = f"|{link.name}|{size}|{shape.rgba}|"
            digest.update(said.encode() + shape.link_from_mesh.tobytes())
            digest.update(
                shape.path.read_bytes()
                if isinstance(shape, UrdfMesh)
                else shape.kind.encode()
            )
    return digest.hexdigest()


def _visuals(links: tuple[UrdfLink, ...]) -> dict[str, MeshArrays]:
    """Return each link's visual, simplified so that the robot keeps its budget."""
    surfaces = {
        link.name: joined_by_colour(
            [piece for mesh in link.visual for piece in one_sided(_placed(mesh))]
        )
        for link in links
        if link.visual
    }
    budget = iter(_shares([piece for each in surfaces.values() for piece in each]))
    return {
        name: merged([shaded(simplified(piece, next(budget))) for piece in pieces])
        for name, pieces in surfaces.items()
    }


def _shares(pieces: list[Surface]) -> list[int]:
    """Return how many triangles each piece may keep of the robot's budget.

    By size, not by how many a piece has: a flange full of bolt heads would
    otherwise eat what the base needs to look round.
    """
    counts = np.array([len(piece.triangles) for piece in pieces])
    sizes_m = np.array(
        [np.linalg.norm(np.ptp(piece.vertices_m, axis=0)) for piece in pieces]
    )
    kept = np.zeros(len(pieces))
    for _ in pieces:
        open_ones = kept < counts
        left = ROBOT_TRIANGLES - kept.sum()
        if not open_ones.any() or left < 1.0:
            break
        weights = np.where(open_ones, sizes_m, 0.0)
        kept = np.minimum(kept + left * weights / weights.sum(), counts)
    return [max(4, int(share)) for share in kept]


def _placed(shape: UrdfShape) -> list[Surface]:
    """Return a shape's surfaces in the link's frame."""
    stated = tuple(round(255 * min(max(c, 0.0), 1.0)) for c in shape.rgba)
    rgba = (stated[0], stated[1], stated[2], stated[3])
    if isinstance(shape, UrdfSolid):
        vertices_m, triangles = solid_triangles(shape)
        moved = transform_points(shape.link_from_mesh, vertices_m)
        return [Surface(moved, triangles, rgba)]
    return [
        Surface(
            transform_points(
                shape.link_from_mesh, surface.vertices_m * np.array(shape.scale)
            ),
            surface.triangles,
            rgba if surface.rgba == DEFAULT_RGBA else surface.rgba,
        )
        for surface in read_surfaces(shape.path)
    ]
