"""Processes that run replications of one plant side by side."""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import TracebackType

from twin.errors import FlowError, TwinError
from twin.flow.course import Course, Watch
from twin.flow.performance import OeeBasis
from twin.flow.plant import Plant
from twin.flow.replication import Replication, replicate
from twin.flow.run import FlowRun

_PATIENCE_S = 5.0


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker has to do.

    Attributes:
        number: Of the replication.
        when: To look at it.
        basis: For the stations' OEE.
    """

    number: int
    when: Watch
    basis: OeeBasis


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a replication is done, in [0, 1]."""

    number: int
    share: float


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a replication could not be run."""

    text: str
    expected: bool


OnProgress = Callable[[Progress], None]


class Workers:
    """Processes with a plant each. Close them, or use them in a ``with``.

    They are started anew rather than forked, so that it works alike everywhere.

    Args:
        plant: What they run.
        n_workers: How many, >= 1.
    """

    def __init__(self, plant: Plant, n_workers: int) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._processes: list[SpawnProcess] = []
        self._ends: list[Connection] = []
        for k in range(n_workers):
            ours, theirs = spawn.Pipe()
            process = spawn.Process(
                target=_serve, args=(plant, theirs), name=f"flow-{k}", daemon=True
            )
            process.start()
            theirs.close()
            self._processes.append(process)
            self._ends.append(ours)

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def n_workers(self) -> int:
        """How many there are."""
        return len(self._processes)

    def run(
        self, jobs: Sequence[Job], on_progress: OnProgress | None = None
    ) -> Iterator[Replication]:
        """Yield the jobs' replications as they come, in any order.

        Raises:
            FlowError: If a replication cannot be run, or a process has died.
        """
        waiting = list(reversed(jobs))
        at_work: dict[Connection, Job] = {}
        for end in self._ends[: len(waiting)]:
            at_work[end] = waiting.pop()
            self._send(end, at_work[end])
        while at_work:
            ready = wait(list(at_work))
            for end in [each for each in at_work if each in ready]:
                answer = self._receive(end)
                if isinstance(answer, Progress):
                    if on_progress is not None:
                        on_progress(answer)
                    continue
                if isinstance(answer, Failure):
                    if answer.expected:
                        raise FlowError(answer.text)
                    raise RuntimeError(answer.text)
                del at_work[end]
                if waiting:
                    at_work[end] = waiting.pop()
                    self._send(end, at_work[end])
                yield answer

    def close(self) -> None:
        """End the processes."""
        for end in self._ends:
            end.close()
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join(_PATIENCE_S)
            process.close()
        self._processes, self._ends = [], []

    @staticmethod
    def _send(end: Connection, job: Job) -> None:
        try:
            end.send(job)
        except OSError as error:
            raise FlowError(_DIED) from error

    @staticmethod
    def _receive(end: Connection) -> Replication | Progress | Failure:
        try:
            answer: Replication | Progress | Failure = end.recv()
        except (EOFError, OSError) as error:
            raise FlowError(_DIED) from error
        return answer


_DIED = (
    "replications: a process ended before its time; is memory short? run fewer at once "
    "with --processes"
)


def _serve(plant: Plant, end: Connection) -> None:
    """Run what comes in until nobody asks any more."""
    # Whoever started us hears of an interrupt too, and ends us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(EOFError, OSError):
        while True:
            end.send(_done(plant, end.recv(), end))


def _done(plant: Plant, job: Job, end: Connection) -> Replication | Failure:
    def tell(run: FlowRun, _course: Course) -> None:
        end.send(Progress(job.number, run.now_s / job.when.until_s))

    try:
        return replicate(plant, job.when, job.basis, job.number, on_stop=tell)
    except TwinError as error:
        return Failure(str(error), expected=True)
    except (ValueError, ArithmeticError, LookupError, MemoryError) as error:
        kind = type(error).__name__
        return Failure(f"replication {job.number}: {kind}: {error}", expected=False)
