"""People and shared tools: chosen, seized all at once, given back."""

from __future__ import annotations

from twin.flow.kernel.pointers import Record, compiled
from twin.flow.kernel.records import (
    BUSY,
    FREE,
    OFF,
    WALKS,
    crew_plan,
    distance_at,
    need,
    person_of,
    skill_crew,
    skill_of,
    skill_row,
    store_of,
    take,
    task_of,
    tool_of,
    use,
)


@compiled
def set_person(s: Record, i: int, state: int) -> None:
    """Book a person's time up to now, and go on in another state."""
    person = person_of(s, i)
    person.time_in[person.state] += s.now - person.since
    person.since = s.now
    person.state = state


@compiled
def distance_m(p: Record, a: int, b: int) -> float:
    """Return the way between two places; 0 where one of them is nowhere."""
    if a < 0 or b < 0:
        return 0.0
    return distance_at(p, a * p.n_places + b).value


@compiled
def _nearest_free(p: Record, s: Record, crew: int, place: int) -> int:
    """Return who of a crew is free and nearest; of equals who is free the longest."""
    plan = crew_plan(p, crew)
    best = -1
    best_m = 0.0
    for i in range(plan.first_person, plan.first_person + plan.n_persons):
        person = person_of(s, i)
        if person.state != FREE or person.mark == s.mark:
            continue
        away_m = distance_m(p, person.place, place) if plan.speed_mps > 0.0 else 0.0
        if (
            best < 0
            or away_m < best_m
            or (away_m == best_m and person.since < person_of(s, best).since)
        ):
            best = i
            best_m = away_m
    return best


@compiled
def choose_people(p: Record, s: Record, first: int, n: int, place: int) -> int:
    """Return the first of a chain of people that fill all needs, -1 if there are none.

    Crews with the fewest skills are asked first, so that those who can do more stay
    free for it. The choice is made need by need and not taken back: where skills
    overlap crosswise it may miss a way to fill all needs that exists.
    """
    s.mark += 1
    chain = -1
    for r in range(first, first + n):
        wanted = need(p, r)
        row = skill_row(p, wanted.what)
        for _ in range(wanted.count):
            found = -1
            for c in range(row.what, row.what + row.count):
                found = _nearest_free(p, s, skill_crew(p, c).value, place)
                if found >= 0:
                    break
            if found < 0:
                return -1
            person = person_of(s, found)
            person.mark = s.mark
            person.next = chain
            chain = found
    return chain


@compiled
def seize_people(p: Record, s: Record, t: int, chain: int, place: int) -> float:
    """Give chosen people to a task; return how long the farthest walks, s."""
    task = task_of(s, t)
    task.person = chain
    longest_s = 0.0
    i = chain
    while i >= 0:
        person = person_of(s, i)
        plan = crew_plan(p, person.crew)
        person.task = t
        if plan.speed_mps > 0.0 and place >= 0:
            away_m = distance_m(p, person.place, place)
            person.walked_m += away_m
            person.place = place
            longest_s = max(longest_s, away_m / plan.speed_mps)
        set_person(s, i, WALKS)
        i = person.next
    return longest_s


@compiled
def put_to_work(s: Record, t: int) -> None:
    """Book a task's people as busy from now on."""
    i = task_of(s, t).person
    while i >= 0:
        set_person(s, i, BUSY)
        i = person_of(s, i).next


@compiled
def release_people(s: Record, t: int) -> None:
    """Let a task's people go; who stayed past the end of a shift goes home."""
    task = task_of(s, t)
    i = task.person
    task.person = -1
    while i >= 0:
        person = person_of(s, i)
        following = person.next
        person.task = -1
        person.next = -1
        set_person(s, i, OFF if person.leaving == 1 else FREE)
        person.leaving = 0
        s.freed = 1
        i = following


@compiled
def has_tools(p: Record, s: Record, first: int, n: int) -> bool:
    """Return whether all tools that are asked for are free."""
    for r in range(first, first + n):
        wanted = use(p, r)
        if tool_of(s, wanted.what).free < wanted.count:
            return False
    return True


@compiled
def move_tools(p: Record, s: Record, first: int, n: int, sign: int) -> None:
    """Seize tools (sign -1), or give them back (+1)."""
    for r in range(first, first + n):
        wanted = use(p, r)
        tool = tool_of(s, wanted.what)
        tool.area += (tool.count - tool.free) * (s.now - tool.since)
        tool.since = s.now
        tool.free += sign * wanted.count
    if n > 0 and sign > 0:
        s.freed = 1


@compiled
def has_material(p: Record, s: Record, first: int, n: int) -> bool:
    """Return whether stores hold all that is asked for."""
    for r in range(first, first + n):
        wanted = take(p, r)
        if store_of(s, wanted.what).stock < wanted.count:
            return False
    return True


@compiled
def count_store(s: Record, i: int) -> None:
    """Bring a store's area up to now, before its stock changes."""
    store = store_of(s, i)
    store.area += store.stock * (s.now - store.since)
    if store.stock == 0:
        store.empty_s += s.now - store.since
    store.since = s.now


@compiled
def shift_skill(s: Record, skill: int, change: int) -> None:
    """Change how many with a skill are on shift."""
    skill_of(s, skill).on_shift += change
