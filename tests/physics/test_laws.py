"""What nature would say of the rigid bodies, were it asked."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from bodies import DT_S, G_MPS2, box, motor_state, put_belt, put_box, run

from twin.physics.motor import Motor
from twin.physics.world import Body, Link, Shape, World
from twin.transforms import transform


@pytest.fixture
def world() -> Iterator[World]:
    with World(DT_S) as made:
        yield made


@pytest.mark.parametrize("mass_kg", [0.5, 326.0])
def test_free_fall_is_half_g_t_squared_whatever_the_mass(
    world: World, mass_kg: float
) -> None:
    body = put_box(world, mass_kg, (0.2, 0.3, 0.4), (0.0, 0.0, 50.0))
    for tick in range(1, 481):
        world.step()
        fallen_m = 50.0 - float(body.pose()[0][2])
        # Speed first, place after it: the integrator's own sum, exactly.
        assert fallen_m == pytest.approx(
            G_MPS2 * DT_S**2 * tick * (tick + 1) / 2, rel=1e-9
        )
        # The law itself, to within the half step that a sum of steps is ahead.
        time_s = tick * DT_S
        ahead_m = G_MPS2 * time_s * DT_S / 2
        assert fallen_m - G_MPS2 * time_s**2 / 2 == pytest.approx(ahead_m, rel=1e-6)
    assert float(body.velocity_mps()[2]) == pytest.approx(-G_MPS2 * 2.0, rel=1e-9)


def test_a_throw_keeps_its_horizontal_speed(world: World) -> None:
    body = put_box(world, 3.0, (0.1, 0.1, 0.1), (0.0, 0.0, 50.0))
    body.set_velocity((2.0, -1.0, 5.0))
    run(world, 2.0)
    position, _ = body.pose()
    assert position[:2] == pytest.approx([4.0, -2.0], abs=1e-9)
    assert body.velocity_mps()[:2] == pytest.approx([2.0, -1.0], abs=1e-12)


@pytest.mark.parametrize(("mu", "speed_mps"), [(0.3, 1.5), (0.5, 2.0), (0.7, 1.0)])
def test_friction_stops_a_slider_after_v_squared_over_two_mu_g(
    world: World, mu: float, speed_mps: float
) -> None:
    world.add_floor(friction=1.0)
    slider = put_box(world, 40.0, (0.6, 0.6, 0.1), (0.0, 0.0, 0.05), friction=mu)
    run(world, 0.5)
    start_m = float(slider.pose()[0][0])
    slider.set_velocity((speed_mps, 0.0, 0.0))
    run(world, 2 * speed_mps / (mu * G_MPS2))
    travel_m = float(slider.pose()[0][0]) - start_m
    # Speed is lost first and way made after it: short by half a step's way.
    law_m = speed_mps**2 / (2 * mu * G_MPS2) - speed_mps * DT_S / 2
    assert travel_m == pytest.approx(law_m, rel=0.01)
    assert np.abs(slider.velocity_mps()[:2]).max() < 1e-4


def test_a_contact_takes_the_product_of_both_frictions(world: World) -> None:
    world.add_floor(friction=0.5)
    slider = put_box(world, 40.0, (0.6, 0.6, 0.1), (0.0, 0.0, 0.05), friction=0.6)
    run(world, 0.5)
    start_m = float(slider.pose()[0][0])
    slider.set_velocity((1.5, 0.0, 0.0))
    run(world, 2.0)
    travel_m = float(slider.pose()[0][0]) - start_m
    assert travel_m == pytest.approx(1.5**2 / (2 * 0.3 * G_MPS2), rel=0.02)


@pytest.mark.parametrize(("mu", "speed_mps"), [(0.38, 0.5), (0.5, 0.25), (0.2, 0.6)])
def test_a_belt_spins_a_box_up_in_v_over_mu_g(
    world: World, mu: float, speed_mps: float
) -> None:
    belt, _ = put_belt(world, speed_mps=speed_mps, friction=mu)
    load = put_box(world, 10.0, (0.4, 0.4, 0.2), (0.0, 0.0, 0.1))
    run(world, 0.5, belt)
    belt.run()
    ticks = 0
    while float(load.velocity_mps()[0]) < 0.95 * speed_mps:
        run(world, DT_S, belt)
        ticks += 1
        assert ticks < 1000
    assert ticks * DT_S == pytest.approx(0.95 * speed_mps / (mu * G_MPS2), abs=2 * DT_S)


def _pendulum(world: World, length_m: float, angle_rad: float) -> tuple[Body, float]:
    """A bar hung at its upper end; with its moment about that end, kg*m2."""
    mass_kg = 4.0
    across, along = mass_kg * 0.05**2 / 12, mass_kg * length_m**2 / 12
    body = world.add(
        "pendulum",
        [
            Link("pivot", 0.0),
            Link(
                "bar",
                mass_kg,
                joint="revolute",
                axis=(0.0, 1.0, 0.0),
                centre_of_mass_m=(0.0, 0.0, -length_m / 2),
                inertia_kgm2=(along + across, along + across, 2 * across),
            ),
        ],
        transform((0.0, 0.0, 5.0)),
        fixed=True,
    )
    body.reset_joint("bar", angle_rad)
    return body, along + across + mass_kg * (length_m / 2) ** 2


def _joint(body: Body) -> tuple[float, float]:
    """Angle rad and speed rad/s of a pendulum."""
    index = body.link_index["bar"]
    angle, speed, *_ = body.world.call("getJointState", body.body_id, index)
    return float(angle), float(speed)


@pytest.mark.parametrize("length_m", [0.4, 1.2])
def test_a_pendulum_swings_with_its_period(world: World, length_m: float) -> None:
    amplitude = math.radians(4.0)
    body, inertia = _pendulum(world, length_m, amplitude)
    crossings: list[float] = []
    before, _ = _joint(body)
    tick = 0
    while len(crossings) < 11:
        world.step()
        tick += 1
        now, _ = _joint(body)
        if before > 0.0 >= now:
            crossings.append((tick - 1 + before / (before - now)) * DT_S)
        before = now
        assert tick < 20_000
    period_s = (crossings[-1] - crossings[0]) / 10
    small = 2 * math.pi * math.sqrt(inertia / (4.0 * G_MPS2 * length_m / 2))
    # First term of the series in the amplitude; the next is below 1e-6.
    assert period_s == pytest.approx(small * (1 + amplitude**2 / 16), rel=1e-3)


def test_a_pendulum_keeps_its_energy(world: World) -> None:
    """From horizontal, over half a minute: the swing neither grows nor dies."""
    body, inertia = _pendulum(world, 1.0, math.pi / 2)
    swing_j = 4.0 * G_MPS2 * 0.5
    energies = []
    for _ in range(240 * 30):
        world.step()
        angle, speed = _joint(body)
        energies.append(inertia * speed**2 / 2 - swing_j * math.cos(angle))
    # A step of 1/240 s errs by some percent within a swing and gives it back.
    assert np.abs(energies).max() < 0.02 * swing_j
    first, last = np.mean(energies[: 240 * 5]), np.mean(energies[-240 * 5 :])
    assert abs(last - first) < 0.002 * swing_j


def test_a_body_that_turns_freely_keeps_its_spin(world: World) -> None:
    """About its stiff and its slack axis; the middle one would tumble."""
    for axis in (0, 2):
        body = put_box(world, 6.0, (0.1, 0.3, 0.6), (0.0, 3.0 * axis, 100.0))
        spin = [0.0, 0.0, 0.0]
        spin[axis] = 3.0
        body.set_velocity((0.0, 0.0, 0.0), spin)
        run(world, 2.0)
        _, turning = world.call("getBaseVelocity", body.body_id)
        assert turning == pytest.approx(spin, abs=1e-6)


@pytest.mark.parametrize("mass_kg", [50.0, 326.0])
def test_a_table_carries_the_weight_of_what_lies_on_it(
    world: World, mass_kg: float
) -> None:
    top = box(172.0, (1.0, 0.6, 0.1), name="top")
    rising = Link(
        "top", top.mass_kg, top.shapes, joint="prismatic", axis=(0.0, 0.0, 1.0)
    )
    table = world.add(
        "table", [Link("pit", 0.0), rising], transform((0, 0, 1.0)), fixed=True
    )
    motor = Motor(table, ["top"], [20_000.0])
    motor.hold([0.0])
    put_box(world, mass_kg, (1.6, 1.0, 0.22), (0.0, 0.0, 1.16))
    run(world, 2.0)
    height, _, force_n = motor_state(motor)
    assert force_n == pytest.approx((172.0 + mass_kg) * G_MPS2, rel=1e-4)
    assert height == pytest.approx(0.0, abs=1e-4)


def test_a_load_that_grips_stays_on_its_pads(world: World) -> None:
    """Iterated to the end, Bullet's friction holds a load on pads, anchored or not."""
    wandered_m = []
    for row, grips in enumerate((True, False)):
        y = 10.0 * row
        pads = tuple(
            Shape("sphere", (0.06, 0.0, 0.0), (sx * 0.8, sy * 0.72, 0.0))
            for sx in (-1, 1)
            for sy in (-1, 1)
        )
        world.add(
            "pads",
            [Link("pads", 0.0, pads, friction=0.8)],
            transform((0.0, y, 1.0)),
            fixed=True,
        )
        sill = Shape("box", (3.0, 1.6, 0.2), (0.0, 0.0, 0.1))
        link = Link(
            "car",
            1502.0,
            (sill,),
            centre_of_mass_m=(0.1, 0.02, 0.4),
            inertia_kgm2=(500.0, 2000.0, 2200.0),
            grips=grips,
        )
        car = world.add("car", [link], transform((0.0, y, 1.06)))
        run(world, 1.0)
        start, _ = car.pose()
        run(world, 30.0)
        wandered_m.append(float(np.linalg.norm(car.pose()[0] - start)))
    assert max(wandered_m) < 1e-4
