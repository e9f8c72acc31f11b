"""The loop: take the next event, do what follows from it, until a time is reached."""

from __future__ import annotations

from twin.flow.kernel.agenda import close_agenda, take_first
from twin.flow.kernel.belts import reach_end, set_belt_clocks
from twin.flow.kernel.cache import kept
from twin.flow.kernel.ledger import closed_total_s, count_node, note_part, pend, spend
from twin.flow.kernel.parts import create_part, remove, stop_waiting
from twin.flow.kernel.pointers import Record, compiled, inlined
from twin.flow.kernel.records import (
    BELT_END_CLOCK,
    BELT_START_CLOCK,
    BROKEN,
    BUFFER,
    CALENDAR_CLOCK,
    CLOSED,
    CONVEYOR,
    EVENTS_DONE,
    IN_QUEUE,
    JOB_CLOCK,
    MODE_CLOCK,
    NODE_CLOCK,
    NOTHING_LEFT,
    PARTS_FULL,
    PERIODS_FULL,
    REACHED,
    SOURCE,
    SOURCE_CLOCK,
    STATION,
    STORE_CLOCK,
    T_RENEGED,
    TASK_CLOCK,
    TRACE_FULL,
    VEHICLE_CLOCK,
    WALKING,
    entry_of,
    fetch_job,
    fetch_law,
    fetch_node,
    fetch_op,
    fetch_part,
    fetch_plan,
    fetch_slot,
    fetch_stream,
    fetch_task,
    fleet_of,
    initial,
    job_of,
    node_of,
    node_plan,
    part_of,
    plant_at,
    product_of,
    ring_at,
    slot_of,
    state_at,
    task_of,
)
from twin.flow.kernel.shifts import plan_turn, turn_calendar
from twin.flow.kernel.transport import dispatch, step_vehicle
from twin.flow.kernel.ways import (
    PATIENCE,
    admit,
    arrive,
    drop_tokens,
    enter,
    enter_buffer_row,
    has_tokens,
    plan_arrival,
    take_tokens,
    try_leave,
)
from twin.flow.kernel.work import (
    arrive_on_foot,
    break_down,
    deliver,
    end_setup,
    finish_task,
    order_more,
    plan_failure,
    preempt,
    serve_maintenance,
    serve_waiting,
    start_here,
)

# More than any plant needs at one moment: who comes this far goes in a circle.
_MOST_ROUNDS = 1_000_000


@inlined
def _settle(p: Record, s: Record, n: int) -> None:
    """Let all happen at a node that can happen now."""
    plan = node_plan(p, n)
    node = node_of(s, n)
    if plan.kind == STATION:
        if plan.n_modes > 0:
            serve_maintenance(p, s, n)
        if node.queue > 0:
            start_here(p, s, n)
            if plan.preemptive == 1:
                preempt(p, s, n)
    elif plan.kind == BUFFER:
        while node.queue_first >= 0 and s.broken == 0:
            k = node.queue_first
            if part_of(s, k).waits_at != -1 or not try_leave(p, s, k):
                break
    elif plan.kind == CONVEYOR:
        set_belt_clocks(p, s, n)
    if node.wait_first >= 0 or plan.n_flex > 0:
        admit(p, s, n)
        if plan.kind == CONVEYOR:
            set_belt_clocks(p, s, n)


def _settle_all(p: Record, s: Record) -> None:
    """Let all happen that can happen now, node by node, then people, then vehicles."""
    rounds = 0
    while s.broken == 0:
        rounds += 1
        if rounds > _MOST_ROUNDS + 16 * s.n_parts:
            s.broken = 3
            s.broken_row = s.last_settled
            return
        if s.n_ring > 0:
            n = ring_at(s, s.ring_first).value
            s.ring_first += 1
            if s.ring_first >= p.n_nodes:
                s.ring_first = 0
            s.n_ring -= 1
            node_of(s, n).pending = 0
            s.last_settled = n
            _settle(p, s, n)
        elif s.freed == 1:
            s.freed = 0
            serve_waiting(p, s)
        elif s.called == 1:
            s.called = 0
            for f in range(p.n_fleets):
                if fleet_of(s, f).n_waiting > 0:
                    dispatch(p, s, f)
        else:
            return


_settle_here = inlined(_settle_all)
settle_all = compiled(_settle_all)


@compiled
def _ring_part(p: Record, s: Record, k: int) -> None:
    """Let a part lose its patience, or have stayed long enough."""
    part = part_of(s, k)
    n = part.node
    plan = node_plan(p, n)
    node = node_of(s, n)
    use = part.clock_use
    part.clock_use = 0
    if use != PATIENCE:
        enter_buffer_row(p, s, k, n)
        return
    if plan.kind == STATION and node.queue_first == k:
        # A batch waits as long as its oldest does: another is the oldest now.
        node.cursor = 0
    if part.waits_at != -1:
        stop_waiting(s, k)
    count_node(s, node)
    remove(s, node, k)
    node.inside -= 1
    node.reneged += 1
    node.left += 1
    product_of(s, part.product).reneged += 1
    spend(s, part, IN_QUEUE)
    if plan.calendar >= 0:
        closed_s = closed_total_s(s, node) - part.closed_at_s
        part.spent[IN_QUEUE] -= closed_s
        part.spent[CLOSED] += closed_s
    note_part(s, T_RENEGED, n, k, 0)
    pend(s, n, p.n_nodes)
    if plan.leave_loops & part.tokens != 0:
        drop_tokens(p, s, k, plan.leave_loops)
    enter(p, s, k, plan.patience_to)


@inlined
def _ring(p: Record, s: Record, slot: int) -> None:
    """Do what an event says."""
    if slot >= p.n_slots:
        _ring_part(p, s, slot - p.n_slots)
        return
    owner = slot_of(p, slot)
    kind = owner.kind
    row = owner.row
    if kind == TASK_CLOCK:
        if task_of(s, row).state == WALKING:
            arrive_on_foot(p, s, row)
        else:
            finish_task(p, s, row, owner)
    elif kind == SOURCE_CLOCK:
        arrive(p, s, row)
    elif kind == BELT_END_CLOCK:
        if not try_leave(p, s, reach_end(p, s, row)) or node_of(s, row).head_waits:
            set_belt_clocks(p, s, row)
    elif kind == BELT_START_CLOCK:
        pend(s, row, p.n_nodes)
    elif kind == JOB_CLOCK:
        end_setup(p, s, row)
    elif kind == VEHICLE_CLOCK:
        step_vehicle(p, s, row)
    elif kind == STORE_CLOCK:
        deliver(p, s, row)
    elif kind == NODE_CLOCK:
        pend(s, row, p.n_nodes)
    elif kind == MODE_CLOCK:
        break_down(p, s, row)
    elif kind == CALENDAR_CLOCK:
        turn_calendar(p, s, row)


@compiled
def _begin(p: Record, s: Record) -> None:
    for i in range(p.n_stores):
        order_more(p, s, i)
    for c in range(p.n_calendars):
        plan_turn(p, s, c)
    for m in range(p.n_modes):
        plan_failure(p, s, m)
    for n in range(p.n_nodes):
        plan = node_plan(p, n)
        if plan.kind == SOURCE:
            plan_arrival(p, s, n)
        elif plan.kind == CONVEYOR:
            set_belt_clocks(p, s, n)
    for i in range(p.n_initials):
        row = initial(p, i)
        for _ in range(row.count):
            k = create_part(p, s, row.product, row.node)
            # Who stands inside a loop from the start has a token, if there is one.
            if has_tokens(p, s, part_of(s, k), row.node):
                take_tokens(p, s, part_of(s, k), row.node)
            enter(p, s, k, row.node)
    settle_all(p, s)


# Plants of so many nodes lie in the processor's caches anyhow.
_IN_CACHE = 300

_LOOK_AHEAD = 7
"""Entries of the agenda in its three topmost rows."""


@compiled
def _fetch_parts(p: Record, s: Record, slot: int) -> None:
    """Have the parts fetched that an event will move."""
    if slot >= p.n_slots:
        return
    owner = slot_of(p, slot)
    if owner.job >= 0:
        first = job_of(s, owner.job).part
        if first >= 0:
            fetch_part(s, first)
        second = node_of(s, owner.node).queue_first
        if second >= 0:
            fetch_part(s, second)


@compiled
def _fetch_event(p: Record, s: Record, slot: int) -> None:
    """Have the rows fetched that an event will touch, its parts apart."""
    if slot >= p.n_slots:
        return
    owner = slot_of(p, slot)
    if owner.job >= 0:
        fetch_job(s, owner.job)
        fetch_node(s, owner.node)
        fetch_plan(p, owner.node)
        fetch_task(s, owner.row)
        fetch_op(p, owner.op)
        fetch_law(p, owner.law)
        fetch_stream(s, owner.stream)
        if owner.next_node >= 0:
            fetch_node(s, owner.next_node)
            fetch_plan(p, owner.next_node)


@compiled
def _fetch_ahead(p: Record, s: Record, slot: int) -> None:
    """Have fetched what this event and most likely the next will touch.

    In a plant of ten thousand stations hardly a row is in the processor's caches, and
    each would be waited for. One of the two entries below the top comes next, unless
    what happens now sets an earlier clock.
    """
    _fetch_parts(p, s, slot)
    if s.n_agenda < _LOOK_AHEAD:
        return
    left = entry_of(s, 1)
    right = entry_of(s, 2)
    _fetch_event(p, s, left.slot if left.time <= right.time else right.slot)
    for i in range(3, _LOOK_AHEAD):
        following = entry_of(s, i).slot
        if following < p.n_slots:
            fetch_slot(p, following)


@kept
def advance(
    plant_address: int, state_address: int, until_s: float, most_events: int
) -> int:
    """Run on to a time; return why it stopped.

    Whatever the reason, the state is whole: called again, it goes on as if it had
    not stopped.

    Args:
        plant_address: Of the plant's head.
        state_address: Of the state's head.
        until_s: Events at this time still happen.
        most_events: After so many it returns.
    """
    p = plant_at(plant_address, 0)
    s = state_at(state_address, 0)
    if s.begun == 0:
        s.begun = 1
        _begin(p, s)
    done = 0
    while True:
        if s.broken != 0:
            return BROKEN
        if s.n_agenda == 0:
            return NOTHING_LEFT
        if entry_of(s, 0).time > until_s:
            s.now = until_s
            return REACHED
        if s.parts_room - s.n_parts < p.most_new:
            return PARTS_FULL
        if s.trace_on == 1 and s.trace_room - s.n_trace < p.log_margin:
            return TRACE_FULL
        if s.periods_on == 1 and s.periods_room - s.n_periods < p.log_margin:
            return PERIODS_FULL
        if done >= most_events:
            return EVENTS_DONE
        done += 1
        s.n_events += 1
        slot = take_first(s)
        if p.n_nodes > _IN_CACHE:
            _fetch_ahead(p, s, slot)
        _ring(p, s, slot)
        _settle_here(p, s)
        close_agenda(s)
