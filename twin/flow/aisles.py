"""Distances on foot or by vehicle, through the aisles that the layout gives.

Distances lie in the floor plane: heights of places do not count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from twin.errors import ScenarioError
from twin.scenario import Scenario
from twin.scenario.fields import Place
from twin.scenario.transport import Aisles, FloorPoint

Distances = NDArray[np.float64]
"""From each place (row) to each (column), (n, n), m; zero on the diagonal."""


Spot = Place | FloorPoint
"""Something with an x and a y in the world frame."""


def places(scenario: Scenario) -> dict[str, Place]:
    """Return where ways begin and end.

    Nodes come under their own ids, the waiting place of a crew as "crews.ID" and the
    home of a fleet as "fleets.ID". What has no place, and a fleet whose home is a
    node without one, is left out.
    """
    nodes = {
        node_id: node.place
        for node_id, node in scenario.nodes().items()
        if node.place is not None
    }
    crews = {
        f"crews.{crew_id}": crew.place
        for crew_id, crew in scenario.crews.items()
        if crew.place is not None
    }
    homes = {
        f"fleets.{fleet_id}": nodes.get(fleet.home)
        if isinstance(fleet.home, str)
        else fleet.home
        for fleet_id, fleet in scenario.fleets.items()
    }
    known = {fleet_id: home for fleet_id, home in homes.items() if home is not None}
    return {**nodes, **crews, **known}


def distances(scenario: Scenario) -> tuple[tuple[str, ...], Distances]:
    """Return the shortest ways between all places of a scenario.

    Returns:
        Ids as of `places`, n of them, and the ways, (n, n) float64, m, as of
        `distances_between`.

    Raises:
        ScenarioError: If no way leads from one place to another.
    """
    standing = places(scenario)
    return tuple(standing), distances_between(standing, scenario.aisles, scenario.name)


def distances_between(
    standing: Mapping[str, Spot], aisles: Aisles | None, where: str
) -> Distances:
    """Return the shortest ways between places.

    A place joins the network at its nearest point, by a straight line; of points
    equally near, at the one written first. The way between two places always leads
    over the points they join at, even where they stand side by side: what is
    between them the layout does not say.

    Args:
        standing: Places by id; rows and columns come in this order.
        aisles: The network; straight lines without one.
        where: What errors call the scenario.

    Returns:
        Way from each place (row) to each (column), (n, n) float64, m. It is
        symmetric unless a link is one-way, and no detour is shorter than the way.

    Raises:
        ScenarioError: If no way leads from one place to another.
    """
    at = _coordinates(standing)
    if aisles is None:
        return _straight(at, at)
    points = _coordinates(aisles.points)
    to_points = _straight(at, points)
    joins = np.argmin(to_points, axis=1) if len(at) else np.zeros(0, dtype=np.intp)
    access = to_points[np.arange(len(at)), joins]
    ways = _ways(aisles, points, sorted(set(joins.tolist())))
    between = ways[np.ix_(joins, joins)]
    if not aisles.one_way:
        # There and back are the same sum, added up in another order.
        between = np.minimum(between, between.T)
    blocked = np.argwhere(~np.isfinite(between))
    if len(blocked):
        ids, point_ids = list(standing), list(aisles.points)
        begin, end = (int(index) for index in blocked[0])
        raise ScenarioError(
            f"{where}: aisles",
            f"no way leads from {ids[begin]!r} (at point "
            f"{point_ids[joins[begin]]!r}) to {ids[end]!r} (at point "
            f"{point_ids[joins[end]]!r}); add a link between them, or move a link "
            "from one_way to links",
        )
    found: Distances = between + (access[:, None] + access[None, :])
    np.fill_diagonal(found, 0.0)
    return found


def _coordinates(spots: Mapping[str, Spot]) -> NDArray[np.float64]:
    """Return x and y of each spot, (n, 2), m."""
    pairs = [(float(spot.x), float(spot.y)) for spot in spots.values()]
    return np.array(pairs, dtype=np.float64).reshape(-1, 2)


def _straight(
    begins: NDArray[np.float64], ends: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the length of the line from each begin to each end, (n, m), m."""
    across = begins[:, None, :] - ends[None, :, :]
    return np.hypot(across[..., 0], across[..., 1])


def _ways(
    aisles: Aisles, points: NDArray[np.float64], begins: Sequence[int]
) -> NDArray[np.float64]:
    """Return the way from some points to every one, (p, p), m; else infinity."""
    index = {name: n for n, name in enumerate(aisles.points)}
    both = [(index[a], index[b]) for a, b in aisles.links]
    single = [(index[a], index[b]) for a, b in aisles.one_way]
    import networkx as nx  # a fifth of a second, only where there are aisles

    network = nx.DiGraph()
    network.add_nodes_from(range(len(points)))
    for a, b in [*both, *((b, a) for a, b in both), *single]:
        network.add_edge(a, b, length_m=float(np.hypot(*(points[a] - points[b]))))
    ways = np.full((len(points), len(points)), np.inf)
    for begin in begins:
        lengths = nx.single_source_dijkstra_path_length(
            network, begin, weight="length_m"
        )
        for end, length_m in lengths.items():
            ways[begin, end] = length_m
    return ways
