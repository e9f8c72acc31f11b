"""A scenario's equipment as bodies and devices of one world."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.errors import PhysicsError
from twin.layout.plan import Layout, Placed, asset_from_nodes
from twin.physics.arm import ArmDrive
from twin.physics.car import shapes_of, shapes_of_asset
from twin.physics.conveyors.belt import Belt
from twin.physics.device import Device
from twin.physics.lift import LiftDrive
from twin.physics.pack_line import PackLine
from twin.physics.people import CameraMeasure, PersonWork
from twin.physics.strands import Beam, Strands
from twin.physics.table import TableDrive
from twin.physics.world import Body, Link, World
from twin.rng import stream
from twin.scenario import Scenario
from twin.scenario.equipment import (
    Conveyor,
    Fixture,
    Lift,
    LiftTable,
    LightBarrier,
    MeasuringCamera,
    Rack,
    Robot,
    Worker,
)
from twin.scenario.station import ConveyIn, ConveyPack, Station
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


@dataclass(frozen=True, slots=True)
class Devices:
    """The devices of a cell, by id and by what the cell needs them for."""

    by_id: dict[str, Device]
    belts: dict[str, Belt]
    strands: Strands
    lift: LiftDrive
    table: TableDrive
    arm: ArmDrive
    pack_line: PackLine
    people: dict[str, PersonWork]
    ids: dict[str, str]
    mark: tuple[float, float, float]

    @property
    def arm_id(self) -> str:
        """Id of the robot."""
        return self.ids["arm"]

    @property
    def rack_id(self) -> str:
        """Id of the rack."""
        return self.ids["rack"]


def build_devices(
    world: World,
    scenario: Scenario,
    layout: Layout,
    station: Station,
    seed: int,
) -> Devices:
    """Build every piece of equipment into a world.

    Raises:
        PhysicsError: If the station lacks a device that a cell needs.
    """
    _check_one_of_each(scenario, station)
    grounds = [world.add_floor()]
    by_id: dict[str, Device] = {}
    belts: dict[str, Belt] = {}
    people: dict[str, PersonWork] = {}
    ids: dict[str, str] = {}
    lift: LiftDrive | None = None
    table: TableDrive | None = None
    arm: ArmDrive | None = None
    for name, equipment in scenario.equipment.items():
        placed = layout.placed[name]
        if isinstance(equipment, Conveyor):
            belts[name] = _belt(world, equipment, placed)
        elif isinstance(equipment, Lift):
            lift = by_id[name] = LiftDrive(world, equipment, placed)
            ids["lift"] = name
        elif isinstance(equipment, LiftTable):
            table = by_id[name] = TableDrive(world, equipment, placed)
            ids["table"] = name
        elif isinstance(equipment, Robot):
            arm = by_id[name] = ArmDrive(world, equipment, placed)
            ids["arm"] = name
        elif isinstance(equipment, Worker):
            by_id[name] = people[name] = PersonWork(
                equipment, world.dt_s, station.operations
            )
        elif isinstance(equipment, MeasuringCamera):
            rng = stream(seed, f"{name}/noise")
            by_id[name] = CameraMeasure(equipment, world.dt_s, rng, name)
            _fix_in_place(world, placed)
        elif isinstance(equipment, Fixture | Rack | LightBarrier):
            made = _fix_in_place(world, placed)
            if made is not None:
                grounds.append(made)
    assert lift is not None  # one of each: _check_one_of_each has seen to it
    assert table is not None
    assert arm is not None
    # What is bolted to the floor, or comes out of it, does not bump into it.
    for ground in grounds:
        world.ignore(lift.body, ground)
        world.ignore(table.body, ground)
        world.ignore_base(arm.body, ground)
    strands, pack_line, mark = None, None, (0.0, 0.0, 0.0)
    for operation in station.operations.values():
        if isinstance(operation, ConveyIn):
            conveyor = scenario.equipment[operation.by]
            barrier = scenario.equipment[operation.barrier]
            assert isinstance(conveyor, Conveyor)  # names are checked on reading
            assert isinstance(barrier, LightBarrier)
            assert scenario.line is not None  # the cell has seen to it
            _check_along_x(operation.by, belts[operation.by])
            beam = _beam(barrier, layout.placed[operation.barrier])
            strands = by_id[operation.by] = Strands(
                world,
                belts[operation.by],
                conveyor,
                beam,
                scenario.line,
                (operation.by, operation.barrier),
            )
            ids["strands"] = operation.by
            mark = operation.mark.as_tuple()
        elif isinstance(operation, ConveyPack):
            rack = scenario.equipment[operation.rack]
            assert isinstance(rack, Rack)
            pack_line = by_id[operation.by] = PackLine(
                belts[operation.by], rack, world.dt_s, operation.by
            )
            ids["pack_line"], ids["rack"] = operation.by, operation.rack
    assert strands is not None
    assert pack_line is not None
    return Devices(
        by_id, belts, strands, lift, table, arm, pack_line, people, ids, mark
    )


def _check_one_of_each(scenario: Scenario, station: Station) -> None:
    """Check that a cell has what this version can run: one of each, no more."""
    for kind in ("lift", "lift_table", "robot"):
        names = [n for n, each in scenario.equipment.items() if each.kind == kind]
        if len(names) != 1:
            raise PhysicsError(
                f"{scenario.name}.equipment: {len(names)} of kind {kind} "
                f"({', '.join(names) or 'none'}); a physics cell has one"
            )
    for do in ("convey_in", "convey_pack", "convey_out", "unscrew"):
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
