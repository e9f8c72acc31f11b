"""The state of a run: a handful of arrays, so that a copy is a snapshot."""

from __future__ import annotations

import numpy as np

from twin.errors import FlowError
from twin.flow.kernel import records as r
from twin.flow.kernel.histogram import N_BINS
from twin.flow.plant import Plant, Table

_FIRST_PARTS = 1024
MOST_PARTS = 16 * 1024 * 1024
"""Parts in a plant at one time; they take about 4 GB."""

_GROWS = ("parts", "agenda", "placed")


class FlowState:
    """All that changes in a run of one plant.

    Nothing in it refers to where it lies: a copy goes on as the original would.

    Args:
        plant: What runs.
        replication: Number of the run; each draws other numbers.
    """

    def __init__(self, plant: Plant, replication: int = 0) -> None:
        self._plant = plant
        n_slots = plant.counts["n_slots"]
        n_first = int(plant.tables["initials"]["count"].sum())
        room = max(_FIRST_PARTS, 2 * (n_first + plant.counts["most_new"]))
        self.tables: dict[str, Table] = {
            name: table.copy() for name, table in plant.first.items()
        }
        self.tables["parts"] = np.zeros(room, r.PART)
        self.tables["agenda"] = np.zeros(n_slots + room, r.ENTRY)
        self.tables["placed"] = np.full(n_slots + room, -1, np.int64)
        self.tables["ring"] = np.zeros(plant.counts["n_nodes"], np.int64)
        self.tables["streams"] = plant.streams.copy()
        self.tables["histogram"] = np.zeros(
            plant.counts["n_products"] * N_BINS, np.int64
        )
        self.logs: dict[str, Table] = {
            name: np.zeros(0, layout) for name, layout in r.LOG_TABLES.items()
        }
        self.head = np.zeros(1, r.STATE)
        self.head["free_part"] = -1
        self.head["wait_first"] = -1
        self.head["wait_last"] = -1
        self.head["replication"] = replication
        self.head["parts_room"] = room

    @property
    def plant(self) -> Plant:
        """What runs."""
        return self._plant

    @property
    def now_s(self) -> float:
        """Simulated time, s."""
        return float(self.head["now"][0])

    @property
    def n_bytes(self) -> int:
        """Memory that the tables take."""
        return sum(table.nbytes for table in self.tables.values())

    def count(self, name: str) -> int:
        """Return one of the head's numbers."""
        return int(self.head[name][0])

    def address(self) -> int:
        """Return where the head lies, its tables' addresses brought up to date."""
        for name, table in (*self.tables.items(), *self.logs.items()):
            self.head[name] = table.ctypes.data
        return int(self.head.ctypes.data)

    def fork(self, replication: int | None = None) -> FlowState:
        """Return a copy that goes on by itself, without the logs.

        Args:
            replication: Draws other numbers from here on; the same where absent.
        """
        other = FlowState.__new__(FlowState)
        other._plant = self._plant
        other.head = self.head.copy()
        other.tables = {}
        used = {
            "parts": self.count("parts_used"),
            "agenda": self.count("n_agenda"),
            "placed": self._plant.counts["n_slots"] + self.count("parts_used"),
        }
        for name, table in self.tables.items():
            if name not in used:
                other.tables[name] = _copy(table, len(table), len(table))
                continue
            # What lies beyond has never been written: only what is used is copied.
            other.tables[name] = _copy(
                table, used[name], len(table), -1 if name == "placed" else 0
            )
        other.logs = {
            name: np.zeros(0, layout) for name, layout in r.LOG_TABLES.items()
        }
        for log in ("trace", "periods"):
            other.head[f"{log}_on"] = 0
            other.head[f"{log}_room"] = 0
            other.head[f"n_{log}"] = 0
        if replication is not None:
            other.head["replication"] = replication
            other.tables["streams"]["filled"] = 0
        return other

    def grow(self) -> None:
        """Make room for twice as many parts.

        Raises:
            FlowError: If that is more than a plant may hold.
        """
        room = 2 * self.count("parts_room")
        if room > MOST_PARTS:
            raise FlowError(
                f"{self._plant.name}: more than {self.count('parts_room')} parts are "
                f"inside at {self.now_s:.6g} s; limit a queue, or bring fewer"
            )
        more = room - self.count("parts_room")
        for name in _GROWS:
            table = self.tables[name]
            self.tables[name] = _copy(
                table, len(table), len(table) + more, -1 if name == "placed" else 0
            )
        self.head["parts_room"] = room

    def open_log(self, name: str, room: int) -> None:
        """Have the kernel write a log: "trace" or "periods".

        Args:
            name: Of the log.
            room: Rows it holds before somebody must take them.
        """
        least = self._plant.counts["log_margin"]
        room = max(room, 4 * least)
        self.logs[name] = np.zeros(room, r.LOG_TABLES[name])
        self.head[f"{name}_on"] = 1
        self.head[f"{name}_room"] = room
        self.head[f"n_{name}"] = 0

    def take_log(self, name: str) -> Table:
        """Return the rows of a log and empty it.

        Raises:
            FlowError: If one event wrote more than there was room for.
        """
        n_rows = self.count(f"n_{name}")
        if n_rows > len(self.logs[name]):
            raise FlowError(
                f"{self._plant.name}: one event wrote more than "
                f"{len(self.logs[name])} rows to the {name}; give it more room"
            )
        self.head[f"n_{name}"] = 0
        rows: Table = self.logs[name][:n_rows].copy()
        return rows


def _copy(table: Table, n_used: int, room: int, fill: int = 0) -> Table:
    """Return a table of more or equal room with the first rows of another.

    Copied as bytes: numpy copies structured rows field by field, four times slower.
    """
    copy: Table = (
        np.full(room, fill, table.dtype) if fill else np.zeros(room, table.dtype)
    )
    n_bytes = n_used * table.itemsize
    copy.view(np.uint8)[:n_bytes] = table.view(np.uint8)[:n_bytes]
    return copy
