"""Which operations begin, wait, stop and go on: what moves inside a station."""

from __future__ import annotations

from dataclasses import replace

from twin.scenario.safety import HV_ISOLATED, act_of, breaches
from twin.scenario.station import Operation, Station
from twin.scenario.tasks import Task
from twin.state import MachineState, Reason
from twin.stations.condition import way_of
from twin.stations.events import (
    PauseOperation,
    RaiseAlarm,
    ResumeOperation,
    SkipOperation,
    StartOperation,
    StationCommand,
)
from twin.stations.resources import borrowed, lacks, moved, used_up
from twin.stations.station_state import StationState

LACKS = (Reason.OWN_MATERIAL_MISSING, Reason.OPERATOR_MISSING)
"""Reasons for which a station waits and may still begin what lacks nothing."""

Reaction = tuple[StationState, list[StationCommand]]


def able(state: StationState) -> bool:
    """Return whether operations may start: with a car, open, sound and not held."""
    executes = state.machine is MachineState.EXECUTE or state.reason in LACKS
    return bool(state.car) and executes and not (state.closed or state.failed)


def go_on(station: Station, state: StationState) -> Reaction:
    """Begin each operation whose turn has come, then those that wait, in turn."""
    commands: list[StationCommand] = []
    work = station.work()
    again = able(state)
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
    for name in state.waiting if able(state) else ():
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
        commands.append(
            StartOperation(name, way.destructive, way.time_factor, way.time)
        )
    if name not in state.stopped:
        taken = taken | used_up(operation)
    return replace(
        state,
        running=state.running | {name},
        stopped=state.stopped - {name},
        anew=state.anew - {name},
        free=moved(dict(state.free), taken, -1),
    )


def stop(station: Station, state: StationState, names: list[str]) -> Reaction:
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


def resume(
    station: Station, state: StationState, mine: dict[str, Operation]
) -> Reaction:
    """Go on with what was stopped, in the order of the scenario, then with the rest."""
    commands: list[StationCommand] = []
    if state.reason is Reason.INTERLOCK:
        state = state.for_reason(Reason.NONE)
    for name, operation in mine.items() if able(state) else ():
        if name in state.stopped and name not in state.waiting:
            state = _begin_or_wait(state, name, operation, commands)
    state, more = go_on(station, state)
    return state, [*commands, *more]


def after_failure(operation: Operation) -> str:
    """Return what becomes of a stopped operation; a device begins again."""
    return operation.on_failure if isinstance(operation, Task) else "restart"


def at_rest(station: Station, state: StationState) -> StationState:
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
    for reason in LACKS:
        if reason in short:
            return reason
    if state.blocked and state.done.issuperset(work):
        return Reason.BLOCKED
    return Reason.NONE
