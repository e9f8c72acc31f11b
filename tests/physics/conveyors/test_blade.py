"""Stop blades: what a stop takes of a moving part, and that blades move."""

from __future__ import annotations

import numpy as np
import pytest
from bodies import DT_S, put_box, run

from twin.physics.conveyors.blade import THICKNESS_M, StopBlade
from twin.physics.world import World
from twin.transforms import transform, wxyz_about

# A body that comes at speed is a part of a tick's way inside the other before Bullet
# sees it, and a fifth of that is taken back in the next tick: it looks like a bounce.
_BOUNCE = 0.1


@pytest.mark.parametrize("speed_mps", [0.2, 1.0, 3.0])
def test_a_stop_takes_the_whole_momentum(speed_mps: float) -> None:
    with World(DT_S) as world:
        world.add_floor(friction=0.0)
        stop = StopBlade(world, "stop", transform((1.0, 0.0, 0.0)), 0.5, 0.06, 0.3)
        part = put_box(world, 12.0, (0.4, 0.3, 0.2), (0.5, 0.0, 0.1))
        part.set_velocity((speed_mps, 0.0, 0.0))
        impulse_ns = 0.0
        for _ in range(round(0.5 / speed_mps / DT_S) + 60):
            run(world, DT_S, stop)
            impulse_ns += stop.push_n() * DT_S
        change_mps = speed_mps - float(part.velocity_mps()[0])
        assert impulse_ns == pytest.approx(12.0 * change_mps, rel=1e-3)
        assert speed_mps <= change_mps * (1 + 1e-4)
        assert change_mps <= (1 + _BOUNCE) * speed_mps


@pytest.mark.parametrize("masses_kg", [(5.0, 5.0), (2.0, 10.0), (10.0, 2.0)])
def test_two_boxes_that_do_not_bounce_share_their_momentum(
    masses_kg: tuple[float, float],
) -> None:
    with World(DT_S) as world:
        world.add_floor(friction=0.0)
        one, other = (
            put_box(world, mass_kg, (0.4, 0.3, 0.2), (x_m, 0.0, 0.1))
            for mass_kg, x_m in zip(masses_kg, (0.0, 0.6), strict=True)
        )
        one.set_velocity((1.0, 0.0, 0.0))
        run(world, 0.6)
        speeds = float(one.velocity_mps()[0]), float(other.velocity_mps()[0])
        momentum = masses_kg[0] * speeds[0] + masses_kg[1] * speeds[1]
        assert momentum == pytest.approx(masses_kg[0], rel=1e-5)
        together_mps = masses_kg[0] / sum(masses_kg)
        assert speeds == pytest.approx((together_mps, together_mps), abs=_BOUNCE)
        assert 0.0 <= speeds[1] - speeds[0] <= _BOUNCE


def test_a_blade_is_up_after_its_time_and_down_below_the_surface() -> None:
    with World(DT_S) as world:
        blade = StopBlade(world, "blade", np.eye(4), 0.5, 0.06, 0.3, raised=False)
        run(world, DT_S, blade)
        assert (blade.raised, blade.lowered) == (False, True)
        blade.move(up=True)
        ticks = 0
        while not blade.raised:
            run(world, DT_S, blade)
            ticks += 1
        assert ticks * DT_S == pytest.approx(0.3, abs=2 * DT_S)
        assert blade.body.pose()[0][2] == pytest.approx(0.06, abs=1e-12)
        blade.move(up=False)
        run(world, 0.4, blade)
        assert (blade.raised, blade.lowered) == (False, True)


def test_a_blade_that_sticks_stays() -> None:
    with World(DT_S) as world:
        blade = StopBlade(world, "blade", np.eye(4), 0.5, 0.06, 0.3)
        blade.axis.seize()
        blade.move(up=False)
        run(world, 1.0, blade)
        assert blade.raised
        blade.axis.reset()
        blade.move(up=False)
        run(world, 0.4, blade)
        assert blade.lowered


def test_a_blade_across_a_turned_way_pushes_along_it() -> None:
    turn = transform((0.0, 0.5, 0.0), wxyz_about((0, 0, 1), np.pi / 2))
    with World(DT_S) as world:
        world.add_floor(friction=0.0)
        stop = StopBlade(world, "stop", turn, 0.5, 0.06, 0.3)
        part = put_box(world, 4.0, (0.3, 0.4, 0.2), (0.0, 0.0, 0.1))
        part.set_velocity((0.0, 1.0, 0.0))
        impulse_ns = 0.0
        for _ in range(240):
            run(world, DT_S, stop)
            impulse_ns += stop.push_n() * DT_S
        change_mps = 1.0 - float(part.velocity_mps()[1])
        assert impulse_ns == pytest.approx(4.0 * change_mps, rel=1e-3)
        assert part.pose()[0][1] == pytest.approx(0.3, abs=0.1)
        assert THICKNESS_M == 0.02
