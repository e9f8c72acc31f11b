"""A table of cells that know where they stand, whatever file they come from."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from twin.errors import ScenarioError
from twin.scenario.document import brief
from twin.scenario.edit import Keys

Value = str | int | float | None
"""What a cell holds; None if nothing."""

Found = Value | bool | datetime.datetime | datetime.date | datetime.time
"""What a spreadsheet may say that a cell holds."""

MOST_ROWS = 100_000
"""Rows of a sheet; a whole site has some thousand."""

LARGEST_BYTES = 64 * 1024 * 1024
"""Size of a file; a sheet of 100,000 rows has some 10 MB."""

_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table to write.

    Attributes:
        name: Of the sheet or file.
        columns: Names, in order.
        rows: Values by column; what is left out is empty.
    """

    name: str
    columns: Sequence[str]
    rows: Sequence[Mapping[str, Value]]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as found.

    Attributes:
        where: File and cell, or file, line and column.
        found: What it holds.
    """

    where: str
    found: Found


@dataclass(frozen=True, slots=True)
class Entry:
    """A row as found, by the names of its columns.

    Attributes:
        cells: By column.
        decimal_comma: Whether "1,5" is a number, as French programs write it.
    """

    cells: Mapping[str, Cell]
    decimal_comma: bool = False

    def error(self, column: str, found: str) -> ScenarioError:
        """Return an error that says where a column's cell is."""
        return ScenarioError(self.cells[column].where, brief(found))

    def text(self, column: str) -> str:
        """Return a cell as text; "" if it is empty."""
        found = self.cells[column].found
        if found is None:
            return ""
        if isinstance(found, bool):
            return "true" if found else "false"
        if isinstance(found, float) and found.is_integer():
            return str(int(found))
        if isinstance(found, datetime.datetime):
            whole = found.time() == datetime.time()
            return found.date().isoformat() if whole else found.isoformat(" ")
        if isinstance(found, datetime.date):
            return found.isoformat()
        if isinstance(found, datetime.time):
            return found.isoformat("minutes")
        return str(found).strip()

    def name(self, column: str, what: str) -> str:
        """Return a cell that must not be empty, as text.

        Raises:
            ScenarioError: If it is.
        """
        text = self.text(column)
        if not text:
            raise self.error(column, f"is empty; give {what}")
        return text

    def number(self, column: str) -> float | None:
        """Return a cell as a finite number; None if it is empty.

        Raises:
            ScenarioError: If it holds something else.
        """
        text = self.text(column)
        number = self.as_number(text) if text else None
        if text and number is None:
            raise self.error(column, f"got {text!r}; give a number")
        return number

    def whole(self, column: str, what: str) -> int:
        """Return a cell that must hold a whole number.

        Raises:
            ScenarioError: If it does not.
        """
        number = self.number(column)
        if number is None:
            raise self.error(column, f"is empty; give {what}")
        if not number.is_integer():
            raise self.error(column, f"got {number:g}; give a whole number")
        return int(number)

    def as_number(self, text: str) -> float | None:
        """Return the finite number that a text is, or None if it is none."""
        if self.decimal_comma and _DECIMAL_COMMA.fullmatch(text):
            text = text.replace(",", ".")
        try:
            number = float(text)
        except ValueError:
            return None
        return number if math.isfinite(number) else None


@dataclass(frozen=True, slots=True)
class Change:
    """A new value of a scenario, and the cell that asks for it.

    Attributes:
        value: As YAML would hold it; None takes it out.
        where: The cell.
    """

    value: object
    where: str


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet as found.

    Attributes:
        where: File and sheet.
        entries: Its rows, but for empty ones.
    """

    where: str
    entries: Sequence[Entry]


@dataclass(slots=True)
class Reader:
    """Makes a table of the rows of a sheet.

    Attributes:
        where: File and sheet, for errors about the whole of it.
        columns: Those that it must and may have.
        decimal_comma: As of `Entry`.
    """

    where: str
    columns: Sequence[str]
    decimal_comma: bool = False
    _at: dict[str, int] = field(default_factory=dict)
    _entries: list[Entry] = field(default_factory=list)

    def read(self, rows: Iterable[Sequence[Cell]]) -> Table:
        """Return the table of rows whose first names the columns.

        Raises:
            ScenarioError: If a column is missing, unknown or there twice, if a row
                goes past the last column, or if there are too many.
        """
        for row in rows:
            filled = [cell for cell in row if cell.found not in (None, "")]
            if not filled:
                continue
            if not self._at:
                self._head(row)
                continue
            if len(self._entries) == MOST_ROWS:
                raise ScenarioError(
                    filled[0].where,
                    f"holds more than {MOST_ROWS} rows; split the scenario",
                )
            beyond = [
                cell for cell in row[max(self._at.values()) + 1 :] if cell in filled
            ]
            if beyond:
                raise ScenarioError(
                    beyond[0].where, "lies past the last column; clear the cell"
                )
            self._entries.append(self._entry(row))
        if not self._at:
            raise ScenarioError(
                self.where, f"has no header; give {', '.join(self.columns)}"
            )
        return Table(self.where, tuple(self._entries))

    def _head(self, row: Sequence[Cell]) -> None:
        for index, cell in enumerate(row):
            if cell.found in (None, ""):
                continue
            name = str(cell.found).strip().lower()
            if name not in self.columns:
                raise ScenarioError(
                    cell.where,
                    brief(
                        f"unknown column {name!r}; name it one of "
                        f"{', '.join(self.columns)}"
                    ),
                )
            if name in self._at:
                raise ScenarioError(
                    cell.where, f"column {name!r} is there twice; keep one"
                )
            self._at[name] = index
        missing = [name for name in self.columns if name not in self._at]
        if missing:
            raise ScenarioError(
                row[0].where, f"column {missing[0]!r} is missing; add it"
            )

    def _entry(self, row: Sequence[Cell]) -> Entry:
        last = row[-1].where
        cells = {
            name: row[index] if index < len(row) else Cell(last, None)
            for name, index in self._at.items()
        }
        return Entry(cells, self.decimal_comma)


def rounded(number: float) -> float:
    """Return a number to twelve digits, which every spreadsheet program keeps."""
    return float(f"{number:.12g}")


def removed(
    current: Mapping[Keys, object], kept: Iterable[Keys], table: Table
) -> dict[Keys, Change]:
    """Return the changes that take out what has no row any more."""
    gone = set(current).difference(kept)
    return {keys: Change(None, table.where) for keys in current if keys in gone}
