"""Conveyors and vehicles: the flow engine tells of the same events as SimPy."""

from __future__ import annotations

import math
from dataclasses import dataclass

import simpy
from simpy.events import Event
from simpy.resources.resource import Request
from simpy_plants import Part, SimpyPlant, Steps


def test_parts_accumulate_on_a_conveyor() -> None:
    plant = SimpyPlant("""
products: {box: {}}
sources:
  in: {product: box, every: {law: exponential, mean: 20 s}, when_full: wait, next: belt}
conveyors:
  belt: {length: 6 m, speed: 0.25 m/s, pitch: 1.2 m, accumulating: true, next: pack}
stations:
  pack: {time: {law: gamma, mean: 22 s, sd: 20 s}, queue: 1, next: out}
sinks: {out: {}}
""")
    env = plant.env
    length_s, pitch_s = 6.0 / 0.25, 1.2 / 0.25
    room = simpy.Resource(env, 5)
    start, end, packer = (simpy.Resource(env) for _ in range(3))
    places = simpy.Resource(env, 2)

    def give_back_later(resource: simpy.Resource, turn: Request) -> Steps:
        """Keep the next one a pitch away."""
        yield env.timeout(pitch_s)
        resource.release(turn)

    def ride(part: Part, inside: Request) -> Steps:
        at_end = end.request()
        # Rollers slip: whoever has come to the one ahead waits there.
        yield env.all_of([at_end, env.timeout(length_s)])
        place = places.request()
        yield place
        plant.move(part, "belt", "pack")
        room.release(inside)
        env.process(give_back_later(end, at_end))
        env.process(pack(part, place))

    def pack(part: Part, place: Request) -> Steps:
        with packer.request() as turn:
            yield turn
            yield from plant.work("pack", part)
        plant.move(part, "pack", "out")
        places.release(place)

    def arrivals() -> Steps:
        while True:
            yield env.timeout(plant.interval_s("in"))
            part = plant.create("in", "box")
            inside, step_on = room.request(), start.request()
            yield inside & step_on
            plant.move(part, "in", "belt")
            env.process(give_back_later(start, step_on))
            env.process(ride(part, inside))

    env.process(arrivals())
    plant.check_equal_events(50_000.0, least=10_000)


@dataclass
class _Vehicle:
    """One of a fleet: where it stands, and since when it rests there."""

    place: str
    since_s: float = 0.0


class _Fleet:
    """Vehicles that are sent to who called first, the nearest one that is free."""

    def __init__(self, plant: SimpyPlant, name: str) -> None:
        self._plant = plant
        self._name = name
        self._fleet = plant.scenario.fleets[name]
        self._parked = [_Vehicle(str(self._fleet.home)) for _ in range(2)]
        self._calls: list[tuple[Part, str, str, Event, Event]] = []

    def carry(self, part: Part, from_: str, to: str) -> tuple[Event, Event]:
        """Call for a part; return when it leaves and when it arrives."""
        env = self._plant.env
        leaves, arrives = env.event(), env.event()
        self._calls.append((part, from_, to, leaves, arrives))
        self._dispatch()
        return leaves, arrives

    def _dispatch(self) -> None:
        while self._calls and self._parked:
            call = self._calls.pop(0)
            vehicle = min(
                self._parked,
                key=lambda one: (self._way_m(one.place, call[1]), one.since_s),
            )
            self._parked.remove(vehicle)
            self._plant.env.process(self._trip(vehicle, *call))

    def _trip(
        self,
        vehicle: _Vehicle,
        part: Part,
        from_: str,
        to: str,
        leaves: Event,
        arrives: Event,
    ) -> Steps:
        plant, fleet = self._plant, self._fleet
        env = plant.env
        assert fleet.empty_speed is not None
        yield env.timeout(self._way_m(vehicle.place, from_) / fleet.empty_speed)
        yield env.timeout(plant.time_s(f"{self._name}/load", fleet.load))
        plant.note("loaded", from_, part)
        plant.note("left", from_, part)
        leaves.succeed()
        yield env.timeout(self._way_m(from_, to) / fleet.speed)
        yield env.timeout(plant.time_s(f"{self._name}/unload", fleet.unload))
        plant.note("entered", to, part)
        arrives.succeed()
        vehicle.place, vehicle.since_s = to, env.now
        self._parked.append(vehicle)
        self._dispatch()

    def _way_m(self, a: str, b: str) -> float:
        places = {
            name: node.place for name, node in self._plant.scenario.nodes().items()
        }
        one, other = places[a], places[b]
        assert one is not None
        assert other is not None
        return math.hypot(one.x - other.x, one.y - other.y)


def test_vehicles_carry_parts_between_stations() -> None:
    plant = SimpyPlant("""
products: {pallet: {}}
sources:
  dock:
    product: pallet
    every: {law: exponential, mean: 100 s}
    place: {x: 0 m, y: 0 m}
    moved_by: agvs
    next: saw
stations:
  saw:
    time: {law: gamma, mean: 100 s, sd: 60 s}
    queue: 2
    place: {x: 31 m, y: 4 m}
    moved_by: agvs
    next: mill
  mill:
    time: {law: lognormal, mean: 95 s, sd: 50 s}
    queue: 1
    place: {x: 17 m, y: 22 m}
    moved_by: agvs
    next: out
sinks: {out: {place: {x: -3 m, y: 19 m}}}
fleets:
  agvs:
    count: 2
    speed: 1.1 m/s
    empty_speed: 1.4 m/s
    load: {law: uniform, low: 4 s, high: 9 s}
    unload: {law: exponential, mean: 6 s}
    dispatch: oldest
    home: dock
""")
    env = plant.env
    fleet = _Fleet(plant, "agvs")
    stations = plant.scenario.stations
    servers = {name: simpy.Resource(env) for name in stations}
    places = {
        name: simpy.Resource(env, 1 + int(station.queue))
        for name, station in stations.items()
    }

    def visit(part: Part, name: str, place: Request, arrives: Event) -> Steps:
        behind = {"saw": "mill", "mill": "out"}[name]
        yield arrives
        with servers[name].request() as turn:
            yield turn
            yield from plant.work(name, part)
            onward = places[behind].request() if behind in places else None
            if onward is not None:
                # A vehicle is called once there is room where it would go.
                yield onward
            leaves, comes = fleet.carry(part, name, behind)
            yield leaves
        places[name].release(place)
        if onward is not None:
            env.process(visit(part, behind, onward, comes))
        else:
            yield comes
            plant.note("out", "out", part)

    def dock() -> Steps:
        while True:
            yield env.timeout(plant.interval_s("dock"))
            part = plant.create("dock", "pallet")
            place = places["saw"].request()
            yield place
            leaves, comes = fleet.carry(part, "dock", "saw")
            env.process(visit(part, "saw", place, comes))
            yield leaves

    env.process(dock())
    plant.check_equal_events(150_000.0, least=10_000)
