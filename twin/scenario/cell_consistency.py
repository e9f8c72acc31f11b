"""Whether physics finds all it needs for the operations that devices do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import get_args

from twin.scenario.equipment import (
    HOME,
    AccumulationConveyor,
    Container,
    Conveyor,
    DrainRig,
    LevelLift,
    Lift,
    LiftTable,
    LightBarrier,
    Manipulator,
    MeasuringCamera,
    ModuleBays,
    Placed,
    Rack,
    Robot,
    SideClamp,
    Tilter,
    Worker,
)
from twin.scenario.fields import Model
from twin.scenario.findings import InconsistencyError, Path, check_known, names
from twin.scenario.laws import Constant
from twin.scenario.loose import OF_PACKS, handled
from twin.scenario.model import Scenario
from twin.scenario.parts import part_tree
from twin.scenario.products import Product
from twin.scenario.programme import Cut, Pick, Programme, PutDown
from twin.scenario.station import DeviceOperation, RunProgramme, Station, Work
from twin.scenario.tasks import Task

# Scenes give cars these ids.
_CAR_ID = re.compile(r"car_\d+")

_BY_KIND: Mapping[str, tuple[type[Placed], ...]] = MappingProxyType(
    {
        "convey_in": (Conveyor,),
        "convey_out": (Conveyor, Tilter),
        "convey_pack": (Conveyor,),
        "work": (Worker,),
        "swing_in": (Lift,),
        "swing_out": (Lift,),
        "raise_car": (Lift, LevelLift),
        "lower_car": (Lift, LevelLift),
        "drain": (DrainRig,),
        "drive_in": (Tilter,),
        "clamp": (Tilter, SideClamp),
        "unclamp": (SideClamp,),
        "drive_out": (Tilter,),
        "tilt": (Tilter,),
        "tilt_back": (Tilter,),
        "table_up": (LiftTable,),
        "table_down": (LiftTable,),
        "check_free": (LiftTable,),
        "measure": (MeasuringCamera,),
        "unscrew": (Robot,),
        "programme": (Manipulator,),
    }
)

_OF_PRODUCTS = ("asset", "mass", "fastener")
_OF_SOURCES = ("place", "first_at", "lateral_error", "yaw_error", "stop_error")


def check_cell(scenario: Scenario) -> None:
    """Check what physics uses: devices, vehicles, where they enter, the line.

    Raises:
        InconsistencyError: At the first place that disagrees with another.
    """
    for station_id, station in scenario.stations.items():
        at = ("stations", station_id)
        for operation_id, operation in station.operations.items():
            here = (*at, "operations", operation_id)
            if not isinstance(operation, Task):
                _check_operation(scenario, operation, here)
                _check_handled(scenario, station, operation, here)
            elif scenario.engine == "physics":
                raise InconsistencyError(
                    (*here, "do"),
                    "physics does no task; name what a device does, or set "
                    "engine: flow",
                )
        _check_turns(station, at)
        if scenario.engine == "physics" and not station.operations:
            raise InconsistencyError(
                at, "key 'operations' is missing; physics needs it"
            )
        if scenario.engine == "physics" or any(
            not isinstance(operation, Task) for operation in station.operations.values()
        ):
            _check_given(station, ("product",), at)
    _check_vehicles(scenario)
    for product_id, product in scenario.products.items():
        if product.pack_mass is None or product.mass is None:
            continue
        if product.pack_mass >= product.mass:
            raise InconsistencyError(
                ("products", product_id, "pack_mass"),
                f"{product.pack_mass:g} kg is not less than the whole's "
                f"{product.mass:g} kg; mend either",
            )
    _check_line(scenario)
    _check_equipment_values(scenario)


def _check_given(part: Model, fields: Iterable[str], at: Path) -> None:
    for name in fields:
        if getattr(part, name) is None:
            raise InconsistencyError(at, f"key {name!r} is missing; physics needs it")


def _check_vehicles(scenario: Scenario) -> None:
    """Check that what devices work on, and where it enters, is all there."""
    vehicles = {
        station.product
        for station in scenario.stations.values()
        if any(not isinstance(each, Task) for each in station.operations.values())
    }
    with_packs = {
        station.product
        for station in scenario.stations.values()
        if any(each.do in OF_PACKS for each in station.operations.values())
    }
    for source_id, source in scenario.sources.items():
        at = ("sources", source_id)
        if scenario.engine == "physics":
            _check_given(source, ("product",), at)
        if source.product is None or source.product not in vehicles:
            if scenario.engine == "physics" and scenario.stations:
                raise InconsistencyError(
                    (*at, "product"),
                    f"no station takes {source.product!r}; stations take: "
                    f"{names(name for name in vehicles if name)}",
                )
            continue
        _check_given(source, _OF_SOURCES, at)
        if not isinstance(source.first_at, Constant):
            raise InconsistencyError(
                (*at, "first_at"), "is a law; physics needs one time, such as '5 s'"
            )
    for product_id, product in scenario.products.items():
        if product_id in vehicles:
            _check_given(product, _OF_PRODUCTS, ("products", product_id))
        if product_id in with_packs:
            _check_given(product, ("pack_mass",), ("products", product_id))
        elif product.asset is not None:
            _check_given(product, ("mass",), ("products", product_id))
        if product_id in vehicles:
            _check_holders(product, product_id)


def _check_holders(product: Product, product_id: str) -> None:
    """Check that fluids are in something that has a place in the asset."""
    for entry in part_tree(product.parts).values():
        if entry.part.fluids and entry.part.node is None:
            raise InconsistencyError(
                ("products", product_id, *entry.path),
                "holds fluids and has no node; name its node in the asset",
            )
        seized = entry.part.seized
        if seized is not None and not isinstance(seized.time, Constant):
            raise InconsistencyError(
                ("products", product_id, *entry.path, "seized", "time"),
                "is a law; physics needs one time, such as '5 s'",
            )


def _check_equipment_values(scenario: Scenario) -> None:
    nodes = scenario.nodes()
    for name, equipment in scenario.equipment.items():
        if _CAR_ID.fullmatch(name) or name in nodes:
            raise InconsistencyError(
                ("equipment", name),
                f"{name!r} names a car or a station too; choose another name",
            )
        if isinstance(equipment, ModuleBays):
            at = ("equipment", name, "takes_from")
            _check_equipment(scenario, at, equipment.takes_from, AccumulationConveyor)
        if (
            isinstance(equipment, LiftTable)
            and not equipment.touch_force < equipment.press_force
        ):
            raise InconsistencyError(
                ("equipment", name, "press_force"),
                f"{equipment.press_force:g} N never reaches the touch_force of "
                f"{equipment.touch_force:g} N; press harder",
            )


def _check_line(scenario: Scenario) -> None:
    line = scenario.line
    if line is None:
        if scenario.stations and scenario.engine == "physics":
            raise InconsistencyError(
                ("line",), "missing; give the entry, exit and clear_of lines"
            )
        return
    if line.exit is None or line.clear_of is None:
        return  # whoever carries a car out there has been asked for them
    if not line.entry.x < line.exit.x:
        raise InconsistencyError(
            ("line", "exit"),
            f"at {line.exit.x:g} m is not beyond the entry at {line.entry.x:g} m; "
            "cars travel along +x",
        )
    if not line.exit.x <= line.clear_of.x:
        raise InconsistencyError(
            ("line", "clear_of"),
            f"at {line.clear_of.x:g} m is before the exit at {line.exit.x:g} m; "
            "move it there or beyond",
        )


def _check_operation(
    scenario: Scenario, operation: DeviceOperation, here: Path
) -> None:
    if operation.do == "unscrew":
        for index, fastener in enumerate(operation.order):
            if fastener in operation.order[:index]:
                raise InconsistencyError(
                    (*here, "order", index),
                    f"{fastener!r} stands there before; name each fastener once",
                )
    wanted = _BY_KIND[operation.do]
    _check_equipment(scenario, (*here, "by"), operation.by, *wanted)
    if operation.do == "convey_in":
        _check_equipment(scenario, (*here, "barrier"), operation.barrier, LightBarrier)
    elif operation.do == "convey_pack":
        _check_equipment(scenario, (*here, "rack"), operation.rack, Rack)
    elif operation.do == "convey_out":
        _check_exit(scenario, operation.by)
    elif operation.do == "drain":
        _check_rates(operation, here)
    elif operation.do == "work":
        if operation.into is not None:
            _check_equipment(scenario, (*here, "into"), operation.into, Container)
        worker = scenario.equipment[operation.by]
        assert isinstance(worker, Worker)  # _check_equipment has just seen to it
        for index, step in enumerate(operation.steps):
            if step.at not in {HOME, *worker.places}:
                raise InconsistencyError(
                    (*here, "steps", index, "at"),
                    f"{operation.by!r} has no place {step.at!r}; "
                    f"known: {names({HOME, *worker.places})}",
                )
        _check_let_out(operation, here)
        if operation.into is not None:
            _check_equipment(scenario, (*here, "into"), operation.into, Container)


def _check_let_out(operation: Work, here: Path) -> None:
    """Check that each fluid of a person's work runs in one of its steps, and how."""
    opened: set[str] = set()
    for index, step in enumerate(operation.steps):
        for fluid in step.drains:
            path = (*here, "steps", index, "drains")
            check_known(path, fluid, operation.drains, "fluid in drains")
            opened.add(fluid)
    for fluid, drain in operation.drains.items():
        path = (*here, "drains", fluid)
        if fluid not in opened:
            raise InconsistencyError(
                path, "runs in no step; name it in the drains of one"
            )
        if drain.rate_kgps(fluid) is None:
            raise InconsistencyError(
                path, "says not how fast it runs; physics needs rate or flow"
            )


def _check_exit(scenario: Scenario, by: str) -> None:
    """Check that cars which leave on a conveyor have lines to cross."""
    line = scenario.line
    if line is None or not isinstance(scenario.equipment[by], Conveyor):
        return
    for name in ("exit", "clear_of"):
        if getattr(line, name) is None:
            raise InconsistencyError(
                ("line",),
                f"key {name!r} is missing; cars that leave on {by!r} cross it",
            )


def _check_rates(operation: DeviceOperation, here: Path) -> None:
    """Check that draining says what runs, and how fast."""
    if not operation.drains:
        raise InconsistencyError(here, "drains nothing; name fluids in drains")
    for fluid, drain in operation.drains.items():
        if drain.rate_kgps(fluid) is None:
            raise InconsistencyError(
                (*here, "drains", fluid), "says not how fast it runs; give rate or flow"
            )


def _check_handled(
    scenario: Scenario, station: Station, operation: DeviceOperation, here: Path
) -> None:
    """Check that what is taken off has a body, and that a programme says where to."""
    product = scenario.products.get(station.product or "")
    parts = part_tree({} if product is None else product.parts)
    if operation.do == "work":
        for index, part in enumerate(operation.unfastens):
            check_known((*here, "unfastens", index), part, parts, "part")
    for part in handled(operation):
        if part in parts and parts[part].part.node is None:
            raise InconsistencyError(
                (*here, "removes" if part in operation.removes else "unfastens"),
                f"{part!r} has no node; name its node in the asset",
            )
    if not isinstance(operation, RunProgramme):
        return
    known = scenario.programmes
    check_known((*here, "programme"), operation.programme, known, "programme")
    programme = known[operation.programme]
    if programme.robot != operation.by:
        raise InconsistencyError(
            (*here, "by"),
            f"programme {operation.programme!r} is for {programme.robot!r}; let it do "
            "it, or name another programme",
        )
    _check_carried(scenario, operation, programme, station.product or "")


def _check_carried(
    scenario: Scenario, operation: RunProgramme, programme: Programme, product: str
) -> None:
    """Check that a programme takes off what its operation removes, and where to."""
    tree = part_tree(scenario.products[product].parts)
    nodes = {tree[part].part.node: part for part in operation.removes}
    at: Path = ("programmes", operation.programme, "tasks")
    for index, task in enumerate(programme.tasks):
        if isinstance(task, Pick):
            if task.part not in nodes:
                raise InconsistencyError(
                    (*at, index, "part"),
                    f"takes {task.part!r}, which operation removes none of; known: "
                    f"{names(node for node in nodes if node)}",
                )
            del nodes[task.part]
        elif isinstance(task, PutDown):
            of = task.target.of
            place = None if of is None else scenario.equipment.get(of)
            if not isinstance(place, Container | AccumulationConveyor):
                raise InconsistencyError(
                    (*at, index, "target"),
                    "is in no container and on no accumulation_conveyor; name one with "
                    "'of' and a node or port of it",
                )
        elif isinstance(task, Cut):
            raise InconsistencyError(
                (*at, index, "joint"),
                f"no product says what cuts joint {task.joint!r}, so the cut would "
                "fail in the run; take the task out",
            )
    if nodes:
        raise InconsistencyError(
            at,
            f"never picks {names(node for node in nodes if node)}, which the operation "
            "that runs it removes; add a pick",
        )


def _check_equipment(
    scenario: Scenario, path: Path, name: str, *wanted: type[Placed]
) -> None:
    check_known(path, name, scenario.equipment, "equipment")
    found = scenario.equipment[name]
    if not isinstance(found, wanted):
        raise InconsistencyError(
            path,
            f"{name!r} is a {found.kind}; name a "
            f"{' or '.join(_kind(each) for each in wanted)}",
        )


def _check_turns(station: Station, at: Path) -> None:
    """Refuse two operations that one device could be told to do at once."""
    before: dict[str, set[str]] = {}

    def all_before(name: str) -> set[str]:
        if name not in before:
            after = station.operations[name].after
            before[name] = set(after).union(*(all_before(other) for other in after))
        return before[name]

    earlier: dict[str, DeviceOperation] = {}
    for name, operation in station.operations.items():
        if isinstance(operation, Task):
            continue
        for other, before_it in earlier.items():
            if before_it.by != operation.by:
                continue
            if other not in all_before(name) and name not in all_before(other):
                raise InconsistencyError(
                    (*at, "operations", name, "by"),
                    f"{operation.by!r} could be told {other} and {name} at once; "
                    "let one come after the other",
                )
        earlier[name] = operation


def _kind(equipment: type[Placed]) -> str:
    """Return what a scenario writes under ``kind`` for a class of equipment."""
    kind: str = get_args(equipment.model_fields["kind"].annotation)[0]
    return kind
