"""The one door to ompl: a way around obstacles where no straight one is clear.

Source:
    J. Kuffner, S. LaValle, "RRT-Connect: an efficient approach to single-query
    path planning", ICRA 2000, as made by I. Sucan, M. Moll, L. Kavraki, "The Open
    Motion Planning Library", IEEE Robotics & Automation Magazine 19(4), 2012.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from twin.errors import KinematicsError, MissingPartError
from twin.kinematics.choice import LINE_CHECK_RAD, Clear, ClearLine, line_is_clear
from twin.rng import stream
from twin.transforms import Vector

MOST_ROUNDS = 20_000
"""Of growing the two trees; counted and not timed, so that a busy machine finds
the same way."""

STEP = LINE_CHECK_RAD / 2
"""Along a line a posture is looked at this often, rad or m."""

_ATTEMPTS = 5
_RANGE_S = 0.25
_SHORTENINGS = 60


@dataclass(frozen=True, slots=True)
class Space:
    """Where a way may run.

    Attributes:
        lower: Least joint values, (n,); may be infinite.
        upper: Greatest joint values, (n,); may be infinite.
        velocity: Greatest joint speeds, (n,): distance is counted in time.
    """

    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    velocity: NDArray[np.float64]


def search_way(
    start: Vector, goal: Vector, space: Space, clear: Clear, seed: int
) -> NDArray[np.float64]:
    """Return waypoints from start to goal whose joint lines are all clear.

    The same seed gives the same way, in any process.

    Args:
        start: Joint values, (n,).
        goal: Joint values, (n,).
        space: Where the way may run.
        clear: Refuses postures.
        seed: Of the search.

    Raises:
        KinematicsError: If none is found.
        MissingPartError: If ompl is not installed.
    """
    clear_line = line_is_clear(clear, STEP)
    step = STEP
    for attempt in range(_ATTEMPTS):
        points = _grown(start, goal, space, clear, seed + attempt, step)
        way = shortened(points, clear_line, space.velocity, seed)
        if all(clear_line(a, b) for a, b in itertools.pairwise(way)):
            return way
        # It looked at a line elsewhere than we do, and a corner is in between.
        step /= 2.0
    raise KinematicsError(
        f"{_ATTEMPTS} ways found graze what stands there; widen the gap or move robot "
        "or target"
    )


def _grown(
    start: Vector, goal: Vector, space: Space, clear: Clear, seed: int, step: float
) -> NDArray[np.float64]:
    """Return the way that two trees found, (m, n), looked at every ``step``."""
    base, geometric, util = _load_ompl()
    util.setLogLevel(util.LogLevel.LOG_NONE)
    util.RNG.setSeed(seed + 1)  # 0 would mean a seed by the clock
    n_joints = len(start)
    low = np.where(
        np.isfinite(space.lower), space.lower, np.minimum(start, goal) - np.pi
    )
    high = np.where(
        np.isfinite(space.upper), space.upper, np.maximum(start, goal) + np.pi
    )
    states = base.RealVectorStateSpace(n_joints)
    bounds = base.RealVectorBounds(n_joints)
    for joint in range(n_joints):
        bounds.setLow(joint, float(low[joint] / space.velocity[joint]) - 1e-9)
        bounds.setHigh(joint, float(high[joint] / space.velocity[joint]) + 1e-9)
    states.setBounds(bounds)
    setup = geometric.SimpleSetup(states)

    def is_clear(state: Sequence[float]) -> bool:
        at_s = np.array([state[joint] for joint in range(n_joints)])
        return clear(at_s * space.velocity)

    setup.setStateValidityChecker(is_clear)
    extent_s = float(np.linalg.norm((high - low) / space.velocity))
    step_s = step / float(space.velocity.max())
    setup.getSpaceInformation().setStateValidityCheckingResolution(step_s / extent_s)
    ends = []
    for values in (start, goal):
        state = states.allocState()
        for joint in range(n_joints):
            state[joint] = float(values[joint] / space.velocity[joint])
        ends.append(state)
    setup.setStartAndGoalStates(*ends)
    planner = geometric.RRTConnect(setup.getSpaceInformation())
    planner.setRange(_RANGE_S)
    setup.setPlanner(planner)
    rounds = 0

    def is_over() -> bool:
        nonlocal rounds
        rounds += 1
        return rounds > MOST_ROUNDS

    setup.solve(base.PlannerTerminationCondition(is_over))
    if not setup.haveExactSolutionPath():
        raise KinematicsError(
            f"no clear way after {MOST_ROUNDS} rounds of search; move robot or target"
        )
    path = setup.getSolutionPath()
    points = np.array(
        [
            [path.getState(at)[joint] for joint in range(n_joints)]
            for at in range(path.getStateCount())
        ]
    )
    points *= space.velocity
    points[0], points[-1] = start, goal
    return points


def shortened(
    points: NDArray[np.float64], clear_line: ClearLine, velocity: Vector, seed: int
) -> NDArray[np.float64]:
    """Return a way over clear lines that takes no longer, (m, n).

    First every point jumps to the farthest that a clear line reaches, then pairs
    of places between the points, drawn by the seed, are joined where they can be.
    """
    kept = [0]
    while kept[-1] != len(points) - 1:
        here = kept[-1]
        ahead = range(len(points) - 1, here, -1)
        kept.append(
            next(
                place
                for place in ahead
                if place == here + 1 or clear_line(points[here], points[place])
            )
        )
    way = points[kept]
    rng = stream(seed, "search/shortening")
    for _ in range(_SHORTENINGS if len(way) > 2 else 0):
        lengths = (np.abs(np.diff(way, axis=0)) / velocity).max(axis=1)
        ends = np.concatenate([[0.0], np.cumsum(lengths)])
        first, second = sorted(rng.uniform(0.0, ends[-1], 2).tolist())
        one, two = (
            int(np.searchsorted(ends, at, "right")) - 1 for at in (first, second)
        )
        if one == two:
            continue
        a, b = (
            way[leg] + (way[leg + 1] - way[leg]) * ((at - ends[leg]) / lengths[leg])
            for leg, at in ((one, first), (two, second))
        )
        direct_s = float((np.abs(b - a) / velocity).max())
        if direct_s < 0.98 * (second - first) and clear_line(a, b):
            way = np.vstack([way[: one + 1], a, b, way[two + 1 :]])
    return way


def _load_ompl() -> tuple[ModuleType, ModuleType, ModuleType]:
    try:
        from ompl import base, geometric, util
    except ImportError as error:
        raise MissingPartError(
            "path search: the straight motion collides and ompl is not installed; run "
            "pip install 'flins-twin[plan]', or give via postures"
        ) from error
    return base, geometric, util
