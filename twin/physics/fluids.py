"""Fluids of a car in the cell: where they are, and what its bodies weigh with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from twin.layout.assets import Asset
from twin.layout.plan import names_below
from twin.physics.car import Car
from twin.physics.world import Body
from twin.scenario.parts import part_tree
from twin.scenario.products import Product
from twin.stations.ledger import Lot
from twin.stations.transfers import fluid as substance


@dataclass(frozen=True, slots=True)
class Held:
    """A fluid in a part of a car.

    Attributes:
        node: Of the part.
        carrier: Node of what comes off the car with it, "" for the car itself.
        fluid: Which.
        full_kg: When the car comes.
        in_asset_kg: What of the fluid the asset weighs already, 0 where it is dry.
        free_kg: Of it, what can be drained.
    """

    node: str
    carrier: str
    fluid: str
    full_kg: float
    in_asset_kg: float
    free_kg: float

    @property
    def lot(self) -> Lot:
        """What the books call it."""
        return Lot(self.node, substance(self.fluid))


def fluids_of(product: Product, asset: Asset, loose: Sequence[str]) -> tuple[Held, ...]:
    """Return what a product's cars hold, in the order of the file.

    Args:
        product: With its parts.
        asset: Of it.
        loose: Nodes that come off.
    """
    counted = {node.name: node.materials_kg for node in asset.nodes}
    below = {name: names_below(asset, name) for name in loose}
    found = []
    for entry in part_tree(product.parts).values():
        node = entry.part.node
        for kind, filling in entry.part.fluids.items():
            assert node is not None  # checked on reading
            carrier = next((name for name, all_ in below.items() if node in all_), "")
            full_kg = float(filling.mass)
            free_kg = full_kg - float(filling.residue)
            of_asset_kg = counted[node].get(kind, 0.0)
            found.append(Held(node, carrier, kind, full_kg, of_asset_kg, free_kg))
    return tuple(found)


def fill(car: Car, held: Sequence[Held]) -> None:
    """Have a car's bodies weigh what is in them, where the asset is dry."""
    for each in held:
        if each.in_asset_kg > 0.0:
            continue
        body = carrier_of(car, each)
        body.add_mass(body.base_link, each.full_kg)


def carrier_of(car: Car, held: Held) -> Body:
    """Return the body that weighs with a fluid."""
    return car.part_here(held.carrier) if held.carrier else car.body_here()
