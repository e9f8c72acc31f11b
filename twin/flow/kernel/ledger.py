"""The books: who spent how much time on what, counted at every change."""

from __future__ import annotations

import numpy as np

from twin.flow.kernel.agenda import set_clock, stop_clock
from twin.flow.kernel.histogram import N_BINS, bin_of
from twin.flow.kernel.pointers import Record, compiled, inlined
from twin.flow.kernel.records import (
    BLOCKED,
    CLOSED,
    COUNTING,
    EXECUTE,
    FAILED,
    IDLE,
    IN_FAILURE,
    IN_QUEUE,
    IN_WORK,
    IS_BLOCKED,
    MAINTAINED,
    N_SPENT,
    NO_MATERIAL,
    NO_OPERATOR,
    OFF_SHIFT,
    SET_UP,
    T_BLOCKED,
    WAITING,
    WAITS_PARTS,
    WAITS_PEOPLE,
    WALKING,
    bin_at,
    job_of,
    mode_of,
    mode_plan,
    node_of,
    node_plan,
    part_of,
    period_of,
    product_of,
    ring_at,
    skill_of,
    task_of,
    trace_of,
)

_SPENT_IN = np.full(9, IN_QUEUE)
_SPENT_IN[EXECUTE] = IN_WORK
_SPENT_IN[SET_UP] = IN_WORK
_SPENT_IN[BLOCKED] = IS_BLOCKED
_SPENT_IN[FAILED] = IN_FAILURE
_SPENT_IN[MAINTAINED] = IN_FAILURE
_SPENT_IN[NO_OPERATOR] = WAITS_PEOPLE
_SPENT_IN[NO_MATERIAL] = WAITS_PARTS
_SPENT_IN[OFF_SHIFT] = CLOSED

# Working, setting up and being mended are active; waiting for whatever it be is not.
# Source: C. Roser, M. Nakano, M. Tanaka, "A practical bottleneck detection method",
# Winter Simulation Conference 2001, pp. 949-953.
_ACTIVE = np.zeros(9, dtype=np.bool_)
_ACTIVE[EXECUTE] = True
_ACTIVE[SET_UP] = True
_ACTIVE[FAILED] = True
_ACTIVE[MAINTAINED] = True


@compiled
def write_trace(
    s: Record, kind: int, node: int, part: int, product: int, detail: int
) -> None:
    """Add a row to the trace, if somebody wants one."""
    if s.trace_on == 0:
        return
    if s.n_trace < s.trace_room:
        row = trace_of(s, s.n_trace)
        row.time_s = s.now
        row.kind = kind
        row.node = node
        row.part = part
        row.product = product
        row.detail = detail
    # Counted past the room too: the caller then knows that rows are missing.
    s.n_trace += 1


@inlined
def note_part(s: Record, kind: int, node: int, k: int, detail: int) -> None:
    """Add a row on a part to the trace."""
    if s.trace_on == 0:
        return
    part = part_of(s, k)
    write_trace(s, kind, node, part.serial, part.product, detail)


@inlined
def pend(s: Record, n: int, n_nodes: int) -> None:
    """Have a node looked at before time goes on."""
    node = node_of(s, n)
    if node.pending == 0:
        node.pending = 1
        place = s.ring_first + s.n_ring
        if place >= n_nodes:
            place -= n_nodes
        ring_at(s, place).value = n
        s.n_ring += 1


@inlined
def count_node(s: Record, node: Record) -> None:
    """Bring a node's areas up to now, before its counts change."""
    since = s.now - node.area_since
    if since > 0.0:
        node.inside_area += node.inside * since
        node.queue_area += node.queue * since
        node.area_since = s.now


@compiled
def closed_total_s(s: Record, node: Record) -> float:
    """Return how long a node has been closed so far."""
    if node.open == 1:
        return node.closed_s
    return node.closed_s + (s.now - node.closed_since)


@inlined
def spend(s: Record, part: Record, category: int) -> None:
    """Book a part's time up to now, and go on in another category."""
    part.spent[part.category] += s.now - part.since_s
    part.since_s = s.now
    part.category = category


@compiled
def _busy_clocks(p: Record, s: Record, job: Record, n_modes: int, on: bool) -> None:
    """Let the clocks that count busy time run, or hold them."""
    for m in range(job.first_mode, job.first_mode + n_modes):
        mode = mode_of(s, m)
        plan = mode_plan(p, mode.plan)
        if plan.busy == 0 or mode.state != COUNTING:
            continue
        if on:
            mode.since_s = s.now
            set_clock(p, s, mode.clock, s.now + mode.left_s)
        else:
            mode.left_s -= s.now - mode.since_s
            stop_clock(s, mode.clock)


@inlined
def set_state(p: Record, s: Record, j: int, state: int) -> None:
    """Put a server into a state, and book the time in the last one."""
    job = job_of(s, j)
    before = job.state
    if state == before:
        return
    job.time_in[before] += s.now - job.since
    job.since = s.now
    job.state = state
    if before == IDLE:
        node_of(s, job.node).idle -= 1
    elif state == IDLE:
        node_of(s, job.node).idle += 1
    if s.periods_on == 1 and _ACTIVE[state] != _ACTIVE[before]:
        if _ACTIVE[state]:
            job.active_since = s.now
        else:
            if s.n_periods < s.periods_room:
                row = period_of(s, s.n_periods)
                row.start_s = job.active_since
                row.end_s = s.now
                row.job = j
            s.n_periods += 1
    n_modes = node_plan(p, job.node).n_modes
    if n_modes > 0 and (state == EXECUTE) != (before == EXECUTE):
        _busy_clocks(p, s, job, n_modes, state == EXECUTE)
    category = _SPENT_IN[state]
    k = job.part
    while k >= 0:
        part = part_of(s, k)
        spend(s, part, category)
        k = part.next
    if state == OFF_SHIFT or before == OFF_SHIFT:
        k = job.queue_first
        while k >= 0:
            part = part_of(s, k)
            if part.vehicle == -1:
                spend(s, part, CLOSED if state == OFF_SHIFT else IS_BLOCKED)
            k = part.next


@compiled
def _waits_for_whom(s: Record, job: Record, plan: Record) -> int:
    """Return OFF_SHIFT if nobody is on shift who could do any of what waits."""
    for o in range(plan.n_ops):
        task = task_of(s, job.first_task + o)
        if task.state == WALKING:
            return NO_OPERATOR
        if task.state == WAITING and (
            task.skill < 0 or skill_of(s, task.skill).on_shift > 0
        ):
            return NO_OPERATOR
    return OFF_SHIFT


@compiled
def review(p: Record, s: Record, j: int) -> None:
    """Put a server into the state that its counts say it is in."""
    job = job_of(s, j)
    plan = node_plan(p, job.node)
    closed = node_of(s, job.node).open == 0
    if closed and job.n_running == 0 and job.setting == 0:
        state = OFF_SHIFT
    elif job.down > 0:
        state = FAILED
        for m in range(job.first_mode, job.first_mode + plan.n_modes):
            mode = mode_of(s, m)
            if mode.state == 2 and mode_plan(p, mode.plan).waits == 1:
                state = MAINTAINED
    elif job.busy == 0 and job.queue > 0:
        state = BLOCKED
    elif job.busy == 0:
        state = IDLE
    elif job.setting == 1:
        state = SET_UP
    elif job.n_running > 0:
        state = EXECUTE
    elif job.n_waiting > 0:
        state = NO_MATERIAL if job.material > 0 else _waits_for_whom(s, job, plan)
    else:
        state = OFF_SHIFT
    if state == BLOCKED and job.state != BLOCKED:
        write_trace(s, T_BLOCKED, job.node, -1, -1, job.server)
    set_state(p, s, j, state)


@compiled
def count_product(s: Record, product: Record, change: int) -> None:
    """Change the number of a product's parts in the plant."""
    product.area += product.wip * (s.now - product.since)
    product.since = s.now
    product.wip += change


@compiled
def book_out(s: Record, part: Record) -> None:
    """Count a part that leaves the plant: its lead time and what it consists of."""
    product = product_of(s, part.product)
    lead_s = s.now - part.born_s
    product.out += 1
    product.lead_sum += lead_s
    product.lead_sq += lead_s * lead_s
    product.lead_max = max(product.lead_max, lead_s)
    for c in range(N_SPENT):
        product.spent[c] += part.spent[c]
    bin_at(s, part.product * N_BINS + bin_of(lead_s)).value += 1
    s.n_out += 1
    s.lead_sum += lead_s
    s.lead_sq += lead_s * lead_s
