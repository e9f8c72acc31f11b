"""Proof that no order which a scenario's stations allow breaks a rule of safety.

The facts of a car only grow. So a rule holds in every order if it holds at the start
of an operation with the least that can have been done by then. Those least sets are
found by following what it comes ``after``, and one of each ``after_any``, back to the
beginning; whatever else may be done by then adds facts and takes none.
"""

from __future__ import annotations

from collections.abc import Mapping

from twin.scenario.findings import InconsistencyError, Path
from twin.scenario.model import Scenario
from twin.scenario.nodes import Buffer, Node, Passed
from twin.scenario.safety import (
    Facts,
    Subject,
    act_of,
    breaches,
    certain_effects,
    granted,
    subject_of,
)
from twin.scenario.station import Operation, Station
from twin.scenario.tasks import Task

_MOST_WAYS = 4096
"""Least sets of one operation that are looked at; twelve choices of two are as many."""

Car = tuple[str, str]
"""What it is by now, and what it was when it came."""


def check_orders(scenario: Scenario) -> None:
    """Check every order of every station against the rules of safety.

    Raises:
        InconsistencyError: At the first operation that some order lets break a rule.
    """
    if not any(
        _matters(operation)
        for station in scenario.stations.values()
        for operation in station.operations.values()
    ):
        return
    subjects = {name: subject_of(each) for name, each in scenario.products.items()}
    arrivals = _arrivals(scenario, subjects)
    for station_id, station in scenario.stations.items():
        for (product, origin), facts in arrivals.get(station_id, {}).items():
            _check_station(
                station, ("stations", station_id), product, subjects[origin], facts
            )


def _matters(operation: Operation) -> bool:
    return bool(
        operation.removes
        or operation.fires
        or operation.drains
        or operation.tilts
        or operation.ignites
        or operation.needs
        or operation.do == "unscrew"
    )


def _check_station(
    station: Station, at: Path, product: str, subject: Subject, arrived: Facts
) -> None:
    work = station.operations
    effects = {
        name: certain_effects(operation, product, subject)
        for name, operation in work.items()
    }
    for name, operation in work.items():
        if _for_others(operation, product):
            continue
        acts = [
            act_of(operation, subject, destructive) for destructive in (False, True)
        ]
        here = (*at, "operations", name)
        for done in least_before(work, name, here):
            facts = arrived | {fact for one in done for fact in effects[one]}
            for condition in operation.needs:
                if granted(condition) not in facts:
                    raise InconsistencyError(
                        (*here, "needs"),
                        f"may come before {condition} is granted on {product!r}, as "
                        f"{_course(done)}; let it come after what grants it",
                    )
            for act in dict.fromkeys(acts):
                for breach in breaches(subject, act, facts):
                    key = breach.key if getattr(operation, breach.key) else "removes"
                    raise InconsistencyError(
                        (*here, key),
                        f"may come before {breach.lacking} on {product!r}, as "
                        f"{_course(done)}; let it come after (rule {breach.rule}, "
                        "docs/safety.md)",
                    )


def _for_others(operation: Operation, product: str) -> bool:
    only = operation.only if isinstance(operation, Task) else ()
    return bool(only) and product not in only


def _course(done: frozenset[str]) -> str:
    if not done:
        return "nothing need be done first"
    return f"no more than {', '.join(sorted(done))} need be done first"


def least_before(
    work: Mapping[str, Operation], name: str, here: Path
) -> list[frozenset[str]]:
    """Return the least sets of operations that can be done when one starts.

    Args:
        work: Operations of a station by id, without a circle.
        name: The one that starts.
        here: Where it stands in the scenario.

    Raises:
        InconsistencyError: If its choices have too many combinations to look at.
    """
    found: set[frozenset[str]] = set()
    seen: set[tuple[frozenset[str], tuple[str, ...]]] = set()
    open_: list[tuple[frozenset[str], tuple[str, ...]]] = [(frozenset(), (name,))]
    while open_:
        done, left = open_.pop()
        if not left:
            found.add(done)
            continue
        first, rest = left[0], left[1:]
        operation = work[first]
        choices = operation.after_any if isinstance(operation, Task) else ()
        needed = set(operation.after)
        # One that must be done anyway serves as the one of several.
        free = choices and not needed & set(choices)
        for option in [{choice} for choice in choices] if free else [set[str]()]:
            more = sorted((needed | option) - done)
            step = (done | set(more), (*rest, *more))
            if step not in seen:
                seen.add(step)
                open_.append(step)
        if len(seen) > _MOST_WAYS:
            raise InconsistencyError(
                (*here, "after_any"),
                f"more than {_MOST_WAYS} ways lead here; use fewer choices",
            )
    # Two that each wait for any of several may seem to serve each other.
    real = [one for one in found if name not in one and _can_be_done(work, one)]
    return sorted(
        (one for one in real if not any(other < one for other in real)),
        key=lambda one: (len(one), sorted(one)),
    )


def _can_be_done(work: Mapping[str, Operation], wanted: frozenset[str]) -> bool:
    """Return whether a set of operations can be done with nothing else."""
    done: set[str] = set()
    while True:
        more = {
            name
            for name in wanted - done
            if done.issuperset(work[name].after) and _one_of(work[name], done)
        }
        if not more:
            return done == wanted
        done |= more


def _one_of(operation: Operation, done: set[str]) -> bool:
    choices = operation.after_any if isinstance(operation, Task) else ()
    return not choices or not done.isdisjoint(choices)


def _arrivals(
    scenario: Scenario, subjects: Mapping[str, Subject]
) -> dict[str, dict[Car, Facts]]:
    """Return what is certain of each kind of car when it comes to each node."""
    nodes = scenario.nodes()
    certain: dict[str, dict[Car, Facts]] = {name: {} for name in nodes}
    fresh: list[tuple[str, Car]] = []

    def come(node_id: str, car: Car, facts: Facts) -> None:
        known = certain[node_id].get(car)
        least = frozenset(facts) if known is None else known & frozenset(facts)
        if least != known:
            certain[node_id][car] = least
            fresh.append((node_id, car))

    for source in scenario.sources.values():
        for product in source.products():
            for target in _targets(source, product):
                come(target, (product, product), frozenset())
    for node_id, node in nodes.items():
        for product in getattr(node, "initial", {}):
            come(node_id, (product, product), frozenset())
    while fresh:
        node_id, car = fresh.pop()
        node, (product, origin) = nodes[node_id], car
        facts = certain[node_id][car]
        if isinstance(node, Station | Buffer) and node.patience is not None:
            come(node.patience.to, car, facts)
        if not isinstance(node, Station):
            for target in _targets(node, product):
                come(target, car, facts)
            continue
        if node.scrap is not None:
            come(node.scrap, car, facts)
        leaves = (node.makes or node.becomes or product, node.makes or origin)
        done = facts | {
            fact
            for operation in node.operations.values()
            for fact in certain_effects(operation, product, subjects[origin])
        }
        for target in () if node.consumed else _targets(node, leaves[0]):
            come(target, leaves, frozenset() if node.makes else done)
        for operation in node.operations.values():
            yields = operation.yields if isinstance(operation, Task) else {}
            for made, yielded in yields.items():
                for target in yielded.to.targets:
                    come(target, (made, made), frozenset())
    return certain


def _targets(node: Node, product: str) -> tuple[str, ...]:
    route = node.route_of(product) if isinstance(node, Passed) else None
    return () if route is None else route.targets
