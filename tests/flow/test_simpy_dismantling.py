"""Dismantling and people: the flow engine tells of the same events as SimPy."""

from __future__ import annotations

import simpy
from simpy.events import Event
from simpy_plants import Part, SimpyPlant, Steps

from twin.scenario.tasks import Task

_BAY = """
products: {car: {}, shell: {}, door: {}, engine: {}, battery: {}}
sources: {cars: {product: car, every: {law: exponential, mean: 40 min}, next: bay}}
stations:
  bay:
    becomes: shell
    next: shells
    operations:
      battery:
        do: task
        time: {law: uniform, low: 2 min, high: 4 min}
        yields: {battery: {present: 0.9, to: batteries}}
      doors:
        do: task
        time: {law: triangular, low: 6 min, mode: 8 min, high: 15 min}
        after: [battery]
        yields: {door: {count: 4, present: 0.7, to: {among: {rack: 0.3, skip: 0.7}}}}
      bonnet:
        do: task
        time: {law: gamma, mean: 4 min, sd: 1 min}
        after: [battery]
        present: 0.8
      cradle: {do: task, time: {law: erlang, mean: 9 min, shape: 4}, after: [battery]}
      engine:
        do: task
        time: {law: lognormal, mean: 12 min, sd: 4 min}
        after_any: [bonnet, cradle]
        seized:
          {probability: 0.25, time: {law: exponential, mean: 20 min}, yields: lose}
        yields: {engine: {to: rack}}
sinks: {shells: {}, batteries: {}, rack: {}, skip: {}}
"""


def test_what_waits_for_all_and_what_for_any() -> None:
    plant = SimpyPlant(_BAY)
    env = plant.env
    bay = simpy.Resource(env)
    operations = plant.scenario.stations["bay"].work()

    def operate(name: str, car: Part, done: dict[str, Event]) -> Steps:
        task = operations[name]
        assert isinstance(task, Task)
        if task.after:
            yield env.all_of([done[other] for other in task.after])
        if task.after_any:
            yield env.any_of([done[other] for other in task.after_any])
        if task.present < 1.0 and plant.chance(f"bay/{name}/present") >= task.present:
            plant.note("absent", "bay", car, name)
            done[name].succeed()
            return
        seized = (
            task.seized is not None
            and plant.chance(f"bay/{name}/seized") < task.seized.probability
        )
        plant.note("started", "bay", car, name)
        if task.seized is not None and seized:
            work_s = plant.time_s(f"bay/{name}/seized/time", task.seized.time)
        else:
            work_s = plant.work_s("bay", name)
        yield env.timeout(work_s)
        plant.note("finished", "bay", car, name)
        if not seized:
            take_off(name, task)
        done[name].succeed()

    def take_off(name: str, task: Task) -> None:
        for product, found in task.yields.items():
            purpose = f"bay/{name}/{product}"
            for _ in range(found.count):
                if (
                    found.present < 1.0
                    and plant.chance(f"{purpose}/present") >= found.present
                ):
                    continue
                part = plant.create("bay", product)
                plant.note("yielded", "bay", part, name)
                to = found.to.targets[0]
                if len(found.to.targets) > 1:
                    to = "rack" if plant.chance(f"{purpose}/to") < 0.3 else "skip"
                plant.move(part, "bay", to)

    def visit(car: Part) -> Steps:
        plant.move(car, "cars", "bay")
        with bay.request() as turn:
            yield turn
            done = {name: env.event() for name in operations}
            yield env.all_of(
                [env.process(operate(name, car, done)) for name in operations]
            )
            car.product = "shell"
            plant.move(car, "bay", "shells")

    def cars() -> Steps:
        while True:
            yield env.timeout(plant.interval_s("cars"))
            env.process(visit(plant.create("cars", "car")))

    env.process(cars())
    plant.check_equal_events(400_000.0, least=4_000)


class _Crews:
    """People of several skills, seized all at once or not at all.

    Who has the fewest skills is asked first. Who waits longest is served first, but
    nobody waits for one who lacks somebody else.
    """

    def __init__(self, env: simpy.Environment, crews: dict[str, tuple[int, set[str]]]):
        self._env = env
        self._free = {name: count for name, (count, _) in crews.items()}
        self._skills = {name: skills for name, (_, skills) in crews.items()}
        self._waiting: list[tuple[dict[str, int], Event]] = []

    def seize(self, people: dict[str, int]) -> Event:
        """Return an event that happens once all are there; its value says who."""
        turn = self._env.event()
        self._waiting.append((people, turn))
        self._serve()
        return turn

    def release(self, who: list[str]) -> None:
        """Let people go."""
        for name in who:
            self._free[name] += 1
        self._serve()

    def _serve(self) -> None:
        for people, turn in list(self._waiting):
            who = self._choose(people)
            if who is not None:
                self._waiting.remove((people, turn))
                turn.succeed(who)

    def _choose(self, people: dict[str, int]) -> list[str] | None:
        free = dict(self._free)
        who: list[str] = []
        for skill, count in people.items():
            for _ in range(count):
                able = [
                    name
                    for name in sorted(free, key=lambda one: len(self._skills[one]))
                    if skill in self._skills[name] and free[name] > 0
                ]
                if not able:
                    return None
                free[able[0]] -= 1
                who.append(able[0])
        self._free = free
        return who


def test_people_are_seized_all_at_once() -> None:
    plant = SimpyPlant("""
products: {frame: {}, panel: {}}
sources:
  frames: {product: frame, every: {law: exponential, mean: 6 min}, next: weld}
  panels: {product: panel, every: {law: exponential, mean: 5 min}, next: paint}
stations:
  # Both a fitter and a helper, or nobody.
  weld:
    time: {law: gamma, mean: 4 min, sd: 2 min}
    servers: 2
    people: {fitter: 1, helper: 1}
    next: out
  paint:
    time: {law: uniform, low: 1 min, high: 5 min}
    servers: 2
    people: {helper: 1}
    next: check
  check: {time: {law: exponential, mean: 2 min}, people: {fitter: 1}, next: out}
sinks: {out: {}}
crews:
  all_round: {count: 2, skills: [fitter, helper]}
  helpers: {count: 1, skills: [helper]}
""")
    env = plant.env
    crews = _Crews(
        env, {"all_round": (2, {"fitter", "helper"}), "helpers": (1, {"helper"})}
    )
    servers = {
        name: simpy.Resource(env, station.servers)
        for name, station in plant.scenario.stations.items()
    }
    # The rarer skill is filled first.
    people = {
        "weld": {"fitter": 1, "helper": 1},
        "paint": {"helper": 1},
        "check": {"fitter": 1},
    }

    def visit(part: Part, source: str) -> Steps:
        name = {"frames": "weld", "panels": "paint"}[source]
        plant.move(part, source, name)
        while name != "out":
            turn = servers[name].request()
            yield turn
            who = yield crews.seize(people[name])
            yield from plant.work(name, part)
            crews.release(who)
            behind = "check" if name == "paint" else "out"
            plant.move(part, name, behind)
            # The next one's turn comes before this part asks for its own.
            yield servers[name].release(turn)
            name = behind

    def bring(source: str, product: str) -> Steps:
        while True:
            yield env.timeout(plant.interval_s(source))
            env.process(visit(plant.create(source, product), source))

    env.process(bring("frames", "frame"))
    env.process(bring("panels", "panel"))
    plant.check_equal_events(200_000.0, least=6_000)


def test_work_stops_with_the_shift_and_goes_on_with_the_next() -> None:
    plant = SimpyPlant("""
products: {part: {}}
sources: {in: {product: part, every: {law: exponential, mean: 70 min}, next: bench}}
stations:
  bench:
    next: out
    operations:
      clamp:
        do: task
        time: {law: uniform, low: 10 min, high: 30 min}
        people: {worker: 1}
        at_shift_end: finish
      file:
        do: task
        time: {law: exponential, mean: 60 min}
        people: {worker: 1}
        after: [clamp]
        at_shift_end: pause
sinks: {out: {}}
crews: {workers: {count: 1, skills: [worker], calendar: days}}
# From 06:00, when time begins, to 14:00; there is no clock change in between.
calendars: {days: {week: {mon-sun: ["06:00-14:00"]}}}
""")
    env = plant.env
    bench = simpy.Resource(env)
    worker = simpy.Resource(env)
    on_shift = env.event()
    filing: list[simpy.Process] = []

    def shifts() -> Steps:
        nonlocal on_shift
        on_shift.succeed()
        while True:
            yield env.timeout(8 * 3600.0)
            on_shift = env.event()
            for process in filing:
                process.interrupt()
            yield env.timeout(16 * 3600.0)
            on_shift.succeed()

    def visit(part: Part) -> Steps:
        plant.move(part, "in", "bench")
        with bench.request() as turn, worker.request() as hands:
            yield turn
            yield on_shift
            yield hands
            yield from plant.work("bench", part, "clamp")
            left_s = None
            while left_s is None or left_s > 0.0:
                yield on_shift
                plant.note("started", "bench", part, "file")
                left_s = plant.work_s("bench", "file") if left_s is None else left_s
                since_s = env.now
                filing[:] = [env.active_process]
                try:
                    yield env.timeout(left_s)
                    left_s = 0.0
                except simpy.Interrupt:
                    left_s -= env.now - since_s
                    plant.note("paused", "bench", detail="file")
                filing.clear()
            plant.note("finished", "bench", part, "file")
        plant.move(part, "bench", "out")

    def bring() -> Steps:
        while True:
            yield env.timeout(plant.interval_s("in"))
            env.process(visit(plant.create("in", "part")))

    env.process(shifts())
    env.process(bring())
    plant.check_equal_events(40 * 86_400.0 - 1.0, least=1_500)
