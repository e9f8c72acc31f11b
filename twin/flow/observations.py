"""Measured times from a CSV file."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twin.errors import ScenarioError

_LARGEST_BYTES = 16 * 1024 * 1024
_LONGEST_S = 3.2e9
_MOST_SHOWN = 40


def read_observations_s(
    path: Path, column: str | None, seconds_per_unit: float
) -> NDArray[np.float64]:
    """Return the times in one column of a CSV file.

    Cells are parted by comma, semicolon or tab, whichever the first line holds;
    with semicolons a comma may be the decimal sign, as French spreadsheets write.
    The first line names the columns; where no column is asked for, it may be a
    number already. Empty lines count for nothing.

    Args:
        path: The file, UTF-8.
        column: Name of the column; the first one if None.
        seconds_per_unit: What the numbers are multiplied by.

    Returns:
        Times, (n,), s, in the file's order, n >= 1, each from 0 to 100 years.

    Raises:
        ScenarioError: With file, line, what was found and what to do.
    """
    rows = _rows(path)
    first = next(rows, None)
    if first is None:
        raise ScenarioError(str(path), "is empty; give one measured time a line")
    line, cells = first
    index = _index(f"{path}:{line}", cells, column)
    shown = "the first column" if column is None else f"column {column!r}"
    times_s: list[float] = []
    if column is None and _is_number(cells[0]):
        times_s.append(_time_s(f"{path}:{line}", cells[0], shown, seconds_per_unit))
    for line, cells in rows:
        cell = cells[index] if index < len(cells) else ""
        times_s.append(_time_s(f"{path}:{line}", cell, shown, seconds_per_unit))
    if not times_s:
        raise ScenarioError(
            f"{path}:{line}", "holds names only; give measured times below them"
        )
    return np.array(times_s)


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and cells of each line that is not empty."""
    text = _text(path)
    heading = text.split("\n", 1)[0]
    delimiter = next((sign for sign in ";\t" if sign in heading), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if not cells:
                continue
            cells = [cell.strip() for cell in cells]
            if delimiter == ";":
                cells = [_with_point(cell) for cell in cells]
            yield reader.line_num, cells
    except csv.Error as error:
        raise ScenarioError(
            f"{path}:{reader.line_num}", f"{error}; mend the CSV"
        ) from error


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_BYTES + 1)
        if len(content) > _LARGEST_BYTES:
            raise ScenarioError(
                str(path),
                f"exceeds the limit of {_LARGEST_BYTES} bytes; give a sample of it",
            )
        return content.decode("utf-8-sig")
    except FileNotFoundError as error:
        raise ScenarioError(
            str(path), "no such file; put the CSV beside the scenario"
        ) from error
    except UnicodeDecodeError as error:
        raise ScenarioError(
            str(path), f"not UTF-8 text (byte {error.start}); save it as CSV UTF-8"
        ) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ScenarioError(
            str(path), f"cannot be read ({reason}); check the path"
        ) from error


def _index(where: str, names: list[str], column: str | None) -> int:
    if column is None:
        return 0
    if names.count(column) > 1:
        raise ScenarioError(where, f"names two columns {column!r}; rename one")
    if column not in names:
        there = ", ".join(repr(name[:_MOST_SHOWN]) for name in names[:10])
        raise ScenarioError(where, f"no column {column!r}; there are {there}")
    return names.index(column)


def _with_point(cell: str) -> str:
    """Return a number with its decimal comma made a point, or a text as it is."""
    pointed = cell.replace(",", ".")
    return pointed if _is_number(pointed) else cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _time_s(where: str, cell: str, shown: str, seconds_per_unit: float) -> float:
    if not cell:
        raise ScenarioError(
            where, f"{shown} is empty; give a number or remove the line"
        )
    # Python also reads 1_000, which is nobody's way of writing a measured time.
    time_s = (
        float(cell) * seconds_per_unit
        if _is_number(cell) and "_" not in cell
        else math.nan
    )
    if not 0.0 <= time_s <= _LONGEST_S:
        raise ScenarioError(
            where,
            f"got {cell[:_MOST_SHOWN]!r} in {shown}; give a number of at least 0 "
            "and at most 100 years",
        )
    return time_s
