"""The published table: it is of the cases as they are, and none of them is red."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from twin.verify.cases import all_cases
from twin.verify.kept import keep_calibration, read_calibrations
from twin.verify.runner import Calibration


@pytest.fixture(scope="module")
def rows(root_folder: Path) -> dict[str, list[str]]:
    page = (root_folder / "docs" / "verification.md").read_text("utf-8")
    table = page.partition("## Calibration")[0]
    cells = [line.split(" | ") for line in table.splitlines() if line.startswith("| `")]
    return {row[0].removeprefix("| ").strip("`"): row for row in cells}


def test_every_case_is_published_with_what_theory_says(
    rows: dict[str, list[str]],
) -> None:
    cases = {case.name: case for case in all_cases()}
    assert list(rows) == list(cases)
    for name, row in rows.items():
        assert row[3] == f"{cases[name].expected:.6g}", name
        assert row[2].strip("`") == cases[name].measure


def test_no_published_case_is_red(rows: dict[str, list[str]]) -> None:
    assert len(rows) >= 30
    assert {row[6] for row in rows.values()} == {"yes"}


def test_a_calibration_goes_on_where_it_stopped(tmp_path: Path) -> None:
    first, second, *_ = all_cases()
    path = tmp_path / "deep" / "kept.jsonl"
    assert read_calibrations(path, all_cases()) == []
    keep_calibration(path, Calibration(second, 940, 1000))
    keep_calibration(path, Calibration(first, 955, 1000))
    kept = read_calibrations(path, all_cases())
    assert [each.case.name for each in kept] == [first.name, second.name]
    assert [each.ok for each in kept] == [True, True]
    assert not Calibration(first, 910, 1000).ok


def test_published_coverage_is_that_which_was_kept(root_folder: Path) -> None:
    page = (root_folder / "docs" / "verification.md").read_text("utf-8")
    kept = read_calibrations(root_folder / "docs" / "calibration.jsonl", all_cases())
    published = re.findall(
        r"^\| `(\w+)` \| (\d+) \| ([\d.]+) % \| yes \|$",
        page.partition("## Calibration")[2],
        re.MULTILINE,
    )
    assert [(each.case.name, str(each.n_held)) for each in kept] == [
        (name, held) for name, held, _ in published
    ]
