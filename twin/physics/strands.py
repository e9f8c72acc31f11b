"""The wheel conveyor at work: cars in to their mark, and out past the exit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

import msgspec

from twin.errors import PhysicsError
from twin.physics.car import Car
from twin.physics.conveyors.belt import Belt
from twin.physics.device import Done, Failed, Outcome, Told
from twin.physics.halts import Halts
from twin.physics.standstill import Standstill
from twin.physics.world import World
from twin.scenario.equipment import Conveyor
from twin.scenario.products import Line
from twin.scenario.station import Operation
from twin.signals import FaultKind, FaultOffer

Beam = tuple[list[float], list[float]]
"""Both ends of a light beam, world frame, m."""


class StrandsMemory(msgspec.Struct, frozen=True):
    """What the strands were doing, with which car, and what is broken."""

    phase: str
    car: int
    stop_in_m: float
    still_at_m: float
    still_ticks: int
    halts: tuple[str, ...]
    stuck: str


class Strands:
    """Carries one car at a time along +x and watches the lines on its way."""

    memory_type: ClassVar[type[msgspec.Struct]] = StrandsMemory

    def __init__(
        self,
        world: World,
        belt: Belt,
        conveyor: Conveyor,
        barrier: Beam,
        line: Line,
        ids: tuple[str, str] = ("strands", "barrier"),
    ) -> None:
        self._id, self._barrier_id = ids
        self._dt_s = world.dt_s
        self._halts = Halts()
        self._stuck = ""
        self._standstill = Standstill(world.dt_s)
        self._belt = belt
        self._speed_mps = float(conveyor.speed)
        self._ramp_m = self._speed_mps**2 / (2 * float(conveyor.acceleration))
        self._wait_m = 0.0
        self._entry_x_m = float(line.entry.x)
        # Cars that somebody else carries out never cross these.
        self._exit_x_m = float(line.exit.x) if line.exit else math.inf
        self._clear_x_m = float(line.clear_of.x) if line.clear_of else math.inf
        self._start, self._end = barrier
        self._client = world.client
        self._ray = world.bound("rayTest")
        self._missed_x_m = self._start[0]
        self.beam_z_m = self._start[2]
        self._phase = "idle"
        self._car: Car | None = None
        self._stop_in_m = 0.0

    def aim(self, front_m: float, mark_x_m: float, error_m: float) -> None:
        """Set how far a car runs on after it breaks the beam, to stop on its mark.

        Args:
            front_m: Its front at the beam's height, ahead of its origin.
            mark_x_m: Where its origin should stop, world frame.
            error_m: Largest error of stopping that is going to be drawn.

        Raises:
            PhysicsError: If the beam leaves less room than the stop ramp needs.
        """
        room_m = mark_x_m + front_m - self._start[0]
        self._wait_m = room_m - self._ramp_m
        if self._wait_m < error_m:
            raise PhysicsError(
                f"strands: the beam is broken {room_m:.3f} m before the mark, but the "
                f"stop ramp takes {self._ramp_m:.3f} m and the stop error up to "
                f"{error_m:.3f} m; move the barrier back or brake harder"
            )

    def start(self, operation: Operation, car: Car) -> None:
        """Begin to carry a car in or out."""
        if operation.do not in ("convey_in", "convey_out"):
            raise PhysicsError(f"strands: cannot {operation.do}; use a conveyor verb")
        self._car = car
        self._phase = "in" if operation.do == "convey_in" else "out"
        self._standstill.restart()
        self._belt.run()

    def before_step(self, tick: int) -> Outcome | None:
        """Watch the beam and the lines; drive the belt."""
        car = self._car
        assert car is not None  # start() has set it
        x_m = car.x_m()
        if car.entry_tick is None and x_m >= self._entry_x_m:
            car.entry_tick = tick
            return Told("EntryCrossed", "event.entry_crossed", {"car": car.number})
        if self._phase == "in":
            if self._broken_by(car):
                self._stop_in_m = self._wait_m + car.stop_error_m
                self._phase = "closing"
            elif x_m > self._missed_x_m:
                self._belt.stop()
                self._phase = "idle"
                return Failed("alarm.beam_not_broken", {"car": car.number})
        elif self._phase == "closing":
            # By way and not by time: a belt that was halted has not come on.
            self._stop_in_m -= self._belt.speed_mps * self._dt_s
            if self._stop_in_m <= 0.5 * self._speed_mps * self._dt_s:
                self._belt.stop()
                self._phase = "stopping"
        elif self._phase == "stopping":
            if not self._belt.moving:
                self._phase = "idle"
                return Done()
        elif self._phase == "out" and x_m >= self._exit_x_m:
            car.exit_tick = tick
            self._phase = "idle"
            return Done()
        if self._phase in ("in", "closing", "out") and not self._halts.by_emergency:
            return self._standstill.watch(x_m, car.number, awaited=self._phase != "out")
        return None

    def _broken_by(self, car: Car) -> bool:
        if self._stuck:
            return self._stuck == "blocked"
        hit = self._ray(self._start, self._end, physicsClientId=self._client)
        return bool(hit[0][0] == car.body_here().body_id)

    def cleared(self, car: Car) -> bool:
        """Return whether a car has left the model."""
        return car.x_m() >= self._clear_x_m

    def stop(self) -> None:
        """Stop the belt: the car that left is clear of the cell."""
        self._belt.stop()

    def halt(self, why: str) -> None:
        """Ramp the belt down and keep it there."""
        if self._halts.add(why):
            self._belt.halt()

    def resume(self, why: str) -> None:
        """Go on, if nothing else keeps the belt."""
        if self._halts.drop(why):
            self._belt.resume()
            self._standstill.restart()

    def faults(self) -> tuple[FaultOffer, ...]:
        """Return what can break: the drive, and the barrier that stops cars."""
        return (
            FaultOffer(self._id, "drive_stop"),
            FaultOffer(self._barrier_id, "sensor_stuck", ("clear", "blocked")),
        )

    def inject(self, kind: FaultKind, target: str) -> None:
        """Stop the drive, or have the barrier say one thing for ever."""
        if kind == "drive_stop":
            self.halt(kind)
        else:
            self._stuck = target

    def mend(self, kind: FaultKind, target: str) -> None:
        """Have the drive run, or the barrier see, again."""
        if kind == "drive_stop":
            self.resume(kind)
        else:
            self._stuck = ""

    def memory(self) -> StrandsMemory:
        """Return what it does and knows."""
        return StrandsMemory(
            self._phase,
            self._car.number if self._car is not None else 0,
            self._stop_in_m,
            self._standstill.at_m,
            self._standstill.still_ticks,
            self._halts.memory(),
            self._stuck,
        )

    def recall(self, memory: StrandsMemory, cars: Mapping[int, Car]) -> None:
        """Do and know the same again."""
        self._phase = memory.phase
        self._car = cars.get(memory.car)
        self._stop_in_m = memory.stop_in_m
        self._standstill.at_m = memory.still_at_m
        self._standstill.still_ticks = memory.still_ticks
        self._halts.recall(memory.halts)
        self._stuck = memory.stuck
