"""What the documents and the Makefile name exists."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")
TARGETS = {
    *("help", "setup", "demo", "test", "test-fast", "check", "bench", "golden"),
    *("assets", "lock", "clean"),
}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(root_folder: Path, document: str) -> None:
    text = (root_folder / document).read_text("utf-8")
    for target in re.findall(r"\]\(([^)#]+)", text):
        if "://" not in target:
            assert (root_folder / target).exists(), target


def test_help_explains_every_target(root_folder: Path) -> None:
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=root_folder,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    explained = re.findall(r"^  make (\S+) +(\S.*)$", shown, re.MULTILINE)
    assert {target for target, _ in explained} == TARGETS
    assert shown.count("\n") == len(TARGETS)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_targets_that_documents_name_exist(root_folder: Path, document: str) -> None:
    text = (root_folder / document).read_text("utf-8")
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE))
    assert named <= TARGETS


def test_the_readme_lists_every_command(root_folder: Path) -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "twin", "--help"],
        cwd=root_folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    ).stdout
    commands = re.findall(
        r"^  ([a-z]+) ", shown.partition("Commands:")[2], re.MULTILINE
    )
    text = (root_folder / "README.md").read_text("utf-8")
    assert commands == re.findall(r"^\| `flins ([a-z]+)", text, re.MULTILINE)


def test_integration_runs_what_people_run(root_folder: Path) -> None:
    lines = (root_folder / ".ci" / "run").read_text("utf-8").splitlines()
    assert lines[-1] == "exec make check test"


def test_layers_are_drawn_as_they_are_enforced(root_folder: Path) -> None:
    settings = (root_folder / "pyproject.toml").read_text("utf-8")
    block = re.search(r'containers = \["twin"\].*?layers = \[(.*?)\]', settings, re.S)
    picture = (root_folder / "ARCHITECTURE.md").read_text("utf-8")
    drawn = re.search(r"```\n(   cli\n.*?)\s*```", picture, re.S)
    assert block is not None
    assert drawn is not None
    enforced = [re.findall(r"\w+", line) for line in block[1].strip().splitlines()]
    shown = [
        re.findall(r"\w+", line.partition("(")[0]) for line in drawn[1].splitlines()
    ]
    assert shown == enforced
