"""Where people put what they have taken off: into a container, beside the last."""

from __future__ import annotations

import numpy as np

from twin.errors import PhysicsError
from twin.layout.plan import Layout, asset_from_nodes
from twin.physics.car import Car
from twin.physics.world import Body, World, lowest_m
from twin.transforms import Matrix, transform

_FILL = "fill"

# Places across a container: in rows of four, as wide apart as a hand needs.
_COLUMNS = 4
_APART_M = (0.24, 0.2)
_ROWS = 3
# Nearer than this nothing has been set down hard, and nothing overlaps.
_ABOVE_M = 5e-3
# Nothing that a person puts into a container stands higher than this above its rim.
_DEEP_M = 3.0

# Columns are a part's axes in a port's frame, whose x points out of what has it.
_UPRIGHT = ((0.0, 0.0, 1.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))


class Stowing:
    """Puts parts into containers by hand: from car to container in one tick.

    A person has no body, so the way between is not simulated; the part lies free in
    the container from then on. A container with a port ``fill`` takes parts beside
    each other; any other has a port for each place, where they stand upright.

    Args:
        world: With the containers in it.
        layout: Where they stand.
    """

    def __init__(self, world: World, layout: Layout) -> None:
        self._world = world
        self._layout = layout

    def put(self, car: Car, node: str, container: str, n_inside: int) -> None:
        """Put a part of a car into a container that holds some already.

        Raises:
            PhysicsError: If the container has no port at all.
        """
        ports = self._ports(container)
        if not ports:
            asset = self._layout.placed[container].asset
            raise PhysicsError(
                f"equipment.{container}: asset {asset.name!r} has no port to put "
                f"{node!r} on; name another container"
            )
        body = car.part_here(node)
        if _FILL in ports:
            rim = self._layout.placed[container].world_from_asset.copy()
            rim[:3, 3] = ports[_FILL][:3, 3]
            self._fill(body, rim, n_inside)
        else:
            (link,) = car.design.parts[node].links
            port_from_part = np.eye(4)
            port_from_part[:3, :3] = _UPRIGHT
            port_from_part[0, 3] = -lowest_m(link)
            free = list(ports.values())[n_inside % len(ports)]
            body.set_pose(free @ port_from_part)
        body.set_velocity((0.0, 0.0, 0.0))

    def _fill(self, body: Body, world_from_rim: Matrix, n_inside: int) -> None:
        column, row = n_inside % _COLUMNS, n_inside // _COLUMNS % _ROWS
        x_m = (column - (_COLUMNS - 1) / 2) * _APART_M[0]
        y_m = (row - (_ROWS - 1) / 2) * _APART_M[1]
        spot = world_from_rim @ transform((x_m, y_m, 0.0))
        top = spot[:3, 3].tolist()
        (hit,) = self._world.call("rayTest", top, [*top[:2], top[2] - _DEEP_M])
        ground_m = float(hit[3][2]) if hit[0] >= 0 else 0.0
        body.set_pose(spot)
        low, _ = self._world.call("getAABB", body.body_id, -1)
        spot[2, 3] += ground_m + _ABOVE_M - low[2]
        body.set_pose(spot)

    def _ports(self, container: str) -> dict[str, Matrix]:
        """Return the ports of a container by name, world frame, +X out of it."""
        placed = self._layout.placed[container]
        poses = asset_from_nodes(placed.asset)
        return {
            port.name: placed.world_from_asset
            @ poses[node.name]
            @ transform(port.pose[:3], port.pose[3:])
            for node in placed.asset.nodes
            for port in node.ports
        }
