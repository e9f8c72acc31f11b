"""What a watch says of parts that stand, fall, or do not come. Pure."""

from __future__ import annotations

from twin.physics.conveyors.conveyor import Spot
from twin.physics.conveyors.watch import LineWatch, Watched
from twin.physics.device import Told

DT_S = 1 / 240
TEN_A_SECOND = 24


def at(
    along_m: float,
    *,
    part: str = "p",
    conveyor: str = "belt",
    above_m: float = 0.1,
    on: bool = True,
    running: bool = True,
    held: bool = False,
) -> Watched:
    """A part somewhere on a belt."""
    return Watched(part, conveyor, Spot(along_m, 0.0, above_m), on, running, held)


class Looks:
    """A watch that is looked at ten times a second."""

    def __init__(self) -> None:
        self.watch = LineWatch("line", DT_S, jam_s=5.0, starve_s=20.0)
        self.tick = 0
        self.told: list[Told] = []

    def look(self, seconds: float, *parts: Watched, running: bool = True) -> list[str]:
        """Look for a while at parts that stand; return the kinds of what is told."""
        before = len(self.told)
        for _ in range(round(seconds * 10)):
            self.told += self.watch.look(self.tick, parts, running=running)
            self.tick += TEN_A_SECOND
        return [told.kind for told in self.told[before:]]


def test_a_part_that_stands_while_its_belt_runs_is_jammed_after_five_seconds() -> None:
    looks = Looks()
    assert looks.look(4.9, at(1.234)) == []
    assert looks.look(0.5, at(1.234)) == ["PartJammed"]
    assert looks.told[0].arguments == {
        "part": "p",
        "conveyor": "belt",
        "along_m": 1.234,
    }
    assert looks.watch.jammed == ["p"]
    assert looks.look(60.0, at(1.234)) == []  # told once
    assert looks.look(0.2, at(1.3)) == ["PartFreed"]
    assert looks.watch.jammed == []


def test_a_part_that_creeps_is_jammed_and_one_that_rides_is_not() -> None:
    looks = Looks()
    for step in range(200):
        assert looks.look(0.1, at(0.3 * step / 10)) == []
    kinds = [
        kind for step in range(80) for kind in looks.look(0.1, at(9 + 1e-4 * step))
    ]
    assert kinds == ["PartJammed"]


def test_what_is_held_or_stands_on_a_stopped_belt_is_not_jammed() -> None:
    looks = Looks()
    assert looks.look(60.0, at(1.0, held=True)) == []
    assert looks.look(60.0, at(1.0, running=False)) == []
    assert looks.look(4.0, at(1.0)) == []  # the time counts from its release
    assert looks.look(2.0, at(1.0)) == ["PartJammed"]


def test_a_part_that_goes_onto_the_next_conveyor_counts_anew() -> None:
    looks = Looks()
    assert looks.look(4.0, at(1.0)) == []
    assert looks.look(4.0, at(1.0, conveyor="next")) == []


def test_a_part_below_its_surface_has_fallen_and_is_told_once() -> None:
    looks = Looks()
    looks.look(1.0, at(1.0))
    assert looks.look(0.2, at(1.0, on=False)) == []  # over the edge, not yet down
    assert looks.look(3.0, at(1.1, on=False, above_m=-0.5)) == ["PartFell"]
    assert looks.watch.n_fallen == 1


def test_what_was_never_on_the_line_does_not_fall_off_it() -> None:
    looks = Looks()
    assert looks.look(1.0, at(1.0, on=False, above_m=-0.5)) == []


def test_a_part_taken_away_is_forgotten() -> None:
    looks = Looks()
    assert looks.look(6.0, at(1.0)) == ["PartJammed"]
    assert looks.look(1.0) == []
    assert looks.watch.jammed == []


def test_a_line_that_runs_empty_starves_until_it_is_fed() -> None:
    looks = Looks()
    assert looks.look(19.0) == []
    assert looks.look(2.0) == ["LineStarved"]
    assert looks.watch.starved
    assert looks.look(60.0) == []
    assert looks.look(0.1, at(0.0)) == ["LineFed"]
    assert looks.look(100.0, running=False) == []
    assert not looks.watch.starved
