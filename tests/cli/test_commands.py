"""What the commands print and write when all is well."""

from __future__ import annotations

import json
import re
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from twin import __version__
from twin.recording import Recording
from twin.scenario import json_schema, load_scenario

Flins = Callable[..., "subprocess.CompletedProcess[str]"]

HEAVY = {
    *("numpy", "scipy", "trimesh", "collada", "pybullet", "eaik", "ruckig", "pint"),
    *("ruamel", "fastapi", "uvicorn", "vispy", "PySide6", "OpenGL", "PIL", "mcap"),
    *("foxglove", "imageio_ffmpeg"),
}


def test_the_version_is_printed(flins: Flins) -> None:
    result = flins("--version")
    assert (result.returncode, result.stdout) == (0, f"flins-twin {__version__}\n")
    assert result.stderr == ""


def test_help_lists_the_commands(flins: Flins) -> None:
    result = flins("--help")
    assert result.returncode == 0
    assert result.stderr == ""
    listed = re.findall(r"^  ([a-z]+)  ", result.stdout.partition("Commands:")[2], re.M)
    assert listed == [
        *("demo", "run", "view", "render", "serve", "replay", "schema", "calibrate"),
        *("agree", "verify", "equipment", "bench", "tables"),
    ]


@pytest.mark.parametrize(
    "verb", ["run", "view", "render", "serve", "replay", "verify", "bench"]
)
def test_each_command_explains_its_options(flins: Flins, verb: str) -> None:
    result = flins(verb, "--help")
    assert result.returncode == 0
    assert result.stderr == ""
    options = re.findall(r"^  (?:-\w, ?)?(-[-\w]+)(.*)$", result.stdout, re.MULTILINE)
    assert ("--help" in dict(options)) is True
    assert all(rest.strip() for _, rest in options), options


def test_help_imports_nothing_heavy(root_folder: Path) -> None:
    """What takes long to import is imported by the commands that need it."""
    shown = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "twin", "--help"],
        cwd=root_folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    modules = re.findall(r"^import time:.*\| +([\w.]+)$", shown.stderr, re.MULTILINE)
    packages = {module.partition(".")[0] for module in modules}
    assert "typer" in packages
    assert packages & HEAVY == set()


def test_the_schema_is_one_json_object(flins: Flins) -> None:
    result = flins("schema")
    assert result.returncode == 0
    assert result.stderr == ""
    assert json.loads(result.stdout) == json_schema()


@pytest.mark.slow
def test_a_run_prints_one_json_object_and_leaves_a_recording(
    flins: Flins, cell: Path, tmp_path: Path
) -> None:
    path = tmp_path / "new" / "run.mcap"
    result = flins(
        *("run", str(cell), "--until", "1 s", "--seed", "7", "--json"),
        *("--record", str(path)),
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("\n") == 1
    figures = json.loads(result.stdout)
    assert (figures["scenario"], figures["engine"]) == ("battery_cell", "physics")
    assert (figures["seed"], figures["tick"]) == (7, 240)
    assert figures["sim_time_s"] == pytest.approx(1.0)
    assert re.fullmatch(r"[0-9a-f]{64}", figures["state_sha256"])
    assert figures["cars_in"] == 1
    assert figures["cycle_time_s"] is None
    assert figures["cycle_steps"] == {}
    assert [one.name for one in path.parent.iterdir()] == ["run.mcap"]
    with Recording(path) as recording:
        assert recording.scene.name == "battery_cell"
        assert recording.metadata == {
            "scenario": "battery_cell",
            "engine": "physics",
            "seed": "7",
            "version": __version__,
        }
        ticks = [frame.tick for frame in recording.frames()]
    physics = load_scenario(cell).physics
    step = round(float(physics.rate) / float(physics.frame_rate))
    assert ticks == [*range(0, 240, step), 240]


@pytest.mark.slow
def test_equal_seeds_end_in_equal_states_and_others_do_not(
    flins: Flins, cell: Path
) -> None:
    def digest(seed: int) -> str:
        result = flins(
            "run", str(cell), "--until", "1 s", "--seed", str(seed), "--json"
        )
        found: str = json.loads(result.stdout)["state_sha256"]
        return found

    assert digest(3) == digest(3) != digest(4)


@pytest.mark.slow
def test_figures_for_people_speak_french_when_asked(flins: Flins, cell: Path) -> None:
    english = flins("run", str(cell), "--until", "0.1 s").stdout
    french = flins("run", str(cell), "--until", "0.1 s", "--lang", "fr").stdout
    assert len(english.splitlines()) == len(french.splitlines()) > 5
    assert english.splitlines()[0] != french.splitlines()[0]


@pytest.mark.slow
def test_a_picture_has_the_size_that_was_asked_for(
    flins: Flins, cell: Path, tmp_path: Path
) -> None:
    path = tmp_path / "new" / "x.png"
    result = flins(
        *("render", str(cell), "--at", "0.5 s", "--camera", "overview"),
        *("--size", "320x180", "-o", str(path)),
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout == ""
    content = path.read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", content[16:24]) == (320, 180)
    assert [one.name for one in path.parent.iterdir()] == ["x.png"]
