"""Lines with little room, where a station blocks the one before: Markov chains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from twin.verify.markov import Chain, solve_chain


@dataclass(frozen=True, slots=True)
class Line:
    """A line in the long run; one entry a station.

    Attributes:
        throughput_per_s: Parts that leave.
        inside_means: Parts in each station after the first: waiting, in service or
            held because the next is full.
        executing: Share of time at work.
        blocked: Share of time held up by the next station.
        starved: Share of time without a part.
        failed: Share of time under repair.
    """

    throughput_per_s: float
    inside_means: tuple[float, ...]
    executing: tuple[float, ...]
    blocked: tuple[float, ...]
    starved: tuple[float, ...]
    failed: tuple[float, ...]


class _Tandem(NamedTuple):
    inside: tuple[int, ...]  # of the stations after the first
    blocked: tuple[bool, ...]  # of the stations before the last


def tandem_line(service_means_s: Sequence[float], queues: Sequence[int]) -> Line:
    """Return a line of single exponential servers, blocking after service.

    The first station never lacks a part. A Poisson source that waits when the
    first queue is full is such a station: it works for one interval, then holds
    the part until there is room.

    Args:
        service_means_s: Of n stations, n at least 2.
        queues: Places before stations 2 to n, besides the one in service.

    Source:
        Hunt (1956), Sequential arrays of waiting lines; Hillier, Boling (1967),
        Finite queues in series with exponential or Erlang service times.
    """
    last = len(service_means_s) - 1
    room = [queue + 1 for queue in queues]

    def moves(state: _Tandem) -> Iterator[tuple[_Tandem, float]]:
        for station, mean_s in enumerate(service_means_s):
            if _works(state, station):
                yield _finished(state, station, last, room), 1.0 / mean_s

    start = _Tandem((0,) * last, (False,) * last)
    return _line_of(solve_chain(start, moves), service_means_s)


def _works(state: _Tandem, station: int) -> bool:
    held = station < len(state.blocked) and state.blocked[station]
    return not held and (station == 0 or state.inside[station - 1] > 0)


def _finished(state: _Tandem, station: int, last: int, room: Sequence[int]) -> _Tandem:
    inside, blocked = list(state.inside), list(state.blocked)
    if station < last and inside[station] >= room[station]:
        blocked[station] = True
        return _Tandem(tuple(inside), tuple(blocked))
    if station < last:
        inside[station] += 1
    # The place it leaves goes to a part held before it, whose place goes on.
    while station > 0 and blocked[station - 1]:
        station -= 1
        blocked[station] = False
    if station > 0:
        inside[station - 1] -= 1
    return _Tandem(tuple(inside), tuple(blocked))


def _executing(station: int, state: _Tandem) -> float:
    return float(_works(state, station))


def _blocked(station: int, state: _Tandem) -> float:
    return float(station < len(state.blocked) and state.blocked[station])


def _inside(index: int, state: _Tandem) -> float:
    return float(state.inside[index])


def _line_of(chain: Chain[_Tandem], service_means_s: Sequence[float]) -> Line:
    n = len(service_means_s)
    executing = [chain.mean(partial(_executing, station)) for station in range(n)]
    blocked = [chain.mean(partial(_blocked, station)) for station in range(n)]
    return Line(
        throughput_per_s=executing[-1] / service_means_s[-1],
        inside_means=tuple(chain.mean(partial(_inside, i)) for i in range(n - 1)),
        executing=tuple(executing),
        blocked=tuple(blocked),
        starved=tuple(1.0 - executing[i] - blocked[i] for i in range(n)),
        failed=(0.0,) * n,
    )


class _Pair(NamedTuple):
    inside: int  # of the second machine
    blocked: bool  # the first
    up: tuple[bool, bool]


def unreliable_line(
    service_means_s: tuple[float, float],
    up_means_s: tuple[float, float],
    repair_means_s: tuple[float, float],
    queue: int,
) -> Line:
    """Return two exponential machines that fail at work, with places between.

    Failures depend on operations: a machine that is starved or blocked does not
    fail. Work is resumed after the repair. The first machine never lacks a part.

    Args:
        service_means_s: Of a part without failures.
        up_means_s: Working time to a failure, exponential.
        repair_means_s: Exponential.
        queue: Places before the second machine, besides the one in service.

    Source:
        Gershwin, Berman (1981), Analysis of transfer lines consisting of two
        unreliable machines with random processing times and finite storage buffers.
    """
    room = queue + 1

    def moves(state: _Pair) -> Iterator[tuple[_Pair, float]]:
        first, second = state.up
        if not first:
            yield state._replace(up=(True, second)), 1.0 / repair_means_s[0]
        elif not state.blocked:
            yield state._replace(up=(False, second)), 1.0 / up_means_s[0]
            full = state.inside == room
            done = state._replace(inside=min(state.inside + 1, room), blocked=full)
            yield done, 1.0 / service_means_s[0]
        if not second:
            yield state._replace(up=(first, True)), 1.0 / repair_means_s[1]
        elif state.inside:
            yield state._replace(up=(first, False)), 1.0 / up_means_s[1]
            left = state.inside if state.blocked else state.inside - 1
            done = state._replace(inside=left, blocked=False)
            yield done, 1.0 / service_means_s[1]

    chain = solve_chain(_Pair(0, False, (True, True)), moves)
    works = (
        chain.mean(lambda state: float(state.up[0] and not state.blocked)),
        chain.mean(lambda state: float(state.up[1] and state.inside > 0)),
    )
    return Line(
        throughput_per_s=works[1] / service_means_s[1],
        inside_means=(chain.mean(lambda state: float(state.inside)),),
        executing=works,
        blocked=(chain.mean(lambda state: float(state.blocked)), 0.0),
        starved=(0.0, chain.mean(lambda state: float(state.inside == 0))),
        failed=(
            chain.mean(lambda state: float(not state.up[0])),
            chain.mean(lambda state: float(not state.up[1])),
        ),
    )


class _Joining(NamedTuple):
    waiting: tuple[int, int]
    working: bool


@dataclass(frozen=True, slots=True)
class Assembly:
    """An assembly station in the long run.

    Attributes:
        throughput_per_s: Assemblies that leave.
        executing: Share of time at work.
    """

    throughput_per_s: float
    executing: float


def assembly(
    interval_means_s: tuple[float, float], queues: tuple[int, int], time_mean_s: float
) -> Assembly:
    """Return a station that joins one part of each of two Poisson sources.

    A source whose queue is full holds its next part until there is room. Times are
    exponential; the two parts in work have left their queues.

    Args:
        interval_means_s: Of each source while it is not held up.
        queues: Places for each component, besides those in work.
        time_mean_s: Of one assembly.

    Source:
        The stations of Lipper, Sengupta (1986), Assembly-like queues with finite
        capacity, solved as a Markov chain.
    """

    def started(state: _Joining) -> _Joining:
        if state.working or min(state.waiting) == 0:
            return state
        return _Joining((state.waiting[0] - 1, state.waiting[1] - 1), True)

    def moves(state: _Joining) -> Iterator[tuple[_Joining, float]]:
        a, b = state.waiting
        # One more than the queue: the part its source holds.
        if a <= queues[0]:
            more = state._replace(waiting=(a + 1, b))
            yield started(more), 1.0 / interval_means_s[0]
        if b <= queues[1]:
            more = state._replace(waiting=(a, b + 1))
            yield started(more), 1.0 / interval_means_s[1]
        if state.working:
            yield started(state._replace(working=False)), 1.0 / time_mean_s

    chain = solve_chain(_Joining((0, 0), False), moves)
    working = chain.mean(lambda state: float(state.working))
    return Assembly(working / time_mean_s, working)
