"""Queues: the flow engine tells of the same events as SimPy, one by one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import simpy
from simpy_plants import Part, SimpyPlant, Steps


def _bring(plant: SimpyPlant, source: str, visit: Callable[[Part], Steps]) -> Steps:
    """Let a source bring parts that need not wait to enter."""
    (product,) = plant.scenario.sources[source].products()
    while True:
        yield plant.env.timeout(plant.interval_s(source))
        plant.env.process(visit(plant.create(source, product)))


def test_one_server() -> None:
    plant = SimpyPlant("""
products: {part: {}}
sources:
  arrivals: {product: part, every: {law: exponential, mean: 5 min}, next: server}
stations: {server: {time: {law: exponential, mean: 4 min}, next: out}}
sinks: {out: {}}
""")
    server = simpy.Resource(plant.env)

    def visit(part: Part) -> Steps:
        plant.move(part, "arrivals", "server")
        with server.request() as turn:
            yield turn
            yield from plant.work("server", part)
        plant.move(part, "server", "out")

    plant.env.process(_bring(plant, "arrivals", visit))
    plant.check_equal_events(300_000.0, least=6_000)


_LINE = """
products: {part: {}}
sources:
  arrivals:
    {product: part, every: {law: exponential, mean: 1.2 min}, when_full: wait, next: s1}
stations:
  s1: {time: {law: exponential, mean: 1 min}, queue: 2, next: s2}
  s2: {time: {law: gamma, mean: 1 min, sd: 2 min}, queue: 0, next: s3}
  s3: {time: {law: lognormal, mean: 1 min, sd: 1 min}, queue: 1, next: s4}
  s4: {time: {law: weibull, shape: 0.8, scale: 1 min}, queue: 5, next: out}
sinks: {out: {}}
"""


def test_blocking_after_service_in_a_line() -> None:
    plant = SimpyPlant(_LINE)
    names = list(plant.scenario.stations)
    places = {
        name: simpy.Resource(plant.env, 1 + int(station.queue))
        for name, station in plant.scenario.stations.items()
    }
    servers = {name: simpy.Resource(plant.env) for name in names}

    def visit(part: Part, place: simpy.resources.resource.Request) -> Steps:
        for name, behind in zip(names, [*names[1:], None], strict=True):
            with servers[name].request() as turn:
                yield turn
                yield from plant.work(name, part)
                if behind is None:
                    plant.move(part, name, "out")
                    places[name].release(place)
                    return
                # The server stands blocked until there is a place behind it.
                onward = places[behind].request()
                yield onward
                plant.move(part, name, behind)
            places[name].release(place)
            place = onward

    def arrivals() -> Steps:
        while True:
            yield plant.env.timeout(plant.interval_s("arrivals"))
            part = plant.create("arrivals", "part")
            place = places["s1"].request()
            yield place
            plant.move(part, "arrivals", "s1")
            plant.env.process(visit(part, place))

    plant.env.process(arrivals())
    plant.check_equal_events(60_000.0, least=10_000)


_CLASSES = """
products: {{urgent: {{priority: 2}}, usual: {{priority: 1}}, idle: {{}}}}
sources:
  urgents: {{product: urgent, every: {{law: exponential, mean: 9 min}}, next: desk}}
  usuals: {{product: usual, every: {{law: exponential, mean: 6 min}}, next: desk}}
  idles: {{product: idle, every: {{law: exponential, mean: 7 min}}, next: desk}}
stations:
  desk:
    time: {{law: gamma, mean: {mean} min, sd: 2 min}}
    servers: {servers}
    discipline: priority
    preemptive: {preemptive}
    next: out
sinks: {{out: {{}}}}
"""


def test_priorities_at_parallel_servers() -> None:
    plant = SimpyPlant(_CLASSES.format(mean=4, servers=2, preemptive="false"))
    desk = simpy.PriorityResource(plant.env, 2)

    def visit(source: str) -> Callable[[Part], Steps]:
        def steps(part: Part) -> Steps:
            plant.move(part, source, "desk")
            rank = -plant.scenario.products[part.product].priority
            with desk.request(priority=rank) as turn:
                yield turn
                yield from plant.work("desk", part)
            plant.move(part, "desk", "out")

        return steps

    for source in plant.scenario.sources:
        plant.env.process(_bring(plant, source, visit(source)))
    plant.check_equal_events(200_000.0, least=8_000)


def test_work_is_pushed_out_and_resumed() -> None:
    plant = SimpyPlant(_CLASSES.format(mean=2, servers=1, preemptive="true"))
    desk = simpy.PreemptiveResource(plant.env)
    came = iter(range(10**9))

    def visit(source: str) -> Callable[[Part], Steps]:
        def steps(part: Part) -> Steps:
            plant.move(part, source, "desk")
            # Who was pushed out goes before those of its class that came later.
            rank = (-plant.scenario.products[part.product].priority, next(came))
            left_s = None
            while True:
                with desk.request(priority=rank) as turn:
                    yield turn
                    plant.note("started", "desk", part, "work")
                    if left_s is None:
                        left_s = plant.work_s("desk")
                    since_s = plant.env.now
                    try:
                        yield plant.env.timeout(left_s)
                    except simpy.Interrupt:
                        left_s -= plant.env.now - since_s
                        plant.note("paused", "desk", detail="work")
                        continue
                    plant.note("finished", "desk", part, "work")
                break
            plant.move(part, "desk", "out")

        return steps

    for source in plant.scenario.sources:
        plant.env.process(_bring(plant, source, visit(source)))
    plant.check_equal_events(200_000.0, least=10_000)


def test_who_loses_patience_goes() -> None:
    plant = SimpyPlant("""
products: {caller: {}}
sources: {calls: {product: caller, every: {law: exponential, mean: 2 min}, next: desk}}
stations:
  desk:
    time: {law: exponential, mean: 5 min}
    servers: 2
    queue: 6
    patience: {time: {law: uniform, low: 1 min, high: 12 min}, to: lost}
    next: served
sinks: {served: {}, lost: {}}
""")
    desk = simpy.Resource(plant.env, 2)
    places = simpy.Resource(plant.env, 8)
    law = plant.scenario.stations["desk"].patience
    assert law is not None

    def visit(part: Part, place: simpy.resources.resource.Request) -> Steps:
        with desk.request() as turn:
            patience_s = plant.time_s("desk/patience", law.time)
            yield turn | plant.env.timeout(patience_s)
            if turn.triggered:
                yield from plant.work("desk", part)
                plant.move(part, "desk", "served")
            else:
                plant.note("reneged", "desk", part)
                plant.note("entered", "lost", part)
                plant.note("out", "lost", part)
        places.release(place)

    def calls() -> Steps:
        while True:
            yield plant.env.timeout(plant.interval_s("calls"))
            part = plant.create("calls", "caller")
            place = places.request()
            yield place
            plant.move(part, "calls", "desk")
            plant.env.process(visit(part, place))

    plant.env.process(calls())
    plant.check_equal_events(100_000.0, least=6_000)


def test_cards_limit_what_is_inside() -> None:
    plant = SimpyPlant("""
products: {part: {}}
sources: {orders: {product: part, every: {law: exponential, mean: 5 min}, next: cut}}
stations:
  cut: {time: {law: exponential, mean: 4 min}, next: bend}
  bend: {time: {law: exponential, mean: 8 min}, servers: 2, next: weld}
  weld: {time: {law: erlang, mean: 4 min, shape: 3}, next: out}
sinks: {out: {}}
loops: {cards: {count: 5, enter: cut, leave: weld}}
""")
    servers = {
        name: simpy.Resource(plant.env, station.servers)
        for name, station in plant.scenario.stations.items()
    }
    cards = simpy.Container(plant.env, 5, init=5)

    def visit(part: Part) -> Steps:
        for name, behind in (("cut", "bend"), ("bend", "weld"), ("weld", "out")):
            with servers[name].request() as turn:
                yield turn
                yield from plant.work(name, part)
                plant.move(part, name, behind)
        cards.put(1)

    def orders() -> Steps:
        while True:
            yield plant.env.timeout(plant.interval_s("orders"))
            part = plant.create("orders", "part")
            yield cards.get(1)
            plant.move(part, "orders", "cut")
            plant.env.process(visit(part))

    plant.env.process(orders())
    plant.check_equal_events(200_000.0, least=6_000)


def test_another_rule_is_another_sequence() -> None:
    """The comparison tells plants apart that differ in the order of a queue only."""
    plant = SimpyPlant(_CLASSES.format(mean=4, servers=2, preemptive="false"))
    desk = simpy.Resource(plant.env, 2)

    def visit(source: str) -> Callable[[Part], Steps]:
        def steps(part: Part) -> Steps:
            plant.move(part, source, "desk")
            with desk.request() as turn:
                yield turn
                yield from plant.work("desk", part)
            plant.move(part, "desk", "out")

        return steps

    for source in plant.scenario.sources:
        plant.env.process(_bring(plant, source, visit(source)))
    with pytest.raises(AssertionError, match="flow has Row"):
        plant.check_equal_events(20_000.0, least=100)
