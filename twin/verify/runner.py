"""Run cases in the flow engine, one after the other or in several processes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from twin.errors import FlowError
from twin.flow.run import FlowRun, open_run
from twin.flow.statistics import t_interval
from twin.scenario import read_scenario
from twin.verify.cases import Case
from twin.verify.verdict import Verdict, judge

Result = TypeVar("Result")

NOMINAL_LEVEL = 0.95
CALIBRATION_SEEDS = range(1, 1001)
CALIBRATION_REPLICATIONS = 10

LOWEST_COVERAGE = 0.92
HIGHEST_COVERAGE = 0.98
"""Over 1,000 seeds a true 95 % falls outside by chance once in some 48,000 cases."""

_CALIBRATION_SHARE = 1.0 / 60.0
"""Length of a calibration's replication over that of the table's."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How often the nominal interval of a case held what theory says.

    Attributes:
        case: What was run.
        n_held: Seeds whose interval held the expected value.
        n_seeds: All of them.
    """

    case: Case
    n_held: int
    n_seeds: int

    @property
    def coverage(self) -> float:
        """Share of seeds whose interval held the expected value."""
        return self.n_held / self.n_seeds

    @property
    def ok(self) -> bool:
        """Whether the nominal 95 % are 92 to 98 % in truth."""
        return LOWEST_COVERAGE <= self.coverage <= HIGHEST_COVERAGE


def measure(
    case: Case,
    seed: int,
    replications: int,
    warm_up_s: float,
    until_s: float,
) -> list[float]:
    """Return what a case measures, one value a replication, SI.

    Raises:
        FlowError: If the engine gives no such figure, or breaks one of its laws.
    """
    scenario = read_scenario(case.scenario, case.name)
    plant = open_run(scenario, Path(), until_s, seed).plant
    values: list[float] = []
    for replication in range(replications):
        run = FlowRun(plant, replication)
        run.advance(warm_up_s)
        warm = run.totals()
        run.advance(until_s)
        run.check()
        figures = run.figures(warm)
        if case.measure not in figures:
            raise FlowError(
                f"{case.name}: no figure {case.measure!r} after {until_s:g} s; "
                "give a longer run, or another measure"
            )
        values.append(figures[case.measure])
    return values


def verify(
    cases: Sequence[Case], seed: int, n_table: int, processes: int = 1
) -> Iterator[Verdict]:
    """Yield the verdict of each case, in order, as it is there.

    Args:
        cases: What to run.
        seed: Of all draws.
        n_table: How many cases the whole table has; it sets the level.
        processes: How many run at a time.
    """
    return _each(partial(_verdict, seed, n_table), cases, processes)


def calibrate(
    cases: Sequence[Case], seeds: Sequence[int], processes: int = 1
) -> Iterator[Calibration]:
    """Yield how well the nominal interval of each case covers, in order. It is slow.

    Cases in which nothing is random have no such interval and are left out.

    Args:
        cases: What to run.
        seeds: Each gives one interval.
        processes: How many run at a time.
    """
    random = [case for case in cases if case.slack == 0.0]
    return _each(partial(_coverage, tuple(seeds)), random, processes)


def _verdict(seed: int, n_table: int, case: Case) -> Verdict:
    values = measure(case, seed, case.replications, case.warm_up_s, case.until_s)
    return judge(case, values, n_table)


def _coverage(seeds: tuple[int, ...], case: Case) -> Calibration:
    short = case.shortened(_CALIBRATION_SHARE)
    held = 0
    for seed in seeds:
        values = measure(
            short, seed, CALIBRATION_REPLICATIONS, short.warm_up_s, short.until_s
        )
        held += t_interval(values, NOMINAL_LEVEL).holds(case.expected)
    return Calibration(case, held, len(seeds))


def _each(
    work: Callable[[Case], Result], cases: Sequence[Case], processes: int
) -> Iterator[Result]:
    if processes < 2:
        yield from map(work, cases)
        return
    # Spawned, not forked: compiled code and threads do not survive a fork.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        yield from pool.map(work, cases)
