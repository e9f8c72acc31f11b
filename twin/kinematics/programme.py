"""A robot's programme: the stops it makes, and the segments that it runs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from twin.kinematics.arm import Arm
from twin.kinematics.motion import Trajectory
from twin.transforms import Matrix, Vector

Do = Literal["pick", "place", "unscrew", "cut", "hold", "couple", "uncouple", "home"]


@dataclass(frozen=True, slots=True)
class Stop:
    """A place where something is done, and how it is reached and left.

    Attributes:
        name: Of the task and its target, as a person knows it.
        do: What is done there.
        target: Of what: a part, a fastener, a joint, a tool; "" for none.
        world_from_aim: Where the tip goes, (4, 4); the tool works along its +Z.
        approach_m: From this far back it moves straight.
        retreat_m: So far back it moves straight afterwards.
        flange_from_tip: Of the tool it works with, (4, 4).
        spins: In how many evenly spaced turns about its axis the tool may come; 1
            where it picks or places, since the part would be turned as well.
        mounted: Tool at the flange when it comes; "" for none.
        mounted_after: The same when it leaves.
        world_from_part: Where the part is that it picks, (4, 4).
        near: Bodies that tool and part may touch while it works.
        seconds: How long it holds, if that is what it does.
    """

    name: str
    do: Do
    target: str
    world_from_aim: Matrix
    approach_m: float
    retreat_m: float
    flange_from_tip: Matrix
    spins: int = 1
    mounted: str = ""
    mounted_after: str = ""
    world_from_part: Matrix | None = None
    near: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Situation:
    """What is true of the cell while the arm moves.

    Attributes:
        mounted: Tool at the flange; "" for none.
        holding: Part in the tool; "" for none.
        flange_from_part: Where it is held, (4, 4).
        moved: Where parts are that the programme has put elsewhere.
        near: Bodies that tool and part may touch now.
        margin_m: How much more than the clearance is kept.
    """

    mounted: str = ""
    holding: str = ""
    flange_from_part: Matrix = field(default_factory=lambda: np.eye(4))
    moved: Mapping[str, Matrix] = field(default_factory=dict)
    near: tuple[str, ...] = ()
    margin_m: float = 0.0


class Blocker(Protocol):
    """Knows what stands around, which the planner does not."""

    def __call__(self, q: Vector, situation: Situation) -> str:
        """Return the name of what a posture comes too near to, "" if nothing."""


@dataclass(frozen=True, slots=True)
class Move:
    """A motion: over free space, or straight to a target or back.

    Attributes:
        stop: Place of the stop it belongs to, from 0.
        kind: What it is for.
        trajectory: From rest to rest.
        waypoints: Joint values that it passes, (m, n).
    """

    stop: int
    kind: Literal["travel", "approach", "retreat"]
    trajectory: Trajectory
    waypoints: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Act:
    """What the tool does where the motion ended."""

    stop: int


Segment = Move | Act


@dataclass(frozen=True, slots=True)
class PlannedProgramme:
    """A programme that an arm can run.

    Attributes:
        stops: In order.
        segments: In order; from ``start`` to where the last one ends.
        start: Joint values it begins at, (n,).
        motion_s: How long all motions take; what tools do comes on top.
    """

    stops: tuple[Stop, ...]
    segments: tuple[Segment, ...]
    start: NDArray[np.float64]
    motion_s: float

    def largest_step_m(self, arm: Arm, dt_s: float) -> float:
        """Return about the farthest that the flange moves in a step, m.

        Each motion is looked at four times a second, and four times at least.
        """
        most_m = 0.0
        for each in self.segments:
            if not isinstance(each, Move) or not each.trajectory.duration_s:
                continue
            whole_s = each.trajectory.duration_s
            n_looks = max(4, math.ceil(4.0 * whole_s))
            places, speeds, _ = each.trajectory.sampled(whole_s / n_looks)
            for q, qd in zip(places, speeds, strict=True):
                moved = arm.flange(q + qd * dt_s)[:3, 3] - arm.flange(q)[:3, 3]
                most_m = max(most_m, float(np.linalg.norm(moved)))
        return most_m

    def postures(self) -> dict[int, Vector]:
        """Return where the free motion to each stop ends, by its place."""
        return {
            each.stop: each.trajectory.end
            for each in self.segments
            if isinstance(each, Move) and each.kind == "travel"
        }

    def ways(self) -> dict[int, NDArray[np.float64]]:
        """Return corners of free motions by place, (m, n) each; 0 where straight."""
        return {
            each.stop: each.waypoints[1:-1]
            for each in self.segments
            if isinstance(each, Move) and each.kind == "travel"
        }
