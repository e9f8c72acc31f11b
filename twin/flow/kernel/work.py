"""Work: what servers do with the parts they have taken, operation by operation."""

from __future__ import annotations

from twin.flow.kernel.agenda import set_clock, stop_clock
from twin.flow.kernel.ledger import (
    closed_total_s,
    count_node,
    count_product,
    note_part,
    pend,
    review,
    set_state,
    spend,
    write_trace,
)
from twin.flow.kernel.parts import append, create_part, put_back, remove
from twin.flow.kernel.people import (
    choose_people,
    count_store,
    has_material,
    has_tools,
    move_tools,
    put_to_work,
    release_people,
    seize_people,
)
from twin.flow.kernel.pointers import Record, compiled, inlined
from twin.flow.kernel.records import (
    CLOSED,
    DOWN,
    EXECUTE,
    IDLE,
    IN_JOB,
    IN_QUEUE,
    IN_WORK,
    IS_BLOCKED,
    JOB_OUT,
    LEAVING,
    NOT_BEGUN,
    QUEUED,
    RESTART,
    RUNNING,
    SCRAP,
    SET_UP,
    STOPPED,
    T_ABSENT,
    T_FAILED,
    T_FINISHED,
    T_PAUSED,
    T_REPAIRED,
    T_SCRAPPED,
    T_STARTED,
    T_YIELDED,
    WAITING,
    WALKING,
    input_of,
    input_plan,
    job_of,
    mode_of,
    mode_plan,
    node_of,
    node_plan,
    op_plan,
    op_time,
    part_of,
    product_of,
    setup_law,
    store_of,
    store_plan,
    take,
    task_of,
    yield_plan,
)
from twin.flow.kernel.ways import (
    chance,
    destroy,
    leave_here,
    release_job,
    sample_s,
    try_group,
    try_leave,
    work_time_s,
)

_NO_TIME = -1.0


@compiled
def wait_in_row(s: Record, t: int) -> None:
    """Put a task in the row of those that wait for people, tools or material."""
    task = task_of(s, t)
    task.state = WAITING
    task.since_s = s.now
    last = s.wait_last
    while last >= 0 and task_of(s, last).priority < task.priority:
        last = task_of(s, last).prev
    task.prev = last
    following = s.wait_first if last < 0 else task_of(s, last).next
    task.next = following
    if last < 0:
        s.wait_first = t
    else:
        task_of(s, last).next = t
    if following < 0:
        s.wait_last = t
    else:
        task_of(s, following).prev = t
    s.n_waiting += 1
    if task.job >= 0:
        job_of(s, task.job).n_waiting += 1


@compiled
def _stop_wait(p: Record, s: Record, t: int) -> None:
    """Take a task out of the row of those that wait."""
    task = task_of(s, t)
    if task.job >= 0:
        job = job_of(s, task.job)
        job.n_waiting -= 1
        if task.material == 1:
            job.material -= 1
            task.material = 0
    if task.prev < 0:
        s.wait_first = task.next
    else:
        task_of(s, task.prev).next = task.next
    if task.next < 0:
        s.wait_last = task.prev
    else:
        task_of(s, task.next).prev = task.prev
    task.next = -1
    task.prev = -1
    task.state = NOT_BEGUN
    s.n_waiting -= 1


@compiled
def order_more(p: Record, s: Record, i: int) -> None:
    """Order for a store whose stock has come down to where one does."""
    plan = store_plan(p, i)
    store = store_of(s, i)
    if plan.quantity > 0 and store.ordered == 0 and store.stock <= plan.reorder_at:
        store.ordered = 1
        store.orders += 1
        set_clock(p, s, plan.clock, s.now + sample_s(p, s, plan.lead))


@compiled
def deliver(p: Record, s: Record, i: int) -> None:
    """Put into a store what was ordered."""
    count_store(s, i)
    store = store_of(s, i)
    store.ordered = 0
    store.stock += store_plan(p, i).quantity
    s.freed = 1
    order_more(p, s, i)


@inlined
def _run(p: Record, s: Record, t: int) -> None:
    """Let a task's own time begin: all it needs is there."""
    task = task_of(s, t)
    resumed = task.left_s >= 0.0
    if task.person >= 0:
        put_to_work(s, t)
    task.state = RUNNING
    if task.mode >= 0:
        duration_s = task.left_s
        if duration_s < 0.0:
            takes = mode_plan(p, mode_of(s, task.mode).plan).takes
            duration_s = sample_s(p, s, takes)
        task.left_s = _NO_TIME
    else:
        job = job_of(s, task.job)
        plan = node_plan(p, job.node)
        op = op_plan(p, plan.first_op + task.op)
        if task.left_s >= 0.0:
            duration_s = task.left_s
        elif task.op == 0 and part_of(s, job.part).left_s >= 0.0:
            duration_s = part_of(s, job.part).left_s
            part_of(s, job.part).left_s = _NO_TIME
        else:
            row = (plan.first_op + task.op) * p.n_products
            law = op_time(p, row + part_of(s, job.part).product).value
            if op.seized > 0.0 and chance(s, op.seized_stream) < op.seized:
                task.seized = 1
                law = op.seized_time
            duration_s = work_time_s(p, s, law)
        task.left_s = _NO_TIME
        job.n_running += 1
        if job.state != EXECUTE:
            set_state(p, s, task.job, EXECUTE)
        note_part(s, T_STARTED, job.node, job.part, task.op)
    if not resumed:
        task.duration_s = duration_s
    task.ends_s = s.now + duration_s
    set_clock(p, s, task.clock, task.ends_s)


@compiled
def try_start(p: Record, s: Record, t: int) -> bool:
    """Start a task if people, tools and material for it are all there."""
    task = task_of(s, t)
    place = -1
    if task.mode >= 0:
        plan = mode_plan(p, mode_of(s, task.mode).plan)
        first_need = plan.first_need
        n_needs = plan.n_needs
        place = node_plan(p, job_of(s, mode_of(s, task.mode).job).node).place
    else:
        n = job_of(s, task.job).node
        op = op_plan(p, node_plan(p, n).first_op + task.op)
        first_need = op.first_need
        n_needs = op.n_needs
        place = node_plan(p, n).place
        # What was taken before a pause is there already.
        if op.n_takes > 0 and task.supplied == 0:
            if not has_material(p, s, op.first_take, op.n_takes):
                if task.material == 0:
                    task.material = 1
                    if task.state == WAITING:
                        job_of(s, task.job).material += 1
                        review(p, s, task.job)
                return False
            if task.material == 1:
                task.material = 0
                if task.state == WAITING:
                    job_of(s, task.job).material -= 1
                    review(p, s, task.job)
        if op.n_uses > 0 and not has_tools(p, s, op.first_use, op.n_uses):
            return False
    chain = -1
    if n_needs > 0:
        chain = choose_people(p, s, first_need, n_needs, place)
        if chain < 0:
            return False
    if task.state == WAITING:
        task.waited += 1
        _stop_wait(p, s, t)
    walk_s = 0.0
    if chain >= 0:
        walk_s = seize_people(p, s, t, chain, place)
    if task.mode < 0:
        op = op_plan(p, node_plan(p, job_of(s, task.job).node).first_op + task.op)
        if op.n_takes > 0 and task.supplied == 0:
            task.supplied = 1
            for r in range(op.first_take, op.first_take + op.n_takes):
                wanted = take(p, r)
                count_store(s, wanted.what)
                store = store_of(s, wanted.what)
                store.stock -= wanted.count
                store.taken += wanted.count
                order_more(p, s, wanted.what)
                pend(s, store_plan(p, wanted.what).node, p.n_nodes)
        move_tools(p, s, op.first_use, op.n_uses, -1)
        task.tools = 1
    if walk_s > 0.0:
        task.state = WALKING
        task.ends_s = s.now + walk_s
        set_clock(p, s, task.clock, task.ends_s)
        if task.job >= 0:
            # On the way is not yet at work, but no more waiting in the row either.
            job_of(s, task.job).n_waiting += 1
            review(p, s, task.job)
        return True
    _run(p, s, t)
    return True


@compiled
def arrive_on_foot(p: Record, s: Record, t: int) -> None:
    """Let a task begin whose people have come."""
    task = task_of(s, t)
    if task.job >= 0:
        job_of(s, task.job).n_waiting -= 1
    _run(p, s, t)


@compiled
def _goes_on(s: Record, t: int) -> bool:
    """Return whether a task belongs to a job that people are at already.

    They stay with it from one operation to the next, unless what waits for them has
    a higher priority.
    """
    task = task_of(s, t)
    if task.job < 0 or job_of(s, task.job).done == 0:
        return False
    return task_of(s, s.wait_first).priority <= task.priority


@compiled
def begin_or_wait(p: Record, s: Record, t: int) -> None:
    """Start a task, or put it in the row of those that wait."""
    if task_of(s, t).mode < 0:
        n = job_of(s, task_of(s, t).job).node
        if op_plan(p, node_plan(p, n).first_op + task_of(s, t).op).plain > 0:
            _run(p, s, t)
            return
    # What has just come free is offered to those who wait first, in turn.
    in_turn = s.freed == 1 and s.n_waiting > 0 and not _goes_on(s, t)
    if in_turn or not try_start(p, s, t):
        wait_in_row(s, t)
        task = task_of(s, t)
        if task.job >= 0:
            if task.material == 1:
                job_of(s, task.job).material += 1
            review(p, s, task.job)


@compiled
def serve_waiting(p: Record, s: Record) -> None:
    """Start what waits for people, tools or material and can start now, in turn."""
    t = s.wait_first
    while t >= 0 and s.broken == 0:
        following = task_of(s, t).next
        try_start(p, s, t)
        t = following


@compiled
def halt(p: Record, s: Record, t: int, how: int) -> None:
    """Stop a task that runs, walks or waits; RESTART forgets what is done."""
    task = task_of(s, t)
    state = task.state
    if state == WAITING:
        _stop_wait(p, s, t)
        task.state = STOPPED
        return
    if state != RUNNING and state != WALKING:
        return
    stop_clock(s, task.clock)
    if state == RUNNING:
        task.left_s = task.duration_s if how == RESTART else task.ends_s - s.now
        if task.job >= 0:
            job_of(s, task.job).n_running -= 1
    elif task.job >= 0:
        job_of(s, task.job).n_waiting -= 1
    release_people(s, t)
    if task.mode < 0:
        node = job_of(s, task.job).node
        op = op_plan(p, node_plan(p, node).first_op + task.op)
        if task.tools == 1:
            move_tools(p, s, op.first_use, op.n_uses, 1)
            task.tools = 0
        write_trace(s, T_PAUSED, node, -1, -1, task.op)
    task.state = STOPPED


@compiled
def _skip(s: Record, job: Record, o: int) -> None:
    job.done |= 1 << o
    job.n_left -= 1
    note_part(s, T_ABSENT, job.node, job.part, o)


@compiled
def go_on(p: Record, s: Record, j: int) -> None:
    """Begin each operation of a job whose turn has come; end the job after the last."""
    job = job_of(s, j)
    plan = node_plan(p, job.node)
    if job.down > 0 or node_of(s, job.node).open == 0:
        review(p, s, j)
        if job.n_left > 0 or job.down > 0:
            return
    again = job.n_left > 0
    while again:
        again = False
        for o in range(plan.n_ops):
            if (job.done | job.begun) >> o & 1:
                continue
            op = op_plan(p, plan.first_op + o)
            if op.after & ~job.done != 0:
                continue
            if op.after_any != 0 and op.after_any & job.done == 0:
                continue
            row = (plan.first_op + o) * p.n_products
            law = op_time(p, row + part_of(s, job.part).product).value
            if law < 0 or (
                op.present < 1.0 and chance(s, op.present_stream) >= op.present
            ):
                _skip(s, job, o)
                again = True
                continue
            job.begun |= 1 << o
            t = job.first_task + o
            task = task_of(s, t)
            task.left_s = _NO_TIME
            task.seized = 0
            task.supplied = 0
            task.pause_calendar = -1
            task.priority = part_of(s, job.part).priority
            begin_or_wait(p, s, t)
    if job.n_left == 0:
        _end_job(p, s, j, job.node)
    elif job.state != EXECUTE or job.n_running == 0:
        review(p, s, j)


@inlined
def start_operations(p: Record, s: Record, j: int, n: int) -> None:
    """Begin with the work itself at a node, set-up done."""
    job = job_of(s, j)
    job.last_product = part_of(s, job.part).product
    job.done = 0
    job.begun = 0
    plan = node_plan(p, n)
    job.n_left = plan.n_ops
    if (
        plan.n_ops == 1
        and op_plan(p, plan.first_op).plain == 2
        and node_of(s, n).open == 1
    ):
        # Nothing to wait for, and nothing that could be absent.
        job.begun = 1
        task = task_of(s, job.first_task)
        task.left_s = _NO_TIME
        task.seized = 0
        _run(p, s, job.first_task)
        return
    go_on(p, s, j)


@inlined
def _take_part(p: Record, s: Record, job: Record, k: int, last: int) -> None:
    """Add a part, out of the queue, to a job's chain behind the last one."""
    part = part_of(s, k)
    node = node_of(s, job.node)
    if part.clock_use != 0:
        stop_clock(s, p.n_slots + k)
        part.clock_use = 0
    waited_s = s.now - part.queued_s
    node.wait_sum += waited_s
    node.starts += 1
    if node_plan(p, job.node).calendar >= 0:
        closed_s = closed_total_s(s, node) - part.closed_at_s
        spend(s, part, IN_QUEUE)
        part.spent[IN_QUEUE] -= closed_s
        part.spent[CLOSED] += closed_s
    part.where = IN_JOB
    part.next = -1
    part.prev = last
    if last < 0:
        job.part = k
    else:
        part_of(s, last).next = k
    job.n_parts += 1


@inlined
def _fill(p: Record, s: Record, job: Record, n: int) -> None:
    """Take from the queue what a job begins with."""
    plan = node_plan(p, n)
    node = node_of(s, n)
    count_node(s, node)
    last = -1
    if plan.n_inputs == 0:
        for _ in range(min(plan.batch_most, node.queue)):
            k = node.queue_first
            remove(s, node, k)
            _take_part(p, s, job, k, last)
            last = k
        job.places = job.n_parts
        return
    for i in range(plan.first_input, plan.first_input + plan.n_inputs):
        way = input_of(s, i)
        for _ in range(input_plan(p, i).count):
            k = way.queue_first
            remove(s, way, k)
            node.queue -= 1
            _take_part(p, s, job, k, last)
            last = k
    job.places = job.n_parts


@inlined
def _can_begin(p: Record, s: Record, n: int) -> bool:
    """Return whether a node's queue holds what a job begins with."""
    plan = node_plan(p, n)
    node = node_of(s, n)
    if plan.n_inputs > 0:
        for i in range(plan.first_input, plan.first_input + plan.n_inputs):
            if input_of(s, i).queue < input_plan(p, i).count:
                return False
        return True
    if node.queue >= plan.batch_most:
        return True
    if node.queue < plan.batch_least or node.queue == 0:
        return False
    if plan.batch_wait < 0:
        return True
    # Enough for a small batch: it starts once the oldest has waited long enough.
    return s.now >= node.left_s


def _start_jobs(p: Record, s: Record, n: int) -> None:
    """Let each free server of a station take what waits."""
    plan = node_plan(p, n)
    node = node_of(s, n)
    if node.open == 0:
        return
    if plan.batch_wait >= 0 and plan.n_inputs == 0:
        _watch_batch(p, s, n, False)
    j = plan.first_job
    last = j + plan.servers
    while j < last and node.queue > 0 and node.idle > 0:
        job = job_of(s, j)
        if job.state != IDLE or job.busy == 1:
            j += 1
            continue
        if not _can_begin(p, s, n):
            break
        job.busy = 1
        job.group = plan.together
        job.n_parts = 0
        _fill(p, s, job, n)
        if plan.n_inputs == 0 and plan.batch_wait >= 0:
            _watch_batch(p, s, n, True)
        product = part_of(s, job.part).product
        law = -1
        if job.last_product >= 0 and job.last_product != product:
            law = plan.setup
            if plan.setup_table >= 0:
                row = job.last_product * p.n_products + product
                law = setup_law(p, plan.setup_table + row).value
        if law >= 0:
            job.setting = 1
            set_state(p, s, j, SET_UP)
            job.setup_ends_s = s.now + sample_s(p, s, law)
            set_clock(p, s, job.clock, job.setup_ends_s)
        else:
            start_operations(p, s, j, n)
        j += 1


start_here = inlined(_start_jobs)
start_jobs = compiled(_start_jobs)


@compiled
def _watch_batch(p: Record, s: Record, n: int, renewed: bool) -> None:
    """Set the clock after which a batch that is not full starts."""
    plan = node_plan(p, n)
    node = node_of(s, n)
    if node.queue == 0:
        stop_clock(s, plan.clock)
        node.cursor = 0
        return
    if renewed or node.cursor == 0:
        node.cursor = 1
        since_s = part_of(s, node.queue_first).queued_s
        node.left_s = since_s + sample_s(p, s, plan.batch_wait)
        set_clock(p, s, plan.clock, max(s.now, node.left_s))


@compiled
def end_setup(p: Record, s: Record, j: int) -> None:
    """Go on from a finished set-up to the work."""
    job_of(s, j).setting = 0
    start_operations(p, s, j, job_of(s, j).node)


@inlined
def _send_out(p: Record, s: Record, j: int, k: int) -> None:
    """Put a part among those that leave a job; it goes at once if it can."""
    job = job_of(s, j)
    part = part_of(s, k)
    part.job = j
    if job.group == 0:
        part.where = LEAVING
        try_leave(p, s, k)
    else:
        part.where = JOB_OUT
        append(s, job, k)
        spend(s, part, IS_BLOCKED)


@compiled
def _give_yields(p: Record, s: Record, j: int, o: int, seized: bool) -> None:
    """Bring forth what an operation frees."""
    job = job_of(s, j)
    op = op_plan(p, node_plan(p, job.node).first_op + o)
    if seized and op.seized_keeps == 0:
        return
    for r in range(op.first_yield, op.first_yield + op.n_yields):
        row = yield_plan(p, r)
        for _ in range(row.count):
            if row.present < 1.0 and chance(s, row.stream) >= row.present:
                continue
            k = create_part(p, s, row.product, job.node)
            part_of(s, k).route = row.route
            note_part(s, T_YIELDED, job.node, k, o)
            _send_out(p, s, j, k)


@inlined
def finish_task(p: Record, s: Record, t: int, owner: Record) -> None:
    """End an operation, or a repair, whose time is over.

    Its rows come from the clock that rang: read one through the other, each would
    be waited for.
    """
    task = task_of(s, t)
    if task.person >= 0:
        release_people(s, t)
    task.state = NOT_BEGUN
    task.done += 1
    if task.mode >= 0:
        end_repair(p, s, task.mode)
        return
    j, n = owner.job, owner.node
    job = job_of(s, j)
    job.n_running -= 1
    o = task.op
    s.n_finished += 1
    node_of(s, n).finished += 1
    note_part(s, T_FINISHED, n, job.part, o)
    op = op_plan(p, owner.op)
    if op.n_uses > 0:
        move_tools(p, s, op.first_use, op.n_uses, 1)
    task.tools = 0
    job.done |= 1 << o
    job.n_left -= 1
    if op.n_yields > 0:
        _give_yields(p, s, j, o, task.seized == 1)
    if job.n_left > 0:
        go_on(p, s, j)
    else:
        _end_job(p, s, j, n)


@compiled
def _rename(s: Record, k: int, product: int) -> None:
    """Make another product of a part."""
    part = part_of(s, k)
    if part.product == product:
        return
    old = product_of(s, part.product)
    count_product(s, old, -1)
    old.lost += 1
    new = product_of(s, product)
    count_product(s, new, 1)
    new.gained += 1
    part.product = product


@compiled
def _absorb(p: Record, s: Record, k: int) -> None:
    """End a part inside a station: its content is in others now."""
    product_of(s, part_of(s, k).product).absorbed += 1
    destroy(p, s, k)


@inlined
def _end_job(p: Record, s: Record, j: int, n: int) -> None:
    """Send out what a finished job leaves: its main part, all its parts, or none."""
    job = job_of(s, j)
    plan = node_plan(p, n)
    k = job.part
    job.part = -1
    job.busy = 0
    if job.n_parts == 1 and plan.plain_end == 1:
        # One part, as it came: what most jobs are.
        job.n_parts = 0
        part = part_of(s, k)
        part.job = j
        part.where = LEAVING
        if not leave_here(p, s, k, n) or job.queue > 0:
            review(p, s, j)
        return
    job.n_parts = 0
    first = True
    while k >= 0:
        following = part_of(s, k).next
        if plan.consumed == 1 or (plan.n_inputs > 0 and not first):
            spend(s, part_of(s, k), IN_WORK)
            _absorb(p, s, k)
        else:
            if plan.n_inputs > 0:
                _rename(s, k, plan.makes)
            elif plan.becomes >= 0:
                _rename(s, k, plan.becomes)
            _send_out_last(p, s, j, k, following < 0 or plan.n_inputs > 0)
        first = False
        k = following
    if plan.together == 1 and job.queue > 0:
        try_group(p, s, j)
    if job.queue > 0:
        review(p, s, j)
    elif (plan.consumed == 1 or plan.together == 1) and job.places > 0:
        release_job(p, s, j)


@inlined
def _send_out_last(p: Record, s: Record, j: int, k: int, last: bool) -> None:
    """Send a main part out; the server comes free with the last one only."""
    job = job_of(s, j)
    if not last:
        job.busy = 1
    _send_out(p, s, j, k)
    job.busy = 0


@compiled
def scrap_job(p: Record, s: Record, j: int) -> None:
    """Give up a job: its parts go where scrap goes."""
    job = job_of(s, j)
    plan = node_plan(p, job.node)
    for o in range(plan.n_ops):
        t = job.first_task + o
        halt(p, s, t, RESTART)
        task_of(s, t).state = NOT_BEGUN
    job.n_left = 0
    job.group = 0
    # What had come off waited for the rest; it goes its own way now. The server is
    # busy until then, lest it come free before the main part is out.
    held = job.queue_first
    while held >= 0:
        following = part_of(s, held).next
        if part_of(s, held).waits_at == -1 and part_of(s, held).vehicle == -1:
            try_leave(p, s, held)
        held = following
    k = job.part
    job.part = -1
    job.n_parts = 0
    job.busy = 0
    while k >= 0:
        following = part_of(s, k).next
        part = part_of(s, k)
        part.dest = plan.scrap_to
        part.left_s = _NO_TIME
        product_of(s, part.product).scrapped += 1
        note_part(s, T_SCRAPPED, job.node, k, 0)
        _send_out_last(p, s, j, k, following < 0)
        k = following
    review(p, s, j)


@compiled
def preempt(p: Record, s: Record, n: int) -> None:
    """Let the first in the queue push out work of lower priority."""
    plan = node_plan(p, n)
    node = node_of(s, n)
    while node.queue > 0 and node.open == 1:
        newcomer = part_of(s, node.queue_first)
        worst = -1
        for j in range(plan.first_job, plan.first_job + plan.servers):
            job = job_of(s, j)
            if job.state != EXECUTE:
                continue
            priority = part_of(s, job.part).priority
            if priority < newcomer.priority and (
                worst < 0 or priority < part_of(s, job_of(s, worst).part).priority
            ):
                worst = j
        if worst < 0:
            return
        job = job_of(s, worst)
        t = job.first_task
        halt(p, s, t, 0)
        task = task_of(s, t)
        k = job.part
        part = part_of(s, k)
        spend(s, part, IN_QUEUE)
        part.left_s = task.left_s
        task.left_s = _NO_TIME
        task.state = NOT_BEGUN
        job.part = -1
        job.n_parts = 0
        job.places = 0
        job.busy = 0
        part.where = QUEUED
        part.queued_s = s.now
        node.starts -= 1
        part.closed_at_s = closed_total_s(s, node)
        count_node(s, node)
        set_state(p, s, worst, IDLE)
        put_back(s, node, k)
        start_jobs(p, s, n)


@compiled
def resume_job(p: Record, s: Record, j: int) -> None:
    """Take up again what a failure or a closing has stopped."""
    job = job_of(s, j)
    if job.down > 0 or node_of(s, job.node).open == 0:
        review(p, s, j)
        return
    if job.busy == 1:
        if job.setting == 1:
            if job.setup_left_s >= 0.0:
                job.setup_ends_s = s.now + job.setup_left_s
                set_clock(p, s, job.clock, job.setup_ends_s)
                job.setup_left_s = _NO_TIME
        else:
            plan = node_plan(p, job.node)
            for o in range(plan.n_ops):
                t = job.first_task + o
                task = task_of(s, t)
                if task.state == STOPPED and task.pause_calendar < 0:
                    begin_or_wait(p, s, t)
            go_on(p, s, j)
    review(p, s, j)
    pend(s, job.node, p.n_nodes)


@compiled
def break_down(p: Record, s: Record, m: int) -> None:
    """Let a machine fail, or be maintained; what runs on it stops."""
    mode = mode_of(s, m)
    plan = mode_plan(p, mode.plan)
    j = mode.job
    job = job_of(s, j)
    if plan.waits == 1 and (job.busy == 1 or job.queue > 0):
        mode.state = 1
        return
    mode.state = DOWN
    job.down += 1
    n = job.node
    write_trace(s, T_FAILED, n, -1, -1, m)
    if job.busy == 1:
        if job.setting == 1 and job.setup_left_s < 0.0:
            job.setup_left_s = max(0.0, job.setup_ends_s - s.now)
            stop_clock(s, job.clock)
        scrap = False
        node = node_plan(p, n)
        for o in range(node.n_ops):
            t = job.first_task + o
            state = task_of(s, t).state
            how = op_plan(p, node.first_op + o).failure
            if state == RUNNING and how == SCRAP:
                scrap = True
            halt(p, s, t, how)
        if scrap:
            scrap_job(p, s, j)
    review(p, s, j)
    # A belt stops; at a station nothing more happens than has been seen to.
    pend(s, n, p.n_nodes)
    begin_or_wait(p, s, mode.task)


@compiled
def plan_failure(p: Record, s: Record, m: int) -> None:
    """Set a machine's clock for when it next fails."""
    mode = mode_of(s, m)
    plan = mode_plan(p, mode.plan)
    mode.state = 0
    mode.left_s = sample_s(p, s, plan.every)
    mode.since_s = s.now
    if plan.busy == 0 or job_of(s, mode.job).state == EXECUTE:
        set_clock(p, s, mode.clock, s.now + mode.left_s)


@compiled
def end_repair(p: Record, s: Record, m: int) -> None:
    """Let a machine that is mended go on."""
    mode = mode_of(s, m)
    job = job_of(s, mode.job)
    job.down -= 1
    write_trace(s, T_REPAIRED, job.node, -1, -1, m)
    plan_failure(p, s, m)
    resume_job(p, s, mode.job)


@compiled
def serve_maintenance(p: Record, s: Record, n: int) -> None:
    """Begin maintenance that has waited for a job to end."""
    plan = node_plan(p, n)
    if plan.n_modes == 0:
        return
    for j in range(plan.first_job, plan.first_job + plan.servers):
        job = job_of(s, j)
        if job.busy == 1 or job.queue > 0 or job.down > 0:
            continue
        for m in range(job.first_mode, job.first_mode + plan.n_modes):
            if mode_of(s, m).state == 1:
                break_down(p, s, m)
                break
