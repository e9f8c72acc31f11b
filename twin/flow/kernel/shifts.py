"""Opening and closing: what begins and ends with a calendar's hours."""

from __future__ import annotations

from twin.flow.kernel.agenda import set_clock, stop_clock
from twin.flow.kernel.ledger import pend, review, write_trace
from twin.flow.kernel.people import set_person, shift_skill
from twin.flow.kernel.pointers import Record, compiled
from twin.flow.kernel.records import (
    BUSY,
    FINISH,
    FREE,
    HAND_OVER,
    OFF,
    PAUSE,
    RESUME,
    RUNNING,
    SOURCE,
    STATION,
    STOPPED,
    T_CLOSED,
    T_OPENED,
    WALKING,
    WALKS,
    calendar_crew,
    calendar_node,
    calendar_of,
    calendar_plan,
    crew_plan,
    entry_of,
    fleet_of,
    fleet_plan,
    job_of,
    node_of,
    node_plan,
    op_plan,
    person_of,
    placed_at,
    task_of,
    time_at,
)
from twin.flow.kernel.work import begin_or_wait, halt, resume_job, wait_in_row


@compiled
def _close_node(p: Record, s: Record, n: int) -> None:
    plan = node_plan(p, n)
    node = node_of(s, n)
    node.open = 0
    node.closed_since = s.now
    write_trace(s, T_CLOSED, n, -1, -1, 0)
    if plan.kind == SOURCE:
        i = placed_at(s, plan.clock).value
        node.left_s = -1.0
        if i >= 0 and plan.timed == 0:
            node.left_s = entry_of(s, i).time - s.now
            stop_clock(s, plan.clock)
    elif plan.kind == STATION:
        for j in range(plan.first_job, plan.first_job + plan.servers):
            job = job_of(s, j)
            if job.busy == 1 and job.setting == 0:
                for o in range(plan.n_ops):
                    t = job.first_task + o
                    state = task_of(s, t).state
                    working = state in (RUNNING, WALKING)
                    if not working or op_plan(p, plan.first_op + o).shift_end != FINISH:
                        halt(p, s, t, RESUME)
            review(p, s, j)


@compiled
def _open_node(p: Record, s: Record, n: int) -> None:
    plan = node_plan(p, n)
    node = node_of(s, n)
    node.open = 1
    node.closed_s += s.now - node.closed_since
    write_trace(s, T_OPENED, n, -1, -1, 0)
    if plan.kind == SOURCE:
        if node.left_s >= 0.0:
            set_clock(p, s, plan.clock, s.now + node.left_s)
            node.left_s = -1.0
    elif plan.kind == STATION:
        for j in range(plan.first_job, plan.first_job + plan.servers):
            resume_job(p, s, j)
    pend(s, n, p.n_nodes)


@compiled
def _end_shift(p: Record, s: Record, crew: int, calendar: int) -> None:
    plan = crew_plan(p, crew)
    for i in range(plan.first_person, plan.first_person + plan.n_persons):
        person = person_of(s, i)
        if person.state != BUSY and person.state != WALKS:
            continue
        t = person.task
        task = task_of(s, t)
        how = HAND_OVER
        if task.job >= 0:
            first_op = node_plan(p, job_of(s, task.job).node).first_op
            how = op_plan(p, first_op + task.op).shift_end
        if how == FINISH:
            person.leaving = 1
            continue
        halt(p, s, t, RESUME)
        if how == PAUSE:
            task.pause_calendar = calendar
        else:
            wait_in_row(s, t)
        if task.job >= 0:
            review(p, s, task.job)
    for i in range(plan.first_person, plan.first_person + plan.n_persons):
        if person_of(s, i).state == FREE:
            set_person(s, i, OFF)
    for k in range(p.n_skills):
        if plan.skills >> k & 1:
            shift_skill(s, k, -plan.n_persons)


@compiled
def _begin_shift(p: Record, s: Record, crew: int) -> None:
    plan = crew_plan(p, crew)
    for k in range(p.n_skills):
        if plan.skills >> k & 1:
            shift_skill(s, k, plan.n_persons)
    for i in range(plan.first_person, plan.first_person + plan.n_persons):
        person = person_of(s, i)
        person.leaving = 0
        if person.state == OFF:
            set_person(s, i, FREE)


@compiled
def _take_up(p: Record, s: Record, calendar: int) -> None:
    """Take up again what paused until a calendar opens."""
    for t in range(p.n_op_tasks + p.n_modes):
        task = task_of(s, t)
        if task.pause_calendar != calendar:
            continue
        task.pause_calendar = -1
        if task.state != STOPPED:
            continue
        job = job_of(s, task.job)
        if job.down == 0 and node_of(s, job.node).open == 1:
            begin_or_wait(p, s, t)


@compiled
def _review_waiting(p: Record, s: Record) -> None:
    """Say of all that waits for people whether anybody is on shift for it."""
    t = s.wait_first
    while t >= 0:
        task = task_of(s, t)
        if task.job >= 0:
            review(p, s, task.job)
        t = task.next


@compiled
def turn_calendar(p: Record, s: Record, c: int) -> None:
    """Open or close all that follows a calendar, and set its clock for the next."""
    plan = calendar_plan(p, c)
    calendar = calendar_of(s, c)
    if calendar.open == 1:
        calendar.open_s += s.now - calendar.since
    calendar.since = s.now
    calendar.open = 1 - calendar.open
    calendar.cursor += 1
    plan_turn(p, s, c)
    for i in range(plan.first_crew, plan.first_crew + plan.n_crews):
        crew = calendar_crew(p, i).value
        if calendar.open == 1:
            _begin_shift(p, s, crew)
        else:
            _end_shift(p, s, crew, c)
    for i in range(plan.first_node, plan.first_node + plan.n_nodes):
        n = calendar_node(p, i).value
        if calendar.open == 1:
            _open_node(p, s, n)
        else:
            _close_node(p, s, n)
    for f in range(p.n_fleets):
        if fleet_plan(p, f).calendar == c:
            fleet_of(s, f).open = calendar.open
    if calendar.open == 1:
        _take_up(p, s, c)
    if plan.n_crews > 0:
        _review_waiting(p, s)
    s.freed = 1
    s.called = 1


@compiled
def plan_turn(p: Record, s: Record, c: int) -> None:
    """Set a calendar's clock for when it next opens or closes."""
    plan = calendar_plan(p, c)
    cursor = calendar_of(s, c).cursor
    if cursor < plan.n_times:
        set_clock(p, s, plan.clock, time_at(p, plan.first_time + cursor).value)
