"""What the flow engine costs as plants grow: time an event, memory, and a fork."""

from __future__ import annotations

import math
import statistics
import time
from pathlib import Path
from typing import Any

from twin.bench.machine import load_1min
from twin.flow.run import FlowRun, open_run
from twin.scenario import Scenario

_MINUTE_S = 60.0
_SIZES = (10, 100, 1_000, 10_000)
_HORIZON_S = 1e9


def line_of(n_stations: int, initial: int, queue: int | str = 5) -> Scenario:
    """Return so many stations in a row, each with parts in its queue at the start.

    Times of work and between arrivals are exponential, as in the row of ten stations
    that ships with the twin: all servers are at work at once, each with an event of
    its own to come.

    Args:
        n_stations: How many.
        initial: Parts in each queue at the start.
        queue: Room in each queue.
    """
    names = [f"s{i:05d}" for i in range(n_stations)]
    return Scenario.model_validate(
        {
            "name": "line",
            "title": {"en": "Line", "fr": "Ligne"},
            "start": "2026-01-05T06:00:00",
            "products": {"part": {}},
            "sources": {
                "arrivals": {
                    "product": "part",
                    "every": {"law": "exponential", "mean": "1.2 min"},
                    "next": names[0],
                }
            },
            "stations": {
                name: {
                    "time": {"law": "exponential", "mean": "1 min"},
                    "queue": queue,
                    "initial": {"part": initial},
                    "next": behind,
                }
                for name, behind in zip(names, [*names[1:], "out"], strict=True)
            },
            "sinks": {"out": {}},
        }
    )


def scaling(*, quick: bool) -> dict[str, Any]:
    """Measure the cost of an event in rows of 10 to 10,000 stations.

    Returns:
        A table with a row for each size: events pending, ns an event as the median
        and the spread of repeats, and how much that and the logarithm of the pending
        events are above those of the first row.
    """
    n_events = 200_000 if quick else 1_000_000
    runs = {n: open_run(line_of(n, 3), Path(), _HORIZON_S) for n in _SIZES}
    pending: dict[int, list[int]] = {n: [] for n in _SIZES}
    costs_ns: dict[int, list[float]] = {n: [] for n in _SIZES}
    for n, run in runs.items():
        run.advance(2.0 * _MINUTE_S)
        _stretch(run, n, n_events)
    # By turns, so that a busy neighbour hits all sizes alike.
    for _ in range(5):
        for n, run in runs.items():
            costs_ns[n].append(_stretch(run, n, n_events))
            pending[n].append(run.state.count("n_agenda"))
    rows: list[dict[str, Any]] = []
    first_ns = statistics.median(costs_ns[_SIZES[0]])
    first_log = math.log(statistics.mean(pending[_SIZES[0]]))
    for n in _SIZES:
        cost_ns, n_pending = statistics.median(costs_ns[n]), statistics.mean(pending[n])
        rows.append(
            {
                "stations": n,
                "pending_events": round(n_pending),
                "ns_per_event": round(cost_ns, 1),
                "ns_per_event_spread": [
                    round(min(costs_ns[n]), 1),
                    round(max(costs_ns[n]), 1),
                ],
                "times_first": round(cost_ns / first_ns, 2),
                "log_times_first": round(math.log(n_pending) / first_log, 2),
            }
        )
    return {
        "sizes": rows,
        "at_most_log": all(
            row["times_first"] <= row["log_times_first"] for row in rows
        ),
        "load_1min": load_1min(),
    }


def _stretch(run: FlowRun, n_stations: int, n_events: int) -> float:
    """Run on for about so many events; return what one cost, ns."""
    before = run.state.count("n_events")
    # Three in four servers are at work at a time, with 1 min for a part each.
    until_s = run.now_s + n_events / (0.75 * n_stations) * _MINUTE_S
    began = time.perf_counter()
    run.advance(until_s)
    wall_s = time.perf_counter() - began
    return 1e9 * wall_s / (run.state.count("n_events") - before)


def memory(*, quick: bool) -> dict[str, Any]:
    """Measure a plant of 1,000 stations with 100,000 parts inside, and its fork.

    Returns:
        Size of plant and state, MB (10^6 bytes), and the time that a fork takes, ms,
        as the median and the spread of repeats.
    """
    run = open_run(line_of(1_000, 100, "unlimited"), Path(), _HORIZON_S)
    run.advance(10.0 * _MINUTE_S)
    times_ms = []
    for _ in range(7 if quick else 21):
        began = time.perf_counter()
        fork = run.fork()
        times_ms.append(1e3 * (time.perf_counter() - began))
        # Gone before the next one: a fork is measured with the memory of one.
        del fork
    n_bytes = run.plant.n_bytes + run.state.n_bytes
    return {
        "stations": 1_000,
        "parts": run.state.count("n_parts"),
        "plant_and_state_mb": round(n_bytes / 1e6, 1),
        "fork_ms": round(statistics.median(times_ms), 2),
        "fork_ms_spread": [round(min(times_ms), 2), round(max(times_ms), 2)],
        "load_1min": load_1min(),
    }
