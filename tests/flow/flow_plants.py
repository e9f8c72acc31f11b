"""Small plants with constant times, and what happened in them, to check by hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from twin.flow.figures import JOB_STATES, SPENT
from twin.flow.kernel import records as r
from twin.flow.plant import Table
from twin.flow.run import FlowRun, open_run
from twin.flow.trace import KINDS
from twin.scenario import Scenario, read_scenario

MINUTE_S = 60.0

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


MIXED_END_MIN = 1000.0
"""How long to run the mixed plant."""

_MIXED = """
products: {part: {}, rush: {priority: 1}, door: {}, bolt: {}}
sources:
  a: {product: part, every: {law: exponential, mean: 5 min}, next: s, calendar: day}
  r:
    product: rush
    every: {law: exponential, mean: 20 min}
    when_full: reject
    next: {among: [s, b], choose: shortest_queue}
stations:
  s:
    servers: 2
    queue: 6
    discipline: priority
    next: b
    scrap: bin
    moved_by: agvs
    place: {x: 0 m, y: 0 m}
    failures: {f: {every: {law: exponential, mean: 1 h}, clock: busy, repair: 9 min}}
    operations:
      o:
        do: task
        time: {law: gamma, mean: 4 min, sd: 2 min}
        people: {fit: 1}
        takes: {bolts: 1}
        at_shift_end: hand_over
        on_failure: scrap
      p:
        do: task
        time: {law: triangular, low: 1 min, mode: 2 min, high: 5 min}
        after: [o]
        present: 0.8
        yields: {door: {to: out, present: 0.5}}
MORE  t:
    time: {law: lognormal, mean: 4 min, sd: 2 min}
    patience: {time: 1 h, to: bin}
    next: out
buffers:
  b:
    stay: {law: uniform, low: 1 min, high: 9 min}
    place: {x: 40 m, y: 0 m}
    next: c
conveyors:
  c: {length: 8 m, speed: 2 m/min, pitch: 1 m, next: {among: {t: 0.9, bin: 0.1}}}
stores:
  bolts:
    product: bolt
    stock: 5
    reorder: {at: 3, quantity: 9, lead_time: 8 min}
sinks: {out: {place: {x: 60 m, y: 0 m}}, bin: {place: {x: 60 m, y: 9 m}}}
crews:
  fitters: {count: 2, skills: [fit], calendar: day}
  helpers: {count: 1, skills: [fit, weld]}
calendars: {day: {week: {mon-fri: ["06:00-09:00", "09:30-14:00"]}}}
fleets:
  agvs: {count: 1, speed: 1 m/s, home: s, load: {law: erlang, mean: 20 s, shape: 2}}
"""


def mixed(more: str = "") -> str:
    """Return a plant with something of nearly everything, and more stations."""
    return _MIXED.replace("MORE", more)
