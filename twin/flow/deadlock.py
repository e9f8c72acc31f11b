"""Standstill: parts that wait for each other in a circle, found and explained."""

from __future__ import annotations

from typing import Any

from twin.flow.kernel import records as r
from twin.flow.state import FlowState

_MOST_NAMED = 8

Row = Any
"""A row of a structured table."""


def find_deadlock(state: FlowState) -> list[tuple[str, str]]:
    """Return who waits for whom where nothing can ever move again.

    A node is stuck if it is full of parts of which each waits for room in a stuck
    node: the largest such set is what is left after taking away, again and again,
    every node from which something can still go.

    Returns:
        Pairs (node, node it waits for) around one circle; empty if there is none.
    """
    waits = _waits(state)
    stuck = {node for node, targets in waits.items() if targets}
    while True:
        free = {node for node in stuck if not waits[node] <= stuck}
        if not free:
            break
        stuck -= free
    if not stuck:
        return []
    import networkx as nx  # a fifth of a second, only for who is stuck

    names = state.plant.names.nodes
    graph = nx.DiGraph(
        (node, target) for node in sorted(stuck) for target in sorted(waits[node])
    )
    circle = nx.find_cycle(graph)
    return [(names[begin], names[end]) for begin, end, *_ in circle]


def explain_standstill(state: FlowState) -> str:
    """Return what is waited for in a plant in which no event is left to happen.

    Returns:
        Who waits for which people, tools, stock, tokens or room, as a sentence; empty
        if nobody waits for what has to be given: then the plant has simply ended.
    """
    names = state.plant.names
    tables = state.tables
    found: dict[str, None] = {}
    for task in tables["tasks"]:
        if task["state"] == r.WAITING:
            found.setdefault(_lack(state, task))
    parts = tables["parts"][: state.count("parts_used")]
    for part in parts[(parts["where"] != r.NOWHERE) & (parts["waits_at"] != -1)]:
        place = names.nodes[int(part["node"])]
        dest = int(part["waits_at"])
        if dest < 0:
            found.setdefault(f"{place!r} for room on any of its ways")
        elif state.plant.tables["nodes"][dest]["enter_loops"]:
            found.setdefault(
                f"{place!r} for a token or room to enter {names.nodes[dest]!r}"
            )
        else:
            found.setdefault(f"{place!r} for room in {names.nodes[dest]!r}")
    shown = list(found)[:_MOST_NAMED]
    more = "" if len(found) <= _MOST_NAMED else f" and {len(found) - len(shown)} more"
    return ", ".join(shown) + more


def _lack(state: FlowState, task: Row) -> str:
    """Return who waits, and for what, of a task that cannot start."""
    plant, names = state.plant, state.plant.names
    if task["mode"] >= 0:
        node, _, mode_id = names.modes[int(task["mode"])]
        return f"{node!r} for people to repair {mode_id!r}"
    node_row = int(state.tables["jobs"][int(task["job"])]["node"])
    node = names.nodes[node_row]
    operation = names.operations[node_row][int(task["op"])]
    first_op = int(plant.tables["nodes"][node_row]["first_op"])
    op = plant.tables["ops"][first_op + int(task["op"])]
    wanted = [
        (kind, ids[int(row["what"])], int(row["count"]))
        for kind, table, first, n, ids in (
            ("skill", "needs", op["first_need"], op["n_needs"], names.skills),
            ("tool", "uses", op["first_use"], op["n_uses"], names.tools),
            ("stock of", "takes", op["first_take"], op["n_takes"], names.stores),
        )
        for row in plant.tables[table][int(first) : int(first) + int(n)]
    ]
    things = " and ".join(f"{count} x {kind} {name!r}" for kind, name, count in wanted)
    return f"{node!r} for {things} ({operation})"


def explain_circle(circle: list[tuple[str, str]]) -> str:
    """Return a circle of waiting as a sentence."""
    shown = circle[:_MOST_NAMED]
    chain = " for ".join([shown[0][0], *(end for _, end in shown)])
    more = "" if len(circle) <= _MOST_NAMED else f" and {len(circle) - len(shown)} more"
    return f"{chain}{more} wait for room in each other, and all are full"


def _waits(state: FlowState) -> dict[int, set[int]]:
    """Return for each node what it waits for; empty if it can still do something."""
    plant, tables = state.plant, state.tables
    parts = tables["parts"][: state.count("parts_used")]
    present = parts["where"] != r.NOWHERE
    found: dict[int, set[int]] = {}
    able: set[int] = set()
    for part in parts[present]:
        node = int(part["node"])
        if part["where"] == r.CARRIED or part["vehicle"] != -1:
            able.add(node)
            able.add(int(part["dest"]))
            continue
        found.setdefault(node, set())
        if part["waits_at"] >= 0:
            found[node].add(int(part["waits_at"]))
        elif part["waits_at"] < -1:
            route = plant.tables["routes"][-2 - int(part["waits_at"])]
            first = int(route["first_row"])
            rows = plant.tables["route_rows"][first : first + int(route["n_rows"])]
            # Any of them would do: it is stuck only if all are.
            found[node].update(int(to) for to in rows["to"])
        elif part["where"] == r.IN_JOB or part["clock_use"] != 0:
            able.add(node)
    for job in tables["jobs"]:
        node = int(job["node"])
        kind = plant.tables["nodes"][node]["kind"]
        if kind == r.STATION and job["state"] != r.BLOCKED:
            # An idle server starves beside a full queue only where it is closed,
            # mended, or lacks a component, which may still come.
            if tables["nodes"][node]["queue"] > 0 or job["busy"] or job["down"]:
                able.add(node)
        elif kind == r.CONVEYOR and tables["nodes"][node]["head_waits"] == 0:
            able.add(node)
    return {node: set() if node in able else targets for node, targets in found.items()}
