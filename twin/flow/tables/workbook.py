"""Sheets as an XLSX workbook, the same bytes for the same sheets."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from twin.errors import MissingPartError, ScenarioError
from twin.flow.tables.sheets import LARGEST_BYTES, Cell, Reader, Sheet, Table, Value

_LARGEST_UNPACKED_BYTES = 8 * LARGEST_BYTES
_LONGEST_TEXT = 32_767  # longer ones Excel cuts off
_WIDEST = 60
# What XML 1.0 has no place for.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_MODIFIED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</)")
# The first day that a ZIP archive can name.
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)


def write_workbook(sheets: Sequence[Sheet], target: Path) -> None:
    """Write sheets to an XLSX file.

    Texts stay texts even if they begin with "=". Equal sheets give equal bytes.

    Raises:
        MissingPartError: If openpyxl is not installed.
        ScenarioError: If a text has no place in a workbook, or the file cannot be
            written.
    """
    openpyxl = _openpyxl()
    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet in sheets:
        _fill(book.create_sheet(sheet.name), sheet, target)
    unpacked = io.BytesIO()
    book.save(unpacked)
    try:
        target.write_bytes(_timeless(unpacked))
    except OSError as error:
        raise ScenarioError(
            str(target), f"cannot be written ({error.strerror}); check its folder"
        ) from error


def read_workbook(
    source: Path, columns: Mapping[str, Sequence[str]]
) -> dict[str, Table]:
    """Return the tables of an XLSX file by name; empty sheets are left out.

    Args:
        source: The file.
        columns: Of each sheet there may be.

    Raises:
        MissingPartError: If openpyxl is not installed.
        ScenarioError: If it is no workbook, or a sheet or column has no meaning;
            with file, sheet and cell.
    """
    openpyxl = _openpyxl()
    try:
        content = _bounded(source)
        with warnings.catch_warnings():
            # It warns of drop-down lists and the like that it cannot keep.
            warnings.simplefilter("ignore")
            formulas = openpyxl.load_workbook(io.BytesIO(content))
            values = formulas
            if _calculates(formulas):
                values = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    except (
        zipfile.BadZipFile,
        openpyxl.utils.exceptions.InvalidFileException,
        AttributeError,
        IndexError,
        KeyError,
        TypeError,
        ValueError,
        ParseError,
        EOFError,
    ) as error:
        raise ScenarioError(
            str(source), "is no workbook that can be read; save it as .xlsx again"
        ) from error
    tables: dict[str, Table] = {}
    for name in values.sheetnames:
        sheet = values[name]
        if not hasattr(sheet, "iter_rows"):
            continue  # a sheet that is a chart
        if all(cell.value is None for row in sheet.iter_rows() for cell in row):
            continue
        if name not in columns:
            raise ScenarioError(
                f"{source}: {name}",
                f"unknown sheet; name it one of {', '.join(columns)}, or delete it",
            )
        reader = Reader(f"{source}: {name}", columns[name])
        tables[name] = reader.read(_rows(sheet, formulas[name], f"{source}: {name}"))
    return tables


def _openpyxl() -> Any:
    try:
        import openpyxl  # only who writes tables needs it
        import openpyxl.utils.exceptions
    except ImportError as error:
        raise MissingPartError(
            "tables: openpyxl is not installed; run: pip install 'flins-twin[tables]'"
        ) from error
    return openpyxl


def _fill(page: Any, sheet: Sheet, target: Path) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    rows = [dict(zip(sheet.columns, sheet.columns, strict=True)), *sheet.rows]
    for index, row in enumerate(rows, start=1):
        for at, column in enumerate(sheet.columns, start=1):
            value = row.get(column)
            if value is None:
                continue
            cell = page.cell(index, at)
            if isinstance(value, str):
                where = f"{target}: {sheet.name}!{cell.coordinate}"
                cell.value = _fitting(value, where)
                if value.startswith("="):
                    # A formula only if somebody makes it one: else a source such as
                    # "=HYPERLINK(...)" would run where the workbook is opened.
                    cell.data_type = "s"
                    cell.quotePrefix = True
            else:
                cell.value = value
            if index == 1:
                cell.font = Font(bold=True)
    for at, column in enumerate(sheet.columns, start=1):
        longest = max(len(str(row.get(column) or "")) for row in rows)
        width = min(longest + 2, _WIDEST)
        page.column_dimensions[get_column_letter(at)].width = width
    page.freeze_panes = "A2"


def _fitting(text: str, where: str) -> str:
    wrong = _NO_XML.search(text)
    if wrong is not None:
        raise ScenarioError(
            where,
            f"character U+{ord(wrong[0]):04X} has no place in a workbook; remove it "
            "or write CSV",
        )
    if len(text) > _LONGEST_TEXT:
        raise ScenarioError(
            where,
            f"text of {len(text)} characters exceeds the limit of {_LONGEST_TEXT}; "
            "shorten it or write CSV",
        )
    return text


def _timeless(archive: io.BytesIO) -> bytes:
    """Return a workbook's archive without the time at which it was made."""
    packed = io.BytesIO()
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>2000-01-01T00:00:00Z\g<3>", content)
            entry = zipfile.ZipInfo(name, _FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0  # the same on every system
            new.writestr(entry, content)
    return packed.getvalue()


def _bounded(source: Path) -> bytes:
    """Return a file's content, if neither it nor what it unpacks to is too large."""
    try:
        with source.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise ScenarioError(
            str(source), f"cannot be read ({error.strerror}); check the path"
        ) from error
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        n_bytes = sum(entry.file_size for entry in archive.infolist())
    if len(content) > LARGEST_BYTES or n_bytes > _LARGEST_UNPACKED_BYTES:
        raise ScenarioError(
            str(source),
            f"exceeds the limit of {LARGEST_BYTES} bytes, or {_LARGEST_UNPACKED_BYTES} "
            "unpacked; is this such a table?",
        )
    return content


def _calculates(book: Any) -> bool:
    """Return whether any cell holds a formula; its result needs another reading."""
    sheets = [sheet for sheet in book if hasattr(sheet, "iter_rows")]
    return any(
        cell.data_type == "f"
        for sheet in sheets
        for row in sheet.iter_rows()
        for cell in row
    )


def _rows(values: Any, formulas: Any, where: str) -> Iterator[list[Cell]]:
    for row, written in zip(values.iter_rows(), formulas.iter_rows(), strict=True):
        cells = []
        for cell, original in zip(row, written, strict=True):
            at = f"{where}!{cell.coordinate}"
            if original.data_type == "f" and cell.value is None:
                raise ScenarioError(
                    at,
                    "holds a formula without its result; save the file in a "
                    "spreadsheet program, or give the value",
                )
            if cell.data_type == "e":
                raise ScenarioError(at, f"holds {cell.value}; give a value")
            cells.append(Cell(at, _plain(cell.value)))
        yield cells


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, str) else value


__all__ = ["Value", "read_workbook", "write_workbook"]
