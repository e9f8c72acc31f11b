"""How far a safeguard must stand from what it guards, by how a robot really stops.

Advice for whoever lays out a cell, never certification. ``docs/safety.md`` names what
is left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.scenario.safeguards import Safeguard

WALKING_MPS = 1.6
"""Speed of a body's approach. Source: ISO 13855:2010, 6.2.3 and 6.3."""

REACHING_MPS = 2.0
"""Speed of an arm's approach. Source: ISO 13855:2010, 6.2.3.1."""

_NEAR_M = 0.5
_LEAST_M = 0.1
_FINEST_M = 0.014
_FINE_M = 0.040
_COARSE_M = 0.070
_INTRUSION_PER_RESOLUTION = 8.0
_ARM_M = 0.850
_LONG_ARM_M = 1.200
_ARM_PER_HEIGHT = 0.4
_HIGHEST_FIELD_M = 1.0


@dataclass(frozen=True, slots=True)
class Stop:
    """How a robot stops.

    Attributes:
        time_s: From the command to standstill.
        distance_m: Way of its tool, or of what it carries, in that time.
    """

    time_s: float
    distance_m: float


def planned_stop(
    speeds_radps: Sequence[float],
    decelerations_radps2: Sequence[float],
    jerks_radps3: Sequence[float],
    radii_m: Sequence[float],
) -> Stop:
    """Return the stop of an arm whose joints all brake as hard as they may.

    Speed falls along an S: the deceleration grows by the jerk, holds and falls again,
    so a joint at speed v with deceleration a and jerk j takes v/a + a/j, or
    2 sqrt(v/j) where it never reaches a, and turns by half of v times that.

    Args:
        speeds_radps: Of each joint at the command.
        decelerations_radps2: Most that each may brake, > 0.
        jerks_radps3: Most by which that may change, > 0.
        radii_m: From each joint's axis to the farthest thing that it swings: the sum
            of the arcs bounds the way of the tool from above.

    Source:
        Integral of a symmetric jerk-limited ramp; Biagiotti and Melchiorri,
        "Trajectory Planning for Automatic Machines and Robots", Springer 2008,
        section 3.4.
    """
    longest_s, way_m = 0.0, 0.0
    joints = zip(speeds_radps, decelerations_radps2, jerks_radps3, radii_m, strict=True)
    for speed, deceleration, jerk, radius_m in joints:
        v = abs(speed)
        full = v >= deceleration**2 / jerk
        time_s = (
            v / deceleration + deceleration / jerk if full else 2 * (v / jerk) ** 0.5
        )
        longest_s = max(longest_s, time_s)
        way_m += 0.5 * v * time_s * radius_m
    return Stop(longest_s, way_m)


def measured_stop(
    times_s: NDArray[np.float64],
    tool_in_world_m: NDArray[np.float64],
    commanded_s: float,
    still_mps: float = 1e-3,
) -> Stop:
    """Return the stop that a simulation shows.

    Args:
        times_s: Moments, ascending, (n,).
        tool_in_world_m: Where the tool was at each, (n, 3) world frame.
        commanded_s: When the stop was commanded.
        still_mps: Speed below which it counts as standing.

    Raises:
        ValueError: If it still moves at the last moment.
    """
    steps_m = np.linalg.norm(np.diff(tool_in_world_m, axis=0), axis=1)
    speeds_mps = steps_m / np.diff(times_s)
    moving = np.flatnonzero((speeds_mps > still_mps) & (times_s[1:] > commanded_s))
    if len(moving) == 0:
        return Stop(0.0, 0.0)
    last = int(moving[-1]) + 1
    if last == len(times_s) - 1:
        raise ValueError("tool_in_world_m: still moves at the end; record for longer")
    after = times_s[1:] > commanded_s
    # Of the step in which the command falls, only what lies behind it counts.
    shares = np.clip((times_s[1:] - commanded_s) / np.diff(times_s), 0.0, 1.0)
    way_m = float((steps_m * shares)[after & (np.arange(len(steps_m)) < last)].sum())
    return Stop(float(times_s[last]) - commanded_s, way_m)


def separation_m(safeguard: Safeguard, stop_s: float) -> float:
    """Return S = K T + C: how far a safeguard must at least stand.

    T is the response of the safeguard and the time in which the robot stops. A light
    curtain is walked or reached through: C is how far a hand gets in unseen. A
    scanner's field is walked over: C is an arm's reach ahead of the foot that it
    sees. A gate opens before anybody reaches through: C is 0.

    Args:
        safeguard: As the scenario has it.
        stop_s: From the command to standstill.

    Raises:
        ValueError: If the formula does not hold for such a safeguard.

    Source:
        ISO 13855:2010, clause 5 (S = K T + C); 6.2.3.1 and 6.2.3.2 (light curtains of
        resolution up to 40 mm, and up to 70 mm); 6.3 (fields walked over); clause 9
        (interlocking guards).
    """
    total_s = float(safeguard.response) + stop_s
    if safeguard.type == "gate":
        return WALKING_MPS * total_s
    if safeguard.type == "scanner":
        height_m = float(safeguard.height)
        if not 0.0 <= height_m <= _HIGHEST_FIELD_M:
            raise ValueError(
                f"height: {height_m:g} m; a field lies 0 to {_HIGHEST_FIELD_M:g} m high"
            )
        arm_m = max(_ARM_M, _LONG_ARM_M - _ARM_PER_HEIGHT * height_m)
        return WALKING_MPS * total_s + arm_m
    resolution_m = float(safeguard.resolution)
    if resolution_m > _COARSE_M:
        raise ValueError(
            f"resolution: {1e3 * resolution_m:g} mm; a light curtain sees "
            f"{1e3 * _COARSE_M:g} mm or less"
        )
    if resolution_m > _FINE_M:
        return WALKING_MPS * total_s + _ARM_M
    hand_m = max(0.0, _INTRUSION_PER_RESOLUTION * (resolution_m - _FINEST_M))
    near_m = max(_LEAST_M, REACHING_MPS * total_s + hand_m)
    if near_m <= _NEAR_M:
        return near_m
    return max(_NEAR_M, WALKING_MPS * total_s + hand_m)


@dataclass(frozen=True, slots=True)
class Separation:
    """A safeguard's distance held against what its robot needs.

    Attributes:
        given_m: Distance in the scenario.
        needed_m: By ISO 13855, with the stop as it is.
        stop: Of the robot.
    """

    given_m: float
    needed_m: float
    stop: Stop

    @property
    def suffices(self) -> bool:
        """Whether a person is stopped for before the robot can reach them."""
        return self.given_m >= self.needed_m or math.isclose(
            self.given_m, self.needed_m, rel_tol=1e-9
        )


def separation_of(safeguard: Safeguard, stop: Stop) -> Separation:
    """Return a safeguard's distance beside what it needs.

    Where the robot's way while it stops leads towards the person, that way is needed
    on top: it is added in full, whichever way the robot moves.
    """
    needed_m = separation_m(safeguard, stop.time_s) + stop.distance_m
    return Separation(float(safeguard.distance), needed_m, stop)
