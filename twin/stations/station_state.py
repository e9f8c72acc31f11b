"""Where a station stands with its car."""

from __future__ import annotations

from dataclasses import dataclass, replace

from twin.scenario.parts import Part
from twin.scenario.safety import Facts, Subject, granted, off
from twin.state import MachineState, Reason
from twin.stations.condition import SOUND, Condition
from twin.stations.events import CarArrived
from twin.stations.packml import GOES_ON, WAITS, settle
from twin.stations.resources import Free

NO_PARTS = Subject({}, high_voltage=False)


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
        product: Of the car.
        subject: Its parts, as the rules of safety see them.
        facts: What else is true of it by now.
        condition: What of it is missing, seized or corroded.
        waiting: Operations whose turn it is, in the order in which they wait for
            people, tools or stock.
        stopped: Operations begun and stopped, to go on later.
        anew: Those of them that begin again.
        free: People, tools and stock that are free.
        closed: Whether it is off shift.
        failed: Whether the machine is down.
        blocked: Whether the car cannot go on.
        guarded: Robots in whose space somebody is, or was and nobody has reset it.
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
    product: str = ""
    subject: Subject = NO_PARTS
    facts: frozenset[str] = frozenset()
    condition: Condition = SOUND
    waiting: tuple[str, ...] = ()
    stopped: frozenset[str] = frozenset()
    anew: frozenset[str] = frozenset()
    free: Free = ()
    closed: bool = False
    failed: bool = False
    blocked: bool = False
    guarded: frozenset[str] = frozenset()

    def known(self) -> Facts:
        """Return all that is true of the car."""
        return self.facts | {granted(condition) for condition in self.conditions}

    def parts(self) -> dict[str, Part]:
        """Return the parts of the car by id."""
        return {name: entry.part for name, entry in self.subject.parts.items()}

    def idle(self) -> StationState:
        """Return it without its car; what is not the car's stays."""
        return StationState(
            machine=self.machine,
            free=self.free,
            closed=self.closed,
            failed=self.failed,
            guarded=self.guarded,
        )

    def with_car(self, event: CarArrived) -> StationState:
        """Return it with a car that has just come."""
        subject = event.subject or Subject({}, event.high_voltage)
        return replace(
            self.idle(),
            reason=Reason.FAULT if self.failed else Reason.NONE,
            car=event.car,
            skip=event.skip,
            isolate=event.high_voltage,
            product=event.product,
            subject=subject,
            facts=event.facts | {off(part) for part in event.condition.missing},
            condition=event.condition,
        )

    def for_reason(self, reason: Reason) -> StationState:
        """Return it waiting for a reason, or executing if there is none."""
        state = self
        if state.reason is reason:
            return state
        machine = state.machine
        wayside = WAITS.get(state.reason)
        for command in GOES_ON[wayside] if wayside is not None else ():
            machine = settle(machine, command)
        entered = WAITS.get(reason)
        if entered is not None:
            machine = settle(machine, entered)
        return replace(state, machine=machine, reason=reason)
