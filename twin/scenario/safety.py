"""The rules of safety, as data: what must be true of a car before what is done to it.

``docs/safety.md`` gives each rule's clause. The rules are no part of a scenario, so no
scenario can leave one out. Two others read them: ``order_proof`` shows that no order
which the stations allow breaks one, and the interpreter of ``twin.stations`` looks
again at each start. A *fact* is something that is true of a car from some moment on:
``off(part)``, ``fired(part)``, ``drained(fluid)``, ``granted(condition)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass

from twin.scenario.fluids import FLAMMABLE
from twin.scenario.parts import PartInTree, part_tree
from twin.scenario.products import Product
from twin.scenario.station import Operation
from twin.scenario.tasks import Task

HV_ISOLATED = "hv_isolated"
"""What isolation grants. An operation that grants it is the isolation itself."""

Facts = Set[str]


def off(part: str) -> str:
    """Return the fact that a part is off the car, or was never there."""
    return f"off:{part}"


def fired(part: str) -> str:
    """Return the fact that a pyrotechnic part is set off."""
    return f"fired:{part}"


def drained(fluid: str) -> str:
    """Return the fact that of a fluid no more than its residue is left."""
    return f"drained:{fluid}"


def granted(condition: str) -> str:
    """Return the fact that a condition is granted."""
    return f"granted:{condition}"


@dataclass(frozen=True, slots=True)
class Subject:
    """A car as the rules see it.

    Attributes:
        parts: By id.
        high_voltage: Whether what devices unscrew from it is a traction battery.
    """

    parts: Mapping[str, PartInTree]
    high_voltage: bool

    def dangers(self, hazard: str) -> list[str]:
        """Return the parts that have a hazard, in the order of the file."""
        return [
            name for name, each in self.parts.items() if hazard in each.part.hazards
        ]

    def holders(self, fluid: str) -> list[str]:
        """Return the parts that hold a fluid, in the order of the file."""
        return [name for name, each in self.parts.items() if fluid in each.part.fluids]

    def below(self, part: str) -> list[str]:
        """Return a part and all that hangs on it."""
        return [
            name
            for name, each in self.parts.items()
            if name == part or part in each.above
        ]

    def is_off(self, part: str, facts: Facts) -> bool:
        """Return whether a part is off, by itself or with what it hangs on."""
        return any(off(each) in facts for each in (part, *self.parts[part].above))


def subject_of(product: Product) -> Subject:
    """Return a product as the rules see it."""
    return Subject(part_tree(product.parts), product.high_voltage)


@dataclass(frozen=True, slots=True)
class Act:
    """What an operation does to a car, as the rules see it.

    Attributes:
        removes: Parts that it takes off.
        fires: Parts that it sets off.
        drains: Fluids that it lets out.
        grants: Conditions that it grants.
        unscrews: Whether it is a device at the fasteners of the pack.
        tilts: Whether it turns the car on its side.
        ignites: Whether it makes sparks or heat.
    """

    removes: frozenset[str] = frozenset()
    fires: frozenset[str] = frozenset()
    drains: frozenset[str] = frozenset()
    grants: frozenset[str] = frozenset()
    unscrews: bool = False
    tilts: bool = False
    ignites: bool = False


def act_of(operation: Operation, subject: Subject, destructive: bool = False) -> Act:
    """Return what an operation does to a car.

    Args:
        operation: As the scenario has it.
        subject: The car; what it has not, nobody takes off.
        destructive: Whether the parts come off the destructive way, where they have
            one.
    """
    removes = frozenset(part for part in operation.removes if part in subject.parts)
    seized = [subject.parts[part].part.seized for part in sorted(removes)]
    burns = destructive and any(way.ignites for way in seized if way is not None)
    return Act(
        removes=removes,
        fires=frozenset(part for part in operation.fires if part in subject.parts),
        drains=frozenset(fluid for fluid in operation.drains if subject.holders(fluid)),
        grants=frozenset(operation.grants),
        unscrews=operation.do == "unscrew",
        tilts=operation.tilts or operation.do == "tilt",
        ignites=operation.ignites or burns,
    )


def effects_of(act: Act, subject: Subject) -> frozenset[str]:
    """Return the facts that hold once an act is done."""
    return frozenset(
        [
            *(off(each) for part in act.removes for each in subject.below(part)),
            *(fired(part) for part in act.fires),
            *(drained(fluid) for fluid in act.drains),
            *(granted(condition) for condition in act.grants),
        ]
    )


def certain_effects(operation: Operation, product: str, subject: Subject) -> Facts:
    """Return the facts that hold once an operation is done or skipped.

    What is skipped because it is for other products does nothing. What is skipped
    because its part is missing finds the part off, but grants nothing.
    """
    if isinstance(operation, Task) and operation.only and product not in operation.only:
        return frozenset()
    act = act_of(operation, subject)
    certain = not isinstance(operation, Task) or operation.present >= 1.0
    missing = [subject.parts[part].part.missing for part in sorted(act.removes)]
    if certain and not (missing and all(missing)):
        return effects_of(act, subject)
    return effects_of(
        Act(act.removes, act.fires, act.drains, unscrews=act.unscrews), subject
    )


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that an act would break.

    Attributes:
        rule: Its id, as in ``docs/safety.md``; an alarm's text is ``alarm.<rule>``.
        key: Which key of the operation brings it about.
        first: The part, fluid or condition that has to be seen to first.
        lacking: The same with what has to become of it, for an error.
    """

    rule: str
    key: str
    first: str
    lacking: str


Rule = Callable[[Subject, Act, Facts], Iterable[Breach]]


def _live_pyrotechnics(subject: Subject, facts: Facts) -> list[str]:
    return [
        part
        for part in subject.dangers("pyrotechnic")
        if fired(part) not in facts and not subject.is_off(part, facts)
    ]


def _undrained(subject: Subject, facts: Facts, among: Iterable[str]) -> list[str]:
    return [
        fluid
        for fluid in among
        if drained(fluid) not in facts
        and not all(subject.is_off(part, facts) for part in subject.holders(fluid))
    ]


def _all_fluids(subject: Subject) -> list[str]:
    return list(
        dict.fromkeys(f for each in subject.parts.values() for f in each.part.fluids)
    )


def _isolate_first(subject: Subject, act: Act, facts: Facts) -> Iterable[Breach]:
    """No work on a traction battery before it is isolated."""
    if granted(HV_ISOLATED) in facts or HV_ISOLATED in act.grants:
        return
    if act.unscrews and subject.high_voltage:
        yield Breach("hv_not_isolated", "do", HV_ISOLATED, "high voltage isolated")
        return
    live = set(subject.dangers("high_voltage"))
    for part in sorted(act.removes):
        touched = {part, *subject.parts[part].above, *subject.below(part)}
        if live & touched:
            yield Breach(
                "hv_not_isolated", "removes", HV_ISOLATED, "high voltage isolated"
            )
            return


def _fire_first(subject: Subject, act: Act, facts: Facts) -> Iterable[Breach]:
    """Pyrotechnics are fired or out before anything is drained.

    The coolant of a traction battery is let out while its connectors come off, and
    high voltage goes before all else: it is no part of depollution.
    """
    if not act.drains - {"battery_coolant"}:
        return
    for part in _live_pyrotechnics(subject, facts)[:1]:
        yield Breach("pyrotechnics_live", "drains", part, f"{part} fired or out")


def _tilt_last(subject: Subject, act: Act, facts: Facts) -> Iterable[Breach]:
    """No car on its side with a pack, live pyrotechnics or undrained fluid."""
    if not act.tilts:
        return
    lacking = [
        *(
            (part, f"{part} off")
            for part in subject.dangers("high_voltage")
            if not subject.is_off(part, facts)
        ),
        *(
            (part, f"{part} fired or out")
            for part in _live_pyrotechnics(subject, facts)
        ),
        *(
            (fluid, f"{fluid} drained")
            for fluid in _undrained(subject, facts, _all_fluids(subject))
        ),
    ]
    for first, what in lacking[:1]:
        yield Breach("tilter_refuses", "tilts", first, what)


def _no_sparks_near_fuel(subject: Subject, act: Act, facts: Facts) -> Iterable[Breach]:
    """No sparks or heat on a car that holds fuel, burnable gas or refrigerant."""
    if not act.ignites:
        return
    burnable = [fluid for fluid in _all_fluids(subject) if fluid in FLAMMABLE]
    lacking = [
        *(
            (fluid, f"{fluid} drained")
            for fluid in _undrained(subject, facts, burnable)
        ),
        *(
            (part, f"{part} off")
            for part in subject.dangers("fuel_gas")
            if not subject.is_off(part, facts)
        ),
    ]
    for first, what in lacking[:1]:
        yield Breach("sparks_near_fuel", "ignites", first, what)


RULES: tuple[Rule, ...] = (
    _isolate_first,
    _fire_first,
    _tilt_last,
    _no_sparks_near_fuel,
)
"""Every rule, in the order in which a breach is told."""


def _blocking(subject: Subject, act: Act, facts: Facts) -> Iterable[Breach]:
    """No part comes off before those that its graph puts first."""
    with_it = {each for part in act.removes for each in subject.below(part)}

    def gone(part: str) -> bool:
        return part in with_it or subject.is_off(part, facts)

    for name in sorted(act.removes):
        if subject.is_off(name, facts):
            continue
        part = subject.parts[name].part
        for earlier in part.after:
            if not gone(earlier):
                what = f"{earlier} off before {name}"
                yield Breach("part_blocked", "removes", earlier, what)
        if part.after_any and not any(gone(one) for one in part.after_any):
            what = f"{' or '.join(part.after_any)} off before {name}"
            yield Breach("part_blocked", "removes", " / ".join(part.after_any), what)


def breaches(subject: Subject, act: Act, facts: Facts) -> list[Breach]:
    """Return what an act would break, the gravest first; nothing if it may be done.

    Args:
        subject: The car.
        act: What is to be done to it.
        facts: What is true of it by now.
    """
    found = [breach for rule in RULES for breach in rule(subject, act, facts)]
    return [*found, *_blocking(subject, act, facts)]
