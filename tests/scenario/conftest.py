"""What the scenario tests read."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shipped_text(root_folder: Path) -> str:
    """The battery cell as it ships."""
    return (root_folder / "scenarios" / "battery_cell.yaml").read_text("utf-8")
