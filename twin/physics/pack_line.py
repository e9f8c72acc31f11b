"""The belts that carry a pack from below the car into the rack."""

from __future__ import annotations

import operator

from twin.errors import PhysicsError
from twin.physics.car import Car
from twin.physics.conveyors.belt import Belt
from twin.physics.device import Done, Outcome
from twin.scenario.equipment import Rack
from twin.scenario.station import Operation


class PackLine:
    """Carries a pack into the rack's place, which must be free."""

    def __init__(self, belt: Belt, rack: Rack, dt_s: float) -> None:
        self._belt = belt
        self._inside_m = float(rack.inside)
        self._collect_ticks = round(float(rack.collected_after) / dt_s)
        self._car: Car | None = None
        self._stored: list[tuple[int, Car]] = []
        self._running = False
        self.blocked = False

    def start(self, operation: Operation, car: Car) -> None:
        """Begin to carry a car's pack away."""
        if operation.do != "convey_pack":
            raise PhysicsError(
                f"pack line: cannot {operation.do}; give 'do: convey_pack'"
            )
        self._car = car
        self._running = False

    def before_step(self, tick: int) -> Outcome | None:
        """Wait for the rack, run, and stop with the pack inside."""
        car = self._car
        assert car is not None  # start() has set it
        if not self._running:
            self.blocked = bool(self._stored)
            if not self.blocked:
                self._belt.run()
                self._running = True
            return None
        body = car.pack_here()
        position, _ = body.world.call("getBasePositionAndOrientation", body.body_id)
        along_m = sum(map(operator.mul, self._belt.direction, position))
        if along_m < self._inside_m:
            return None
        self._belt.stop()
        self._stored.append((tick + self._collect_ticks, car))
        return Done()

    def collected(self, tick: int) -> Car | None:
        """Return the car whose pack is due to be taken from the rack, if any."""
        if self._stored and tick >= self._stored[0][0]:
            return self._stored.pop(0)[1]
        return None
