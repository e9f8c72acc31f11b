"""Where people put what they have taken off: into a container, beside the last."""

from __future__ import annotations

from twin.errors import PhysicsError
from twin.layout.plan import Layout, asset_from_nodes
from twin.physics.world import Body, World
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


class Stowing:
    """Puts parts into containers by hand: from car to container in one tick.

    A person has no body, so the way between is not simulated; the part lies free in
    the container from then on.

    Args:
        world: With the containers in it.
        layout: Where they stand.
    """

    def __init__(self, world: World, layout: Layout) -> None:
        self._world = world
        self._layout = layout

    def put(self, body: Body, container: str, n_inside: int) -> None:
        """Put a part into a container that holds some already.

        Raises:
            PhysicsError: If the container has no port to fill it by.
        """
        place = self._fill_place(container)
        column, row = n_inside % _COLUMNS, n_inside // _COLUMNS % _ROWS
        x_m = (column - (_COLUMNS - 1) / 2) * _APART_M[0]
        y_m = (row - (_ROWS - 1) / 2) * _APART_M[1]
        spot = place @ transform((x_m, y_m, 0.0))
        top = spot[:3, 3].tolist()
        (hit,) = self._world.call("rayTest", top, [*top[:2], top[2] - _DEEP_M])
        ground_m = float(hit[3][2]) if hit[0] >= 0 else 0.0
        body.set_pose(spot)
        low, _ = self._world.call("getAABB", body.body_id, -1)
        spot[2, 3] += ground_m + _ABOVE_M - low[2]
        body.set_pose(spot)
        body.set_velocity((0.0, 0.0, 0.0))

    def _fill_place(self, container: str) -> Matrix:
        """Return the container's frame, raised to where it is filled."""
        placed = self._layout.placed[container]
        for node in placed.asset.nodes:
            for port in node.ports:
                if port.name == _FILL:
                    poses = asset_from_nodes(placed.asset)
                    here = poses[node.name] @ transform(port.pose[:3], port.pose[3:])
                    filled: Matrix = placed.world_from_asset @ transform(here[:3, 3])
                    return filled
        raise PhysicsError(
            f"equipment.{container}: asset {placed.asset.name!r} has no port "
            f"{_FILL!r}; put parts into one that has"
        )
