"""What a second process is worth, and how long the command takes to start."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from twin.bench.machine import QUIET_LOAD, load_1min
from twin.errors import TwinError
from twin.flow.compile import compile_plant
from twin.flow.course import watch
from twin.flow.performance import oee_basis
from twin.flow.workers import Job, Workers
from twin.scenario import load_scenario


def replications(path: Path, *, quick: bool) -> dict[str, Any]:
    """Measure how much faster two processes make replications than one.

    Processes are started and have loaded the compiled kernel before the clock runs.

    Args:
        path: Of the scenario.
        quick: Fewer repeats.

    Returns:
        ``ratio``, the median of repeats, and their spread; None with the ``reason``
        where a busy machine would tell of its neighbours rather than of the engine.
    """
    load = load_1min()
    if load is None or load > QUIET_LOAD:
        return {
            "ratio": None,
            "reason": f"load {load} before the start is above {QUIET_LOAD}: a busy "
            "neighbour would be measured; try again on a quiet machine",
            "load_1min": load,
        }
    until_s = (30_000.0 if quick else 120_000.0) * 60.0
    scenario = load_scenario(path)
    plant = compile_plant(scenario, path.parent, scenario.seed, until_s)
    basis, when = oee_basis(plant, {}), watch(plant, until_s, 0.0)
    jobs = [Job(number, when, basis) for number in range(4)]
    with Workers(plant, 1) as one, Workers(plant, 2) as two:
        for workers in (one, two):
            _time_s(workers, jobs)
        ratios = [
            _time_s(one, jobs) / _time_s(two, jobs) for _ in range(5 if quick else 9)
        ]
    return {
        "ratio": round(statistics.median(ratios), 2),
        "ratio_spread": [round(min(ratios), 2), round(max(ratios), 2)],
        "reason": None,
        "load_1min": load,
    }


def _time_s(workers: Workers, jobs: list[Job]) -> float:
    began = time.perf_counter()
    for _ in workers.run(jobs):
        pass
    return time.perf_counter() - began


def start(path: Path, *, quick: bool) -> dict[str, Any]:
    """Measure how long ``flins run`` takes until it has simulated a minute.

    The first process compiles the kernel if nobody has yet; it is not counted.

    Args:
        path: Of the scenario.
        quick: Fewer repeats.

    Returns:
        ``start_s``, from the command to its end, as the median, and the spread of
        repeats. Simulating the minute itself takes about a millisecond.
    """
    times_s = []
    for _ in range(1 + (3 if quick else 5)):
        began = time.perf_counter()
        done = subprocess.run(
            [
                *(sys.executable, "-m", "twin", "run", str(path), "--json"),
                *("--until", "1min", "--warm-up", "0s"),
                *("--replications", "1", "--processes", "1"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        times_s.append(time.perf_counter() - began)
        if done.returncode != 0:
            raise TwinError(f"flins run {path.name}: {done.stderr.strip()}")
    times_s = times_s[1:]
    return {
        "start_s": round(statistics.median(times_s), 2),
        "start_s_spread": [round(min(times_s), 2), round(max(times_s), 2)],
        "load_1min": load_1min(),
    }
