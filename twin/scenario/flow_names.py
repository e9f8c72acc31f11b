"""Whether the names that flow uses lead somewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain, combinations

from twin.scenario.findings import InconsistencyError, Path, check_known
from twin.scenario.model import Scenario
from twin.scenario.nodes import Node, Passed
from twin.scenario.routes import RouteTable
from twin.scenario.station import Operation, Station
from twin.scenario.tasks import Task
from twin.scenario.transport import Fleet


def check_names(scenario: Scenario) -> None:
    """Check that every name leads somewhere, and that there is enough of it.

    Raises:
        InconsistencyError: At the first name that does not.
    """
    for section, nodes in scenario.node_sections().items():
        for node_id, node in nodes.items():
            _check_node(scenario, node, (section, node_id))
    for source_id, source in scenario.sources.items():
        at = ("sources", source_id)
        _check_products(scenario, source.mix, (*at, "mix"))
        _check_calendar(scenario, source.calendar, at)
    for station_id, station in scenario.stations.items():
        _check_station(scenario, station, ("stations", station_id))
    for buffer_id, buffer in scenario.buffers.items():
        at = ("buffers", buffer_id)
        _check_products(scenario, buffer.initial, (*at, "initial"))
        if buffer.patience is not None:
            _check_target(scenario, buffer.patience.to, (*at, "patience", "to"))
    for belt_id, belt in scenario.conveyors.items():
        for name, failure in belt.failures.items():
            here = ("conveyors", belt_id, "failures", name, "people")
            check_people(scenario, failure.people, here)
    for store_id, store in scenario.stores.items():
        path = ("stores", store_id, "product")
        check_known(path, store.product, scenario.products, "product")
    for crew_id, crew in scenario.crews.items():
        _check_calendar(scenario, crew.calendar, ("crews", crew_id))
    for fleet_id, fleet in scenario.fleets.items():
        _check_fleet(scenario, fleet, ("fleets", fleet_id))
    _check_aisles(scenario)
    for loop_id, loop in scenario.loops.items():
        at = ("loops", loop_id)
        _check_target(scenario, loop.enter, (*at, "enter"))
        check_known((*at, "leave"), loop.leave, scenario.nodes(), "node")


def _check_node(scenario: Scenario, node: Node, at: Path) -> None:
    if not isinstance(node, Passed):
        return
    for key, route in node.routes():
        _check_route(scenario, route, (*at, *key))
    _check_products(scenario, node.next_by_product, (*at, "next_by_product"))
    if node.moved_by is not None:
        check_known((*at, "moved_by"), node.moved_by, scenario.fleets, "fleet")
        _check_placed(scenario, at[-1], (*at, "moved_by"))
        for key, route in node.routes():
            for target in route.targets:
                _check_placed(scenario, target, (*at, *key))


def _check_route(scenario: Scenario, route: RouteTable, path: Path) -> None:
    for index, target in enumerate(route.targets):
        key = target if isinstance(route.among, dict) else index
        alone = len(route.targets) == 1
        _check_target(scenario, target, path if alone else (*path, "among", key))


def _check_target(scenario: Scenario, target: str, path: Path) -> None:
    check_known(path, target, scenario.nodes(), "node")
    if target in scenario.sources:
        raise InconsistencyError(
            path, f"{target!r} is a source, which nothing enters; name another node"
        )


def _check_placed(scenario: Scenario, node_id: str | int, path: Path) -> None:
    if scenario.nodes()[str(node_id)].place is None:
        raise InconsistencyError(
            path, f"{node_id!r} has no place, so the way has no length; give it one"
        )


def _check_products(scenario: Scenario, given: Iterable[str], at: Path) -> None:
    for product in given:
        check_known((*at, product), product, scenario.products, "product")


def _check_calendar(scenario: Scenario, name: str | None, at: Path) -> None:
    if name is not None:
        check_known((*at, "calendar"), name, scenario.calendars, "calendar")


def _check_station(scenario: Scenario, station: Station, at: Path) -> None:
    _check_calendar(scenario, station.calendar, at)
    for key, products in (
        ("time_by_product", station.time_by_product),
        ("assembly", station.assembly),
        ("initial", station.initial),
    ):
        _check_products(scenario, products, (*at, key))
    for key, product in (("makes", station.makes), ("becomes", station.becomes)):
        if product is not None:
            check_known((*at, key), product, scenario.products, "product")
    if station.setup is not None:
        table = (*at, "setup", "from_to")
        _check_products(scenario, station.setup.from_to, table)
        for before, after in station.setup.from_to.items():
            _check_products(scenario, after, (*table, before))
    check_people(scenario, station.people, (*at, "people"))
    for name, failure in station.failures.items():
        check_people(scenario, failure.people, (*at, "failures", name, "people"))
    for name, planned in station.maintenance.items():
        check_people(scenario, planned.people, (*at, "maintenance", name, "people"))
    if station.patience is not None:
        _check_target(scenario, station.patience.to, (*at, "patience", "to"))
    if station.scrap is not None:
        _check_target(scenario, station.scrap, (*at, "scrap"))
    for name, operation in station.operations.items():
        _check_operation(scenario, operation, (*at, "operations", name))


def _check_operation(scenario: Scenario, operation: Operation, at: Path) -> None:
    if not isinstance(operation, Task):
        return
    _check_products(scenario, operation.time_by_product, (*at, "time_by_product"))
    for index, product in enumerate(operation.only):
        check_known((*at, "only", index), product, scenario.products, "product")
    check_people(scenario, operation.people, (*at, "people"))
    for tool, wanted in operation.uses.items():
        path = (*at, "uses", tool)
        check_known(path, tool, scenario.tools, "tool")
        if scenario.tools[tool].count < wanted:
            raise InconsistencyError(
                path,
                f"{wanted} of {tool!r}, but there are {scenario.tools[tool].count}; "
                "ask for fewer, or have more",
            )
    for store, wanted in operation.takes.items():
        path = (*at, "takes", store)
        check_known(path, store, scenario.stores, "store")
        capacity = scenario.stores[store].capacity
        if capacity != "unlimited" and capacity < wanted:
            raise InconsistencyError(
                path,
                f"{wanted} at once, but {store!r} holds {capacity}; take fewer, or "
                "hold more",
            )
    for product, yielded in operation.yields.items():
        path = (*at, "yields", product)
        check_known(path, product, scenario.products, "product")
        _check_route(scenario, yielded.to, (*path, "to"))


def check_people(scenario: Scenario, people: Mapping[str, int], at: Path) -> None:
    """Check that enough people have the skills that one piece of work needs at once.

    Source: Hall's marriage theorem: everybody can be found if, for each set of
    skills, as many people have one of them as are asked for.
    """
    crews = scenario.crews.values()
    for skill in people:
        known = {skill for crew in crews for skill in crew.skills}
        if skill not in known:
            check_known((*at, skill), skill, known, "crew with the skill")
    subsets = chain.from_iterable(
        combinations(people, size) for size in range(1, min(len(people), 8) + 1)
    )
    for skills in subsets:
        wanted = sum(people[skill] for skill in skills)
        there = sum(crew.count for crew in crews if set(skills) & set(crew.skills))
        if there < wanted:
            raise InconsistencyError(
                (*at, skills[0]),
                f"{wanted} with {' or '.join(map(repr, skills))}, but the crews have "
                f"{there}; ask for fewer, or have more",
            )


def _check_fleet(scenario: Scenario, fleet: Fleet, at: Path) -> None:
    _check_calendar(scenario, fleet.calendar, at)
    if isinstance(fleet.home, str):
        check_known((*at, "home"), fleet.home, scenario.nodes(), "node")
        _check_placed(scenario, fleet.home, (*at, "home"))
    if fleet.battery is not None:
        path = (*at, "battery", "at")
        check_known(path, fleet.battery.at, scenario.nodes(), "node")
        _check_placed(scenario, fleet.battery.at, path)


def _check_aisles(scenario: Scenario) -> None:
    if scenario.aisles is None:
        return
    for key in ("links", "one_way"):
        for index, link in enumerate(getattr(scenario.aisles, key)):
            for end, point in enumerate(link):
                path = ("aisles", key, index, end)
                check_known(path, point, scenario.aisles.points, "point")
            if link[0] == link[1]:
                raise InconsistencyError(
                    ("aisles", key, index), f"leads from {link[0]!r} to itself; drop it"
                )
