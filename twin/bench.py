"""Speed measured beside a reference in the same run, as ratios with their spread."""

from __future__ import annotations

import gc
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twin.engine import PhysicsEngine, open_engine
from twin.physics.bullet import load_bullet
from twin.recording import Recorder

# A whole cycle of the battery cell takes some 220 s. The quick look leaves out
# what repeats itself: it ends among the fasteners.
_FULL_S = 220.0
_QUICK_S = 100.0
_CHUNK_S = 10.0
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


def bench_physics(scenario: Path, *, quick: bool) -> dict[str, Any]:
    """Measure what ``twin.physics`` costs above the pybullet calls it makes.

    The cell is run once with every pybullet call noted. Then, five times, a fresh
    cell with its recording on and the bare calls on fresh clients take turns over
    the same stretches of simulated time, so that a busy neighbour hits both alike.

    Args:
        scenario: A physics cell.
        quick: A part of the cycle only; ends within a minute.

    Returns:
        Figures with units in their names, and the machine they were taken on.
    """
    n_chunks = round((_QUICK_S if quick else _FULL_S) / _CHUNK_S)
    noted = _note_calls(scenario, n_chunks)
    chunks = noted.chunks
    n_calls = sum(len(chunk) for chunk in chunks)
    repeats = [_one_repeat(scenario, noted) for _ in range(_REPEATS)]
    ratios = [twin_s / bare_s for twin_s, bare_s, _ in repeats]
    n_ticks = repeats[0][2]
    sim_s = n_chunks * _CHUNK_S
    return {
        "bench": "physics",
        "scenario": scenario.stem,
        "overhead_ratio": round(statistics.median(ratios), 4),
        "overhead_ratio_spread": [round(min(ratios), 4), round(max(ratios), 4)],
        "realtime_factor": round(
            statistics.median(sim_s / t for t, _, _ in repeats), 2
        ),
        "us_per_step": _per_step_us([t for t, _, _ in repeats], n_ticks),
        "us_per_step_bare": _per_step_us([b for _, b, _ in repeats], n_ticks),
        "calls_per_step": round(n_calls / n_ticks, 2),
        "sim_s": sim_s,
        "repeats": _REPEATS,
        "peak_memory_mb": peak_memory_mb(),
        "machine": machine(),
    }


def _per_step_us(times_s: list[float], n_ticks: int) -> float:
    return round(1e6 * statistics.median(times_s) / n_ticks, 2)


@dataclass(frozen=True, slots=True)
class NotedRun:
    """A run's pybullet calls.

    Attributes:
        clients: Its clients' numbers, in order of connection.
        build: The calls that build the cell.
        chunks: Those of each stretch of simulated time.
    """

    clients: list[int]
    build: list[Call]
    chunks: list[list[Call]]


def _note_calls(scenario: Path, n_chunks: int) -> NotedRun:
    noting = NotingBullet(load_bullet())
    engine = open_engine(scenario, bullet=noting)
    build, noting.calls = noting.calls, []
    chunks: list[list[Call]] = []
    try:
        for _ in range(n_chunks):
            _run_chunk(engine, None)
            chunks.append(noting.calls)
            noting.calls = []
    finally:
        engine.close()
    return NotedRun(noting.clients, build, chunks)


def _run_chunk(engine: PhysicsEngine, recorder: Recorder | None) -> None:
    """Run ten simulated seconds as ``flins run --record`` does."""
    until_tick = engine.tick + round(_CHUNK_S / engine.dt_s)
    while engine.tick < until_tick:
        engine.advance(min(engine.frame_ticks, until_tick - engine.tick))
        events = engine.take_events()
        frame = engine.frame()
        if recorder is not None:
            recorder.add_events(events)
            recorder.add_frame(frame)


def _one_repeat(scenario: Path, noted: NotedRun) -> tuple[float, float, int]:
    """Return the wall time of the cell and of the bare calls, s, and the ticks."""
    twin_s = bare_s = 0.0
    clock = time.perf_counter
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(scenario)
        bare = BareCalls(noted.clients)
        try:
            bare.play(bare.ready(noted.build))
            path = Path(folder) / "bench.mcap"
            with Recorder(path, engine.scene, engine.meshes) as recorder:
                for chunk in noted.chunks:
                    ready = bare.ready(chunk)
                    # Half a million noted tuples would make every collection of
                    # garbage slow, for both; they belong to the bench alone.
                    gc.collect()
                    gc.freeze()
                    began = clock()
                    _run_chunk(engine, recorder)
                    middle = clock()
                    bare.play(ready)
                    end = clock()
                    gc.unfreeze()
                    twin_s += middle - began
                    bare_s += end - middle
            return twin_s, bare_s, engine.tick
        finally:
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


def peak_memory_mb() -> float | None:
    """Return this process's largest resident size, MB, where it can be had."""
    try:
        import resource  # not on Windows
    except ImportError:
        return None
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def machine() -> dict[str, Any]:
    """Return what a reader must know of the machine to judge the figures."""
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load_1min": round(os.getloadavg()[0], 2)
        if hasattr(os, "getloadavg")
        else None,
    }


def lines(result: dict[str, Any]) -> list[str]:
    """Return a bench's figures as lines for people."""
    return [f"{name:24} {value}" for name, value in result.items()]
