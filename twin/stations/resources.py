"""What an operation needs beside its device: people, tools, stock."""

from __future__ import annotations

from collections.abc import Mapping

from twin.scenario.station import Operation
from twin.scenario.tasks import Task
from twin.state import Reason

Free = tuple[tuple[str, int], ...]
"""How many of what are free, by name; of what is not named there is always enough."""


def person(skill: str) -> str:
    """Return the name of people with a skill."""
    return f"people/{skill}"


def tool(tool_id: str) -> str:
    """Return the name of a kind of tool."""
    return f"tools/{tool_id}"


def stock(store_id: str) -> str:
    """Return the name of what a store holds."""
    return f"stores/{store_id}"


def borrowed(operation: Operation) -> dict[str, int]:
    """Return what an operation takes and gives back: people and tools."""
    if not isinstance(operation, Task):
        return {}
    people = {person(skill): n for skill, n in operation.people.items()}
    return people | {tool(name): n for name, n in operation.uses.items()}


def used_up(operation: Operation) -> dict[str, int]:
    """Return what an operation takes for good: stock."""
    if not isinstance(operation, Task):
        return {}
    return {stock(name): n for name, n in operation.takes.items()}


def lacks(
    operation: Operation, free: Mapping[str, int], supplied: bool = False
) -> Reason:
    """Return for want of what an operation waits, ``NONE`` if all of it is there.

    Args:
        operation: As the scenario has it.
        free: How many of what.
        supplied: Whether it has its stock already, from before it was stopped.
    """
    wanted = {} if supplied else used_up(operation)
    if any(free.get(name, n) < n for name, n in wanted.items()):
        return Reason.OWN_MATERIAL_MISSING
    if any(free.get(name, n) < n for name, n in borrowed(operation).items()):
        return Reason.OPERATOR_MISSING
    return Reason.NONE


def moved(free: Mapping[str, int], amounts: Mapping[str, int], sign: int) -> Free:
    """Return what is free once amounts have come back (+1) or been taken (-1)."""
    changed = {
        name: n + sign * amounts.get(name, 0) for name, n in sorted(free.items())
    }
    return tuple(changed.items())
