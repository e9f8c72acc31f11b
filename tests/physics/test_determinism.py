"""Same scenario, same seed, same bytes: in two processes, and after a reset."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cells import SHIPPED, hurried, open_text

from twin.codec import state_sha256
from twin.engine import PhysicsEngine

pytestmark = pytest.mark.slow

# The hurried cell is among the fasteners by then: belts, lift, table, camera noise
# and robot have all had their part.
UNTIL_S = 30


def _start(scenario: Path, seed: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "twin", "run", str(scenario)),
            *("--until", f"{UNTIL_S}s", "--seed", str(seed), "--json"),
        ],
        cwd=SHIPPED.parents[1],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _result(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, error = process.communicate(timeout=200)
    assert process.returncode == 0, error
    result: dict[str, Any] = json.loads(out)
    return result


def _digest(engine: PhysicsEngine) -> str:
    return state_sha256(engine.scene, engine.frame())


def test_two_processes_end_in_the_same_state(tmp_path: Path) -> None:
    scenario = tmp_path / "battery_cell.yaml"
    scenario.write_text(hurried(), "utf-8")
    # Side by side, so that they do not even share the machine's mood.
    one, other = _start(scenario, 3), _start(scenario, 3)
    first, second = _result(one), _result(other)
    different = _result(_start(scenario, 4))
    assert first["state_sha256"] == second["state_sha256"]
    assert len(first["state_sha256"]) == 64
    assert different["state_sha256"] != first["state_sha256"]
    engine = open_text(hurried(), seed=3)
    try:
        engine.advance(UNTIL_S * 240)
        # This process, with no frames made on the way, is no different either.
        assert _digest(engine) == first["state_sha256"]
        assert 0 < len(engine.cell.cars[1].welds) < 16
    finally:
        engine.close()


def test_a_reset_engine_is_a_fresh_one() -> None:
    engine = open_text(hurried(), seed=5)
    try:
        start = _digest(engine)
        engine.advance(20 * 240)
        later, events = _digest(engine), engine.take_events()
        figures = engine.kpi()
        assert later != start
        assert figures["peak_table_force_n"] >= 400.0
        engine.reset()
        assert engine.tick == 0
        assert _digest(engine) == start
        assert engine.take_events() == []
        # In pieces this time, looked at on the way: looking changes nothing.
        again = []
        for _ in range(80):
            engine.advance(60)
            engine.frame()
            engine.kpi()
            again += engine.take_events()
        assert engine.tick == 20 * 240
        assert _digest(engine) == later
        assert again == events
        assert engine.kpi() == figures
    finally:
        engine.close()


def test_a_seed_decides_where_cars_stand_and_nothing_else() -> None:
    digests, places = set(), []
    for seed in (1, 2):
        engine = open_text(hurried(), seed=seed)
        try:
            digests.add(_digest(engine))
            engine.advance(240)
            places.append(engine.cell.cars[1].body_here().pose()[0].tolist())
        finally:
            engine.close()
    assert len(digests) == 1  # nothing is drawn before the first car comes
    assert places[0] != places[1]
