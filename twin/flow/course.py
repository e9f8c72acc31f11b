"""The course of one run: what is noted of it while it goes on, in bounded memory."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.flow.active_periods import ActivePeriods, by_station
from twin.flow.kernel import records as r
from twin.flow.plant import Plant, Table
from twin.flow.run import FlowRun
from twin.flow.statistics import FEWEST_MSER_BATCHES, MSER_BATCH
from twin.flow.totals import Totals, take_totals

N_SLICES = 200
"""Of a run's time: 40 batches of five for MSER-5, so a cut is known to 2.5 %."""

_PERIODS_S = (7 * 86400.0, 86400.0)


@dataclass(frozen=True, slots=True)
class Watch:
    """When a run is looked at.

    Attributes:
        until_s: Its end.
        slice_s: A slice of time; the last may be shorter.
        marks_s: Moments at which the warm-up may end, rising, below ``until_s``.
    """

    until_s: float
    slice_s: float
    marks_s: tuple[float, ...]

    @property
    def n_slices(self) -> int:
        """Slices up to the end."""
        return max(1, math.ceil(self.until_s / self.slice_s - 1e-9))

    @property
    def n_spans(self) -> int:
        """Spans of five slices up to the end; the last takes what is left over."""
        return max(1, self.n_slices // MSER_BATCH)

    def edge_s(self, k: int) -> float:
        """Return where slice k begins; k = n_slices gives the end."""
        return self.until_s if k >= self.n_slices else k * self.slice_s

    def span_edge_s(self, k: int) -> float:
        """Return where span k begins; k = n_spans gives the end."""
        return self.until_s if k >= self.n_spans else self.edge_s(k * MSER_BATCH)


def watch(plant: Plant, until_s: float, warm_up_s: float | None) -> Watch:
    """Return when to look at runs of a plant.

    Where there are calendars, slices are whole weeks or days if the run has fifty of
    them: nights and weekends then blur no trend.

    Args:
        plant: What runs.
        until_s: End of the runs, > 0.
        warm_up_s: Where the warm-up ends; None if that is to be found: each span's
            end in the first half is possible then.
    """
    fewest = MSER_BATCH * FEWEST_MSER_BATCHES
    slice_s = until_s / N_SLICES
    for period_s in _PERIODS_S:
        if plant.counts["n_calendars"] and until_s >= fewest * period_s:
            slice_s = math.ceil(until_s / N_SLICES / period_s) * period_s
            if until_s >= fewest * slice_s:
                break
            slice_s = until_s / N_SLICES
    if warm_up_s is not None:
        return Watch(until_s, slice_s, (warm_up_s,))
    bare = Watch(until_s, slice_s, ())
    # MSER leaves out a last slice that is shorter, and batches that are not whole.
    n_whole = math.floor(until_s / slice_s + 1e-9) // MSER_BATCH
    marks = tuple(bare.edge_s(k * MSER_BATCH) for k in range(n_whole // 2 + 1))
    return Watch(until_s, slice_s, marks)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a run had added up when its warm-up may have ended.

    Attributes:
        totals: Sums since time 0.
        in_work: Parts in jobs, by node.
    """

    totals: Totals
    in_work: NDArray[np.int64]


def take_mark(run: FlowRun) -> Mark:
    """Return what a run has added up by now."""
    in_work = np.zeros(run.plant.counts["n_nodes"], np.int64)
    jobs = run.state.tables["jobs"]
    np.add.at(in_work, jobs["node"], jobs["n_parts"])
    return Mark(take_totals(run.state), in_work)


class Course:
    """What is noted of a run: work in process, queues, bottlenecks, possible starts.

    Attributes:
        arrays: By name: ``wip_area_s`` (n_slices + 1,), parts in the plant integrated
            up to each slice's edge; ``queue_area_s``, ``idle_s`` and ``open_s``
            (n_spans + 1, n_nodes), waiting parts integrated, servers' time without
            work, and their time not off shift, up to each span's edge; ``momentary``
            and ``sole`` (n_spans, n_nodes), shares as bottleneck.
        marks: One for each possible end of the warm-up reached so far.

    Args:
        plant: What runs.
        when: To look at it.
    """

    def __init__(self, plant: Plant, when: Watch) -> None:
        n_nodes = plant.counts["n_nodes"]
        self.when = when
        self.arrays: dict[str, NDArray[np.float64]] = {
            "wip_area_s": np.zeros(when.n_slices + 1),
            "momentary": np.zeros((when.n_spans, n_nodes)),
            "sole": np.zeros((when.n_spans, n_nodes)),
        }
        for name in ("queue_area_s", "idle_s", "open_s"):
            self.arrays[name] = np.zeros((when.n_spans + 1, n_nodes))
        self.marks: list[Mark] = []
        self.slice, self.span = 0, 0
        self.periods = ActivePeriods()

    def next_stop_s(self) -> float:
        """Return the next moment at which it wants to look; the end at last."""
        stops = [self.when.edge_s(self.slice + 1), self.when.until_s]
        if len(self.marks) < len(self.when.marks_s):
            stops.append(self.when.marks_s[len(self.marks)])
        return min(stops)

    def look(self, run: FlowRun) -> None:
        """Note what is due at the run's time."""
        now_s = run.now_s
        if (
            len(self.marks) < len(self.when.marks_s)
            and now_s >= self.when.marks_s[len(self.marks)]
        ):
            self.marks.append(take_mark(run))
        if self.slice < self.when.n_slices and now_s >= self.when.edge_s(
            self.slice + 1
        ):
            self.slice += 1
            products = run.state.tables["products"]
            self.arrays["wip_area_s"][self.slice] = float(
                (products["area"] + products["wip"] * (now_s - products["since"])).sum()
            )
        if self.span < self.when.n_spans and now_s >= self.when.span_edge_s(
            self.span + 1
        ):
            self.span += 1
            self._look_at_nodes(run)

    def _look_at_nodes(self, run: FlowRun) -> None:
        totals = run.totals()
        nodes = run.state.tables["jobs"]["node"]
        k = self.span
        self.arrays["queue_area_s"][k] = totals.node_queue_s
        np.add.at(self.arrays["idle_s"][k], nodes, totals.job_time_s[:, r.IDLE])
        open_s = totals.job_time_s.sum(axis=1) - totals.job_time_s[:, r.OFF_SHIFT]
        np.add.at(self.arrays["open_s"][k], nodes, open_s)
        if not run.state.count("periods_on"):
            return
        found = self.periods.judge(run.state)
        if found is not None:
            self.arrays["momentary"][k - 1] = by_station(
                found.momentary_share, run.state
            )
            self.arrays["sole"][k - 1] = by_station(found.sole_share, run.state)

    def wip(self) -> NDArray[np.float64]:
        """Return the mean work in process of each slice, (n_slices,)."""
        edges_s = [self.when.edge_s(k) for k in range(self.when.n_slices + 1)]
        found: NDArray[np.float64] = np.diff(self.arrays["wip_area_s"]) / np.diff(
            edges_s
        )
        return found

    def packed(self) -> dict[str, Table]:
        """Return all there is as arrays, for a snapshot."""
        found: dict[str, Table] = {
            f"course:{name}": array for name, array in self.arrays.items()
        }
        found["course:at"] = np.array([self.slice, self.span, len(self.marks)])
        found["course:periods"] = self.periods.rows
        found["course:periods_from_s"] = np.array([self.periods.whole_from_s])
        if self.marks:
            found["marks:in_work"] = np.stack([mark.in_work for mark in self.marks])
            for field in fields(Totals):
                found[f"marks:{field.name}"] = np.array(
                    [getattr(mark.totals, field.name) for mark in self.marks]
                )
        return found

    def unpack(self, packed: Mapping[str, Table]) -> None:
        """Go on from what ``packed`` gave."""
        for name in self.arrays:
            self.arrays[name] = packed[f"course:{name}"].copy()
        self.slice, self.span, n_marks = (int(n) for n in packed["course:at"])
        self.periods.rows = packed["course:periods"].copy()
        self.periods.whole_from_s = float(packed["course:periods_from_s"][0])
        self.marks = [
            Mark(
                Totals(
                    **{
                        field.name: _restored(packed[f"marks:{field.name}"][k])
                        for field in fields(Totals)
                    }
                ),
                packed["marks:in_work"][k].copy(),
            )
            for k in range(n_marks)
        ]


def _restored(array: Table) -> Any:
    """Return an array's copy, or the Python number that a row of numbers held."""
    return array.copy() if array.ndim else array.item()
