"""``flins agree``: do both engines say the same of a cell? The slow answer."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from twin.cli.options import JsonOption
from twin.errors import TwinError

_BEGIN = "<!-- agreement: written by flins agree -->\n"
_END = "<!-- end of agreement -->\n"


def agree(
    cell: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[CELL]...",
            help="Cells with a calibration; all shipped by default.",
        ),
    ] = None,
    kept: Annotated[
        Path, typer.Option(help="Where portions are kept; gone on with (.jsonl).")
    ] = Path("agreement.jsonl"),
    cars: Annotated[
        int, typer.Option(min=0, help="Of each cell and condition; 0: only tell.")
    ] = 200,
    processes: Annotated[int, typer.Option(min=1, max=256, help="Side by side.")] = 2,
    page: Annotated[
        Path | None, typer.Option(help="Page with a place for the table (.md).")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Run cells in both engines, paired, for hours; exit 1 if they differ too much."""
    from twin.bench import cell_paths
    from twin.bench.agreement_suite import run_suite, summary, table
    from twin.cli.running import progress_bar, write_whole
    from twin.share import share_folder

    paths = cell or cell_paths(share_folder() / "scenarios")
    # Looked at first: a page without a place is not found out after the work.
    text = _page_text(page) if page is not None else ""
    with progress_bar(not as_json) as progress:
        task = progress.add_task("agree", total=None)
        for portion in run_suite(paths, kept, cars, processes):
            progress.advance(task)
            if not as_json:
                typer.echo(f"{portion.cell}, {portion.condition}: seed {portion.seed}")
    rows = summary(paths, kept)
    if page is not None:
        before, rest = text.split(_BEGIN)
        write_whole(page, before + _BEGIN + table(rows) + _END + rest.split(_END)[1])
    ok = all(row.ok for row in rows)
    if as_json:
        told = [
            {
                **{key: value for key, value in asdict(row).items() if key != "cycle"},
                "cycle_mean": row.cycle.mean,
                "cycle_low": row.cycle.low,
                "cycle_high": row.cycle.high,
            }
            for row in rows
        ]
        typer.echo(json.dumps({"ok": ok, "rows": told}))
    else:
        typer.echo(table(rows), nl=False)
    if not ok:
        raise typer.Exit(1)


def _page_text(page: Path) -> str:
    try:
        text = page.read_text("utf-8")
    except OSError as error:
        raise TwinError(
            f"{page}: cannot be read ({error.strerror}); name the page"
        ) from error
    if text.count(_BEGIN) != 1 or text.count(_END) != 1:
        raise TwinError(
            f"{page}: no place for the table; add the lines {_BEGIN.strip()!r} and "
            f"{_END.strip()!r}"
        )
    return text
