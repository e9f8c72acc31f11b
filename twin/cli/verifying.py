"""``flins verify``: the flow engine against theory, in public."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twin.cli.options import JsonOption
from twin.errors import TwinError

if TYPE_CHECKING:
    from twin.verify.cases import Case

_SEED = 1


def verify(
    case: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CASE]...", help="Some cases only; all by default."),
    ] = None,
    processes: Annotated[int, typer.Option(min=1, max=256, help="Side by side.")] = 2,
    page: Annotated[
        Path | None, typer.Option(help="Write the verification page here (.md).")
    ] = None,
    calibration: Annotated[
        Path | None,
        typer.Option(help="What --calibrate kept; goes into the page (.jsonl)."),
    ] = None,
    calibrate: Annotated[
        bool,
        typer.Option(
            "--calibrate",
            help="The slow run: 1,000 seeds a case, kept in --calibration, gone on "
            "with if it is there.",
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Compare the flow engine with theory; exit 1 if a case is not met."""
    if page is not None and case:
        raise TwinError("--page: is for the whole table; leave the cases out")
    if calibrate:
        if calibration is None:
            raise TwinError("--calibrate: name a file to keep it in by --calibration")
        _calibrate(_wanted(case), processes, calibration)
        return
    ok = _verify(_wanted(case), processes, page, calibration, as_json)
    if not ok:
        raise typer.Exit(1)


def _wanted(names: list[str] | None) -> Sequence[Case]:
    from twin.verify.cases import all_cases

    cases = {case.name: case for case in all_cases()}
    for name in names or ():
        if name not in cases:
            raise TwinError(
                f"verify: no case {name!r}; known: {', '.join(sorted(cases))}"
            )
    return [cases[name] for name in names] if names else list(cases.values())


def _verify(
    cases: Sequence[Case],
    processes: int,
    page: Path | None,
    calibration: Path | None,
    as_json: bool,
) -> bool:
    from twin.cli.running import progress_bar, write_whole
    from twin.verify.cases import all_cases
    from twin.verify.kept import read_calibrations
    from twin.verify.page import verification_page
    from twin.verify.runner import verify as run_cases

    everything = all_cases()
    # Read first: a broken file is not found out after the work.
    kept = read_calibrations(calibration, everything) if calibration else []
    verdicts = []
    with progress_bar(not as_json) as progress:
        task = progress.add_task("verify", total=len(cases))
        # The level is that of the whole table, whichever cases are run.
        for verdict in run_cases(cases, _SEED, len(everything), processes):
            verdicts.append(verdict)
            progress.advance(task)
            if not as_json:
                interval = verdict.interval
                typer.echo(
                    f"{'ok  ' if verdict.ok else 'FAIL'} {verdict.case.name:26s} "
                    f"expected {verdict.case.expected:.6g}  simulated "
                    f"{interval.mean:.6g} ± {interval.half_width:.2g}"
                )
    ok = all(verdict.ok for verdict in verdicts)
    if page is not None:
        write_whole(page, verification_page(verdicts, kept))
    if as_json:
        records = [verdict.record() for verdict in verdicts]
        typer.echo(json.dumps({"ok": ok, "seed": _SEED, "cases": records}))
    else:
        met = sum(verdict.ok for verdict in verdicts)
        typer.echo(f"{met} of {len(verdicts)} cases are met")
    return ok


def _calibrate(cases: Sequence[Case], processes: int, path: Path) -> None:
    from twin.cli.running import progress_bar
    from twin.verify.kept import keep_calibration, read_calibrations
    from twin.verify.runner import CALIBRATION_SEEDS, calibrate

    done = {each.case.name for each in read_calibrations(path, cases)}
    left = [case for case in cases if case.name not in done]
    with progress_bar(shown=True) as progress:
        task = progress.add_task("calibrate", total=len(left))
        for found in calibrate(left, CALIBRATION_SEEDS, processes):
            keep_calibration(path, found)
            progress.advance(task)
            typer.echo(f"{found.case.name}: {100.0 * found.coverage:.1f} %")
