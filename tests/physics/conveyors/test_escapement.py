"""An escapement among bodies: carriers with short feet, one at a time."""

from __future__ import annotations

import numpy as np
from bodies import DT_S, put_box, run

from twin.physics.conveyors.drive import Drive
from twin.physics.conveyors.escapement import Escapement
from twin.physics.conveyors.straight import BeltConveyor
from twin.physics.world import Body, Link, Shape, World
from twin.transforms import transform

DECK_M, FOOT_M = 0.3, 0.2


def put_carrier(world: World, x_m: float, name: str) -> Body:
    """Put a carrier into a world: a deck on a foot that is shorter."""
    foot = Shape("box", (FOOT_M, 0.3, 0.06), (0.0, 0.0, 0.03))
    deck = Shape("box", (DECK_M, 0.3, 0.04), (0.0, 0.0, 0.08))
    link = Link("carrier", 6.0, (foot, deck), centre_of_mass_m=(0.0, 0.0, 0.05))
    return world.add(name, [link], transform((x_m, 0.0, 0.0005)))


class Line:
    """Four carriers on a belt before an escapement at 4 m."""

    def __init__(self, world: World) -> None:
        self.world = world
        drive = Drive(DT_S, 0.3, 1.0)
        self.belt = BeltConveyor(world, "belt", np.eye(4), 14.0, 0.4, drive, 0.3)
        self.belt.run()
        # The rear blade stands in the gap between the first foot and the second.
        self.escapement = Escapement(
            world, "esc", transform((4.0, 0.0, 0.0)), DECK_M - 0.015, 0.4, 0.05, 0.2
        )
        self.carriers = [
            put_carrier(world, 3.0 - 0.5 * number, f"c{number}") for number in range(4)
        ]

    def move(self, seconds: float) -> None:
        run(self.world, seconds, self.belt, self.escapement)

    def noses_m(self) -> list[float]:
        """Where the fronts of the feet are."""
        return [body.plain_pose()[0][0] + FOOT_M / 2 for body in self.carriers]


def test_one_carrier_goes_a_release_and_the_row_moves_up() -> None:
    with World(DT_S) as world:
        line = Line(world)
        line.move(10.0)
        assert np.allclose(line.noses_m(), [4.0, 3.7, 3.4, 3.1], atol=2e-3)
        for released in (1, 2, 3):
            line.escapement.release()
            line.move(4.0)
            noses_m = line.noses_m()
            assert line.escapement.logic.n_released == released
            assert not line.escapement.logic.stuck
            assert min(noses_m[:released]) > 4.3
            held = [4.0 - DECK_M * place for place in range(4 - released)]
            assert np.allclose(noses_m[released:], held, atol=2e-3)
        heights_m = [body.plain_pose()[0][2] for body in line.carriers]
        assert np.allclose(heights_m, 0.0, atol=1e-3)  # no blade has lifted one


def test_boxes_without_gaps_are_not_parted_and_that_is_told() -> None:
    with World(DT_S) as world:
        drive = Drive(DT_S, 0.3, 1.0)
        belt = BeltConveyor(world, "belt", np.eye(4), 14.0, 0.4, drive, 0.3)
        belt.run()
        escapement = Escapement(
            world, "esc", transform((4.0, 0, 0)), 0.285, 0.4, 0.05, 0.2, most_time_s=2.0
        )
        boxes = [
            put_box(world, 6.0, (0.2, 0.3, 0.1), (3.5 - 0.3 * place, 0.0, 0.05))
            for place in range(4)
        ]
        run(world, 8.0, belt, escapement)
        escapement.release()
        run(world, 3.0, belt, escapement)
        assert escapement.logic.stuck
        assert boxes[0].plain_pose()[0][0] < 4.0


def test_a_front_blade_stuck_up_lets_nobody_through() -> None:
    with World(DT_S) as world:
        line = Line(world)
        line.move(10.0)
        line.escapement.front.axis.seize()
        line.escapement.release()
        line.move(12.0)
        assert line.escapement.logic.stuck
        assert line.escapement.logic.phase == "passing"
        assert max(line.noses_m()) < 4.01
