"""A scenario's tables out and in: nothing lost, nothing else touched, cells named."""

from __future__ import annotations

import csv
import io
import sys
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest
from table_plants import PLANT, STATION

from twin.errors import MissingPartError, ScenarioError
from twin.flow.tables import read_tables, write_tables
from twin.flow.tables.times import COLUMNS as TIME_COLUMNS
from twin.scenario import load_scenario, read_scenario
from twin.scenario.edit import edit_scenario
from twin.scenario.fields import quantities
from twin.scenario.law_base import LawBase

SHEETS = ("times", "routes", "mix", "staffing", "calendars")


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    file = tmp_path / "plant.yaml"
    file.write_text(PLANT, encoding="utf-8")
    return file


@pytest.fixture
def small(tmp_path: Path) -> Path:
    file = tmp_path / "small.yaml"
    file.write_text(STATION, encoding="utf-8")
    return file


@cache
def workbook(text: str) -> bytes:
    """Return the workbook of a scenario; writing it once is enough."""
    with TemporaryDirectory() as folder:
        scenario, book = Path(folder) / "plant.yaml", Path(folder) / "plant.xlsx"
        scenario.write_text(text, encoding="utf-8")
        write_tables(scenario, book)
        return book.read_bytes()


def change_book(scenario: Path, change: Callable[[openpyxl.Workbook], None]) -> Path:
    """Return a workbook of a scenario after somebody worked on it."""
    book_file = scenario.with_suffix(".xlsx")
    book = openpyxl.load_workbook(io.BytesIO(workbook(scenario.read_text("utf-8"))))
    change(book)
    book.save(book_file)
    return book_file


def cell(sheet: Any, row: int, column: str) -> Any:
    names = [entry.value for entry in sheet[1]]
    return sheet.cell(row, names.index(column) + 1)


def row_of(sheet: Any, **wanted: str) -> int:
    for index in range(2, sheet.max_row + 1):
        if all(cell(sheet, index, name).value == v for name, v in wanted.items()):
            return index
    raise LookupError(wanted)


@pytest.mark.parametrize("target", ["tables.xlsx", "tables"])
def test_unchanged_tables_change_nothing(plant: Path, target: str) -> None:
    file = plant.parent / target
    write_tables(plant, file)
    assert read_tables(file, plant) == {}
    edit_scenario(plant, read_tables(file, plant))
    assert plant.read_text(encoding="utf-8") == PLANT


@pytest.mark.parametrize("name", ["elv_hall.yaml", "battery_cell.yaml"])
def test_scenarios_of_the_house_come_back_as_they_were(
    root_folder: Path, tmp_path: Path, name: str
) -> None:
    scenario = root_folder / "scenarios" / name
    write_tables(scenario, tmp_path / "tables.xlsx")
    assert read_tables(tmp_path / "tables.xlsx", scenario) == {}


CHANGED = (
    ("40 min  # as published", "3 s  # as published"),
    ('van: {value: 1 h, source: "a, \\"b\\" | c", confidence: B}', "van: 7 min"),
    ("value: 100 s, source", "value: 10 s, source"),
    ("law: exponential, mean: 0.1 h", "law: uniform, low: 1 s, high: 2 s"),
    ("law: uniform, low: 1 min, high: 100 s", "law: exponential, mean: 7 min"),
    ("normal, mean: 5 min, sd: 1 min, low: 2 min", "constant, value: 1 min"),
    ("lognormal, mean: 5 min, sd: 1 min", "gamma, mean: 6 min, sd: 2 min"),
    ("erlang, mean: 5 min, shape: 3", "erlang, mean: 5 min, shape: 4"),
    ("shape: 1.5, scale: 5 min", "shape: 1.6, scale: 7 min"),
    ("alpha: 2, beta: 3.5", "alpha: 1, beta: 1"),
    ("means: [1 min, 0.3 s]", "means: [2 min, 3 s]"),
    (
        "values: [1 min, 2 min], probabilities: [0.5, 0.5]",
        "values: [1 h], probabilities: [1]",
    ),
    ("column: minutes, unit: h", "unit: s"),
    ('0.7, source: "counted', '0.6, source: "guessed'),
    ("      van: 0.2\n      truck: 0.1\n", "      truck: 0.4\n"),
    ("    product: van\n", "    product: car\n"),
    ("[constant, bank], choose: shortest_queue", "[bank, out], choose: round_robin"),
    ("    next: laws\n", "    next: {among: {laws: 0.5, out: 0.5}}\n"),
    ("0.25, source", "0.5, source"),
    ("out: 0.75", "out: 0.5"),
    ("{among: [bank, out], choose: first_with_room}", "out"),
    ("count: 3, skills: [fit, weld], calendar: day", "count: 1, skills: [weld, fit]"),
    ("    count: 1  # on loan\n", "    count: 9  # on loan\n    calendar: night\n"),
    ('mon-thu: ["06:00-13:30", "14:00-21:30"]', 'mon-wed: ["06:00-13:30"]'),
    ('    breaks: ["09:00-09:15"]\n    holidays: france\n', ""),
    ("    holidays: [2026-05-01]\n", "    holidays: france\n"),
    (", {from: 2026-12-24, to: 2026-12-24}]", "]"),
    ("      - {date: 2026-11-02, hours: []}\n", ""),
)
"""Texts of the plant, and what somebody made of them."""


@pytest.mark.parametrize("target", ["tables.xlsx", "tables"])
def test_tables_bring_back_all_that_somebody_changed(
    plant: Path, tmp_path: Path, target: str
) -> None:
    """Tables of one plant, read into another of the same nodes, make it that plant."""
    write_tables(plant, tmp_path / target)
    other_text = PLANT
    for text, instead in CHANGED:
        assert other_text.count(text) == 1, text
        other_text = other_text.replace(text, instead)
    other = tmp_path / "other.yaml"
    other.write_text(other_text, encoding="utf-8")
    assert load_scenario(other) != load_scenario(plant)
    restored = edit_scenario(other, read_tables(tmp_path / target, other))
    wanted = load_scenario(plant)
    assert restored == wanted

    def sources(scenario: Any) -> dict[str, tuple[str, str]]:
        times = ("stations.",)
        return {
            path: (quantity.source, quantity.confidence)
            for path, quantity in quantities(scenario)
            # A share's source is no column of the tables.
            if path.startswith(times) and ".among." not in path
        }

    assert sources(restored) == sources(wanted)
    edited = other.read_text(encoding="utf-8")
    for comment in (line.partition("#")[2] for line in PLANT.splitlines()):
        assert comment in edited
    assert load_scenario(other) == restored


def test_one_number_changes_one_line(plant: Path) -> None:
    def faster(book: openpyxl.Workbook) -> None:
        times = book["times"]
        row = row_of(times, station="laws", operation="c")
        cell(times, row, "mode").value = 1.25

    edit_scenario(plant, read_tables(change_book(plant, faster), plant))
    before, after = PLANT.splitlines(), plant.read_text("utf-8").splitlines()
    assert len(before) == len(after)
    assert [(a, b) for a, b in zip(before, after, strict=True) if a != b] == [
        (
            '          mode: {value: 2 min, source: "second", confidence: B}',
            '          mode: {value: 1.25 min, source: "second", confidence: B}',
        )
    ]


def test_a_row_that_is_gone_takes_its_entry_out(plant: Path) -> None:
    def shorter(book: openpyxl.Workbook) -> None:
        times, staff = book["times"], book["staffing"]
        times.delete_rows(row_of(times, station="constant", product="van"))
        staff.delete_rows(row_of(staff, crew="helpers"))
        book["routes"].delete_rows(
            row_of(book["routes"], node="constant", product="truck"), 2
        )

    changes = read_tables(change_book(plant, shorter), plant)
    assert changes == {
        ("stations", "constant", "time_by_product", "van"): None,
        ("stations", "constant", "next_by_product", "truck"): None,
        ("crews", "helpers"): None,
    }
    scenario = edit_scenario(plant, changes)
    assert set(scenario.stations["constant"].time_by_product) == {"truck"}
    assert set(scenario.crews) == {"fitters"}


def test_new_rows_are_new_times_crews_and_calendars(plant: Path) -> None:
    def more(book: openpyxl.Workbook) -> None:
        book["staffing"].append(["night_shift", 2, "fit; weld", "late"])
        book["calendars"].append(["late", "mon-fri", "14:00-22:00; 22:30-23:00"])
        book["calendars"].append(["late", "breaks", "18:00-18:30"])
        times = book["times"]
        row = times.max_row + 1
        for column, value in (
            ("station", "constant"),
            ("product", "car"),
            ("value", "90 s"),
            ("source", "stop-watch"),
            ("confidence", "b"),
        ):
            cell(times, row, column).value = value

    scenario = edit_scenario(plant, read_tables(change_book(plant, more), plant))
    assert scenario.crews["night_shift"].skills == ("fit", "weld")
    late = scenario.calendars["late"]
    assert [str(hours) for hours in late.hours_of(0)] == ["14:00-22:00", "22:30-23:00"]
    assert [str(hours) for hours in late.breaks] == ["18:00-18:30"]
    time = scenario.stations["constant"].time_by_product["car"]
    found = [(float(q), q.source, q.confidence) for _, q in quantities(time)]
    assert found == [(90.0, "stop-watch", "B")]


def test_rows_may_be_sorted_by_a_spreadsheet(plant: Path) -> None:
    def sort(book: openpyxl.Workbook) -> None:
        for name in SHEETS:
            sheet = book[name]
            rows = [[entry.value for entry in row] for row in sheet.iter_rows()]
            head, *body = rows
            body.sort(key=lambda row: str(row[::-1]))
            sheet.delete_rows(1, sheet.max_row)
            # A spreadsheet's user may move columns and leave lines empty, too.
            for row in ([], head, *body, []):
                sheet.append(row[::-1])

    assert read_tables(change_book(plant, sort), plant) == {}


def test_sheets_that_are_not_there_change_nothing(plant: Path) -> None:
    def only_staff(book: openpyxl.Workbook) -> None:
        for name in SHEETS:
            if name != "staffing":
                del book[name]
        book.create_sheet("Feuil1")
        cell(book["staffing"], 2, "count").value = 7

    changes = read_tables(change_book(plant, only_staff), plant)
    assert changes == {("crews", "fitters", "count"): 7}


def test_every_parameter_of_every_law_has_a_column() -> None:
    for law in LawBase.__subclasses__():
        assert set(law.model_fields) <= set(TIME_COLUMNS), law


def test_equal_content_gives_equal_bytes(plant: Path, tmp_path: Path) -> None:
    write_tables(plant, tmp_path / "one.xlsx")
    write_tables(plant, tmp_path / "two.xlsx")
    one, two = ((tmp_path / f"{n}.xlsx").read_bytes() for n in ("one", "two"))
    assert one == two
    with zipfile.ZipFile(io.BytesIO(one)) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        core = archive.read("docProps/core.xml")
    assert core.count(b"2000-01-01T00:00:00Z") == 2


def test_texts_never_become_formulas(tmp_path: Path) -> None:
    evil = '=HYPERLINK("http://evil.example","x")'
    said = PLANT.replace('"timed"', f"'{evil}'")
    said = said.replace('"counted in 2025"', '"\'=1+1"')
    file = tmp_path / "evil.yaml"
    file.write_text(said, encoding="utf-8")
    write_tables(file, tmp_path / "evil.xlsx")
    times = openpyxl.load_workbook(tmp_path / "evil.xlsx")["times"]
    found = cell(times, row_of(times, source=evil), "source")
    assert found.data_type == "s"
    assert found.quotePrefix
    write_tables(file, tmp_path / "evil")
    with (tmp_path / "evil" / "times.csv").open(encoding="utf-8", newline="") as stream:
        cells = [entry for row in csv.reader(stream) for entry in row]
    assert f"'{evil}" in cells
    assert not [entry for entry in cells if entry.startswith(("=", "+", "-", "@"))]
    for target in ("evil.xlsx", "evil"):
        assert read_tables(tmp_path / target, file) == {}


def test_a_text_that_xml_cannot_hold_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "bell.yaml"
    file.write_text(PLANT.replace('"timed"', '"ti\\amed"'), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"bell\.xlsx: times!U4: character U\+0007"):
        write_tables(file, tmp_path / "bell.xlsx")
    write_tables(file, tmp_path / "bell")
    assert read_tables(tmp_path / "bell", file) == {}


def test_files_of_french_programs_are_understood(small: Path, tmp_path: Path) -> None:
    """Semicolons, decimal commas, a byte order mark, and lines that end in CR LF."""
    write_tables(small, tmp_path / "tables")
    file = tmp_path / "tables" / "times.csv"
    rows = list(csv.reader(io.StringIO(file.read_text("utf-8"))))
    rows[1][rows[0].index("value")] = "1,25"
    lines = [";".join(row) for row in rows]
    file.write_bytes(("\ufeff" + "\r\n".join(lines)).encode("utf-8"))
    assert read_tables(tmp_path / "tables", small) == {
        ("stations", "saw", "time"): "1.25 min"
    }


def put(sheet: str, row: int, column: str, value: object) -> Callable[[Any], None]:
    return lambda book: setattr(cell(book[sheet], row, column), "value", value)


BROKEN_CELLS = [
    (put("times", 2, "value", "soon"), "times!E2: got 'soon'; give a number"),
    (put("times", 2, "value", "5 kg"), "times!E2: got '5 kg'; give a number"),
    (put("times", 2, "value", -3), "times!E2: got -3 min; give at least 0 s"),
    (put("times", 2, "value", None), "times!E2: is empty; law constant needs its"),
    (put("times", 2, "value", True), "times!E2: got 'true'; give a number"),
    (put("times", 2, "value", "#N/A"), "times!E2: holds #N/A; give a value"),
    (put("times", 2, "value", "=A1"), "times!E2: holds a formula without its result"),
    (put("times", 2, "mean", 3), "times!F2: got '3'; law constant has none"),
    (put("times", 2, "law", "normal"), "times!E2: got '40'; law normal has none"),
    (put("times", 2, "law", "gauss"), "times!D2: unknown law 'gauss'; give one of"),
    (put("times", 2, "unit", "kg"), "times!T2: 'kg' is no unit of time"),
    (put("times", 2, "source", "me"), "times!V2: is empty beside a source"),
    (put("times", 2, "confidence", "A"), "times!U2: is empty beside a confidence"),
    (put("times", 3, "confidence", "D"), "times!V3: got 'D'; give A, B or C"),
    (put("times", 2, "station", None), "times!A2: is empty; give a station's id"),
    (put("times", 2, "station", "saw"), "times!A2: unknown station 'saw'"),
    (put("times", 2, "operation", "x"), "times!B2: station 'constant' has no opera"),
    (put("times", 3, "product", None), "times!A3: this time is given twice"),
    (put("times", 3, "product", "bus"), "times!D3: stations.constant.time_by_product"),
    (put("times", 6, "high", 1), "times!J6: got 1 s; give more than the low of 60"),
    (put("times", 12, "shape", 2.5), "times!K12: "),
    (put("times", 1, "law", "lore"), "times!D1: unknown column 'lore'"),
    (put("times", 1, "law", "value"), "times!E1: column 'value' is there twice"),
    (put("times", 1, "law", None), "times!A1: column 'law' is missing; add it"),
    (lambda book: book["times"].cell(2, 30, "note"), "times!AD2: lies past the last"),
    (put("routes", 2, "to", "nowhere"), "routes!D2: sources.gate.next"),
    (put("routes", 2, "to", None), "routes!D2: is empty; give the node"),
    (put("routes", 2, "share", 0.5), "routes!E2: probabilities sum to 0.5"),
    (put("routes", 2, "share", "half"), "routes!E2: got 'half'; give a number"),
    (put("routes", 2, "order", 1), "routes!F2: has no meaning if probability"),
    (put("routes", 3, "share", 1), "routes!E3: has no meaning if shortest_queue"),
    (put("routes", 3, "choose", "best"), "routes!G3: got 'best'; give one of"),
    (put("routes", 4, "choose", None), "routes!G4: got 'probability' after"),
    (put("routes", 4, "to", "constant"), "routes!D4: names 'constant' again"),
    (put("routes", 2, "node", "out"), "routes!A2: no part leaves 'out'"),
    (put("routes", 2, "node", "hall"), "routes!A2: unknown node 'hall'"),
    (put("routes", 2, "operation", "x"), "routes!B2: node 'gate' has no operation"),
    (put("mix", 2, "share", 0.9), "mix!C2: sources.gate.mix"),
    (put("mix", 2, "share", None), "mix!C2: is empty; give the share"),
    (put("mix", 3, "product", "car"), "mix!B3: gives 'car' again"),
    (put("mix", 2, "source", "door"), "mix!A2: unknown source 'door'"),
    (put("mix", 2, "product", "bus"), "mix!C2: sources.gate.mix"),
    (put("staffing", 2, "count", 0), "staffing!B2: crews.fitters.count: got 0"),
    (put("staffing", 2, "count", 1.5), "staffing!B2: got 1.5; give a whole number"),
    (put("staffing", 2, "count", None), "staffing!B2: is empty; give how many"),
    (put("staffing", 2, "skills", None), "staffing!C2: is empty; give what they"),
    (put("staffing", 2, "calendar", "x"), "staffing!D2: crews.fitters.calendar"),
    (put("staffing", 3, "crew", "fitters"), "staffing!A3: gives 'fitters' again"),
    (put("calendars", 2, "hours", "6-8"), "calendars!C2: got '6-8'; give hours"),
    (put("calendars", 2, "days", "lun"), "calendars!B2: got 'lun'; give days such"),
    (put("calendars", 2, "days", None), "calendars!B2: is empty; give days"),
    (put("calendars", 2, "days", "fri"), "calendars!B3: gives 'fri' again"),
    (put("calendars", 2, "days", "mon-fri"), "calendars!B3: 'fri' holds a day of"),
    (put("calendars", 6, "hours", "noel"), "calendars!C6: got 'noel'; give a date"),
    (
        put("calendars", 7, "hours", "2026-08-21 to 2026-08-03"),
        "calendars!C7: got '2026-08-21 to 2026-08-03'; give dates such as",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("spoil", "said"), BROKEN_CELLS, ids=[said for _, said in BROKEN_CELLS]
)
def test_a_broken_cell_is_named(
    plant: Path, spoil: Callable[[Any], None], said: str
) -> None:
    file = change_book(plant, spoil)
    with pytest.raises(ScenarioError) as caught:
        read_tables(file, plant)
    assert str(caught.value).startswith(f"{file}: {said}")
    assert caught.value.exit_code == 2
    assert plant.read_text(encoding="utf-8") == PLANT


def test_a_broken_cell_of_a_csv_file_is_named_by_line_and_column(
    small: Path, tmp_path: Path
) -> None:
    write_tables(small, tmp_path / "tables")
    file = tmp_path / "tables" / "staffing.csv"
    file.write_text('crew,count,skills,calendar\n"two\nlines",1,a,\nx,many,a\n')
    with pytest.raises(ScenarioError) as caught:
        read_tables(tmp_path / "tables", small)
    assert str(caught.value) == f"{file}:4:2: got 'many'; give a number"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", ": has no header; give crew, count, skills, calendar"),
        (b"crew,count\n", ":1:1: column 'skills' is missing; add it"),
        (b"crew,count,skills,calendar\n\xe9,1,a,\n", ":2: not UTF-8 text; save it as"),
        (b'crew,count,skills,calendar\n"x,1\n', ":2: unexpected end of data; mend the"),
        (b"crew,count,skills,calendar\nx,1,a,,note\n", ":2:5: lies past the last colu"),
    ],
)
def test_a_broken_csv_file_is_named(
    small: Path, tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "tables" / "staffing.csv"
    file.parent.mkdir()
    file.write_bytes(content)
    with pytest.raises(ScenarioError) as caught:
        read_tables(file.parent, small)
    assert str(caught.value).startswith(f"{file}{said}")


def test_sources_that_are_no_tables_are_refused(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(ScenarioError, match="holds no table; give one of times"):
        read_tables(folder, small)
    (folder / "time.csv").write_text("x\n")
    with pytest.raises(ScenarioError, match=r"time\.csv: unknown table; name it one"):
        read_tables(folder, small)
    with pytest.raises(ScenarioError, match="no such file; give a workbook"):
        read_tables(tmp_path / "none.xlsx", small)
    with pytest.raises(ScenarioError, match=r"is neither \.xlsx nor a folder"):
        read_tables(small, small)
    for content in (b"", b"PK\x03\x04 no archive", STATION.encode()):
        (tmp_path / "bad.xlsx").write_bytes(content)
        with pytest.raises(ScenarioError, match=r"bad\.xlsx: is no workbook"):
            read_tables(tmp_path / "bad.xlsx", small)
    with zipfile.ZipFile(tmp_path / "other.xlsx", "w") as archive:
        archive.writestr("readme.txt", "no workbook")
    with pytest.raises(ScenarioError, match=r"other\.xlsx: is no workbook"):
        read_tables(tmp_path / "other.xlsx", small)
    with pytest.raises(ScenarioError, match=r"cannot be written as \.ods; name a"):
        write_tables(small, tmp_path / "tables.ods")
    with pytest.raises(ScenarioError, match=r"cannot be written \(.+\); check its"):
        write_tables(small, tmp_path / "nowhere" / "tables.xlsx")


def test_an_unknown_sheet_is_refused(small: Path) -> None:
    def another(book: openpyxl.Workbook) -> None:
        book["times"].title = "time"

    with pytest.raises(ScenarioError, match=r"small\.xlsx: time: unknown sheet; name"):
        read_tables(change_book(small, another), small)


def test_without_openpyxl_it_is_said_how_to_get_it(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tables(small, tmp_path / "small.xlsx")
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    for act in (
        lambda: write_tables(small, tmp_path / "other.xlsx"),
        lambda: read_tables(tmp_path / "small.xlsx", small),
    ):
        with pytest.raises(MissingPartError) as caught:
            act()
        assert caught.value.exit_code == 3
        assert "pip install 'flins-twin[tables]'" in str(caught.value)
    write_tables(small, tmp_path / "tables")
    assert read_tables(tmp_path / "tables", small) == {}


def test_every_plant_of_these_tests_can_be_read() -> None:
    assert read_scenario(PLANT).name == "plant"
    assert read_scenario(STATION).name == "small"
