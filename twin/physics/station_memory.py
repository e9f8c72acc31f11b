"""What a station knows of its car, as plain data."""

from __future__ import annotations

import msgspec

from twin.scenario.safety import Subject
from twin.state import MachineState, Reason
from twin.stations.condition import Condition
from twin.stations.resources import Free
from twin.stations.station_state import StationState


class StationMemory(msgspec.Struct, frozen=True):
    """A station's state but for its car's parts, which the scenario knows."""

    machine: MachineState
    reason: Reason
    car: int
    car_left: bool
    running: frozenset[str]
    done: frozenset[str]
    skip: frozenset[str]
    conditions: frozenset[str]
    isolate: bool
    product: str
    facts: frozenset[str]
    condition: Condition
    waiting: tuple[str, ...]
    stopped: frozenset[str]
    anew: frozenset[str]
    free: Free
    closed: bool
    failed: bool
    blocked: bool
    guarded: frozenset[str]


def station_memory(state: StationState) -> msgspec.Raw:
    """Return a station's state as msgpack of a ``StationMemory``.

    Its sets are sorted: by themselves they come in an order that differs from process
    to process.
    """
    memory = StationMemory(
        **{name: getattr(state, name) for name in StationMemory.__struct_fields__}
    )
    return msgspec.Raw(msgspec.msgpack.encode(memory, order="deterministic"))


def station_state(memory: StationMemory, subject: Subject) -> StationState:
    """Return the state that a memory is of.

    Args:
        memory: Of the station.
        subject: The parts of the car in it.
    """
    known = {name: getattr(memory, name) for name in memory.__struct_fields__}
    return StationState(subject=subject, **known)
