"""The belts that carry a pack from below the car into the rack."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import ClassVar

import msgspec

from twin.errors import PhysicsError
from twin.physics.car import Car
from twin.physics.conveyors.belt import Belt
from twin.physics.device import Done, Outcome
from twin.physics.halts import Halts
from twin.physics.standstill import Standstill
from twin.scenario.equipment import Rack
from twin.scenario.station import Operation
from twin.signals import FaultKind, FaultOffer


class PackLineMemory(msgspec.Struct, frozen=True):
    """What the belts were doing, and which packs stand in the rack until when."""

    car: int
    stored: tuple[tuple[int, int], ...]
    running: bool
    blocked: bool
    still_at_m: float
    still_ticks: int
    halts: tuple[str, ...]


class PackLine:
    """Carries a pack into the rack's place, which must be free."""

    memory_type: ClassVar[type[msgspec.Struct]] = PackLineMemory

    def __init__(
        self, belt: Belt, rack: Rack, dt_s: float, name: str = "pack_line"
    ) -> None:
        self._id = name
        self._halts = Halts()
        self._standstill = Standstill(dt_s)
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
        self._standstill.restart()

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
            if self._halts.by_emergency:
                return None
            return self._standstill.watch(along_m, car.number, awaited=False)
        self._belt.stop()
        self._stored.append((tick + self._collect_ticks, car))
        return Done()

    def collected(self, tick: int) -> Car | None:
        """Return the car whose pack is due to be taken from the rack, if any."""
        if self._stored and tick >= self._stored[0][0]:
            return self._stored.pop(0)[1]
        return None

    def halt(self, why: str) -> None:
        """Ramp the belts down and keep them there."""
        if self._halts.add(why):
            self._belt.halt()

    def resume(self, why: str) -> None:
        """Go on, if nothing else keeps the belts."""
        if self._halts.drop(why):
            self._belt.resume()
            self._standstill.restart()

    def faults(self) -> tuple[FaultOffer, ...]:
        """Return what can break: the drive."""
        return (FaultOffer(self._id, "drive_stop"),)

    def inject(self, kind: FaultKind, target: str) -> None:
        """Stop the drive."""
        self.halt(kind)

    def mend(self, kind: FaultKind, target: str) -> None:
        """Have the drive run again."""
        self.resume(kind)

    def memory(self) -> PackLineMemory:
        """Return what it does and knows."""
        return PackLineMemory(
            self._car.number if self._car is not None else 0,
            tuple((tick, car.number) for tick, car in self._stored),
            self._running,
            self.blocked,
            self._standstill.at_m,
            self._standstill.still_ticks,
            self._halts.memory(),
        )

    def recall(self, memory: PackLineMemory, cars: Mapping[int, Car]) -> None:
        """Do and know the same again."""
        self._car = cars.get(memory.car)
        self._stored = [(tick, cars[number]) for tick, number in memory.stored]
        self._running, self.blocked = memory.running, memory.blocked
        self._standstill.at_m = memory.still_at_m
        self._standstill.still_ticks = memory.still_ticks
        self._halts.recall(memory.halts)
