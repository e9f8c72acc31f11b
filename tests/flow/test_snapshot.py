"""Snapshots: killed and continued equals never having stopped, bit for bit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_flows import LINE, plant_of, queue

from twin.errors import FlowError
from twin.flow.digest import state_sha256
from twin.flow.plant import Plant
from twin.flow.replications import Replications, Wanted, run_replications
from twin.flow.results import read_results
from twin.flow.run import FlowRun
from twin.flow.snapshot import Snapshots, pack_state, unpack_state

DAY_S = 86400.0
WANTED = Wanted(4 * DAY_S, None, n=6, cycle_times_s={"mill": 240.0})


class KilledError(Exception):
    """Stands for the end of a process."""


def killed_at(
    plant: Plant, wanted: Wanted, path: Path, share: float, every_s: float | None
) -> None:
    """Run with snapshots until so many replications are done."""

    def kill(done: float, _goal: int) -> None:
        if done >= share:
            raise KilledError

    with pytest.raises(KilledError):
        run_replications(
            plant,
            wanted,
            on_progress=kill,
            keeper=Snapshots(plant, wanted, path, every_s),
        )


def continued(plant: Plant, wanted: Wanted, path: Path) -> Replications:
    keeper = Snapshots(plant, wanted)
    keeper.restore(path)
    return run_replications(plant, wanted, keeper=keeper)


@pytest.mark.parametrize("share", [0.31, 1.0, 3.47])
def test_killed_and_continued_equals_uninterrupted(
    tmp_path: Path, share: float
) -> None:
    plant = plant_of(LINE, 4 * DAY_S)
    path = tmp_path / "run.snapshot"
    whole = read_results(run_replications(plant, WANTED))
    killed_at(plant, WANTED, path, share, 5 * 3600.0)
    assert [one.name for one in tmp_path.iterdir()] == ["run.snapshot"]
    again = read_results(continued(plant, WANTED, path))
    assert replace(again, wall_s=0.0) == replace(whole, wall_s=0.0)


def test_a_continued_run_does_not_begin_anew(tmp_path: Path) -> None:
    plant = plant_of(LINE, 4 * DAY_S)
    path = tmp_path / "run.snapshot"
    killed_at(plant, WANTED, path, 2.6, None)
    told: list[float] = []
    keeper = Snapshots(plant, WANTED)
    keeper.restore(path)
    assert [keeper.done(k) is not None for k in range(4)] == [True, True, False, False]
    run_replications(
        plant, WANTED, keeper=keeper, on_progress=lambda done, _: told.append(done)
    )
    # Ten writes a run: the last one came at 0.5 or 0.6 of the third replication.
    assert 0.5 < told[0] < 0.62 or 2.5 < told[0] < 2.62


def test_a_state_comes_back_bit_for_bit_and_goes_on_so() -> None:
    plant = queue(30 * DAY_S, mean="6 min")
    run = FlowRun(plant, replication=3)
    run.advance(20 * DAY_S)
    assert run.state.count("parts_used") > 500
    packed = {name: array.copy() for name, array in pack_state(run.state).items()}
    back = FlowRun(plant, state=unpack_state(plant, packed))
    assert state_sha256(back.state) == state_sha256(run.state)
    for each in (run, back):
        each.advance(30 * DAY_S)
        each.check()
    assert state_sha256(back.state) == state_sha256(run.state)
    assert back.figures() == run.figures()
    assert all(array.dtype.hasobject is False for array in packed.values())


def test_the_digest_sees_every_change_and_only_changes() -> None:
    plant = queue(2 * DAY_S)
    run = FlowRun(plant)
    run.advance(DAY_S)
    before = state_sha256(run.state)
    assert state_sha256(run.fork().state) == before
    watched = FlowRun(plant)
    watched.log_to("periods", lambda _: None)
    watched.log_to("trace", lambda _: None)
    watched.advance(DAY_S)
    assert state_sha256(watched.state) == before
    assert state_sha256(run.fork(replication=1).state) != before
    for table, field in (("parts", "born_s"), ("nodes", "entered"), ("agenda", "time")):
        other = run.fork().state
        other.tables[table][field][0] += 1
        assert state_sha256(other) != before
    run.advance(DAY_S + 3600.0)
    assert state_sha256(run.state) != before


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A snapshot of half a run."""
    path = tmp_path / "run.snapshot"
    killed_at(plant_of(LINE, 4 * DAY_S), WANTED, path, 0.5, None)
    return path


@pytest.mark.parametrize(
    ("plant", "wanted", "found"),
    [
        (
            lambda: queue(4 * DAY_S),
            WANTED,
            "is of scenario 'small', not 'queue'; name its own scenario",
        ),
        (
            lambda: plant_of(LINE, 4 * DAY_S, seed=9),
            WANTED,
            "is of seed 1, not 9; give --seed 1",
        ),
        (
            lambda: plant_of(LINE.replace("mean: 3 min", "mean: 4 min"), 4 * DAY_S),
            WANTED,
            "is of another scenario, or one that has changed since; run anew",
        ),
        (
            lambda: plant_of(LINE, 5 * DAY_S),
            replace(WANTED, until_s=5 * DAY_S),
            "has until 96 h; give the same, or run anew",
        ),
        (
            lambda: plant_of(LINE, 4 * DAY_S),
            replace(WANTED, warm_up_s=0.0),
            "has another warm-up; give the same, or run anew",
        ),
    ],
    ids=["scenario", "seed", "changed", "until", "warm_up"],
)
def test_a_snapshot_of_something_else_is_refused(
    kept: Path, plant: Callable[[], Plant], wanted: Wanted, found: str
) -> None:
    with pytest.raises(FlowError) as caught:
        Snapshots(plant(), wanted).restore(kept)
    assert str(caught.value).startswith(f"{kept}: {found}")


def test_a_snapshot_of_another_engine_is_refused(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twin.flow.snapshot.kernel_checksum", lambda: "0" * 16)
    keeper = Snapshots(plant_of(LINE, 4 * DAY_S), WANTED)
    with pytest.raises(FlowError, match="is of another version of the engine; run "):
        keeper.restore(kept)


def test_what_is_no_snapshot_is_refused(kept: Path, tmp_path: Path) -> None:
    keeper = Snapshots(plant_of(LINE, 4 * DAY_S), WANTED)
    half = tmp_path / "half"
    half.write_bytes(kept.read_bytes()[:3000])
    text = tmp_path / "text"
    text.write_text("hello", "utf-8")
    empty = tmp_path / "empty"
    empty.write_bytes(b"")
    other = tmp_path / "other.npz"
    np.savez(other, a=np.zeros(3))
    objects = tmp_path / "objects.npz"
    np.savez(objects, about=np.array([{"a": 1}], dtype=object))
    for path in (half, text, empty, other, objects):
        with pytest.raises(FlowError, match="not a snapshot of a flow run; give what"):
            keeper.restore(path)
    with pytest.raises(FlowError, match="no such file; give a snapshot"):
        keeper.restore(tmp_path / "none")
    with pytest.raises(FlowError, match="cannot be read"):
        keeper.restore(tmp_path)


def test_one_that_cannot_be_written_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    plant = queue(DAY_S)
    wanted = Wanted(DAY_S)
    keeper = Snapshots(plant, wanted, tmp_path / "folder")
    with pytest.raises(FlowError, match=r"cannot be written .*; choose another folder"):
        run_replications(plant, wanted, keeper=keeper)
    assert [one.name for one in tmp_path.rglob("*")] == ["folder"]
