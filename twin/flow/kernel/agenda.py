"""The agenda: at most one pending event a clock, the earliest first.

A binary heap that knows where each clock stands in it, so that a clock is moved or
stopped without leaving anything stale behind. Equal times are taken by rank of the
clock's kind, then in the order in which they were set: a total order.
"""

from __future__ import annotations

from twin.flow.kernel.pointers import Record, bits_of, compiled, inlined
from twin.flow.kernel.records import (
    AFTER_SERIAL,
    PART_CLOCK,
    entry_of,
    order_of,
    placed_at,
    slot_of,
)


@inlined
def _kind_of(p: Record, slot: int) -> int:
    """Return what kind of clock a slot is; parts' clocks follow the fixed ones."""
    if slot >= p.n_slots:
        return PART_CLOCK
    return slot_of(p, slot).kind


@inlined
def _earlier(time: int, tie: int, o_time: int, o_tie: int) -> bool:
    if time != o_time:
        return time < o_time
    return tie < o_tie


@compiled
def _sift(s: Record, i: int, slot: int, time: int, tie: int, n: int) -> None:
    """Put an entry where it belongs, starting from place i, which is free.

    Times are compared by their bits: of floats that are not negative, the greater
    has the greater ones, and integers compare in one step.
    """
    while i > 0:
        above = (i - 1) >> 1
        entry = order_of(s, above)
        if not _earlier(time, tie, entry.time, entry.tie):
            break
        free = order_of(s, i)
        free.time = entry.time
        free.tie = entry.tie
        free.slot = entry.slot
        placed_at(s, entry.slot).value = i
        i = above
    while True:
        below = 2 * i + 1
        if below >= n:
            break
        entry = order_of(s, below)
        if below + 1 < n:
            other = order_of(s, below + 1)
            if _earlier(other.time, other.tie, entry.time, entry.tie):
                entry = other
                below += 1
        if not _earlier(entry.time, entry.tie, time, tie):
            break
        free = order_of(s, i)
        free.time = entry.time
        free.tie = entry.tie
        free.slot = entry.slot
        placed_at(s, entry.slot).value = i
        i = below
    free = order_of(s, i)
    free.time = time
    free.tie = tie
    free.slot = slot
    placed_at(s, slot).value = i


@compiled
def _fill_hole(s: Record) -> None:
    """Close the gap that the event which happens now has left at the top."""
    s.hole = 0
    s.n_agenda -= 1
    n = s.n_agenda
    if n > 0:
        last = order_of(s, n)
        _sift(s, 0, last.slot, last.time, last.tie, n)


@inlined
def set_clock(p: Record, s: Record, slot: int, time: float) -> None:
    """Let a clock ring at a time, instead of when it would have."""
    s.serial += 1
    i = placed_at(s, slot).value
    if i < 0:
        if s.hole == 1:
            # Most events set one clock: it goes where theirs was.
            s.hole = 0
            i = 0
        else:
            i = s.n_agenda
            s.n_agenda += 1
    elif s.hole == 1:
        _fill_hole(s)
        i = placed_at(s, slot).value
    tie = (_kind_of(p, slot) << AFTER_SERIAL) + s.serial
    _sift(s, i, slot, bits_of(time), tie, s.n_agenda)


@compiled
def stop_clock(s: Record, slot: int) -> None:
    """Let a clock not ring."""
    if placed_at(s, slot).value < 0:
        return
    if s.hole == 1:
        _fill_hole(s)
    i = placed_at(s, slot).value
    placed_at(s, slot).value = -1
    s.n_agenda -= 1
    n = s.n_agenda
    if i < n:
        last = order_of(s, n)
        _sift(s, i, last.slot, last.time, last.tie, n)


@inlined
def take_first(s: Record) -> int:
    """Return the clock that rings next, stopped, and go to its time.

    Its place at the top stays open for the clock that is set next.
    """
    first = entry_of(s, 0)
    s.now = first.time
    s.hole = 1
    placed_at(s, first.slot).value = -1
    return first.slot


@compiled
def close_agenda(s: Record) -> None:
    """Put the agenda in order once an event and all that follows have happened."""
    if s.hole == 1:
        _fill_hole(s)
