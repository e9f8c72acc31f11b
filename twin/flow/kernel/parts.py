"""Parts: born, queued in lists that run through them, and gone."""

from __future__ import annotations

from twin.flow.kernel.agenda import stop_clock
from twin.flow.kernel.ledger import count_product, note_part
from twin.flow.kernel.pointers import Record, compiled, inlined
from twin.flow.kernel.records import (
    FIFO,
    IN_QUEUE,
    N_SPENT,
    NOWHERE,
    T_CREATED,
    loop_of,
    loop_plan,
    node_of,
    part_of,
    product_of,
    product_plan,
    route_now,
)


@compiled
def create_part(p: Record, s: Record, product: int, node: int) -> int:
    """Return a new part; the caller has seen to it that there is room."""
    k = s.free_part
    if k >= 0:
        s.free_part = part_of(s, k).next
    else:
        k = s.parts_used
        s.parts_used += 1
    s.part_serial += 1
    s.n_parts += 1
    part = part_of(s, k)
    part.serial = s.part_serial
    part.product = product
    part.priority = product_plan(p, product).priority
    part.node = node
    part.job = -1
    part.where = NOWHERE
    part.next = -1
    part.prev = -1
    part.wait_next = -1
    part.wait_prev = -1
    part.waits_at = -1
    part.route = -1
    part.dest = -1
    part.category = IN_QUEUE
    part.clock_use = 0
    part.vehicle = -1
    part.tokens = 0
    part.held = 0
    part.born_s = s.now
    part.since_s = s.now
    part.left_s = -1.0
    part.queued_s = s.now
    part.closed_at_s = 0.0
    part.ready_s = 0.0
    part.wait_since_s = 0.0
    part.wait_serial = 0
    for c in range(N_SPENT):
        part.spent[c] = 0.0
    record = product_of(s, product)
    count_product(s, record, 1)
    record.created += 1
    note_part(s, T_CREATED, node, k, 0)
    return k


@compiled
def give_back(p: Record, s: Record, part: Record, mask: int) -> int:
    """Return tokens to their loops; return the mask of those that came free."""
    freed = part.tokens & mask
    if freed == 0:
        return 0
    part.tokens &= ~freed
    for i in range(p.n_loops):
        if freed >> i & 1:
            loop = loop_of(s, i)
            loop.area += loop.free * (s.now - loop.since)
            loop.since = s.now
            loop.free += 1
    return freed


@compiled
def entry_of_loop(p: Record, i: int) -> int:
    """Return the node that asks for a loop's tokens."""
    return loop_plan(p, i).enter


@compiled
def forget_part(p: Record, s: Record, k: int) -> None:
    """Take a part out of the plant; its row is free for another."""
    part = part_of(s, k)
    if part.clock_use != 0:
        stop_clock(s, p.n_slots + k)
        part.clock_use = 0
    product = product_of(s, part.product)
    count_product(s, product, -1)
    product.stay_sum += s.now - max(part.born_s, s.stats_since)
    part.where = NOWHERE
    part.product = -1
    part.next = s.free_part
    s.free_part = k
    s.n_parts -= 1


@inlined
def append(s: Record, holder: Record, k: int) -> None:
    """Put a part at the end of a holder's queue."""
    part = part_of(s, k)
    last = holder.queue_last
    part.prev = last
    part.next = -1
    if last < 0:
        holder.queue_first = k
    else:
        part_of(s, last).next = k
    holder.queue_last = k
    holder.queue += 1


@inlined
def insert(s: Record, holder: Record, k: int, discipline: int) -> None:
    """Put a part into a queue: by arrival, priority, or shortest time first."""
    last = holder.queue_last
    if discipline == FIFO or last < 0:
        append(s, holder, k)
        return
    part = part_of(s, k)
    if discipline == 1:
        while last >= 0 and part_of(s, last).priority < part.priority:
            last = part_of(s, last).prev
    else:
        while last >= 0 and part_of(s, last).left_s > part.left_s:
            last = part_of(s, last).prev
    _put_after(s, holder, k, last)


@compiled
def put_back(s: Record, holder: Record, k: int) -> None:
    """Put a part before those of its own priority, behind those of higher."""
    part = part_of(s, k)
    last = holder.queue_last
    while last >= 0 and part_of(s, last).priority <= part.priority:
        last = part_of(s, last).prev
    _put_after(s, holder, k, last)


@compiled
def _put_after(s: Record, holder: Record, k: int, before: int) -> None:
    part = part_of(s, k)
    part.prev = before
    after = holder.queue_first if before < 0 else part_of(s, before).next
    part.next = after
    if before < 0:
        holder.queue_first = k
    else:
        part_of(s, before).next = k
    if after < 0:
        holder.queue_last = k
    else:
        part_of(s, after).prev = k
    holder.queue += 1


@inlined
def remove(s: Record, holder: Record, k: int) -> None:
    """Take a part out of a holder's queue."""
    part = part_of(s, k)
    if part.prev < 0:
        holder.queue_first = part.next
    else:
        part_of(s, part.prev).next = part.next
    if part.next < 0:
        holder.queue_last = part.prev
    else:
        part_of(s, part.next).prev = part.prev
    part.next = -1
    part.prev = -1
    holder.queue -= 1


@compiled
def _append_waiting(s: Record, holder: Record, k: int) -> None:
    part = part_of(s, k)
    last = holder.wait_last
    part.wait_prev = last
    part.wait_next = -1
    if last < 0:
        holder.wait_first = k
    else:
        part_of(s, last).wait_next = k
    holder.wait_last = k


@compiled
def _remove_waiting(s: Record, holder: Record, k: int) -> None:
    part = part_of(s, k)
    if part.wait_prev < 0:
        holder.wait_first = part.wait_next
    else:
        part_of(s, part.wait_prev).wait_next = part.wait_next
    if part.wait_next < 0:
        holder.wait_last = part.wait_prev
    else:
        part_of(s, part.wait_next).wait_prev = part.wait_prev
    part.wait_next = -1
    part.wait_prev = -1
    part.waits_at = -1


@compiled
def wait_for(s: Record, k: int, dest: int, route: int) -> None:
    """Let a part wait for room: at its destination, or at its route if that is open."""
    part = part_of(s, k)
    s.serial += 1
    part.wait_since_s = s.now
    part.wait_serial = s.serial
    if dest >= 0:
        part.waits_at = dest
        _append_waiting(s, node_of(s, dest), k)
    else:
        # Below -1, so that one number tells nodes and routes apart.
        part.waits_at = -2 - route
        _append_waiting(s, route_now(s, route), k)


@compiled
def stop_waiting(s: Record, k: int) -> None:
    """Take a part off the list of those that wait for room."""
    part = part_of(s, k)
    if part.waits_at >= 0:
        _remove_waiting(s, node_of(s, part.waits_at), k)
    elif part.waits_at < -1:
        _remove_waiting(s, route_now(s, -2 - part.waits_at), k)
