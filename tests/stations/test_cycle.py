"""A cycle's steps lie on one path through the operations and add up exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from twin.physics.cycle import critical_path
from twin.scenario.station import Station

Build = Callable[..., Station]


@st.composite
def runs(draw: st.DrawFn) -> tuple[dict[str, list[str]], dict[str, int], int, int]:
    """Return a graph, when each operation was done, entry and exit ticks."""
    n = draw(st.integers(1, 10))
    entry = draw(st.integers(0, 10_000))
    after: dict[str, list[str]] = {}
    done: dict[str, int] = {}
    for number in range(n):
        name = f"op_{number}"
        after[name] = [one for one in after if draw(st.booleans())]
        begin = max((done[one] for one in after[name]), default=entry)
        done[name] = begin + draw(st.integers(0, 5_000))
    return after, done, entry, max(done.values()) + draw(st.integers(0, 100))


@given(runs())
def test_the_steps_add_up_to_the_cycle_exactly(
    build: Build, run: tuple[Mapping[str, Sequence[str]], dict[str, int], int, int]
) -> None:
    after, done, entry, exit_tick = run
    steps = critical_path(build(after).operations, done, entry, exit_tick)
    assert sum(steps.values()) == exit_tick - entry
    assert all(ticks >= 0 for ticks in steps.values())
    path = list(steps)
    assert not after[path[0]]
    for earlier, later in pairwise(path):
        assert earlier in after[later]
        assert done[earlier] == max(done[one] for one in after[later])
    assert done[path[-1]] == max(done.values())


@given(runs(), st.data())
def test_left_out_operations_take_no_time(
    build: Build,
    run: tuple[Mapping[str, Sequence[str]], dict[str, int], int, int],
    data: st.DataObject,
) -> None:
    after, done, entry, exit_tick = run
    last = max(done, key=lambda name: done[name])
    others = sorted(set(done) - {last})
    skipped = data.draw(st.sets(st.sampled_from(others))) if others else set()
    kept = {name: tick for name, tick in done.items() if name not in skipped}
    steps = critical_path(build(after).operations, kept, entry, exit_tick)
    assert not set(steps) & skipped
    assert sum(steps.values()) == exit_tick - entry


def test_waiting_counts_with_the_operation_that_waited(build: Build) -> None:
    operations = build(
        {"in": [], "left": ["in"], "right": ["in"], "out": ["left", "right"]}
    ).operations
    done = {"in": 120, "left": 200, "right": 350, "out": 400}
    assert critical_path(operations, done, 100, 410) == {
        "in": 20,
        "right": 230,
        "out": 60,
    }


def test_what_ends_after_the_exit_is_not_on_the_path(build: Build) -> None:
    operations = build({"in": [], "out": ["in"], "pack": ["in"]}).operations
    done = {"in": 10, "out": 50, "pack": 500}
    assert critical_path(operations, done, 0, 60) == {"in": 10, "out": 50}
