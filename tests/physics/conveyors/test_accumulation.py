"""Accumulating conveyors: rows that press, and rows that do not."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from bodies import DT_S, G_MPS2, put_box, run
from flow_plants import told

from twin.errors import PhysicsError
from twin.physics.conveyors.accumulation import AccumulationConveyor
from twin.physics.conveyors.blade import StopBlade
from twin.physics.conveyors.drive import Drive
from twin.physics.conveyors.straight import BeltConveyor
from twin.physics.conveyors.zones import Release, pitch_m
from twin.physics.world import Body, World
from twin.transforms import transform

MASS_KG, MU = 8.0, 0.3
SIZE_M = (0.4, 0.3, 0.2)


def row(world: World, n: int, front_m: float, pitch: float = 0.6) -> list[Body]:
    """Put parts in a row into a world, the front of the first at a place."""
    return [
        put_box(
            world, MASS_KG, SIZE_M, (front_m - 0.2 - pitch * i, 0.0, 0.1), name=f"p{i}"
        )
        for i in range(n)
    ]


@pytest.mark.parametrize("n", [1, 2, 4, 7])
def test_a_slipping_row_presses_with_all_its_friction(n: int) -> None:
    with World(DT_S) as world:
        belt = BeltConveyor(world, "b", np.eye(4), 8.0, 0.6, Drive(DT_S, 0.5, 1.0), MU)
        stop = StopBlade(
            world, "stop", transform((7.0, 0.0, 0.0)), 0.6, 0.06, 0.3, friction=0.0
        )
        parts = row(world, n, 6.8)
        belt.run()
        run(world, 4.0 + n, belt, stop)
        pushes_n = []
        for _ in range(480):
            run(world, DT_S, belt, stop)
            pushes_n.append(stop.push_n())
        law_n = n * MU * MASS_KG * G_MPS2
        assert np.mean(pushes_n) == pytest.approx(law_n, rel=1e-3)
        # A long row shakes between its parts; the mean is what the law is about.
        assert max(pushes_n) == pytest.approx(law_n, rel=0.2)
        # They stand in a row, each against the one ahead.
        for place, part in enumerate(parts):
            front_m = part.plain_pose()[0][0] + SIZE_M[0] / 2
            assert front_m == pytest.approx(7.0 - place * SIZE_M[0], abs=1e-3)


def test_a_rough_face_leaves_open_how_hard_a_row_presses() -> None:
    """It may carry a part of the weight, or press down: statics alone cannot say."""
    face = 1.0
    with World(DT_S) as world:
        belt = BeltConveyor(world, "b", np.eye(4), 8.0, 0.6, Drive(DT_S, 0.5, 1.0), MU)
        stop = StopBlade(
            world, "stop", transform((7.0, 0.0, 0.0)), 0.6, 0.06, 0.3, friction=face
        )
        row(world, 4, 6.8)
        belt.run()
        run(world, 8.0, belt, stop)
        pushes_n = []
        for _ in range(480):
            run(world, DT_S, belt, stop)
            pushes_n.append(stop.push_n())
        law_n = 4 * MU * MASS_KG * G_MPS2
        least_n, most_n = law_n / (1 + MU * face), law_n / (1 - MU * face)
        assert least_n < np.mean(pushes_n) < most_n


class Row:
    """Zones before a stop and an exit belt, fed with a part every two seconds."""

    N_ZONES, ZONE_M, SPEED_MPS = 5, 0.6, 0.5

    def __init__(self, world: World, release: Release = "single") -> None:
        self.world = world
        self.zones = AccumulationConveyor(
            world,
            "row",
            np.eye(4),
            self.N_ZONES,
            self.ZONE_M,
            0.5,
            self.SPEED_MPS,
            1.0,
            0.5,
            release,
        )
        self.end_m = self.zones.length_m
        self.stop = StopBlade(
            world, "stop", transform((self.end_m, 0.0, 0.0)), 0.5, 0.06, 0.3
        )
        drive = Drive(DT_S, self.SPEED_MPS, 1e6)
        pose = transform((self.end_m, 0.0, 0.0))
        self.exit = BeltConveyor(world, "exit", pose, 12.0, 0.5, drive, 0.5)
        self.exit.run()
        self.zones.run()
        self.zones.exit_free = False
        self.parts: list[Body] = []
        self.largest_touch_n = 0.0

    def fill(self) -> None:
        """Feed a part a zone, and wait until all stand."""
        for number in range(self.N_ZONES):
            self.parts.append(
                put_box(self.world, MASS_KG, SIZE_M, (0.2, 0.0, 0.1), name=f"p{number}")
            )
            self.move(2.5)
        self.move(6.0)

    def move(self, seconds: float) -> None:
        """Let it run, and note the hardest touch of two parts, or of the stop."""
        for _ in range(round(seconds / DT_S)):
            run(self.world, DT_S, self.zones, self.stop, self.exit)
            for part, other in itertools.pairwise(self.parts):
                for point in self.world.call(
                    "getContactPoints", part.body_id, other.body_id
                ):
                    self.largest_touch_n = max(self.largest_touch_n, point[9])
            self.largest_touch_n = max(self.largest_touch_n, abs(self.stop.push_n()))

    def fronts_m(self) -> list[float]:
        """Return where the parts' fronts are."""
        return [part.plain_pose()[0][0] + SIZE_M[0] / 2 for part in self.parts]


def test_zones_hold_a_row_that_never_touches() -> None:
    with World(DT_S) as world:
        line = Row(world)
        line.fill()
        assert line.largest_touch_n == 0.0
        for place, front_m in enumerate(line.fronts_m()):
            # 20 mm before the end of its zone, as the eyes are set.
            wanted_m = line.end_m - place * Row.ZONE_M - 0.02
            assert front_m == pytest.approx(wanted_m, abs=2.5e-3)
        assert not any(zone.drive.moving for zone in line.zones.zones)


def flow_headways_s(pitch: float, speed_mps: float) -> list[float]:
    """Return the times from part to part that leave a belt in the flow engine.

    Four wait behind one that keeps a station busy for a minute, and then leave.
    """
    line = f"""
products: {{slow: {{}}, quick: {{}}}}
sources:
  a: {{product: slow, first_at: 1 s, every: 1 s, most: 1, next: belt}}
  q: {{product: quick, first_at: 4 s, every: 3 s, most: 4, next: belt}}
conveyors:
  belt: {{length: 3 m, speed: {speed_mps} m/s, pitch: {pitch} m, next: s}}
stations:
  s: {{queue: 0, time_by_product: {{slow: 1 min, quick: 0}}, next: out}}
sinks: {{out: {{}}}}
"""
    left_min = told(line, 3).when("left", "belt")
    return [60.0 * float(gap) for gap in np.diff(left_min)[1:]]


@pytest.mark.parametrize("release", ["single", "train"])
def test_a_released_row_leaves_at_the_pitch_that_flow_knows(release: Release) -> None:
    with World(DT_S) as world:
        line = Row(world, release)
        line.fill()
        line.stop.move(up=False)
        line.move(0.4)
        line.zones.exit_free = True
        left_s: list[float] = []
        for tick in range(round(14.0 / DT_S)):
            line.move(DT_S)
            # On the exit belt, at full speed, a metre beyond the last zone.
            if len(left_s) < 5 and line.fronts_m()[len(left_s)] > line.end_m + 1.0:
                left_s.append(tick * DT_S)
        headways_s = np.diff(left_s)
        law_s = pitch_m(Row.ZONE_M, SIZE_M[0], release) / Row.SPEED_MPS
        pitch = pitch_m(Row.ZONE_M, SIZE_M[0], release)
        assert flow_headways_s(pitch, Row.SPEED_MPS) == pytest.approx(
            [law_s] * 3, abs=1e-4
        )
        # A train's first part has a head start of a tick or two and no more.
        assert headways_s[1:] == pytest.approx([law_s] * 3, abs=3 * DT_S)
        assert line.largest_touch_n == 0.0


def test_an_eye_stuck_clear_lets_a_row_press() -> None:
    """The fault shows: the last zone never stops, and its part is pushed."""
    with World(DT_S) as world:
        line = Row(world)
        line.zones.eyes[-1].fault = "stuck_off"
        line.fill()
        assert line.stop.push_n() > 0.9 * 0.5 * MASS_KG * G_MPS2


def test_an_eye_stuck_broken_starves_what_is_behind_it() -> None:
    with World(DT_S) as world:
        line = Row(world)
        line.zones.exit_free = True
        line.stop.move(up=False)
        line.zones.eyes[2].fault = "stuck_on"
        line.fill()
        # The part before the stuck eye waits for one that is not there.
        assert line.fronts_m()[0] == pytest.approx(2 * Row.ZONE_M - 0.02, abs=2.5e-3)


def test_a_zone_whose_drive_tripped_holds_the_row_behind_it() -> None:
    with World(DT_S) as world:
        line = Row(world)
        line.zones.exit_free = True
        line.stop.move(up=False)
        line.zones.zones[3].drive.trip()
        line.fill()
        first_m = line.fronts_m()[0]
        assert 3 * Row.ZONE_M < first_m < 4 * Row.ZONE_M
        line.zones.zones[3].drive.reset()
        line.move(8.0)
        assert line.fronts_m()[0] > line.end_m


def test_zones_too_short_are_refused() -> None:
    with World(DT_S) as world:
        found = r"^equipment\.a\.zone_length: 0\.1 m, but a part takes 0\.125 m to stop"
        with pytest.raises(PhysicsError, match=found):
            AccumulationConveyor(world, "a", np.eye(4), 2, 0.1, 0.5, 0.5, 1.0, 0.5)
        row_of_two = AccumulationConveyor(
            world, "a", np.eye(4), 2, 0.5, 0.5, 0.5, 1.0, 0.5
        )
        row_of_two.check_part(0.45)
        with pytest.raises(PhysicsError, match=r"0\.5 m for a part of 0\.500 m"):
            row_of_two.check_part(0.5)
