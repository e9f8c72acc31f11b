"""People, tools and stock in SimPy: all that an operation needs, at once or not at all.

SimPy's resources are asked for one by one. Who must have two people and a crane, or
nothing, keeps a row of those that wait, as here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import simpy

from twin.flow.aisles import distances
from twin.scenario import Scenario


@dataclass(slots=True, eq=False)
class Person:
    """One of a crew.

    Attributes:
        skills: What they can do.
        speed_mps: At which they walk; 0 where walking takes no time.
        place: Row of the distances where they are; -1 if nowhere.
        free_since_s: Since when they have nothing to do.
        free: Whether somebody may ask for them.
        leaving: Whether they go home once they are done.
    """

    skills: tuple[str, ...]
    speed_mps: float
    place: int
    free_since_s: float = 0.0
    free: bool = True
    leaving: bool = False


class Shop:
    """Whatever asks: a station that may be closed or broken down.

    Attributes:
        active: Whether it is open and works.
    """

    active: bool = True


@dataclass(frozen=True, slots=True)
class Ask:
    """What one operation needs.

    Attributes:
        shop: Where.
        place: Row of the distances; -1 if nowhere.
        people: Skills and how many of each, the rarest first.
        tools: Names and how many of each.
        stock: Stores and how many of each.
        urgent: Whether it comes before those that have waited longer.
    """

    shop: Shop
    place: int
    people: tuple[tuple[str, int], ...] = ()
    tools: tuple[tuple[str, int], ...] = ()
    stock: tuple[tuple[str, int], ...] = ()
    urgent: bool = False


@dataclass(slots=True)
class Got:
    """What an operation has been given.

    Attributes:
        people: Who came.
        walk_s: How long the last of them is on the way.
    """

    people: list[Person] = field(default_factory=list)
    walk_s: float = 0.0


class Pool:
    """All people, tools and stock, and the row of those that wait for them.

    Args:
        env: SimPy's environment.
        scenario: Whose people they are.

    Attributes:
        rows: Of the distances, by place.
        crews: Who they are, by crew.
        stock: By store.
    """

    def __init__(self, env: simpy.Environment, scenario: Scenario) -> None:
        self._env = env
        ids, ways_m = distances(scenario)
        self.rows = {name: row for row, name in enumerate(ids)}
        self._ways_m: list[list[float]] = ways_m.tolist()
        self.crews = {
            name: [
                Person(
                    crew.skills,
                    float(crew.walking_speed or 0.0),
                    self.rows.get(f"crews.{name}", -1),
                )
                for _ in range(crew.count)
            ]
            for name, crew in scenario.crews.items()
        }
        skills = {skill for crew in scenario.crews.values() for skill in crew.skills}
        # Those who can do least are asked first: the others stay free for more.
        order = sorted(self.crews, key=lambda name: len(scenario.crews[name].skills))
        self._able = {
            skill: [
                self.crews[name]
                for name in order
                if skill in scenario.crews[name].skills
            ]
            for skill in skills
        }
        self._n_free = {
            skill: sum(len(crew) for crew in able) for skill, able in self._able.items()
        }
        self._n_able = dict(self._n_free)
        self._tools = {name: tool.count for name, tool in scenario.tools.items()}
        self.stock = {name: store.stock for name, store in scenario.stores.items()}
        self._low: dict[str, tuple[int, simpy.Event]] = {}
        self._waiting: list[tuple[Ask, simpy.Event]] = []

    def way_m(self, a: int, b: int) -> float:
        """Return the way between two places; 0 where one of them is nowhere."""
        return self._ways_m[a][b] if a >= 0 and b >= 0 else 0.0

    def rarest_first(self, people: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
        """Return needs in the order in which they are filled."""
        return tuple(sorted(people.items(), key=lambda one: self._n_able[one[0]]))

    def claim(self, ask: Ask) -> Got | simpy.Event:
        """Return all that is asked for, or an event that will have it as its value."""
        got = self._take(ask)
        if got is not None:
            return got
        turn = self._env.event()
        if ask.urgent:
            self._waiting.insert(0, (ask, turn))
        else:
            self._waiting.append((ask, turn))
        return turn

    def low(self, store: str, at: int) -> simpy.Event:
        """Return an event that happens once a store's stock has come down to a level.

        It happens at once if that is so already.
        """
        self._low[store] = at, self._env.event()
        event = self._low[store][1]
        self._look_at(store)
        return event

    def _take(self, ask: Ask) -> Got | None:
        """Return all that is asked for if it is there, and nothing else."""
        n_free, tools, stock = self._n_free, self._tools, self.stock
        for skill, count in ask.people:
            if n_free[skill] < count:
                return None
        for tool, count in ask.tools:
            if tools[tool] < count:
                return None
        for store, count in ask.stock:
            if stock[store] < count:
                return None
        got = Got()
        if ask.people and not self._gather(ask, got):
            return None
        for tool, count in ask.tools:
            tools[tool] -= count
        for store, count in ask.stock:
            stock[store] -= count
            self._look_at(store)
        return got

    def _look_at(self, store: str) -> None:
        at, event = self._low.get(store, (-1, None))
        if event is not None and self.stock[store] <= at:
            del self._low[store]
            event.succeed()

    def give_back(self, ask: Ask, got: Got) -> None:
        """Let people go home or be free, and give tools back; serves nobody yet."""
        for person in got.people:
            if person.leaving:
                person.leaving = False
            else:
                self._set_free(person)
        for tool, count in ask.tools:
            self._tools[tool] += count

    def serve(self) -> None:
        """Give to those who wait, in turn, what they can be given now."""
        waiting: list[tuple[Ask, simpy.Event]] = []
        for ask, turn in self._waiting:
            got = self._take(ask) if ask.shop.active else None
            if got is None:
                waiting.append((ask, turn))
            else:
                turn.succeed(got)
        self._waiting = waiting

    def begin_shift(self, crew: str) -> None:
        """Let a crew come to work."""
        for person in self.crews[crew]:
            if person.leaving:
                person.leaving = False
            elif not person.free:
                self._set_free(person)

    def end_shift(self, crew: str) -> None:
        """Let a crew go; who is busy goes once done."""
        for person in self.crews[crew]:
            if person.free:
                self._set_busy(person)
            else:
                person.leaving = True

    def _gather(self, ask: Ask, got: Got) -> bool:
        """Choose who comes; return whether all needs are filled."""
        place = ask.place
        people = got.people
        for skill, count in ask.people:
            for _ in range(count):
                person = self._nearest(skill, place)
                if person is None:
                    for chosen in people:
                        self._set_free(chosen, chosen.free_since_s)
                    return False
                self._set_busy(person)
                people.append(person)
        for person in people:
            if person.speed_mps > 0.0 and place >= 0:
                walk_s = self.way_m(person.place, place) / person.speed_mps
                got.walk_s = max(got.walk_s, walk_s)
                person.place = place
        return True

    def _nearest(self, skill: str, place: int) -> Person | None:
        for crew in self._able[skill]:
            free = [person for person in crew if person.free]
            if len(free) == 1:
                return free[0]
            if free:
                return min(
                    free,
                    key=lambda one: (self.way_m(one.place, place), one.free_since_s),
                )
        return None

    def _set_free(self, person: Person, since_s: float | None = None) -> None:
        person.free = True
        person.free_since_s = self._env.now if since_s is None else since_s
        for skill in person.skills:
            self._n_free[skill] += 1

    def _set_busy(self, person: Person) -> None:
        person.free = False
        for skill in person.skills:
            self._n_free[skill] -= 1
