"""The way of an arm from fastener to fastener, clear of everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from twin.errors import KinematicsError
from twin.kinematics.arm import Arm
from twin.kinematics.choice import choose_branches, find_way, line_is_clear
from twin.kinematics.motion import Limits
from twin.transforms import Matrix, Vector, transform, wxyz_about

# A nutrunner is the same all around: quarter turns of it reach what one would.
_TOOL_TURNS = 4


class Gap(Protocol):
    """Measures the least distance of a posture to anything, up to a reach."""

    def __call__(
        self, q_rad: Vector, reach_m: float, *, at_work: bool = False
    ) -> float:
        """Return the distance, m; at work the tool may be near its target."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One fastener on a tour.

    Attributes:
        name: Of the fastener.
        way_rad: Postures from the stop before to the approach of this, (m, 6).
        world_from_aim: Where the socket's mouth goes, (4, 4).
    """

    name: str
    way_rad: NDArray[np.float64]
    world_from_aim: Matrix


@dataclass(frozen=True, slots=True)
class Tour:
    """Stops in order, and the way home, (m, 6)."""

    stops: tuple[Stop, ...]
    home_way_rad: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TourPlanner:
    """What a tour is planned with.

    Attributes:
        arm: The arm at its place with its tool.
        limits: What its joints may do.
        home_rad: Where it starts and ends, (6,).
        vias_rad: Postures that ways may pass.
        approach_m: From here the tool goes straight up to a fastener.
        dive_m: Below a fastener, where there is room to pass under things.
        gap_m: Measures postures.
        clearance_m: The least that will do.
    """

    arm: Arm
    limits: Limits
    home_rad: Vector
    vias_rad: Sequence[Vector]
    approach_m: float
    dive_m: float
    gap_m: Gap
    clearance_m: float

    def plan(self, aims: Mapping[str, Matrix], like: Tour | None = None) -> Tour:
        """Return a tour over all aims, in their order.

        Args:
            aims: World from socket mouth by fastener, (4, 4) each.
            like: A tour over aims near these; its branches are kept.

        Raises:
            KinematicsError: If a fastener is out of reach; begins with its name.
        """
        names = list(aims)
        choices = [
            self._choices(name, aims[name], like.stops[place] if like else None)
            for place, name in enumerate(names)
        ]
        try:
            chosen = choose_branches(
                self.home_rad, choices, self.limits, clear=self._workable
            )
        except KinematicsError as error:
            if like is not None:  # what was clear there is not here: look at all
                return self.plan(aims)
            raise KinematicsError(_named(str(error), names)) from error
        stops = []
        here, low = self.home_rad, [self.home_rad]
        for name, posture in zip(names, chosen, strict=True):
            dive = self._dive(aims[name], posture)
            stops.append(
                Stop(name, self._way(name, here, posture, [*low, *dive]), aims[name])
            )
            here, low = posture, dive
        home_way = self._way("home", here, self.home_rad, low)
        return Tour(tuple(stops), home_way)

    def clear(self, q_rad: Vector) -> bool:
        """Tell whether a posture keeps the clearance to everything."""
        return self.gap_m(q_rad, self.clearance_m) >= self.clearance_m

    def _workable(self, q_rad: Vector) -> bool:
        """Tell whether an approach is clear, and the fastener above it too."""
        if not self.clear(q_rad):
            return False
        pose = self.arm.forward(q_rad) @ transform((0.0, 0.0, self.approach_m))
        engaged = self.arm.nearest(pose, q_rad)
        if engaged is None:
            return False
        return self.gap_m(engaged, self.clearance_m, at_work=True) >= self.clearance_m

    def _choices(
        self, name: str, aim: Matrix, like: Stop | None
    ) -> NDArray[np.float64]:
        approach = aim @ transform((0.0, 0.0, -self.approach_m))
        if like is not None:
            nearest = self._nearest(approach, like.way_rad[-1])
            if nearest is not None:
                return nearest[None]
        turned = [
            approach
            @ transform(wxyz=wxyz_about((0, 0, 1), turn * 2 * np.pi / _TOOL_TURNS))
            for turn in range(_TOOL_TURNS)
        ]
        found = np.concatenate([self.arm.branches(pose) for pose in turned])
        if not len(found):
            missed, what = approach, "approach"
            if not len(self.arm.branches(aim)):
                missed, what = aim, "head"
            raise KinematicsError(f"{name}: {what}: {self.arm.reach_error(missed)}")
        # Turning the last axis moves nothing but the cable: stay near the middle.
        middle = np.abs(found[:, -1]) <= np.pi
        return found[middle] if middle.any() else found

    def _nearest(self, pose: Matrix, like_rad: Vector) -> Vector | None:
        """Return the posture nearest to another, the tool turned as it was."""
        before = self.arm.forward(like_rad)
        # Keep the socket's turn about its axis: only tilt and place are new.
        x_axis = before[:3, 0] - pose[:3, 2] * float(before[:3, 0] @ pose[:3, 2])
        x_axis = x_axis / np.linalg.norm(x_axis)
        turned = pose.copy()
        turned[:3, 0] = x_axis
        turned[:3, 1] = np.cross(pose[:3, 2], x_axis)
        return self.arm.nearest(turned, like_rad)

    def _dive(self, aim: Matrix, posture: Vector) -> list[Vector]:
        below = self._nearest(aim @ transform((0.0, 0.0, -self.dive_m)), posture)
        return [] if below is None else [below]

    def _way(
        self, name: str, start: Vector, goal: Vector, vias: Sequence[Vector]
    ) -> NDArray[np.float64]:
        try:
            return find_way(
                start,
                goal,
                [*vias, *self.vias_rad],
                self.limits,
                line_is_clear(self.clear),
            )
        except KinematicsError as error:
            raise KinematicsError(f"{name}: {error}") from error


def _named(message: str, names: Sequence[str]) -> str:
    """Return a message about "target 3" as one about that fastener."""
    head, _, rest = message.partition(": ")
    place = head.removeprefix("target ")
    if place != head and place.isdigit():
        return f"{names[int(place) - 1]}: {rest}"
    return message
