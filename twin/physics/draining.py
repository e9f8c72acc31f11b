"""Fluids on their way out of a car: off its bodies, into tanks, and into the books."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, fsum
from typing import Protocol, runtime_checkable

import msgspec

from twin.errors import PhysicsError
from twin.physics.books import Books
from twin.physics.car import Car, Outflow
from twin.physics.fluids import Held, carrier_of
from twin.scenario.fluids import Drain, FluidKind, Tank
from twin.scenario.station import Operation
from twin.stations.depollution import Charge, drain_time_s, drained_kg
from twin.stations.ledger import MICROGRAMS_PER_KG, tank_place
from twin.stations.transfers import lots_of_tank

# A last tick that rounding makes of nothing.
_SLACK_TICKS = 1e-6


@runtime_checkable
class LetsOut(Protocol):
    """A device that opens a car: the cell has the fluids run while it says so.

    The device sees what has become of them in ``Car.outflows``.

    Attributes:
        spills: Share of what runs that misses the tank, 0 while all is sound.
    """

    spills: float

    def lets_out(self) -> tuple[FluidKind, ...]:
        """Return the fluids of its operation that it holds open now."""


class TankMemory(msgspec.Struct, frozen=True):
    """What each tank holds by fluid, micrograms."""

    held: dict[str, dict[str, int]]


class Draining:
    """The tanks of a cell, and how cars run into them.

    A fluid leaves the bodies of the parts that hold it, tick by tick, after the law of
    ``twin.stations.depollution``; bodies, tank and books move by the same whole
    micrograms, so the balance holds at every moment.

    Args:
        fluids: What cars hold.
        tanks: Of the scenario, by id.
        books: Where it is booked.
        dt_s: Length of a tick, s.
    """

    def __init__(
        self,
        fluids: Sequence[Held],
        tanks: Mapping[str, Tank],
        books: Books,
        dt_s: float,
    ) -> None:
        self._fluids = fluids
        self._books = books
        self._dt_s = dt_s
        self._held: dict[str, dict[str, int]] = {}
        for name, tank in tanks.items():
            self._held[name] = {
                fluid: round(kg * MICROGRAMS_PER_KG)
                for fluid, kg in tank.content.items()
            }
            books.ledger.begin_with(tank_place(name), lots_of_tank(tank))

    def run(self, name: str, operation: Operation, car: Car, device: LetsOut) -> None:
        """Have what a device holds open run for a tick, as far as there is any left.

        Args:
            name: Of the operation that lets it out.
            operation: It says where to, and how fast.
            car: That it runs out of.
            device: That does the operation.
        """
        for fluid in device.lets_out():
            so_far = car.outflows.get(fluid, Outflow(0, {}, 0, dry=False))
            if not so_far.dry:
                drain = operation.drains[fluid]
                car.outflows[fluid] = self._run(
                    name, fluid, drain, car, so_far, device.spills
                )

    def _run(
        self,
        name: str,
        fluid: FluidKind,
        drain: Drain,
        car: Car,
        so_far: Outflow,
        spills: float,
    ) -> Outflow:
        holders = [each for each in self._fluids if _is_in(car, each, fluid)]
        full_kg = fsum(each.full_kg for each in holders)
        free_kg = fsum(each.free_kg for each in holders)
        if free_kg <= 0.0:
            return Outflow(so_far.ticks, so_far.micrograms, so_far.spilt, dry=True)
        charge = Charge(full_kg, full_kg - free_kg)
        ticks = so_far.ticks + 1
        lasts_s = drain_time_s(fluid, drain, charge)
        dry = ticks >= ceil(lasts_s / self._dt_s - _SLACK_TICKS)
        share = 1.0
        if not dry:
            elapsed_s = ticks * self._dt_s
            share = drained_kg(fluid, drain, charge, elapsed_s, lasts_s) / free_kg
        micrograms, spilt = dict(so_far.micrograms), so_far.spilt
        for holder in holders:
            whole = round(share * holder.free_kg * MICROGRAMS_PER_KG)
            fresh = whole - micrograms.get(holder.node, 0)
            micrograms[holder.node] = whole
            missed = round(fresh * spills)
            spilt += missed
            self._move(name, drain.to, car, holder, fresh, fresh - missed)
        return Outflow(ticks, micrograms, spilt, dry)

    def _move(
        self, name: str, tank: str, car: Car, holder: Held, out: int, came: int
    ) -> None:
        """Move micrograms: so many leave the car, so many come into the tank."""
        if not out:
            return
        out_kg, came_kg = out / MICROGRAMS_PER_KG, came / MICROGRAMS_PER_KG
        body = carrier_of(car, holder)
        body.add_mass(body.base_link, -out_kg)
        held = self._held[tank]
        held[holder.fluid] = held.get(holder.fluid, 0) + came
        self._books.drain(name, car.number, holder.lot, tank, out_kg, came_kg)

    def weighed_kg(self) -> dict[str, float]:
        """Return what each tank weighs, by its place in the ledger."""
        return {
            tank_place(name): fsum(held.values()) / MICROGRAMS_PER_KG
            for name, held in self._held.items()
        }

    def content_kg(self) -> dict[str, dict[str, float]]:
        """Return what each tank holds, by fluid."""
        return {
            name: {
                fluid: micrograms / MICROGRAMS_PER_KG
                for fluid, micrograms in held.items()
            }
            for name, held in self._held.items()
        }

    def memory(self) -> TankMemory:
        """Return what is in the tanks."""
        return TankMemory({name: dict(held) for name, held in self._held.items()})

    def recall(self, memory: TankMemory) -> None:
        """Have the same in the tanks.

        Raises:
            PhysicsError: If these are other tanks.
        """
        if memory.held.keys() != self._held.keys():
            raise PhysicsError(
                f"snapshot: of tanks {sorted(memory.held)}, here are "
                f"{sorted(self._held)}; open the scenario it was taken from"
            )
        self._held = {name: dict(held) for name, held in memory.held.items()}


def _is_in(car: Car, held: Held, fluid: str) -> bool:
    """Return whether a car holds a fluid there: the part may be off."""
    on_car = not held.carrier or car.holds(held.carrier)
    return held.fluid == fluid and on_car
