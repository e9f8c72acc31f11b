"""Machines: the flow engine tells of the same events as SimPy, one by one."""

from __future__ import annotations

from collections.abc import Callable

import simpy
from simpy_plants import Part, SimpyPlant, Steps


def _bring(
    plant: SimpyPlant, source: str, visit: Callable[[Part], Steps], most: int = 10**9
) -> Steps:
    """Let a source bring parts that need not wait to enter."""
    (product,) = plant.scenario.sources[source].products()
    for _ in range(most):
        yield plant.env.timeout(plant.interval_s(source))
        plant.env.process(visit(plant.create(source, product)))


class _Machine:
    """One server that breaks down by the clock on the wall, and is mended at once.

    Whoever works on it is interrupted, waits, and goes on with what was left: the
    machine shop of SimPy's own examples.
    """

    def __init__(self, plant: SimpyPlant, name: str, mode: str) -> None:
        self._plant = plant
        self._name = name
        self._mode = mode
        self._law = plant.scenario.stations[name].failures[mode]
        self._worker: simpy.Process | None = None
        self._mended = plant.env.event()
        self._mended.succeed()
        self.turns = simpy.Resource(plant.env)
        plant.env.process(self._break_down())

    def work(self, part: Part) -> Steps:
        """Work on a part, however often it is interrupted."""
        env = self._plant.env
        left_s = None
        while True:
            yield self._mended
            self._plant.note("started", self._name, part, "work")
            if left_s is None:
                left_s = self._plant.work_s(self._name)
            since_s = env.now
            self._worker = env.active_process
            try:
                yield env.timeout(left_s)
            except simpy.Interrupt:
                left_s -= env.now - since_s
                self._plant.note("paused", self._name, detail="work")
                continue
            self._worker = None
            self._plant.note("finished", self._name, part, "work")
            return

    def _break_down(self) -> Steps:
        plant, purpose = self._plant, f"{self._name}/{self._mode}"
        while True:
            yield plant.env.timeout(plant.time_s(f"{purpose}/every", self._law.every))
            plant.note("failed", self._name, detail=self._mode)
            self._mended = plant.env.event()
            if self._worker is not None:
                worker, self._worker = self._worker, None
                worker.interrupt()
            repair_s = plant.time_s(f"{purpose}/repair", self._law.repair)
            yield plant.env.timeout(repair_s)
            plant.note("repaired", self._name, detail=self._mode)
            self._mended.succeed()


def test_failures_by_the_clock_on_the_wall() -> None:
    plant = SimpyPlant("""
products: {part: {}}
sources: {in: {product: part, every: {law: exponential, mean: 4 min}, next: saw}}
stations:
  saw:
    time: {law: uniform, low: 1 min, high: 4 min}
    failures:
      jam:
        every: {law: exponential, mean: 25 min}
        clock: calendar
        repair: {law: gamma, mean: 5 min, sd: 4 min}
    next: out
sinks: {out: {}}
""")
    saw = _Machine(plant, "saw", "jam")

    def visit(part: Part) -> Steps:
        plant.move(part, "in", "saw")
        with saw.turns.request() as turn:
            # A machine that is down takes nothing; it does so once mended.
            yield turn
            yield from saw.work(part)
        plant.move(part, "saw", "out")

    plant.env.process(_bring(plant, "in", visit))
    plant.check_equal_events(200_000.0, least=6_000)


def test_failures_by_the_time_at_work() -> None:
    plant = SimpyPlant("""
products: {part: {}}
sources: {in: {product: part, every: {law: exponential, mean: 4 min}, next: weld}}
stations:
  weld:
    time: {law: exponential, mean: 2 min}
    failures:
      tip:
        every: {law: weibull, shape: 2, scale: 9 min}
        clock: busy
        repair: {law: uniform, low: 1 min, high: 3 min}
    next: out
sinks: {out: {}}
""")
    turns = simpy.Resource(plant.env)
    tip = plant.scenario.stations["weld"].failures["tip"]

    def lasts() -> float:
        return plant.time_s("weld/tip/every", tip.every)

    lasts_s = lasts()

    def visit(part: Part) -> Steps:
        nonlocal lasts_s
        plant.move(part, "in", "weld")
        with turns.request() as turn:
            yield turn
            left_s = plant.work_s("weld")
            while lasts_s < left_s:
                plant.note("started", "weld", part, "work")
                yield plant.env.timeout(lasts_s)
                plant.note("failed", "weld", detail="tip")
                plant.note("paused", "weld", detail="work")
                left_s -= lasts_s
                yield plant.env.timeout(plant.time_s("weld/tip/repair", tip.repair))
                plant.note("repaired", "weld", detail="tip")
                lasts_s = lasts()
            plant.note("started", "weld", part, "work")
            yield plant.env.timeout(left_s)
            lasts_s -= left_s
            plant.note("finished", "weld", part, "work")
        plant.move(part, "weld", "out")

    plant.env.process(_bring(plant, "in", visit))
    plant.check_equal_events(200_000.0, least=6_000)


def test_rework_by_chance() -> None:
    plant = SimpyPlant("""
products: {part: {}}
sources: {in: {product: part, every: {law: exponential, mean: 5 min}, next: make}}
stations:
  make: {time: {law: exponential, mean: 3 min}, next: inspect}
  inspect:
    time: {law: triangular, low: 1 min, mode: 2 min, high: 4 min}
    next: {among: {out: 0.7, make: 0.2, mend: 0.1}}
  mend: {time: {law: beta, low: 2 min, high: 9 min, alpha: 2, beta: 3}, next: inspect}
sinks: {out: {}}
""")
    turns = {name: simpy.Resource(plant.env) for name in plant.scenario.stations}

    def onward(name: str) -> str:
        if name != "inspect":
            return "inspect"
        drawn = plant.chance("inspect/next")
        return "out" if drawn < 0.7 else "make" if drawn < 0.9 else "mend"

    def visit(part: Part) -> Steps:
        name = "make"
        plant.move(part, "in", name)
        while name != "out":
            with turns[name].request() as turn:
                yield turn
                yield from plant.work(name, part)
                behind = onward(name)
                plant.move(part, name, behind)
            name = behind

    plant.env.process(_bring(plant, "in", visit))
    plant.check_equal_events(200_000.0, least=7_000)


def test_assembly_waits_for_all_it_needs() -> None:
    plant = SimpyPlant("""
products: {frame: {}, wheel: {}, cart: {}}
sources:
  frames: {product: frame, every: {law: exponential, mean: 9 min}, next: assembly}
  wheels: {product: wheel, every: {law: exponential, mean: 4.4 min}, next: assembly}
stations:
  assembly:
    assembly: {frame: 1, wheel: 2}
    makes: cart
    time: {law: lognormal, mean: 6 min, sd: 3 min}
    next: out
sinks: {out: {}}
""")
    frames, wheels = simpy.Store(plant.env), simpy.Store(plant.env)

    def into(source: str, store: simpy.Store) -> Callable[[Part], Steps]:
        def steps(part: Part) -> Steps:
            plant.move(part, source, "assembly")
            yield store.put(part)

        return steps

    def assemble() -> Steps:
        while True:
            frame = yield frames.get()
            yield wheels.get()
            yield wheels.get()
            yield from plant.work("assembly", frame)
            # What leaves is a cart; it goes on under the frame's number.
            frame.product = "cart"
            plant.move(frame, "assembly", "out")

    plant.env.process(_bring(plant, "frames", into("frames", frames)))
    plant.env.process(_bring(plant, "wheels", into("wheels", wheels)))
    plant.env.process(assemble())
    plant.check_equal_events(300_000.0, least=5_000)


def test_a_batch_starts_full_or_once_its_first_has_waited() -> None:
    plant = SimpyPlant("""
products: {part: {}}
sources: {in: {product: part, every: {law: exponential, mean: 5 min}, next: oven}}
stations:
  oven:
    time: {law: gamma, mean: 24 min, sd: 6 min}
    batch: {least: 2, most: 6, wait: {law: uniform, low: 8 min, high: 20 min}}
    next: out
sinks: {out: {}}
""")
    env = plant.env
    queue: list[tuple[Part, float]] = []
    came = env.event()
    batch = plant.scenario.stations["oven"].batch
    assert batch is not None

    def arrivals() -> Steps:
        while True:
            yield env.timeout(plant.interval_s("in"))
            part = plant.create("in", "part")
            plant.move(part, "in", "oven")
            queue.append((part, env.now))
            if not came.triggered:
                came.succeed()

    def bake() -> Steps:
        nonlocal came
        while True:
            while not queue:
                came = env.event()
                yield came
            # The wait begins with the first part, even if it came while others baked.
            due_s = queue[0][1] + plant.time_s("oven/batch_wait", batch.wait)
            while len(queue) < batch.most and (
                env.now < due_s or len(queue) < batch.least
            ):
                came = env.event()
                if env.now < due_s:
                    yield came | env.timeout(due_s - env.now)
                else:
                    yield came
            taken, queue[:] = queue[: batch.most], queue[batch.most :]
            yield from plant.work("oven", taken[0][0])
            for part, _ in taken:
                plant.move(part, "oven", "out")

    env.process(bake())
    env.process(arrivals())
    plant.check_equal_events(200_000.0, least=4_000)
