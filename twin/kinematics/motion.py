"""Jerk-limited motion along joint lines and straight tool lines.

A path is followed by one length profile from rest to rest, whose limits are the
tightest that any joint sets on the path; so joints stay in step, lines stay
straight, and no limit is passed.

Source:
    L. Berscheid, T. Kroeger, "Jerk-limited real-time trajectory generation with
    arbitrary target states", RSS 2021 (the ruckig library).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import ruckig
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import make_interp_spline

from twin.errors import KinematicsError
from twin.kinematics.arm import Arm
from twin.transforms import (
    Matrix,
    Vector,
    inverse,
    pose_of,
    rotation_from_wxyz,
    wxyz_about,
)

LINE_STEP_M = 0.01
"""A tool line is solved this often; between solutions a smooth curve through
them stays within micrometres of the line."""

TURN_LEVER_M = 0.5
"""A turn of 1 rad counts like this length of way: about a tool's reach."""

LARGEST_JUMP_RAD = 0.35
"""Neighbouring solutions farther apart than this are different branches."""

LIMIT_SHARE = 0.99
"""Tool lines plan with this share of a limit, since their joint speeds are
looked at on a grid of points and not everywhere."""

_GRID = 400

# Of a length u: joint values and their first three derivatives by u.
_Path = Callable[
    [Vector],
    tuple[
        NDArray[np.float64],
        NDArray[np.float64],
        NDArray[np.float64],
        NDArray[np.float64],
    ],
]


@dataclass(frozen=True, slots=True)
class Limits:
    """What each joint may do, all > 0: (n,) float64.

    Attributes:
        velocity: rad/s, or m/s for a joint that slides.
        acceleration: rad/s² or m/s².
        jerk: rad/s³ or m/s³.
    """

    velocity: NDArray[np.float64]
    acceleration: NDArray[np.float64]
    jerk: NDArray[np.float64]

    def __post_init__(self) -> None:
        for name in ("velocity", "acceleration", "jerk"):
            values = getattr(self, name)
            if values.shape != self.velocity.shape or not (values > 0.0).all():
                raise ValueError(
                    f"{name}: got {values.tolist()}; give {self.velocity.shape} above 0"
                )


@dataclass(frozen=True, slots=True)
class LineLimits:
    """What a tool may do along a line, all > 0."""

    speed_mps: float
    acceleration_mps2: float
    jerk_mps3: float


@dataclass(frozen=True, slots=True)
class _Profile:
    """Length over time from rest to rest, in phases of constant jerk.

    Attributes:
        starts_s: When each phase begins, (p,).
        states: Length, speed, acceleration and jerk at each start, (p, 4).
        duration_s: Of the whole.
    """

    starts_s: NDArray[np.float64]
    states: NDArray[np.float64]
    duration_s: float

    def at(self, time_s: Vector) -> tuple[Vector, Vector, Vector, Vector]:
        """Return length and its first three derivatives by time at times, (m,)."""
        phase = np.searchsorted(self.starts_s, time_s, side="right") - 1
        length, speed, acceleration, jerk = self.states[np.maximum(phase, 0)].T
        t = time_s - self.starts_s[np.maximum(phase, 0)]
        return (
            length + t * (speed + t * (acceleration / 2 + t * jerk / 6)),
            speed + t * (acceleration + t * jerk / 2),
            acceleration + t * jerk,
            jerk,
        )

    def stretched(self, factor: float) -> _Profile:
        """Return the same way taken ``factor`` times as long."""
        slower = self.states / np.array([1.0, factor, factor**2, factor**3])
        return _Profile(self.starts_s * factor, slower, self.duration_s * factor)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A path and how it is followed; it begins at ``start_s``."""

    start_s: float
    profile: _Profile
    path: _Path


@dataclass(frozen=True, slots=True)
class Trajectory:
    """Joint values over time, from rest to rest.

    Attributes:
        start: Joint values at time 0, (n,).
        end: Joint values at the end and after, (n,).
        duration_s: From start to end.
    """

    start: NDArray[np.float64]
    end: NDArray[np.float64]
    duration_s: float
    _pieces: tuple[_Piece, ...]

    def sample(self, time_s: float) -> tuple[Vector, Vector, Vector]:
        """Return joint values, speeds and accelerations, each (n,), at a time."""
        q, qd, qdd = self._at(np.array([time_s]))
        return q[0], qd[0], qdd[0]

    def sampled(
        self, dt_s: float
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Return the motion tick by tick: values, speeds, accelerations, (m, n).

        Row k is the state at (k + 1) * dt_s: what to command in the k-th tick
        from now. The last row is the end at rest; no rows if nothing moves.
        """
        n_ticks = math.ceil(self.duration_s / dt_s - 1e-9)
        return self._at(dt_s * np.arange(1, n_ticks + 1, dtype=np.float64))

    def _at(
        self, time_s: Vector
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        shape = (len(time_s), len(self.start))
        q = np.where((time_s < self.duration_s)[:, None], self.start, self.end)
        qd, qdd = np.zeros(shape), np.zeros(shape)
        for piece in self._pieces:
            end_s = piece.start_s + piece.profile.duration_s
            inside = (time_s >= piece.start_s) & (time_s < end_s)
            if not inside.any():
                continue
            u, ud, udd, _ = piece.profile.at(time_s[inside] - piece.start_s)
            value, first, second, _ = piece.path(u)
            q[inside] = value
            qd[inside] = first * ud[:, None]
            qdd[inside] = second * (ud**2)[:, None] + first * udd[:, None]
        return q, qd, qdd


def plan_joint_path(waypoints: ArrayLike, limits: Limits) -> Trajectory:
    """Return the fastest motion along straight joint lines, resting at each point.

    Args:
        waypoints: Joint values to pass, (m, n) float, m >= 1.
        limits: Of the n joints.

    Raises:
        ValueError: If the shapes do not fit.
    """
    points = np.asarray(waypoints, dtype=np.float64)
    n_joints = len(limits.velocity)
    if points.ndim != 2 or len(points) == 0 or points.shape[1] != n_joints:
        raise ValueError(f"waypoints: expected (m, {n_joints}), got {points.shape}")
    pieces: list[_Piece] = []
    now_s = 0.0
    for start, end in itertools.pairwise(points):
        way = end - start
        share = np.abs(way)
        if share.max() < 1e-12:
            continue
        with np.errstate(divide="ignore", over="ignore"):
            profile = _rest_to_rest(
                1.0,
                float(np.min(limits.velocity / share)),
                float(np.min(limits.acceleration / share)),
                float(np.min(limits.jerk / share)),
            )
        pieces.append(_Piece(now_s, profile, _straight(start, way)))
        now_s += profile.duration_s
    return Trajectory(points[0].copy(), points[-1].copy(), now_s, tuple(pieces))


def plan_line(
    arm: Arm,
    start_rad: ArrayLike,
    world_from_end: Matrix,
    line: LineLimits,
    limits: Limits,
) -> Trajectory:
    """Return the motion that takes the tool along a straight line.

    The tool turns evenly on the way if the end is turned against the start; the
    arm keeps its branch.

    Args:
        arm: The arm; its tool starts where ``start_rad`` puts it.
        start_rad: Joint values at the start, (6,).
        world_from_end: Pose of the tool at the end, (4, 4).
        line: What the tool may do.
        limits: What the joints may do; they slow the tool where they must.

    Raises:
        KinematicsError: If the line leaves the arm's reach or its branch.
    """
    start = np.asarray(start_rad, dtype=np.float64)
    world_from_start = arm.forward(start)
    move_m = world_from_end[:3, 3] - world_from_start[:3, 3]
    axis, angle_rad = _turn(inverse(world_from_start) @ world_from_end)
    length_m = max(float(np.linalg.norm(move_m)), TURN_LEVER_M * angle_rad)
    if length_m < 1e-9:
        return Trajectory(start, start.copy(), 0.0, ())
    n_steps = max(6, math.ceil(length_m / LINE_STEP_M))
    postures = [start]
    for share in np.linspace(0.0, 1.0, n_steps + 1)[1:]:
        world_from_tool = world_from_start.copy()
        world_from_tool[:3, 3] += share * move_m
        world_from_tool[:3, :3] = world_from_start[:3, :3] @ rotation_from_wxyz(
            wxyz_about(axis, share * angle_rad)
        )
        postures.append(_next_posture(arm, world_from_tool, postures[-1], share))
    path = _curve(np.array(postures), length_m)
    profile = _rest_to_rest(
        length_m, line.speed_mps, line.acceleration_mps2, line.jerk_mps3
    )
    profile = profile.stretched(_stretch(profile, path, limits))
    piece = _Piece(0.0, profile, path)
    return Trajectory(start, postures[-1], profile.duration_s, (piece,))


def _next_posture(
    arm: Arm, world_from_tool: Matrix, before_rad: Vector, share: float
) -> Vector:
    posture = arm.nearest(world_from_tool, before_rad)
    if posture is None:
        raise KinematicsError(
            f"tool line: at {100 * share:.0f} % of it: "
            f"{arm.reach_error(world_from_tool)}"
        )
    jump_rad = float(np.abs(posture - before_rad).max())
    if jump_rad > LARGEST_JUMP_RAD:
        raise KinematicsError(
            f"tool line: at {100 * share:.0f} % of it the arm would jump by "
            f"{math.degrees(jump_rad):.0f}°; choose another posture"
        )
    return posture


def _turn(start_from_end: Matrix) -> tuple[Vector, float]:
    """Return axis (3,) and angle in [0, pi] of a rotation."""
    w, *xyz = pose_of(start_from_end)[1]
    size = float(np.linalg.norm(xyz))
    if size < 1e-12:
        return np.array([0.0, 0.0, 1.0]), 0.0
    return np.array(xyz) / size, 2.0 * math.atan2(size, float(w))


def _straight(start: Vector, way: Vector) -> _Path:
    def path(
        u: Vector,
    ) -> tuple[
        NDArray[np.float64],
        NDArray[np.float64],
        NDArray[np.float64],
        NDArray[np.float64],
    ]:
        flat = np.zeros((len(u), len(way)))
        return start + u[:, None] * way, flat + way, flat, flat

    return path


def _curve(postures: NDArray[np.float64], length_m: float) -> _Path:
    """Return a smooth curve through evenly spaced postures."""
    at_m = np.linspace(0.0, length_m, len(postures))
    spline = make_interp_spline(at_m, postures, k=5)
    slopes = [spline, *(spline.derivative(order) for order in (1, 2, 3))]

    def path(
        u: Vector,
    ) -> tuple[
        NDArray[np.float64],
        NDArray[np.float64],
        NDArray[np.float64],
        NDArray[np.float64],
    ]:
        inside = np.clip(u, 0.0, length_m)
        value, first, second, third = (np.asarray(s(inside)) for s in slopes)
        return value, first, second, third

    return path


def _stretch(profile: _Profile, path: _Path, limits: Limits) -> float:
    """Return by what factor the profile must slow down for the joints, >= 1."""
    times = np.union1d(
        np.linspace(0.0, profile.duration_s, _GRID),
        np.concatenate([profile.starts_s, np.maximum(profile.starts_s - 1e-9, 0.0)]),
    )
    u, ud, udd, uddd = (values[:, None] for values in profile.at(times))
    _, first, second, third = path(u[:, 0])
    speed = np.abs(first * ud) / limits.velocity
    ramp = np.abs(second * ud**2 + first * udd) / limits.acceleration
    jerk = np.abs(third * ud**3 + 3 * second * ud * udd + first * uddd) / limits.jerk
    return max(
        1.0,
        float(speed.max()) / LIMIT_SHARE,
        math.sqrt(float(ramp.max()) / LIMIT_SHARE),
        math.cbrt(float(jerk.max()) / LIMIT_SHARE),
    )


def _rest_to_rest(
    length: float, speed: float, acceleration: float, jerk: float
) -> _Profile:
    """Return the fastest profile over a length, from rest to rest."""
    wanted = ruckig.InputParameter(1)
    wanted.current_position, wanted.target_position = [0.0], [length]
    wanted.max_velocity, wanted.max_acceleration = [speed], [acceleration]
    wanted.max_jerk = [jerk]
    found = ruckig.Trajectory(1)
    outcome = ruckig.Ruckig(1).calculate(wanted, found)
    if outcome != ruckig.Result.Working:
        raise KinematicsError(
            f"motion: no profile over {length:g} at {speed:g}, {acceleration:g}, "
            f"{jerk:g} ({outcome}); give limits of a usual size"
        )
    profile = found.profiles[0][0]
    spans = np.array(profile.t)
    kept = spans > 0.0
    columns = (profile.p, profile.v, profile.a, profile.j)
    states = np.column_stack([np.array(column)[: len(spans)] for column in columns])
    starts_s = np.concatenate([[0.0], np.cumsum(spans)[:-1]])
    return _Profile(starts_s[kept], states[kept], float(found.duration))
