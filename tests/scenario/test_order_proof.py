"""The least sets are what a search through all orders finds, so the proof is exact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.scenario.findings import InconsistencyError
from twin.scenario.order_proof import least_before
from twin.scenario.station import Operation, Station

Graph = Mapping[str, tuple[list[str], list[str]]]


def work_of(graph: Graph) -> dict[str, Operation]:
    operations: dict[str, Any] = {
        name: {"do": "task", "time": "1 min", "after": after, "after_any": after_any}
        for name, (after, after_any) in graph.items()
    }
    return Station.model_validate({"operations": operations}).operations


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Return up to six operations; what waits for any of several may wait both ways."""
    names = [f"op_{i}" for i in range(draw(st.integers(1, 6)))]
    found = {}
    for i, name in enumerate(names):
        after = [one for one in names[:i] if draw(st.integers(0, 3)) == 0]
        others = [one for one in names if one != name]
        after_any = [one for one in others if draw(st.integers(0, 3)) == 0]
        # One way in from below, so that all can be done.
        if after_any and not set(after_any) & set(names[:i]) and i:
            after_any.append(names[i - 1])
        found[name] = (after, after_any if i else [])
    return found


def reachable(graph: Graph) -> set[frozenset[str]]:
    """Return every set of operations that can be done at some moment."""
    found = {frozenset[str]()}
    edge = list(found)
    while edge:
        done = edge.pop()
        for name, (after, after_any) in graph.items():
            if name in done or not done.issuperset(after):
                continue
            if after_any and done.isdisjoint(after_any):
                continue
            more = done | {name}
            if more not in found:
                found.add(more)
                edge.append(more)
    return found


@given(graphs())
def test_least_sets_are_those_of_a_search_through_all_orders(graph: Graph) -> None:
    work = work_of(graph)
    every = reachable(graph)
    for name, (after, after_any) in graph.items():
        ready = [
            done
            for done in every
            if name not in done
            and done.issuperset(after)
            and (not after_any or not done.isdisjoint(after_any))
        ]
        least = {one for one in ready if not any(other < one for other in ready)}
        assert set(least_before(work, name, ())) == least


def test_two_that_seem_to_serve_each_other_do_not() -> None:
    work = work_of(
        {"a": ([], ["b", "c"]), "b": ([], ["a", "d"]), "c": ([], []), "d": ([], [])}
        | {"e": (["a"], [])}
    )
    assert set(least_before(work, "e", ())) == {
        frozenset(["a", "c"]),
        frozenset(["a", "b", "d"]),
    }


def test_too_many_ways_are_said_to_be_too_many() -> None:
    graph: dict[str, tuple[list[str], list[str]]] = {}
    for i in range(20):
        graph[f"a{i}"] = graph[f"b{i}"] = ([], [])
        graph[f"c{i}"] = ([], [f"a{i}", f"b{i}"])
    graph["last"] = ([f"c{i}" for i in range(20)], [])
    with pytest.raises(InconsistencyError, match="more than 4096 ways lead here"):
        least_before(work_of(graph), "last", ())
