"""``flins schema`` and ``flins bench``: for tools, and for who doubts."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from twin.cli.options import JsonOption
from twin.errors import TwinError


class BenchChoice(StrEnum):
    """What can be measured."""

    FLOW = "flow"
    PHYSICS = "physics"


def schema() -> None:
    """Print the JSON Schema of scenario files."""
    from twin.scenario import json_schema

    typer.echo(json.dumps(json_schema(), indent=2))


def bench(
    what: Annotated[BenchChoice, typer.Argument(help="What to measure.")],
    scenario: Annotated[
        Path | None,
        typer.Option(help="Physics: a cell; the battery cell by default."),
    ] = None,
    quick: Annotated[bool, typer.Option(help="Within a minute.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Measure speed beside a reference in the same run."""
    from twin.bench import bench_flow, bench_physics, cell_paths, lines
    from twin.share import share_folder

    folder = share_folder() / "scenarios"
    if what is BenchChoice.FLOW:
        if scenario is not None:
            raise TwinError(
                "flins bench flow: takes no --scenario, since its plants are written "
                "in SimPy too; leave it out"
            )
        result = bench_flow(folder, quick=quick)
    else:
        result = bench_physics(
            scenario or folder / "battery_cell.yaml",
            quick=quick,
            cells=cell_paths(folder) if scenario is None else [scenario],
        )
    if as_json:
        typer.echo(json.dumps(result))
        return
    for line in lines(result):
        typer.echo(line)
