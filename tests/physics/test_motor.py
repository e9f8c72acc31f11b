"""Motors of limited force, and profiles handed to them tick by tick."""

from __future__ import annotations

import math

import numpy as np
import pytest
from bodies import DT_S, G_MPS2, motor_state

from twin.kinematics.motion import Limits, Trajectory, plan_joint_path
from twin.physics.motor import Motor, Playback
from twin.physics.world import Body, Link, World
from twin.transforms import transform

_MASS_KG = 20.0
_REACH_M = 1.0
_WEIGHT_NM = _MASS_KG * G_MPS2 * _REACH_M


def _boom(world: World) -> Body:
    """A weight on a boom that a motor turns about a level axis."""
    return world.add(
        "boom",
        [
            Link("post", 0.0),
            Link(
                "boom",
                _MASS_KG,
                joint="revolute",
                axis=(0.0, -1.0, 0.0),
                centre_of_mass_m=(_REACH_M, 0.0, 0.0),
                inertia_kgm2=(0.1, 0.1, 0.1),
            ),
        ],
        transform((0.0, 0.0, 3.0)),
        fixed=True,
    )


def _swing() -> Trajectory:
    limits = Limits(np.array([1.5]), np.array([2.0]), np.array([10.0]))
    return plan_joint_path([[0.0], [1.2], [-0.5]], limits)


def _follow(torque_nm: float) -> tuple[float, float, float]:
    """Return largest error rad, largest torque N*m and error at the end, rad."""
    trajectory = _swing()
    worst_rad = most_nm = error_rad = 0.0
    with World(DT_S) as world:
        motor = Motor(_boom(world), ["boom"], [torque_nm])
        motor.hold([0.0])
        playback = Playback(motor, trajectory, DT_S)
        while playback.step():
            world.step()
            angle, _, torque = motor_state(motor)
            error_rad = abs(angle - playback.positions[0])
            worst_rad = max(worst_rad, error_rad)
            most_nm = max(most_nm, abs(torque))
    return worst_rad, most_nm, error_rad


def test_a_strong_motor_follows_its_profile() -> None:
    # Weight and the profile's acceleration ask for less than this.
    enough_nm = _WEIGHT_NM + (_MASS_KG * _REACH_M**2 + 0.1) * 2.0
    worst_rad, most_nm, _ = _follow(1.5 * enough_nm)
    assert worst_rad < 1e-4
    assert _WEIGHT_NM < most_nm < enough_nm * 1.05


@pytest.mark.parametrize("share", [0.3, 0.7, 1.02])
def test_a_motor_never_gives_more_than_it_has(share: float) -> None:
    torque_nm = share * _WEIGHT_NM
    _, most_nm, _ = _follow(torque_nm)
    assert most_nm <= torque_nm * (1 + 1e-9)
    assert most_nm == pytest.approx(torque_nm)


def test_a_motor_too_weak_for_the_weight_falls_behind_its_profile() -> None:
    """The tracking error is measured, not claimed: it can be bad."""
    worst_rad, _, error_rad = _follow(0.7 * _WEIGHT_NM)
    assert worst_rad > 0.5
    assert error_rad > 0.1


def test_a_playback_passes_every_tick_of_its_trajectory_and_holds_the_end() -> None:
    trajectory = _swing()
    with World(DT_S) as world:
        motor = Motor(_boom(world), ["boom"], [10 * _WEIGHT_NM])
        playback = Playback(motor, trajectory, DT_S)
        assert playback.positions == [0.0]
        passed = []
        while playback.step():
            passed.append(playback.positions[0])
            world.step()
        assert passed == trajectory.sampled(DT_S)[0][:, 0].tolist()
        assert len(passed) == math.ceil(trajectory.duration_s / DT_S - 1e-9)
        for _ in range(240):
            world.step()
        angle, speed, torque = motor_state(motor)
        assert angle == pytest.approx(-0.5, abs=1e-5)
        assert speed == pytest.approx(0.0, abs=1e-6)
        # At rest it carries the weight, no more and no less.
        assert torque == pytest.approx(_WEIGHT_NM * math.cos(0.5), rel=1e-4)


def test_a_push_stops_where_its_force_ends() -> None:
    """So a table can feel a load: it presses with what it was given."""
    with World(DT_S) as world:
        body = _boom(world)
        motor = Motor(body, ["boom"], [10 * _WEIGHT_NM])
        motor.push([0.2], [0.9 * _WEIGHT_NM])
        for _ in range(120):
            world.step()
        angle, _, torque = motor_state(motor)
        assert angle < -0.05
        assert torque == pytest.approx(0.9 * _WEIGHT_NM)
        body.reset_joint("boom", 0.0)
        motor.push([0.2], [1.5 * _WEIGHT_NM])
        for _ in range(120):
            world.step()
        _, speed, torque = motor_state(motor)
        assert speed == pytest.approx(0.2, abs=1e-4)
        assert torque < 1.1 * _WEIGHT_NM


@pytest.mark.parametrize("share", [0.02, 0.1, 0.25, 0.4, 0.6, 0.8, 0.95])
def test_a_stop_keeps_to_acceleration_and_jerk_and_goes_on(share: float) -> None:
    """Wherever it is stopped, also where its end is nearer than any stop."""
    limits = Limits(np.array([1.5]), np.array([2.0]), np.array([10.0]))
    trajectory = plan_joint_path([[0.0], [1.2]], limits)
    n_ticks = len(trajectory.sampled(DT_S)[0])
    with World(DT_S) as world:
        playback = Playback(
            Motor(_boom(world), ["boom"], [500.0]), trajectory, DT_S, limits
        )
        for _ in range(round(share * n_ticks)):
            playback.step()
        places = [playback.positions[0]]
        playback.halt()
        for _ in range(2 * n_ticks):
            assert playback.step()
            places.append(playback.positions[0])
        for order, most in ((2, limits.acceleration), (3, limits.jerk)):
            rates = np.abs(np.diff(places, n=order)) / DT_S**order
            assert rates.max() <= 1.06 * float(most[0])
        assert places[-1] == places[-n_ticks // 2]
        playback.resume()
        while playback.step():
            pass
        assert playback.positions == pytest.approx([1.2], abs=1e-12)
