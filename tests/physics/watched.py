"""A whole cycle of the shipped cell, sampled as it goes."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from cells import open_text, scalar, shipped

from twin.physics.world import Body
from twin.state import Event, StateFrame
from twin.transforms import Vector

SAMPLE_TICKS = 60
REACH_M = 0.5
LIMIT_S = 8 * 60.0


@dataclass(frozen=True, slots=True)
class Sample:
    """What is looked at four times a second.

    Attributes:
        frame: The state.
        mass_balance_error: As the cell reckons it.
        tip_m: Socket's mouth, world frame.
        car_m: The car's origin, world frame, or None once it has left.
        pack_m: The pack's origin, world frame, or None once it has left.
        fasteners_in: Constraints between them.
        tracking_error_rad: Of the robot.
    """

    frame: StateFrame
    mass_balance_error: float
    tip_m: Vector
    car_m: Vector | None
    pack_m: Vector | None
    fasteners_in: int
    tracking_error_rad: float


class WatchedCycle:
    """Runs the shipped scenario and keeps what tests ask of it.

    Attributes:
        engine: As it stands once the car has left.
        events: All that were told.
        samples: In order of time.
        least_gap_m: The least distance of each pair of things that must stay
            apart, with the moment it was met, s.
        pack_gap_m: The same for the pack and what it is lowered through.
    """

    def __init__(self) -> None:
        self.engine = open_text(shipped(), seed=1)
        self.events: list[Event] = []
        self.samples: list[Sample] = []
        self.least_gap_m: dict[tuple[str, str], tuple[float, float]] = {}
        self.pack_gap_m: dict[str, tuple[float, float]] = {}
        cell = self.engine.cell
        self.groups: dict[str, list[Body]] = {}
        for body in cell.world.bodies.values():
            group = body.name.partition("/")[0]
            if group in ("strands", "lift", "table", "robot"):
                self.groups.setdefault(group, []).append(body)
            elif group == "camera":
                self.camera = body

    def run(self) -> None:
        """Run until the first car has left."""
        engine = self.engine
        while not any(event.kind == "CarLeft" for event in self.events):
            engine.advance(SAMPLE_TICKS)
            self.events += engine.take_events()
            self._sample()
            time_s = engine.tick * engine.dt_s
            assert time_s < LIMIT_S, f"no car has left after {time_s:g} s"

    def at(self, time_s: float) -> Sample:
        """Return the sample nearest to a moment."""
        return min(
            self.samples, key=lambda sample: abs(sample.frame.sim_time_s - time_s)
        )

    def told(self, kind: str) -> list[Event]:
        """Return the events of a kind."""
        return [event for event in self.events if event.kind == kind]

    def step(self, name: str) -> tuple[float, float]:
        """Return when an operation began and ended, s."""
        begun, ended = (
            next(e for e in self.told(kind) if e.arguments["step"] == name)
            for kind in ("OperationStarted", "OperationFinished")
        )
        return begun.sim_time_s, ended.sim_time_s

    def during(self, name: str) -> list[Sample]:
        """Return the samples taken while an operation ran."""
        begin_s, end_s = self.step(name)
        return [s for s in self.samples if begin_s <= s.frame.sim_time_s <= end_s]

    def scalar(self, sample: Sample, name: str) -> float:
        """Return one of a sample's numbers by name."""
        return scalar(self.engine, sample.frame, name)

    def _sample(self) -> None:
        cell = self.engine.cell
        car = cell.cars.get(1)
        body = car.body if car is not None else None
        pack = car.pack if car is not None else None
        self.samples.append(
            Sample(
                self.engine.frame(),
                cell.mass_balance_error(),
                cell.devices.arm.tip()[0],
                body.pose()[0] if body is not None else None,
                pack.pose()[0] if pack is not None else None,
                len(car.welds) if car is not None else 0,
                cell.devices.arm.tracking_error_rad,
            )
        )
        self._measure(pack)

    def _measure(self, pack: Body | None) -> None:
        world, time_s = self.engine.cell.world, self.samples[-1].frame.sim_time_s
        for (one, bodies), (other, others) in itertools.combinations(
            self.groups.items(), 2
        ):
            # Rather a pair too many than one forgotten: all parts with all parts.
            gap_m = min(world.gap_m(a, b, REACH_M) for a in bodies for b in others)
            key = (one, other)
            if gap_m < self.least_gap_m.get(key, (REACH_M, 0.0))[0]:
                self.least_gap_m[key] = (gap_m, time_s)
        if pack is None:
            return
        beside = {name: self.groups[name] for name in ("strands", "lift")}
        for name, bodies in (beside | {"camera": [self.camera]}).items():
            gap_m = min(world.gap_m(pack, b, REACH_M) for b in bodies)
            if gap_m < self.pack_gap_m.get(name, (REACH_M, 0.0))[0]:
                self.pack_gap_m[name] = (gap_m, time_s)
