"""An escapement's sequence, with a row of parts that is only a number."""

from __future__ import annotations

from dataclasses import replace

from twin.physics.conveyors.escapement_logic import (
    EscapementLogic,
    EscapementSensors,
)

QUIET = EscapementSensors(
    waiting=False,
    leaving=False,
    gap=True,
    front_raised=True,
    front_lowered=False,
    rear_raised=False,
    rear_lowered=True,
)


class Blades:
    """Blades that take so many ticks to move, and a row before them."""

    def __init__(self, n_parts: int) -> None:
        self.logic = EscapementLogic(most_ticks=50)
        self.n_waiting = n_parts
        self.front, self.rear = 5, 0  # 0 down, 5 up
        self.leaving_for = 0
        self.gap = True
        self.both_down = False
        self.phases: list[str] = []

    def step(self) -> None:
        """One tick of blades and row."""
        sensors = EscapementSensors(
            waiting=self.n_waiting > 0 and self.front == 5,
            leaving=0 < self.leaving_for <= 4,
            gap=self.gap,
            front_raised=self.front == 5,
            front_lowered=self.front == 0,
            rear_raised=self.rear == 5,
            rear_lowered=self.rear == 0,
        )
        commands = self.logic.step(sensors)
        self.front += (self.front < 5) if commands.front_up else -(self.front > 0)
        self.rear += (self.rear < 5) if commands.rear_up else -(self.rear > 0)
        self.both_down |= self.front == 0 and self.rear == 0
        if self.leaving_for:
            self.leaving_for -= 1
        elif self.front == 0 and self.rear == 5 and self.n_waiting:
            # The blade is out of the way: one part goes, for the rear holds the next.
            self.n_waiting -= 1
            self.leaving_for = 8
        if not self.phases or self.phases[-1] != self.logic.phase:
            self.phases.append(self.logic.phase)


def test_nothing_goes_that_was_not_asked_for() -> None:
    blades = Blades(3)
    for _ in range(100):
        blades.step()
    assert (blades.n_waiting, blades.phases) == (3, ["holding"])


def test_each_release_lets_one_part_through() -> None:
    blades = Blades(3)
    for wanted in (2, 1, 0):
        blades.logic.release()
        for _ in range(45):
            blades.step()
        assert blades.n_waiting == wanted
    assert blades.logic.n_released == 3
    assert not blades.both_down
    cycle = ["parting", "passing", "closing", "restoring", "holding"]
    assert blades.phases == cycle * 3


def test_releases_asked_for_in_advance_are_kept() -> None:
    blades = Blades(5)
    for _ in range(3):
        blades.logic.release()
    for _ in range(200):
        blades.step()
    assert (blades.n_waiting, blades.logic.n_asked) == (2, 0)
    for _ in range(5000):
        blades.logic.release()
    assert blades.logic.n_asked == EscapementLogic.MOST_ASKED


def test_a_release_waits_for_a_part() -> None:
    blades = Blades(0)
    blades.logic.release()
    for _ in range(100):
        blades.step()
    assert (blades.logic.phase, blades.logic.stuck) == ("holding", False)
    blades.n_waiting = 1
    for _ in range(100):
        blades.step()
    assert blades.logic.n_released == 1


def test_without_a_gap_no_blade_rises_and_it_says_so() -> None:
    blades = Blades(3)
    blades.gap = False
    blades.logic.release()
    for _ in range(100):
        blades.step()
    assert (blades.logic.phase, blades.rear, blades.n_waiting) == ("parting", 0, 3)
    assert blades.logic.stuck
    blades.gap = True
    for _ in range(40):
        blades.step()
    assert (blades.logic.n_released, blades.logic.stuck) == (1, False)


def test_a_blade_that_sticks_is_told() -> None:
    logic = EscapementLogic(most_ticks=50)
    logic.release()
    for _ in range(60):
        commands = logic.step(replace(QUIET, waiting=True))
    assert (commands.front_up, commands.rear_up) == (True, True)
    assert (logic.phase, logic.stuck) == ("parting", True)
