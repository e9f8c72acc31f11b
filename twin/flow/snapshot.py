"""A run on disk, from which another process goes on as if nothing had happened."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from twin.errors import FlowError
from twin.flow.course import Course, Watch
from twin.flow.digest import plant_sha256, used_rows
from twin.flow.kernel import records as r
from twin.flow.kernel.cache import kernel_checksum
from twin.flow.plant import Plant, Table
from twin.flow.replication import Replication
from twin.flow.replications import Wanted
from twin.flow.run import FlowRun
from twin.flow.state import FlowState

_FORMAT = "flins-twin flow snapshot 1"
_WRITES_A_RUN = 10

# Nothing in a snapshot may be an address: those are written anew on every call.
_HEAD = (*r.STATE_NUMBERS, *r.STATE_COUNTS)


def pack_state(state: FlowState) -> dict[str, Table]:
    """Return a state as arrays: tables up to the rows that were ever used."""
    used = used_rows(state)
    packed = {
        f"state:{name}": table[: used[name]] for name, table in state.tables.items()
    }
    packed["state:head"] = np.array(
        [state.head[name][0] for name in r.STATE_NUMBERS], np.float64
    )
    packed["state:counts"] = np.array(
        [state.head[name][0] for name in r.STATE_COUNTS], np.int64
    )
    return packed


def unpack_state(plant: Plant, packed: Mapping[str, Table]) -> FlowState:
    """Return the state that ``pack_state`` was given, for the same plant.

    Raises:
        FlowError: If it is not of this plant's size and layout.
    """
    state = FlowState(plant)
    for names, values in (
        (r.STATE_NUMBERS, packed["state:head"]),
        (r.STATE_COUNTS, packed["state:counts"]),
    ):
        for name, value in zip(names, values, strict=True):
            state.head[name] = value
    room = state.count("parts_room")
    n_slots = plant.counts["n_slots"]
    rooms = {"parts": room, "agenda": n_slots + room, "placed": n_slots + room}
    for name, table in state.tables.items():
        rows = packed[f"state:{name}"]
        n_rows = rooms.get(name, len(table))
        fits = len(rows) <= n_rows if name in rooms else len(rows) == n_rows
        if rows.dtype != table.dtype or not fits:
            raise FlowError(f"snapshot: its {name} are of another plant; run anew")
        grown: Table = np.zeros(n_rows, table.dtype)
        if name == "placed":
            grown[:] = -1
        grown[: len(rows)] = rows
        state.tables[name] = grown
    for log in r.LOG_TABLES:
        for field in (f"{log}_on", f"{log}_room", f"n_{log}"):
            state.head[field] = 0
    return state


class Snapshots:
    """Keeps replications in a file while they go on, and goes on from such a file.

    The file is replaced as a whole: whoever is killed leaves the last one or the one
    before. It holds the replications that are done, and the state of the one at work.

    Args:
        plant: What runs.
        wanted: How often and how long; a file of other wishes is refused.
        path: Where to keep it; None: nowhere.
        every_s: Simulated time between writes, > 0; a tenth of a run where None.
    """

    def __init__(
        self,
        plant: Plant,
        wanted: Wanted,
        path: Path | None = None,
        every_s: float | None = None,
    ) -> None:
        self._plant, self._path = plant, path
        self._every_s = every_s or wanted.until_s / _WRITES_A_RUN
        self._about = _about(plant, wanted)
        self._done: list[Replication] = []
        self._packed: Mapping[str, Table] | None = None
        self._number = -1
        self._written_s = 0.0

    def restore(self, path: Path) -> None:
        """Go on from a file.

        Raises:
            FlowError: If it is none, or of another scenario, seed, run or engine.
        """
        about, arrays = _read(path)
        for name, ours in self._about.items():
            if about.get(name) != ours:
                raise FlowError(_differs(path, name, about.get(name), ours))
        try:
            self._done = [
                _unpack_replication(k, each, arrays)
                for k, each in enumerate(about["done"])
            ]
            self._number = int(about["number"])
        except (KeyError, TypeError, ValueError) as error:
            raise FlowError(f"{path}: {_SPOILT}") from error
        self._packed = arrays if self._number >= 0 else None

    def done(self, number: int) -> Replication | None:
        """Return a replication that is done already."""
        return self._done[number] if number < len(self._done) else None

    def begun(self, number: int, when: Watch) -> tuple[FlowRun, Course] | None:
        """Return where to go on with a replication."""
        self._written_s = 0.0
        if self._packed is None or number != self._number:
            return None
        packed, self._packed = self._packed, None
        course = Course(self._plant, when)
        try:
            state = unpack_state(self._plant, packed)
            course.unpack(packed)
        except (KeyError, ValueError) as error:
            raise FlowError(f"snapshot: {_SPOILT}") from error
        self._written_s = state.now_s
        return FlowRun(self._plant, state=state), course

    def stops_s(self, when: Watch) -> Iterable[float]:
        """Yield the moments of a run at which it is written."""
        k = 1
        while self._path is not None and k * self._every_s < when.until_s:
            yield k * self._every_s
            k += 1

    def note(self, run: FlowRun, course: Course) -> None:
        """Write a run that stands still, if it is time.

        Raises:
            FlowError: If the file cannot be written.
        """
        # Edges of slices come on their own: what is due is written at the first stop.
        due_s = self._written_s + self._every_s
        if self._path is None or run.now_s < due_s * (1.0 - 1e-12):
            return
        self._written_s = run.now_s
        packed = pack_state(run.state) | course.packed()
        self._write(len(self._done), packed)

    def add(self, replication: Replication) -> None:
        """Remember a replication that has just been done."""
        self._done.append(replication)
        if self._path is not None:
            self._write(-1, {})

    def _write(self, number: int, arrays: Mapping[str, Table]) -> None:
        assert self._path is not None
        about = {
            **self._about,
            "number": number,
            "done": [_pack_replication(each) for each in self._done],
        }
        every: dict[str, Any] = dict(arrays)
        for k, each in enumerate(self._done):
            every[f"done{k}.wip"] = each.wip
            for name, array in each.nodes.items():
                every[f"done{k}.{name}"] = array
        every["about"] = np.frombuffer(json.dumps(about).encode(), np.uint8)
        beside = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("wb") as file:
                np.savez(file, **every)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise FlowError(
                f"{self._path}: cannot be written ({error.strerror or error}); "
                "choose another folder"
            ) from error


_SPOILT = "is spoilt; run anew"

_PLANT_CHANGED = "another scenario, or one that has changed since"
_NAMES: Mapping[str, str] = {
    "format": "another kind of file",
    "scenario": _PLANT_CHANGED,
    "plant": _PLANT_CHANGED,
    "kernel": "another version of the engine",
}


def _about(plant: Plant, wanted: Wanted) -> dict[str, Any]:
    """Return what must be equal for a snapshot to go on; said first comes first."""
    return {
        "format": _FORMAT,
        "kernel": kernel_checksum(),
        "scenario": plant.name,
        "seed": plant.seed,
        "until_s": wanted.until_s,
        "warm_up_s": wanted.warm_up_s,
        "cycle_times_s": dict(wanted.cycle_times_s),
        "plant": plant_sha256(plant),
    }


def _differs(path: Path, name: str, theirs: object, ours: object) -> str:
    if name == "scenario":
        return f"{path}: is of scenario {theirs!r}, not {ours!r}; name its own scenario"
    if name in _NAMES:
        return f"{path}: is of {_NAMES[name]}; run anew, without --continue"
    if name == "seed":
        return f"{path}: is of seed {theirs}, not {ours}; give --seed {theirs}"
    shown = name.removesuffix("_s").replace("_", "-")
    shown = "cycle-time" if name == "cycle_times_s" else shown
    if isinstance(theirs, int | float):
        return f"{path}: has {shown} {theirs / 3600.0:g} h; give the same, or run anew"
    return f"{path}: has another {shown}; give the same, or run anew"


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Table]]:
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        about = json.loads(arrays.pop("about").tobytes())
    except FileNotFoundError as error:
        raise FlowError(f"{path}: no such file; give a snapshot") from error
    except (ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise FlowError(
            f"{path}: not a snapshot of a flow run; give what --snapshot wrote"
        ) from error
    except OSError as error:
        raise FlowError(
            f"{path}: cannot be read ({error.strerror or error}); check the path"
        ) from error
    if not isinstance(about, dict):
        raise FlowError(f"{path}: {_SPOILT}")
    return about, arrays


def _pack_replication(each: Replication) -> dict[str, Any]:
    return {
        "figures": [dict(figures) for figures in each.figures],
        "state_sha256": each.state_sha256,
        "n_events": each.n_events,
        "nodes": sorted(each.nodes),
    }


def _unpack_replication(
    number: int, each: Mapping[str, Any], arrays: Mapping[str, Table]
) -> Replication:
    return Replication(
        number=number,
        figures=tuple(
            {str(name): float(value) for name, value in figures.items()}
            for figures in each["figures"]
        ),
        wip=arrays[f"done{number}.wip"],
        nodes={name: arrays[f"done{number}.{name}"] for name in each["nodes"]},
        state_sha256=str(each["state_sha256"]),
        n_events=int(each["n_events"]),
    )
