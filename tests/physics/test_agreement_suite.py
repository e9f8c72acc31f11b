"""The slow suite goes on with what it kept, and counts only what is of the cell."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from cells import SHIPPED
from typer.testing import CliRunner

from twin.bench.agreement_suite import (
    CARS_A_PORTION,
    Portion,
    basis_of,
    conditions_of,
    read,
    run_suite,
    summary,
    table,
)
from twin.cli.main import app
from twin.errors import TwinError
from twin.scenario import load_scenario
from twin.scenario.calibration import calibration_path

CLOSE = (0.001, 0.0, -0.001, 0.002, 0.0005)


def portions(tmp_path: Path, differences: tuple[float, ...] = CLOSE) -> Path:
    """Write a file that holds a portion of every condition of the shipped cell."""
    kept = tmp_path / "kept.jsonl"
    basis = basis_of(SHIPPED, load_scenario(SHIPPED))
    rows = [
        Portion("battery_cell", name, 1, basis, differences, 0.001)
        for name in conditions_of(SHIPPED)
    ]
    kept.write_text("".join(json.dumps(asdict(row)) + "\n" for row in rows), "utf-8")
    return kept


def test_a_cell_is_put_under_every_condition_that_it_knows() -> None:
    found = conditions_of(SHIPPED)
    assert list(found) == ["undisturbed", "slower arrivals", "blocked exit", "absence"]
    arrival_s = found["slower arrivals"].arrival_s
    collected_s = found["blocked exit"].collected_after_s
    assert arrival_s is not None
    assert collected_s is not None
    assert collected_s > arrival_s > 200.0


def test_bays_that_block_a_conveyor_take_longer_than_the_cell(
    root_folder: Path,
) -> None:
    """Three bays test twelve modules: with cycles of 4 x test time they keep up."""
    found = conditions_of(root_folder / "scenarios" / "cells" / "pack_line.yaml")
    assert list(found) == ["undisturbed", "slower arrivals", "blocked exit", "absence"]
    test_s, arrival_s = found["blocked exit"].test_s, found["slower arrivals"].arrival_s
    assert test_s is not None
    assert arrival_s is not None
    assert 4.0 * test_s == pytest.approx(1.5 * arrival_s / 1.25, abs=4.0)


def test_what_is_kept_is_not_run_again(tmp_path: Path) -> None:
    kept = portions(tmp_path)
    assert list(run_suite([SHIPPED], kept, CARS_A_PORTION, processes=1)) == []
    rows = summary([SHIPPED], kept)
    assert [row.condition for row in rows] == list(conditions_of(SHIPPED))
    assert all(row.ok and row.cars == 5 for row in rows)
    assert rows[0].cycle.mean == pytest.approx(sum(CLOSE) / 5)
    assert "| battery_cell | absence | 5 | +0.050 % (" in table(rows)


def test_portions_of_another_calibration_do_not_count(tmp_path: Path) -> None:
    kept = portions(tmp_path)
    other = [replace(each, basis="0" * 64) for each in read(kept)]
    kept.write_text("".join(json.dumps(asdict(row)) + "\n" for row in other), "utf-8")
    assert summary([SHIPPED], kept) == []


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    kept = portions(tmp_path)
    kept.write_text(kept.read_text("utf-8") + '{"cell": 3}\n', "utf-8")
    with pytest.raises(TwinError, match=r"kept\.jsonl:5: no portion; delete the line"):
        read(kept)


def test_a_cell_without_calibration_is_refused(tmp_path: Path) -> None:
    cell = tmp_path / "cell.yaml"
    cell.write_text(SHIPPED.read_text("utf-8"), "utf-8")
    assert not calibration_path(cell).exists()
    with pytest.raises(TwinError, match="no calibration; run flins calibrate"):
        conditions_of(cell)


def test_the_table_goes_to_its_place_in_a_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    marks = (
        "<!-- agreement: written by flins agree -->\n",
        "<!-- end of agreement -->\n",
    )
    page.write_text(f"above\n{marks[0]}old\n{marks[1]}below\n", "utf-8")
    words = ["agree", str(SHIPPED), "--cars", "0", "--page", str(page), "--json"]
    kept = portions(tmp_path)
    done = CliRunner().invoke(app, [*words, "--kept", str(kept)])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["ok"]
    text = page.read_text("utf-8")
    assert text.startswith(f"above\n{marks[0]}| cell |")
    assert text.endswith(f"{marks[1]}below\n")
    assert "old" not in text


def test_engines_that_differ_too_much_end_with_1(tmp_path: Path) -> None:
    kept = portions(tmp_path, (0.05, 0.06, 0.05, 0.05, 0.05))
    words = ["agree", str(SHIPPED), "--cars", "0", "--kept", str(kept)]
    assert CliRunner().invoke(app, words).exit_code == 1
