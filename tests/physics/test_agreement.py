"""Physics and flow agree on a cell, car by car."""

from __future__ import annotations

from pathlib import Path

import pytest
from cells import SHIPPED

from twin.bench.agreement import (
    Absence,
    AwayDevice,
    Condition,
    compare_engines,
    compare_kept,
)
from twin.errors import TwinError
from twin.physics.car import Car
from twin.physics.device import Done, Outcome
from twin.scenario import load_scenario
from twin.scenario.calibration import calibrate_scenario
from twin.scenario.station import Operation


class _Counter:
    """A device that is done after some ticks of its own."""

    def __init__(self, ticks: int) -> None:
        self.left = ticks

    def start(self, operation: Operation, car: Car) -> None:
        """Begin; there is nothing to begin."""

    def before_step(self, tick: int) -> Outcome | None:
        """Count."""
        self.left -= 1
        return Done() if self.left == 0 else None


def test_who_is_away_goes_on_afterwards() -> None:
    away = AwayDevice(_Counter(10), Absence("worker", 2, 3), dt_s=0.5)
    done = [tick for tick in range(30) if isinstance(away.before_step(tick), Done)]
    assert done[0] == 9 + 6


def test_an_interval_takes_two_cars() -> None:
    with pytest.raises(TwinError, match="an interval takes 2 at least"):
        compare_engines(SHIPPED, 1, 1)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_two_cars_take_as_long_in_both() -> None:
    found = compare_engines(SHIPPED, 2, seed=1)
    assert found is not None
    assert len(found.physics.ended_s) == 2
    # Of two cars an interval says little: each by itself is near enough.
    assert found.physics.cycles_s() == pytest.approx(found.flow.cycles_s(), rel=0.01)
    assert abs(found.throughput) <= 0.01
    assert abs(found.flow_difference) >= abs(found.cycle.mean)
    assert found.physics.began_s[0] == pytest.approx(found.flow.began_s[0], abs=0.01)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_blocked_exit_and_an_absence_delay_both_alike() -> None:
    condition = Condition(
        collected_after_s=300.0, absence=Absence("electrician", 25, 60)
    )
    found = compare_engines(SHIPPED, 2, seed=1, condition=condition)
    assert found is not None
    # The second car's pack waits in both until the first's is collected.
    assert found.physics.cycles_s()[1] > 300.0
    assert found.physics.cycles_s() == pytest.approx(found.flow.cycles_s(), rel=0.02)
    assert abs(found.throughput) <= 0.02


def test_kept_runs_of_sound_cars_are_compared_with_sound_cars(
    root_folder: Path,
) -> None:
    # A third of its cars have a seized catalyst, which is no fault of flow's.
    cell = root_folder / "scenarios" / "cells" / "depollution.yaml"
    found = compare_kept(cell, 1)
    assert found is not None
    assert max(-found.low, found.high) < 0.002


def test_kept_calibrations_are_of_the_cells_as_they_are(root_folder: Path) -> None:
    folder = root_folder / "scenarios"
    kept = sorted(folder.glob("**/calibrations/*.yaml"))
    assert kept
    for path in kept:
        cell = path.parents[1] / path.name
        calibrated = calibrate_scenario(load_scenario(cell), cell)
        assert not calibrated.stale, f"{cell}: run flins calibrate"
