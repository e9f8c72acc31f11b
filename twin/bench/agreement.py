"""One cell in both engines, car by car: how far apart are they?

Both get the same arrivals, the same conditions of cars, which depend on their numbers
alone, and the same disturbance. Physics finds out what its operations take, flow draws
it from a calibration that was made with other seeds.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from twin.calibrate.samples import read_samples
from twin.calibrate.sampling import car_times, refuse_alarms, sound
from twin.engine import build_engine
from twin.errors import PhysicsError, TwinError
from twin.flow.car_log import CarLog
from twin.flow.cells import flow_of_cell
from twin.flow.run import open_run
from twin.flow.statistics import Interval, t_interval
from twin.physics.car import Car
from twin.physics.device import Device, Hampered, Outcome
from twin.physics.draining import LetsOut
from twin.scenario import Scenario, load_scenario
from twin.scenario.calendars import Calendar, Hours
from twin.scenario.calibration import calibrate_scenario, calibration_path
from twin.scenario.equipment import ModuleBays, Rack
from twin.scenario.fingerprint import scenario_sha256
from twin.scenario.fluids import FluidKind
from twin.scenario.laws import Constant
from twin.scenario.read import locate_in
from twin.scenario.station import Operation
from twin.state import Event
from twin.units import Quantity

_LONGEST_CYCLE_S = 4 * 3600.0
_STRETCH_S = 1.0
_DAY_S = 86400
_AWAY = "away"
_LEAST_SETTLED = 4
"""Of fewer cars an interval may be narrow by chance."""


@dataclass(frozen=True, slots=True)
class Absence:
    """A person who is called away from what they do; the one fault that is paired.

    Attributes:
        worker: Id of the person.
        begin_s: When, simulated time.
        duration_s: For how long.
    """

    worker: str
    begin_s: int
    duration_s: int


@dataclass(frozen=True, slots=True)
class Condition:
    """Under what a cell is compared.

    Attributes:
        arrival_s: A car every so often, waiting outside if it must; where None, as
            soon as the station calls.
        collected_after_s: How long a pack keeps the rack, so that the exit of the next
            is blocked; the scenario's own where None.
        test_s: How long bays test a part, so that the conveyor before them fills; the
            scenario's own where None.
        absence: None where nobody is called away.
    """

    arrival_s: float | None = None
    collected_after_s: float | None = None
    test_s: float | None = None
    absence: Absence | None = None


UNDISTURBED = Condition()


@dataclass(frozen=True, slots=True)
class Stays:
    """When cars came into a cell, and when the station had done with them, s."""

    began_s: tuple[float, ...]
    ended_s: tuple[float, ...]

    def cycles_s(self) -> list[float]:
        """Return how long the station was busy with each car."""
        return [b - a for a, b in zip(self.began_s, self.ended_s, strict=True)]

    def first(self, n: int) -> Stays:
        """Return those of the first cars."""
        return Stays(self.began_s[:n], self.ended_s[:n])

    def and_one(self, began_s: float, ended_s: float) -> Stays:
        """Return these and one more."""
        return Stays((*self.began_s, began_s), (*self.ended_s, ended_s))

    def throughput_per_s(self) -> float:
        """Return cars per second from the first's coming to the last's end."""
        return len(self.ended_s) / (self.ended_s[-1] - self.began_s[0])


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far physics and flow are apart.

    Attributes:
        cycle: Interval of (physics - flow) / physics over the cars' cycles.
        throughput: (physics - flow) / physics of cars per second.
        physics: What came of physics.
        flow: What came of flow, for as many cars.
        realtime_factor: Simulated over wall time of physics.
        stale: Whether the calibration is that of another version of the scenario.
    """

    cycle: Interval
    throughput: float
    physics: Stays
    flow: Stays
    realtime_factor: float
    stale: bool

    @property
    def flow_difference(self) -> float:
        """End of the cycle's interval that is farthest from zero, a fraction."""
        return max(self.cycle.low, self.cycle.high, key=abs)


def compare_engines(
    scenario_path: Path,
    cars: int,
    seed: int,
    condition: Condition = UNDISTURBED,
    *,
    calibration: Path | None = None,
    settled_share: float | None = None,
    wall_limit_s: float | None = None,
) -> Agreement | None:
    """Run a cell in both engines and return how far they are apart.

    Args:
        scenario_path: A physics cell.
        cars: How many, at least 2; the most where one of the limits is given.
        seed: Of both runs; not one of the calibration's.
        condition: The same for both.
        calibration: The times that flow takes; those kept beside the scenario if None.
        settled_share: Stop, after 4 cars at least, once the half-width is at most this.
        wall_limit_s: Stop after this much wall time.

    Returns:
        None if fewer than two cars came through in the wall time.

    Raises:
        TwinError: If the scenario is no cell, has no calibration, or a car stops.
    """
    if cars < 2:
        raise TwinError(f"cars: got {cars}; an interval takes 2 at least")
    scenario = load_scenario(scenario_path)
    calibrated = calibrate_scenario(scenario, scenario_path, calibration)
    flow = _flow_stays(
        _disturbed(calibrated.scenario, condition),
        scenario_path,
        cars,
        seed,
        condition.absence,
    )
    physics, realtime_factor = _physics_stays(
        _disturbed(scenario, condition),
        scenario_path.parent,
        seed,
        condition.absence,
        _Patience(cars, wall_limit_s, settled_share, flow),
    )
    n = len(physics.ended_s)
    if n < 2:
        return None
    flow = flow.first(n)
    return Agreement(
        cycle=t_interval(_differences(physics, flow)),
        throughput=1.0 - flow.throughput_per_s() / physics.throughput_per_s(),
        physics=physics,
        flow=flow,
        realtime_factor=realtime_factor,
        stale=calibrated.stale,
    )


def compare_kept(scenario_path: Path, seed: int) -> Interval | None:
    """Return (physics - flow) / physics over the runs that a calibration is kept with.

    Nothing is run under physics: the cars are those that were calibrated with, sound
    ones, so what this shows is whether flow puts their times together as physics does.

    Returns:
        None if fewer than two runs of this scenario are kept.

    Raises:
        TwinError: If the scenario is no cell, or its calibration cannot be read.
    """
    scenario = load_scenario(scenario_path)
    kept = read_samples(
        calibration_path(scenario_path).with_suffix(".csv"),
        scenario_sha256(scenario),
        1.0 / float(scenario.physics.rate),
    )
    cycles_s = kept.cycle_times_s()
    if len(cycles_s) < 2:
        return None
    calibrated = calibrate_scenario(scenario, scenario_path)
    flow = _flow_stays(
        sound(calibrated.scenario), scenario_path, len(cycles_s), seed, absence=None
    )
    pairs = zip(cycles_s, flow.cycles_s(), strict=True)
    return t_interval([1.0 - flow_s / physics_s for physics_s, flow_s in pairs])


def _differences(physics: Stays, flow: Stays) -> list[float]:
    """Return (physics - flow) / physics of each car's cycle."""
    pairs = zip(physics.cycles_s(), flow.cycles_s(), strict=False)
    return [1.0 - flow_s / physics_s for physics_s, flow_s in pairs]


def _disturbed(scenario: Scenario, condition: Condition) -> Scenario:
    """Return a scenario with the arrivals, the rack and the bays of a condition."""
    changed: dict[str, object] = {}
    if condition.arrival_s is not None:
        every = Constant(value=Quantity(condition.arrival_s, "s"))
        changed["sources"] = {
            name: source.model_copy(update={"every": every})
            for name, source in scenario.sources.items()
        }
    if condition.collected_after_s is not None:
        kept = {"collected_after": Quantity(condition.collected_after_s, "s")}
        changed["equipment"] = {
            name: each.model_copy(update=kept) if isinstance(each, Rack) else each
            for name, each in scenario.equipment.items()
        }
    if condition.test_s is not None:
        slow = {"test_time": Quantity(condition.test_s, "s")}
        changed["equipment"] = {
            name: each.model_copy(update=slow) if isinstance(each, ModuleBays) else each
            for name, each in scenario.equipment.items()
        }
    return scenario.model_copy(update=changed)


# Flow -------------------------------------------------------------------------


def _flow_stays(
    scenario: Scenario, path: Path, cars: int, seed: int, absence: Absence | None
) -> Stays:
    """Run flow until so many cars are through, and return their stays."""
    flow = flow_of_cell(scenario, path, locate_in(path))
    if absence is not None:
        flow = _without(flow, absence)
    horizon_s = cars * _LONGEST_CYCLE_S
    run = open_run(flow, path.parent, horizon_s, seed)
    (station,) = scenario.stations
    log = CarLog(run.plant, station)
    run.log_to("trace", log.take)
    # A car is through once the next one has begun.
    while len(log.began_s) <= cars and run.now_s < horizon_s:
        run.advance(min(run.now_s + _LONGEST_CYCLE_S / 4.0, horizon_s))
    return Stays(tuple(log.began_s), tuple(log.ended_s)).first(cars)


def _without(scenario: Scenario, absence: Absence) -> Scenario:
    """Return a flow scenario in which somebody is away for a time of day."""
    start = scenario.start
    clock_s = start.hour * 3600 + start.minute * 60 + start.second + absence.begin_s
    always = Hours(0, _DAY_S)
    calendar = Calendar(
        week={"mon-sun": (always,)},
        breaks=(Hours(clock_s, clock_s + absence.duration_s),),
    )
    crew = scenario.crews[absence.worker].model_copy(update={"calendar": _AWAY})
    return scenario.model_copy(
        update={
            "calendars": {**scenario.calendars, _AWAY: calendar},
            "crews": {**scenario.crews, absence.worker: crew},
        }
    )


# Physics ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Patience:
    """When enough cars are through.

    Attributes:
        cars: The most.
        wall_limit_s: None where it may take as long as it takes.
        settled_share: Half-width that is narrow enough; None where none is.
        flow: What cars are compared with.
    """

    cars: int
    wall_limit_s: float | None
    settled_share: float | None
    flow: Stays

    def ends(self, so_far: Stays, wall_s: float) -> bool:
        """Return whether no further car is to be waited for."""
        n = len(so_far.ended_s)
        if n >= self.cars:
            return True
        if self.wall_limit_s is not None and wall_s > self.wall_limit_s:
            return True
        if self.settled_share is None or n < _LEAST_SETTLED:
            return False
        interval = t_interval(_differences(so_far, self.flow))
        return interval.half_width <= self.settled_share


def _physics_stays(
    scenario: Scenario,
    folder: Path,
    seed: int,
    absence: Absence | None,
    patience: _Patience,
) -> tuple[Stays, float]:
    """Run physics until patience ends; return stays and the real-time factor."""
    with contextlib.closing(build_engine(scenario, folder, seed=seed)) as engine:
        if absence is not None:
            devices = engine.cell.devices.by_id
            devices[absence.worker] = AwayDevice(
                devices[absence.worker], absence, engine.dt_s
            )
        ticks = round(_STRETCH_S / engine.dt_s)
        events: list[Event] = []
        stays = Stays((), ())
        began_s = time.perf_counter()
        came_s = 0.0
        while True:
            engine.advance(ticks)
            fresh = engine.take_events()
            refuse_alarms(scenario.name, seed, fresh)
            events += fresh
            n = len(stays.ended_s)
            # The station calls no car before it has done with the one before.
            if engine.cell.cars_in > n + 1 or (
                engine.cell.cars_in == n + 1 and engine.cell.state.car == 0
            ):
                stays = stays.and_one(
                    *_stay(scenario, seed, n + 1, events, engine.dt_s)
                )
                came_s = engine.tick * engine.dt_s
            wall_s = time.perf_counter() - began_s
            if patience.ends(stays, wall_s):
                return stays, engine.tick * engine.dt_s / wall_s
            if engine.tick * engine.dt_s - came_s > _LONGEST_CYCLE_S:
                raise PhysicsError(
                    f"{scenario.name}: seed {seed}: no car came through in "
                    f"{_LONGEST_CYCLE_S:g} s; run it with --engine physics and see"
                )


def _stay(
    scenario: Scenario, seed: int, car: int, events: Sequence[Event], dt_s: float
) -> tuple[float, float]:
    """Return when a car came, and when the station had done with it, s."""
    came = next(
        event.tick
        for event in events
        if event.kind == "CarEntered" and event.arguments["car"] == car
    )
    took = car_times(scenario, seed, car, events)
    return came * dt_s, (came + took.cycle) * dt_s


class AwayDevice:
    """A person who does nothing while called away, and then goes on.

    Args:
        device: What the person does otherwise.
        absence: When.
        dt_s: Length of a tick, s.
    """

    def __init__(self, device: Device, absence: Absence, dt_s: float) -> None:
        self._device = device
        self._is_away = False
        self._begin_tick = round(absence.begin_s / dt_s)
        self._end_tick = round((absence.begin_s + absence.duration_s) / dt_s)

    def start(self, operation: Operation, car: Car) -> None:
        """Begin an operation, or be told of it for later."""
        self._device.start(operation, car)

    def hamper(self, time_factor: float, lasts_s: float | None) -> None:
        """Hand on what a car's condition asks for."""
        if isinstance(self._device, Hampered):
            self._device.hamper(time_factor, lasts_s)

    def before_step(self, tick: int) -> Outcome | None:
        """Go on, unless away."""
        self._is_away = self._begin_tick <= tick < self._end_tick
        return None if self._is_away else self._device.before_step(tick)

    @property
    def spills(self) -> float:
        """Share of what runs that misses the tank."""
        return self._device.spills if isinstance(self._device, LetsOut) else 0.0

    def lets_out(self) -> tuple[FluidKind, ...]:
        """Return what the person holds open, nothing while away."""
        if self._is_away or not isinstance(self._device, LetsOut):
            return ()
        return self._device.lets_out()
