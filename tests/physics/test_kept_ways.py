"""Ways that were searched for once are found again, and change nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from doors import opened
from numpy.typing import NDArray

from twin.codec import state_sha256
from twin.kinematics.choice import Clear
from twin.kinematics.programme import Move, PlannedProgramme
from twin.kinematics.search import Space, search_way
from twin.transforms import Vector, transform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[int]:
    """An empty cache, and the seed of every search for a way."""
    monkeypatch.setenv("FLINS_CACHE", str(tmp_path))
    told: list[int] = []

    def counted(
        start: Vector, goal: Vector, space: Space, clear: Clear, seed: int
    ) -> NDArray[np.float64]:
        told.append(seed)
        return search_way(start, goal, space, clear, seed)

    monkeypatch.setattr("twin.kinematics.planner.search_way", counted)
    return told


def corners(planned: PlannedProgramme) -> list[bytes]:
    return [
        each.waypoints.tobytes() for each in planned.segments if isinstance(each, Move)
    ]


def test_a_second_start_searches_nothing_and_is_equal(
    searches: list[int], tmp_path: Path
) -> None:
    plans, states = [], []
    for _ in range(2):
        searches.clear()
        engine = opened()
        try:
            works = [engine.cell.programmes[name] for name in engine.cell.programmes]
            plans.append([corners(each) for w in works for each in w.planned.values()])
            engine.advance(600)
            states.append(state_sha256(engine.scene, engine.frame()))
        finally:
            engine.close()
        if not states[1:]:
            assert searches, "no way in this cell is searched: the test proves nothing"
            for path in tmp_path.glob("*.ways"):
                assert path.stat().st_size < 10_000
    assert searches == []
    assert plans[0] == plans[1]
    assert states[0] == states[1]


def test_a_damaged_file_is_a_missing_one(searches: list[int], tmp_path: Path) -> None:
    opened().close()
    found = len(searches)
    for path in tmp_path.glob("*.ways"):
        path.write_bytes(path.read_bytes()[:-3] + b"abc")
    opened().close()
    assert len(searches) == 2 * found


def test_another_clearance_is_searched_anew(searches: list[int]) -> None:
    opened().close()
    found = len(searches)
    opened(("clearance: 20 mm", "clearance: 19 mm")).close()
    assert len(searches) > found


def test_a_car_off_its_mark_is_worked_at_in_the_same_way(searches: list[int]) -> None:
    engine = opened()
    try:
        searches.clear()
        for work in engine.cell.programmes.values():
            for name, known in work.planned.items():
                for off in ((4e-3, -6e-3, 0.0), (-9e-3, 8e-3, 0.0)):
                    mark = work.mark @ transform(off)
                    planned = work.plan_for(name, mark)
                    assert abs(planned.motion_s - known.motion_s) < 0.5
                    assert planned.ways().keys() == known.ways().keys()
    finally:
        engine.close()
    assert searches == []
