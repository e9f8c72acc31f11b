"""Plants written in SimPy, which are given the very times that the flow engine draws.

What the two engines say of a plant is compared event for event. They may take events
of one time in different orders: SimPy by when they were scheduled, flow by what kind
of clock rings. So those of one time are put in order of kind, node, part and detail.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import simpy
from simpy.events import Event

from twin.flow.kernel import records as r
from twin.flow.laws import Draws, Uniforms
from twin.flow.run import open_run
from twin.flow.state import Table
from twin.scenario import Scenario, read_scenario
from twin.scenario.laws import Law

Steps = Generator[Event, Any, Any]

SEED = 11

_KINDS = {
    value: name.removeprefix("T_").lower()
    for name, value in vars(r).items()
    if name.startswith("T_")
}
_OF_OPERATIONS = ("started", "finished", "absent", "yielded", "paused")
_OF_MODES = ("failed", "repaired")

_HEAD = """\
name: plant
title: {en: Plant, fr: Usine}
start: 2026-01-05T06:00:00
timezone: Europe/Paris
"""


class Row(NamedTuple):
    """Something that happened.

    Attributes:
        time_s: When.
        kind: What, as ``twin.flow.kernel.records`` calls it: created, entered, ...
        node: Where.
        part: Number of the part in the order of creation, from 1; -1 if to none.
        product: What the part was then; empty if to none.
        detail: Operation, or way to fail; empty for other kinds.
    """

    time_s: float
    kind: str
    node: str
    part: int
    product: str
    detail: str


@dataclass
class Part:
    """What flows in SimPy."""

    serial: int
    product: str


class SimpyPlant:
    """A plant in SimPy beside the scenario that says the same.

    Args:
        text: The scenario, without its head.

    Attributes:
        scenario: What the flow engine runs.
        env: SimPy's environment.
        rows: What has happened in it.
    """

    def __init__(self, text: str) -> None:
        self.scenario: Scenario = read_scenario(_HEAD + text)
        self.env = simpy.Environment()
        self.rows: list[Row] = []
        self._n_parts = 0
        self._draws: dict[str, Draws] = {}
        self._chances: dict[str, Uniforms] = {}

    def time_s(self, purpose: str, law: Law | None) -> float:
        """Return the next time of a law's stream."""
        if purpose not in self._draws:
            assert law is not None
            self._draws[purpose] = Draws(law, SEED, purpose)
        return self._draws[purpose].next()

    def chance(self, purpose: str) -> float:
        """Return the next number between 0 and 1 of a stream."""
        if purpose not in self._chances:
            self._chances[purpose] = Uniforms(SEED, purpose)
        return self._chances[purpose].next()

    def interval_s(self, source: str) -> float:
        """Return a source's next interval."""
        return self.time_s(f"{source}/every", self.scenario.sources[source].every)

    def work_s(self, node: str, operation: str = "work") -> float:
        """Return how long an operation takes next."""
        law = self.scenario.stations[node].work()[operation].time
        return self.time_s(f"{node}/{operation}/time", law)

    def note(
        self, kind: str, node: str, part: Part | None = None, detail: str = ""
    ) -> None:
        """Note that something happened now."""
        serial, product = (part.serial, part.product) if part else (-1, "")
        self.rows.append(Row(float(self.env.now), kind, node, serial, product, detail))

    def create(self, node: str, product: str) -> Part:
        """Return a new part."""
        self._n_parts += 1
        part = Part(self._n_parts, product)
        self.note("created", node, part)
        return part

    def work(self, node: str, part: Part, operation: str = "work") -> Steps:
        """Work on a part."""
        self.note("started", node, part, operation)
        yield self.env.timeout(self.work_s(node, operation))
        self.note("finished", node, part, operation)

    def move(self, part: Part, from_: str, to: str) -> None:
        """Note that a part goes from one node into the next."""
        self.note("left", from_, part)
        self.note("entered", to, part)
        if to in self.scenario.sinks:
            self.note("out", to, part)

    def flow_rows(self, until_s: float) -> list[Row]:
        """Return what happens in the flow engine."""
        run = open_run(self.scenario, Path(), until_s, SEED)
        tables: list[Table] = []
        run.log_to("trace", tables.append)
        run.advance(until_s)
        run.check()
        names = run.plant.names
        rows = []
        for row in np.concatenate(tables):
            kind = _KINDS[int(row["kind"])]
            node, number = int(row["node"]), int(row["detail"])
            detail = ""
            if kind in _OF_OPERATIONS:
                detail = names.operations[node][number]
            elif kind in _OF_MODES:
                detail = names.modes[number][2]
            product = "" if row["part"] < 0 else names.products[int(row["product"])]
            rows.append(
                Row(
                    float(row["time_s"]),
                    kind,
                    names.nodes[node],
                    int(row["part"]),
                    product,
                    detail,
                )
            )
        return rows

    def check_equal_events(
        self, until_s: float, least: int, leave_out: tuple[str, ...] = ("blocked",)
    ) -> None:
        """Check that both engines, run to a time, tell of the same events.

        Args:
            until_s: How far both run.
            least: Fewest events that must have been compared.
            leave_out: Kinds that only one of them tells of.
        """
        self.env.run(until=until_s)
        there = _sorted(self.rows)
        here = _sorted(
            [row for row in self.flow_rows(until_s) if row.kind not in leave_out]
        )
        for one, other in zip(here, there, strict=False):
            assert one[1:] == other[1:], f"flow has {one}, SimPy has {other}"
            assert abs(one.time_s - other.time_s) <= 1e-9 * other.time_s
        assert len(here) == len(there)
        assert len(here) >= least


def _sorted(rows: list[Row]) -> list[Row]:
    """Return rows in the order of time, those of one microsecond by what they say."""
    return sorted(rows, key=lambda row: (round(row.time_s, 6), row[1:]))
