"""Conveyors: parts at a pitch on something that moves, and sometimes stops.

Positions are never stored. A belt has a clock that runs while it moves; a part that
got on at belt time b comes to the end at b + length / speed. On an accumulating
conveyor (rollers that slip) a part behind another also needs a pitch's travel after
the one ahead has left; the belt goes on below those that wait. On the other kind a
part that waits at the end stops them all.
"""

from __future__ import annotations

from twin.flow.kernel.agenda import set_clock, stop_clock
from twin.flow.kernel.ledger import count_node, review, set_state, spend
from twin.flow.kernel.parts import append, remove
from twin.flow.kernel.pointers import Record, compiled
from twin.flow.kernel.records import (
    BLOCKED,
    EXECUTE,
    IDLE,
    IN_TRANSPORT,
    IS_BLOCKED,
    ON_BELT,
    job_of,
    node_of,
    node_plan,
    part_of,
)

# Belt times are sums of many intervals: what is due within this is due now.
_SOON_S = 1e-9


@compiled
def belt_time_s(s: Record, node: Record) -> float:
    """Return how long a belt has moved so far."""
    if node.running == 1:
        return node.belt_s + (s.now - node.belt_since)
    return node.belt_s


@compiled
def entry_is_free(p: Record, s: Record, n: int) -> bool:
    """Return whether the last part has moved on by a pitch."""
    node = node_of(s, n)
    moved_s = belt_time_s(s, node) - node.last_entry_s
    return moved_s >= node_plan(p, n).pitch_s - _SOON_S


@compiled
def set_belt_clocks(p: Record, s: Record, n: int) -> None:
    """Let a belt run or stand as it now must, and set its clocks by it."""
    plan = node_plan(p, n)
    node = node_of(s, n)
    job = job_of(s, plan.first_job)
    moving = job.down == 0 and (plan.accumulating == 1 or node.head_waits == 0)
    if moving != (node.running == 1):
        if moving:
            node.belt_since = s.now
            node.running = 1
        else:
            node.belt_s = belt_time_s(s, node)
            node.running = 0
    if job.down > 0:
        review(p, s, plan.first_job)
    elif node.inside == 0:
        set_state(p, s, plan.first_job, IDLE)
    elif moving:
        set_state(p, s, plan.first_job, EXECUTE)
    else:
        set_state(p, s, plan.first_job, BLOCKED)
    if not moving:
        stop_clock(s, plan.clock)
        stop_clock(s, plan.entry_clock)
        return
    belt_s = belt_time_s(s, node)
    if node.queue_first >= 0 and node.head_waits == 0:
        ready_s = max(part_of(s, node.queue_first).ready_s, node.ready_at_s)
        set_clock(p, s, plan.clock, s.now + max(0.0, ready_s - belt_s))
    else:
        stop_clock(s, plan.clock)
    waited_for = node.wait_first >= 0 or plan.n_flex > 0
    if waited_for and not entry_is_free(p, s, n):
        free_s = node.last_entry_s + plan.pitch_s
        set_clock(p, s, plan.entry_clock, s.now + max(0.0, free_s - belt_s))
    else:
        stop_clock(s, plan.entry_clock)


@compiled
def step_on(p: Record, s: Record, k: int, n: int) -> None:
    """Put a part on a belt's start."""
    plan = node_plan(p, n)
    node = node_of(s, n)
    part = part_of(s, k)
    count_node(s, node)
    node.inside += 1
    part.where = ON_BELT
    spend(s, part, IN_TRANSPORT)
    belt_s = belt_time_s(s, node)
    node.last_entry_s = belt_s
    part.ready_s = belt_s + plan.length_s
    append(s, node, k)
    set_belt_clocks(p, s, n)


@compiled
def reach_end(p: Record, s: Record, n: int) -> int:
    """Return the part that has come to a belt's end; the belt waits for it to go."""
    node = node_of(s, n)
    k = node.queue_first
    node.head_waits = 1
    spend(s, part_of(s, k), IS_BLOCKED)
    return k


@compiled
def step_off(p: Record, s: Record, k: int, n: int) -> None:
    """Take the first part off a belt's end."""
    plan = node_plan(p, n)
    node = node_of(s, n)
    count_node(s, node)
    node.inside -= 1
    remove(s, node, k)
    node.head_waits = 0
    if plan.accumulating == 1:
        node.ready_at_s = belt_time_s(s, node) + plan.pitch_s
