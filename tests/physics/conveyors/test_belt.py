"""Belts: pinned bodies that have a speed and yet stay."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from bodies import DT_S, G_MPS2, put_belt, put_box, run

from twin.physics.conveyors.belt import Belt
from twin.physics.world import Body, Link, Shape, World
from twin.transforms import transform, wxyz_about

# What Bullet's contact solver leaves of a speed that should be none.
_RESIDUE_MPS = 3e-5


@pytest.fixture
def world() -> Iterator[World]:
    with World(DT_S) as made:
        yield made


def test_a_belt_stays_where_it_is_for_minutes(world: World) -> None:
    belt, body = put_belt(
        world,
        speed_mps=0.3,
        world_from_belt=transform((1.0, -2.0, 0.6), wxyz_about((0, 0, 1), 0.3)),
    )
    position, wxyz = body.pose()
    put_box(world, 1502.0, (1.0, 0.8, 0.5), (-10.0, -2.0 - 3.4, 0.85))
    belt.run()
    run(world, 180.0, belt)
    belt.before_step()
    after, after_wxyz = body.pose()
    assert after.tolist() == position.tolist()
    assert after_wxyz == pytest.approx(wxyz, abs=1e-14)  # Bullet makes it unit again
    world.step()
    # Within a step it goes one step's way, and is put back before the next.
    moved_m = float(np.linalg.norm(body.pose()[0] - position))
    assert moved_m <= 0.3 * DT_S * 1.000001


@pytest.mark.parametrize("speed_mps", [0.25, 0.5, 1.0])
def test_a_box_runs_exactly_as_fast_as_its_belt(world: World, speed_mps: float) -> None:
    belt, _ = put_belt(world, speed_mps=speed_mps)
    load = put_box(world, 10.0, (0.4, 0.4, 0.2), (-15.0, 0.0, 0.1))
    belt.run()
    run(world, 2.0, belt)
    start, _ = load.pose()
    assert load.velocity_mps() == pytest.approx([speed_mps, 0.0, 0.0], abs=_RESIDUE_MPS)
    run(world, 10.0, belt)
    end, _ = load.pose()
    assert (end - start) == pytest.approx([10.0 * speed_mps, 0.0, 0.0], abs=3e-4)


def test_a_turned_belt_carries_along_its_own_axis(world: World) -> None:
    turn = math.radians(30.0)
    belt, _ = put_belt(
        world,
        speed_mps=0.4,
        world_from_belt=transform(wxyz=wxyz_about((0, 0, 1), turn)),
    )
    load = put_box(world, 10.0, (0.3, 0.3, 0.2), (0.0, 0.0, 0.1))
    belt.run()
    run(world, 3.0, belt)
    along = [0.4 * math.cos(turn), 0.4 * math.sin(turn), 0.0]
    assert load.velocity_mps() == pytest.approx(along, abs=_RESIDUE_MPS)


def test_a_stack_of_three_stays_a_stack(world: World) -> None:
    belt, _ = put_belt(world, speed_mps=0.5, acceleration_mps2=2.0)
    stack = [
        put_box(world, 10.0, (0.4, 0.4, 0.2), (-10.0, 0.0, 0.1 + 0.2 * place))
        for place in range(3)
    ]
    run(world, 1.0, belt)
    before = [body.pose()[0] - stack[0].pose()[0] for body in stack]
    belt.run()
    run(world, 20.0, belt)
    for body, was in zip(stack, before, strict=True):
        assert body.pose()[0] - stack[0].pose()[0] == pytest.approx(was, abs=2e-3)
        assert body.velocity_mps() == pytest.approx([0.5, 0.0, 0.0], abs=1e-4)


def test_the_ramps_take_v_over_a(world: World) -> None:
    belt, _ = put_belt(world, speed_mps=0.3, acceleration_mps2=0.5)
    load = put_box(world, 10.0, (0.4, 0.4, 0.2), (0.0, 0.0, 0.1))
    run(world, 0.5, belt)
    start_m = float(load.pose()[0][0])
    belt.run()
    ramp_s = 0.3 / 0.5
    run(world, ramp_s, belt)
    assert belt.speed_mps == pytest.approx(0.3, abs=1e-9)
    # Friction has no trouble with the ramp, so the box's way is the belt's.
    assert float(load.pose()[0][0]) - start_m == pytest.approx(
        0.3 * ramp_s / 2, abs=0.3 * DT_S
    )
    run(world, 1.0, belt)
    belt.stop()
    begun_m = float(load.pose()[0][0])
    run(world, ramp_s - 2 * DT_S, belt)
    was_moving = belt.moving
    run(world, 4 * DT_S, belt)
    assert (was_moving, belt.moving) == (True, False)
    assert belt.speed_mps == 0.0
    run(world, 0.5)
    assert float(load.pose()[0][0]) - begun_m == pytest.approx(
        0.3**2 / (2 * 0.5), abs=0.3 * DT_S
    )
    assert np.abs(load.velocity_mps()).max() < _RESIDUE_MPS


def test_a_load_slips_where_the_ramp_asks_more_than_friction_gives(
    world: World,
) -> None:
    belt, _ = put_belt(world, speed_mps=1.0, acceleration_mps2=5.0, friction=0.2)
    load = put_box(world, 10.0, (0.4, 0.4, 0.2), (0.0, 0.0, 0.1))
    run(world, 0.5, belt)
    belt.run()
    run(world, 0.2, belt)
    assert belt.speed_mps == pytest.approx(1.0)
    assert float(load.velocity_mps()[0]) == pytest.approx(0.2 * G_MPS2 * 0.2, rel=0.05)


def test_two_belts_of_one_drive_carry_together(world: World) -> None:
    """A load across two strands keeps its heading, as a car's four wheels do."""
    bodies = [
        put_belt(world, world_from_belt=transform((0.0, y, 0.0)))[1]
        for y in (-0.8, 0.8)
    ]
    belt, _ = put_belt(world, world_from_belt=transform((0.0, 9.0, 0.0)))
    pair = type(belt)(world, bodies, np.array([1.0, 0.0, 0.0]), 0.3, 0.5)
    load = put_box(world, 300.0, (1.0, 2.0, 0.2), (-5.0, 0.0, 0.1))
    pair.run()
    run(world, 10.0, pair)
    _, wxyz = load.pose()
    assert wxyz == pytest.approx([1.0, 0.0, 0.0, 0.0], abs=1e-4)
    assert load.velocity_mps() == pytest.approx([0.3, 0.0, 0.0], abs=_RESIDUE_MPS)


def _put_car(world: World, *, grips: bool) -> Body:
    """A heavy body on four wheels that do not turn, its weight off the middle."""
    flat = (math.sqrt(0.5), math.sqrt(0.5), 0.0, 0.0)
    wheels = tuple(
        Shape("cylinder", (0.31, 0.195, 0.0), (x, y, 0.31), flat)
        for x in (-1.294, 1.294)
        for y in (-0.755, 0.755)
    )
    body = Link(
        "body",
        1502.0,
        wheels,
        centre_of_mass_m=(0.1, 0.02, 0.5),
        inertia_kgm2=(500.0, 2000.0, 2200.0),
        grips=grips,
    )
    return world.add("car", [body], transform((-10.0, 0.0, 0.0)))


def test_a_car_rides_at_belt_speed(world: World) -> None:
    belt, _ = put_belt(world, speed_mps=0.3, acceleration_mps2=0.5, width_m=3.0)
    car = _put_car(world, grips=False)
    belt.run()
    run(world, 3.0, belt)
    start, _ = car.pose()
    run(world, 10.0, belt)
    assert car.pose()[0] - start == pytest.approx([3.0, 0.0, 0.0], abs=2e-3)


def test_a_car_that_gripped_would_not_ride(world: World) -> None:
    """Why the pads of a lift grip and not the car that they hold."""
    belt, _ = put_belt(world, speed_mps=0.3, acceleration_mps2=0.5, width_m=3.0)
    car = _put_car(world, grips=True)
    belt.run()
    run(world, 5.0, belt)
    assert float(car.pose()[0][0]) == pytest.approx(-10.0, abs=0.01)


def test_a_belt_that_gripped_would_brake(world: World) -> None:
    """Why belts are built without: what lies on one would hardly move."""
    slab = Shape("box", (40.0, 3.0, 0.1), (0.0, 0.0, -0.05))
    link = Link("belt", 0.0, (slab,), grips=True)
    body = world.add("belt", [link], np.eye(4), fixed=True)
    belt = Belt(world, [body], np.array([1.0, 0.0, 0.0]), 0.3, 0.5)
    car = _put_car(world, grips=False)
    belt.run()
    run(world, 5.0, belt)
    assert float(car.pose()[0][0]) == pytest.approx(-10.0, abs=0.01)
