"""What the flow engine costs: beside SimPy, as plants grow, in memory, at its start."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from twin.bench.machine import machine, peak_memory_mb
from twin.bench.race import Course, FlowEngine, race
from twin.errors import MissingPartError
from twin.scenario import load_scenario

_MINUTE_S = 60.0


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
    if importlib.util.find_spec("simpy") is None:
        raise MissingPartError(
            "bench flow: SimPy, which it compares with, is not installed; "
            "pip install 'simpy>=4.1'"
        )
    return {
        "bench": "flow",
        "tandem": _tandem(scenarios / "textbook" / "ten_stations.yaml", quick),
        "quick": quick,
        "peak_memory_mb": peak_memory_mb(),
        "machine": machine(),
    }


def _tandem(path: Path, quick: bool) -> dict[str, Any]:
    from twin.bench.simpy_line import SimpyLine

    scenario = load_scenario(path)
    repeats = 5 if quick else 9
    warm_up_s = 2_000.0 * _MINUTE_S
    ours = Course(warm_up_s, (200_000.0 if quick else 400_000.0) * _MINUTE_S)
    simpy = Course(warm_up_s, (10_000.0 if quick else 20_000.0) * _MINUTE_S)
    horizon_s = ours.warm_up_s + repeats * ours.lap_s
    return race(
        (FlowEngine(scenario, path.parent, horizon_s), ours),
        (SimpyLine(scenario, scenario.seed), simpy),
        repeats,
    )
