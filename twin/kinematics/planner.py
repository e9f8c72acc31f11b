"""From stops to segments: postures over the whole programme, ways around things."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from twin.errors import KinematicsError
from twin.kinematics.arm import Arm
from twin.kinematics.choice import (
    Clear,
    choose_branches,
    find_way,
    line_is_clear,
    travel_time_s,
)
from twin.kinematics.motion import (
    Limits,
    LineLimits,
    Trajectory,
    plan_joint_path,
    plan_line,
)
from twin.kinematics.programme import (
    Act,
    Blocker,
    Move,
    PlannedProgramme,
    Segment,
    Situation,
    Stop,
)
from twin.kinematics.search import STEP, Space, search_way
from twin.transforms import Matrix, Vector, inverse, transform, wxyz_about

MOST_CHOICES = 96
"""Postures looked at for one stop: those nearest to home in time."""

_LINE_LOOKS_S = 0.05


@dataclass(frozen=True, slots=True)
class Planner:
    """What a programme is planned with.

    Attributes:
        arm: The arm at its place.
        limits: What its joints may do.
        line: What a tool may do on a straight line.
        home: Where it starts and rests, (n,).
        vias: Postures that ways may pass.
        blocker: Knows what stands around.
        seed: Of searches for a way.
    """

    arm: Arm
    limits: Limits
    line: LineLimits
    home: Vector
    vias: Sequence[Vector]
    blocker: Blocker
    seed: int = 0

    def plan(
        self,
        stops: Sequence[Stop],
        mounted: str = "",
        *,
        ways: Mapping[int, NDArray[np.float64]] | None = None,
        sure: bool = False,
        margin_m: float = 0.0,
    ) -> PlannedProgramme:
        """Return what an arm at home does to make all stops.

        Args:
            stops: In order.
            mounted: Tool at the flange before the first.
            ways: Corners of ways to try before any other, by place of the stop.
            sure: Whether those were found for this very question, and need no look.
            margin_m: How much more than the clearance ways keep where they can, so that
                they stay clear for stops that are a little elsewhere.

        Raises:
            KinematicsError: If it cannot; begins with the stop's name and says
                why: no IK branch, a joint's limit, or a collision with what.
            MissingPartError: If a way has to be searched and ompl is missing.
        """
        situations = situations_of(stops, mounted)
        blamed: dict[int, str] = {}
        layers = [self._choices(stop) for stop in stops]

        def is_workable(place: int, q: Vector) -> bool:
            why = self._why_not(stops[place], situations[place], q)
            if why:
                blamed.setdefault(place, why)
            return not why

        try:
            chosen = choose_branches(
                self.home, layers, self.limits, clear_at=is_workable
            )
        except KinematicsError as error:
            raise KinematicsError(_told(str(error), stops, blamed)) from error
        return self._join(
            stops, situations, chosen, ways or {}, sure=sure, margin_m=margin_m
        )

    def plan_like(
        self, known: PlannedProgramme, stops: Sequence[Stop], mounted: str = ""
    ) -> PlannedProgramme:
        """Return the same programme for stops that moved a little.

        It keeps to the known one's postures and ways wherever they are still clear, so
        that a car a few millimetres off is worked at in the same time.

        Args:
            known: What was planned for the same tasks.
            stops: Those tasks where they are now.
            mounted: Tool at the flange before the first.

        Raises:
            KinematicsError: As for ``plan``.
            MissingPartError: As for ``plan``.
        """
        situations = situations_of(stops, mounted)
        postures = known.postures()
        chosen = []
        for place, stop in enumerate(stops):
            layer = self._choices(stop)
            apart_s = travel_time_s(layer - postures[place], self.limits)
            posture = layer[int(np.argmin(apart_s))]
            if self._why_not(stop, situations[place], posture):
                return self.plan(stops, mounted, ways=known.ways())
            chosen.append(posture)
        return self._join(stops, situations, chosen, known.ways())

    # Postures ---------------------------------------------------------------

    def _choices(self, stop: Stop) -> NDArray[np.float64]:
        """Return postures from which the tool goes straight to a stop, (k, n)."""
        if stop.do == "home":
            return self.home[None]
        self.arm.carry(stop.flange_from_tip)
        approach = _behind(stop.world_from_aim, stop.approach_m)
        turns = [
            transform(wxyz=wxyz_about((0.0, 0.0, 1.0), 2 * np.pi * turn / stop.spins))
            for turn in range(stop.spins)
        ]
        found = np.concatenate([self.arm.branches(approach @ turn) for turn in turns])
        if not len(found):
            missed, what = approach, "approach"
            if not len(self.arm.branches(stop.world_from_aim)):
                missed, what = stop.world_from_aim, "target"
            raise KinematicsError(
                f"{stop.name}: {what}: {self.arm.reach_error(missed)}"
            )
        times_s = travel_time_s(found - self.home, self.limits)
        nearest = np.sort(np.argsort(times_s, kind="stable")[:MOST_CHOICES])
        return found[nearest]

    def _why_not(
        self, stop: Stop, situations: tuple[Situation, Situation], q: Vector
    ) -> str:
        """Return why a stop cannot be made from a posture, "" if it can."""
        before, after = situations
        what = self.blocker(q, before)
        if what:
            return f"approach: collision with {what}"
        if stop.do == "home":
            return ""
        self.arm.carry(stop.flange_from_tip)
        pose = self.arm.forward(q) @ transform((0.0, 0.0, stop.approach_m))
        at_aim = self.arm.nearest(pose, q)
        if at_aim is None:
            return f"target: {self.arm.reach_error(pose)}"
        what = self.blocker(at_aim, replace(before, near=stop.near))
        if what:
            return f"target: collision with {what}"
        back = self.arm.nearest(_behind(pose, stop.retreat_m), at_aim)
        if back is None:
            return "retreat: out of reach"
        what = self.blocker(back, after)
        return f"retreat: collision with {what}" if what else ""

    # Segments ---------------------------------------------------------------

    def _join(
        self,
        stops: Sequence[Stop],
        situations: Sequence[tuple[Situation, Situation]],
        chosen: Sequence[Vector],
        ways: Mapping[int, NDArray[np.float64]],
        *,
        sure: bool = False,
        margin_m: float = 0.0,
    ) -> PlannedProgramme:
        segments: list[Segment] = []
        here, motion_s = self.home, 0.0

        def add(place: int, move: Move) -> Vector:
            nonlocal motion_s
            motion_s += move.trajectory.duration_s
            segments.append(move)
            return move.trajectory.end

        for place, (stop, posture) in enumerate(zip(stops, chosen, strict=True)):
            before, after = situations[place]
            corners = ways.get(place)
            known = None if corners is None else np.vstack([here, corners, posture])
            if known is not None and (sure or self._is_clear(known, before)):
                way = known
            else:
                way = self._way_with(margin_m, stop, place, here, posture, before)
            travel = plan_joint_path(way, self.limits)
            here = add(place, Move(place, "travel", travel, way))
            if stop.do == "home":
                continue
            self.arm.carry(stop.flange_from_tip)
            aim = self.arm.forward(here) @ transform((0.0, 0.0, stop.approach_m))
            here = add(
                place,
                self._line(stop, place, "approach", here, aim, before),
            )
            segments.append(Act(place))
            back = _behind(aim, stop.retreat_m)
            here = add(place, self._line(stop, place, "retreat", here, back, after))
        return PlannedProgramme(tuple(stops), tuple(segments), self.home, motion_s)

    def _line(
        self,
        stop: Stop,
        place: int,
        kind: str,
        start: Vector,
        goal: Matrix,
        situation: Situation,
    ) -> Move:
        try:
            line = plan_line(self.arm, start, goal, self.line, self.limits)
        except KinematicsError as error:
            raise KinematicsError(f"{stop.name}: {kind}: {error}") from error
        looks, _, _ = line.sampled(_LINE_LOOKS_S)
        for q in looks:
            what = self.blocker(q, replace(situation, near=stop.near))
            if what:
                raise KinematicsError(
                    f"{stop.name}: {kind}: collision with {what}; move robot or target"
                )
        assert kind in ("approach", "retreat")  # only these are straight
        return Move(
            place,
            "approach" if kind == "approach" else "retreat",
            line,
            _with_start(line, looks),
        )

    def _is_clear(self, way: NDArray[np.float64], situation: Situation) -> bool:
        clear = line_is_clear(lambda q: not self.blocker(q, situation), STEP)
        return all(clear(a, b) for a, b in itertools.pairwise(way))

    def _way_with(
        self,
        margin_m: float,
        stop: Stop,
        place: int,
        start: Vector,
        goal: Vector,
        situation: Situation,
    ) -> NDArray[np.float64]:
        """Return a clear way, with a margin if there is one that has it."""
        wide = replace(situation, margin_m=margin_m)
        # Where there is no room to spare at the ends no search would find any.
        if margin_m and not (self.blocker(start, wide) or self.blocker(goal, wide)):
            with contextlib.suppress(KinematicsError):
                return self._way(stop, place, start, goal, wide)
        return self._way(stop, place, start, goal, situation)

    def _way(
        self, stop: Stop, place: int, start: Vector, goal: Vector, situation: Situation
    ) -> NDArray[np.float64]:
        """Return a clear way over joint lines, searched if no straight one is."""
        blame: list[str] = []

        def is_clear(q: Vector) -> bool:
            what = self.blocker(q, situation)
            if what:
                blame.append(what)
            return not what

        clear: Clear = is_clear
        try:
            return find_way(start, goal, self.vias, self.limits, line_is_clear(clear))
        except KinematicsError:
            straight = blame[0] if blame else "something"
        space = Space(self.arm.lower, self.arm.upper, self.arm.velocity)
        try:
            return search_way(start, goal, space, clear, self.seed + place)
        except KinematicsError as error:
            raise KinematicsError(
                f"{stop.name}: way: collision with {straight}, and {error}"
            ) from error


def _with_start(line: Trajectory, looks: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.vstack([line.start[None], looks])


def _behind(world_from_aim: Matrix, back_m: float) -> Matrix:
    pose: Matrix = world_from_aim @ transform((0.0, 0.0, -back_m))
    return pose


def situations_of(
    stops: Sequence[Stop], mounted: str
) -> list[tuple[Situation, Situation]]:
    """Return what is true before and after each stop's work.

    Args:
        stops: In order.
        mounted: Tool at the flange before the first.
    """
    now = Situation(mounted=mounted)
    found: list[tuple[Situation, Situation]] = []
    for stop in stops:
        before = now
        world_from_flange = stop.world_from_aim @ inverse(stop.flange_from_tip)
        if stop.do == "pick":
            assert stop.world_from_part is not None  # a pick says where its part is
            now = replace(
                now,
                holding=stop.target,
                flange_from_part=inverse(world_from_flange) @ stop.world_from_part,
            )
        elif stop.do == "place":
            put = world_from_flange @ now.flange_from_part
            now = replace(now, holding="", moved={**now.moved, now.holding: put})
        elif stop.do in ("couple", "uncouple"):
            now = replace(now, mounted=stop.mounted_after)
        found.append((before, now))
    return found


def _told(message: str, stops: Sequence[Stop], blamed: dict[int, str]) -> str:
    """Return a message about "target 3" as one about that stop, and why."""
    head, _, rest = message.partition(": ")
    number = head.removeprefix("target ")
    if number == head or not number.isdigit():
        return message
    place = int(number) - 1
    why = blamed.get(place)
    return f"{stops[place].name}: {why or rest}" + (
        "; move robot or target" if why else ""
    )
