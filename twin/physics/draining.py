"""Fluids on their way out of a car: off its bodies, into tanks, and into the books."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, fsum
from typing import Protocol, runtime_checkable

import msgspec

from twin.errors import PhysicsError
from twin.physics.books import Books
from twin.physics.car import Car, Outflow
from twin.physics.world import Body
from twin.scenario.fluids import Drain, FluidKind, Tank
from twin.scenario.parts import Part, PartInTree, part_tree
from twin.scenario.station import Operation
from twin.stations.depollution import charges, drain_time_s, drained_kg
from twin.stations.ledger import MICROGRAMS_PER_KG, tank_place
from twin.stations.transfers import lots_of_tank

# A last tick that rounding makes of nothing.
_SLACK_TICKS = 1e-6


@runtime_checkable
class LetsOut(Protocol):
    """A device that opens a car: the cell has the fluids run while it says so.

    The device sees what has become of them in ``Car.outflows``.
    """

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
        parts: Those of the product that comes.
        tanks: Of the scenario, by id.
        books: Where it is booked.
        dt_s: Length of a tick, s.
    """

    def __init__(
        self,
        parts: Mapping[str, Part],
        tanks: Mapping[str, Tank],
        books: Books,
        dt_s: float,
    ) -> None:
        self._parts = part_tree(parts)
        self._books = books
        self._dt_s = dt_s
        self._held: dict[str, dict[str, int]] = {}
        for name, tank in tanks.items():
            self._held[name] = {
                fluid: round(kg * MICROGRAMS_PER_KG)
                for fluid, kg in tank.content.items()
            }
            books.ledger.begin_with(tank_place(name), lots_of_tank(tank))

    def run(
        self, name: str, operation: Operation, car: Car, fluids: tuple[FluidKind, ...]
    ) -> None:
        """Have fluids run for a tick, as far as there are any left.

        Args:
            name: Of the operation that lets them out.
            operation: It says where to, and how fast.
            car: That they run out of.
            fluids: Of the operation's ``drains``.
        """
        for fluid in fluids:
            so_far = car.outflows.get(fluid, Outflow(0, {}, dry=False))
            if not so_far.dry:
                drain = operation.drains[fluid]
                car.outflows[fluid] = self._run(name, fluid, drain, car, so_far)

    def _run(
        self, name: str, fluid: FluidKind, drain: Drain, car: Car, so_far: Outflow
    ) -> Outflow:
        holders = self._holders(fluid, car)
        charge = charges({each.id: each.part for each in holders}).get(fluid)
        if charge is None or charge.free_kg <= 0.0:
            return Outflow(so_far.ticks, so_far.micrograms, dry=True)
        ticks = so_far.ticks + 1
        lasts_s = drain_time_s(fluid, drain, charge)
        dry = ticks >= ceil(lasts_s / self._dt_s - _SLACK_TICKS)
        out_kg = charge.free_kg
        if not dry:
            out_kg = drained_kg(fluid, drain, charge, ticks * self._dt_s, lasts_s)
        micrograms = dict(so_far.micrograms)
        for holder in holders:
            filling = holder.part.fluids[fluid]
            share = float(filling.mass - filling.residue) / charge.free_kg
            whole = round(out_kg * share * MICROGRAMS_PER_KG)
            piece = _piece(holder)
            fresh = whole - micrograms.get(piece, 0)
            micrograms[piece] = whole
            self._move(name, fluid, drain.to, car, holder, fresh)
        return Outflow(ticks, micrograms, dry)

    def _holders(self, fluid: str, car: Car) -> list[PartInTree]:
        """Return the parts that hold a fluid and are still on the car."""
        return [
            each
            for each in self._parts.values()
            if fluid in each.part.fluids
            and all(car.holds(node) for node in self._nodes(each, car))
        ]

    def _nodes(self, holder: PartInTree, car: Car) -> list[str]:
        """Return the bodies that a part is in, besides the car's own, nearest first."""
        nodes = [self._parts[name].part.node for name in (holder.id, *holder.above)]
        return [node for node in nodes if node and node in car.design.parts]

    def _body(self, holder: PartInTree, car: Car) -> Body:
        nodes = self._nodes(holder, car)
        return car.part_here(nodes[0]) if nodes else car.body_here()

    def _move(
        self,
        name: str,
        fluid: str,
        tank: str,
        car: Car,
        holder: PartInTree,
        micrograms: int,
    ) -> None:
        if not micrograms:
            return
        kg = micrograms / MICROGRAMS_PER_KG
        body = self._body(holder, car)
        body.add_mass(body.base_link, -kg)
        held = self._held[tank]
        held[fluid] = held.get(fluid, 0) + micrograms
        self._books.drain(name, car.number, _piece(holder), fluid, kg, tank)

    def weighed_kg(self) -> dict[str, float]:
        """Return what each tank weighs, by its place in the ledger."""
        return {
            tank_place(name): fsum(held.values()) / MICROGRAMS_PER_KG
            for name, held in self._held.items()
        }

    def content_kg(self, tank: str) -> dict[str, float]:
        """Return what a tank holds, by fluid."""
        return {
            fluid: micrograms / MICROGRAMS_PER_KG
            for fluid, micrograms in self._held[tank].items()
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


def fillings_by_node(parts: Mapping[str, Part]) -> dict[str, dict[str, float]]:
    """Return what each piece holds when a car comes, kg by fluid."""
    return {
        _piece(entry): {
            kind: float(filling.mass) for kind, filling in entry.part.fluids.items()
        }
        for entry in part_tree(parts).values()
        if entry.part.fluids
    }


def _piece(holder: PartInTree) -> str:
    """Return what books call a part: its node in the asset, its id if it has none."""
    return holder.part.node or holder.id
