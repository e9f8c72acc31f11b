"""Queues that grow without bound: found in what several runs have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.flow.course import Watch
from twin.flow.kernel import records as r
from twin.flow.plant import Plant
from twin.flow.replication import Replication

_FEWEST_SPANS = 6
_LEAST_CORRELATION = 0.9
"""A queue that cannot cope grows along a line, r near 1; one that only varies wanders
off to 0.7 or 0.8 at times, least of all on the average of several runs."""

_LEAST_GROWTH_PARTS = 5.0
_MOST_IDLE_SHARE = 0.03
"""Of servers' open time: a station that finds nothing to do now and then copes."""


@dataclass(frozen=True, slots=True)
class Overload:
    """A queue that grew all through the run.

    Attributes:
        node: Where.
        first_parts: Its mean length in the first span after the warm-up.
        last_parts: Its mean length in the last one.
        busy_share: Share of open time in which servers had something to do; None
            where there are none.
        per_day: How much it grows, parts a day.
    """

    node: str
    first_parts: float
    last_parts: float
    busy_share: float | None
    per_day: float


def find_overloads(
    plant: Plant, when: Watch, warm_up_s: float, done: Sequence[Replication]
) -> list[Overload]:
    """Return the queues that grow without bound, as far as the runs can tell.

    The queue's mean in each span, averaged over the replications, must follow a
    rising line over all that comes after the warm-up, and servers must hardly ever
    lack work. The longest comes first.

    Args:
        plant: What ran.
        when: The runs were looked at.
        warm_up_s: Left out at the beginning.
        done: The replications.
    """
    edges_s = np.array([when.span_edge_s(k) for k in range(when.n_spans + 1)])
    first = int(np.searchsorted(edges_s, warm_up_s - 1e-9 * when.until_s))
    if when.n_spans - first < _FEWEST_SPANS:
        return []
    lengths_s = np.diff(edges_s)[first:, None]
    queue = _mean_change(done, "queue_area_s", first) / lengths_s
    idle_s = _mean_change(done, "idle_s", first).sum(axis=0)
    open_s = _mean_change(done, "open_s", first).sum(axis=0)
    middle_s = (edges_s[first:-1] + edges_s[first + 1 :]) / 2.0
    found = []
    for row, name in enumerate(plant.names.nodes):
        kind = plant.tables["nodes"][row]["kind"]
        line = queue[:, row]
        if kind not in (r.STATION, r.BUFFER) or not _rises(middle_s, line):
            continue
        busy_share = None
        if kind == r.STATION:
            busy_share = 1.0 - float(idle_s[row]) / max(float(open_s[row]), 1e-300)
            if busy_share < 1.0 - _MOST_IDLE_SHARE:
                continue
        slope = float(np.polyfit(middle_s, line, 1)[0])
        found.append(
            Overload(name, float(line[0]), float(line[-1]), busy_share, 86400.0 * slope)
        )
    return sorted(found, key=lambda each: -each.last_parts)


def _mean_change(
    done: Sequence[Replication], name: str, first: int
) -> NDArray[np.float64]:
    """Return what was added in each span from ``first`` on, (n, n_nodes), averaged."""
    total = np.sum([each.nodes[name] for each in done], axis=0)
    found: NDArray[np.float64] = np.diff(total, axis=0)[first:] / len(done)
    return found


def _rises(time_s: NDArray[np.float64], line: NDArray[np.float64]) -> bool:
    if line[-1] - line[0] < _LEAST_GROWTH_PARTS or not line.std() > 0.0:
        return False
    return bool(np.corrcoef(time_s, line)[0, 1] >= _LEAST_CORRELATION)
