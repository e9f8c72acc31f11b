"""Each cell: how fast it is under physics, and how far flow is from it."""

from __future__ import annotations

import contextlib
import statistics
import time
from pathlib import Path
from typing import Any

from twin.bench.agreement import compare_engines, compare_kept
from twin.engine import PhysicsEngine, open_engine
from twin.scenario.calibration import calibration_path

_SEED = 1
_MOST_CARS = 200
_SETTLED_SHARE = 0.0025
"""An eighth of the 2 % that engines may differ by: more cars would say no more."""

_WALL_LIMIT_S = 600.0
_QUICK_WALL_S = 1.0
_JUMPS = 5


def cell_paths(folder: Path) -> list[Path]:
    """Return the cells among the scenarios that ship with the twin."""
    return [folder / "battery_cell.yaml", *sorted((folder / "cells").glob("*.yaml"))]


def bench_cell(path: Path, *, quick: bool) -> dict[str, Any]:
    """Compare a cell under physics with its flow, and with real time.

    In full, both engines are run anew, paired, until the interval of their difference
    settles, ten minutes at most. The quick look takes physics' side from the runs that
    its calibration is kept with.

    Args:
        path: The cell.
        quick: A few seconds instead of minutes.

    Returns:
        Its name, ``realtime_factor``, ``start_s``, which opening it takes once it has
        been opened on this machine before, ``save_ms`` and ``back_ms``, which keeping a
        snapshot and going back to it take, and ``flow_difference``: the end of the 95 %
        interval of (physics - flow) / physics that is farthest from zero, a fraction;
        None, with the reason, where there is nothing to compare.
    """
    kept = calibration_path(path)
    if quick or not kept.exists():
        found = compare_kept(path, _SEED) if kept.exists() else None
        measured = {
            "flow_difference": None
            if found is None
            else _farthest(found.low, found.high),
            "cars": 0 if found is None else found.n,
            "basis": "no calibration; run flins calibrate"
            if found is None
            else "kept runs",
        }
        return {"name": path.stem, **_speed(path), **measured}
    agreement = compare_engines(
        path,
        _MOST_CARS,
        _SEED,
        settled_share=_SETTLED_SHARE,
        wall_limit_s=_WALL_LIMIT_S,
    )
    if agreement is None:
        measured = {
            "flow_difference": None,
            "cars": 0,
            "basis": f"fewer than two cars in {_WALL_LIMIT_S:g} s",
        }
        return {"name": path.stem, **_speed(path), **measured}
    return {
        "name": path.stem,
        **_speed(path),
        "realtime_factor": round(agreement.realtime_factor, 2),
        "flow_difference": _farthest(agreement.cycle.low, agreement.cycle.high),
        "cars": agreement.cycle.n,
        "basis": "paired runs",
    }


def _farthest(low: float, high: float) -> float:
    return round(low if abs(low) > abs(high) else high, 5)


def _speed(path: Path) -> dict[str, float]:
    """Return how long opening a cell takes, its speed for a short while, and jumps."""
    # The first start on a machine cooks shapes and searches ways, and keeps them.
    open_engine(path, engine="physics").close()
    began_s = time.perf_counter()
    with contextlib.closing(open_engine(path, engine="physics")) as engine:
        open_s = time.perf_counter() - began_s
        began_s = time.perf_counter()
        wall_s = 0.0
        while wall_s < _QUICK_WALL_S:
            engine.advance(engine.frame_ticks)
            wall_s = time.perf_counter() - began_s
        factor = engine.tick * engine.dt_s / wall_s
        jumps = _jumps(engine)
    return {"realtime_factor": round(factor, 2), "start_s": round(open_s, 2), **jumps}


def _jumps(engine: PhysicsEngine) -> dict[str, float]:
    """Return medians of keeping the state and of going back to it, ms."""
    save_s, back_s = [], []
    for number in range(_JUMPS):
        began_s = time.perf_counter()
        name, _ = engine.keep_snapshot(str(number))
        save_s.append(time.perf_counter() - began_s)
        engine.advance(engine.frame_ticks)
        began_s = time.perf_counter()
        engine.go_back(name)
        back_s.append(time.perf_counter() - began_s)
    return {
        "save_ms": round(1e3 * statistics.median(save_s), 2),
        "back_ms": round(1e3 * statistics.median(back_s), 2),
    }
