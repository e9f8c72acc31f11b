"""Whether every part that enters gets out, and finds work and room of its kind."""

from __future__ import annotations

from collections.abc import Iterable

from twin.scenario.findings import InconsistencyError, Path, names
from twin.scenario.model import Scenario
from twin.scenario.nodes import Buffer, Node, Passed, Sink, Store
from twin.scenario.routes import RouteTable
from twin.scenario.station import Station
from twin.scenario.tasks import Task


def check_routes(scenario: Scenario) -> None:
    """Check where parts go, product by product.

    Raises:
        InconsistencyError: Where a part would stay for ever.
    """
    ways = Ways(scenario)
    ways.check_ends()
    ways.check_products()
    ways.check_supplies()
    ways.check_loops()


def _possible(route: RouteTable) -> Iterable[str]:
    """Return the targets that parts really take."""
    shares = route.shares or (1.0,) * len(route.targets)
    return [
        target for target, share in zip(route.targets, shares, strict=True) if share
    ]


class Ways:
    """The nodes of a scenario and the ways between them."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._nodes = scenario.nodes()
        self._paths: dict[str, Path] = {
            node_id: (section, node_id)
            for section, nodes in scenario.node_sections().items()
            for node_id in nodes
        }
        self._arrivals: dict[str, set[str]] = {
            node_id: set() for node_id in self._nodes
        }

    def check_ends(self) -> None:
        """Check that from every node a way leads out of the plant.

        Parts that stand in a loop at the start may go round for ever: that is a
        closed network.
        """
        ends = {
            node_id
            for node_id, node in self._nodes.items()
            if isinstance(node, Sink | Store)
            or (isinstance(node, Station) and node.consumed)
        }
        into: dict[str, list[str]] = {node_id: [] for node_id in self._nodes}
        onward: dict[str, list[str]] = {}
        for node_id, node in self._nodes.items():
            onward[node_id] = [
                target for route in _routes(node) for target in _possible(route)
            ]
            for target in onward[node_id]:
                into[target].append(node_id)
        leads_out = _spread(ends, into)
        initial = {node_id for node_id, node in self._nodes.items() if _initial(node)}
        closed = _spread(initial, onward) - _spread(self._scenario.sources, onward)
        stuck = [n for n in self._nodes if n not in leads_out and n not in closed]
        if stuck:
            # What leads into a trap is sound itself: the trap leads least far.
            trap = min(stuck, key=lambda node_id: len(_spread([node_id], onward)))
            raise InconsistencyError(
                (*self._paths[trap], "next"),
                f"from {trap!r} no way leads to a sink or a store; add one",
            )

    def check_products(self) -> None:
        """Follow each product from where it enters, and check what it meets."""
        fresh: list[tuple[str, str]] = []

        def send(product: str, targets: Iterable[str]) -> None:
            for target in targets:
                if product not in self._arrivals[target]:
                    self._arrivals[target].add(product)
                    fresh.append((target, product))

        for source_id, source in self._scenario.sources.items():
            for product in source.products():
                send(product, self._next(source_id, source, product))
        for node_id, node in self._nodes.items():
            for product in _initial(node):
                send(product, [node_id])
        while fresh:
            node_id, product = fresh.pop()
            node = self._nodes[node_id]
            if isinstance(node, Station):
                self._check_work(node_id, node, product)
                for made, targets in self._made(node_id, node, product):
                    send(made, targets)
            elif isinstance(node, Passed):
                send(product, self._next(node_id, node, product))
            elif isinstance(node, Store) and node.product != product:
                raise InconsistencyError(
                    (*self._paths[node_id], "product"),
                    f"is {node.product!r}, but {product!r} comes here; mend the way",
                )
            if isinstance(node, Station | Buffer) and node.patience is not None:
                send(product, [node.patience.to])

    def _next(self, node_id: str, node: Passed, product: str) -> Iterable[str]:
        route = node.route_of(product)
        if route is None:
            raise InconsistencyError(
                (*self._paths[node_id], "next_by_product"),
                f"no way for {product!r}, which comes here; add it, or next",
            )
        return _possible(route)

    def _check_work(self, node_id: str, station: Station, product: str) -> None:
        at = self._paths[node_id]
        if station.assembly and product not in station.assembly:
            raise InconsistencyError(
                (*at, "assembly"),
                f"takes no {product!r}, which comes here; takes: "
                f"{names(station.assembly)}",
            )
        if not station.assembly and station.product not in (None, product):
            raise InconsistencyError(
                (*at, "product"),
                f"is {station.product!r}, but {product!r} comes here; mend the way",
            )
        for name, task in _tasks(station, product):
            if task.lasts_as_it_drains():
                continue
            if task.time is None and product not in task.time_by_product:
                short = ("operations", name) if station.operations else ()
                raise InconsistencyError(
                    (*at, *short, "time_by_product"),
                    f"no time for {product!r}, which comes here; add it, or time",
                )

    def _made(
        self, node_id: str, station: Station, product: str
    ) -> Iterable[tuple[str, Iterable[str]]]:
        """Yield what a station sends on when a product comes, and where to."""
        if station.scrap is not None:
            yield product, [station.scrap]
        for _, task in _tasks(station, product):
            for part, yielded in task.yields.items():
                if yielded.present > 0.0:
                    yield part, _possible(yielded.to)
        if not station.consumed:
            leaving = station.makes or station.becomes or product
            yield leaving, self._next(node_id, station, leaving)

    def check_supplies(self) -> None:
        """Check that what assemblies wait for, and stores hand out, ever comes."""
        for station_id, station in self._scenario.stations.items():
            at = self._paths[station_id]
            come = self._arrivals[station_id]
            for product in station.assembly:
                if come and product not in come:
                    raise InconsistencyError(
                        (*at, "assembly", product),
                        f"no {product!r} ever comes here, and the others wait for it; "
                        "lead some here",
                    )
            for name, operation in station.operations.items():
                takes = operation.takes if isinstance(operation, Task) else {}
                for store_id in takes:
                    store = self._scenario.stores[store_id]
                    if store.stock or store.reorder or self._arrivals[store_id]:
                        continue
                    raise InconsistencyError(
                        (*at, "operations", name, "takes", store_id),
                        f"{store_id!r} is empty and nothing fills it; give it stock, "
                        "reorder, or a way into it",
                    )

    def check_loops(self) -> None:
        """Check that a part that takes a token comes to where it gives it back."""
        onward = {
            node_id: [*_all_targets(node)] for node_id, node in self._nodes.items()
        }
        for loop_id, loop in self._scenario.loops.items():
            if loop.leave not in _spread([loop.enter], onward):
                raise InconsistencyError(
                    ("loops", loop_id, "leave"),
                    f"no way leads from {loop.enter!r} to {loop.leave!r}, so tokens "
                    "never come back; mend either",
                )


def _tasks(station: Station, product: str) -> Iterable[tuple[str, Task]]:
    """Yield the tasks done on a product; an assembly works on its first one."""
    if station.assembly and product != next(iter(station.assembly)):
        return
    for name, operation in station.work().items():
        if isinstance(operation, Task) and not (
            operation.only and product not in operation.only
        ):
            yield name, operation


def _routes(node: Node) -> list[RouteTable]:
    return [route for _, route in node.routes()] if isinstance(node, Passed) else []


def _all_targets(node: Node) -> Iterable[str]:
    """Yield wherever a part of a node, or a piece of it, may go."""
    for route in _routes(node):
        yield from _possible(route)
    if isinstance(node, Station | Buffer) and node.patience is not None:
        yield node.patience.to
    if isinstance(node, Station):
        if node.scrap is not None:
            yield node.scrap
        for operation in node.operations.values():
            if isinstance(operation, Task):
                for yielded in operation.yields.values():
                    yield from _possible(yielded.to)


def _initial(node: Node) -> list[str]:
    """Return the products that stand in a node at the start."""
    if not isinstance(node, Station | Buffer):
        return []
    return [product for product, count in node.initial.items() if count]


def _spread(begin: Iterable[str], onward: dict[str, list[str]]) -> set[str]:
    """Return all that can be reached, where it begins included."""
    reached = set(begin)
    fresh = list(reached)
    while fresh:
        for target in onward[fresh.pop()]:
            if target not in reached:
                reached.add(target)
                fresh.append(target)
    return reached
