"""``flins calibrate``, and ``flins run --engine flow`` on what it keeps."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from twin.cli.calibrating import shown_times
from twin.scenario.calibration import calibration_path, load_calibration

Flins = Callable[..., "subprocess.CompletedProcess[str]"]

FLOW = ("--engine", "flow", "--until", "2h", "--warm-up", "0s", "--json")


def test_a_cell_runs_in_flow_on_its_kept_times(flins: Flins, cell: Path) -> None:
    done = flins("run", str(cell), *FLOW, "--replications", "2", "--processes", "1")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["engine"] == "flow"
    assert found["calibration"]["stale"] is False
    out = {
        name: found["figures"][f"node.{name}.throughput_per_s"]["mean"] * 7200.0
        for name in ("cars_out", "batteries_out")
    }
    cycle_s = 229.5
    assert out["cars_out"] == pytest.approx(7200.0 / cycle_s, abs=1.5)
    assert abs(out["batteries_out"] - out["cars_out"]) <= 1.0


def test_without_times_it_says_what_to_run(
    flins: Flins, cell: Path, tmp_path: Path
) -> None:
    alone = tmp_path / "mine.yaml"
    shutil.copy(cell, alone)
    done = flins("run", str(alone), *FLOW)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "mine.yaml:" in line
    assert f"run flins calibrate {alone}" in line
    assert done.stdout == ""


def test_times_of_another_version_are_told(
    flins: Flins, cell: Path, tmp_path: Path
) -> None:
    other = tmp_path / cell.name
    text = cell.read_text("utf-8").replace("rate: 240 Hz", "rate: 480 Hz")
    other.write_text(text, "utf-8")
    shutil.copytree(cell.parent / "calibrations", tmp_path / "calibrations")
    done = flins("run", str(other), *FLOW, "--replications", "1", "--processes", "1")
    assert done.returncode == 0, done.stderr
    assert "times of another version of the scenario" in done.stderr
    assert json.loads(done.stdout)["calibration"]["stale"] is True


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("scenarios/textbook/mm1.yaml",), "only a physics cell has times"),
        (("scenarios/battery_cell.yaml", "-o", "times.txt"), "name a .yaml file"),
        (("scenarios/battery_cell.yaml", "-n", "0"), "'-n'"),
    ],
)
def test_what_cannot_be_calibrated_is_said(
    flins: Flins, arguments: tuple[str, ...], told: str
) -> None:
    done = flins("calibrate", *arguments)
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_each_time_is_shown_with_why_it_is_this_law(cell: Path) -> None:
    calibration = load_calibration(calibration_path(cell))
    for language in ("en", "fr"):
        rows = shown_times(calibration, language)
        (operations,) = calibration.stations.values()
        assert [name for name, *_ in rows if "(" not in name] == list(operations)
        assert all(law and judged for _, law, judged, _ in rows)
