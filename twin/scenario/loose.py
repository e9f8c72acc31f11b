"""What of a product comes off it in a cell, by the nodes of its asset."""

from __future__ import annotations

from twin.scenario.model import Scenario
from twin.scenario.parts import part_tree
from twin.scenario.station import Operation, Work

OF_PACKS = frozenset({"convey_pack", "table_up", "table_down", "check_free", "unscrew"})
"""What devices do to a battery pack, by ``do``."""


def handled(operation: Operation) -> tuple[str, ...]:
    """Return the parts that an operation loosens or takes off, by id."""
    by_hand = operation.unfastens if isinstance(operation, Work) else ()
    return (*by_hand, *(part for part in operation.removes if part not in by_hand))


def loose_nodes(scenario: Scenario, product_id: str) -> tuple[str, ...]:
    """Return the nodes that come off a product in the scenario's stations, in order.

    The battery pack first, where anything is done to it; then the node of each part
    that an operation loosens or takes off.
    """
    product = scenario.products[product_id]
    tree = part_tree(product.parts)
    found: dict[str, None] = {}
    for station in scenario.stations.values():
        if station.product != product_id:
            continue
        for operation in station.operations.values():
            if operation.do in OF_PACKS:
                found = {product.pack_node: None, **found}
            for part in handled(operation):
                node = tree[part].part.node if part in tree else None
                if node is not None:
                    found[node] = None
    return tuple(found)
