"""``flins tables``: a scenario's numbers as a spreadsheet, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twin.cli.options import ScenarioArgument

app = typer.Typer(
    help="A scenario's times, routes, mix, staff and hours as tables, and back.",
    no_args_is_help=False,
    rich_markup_mode=None,
)


@app.command("out")
def write(
    scenario: ScenarioArgument,
    output: Annotated[
        Path,
        typer.Option("-o", "--output", help="A workbook .xlsx, or a folder for CSV."),
    ],
) -> None:
    """Write a scenario's tables, and print the files."""
    from twin.flow.tables import write_tables

    for path in write_tables(scenario, output):
        typer.echo(str(path))


@app.command("in")
def read(
    source: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A workbook .xlsx, or a folder of CSV."),
    ],
    scenario: ScenarioArgument,
) -> None:
    """Change a scenario to what tables say; print what has changed."""
    from twin.flow.tables import read_tables
    from twin.scenario.edit import edit_scenario

    changes = read_tables(source, scenario)
    if changes:
        edit_scenario(scenario, changes)
    for keys in changes:
        typer.echo(".".join(keys))
