"""``flins run`` and ``flins demo``: run a scenario and say what came of it."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twin.cli.options import (
    EngineChoice,
    EngineOption,
    JsonOption,
    LanguageChoice,
    LanguageOption,
    ScenarioArgument,
    SeedOption,
    read_duration_s,
)
from twin.errors import TwinError

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from twin.engine import PhysicsEngine
    from twin.flow.pictures import FlowEngine
    from twin.recording import Recorder
    from twin.scenario import Scenario
    from twin.state import Event, Label
    from twin.text import Language

_PHYSICS_UNTIL = "10min"


@contextlib.contextmanager
def progress_bar(shown: bool) -> Iterator[Progress]:
    """Return a progress display on stderr; silent where nobody looks."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %"),
        TimeRemainingColumn(),
        console=console,
        disable=not (shown and console.is_terminal),
    ) as progress:
        yield progress


def whole_ticks(duration_s: float, dt_s: float) -> int:
    """Return the number of ticks that a duration holds, rounded."""
    return round(duration_s / dt_s)


def batch_ticks(engine: PhysicsEngine | FlowEngine) -> int:
    """Return the ticks of about a simulated second, in whole frames."""
    frames = max(1, round(1.0 / (engine.frame_ticks * engine.dt_s)))
    return frames * engine.frame_ticks


def advance_recorded(
    engine: PhysicsEngine | FlowEngine,
    until_tick: int,
    recorder: Recorder | None,
    progress: Progress,
    task: TaskID,
    newest: deque[Event] | None = None,
) -> None:
    """Run on to a tick, a simulated second at a time, and record each frame.

    Args:
        engine: What runs.
        until_tick: Where to stop.
        recorder: Is given every frame and event, if any.
        progress: Is told how far it is.
        task: The progress's own name for this run.
        newest: Is given every event; it forgets the old ones by itself.
    """
    while engine.tick < until_tick and not engine.ended:
        next_tick = min(until_tick, engine.tick + batch_ticks(engine))
        if recorder is None:
            engine.advance(next_tick - engine.tick)
            events = engine.take_events()
        else:
            frames = engine.advance_framed(next_tick)
            events = engine.take_events()
            recorder.add_events(events)
            for frame in frames:
                recorder.add_frame(frame)
        if newest is not None:
            newest.extend(events)
        progress.update(task, completed=engine.tick)


@contextlib.contextmanager
def opened(
    scenario: Path, seed: int | None = None, engine: EngineChoice | None = None
) -> Iterator[PhysicsEngine | FlowEngine]:
    """Return a scenario's engine; it is closed at the end of the block."""
    from twin.engine import open_engine

    running = open_engine(scenario, seed=seed, engine=engine.value if engine else None)
    try:
        yield running
    finally:
        running.close()


def run(
    scenario: ScenarioArgument,
    until: Annotated[
        str | None,
        typer.Option(
            help="Simulated time, such as 10min or 08:00:00. Physics: 10min; flow: the "
            "scenario's own, or 30d."
        ),
    ] = None,
    seed: SeedOption = None,
    engine: EngineOption = None,
    record: Annotated[
        Path | None, typer.Option(help="Physics: write a recording here (.mcap).")
    ] = None,
    replications: Annotated[
        int | None,
        typer.Option(min=1, max=100_000, help="Flow: runs; the scenario's own."),
    ] = None,
    warm_up: Annotated[
        str | None,
        typer.Option(help="Flow: time left out, or auto; the scenario's own."),
    ] = None,
    half_width: Annotated[
        str | None,
        typer.Option(
            help="Flow: go on, to 200 replications at most, until throughput and lead "
            "time are known to this share, such as 0.01."
        ),
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option(
            min=1, max=256, help="Flow: replications side by side; as many as pay."
        ),
    ] = None,
    trace: Annotated[
        Path | None,
        typer.Option(help="Flow: write the first replication's events (.parquet)."),
    ] = None,
    results: Annotated[
        Path | None,
        typer.Option(help="Flow: write all results (.xlsx, .parquet or .csv)."),
    ] = None,
    snapshot: Annotated[
        Path | None, typer.Option(help="Flow: keep how far the run is in this file.")
    ] = None,
    snapshot_every: Annotated[
        str | None,
        typer.Option(help="Flow: simulated time between snapshots; a tenth of a run."),
    ] = None,
    go_on: Annotated[
        Path | None, typer.Option("--continue", help="Flow: go on from a snapshot.")
    ] = None,
    as_json: JsonOption = False,
    lang: LanguageOption = LanguageChoice.EN,
) -> None:
    """Run a scenario and print its figures."""
    from twin.cli.flowing import (
        FlowOptions,
        check_options,
        flow_scenario,
        refuse_flow_options,
        run_flow,
    )
    from twin.scenario import load_scenario

    if until is not None:
        read_duration_s(until, "--until")
    if record is not None and record.suffix.lower() != ".mcap":
        raise TwinError(f"--record: got {record.name!r}; name an .mcap file")
    options = FlowOptions(
        until=until,
        seed=seed,
        replications=replications,
        warm_up=warm_up,
        half_width=half_width,
        processes=processes,
        trace=trace,
        results=results,
        snapshot=snapshot,
        snapshot_every=snapshot_every,
        go_on=go_on,
    )
    check_options(options)
    loaded = load_scenario(scenario)
    if (engine or loaded.engine) == "flow":
        flowing, calibrated = flow_scenario(scenario, loaded)
        if record is not None:
            raise TwinError(
                "--record: is for engine physics; flow writes its events to --trace"
            )
        run_flow(
            scenario,
            flowing,
            options,
            as_json=as_json,
            language=lang.value,
            calibrated=calibrated,
        )
        return
    refuse_flow_options(options)
    until_s = read_duration_s(until or _PHYSICS_UNTIL, "--until")
    _run_physics(scenario, loaded, until_s, seed, record, as_json, lang.value)


def _run_physics(
    path: Path,
    scenario: Scenario,
    until_s: float,
    seed: int | None,
    record: Path | None,
    as_json: bool,
    language: Language,
) -> None:
    """Run a scenario's cell and print its figures."""
    from twin.engine import build_engine
    from twin.recording import Recorder
    from twin.scenario.read import locate_in

    opened = build_engine(scenario, path.parent, seed=seed, locate=locate_in(path))
    with contextlib.closing(opened) as running:
        until_tick = whole_ticks(until_s, running.dt_s)
        began = time.perf_counter()
        with contextlib.ExitStack() as stack:
            recorder = None
            if record is not None:
                record.parent.mkdir(parents=True, exist_ok=True)
                recorder = stack.enter_context(
                    Recorder(
                        record,
                        running.scene,
                        running.meshes,
                        metadata=metadata_of(running),
                    )
                )
                recorder.add_frame(running.frame())
            progress = stack.enter_context(progress_bar(not as_json))
            task = progress.add_task(running.scene.name, total=until_tick)
            advance_recorded(running, until_tick, recorder, progress, task)
        wall_s = time.perf_counter() - began
        result = result_of(running, wall_s)
        labels = labels_of(running)
    if as_json:
        typer.echo(json.dumps(result))
    else:
        print_figures(result, labels, language)


def metadata_of(engine: PhysicsEngine) -> dict[str, str]:
    """Return what a recording says of the run that it holds."""
    from twin import __version__

    return {
        "scenario": engine.scene.name,
        "engine": engine.name,
        "seed": str(engine.seed),
        "version": __version__,
    }


def labels_of(engine: PhysicsEngine) -> dict[str, Label]:
    """Return the operations' names for people."""
    return {
        name: operation.label.label()
        for name, operation in engine.cell.station.operations.items()
    }


def result_of(engine: PhysicsEngine, wall_s: float) -> dict[str, Any]:
    """Return a run's figures, its final state's digest, and how fast it was."""
    from twin.codec import state_sha256

    frame = engine.frame()
    return {
        "scenario": engine.scene.name,
        "engine": engine.name,
        "seed": engine.seed,
        "sim_time_s": frame.sim_time_s,
        "tick": frame.tick,
        "state_sha256": state_sha256(engine.scene, frame),
        **engine.kpi(),
        "wall_s": round(wall_s, 3),
        "realtime_factor": round(frame.sim_time_s / max(wall_s, 1e-9), 2),
    }


def print_figures(
    result: Mapping[str, Any], labels: Mapping[str, Label], language: Language
) -> None:
    """Print a run's figures as a table for people."""
    from rich.console import Console
    from rich.table import Table

    from twin.cli.figures import rows

    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_column()
    for name, value, unit in rows(result, labels, language):
        table.add_row(name, value, unit)
    Console().print(table)


def write_whole(path: Path, text: str) -> None:
    """Write a text file that appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, "utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise TwinError(
            f"{path}: cannot be written ({error.strerror}); choose another folder"
        ) from error


def demo(
    out: Annotated[Path, typer.Option(help="Folder for the results.")] = Path(
        "out/demo"
    ),
    lang: LanguageOption = LanguageChoice.EN,
) -> None:
    """Take a battery out of a car: picture, film, recording and figures."""
    from twin.cli.demonstrating import demonstrate

    with progress_bar(sys.stderr.isatty()) as progress:
        result, labels = demonstrate(out, lang.value, progress)
    print_figures(result, labels, lang.value)
    for name in ("cell.png", "film.mp4", "run.mcap", "kpi.json"):
        typer.echo(str(out / name))
