"""The wheel conveyor at work: cars in to their mark, and out past the exit."""

from __future__ import annotations

from twin.errors import PhysicsError
from twin.physics.car import Car
from twin.physics.conveyors.belt import Belt
from twin.physics.device import Done, Failed, Outcome, Told
from twin.physics.world import World
from twin.scenario.equipment import Conveyor
from twin.scenario.products import Line
from twin.scenario.station import Operation

Beam = tuple[list[float], list[float]]
"""Both ends of a light beam, world frame, m."""


class Strands:
    """Carries one car at a time along +x and watches the lines on its way."""

    def __init__(
        self,
        world: World,
        belt: Belt,
        conveyor: Conveyor,
        barrier: Beam,
        line: Line,
    ) -> None:
        self._belt = belt
        self._speed_mps = float(conveyor.speed)
        self._ramp_m = self._speed_mps**2 / (2 * float(conveyor.acceleration))
        self._wait_m = 0.0
        self._entry_x_m = float(line.entry.x)
        self._exit_x_m = float(line.exit.x)
        self._start, self._end = barrier
        self._client = world.client
        self._ray = world.bound("rayTest")
        self._ticks_per_m = 1.0 / (self._speed_mps * world.dt_s)
        self._missed_x_m = self._start[0]
        self.beam_z_m = self._start[2]
        self._phase = "idle"
        self._car: Car | None = None
        self._stop_in_ticks = 0

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
                late_m = self._wait_m + car.stop_error_m
                self._stop_in_ticks = round(late_m * self._ticks_per_m)
                self._phase = "closing"
            elif x_m > self._missed_x_m:
                self._belt.stop()
                self._phase = "idle"
                return Failed("alarm.beam_not_broken", {"car": car.number})
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
