"""A plant of people, shifts, vehicles and dismantling, put together in SimPy."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import simpy

from twin.bench.predrawn import chances, times_s
from twin.bench.simpy_people import Ask, Pool, Shop
from twin.bench.simpy_station import Batching, Freed, Station, Trouble, Work
from twin.bench.simpy_ways import (
    Fleet,
    Part,
    Room,
    Route,
    Sink,
    Steps,
    StoreRoom,
    Yard,
    refuse,
)
from twin.flow.calendars import open_intervals, timetable_times
from twin.rng import stream
from twin.scenario import RouteTable, Scenario
from twin.scenario.laws import Law
from twin.scenario.machines import Failure, Maintenance
from twin.scenario.nodes import Passed, Store
from twin.scenario.station import Station as StationModel
from twin.scenario.tasks import Task


class SimpyHall:
    """A scenario in SimPy, as far as the dismantling hall asks for it.

    Args:
        scenario: What runs.
        horizon_s: How far calendars are laid out.
        counted: Products of which those that left are counted.

    Raises:
        FlowError: If the scenario has something that is not written here.
    """

    def __init__(
        self, scenario: Scenario, horizon_s: float, counted: frozenset[str]
    ) -> None:
        _check(scenario)
        self._scenario = scenario
        self._horizon_s = horizon_s
        self._counted = counted
        self._env = simpy.Environment()
        self._spans_s: dict[str, list[list[float]]] = {
            name: open_intervals(
                calendar, scenario.timezone, scenario.start, 0.0, horizon_s
            ).tolist()
            for name, calendar in scenario.calendars.items()
        }
        self._pool = Pool(self._env, scenario)
        self._fleets = {name: self._fleet(name) for name in scenario.fleets}
        self._stations = {name: self._station(name) for name in scenario.stations}
        self._sinks = {
            name: Sink(self._env, self._place(name)) for name in scenario.sinks
        }
        yards = {name: self._yard(name) for name in scenario.buffers}
        self._rooms: dict[str, Room] = {
            **self._stations,
            **self._sinks,
            **yards,
            **{
                name: StoreRoom(self._env, self._place(name), self._pool, name)
                for name in scenario.stores
            },
        }
        for name, yard in yards.items():
            yard.route_of = self._routes(name, scenario.buffers[name])
        for name, station in self._stations.items():
            self._fit_out(name, station, scenario.stations[name])
        for name, store in scenario.stores.items():
            self._env.process(self._restock(name, store))
        for name in scenario.sources:
            self._env.process(self._arrivals(name))
        for name in scenario.calendars:
            self._env.process(self._keep_hours(name))

    @property
    def n_operations(self) -> int:
        """Operations finished so far."""
        return sum(station.n_finished for station in self._stations.values())

    @property
    def n_out(self) -> int:
        """Counted parts that have left so far."""
        return sum(
            count
            for sink in self._sinks.values()
            for product, count in sink.n_in.items()
            if product in self._counted
        )

    def advance(self, until_s: float) -> None:
        """Run on to a time."""
        self._env.run(until=until_s)

    def _times(self, law: Law | None, purpose: str) -> Iterator[float]:
        if law is None:
            raise refuse(purpose, "an operation without a time")
        return times_s(law, stream(self._scenario.seed, purpose))

    def _chances(self, purpose: str) -> Iterator[float]:
        return chances(stream(self._scenario.seed, purpose))

    def _place(self, name: str) -> int:
        return self._pool.rows.get(name, -1)

    def _fleet(self, name: str) -> Fleet:
        fleet = self._scenario.fleets[name]
        return Fleet(
            self._env,
            self._pool,
            fleet.count,
            self._place(f"fleets.{name}"),
            (float(fleet.speed), float(fleet.empty_speed or fleet.speed)),
            self._times(fleet.load, f"{name}/load"),
            self._times(fleet.unload, f"{name}/unload"),
        )

    def _fleet_of(self, node: Passed) -> Fleet | None:
        return None if node.moved_by is None else self._fleets[node.moved_by]

    def _station(self, name: str) -> Station:
        station = self._scenario.stations[name]
        batching = Batching()
        if station.batch is not None:
            batch = station.batch
            waits_s = None
            if batch.wait is not None:
                waits_s = self._times(batch.wait, f"{name}/wait")
            batching = Batching(batch.least, batch.most, waits_s)
        room = None
        if not isinstance(station.queue, str):
            room = station.queue + batching.most
        return Station(
            self._env,
            self._place(name),
            room,
            self._pool,
            batching,
            station.becomes,
            self._fleet_of(station),
        )

    def _yard(self, name: str) -> Yard:
        buffer = self._scenario.buffers[name]
        room = None if isinstance(buffer.capacity, str) else buffer.capacity
        stays_s = None
        if buffer.stay is not None:
            stays_s = self._times(buffer.stay, f"{name}/stay")
        return Yard(self._env, self._place(name), room, stays_s, self._fleet_of(buffer))

    def _route(self, table: RouteTable, purpose: str) -> Route:
        if table.choose not in ("probability", "first_with_room"):
            raise refuse(purpose, f"choose: {table.choose}")
        return Route(
            self._env,
            [self._rooms[name] for name in table.targets],
            table.shares,
            self._chances(purpose),
        )

    def _routes(self, name: str, node: Passed) -> dict[str, Route]:
        """Return the ways out of a node by product; one route serves all it may."""
        found: dict[str, Route] = {}
        if node.next is not None:
            usual = self._route(node.next, f"{name}/next")
            found = dict.fromkeys(self._scenario.products, usual)
        for product, table in node.next_by_product.items():
            found[product] = self._route(table, f"{name}/next/{product}")
        return found

    def _fit_out(self, name: str, station: Station, model: StationModel) -> None:
        station.route_of = self._routes(name, model)
        bits = {operation: 1 << i for i, operation in enumerate(model.work())}
        for operation, task in model.work().items():
            if not isinstance(task, Task):
                raise refuse(f"stations.{name}.operations.{operation}", task.do)
            station.works.append(self._work(station, f"{name}/{operation}", task, bits))
        failures = [
            self._failure(station, f"{name}/{mode}", failure)
            for mode, failure in model.failures.items()
        ]
        upkeep = [
            self._upkeep(station, f"{name}/{mode}", maintenance)
            for mode, maintenance in model.maintenance.items()
        ]
        if len(failures) > 1:
            raise refuse(f"stations.{name}.failures", "more than one way to fail")
        station.start(failures[0] if failures else None, upkeep)

    def _work(
        self, station: Station, purpose: str, task: Task, bits: Mapping[str, int]
    ) -> Work:
        if task.at_shift_end == "hand_over" or task.on_failure != "resume":
            raise refuse(purpose, "handing over, or not resuming after a failure,")
        law_of = {
            product: task.time_by_product.get(product, task.time)
            for product in self._scenario.products
            if not task.only or product in task.only
        }
        usual = None if task.time is None else self._times(task.time, f"{purpose}/time")
        ask = None
        if task.people or task.uses or task.takes:
            ask = Ask(
                station,
                station.place,
                self._pool.rarest_first(task.people),
                tuple(task.uses.items()),
                tuple(task.takes.items()),
            )
        seized = task.seized
        return Work(
            bit=bits[purpose.split("/")[1]],
            after=sum(bits[other] for other in task.after),
            after_any=sum(bits[other] for other in task.after_any),
            times_s={
                product: usual
                if law is task.time and usual is not None
                else self._times(law, f"{purpose}/time/{product}")
                for product, law in law_of.items()
                if law is not None
            },
            ask=ask,
            ask_again=None if ask is None else replace(ask, stock=()),
            present=float(task.present),
            seized=0.0 if seized is None else float(seized.probability),
            seized_times_s=iter(())
            if seized is None
            else self._times(seized.time, f"{purpose}/seized/time"),
            seized_loses=seized is not None and seized.yields == "lose",
            freed=tuple(
                Freed(
                    product,
                    found.count,
                    float(found.present),
                    self._route(found.to, f"{purpose}/{product}/to"),
                    self._chances(f"{purpose}/{product}/present"),
                )
                for product, found in task.yields.items()
            ),
            pauses=task.at_shift_end == "pause",
            chances=self._chances(f"{purpose}/present"),
        )

    def _failure(self, station: Station, purpose: str, failure: Failure) -> Trouble:
        if failure.clock != "busy":
            raise refuse(purpose, "a failure by the calendar's clock")
        people = self._pool.rarest_first(failure.people)
        return Trouble(
            self._times(failure.every, f"{purpose}/every"),
            self._times(failure.repair, f"{purpose}/repair"),
            Ask(_ALWAYS, station.place, people, urgent=True),
        )

    def _upkeep(self, station: Station, purpose: str, upkeep: Maintenance) -> Trouble:
        people = self._pool.rarest_first(upkeep.people)
        return Trouble(
            self._times(upkeep.every, f"{purpose}/every"),
            self._times(upkeep.takes, f"{purpose}/takes"),
            Ask(_ALWAYS, station.place, people, urgent=True),
        )

    def _restock(self, name: str, store: Store) -> Steps:
        """Order for a store whenever its stock has come down to where one does."""
        if store.reorder is None:
            return
        leads_s = self._times(store.reorder.lead_time, f"{name}/lead")
        while True:
            yield self._pool.low(name, store.reorder.at)
            yield self._env.timeout(next(leads_s))
            self._pool.stock[name] += store.reorder.quantity
            self._pool.serve()

    def _arrivals(self, name: str) -> Steps:
        """Let parts come after a timetable; what finds no room is turned away."""
        source = self._scenario.sources[name]
        routes = self._routes(name, source)
        mix = source.products()
        products, up_to = list(mix), np.cumsum(list(mix.values())).tolist()
        drawn = self._chances(f"{name}/mix")
        due_s, counts = timetable_times(
            source.timetable,
            self._scenario.timezone,
            self._scenario.start,
            0.0,
            self._horizon_s,
        )
        for time_s, count in zip(due_s.tolist(), counts.tolist(), strict=True):
            if source.calendar is not None and not self._is_open(
                source.calendar, time_s
            ):
                continue
            yield self._env.timeout(time_s - self._env.now)
            for _ in range(count):
                number = bisect_right(up_to[:-1], next(drawn))
                part = Part(products[number])
                room = routes[part.product].reserve()
                if isinstance(room, Room):
                    room.enter(part)
                else:
                    room.succeed()

    def _is_open(self, calendar: str, time_s: float) -> bool:
        spans_s = self._spans_s[calendar]
        return any(begin <= time_s <= end for begin, end in spans_s)

    def _keep_hours(self, calendar: str) -> Steps:
        """Open and close all that follows a calendar."""
        scenario = self._scenario
        crews = [n for n, crew in scenario.crews.items() if crew.calendar == calendar]
        stations = [
            self._stations[name]
            for name, station in scenario.stations.items()
            if station.calendar == calendar
        ]
        fleets = [
            self._fleets[name]
            for name, fleet in scenario.fleets.items()
            if fleet.calendar == calendar
        ]

        def turn(is_open: bool) -> None:
            for crew in crews:
                if is_open:
                    self._pool.begin_shift(crew)
                else:
                    self._pool.end_shift(crew)
            for station in stations:
                station.set_open(is_open)
            for fleet in fleets:
                fleet.set_open(is_open)
            self._pool.serve()

        spans_s = self._spans_s[calendar]
        if not spans_s or spans_s[0][0] > 0.0:
            turn(False)
        for begin_s, end_s in spans_s:
            if begin_s > 0.0:
                yield self._env.timeout(begin_s - self._env.now)
                turn(True)
            yield self._env.timeout(end_s - self._env.now)
            turn(False)


def _check(scenario: Scenario) -> None:
    """Refuse what is not written in SimPy here.

    Raises:
        FlowError: Naming the first such thing.
    """
    for section in ("conveyors", "loops"):
        if getattr(scenario, section):
            raise refuse(section, "it")
    for name, source in scenario.sources.items():
        if not source.timetable or source.when_full != "reject" or source.moved_by:
            raise refuse(f"sources.{name}", "anything but a timetable that rejects")
    for name, station in scenario.stations.items():
        odd = {
            "servers": station.servers != 1,
            "discipline": station.discipline != "fifo",
            "assembly": bool(station.assembly),
            "consumed": station.consumed,
            "setup": station.setup is not None,
            "release": station.release != "each",
            "patience": station.patience is not None,
            "initial": bool(station.initial),
        }
        for key, found in odd.items():
            if found:
                raise refuse(f"stations.{name}", key)
    for name, buffer in scenario.buffers.items():
        if buffer.patience or buffer.initial or buffer.discipline != "fifo":
            raise refuse(f"buffers.{name}", "patience, initial or priority")
    for name, fleet in scenario.fleets.items():
        if fleet.battery is not None or fleet.dispatch != "oldest":
            raise refuse(f"fleets.{name}", "a battery, or dispatch: nearest,")
    for name, store in scenario.stores.items():
        if not isinstance(store.capacity, str) and store.reorder is None:
            raise refuse(f"stores.{name}", "a limited capacity")


_ALWAYS = Shop()
