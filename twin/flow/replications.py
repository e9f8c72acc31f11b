"""Replications of a plant: as many as wanted, or until results are sure enough."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from twin.errors import FlowError
from twin.flow.course import Course, Watch, watch
from twin.flow.performance import OeeBasis, oee_basis
from twin.flow.plant import Plant
from twin.flow.replication import Replication, replicate
from twin.flow.run import FlowRun, TakeRows
from twin.flow.statistics import (
    MSER_BATCH,
    enough,
    mser5,
    replications_needed,
)
from twin.flow.workers import Job, Progress, Workers

FEWEST_SEQUENTIAL = 5
"""No rule stops before so many: fewer tell too little of the variance."""

MOST_SEQUENTIAL = 200
"""Where a wanted half-width is never reached, it ends here."""

JUDGED = ("throughput_per_s", "lead_time_mean_s")
"""Figures that a wanted half-width is about."""

_PILOT = 5
"""Runs whose average tells the warm-up."""

_WORTH_WORKERS_S = 4.0
"""Starting processes takes about a second: less work than this stays here."""

OnProgress = Callable[[float, int], None]
"""Is told how many replications are done, parts of one included, of how many."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How often and how long to run, and what for.

    Attributes:
        until_s: End of each run.
        warm_up_s: Left out at its beginning; None: found by MSER-5 from the mean
            work in process of the first replications.
        n: Replications; with ``half_width`` the fewest of them.
        half_width: Goes on until the half-widths of throughput and mean lead time
            are at most this share of their means; None: ``n`` replications.
        most: Replications at which it stops all the same.
        level: Of all intervals.
        n_processes: How many run side by side; None: as many as there are cores, if
            that is worth their start. Results do not depend on it.
        cycle_times_s: Planned time per item, by station; None where none is stated.
    """

    until_s: float
    warm_up_s: float | None = 0.0
    n: int = 1
    half_width: float | None = None
    most: int = MOST_SEQUENTIAL
    level: float = 0.95
    n_processes: int | None = 1
    cycle_times_s: Mapping[str, float | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.until_s > 0.0:
            raise FlowError(f"until: got {self.until_s:g} s; give a time above 0")
        if self.warm_up_s is not None and not 0.0 <= self.warm_up_s < self.until_s:
            raise FlowError(
                f"warm-up: {self.warm_up_s / 3600.0:g} h leaves nothing of a run of "
                f"{self.until_s / 3600.0:g} h; give less, or run longer"
            )
        if self.half_width is not None and self.most < self.fewest:
            raise FlowError(
                f"replications: at most {self.most} are fewer than the "
                f"{self.fewest} that a wanted half-width begins with; allow more"
            )

    @property
    def fewest(self) -> int:
        """Replications before which nothing is judged."""
        return self.n if self.half_width is None else max(self.n, FEWEST_SEQUENTIAL)


class Keeper(Protocol):
    """Remembers how far replications have come, so that they can be continued."""

    def done(self, number: int) -> Replication | None:
        """Return a replication that is done already."""

    def begun(self, number: int, when: Watch) -> tuple[FlowRun, Course] | None:
        """Return where to go on with a replication."""

    def stops_s(self, when: Watch) -> Iterable[float]:
        """Return the moments of a run at which it wants to note something."""

    def note(self, run: FlowRun, course: Course) -> None:
        """Look at a run that stands still."""

    def add(self, replication: Replication) -> None:
        """Remember a replication that has just been done."""


@dataclass(frozen=True, slots=True, eq=False)
class Replications:
    """What came of all replications of a plant.

    Attributes:
        plant: What ran.
        wanted: What was asked for.
        when: The runs were looked at.
        basis: For the stations' OEE, with the reasons where there is none.
        done: One each, by number.
        warm_up_s: Left out at the beginning.
        mark: Which of each replication's figures belong to that warm-up.
        warmed_up: False if the runs are too short to tell where their warm-up ends;
            True too where it was given.
        sure_enough: False if a wanted half-width was not reached.
        n_processes: That ran side by side.
        wall_s: How long it took, without loading the kernel.
    """

    plant: Plant
    wanted: Wanted
    when: Watch
    basis: OeeBasis
    done: tuple[Replication, ...]
    warm_up_s: float
    warmed_up: bool
    sure_enough: bool
    n_processes: int
    wall_s: float

    def values(self, name: str) -> list[float]:
        """Return a figure's value in each replication that has one."""
        return _values(self.done, name)


def run_replications(
    plant: Plant,
    wanted: Wanted,
    *,
    on_progress: OnProgress | None = None,
    trace: TakeRows | None = None,
    keeper: Keeper | None = None,
) -> Replications:
    """Run replications 0, 1, … of a plant.

    A replication's figures depend on plant and number alone, and of a sequence that
    is long enough the shortest is taken: the number of processes changes nothing.

    Args:
        plant: What runs; laid out up to the end at least.
        wanted: How often, how long, and what for.
        on_progress: Is told how far it is.
        trace: Is given the rows of the trace of replication 0.
        keeper: Remembers how far it is, and knows what an earlier run had come to;
            needs ``n_processes`` 1.

    Raises:
        FlowError: If a run cannot go on, or a law of conservation is broken.
        ValueError: If there is a keeper and more than one process.
    """
    if keeper is not None and wanted.n_processes != 1:
        raise ValueError("keeper: needs n_processes 1")
    # Loads the compiled kernel, which would count as work else.
    FlowRun(plant).advance(0.0)
    began_s = time.perf_counter()
    with contextlib.ExitStack() as stack:
        maker = _Maker(plant, wanted, on_progress, stack, keeper)
        # In this process: what is wrong with the plant shows at once, and it tells
        # what a run takes.
        maker.make_first(trace)
        maker.make_rest()
        return maker.result(time.perf_counter() - began_s)


class _Maker:
    """Makes replications in the order of their numbers until there are enough."""

    def __init__(
        self,
        plant: Plant,
        wanted: Wanted,
        on_progress: OnProgress | None,
        stack: contextlib.ExitStack,
        keeper: Keeper | None,
    ) -> None:
        self._plant, self._wanted, self._stack = plant, wanted, stack
        self._on_progress, self._keeper = on_progress, keeper
        self._when = watch(plant, wanted.until_s, wanted.warm_up_s)
        self._basis = oee_basis(plant, wanted.cycle_times_s)
        self._done: list[Replication] = []
        self._workers: Workers | None = None
        self._shares: dict[int, float] = {}
        self._goal = wanted.fewest
        self._run_s = 0.0
        self._mark = 0
        self._warmed_up = True
        self._n_processes = 1

    def make_first(self, trace: TakeRows | None) -> None:
        """Make replication 0."""
        began_s = time.perf_counter()
        self._done.append(self._run(0, trace))
        self._run_s = time.perf_counter() - began_s

    def make_rest(self) -> None:
        """Make all others; with a wanted half-width, until it is reached."""
        wanted = self._wanted
        if wanted.warm_up_s is None:
            self._make(min(wanted.fewest, _PILOT))
            self._find_warm_up()
        self._make(wanted.fewest)
        if wanted.half_width is None:
            return
        while self._enough_at() is None and len(self._done) < wanted.most:
            self._goal = self._guessed()
            self._make(self._goal)
        n = self._enough_at()
        if n is not None:
            del self._done[n:]

    def result(self, wall_s: float) -> Replications:
        """Return what was made."""
        return Replications(
            plant=self._plant,
            wanted=self._wanted,
            when=self._when,
            basis=self._basis,
            done=tuple(self._done),
            warm_up_s=self._warm_up_s(),
            warmed_up=self._warmed_up,
            sure_enough=self._wanted.half_width is None
            or self._enough_at() is not None,
            n_processes=self._n_processes,
            wall_s=wall_s,
        )

    def _warm_up_s(self) -> float:
        given_s = self._wanted.warm_up_s
        return self._when.marks_s[self._mark] if given_s is None else given_s

    def _make(self, n: int) -> None:
        """Make replications until there are n."""
        numbers = range(len(self._done), n)
        if not numbers:
            return
        workers = self._side_by_side(len(numbers))
        if workers is None:
            self._done += [self._run(number) for number in numbers]
            return
        jobs = [Job(number, self._when, self._basis) for number in numbers]
        found = {each.number: each for each in workers.run(jobs, self._heard)}
        self._done += [found[number] for number in numbers]

    def _run(self, number: int, trace: TakeRows | None = None) -> Replication:
        """Make one here, or take it from who kept it."""
        keeper = self._keeper
        kept = None if keeper is None else keeper.done(number)
        if kept is not None:
            return kept
        tell = self._tell(number)
        if keeper is None:
            return replicate(
                *(self._plant, self._when, self._basis, number),
                trace=trace,
                on_stop=tell,
            )

        def on_stop(run: FlowRun, course: Course) -> None:
            keeper.note(run, course)
            tell(run, course)

        made = replicate(
            *(self._plant, self._when, self._basis, number),
            begun=keeper.begun(number, self._when),
            also_stop_s=keeper.stops_s(self._when),
            on_stop=on_stop,
        )
        keeper.add(made)
        return made

    def _side_by_side(self, n_runs: int) -> Workers | None:
        """Return the processes for so many runs; None if this one does them."""
        n_wanted = self._wanted.n_processes
        if self._workers is None and n_wanted != 1:
            if n_wanted is None and n_runs * self._run_s < _WORTH_WORKERS_S:
                return None
            n_workers = min(n_runs, n_wanted or os.cpu_count() or 1)
            if n_workers == 1:
                return None
            self._workers = self._stack.enter_context(Workers(self._plant, n_workers))
            self._n_processes = n_workers
        return self._workers

    def _find_warm_up(self) -> None:
        """Find the warm-up from the runs so far, and forget the other possible ones."""
        series = np.mean([each.wip for each in self._done], axis=0)
        cut = mser5(series)
        self._mark = min(cut.index // MSER_BATCH, len(self._when.marks_s) - 1)
        self._warmed_up = cut.warmed_up
        chosen = self._mark
        when = self._when
        self._when = Watch(when.until_s, when.slice_s, (when.marks_s[chosen],))
        self._mark = 0
        self._done = [
            Replication(
                number=each.number,
                figures=(each.figures[chosen],),
                wip=each.wip,
                nodes=each.nodes,
                state_sha256=each.state_sha256,
                n_events=each.n_events,
            )
            for each in self._done
        ]

    def _enough_at(self) -> int | None:
        """Return the shortest sequence from 0 on that is sure enough, if any is."""
        wanted = self._wanted
        if wanted.half_width is None:
            return None
        for n in range(wanted.fewest, min(len(self._done), wanted.most) + 1):
            if all(
                enough(values, wanted.half_width, wanted.level, FEWEST_SEQUENTIAL)
                for values in self._judged(n)
            ):
                return n
        return None

    def _judged(self, n: int) -> list[list[float]]:
        """Return the values that the rule is about, of the first n replications."""
        found = [_values(self._done[:n], name) for name in JUDGED]
        # Where nothing ever leaves there is nothing to wait for.
        return [values for values in found if len(values) == n and any(values)]

    def _guessed(self) -> int:
        """Return how many there should be after the next round."""
        wanted = self._wanted
        assert wanted.half_width is not None
        n_needed = len(self._done) + 1
        for values in self._judged(len(self._done)):
            try:
                n = replications_needed(values, wanted.half_width, wanted.level)
            except FlowError:
                n = wanted.most
            n_needed = max(n_needed, n)
        return min(n_needed, wanted.most)

    def _tell(self, number: int) -> Callable[[FlowRun, Course], None]:
        def tell(run: FlowRun, _course: Course) -> None:
            self._heard(Progress(number, run.now_s / self._wanted.until_s))

        return tell

    def _heard(self, progress: Progress) -> None:
        self._shares[progress.number] = progress.share
        if self._on_progress is not None:
            self._on_progress(sum(self._shares.values()), self._goal)


def _values(done: Sequence[Replication], name: str) -> list[float]:
    return [each.figures[0][name] for each in done if name in each.figures[0]]
