"""Without pybullet everything but physics works, and physics says how to get it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

# As on a plant PC for which there is no wheel.
_WITHOUT_BULLET = """
import sys


class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "pybullet":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


sys.meta_path.insert(0, Absent())
"""


def _run(code: str, root_folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _WITHOUT_BULLET + code],
        cwd=root_folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_physics_says_how_to_get_what_it_lacks(root_folder: Path) -> None:
    done = _run(
        """
from twin.errors import MissingPartError
from twin.physics.world import World
try:
    World(1 / 240)
except MissingPartError as error:
    print(error.exit_code, error)
""",
        root_folder,
    )
    assert done.returncode == 0, done.stderr
    code, _, message = done.stdout.strip().partition(" ")
    assert code == "3"
    assert message.startswith("physics: pybullet is not installed; ")
    assert "pip install pybullet" in message
    assert "\n" not in message


def test_the_command_ends_with_three_and_one_line(root_folder: Path) -> None:
    done = _run(
        """
from twin.cli import main
sys.argv = ["flins", "run", "scenarios/battery_cell.yaml", "--until", "1s", "--json"]
main()
""",
        root_folder,
    )
    assert done.returncode == 3, done.stderr
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert "pip install pybullet" in done.stderr


def test_everything_else_works_without_it(root_folder: Path) -> None:
    done = _run(
        """
import pathlib
import server.app
import server.session
import twin.bench
import twin.cli
import twin.codec
import twin.engine
import twin.physics.cell
import twin.recording
import viewer.client
import viewer.canvas
from twin.layout.plan import build_layout
from twin.scenario import load_scenario
scenario = load_scenario("scenarios/battery_cell.yaml")
layout = build_layout(scenario, pathlib.Path("scenarios"))
print(scenario.name, len(layout.placed) > 10, "pybullet" in sys.modules)
""",
        root_folder,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["battery_cell", "True", "False"]


def test_with_it_nothing_is_chattered(root_folder: Path) -> None:
    """Neither its build time on standard error nor its warnings on the output."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from twin.physics.world import World\n"
            "with World(1 / 240) as world:\n"
            "    world.add_floor()\n",
        ],
        cwd=root_folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
