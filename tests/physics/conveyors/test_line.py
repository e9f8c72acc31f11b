"""Lines among bodies: jams, falls, eyes, and who carries what."""

from __future__ import annotations

import numpy as np
import pytest
from bodies import DT_S, put_box, run

from twin.physics.conveyors.blade import StopBlade
from twin.physics.conveyors.drive import Drive
from twin.physics.conveyors.eye import PhotoEye, beam_across
from twin.physics.conveyors.line import Line
from twin.physics.conveyors.straight import BeltConveyor
from twin.physics.conveyors.watch import LineWatch
from twin.physics.device import Told
from twin.physics.world import Body, Shape, World
from twin.transforms import transform


class TwoBelts:
    """Two belts in a row at a height of half a metre, and a watch over them."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.add_floor()
        self.belts = [
            BeltConveyor(world, name, pose, 2.0, 0.5, Drive(DT_S, 0.5, 2.0), 0.5)
            for name, pose in (
                ("one", transform((0.0, 0.0, 0.5))),
                ("two", transform((2.0, 0.0, 0.5))),
            )
        ]
        for belt in self.belts:
            belt.run()
        self.stop = StopBlade(
            world, "stop", transform((1.5, 0.0, 0.5)), 0.5, 0.06, 0.2, raised=False
        )
        watch = LineWatch("line", DT_S, jam_s=2.0, starve_s=3.0)
        self.line = Line("line", self.belts, watch, {"one": [self.stop]})
        self.parts: list[Body] = []
        self.tick = 0

    def put(self, x_m: float, name: str = "part", y_m: float = 0.0) -> Body:
        part = put_box(self.world, 5.0, (0.3, 0.2, 0.2), (x_m, y_m, 0.6), name=name)
        self.parts.append(part)
        return part

    def move(self, seconds: float) -> list[Told]:
        """Go on, looking ten times a second; return what is told."""
        told: list[Told] = []
        for _ in range(round(seconds * 10)):
            run(self.world, 0.1, *self.belts, self.stop)
            self.tick += round(0.1 / DT_S)
            told += self.line.look(self.tick, self.parts)
        return told


def test_a_part_that_rides_through_is_not_worth_a_word() -> None:
    with World(DT_S) as world:
        line = TwoBelts(world)
        line.put(0.2)
        assert line.move(6.5) == []
        found = line.line.conveyor_of(line.parts[0].plain_pose()[0])
        assert found is not None
        assert found[0].name == "two"
        assert found[1].along_m == pytest.approx(1.3, abs=0.15)


def test_a_part_against_an_obstacle_jams_where_it_stands() -> None:
    with World(DT_S) as world:
        line = TwoBelts(world)
        post = Shape("box", (0.1, 0.1, 1.0))
        world.add_fixture("post", [post], transform((3.05, 0.0, 0.9)))
        line.put(0.2)
        (told,) = line.move(10.0)
        assert (told.kind, told.text) == ("PartJammed", "alarm.part_jammed")
        assert told.arguments["conveyor"] == "two"
        assert told.arguments["along_m"] == pytest.approx(0.85, abs=0.01)


def test_a_part_at_a_stop_that_is_up_is_held_and_not_jammed() -> None:
    with World(DT_S) as world:
        line = TwoBelts(world)
        line.stop.move(up=True)
        line.put(0.8, "first")
        line.put(0.2, "second")
        assert line.move(8.0) == []
        line.stop.move(up=False)
        assert line.move(2.0) == []
        assert line.parts[0].plain_pose()[0][0] > 2.0


def test_a_part_that_falls_off_the_side_is_told_with_its_place() -> None:
    with World(DT_S) as world:
        line = TwoBelts(world)
        part = line.put(0.5)
        line.move(0.5)
        part.set_velocity((0.5, 2.5, 0.0))
        told = line.move(2.0)
        assert [each.kind for each in told] == ["PartFell"]
        assert told[0].arguments["conveyor"] == "one"
        assert line.line.watch.n_fallen == 1


def test_a_part_that_runs_off_the_end_has_fallen() -> None:
    with World(DT_S) as world:
        line = TwoBelts(world)
        line.put(3.0)
        told = line.move(4.0)
        assert [each.kind for each in told] == ["PartFell"]
        assert told[0].arguments["conveyor"] == "two"


def test_a_line_that_nobody_feeds_starves() -> None:
    with World(DT_S) as world:
        line = TwoBelts(world)
        assert [each.kind for each in line.move(5.0)] == ["LineStarved"]
        line.put(0.5)
        assert [each.kind for each in line.move(1.0)] == ["LineFed"]


def test_a_seized_drive_shows_as_standing_and_not_as_a_jam() -> None:
    with World(DT_S) as world:
        line = TwoBelts(world)
        line.put(0.2)
        line.move(1.0)
        line.belts[0].drive.seize()
        assert line.move(10.0) == []
        line.belts[0].drive.reset()
        line.belts[0].run()
        assert line.move(4.0) == []
        assert line.parts[0].plain_pose()[0][0] > 1.5


def test_a_part_left_on_the_next_belt_jams_the_one_behind() -> None:
    """What lies on the next belt, which stands, is too heavy to be pushed along."""
    with World(DT_S) as world:
        line = TwoBelts(world)
        line.belts[1].stop()
        blocker = put_box(world, 400.0, (0.3, 0.4, 0.3), (2.2, 0.0, 0.65))
        line.put(0.5)
        told = line.move(8.0)
        assert [each.kind for each in told] == ["PartJammed"]
        assert told[0].arguments["conveyor"] == "one"
        assert blocker.pose()[0][0] == pytest.approx(2.2, abs=0.02)


def test_eyes_see_what_is_in_their_way_and_may_stick() -> None:
    with World(DT_S) as world:
        part = put_box(world, 1.0, (0.3, 0.2, 0.2), (1.0, 0.0, 0.1))
        ends = beam_across(np.eye(4), 1.0, 0.6, 0.05)
        eye = PhotoEye(world, "eye", *ends)
        assert ends == ((1.0, -0.3, 0.05), (1.0, 0.3, 0.05))
        assert (eye.broken(), eye.seen()) == (True, part.body_id)
        eye.fault = "stuck_off"
        assert not eye.broken()
        eye.fault = ""
        part.set_pose(transform((1.2, 0.0, 0.1)))
        assert (eye.broken(), eye.seen()) == (False, -1)
        eye.fault = "stuck_on"
        assert eye.broken()
        eye.fault = ""
        eye.move(*beam_across(np.eye(4), 1.2, 0.6, 0.05))
        assert eye.broken()
