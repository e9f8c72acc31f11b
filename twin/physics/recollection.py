"""A cell's memory taken and given back: who knows what, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from twin.errors import PhysicsError
from twin.physics.car import Car, name_bodies
from twin.physics.cycle import Cycle
from twin.physics.memory import HeldState, matrix_rows, recall_world, world_memory
from twin.physics.programme_work import ProgrammeMemory
from twin.physics.snapshot import (
    FORMAT,
    CarMemory,
    CellMemory,
    CycleMemory,
    Ledger,
    decode_device,
)
from twin.physics.station_memory import (
    StationMemory,
    station_memory,
    station_state,
)
from twin.scenario.safety import Subject, subject_of
from twin.stations.station_state import NO_PARTS

if TYPE_CHECKING:
    from twin.physics.cell import Cell


def remember(cell: Cell) -> CellMemory:
    """Return all that decides how a cell goes on.

    Raises:
        PhysicsError: If a device cannot be put back.
    """
    # Asked first: what cannot be put back is said before anything is read.
    devices = cell.remembering()
    return CellMemory(
        format=FORMAT,
        scenario_sha256=cell.scenario_sha256,
        tick=cell.tick,
        world=world_memory(cell.world),
        station=station_memory(cell.state),
        cars=tuple(_car_memory(car) for car in cell.cars.values()),
        devices={
            name: msgspec.Raw(msgspec.msgpack.encode(device.memory()))
            for name, device in devices.items()
        },
        belts={name: belt.memory() for name, belt in cell.devices.belts.items()},
        containers={name: hold.memory() for name, hold in cell.containers.items()},
        tanks=cell.draining.memory(),
        running=tuple(name for name, _, _ in cell.running),
        finished=dict(cell.finished),
        leaving=cell.leaving.number if cell.leaving is not None else 0,
        next_car_tick=cell.next_car_tick,
        quiet_until=tuple(
            (link, body, tick) for (link, body), tick in cell.quiet_until.items()
        ),
        ledger=Ledger(
            cell.cars_in,
            cell.cars_out,
            cell.batteries_out,
            cell.parts_out,
            cell.n_alarms,
            cell.books.ledger.state(),
            cell.serial,
        ),
        cycles=tuple(
            CycleMemory(
                cycle.car, cycle.entry_tick, cycle.exit_tick, dict(cycle.step_ticks)
            )
            for cycle in cell.cycles
        ),
        injected=tuple(cell.faults.injected),
        n_due=cell.n_due,
        dropped=tuple(sorted(cell.dropped)),
        stops=cell.guarding.memory(),
        events=tuple(cell.events),
    )


def recollect(cell: Cell, memory: CellMemory, held: HeldState | None) -> None:
    """Put a cell back.

    Args:
        cell: Of the scenario that the memory is of.
        memory: What to put back.
        held: Bullet's own state of that moment, if the cell's world holds it.

    Raises:
        PhysicsError: If the memory is damaged; the cell is then best closed.
    """
    devices = cell.remembering()
    if devices.keys() != memory.devices.keys():
        raise PhysicsError(
            f"snapshot: of devices {sorted(memory.devices)}, here are "
            f"{sorted(devices)}; open the scenario it was taken from"
        )
    memories = {
        name: decode_device(memory.devices[name], device.memory_type, name)
        for name, device in devices.items()
    }
    for name, work in cell.programmes.items():
        kept_arm = memories[name]
        assert isinstance(kept_arm, ProgrammeMemory)  # decoded as that
        work.drive.wear(kept_arm.arm.mounted)
    numbers = recall_world(cell.world, memory.world, held)
    cell.cars = {}
    for kept in memory.cars:
        cell.cars[kept.number] = _car(cell, kept, numbers)
    for name, belt in cell.devices.belts.items():
        belt.recall(memory.belts[name])
    for name, hold in cell.containers.items():
        hold.recall(memory.containers[name])
    cell.draining.recall(memory.tanks)
    for name, device in devices.items():
        device.recall(memories[name], cell.cars)
    cell.tick = memory.tick
    cell.handling.let_meet()
    station = decode_device(memory.station, StationMemory, "station")
    cell.state = station_state(station, _subject(cell, station))
    cell.running = [
        (name, cell.operations[name], cell.devices.by_id[cell.operations[name].by])
        for name in memory.running
    ]
    cell.finished = dict(memory.finished)
    cell.leaving = cell.cars.get(memory.leaving)
    cell.next_car_tick = memory.next_car_tick
    cell.quiet_until = {(link, body): tick for link, body, tick in memory.quiet_until}
    ledger = memory.ledger
    cell.cars_in, cell.cars_out = ledger.cars_in, ledger.cars_out
    cell.batteries_out, cell.n_alarms = ledger.batteries_out, ledger.n_alarms
    cell.parts_out = ledger.parts_out
    cell.books.ledger.recall(ledger.books)
    # What was told already is not told twice, and no number is used twice.
    told = cell.serial
    cell.serial = max(told, ledger.serial)
    cell.events = [event for event in memory.events if event.serial > told]
    cell.cycles.clear()
    cell.cycles.extend(
        Cycle(each.car, each.entry_tick, each.exit_tick, each.step_ticks)
        for each in memory.cycles
    )
    cell.faults.recall(memory.injected)
    cell.n_due = memory.n_due
    cell.dropped = set(memory.dropped)
    cell.guarding.recall(memory.stops)


def _subject(cell: Cell, station: StationMemory) -> Subject:
    """Return the parts of the car that a station had, none if it had no car."""
    if not station.car:
        return NO_PARTS
    return subject_of(cell.scenario.products[station.product])


def _car_memory(car: Car) -> CarMemory:
    return CarMemory(
        number=car.number,
        slot=car.slot,
        here=car.body is not None,
        parts=tuple(car.parts),
        welds=dict(car.welds),
        latches=dict(car.latches),
        clamps=dict(car.clamps),
        stop_error_m=car.stop_error_m,
        skip_fasteners=tuple(sorted(car.skip_fasteners)),
        measured=matrix_rows(car.measured),
        entry_tick=car.entry_tick,
        exit_tick=car.exit_tick,
        removed=tuple(car.removed),
        outflows=dict(car.outflows),
    )


def _car(cell: Cell, memory: CarMemory, numbers: Mapping[int, int]) -> Car:
    stocked = cell.stock[memory.slot]
    name_bodies(stocked, cell.design, memory.number)
    return Car(
        number=memory.number,
        slot=memory.slot,
        design=cell.design,
        body=stocked.body if memory.here else None,
        parts={name: stocked.parts[name] for name in memory.parts},
        welds={name: numbers[old] for name, old in memory.welds.items()},
        latches={name: numbers[old] for name, old in memory.latches.items()},
        clamps={name: numbers[old] for name, old in memory.clamps.items()},
        expected=cell.expected,
        stop_error_m=memory.stop_error_m,
        skip_fasteners=frozenset(memory.skip_fasteners),
        measured=None if memory.measured is None else np.array(memory.measured),
        entry_tick=memory.entry_tick,
        exit_tick=memory.exit_tick,
        removed=list(memory.removed),
        outflows=dict(memory.outflows),
    )
