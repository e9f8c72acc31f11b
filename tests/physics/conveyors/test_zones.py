"""Which zones run: the whole logic, with neither physics nor time."""

from __future__ import annotations

import itertools

import pytest

from twin.physics.conveyors.zones import Release, ZoneLogic, pitch_m


def test_all_run_while_nothing_is_on_them() -> None:
    logic = ZoneLogic(4)
    assert logic.commands([False] * 4, exit_free=False) == (True,) * 4


def test_a_full_row_stands_and_sets_out_one_by_one() -> None:
    logic = ZoneLogic(4)
    assert logic.commands([True] * 4, exit_free=False) == (False,) * 4
    assert logic.commands([True] * 4, exit_free=True) == (False, False, False, True)
    three = [True, True, True, False]
    assert logic.commands(three, exit_free=True) == (False, False, True, True)


def test_a_train_sets_out_together() -> None:
    logic = ZoneLogic(4, "train")
    assert logic.commands([True] * 4, exit_free=True) == (True,) * 4
    assert logic.commands([True] * 4, exit_free=False) == (False,) * 4


@pytest.mark.parametrize("release", ["single", "train"])
def test_whatever_the_eyes_say_no_waiting_part_is_pushed_on(release: Release) -> None:
    """A zone with a part at its eye runs only towards one that is free or runs."""
    for n in (1, 2, 5):
        logic = ZoneLogic(n, release)
        for broken in itertools.product([False, True], repeat=n):
            for exit_free in (False, True):
                runs = logic.commands(broken, exit_free=exit_free)
                for zone in range(n):
                    if zone + 1 < n:
                        free = not broken[zone + 1]
                        free |= release == "train" and runs[zone + 1]
                    else:
                        free = exit_free
                    assert runs[zone] == (not broken[zone] or free)


def test_eyes_and_zones_must_agree() -> None:
    with pytest.raises(ValueError, match="got 2 eyes for 3 zones; give one each"):
        ZoneLogic(3).commands([True, False], exit_free=True)
    with pytest.raises(ValueError, match="give at least 1"):
        ZoneLogic(0)


def test_the_pitch_that_flow_knows() -> None:
    assert pitch_m(0.6, 0.4, "single") == pytest.approx(1.0)
    assert pitch_m(0.6, 0.4, "train") == 0.6
