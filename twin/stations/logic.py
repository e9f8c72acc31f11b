"""A station's operations interpreted: an event in, commands out, nothing else.

Both engines follow these rules. Physics runs them here; flow has them compiled, and
a test runs small stations through both and compares what begins and ends, and when.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from twin.scenario.safety import act_of, effects_of
from twin.scenario.station import Station
from twin.scenario.tasks import Task
from twin.state import MachineState, Reason
from twin.stations.events import (
    Acknowledged,
    CallNextCar,
    CarArrived,
    CarLeft,
    ExitBlocked,
    ExitFreed,
    Halted,
    HoldReleased,
    MachineFailed,
    MachineRepaired,
    OperationFailed,
    OperationFinished,
    PersonEntered,
    ProtectiveStop,
    RaiseAlarm,
    ResourcesChanged,
    ScrapCar,
    ShiftBegan,
    ShiftEnded,
    SpaceReset,
    StartOperation,
    StationCommand,
    StationEvent,
)
from twin.stations.packml import Command as PackML
from twin.stations.packml import settle
from twin.stations.resources import borrowed, moved
from twin.stations.starting import Reaction, after_failure, at_rest, go_on, resume, stop
from twin.stations.station_state import StationState

__all__ = [
    "Acknowledged",
    "CallNextCar",
    "CarArrived",
    "CarLeft",
    "Halted",
    "OperationFailed",
    "OperationFinished",
    "RaiseAlarm",
    "StartOperation",
    "StationCommand",
    "StationEvent",
    "StationState",
    "react",
]


def react(station: Station, state: StationState, event: StationEvent) -> Reaction:
    """Return the station's next state and what it asks for.

    Operations start as soon as all they come after is done, and one of what they come
    ``after_any``, in the order of the scenario; those that wait for people, tools or
    stock follow in the order in which they wait. A missing condition, or a rule of
    safety that an operation would break, holds the station and raises an alarm; a
    failed operation aborts it.
    """
    handle = _HANDLERS[type(event)]
    state, commands = handle(station, state, event)
    return _complete(station, at_rest(station, state), commands)


def _arrived(station: Station, state: StationState, event: CarArrived) -> Reaction:
    started = replace(state, machine=settle(state.machine, PackML.START))
    return go_on(station, started.with_car(event))


def _finished(
    station: Station, state: StationState, event: OperationFinished
) -> Reaction:
    operation = station.work()[event.operation]
    act = act_of(operation, state.subject)
    state = replace(
        state,
        running=state.running - {event.operation},
        done=state.done | {event.operation},
        conditions=state.conditions | act.grants,
        facts=state.facts | effects_of(replace(act, grants=frozenset()), state.subject),
        free=moved(dict(state.free), borrowed(operation), +1),
    )
    return go_on(station, state)


def _failed(station: Station, state: StationState, event: OperationFailed) -> Reaction:
    operation = station.work()[event.operation]
    state = replace(
        state,
        running=state.running - {event.operation},
        stopped=state.stopped | {event.operation},
        anew=state.anew | {event.operation},
        free=moved(dict(state.free), borrowed(operation), +1),
        failed=True,
    )
    alarm = RaiseAlarm(event.operation, event.text, event.arguments)
    return state.for_reason(Reason.FAULT), [alarm]


def _car_left(station: Station, state: StationState, event: CarLeft) -> Reaction:
    return replace(state, car_left=True), []


def _resources(
    station: Station, state: StationState, event: ResourcesChanged
) -> Reaction:
    free = dict(state.free) | dict(event.free)
    return go_on(station, replace(state, free=tuple(sorted(free.items()))))


def _exit_blocked(
    station: Station, state: StationState, event: ExitBlocked
) -> Reaction:
    return replace(state, blocked=True), []


def _exit_freed(station: Station, state: StationState, event: ExitFreed) -> Reaction:
    return replace(state, blocked=False), []


def _shift_ended(station: Station, state: StationState, event: ShiftEnded) -> Reaction:
    closing = [
        name
        for name, operation in station.work().items()
        if name in state.running
        and isinstance(operation, Task)
        and operation.at_shift_end != "finish"
    ]
    return stop(station, replace(state, closed=True), closing)


def _shift_began(station: Station, state: StationState, event: ShiftBegan) -> Reaction:
    return resume(station, replace(state, closed=False), station.work())


def _machine_failed(
    station: Station, state: StationState, event: MachineFailed
) -> Reaction:
    work = station.work()
    spoilt = any(
        name in state.running and after_failure(work[name]) == "scrap" for name in work
    )
    running = [name for name in work if name in state.running]
    state, commands = stop(station, replace(state, failed=True), running)
    anew = {name for name in running if after_failure(work[name]) == "restart"}
    state = replace(state, anew=state.anew | anew)
    if spoilt:
        commands.append(ScrapCar(state.car))
        given_up = frozenset(work)
        state = replace(
            state, done=given_up, stopped=frozenset(), waiting=(), car_left=True
        )
    return state.for_reason(Reason.FAULT), commands


def _machine_repaired(
    station: Station, state: StationState, event: MachineRepaired
) -> Reaction:
    if not state.failed:
        return state, []
    rest = Reason.NONE if state.car else Reason.STARVED
    state = replace(state, failed=False).for_reason(rest)
    if not state.car:
        return replace(state, machine=MachineState.IDLE), []
    return resume(station, state, station.work())


def _person_entered(
    station: Station, state: StationState, event: PersonEntered
) -> Reaction:
    """Stop the robot whose space somebody is in; only by hand does it go on."""
    state = replace(state, guarded=state.guarded | {event.robot})
    inside = [
        name
        for name, operation in station.work().items()
        if name in state.running and getattr(operation, "by", None) == event.robot
    ]
    state, commands = stop(station, state, inside)
    alarms: list[StationCommand] = [
        RaiseAlarm(name, "alarm.person_inside", {"operation": name, "by": event.robot})
        for name in inside
    ]
    return state, [ProtectiveStop(event.robot), *commands, *alarms]


def _space_reset(station: Station, state: StationState, event: SpaceReset) -> Reaction:
    state = replace(state, guarded=state.guarded - {event.robot})
    mine = {
        name: operation
        for name, operation in station.work().items()
        if getattr(operation, "by", None) == event.robot
    }
    return resume(station, state, mine)


def _hold_released(
    station: Station, state: StationState, event: HoldReleased
) -> Reaction:
    if state.reason is not Reason.INTERLOCK:
        return state, []
    return go_on(station, state.for_reason(Reason.NONE))


def _halted(station: Station, state: StationState, event: Halted) -> Reaction:
    """Abort; devices keep what they were at, so their operations count as running."""
    return replace(state, failed=True).for_reason(Reason.FAULT), []


def _acknowledged(
    station: Station, state: StationState, event: Acknowledged
) -> Reaction:
    if state.failed:
        return _machine_repaired(station, state, MachineRepaired())
    return _hold_released(station, state, HoldReleased())


_HANDLERS: dict[type, Callable[[Station, StationState, Any], Reaction]] = {
    CarArrived: _arrived,
    OperationFinished: _finished,
    OperationFailed: _failed,
    CarLeft: _car_left,
    ResourcesChanged: _resources,
    ExitBlocked: _exit_blocked,
    ExitFreed: _exit_freed,
    ShiftEnded: _shift_ended,
    ShiftBegan: _shift_began,
    MachineFailed: _machine_failed,
    MachineRepaired: _machine_repaired,
    PersonEntered: _person_entered,
    SpaceReset: _space_reset,
    HoldReleased: _hold_released,
    Halted: _halted,
    Acknowledged: _acknowledged,
}


def _complete(
    station: Station, state: StationState, commands: list[StationCommand]
) -> Reaction:
    all_done = state.done.issuperset(station.work())
    executes = state.machine is MachineState.EXECUTE
    if not (state.car and state.car_left and all_done and executes):
        return state, commands
    complete = settle(state.machine, PackML.COMPLETE)
    idle = replace(state, machine=settle(complete, PackML.RESET)).idle()
    return idle, [*commands, CallNextCar()]
