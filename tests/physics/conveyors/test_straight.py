"""Belts, rollers and strands: speeds, headings, places, and who is refused."""

from __future__ import annotations

import numpy as np
import pytest
from bodies import DT_S, G_MPS2, put_box, run

from twin.errors import PhysicsError
from twin.physics.conveyors.conveyor import stopping_m
from twin.physics.conveyors.curve import CurveConveyor
from twin.physics.conveyors.drive import Drive
from twin.physics.conveyors.straight import (
    BeltConveyor,
    RollerConveyor,
    StraightConveyor,
    StrandConveyor,
)
from twin.physics.world import World
from twin.transforms import Matrix, transform, wxyz_about

RESIDUE_MPS = 5e-5


def kinds(world: World, speed_mps: float, mu: float) -> list[StraightConveyor]:
    """One of each, side by side."""

    def drive() -> Drive:
        return Drive(DT_S, speed_mps, 1e6)

    def pose(y_m: float) -> Matrix:
        return transform((0.0, y_m, 0.0))

    return [
        BeltConveyor(world, "belt", pose(-2.0), 9.0, 0.6, drive(), mu),
        RollerConveyor(world, "rollers", pose(0.0), 9.0, 0.6, 0.1, drive(), mu),
        StrandConveyor(world, "strands", pose(2.0), 9.0, 0.4, 0.08, drive(), mu),
    ]


@pytest.mark.parametrize(("mu", "speed_mps"), [(0.38, 0.5), (0.25, 0.4)])
def test_all_kinds_spin_a_part_up_alike_and_run_at_their_speed(
    mu: float, speed_mps: float
) -> None:
    with World(DT_S) as world:
        conveyors = kinds(world, speed_mps, mu)
        parts = [
            put_box(world, 10.0, (0.4, 0.5, 0.2), (0.5, y_m, 0.1))
            for y_m in (-2.0, 0.0, 2.0)
        ]
        run(world, 0.5, *conveyors)
        for conveyor in conveyors:
            conveyor.run()
        ticks = [0, 0, 0]
        for _ in range(480):
            run(world, DT_S, *conveyors)
            for place, part in enumerate(parts):
                ticks[place] += float(part.velocity_mps()[0]) < 0.95 * speed_mps
        law_s = 0.95 * speed_mps / (mu * G_MPS2)
        assert np.array(ticks) * DT_S == pytest.approx([law_s] * 3, abs=2 * DT_S)
        for part in parts:
            along = [speed_mps, 0.0, 0.0]
            assert part.velocity_mps() == pytest.approx(along, abs=RESIDUE_MPS)
            assert part.plain_pose()[1] == pytest.approx((1, 0, 0, 0), abs=1e-3)


@pytest.mark.parametrize(
    ("ramp_mps2", "mu"), [(1.0, 0.5), (50.0, 0.3)], ids=["ramp", "friction"]
)
def test_a_part_stops_in_the_ramps_way_or_in_that_of_friction(
    ramp_mps2: float, mu: float
) -> None:
    with World(DT_S) as world:
        drive = Drive(DT_S, 0.8, ramp_mps2)
        belt = BeltConveyor(world, "belt", np.eye(4), 9.0, 0.6, drive, mu)
        part = put_box(world, 10.0, (0.4, 0.4, 0.2), (0.5, 0.0, 0.1))
        belt.run()
        run(world, 3.0, belt)
        start_m = part.plain_pose()[0][0]
        belt.stop()
        run(world, 3.0, belt)
        way_m = part.plain_pose()[0][0] - start_m
        law_m = stopping_m(0.8, ramp_mps2, mu)
        # Speed is lost first and way made after it: short by half a step's way.
        assert way_m == pytest.approx(law_m - 0.8 * DT_S / 2, rel=0.01, abs=1e-3)


def test_conveyors_run_backwards() -> None:
    with World(DT_S) as world:
        conveyors = kinds(world, 0.3, 0.5)
        part = put_box(world, 10.0, (0.4, 0.5, 0.2), (8.0, 0.0, 0.1))
        for conveyor in conveyors:
            conveyor.drive.run(-1)
        run(world, 2.0, *conveyors)
        assert part.velocity_mps() == pytest.approx([-0.3, 0, 0], abs=RESIDUE_MPS)


def test_all_surfaces_stay_where_they_are_to_the_last_bit() -> None:
    with World(DT_S) as world:
        conveyors = kinds(world, 0.5, 0.5)
        before = [conveyor.bodies[0].pose()[0].tolist() for conveyor in conveyors]
        for conveyor in conveyors:
            conveyor.run()
        put_box(world, 500.0, (0.4, 0.5, 0.2), (0.5, 0.0, 0.1))
        run(world, 20.0, *conveyors)
        for conveyor in conveyors:
            conveyor.before_step()
        after = [conveyor.bodies[0].pose()[0].tolist() for conveyor in conveyors]
        assert after == before


@pytest.mark.parametrize("kind", [0, 1, 2])
def test_a_stack_of_three_rides_as_one(kind: int) -> None:
    with World(DT_S) as world:
        conveyors = kinds(world, 0.5, 0.5)
        y_m = (-2.0, 0.0, 2.0)[kind]
        stack = [
            put_box(world, 10.0, (0.4, 0.5, 0.2), (0.5, y_m, 0.1 + 0.2 * level))
            for level in range(3)
        ]
        run(world, 0.5, *conveyors)
        conveyors[kind].drive = Drive(DT_S, 0.5, 1.0)
        before = [body.pose()[0] - stack[0].pose()[0] for body in stack]
        conveyors[kind].run()
        run(world, 12.0, *conveyors)
        for body, was in zip(stack, before, strict=True):
            assert body.pose()[0] - stack[0].pose()[0] == pytest.approx(was, abs=2e-3)


def test_a_turned_conveyor_knows_its_own_places() -> None:
    with World(DT_S) as world:
        pose = transform((3.0, 1.0, 0.8), wxyz_about((0, 0, 1), np.pi / 2))
        belt = BeltConveyor(world, "b", pose, 2.0, 0.5, Drive(DT_S, 0.5, 1.0), 0.5)
        spot = belt.spot((2.9, 2.5, 1.0))
        assert (spot.along_m, spot.across_m, spot.above_m) == pytest.approx(
            (1.5, 0.1, 0.2)
        )
        assert belt.has(spot)
        assert not belt.has(belt.spot((2.9, 3.5, 1.0)))
        assert not belt.has(belt.spot((2.5, 2.5, 1.0)))


def test_parts_too_short_for_rollers_are_refused() -> None:
    with World(DT_S) as world:
        _, rollers, _ = kinds(world, 0.5, 0.5)
        assert isinstance(rollers, RollerConveyor)
        rollers.check_part(0.3)
        found = r"^equipment\.rollers\.pitch: a part of 0\.250 m on rollers 0\.100 m"
        with pytest.raises(PhysicsError, match=found):
            rollers.check_part(0.25)


def test_strands_that_overlap_are_refused() -> None:
    with World(DT_S) as world:
        found = r"^equipment\.s\.gauge: 0\.1 m between strands of 0\.2 m"
        with pytest.raises(PhysicsError, match=found):
            StrandConveyor(
                world, "s", np.eye(4), 1.0, 0.1, 0.2, Drive(DT_S, 0.5, 1.0), 0.5
            )


def test_every_shape_of_a_surface_has_the_friction_of_the_pair() -> None:
    """Also the second strand, and each piece of a bend."""
    with World(DT_S) as world:
        strands = kinds(world, 0.5, 0.23)[2]
        curve = CurveConveyor(
            world, "c", np.eye(4), 1.0, 1.5, 0.6, Drive(DT_S, 0.5, 1.0), 0.23
        )
        for body in (strands.bodies[0], curve.bodies[0]):
            assert len(body.link_index) >= 2
            for index in body.link_index.values():
                row = world.call("getDynamicsInfo", body.body_id, index)
                assert row[1] == pytest.approx(0.23)
