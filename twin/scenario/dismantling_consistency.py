"""Whether what operations do to parts and fluids fits the products that come."""

from __future__ import annotations

import math
from collections.abc import Iterable

from twin.scenario.equipment import Robot
from twin.scenario.findings import InconsistencyError, Path, check_known, names
from twin.scenario.fluids import REFRIGERANTS
from twin.scenario.model import Scenario
from twin.scenario.parts import Part, part_tree
from twin.scenario.safeguards import Zone
from twin.scenario.station import Operation, Station
from twin.scenario.tasks import Task

MADE_FOR_PEOPLE = ("kuka_lbr_iiwa", "lbr_iiwa")
"""Robots that are built for work beside people, by the beginning of their model.

All others are industrial robots: a person may not share their space while they run.
Source: ISO 10218-2:2025, collaborative applications.
"""


def check_dismantling(scenario: Scenario) -> None:
    """Check tanks, safeguards, zones, and what operations take off and let out.

    Raises:
        InconsistencyError: At the first place that disagrees with another.
    """
    _check_tanks(scenario)
    _check_safeguards(scenario)
    for zone_id, zone in scenario.zones.items():
        at = ("zones", zone_id)
        check_known((*at, "station"), zone.station, scenario.stations, "station")
        for index, rated in enumerate(zone.rated):
            check_known((*at, "rated", index), rated, scenario.equipment, "equipment")
    for station_id, station in scenario.stations.items():
        at = ("stations", station_id)
        taken: dict[str, str] = {}
        for name, operation in station.operations.items():
            here = (*at, "operations", name)
            _check_parts(scenario, station, operation, here)
            _check_drains(scenario, station, operation, here)
            for index, part in enumerate(operation.removes):
                if part in taken and not _for_others(station, taken[part], operation):
                    raise InconsistencyError(
                        (*here, "removes", index),
                        f"{part!r} is off already, by {taken[part]}; name it once",
                    )
                taken[part] = name
    _check_zones(scenario)


def _for_others(station: Station, earlier: str, operation: Operation) -> bool:
    """Return whether two operations are never done on the same product."""
    before = station.operations[earlier]
    if not (isinstance(before, Task) and isinstance(operation, Task)):
        return False
    both = bool(before.only) and bool(operation.only)
    return both and not set(before.only) & set(operation.only)


def _parts_of(scenario: Scenario, station: Station) -> dict[str, list[Part]]:
    """Return the parts of all products that may come to a station, by id."""
    products = [
        product
        for name, product in scenario.products.items()
        if station.product in (None, name)
    ]
    # What comes as one product may be called another by now.
    if station.product is not None and not any(each.parts for each in products):
        products = list(scenario.products.values())
    found: dict[str, list[Part]] = {}
    for product in products:
        for name, entry in part_tree(product.parts).items():
            found.setdefault(name, []).append(entry.part)
    return found


def _check_parts(
    scenario: Scenario, station: Station, operation: Operation, here: Path
) -> None:
    if not (operation.removes or operation.fires):
        return
    known = _parts_of(scenario, station)
    for key in ("removes", "fires"):
        given: tuple[str, ...] = getattr(operation, key)
        for index, part in enumerate(given):
            check_known((*here, key, index), part, known, "part")
            if part in given[:index]:
                raise InconsistencyError(
                    (*here, key, index), f"{part!r} stands there before; name it once"
                )
            harmless = not any("pyrotechnic" in one.hazards for one in known[part])
            if key == "fires" and harmless:
                raise InconsistencyError(
                    (*here, key, index),
                    f"{part!r} has no hazard pyrotechnic; name one that has",
                )
    if not isinstance(operation, Task):
        return
    uncertain = [
        part
        for part in operation.removes
        if any(p.has_condition() for p in known[part])
    ]
    for condition in ("present", "seized"):
        own = operation.present < 1.0 if condition == "present" else operation.seized
        if own and uncertain:
            raise InconsistencyError(
                (*here, condition),
                f"stands beside the condition of part {uncertain[0]!r}; give one of "
                "them",
            )


def _check_drains(
    scenario: Scenario, station: Station, operation: Operation, here: Path
) -> None:
    held = {
        fluid
        for parts in _parts_of(scenario, station).values()
        for part in parts
        for fluid in part.fluids
    }
    for fluid, drain in operation.drains.items():
        path = (*here, "drains", fluid)
        if fluid not in held:
            raise InconsistencyError(
                path, f"no part holds {fluid!r}; held: {names(held)}"
            )
        check_known((*path, "to"), drain.to, scenario.tanks, "tank")
        takes = scenario.tanks[drain.to].fluids
        if fluid not in takes:
            raise InconsistencyError(
                (*path, "to"),
                f"{drain.to!r} takes {names(takes)}; lead {fluid!r} elsewhere",
            )
        if drain.rate is not None and drain.flow is not None:
            raise InconsistencyError(
                (*path, "flow"), "stands beside rate; give one of them"
            )
        if drain.runs == "slower" and drain.rate_kgps(fluid) is None:
            raise InconsistencyError(
                (*path, "runs"), "says not how fast it begins; give rate or flow"
            )
        if drain.runs == "slower" and _runs_dry(scenario, fluid):
            raise InconsistencyError(
                (*path, "runs"),
                "ever slower never ends where nothing stays; give the fluid a residue",
            )


def _runs_dry(scenario: Scenario, fluid: str) -> bool:
    return any(
        fluid in entry.part.fluids and not entry.part.fluids[fluid].residue
        for product in scenario.products.values()
        for entry in part_tree(product.parts).values()
    )


def _check_tanks(scenario: Scenario) -> None:
    for tank_id, tank in scenario.tanks.items():
        at = ("tanks", tank_id)
        alone = [fluid for fluid in tank.fluids if fluid in REFRIGERANTS]
        if alone and len(set(tank.fluids)) > 1:
            raise InconsistencyError(
                (*at, "fluids"),
                f"{alone[0]!r} is mixed with others here; a refrigerant has a tank of "
                "its own (docs/safety.md)",
            )
        for fluid in tank.content:
            if fluid not in tank.fluids:
                raise InconsistencyError(
                    (*at, "content", fluid),
                    f"takes {names(tank.fluids)}; name a fluid that it takes",
                )


def _check_safeguards(scenario: Scenario) -> None:
    for name, safeguard in scenario.safeguards.items():
        at = ("safeguards", name)
        check_known((*at, "robot"), safeguard.robot, scenario.equipment, "equipment")
        robot = scenario.equipment[safeguard.robot]
        if not isinstance(robot, Robot):
            raise InconsistencyError(
                (*at, "robot"), f"{safeguard.robot!r} is a {robot.kind}; name a robot"
            )
        model = robot.asset.rpartition("/")[2]
        if safeguard.mode == "collaborative" and not model.startswith(MADE_FOR_PEOPLE):
            raise InconsistencyError(
                (*at, "mode"),
                f"{robot.asset!r} is an industrial robot and never runs beside people; "
                "set mode: separated (docs/safety.md)",
            )


def _check_zones(scenario: Scenario) -> None:
    zoned = {zone.station for zone in scenario.zones.values()}
    for station_id, station in scenario.stations.items():
        for name, operation in station.operations.items():
            if "fuel" in operation.drains and station_id not in zoned:
                raise InconsistencyError(
                    ("stations", station_id, "operations", name, "drains", "fuel"),
                    "is drained outside any zone; add one to zones for this station "
                    "(docs/safety.md)",
                )
    for zone_id, zone in scenario.zones.items():
        _check_zone(scenario, zone, ("zones", zone_id))


def _check_zone(scenario: Scenario, zone: Zone, at: Path) -> None:
    """Refuse what may ignite an explosive atmosphere, in a zone or at its station."""
    drains = scenario.stations[zone.station]
    fuelled = any("fuel" in each.drains for each in drains.operations.values())
    for station_id in _stations_within(scenario, zone):
        station = scenario.stations[station_id]
        # One car at a time: there the order of its operations keeps them apart.
        if station_id == zone.station and (station.servers == 1 or not fuelled):
            continue
        for name, operation in station.operations.items():
            if operation.ignites or _may_burn(scenario, station, operation):
                raise InconsistencyError(
                    ("stations", station_id, "operations", name),
                    f"makes sparks in zone {at[-1]!r}, where fuel may be in the air; "
                    "do it elsewhere (docs/safety.md)",
                )
    centre = drains.place
    for name, equipment in scenario.equipment.items():
        if centre is None or not isinstance(equipment, Robot) or name in zone.rated:
            continue
        away_m = math.dist(centre.as_tuple()[:2], equipment.place.as_tuple()[:2])
        if away_m <= zone.radius:
            raise InconsistencyError(
                (*at, "radius"),
                f"{name!r} stands {away_m:.2f} m from the middle of it and is not "
                "rated for a zone; move it, or name it in rated if it is",
            )


def _stations_within(scenario: Scenario, zone: Zone) -> Iterable[str]:
    centre = scenario.stations[zone.station].place
    for station_id, station in scenario.stations.items():
        if station_id == zone.station:
            yield station_id
        elif centre is not None and station.place is not None:
            ends = (centre.as_tuple()[:2], station.place.as_tuple()[:2])
            if math.dist(*ends) <= zone.radius:
                yield station_id


def _may_burn(scenario: Scenario, station: Station, operation: Operation) -> bool:
    known = _parts_of(scenario, station)
    return any(
        part.seized is not None and part.seized.ignites
        for name in operation.removes
        for part in known[name]
    )
