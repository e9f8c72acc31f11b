"""Standstill: parts that wait for each other in a circle, found and explained."""

from __future__ import annotations

from twin.flow.kernel import records as r
from twin.flow.state import FlowState

_MOST_NAMED = 8


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
    """Return what to tell a person about a plant in which nothing moves any more."""
    circle = find_deadlock(state)
    if circle:
        return explain_circle(circle)
    return "nothing is left to happen"


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
