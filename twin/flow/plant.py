"""A plant: what a scenario says, as the flat tables that compiled code reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.flow.kernel.records import PLANT, PLANT_COUNTS, PLANT_TABLES

Table = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Names:
    """What the rows of the tables are called in the scenario.

    Attributes:
        nodes: Ids, by row of nodes.
        products: Ids, by row.
        operations: For each node the ids of its operations, by row.
        jobs: Node and server number, from 0, of each server.
        modes: Node, server and id of each failure or maintenance.
        skills: By row.
        crews: By row.
        fleets: By row.
        stores: Ids of the nodes that are stores, by row of stores.
        tools: By row.
        loops: By row.
        calendars: By row.
    """

    nodes: tuple[str, ...]
    products: tuple[str, ...]
    operations: tuple[tuple[str, ...], ...]
    jobs: tuple[tuple[str, int], ...]
    modes: tuple[tuple[str, int, str], ...]
    skills: tuple[str, ...]
    crews: tuple[str, ...]
    fleets: tuple[str, ...]
    stores: tuple[str, ...]
    tools: tuple[str, ...]
    loops: tuple[str, ...]
    calendars: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plant:
    """All that never changes in a run. Replications and forks share it.

    Attributes:
        name: Of the scenario.
        seed: Of its streams.
        horizon_s: Calendars and timetables are laid out up to here.
        tables: By name, laid out as ``twin.flow.kernel.records`` says.
        counts: Numbers of things.
        streams: Random streams at their beginning; a state copies them.
        names: What the rows are called.
        first: Rows of the state that do not begin at zero, by table.
    """

    name: str
    seed: int
    horizon_s: float
    tables: Mapping[str, Table]
    counts: Mapping[str, int]
    streams: Table
    names: Names
    first: Mapping[str, Table]

    def __post_init__(self) -> None:
        for table in self.tables.values():
            table.flags.writeable = False

    def head(self) -> Table:
        """Return the row with the addresses; keep the plant as long as it is used."""
        head = np.zeros(1, PLANT)
        for name in PLANT_TABLES:
            head[name] = self.tables[name].ctypes.data
        for name in PLANT_COUNTS:
            head[name] = self.counts[name]
        return head

    @property
    def n_bytes(self) -> int:
        """Memory that the tables take."""
        return sum(table.nbytes for table in self.tables.values())
