"""What a second process is worth to cells: one alone, then two at once, by turns."""

from __future__ import annotations

import multiprocessing
import statistics
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from twin.bench.machine import QUIET_LOAD, load_1min
from twin.engine import PhysicsEngine, open_engine

_LEAD_S = 20.0
"""A car has come by then, and people are at work."""

_REPEATS = 5


def two_cells(path: Path, *, quick: bool) -> dict[str, Any]:
    """Measure how much faster two processes run two cells than one runs one.

    Both have opened their cell before the clock runs, and go back to the same snapshot
    before each lap: first one of them runs on alone, then both at once.

    Args:
        path: Of the cell; it has to be one that snapshots can be taken of.
        quick: Shorter laps.

    Returns:
        ``ratio``, the median of repeats, and their spread; None with the ``reason``
        where a busy machine would tell of its neighbours rather than of cells.
    """
    load = load_1min()
    if load is None or load > QUIET_LOAD:
        return {
            "ratio": None,
            "reason": f"load {load} before the start is above {QUIET_LOAD}: a busy "
            "neighbour would be measured; try again on a quiet machine",
            "load_1min": load,
        }
    lap_s = 4.0 if quick else 60.0
    context = multiprocessing.get_context("spawn")
    pipes: list[Connection] = []
    processes = []
    try:
        for _ in range(2):
            mine, theirs = context.Pipe()
            process = context.Process(target=_run_laps, args=(path, theirs))
            process.start()
            theirs.close()
            pipes.append(mine)
            processes.append(process)
        for pipe in pipes:
            pipe.recv()
        _lap(pipes, lap_s)
        ratios = []
        for _ in range(_REPEATS):
            (alone_s,) = _lap(pipes[:1], lap_s)
            ratios.append(sum(alone_s / each for each in _lap(pipes, lap_s)))
    finally:
        for pipe in pipes:
            pipe.close()
        for process in processes:
            process.join()
    return {
        "ratio": round(statistics.median(ratios), 2),
        "ratio_spread": [round(min(ratios), 2), round(max(ratios), 2)],
        "reason": None,
        "load_1min": load,
    }


def _lap(pipes: list[Connection], lap_s: float) -> list[float]:
    """Have each run on for so long from the snapshot; return their wall times, s."""
    for pipe in pipes:
        pipe.send(lap_s)
    return [float(pipe.recv()) for pipe in pipes]


def _run_laps(path: Path, pipe: Connection) -> None:
    """Run laps as they are asked for, until the other end is closed."""
    engine = open_engine(path, engine="physics")
    assert isinstance(engine, PhysicsEngine)
    try:
        engine.advance(round(_LEAD_S / engine.dt_s))
        engine.keep_snapshot()
        pipe.send(True)
        while True:
            ticks = round(pipe.recv() / engine.dt_s)
            engine.go_back()
            began_s = time.perf_counter()
            engine.advance(ticks)
            pipe.send(time.perf_counter() - began_s)
    except EOFError:
        return
    finally:
        engine.close()
