"""The command line as people and scripts meet it: a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Flins = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def flins(root_folder: Path) -> Flins:
    """Run ``flins`` with arguments, in a folder, and return what came of it."""

    def run(
        *arguments: str, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "twin", *arguments],
            cwd=cwd or root_folder,
            env={**os.environ, "PYTHONPATH": str(root_folder), "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )

    return run


@pytest.fixture(scope="session")
def cell(root_folder: Path) -> Path:
    """The shipped battery cell."""
    return root_folder / "scenarios" / "battery_cell.yaml"
