"""A car's cycle, split along the critical path of its operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from twin.scenario.station import Operation


@dataclass(frozen=True, slots=True)
class Cycle:
    """A complete car's way from the entry line to the exit line.

    Attributes:
        car: Its number.
        entry_tick: When its origin crossed the entry line.
        exit_tick: When it crossed the exit line.
        step_ticks: Operation to ticks on the critical path; they add up to
            ``exit_tick - entry_tick`` exactly.
    """

    car: int
    entry_tick: int
    exit_tick: int
    step_ticks: Mapping[str, int]


def critical_path(
    operations: Mapping[str, Operation],
    finished: Mapping[str, int],
    entry_tick: int,
    exit_tick: int,
) -> dict[str, int]:
    """Return how long each operation on the critical path took, in ticks.

    From the operation that ends at the exit back to the entry, always to the
    predecessor that was done last: each step lasts from that moment to its own
    end, so waiting for a device counts with the operation that waited.

    Args:
        operations: By id, with what each comes after.
        finished: Tick at which each was done; one that was left out is missing.
        entry_tick: Start of the cycle.
        exit_tick: End of the cycle.
    """

    def done_at(name: str) -> int:
        if name in finished:
            return finished[name]
        return max((done_at(p) for p in operations[name].after), default=entry_tick)

    # Where two end in one tick, the one that carries the car out ends the cycle.
    last = max(
        (name for name in finished if finished[name] <= exit_tick),
        key=lambda name: (finished[name], operations[name].do == "convey_out"),
    )
    path: list[tuple[str, int]] = []
    end = exit_tick
    while True:
        before = operations[last].after
        begin = max((done_at(name) for name in before), default=entry_tick)
        begin = max(begin, entry_tick)
        if last in finished:
            path.append((last, end - begin))
            end = begin
        if not before:
            break
        last = max(before, key=done_at)
    return dict(reversed(path))
