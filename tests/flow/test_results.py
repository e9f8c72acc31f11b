"""Results as workbook, Parquet and CSV."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow.parquet
import pytest

from twin.errors import FlowError, MissingPartError
from twin.flow.tables import write_results

RESULTS: dict[str, list[dict[str, object]]] = {
    "stations": [
        {"station": "saw", "utilisation": 0.8125, "n_done": 12},
        {"station": "=press", "utilisation": float("nan"), "n_done": np.int64(7)},
    ],
    "run": [{"seed": 1, "late": True}, {"seed": 2, "gap_s": float("inf")}],
}
ONE = {"stations": RESULTS["stations"]}


def test_a_workbook_holds_a_sheet_a_table(tmp_path: Path) -> None:
    file = tmp_path / "out.xlsx"
    assert write_results(RESULTS, file) == [file]
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["stations", "run"]
    stations = [[cell.value for cell in row] for row in book["stations"].iter_rows()]
    assert stations == [
        ["station", "utilisation", "n_done"],
        ["saw", 0.8125, 12],
        ["=press", None, 7],
    ]
    assert book["stations"]["A3"].data_type == "s"
    run = [[cell.value for cell in row] for row in book["run"].iter_rows()]
    assert run == [["seed", "late", "gap_s"], [1, "true", None], [2, None, "inf"]]
    again = tmp_path / "again.xlsx"
    write_results(RESULTS, again)
    assert again.read_bytes() == file.read_bytes()


def test_parquet_keeps_kinds_and_what_is_missing(tmp_path: Path) -> None:
    files = write_results(RESULTS, tmp_path / "out.parquet")
    assert files == [
        tmp_path / "out" / "stations.parquet",
        tmp_path / "out" / "run.parquet",
    ]
    stations = pyarrow.parquet.read_table(files[0])
    assert {field.name: str(field.type) for field in stations.schema} == {
        "station": "string",
        "utilisation": "double",
        "n_done": "int64",
    }
    assert stations["station"].to_pylist() == ["saw", "=press"]
    assert np.isnan(stations["utilisation"].to_pylist()[1])
    assert pyarrow.parquet.read_table(files[1]).to_pylist() == [
        {"seed": 1, "late": True, "gap_s": None},
        {"seed": 2, "late": None, "gap_s": float("inf")},
    ]


def test_one_table_is_the_file_itself(tmp_path: Path) -> None:
    for name in ("one.parquet", "one.csv"):
        assert write_results(ONE, tmp_path / name) == [tmp_path / name]
    assert (tmp_path / "one.csv").read_text("utf-8") == (
        "station,utilisation,n_done\nsaw,0.8125,12\n'=press,,7\n"
    )
    assert pyarrow.parquet.read_table(tmp_path / "one.parquet").num_rows == 2


@pytest.mark.parametrize("target", ["out.csv", "out"])
def test_several_tables_are_files_of_a_folder(tmp_path: Path, target: str) -> None:
    files = write_results(RESULTS, tmp_path / target)
    assert files == [tmp_path / "out" / "stations.csv", tmp_path / "out" / "run.csv"]
    assert files[1].read_text("utf-8") == "seed,late,gap_s\n1,true,\n2,,inf\n"


def test_an_empty_table_is_written(tmp_path: Path) -> None:
    empty: dict[str, list[dict[str, object]]] = {"trace": []}
    for name in ("out.csv", "out.parquet", "out.xlsx"):
        (file,) = write_results(empty, tmp_path / name)
        assert file.exists()
    assert pyarrow.parquet.read_table(tmp_path / "out.parquet").num_rows == 0


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(FlowError, match=r"out\.ods: results cannot be written as \.od"):
        write_results(RESULTS, tmp_path / "out.ods")
    mixed: dict[str, list[dict[str, object]]] = {"t": [{"a": 1}, {"a": "one"}]}
    with pytest.raises(FlowError, match="column 'a' of 't' mixes kinds of values"):
        write_results(mixed, tmp_path / "mixed.parquet")
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(FlowError, match="cannot be written"):
        write_results(ONE, tmp_path / "file" / "out.parquet")


@pytest.mark.parametrize(
    ("package", "name"), [("openpyxl", "out.xlsx"), ("pyarrow", "out.parquet")]
)
def test_without_a_package_it_is_said_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str, name: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingPartError) as caught:
        write_results(RESULTS, tmp_path / name)
    assert caught.value.exit_code == 3
    assert str(caught.value) == (
        f"tables: {package} is not installed; run: pip install 'flins-twin[tables]'"
    )
