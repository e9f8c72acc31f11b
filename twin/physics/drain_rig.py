"""A rig that drains a car: it opens and shuts, and tells what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

import msgspec

from twin.errors import PhysicsError
from twin.physics.car import Car
from twin.physics.device import Done, Outcome, Told
from twin.physics.halts import Halts
from twin.scenario.fluids import FluidKind
from twin.scenario.station import Operation
from twin.signals import FaultKind, FaultOffer
from twin.stations.ledger import MICROGRAMS_PER_KG

LEAK: Final = "leak"
LEAK_SHARE = 0.25
"""Of what runs, what a leaking hose spills. Assumed: enough to be found."""

_ALARM = 2


class RigMemory(msgspec.Struct, frozen=True):
    """What a rig was at.

    Attributes:
        operation: Its id, "" before the first.
        car: That is drained.
        told: Fluids of which it has told that some is missing.
        leaking: Whether it spills.
        halts: What keeps it.
    """

    operation: str
    car: int
    told: tuple[str, ...]
    leaking: bool
    halts: tuple[str, ...]


class RigDrive:
    """Opens a car's drains, side by side; what then runs is ``Draining``'s to move.

    Args:
        name: Id of the rig.
        operations: Those of the station, by name.

    Attributes:
        spills: Share of what runs that misses the tank.
        tanks: Those that it fills, in the scenario's order.
    """

    memory_type: ClassVar[type[msgspec.Struct]] = RigMemory

    def __init__(self, name: str, operations: Mapping[str, Operation]) -> None:
        self._id = name
        self._operations = operations
        self.tanks = tuple(
            dict.fromkeys(
                drain.to
                for each in operations.values()
                if each.do == "drain" and each.by == name
                for drain in each.drains.values()
            )
        )
        self._halts = Halts()
        self._name = ""
        self._car: Car | None = None
        self._told: list[str] = []
        self.spills = 0.0

    def start(self, operation: Operation, car: Car) -> None:
        """Open the valves."""
        if operation.do != "drain":
            raise PhysicsError(f"{self._id}: cannot {operation.do}; give 'do: drain'")
        self._name = next(
            name for name, each in self._operations.items() if each is operation
        )
        self._car = car
        self._told = []

    def lets_out(self) -> tuple[FluidKind, ...]:
        """Return what its operation drains, unless the valves are shut."""
        if self._halts:
            return ()
        return tuple(self._operations[self._name].drains)

    def before_step(self, tick: int) -> Outcome | None:
        """See whether all is dry; then tell what is missing in the tanks."""
        del tick  # what has run says how far it is
        car = self._car
        assert car is not None  # start() has set it
        flows = {fluid: car.outflows.get(fluid) for fluid in self.lets_out()}
        if self._halts or not all(flow and flow.dry for flow in flows.values()):
            return None
        for fluid, flow in flows.items():
            if flow is not None and flow.spilt and fluid not in self._told:
                self._told.append(fluid)
                return self._missing(car, fluid, flow.spilt / MICROGRAMS_PER_KG)
        return Done()

    def _missing(self, car: Car, fluid: str, lost_kg: float) -> Told:
        return Told(
            "MassMissing",
            "alarm.mass_missing",
            {
                "car": car.number,
                "operation": self._name,
                "fluid": fluid,
                "kg": round(lost_kg, 3),
            },
            severity=_ALARM,
        )

    def halt(self, why: str) -> None:
        """Shut the valves."""
        self._halts.add(why)

    def resume(self, why: str) -> None:
        """Open them again, if nothing else keeps them shut."""
        self._halts.drop(why)

    def faults(self) -> tuple[FaultOffer, ...]:
        """Return what can break: the pumps stop, or a hose leaks."""
        return (FaultOffer(self._id, "drive_stop"), FaultOffer(self._id, LEAK))

    def inject(self, kind: FaultKind, target: str) -> None:
        """Stop the pumps, or spill."""
        if kind == LEAK:
            self.spills = LEAK_SHARE
        else:
            self.halt(kind)

    def mend(self, kind: FaultKind, target: str) -> None:
        """Have pumps and hoses sound again; what is spilt is lost."""
        if kind == LEAK:
            self.spills = 0.0
        else:
            self.resume(kind)

    def memory(self) -> RigMemory:
        """Return what it does, and what is wrong with it."""
        return RigMemory(
            self._name,
            self._car.number if self._car is not None else 0,
            tuple(self._told),
            self.spills > 0.0,
            self._halts.memory(),
        )

    def recall(self, memory: RigMemory, cars: Mapping[int, Car]) -> None:
        """Be at the same."""
        self._name, self._car = memory.operation, cars.get(memory.car)
        self._told = list(memory.told)
        self.spills = LEAK_SHARE if memory.leaking else 0.0
        self._halts.recall(memory.halts)
