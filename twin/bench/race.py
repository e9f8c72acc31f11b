"""Two engines run one model by turns: how much faster is one, and do they agree."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from twin.bench.machine import load_1min
from twin.flow.run import open_run
from twin.flow.statistics import Interval, t_interval
from twin.scenario import Scenario

Hours = Callable[[float, float], float]
"""From two times, s, to the hours in between that count."""


class Engine(Protocol):
    """What runs a model."""

    @property
    def n_operations(self) -> int:
        """Operations finished so far."""

    @property
    def n_out(self) -> int:
        """Parts that have left so far."""

    def advance(self, until_s: float) -> None:
        """Run on to a time."""


class FlowEngine:
    """The flow engine's own run of a scenario, as ``flins run`` has it.

    Args:
        scenario: What runs.
        folder: Where the files that it names are.
        horizon_s: How far it may run.
        counted: Products of which those that left are counted; all where empty.
    """

    def __init__(
        self,
        scenario: Scenario,
        folder: Path,
        horizon_s: float,
        counted: frozenset[str] = frozenset(),
    ) -> None:
        self._run = open_run(scenario, folder, horizon_s)
        self._rows = [
            row
            for row, name in enumerate(self._run.plant.names.products)
            if not counted or name in counted
        ]

    @property
    def n_operations(self) -> int:
        """Operations finished so far."""
        return self._run.state.count("n_finished")

    @property
    def n_out(self) -> int:
        """Parts that have left so far."""
        return int(self._run.state.tables["products"]["out"][self._rows].sum())

    def advance(self, until_s: float) -> None:
        """Run on to a time, and see that nothing was lost on the way."""
        self._run.advance(until_s)
        self._run.check()


@dataclass(frozen=True, slots=True)
class Course:
    """How far an engine runs.

    Attributes:
        warm_up_s: Left out of all figures.
        lap_s: Simulated time of a repeat.
    """

    warm_up_s: float
    lap_s: float


@dataclass(frozen=True, slots=True)
class Lap:
    """What an engine did in a repeat.

    Attributes:
        operations_per_s: Finished operations over wall time.
        out_per_h: Parts that left over the simulated hours that count.
    """

    operations_per_s: float
    out_per_h: float


class _Runner:
    def __init__(self, engine: Engine, course: Course, hours: Hours) -> None:
        self._engine = engine
        self._course = course
        self._hours = hours
        self._now_s = course.warm_up_s
        engine.advance(self._now_s)

    def lap(self) -> Lap:
        engine = self._engine
        n_operations, n_out = engine.n_operations, engine.n_out
        since_s = self._now_s
        self._now_s += self._course.lap_s
        gc.collect()
        began = time.perf_counter()
        engine.advance(self._now_s)
        wall_s = time.perf_counter() - began
        return Lap(
            operations_per_s=(engine.n_operations - n_operations) / wall_s,
            out_per_h=(engine.n_out - n_out) / self._hours(since_s, self._now_s),
        )


def _all_hours(from_s: float, until_s: float) -> float:
    return (until_s - from_s) / 3600.0


def race(
    ours: tuple[Engine, Course],
    simpy: tuple[Engine, Course],
    repeats: int,
    hours: Hours = _all_hours,
) -> dict[str, Any]:
    """Let two engines run one model by turns, so that a busy neighbour hits both.

    Args:
        ours: The flow engine, and how far it runs.
        simpy: The same model in SimPy, and how far it runs.
        repeats: Laps of each, >= 2. Consecutive stretches of one run, each long
            beside what the plant remembers, so that they count as independent.
        hours: Those that throughput is told by.

    Returns:
        Rates with units in their names, and the ratio of each pair of laps, as
        median, least and greatest. ``equal_throughput`` says whether the intervals
        of 95 % of both throughputs have a value in common.
    """
    runners = _Runner(*ours, hours), _Runner(*simpy, hours)
    laps = [(runners[0].lap(), runners[1].lap()) for _ in range(repeats)]
    ratios = [own.operations_per_s / peer.operations_per_s for own, peer in laps]
    own_out = t_interval([own.out_per_h for own, _ in laps])
    peer_out = t_interval([peer.out_per_h for _, peer in laps])
    return {
        "ours": _told([own for own, _ in laps], own_out),
        "simpy": _told([peer for _, peer in laps], peer_out),
        "ratio_vs_simpy": round(statistics.median(ratios), 2),
        "ratio_spread": [round(min(ratios), 2), round(max(ratios), 2)],
        "equal_throughput": own_out.low <= peer_out.high
        and peer_out.low <= own_out.high,
        "repeats": repeats,
        "load_1min": load_1min(),
    }


def _told(laps: list[Lap], out_per_h: Interval) -> dict[str, Any]:
    rates = [lap.operations_per_s for lap in laps]
    return {
        "operations_per_s": round(statistics.median(rates)),
        "operations_per_s_spread": [round(min(rates)), round(max(rates))],
        "throughput_per_h": round(out_per_h.mean, 4),
        "throughput_per_h_interval": [
            round(out_per_h.low, 4),
            round(out_per_h.high, 4),
        ],
    }
