"""A station in SimPy: one job at a time, its operations as processes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import simpy
from simpy.events import Event, Process

from twin.bench.simpy_people import Ask, Got, Pool, Shop
from twin.bench.simpy_ways import Fleet, Part, Room, Route, Steps


@dataclass(frozen=True, slots=True)
class Freed:
    """What an operation brings forth.

    Attributes:
        product: Of each part.
        count: How many there may be.
        present: Probability of each.
        route: Where they go.
        chances: Numbers to tell presence by.
    """

    product: str
    count: int
    present: float
    route: Route
    chances: Iterator[float]


@dataclass(frozen=True, slots=True)
class Work:
    """An operation.

    Attributes:
        bit: Its own, in the masks below.
        after: Those that must all be done first.
        after_any: Those of which one must be done first.
        times_s: By product; what is not in it is not done.
        ask: What it needs; None for nothing.
        ask_again: What it needs to go on after it was stopped.
        present: Probability that there is something to do.
        seized: Probability that it is stuck.
        seized_times_s: What it takes then.
        seized_loses: Whether it brings forth nothing then.
        freed: What it brings forth.
        pauses: Whether it stops at the end of the shift.
        chances: Numbers to tell presence and being stuck by.
    """

    bit: int
    after: int
    after_any: int
    times_s: dict[str, Iterator[float]]
    ask: Ask | None
    ask_again: Ask | None
    present: float
    seized: float
    seized_times_s: Iterator[float]
    seized_loses: bool
    freed: tuple[Freed, ...]
    pauses: bool
    chances: Iterator[float]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A way to stand still: a failure that counts time at work, or maintenance.

    Attributes:
        everys_s: Times between.
        takes_s: Times it takes.
        ask: What it needs.
    """

    everys_s: Iterator[float]
    takes_s: Iterator[float]
    ask: Ask


@dataclass(frozen=True, slots=True)
class Batching:
    """How many parts make a job.

    Attributes:
        least: Fewest.
        most: Most.
        waits_s: How long the first waits for more.
    """

    least: int = 1
    most: int = 1
    waits_s: Iterator[float] | None = None


@dataclass(slots=True, eq=False)
class Job:
    """What a station is at.

    Attributes:
        parts: The main ones.
        n_left: Operations still to be done.
        ended: Happens when nothing is left to do.
        n_out: Parts that have come off and wait to leave.
        all_out: Happens when there are none of those any more.
        done: Mask of operations.
        begun: Mask of operations.
    """

    parts: list[Part]
    n_left: int
    ended: Event
    n_out: int = 0
    all_out: Event | None = None
    done: int = 0
    begun: int = 0


class Station(Room, Shop):
    """A place of work with one server.

    Args:
        env: SimPy's environment.
        place: Row of the distances; -1 if nowhere.
        room: Most parts inside; None for no end.
        pool: Of people.
        batching: How many parts make a job.
        becomes: Product that parts are afterwards; None: the same.
        fleet: Carries what leaves; None: it goes at once.

    Attributes:
        works: Its operations.
        route_of: Where main parts go, by product.
        n_finished: Operations so far.
    """

    def __init__(
        self,
        env: simpy.Environment,
        place: int,
        room: int | None,
        pool: Pool,
        batching: Batching,
        becomes: str | None,
        fleet: Fleet | None,
    ) -> None:
        super().__init__(env, place, room)
        self.works: list[Work] = []
        self.route_of: dict[str, Route] = {}
        self.n_finished = 0
        self.active = True
        self._pool = pool
        self._batching = batching
        self._becomes = becomes
        self._fleet = fleet
        self._queue: deque[Part] = deque()
        self._batch_due_s: float | None = None
        self._open = True
        self._down = False
        self._wake: Event | None = None
        self._active_again = env.event()
        self._begun: dict[Process, Work] = {}
        self._n_running = 0
        self._running_since_s = 0.0
        self._failure: Trouble | None = None
        self._lasts_s = 0.0
        self._spell = 0
        self._upkeep: deque[Trouble] = deque()

    def start(self, failure: Trouble | None, upkeep: list[Trouble]) -> None:
        """Begin to work; called once all else is set."""
        self._failure = failure
        if failure is not None:
            self._lasts_s = next(failure.everys_s)
        for trouble in upkeep:
            self.env.process(self._fall_due(trouble))
        self.env.process(self._serve())

    def enter(self, part: Part) -> None:
        """Put a part into the queue."""
        part.queued_s = self.env.now
        self._queue.append(part)
        self._rouse()

    def set_open(self, is_open: bool) -> None:
        """Open or close: what runs then ends, or pauses until the next opening."""
        self._open = is_open
        self._set_active()
        if not is_open:
            for process in [one for one, work in self._begun.items() if work.pauses]:
                process.interrupt()

    def _set_active(self) -> None:
        before, self.active = self.active, self._open and not self._down
        if self.active and not before:
            again, self._active_again = self._active_again, self.env.event()
            again.succeed()
            self._rouse()

    def _rouse(self) -> None:
        if self._wake is not None and not self._wake.triggered:
            self._wake.succeed()

    def _serve(self) -> Steps:
        """Work job by job, and let upkeep be done in between."""
        env = self.env
        while True:
            while self._upkeep:
                yield from self._keep_up(self._upkeep.popleft())
            parts = self._next_parts()
            if not parts:
                self._wake = env.event()
                due_s = self._batch_due_s
                if due_s is not None and env.now < due_s:
                    yield self._wake | env.timeout(due_s - env.now)
                else:
                    yield self._wake
                continue
            job = Job(parts, len(self.works), env.event())
            self._begin(job)
            yield job.ended
            yield from self._send_out(job)
            self.vacate(len(parts))

    def _next_parts(self) -> list[Part]:
        queue, batching = self._queue, self._batching
        if not queue or not self.active:
            return []
        if batching.waits_s is not None:
            if self._batch_due_s is None:
                self._batch_due_s = queue[0].queued_s + next(batching.waits_s)
            early = self.env.now < self._batch_due_s
            if len(queue) < batching.most and (early or len(queue) < batching.least):
                return []
        elif len(queue) < batching.least:
            return []
        self._batch_due_s = None
        return [queue.popleft() for _ in range(min(batching.most, len(queue)))]

    def _begin(self, job: Job) -> None:
        """Begin each operation whose turn has come; end the job after the last."""
        product = job.parts[0].product
        again = True
        while again:
            again = False
            for work in self.works:
                if work.bit & job.begun or work.after & ~job.done:
                    continue
                if work.after_any and not work.after_any & job.done:
                    continue
                job.begun |= work.bit
                times_s = work.times_s.get(product)
                if times_s is None or (
                    work.present < 1.0 and next(work.chances) >= work.present
                ):
                    job.done |= work.bit
                    job.n_left -= 1
                    again = True
                    continue
                claim = None
                if work.ask is not None and self.active:
                    claim = self._pool.claim(work.ask)
                self.env.process(self._operate(job, work, times_s, claim))
        if job.n_left == 0:
            job.ended.succeed()

    def _operate(
        self,
        job: Job,
        work: Work,
        times_s: Iterator[float],
        claim: Got | Event | None,
    ) -> Steps:
        env, pool = self.env, self._pool
        process = env.active_process
        assert process is not None
        ask = work.ask
        stuck = work.seized > 0.0 and next(work.chances) < work.seized
        left_s = next(work.seized_times_s if stuck else times_s)
        while True:
            if claim is None:
                while not self.active:
                    yield self._active_again
                claim = _NOTHING if ask is None else pool.claim(ask)
            got: Got = claim if isinstance(claim, Got) else (yield claim)
            self._begun[process] = work
            working = False
            try:
                if got.walk_s > 0.0:
                    yield env.timeout(got.walk_s)
                working = True
                self._run(left_s)
                began_s = env.now
                yield env.timeout(left_s)
                left_s = 0.0
            except simpy.Interrupt:
                if working:
                    left_s -= env.now - began_s
                # What it took from a store is there already.
                ask, claim = work.ask_again, None
            if working:
                self._rest()
            del self._begun[process]
            if work.ask is not None:
                pool.give_back(work.ask, got)
            if left_s == 0.0:
                break
            pool.serve()
        self.n_finished += 1
        job.done |= work.bit
        job.n_left -= 1
        if work.freed and not (stuck and work.seized_loses):
            self._bring_forth(job, work)
        # People stay with a job for its next operation; then others are served.
        self._begin(job)
        pool.serve()

    def _bring_forth(self, job: Job, work: Work) -> None:
        for freed in work.freed:
            for _ in range(freed.count):
                if freed.present < 1.0 and next(freed.chances) >= freed.present:
                    continue
                part = Part(freed.product)
                to = freed.route.reserve()
                if isinstance(to, Room):
                    to.enter(part)
                else:
                    job.n_out += 1
                    self.env.process(self._wait_out(job, part, to))

    def _wait_out(self, job: Job, part: Part, turn: Event) -> Steps:
        to = yield turn
        to.enter(part)
        job.n_out -= 1
        if job.n_out == 0 and job.all_out is not None:
            job.all_out.succeed()

    def _send_out(self, job: Job) -> Steps:
        """Let main parts leave; the server stands blocked until all have left."""
        for part in job.parts:
            if self._becomes is not None:
                part.product = self._becomes
            to = self.route_of[part.product].reserve()
            if isinstance(to, Event):
                to = yield to
            if self._fleet is None:
                to.enter(part)
            else:
                yield self._fleet.carry(part, self.place, to)
        if job.n_out > 0:
            job.all_out = self.env.event()
            yield job.all_out

    def _run(self, work_s: float) -> None:
        """Count time at work, and let the machine fail if it will before that ends."""
        if self._n_running == 0:
            self._running_since_s = self.env.now
        self._n_running += 1
        fails_s = self._running_since_s + self._lasts_s
        if self._failure is not None and fails_s < self.env.now + work_s:
            fails = self.env.timeout(fails_s - self.env.now, self._spell)
            assert fails.callbacks is not None
            fails.callbacks.append(self._fail)

    def _rest(self) -> None:
        self._n_running -= 1
        if self._n_running == 0:
            self._lasts_s -= self.env.now - self._running_since_s
            self._spell += 1

    def _fail(self, event: Event) -> None:
        if event.value != self._spell or self._down:
            return
        assert self._failure is not None
        self._down = True
        self._set_active()
        for process in list(self._begun):
            process.interrupt()
        self.env.process(self._repair(self._failure))

    def _repair(self, failure: Trouble) -> Steps:
        yield from self._attend(failure)
        self._lasts_s = next(failure.everys_s)
        self._down = False
        self._set_active()
        self._pool.serve()

    def _fall_due(self, trouble: Trouble) -> Steps:
        yield self.env.timeout(next(trouble.everys_s))
        self._upkeep.append(trouble)
        self._rouse()

    def _keep_up(self, trouble: Trouble) -> Steps:
        yield from self._attend(trouble)
        self.env.process(self._fall_due(trouble))

    def _attend(self, trouble: Trouble) -> Steps:
        ask, pool = trouble.ask, self._pool
        claim = pool.claim(ask)
        got: Got = claim if isinstance(claim, Got) else (yield claim)
        yield self.env.timeout(got.walk_s + next(trouble.takes_s))
        pool.give_back(ask, got)
        pool.serve()


_NOTHING = Got()
