"""A cell's mass ledger: what bodies weigh, booked by the pieces of their asset."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from math import fsum

from twin.errors import PhysicsError
from twin.layout.assets import Asset, AssetNode
from twin.layout.plan import names_below
from twin.physics.fluids import Held
from twin.stations.ledger import (
    Cause,
    Lot,
    MassLedger,
    car_place,
    container_place,
    tank_place,
)
from twin.stations.transfers import material

_GRAM_KG = 1e-3
_UNNAMED = "unspecified"
"""Material of what an asset weighs without saying of what."""

FLOOR = container_place("floor")
"""Where a part is that was dropped."""


def robot_place(robot: str) -> str:
    """Return the name of what a robot holds, and of its tools' magazines."""
    return f"robots/{robot}"


class Books:
    """Books the pieces of cars as they go from car to robot to container.

    Args:
        asset: Of the product: its nodes are the pieces.
        station: Whose operations move them.
        fluids: What is in a car when it comes.

    Raises:
        PhysicsError: If a node weighs less than what is to be in it.
    """

    def __init__(
        self,
        asset: Asset,
        station: str,
        fluids: Sequence[Held] = (),
    ) -> None:
        self._asset = asset
        self._station = station
        self.ledger = MassLedger()
        self._lots = {
            lot: kg for node in asset.nodes for lot, kg in _lots_of(node).items()
        }
        for held in fluids:
            self._fill(held)

    def _fill(self, held: Held) -> None:
        """Book as a fluid what is in a car, also where its asset counts it."""
        if held.in_asset_kg > 0.0:
            of_asset = Lot(held.node, material(held.fluid))
            weighs_kg = self._lots.pop(of_asset)
            if held.full_kg > weighs_kg + _GRAM_KG:
                raise PhysicsError(
                    f"asset {self._asset.name!r}: {held.node!r} has {weighs_kg:g} kg "
                    f"of {held.fluid!r} among its materials, but {held.full_kg:g} kg "
                    "are to be in it; make them agree"
                )
            if weighs_kg - held.full_kg > _GRAM_KG:
                self._lots[of_asset] = weighs_kg - held.full_kg
        self._lots[held.lot] = held.full_kg

    def come(self, car: int) -> None:
        """Book a car that has come."""
        self.ledger.come_in(car_place(car), self._lots)

    def move(
        self, operation: str, car: int, piece: str, from_place: str, to_place: str
    ) -> None:
        """Book that a piece goes from one place to another, and all that hangs on it.

        Only what is still there goes: fasteners that a tool has taken stay with it.
        """
        below = names_below(self._asset, piece)
        self._move(operation, car, below, from_place, to_place)

    def _move(
        self,
        operation: str,
        car: int,
        items: Collection[str],
        from_place: str,
        to_place: str,
    ) -> None:
        cause = Cause(self._station, operation, car)
        for lot, kg in self.ledger.lots(from_place).items():
            if lot.item in items:
                # Robots hold fasteners of many cars: a piece is one car's.
                one_kg = min(kg, self._lots[lot])
                self.ledger.take(cause, lot, from_place, one_kg)
                self.ledger.put(cause, lot, to_place, one_kg)

    def drain(
        self,
        operation: str,
        car: int,
        lot: Lot,
        tank: str,
        out_kg: float,
        came_kg: float,
    ) -> None:
        """Book what ran out of a car, and what of it came into a tank."""
        cause = Cause(self._station, operation, car)
        self.ledger.take(cause, lot, car_place(car), out_kg)
        self.ledger.put(cause, lot, tank_place(tank), came_kg)

    def leave(self, place: str) -> None:
        """Book that all of a place leaves the cell."""
        self.ledger.go_out(place)

    def collect(self, car: int, piece: str, place: str) -> None:
        """Book that one piece leaves the cell from where others stay."""
        gone = f"{place}/collected"
        self.move("collected", car, piece, place, gone)
        self.ledger.go_out(gone)

    def error(self, weighed_kg: Iterable[float]) -> float:
        """Return |in - out - held| / in, with what is held as weighed; 0 when empty."""
        return self.ledger.mass_balance_error(fsum(weighed_kg))


def _lots_of(node: AssetNode) -> dict[Lot, float]:
    lots = {
        Lot(node.name, material(name)): kg for name, kg in node.materials_kg.items()
    }
    rest_kg = node.mass_kg - fsum(lots.values())
    if rest_kg > 1e-9:
        lots[Lot(node.name, material(_UNNAMED))] = rest_kg
    return {lot: kg for lot, kg in lots.items() if kg > 0.0}
