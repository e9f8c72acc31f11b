"""Where the targets of a programme are in a layout."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from twin.errors import KinematicsError
from twin.layout.assets import Asset
from twin.layout.plan import Layout, asset_from_nodes
from twin.scenario.programme import Target
from twin.transforms import Matrix, transform


class LayoutPlaces:
    """Finds nodes, fasteners and ports of products and equipment.

    Args:
        layout: Where equipment stands, and what products are made of.
        world_from_product: Where a product is while it is worked on, by id.
        bodies: The names of the bodies of a product or piece of equipment; its own
            id where absent.
        parts: Where parts are that are no nodes, by name.
    """

    def __init__(
        self,
        layout: Layout,
        world_from_product: Mapping[str, Matrix],
        bodies: Mapping[str, tuple[str, ...]] | None = None,
        parts: Mapping[str, Matrix] | None = None,
    ) -> None:
        self._layout = layout
        self._world_from_product = dict(world_from_product)
        self._bodies = dict(bodies or {})
        self._parts = dict(parts or {})

    def aim(self, target: Target) -> Matrix:
        """Return ``world_from_aim``, (4, 4), its offset counted in.

        Raises:
            KinematicsError: If the target is not there; says what is.
        """
        offset = np.eye(4) if target.offset is None else target.offset.matrix()
        if target.of is None:
            return offset
        world_from_asset, asset = self._placed(target.of)
        poses = asset_from_nodes(asset)
        if target.node is not None:
            named = self._known(target.of, "node", target.node, poses)
        elif target.fastener is not None:
            named = self._known(
                target.of, "fastener", target.fastener, _fasteners(asset, poses)
            )
        else:
            assert target.port is not None  # a target names one of the three
            named = self._known(target.of, "port", target.port, _ports(asset, poses))
        aim: Matrix = world_from_asset @ named @ offset
        return aim

    def fastener(self, of: str, name: str) -> Matrix:
        """Return ``world_from_head``, (4, 4).

        Raises:
            KinematicsError: If there is no such fastener; says which there are.
        """
        world_from_asset, asset = self._placed(of)
        known = _fasteners(asset, asset_from_nodes(asset))
        head: Matrix = world_from_asset @ self._known(of, "fastener", name, known)
        return head

    def part(self, name: str) -> Matrix:
        """Return ``world_from_part``, (4, 4): one that was named, or a node.

        Raises:
            KinematicsError: If no product has it.
        """
        if name in self._parts:
            return self._parts[name]
        for product, world_from_product in self._world_from_product.items():
            poses = asset_from_nodes(self._layout.products[product])
            if name in poses:
                pose: Matrix = world_from_product @ poses[name]
                return pose
        raise KinematicsError(
            f"part {name!r}: no product has it; name a node of "
            f"{', '.join(self._world_from_product) or 'a product'}"
        )

    def bodies(self, of: str) -> tuple[str, ...]:
        """Return the names of the bodies of a product or piece of equipment."""
        return self._bodies.get(of, (of,))

    def _placed(self, of: str) -> tuple[Matrix, Asset]:
        if of in self._world_from_product:
            return self._world_from_product[of], self._layout.products[of]
        if of in self._layout.placed:
            placed = self._layout.placed[of]
            return placed.world_from_asset, placed.asset
        known = [*self._world_from_product, *self._layout.placed]
        raise KinematicsError(
            f"target of {of!r}: nothing of that name is here; known: {', '.join(known)}"
        )

    @staticmethod
    def _known(of: str, what: str, name: str, known: Mapping[str, Matrix]) -> Matrix:
        if name not in known:
            raise KinematicsError(
                f"target: {of!r} has no {what} {name!r}; known: "
                f"{', '.join(sorted(known)) or 'none'}"
            )
        return known[name]


def _fasteners(asset: Asset, poses: Mapping[str, Matrix]) -> dict[str, Matrix]:
    return {
        fastener.name: poses[node.name] @ transform(fastener.position_m, fastener.wxyz)
        for node in asset.nodes
        for fastener in node.fasteners
    }


def _ports(asset: Asset, poses: Mapping[str, Matrix]) -> dict[str, Matrix]:
    """Return ports by name, and by node and name where several share one."""
    return {
        name: poses[node.name] @ transform(port.pose[:3], port.pose[3:])
        for node in asset.nodes
        for port in node.ports
        for name in (port.name, f"{node.name}/{port.name}")
    }
