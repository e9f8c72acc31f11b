"""One replication: a run from its beginning to its end, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.flow.course import Course, Watch, take_mark
from twin.flow.digest import state_sha256
from twin.flow.figures import Figures
from twin.flow.performance import OeeBasis, window_figures
from twin.flow.plant import Plant
from twin.flow.run import FlowRun, TakeRows

N_JUDGED = 10
"""Replications in which bottlenecks are looked for; of more, that would be the most of
the work and tell no more."""

OnStop = Callable[[FlowRun, Course], None]


@dataclass(frozen=True, slots=True, eq=False)
class Replication:
    """What came of one replication.

    Attributes:
        number: Of the replication, from 0.
        figures: For each possible end of the warm-up, in order.
        wip: Mean work in process of each slice, (n_slices,).
        nodes: By name as in ``Course.arrays``: (n_spans or n_spans + 1, n_nodes).
        state_sha256: Of its final state.
        n_events: Of the kernel.
    """

    number: int
    figures: tuple[Figures, ...]
    wip: NDArray[np.float64]
    nodes: Mapping[str, NDArray[np.float64]]
    state_sha256: str
    n_events: int


def replicate(
    plant: Plant,
    when: Watch,
    basis: OeeBasis,
    number: int,
    *,
    begun: tuple[FlowRun, Course] | None = None,
    trace: TakeRows | None = None,
    also_stop_s: Iterable[float] = (),
    on_stop: OnStop | None = None,
) -> Replication:
    """Run a replication to its end. Its result depends on plant and number alone.

    Args:
        plant: What runs.
        when: To look at it.
        basis: For the stations' OEE.
        number: Of the replication.
        begun: Where to go on from, if not from time 0.
        trace: Is given the rows of its trace.
        also_stop_s: Further moments for ``on_stop``, rising.
        on_stop: Is shown the run whenever it stands still.

    Raises:
        FlowError: As ``FlowRun.advance`` and ``FlowRun.check`` say.
    """
    run, course = begun or (FlowRun(plant, replication=number), Course(plant, when))
    if number < N_JUDGED:
        run.log_to("periods", course.periods.take)
    if trace is not None:
        run.log_to("trace", trace)
    course.look(run)
    stops_s = iter(also_stop_s)
    also_s = next(stops_s, np.inf)
    while run.now_s < when.until_s:
        while also_s <= run.now_s:
            also_s = next(stops_s, np.inf)
        run.advance(min(course.next_stop_s(), also_s))
        course.look(run)
        if on_stop is not None:
            on_stop(run, course)
    run.check()
    end = take_mark(run)
    found = tuple(window_figures(plant, mark, end, basis) for mark in course.marks)
    return Replication(
        number=number,
        figures=found,
        wip=course.wip(),
        nodes={
            name: array for name, array in course.arrays.items() if name != "wip_area_s"
        },
        state_sha256=state_sha256(run.state),
        n_events=end.totals.n_events,
    )
