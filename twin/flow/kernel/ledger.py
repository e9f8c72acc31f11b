"""The books: who spent how much time on what, counted at every change."""

from __future__ import annotations

import numpy as np

from twin.flow.kernel.agenda import set_clock, stop_clock
from twin.flow.kernel.histogram import N_BINS, bin_of
from twin.flow.kernel.pointers import Record, compiled
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
    UNLIMITED,
    WAITS_PARTS,
    WAITS_PEOPLE,
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


@compiled
def note_part(s: Record, kind: int, node: int, k: int, detail: int) -> None:
    """Add a row on a part to the trace."""
    if s.trace_on == 0:
        return
    part = part_of(s, k)
    write_trace(s, kind, node, part.serial, part.product, detail)


@compiled
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


@compiled
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


@compiled
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


@compiled
def set_state(p: Record, s: Record, j: int, state: int) -> None:
    """Put a server into a state, and book the time in the last one."""
    job = job_of(s, j)
    before = job.state
    if state == before:
        return
    job.time_in[before] += s.now - job.since
    job.since = s.now
    job.state = state
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


@compiled
def review(p: Record, s: Record, j: int) -> None:
    """Put a server into the state that its counts say it is in."""
    job = job_of(s, j)
    plan = node_plan(p, job.node)
    if job.down > 0:
        state = FAILED
        for m in range(job.first_mode, job.first_mode + plan.n_modes):
            mode = mode_of(s, m)
            if mode.state == 2 and mode_plan(p, mode.plan).waits == 1:
                state = MAINTAINED
    elif job.busy == 0 and job.queue > 0:
        state = BLOCKED
    elif job.busy == 0:
        state = IDLE if node_of(s, job.node).open == 1 else OFF_SHIFT
    elif job.setting == 1:
        state = SET_UP
    elif job.n_running > 0:
        state = EXECUTE
    elif node_of(s, job.node).open == 0:
        state = OFF_SHIFT
    elif job.n_waiting > 0:
        state = NO_MATERIAL if job.material > 0 else NO_OPERATOR
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
def closed_skill_s(s: Record, k: int) -> float:
    """Return how long nobody with a skill was on shift so far."""
    if k < 0:
        return 0.0
    skill = skill_of(s, k)
    if skill.on_shift > 0:
        return skill.closed_s
    return skill.closed_s + (s.now - skill.since)


@compiled
def book_closed(p: Record, s: Record, t: int) -> None:
    """Call the hours in which nobody with the skill is on shift closed, not waiting."""
    task = task_of(s, t)
    if task.skill < 0 or task.job < 0:
        return
    job = job_of(s, task.job)
    if job.state != NO_OPERATOR:
        return
    now_s = closed_skill_s(s, task.skill)
    closed_s = min(now_s - task.closed_at_s, s.now - job.since)
    task.closed_at_s = now_s
    if closed_s <= 0.0:
        return
    job.time_in[NO_OPERATOR] -= closed_s
    job.time_in[OFF_SHIFT] += closed_s
    k = job.part
    while k >= 0:
        part = part_of(s, k)
        part.spent[WAITS_PEOPLE] -= closed_s
        part.spent[CLOSED] += closed_s
        k = part.next


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


@compiled
def is_unlimited(room: int) -> bool:
    """Return whether a room has no bound."""
    return room >= UNLIMITED
