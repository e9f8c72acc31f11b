"""When each car came to a station and when the station had done with it."""

from __future__ import annotations

from collections.abc import Iterable

from twin.flow.kernel import records as r
from twin.flow.plant import Plant, Table


class CarLog:
    """Gathers the stays of cars at one station from the rows of a run's trace.

    Attributes:
        began_s: When work on each began, s, in the order in which they came.
        ended_s: When the last operation on each ended so far, s.

    Args:
        plant: What runs.
        station: Node that the cars come to.
    """

    def __init__(self, plant: Plant, station: str) -> None:
        self._node = plant.names.nodes.index(station)
        self._place: dict[int, int] = {}
        self.began_s: list[float] = []
        self.ended_s: list[float] = []

    def take(self, rows: Table) -> None:
        """Add rows of the log "trace"."""
        mine = rows[rows["node"] == self._node]
        columns: Iterable[tuple[float, int, int]] = zip(
            mine["time_s"].tolist(),
            mine["kind"].tolist(),
            mine["part"].tolist(),
            strict=True,
        )
        for time_s, kind, part in columns:
            if kind == r.T_STARTED and part not in self._place:
                self._place[part] = len(self.began_s)
                self.began_s.append(time_s)
                self.ended_s.append(time_s)
            elif kind == r.T_FINISHED and part in self._place:
                self.ended_s[self._place[part]] = time_s
