"""A state's checksum: equal states, equal bytes, whatever process they lie in."""

from __future__ import annotations

import hashlib

import numpy as np

from twin.flow.kernel import records as r
from twin.flow.plant import Plant, Table
from twin.flow.state import FlowState

_LOGS = ("trace", "periods")
_OF_ROOM = ("parts_room", "agenda_room")

# A log notes when activity began; who watches changes nothing in the plant.
_WATCHED = {"jobs": "active_since"}


def state_sha256(state: FlowState) -> str:
    """Return the checksum of all that decides how a run goes on, and of its books.

    Tables by name, their used rows, then the head's numbers. Addresses, spare room
    and logs are left out: two runs that did the same have the same checksum, watched
    or not, in whatever slices of time they went on.
    """
    digest = hashlib.sha256()
    used = used_rows(state)
    for name in sorted(state.tables):
        rows = state.tables[name][: used[name]]
        hidden = _WATCHED.get(name)
        if hidden is not None:
            rows = rows.copy()
            rows[hidden] = 0.0
        _add(digest, name, rows)
    logged = {f"{log}_{end}" for log in _LOGS for end in ("on", "room")}
    logged |= {f"n_{log}" for log in _LOGS} | set(_OF_ROOM)
    for name in (*r.STATE_NUMBERS, *r.STATE_COUNTS):
        if name not in logged:
            _add(digest, name, state.head[name])
    return digest.hexdigest()


def plant_sha256(plant: Plant) -> str:
    """Return the checksum of a plant: its tables, counts, streams, names and reach."""
    digest = hashlib.sha256(
        repr((plant.name, plant.seed, plant.horizon_s, plant.names)).encode()
    )
    digest.update(repr(sorted(plant.counts.items())).encode())
    for tables in (plant.tables, plant.first):
        for name in sorted(tables):
            _add(digest, name, tables[name])
    _add(digest, "streams", plant.streams)
    return digest.hexdigest()


def used_rows(state: FlowState) -> dict[str, int]:
    """Return how many rows of each table have ever been written."""
    n_parts = state.count("parts_used")
    used = {name: len(table) for name, table in state.tables.items()}
    return used | {
        "parts": n_parts,
        "agenda": state.count("n_agenda"),
        "placed": state.plant.counts["n_slots"] + n_parts,
    }


def _add(digest: hashlib._Hash, name: str, rows: Table) -> None:
    digest.update(f"{name}:{len(rows)}:".encode())
    digest.update(np.ascontiguousarray(rows).tobytes())
