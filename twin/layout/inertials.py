"""What each link of a robot weighs: as stated, or a stated estimate.

Source:
    Hull density: makers' masses over the volumes of their own collision hulls:
    KR 210 L150 1,267 kg / 1.028 m3, KR 120 R2500 pro 1,049 / 0.651, KR 16-2
    235 / 0.228, LBR iiwa 14 29.9 / 0.0292: 1,023 to 1,611, mean 1,224 kg/m3.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from twin.errors import LayoutError
from twin.layout.hulls import solid_of
from twin.layout.robots import RobotLink, RobotModel
from twin.layout.urdf_parts import Inertial

HULL_DENSITY_KGPM3 = 1_200.0
"""Of a robot's link, castings, motors and air in its hull together."""

FRAME_LINK_KG = 1e-3
"""A link without a shape or a mass is a mere frame; Bullet needs some mass."""

# A file's masses may sum to this share beside the maker's total: paint and cables.
_TOTAL_TOLERANCE = 0.25

# The triangle inequality of principal moments, with room for a file's rounding.
_ROUNDING = 0.01

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Inertials:
    """Mass, centre and inertia of every link.

    Attributes:
        by_link: In the model's order.
        estimated: Links whose mass was estimated from their hulls.
        reshaped: Links whose mass is stated but not how it is spread.
        factor: What the file's masses were multiplied by to meet the total; 1 if
            they were left.
    """

    by_link: Mapping[str, Inertial]
    estimated: tuple[str, ...] = ()
    reshaped: tuple[str, ...] = ()
    factor: float = 1.0

    def warning(self, robot: str) -> str:
        """Return what a user must know of the estimates, or ""."""
        said = []
        if self.estimated:
            said.append(
                f"no usable mass for {', '.join(self.estimated)}: estimated as "
                f"{HULL_DENSITY_KGPM3:g} kg/m3 of hull"
            )
        if self.factor != 1.0:
            said.append(f"masses multiplied by {self.factor:.3f} to meet the total")
        if self.reshaped:
            said.append(
                f"no usable inertia for {', '.join(self.reshaped)}: taken as of "
                "solid hulls"
            )
        if not said:
            return ""
        return f"robot {robot!r}: {'; '.join(said)}; state 'mass' in the scenario"


def settle_inertials(
    robot: RobotModel,
    stated_kg: Mapping[str, float] | None = None,
    total_kg: float | None = None,
) -> Inertials:
    """Return what every link weighs, and warn of what had to be estimated.

    What the caller states wins; then comes the URDF, unless it holds
    placeholders (all links alike, or no mass, or moments that no body has);
    then ``HULL_DENSITY_KGPM3`` times the volume of the link's hulls. A total
    that is known (the caller's, or the maker's) scales what is estimated, and
    the file's masses where they are off by more than a quarter.

    Args:
        robot: The model.
        stated_kg: Masses by link.
        total_kg: Of the whole arm with its base.

    Raises:
        LayoutError: If the total leaves nothing for the links not stated.
    """
    stated = dict(stated_kg or {})
    total_kg = robot.total_kg if total_kg is None else total_kg
    trusted = not _are_placeholders(robot)
    found: dict[str, Inertial] = {}
    estimated: list[str] = []
    reshaped: list[str] = []
    for link in robot.links:
        told = link.inertial if trusted else None
        if told is not None and not told.mass_kg > 0.0:
            told = None
        if told is None and not link.collision:
            found[link.name] = _of_frame(told)
            continue
        if told is not None and _is_body(told, link):
            found[link.name] = told
            continue
        if told is not None and link.collision:
            found[link.name] = _filled(link, told.mass_kg)
            reshaped.append(link.name)
        elif told is not None:
            found[link.name] = _of_frame(told)
        else:
            volume_m3 = solid_of(link.collision).volume_m3
            found[link.name] = _filled(link, HULL_DENSITY_KGPM3 * volume_m3)
            if link.name not in stated:
                estimated.append(link.name)
    for name, mass_kg in stated.items():
        if name not in found:
            raise LayoutError(
                f"robot {robot.name!r}: no link {name!r}; known: {', '.join(found)}"
            )
        found[name] = _scaled(found[name], mass_kg / found[name].mass_kg)
    factor = 1.0
    if total_kg is not None and len(stated) < len(robot.links):
        loose = estimated or [name for name in found if name not in stated]
        kept_kg = sum(one.mass_kg for name, one in found.items() if name not in loose)
        loose_kg = sum(found[name].mass_kg for name in loose)
        if not total_kg > kept_kg:
            raise LayoutError(
                f"robot {robot.name!r}: total mass {total_kg:g} kg, but the links that "
                f"are stated weigh {kept_kg:g} kg; raise the total"
            )
        needed = (total_kg - kept_kg) / loose_kg
        if estimated or (not stated and abs(needed - 1.0) > _TOTAL_TOLERANCE):
            factor = needed
            for name in loose:
                found[name] = _scaled(found[name], factor)
    settled = Inertials(found, tuple(estimated), tuple(reshaped), factor)
    warning = settled.warning(robot.name)
    if warning:
        _LOG.warning("%s", warning)
    return settled


def _are_placeholders(robot: RobotModel) -> bool:
    """Tell whether all links weigh the same, though they differ in size."""
    masses_kg = [
        link.inertial.mass_kg
        for link in robot.links
        if link.inertial is not None and link.collision
    ]
    sizes = [
        np.ptp(_points(link), axis=0).max() for link in robot.links if link.collision
    ]
    return (
        len(masses_kg) > 2
        and max(masses_kg) - min(masses_kg) < 1e-9
        and max(sizes) > 2.0 * min(sizes)
    )


def _points(link: RobotLink) -> NDArray[np.float64]:
    return np.concatenate([hull.vertices_m for hull in link.collision])


def _is_body(told: Inertial, link: RobotLink) -> bool:
    """Tell whether a body of the link's size can have such moments."""
    moments = np.linalg.eigvalsh(told.inertia_kgm2)
    if moments[0] <= 0.0 or moments[0] + moments[1] < moments[2] * (1.0 - _ROUNDING):
        return False
    if not link.collision:
        return True
    # No point of it is farther from its centre than its hull's diagonal.
    diagonal_m = float(np.linalg.norm(np.ptp(_points(link), axis=0)))
    return bool(moments[2] <= told.mass_kg * diagonal_m**2)


def _filled(link: RobotLink, mass_kg: float) -> Inertial:
    solid = solid_of(link.collision)
    return Inertial(
        mass_kg, solid.centroid_m, solid.inertia_m5 * (mass_kg / solid.volume_m3)
    )


def _of_frame(told: Inertial | None) -> Inertial:
    if told is not None:
        return replace(told, inertia_kgm2=np.eye(3) * told.mass_kg * 1e-2)
    return Inertial(FRAME_LINK_KG, np.zeros(3), np.eye(3) * FRAME_LINK_KG * 1e-2)


def _scaled(inertial: Inertial, factor: float) -> Inertial:
    return Inertial(
        inertial.mass_kg * factor,
        inertial.centre_of_mass_m,
        inertial.inertia_kgm2 * factor,
    )
