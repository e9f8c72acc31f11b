"""Sheets as a folder of CSV files, one a sheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from twin.errors import ScenarioError
from twin.flow.tables.sheets import LARGEST_BYTES, Cell, Reader, Sheet, Table, Value
from twin.scenario.emit import number_text

# With one of these a spreadsheet program takes a text for a formula. An apostrophe
# before it keeps it a text there, and comes off again when the file is read.
_GUARDED = ("=", "+", "-", "@", "\t", "\r", "'")


def write_folder(sheets: Sequence[Sheet], folder: Path) -> list[Path]:
    """Write each sheet to NAME.csv in a folder, which is made if need be.

    Comma-separated, UTF-8, decimal points, lines end in a line feed.

    Returns:
        The files.

    Raises:
        ScenarioError: If one cannot be written.
    """
    files = []
    for sheet in sheets:
        file = folder / f"{sheet.name}.csv"
        write_csv(sheet, file)
        files.append(file)
    return files


def write_csv(sheet: Sheet, file: Path) -> None:
    """Write a sheet to a CSV file, as of `write_folder`."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(sheet.columns)
    for row in sheet.rows:
        writer.writerow([_written(row.get(column)) for column in sheet.columns])
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.getvalue().encode("utf-8"))
    except OSError as error:
        raise ScenarioError(
            str(file), f"cannot be written ({error.strerror}); check its folder"
        ) from error


def read_folder(folder: Path, columns: Mapping[str, Sequence[str]]) -> dict[str, Table]:
    """Return the tables of a folder's CSV files by name.

    Semicolons between cells and decimal commas, as French programs write them, are
    understood too.

    Args:
        folder: Whose files NAME.csv are read.
        columns: Of each there may be.

    Raises:
        ScenarioError: If a file or column has no meaning; with file, line, column.
    """
    tables: dict[str, Table] = {}
    for file in sorted(folder.glob("*.csv")):
        if file.stem not in columns:
            raise ScenarioError(
                str(file),
                f"unknown table; name it one of {', '.join(columns)}, or move it "
                "elsewhere",
            )
        text = _text(file)
        semicolons = text.partition("\n")[0].count(";")
        delimiter = ";" if semicolons > text.partition("\n")[0].count(",") else ","
        reader = Reader(str(file), columns[file.stem], decimal_comma=delimiter == ";")
        tables[file.stem] = reader.read(_rows(text, delimiter, file))
    return tables


def _written(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return number_text(value)
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_GUARDED) else text


def _text(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST_BYTES + 1)
        if len(content) > LARGEST_BYTES:
            raise ScenarioError(
                str(file),
                f"exceeds the limit of {LARGEST_BYTES} bytes; is this such a table?",
            )
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ScenarioError(
            f"{file}:{line}", 'not UTF-8 text; save it as "CSV UTF-8"'
        ) from error
    except OSError as error:
        raise ScenarioError(
            str(file), f"cannot be read ({error.strerror}); check the path"
        ) from error


def _rows(text: str, delimiter: str, file: Path) -> Iterator[list[Cell]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise ScenarioError(
                f"{file}:{reader.line_num}", f"{error}; mend the quotes"
            ) from error
        if row is None:
            return
        yield [
            Cell(f"{file}:{line}:{column}", value.removeprefix("'") or None)
            for column, value in enumerate(row, start=1)
        ]
        line = reader.line_num + 1
