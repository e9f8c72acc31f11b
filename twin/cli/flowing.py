"""``flins run --engine flow``: replications, their results, and where they go."""

from __future__ import annotations

import contextlib
import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from twin.cli.options import read_duration_s, read_share
from twin.errors import MissingPartError, ScenarioError, TwinError

if TYPE_CHECKING:
    from twin.flow.plant import Plant
    from twin.flow.replications import Replications, Wanted
    from twin.flow.results import Results
    from twin.scenario import Scenario
    from twin.scenario.calibration import Calibrated
    from twin.text import Language

DEFAULT_UNTIL_S = 30 * 86400.0
"""Where neither the command line nor the scenario says how long."""

_NEEDS = {".parquet": "pyarrow", ".xlsx": "openpyxl", ".csv": None}


@dataclass(frozen=True, slots=True)
class FlowOptions:
    """What the command line says of a flow run; None: not said.

    Attributes:
        until: End of each replication.
        seed: Of all draws.
        replications: How many; the fewest where a half-width is wanted.
        warm_up: "auto" or a time.
        half_width: Wanted, as a share of the mean.
        processes: Side by side.
        trace: Parquet file for the trace of replication 0.
        results: File for the results' tables.
        snapshot: File that keeps how far the run is.
        snapshot_every: Simulated time between its writes.
        go_on: Snapshot to go on from.
    """

    until: str | None = None
    seed: int | None = None
    replications: int | None = None
    warm_up: str | None = None
    half_width: str | None = None
    processes: int | None = None
    trace: Path | None = None
    results: Path | None = None
    snapshot: Path | None = None
    snapshot_every: str | None = None
    go_on: Path | None = None


def refuse_flow_options(options: FlowOptions) -> None:
    """Refuse what only flow understands, for a run of physics.

    Raises:
        TwinError: Naming the first such option.
    """
    for option, value in (
        ("--replications", options.replications),
        ("--warm-up", options.warm_up),
        ("--half-width", options.half_width),
        ("--processes", options.processes),
        ("--trace", options.trace),
        ("--results", options.results),
        ("--snapshot", options.snapshot),
        ("--snapshot-every", options.snapshot_every),
        ("--continue", options.go_on),
    ):
        if value is not None:
            raise TwinError(f"{option}: is for engine flow; leave it out")


def check_options(options: FlowOptions) -> None:
    """Refuse what can be seen to be wrong before anything is read or run.

    Raises:
        TwinError: If options contradict each other or name a wrong file.
        MissingPartError: If a file needs a package that is not installed.
    """
    snapshots = options.snapshot is not None or options.go_on is not None
    if snapshots and (options.processes or 1) != 1:
        raise TwinError("--processes: snapshots are of one process; give 1")
    if snapshots and options.trace is not None:
        raise TwinError(
            "--trace: a continued run's trace would lack its beginning; leave out "
            "--trace, or --snapshot and --continue"
        )
    if options.snapshot_every is not None and options.snapshot is None:
        raise TwinError("--snapshot-every: needs --snapshot, a file to write to")
    if options.trace is not None and options.trace.suffix.lower() != ".parquet":
        raise TwinError(f"--trace: got {options.trace.name!r}; name a .parquet file")
    if options.results is not None and options.results.suffix.lower() not in _NEEDS:
        raise TwinError(
            f"--results: got {options.results.name!r}; name a file .xlsx, .parquet or "
            ".csv"
        )
    for option, path in (("--trace", options.trace), ("--results", options.results)):
        package = None if path is None else _NEEDS[path.suffix.lower()]
        if package is not None and importlib.util.find_spec(package) is None:
            raise MissingPartError(
                f"{option}: {package} is not installed; run: pip install "
                "'flins-twin[tables]'"
            )


def flow_scenario(path: Path, scenario: Scenario) -> tuple[Scenario, Calibrated | None]:
    """Return a scenario as flow runs it; a cell takes the times of its calibration.

    Returns:
        What to run, and for a cell what it was calibrated with.

    Raises:
        ScenarioError: If it says nothing of how parts flow and is no cell, or a cell
            has operations without a time.
    """
    from twin.scenario.calibration import calibrate_scenario
    from twin.scenario.flow_consistency import flows
    from twin.scenario.read import locate_in

    if flows(scenario):
        return scenario, None
    if not scenario.stations or not scenario.sources:
        raise ScenarioError(
            str(path),
            "engine flow: it does not say how parts flow; give sources and stations "
            "a next:, or use --engine physics",
        )
    from twin.flow.cells import flow_of_cell

    calibrated = calibrate_scenario(scenario, path)
    if calibrated.stale:
        typer.echo(
            f"flins: {calibrated.path}: times of another version of the scenario; run "
            f"flins calibrate {path}",
            err=True,
        )
    return flow_of_cell(calibrated.scenario, path, locate_in(path)), calibrated


def run_flow(
    path: Path,
    scenario: Scenario,
    options: FlowOptions,
    *,
    as_json: bool,
    language: Language,
    calibrated: Calibrated | None = None,
) -> None:
    """Run a scenario's flow, print its figures, and write the files asked for.

    Args:
        path: Of the scenario.
        scenario: As ``flow_scenario`` returns it.
        options: Of the command line.
        as_json: Whether one JSON object is wanted.
        language: Of texts.
        calibrated: Of a cell, what its times come from.

    Raises:
        TwinError: With what is wrong and what to do.
    """
    from twin.flow.compile import compile_plant
    from twin.flow.results import read_results, result_tables

    wanted = _wanted(scenario, options)
    seed = scenario.seed if options.seed is None else options.seed
    plant = compile_plant(scenario, path.parent, seed, wanted.until_s)
    replications = _replicate(scenario, plant, wanted, options, shown=not as_json)
    results = read_results(replications)
    if options.results is not None:
        from twin.flow.tables import write_results

        write_results(result_tables(results), options.results)
    if as_json:
        found = result_object(results, scenario, language)
        if calibrated is not None:
            found["calibration"] = {
                "file": None if calibrated.path is None else str(calibrated.path),
                "stale": calibrated.stale,
            }
        typer.echo(json.dumps(found, allow_nan=False))
    else:
        from twin.cli.flow_figures import print_results

        print_results(results, scenario, language)


def _wanted(scenario: Scenario, options: FlowOptions) -> Wanted:
    """Return what to run: the command line first, then the scenario's ``run``."""
    from twin.flow.replications import Wanted

    run = scenario.run
    if options.until is not None:
        until_s = read_duration_s(options.until, "--until")
    else:
        until_s = DEFAULT_UNTIL_S if run.until is None else float(run.until)
    warm_up_s: float | None
    if options.warm_up is None:
        warm_up_s = None if isinstance(run.warm_up, str) else float(run.warm_up)
    elif options.warm_up.strip() == "auto":
        warm_up_s = None
    else:
        warm_up_s = read_duration_s(options.warm_up, "--warm-up")
    half_width = None if run.half_width is None else float(run.half_width)
    if options.half_width is not None:
        half_width = read_share(options.half_width, "--half-width")
    elif options.replications is not None:
        half_width = None
    snapshots = options.snapshot is not None or options.go_on is not None
    return Wanted(
        until_s=until_s,
        warm_up_s=warm_up_s,
        n=options.replications or run.replications,
        half_width=half_width,
        n_processes=1 if snapshots else options.processes,
        cycle_times_s={
            name: None if station.cycle_time is None else float(station.cycle_time)
            for name, station in scenario.stations.items()
        },
    )


def _replicate(
    scenario: Scenario,
    plant: Plant,
    wanted: Wanted,
    options: FlowOptions,
    *,
    shown: bool,
) -> Replications:
    from twin.cli.running import progress_bar
    from twin.flow.replications import run_replications
    from twin.flow.snapshot import Snapshots
    from twin.flow.trace import TraceWriter

    keeper = None
    if options.snapshot is not None or options.go_on is not None:
        every_s = None
        if options.snapshot_every is not None:
            every_s = read_duration_s(options.snapshot_every, "--snapshot-every")
            if every_s <= 0.0:
                raise TwinError(
                    f"--snapshot-every: got {options.snapshot_every!r}; give a time "
                    "above 0"
                )
        keeper = Snapshots(plant, wanted, options.snapshot, every_s)
        if options.go_on is not None:
            keeper.restore(options.go_on)
    with contextlib.ExitStack() as stack:
        trace = None
        if options.trace is not None:
            trace = stack.enter_context(TraceWriter(plant, options.trace))
        progress = stack.enter_context(progress_bar(shown))
        task = progress.add_task(scenario.name, total=wanted.fewest)
        return run_replications(
            plant,
            wanted,
            on_progress=lambda done, goal: progress.update(
                task, completed=done, total=goal
            ),
            trace=None if trace is None else trace.take,
            keeper=keeper,
        )


def result_object(
    results: Results, scenario: Scenario, language: Language
) -> dict[str, Any]:
    """Return results as the one object that ``--json`` prints."""
    from twin.cli.flow_figures import assumed, warnings
    from twin.flow.results import as_json

    bottleneck = results.bottleneck
    busiest = bottleneck.busiest
    n_assumed, n_stated = assumed(scenario)
    return {
        "scenario": results.scenario,
        "engine": "flow",
        "seed": results.seed,
        "sim_time_s": results.sim_time_s,
        "warm_up_s": results.warm_up_s,
        "warmed_up": results.warmed_up,
        "replications": results.n,
        "sure_enough": results.sure_enough,
        "figures": {
            name: as_json(interval) for name, interval in results.figures.items()
        },
        "bottleneck": {
            "station": bottleneck.node,
            "momentary": dict(bottleneck.momentary),
            "sole": dict(bottleneck.sole),
            "busiest": None
            if busiest is None
            else {"kind": busiest.kind, "name": busiest.name, "share": busiest.share},
            "over_time": [
                {
                    "begin_s": span.begin_s,
                    "end_s": span.end_s,
                    "station": span.node,
                    "share": span.share,
                }
                for span in bottleneck.over_time
            ],
        },
        "warnings": warnings(results, language),
        "oee_refused": dict(results.oee_refused),
        "assumed": {"count": n_assumed, "of": n_stated},
        "state_sha256": results.state_sha256,
        "processes": results.n_processes,
        "wall_s": round(results.wall_s, 3),
        "events": results.n_events,
        "events_per_s": round(results.events_per_s),
    }
