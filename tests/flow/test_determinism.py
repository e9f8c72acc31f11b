"""One plant and one seed have one course, whoever runs it and in whatever slices."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from flow_plants import MINUTE_S, MIXED_END_MIN, mixed, open_text

from twin.flow import state as state_module
from twin.flow.digest import state_sha256
from twin.flow.plant import Table
from twin.flow.run import FlowRun


def _advanced(*slices_min: float) -> FlowRun:
    run = open_text(mixed(), MIXED_END_MIN)
    for end_min in slices_min:
        run.advance(end_min * MINUTE_S)
    return run


def test_two_processes_come_to_equal_bytes() -> None:
    code = (
        "import sys; sys.path.insert(0, 'tests/flow')\n"
        "from test_determinism import MIXED_END_MIN, _advanced, state_sha256\n"
        "print(state_sha256(_advanced(MIXED_END_MIN).state))"
    )
    other = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert other.stdout.strip() == state_sha256(_advanced(MIXED_END_MIN).state)


def test_another_seed_has_another_course() -> None:
    other = open_text(mixed(), MIXED_END_MIN, seed=2)
    other.advance(MIXED_END_MIN * MINUTE_S)
    assert state_sha256(other.state) != state_sha256(_advanced(MIXED_END_MIN).state)


def test_many_slices_are_one_go() -> None:
    whole = state_sha256(_advanced(MIXED_END_MIN).state)
    thirds = np.linspace(0.0, MIXED_END_MIN, 4)[1:]
    assert state_sha256(_advanced(*thirds.tolist()).state) == whole
    many = np.sort(np.random.default_rng(1).uniform(0.0, MIXED_END_MIN, 500))
    assert state_sha256(_advanced(*many.tolist(), MIXED_END_MIN).state) == whole


def test_few_events_a_call_are_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = state_sha256(_advanced(MIXED_END_MIN).state)
    monkeypatch.setattr("twin.flow.run._EVENTS_A_CALL", 7)
    assert state_sha256(_advanced(MIXED_END_MIN).state) == whole


def _rows(room: int, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Table], FlowRun]:
    monkeypatch.setattr("twin.flow.run._LOG_ROOM", room)
    run = open_text(mixed(), 8 * MIXED_END_MIN)
    taken: list[Table] = []
    run.log_to("trace", taken.append)
    run.advance(8 * MIXED_END_MIN * MINUTE_S)
    return taken, run


def test_small_logs_lose_nothing_and_change_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many, run = _rows(1, monkeypatch)
    once, other = _rows(10_000_000, monkeypatch)
    assert len(many) > 1
    assert len(once) == 1
    assert np.concatenate(many).tobytes() == once[0].tobytes()
    assert state_sha256(run.state) == state_sha256(other.state)
    alone = open_text(mixed(), 8 * MIXED_END_MIN)
    alone.advance(8 * MIXED_END_MIN * MINUTE_S)
    assert state_sha256(run.state) == state_sha256(alone.state)


_OVERLOAD = """
sources: {a: {product: part, every: {law: exponential, mean: 1 min}, next: s}}
stations: {s: {time: {law: exponential, mean: 4 min}, patience: PATIENCE, next: out}}
sinks: {out: {}}
"""


def test_room_grows_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A queue that grows without end: room for 4 parts at first, then doubled."""
    text = _OVERLOAD.replace("PATIENCE", "{time: 10 h, to: out}")
    roomy = open_text(text, 2000)
    roomy.advance(2000 * MINUTE_S)
    monkeypatch.setattr(state_module, "_FIRST_PARTS", 1)
    tight = open_text(text, 2000)
    assert tight.state.count("parts_room") < 8
    tight.advance(2000 * MINUTE_S)
    assert tight.state.count("parts_room") >= 256
    tight.check()
    assert state_sha256(tight.state) == state_sha256(roomy.state)


def test_new_station_leaves_every_other_stream_as_it_was() -> None:
    """Common random numbers: streams belong to names, not to places in a list."""
    before = open_text(mixed(), MIXED_END_MIN).plant
    extra = "  aa: {time: {law: exponential, mean: 3 min}, next: out}\n"
    after = open_text(mixed(extra), MIXED_END_MIN).plant
    keys = set(after.streams["key"].tolist())
    assert len(keys) == len(before.streams) + 1
    assert keys > set(before.streams["key"].tolist())


def test_parallel_line_leaves_a_line_as_it_was() -> None:
    """The same arrivals and times, event for event, whatever runs beside it."""
    line = """
sources: {a: {product: part, every: {law: exponential, mean: 5 min}, next: s}MORE_A}
stations: {s: {time: {law: gamma, mean: 4 min, sd: 3 min}, next: out}MORE_S}
sinks: {out: {}}
"""
    alone = line.replace("MORE_A", "").replace("MORE_S", "")
    beside = line.replace(
        "MORE_A",
        ", b: {product: part, every: {law: exponential, mean: 2 min}, next: t}",
    ).replace("MORE_S", ", t: {time: {law: exponential, mean: 1 min}, next: out}")
    times_s = []
    for text in (alone, beside):
        run = open_text(text, MIXED_END_MIN)
        taken: list[Table] = []
        run.log_to("trace", taken.append)
        run.advance(MIXED_END_MIN * MINUTE_S)
        rows = np.concatenate(taken)
        node = run.plant.names.nodes.index("s")
        times_s.append(rows["time_s"][(rows["node"] == node) & (rows["kind"] != 1)])
    assert len(times_s[0]) > 300
    assert (times_s[0] == times_s[1]).all()
