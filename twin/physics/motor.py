"""Joints driven along a profile by motors of limited force."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from twin.errors import PhysicsError
from twin.kinematics.motion import Limits, Trajectory
from twin.layout.assets import AssetNode
from twin.layout.plan import Placed
from twin.physics.world import Body

# Share of the position error that a motor corrects in one step. High enough to
# follow a profile within fractions of a millimetre, below 1 to stay smooth.
POSITION_GAIN = 0.4


Rows = Sequence[tuple[float, float, object, float]]
"""Position, velocity, reaction and motor force of each joint."""


class MotorMemory(msgspec.Struct, frozen=True):
    """What some motors were told last, and what they read.

    Attributes:
        positions: That they follow; empty if only speeds were told.
        velocities: Through the step.
        forces: Most that each gives.
        rows: Position, velocity and force of each joint after the last step.
    """

    positions: tuple[float, ...]
    velocities: tuple[float, ...]
    forces: tuple[float, ...]
    rows: tuple[tuple[float, float, float], ...]


class Motor:
    """The motors of some joints of a body, commanded together.

    Args:
        body: What they move.
        links: Names of the links whose joints they drive.
        forces: Most each gives, N or N*m.
    """

    def __init__(
        self, body: Body, links: Sequence[str], forces: Sequence[float]
    ) -> None:
        world = body.world
        self.body = body
        self.joints = [body.link_index[link] for link in links]
        self.forces = [float(force) for force in forces]
        self._client = world.client
        self._command = world.bound("setJointMotorControlArray")
        self._read = world.bound("getJointStates")
        self._position_control = world.bullet.POSITION_CONTROL
        self._velocity_control = world.bullet.VELOCITY_CONTROL
        self._position_gains = [POSITION_GAIN] * len(self.joints)
        self._velocity_gains = [1.0] * len(self.joints)
        self._world = world
        self._told: tuple[Sequence[float], Sequence[float], Sequence[float]]
        self._told = ((), (), ())
        self._kept_rows: Rows = ()
        self._kept_at_step = -1
        world.motors.append(self)

    def hold(self, positions: Sequence[float]) -> None:
        """Command rest at these positions, until something else is commanded."""
        self.follow(positions, [0.0] * len(self.joints))

    def follow(self, positions: Sequence[float], velocities: Sequence[float]) -> None:
        """Command the next step: where it begins, and the speed through it.

        Bullet adds what corrects the position now to the speed that is asked, so
        the position must be that of now; the one after the step would put the
        joint a step ahead of its profile.
        """
        self._told = (positions, velocities, self.forces)
        self._command(
            self.body.body_id,
            self.joints,
            self._position_control,
            positions,
            velocities,
            self.forces,
            self._position_gains,
            self._velocity_gains,
            physicsClientId=self._client,
        )

    def push(self, velocities: Sequence[float], forces: Sequence[float]) -> None:
        """Command speeds with a force that may be too small to keep them."""
        self._told = ((), velocities, forces)
        self._command(
            self.body.body_id,
            self.joints,
            self._velocity_control,
            targetVelocities=velocities,
            forces=forces,
            physicsClientId=self._client,
        )

    def rows(self) -> Rows:
        """Return position, velocity, reaction and motor force of each joint."""
        if self._kept_at_step == self._world.n_steps:
            return self._kept_rows
        if not self.joints:  # of none, Bullet returns None and no empty tuple
            return ()
        rows: Rows = self._read(
            self.body.body_id, self.joints, physicsClientId=self._client
        )
        return rows

    def memory(self) -> MotorMemory:
        """Return the last command and the last reading."""
        positions, velocities, forces = self._told
        return MotorMemory(
            tuple(map(float, positions)),
            tuple(map(float, velocities)),
            tuple(map(float, forces)),
            tuple((row[0], row[1], row[3]) for row in self.rows()),
        )

    def recall(self, memory: MotorMemory) -> None:
        """Command the same once more, and read the same until the next step.

        Bullet keeps neither targets nor the force of the last step in a saved
        state, and a load cell is read before the next step.
        """
        self._told = memory.positions, memory.velocities, memory.forces
        self.again()
        self._kept_rows = [(at, speed, None, force) for at, speed, force in memory.rows]
        self._kept_at_step = self._world.n_steps

    def again(self) -> None:
        """Give the last command once more, if there was one."""
        positions, velocities, forces = self._told
        if positions:
            self.follow(positions, velocities)
        elif velocities:
            self.push(velocities, forces)

    def positions(self) -> list[float]:
        """Return the joints' positions after the last step, rad or m."""
        return [row[0] for row in self.rows()]


# A jerk of this many times the acceleration a second: ramps round off within a
# quarter of a second, as drives with soft start do. Assumed.
_JERK_PER_ACCELERATION_PER_S = 4.0


def axis_limits(n_joints: int, speed: float, acceleration: float) -> Limits:
    """Return the limits of a simple drive, the same for each of its joints."""
    return Limits(
        np.full(n_joints, speed),
        np.full(n_joints, acceleration),
        np.full(n_joints, acceleration * _JERK_PER_ACCELERATION_PER_S),
    )


def moving_node(placed: Placed, joint: Literal["prismatic", "revolute"]) -> AssetNode:
    """Return the first node of a piece of equipment that has such a joint.

    Raises:
        PhysicsError: If it has none.
    """
    for node in placed.asset.nodes:
        if node.joint is not None and node.joint.type == joint:
            return node
    raise PhysicsError(
        f"equipment.{placed.id}: asset {placed.asset.name!r} has no {joint} joint; "
        "name an asset that moves"
    )


# Stops are tried from the hardest on, each a quarter longer than the one before,
# until one keeps the limits; none takes longer than a drive's whole motion.
_FIRST_STOP_S = 0.1
_LONGER_STOP = 1.25
_N_STOPS = 24
# Accelerations and jerks taken from positions tick by tick are this rough.
_ROUGHNESS = 1.05


class PlaybackMemory(msgspec.Struct, frozen=True):
    """How far a motion is, and the rest of it.

    Attributes:
        rows: Position of each joint, tick by tick, from now on; the first is now.
        speeds: Of each joint at these.
        stop_s: How long its last stop took.
        going_on: Whether it goes on as soon as it rests.
        path_rows: The motion's rest as planned, where it was stopped.
        path_speeds: Speeds of these.
    """

    rows: list[list[float]]
    speeds: list[list[float]]
    stop_s: float
    going_on: bool
    path_rows: list[list[float]]
    path_speeds: list[list[float]]


class Playback:
    """A trajectory handed to a motor tick by tick; it can stop on its path.

    Args:
        motor: What follows it.
        trajectory: From rest to rest.
        dt_s: Length of a tick.
        limits: What a stop keeps to; None for a drive that stops at once.
    """

    def __init__(
        self,
        motor: Motor,
        trajectory: Trajectory,
        dt_s: float,
        limits: Limits | None = None,
    ) -> None:
        after, speeds, _ = trajectory.sampled(dt_s)
        rows = np.vstack([trajectory.start[None], after])
        self._motor = motor
        self._dt_s = dt_s
        self._limits = limits
        self._stop_s = 0.0
        self._going_on = False
        self._path: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
        self._play(rows, np.vstack([np.zeros((1, rows.shape[1])), speeds]))

    def _play(self, rows: NDArray[np.float64], speeds: NDArray[np.float64]) -> None:
        """Take positions tick by tick, and their speeds along the way, to play."""
        self._rows, self._path_speeds = rows, speeds
        self._before: list[list[float]] = rows[:-1].tolist()
        self._speeds: list[list[float]] = ((rows[1:] - rows[:-1]) / self._dt_s).tolist()
        self._after: list[list[float]] = rows[1:].tolist()
        self._at = 0
        self.positions: list[float] = rows[0].tolist()

    def step(self) -> bool:
        """Command one tick and return True; at the end, hold and return False.

        A motion that was halted is not at its end: it holds and returns True.
        """
        at = self._at
        if at == len(self._after):
            if self._going_on:
                self._go_on()
                return self.step()
            self._motor.hold(self.positions)
            return self._path is not None
        self._motor.follow(self._before[at], self._speeds[at])
        self.positions = self._after[at]
        self._at = at + 1
        return True

    def halt(self) -> None:
        """Come to rest on the path, as soon as the limits allow.

        Time along the path slows down smoothly to nothing, so the path itself is
        kept and what was clear stays clear.
        """
        if self._path is not None:
            self._going_on = False
            return
        if self._at == len(self._after):
            return
        path, speeds = self._rows[self._at :], self._path_speeds[self._at :]
        stop_s = _FIRST_STOP_S
        for _ in range(_N_STOPS):
            times_s = _slowing(stop_s, self._dt_s)
            rows, slowed = _along(path, speeds, times_s, self._dt_s)
            if self._limits is None or self._keeps(rows):
                break
            stop_s *= _LONGER_STOP
        left_s = float(times_s[-1])
        n_left = max(0, len(path) - 1 - int(left_s / self._dt_s))
        onward_s = left_s + self._dt_s * np.arange(n_left + 1, dtype=np.float64)
        self._path = _along(path, speeds, onward_s, self._dt_s)
        self._stop_s = stop_s
        self._play(rows, slowed)
        self._going_on = False

    def resume(self) -> None:
        """Go on along the path once it rests, as gently as it was left."""
        self._going_on = self._path is not None

    def _go_on(self) -> None:
        assert self._path is not None  # resume() has seen to it
        path, speeds = self._path
        self._path, self._going_on = None, False
        times_s = _starting(self._stop_s, self._dt_s, (len(path) - 1) * self._dt_s)
        self._play(*_along(path, speeds, times_s, self._dt_s))

    def _keeps(self, rows: NDArray[np.float64]) -> bool:
        assert self._limits is not None  # asked only where there are limits
        speeds = np.diff(rows, axis=0) / self._dt_s
        pushes = np.diff(speeds, axis=0) / self._dt_s
        jerks = np.diff(pushes, axis=0) / self._dt_s
        return bool(
            (np.abs(pushes) <= self._limits.acceleration * _ROUGHNESS).all()
            and (np.abs(jerks) <= self._limits.jerk * _ROUGHNESS).all()
        )

    def memory(self) -> PlaybackMemory:
        """Return what is left of the motion."""
        path, path_speeds = self._path if self._path is not None else ((), ())
        return PlaybackMemory(
            self._rows[self._at :].tolist(),
            self._path_speeds[self._at :].tolist(),
            self._stop_s,
            self._going_on,
            np.asarray(path).tolist(),
            np.asarray(path_speeds).tolist(),
        )

    @classmethod
    def recalled(
        cls, memory: PlaybackMemory, motor: Motor, dt_s: float, limits: Limits | None
    ) -> Playback:
        """Return a motion that goes on where another one was remembered."""
        self = cls.__new__(cls)
        self._motor, self._dt_s, self._limits = motor, dt_s, limits
        self._stop_s = memory.stop_s
        self._going_on = memory.going_on
        self._path = None
        if memory.path_rows:
            self._path = np.array(memory.path_rows), np.array(memory.path_speeds)
        self._play(np.array(memory.rows), np.array(memory.speeds))
        return self


def _slowing(stop_s: float, dt_s: float) -> NDArray[np.float64]:
    """Return times along a path that slow down to rest within a time, (m,) s.

    The pace falls as 1 - 3 u^2 + 2 u^3: smooth at both ends. Half the time's way
    is what it takes.
    """
    ticks = np.arange(max(1, round(stop_s / dt_s)) + 1, dtype=np.float64)
    u = ticks / ticks[-1]
    times: NDArray[np.float64] = ticks[-1] * dt_s * (u - u**3 + u**4 / 2)
    return times


def _starting(start_s: float, dt_s: float, until_s: float) -> NDArray[np.float64]:
    """Return times along a path from rest to full pace and on to its end, (m,) s."""
    if until_s <= 0.0:  # the stop took all that was left
        return np.zeros(1)
    rising = _slowing(start_s, dt_s)
    rising = rising[-1] - rising[::-1]
    rising = rising[rising < until_s]
    n_more = math.ceil(max(0.0, until_s - float(rising[-1])) / dt_s - 1e-9)
    onward = rising[-1] + dt_s * np.arange(1, n_more + 1)
    times: NDArray[np.float64] = np.minimum(np.concatenate([rising, onward]), until_s)
    return times


def _along(
    rows: NDArray[np.float64],
    speeds: NDArray[np.float64],
    times_s: NDArray[np.float64],
    dt_s: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return positions and speeds of a path at other times, (m, n) each.

    Args:
        rows: Positions tick by tick, (k, n).
        speeds: At these, (k, n).
        times_s: From the first row on, (m,); past the last row it rests there.
        dt_s: Length of a tick.

    Source:
        Cubic Hermite interpolation; C. de Boor, A Practical Guide to Splines, IV.
    """
    if len(rows) == 1:
        again = np.repeat(rows, len(times_s), axis=0)
        return again, np.zeros_like(again)
    place = np.minimum(times_s / dt_s, len(rows) - 1.0)
    first = np.minimum(place.astype(np.int64), len(rows) - 2)
    u = (place - first)[:, None]
    p0, p1 = rows[first], rows[first + 1]
    m0, m1 = speeds[first] * dt_s, speeds[first + 1] * dt_s
    between = (
        p0
        + u * m0
        + u**2 * (3 * (p1 - p0) - 2 * m0 - m1)
        + u**3 * (2 * (p0 - p1) + m0 + m1)
    )
    along = m0 + 2 * u * (3 * (p1 - p0) - 2 * m0 - m1)
    along = along + 3 * u**2 * (2 * (p0 - p1) + m0 + m1)
    pace = np.gradient(times_s, dt_s) if len(times_s) > 1 else np.ones(1)
    return between, along / dt_s * pace[:, None]
