"""A scenario's equipment as bodies and devices of one world."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from twin.errors import PhysicsError
from twin.layout.assets import Asset
from twin.layout.manipulators import PLAIN_RADIUS_M
from twin.layout.plan import Layout, Placed, asset_from_nodes
from twin.physics.arm import ArmDrive
from twin.physics.bays import BaysDrive
from twin.physics.car import shapes_of, shapes_of_asset
from twin.physics.conveyors.accumulation import AccumulationConveyor as Zones
from twin.physics.conveyors.belt import Belt
from twin.physics.conveyors.build import build_conveyor
from twin.physics.device import Device, Jointed, WayOut
from twin.physics.drain_rig import RigDrive
from twin.physics.level_lift import LevelLiftDrive
from twin.physics.lift import LiftDrive
from twin.physics.manipulator import ManipulatorDrive
from twin.physics.module_line import ModuleLine
from twin.physics.pack_line import PackLine
from twin.physics.people import CameraMeasure, PersonWork
from twin.physics.side_clamp import SideClampDrive
from twin.physics.strands import Beam, Strands
from twin.physics.table import TableDrive
from twin.physics.tilter import TilterDrive
from twin.physics.tools.tool import LIP_M
from twin.physics.world import Body, Link, Shape, World
from twin.rng import stream
from twin.scenario import Scenario
from twin.scenario.equipment import (
    AccumulationConveyor,
    Container,
    Conveyor,
    DrainRig,
    Fixture,
    LevelLift,
    Lift,
    LiftTable,
    LightBarrier,
    Manipulator,
    MeasuringCamera,
    ModuleBays,
    Rack,
    Robot,
    SideClamp,
    Tilter,
    Worker,
)
from twin.scenario.loose import OF_PACKS
from twin.scenario.station import ConveyIn, ConveyOut, ConveyPack, Station
from twin.transforms import transform_points

CAR_SLOTS = 2
"""Places for cars, packs and fasteners in a scene: one at work, and one whose pack
still waits in the rack. A third cannot come in before that pack is collected."""

_DIRECTIONS = {
    "+x": (1.0, 0.0, 0.0),
    "-x": (-1.0, 0.0, 0.0),
    "+y": (0.0, 1.0, 0.0),
    "-y": (0.0, -1.0, 0.0),
}


@dataclass(slots=True)
class Devices:
    """The devices of a cell, by id and by what the cell needs them for.

    Attributes:
        by_id: All that carry out operations.
        belts: Conveyors by id.
        strands: What carries cars in and out.
        people: Workers by id.
        manipulators: Robots that run programmes, by id.
        jointed: Level lifts, tilters and clamps by id.
        rigs: What drains cars, by id.
        lines: Accumulating conveyors that robots put parts on, by id.
        bays: Where those parts are tested, by id.
        ids: Ids of strands, lift, table, arm, pack line and rack, if they are there.
        grounds: Bodies that stand on the floor, and the floor.
        mark: Where a car's origin should stop, world frame.
        lift: Where there is one; a cell that takes packs out has all four.
        table: The same.
        arm: The same: the robot that does nothing but unscrew packs.
        pack_line: The same.
    """

    by_id: dict[str, Device] = field(default_factory=dict)
    belts: dict[str, Belt] = field(default_factory=dict)
    people: dict[str, PersonWork] = field(default_factory=dict)
    manipulators: dict[str, ManipulatorDrive] = field(default_factory=dict)
    jointed: dict[str, Jointed] = field(default_factory=dict)
    rigs: dict[str, RigDrive] = field(default_factory=dict)
    lines: dict[str, ModuleLine] = field(default_factory=dict)
    bays: dict[str, BaysDrive] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    grounds: list[Body] = field(default_factory=list)
    mark: tuple[float, float, float] = (0.0, 0.0, 0.0)
    lift: LiftDrive | None = None
    table: TableDrive | None = None
    arm: ArmDrive | None = None
    pack_line: PackLine | None = None
    _strands: Strands | None = None
    _way_out: WayOut | None = None

    @property
    def way_out(self) -> WayOut:
        """What carries cars out."""
        assert self._way_out is not None  # build_devices has seen to it
        return self._way_out

    @property
    def strands(self) -> Strands:
        """What carries cars in."""
        assert self._strands is not None  # build_devices has seen to it
        return self._strands

    def movers(self) -> list[Body]:
        """Return the bodies of what moves on joints."""
        placed = (
            *(self.lift, self.table, self.arm),
            *self.manipulators.values(),
            *self.jointed.values(),
        )
        return [device.body for device in placed if device is not None]


def build_devices(
    world: World,
    scenario: Scenario,
    layout: Layout,
    station: Station,
    seed: int,
    like: Mapping[str, ManipulatorDrive] | None = None,
) -> Devices:
    """Build every piece of equipment into a world.

    Args:
        world: Where it is built.
        scenario: What there is.
        layout: Where it stands.
        station: What it does.
        seed: Of noise.
        like: The same robots in another world, whose drives are settled already.

    Raises:
        PhysicsError: If an operation lacks what it needs.
    """
    _check_needs(scenario, station)
    made = Devices(grounds=[world.add_floor()])
    for name, equipment in scenario.equipment.items():
        _BUILD[type(equipment)](
            _Site(world, station, seed, made, name, like or {}),
            equipment,
            layout.placed[name],
        )
    for ground in made.grounds:
        # What is bolted to the floor, or comes out of it, does not bump into it.
        for device in (made.lift, made.table, *made.jointed.values()):
            if device is not None:
                world.ignore(device.body, ground)
        for arm in (made.arm, *made.manipulators.values()):
            if arm is not None:
                world.ignore_base(arm.body, ground)
    for operation in station.operations.values():
        if isinstance(operation, ConveyIn):
            _build_strands(world, scenario, layout, made, operation)
        elif isinstance(operation, ConveyPack):
            rack = scenario.equipment[operation.rack]
            assert isinstance(rack, Rack)  # names are checked on reading
            made.pack_line = made.by_id[operation.by] = PackLine(
                made.belts[operation.by], rack, world.dt_s, operation.by
            )
            made.ids["pack_line"], made.ids["rack"] = operation.by, operation.rack
    for operation in station.operations.values():
        if isinstance(operation, ConveyOut):
            carrier = made.by_id[operation.by]
            assert isinstance(carrier, Strands | TilterDrive)  # checked on reading
            made._way_out = carrier
    return made


@dataclass(frozen=True, slots=True)
class _Site:
    """Where a piece of equipment is built, and for whom."""

    world: World
    station: Station
    seed: int
    made: Devices
    name: str
    like: Mapping[str, ManipulatorDrive]


def _build_conveyor(site: _Site, equipment: Conveyor, placed: Placed) -> None:
    site.made.belts[site.name] = _belt(site.world, equipment, placed)


def _build_lift(site: _Site, equipment: Lift, placed: Placed) -> None:
    lift = LiftDrive(site.world, equipment, placed)
    site.made.lift = site.made.by_id[site.name] = lift
    site.made.ids["lift"] = site.name


def _build_level_lift(site: _Site, equipment: LevelLift, placed: Placed) -> None:
    lift = LevelLiftDrive(site.world, equipment, placed)
    site.made.jointed[site.name] = site.made.by_id[site.name] = lift


def _build_tilter(site: _Site, equipment: Tilter, placed: Placed) -> None:
    tilter = TilterDrive(site.world, equipment, placed)
    site.made.jointed[site.name] = site.made.by_id[site.name] = tilter


def _build_clamp(site: _Site, equipment: SideClamp, placed: Placed) -> None:
    clamp = SideClampDrive(site.world, equipment, placed)
    site.made.jointed[site.name] = site.made.by_id[site.name] = clamp


def _build_rig(site: _Site, equipment: DrainRig, placed: Placed) -> None:
    rig = RigDrive(site.name, site.station.device_operations())
    site.made.rigs[site.name] = site.made.by_id[site.name] = rig
    _build_fixture(site, equipment, placed)


def _build_line(site: _Site, equipment: AccumulationConveyor, placed: Placed) -> None:
    zones = build_conveyor(site.world, site.name, equipment, placed.world_from_asset)
    assert isinstance(zones, Zones)  # of this kind
    line = ModuleLine(zones, site.world.dt_s)
    site.made.lines[site.name] = site.made.by_id[site.name] = line


def _build_bays(site: _Site, equipment: ModuleBays, placed: Placed) -> None:
    bays = BaysDrive(site.name, equipment, placed, site.world.dt_s)
    site.made.bays[site.name] = site.made.by_id[site.name] = bays
    _build_fixture(site, equipment, placed)


def _build_table(site: _Site, equipment: LiftTable, placed: Placed) -> None:
    table = TableDrive(site.world, equipment, placed)
    site.made.table = site.made.by_id[site.name] = table
    site.made.ids["table"] = site.name


def _build_robot(site: _Site, equipment: Robot, placed: Placed) -> None:
    arm = ArmDrive(site.world, equipment, placed)
    site.made.arm = site.made.by_id[site.name] = arm
    site.made.ids["arm"] = site.name


def _build_manipulator(site: _Site, equipment: Manipulator, placed: Placed) -> None:
    assert placed.robot is not None  # the layout has loaded it
    site.made.manipulators[site.name] = ManipulatorDrive(
        site.world,
        site.name,
        equipment,
        placed.robot,
        placed.world_from_asset,
        {
            tool: _tool_shapes(asset, float(equipment.tools[tool].length))
            for tool, asset in placed.tools.items()
        },
        like=site.like.get(site.name),
    )


def _tool_shapes(asset: Asset, length_m: float) -> tuple[Shape, ...]:
    """Return what of a tool touches: all but what gives way at its tip.

    A cylinder in its axis stands for that, and ends short of the tip.
    """
    end_m = length_m - LIP_M
    return (
        # First, since a tool measures gaps from its first shape.
        Shape("cylinder", (PLAIN_RADIUS_M, end_m, 0.0), (0.0, 0.0, end_m / 2)),
        *(shape for shape in shapes_of_asset(asset) if _top_m(shape) <= end_m),
    )


def _top_m(shape: Shape) -> float:
    """Return no less than how far out of the flange a shape reaches."""
    return shape.position_m[2] + abs(
        max(shape.size_m) if shape.kind == "cylinder" else shape.size_m[2] / 2
    )


def _build_worker(site: _Site, equipment: Worker, placed: Placed) -> None:
    del placed  # a person has no body
    made = site.made
    made.by_id[site.name] = made.people[site.name] = PersonWork(
        equipment, site.world.dt_s, site.station.operations
    )


def _build_camera(site: _Site, equipment: MeasuringCamera, placed: Placed) -> None:
    rng = stream(site.seed, f"{site.name}/noise")
    site.made.by_id[site.name] = CameraMeasure(
        equipment, site.world.dt_s, rng, site.name
    )
    _fix_in_place(site.world, placed)


def _build_fixture(site: _Site, equipment: object, placed: Placed) -> None:
    del equipment  # it only stands there
    body = _fix_in_place(site.world, placed)
    if body is not None:
        site.made.grounds.append(body)


def _build_container(site: _Site, equipment: Container, placed: Placed) -> None:
    """Add a container shape by shape: loose parts lie in it.

    A compound of shapes would spoil exact save and restore of what touches it.
    """
    del equipment
    shapes = shapes_of_asset(placed.asset)
    links = [Link("container", 0.0, shapes)]
    body = site.world.add(placed.id, links, placed.world_from_asset, fixed=True)
    site.made.grounds.append(body)


_BUILD: Mapping[type, Callable[[_Site, Any, Placed], None]] = MappingProxyType(
    {
        Conveyor: _build_conveyor,
        AccumulationConveyor: _build_line,
        ModuleBays: _build_bays,
        Lift: _build_lift,
        LevelLift: _build_level_lift,
        Tilter: _build_tilter,
        SideClamp: _build_clamp,
        DrainRig: _build_rig,
        LiftTable: _build_table,
        Robot: _build_robot,
        Manipulator: _build_manipulator,
        Worker: _build_worker,
        MeasuringCamera: _build_camera,
        Fixture: _build_fixture,
        Rack: _build_fixture,
        Container: _build_container,
        LightBarrier: _build_fixture,
    }
)
"""Who builds what; a kind that is not here runs in no cell yet."""


def _build_strands(
    world: World,
    scenario: Scenario,
    layout: Layout,
    made: Devices,
    operation: ConveyIn,
) -> None:
    conveyor = scenario.equipment[operation.by]
    barrier = scenario.equipment[operation.barrier]
    assert isinstance(conveyor, Conveyor)  # names are checked on reading
    assert isinstance(barrier, LightBarrier)
    assert scenario.line is not None  # the cell has seen to it
    _check_along_x(operation.by, made.belts[operation.by])
    strands = Strands(
        world,
        made.belts[operation.by],
        conveyor,
        _beam(barrier, layout.placed[operation.barrier]),
        scenario.line,
        (operation.by, operation.barrier),
    )
    made._strands = made.by_id[operation.by] = strands
    made.ids["strands"] = operation.by
    made.mark = operation.mark.as_tuple()


def takes_packs_out(station: Station) -> bool:
    """Return whether anything is done to battery packs."""
    return any(each.do in OF_PACKS for each in station.operations.values())


def _check_needs(scenario: Scenario, station: Station) -> None:
    """Check that each operation finds what it needs, and no device stands twice."""
    unknown = [n for n, each in scenario.equipment.items() if type(each) not in _BUILD]
    if unknown:
        kind = scenario.equipment[unknown[0]].kind
        raise PhysicsError(
            f"equipment.{unknown[0]}: kind {kind} runs in no cell; "
            "take it out, or use a conveyor"
        )
    packs = takes_packs_out(station)
    for kind in ("lift", "lift_table", "robot"):
        names = [n for n, each in scenario.equipment.items() if each.kind == kind]
        if len(names) > 1 or (packs and not names):
            least = "one to take packs out" if packs else "one at most"
            raise PhysicsError(
                f"{scenario.name}.equipment: {len(names)} of kind {kind} "
                f"({', '.join(names) or 'none'}); a physics cell has {least}"
            )
    once = ("convey_in", "convey_out", *(("convey_pack", "unscrew") if packs else ()))
    for do in once:
        names = [n for n, each in station.operations.items() if each.do == do]
        if len(names) != 1:
            raise PhysicsError(
                f"{scenario.name}.stations: {len(names)} operations {do} "
                f"({', '.join(names) or 'none'}); a physics cell has one"
            )
    ways = {
        each.by
        for each in station.operations.values()
        if each.do in ("convey_in", "convey_out")
        and isinstance(scenario.equipment[each.by], Conveyor)
    }
    if len(ways) != 1:
        raise PhysicsError(
            f"{scenario.name}.stations: cars come in and leave by {sorted(ways)}; "
            "name one conveyor for both"
        )


def _check_along_x(name: str, belt: Belt) -> None:
    if belt.direction[0] < 1.0 - 1e-6:
        raise PhysicsError(
            f"equipment.{name}.direction: cars run along the world's +x in a physics "
            "cell; turn the conveyor"
        )


def _beam(barrier: LightBarrier, placed: Placed) -> Beam:
    ends = transform_points(
        placed.world_from_asset, [barrier.start.as_tuple(), barrier.end.as_tuple()]
    )
    return ends[0].tolist(), ends[1].tolist()


def _belt(world: World, conveyor: Conveyor, placed: Placed) -> Belt:
    """Return the belts of a conveyor; the rest of it only stands there."""
    poses = asset_from_nodes(placed.asset)
    bodies = []
    for name in conveyor.belts:
        node = next((n for n in placed.asset.nodes if n.name == name), None)
        shapes = shapes_of(node, poses[name]) if node is not None else ()
        if len(shapes) != 1:
            raise PhysicsError(
                f"equipment.{placed.id}.belts: {name!r} has {len(shapes)} collision "
                f"shapes in asset {placed.asset.name!r}; a belt has one"
            )
        link = Link("belt", 0.0, shapes, friction=float(conveyor.friction))
        bodies.append(
            world.add(
                f"{placed.id}/{name}", [link], placed.world_from_asset, fixed=True
            )
        )
    _fix_in_place(world, placed, but=frozenset(conveyor.belts))
    direction = placed.world_from_asset[:3, :3] @ np.array(
        _DIRECTIONS[conveyor.direction]
    )
    return Belt(
        world, bodies, direction, float(conveyor.speed), float(conveyor.acceleration)
    )


def _fix_in_place(
    world: World, placed: Placed, but: frozenset[str] = frozenset()
) -> Body | None:
    """Add what only stands there, as one body that nothing moves, if it has any."""
    shapes = shapes_of_asset(placed.asset, but)
    if not shapes:
        return None
    return world.add_fixture(placed.id, shapes, placed.world_from_asset)
