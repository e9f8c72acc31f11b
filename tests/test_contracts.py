"""The import contracts hold, and each of them fires when it is broken."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PACKAGES = ("twin", "server", "viewer")

# Contract, by the start of its name, to a module and an import it must refuse there.
VIOLATIONS = {
    "twin is layered": ("twin/errors.py", "import twin.text"),
    "twin knows neither": ("twin/state.py", "import viewer"),
    "viewer and server meet": ("viewer/__init__.py", "import server"),
    "viewer takes from twin": ("viewer/__init__.py", "import twin.rng"),
    "one door: pybullet": ("server/__init__.py", "import pybullet"),
    "one door: meshes": ("viewer/__init__.py", "import trimesh"),
    "one door: inverse kinematics": ("twin/state.py", "import ruckig"),
    "one door: path search": ("twin/kinematics/choice.py", "import ompl"),
    "one door: compiled code": ("twin/scenario/laws.py", "import numba"),
    "one door: scenario files": ("twin/text.py", "import ruamel.yaml"),
    "one door: recordings": ("server/__init__.py", "import mcap.writer"),
    "one door: the web framework": ("twin/state.py", "import fastapi"),
    "one door: OpenGL": ("viewer/__init__.py", "from vispy import gloo"),
    "one door: Qt": ("viewer/__init__.py", "from PySide6 import QtCore"),
    "one door: films": ("twin/state.py", "import imageio_ffmpeg"),
    "one door: the terminal": ("server/__init__.py", "import rich.progress"),
}

# Dependencies without a door, and why.
SHARED = {
    "numpy": "arrays are the vocabulary",
    "scipy": "numerics on those arrays",
    "msgspec": "the messages are its structs",
    "pydantic": "checks what people write: scenarios, and requests to the server",
    "networkx": "graphs of aisles and of who waits for whom",
    "zstandard": "compresses what is stored: recordings and cooked meshes",
    "websockets": "both ends of the wire",
    "pillow": "pictures, drawn and compared",
    "tzdata": "read by the standard library alone",
}


def contract_names(root_folder: Path) -> list[str]:
    settings = tomllib.loads((root_folder / "pyproject.toml").read_text("utf-8"))
    return [each["name"] for each in settings["tool"]["importlinter"]["contracts"]]


def lint_imports(folder: Path) -> dict[str, bool]:
    """Return whether each contract, by name, is kept by the packages in ``folder``."""
    command = [
        sys.executable,
        "-c",
        "import sys; from importlinter.cli import lint_imports;"
        "sys.exit(lint_imports(config_filename='pyproject.toml'))",
    ]
    run = subprocess.run(
        command,
        cwd=folder,
        env={"COLUMNS": "400", "PYTHONPATH": str(folder), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    verdicts = {}
    for line in run.stdout.splitlines():
        for verdict in ("KEPT", "BROKEN"):
            name, separator, _ = line.rpartition(f" {verdict}")
            if separator:
                verdicts[name.strip()] = verdict == "KEPT"
    assert verdicts, run.stdout + run.stderr
    return verdicts


@pytest.fixture
def copy(root_folder: Path, tmp_path: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(
            root_folder / package,
            tmp_path / package,
            ignore=shutil.ignore_patterns("__pycache__", "*.glb"),
        )
    shutil.copy(root_folder / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_packages_keep_every_contract(copy: Path) -> None:
    assert lint_imports(copy) == dict.fromkeys(contract_names(copy), True)


def test_every_contract_fires(copy: Path) -> None:
    for module, line in VIOLATIONS.values():
        with (copy / module).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")
    assert lint_imports(copy) == dict.fromkeys(contract_names(copy), False)


def test_every_contract_has_a_violation_to_fire_on(root_folder: Path) -> None:
    names = contract_names(root_folder)
    for start in VIOLATIONS:
        assert len([name for name in names if name.startswith(start)]) == 1, start
    assert len(names) == len(VIOLATIONS)


def test_every_dependency_has_a_door_or_a_reason(root_folder: Path) -> None:
    settings = tomllib.loads((root_folder / "pyproject.toml").read_text("utf-8"))
    doored = {
        module
        for contract in settings["tool"]["importlinter"]["contracts"]
        for module in contract.get("forbidden_modules", [])
    }
    modules_of: dict[str, set[str]] = {}
    for module, distributions in packages_distributions().items():
        for distribution in distributions:
            modules_of.setdefault(canonicalize_name(distribution), set()).add(module)
    for text in settings["project"]["dependencies"]:
        requirement = Requirement(text)
        if requirement.marker is not None and not requirement.marker.evaluate():
            continue
        name = canonicalize_name(requirement.name)
        modules = modules_of.get(name, {name.replace("-", "_")})
        assert name in SHARED or doored & modules, name
