"""Distances of safeguards, by hand; stops, against the integral of their ramps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.scenario.safeguards import Safeguard
from twin.stations.separation import (
    Stop,
    measured_stop,
    planned_stop,
    separation_m,
    separation_of,
)


def safeguard(kind: str, **given_: object) -> Safeguard:
    values = {"robot": "r", "distance": "1 m", "response": "100 ms"} | given_
    return Safeguard.model_validate({"type": kind, **values})


@pytest.mark.parametrize(
    ("guard", "stop_s", "wanted_m"),
    [
        # 2 m/s x 0.15 s + 8 x (14 - 14) mm
        (safeguard("light_curtain"), 0.05, 0.300),
        # 2 m/s x 0.15 s + 8 x (30 - 14) mm
        (safeguard("light_curtain", resolution="30 mm"), 0.05, 0.428),
        # 2 m/s x 0.1 s would be 0.2; 10 mm counts as 14
        (safeguard("light_curtain", resolution="10 mm"), 0.0, 0.200),
        # 2 x 0.28 > 0.5, and 1.6 x 0.28 = 0.448 < 0.5: half a metre
        (safeguard("light_curtain"), 0.18, 0.500),
        # 1.6 m/s x 0.5 s + 128 mm
        (safeguard("light_curtain", resolution="30 mm"), 0.4, 0.928),
        # 1.6 m/s x 0.5 s + 850 mm
        (safeguard("light_curtain", resolution="50 mm"), 0.4, 1.650),
        # never below 100 mm
        (safeguard("light_curtain", response="0 s"), 0.01, 0.100),
        # 1.6 m/s x 0.5 s + 1200 mm - 0.4 x 200 mm
        (safeguard("scanner"), 0.4, 1.920),
        # 1200 - 0.4 x 1000 = 800, but at least 850
        (safeguard("scanner", height="1 m"), 0.4, 1.650),
        (safeguard("gate"), 0.4, 0.800),
    ],
)
def test_distances_worked_out_by_hand(
    guard: Safeguard, stop_s: float, wanted_m: float
) -> None:
    assert separation_m(guard, stop_s) == pytest.approx(wanted_m, abs=1e-12)


@given(st.floats(0, 2), st.floats(0, 2), st.sampled_from([14, 30, 40, 50, 70]))
def test_a_longer_stop_never_needs_less(a: float, b: float, resolution: int) -> None:
    guard = safeguard("light_curtain", resolution=f"{resolution} mm")
    short, long = sorted((a, b))
    assert separation_m(guard, short) <= separation_m(guard, long)


def test_what_the_formula_does_not_cover_is_refused() -> None:
    with pytest.raises(ValueError, match="80 mm; a light curtain sees 70 mm or less"):
        separation_m(safeguard("light_curtain", resolution="80 mm"), 0.1)
    with pytest.raises(ValueError, match="a field lies 0 to 1 m high"):
        separation_m(safeguard("scanner", height="1.5 m"), 0.1)


@given(
    speed=st.floats(0.0, 3.0),
    deceleration=st.floats(0.5, 20.0),
    jerk=st.floats(5.0, 200.0),
)
def test_a_planned_stop_is_the_integral_of_its_ramp(
    speed: float, deceleration: float, jerk: float
) -> None:
    stop = planned_stop([speed], [deceleration], [jerk], [2.0])
    peak = min(deceleration, np.sqrt(speed * jerk))
    rise_s = peak / jerk
    times_s = np.linspace(0.0, stop.time_s, 4001)
    braking = np.clip(
        np.minimum(times_s, stop.time_s - times_s) * jerk, 0.0, max(peak, 0.0)
    )
    lost = np.concatenate(
        [[0.0], np.cumsum(0.5 * (braking[1:] + braking[:-1]) * np.diff(times_s))]
    )
    assert lost[-1] == pytest.approx(speed, rel=1e-3, abs=1e-9)
    turned_rad = np.trapezoid(speed - lost, times_s)
    assert stop.distance_m == pytest.approx(2.0 * turned_rad, rel=2e-3, abs=1e-9)
    assert stop.time_s >= rise_s


def test_the_slowest_joint_says_when_and_all_say_how_far() -> None:
    one = planned_stop([1.0], [2.0], [1e9], [1.5])
    other = planned_stop([-2.0], [2.0], [1e9], [0.5])
    both = planned_stop([1.0, -2.0], [2.0, 2.0], [1e9, 1e9], [1.5, 0.5])
    assert (one.time_s, other.time_s) == pytest.approx((0.5, 1.0))
    assert both.time_s == other.time_s
    assert both.distance_m == pytest.approx(one.distance_m + other.distance_m)


def test_a_stop_is_read_off_what_a_tool_did() -> None:
    times_s = np.arange(0.0, 2.0, 1 / 240)
    # 1 m/s until the command at 0.5 s, then 4 m/s2 until it stands at 0.75 s.
    braked_s = np.clip(times_s - 0.5, 0.0, 0.25)
    along_m = np.minimum(times_s, 0.5) + braked_s - 2.0 * braked_s**2
    tool_in_world_m = np.stack([along_m, 0 * along_m, 0 * along_m], axis=1)
    stop = measured_stop(times_s, tool_in_world_m, 0.5)
    assert stop.time_s == pytest.approx(0.25, abs=1 / 240)
    assert stop.distance_m == pytest.approx(0.125, abs=1e-4)
    assert measured_stop(times_s, 0 * tool_in_world_m, 0.5) == Stop(0.0, 0.0)
    with pytest.raises(ValueError, match="still moves at the end"):
        measured_stop(times_s[:150], tool_in_world_m[:150], 0.5)


def test_a_distance_suffices_or_not_by_the_stop() -> None:
    guard = safeguard("gate", distance="1 m")
    assert separation_of(guard, Stop(0.4, 0.2)).suffices
    tight = separation_of(guard, Stop(0.4, 0.21))
    assert not tight.suffices
    assert (tight.given_m, tight.needed_m) == pytest.approx((1.0, 1.01))
