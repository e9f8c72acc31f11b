"""A cell's state kept: to go back to in this process, or to go on from in another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import msgspec

from twin.errors import PhysicsError
from twin.physics.car import Outflow
from twin.physics.container import HoldMemory
from twin.physics.conveyors.drive import DriveMemory
from twin.physics.draining import TankMemory
from twin.physics.guarding import StopMemory
from twin.physics.memory import HeldState, WorldMemory
from twin.signals import Injected
from twin.state import Event
from twin.stations.ledger import LedgerState

FORMAT: Final = 3
"""Rises when what is in a snapshot changes; others are refused."""
MAX_BYTES: Final = 8 * 1024 * 1024


class CarMemory(msgspec.Struct, frozen=True):
    """What has happened to a car; its bodies are the world's to remember.

    Attributes:
        number: From 1, in order of arrival.
        slot: Whose bodies it uses.
        here: Whether its body is in the cell.
        parts: Nodes of what comes off it and is still in the cell.
        welds: Number of the weld by fastener, for those in.
        latches: The same by part, where something else holds it.
        clamps: The same by clamp, where a tilter holds the car.
        stop_error_m: How far from its mark it will be seen to stop.
        skip_fasteners: Fasteners that somebody leaves in.
        measured: Pose of the pack as the camera saw it, 4x4 by rows, or None.
        entry_tick: When it crossed the entry line, or None.
        exit_tick: When it crossed the exit line, or None.
        removed: Fasteners taken out, in order.
        outflows: What has run out of it, by fluid.
    """

    number: int
    slot: int
    here: bool
    parts: tuple[str, ...]
    welds: dict[str, int]
    latches: dict[str, int]
    clamps: dict[str, int]
    stop_error_m: float
    skip_fasteners: tuple[str, ...]
    measured: list[list[float]] | None
    entry_tick: int | None
    exit_tick: int | None
    removed: tuple[str, ...]
    outflows: dict[str, Outflow]


class CycleMemory(msgspec.Struct, frozen=True):
    """A finished cycle, as ``twin.physics.cycle.Cycle``."""

    car: int
    entry_tick: int
    exit_tick: int
    step_ticks: dict[str, int]


class Ledger(msgspec.Struct, frozen=True):
    """What a cell has counted."""

    cars_in: int
    cars_out: int
    batteries_out: int
    parts_out: int
    n_alarms: int
    books: LedgerState
    serial: int


class CellMemory(msgspec.Struct, frozen=True):
    """A cell as plain data.

    Attributes:
        format: ``FORMAT`` of the program that wrote it.
        scenario_sha256: Of the scenario and seed that it is of.
        tick: When.
        world: Bodies, welds, motors.
        station: What the station knows, a ``StationMemory``.
        cars: Those in the cell.
        devices: Each device's own memory, by id.
        belts: Each belt's, by id.
        containers: What is in each, by id.
        tanks: The same of tanks.
        running: Operations that devices work on, in the order they were begun.
        finished: Tick at which each of the car's operations was done.
        leaving: Number of the car on its way out, 0 if none.
        next_car_tick: When a car comes in, or None.
        quiet_until: Link and body that touch, and until when that is not told again.
        ledger: What was counted.
        cycles: Those finished.
        injected: Faults that are in.
        n_due: How many of the scenario's timed faults are past.
        dropped: Cars whose pack was seen to fall.
        stops: Protective stops that are being measured, by robot.
        events: Not taken yet.
    """

    format: int
    scenario_sha256: str
    tick: int
    world: WorldMemory
    station: msgspec.Raw
    cars: tuple[CarMemory, ...]
    devices: dict[str, msgspec.Raw]
    belts: dict[str, DriveMemory]
    containers: dict[str, HoldMemory]
    tanks: TankMemory
    running: tuple[str, ...]
    finished: dict[str, int]
    leaving: int
    next_car_tick: int | None
    quiet_until: tuple[tuple[str, int, int], ...]
    ledger: Ledger
    cycles: tuple[CycleMemory, ...]
    injected: tuple[Injected, ...]
    n_due: int
    dropped: tuple[int, ...]
    stops: dict[str, StopMemory]
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class CellSnapshot:
    """A cell at one tick.

    Attributes:
        tick: When.
        serial: Of the newest event by then.
        data: ``CellMemory`` as msgpack: all that another process needs.
        held: Bullet's own state, while the world that it is of is open; what
            goes to another process has none.
    """

    tick: int
    serial: int
    data: bytes
    held: HeldState | None = None


def stored_snapshot(data: bytes, scenario_sha256: str) -> CellSnapshot:
    """Return a snapshot from the bytes that another process stored or sent.

    Raises:
        PhysicsError: If they are none, of another format, or of another scenario.
    """
    memory = decode_memory(data, scenario_sha256)
    return CellSnapshot(memory.tick, memory.ledger.serial, data)


def encode_memory(memory: CellMemory) -> bytes:
    """Return a memory as bytes.

    Raises:
        PhysicsError: If it is larger than a reader takes.
    """
    data = msgspec.msgpack.encode(memory)
    _check_size(len(data))
    return data


def decode_memory(data: bytes, scenario_sha256: str) -> CellMemory:
    """Return a memory from bytes that may be anybody's.

    Raises:
        PhysicsError: If it is none, of another format, or of another scenario.
    """
    _check_size(len(data))
    try:
        head = msgspec.msgpack.decode(data, type=_Head)
        if head.format != FORMAT:
            raise PhysicsError(
                f"snapshot: format {head.format}, this program reads {FORMAT}; make "
                "it again with this version"
            )
        memory = msgspec.msgpack.decode(data, type=CellMemory)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise PhysicsError(
            f"snapshot: cannot be read: {error}; make it again"
        ) from error
    if memory.scenario_sha256 != scenario_sha256:
        raise PhysicsError(
            "snapshot: of another scenario or seed "
            f"({memory.scenario_sha256[:12]}, here {scenario_sha256[:12]}); open the "
            "one it was taken from"
        )
    return memory


def decode_device(raw: msgspec.Raw, memory_type: type[Any], name: str) -> Any:
    """Return a device's own memory.

    Raises:
        PhysicsError: If it is none of that device.
    """
    try:
        return msgspec.msgpack.decode(raw, type=memory_type)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise PhysicsError(
            f"snapshot: {name}: cannot be read: {error}; make it again"
        ) from error


class _Head(msgspec.Struct, frozen=True):
    format: int


def _check_size(n_bytes: int) -> None:
    if n_bytes > MAX_BYTES:
        raise PhysicsError(
            f"snapshot: {n_bytes} bytes exceed the limit of {MAX_BYTES}; "
            "this is none of a cell"
        )
