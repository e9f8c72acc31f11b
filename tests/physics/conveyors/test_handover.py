"""The sequence of transfers, turntables and lifts, with neither bodies nor time."""

from __future__ import annotations

from dataclasses import replace

from twin.physics.conveyors.handover import (
    HandoverCommands,
    HandoverLogic,
    HandoverSensors,
)

HOME = HandoverSensors(
    arrived=False,
    still=False,
    shifted=False,
    home=True,
    leaving=False,
    exit_free=True,
)
AWAY = replace(HOME, home=False, shifted=True, still=True)
TAKE = HandoverCommands(take=True, shift=False, give=False)
REST = HandoverCommands(take=False, shift=False, give=False)
SHIFT = HandoverCommands(take=False, shift=True, give=False)
GIVE = HandoverCommands(take=False, shift=True, give=True)


def test_a_part_is_taken_shifted_and_given_away_once() -> None:
    logic = HandoverLogic()
    course = [
        (HOME, TAKE),
        (replace(HOME, arrived=True), REST),
        (replace(HOME, arrived=True, still=True), SHIFT),
        (replace(AWAY, shifted=False), SHIFT),
        (AWAY, GIVE),
        (replace(AWAY, leaving=True), GIVE),
        (AWAY, REST),
        (replace(AWAY, shifted=False), REST),
        (HOME, TAKE),
    ]
    for number, (sensors, wanted) in enumerate(course):
        assert logic.step(sensors) == wanted, number
    assert (logic.n_given, logic.accepts) == (1, True)


def test_it_keeps_its_part_while_the_exit_is_taken() -> None:
    logic = HandoverLogic()
    for sensors in (HOME, replace(HOME, arrived=True), replace(HOME, still=True)):
        logic.step(sensors)
    for _ in range(100):
        assert logic.step(replace(AWAY, exit_free=False)) == SHIFT
    assert logic.step(AWAY) == GIVE
    assert not logic.accepts


def test_it_takes_nothing_before_it_is_home() -> None:
    logic = HandoverLogic()
    away = replace(AWAY, arrived=True)
    assert logic.step(away) == REST
    assert logic.phase == "taking"


def test_a_part_that_never_leaves_is_not_counted() -> None:
    logic = HandoverLogic()
    for sensors in (HOME, replace(HOME, arrived=True), replace(HOME, still=True)):
        logic.step(sensors)
    for _ in range(1000):
        logic.step(AWAY)
    assert (logic.phase, logic.n_given) == ("giving", 0)
