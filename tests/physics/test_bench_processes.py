"""The bench of two cells tells what it measured, or why it could not."""

from __future__ import annotations

import pytest
from cells import SHIPPED

from twin.bench import cell_processes


@pytest.mark.slow
def test_two_cells_run_by_turns_and_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cell_processes, "load_1min", lambda: 0.0)
    told = cell_processes.two_cells(SHIPPED, quick=True)
    least, most = told["ratio_spread"]
    assert 0.0 < least <= told["ratio"] <= most
    assert told["reason"] is None


def test_a_busy_machine_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cell_processes, "load_1min", lambda: 1.5)
    told = cell_processes.two_cells(SHIPPED, quick=True)
    assert told["ratio"] is None
    assert "load 1.5" in told["reason"]
