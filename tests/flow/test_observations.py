"""Measured times: what a CSV may hold, and what is said when it holds else."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.errors import ScenarioError
from twin.flow.observations import read_observations_s


def _read(folder: Path, content: str | bytes, column: str | None = None) -> list[float]:
    path = folder / "times.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_observations_s(path, column, 60.0))


@pytest.mark.parametrize(
    ("content", "column"),
    [
        ("1.5\n2\n", None),
        ("time\n1.5\n2\n", None),
        ("time\r\n1.5\r\n\r\n2\r\n\r\n", "time"),
        ("car,time\nzoe,1.5\nclio,2\n", "time"),
        ('car;"time"\nzoe;1,5\nclio; 2 \n', "time"),
        ("car;time, min\nzoe;1,5\nclio;2\n", "time, min"),
        ("1,5;zoe\n2;clio\n", None),
        ("time\tcar\n1.5\tzoe\n2\tclio", None),
        ("\ufefftime,car\n1.5,zoe\n2,clio\n", "time"),
    ],
)
def test_times_are_read(tmp_path: Path, content: str, column: str | None) -> None:
    assert _read(tmp_path, content, column) == [90.0, 120.0]


@pytest.mark.parametrize(
    ("content", "where", "found"),
    [
        ("car,time\nzoe,1\nclio,-2\n", ":3", "got '-2' in column 'time'; give a"),
        ("car,time\nzoe,nan\n", ":2", "got 'nan' in column 'time'; give a number"),
        ("car,time\nzoe,1e400\n", ":2", "got '1e400' in column 'time'"),
        ("car,time\nzoe,9e9\n", ":2", "at most 100 years"),
        ("car,time\nzoe,4 min\n", ":2", "got '4 min' in column 'time'"),
        ("car,time\nzoe,1_0\n", ":2", "got '1_0' in column 'time'"),
        ("car,time\nzoe,\n", ":2", "column 'time' is empty; give a number or"),
        ("car,time\nzoe,1\n\nclio\n", ":4", "column 'time' is empty"),
        ("car,minutes\nzoe,1\n", ":1", "no column 'time'; there are 'car', 'minutes'"),
        ("time,time\n1,2\n", ":1", "names two columns 'time'; rename one"),
        ("car,time\n", ":1", "holds names only; give measured times below"),
        ("", "", "is empty; give one measured time a line"),
        ('car,time\n"zoe,1\n', ":2", "mend the CSV"),
        (b"car,time\nzo\xeb,1\n", "", "not UTF-8 text (byte 11); save it as CSV"),
    ],
)
def test_slips_are_told_with_their_line(
    tmp_path: Path, content: str | bytes, where: str, found: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        _read(tmp_path, content, "time")
    assert caught.value.where == f"{tmp_path / 'times.csv'}{where}"
    assert found in caught.value.found


def test_the_first_column_is_named_in_words(tmp_path: Path) -> None:
    with pytest.raises(
        ScenarioError, match=r"times\.csv:2: got 'x' in the first column"
    ):
        _read(tmp_path, "1\nx\n")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"none\.csv: no such file; put the CSV"):
        read_observations_s(tmp_path / "none.csv", None, 1.0)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="cannot be read"):
        read_observations_s(tmp_path, None, 1.0)


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="limit of 16777216 bytes"):
        _read(tmp_path, b"1\n" * (8 * 1024 * 1024 + 1))
