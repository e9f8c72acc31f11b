"""What the flow engine costs: beside SimPy, as plants grow, in memory, at its start."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from twin.bench.growth import memory, scaling
from twin.bench.machine import machine, peak_memory_mb
from twin.bench.processes import replications, start
from twin.bench.race import Course, FlowEngine, race
from twin.errors import MissingPartError
from twin.flow.calendars import open_intervals
from twin.scenario import Scenario, load_scenario

_MINUTE_S = 60.0
_DAY_S = 86_400.0

_CARS = frozenset({"bale"})
"""What a dismantled car is when it leaves the hall."""


def bench_flow(scenarios: Path, *, quick: bool) -> dict[str, Any]:
    """Measure the flow engine.

    Args:
        scenarios: The folder of the scenarios that ship with the twin.
        quick: Shorter runs; ends within a minute.

    Returns:
        Figures with units in their names, and the machine they were taken on.

    Raises:
        MissingPartError: If SimPy is not installed.
    """
    try:
        importlib.import_module("simpy")
    except ImportError as error:
        raise MissingPartError(
            "bench flow: SimPy, which it compares with, is not installed; "
            "pip install 'simpy>=4.1'"
        ) from error
    tandem = scenarios / "textbook" / "ten_stations.yaml"
    # First what needs to know whether others are busy: the rest makes us busy.
    found_on = machine()
    return {
        "bench": "flow",
        "processes": replications(tandem, quick=quick),
        "tandem": _tandem(tandem, quick),
        "rich": _rich(scenarios / "elv_hall.yaml", quick),
        "scaling": scaling(quick=quick),
        "memory": memory(quick=quick),
        "start": start(tandem, quick=quick),
        "quick": quick,
        "peak_memory_mb": peak_memory_mb(),
        "machine": found_on,
    }


def _tandem(path: Path, quick: bool) -> dict[str, Any]:
    """Race on ten stations in a row; an operation is a part's work at a station."""
    from twin.bench.simpy_line import SimpyLine

    scenario = load_scenario(path)
    repeats = 5 if quick else 9
    warm_up_s = 2_000.0 * _MINUTE_S
    ours = Course(warm_up_s, (150_000.0 if quick else 400_000.0) * _MINUTE_S)
    simpy = Course(warm_up_s, (6_000.0 if quick else 20_000.0) * _MINUTE_S)
    horizon_s = ours.warm_up_s + repeats * ours.lap_s
    return race(
        (FlowEngine(scenario, path.parent, horizon_s), ours),
        (SimpyLine(scenario, scenario.seed), simpy),
        repeats,
    )


def _rich(path: Path, quick: bool) -> dict[str, Any]:
    """Race on the dismantling hall; throughput is of cars, an open hour."""
    from twin.bench.simpy_hall import SimpyHall

    scenario = load_scenario(path)
    repeats = 5 if quick else 9
    warm_up_s = 28.0 * _DAY_S
    ours = Course(warm_up_s, (182.0 if quick else 364.0) * _DAY_S)
    simpy = Course(warm_up_s, (14.0 if quick else 56.0) * _DAY_S)
    horizon_s = warm_up_s + repeats * ours.lap_s
    return race(
        (FlowEngine(scenario, path.parent, horizon_s, _CARS), ours),
        (SimpyHall(scenario, horizon_s, _CARS), simpy),
        repeats,
        _open_hours(scenario, horizon_s),
    )


def _open_hours(
    scenario: Scenario, horizon_s: float
) -> Callable[[float, float], float]:
    """Return a function from two times, s, to the hours that people work in between.

    The engines run for different times: what they do a day would differ by the
    holidays in it.
    """
    calendar = next(crew.calendar for crew in scenario.crews.values() if crew.calendar)
    spans_s = open_intervals(
        scenario.calendars[calendar],
        scenario.timezone,
        scenario.start,
        0.0,
        horizon_s,
    )

    def hours(from_s: float, until_s: float) -> float:
        cut_s = np.clip(spans_s, from_s, until_s)
        return float(np.sum(cut_s[:, 1] - cut_s[:, 0])) / 3600.0

    return hours
