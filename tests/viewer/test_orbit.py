"""Laws of the camera: above the floor, level, and back where it came from."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.state import Camera, Label
from viewer.orbit import EYE_ABOVE_FLOOR_M, View, between, framing

METRES = st.floats(-50.0, 50.0)
ANGLES = st.floats(-7.0, 7.0)
VIEWS = st.builds(
    View,
    target_in_world_m=st.tuples(METRES, METRES, METRES),
    distance_m=st.floats(0.01, 5_000.0),
    azimuth_rad=ANGLES,
    elevation_rad=ANGLES,
).map(View.above_floor)


@given(VIEWS, ANGLES, ANGLES, st.floats(0.01, 100.0), METRES, METRES)
def test_no_motion_leads_below_the_floor_or_tilts(
    view: View, turn: float, rise: float, factor: float, right: float, up: float
) -> None:
    for moved in (
        view.orbited(turn, rise),
        view.zoomed(factor),
        view.panned(right, up),
    ):
        assert moved.eye_in_world_m()[2] >= EYE_ABOVE_FLOOR_M - 1e-6
        assert moved.right()[2] == 0.0
        assert moved.up()[2] > 0.0


@given(VIEWS, VIEWS, st.floats(0.0, 1.0))
def test_flights_stay_above_the_floor_and_arrive(
    start: View, end: View, share: float
) -> None:
    assert between(start, end, share).eye_in_world_m()[2] >= EYE_ABOVE_FLOOR_M - 1e-6
    for view, at in ((start, 0.0), (end, 1.0), (end, 7.0)):
        reached = between(start, end, at).eye_in_world_m()
        assert reached == pytest.approx(view.eye_in_world_m(), abs=1e-6, rel=1e-9)


def test_a_flight_turns_the_short_way() -> None:
    start = View((0, 0, 1), 5.0, math.radians(170), 0.3)
    end = View((0, 0, 1), 5.0, math.radians(-170), 0.3)
    middle = between(start, end, 0.5)
    assert math.cos(middle.azimuth_rad) == pytest.approx(-1.0)


def test_a_saved_camera_is_met_exactly() -> None:
    camera = Camera("c", Label("", ""), (4.6, -6.4, 3.4), (0.5, -0.6, 1.2), 42.0)
    view = View.of_camera(camera)
    assert view.eye_in_world_m() == pytest.approx(camera.eye_in_world_m)
    assert math.degrees(view.field_of_view_rad) == pytest.approx(42.0)


def test_the_target_is_in_the_middle_and_up_is_up() -> None:
    view = View((1.0, 2.0, 3.0), 6.0, 0.4, 0.5)
    matrix = view.clip_from_world(1.6)
    middle = matrix @ (1.0, 2.0, 3.0, 1.0)
    assert middle[:2] == pytest.approx((0.0, 0.0))
    assert middle[3] == pytest.approx(6.0)
    above = matrix @ (1.0, 2.0, 4.0, 1.0)
    assert above[1] > 0.1
    assert above[0] == pytest.approx(0.0)


def test_depth_runs_from_minus_one_to_one() -> None:
    view = View((0.0, 0.0, 1.0), 10.0, 0.0, 0.0)
    eye = view.eye_in_world_m()
    near = view.clip_from_world(1.0) @ (*(eye - view.backward() * view.near_m()), 1.0)
    assert near[2] / near[3] == pytest.approx(-1.0)


def test_framing_shows_all_of_a_box() -> None:
    extent = np.array([(1.0, 1.0, 0.2), (3.0, 2.0, 1.4)])
    view = framing(extent, View((0, 0, 0), 20.0, 0.9, 0.6))
    corners = np.array(
        [
            (x, y, z, 1.0)
            for x in extent[:, 0]
            for y in extent[:, 1]
            for z in extent[:, 2]
        ]
    )
    clip = corners @ view.clip_from_world(1.5).T
    share = np.abs(clip[:, :2] / clip[:, 3:])
    assert share.max() < 1.0
    assert share.max() > 0.4
