"""What the scenario tests read, and how a slip in it is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from twin.errors import ScenarioError
from twin.scenario import read_scenario

Refuse = Callable[[str, str, str], tuple[str, str]]


@pytest.fixture(scope="session")
def shipped_text(root_folder: Path) -> str:
    """The battery cell as it ships."""
    return (root_folder / "scenarios" / "battery_cell.yaml").read_text("utf-8")


@pytest.fixture(scope="session")
def textbook(root_folder: Path) -> dict[str, str]:
    """The textbook plants as they ship, by name."""
    folder = root_folder / "scenarios" / "textbook"
    return {path.stem: path.read_text("utf-8") for path in sorted(folder.glob("*"))}


@pytest.fixture(scope="session")
def refuse() -> Refuse:
    """Put ``new`` for ``old`` in a text; return the path and the words of its refusal.

    "|" in ``new`` begins the line that the refusal has to name.
    """

    def refused(text: str, old: str, new: str) -> tuple[str, str]:
        assert text.count(old) >= 1, f"no {old!r} there any more"
        changed = text.replace(old, new, 1)
        plain = changed.replace("|", "", 1) if "|" in new else changed
        with pytest.raises(ScenarioError) as caught:
            read_scenario(plain, "cell.yaml")
        file, line, path, found = str(caught.value).split(":", 3)
        assert file == "cell.yaml"
        assert "\n" not in found
        if "|" in new:
            named = changed[: changed.index("|")].count("\n") + 1
            assert int(line) == named, found
        return path.strip(), found.strip()

    return refused
