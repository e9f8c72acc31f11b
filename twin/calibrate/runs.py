"""Many runs of a cell, side by side, kept as they come."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from pathlib import Path

from twin.calibrate.samples import Samples, write_samples
from twin.calibrate.sampling import CarTimes, time_car
from twin.scenario import Scenario

FIRST_SEED = 1001
"""Of calibrations: comparisons take others, so that none is judged by itself."""


def sample_cell(
    scenario: Scenario,
    folder: Path,
    seeds: Sequence[int],
    kept: Samples,
    path: Path,
    processes: int = 1,
    on_progress: Callable[[int, int], None] = lambda done, goal: None,
) -> Samples:
    """Return a cell's times for each seed, running those that are not kept yet.

    Each run is written to ``path`` as it ends, so that nothing is lost if somebody
    stops in between.

    Args:
        scenario: A physics cell.
        folder: That its own files lie in.
        seeds: One run each.
        kept: What there is already, of the same scenario.
        path: Where samples are kept.
        processes: How many runs at a time.
        on_progress: Is told how many runs are there, and of how many.

    Raises:
        PhysicsError: If a car does not get through.
        TwinError: If samples cannot be written.
    """
    station = next(iter(scenario.stations.values()))
    there = {car.seed for car in kept.cars}
    wanted = [seed for seed in dict.fromkeys(seeds) if seed not in there]
    goal = len(there) + len(wanted)
    on_progress(len(there), goal)
    for car in _each(partial(time_car, scenario, folder), wanted, processes):
        kept = kept.joined([car])
        write_samples(path, kept, list(station.operations))
        on_progress(len(kept.cars), goal)
    return kept


def _each(
    work: Callable[[int], CarTimes], seeds: Sequence[int], processes: int
) -> Iterator[CarTimes]:
    """Yield what comes of each seed, as it is there."""
    if processes < 2 or len(seeds) < 2:
        yield from map(work, seeds)
        return
    # Spawned, not forked: compiled code and threads do not survive a fork.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        for done in as_completed([pool.submit(work, seed) for seed in seeds]):
            yield done.result()
