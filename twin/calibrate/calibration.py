"""Calibrate a cell: run it, fit its times, and keep them where flow looks for them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from twin.calibrate.runs import FIRST_SEED, sample_cell
from twin.calibrate.samples import Samples, read_samples, write_samples, write_whole
from twin.calibrate.writing import calibration_text
from twin.errors import ScenarioError
from twin.scenario import Scenario, load_scenario
from twin.scenario.calibration import Calibration, calibration_path, load_calibration
from twin.scenario.fingerprint import scenario_sha256
from twin.scenario.tasks import Task


def calibrate_cell(
    scenario_path: Path,
    n_runs: int,
    *,
    first_seed: int = FIRST_SEED,
    output: Path | None = None,
    processes: int = 1,
    go_on: bool = False,
    on_progress: Callable[[int, int], None] = lambda done, goal: None,
) -> tuple[Calibration, Path]:
    """Run a cell under physics and write the times of its operations.

    Args:
        scenario_path: A physics cell.
        n_runs: How many runs, one car each.
        first_seed: Of the first run; the others follow.
        output: The file, .yaml; measured times go beside it, as .csv. Where None,
            the one that ``flins run --engine flow`` finds.
        processes: How many runs at a time.
        go_on: Whether runs that are kept already count.
        on_progress: Is told how many runs are there, and of how many.

    Returns:
        What was written, and where.

    Raises:
        ScenarioError: If the scenario is no cell.
        PhysicsError: If a car does not get through.
        TwinError: If a file cannot be written or gone on from.
    """
    scenario = load_scenario(scenario_path)
    _check_cell(scenario, scenario_path)
    path = calibration_path(scenario_path) if output is None else output
    kept_file, part_file = path.with_suffix(".csv"), path.with_suffix(".part.csv")
    sha = scenario_sha256(scenario)
    dt_s = 1.0 / float(scenario.physics.rate)
    seeds = range(first_seed, first_seed + n_runs)
    kept = Samples(sha, dt_s, ())
    if go_on:
        for file in (kept_file, part_file):
            there = read_samples(file, sha, dt_s).cars
            kept = kept.joined([car for car in there if car.seed in seeds])
    samples = sample_cell(
        scenario, scenario_path.parent, seeds, kept, part_file, processes, on_progress
    )
    return keep_calibration(scenario, scenario_path, samples, path), path


def keep_calibration(
    scenario: Scenario, scenario_path: Path, samples: Samples, path: Path
) -> Calibration:
    """Fit samples, write calibration and samples, and return the former.

    Raises:
        TwinError: If they cannot be written.
    """
    station = next(iter(scenario.stations.values()))
    kept_file = path.with_suffix(".csv")
    write_samples(kept_file, samples, list(station.operations))
    beside = Path(os.path.relpath(kept_file, scenario_path.parent))
    write_whole(path, calibration_text(scenario, samples, beside))
    path.with_suffix(".part.csv").unlink(missing_ok=True)
    return load_calibration(path)


def _check_cell(scenario: Scenario, path: Path) -> None:
    stations = scenario.stations.values()
    if len(stations) != 1 or len(scenario.sources) != 1:
        raise ScenarioError(
            str(path),
            f"{len(stations)} stations and {len(scenario.sources)} sources; a physics "
            "cell has one of each",
        )
    for station_id, station in scenario.stations.items():
        if not station.operations or any(
            isinstance(operation, Task) for operation in station.operations.values()
        ):
            raise ScenarioError(
                str(path),
                f"stations.{station_id}: its work is not what devices do; only a "
                "physics cell has times to measure",
            )
