"""Stations in a row, written in SimPy: queues are stores, servers processes."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

import numpy as np
import simpy
from simpy.events import Event

from twin.bench.predrawn import times_s
from twin.errors import FlowError
from twin.scenario import Scenario
from twin.scenario.laws import Law
from twin.scenario.station import Station

Work = Generator[Event, Any, None]


class SimpyLine:
    """A row of stations behind one source that waits while the first queue is full.

    Args:
        scenario: One source, stations of one server with room to wait, a sink.
        seed: Of all draws.

    Attributes:
        n_operations: Finished so far.
        n_out: Parts that have left so far.
    """

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self._env = simpy.Environment()
        self._seeds = iter(np.random.SeedSequence(seed).spawn(1 + _n_laws(scenario)))
        self.n_operations = 0
        self.n_out = 0
        stations = _in_order(scenario)
        queues = [
            simpy.Store(self._env, _room(name, station)) for name, station in stations
        ]
        (source,) = scenario.sources.values()
        self._env.process(self._source(self._times(source.every), queues[0]))
        for (_, station), queue, behind in zip(
            stations, queues, [*queues[1:], None], strict=True
        ):
            self._env.process(self._server(self._times(station.time), queue, behind))

    def advance(self, until_s: float) -> None:
        """Run on to a time."""
        self._env.run(until=until_s)

    def _times(self, law: Law | None) -> Iterator[float]:
        if law is None:
            raise FlowError("bench flow: the line needs a time at each station")
        return times_s(law, np.random.default_rng(next(self._seeds)))

    def _source(self, waits_s: Iterator[float], queue: simpy.Store) -> Work:
        timeout, put = self._env.timeout, queue.put
        for number, wait_s in enumerate(waits_s):
            yield timeout(wait_s)
            yield put(number)

    def _server(
        self, works_s: Iterator[float], queue: simpy.Store, behind: simpy.Store | None
    ) -> Work:
        timeout, get = self._env.timeout, queue.get
        if behind is None:
            for work_s in works_s:
                yield get()
                yield timeout(work_s)
                self.n_operations += 1
                self.n_out += 1
            return
        put = behind.put
        for work_s in works_s:
            part = yield get()
            yield timeout(work_s)
            self.n_operations += 1
            # Blocking after service: the server stands until there is room.
            yield put(part)


def _n_laws(scenario: Scenario) -> int:
    return len(scenario.sources) + len(scenario.stations)


def _in_order(scenario: Scenario) -> list[tuple[str, Station]]:
    """Return the stations as a part meets them."""
    (source,) = scenario.sources.values()
    found: list[tuple[str, Station]] = []
    route = source.next
    while route is not None and route.targets[0] in scenario.stations:
        name = route.targets[0]
        station = scenario.stations[name]
        found.append((name, station))
        route = station.next
    return found


def _room(name: str, station: Station) -> float:
    if isinstance(station.queue, str):
        return float("inf")
    if station.queue == 0:
        raise FlowError(
            f"bench flow: stations.{name}.queue: a SimPy store holds at least one "
            "part; give it room"
        )
    return station.queue
