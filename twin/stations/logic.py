"""A station's operations interpreted: an event in, commands out, nothing else.

Both engines follow these rules. Physics runs them here; flow has them compiled, and
a test runs small stations through both and compares what begins and ends, and when.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from twin.scenario.safety import HV_ISOLATED, act_of, breaches, effects_of
from twin.scenario.station import Operation, Station
from twin.scenario.tasks import Task
from twin.state import MachineState, Reason
from twin.stations.condition import way_of
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
    PauseOperation,
    PersonEntered,
    ProtectiveStop,
    RaiseAlarm,
    ResourcesChanged,
    ResumeOperation,
    ScrapCar,
    ShiftBegan,
    ShiftEnded,
    SkipOperation,
    SpaceReset,
    StartOperation,
    StationCommand,
    StationEvent,
)
from twin.stations.packml import Command as PackML
from twin.stations.packml import settle
from twin.stations.resources import borrowed, lacks, moved, used_up
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

_LACKS = (Reason.OWN_MATERIAL_MISSING, Reason.OPERATOR_MISSING)

Reaction = tuple[StationState, list[StationCommand]]


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
    return _complete(station, _at_rest(station, state), commands)


def _arrived(station: Station, state: StationState, event: CarArrived) -> Reaction:
    started = replace(state, machine=settle(state.machine, PackML.START))
    return _go_on(station, started.with_car(event))


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
    return _go_on(station, state)


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
    return _go_on(station, replace(state, free=tuple(sorted(free.items()))))


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
    return _stop(station, replace(state, closed=True), closing)


def _shift_began(station: Station, state: StationState, event: ShiftBegan) -> Reaction:
    return _resume(station, replace(state, closed=False), station.work())


def _machine_failed(
    station: Station, state: StationState, event: MachineFailed
) -> Reaction:
    work = station.work()
    spoilt = any(
        name in state.running and _after_failure(work[name]) == "scrap" for name in work
    )
    running = [name for name in work if name in state.running]
    state, commands = _stop(station, replace(state, failed=True), running)
    anew = {name for name in running if _after_failure(work[name]) == "restart"}
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
    return _resume(station, state, station.work())


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
    state, commands = _stop(station, state, inside)
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
    return _resume(station, state, mine)


def _hold_released(
    station: Station, state: StationState, event: HoldReleased
) -> Reaction:
    if state.reason is not Reason.INTERLOCK:
        return state, []
    return _go_on(station, state.for_reason(Reason.NONE))


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


# Starting and stopping ------------------------------------------------------


def _able(state: StationState) -> bool:
    """Return whether operations may start: with a car, open, sound and not held."""
    executes = state.machine is MachineState.EXECUTE or state.reason in _LACKS
    return bool(state.car) and executes and not (state.closed or state.failed)


def _go_on(station: Station, state: StationState) -> Reaction:
    """Begin each operation whose turn has come, then those that wait, in turn."""
    commands: list[StationCommand] = []
    work = station.work()
    again = _able(state)
    while again:
        again = False
        for name, operation in work.items():
            if not _turn_of(state, name, operation):
                continue
            if name in state.skip:
                state, again = replace(state, done=state.done | {name}), True
                continue
            if _skipped(state, name, operation):
                commands.append(SkipOperation(name))
                state, again = replace(state, done=state.done | {name}), True
                continue
            alarm = _refusal(state, name, operation)
            if alarm is not None:
                return state.for_reason(Reason.INTERLOCK), [*commands, alarm]
            state = _begin_or_wait(state, name, operation, commands)
    for name in state.waiting if _able(state) else ():
        if not _short_of(state, work[name], name):
            state = replace(
                state, waiting=tuple(one for one in state.waiting if one != name)
            )
            state = _begin(state, name, work[name], commands)
    return state, commands


def _turn_of(state: StationState, name: str, operation: Operation) -> bool:
    begun = name in state.running or name in state.waiting or name in state.stopped
    if begun or name in state.done or not state.done.issuperset(operation.after):
        return False
    choices = operation.after_any if isinstance(operation, Task) else ()
    return not choices or not state.done.isdisjoint(choices)


def _skipped(state: StationState, name: str, operation: Operation) -> bool:
    only = operation.only if isinstance(operation, Task) else ()
    if only and state.product and state.product not in only:
        return True
    return way_of(name, operation, state.parts(), state.condition).skipped


def _refusal(state: StationState, name: str, operation: Operation) -> RaiseAlarm | None:
    """Return the alarm that an operation raises if it may not be done, else None."""
    for condition in operation.needs:
        if condition not in state.conditions:
            if condition == HV_ISOLATED:
                return RaiseAlarm(name, "alarm.hv_not_isolated", {"operation": name})
            return RaiseAlarm(
                name,
                "alarm.condition_missing",
                {"operation": name, "condition": condition},
            )
    way = way_of(name, operation, state.parts(), state.condition)
    act = act_of(operation, state.subject, way.destructive)
    for breach in breaches(state.subject, act, state.known()):
        arguments: dict[str, str | float] = {"operation": name}
        if breach.rule != "hv_not_isolated":
            arguments["first"] = breach.first
        return RaiseAlarm(name, f"alarm.{breach.rule}", arguments)
    return None


def _short_of(state: StationState, operation: Operation, name: str) -> bool:
    if getattr(operation, "by", None) in state.guarded:
        return True
    supplied = name in state.stopped
    return lacks(operation, dict(state.free), supplied) is not Reason.NONE


def _begin_or_wait(
    state: StationState,
    name: str,
    operation: Operation,
    commands: list[StationCommand],
) -> StationState:
    if _short_of(state, operation, name):
        return replace(state, waiting=(*state.waiting, name))
    return _begin(state, name, operation, commands)


def _begin(
    state: StationState,
    name: str,
    operation: Operation,
    commands: list[StationCommand],
) -> StationState:
    """Start an operation, or go on with one that was stopped: all of it is there."""
    way = way_of(name, operation, state.parts(), state.condition)
    taken = borrowed(operation)
    if name in state.stopped and name not in state.anew:
        commands.append(ResumeOperation(name))
    else:
        commands.append(StartOperation(name, way.destructive, way.time_factor))
    if name not in state.stopped:
        taken = taken | used_up(operation)
    return replace(
        state,
        running=state.running | {name},
        stopped=state.stopped - {name},
        anew=state.anew - {name},
        free=moved(dict(state.free), taken, -1),
    )


def _stop(station: Station, state: StationState, names: list[str]) -> Reaction:
    """Stop operations; people and tools go free."""
    free = dict(state.free)
    for name in names:
        free = dict(moved(free, borrowed(station.work()[name]), +1))
    state = replace(
        state,
        running=state.running - set(names),
        stopped=state.stopped | set(names),
        free=tuple(free.items()),
    )
    commands: list[StationCommand] = [PauseOperation(name) for name in names]
    return state, commands


def _resume(
    station: Station, state: StationState, mine: dict[str, Operation]
) -> Reaction:
    """Go on with what was stopped, in the order of the scenario, then with the rest."""
    commands: list[StationCommand] = []
    if state.reason is Reason.INTERLOCK:
        state = state.for_reason(Reason.NONE)
    for name, operation in mine.items() if _able(state) else ():
        if name in state.stopped and name not in state.waiting:
            state = _begin_or_wait(state, name, operation, commands)
    state, more = _go_on(station, state)
    return state, [*commands, *more]


def _after_failure(operation: Operation) -> str:
    """Return what becomes of a stopped operation; a device begins again."""
    return operation.on_failure if isinstance(operation, Task) else "restart"


# At rest --------------------------------------------------------------------


def _at_rest(station: Station, state: StationState) -> StationState:
    """Return the state with why it waits, if it does."""
    if not state.car or state.reason in (Reason.INTERLOCK, Reason.FAULT):
        return state
    return state.for_reason(_reason(station, state))


def _reason(station: Station, state: StationState) -> Reason:
    if state.running:
        return Reason.NONE
    work, free = station.work(), dict(state.free)
    pending = [name for name in work if name in (*state.waiting, *state.stopped)]
    if state.closed:
        return Reason.OFF_SHIFT
    if any(getattr(work[name], "by", None) in state.guarded for name in pending):
        return Reason.INTERLOCK
    short = [lacks(work[name], free, name in state.stopped) for name in pending]
    for reason in _LACKS:
        if reason in short:
            return reason
    if state.blocked and state.done.issuperset(work):
        return Reason.BLOCKED
    return Reason.NONE


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
