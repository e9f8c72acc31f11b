"""The wheel conveyor at work: cars in to their mark, and out past the exit."""

from __future__ import annotations

from twin.errors import PhysicsError
from twin.physics.belt import Belt
from twin.physics.car import Car
from twin.physics.device import Done, Outcome, Told
from twin.physics.world import World
from twin.scenario.equipment import Conveyor, LightBarrier
from twin.scenario.products import Line
from twin.scenario.station import Operation

# How much earlier than its mark a car breaks the beam, beyond the stop ramp:
# so the stop error, drawn both ways, never asks the belt to stop in the past.
EARLY_M = 0.02


class Strands:
    """Carries one car at a time along +x and watches the lines on its way."""

    def __init__(
        self,
        world: World,
        belt: Belt,
        conveyor: Conveyor,
        barrier: LightBarrier,
        line: Line,
    ) -> None:
        self._belt = belt
        self._entry_x_m = float(line.entry.x)
        self._exit_x_m = float(line.exit.x)
        self._start = list(barrier.start.as_tuple())
        self._end = list(barrier.end.as_tuple())
        self._client = world.client
        self._ray = world.bound("rayTest")
        self._ticks_per_m = 1.0 / (float(conveyor.speed) * world.dt_s)
        self._phase = "idle"
        self._car: Car | None = None
        self._stop_in_ticks = 0

    def start(self, operation: Operation, car: Car) -> None:
        """Begin to carry a car in or out."""
        if operation.do not in ("convey_in", "convey_out"):
            raise PhysicsError(f"strands: cannot {operation.do}; use a conveyor verb")
        self._car = car
        self._phase = "in" if operation.do == "convey_in" else "out"
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
                late_m = EARLY_M + car.stop_error_m
                self._stop_in_ticks = round(late_m * self._ticks_per_m)
                self._phase = "closing"
        elif self._phase == "closing":
            self._stop_in_ticks -= 1
            if self._stop_in_ticks <= 0:
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
        return None

    def _broken_by(self, car: Car) -> bool:
        hit = self._ray(self._start, self._end, physicsClientId=self._client)
        return bool(hit[0][0] == car.body_here().body_id)

    def stop(self) -> None:
        """Stop the belt: the car that left is clear of the cell."""
        self._belt.stop()
