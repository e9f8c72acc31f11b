"""The wheel works where it is installed, with scenarios and assets in it."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path

import pytest

WHERE = """
import json, server, twin, viewer
from twin.share import share_folder
print(json.dumps([share_folder().as_posix(), twin.__file__, twin.__version__]))
"""


def run(*command: str | Path, folder: Path) -> str:
    finished = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


@pytest.fixture(scope="module")
def elsewhere(root_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel in it, far from the checkout."""
    folder = tmp_path_factory.mktemp("elsewhere")
    build = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
    run(*build, folder=root_folder)
    (wheel,) = folder.glob("flins_twin-*.whl")
    venv.create(folder / "venv", symlinks=sys.platform != "win32")
    install = ("--no-deps", "--no-index", "--disable-pip-version-check", wheel)
    python = bin_folder(folder) / "python"
    run(
        *(sys.executable, "-m", "pip", "--python", python, "install", *install),
        folder=folder,
    )
    # The dependencies come from the environment that runs the tests: a path file
    # adds the folder, but not the path files in it, so not the checkout either.
    packages = run(
        *(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"),
        folder=folder,
    ).strip()
    Path(packages, "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return folder


def bin_folder(folder: Path) -> Path:
    return folder / "venv" / ("Scripts" if sys.platform == "win32" else "bin")


@pytest.mark.slow
def test_the_installed_command_starts(elsewhere: Path) -> None:
    shown = run(bin_folder(elsewhere) / "flins", "--help", folder=elsewhere)
    assert "demo" in shown
    assert "run" in shown


@pytest.mark.slow
def test_scenarios_and_assets_come_along(elsewhere: Path, root_folder: Path) -> None:
    python = bin_folder(elsewhere) / "python"
    shared, package, version = json.loads(run(python, "-c", WHERE, folder=elsewhere))
    assert Path(package).is_relative_to(elsewhere)
    assert Path(shared).is_relative_to(elsewhere)
    project = tomllib.loads((root_folder / "pyproject.toml").read_text("utf-8"))
    assert version == project["project"]["version"]
    for scenario in (root_folder / "scenarios").glob("*.yaml"):
        installed = Path(shared, "scenarios", scenario.name)
        assert installed.read_bytes() == scenario.read_bytes()
    manifest = json.loads(Path(shared, "assets", "manifest.json").read_text("utf-8"))
    assert manifest
    for name, entry in manifest.items():
        stored = Path(shared, "assets", "glb", Path(entry["file"]).name).read_bytes()
        assert hashlib.sha256(stored).hexdigest() == entry["sha256"], name
