"""Rooms, routes and vehicles in SimPy: how parts get from node to node."""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import simpy
from simpy.events import Event

from twin.bench.simpy_people import Pool
from twin.errors import FlowError

Steps = Generator[Event, Any, Any]


@dataclass(slots=True, eq=False)
class Part:
    """What flows.

    Attributes:
        product: What it is now.
        queued_s: When it came to where it waits.
    """

    product: str
    queued_s: float = 0.0


class Room(ABC):
    """A node that holds so many parts, and the row of those that wait to enter it.

    Args:
        env: SimPy's environment.
        place: Row of the distances; -1 if nowhere.
        room: Most parts inside; None for no end.
    """

    def __init__(self, env: simpy.Environment, place: int, room: int | None) -> None:
        self.env = env
        self.place = place
        self._free = float("inf") if room is None else room
        self._waiting: deque[Event] = deque()

    def reserve(self) -> bool:
        """Return whether there was a place; it is taken then."""
        if self._free > 0 and not self._waiting:
            self._free -= 1
            return True
        return False

    def line_up(self, turn: Event) -> None:
        """Let an event happen, with this room as its value, once there is a place."""
        self._waiting.append(turn)

    def vacate(self, count: int) -> None:
        """Give places back; those who wait take them in turn."""
        self._free += count
        while self._waiting and self._free > 0:
            turn = self._waiting.popleft()
            # Whoever waits at several rooms may have got into another one.
            if not turn.triggered:
                self._free -= 1
                turn.succeed(self)

    @abstractmethod
    def enter(self, part: Part) -> None:
        """Take a part in whose place has been reserved."""


class Route:
    """Where parts go next.

    Args:
        env: SimPy's environment.
        targets: Nodes they may go to.
        shares: Probability of each; empty where the first with room is taken.
        chances: Numbers in [0, 1) to choose by.
    """

    def __init__(
        self,
        env: simpy.Environment,
        targets: list[Room],
        shares: tuple[float, ...],
        chances: Iterator[float],
    ) -> None:
        self._env = env
        self._targets = targets
        self._up_to = list(accumulate(shares))[:-1]
        self._by_share = bool(shares)
        self._chances = chances

    def reserve(self) -> Room | Event:
        """Return where a part goes, its place taken; or an event that will tell."""
        targets = self._targets
        if self._by_share and self._up_to:
            targets = [targets[bisect_right(self._up_to, next(self._chances))]]
        for target in targets:
            if target.reserve():
                return target
        turn = self._env.event()
        for target in targets:
            target.line_up(turn)
        return turn


class Fleet:
    """Vehicles that are sent to whoever called first, the nearest free one each.

    Args:
        env: SimPy's environment.
        pool: Knows the ways.
        count: How many vehicles.
        home: Row of the distances where they begin.
        speeds_mps: Loaded and empty.
        loads_s: Times to load.
        unloads_s: Times to unload.
    """

    def __init__(
        self,
        env: simpy.Environment,
        pool: Pool,
        count: int,
        home: int,
        speeds_mps: tuple[float, float],
        loads_s: Iterator[float],
        unloads_s: Iterator[float],
    ) -> None:
        self._env = env
        self._pool = pool
        self._speed_mps, self._empty_speed_mps = speeds_mps
        self._loads_s = loads_s
        self._unloads_s = unloads_s
        self._parked = [home] * count
        self._calls: deque[tuple[Part, int, Room, Event]] = deque()
        self._open = True

    def carry(self, part: Part, from_: int, to: Room) -> Event:
        """Call a vehicle; return when the part has left. It enters by itself."""
        leaves = self._env.event()
        self._calls.append((part, from_, to, leaves))
        self._dispatch()
        return leaves

    def set_open(self, is_open: bool) -> None:
        """Begin or end the hours in which vehicles are sent."""
        self._open = is_open
        self._dispatch()

    def _dispatch(self) -> None:
        while self._open and self._calls and self._parked:
            part, from_, to, leaves = self._calls.popleft()
            place = min(self._parked, key=lambda one: self._pool.way_m(one, from_))
            self._parked.remove(place)
            self._env.process(self._trip(place, part, from_, to, leaves))

    def _trip(
        self, place: int, part: Part, from_: int, to: Room, leaves: Event
    ) -> Steps:
        timeout, way_m = self._env.timeout, self._pool.way_m
        to_part_s = way_m(place, from_) / self._empty_speed_mps
        yield timeout(to_part_s + next(self._loads_s))
        leaves.succeed()
        loaded_s = way_m(from_, to.place) / self._speed_mps
        yield timeout(loaded_s + next(self._unloads_s))
        to.enter(part)
        self._parked.append(to.place if to.place >= 0 else from_)
        self._dispatch()


class Sink(Room):
    """Where parts end; counts those of the products that it is told to."""

    def __init__(self, env: simpy.Environment, place: int) -> None:
        super().__init__(env, place, None)
        self.n_in: dict[str, int] = {}

    def enter(self, part: Part) -> None:
        """Count a part that has left the plant."""
        self.n_in[part.product] = self.n_in.get(part.product, 0) + 1


class StoreRoom(Room):
    """A store: what comes into it is stock for whoever takes from it."""

    def __init__(
        self, env: simpy.Environment, place: int, pool: Pool, name: str
    ) -> None:
        super().__init__(env, place, None)
        self._pool = pool
        self._name = name

    def enter(self, part: Part) -> None:
        """Add a part to the stock."""
        self._pool.stock[self._name] += 1
        self._pool.serve()


class Yard(Room):
    """A buffer: parts leave in order, each once there is room for it.

    Args:
        env: SimPy's environment.
        place: Row of the distances; -1 if nowhere.
        room: Most parts inside; None for no end.
        stays_s: Least times inside; None for none.
        fleet: Carries what leaves; None: it goes at once.
    """

    def __init__(
        self,
        env: simpy.Environment,
        place: int,
        room: int | None,
        stays_s: Iterator[float] | None,
        fleet: Fleet | None,
    ) -> None:
        super().__init__(env, place, room)
        self._stays_s = stays_s
        self._fleet = fleet
        self._row = simpy.Store(env)
        self.route_of: dict[str, Route] = {}
        env.process(self._send())

    def enter(self, part: Part) -> None:
        """Put a part into the row, after its stay if it has one."""
        if self._stays_s is None:
            self._row.put(part)
        else:
            self.env.process(self._stay(part, next(self._stays_s)))

    def _stay(self, part: Part, stay_s: float) -> Steps:
        yield self.env.timeout(stay_s)
        self._row.put(part)

    def _send(self) -> Steps:
        while True:
            part = yield self._row.get()
            to = self.route_of[part.product].reserve()
            if isinstance(to, Event):
                to = yield to
            if self._fleet is None:
                to.enter(part)
                self.vacate(1)
            else:
                # The next one may call too; this one's place is free once it is gone.
                self.env.process(self._await(self._fleet.carry(part, self.place, to)))

    def _await(self, leaves: Event) -> Steps:
        yield leaves
        self.vacate(1)


def refuse(where: str, found: str) -> FlowError:
    """Return what to raise for something that is not written in SimPy here."""
    return FlowError(
        f"bench flow: {where}: {found} is not written in SimPy; leave it out of what "
        "is to be compared"
    )
