"""Speed measured beside a reference in the same run, as ratios with their spread."""

from __future__ import annotations

import gc
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twin.bench.bodies import bodies
from twin.bench.cell_processes import two_cells
from twin.bench.cells import bench_cell
from twin.bench.machine import machine, peak_memory_mb
from twin.engine import PhysicsEngine, open_engine
from twin.physics.bullet import load_bullet
from twin.recording import Recorder

_CYCLE_S = 220.0
"""A whole cycle of the battery cell, a little more."""

_QUICK_S = 90.0
"""Until the robot has begun at the fasteners."""

_STRETCH_S = 2.0
_REPEATS = 5

Call = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]


class NotingBullet:
    """Stands for pybullet and notes every call, so that it can be played again.

    Attributes:
        calls: Function, arguments and named arguments, in order.
        clients: What ``connect`` returned, in order.
    """

    def __init__(self, bullet: Any) -> None:
        self._bullet = bullet
        self._noting: dict[str, Callable[..., Any]] = {}
        self.calls: list[Call] = []
        self.clients: list[int] = []

    def connect(self, *arguments: Any) -> int:
        """Open a client and note its number."""
        self.clients.append(int(self._bullet.connect(*arguments)))
        return self.clients[-1]

    def __getattr__(self, name: str) -> Any:
        """Return pybullet's constant, or its function with a note of each call."""
        known = self._noting.get(name)
        if known is not None:
            return known
        found = getattr(self._bullet, name)
        if not callable(found):
            return found

        def noted(*arguments: Any, **named: Any) -> Any:
            self.calls.append((found, arguments, named))
            return found(*arguments, **named)

        self._noting[name] = noted
        return noted


def bench_physics(
    scenario: Path, *, quick: bool, cells: Sequence[Path] = ()
) -> dict[str, Any]:
    """Measure what ``twin.physics`` costs above the pybullet calls it makes.

    The cell is run once with every pybullet call noted. Then a fresh cell with
    its recording on and the bare calls on fresh clients take turns over the same
    two simulated seconds, so that a busy neighbour hits both alike. A repeat is a
    whole cycle; the quick look runs most of one and deals its stretches out to
    five repeats in turn, so that each has some of every phase.

    Args:
        scenario: A physics cell.
        quick: Most of one cycle instead of five; ends within a minute.
        cells: Those to compare with their flow, besides.

    Returns:
        Figures with units in their names, and the machine they were taken on.
    """
    # First, while the load is still that of the machine without us.
    processes = two_cells(scenario, quick=quick)
    n_stretches = round((_QUICK_S if quick else _CYCLE_S) / _STRETCH_S)
    noted = _note_calls(scenario, n_stretches)
    n_calls = sum(len(stretch) for stretch in noted.stretches)
    ticks_per_stretch = 0
    if quick:
        times, ticks_per_stretch = _one_cycle(scenario, noted)
        repeats = [times[start::_REPEATS] for start in range(_REPEATS)]
    else:
        repeats = []
        for _ in range(_REPEATS):
            times, ticks_per_stretch = _one_cycle(scenario, noted)
            repeats.append(times)
    twin_s = [sum(twin for twin, _ in repeat) for repeat in repeats]
    bare_s = [sum(bare for _, bare in repeat) for repeat in repeats]
    ticks = [len(repeat) * ticks_per_stretch for repeat in repeats]
    ratios = [twin / bare for twin, bare in zip(twin_s, bare_s, strict=True)]
    factors = [
        len(repeat) * _STRETCH_S / twin
        for repeat, twin in zip(repeats, twin_s, strict=True)
    ]
    return {
        "bench": "physics",
        "scenario": scenario.stem,
        "overhead_ratio": round(statistics.median(ratios), 4),
        "overhead_ratio_spread": [round(min(ratios), 4), round(max(ratios), 4)],
        "realtime_factor": round(statistics.median(factors), 2),
        "realtime_factor_spread": [round(min(factors), 2), round(max(factors), 2)],
        "us_per_step": _per_step_us(twin_s, ticks),
        "us_per_step_bare": _per_step_us(bare_s, ticks),
        "calls_per_step": round(n_calls / (n_stretches * ticks_per_stretch), 2),
        "sim_s": n_stretches * _STRETCH_S * (1 if quick else _REPEATS),
        "processes": processes,
        "bodies": bodies(quick=quick),
        "cells": [bench_cell(path, quick=quick) for path in cells],
        "repeats": _REPEATS,
        "quick": quick,
        "peak_memory_mb": peak_memory_mb(),
        "machine": machine(),
    }


def _per_step_us(times_s: list[float], ticks: list[int]) -> float:
    steps_s = [time_s / n for time_s, n in zip(times_s, ticks, strict=True)]
    return round(1e6 * statistics.median(steps_s), 2)


@dataclass(frozen=True, slots=True)
class NotedRun:
    """A run's pybullet calls.

    Attributes:
        clients: Its clients' numbers, in order of connection.
        build: The calls that build the cell.
        stretches: Those of each stretch of simulated time.
    """

    clients: list[int]
    build: list[Call]
    stretches: list[list[Call]]


def _note_calls(scenario: Path, n_stretches: int) -> NotedRun:
    noting = NotingBullet(load_bullet())
    engine = open_engine(scenario, engine="physics", bullet=noting)
    build, noting.calls = noting.calls, []
    stretches: list[list[Call]] = []
    try:
        for _ in range(n_stretches):
            _run_stretch(engine, None)
            stretches.append(noting.calls)
            noting.calls = []
    finally:
        engine.close()
    return NotedRun(noting.clients, build, stretches)


def _run_stretch(engine: PhysicsEngine, recorder: Recorder | None) -> None:
    """Run a stretch of simulated time as ``flins run --record`` does."""
    until_tick = engine.tick + round(_STRETCH_S / engine.dt_s)
    frames = engine.advance_framed(until_tick)
    events = engine.take_events()
    if recorder is not None:
        recorder.add_events(events)
        for frame in frames:
            recorder.add_frame(frame)


def _one_cycle(
    scenario: Path, noted: NotedRun
) -> tuple[list[tuple[float, float]], int]:
    """Return wall times of cell and bare calls, s, by stretch, and its ticks."""
    clock = time.perf_counter
    times: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(scenario, engine="physics")
        bare = BareCalls(noted.clients)
        try:
            bare.play(bare.ready(noted.build))
            path = Path(folder) / "bench.mcap"
            with Recorder(path, engine.scene, engine.meshes) as recorder:
                # A million noted calls would make every collection of garbage slow;
                # they belong to the bench, not to what it measures.
                gc.collect()
                gc.freeze()
                for stretch in noted.stretches:
                    ready = bare.ready(stretch)
                    began = clock()
                    _run_stretch(engine, recorder)
                    middle = clock()
                    bare.play(ready)
                    end = clock()
                    times.append((middle - began, end - middle))
            return times, engine.tick // len(times)
        finally:
            gc.unfreeze()
            bare.close()
            engine.close()


class BareCalls:
    """Noted calls played on clients of their own, with nothing in between.

    Args:
        noted_clients: Numbers of the clients that the noted calls name.
    """

    def __init__(self, noted_clients: list[int]) -> None:
        self._bullet = load_bullet()
        self._client_of = {
            noted: int(self._bullet.connect(self._bullet.DIRECT))
            for noted in noted_clients
        }

    def ready(self, calls: list[Call]) -> list[Call]:
        """Return calls for this player's clients."""
        return [
            (
                function,
                arguments,
                {**named, "physicsClientId": self._client_of[named["physicsClientId"]]},
            )
            for function, arguments, named in calls
        ]

    def play(self, calls: list[Call]) -> None:
        """Make the calls."""
        for function, arguments, named in calls:
            function(*arguments, **named)

    def close(self) -> None:
        """Close the clients."""
        for client in self._client_of.values():
            self._bullet.disconnect(physicsClientId=client)
        self._client_of.clear()
