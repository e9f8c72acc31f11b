"""``flins calibrate``: times for the flow engine from runs under physics."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twin.cli.options import (
    JsonOption,
    LanguageChoice,
    LanguageOption,
    ScenarioArgument,
)
from twin.errors import TwinError

if TYPE_CHECKING:
    from twin.scenario.calibration import Calibration, FittedTime
    from twin.text import Language

_JUDGED_BY_P = "kolmogorov_smirnov"


def calibrate(
    scenario: ScenarioArgument,
    runs: Annotated[
        int,
        typer.Option("-n", "--runs", min=1, max=10_000, help="Runs, one car each."),
    ] = 20,
    seed: Annotated[
        int,
        typer.Option(
            min=0, max=2**32 - 10_001, help="Of the first run; the others follow."
        ),
    ] = 1001,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            help="File (.yaml); calibrations/ beside the scenario, where flow finds "
            "it.",
        ),
    ] = None,
    processes: Annotated[
        int, typer.Option(min=1, max=256, help="Runs side by side.")
    ] = 2,
    resume: Annotated[
        bool, typer.Option("--resume", help="Keep the runs that are there already.")
    ] = False,
    as_json: JsonOption = False,
    lang: LanguageOption = LanguageChoice.EN,
) -> None:
    """Run a cell under physics and keep what its operations take, for flow."""
    if output is not None and output.suffix.lower() != ".yaml":
        raise TwinError(f"--output: got {output.name!r}; name a .yaml file")
    from twin.calibrate.calibration import calibrate_cell

    calibration, path = calibrate_cell(
        scenario,
        runs,
        first_seed=seed,
        output=output,
        processes=processes,
        go_on=resume,
        on_progress=_tell_progress,
    )
    if as_json:
        typer.echo(json.dumps(_object(calibration, path)))
    else:
        _print_times(calibration, lang.value)
        typer.echo(str(path))


def _tell_progress(done: int, goal: int) -> None:
    """Say how far it is: a line a run, since a run takes a minute or more."""
    print(f"flins calibrate: {done} of {goal} runs", file=sys.stderr, flush=True)  # noqa: T201 - logs go to stderr


def _fitted(calibration: Calibration) -> list[tuple[str, FittedTime]]:
    found: list[tuple[str, FittedTime]] = []
    for operations in calibration.stations.values():
        for name, operation in operations.items():
            found.append((name, operation))
            if operation.clear is not None:
                found.append((f"{name} (clear)", operation.clear))
    return found


def _object(calibration: Calibration, path: Path) -> dict[str, Any]:
    return {
        "scenario": calibration.scenario,
        "scenario_sha256": calibration.scenario_sha256,
        "runs": calibration.runs,
        "first_seed": calibration.first_seed,
        "file": str(path),
        "operations": {
            name: {
                "law": each.time.law,
                "test": each.fit.test,
                "statistic": each.fit.statistic,
                "p": each.fit.p,
                "refused": dict(each.fit.refused),
            }
            for name, each in _fitted(calibration)
        },
    }


def shown_times(
    calibration: Calibration, language: Language
) -> list[tuple[str, str, str, str]]:
    """Return operation, law, by what it was judged and its p, as people read them."""
    from twin.text import number, say

    rows = []
    for name, each in _fitted(calibration):
        fit = each.fit
        judged = say(f"calibrate.{fit.test}", language)
        if each.time.law == "empirical" and fit.refused:
            judged = say("calibrate.refused", language)
        p = number(fit.p, 3, language) if fit.test == _JUDGED_BY_P else ""
        rows.append((name, say(f"calibrate.law.{each.time.law}", language), judged, p))
    return rows


def _print_times(calibration: Calibration, language: Language) -> None:
    from rich.console import Console
    from rich.table import Table

    from twin.text import say

    table = Table(box=None, pad_edge=False)
    for key in ("operation", "law.heading", "test"):
        table.add_column(say(f"calibrate.{key}", language))
    table.add_column("p", justify="right")
    for row in shown_times(calibration, language):
        table.add_row(*row)
    Console().print(table)
