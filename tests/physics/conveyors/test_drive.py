"""Drives: ramps, and what can be wrong with them. No physics is needed."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.physics.conveyors.drive import Drive

DT_S = 1 / 240


def ticks(drive: Drive, n: int) -> list[float]:
    """Let a drive run and return its speeds."""
    speeds = []
    for _ in range(n):
        drive.before_step()
        speeds.append(drive.speed_mps)
    return speeds


def test_it_starts_and_stops_on_ramps_of_their_own() -> None:
    drive = Drive(DT_S, 0.5, 1.0, 2.0)
    drive.run()
    up = ticks(drive, 120)
    assert up == pytest.approx([DT_S * n for n in range(1, 121)], abs=1e-12)
    assert ticks(drive, 10)[-1] == 0.5
    drive.stop()
    down = ticks(drive, 60)
    assert down == pytest.approx([0.5 - 2 * DT_S * n for n in range(1, 61)], abs=1e-12)
    assert not drive.moving


def test_it_turns_round_through_rest() -> None:
    drive = Drive(DT_S, 0.5, 1.0, 2.0)
    drive.run()
    ticks(drive, 200)
    drive.run(-1)
    speeds = ticks(drive, 60 + 120)
    assert speeds[59] == pytest.approx(0.0, abs=1e-12)
    assert speeds[-1] == pytest.approx(-0.5, abs=1e-12)


def test_a_tripped_drive_ramps_down_and_stays_until_told_after_a_reset() -> None:
    drive = Drive(DT_S, 0.5, 1.0)
    drive.run()
    ticks(drive, 200)
    drive.trip()
    assert ticks(drive, 1)[0] == pytest.approx(0.5 - DT_S)
    ticks(drive, 200)
    drive.run()
    assert ticks(drive, 50) == [0.0] * 50
    drive.reset()
    assert ticks(drive, 50) == [0.0] * 50  # nothing starts by itself
    drive.run()
    assert ticks(drive, 200)[-1] == 0.5


def test_a_seized_drive_stands_at_once() -> None:
    drive = Drive(DT_S, 0.5, 1.0)
    drive.run()
    ticks(drive, 200)
    drive.seize()
    assert ticks(drive, 1) == [0.0]
    drive.run()
    assert ticks(drive, 100) == [0.0] * 100
    assert not drive.moving


def test_a_stuck_drive_goes_on_until_it_is_reset() -> None:
    drive = Drive(DT_S, 0.5, 1.0)
    drive.run()
    ticks(drive, 200)
    drive.stick()
    drive.stop()
    assert ticks(drive, 500) == [0.5] * 500
    drive.reset()
    assert ticks(drive, 200)[-1] == 0.0


@pytest.mark.parametrize(
    ("numbers", "named"),
    [
        ((0.0, 1.0), "speed_mps"),
        ((0.5, -1.0), "acceleration_mps2"),
        ((0.5, 1.0, 0.0), "deceleration_mps2"),
    ],
)
def test_it_needs_a_speed_and_ramps(numbers: tuple[float, ...], named: str) -> None:
    with pytest.raises(ValueError, match=rf"^drive\.{named}: got .*; give"):
        Drive(DT_S, *numbers)


Told = Literal["run", "back", "stop", "trip", "reset", "stick"]
COMMANDS: tuple[Told, ...] = ("run", "back", "stop", "trip", "reset", "stick")


@given(
    st.lists(st.tuples(st.sampled_from(COMMANDS), st.integers(1, 300)), max_size=12),
    st.floats(0.01, 3.0),
    st.floats(0.1, 20.0),
    st.floats(0.1, 20.0),
)
def test_no_command_makes_it_faster_or_steeper_than_it_is(
    commands: list[
        tuple[Literal["run", "back", "stop", "trip", "reset", "stick"], int]
    ],
    speed_mps: float,
    up_mps2: float,
    down_mps2: float,
) -> None:
    drive = Drive(DT_S, speed_mps, up_mps2, down_mps2)
    before = 0.0
    steepest = max(up_mps2, down_mps2) * DT_S + 1e-12
    for command, n in commands:
        if command == "back":
            drive.run(-1)
        else:
            getattr(drive, command)()
        for speed in ticks(drive, n):
            assert abs(speed) <= speed_mps
            assert abs(speed - before) <= steepest
            before = speed
