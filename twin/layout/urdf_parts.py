"""What a URDF file says of a robot: its links and joints, as data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from twin.transforms import Matrix

Rgba = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class UrdfMesh:
    """A mesh file a link points to.

    Attributes:
        path: The file, found.
        scale: Factor along x, y, z.
        link_from_mesh: Pose of the mesh's frame, (4, 4).
        rgba: Colour stated in the URDF, 0 to 1, sRGB.
    """

    path: Path
    scale: tuple[float, float, float]
    link_from_mesh: Matrix
    rgba: Rgba


@dataclass(frozen=True, slots=True)
class UrdfSolid:
    """A box, cylinder or sphere that a link states by its measures.

    Attributes:
        kind: What it is; a cylinder's axis is its own z.
        size_m: Box: full edges; cylinder: radius, length, 0; sphere: radius, 0, 0.
        link_from_mesh: Pose of its middle, (4, 4).
        rgba: Colour stated in the URDF, 0 to 1, sRGB.
    """

    kind: Literal["box", "cylinder", "sphere"]
    size_m: tuple[float, float, float]
    link_from_mesh: Matrix
    rgba: Rgba


UrdfShape = UrdfMesh | UrdfSolid


@dataclass(frozen=True, slots=True)
class Inertial:
    """A link's mass and how it is spread.

    Attributes:
        mass_kg: Of the link.
        centre_of_mass_m: (3,) float64, link frame.
        inertia_kgm2: (3, 3) float64, about the centre of mass, along the link's
            axes.
    """

    mass_kg: float
    centre_of_mass_m: NDArray[np.float64]
    inertia_kgm2: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class UrdfLink:
    """A rigid piece: what it looks like, what collides, what it weighs if said."""

    name: str
    visual: tuple[UrdfShape, ...]
    collision: tuple[UrdfShape, ...]
    inertial: Inertial | None = None


@dataclass(frozen=True, slots=True)
class Mimic:
    """A joint that has no drive: ``multiplier * value of joint + offset``."""

    joint: str
    multiplier: float
    offset: float


@dataclass(frozen=True, slots=True)
class UrdfJoint:
    """A connection of two links.

    Attributes:
        name: Unique in the robot.
        type: "revolute", "continuous", "prismatic" or "fixed".
        parent: Link nearer the base.
        child: Link that moves.
        parent_from_joint: Pose of the joint at value 0, (4, 4).
        axis: Unit direction in the joint's frame.
        lower: Least value, rad or m; -inf if continuous.
        upper: Greatest value, rad or m; inf if continuous.
        velocity: Greatest speed, rad/s or m/s; 0 if fixed.
        effort: Most its drive gives, N*m or N; 0 where the file does not say.
        mimic: The joint that it follows, if it does.
    """

    name: str
    type: str
    parent: str
    child: str
    parent_from_joint: Matrix
    axis: tuple[float, float, float]
    lower: float
    upper: float
    velocity: float
    effort: float = 0.0
    mimic: Mimic | None = None

    @property
    def moves(self) -> bool:
        """Whether a drive moves it."""
        return self.type != "fixed" and self.mimic is None

    @property
    def slides(self) -> bool:
        """Whether its value is a length, not an angle."""
        return self.type == "prismatic"
