"""Results as tables: a workbook, Parquet or CSV files."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from twin.errors import FlowError, MissingPartError
from twin.flow.tables.csv_folder import write_csv
from twin.flow.tables.sheets import Sheet, Value
from twin.flow.tables.workbook import write_workbook

Results = Mapping[str, Sequence[Mapping[str, object]]]
"""Rows by table; values by column."""


def write_results(results: Results, target: str | Path) -> list[Path]:
    """Write tables of results; how is said by the end of the target's name.

    ``.xlsx`` gives one workbook. ``.parquet`` and ``.csv`` give the file itself if
    there is one table; several go into a folder of the target's name without its
    end, one file each. A name without an end is a folder of CSV files.

    A column is there if any row has it; rows without it are empty there. What is not
    a number is empty in workbooks and CSV, and infinity is the text "inf".

    Returns:
        The files written.

    Raises:
        MissingPartError: If openpyxl or pyarrow is wanted and not installed.
        FlowError: If the target's end is unknown, a column mixes texts with
            numbers, or a file cannot be written.
    """
    target = Path(target)
    ending = target.suffix.lower()
    if ending == ".xlsx":
        write_workbook([_sheet(name, rows) for name, rows in results.items()], target)
        return [target]
    if ending not in (".parquet", ".csv", ""):
        raise FlowError(
            f"{target}: results cannot be written as {ending}; name it .xlsx, "
            ".parquet or .csv"
        )
    if len(results) == 1 and ending:
        files = dict.fromkeys(results, target)
    else:
        folder, kind = target.with_suffix(""), ending or ".csv"
        files = {name: folder / f"{name}{kind}" for name in results}
    for name, file in files.items():
        if ending == ".parquet":
            _write_parquet(name, results[name], file)
        else:
            write_csv(_sheet(name, results[name]), file)
    return list(files.values())


def _columns(rows: Sequence[Mapping[str, object]]) -> list[str]:
    return list(dict.fromkeys(column for row in rows for column in row))


def _sheet(name: str, rows: Sequence[Mapping[str, object]]) -> Sheet:
    shown = [{column: _shown(value) for column, value in row.items()} for row in rows]
    return Sheet(name, _columns(rows), shown)


def _shown(value: object) -> Value:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    # numpy's numbers know item(); a spreadsheet knows Python's.
    number: Any = value.item() if hasattr(value, "item") else value
    if isinstance(number, float) and not math.isfinite(number):
        return None if math.isnan(number) else str(number)
    return number if isinstance(number, int | float) else str(number)


def _write_parquet(name: str, rows: Sequence[Mapping[str, object]], file: Path) -> None:
    try:
        import pyarrow  # only who writes Parquet needs it
        import pyarrow.parquet
    except ImportError as error:
        raise MissingPartError(
            "tables: pyarrow is not installed; run: pip install 'flins-twin[tables]'"
        ) from error
    columns: dict[str, Any] = {}
    for column in _columns(rows):
        try:
            columns[column] = pyarrow.array([row.get(column) for row in rows])
        except pyarrow.ArrowException as error:
            raise FlowError(
                f"{file}: column {column!r} of {name!r} mixes kinds of values; make "
                "them all numbers or all texts"
            ) from error
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        pyarrow.parquet.write_table(pyarrow.table(columns), file, compression="zstd")
    except OSError as error:
        raise FlowError(
            f"{file}: cannot be written ({error.strerror or error}); check its folder"
        ) from error
