"""Small plants with constant times, and what happened in them, to check by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from twin.flow.figures import JOB_STATES, SPENT
from twin.flow.kernel import records as r
from twin.flow.plant import Table
from twin.flow.run import FlowRun, open_run
from twin.scenario import Scenario, read_scenario

MINUTE_S = 60.0

KINDS: Mapping[int, str] = {
    r.T_CREATED: "created",
    r.T_ENTERED: "entered",
    r.T_STARTED: "started",
    r.T_FINISHED: "finished",
    r.T_LEFT: "left",
    r.T_OUT: "out",
    r.T_REJECTED: "rejected",
    r.T_SCRAPPED: "scrapped",
    r.T_RENEGED: "reneged",
    r.T_FAILED: "failed",
    r.T_REPAIRED: "repaired",
    r.T_YIELDED: "yielded",
    r.T_ABSENT: "absent",
    r.T_LOADED: "loaded",
    r.T_OPENED: "opened",
    r.T_CLOSED: "closed",
    r.T_BLOCKED: "blocked",
    r.T_PAUSED: "paused",
}

_HEAD = """\
name: plant
title: {en: Plant, fr: Usine}
start: 2026-01-05T06:00:00
"""


def scenario_of(text: str) -> Scenario:
    """Return the scenario of a text that lacks the lines every one begins with.

    It starts on Monday 2026-01-05 at 06:00 unless the text says otherwise.
    """
    head = _HEAD
    if "\nstart:" in f"\n{text}":
        head = "".join(line for line in _HEAD.splitlines(True) if line[:5] != "start")
    if "products:" not in text:
        head += "products: {part: {}}\n"
    return read_scenario(head + text)


@dataclass(frozen=True)
class Told:
    """A run, and all that its trace told up to its end.

    Attributes:
        run: Where it stands.
        rows: Trace, as ``twin.flow.kernel.records.TRACE``.
    """

    run: FlowRun
    rows: Table

    def when(
        self,
        kind: str,
        node: str,
        *,
        product: str | None = None,
        detail: int | None = None,
    ) -> list[float]:
        """Return the times, min, at which something happened at a node."""
        names = self.run.plant.names
        wanted = self.rows["node"] == names.nodes.index(node)
        wanted &= self.rows["kind"] == {v: k for k, v in KINDS.items()}[kind]
        if product is not None:
            wanted &= self.rows["product"] == names.products.index(product)
        if detail is not None:
            wanted &= self.rows["detail"] == detail
        return [round(time, 6) for time in self.rows["time_s"][wanted] / MINUTE_S]

    def parts(self, kind: str, node: str) -> list[int]:
        """Return the serial numbers, from 1, of the parts, in the order of events."""
        names = self.run.plant.names
        wanted = self.rows["node"] == names.nodes.index(node)
        wanted &= self.rows["kind"] == {v: k for k, v in KINDS.items()}[kind]
        return [int(serial) for serial in self.rows["part"][wanted]]

    def minutes_in(self, node: str, server: int = 0) -> dict[str, float]:
        """Return how long, min, a server was in each state that it was in."""
        job = self.run.plant.names.jobs.index((node, server))
        times_s = self.run.totals().job_time_s[job]
        return {
            name: round(float(times_s[column]) / MINUTE_S, 6)
            for name, column in JOB_STATES.items()
            if abs(times_s[column]) > 1e-9
        }

    def minutes_spent(self, product: str) -> dict[str, float]:
        """Return what all parts of a product that left spent time on, min."""
        row = self.run.plant.names.products.index(product)
        times_s = self.run.totals().product_spent_s[row]
        return {
            name: round(float(times_s[column]) / MINUTE_S, 6)
            for name, column in SPENT.items()
            if abs(times_s[column]) > 1e-9
        }

    def story(self) -> list[tuple[float, str, str, int]]:
        """Return all rows as (min, what, node, part), for reading."""
        nodes = self.run.plant.names.nodes
        return [
            (
                round(float(row["time_s"]) / MINUTE_S, 6),
                KINDS[int(row["kind"])],
                nodes[int(row["node"])],
                int(row["part"]),
            )
            for row in self.rows
        ]


def open_text(text: str, until_min: float, seed: int | None = None) -> FlowRun:
    """Return a run of a text at time 0, laid out up to a time, min."""
    return open_run(scenario_of(text), Path(), until_min * MINUTE_S, seed)


def told(text: str, until_min: float) -> Told:
    """Return what happens in a plant up to a time, min, checked for balance."""
    run = open_text(text, until_min)
    taken: list[Table] = []
    run.log_to("trace", taken.append)
    run.advance(until_min * MINUTE_S)
    run.check()
    rows = np.concatenate(taken) if taken else np.zeros(0, r.TRACE)
    return Told(run, rows)
