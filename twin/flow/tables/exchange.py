"""A scenario's tables out to a workbook or a folder, and in again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from twin.errors import ScenarioError
from twin.flow.tables import hours, people, routes, times
from twin.flow.tables.csv_folder import read_folder, write_folder
from twin.flow.tables.sheets import Change, Sheet, Table
from twin.flow.tables.workbook import read_workbook, write_workbook
from twin.scenario import Scenario, load_scenario, read_scenario
from twin.scenario.edit import Keys, edit_text, plain

_COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "times": times.COLUMNS,
        "routes": routes.COLUMNS,
        "mix": people.MIX_COLUMNS,
        "staffing": people.STAFFING_COLUMNS,
        "calendars": hours.COLUMNS,
    }
)


def write_tables(scenario_path: str | Path, target: str | Path) -> list[Path]:
    """Write a scenario's times, routes, mix, staffing and calendars as tables.

    Args:
        scenario_path: The scenario.
        target: A file that ends in .xlsx, or a folder for CSV files.

    Returns:
        The files written.

    Raises:
        MissingPartError: If a workbook is wanted and openpyxl is not installed.
        ScenarioError: If the scenario is wrong, or the files cannot be written.
    """
    scenario, target = load_scenario(scenario_path), Path(target)
    rows = {
        "times": times.rows(scenario),
        "routes": routes.rows(scenario),
        "mix": people.mix_rows(scenario),
        "staffing": people.staffing_rows(scenario),
        "calendars": hours.rows(scenario),
    }
    sheets = [Sheet(name, _COLUMNS[name], found) for name, found in rows.items()]
    if target.suffix.lower() == ".xlsx":
        write_workbook(sheets, target)
        return [target]
    if target.suffix:
        raise ScenarioError(
            str(target),
            f"tables cannot be written as {target.suffix}; name a file .xlsx, or a "
            "folder for CSV files",
        )
    return write_folder(sheets, target)


def read_tables(source: str | Path, scenario_path: str | Path) -> dict[Keys, object]:
    """Return what tables change of a scenario, for `twin.scenario.edit`.

    A table says all there is of its kind: a row that is gone takes its time, route
    or crew out of the scenario. A table that is not there changes nothing. Equal
    numbers change nothing, however the scenario writes them.

    Args:
        source: A workbook .xlsx, or a folder of CSV files, as of `write_tables`.
        scenario_path: The scenario; it is read and not changed.

    Returns:
        New values by their way into the scenario's YAML; None takes one out.

    Raises:
        MissingPartError: If it is a workbook and openpyxl is not installed.
        ScenarioError: If a table is wrong, or the scenario would be with it; with
            file, sheet and cell, or file, line and column.
    """
    source, path = Path(source), Path(scenario_path)
    scenario = load_scenario(path)
    text = path.read_bytes().decode("utf-8")
    tables = _tables(source)
    found = _changes(scenario, plain(text, str(path)), tables)
    changes = {keys: change.value for keys, change in found.items()}
    edited = edit_text(text, changes, str(path))
    try:
        read_scenario(edited, str(path))
    except ScenarioError as error:
        raise _at_cell(error, found, path) from error
    return changes


def _tables(source: Path) -> dict[str, Table]:
    if source.is_dir():
        tables = read_folder(source, _COLUMNS)
    elif not source.exists():
        raise ScenarioError(
            str(source), "no such file; give a workbook .xlsx or a folder of CSV files"
        )
    elif source.suffix.lower() == ".xlsx":
        tables = read_workbook(source, _COLUMNS)
    else:
        raise ScenarioError(
            str(source), "is neither .xlsx nor a folder of CSV files; give one of them"
        )
    if not tables:
        raise ScenarioError(
            str(source), f"holds no table; give one of {', '.join(_COLUMNS)}"
        )
    return tables


def _changes(
    scenario: Scenario, document: dict[str, Any], tables: Mapping[str, Table]
) -> dict[Keys, Change]:
    found: dict[Keys, Change] = {}
    for name, table in tables.items():
        if name == "times":
            found |= times.changes(scenario, document, table)
        elif name == "routes":
            found |= routes.changes(scenario, document, table)
        elif name == "mix":
            found |= people.mix_changes(scenario, document, table)
        elif name == "staffing":
            found |= people.staffing_changes(scenario, table)
        else:
            found |= hours.changes(scenario, table)
    return found


def _at_cell(
    error: ScenarioError, changes: Mapping[Keys, Change], path: Path
) -> ScenarioError:
    """Return an error of the changed scenario at the cell that asked for it."""
    place = error.where.removeprefix(f"{path}:").partition(": ")[2]
    ways = {".".join(keys): change.where for keys, change in changes.items()}
    inside = [way for way in ways if f"{place}.".startswith(f"{way}.")]
    around = [way for way in ways if way.startswith(f"{place}.")]
    if inside or around:
        way = max(inside, key=len) if inside else around[0]
        return ScenarioError(ways[way], f"{place}: {error.found}")
    return ScenarioError(
        str(path), f"with these tables, {place or 'it'}: {error.found}"
    )
