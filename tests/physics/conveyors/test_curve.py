"""Curves: parts go round with the way."""

from __future__ import annotations

import math

import numpy as np
import pytest
from bodies import DT_S, put_box, run

from twin.errors import PhysicsError
from twin.physics.conveyors.curve import CurveConveyor
from twin.physics.conveyors.drive import Drive
from twin.physics.conveyors.straight import BeltConveyor
from twin.physics.world import Body, World
from twin.transforms import transform, wxyz_about

QUARTER_RAD = math.pi / 2
SPEED_MPS = 0.5


def curve_in(
    world: World, radius_m: float, angle_rad: float, friction: float = 0.5
) -> CurveConveyor:
    """Put a running curve that begins at the origin along +x into a world."""
    drive = Drive(DT_S, SPEED_MPS, 1e6)
    curve = CurveConveyor(
        world, "curve", np.eye(4), radius_m, angle_rad, 0.6, drive, friction
    )
    curve.run()
    return curve


def yaw_rad(body: Body) -> float:
    """Return a body's turn about +z."""
    _, (w, _, _, z) = body.plain_pose()
    return 2 * math.atan2(z, w)


@pytest.mark.parametrize("across_m", [-0.1, 0.0, 0.1])
@pytest.mark.parametrize("left", [1.0, -1.0])
def test_a_part_keeps_its_radius_and_turns_with_the_way(
    left: float, across_m: float
) -> None:
    radius_m = 1.0
    with World(DT_S) as world:
        curve = curve_in(world, radius_m, left * QUARTER_RAD)
        load = put_box(world, 5.0, (0.2, 0.2, 0.1), (0.05, across_m, 0.05))
        run(world, 0.5, curve)  # it is up to speed by then, and has turned a little
        start, began_rad = curve.spot(load.plain_pose()[0]), yaw_rad(load)
        ticks = 0
        while curve.spot(load.plain_pose()[0]).along_m < curve.length_m - 0.1:
            run(world, DT_S, curve)
            ticks += 1
        end = curve.spot(load.plain_pose()[0])
        turn_radps = SPEED_MPS / radius_m
        inner_m = radius_m - left * start.across_m
        # The integrator's own sum: along the tangent in each tick.
        gain = (1 + (turn_radps * DT_S) ** 2) ** (ticks / 2)
        assert radius_m - left * end.across_m == pytest.approx(inner_m * gain, rel=2e-4)
        # The law: no drift, to within that sum.
        assert end.across_m == pytest.approx(start.across_m, abs=2e-3)
        speed_mps = float(np.linalg.norm(load.velocity_mps()))
        assert speed_mps == pytest.approx(turn_radps * inner_m, rel=3e-3)
        turned_rad = left * (yaw_rad(load) - began_rad)
        assert turned_rad == pytest.approx(turn_radps * ticks * DT_S, abs=2e-3)
        assert end.above_m == pytest.approx(0.05, abs=1e-4)


def test_a_part_goes_from_a_belt_round_a_bend_onto_the_next() -> None:
    """Over two seams, and pieces of the bend, without a bump."""
    with World(DT_S) as world:
        into = BeltConveyor(
            world,
            "into",
            transform((-2.0, 0.0, 0.0)),
            2.0,
            0.6,
            Drive(DT_S, SPEED_MPS, 1.0),
            0.5,
        )
        curve = curve_in(world, 1.0, QUARTER_RAD)
        away = BeltConveyor(
            world,
            "away",
            transform((1.0, 1.0, 0.0), wxyz_about((0, 0, 1), QUARTER_RAD)),
            4.0,
            0.6,
            Drive(DT_S, SPEED_MPS, 1.0),
            0.5,
        )
        into.run()
        away.run()
        load = put_box(world, 5.0, (0.3, 0.2, 0.1), (-1.5, 0.0, 0.05))
        heights_m = []
        while away.spot(load.plain_pose()[0]).along_m < 2.0:
            run(world, DT_S, into, curve, away)
            heights_m.append(load.plain_pose()[0][2])
        assert max(heights_m) < 0.0505
        assert min(heights_m) > 0.0495
        spot = away.spot(load.plain_pose()[0])
        assert spot.across_m == pytest.approx(0.0, abs=0.03)
        # The seams turn it a little: its ends are for a moment on two surfaces.
        assert yaw_rad(load) == pytest.approx(QUARTER_RAD, abs=math.radians(6.0))


def test_spots_tell_before_from_behind() -> None:
    with World(DT_S) as world:
        bend = curve_in(world, 1.0, math.radians(180.0))
        assert bend.spot((1.0, 1.0, 0.0)).along_m == pytest.approx(QUARTER_RAD)
        assert bend.spot((-0.2, 0.0, 0.0)).along_m < 0.0
        assert bend.spot((-0.2, 2.0, 0.0)).along_m > bend.length_m
        assert not bend.has(bend.spot((-0.2, 0.0, 0.0)))
        assert bend.has(bend.spot((0.2, 0.0, 0.0)))


@pytest.mark.parametrize(
    ("radius_m", "angle_rad", "found"),
    [
        (0.3, 1.0, "equipment.c.radius: 0.3 m to the middle of a way of 0.6 m leaves"),
        (1.0, 0.0, "equipment.c.angle: 0 deg; give less than a whole turn, and not 0"),
        (1.0, 7.0, "equipment.c.angle: 401.07 deg; give less than a whole turn"),
    ],
)
def test_impossible_bends_are_refused(
    radius_m: float, angle_rad: float, found: str
) -> None:
    with World(DT_S) as world, pytest.raises(PhysicsError, match=f"^{found}"):
        CurveConveyor(
            world, "c", np.eye(4), radius_m, angle_rad, 0.6, Drive(DT_S, 0.5, 1.0), 0.5
        )
