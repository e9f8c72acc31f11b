"""``flins verify`` from outside: what it prints, writes and refuses."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

Flins = Callable[..., "subprocess.CompletedProcess[str]"]


def test_a_case_that_is_met_exits_0(flins: Flins) -> None:
    result = flins("verify", "belt_rate", "--json", "--processes", "1")
    assert result.returncode == 0, result.stderr
    said = json.loads(result.stdout)
    assert said["ok"] is True
    (case,) = said["cases"]
    assert case["ok"] is True
    # A part each pitch / speed: 0.8 m at 0.5 m/s.
    assert case["expected"] == 0.625
    assert case["simulated"] - case["expected"] < 0.001


def test_an_unknown_case_is_named_with_those_there_are(flins: Flins) -> None:
    result = flins("verify", "mm9")
    assert (result.returncode, result.stdout) == (2, "")
    assert "no case 'mm9'; known: agv_loop, " in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_page_is_of_the_whole_table(flins: Flins, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    result = flins("verify", "mm1", "--page", str(page))
    assert result.returncode == 2
    assert "leave the cases out" in result.stderr
    assert not page.exists()


def test_a_broken_calibration_is_told_by_its_line(flins: Flins, tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    kept.write_text('{"name": "mm1", "n_held": 950, "n_seeds": 1000}\nx\n', "utf-8")
    result = flins("verify", "--calibrate", "--calibration", str(kept))
    assert result.returncode == 2
    assert f"{kept}:2: no calibration" in result.stderr


def test_calibration_needs_a_place_to_be_kept(flins: Flins) -> None:
    result = flins("verify", "--calibrate")
    assert result.returncode == 2
    assert "--calibration" in result.stderr
