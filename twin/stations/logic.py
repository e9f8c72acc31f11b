"""A station's operations interpreted: an event in, commands out, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from twin.scenario.station import Station
from twin.state import MachineState, Reason
from twin.stations.packml import Command as PackML
from twin.stations.packml import settle

# Nobody works on a live pack, whatever a scenario leaves out of an operation's
# needs. Source: NF C 18-550 (work on electric vehicles: isolate first).
NEEDS_ISOLATION = frozenset({"unscrew"})
ISOLATED = "hv_isolated"


@dataclass(frozen=True, slots=True)
class CarArrived:
    """A car stands before the station."""

    car: int
    high_voltage: bool
    skip: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OperationFinished:
    """A device has done what it was told."""

    operation: str


@dataclass(frozen=True, slots=True)
class OperationFailed:
    """A device could not do what it was told; ``text`` is a catalogue key."""

    operation: str
    text: str
    arguments: Mapping[str, str | float]


@dataclass(frozen=True, slots=True)
class CarLeft:
    """The car has left the line."""

    car: int


@dataclass(frozen=True, slots=True)
class Halted:
    """Everything was stopped: by a person, or since something went wrong."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A person has looked at it and lets the station go on.

    What failed is tried once more; what was running goes on.
    """


StationEvent = (
    CarArrived | OperationFinished | OperationFailed | CarLeft | Halted | Acknowledged
)


@dataclass(frozen=True, slots=True)
class StartOperation:
    """Tell the operation's device to begin."""

    operation: str


@dataclass(frozen=True, slots=True)
class RaiseAlarm:
    """Tell people; ``text`` is a catalogue key."""

    operation: str
    text: str
    arguments: Mapping[str, str | float]


@dataclass(frozen=True, slots=True)
class CallNextCar:
    """The station is empty and ready."""


StationCommand = StartOperation | RaiseAlarm | CallNextCar


@dataclass(frozen=True, slots=True)
class StationState:
    """Where a station stands with its car.

    Attributes:
        machine: PackML state.
        reason: Why it does not execute.
        car: Number of the car inside, 0 if none.
        car_left: Whether the car is already out while something still runs.
        running: Operations begun and not done.
        done: Operations done or skipped.
        skip: Operations somebody leaves out for this car.
        conditions: What the car meets by now.
        isolate: Whether the car has a pack that must be isolated first.
    """

    machine: MachineState = MachineState.IDLE
    reason: Reason = Reason.STARVED
    car: int = 0
    car_left: bool = False
    running: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()
    skip: frozenset[str] = frozenset()
    conditions: frozenset[str] = frozenset()
    isolate: bool = False


def react(
    station: Station, state: StationState, event: StationEvent
) -> tuple[StationState, list[StationCommand]]:
    """Return the station's next state and what it asks for.

    Operations start as soon as all they come after is done, in the order of the
    scenario. A missing safety condition holds the station and raises an alarm;
    a failed operation aborts it. An aborted or held station goes on once a person
    has acknowledged, and not before.
    """
    if isinstance(event, CarArrived):
        entered = StationState(
            machine=settle(state.machine, PackML.START),
            reason=Reason.NONE,
            car=event.car,
            skip=event.skip,
            isolate=event.high_voltage,
        )
        return _start_free(station, entered)
    if isinstance(event, OperationFinished):
        operation = station.operations[event.operation]
        return _start_free(
            station,
            replace(
                state,
                running=state.running - {event.operation},
                done=state.done | {event.operation},
                conditions=state.conditions | set(operation.grants),
            ),
        )
    if isinstance(event, OperationFailed):
        failed = replace(
            state,
            machine=settle(state.machine, PackML.ABORT),
            reason=Reason.FAULT,
            running=state.running - {event.operation},
        )
        return failed, [RaiseAlarm(event.operation, event.text, event.arguments)]
    if isinstance(event, Halted):
        aborted = settle(state.machine, PackML.ABORT)
        return replace(state, machine=aborted, reason=Reason.FAULT), []
    if isinstance(event, Acknowledged):
        return _start_free(station, _let_go(state))
    return _complete(station, replace(state, car_left=True), [])


def _let_go(state: StationState) -> StationState:
    """Return an aborted or held station's state as it goes on."""
    machine = state.machine
    if machine is MachineState.ABORTED:
        for command in (PackML.CLEAR, PackML.RESET):
            machine = settle(machine, command)
        if state.car:
            return replace(
                state, machine=settle(machine, PackML.START), reason=Reason.NONE
            )
        return replace(state, machine=machine, reason=Reason.STARVED)
    if machine is MachineState.HELD:
        machine = settle(machine, PackML.UNHOLD)
        return replace(state, machine=machine, reason=Reason.NONE)
    return state


def _start_free(
    station: Station, state: StationState
) -> tuple[StationState, list[StationCommand]]:
    commands: list[StationCommand] = []
    while state.machine is MachineState.EXECUTE:
        free = [
            name
            for name, operation in station.operations.items()
            if name not in state.done
            and name not in state.running
            and state.done.issuperset(operation.after)
        ]
        if not free:
            break
        name = free[0]
        if name in state.skip:
            state = replace(state, done=state.done | {name})
            continue
        missing = _missing(station, state, name)
        if missing:
            held = replace(
                state,
                machine=settle(state.machine, PackML.HOLD),
                reason=Reason.INTERLOCK,
            )
            return held, [*commands, RaiseAlarm(name, *_alarm(missing[0], name))]
        state = replace(state, running=state.running | {name})
        commands.append(StartOperation(name))
    return _complete(station, state, commands)


def _missing(station: Station, state: StationState, name: str) -> list[str]:
    operation = station.operations[name]
    needs = list(operation.needs)
    if state.isolate and operation.do in NEEDS_ISOLATION and ISOLATED not in needs:
        needs.append(ISOLATED)
    return [condition for condition in needs if condition not in state.conditions]


def _complete(
    station: Station, state: StationState, commands: list[StationCommand]
) -> tuple[StationState, list[StationCommand]]:
    all_done = state.done.issuperset(station.operations)
    if not (state.car_left and all_done and state.machine is MachineState.EXECUTE):
        return state, commands
    complete = settle(state.machine, PackML.COMPLETE)
    idle = StationState(machine=settle(complete, PackML.RESET))
    return idle, [*commands, CallNextCar()]


def _alarm(condition: str, operation: str) -> tuple[str, dict[str, str | float]]:
    if condition == ISOLATED:
        return "alarm.hv_not_isolated", {"operation": operation}
    return "alarm.condition_missing", {"operation": operation, "condition": condition}
