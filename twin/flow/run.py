"""A run: one plant, one state, and time going on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from twin.errors import FlowError
from twin.flow.deadlock import explain_circle, explain_standstill, find_deadlock
from twin.flow.figures import Figures, figures
from twin.flow.kernel import records as r
from twin.flow.kernel.advance import advance
from twin.flow.plant import Plant, Table
from twin.flow.state import FlowState
from twin.flow.totals import Totals, take_totals

if TYPE_CHECKING:
    from twin.scenario import Scenario

_EVENTS_A_CALL = 2_000_000
"""So that a person who interrupts waits well under a second."""

_LOG_ROOM = 262_144

_BALANCE_TOLERANCE = 1e-9
"""Sums of millions of times, each rounded: laws hold to this share."""

TakeRows = Callable[[Table], None]


class FlowRun:
    """One run of a plant: goes on, forks, and gives its figures.

    Args:
        plant: What runs.
        replication: Number of the run; each draws other numbers.
        state: Where to go on from; a fresh one where absent.
    """

    def __init__(
        self, plant: Plant, replication: int = 0, state: FlowState | None = None
    ) -> None:
        self._plant = plant
        self._head = plant.head()
        self._state = FlowState(plant, replication) if state is None else state
        self._sinks: dict[str, TakeRows] = {}

    @property
    def plant(self) -> Plant:
        """What runs."""
        return self._plant

    @property
    def state(self) -> FlowState:
        """Where it stands."""
        return self._state

    @property
    def now_s(self) -> float:
        """Simulated time, s."""
        return self._state.now_s

    def log_to(self, name: str, take: TakeRows) -> None:
        """Have the rows of a log given to somebody.

        Args:
            name: "trace" for events, "periods" for servers' active periods.
            take: Gets rows in the order of time, some at a time.
        """
        self._sinks[name] = take
        self._state.open_log(name, _LOG_ROOM)

    def advance(self, until_s: float) -> None:
        """Run on to a time; events at that time still happen.

        Raises:
            FlowError: If parts wait for each other in a circle, come without end at
                one time, are too many, or have no way to go.
            ValueError: If calendars are not laid out that far.
        """
        if until_s > self._plant.horizon_s:
            raise ValueError(
                f"until_s: {until_s} is beyond the plant's horizon of "
                f"{self._plant.horizon_s} s"
            )
        stood_at_s = -1.0
        while True:
            code = advance(
                self._head.ctypes.data,
                self._state.address(),
                float(until_s),
                _EVENTS_A_CALL,
            )
            if code == r.PARTS_FULL:
                self._state.grow()
            elif code == r.BROKEN:
                raise FlowError(self._broken())
            elif code == r.EVENTS_DONE and self.now_s == stood_at_s:
                raise FlowError(
                    f"{self._plant.name}: events without end at {self.now_s:.6g} s; "
                    "give times above 0 to what goes in a circle"
                )
            elif code in (r.REACHED, r.NOTHING_LEFT):
                break
            stood_at_s = self.now_s if code == r.EVENTS_DONE else -1.0
            self._hand_over_logs()
        self._hand_over_logs()
        if code == r.NOTHING_LEFT:
            self._check_circle()
            self._check_standstill()
            self._state.head["now"] = until_s

    def check(self) -> None:
        """Check what must hold at any moment, and that something can still move.

        Raises:
            FlowError: If parts were lost or made from nothing, if times in the plant
                do not add up to the work in process (Little's law), or if parts wait
                for each other in a circle.
        """
        self._check_circle()
        products = self._state.tables["products"]
        made = int(products["created"].sum())
        gone = sum(
            int(products[name].sum()) for name in ("out", "rejected", "absorbed")
        ) + int(products["stored"].sum())
        inside = int(products["wip"].sum())
        if made != gone + inside or inside != self._state.count("n_parts"):
            raise FlowError(
                f"{self._plant.name}: {made} parts came, but {gone} went and {inside} "
                "are inside; this is a defect of the engine, please report it"
            )
        totals = take_totals(self._state)
        area_s = float(totals.product_area_s.sum())
        if abs(area_s - totals.stay_s) > _BALANCE_TOLERANCE * max(1.0, area_s):
            raise FlowError(
                f"{self._plant.name}: work in process of {area_s!r} part-seconds, but "
                f"parts stayed {totals.stay_s!r} s; this is a defect of the engine, "
                "please report it"
            )

    def totals(self) -> Totals:
        """Return what the run has added up by now."""
        return take_totals(self._state)

    def figures(self, since: Totals | None = None) -> Figures:
        """Return the figures of the run, or of its part after an earlier moment."""
        totals = self.totals()
        return figures(self._plant, totals if since is None else totals.since(since))

    def fork(self, replication: int | None = None) -> FlowRun:
        """Return a run that goes on from here by itself, without logs."""
        return FlowRun(self._plant, state=self._state.fork(replication))

    def _check_circle(self) -> None:
        circle = find_deadlock(self._state)
        if circle:
            raise FlowError(
                f"{self._plant.name}: at {self.now_s:.6g} s {explain_circle(circle)}; "
                "give one of them more room, or another way"
            )

    def _check_standstill(self) -> None:
        """Refuse to go on where somebody waits and nothing is left to happen."""
        # Calendars and timetables are laid out up to the horizon: behind the last
        # closing before it something may well be left to happen.
        nodes = self._plant.tables["nodes"]
        if self._plant.counts["n_calendars"] or nodes["timed"].any():
            return
        waited_for = explain_standstill(self._state)
        if waited_for:
            raise FlowError(
                f"{self._plant.name}: nothing moves any more after {self.now_s:.6g} s; "
                f"{waited_for}: give what is waited for, or another way"
            )

    def _hand_over_logs(self) -> None:
        for name, take in self._sinks.items():
            rows = self._state.take_log(name)
            if len(rows):
                take(rows)

    def _broken(self) -> str:
        node = self._plant.names.nodes[self._state.count("broken_row")]
        if self._state.count("broken") == 3:
            return (
                f"{self._plant.name}: events without end at {self.now_s:.6g} s at "
                f"{node!r}; give times above 0 to what goes in a circle"
            )
        if self._state.count("broken") == 1:
            return (
                f"{self._plant.name}: {node!r} gets a product that it does not "
                "assemble; send it elsewhere"
            )
        return (
            f"{self._plant.name}: a product has no way on from {node!r}; give it one "
            "in next_by_product, or a next for all"
        )


def open_run(
    scenario: Scenario, folder: Path, horizon_s: float, seed: int | None = None
) -> FlowRun:
    """Return a run of a scenario, at time 0.

    Args:
        scenario: With flow in it.
        folder: Where the files that it names are.
        horizon_s: How far it may run, s.
        seed: Of all draws; the scenario's own where absent.
    """
    # A process that only runs plants does without all that reads scenarios.
    from twin.flow.compile import compile_plant

    wanted = scenario.seed if seed is None else seed
    return FlowRun(compile_plant(scenario, folder, wanted, horizon_s))
