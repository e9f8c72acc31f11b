"""A rig that drains a car in the cell: bodies, tanks and books move with what runs.

What runs out is taken off the car's body, put into the tank that the rig fills, and
booked, all in one tick; so the books balance in the middle of a drain too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

import msgspec

from twin.errors import PhysicsError
from twin.layout.plan import Layout
from twin.physics.books import Books
from twin.physics.car import Car
from twin.physics.device import Done, Outcome, Told
from twin.physics.fluids import Held, carrier_of, fluids_of
from twin.physics.halts import Halts
from twin.scenario import Scenario
from twin.scenario.loose import loose_nodes
from twin.scenario.parts import Part, part_tree
from twin.scenario.station import Operation, Station
from twin.signals import FaultKind, FaultOffer
from twin.stations.depollution import charges, drained_kg, operation_time_s
from twin.stations.ledger import tank_place

LEAK: Final = "leak"
LEAK_SHARE = 0.25
"""Of what runs, what a leaking hose spills. Assumed: enough to be found."""

# What is drained is booked as often: bodies need not be told in every tick.
_BOOKED_EVERY_S = 0.05
_NANO = 9
_ALARM = 2


class RigMemory(msgspec.Struct, frozen=True):
    """How far a rig was with what, and what it has let into which tank.

    Attributes:
        operation: Its id, "" before the first.
        car: That is drained.
        ticks: Since it began, without stops.
        out_kg: What has run out so far, by node and fluid.
        filled_kg: What has come into the tanks since the start, by tank and fluid.
        spilt_kg: What this operation has lost, by fluid.
        leaking: Whether it spills.
        halts: What keeps it.
    """

    operation: str
    car: int
    ticks: int
    out_kg: dict[str, dict[str, float]]
    filled_kg: dict[str, dict[str, float]]
    spilt_kg: dict[str, float]
    leaking: bool
    halts: tuple[str, ...]


class RigDrive:
    """Draws fluids out of a car, side by side, at the rates that the scenario gives.

    Args:
        name: Id of the rig.
        held: What cars hold.
        parts: Of the product, by id.
        operations: Those of the station, by name.
        dt_s: Length of a tick.

    Attributes:
        filled_kg: What has come into the tanks from it, by tank and fluid.
        books: Where it notes what moves; whoever owns the cell sets them.
    """

    memory_type: ClassVar[type[msgspec.Struct]] = RigMemory

    def __init__(
        self,
        name: str,
        held: Sequence[Held],
        parts: Mapping[str, Part],
        operations: Mapping[str, Operation],
        dt_s: float,
    ) -> None:
        self._id = name
        self._held = held
        self._charges = charges(parts)
        self._operations = operations
        self._lasts_s = {
            name: operation_time_s(each, parts)
            for name, each in operations.items()
            if each.do == "drain"
        }
        self._dt_s = dt_s
        self._every = max(1, round(_BOOKED_EVERY_S / dt_s))
        self._halts = Halts()
        self._leaking = False
        self._name = ""
        self._car: Car | None = None
        self._ticks = 0
        self._out_kg: dict[str, dict[str, float]] = {}
        self._spilt_kg: dict[str, float] = {}
        self.filled_kg: dict[str, dict[str, float]] = {}
        self.books: Books | None = None

    def start(self, operation: Operation, car: Car) -> None:
        """Open the valves."""
        if operation.do != "drain":
            raise PhysicsError(f"{self._id}: cannot {operation.do}; give 'do: drain'")
        self._name = next(
            name for name, each in self._operations.items() if each is operation
        )
        self._car = car
        self._ticks = 0
        self._out_kg, self._spilt_kg = {}, {}

    def before_step(self, tick: int) -> Outcome | None:
        """Let run what runs in a tick; at the end, tell what is missing."""
        del tick  # stops do not count
        if self._halts:
            return None
        last = round(self._lasts_s[self._name] / self._dt_s)
        if self._ticks < last:
            self._ticks += 1
            if self._ticks % self._every == 0 or self._ticks == last:
                self._run(at_end=self._ticks == last)
            return None
        if self._spilt_kg:
            kind = next(iter(self._spilt_kg))
            lost_kg = self._spilt_kg.pop(kind)
            return self._missing(kind, lost_kg)
        return Done()

    def _run(self, *, at_end: bool) -> None:
        """Have out of the car what is out by now; at the end, all but residues."""
        lasts_s, elapsed_s = self._lasts_s[self._name], self._ticks * self._dt_s
        for kind, drain in self._operations[self._name].drains.items():
            charge = self._charges.get(kind)
            if charge is None or not charge.free_kg > 0.0:
                continue
            gone_kg = drained_kg(kind, drain, charge, elapsed_s, lasts_s)
            share = 1.0 if at_end else gone_kg / charge.free_kg
            for each in self._held:
                if each.fluid == kind:
                    self._draw(each, share, drain.to)

    def _draw(self, held: Held, share: float, tank: str) -> None:
        """Have a share of what can be drained be out of the car by now."""
        car, books = self._car, self.books
        assert car is not None  # start() has set it
        assert books is not None  # a cell has set them before its first step
        so_far = self._out_kg.setdefault(held.node, {})
        # Whole micrograms, as the books have them: so nothing is lost by rounding.
        out_kg = round(share * held.free_kg, _NANO)
        kg = round(out_kg - so_far.get(held.fluid, 0.0), _NANO)
        if not kg > 0.0:
            return
        so_far[held.fluid] = out_kg
        came_kg = round(kg * (1.0 - LEAK_SHARE), _NANO) if self._leaking else kg
        body = carrier_of(car, held)
        body.add_mass(body.base_link, -kg)
        into = self.filled_kg.setdefault(tank, {})
        into[held.fluid] = into.get(held.fluid, 0.0) + came_kg
        books.drain(self._name, car.number, held.lot, tank_place(tank), kg, came_kg)
        if came_kg < kg:
            spilt_kg = self._spilt_kg.get(held.fluid, 0.0) + kg - came_kg
            self._spilt_kg[held.fluid] = spilt_kg

    def _missing(self, kind: str, lost_kg: float) -> Told:
        assert self._car is not None  # start() has set it
        return Told(
            "MassMissing",
            "alarm.mass_missing",
            {
                "car": self._car.number,
                "operation": self._name,
                "fluid": kind,
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
            self._leaking = True
        else:
            self.halt(kind)

    def mend(self, kind: FaultKind, target: str) -> None:
        """Have pumps and hoses sound again; what is spilt is lost."""
        if kind == LEAK:
            self._leaking = False
        else:
            self.resume(kind)

    def memory(self) -> RigMemory:
        """Return what it does, how far it is, and what is in the tanks from it."""
        return RigMemory(
            self._name,
            self._car.number if self._car is not None else 0,
            self._ticks,
            {node: dict(kg) for node, kg in self._out_kg.items()},
            {tank: dict(kg) for tank, kg in self.filled_kg.items()},
            dict(self._spilt_kg),
            self._leaking,
            self._halts.memory(),
        )

    def recall(self, memory: RigMemory, cars: Mapping[int, Car]) -> None:
        """Be as far with the same."""
        self._name, self._car = memory.operation, cars.get(memory.car)
        self._ticks = memory.ticks
        self._out_kg = {node: dict(kg) for node, kg in memory.out_kg.items()}
        self.filled_kg = {tank: dict(kg) for tank, kg in memory.filled_kg.items()}
        self._spilt_kg = dict(memory.spilt_kg)
        self._leaking = memory.leaking
        self._halts.recall(memory.halts)


def rig_of(
    name: str, scenario: Scenario, layout: Layout, station: Station, dt_s: float
) -> RigDrive:
    """Return a rig for the cars that a station takes.

    Args:
        name: Its id.
        scenario: With the product and its fluids.
        layout: With the product's asset.
        station: With its operations.
        dt_s: Length of a tick.
    """
    product_id = station.product
    assert product_id is not None  # the cell has seen to it
    product = scenario.products[product_id]
    loose = loose_nodes(scenario, product_id)
    return RigDrive(
        name,
        fluids_of(product, layout.products[product_id], loose),
        {part: entry.part for part, entry in part_tree(product.parts).items()},
        station.device_operations(),
        dt_s,
    )
