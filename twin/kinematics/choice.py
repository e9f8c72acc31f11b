"""Which of an arm's postures to take at each target, and how to get between them.

Collisions are somebody else's knowledge: they come in as predicates, and are
asked as rarely as the search allows.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.errors import KinematicsError
from twin.kinematics.motion import Limits
from twin.transforms import Vector

Clear = Callable[[Vector], bool]
"""Tells whether an arm at joint values (n,) keeps its clearance."""

ClearAt = Callable[[int, Vector], bool]
"""The same for a posture at a target, counted from 0."""

ClearLine = Callable[[Vector, Vector], bool]
"""Tells whether the straight joint line between two postures keeps clearance."""

LINE_CHECK_RAD = 0.04
"""Along a joint line a posture is looked at this often: at 3 m reach the tool is
then never more than 60 mm from a posture that was looked at."""


def travel_time_s(way_rad: NDArray[np.float64], limits: Limits) -> NDArray[np.float64]:
    """Return the least time of ways from rest to rest, jerk left out.

    Args:
        way_rad: Joint movements, (..., n).
        limits: Of the n joints.

    Returns:
        Time of the slowest joint, s, shape (...).
    """
    way = np.abs(way_rad)
    full_speed = limits.velocity**2 / limits.acceleration
    times = np.where(
        way > full_speed,
        way / limits.velocity + limits.velocity / limits.acceleration,
        2.0 * np.sqrt(way / limits.acceleration),
    )
    return np.asarray(times.max(axis=-1))


def line_is_clear(clear: Clear, step_rad: float = LINE_CHECK_RAD) -> ClearLine:
    """Return a predicate for joint lines made from one for postures."""

    def check(start_rad: Vector, end_rad: Vector) -> bool:
        way = end_rad - start_rad
        n_steps = max(1, math.ceil(float(np.abs(way).max()) / step_rad))
        return all(
            clear(start_rad + way * (step / n_steps)) for step in range(n_steps + 1)
        )

    return check


def choose_branches(
    start_rad: ArrayLike,
    candidates: Sequence[NDArray[np.float64]],
    limits: Limits,
    *,
    clear: Clear | None = None,
    clear_at: ClearAt | None = None,
    clear_line: ClearLine | None = None,
) -> list[Vector]:
    """Return one posture a target so that the whole tour takes least time.

    Args:
        start_rad: Joint values before the first target, (6,).
        candidates: Postures at each target in order, (k, 6) each.
        limits: What the joints may do.
        clear: Refuses postures; asked only of those that would be taken.
        clear_at: The same where it depends on the target.
        clear_line: Refuses moves from one target's posture to the next one's;
            the way to the first target is not asked of it.

    Raises:
        KinematicsError: If a target is left without a posture or no move leads
            on; names the target by its place, counted from 1.
    """
    if not candidates:
        return []
    layers = [np.atleast_2d(layer) for layer in candidates]
    for place, layer in enumerate(layers, start=1):
        if layer.size == 0:
            raise KinematicsError(f"target {place}: no posture; move robot or target")
    steps = [
        travel_time_s(after[None, :, :] - before[:, None, :], limits)
        for before, after in zip(
            [np.asarray(start_rad, dtype=np.float64)[None, :], *layers[:-1]],
            layers,
            strict=True,
        )
    ]
    approved: set[tuple[int, int]] = set()
    joined: set[tuple[int, int, int]] = set()
    while True:
        picks = _shortest(steps)
        refused = False
        for place, pick in enumerate(picks):
            if (clear is None and clear_at is None) or (place, pick) in approved:
                continue
            posture = layers[place][pick]
            if (clear is None or clear(posture)) and (
                clear_at is None or clear_at(place, posture)
            ):
                approved.add((place, pick))
            else:
                steps[place][:, pick] = np.inf
                refused = True
        if refused:
            continue
        for place in range(1, len(picks)):
            before, pick = picks[place - 1], picks[place]
            if clear_line is None or (place, before, pick) in joined:
                continue
            if clear_line(layers[place - 1][before], layers[place][pick]):
                joined.add((place, before, pick))
            else:
                steps[place][before, pick] = np.inf
                refused = True
        if not refused:
            return [
                layer[pick].copy() for layer, pick in zip(layers, picks, strict=True)
            ]


def _shortest(steps: list[NDArray[np.float64]]) -> list[int]:
    """Return the pick in each layer on the cheapest way through all of them."""
    cost = np.zeros(1)
    came_from: list[NDArray[np.int64]] = []
    for place, step in enumerate(steps, start=1):
        total = cost[:, None] + step
        came_from.append(np.argmin(total, axis=0))
        cost = total.min(axis=0)
        if not np.isfinite(cost).any():
            raise KinematicsError(
                f"target {place}: every posture or every move to it collides; "
                "move robot or target"
            )
    pick = int(np.argmin(cost))
    picks = [pick]
    for back in reversed(came_from[1:]):
        pick = int(back[pick])
        picks.append(pick)
    return picks[::-1]


def find_way(
    start_rad: ArrayLike,
    goal_rad: ArrayLike,
    vias: Sequence[ArrayLike],
    limits: Limits,
    clear_line: ClearLine,
) -> NDArray[np.float64]:
    """Return waypoints from start to goal over the fewest-seconds clear lines.

    Lines are checked only when the search would take them, so a direct way that
    is clear costs one check.

    Args:
        start_rad: Joint values at the start, (6,).
        goal_rad: Joint values at the goal, (6,).
        vias: Postures that the way may pass, (6,) each.
        limits: What the joints may do.
        clear_line: Refuses lines.

    Returns:
        Start, vias taken and goal, (m, 6).

    Raises:
        KinematicsError: If no way over the given postures is clear.

    Source:
        R. Bohlin, L. Kavraki, "Path planning using lazy PRM", ICRA 2000.
    """
    points = np.array([start_rad, goal_rad, *vias], dtype=np.float64)
    if clear_line(points[0], points[1]):
        return points[:2]
    times = travel_time_s(points[None, :, :] - points[:, None, :], limits)
    waiting: list[tuple[float, int, int]] = [(0.0, 0, 0)]
    came_from: dict[int, int] = {}
    while waiting:
        cost_s, place, before = heapq.heappop(waiting)
        if place in came_from:
            continue
        if place and not clear_line(points[before], points[place]):
            continue
        came_from[place] = before
        if place == 1:
            way = [1]
            while way[-1] != 0:
                way.append(came_from[way[-1]])
            return points[way[::-1]]
        for after in range(1, len(points)):
            if after not in came_from and (place, after) != (0, 1):
                heapq.heappush(
                    waiting, (cost_s + float(times[place, after]), after, place)
                )
    raise KinematicsError(
        f"no clear way over {len(vias)} via postures; give others or move the robot"
    )
