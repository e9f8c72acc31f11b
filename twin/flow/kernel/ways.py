"""Ways: where a part goes next, whether there is room, and the move itself."""

from __future__ import annotations

from twin.flow.kernel.agenda import set_clock, stop_clock
from twin.flow.kernel.belts import (
    entry_is_free,
    set_belt_clocks,
    step_off,
    step_on,
)
from twin.flow.kernel.draws import EXPONENTIAL, draw, uniform, unit_wait
from twin.flow.kernel.ledger import (
    book_out,
    closed_total_s,
    count_node,
    note_part,
    pend,
    review,
    set_state,
    spend,
)
from twin.flow.kernel.parts import (
    append,
    create_part,
    entry_of_loop,
    forget_part,
    give_back,
    insert,
    remove,
    stop_waiting,
    wait_for,
)
from twin.flow.kernel.people import count_store
from twin.flow.kernel.pointers import Record, compiled, inlined
from twin.flow.kernel.records import (
    AT_SOURCE,
    BUFFER,
    BY_SHARE,
    CONVEYOR,
    CURING,
    FIRST_WITH_ROOM,
    IDLE,
    IN_BUFFER,
    IN_QUEUE,
    IN_TRANSPORT,
    IS_BLOCKED,
    JOB_OUT,
    LEAVING,
    ON_BELT,
    QUEUED,
    ROUND_ROBIN,
    SHORTEST,
    SHORTEST_QUEUE,
    SINK,
    STATION,
    STORE,
    T_ENTERED,
    T_LEFT,
    T_OUT,
    T_REJECTED,
    count_at,
    fleet_of,
    flex,
    input_of,
    input_plan,
    job_of,
    law_of,
    loop_of,
    mix_row,
    node_of,
    node_plan,
    op_time,
    part_of,
    product_of,
    route_now,
    route_of,
    route_plan,
    route_row,
    store_of,
    store_plan,
    time_at,
    way_of,
)

# What a part's own clock is for.
PATIENCE = 1
STAY = 2

_NOT_CALLED = -1
_NO_TIME = -1.0
CALLED = -2


@inlined
def chance(s: Record, stream: int) -> float:
    """Return a number between 0 and 1 drawn from a stream."""
    return uniform(s.streams, s.replication, stream)


@inlined
def work_time_s(p: Record, s: Record, law: int) -> float:
    """Return the same for work: exponential times, the most usual, without a call."""
    rule = law_of(p, law)
    if rule.kind == EXPONENTIAL:
        return rule.a * unit_wait(s.streams, s.replication, rule.stream)
    return draw(p.laws, p.numbers, s.streams, s.replication, law)


@compiled
def sample_s(p: Record, s: Record, law: int) -> float:
    """Return a time drawn from a law."""
    return draw(p.laws, p.numbers, s.streams, s.replication, law)


@compiled
def input_row(p: Record, plan: Record, product: int) -> int:
    """Return the input of an assembly station that takes a product, -1 if none."""
    for i in range(plan.first_input, plan.first_input + plan.n_inputs):
        if input_plan(p, i).product == product:
            return i
    return -1


@compiled
def has_tokens(p: Record, s: Record, part: Record, n: int) -> bool:
    """Return whether loops have a token of each kind that a part lacks to enter."""
    missing = node_plan(p, n).enter_loops & ~part.tokens
    if missing != 0:
        for i in range(p.n_loops):
            if missing >> i & 1 and loop_of(s, i).free <= 0:
                return False
    return True


@compiled
def has_room(p: Record, s: Record, k: int, n: int) -> bool:
    """Return whether a part may enter a node now."""
    plan = node_plan(p, n)
    node = node_of(s, n)
    if plan.plain_room == 1:
        return node.inside + node.reserved < plan.room
    part = part_of(s, k)
    if plan.n_inputs > 0:
        i = input_row(p, plan, part.product)
        if i < 0:
            s.broken = 1
            s.broken_row = n
            return False
        way = input_of(s, i)
        if way.queue + way.reserved >= input_plan(p, i).room:
            return False
    elif plan.kind == STORE:
        store = store_of(s, plan.store)
        if store.stock + store.reserved >= store_plan(p, plan.store).room:
            return False
    elif node.inside + node.reserved >= plan.room:
        return False
    if plan.kind == CONVEYOR and not entry_is_free(p, s, n):
        return False
    return has_tokens(p, s, part, n)


@compiled
def hold_place(p: Record, s: Record, k: int, n: int, change: int) -> None:
    """Reserve a place for a part on its way to a node, or give it up."""
    plan = node_plan(p, n)
    if plan.n_inputs > 0:
        input_of(s, input_row(p, plan, part_of(s, k).product)).reserved += change
    elif plan.kind == STORE:
        store_of(s, plan.store).reserved += change
    else:
        node_of(s, n).reserved += change


@inlined
def _is_first(p: Record, s: Record, k: int, n: int) -> bool:
    """Return whether nobody has waited longer to enter a node."""
    if node_of(s, n).wait_first < 0:
        return True
    plan = node_plan(p, n)
    if plan.n_inputs > 0:
        # Each component has a queue of its own: others stand in no one's way.
        waiting = node_of(s, n).wait_first
        while waiting >= 0:
            if part_of(s, waiting).product == part_of(s, k).product:
                return False
            waiting = part_of(s, waiting).wait_next
        return True
    # Who waits may lack a token that this part has: then it need not stand behind.
    loops = plan.enter_loops
    return loops != 0 and loops & ~part_of(s, k).tokens == 0


@inlined
def choose_way(p: Record, s: Record, k: int, n: int) -> int:
    """Return where a part at a node goes next, -1 while each open way is full."""
    part = part_of(s, k)
    if part.route < 0:
        only = way_of(p, n * p.n_products + part.product).value
        if only >= 0:
            return only
        part.route = route_of(p, n * p.n_products + part.product).value
        if part.route < 0:
            s.broken = 2
            s.broken_row = n
            return -1
    route = route_plan(p, part.route)
    first = route.first_row
    if route.n_rows == 1:
        return route_row(p, first).to
    last = first + route.n_rows
    if route.rule == BY_SHARE:
        drawn = chance(s, route.stream)
        for r in range(first, last - 1):
            if drawn < route_row(p, r).up_to:
                return route_row(p, r).to
        return route_row(p, last - 1).to
    if route.rule == ROUND_ROBIN:
        turn = route_now(s, part.route)
        chosen = route_row(p, first + turn.turn).to
        turn.turn = (turn.turn + 1) % route.n_rows
        return chosen
    best = -1
    shortest = 0
    for r in range(first, last):
        to = route_row(p, r).to
        if _is_first(p, s, k, to) and has_room(p, s, k, to):
            if route.rule == FIRST_WITH_ROOM:
                return to
            node = node_of(s, to)
            length = node.inside + node.reserved
            if best < 0 or length < shortest:
                best = to
                shortest = length
    if best < 0 and route.rule != SHORTEST_QUEUE:
        return -1
    return best


@compiled
def take_tokens(p: Record, s: Record, part: Record, n: int) -> None:
    """Give a part the tokens that it lacks to enter a node."""
    missing = node_plan(p, n).enter_loops & ~part.tokens
    if missing == 0:
        return
    part.tokens |= missing
    for i in range(p.n_loops):
        if missing >> i & 1:
            loop = loop_of(s, i)
            loop.area += loop.free * (s.now - loop.since)
            loop.since = s.now
            loop.free -= 1


@compiled
def drop_tokens(p: Record, s: Record, k: int, mask: int) -> None:
    """Give a part's tokens back, and have the nodes that ask for them looked at."""
    freed = give_back(p, s, part_of(s, k), mask)
    if freed != 0:
        for i in range(p.n_loops):
            if freed >> i & 1:
                pend(s, entry_of_loop(p, i), p.n_nodes)


@compiled
def destroy(p: Record, s: Record, k: int) -> None:
    """Take a part, and what it holds, out of the plant."""
    drop_tokens(p, s, k, part_of(s, k).tokens)
    forget_part(p, s, k)


@compiled
def plan_arrival(p: Record, s: Record, n: int) -> None:
    """Set a source's clock for its next arrival, if there is one."""
    plan = node_plan(p, n)
    node = node_of(s, n)
    if node.entered >= plan.most:
        return
    if plan.timed == 1:
        if node.cursor < plan.n_times:
            due = time_at(p, plan.first_time + node.cursor).value
            set_clock(p, s, plan.clock, max(s.now, due))
        return
    law = plan.every
    if node.entered == 0 and plan.first_at >= 0:
        law = plan.first_at
    wait_s = sample_s(p, s, law)
    if node.open == 1:
        set_clock(p, s, plan.clock, s.now + wait_s)
    else:
        node.left_s = wait_s


@inlined
def release_job(p: Record, s: Record, j: int) -> None:
    """Let a server whose parts have all left stand free."""
    job = job_of(s, j)
    node = node_of(s, job.node)
    count_node(s, node)
    node.inside -= job.places
    job.places = 0
    job.group = 0
    if job.down > 0 or node.open == 0:
        review(p, s, j)
    else:
        set_state(p, s, j, IDLE)
    plan = node_plan(p, job.node)
    if node.queue > 0 or node.wait_first >= 0 or plan.n_flex > 0 or plan.n_modes > 0:
        pend(s, job.node, p.n_nodes)


@inlined
def depart(p: Record, s: Record, k: int, n: int) -> None:
    """Take a part from the node where it is; what it leaves behind comes free."""
    part = part_of(s, k)
    plan = node_plan(p, n)
    node = node_of(s, n)
    where = part.where
    node.left += 1
    note_part(s, T_LEFT, n, k, 0)
    if where in (JOB_OUT, LEAVING):
        j = part.job
        job = job_of(s, j)
        if where == JOB_OUT:
            remove(s, job, k)
        part.job = -1
        if job.queue == 0 and job.busy == 0:
            release_job(p, s, j)
    elif where == AT_SOURCE:
        count_node(s, node)
        node.inside -= 1
        if node.inside == 0 and plan.reject == 0:
            plan_arrival(p, s, n)
    elif where == IN_BUFFER:
        count_node(s, node)
        if part.vehicle == _NOT_CALLED:
            remove(s, node, k)
        node.inside -= 1
        node.wait_sum += s.now - part.queued_s
        node.starts += 1
        pend(s, n, p.n_nodes)
    elif where == ON_BELT:
        step_off(p, s, k, n)
        set_belt_clocks(p, s, n)
        pend(s, n, p.n_nodes)
    if plan.leave_loops & part.tokens != 0:
        drop_tokens(p, s, k, plan.leave_loops)


@compiled
def enter_buffer_row(p: Record, s: Record, k: int, n: int) -> None:
    """Put a part that may leave a buffer in the row of those that do."""
    plan = node_plan(p, n)
    node = node_of(s, n)
    part = part_of(s, k)
    spend(s, part, IN_QUEUE)
    count_node(s, node)
    first = node.queue_first
    insert(s, node, k, plan.discipline)
    if first >= 0 and node.queue_first == k and part_of(s, first).waits_at != -1:
        # It asked for room as the first; that is another now.
        stop_waiting(s, first)
    if plan.patience >= 0:
        part.clock_use = PATIENCE
        set_clock(p, s, p.n_slots + k, s.now + sample_s(p, s, plan.patience))
    pend(s, n, p.n_nodes)


@inlined
def _join_queue(p: Record, s: Record, k: int, n: int) -> None:
    """Put a part into a station's queue."""
    plan = node_plan(p, n)
    node = node_of(s, n)
    part = part_of(s, k)
    spend(s, part, IN_QUEUE)
    part.where = QUEUED
    part.queued_s = s.now
    if plan.calendar >= 0:
        part.closed_at_s = closed_total_s(s, node)
    count_node(s, node)
    part.left_s = _NO_TIME
    if plan.n_inputs > 0:
        append(s, input_of(s, input_row(p, plan, part.product)), k)
        node.queue += 1
        node.inside += 1
    else:
        if plan.discipline == SHORTEST:
            law = op_time(p, plan.first_op * p.n_products + part.product).value
            if law >= 0:
                part.left_s = sample_s(p, s, law)
        insert(s, node, k, plan.discipline)
        node.inside += 1
    node.queue_peak = max(node.queue_peak, node.queue)
    if plan.patience >= 0:
        part.clock_use = PATIENCE
        set_clock(p, s, p.n_slots + k, s.now + sample_s(p, s, plan.patience))
    if node.idle > 0 or plan.preemptive == 1:
        pend(s, n, p.n_nodes)


@compiled
def _enter_other(p: Record, s: Record, k: int, n: int) -> None:
    """Put a part into what is no station."""
    plan = node_plan(p, n)
    node = node_of(s, n)
    part = part_of(s, k)
    if plan.kind == SINK:
        spend(s, part, IN_QUEUE)
        note_part(s, T_OUT, n, k, 0)
        book_out(s, part)
        destroy(p, s, k)
    elif plan.kind == BUFFER:
        count_node(s, node)
        node.inside += 1
        part.where = IN_BUFFER
        part.queued_s = s.now
        if plan.stay >= 0:
            spend(s, part, CURING)
            part.clock_use = STAY
            set_clock(p, s, p.n_slots + k, s.now + sample_s(p, s, plan.stay))
        else:
            enter_buffer_row(p, s, k, n)
        node.queue_peak = max(node.queue_peak, node.inside)
    elif plan.kind == CONVEYOR:
        step_on(p, s, k, n)
    elif plan.kind == STORE:
        count_store(s, plan.store)
        store = store_of(s, plan.store)
        store.stock += 1
        product_of(s, part.product).stored += 1
        s.freed = 1
        destroy(p, s, k)


def _enter(p: Record, s: Record, k: int, n: int) -> None:
    """Put a part into a node that has room for it."""
    plan = node_plan(p, n)
    node = node_of(s, n)
    part = part_of(s, k)
    part.node = n
    part.dest = -1
    part.route = -1
    part.vehicle = _NOT_CALLED
    node.entered += 1
    note_part(s, T_ENTERED, n, k, 0)
    if plan.kind == STATION:
        _join_queue(p, s, k, n)
    else:
        _enter_other(p, s, k, n)


# Compiled twice: into what every event passes, and as a function for all else.
_enter_here = inlined(_enter)
enter = compiled(_enter)


def _go(p: Record, s: Record, k: int, here: int, n: int) -> None:
    """Move a part to a node that has room, or call a vehicle that will."""
    part = part_of(s, k)
    plan = node_plan(p, here)
    take_tokens(p, s, part, n)
    if part.clock_use != 0:
        stop_clock(s, p.n_slots + k)
        part.clock_use = 0
    if plan.fleet < 0:
        depart(p, s, k, here)
        _enter_here(p, s, k, n)
        return
    hold_place(p, s, k, n, 1)
    part.dest = n
    if part.where == LEAVING:
        part.where = JOB_OUT
        append(s, job_of(s, part.job), k)
    if part.where == IN_BUFFER:
        # Out of the row, so that the next can call too; it still takes its place.
        remove(s, node_of(s, here), k)
    part.vehicle = CALLED
    spend(s, part, IN_TRANSPORT)
    fleet = fleet_of(s, plan.fleet)
    part.wait_since_s = s.now
    part.wait_prev = fleet.wait_last
    part.wait_next = -1
    if fleet.wait_last < 0:
        fleet.wait_first = k
    else:
        part_of(s, fleet.wait_last).wait_next = k
    fleet.wait_last = k
    fleet.n_waiting += 1
    s.called = 1


_go_here = inlined(_go)
_go_from = compiled(_go)


@compiled
def go(p: Record, s: Record, k: int, n: int) -> None:
    """Move a part to a node that has room, or call a vehicle that will."""
    _go_from(p, s, k, part_of(s, k).node, n)


def _try_leave(p: Record, s: Record, k: int, here: int) -> bool:
    """Let a part go on from a node if it can; else it waits for room."""
    part = part_of(s, k)
    if part.dest < 0:
        part.dest = choose_way(p, s, k, here)
        if s.broken != 0:
            return False
    n = part.dest
    if n >= 0 and _is_first(p, s, k, n) and has_room(p, s, k, n):
        _go_here(p, s, k, here, n)
        return True
    if part.where == LEAVING:
        part.where = JOB_OUT
        append(s, job_of(s, part.job), k)
    wait_for(s, k, n, part.route)
    if part.where == JOB_OUT or part.where == AT_SOURCE:
        spend(s, part, IS_BLOCKED)
    if n >= 0 and node_plan(p, n).kind == CONVEYOR:
        set_belt_clocks(p, s, n)
    return False


leave_here = inlined(_try_leave)
_leave_from = compiled(_try_leave)


@compiled
def try_leave(p: Record, s: Record, k: int) -> bool:
    """Let a part go on if it can; else it waits for room."""
    return _leave_from(p, s, k, part_of(s, k).node)


@compiled
def _first_fitting(p: Record, s: Record, first: int, n: int) -> int:
    """Return the first of a row of waiting parts that may enter a node."""
    k = first
    while k >= 0:
        if has_room(p, s, k, n):
            return k
        # Rooms are equal for all, tokens and inputs of an assembly are not.
        plan = node_plan(p, n)
        if plan.enter_loops == 0 and plan.n_inputs == 0:
            return -1
        k = part_of(s, k).wait_next
    return -1


@compiled
def _next_waiting(p: Record, s: Record, n: int) -> int:
    """Return who has waited longest and may enter a node, -1 if there is nobody."""
    plan = node_plan(p, n)
    best = _first_fitting(p, s, node_of(s, n).wait_first, n)
    for f in range(plan.first_flex, plan.first_flex + plan.n_flex):
        found = _first_fitting(p, s, route_now(s, flex(p, f).value).wait_first, n)
        if found >= 0 and (
            best < 0 or part_of(s, found).wait_serial < part_of(s, best).wait_serial
        ):
            best = found
    return best


@compiled
def _hold(p: Record, s: Record, k: int) -> bool:
    """Hold a place, and tokens, for a part of a group; return whether there are."""
    part = part_of(s, k)
    if part.dest < 0:
        part.dest = choose_way(p, s, k, part.node)
    n = part.dest
    if s.broken != 0 or n < 0 or not has_room(p, s, k, n):
        return False
    if node_plan(p, n).kind == CONVEYOR and node_of(s, n).reserved > 0:
        # Two cannot step on at once.
        return False
    before = part.tokens
    take_tokens(p, s, part, n)
    part.held = part.tokens & ~before
    hold_place(p, s, k, n, 1)
    return True


@compiled
def _group_fits(p: Record, s: Record, j: int) -> int:
    """Return -1 if all that waits to leave a job has room at once, else who lacks it.

    Leaves a place held for each if it returns -1.
    """
    k = job_of(s, j).queue_first
    lacks = -1
    while k >= 0 and lacks < 0:
        if _hold(p, s, k):
            k = part_of(s, k).next
        else:
            lacks = k
    if lacks >= 0:
        k = job_of(s, j).queue_first
        while k != lacks:
            part = part_of(s, k)
            hold_place(p, s, k, part.dest, -1)
            give_back(p, s, part, part.held)
            part.held = 0
            k = part.next
    return lacks


@compiled
def try_group(p: Record, s: Record, j: int) -> int:
    """Let all parts of a job leave together; return who lacks room, -1 if they left."""
    lacks = _group_fits(p, s, j)
    if lacks >= 0:
        part = part_of(s, lacks)
        if s.broken == 0:
            wait_for(s, lacks, part.dest, part.route)
        return lacks
    k = job_of(s, j).queue_first
    while k >= 0:
        following = part_of(s, k).next
        to = part_of(s, k).dest
        part_of(s, k).held = 0
        hold_place(p, s, k, to, -1)
        go(p, s, k, to)
        k = following
    return -1


@compiled
def admit(p: Record, s: Record, n: int) -> None:
    """Let those who wait for a node in, as long as there is room."""
    while s.broken == 0:
        k = _next_waiting(p, s, n)
        if k < 0:
            return
        part = part_of(s, k)
        stop_waiting(s, k)
        if part.where == JOB_OUT and job_of(s, part.job).group == 1:
            if part.dest < 0:
                part.dest = n
            lacks = try_group(p, s, part.job)
            # It waits again, at the end of the row: nobody else is let in before it.
            if lacks >= 0 and part_of(s, lacks).waits_at == n:
                return
        else:
            go(p, s, k, n)


@compiled
def _draw_product(p: Record, s: Record, plan: Record) -> int:
    """Return what a source brings next."""
    r = plan.first_mix
    if plan.n_mix > 1:
        drawn = chance(s, plan.mix_stream)
        last = r + plan.n_mix - 1
        while r < last and drawn >= mix_row(p, r).up_to:
            r += 1
    return mix_row(p, r).to


@compiled
def arrive(p: Record, s: Record, n: int) -> None:
    """Let a source bring its next parts, and send them on."""
    plan = node_plan(p, n)
    node = node_of(s, n)
    batch = plan.batch
    if plan.timed == 1:
        batch = count_at(p, plan.first_time + node.cursor).value
        node.cursor += 1
    batch = min(batch, plan.most - node.entered)
    count_node(s, node)
    # All at once: the next arrival is planned when the last of them has left.
    node.inside += batch
    node.entered += batch
    for _ in range(batch):
        k = create_part(p, s, _draw_product(p, s, plan), n)
        part = part_of(s, k)
        part.where = AT_SOURCE
        if try_leave(p, s, k) or plan.reject == 0 or s.broken != 0:
            continue
        stop_waiting(s, k)
        node.rejected += 1
        product_of(s, part.product).rejected += 1
        note_part(s, T_REJECTED, n, k, 0)
        count_node(s, node)
        node.inside -= 1
        destroy(p, s, k)
    if plan.reject == 1:
        # It does not wait for room, nor for a vehicle to take the last.
        plan_arrival(p, s, n)
