"""What the slow calibration found, kept case by case, so that it can go on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from twin.errors import TwinError
from twin.verify.cases import Case
from twin.verify.runner import Calibration


def read_calibrations(path: Path, cases: Sequence[Case]) -> list[Calibration]:
    """Return what a file holds of the cases, in their order; none without a file.

    Raises:
        TwinError: If a line is no calibration.
    """
    if not path.exists():
        return []
    known = {case.name: case for case in cases}
    found: dict[str, Calibration] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            name, held, seeds = row["name"], int(row["n_held"]), int(row["n_seeds"])
        except (ValueError, KeyError, TypeError) as error:
            raise TwinError(
                f"{path}:{number}: no calibration; delete the line, and run it again"
            ) from error
        if name in known:
            found[name] = Calibration(known[name], held, seeds)
    return [found[case.name] for case in cases if case.name in found]


def keep_calibration(path: Path, calibration: Calibration) -> None:
    """Add a calibration to a file."""
    row = {
        "name": calibration.case.name,
        "n_held": calibration.n_held,
        "n_seeds": calibration.n_seeds,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
