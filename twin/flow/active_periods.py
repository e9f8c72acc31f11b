"""Who holds the plant up, span by span, while a run goes on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.flow.bottleneck import Bottlenecks, find_bottlenecks
from twin.flow.kernel import records as r
from twin.flow.plant import Table
from twin.flow.state import FlowState

MOST_ROWS = 1000
"""Periods kept of one span, some thousands of events. Busier plants are judged by the
end of each span, where all periods are known; so memory and time stay bounded."""

_ACTIVE = (r.EXECUTE, r.SET_UP, r.FAILED, r.MAINTAINED)


class ActivePeriods:
    """The servers' active periods since the last span, newest kept.

    Args:
        most_rows: Kept at one time.
    """

    def __init__(self, most_rows: int = MOST_ROWS) -> None:
        self._most_rows = most_rows
        self.rows: Table = np.zeros(0, r.PERIOD)
        self.whole_from_s = 0.0
        """Every period that ended after this moment is there."""

    def take(self, rows: Table) -> None:
        """Add rows of the log "periods"; they come in the order of their ends."""
        every = np.concatenate([self.rows, rows])
        dropped = len(every) - self._most_rows
        if dropped > 0:
            self.whole_from_s = float(every["end_s"][dropped - 1])
            every = every[dropped:].copy()
        self.rows = every

    def judge(self, state: FlowState) -> Bottlenecks | None:
        """Return the bottlenecks from the last judgement to now, and begin anew.

        A period that is still going on counts with its length so far.

        Returns:
            What ``find_bottlenecks`` finds, by server; None if no time has passed.
        """
        now_s, since_s = state.now_s, self.whole_from_s
        rows = self.rows
        self.rows, self.whole_from_s = np.zeros(0, r.PERIOD), now_s
        if not now_s > since_s:
            return None
        jobs = state.tables["jobs"]
        (going_on,) = np.nonzero(np.isin(jobs["state"], _ACTIVE))
        return find_bottlenecks(
            np.concatenate([rows["job"], going_on]),
            np.concatenate([rows["start_s"], jobs["active_since"][going_on]]),
            np.concatenate([rows["end_s"], np.full(len(going_on), now_s)]),
            n_machines=len(jobs),
            window_s=(since_s, now_s),
        )


def by_station(shares: NDArray[np.float64], state: FlowState) -> NDArray[np.float64]:
    """Return the sums of servers' shares by node, (n_nodes,) float64."""
    found = np.zeros(state.plant.counts["n_nodes"])
    np.add.at(found, state.tables["jobs"]["node"], shares)
    return found
