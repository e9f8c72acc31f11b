"""One run: an engine in a process of its own, its messages out, commands in."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Final

from server.engine_process import (
    Answered,
    Close,
    EngineFactory,
    Failed,
    FromEngine,
    MeshReady,
    Order,
    run_engine,
)
from server.hub import Hub
from twin import codec
from twin.errors import MissingPartError, ServiceError, TwinError
from twin.signals import MAX_NAME_LENGTH, RunCommand
from twin.state import Scene, Severity

MAX_PENDING_COMMANDS: Final = 64
"""Small enough that all of them fit a pipe's buffer: sending never waits."""
LOG_LENGTH: Final = 1000
_MAX_UNDELIVERED: Final = 64
_CLOSE_TIMEOUT_S: Final = 5.0

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LoggedCommand:
    """Who asked for what, when, and what became of it.

    Attributes:
        wall_time_s: When it was answered, s since 1970-01-01 UTC.
        who: Person or client.
        verb: What was asked.
        value: With what number.
        about: Which snapshot, or what was broken or mended.
        accepted: False if nothing was done.
        tick: Where the run was.
    """

    wall_time_s: float
    who: str
    verb: str
    value: float
    about: str
    accepted: bool
    tick: int


Reply = Callable[[codec.CommandAnswer], None]


class Session:
    """Owns the engine's process; lives in one event loop.

    Args:
        factory: Opens the engine, in its own process.
        hub: Where the engine's messages go.
        clock: Wall time, s since 1970-01-01 UTC, for the log of commands.
        speed: Simulated seconds per second at the start.
        paused: Wait for a resume command before running.
    """

    def __init__(
        self,
        factory: EngineFactory,
        hub: Hub,
        clock: Callable[[], float],
        *,
        speed: float = 1.0,
        paused: bool = False,
    ) -> None:
        self._factory = factory
        self._hub = hub
        self._clock = clock
        self._speed = speed
        self._paused = paused
        self._pending: dict[int, tuple[RunCommand, Reply]] = {}
        self._n_orders = 0
        self._failure: TwinError | None = None
        self._closing = False
        self._undelivered = threading.BoundedSemaphore(_MAX_UNDELIVERED)
        self._opened = asyncio.Event()
        self._decoder = codec.Decoder((codec.Kind.SCENE, codec.Kind.STATUS))
        self.meshes: dict[str, bytes] = {}
        self.log: deque[LoggedCommand] = deque(maxlen=LOG_LENGTH)
        self.scene: Scene | None = None
        self.status = codec.RunStatus("paused")

    async def open(self) -> None:
        """Start the engine's process and wait for its first state.

        Raises:
            TwinError: If the engine cannot be opened; its own line.
        """
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=run_engine,
            args=(self._factory, theirs, self._speed, self._paused),
            name="flins-engine",
            daemon=True,
        )
        self._process.start()
        # Only the engine may hold that end, or its death would not be noticed.
        theirs.close()
        loop = asyncio.get_running_loop()
        self._reader = threading.Thread(
            target=self._read, args=(self._connection, loop), name="engine-reader"
        )
        self._reader.start()
        await self._opened.wait()
        if self._failure is not None:
            raise self._failure

    def command(self, command: RunCommand, reply: Reply) -> None:
        """Send a command to the engine; ``reply`` gets the answer."""
        if self._failure is not None or self._closing:
            self._answer(command, reply, _refusal(command, "no_engine"))
        elif len(self._pending) >= MAX_PENDING_COMMANDS:
            self._answer(command, reply, _refusal(command, "busy"))
        else:
            self._n_orders += 1
            self._pending[self._n_orders] = (command, reply)
            try:
                self._connection.send(Order(self._n_orders, command))
            except OSError:
                # The reader is about to see the same and to say so to all.
                _LOG.debug("command to an engine that is gone")

    async def close(self) -> None:
        """End the engine's process, by force if it does not end by itself."""
        self._closing = True
        try:
            self._connection.send(Close())
        except OSError:
            _LOG.debug("the engine's process is gone already")
        await asyncio.to_thread(self._process.join, _CLOSE_TIMEOUT_S)
        if self._process.is_alive():
            _LOG.warning("the engine does not end by itself; ending its process")
            self._process.kill()
            await asyncio.to_thread(self._process.join)
        await asyncio.to_thread(self._reader.join)
        self._connection.close()
        self._process.close()

    def _read(self, connection: Connection, loop: asyncio.AbstractEventLoop) -> None:
        """Hand the engine's messages to the event loop, a bounded number ahead."""
        while True:
            try:
                message: FromEngine = connection.recv()
            except (EOFError, OSError):
                loop.call_soon_threadsafe(self._on_gone)
                return
            # A timeout, since a loop that ends would never take what waits here.
            while not self._undelivered.acquire(timeout=_CLOSE_TIMEOUT_S):
                if self._closing:
                    return
            loop.call_soon_threadsafe(self._on_message, message)

    def _on_message(self, message: FromEngine) -> None:
        self._undelivered.release()
        if isinstance(message, Answered):
            command, reply = self._pending.pop(message.ticket)
            self._answer(command, reply, message.answer, message.tick)
        elif isinstance(message, MeshReady):
            self.meshes[message.sha256] = message.message
        elif isinstance(message, Failed):
            missing = message.exit_code == MissingPartError.exit_code
            error = MissingPartError if missing else ServiceError
            self._fail(error(message.text))
        else:
            self._take_note(message)
            self._hub.publish(message)

    def _take_note(self, message: bytes) -> None:
        kind = codec.kind_of(message)
        if kind is codec.Kind.KEYFRAME:
            self._opened.set()
        if kind not in (codec.Kind.SCENE, codec.Kind.STATUS):
            return
        for received in self._decoder.feed(message):
            if isinstance(received.content, Scene):
                self.scene = received.content
            elif isinstance(received.content, codec.RunStatus):
                self.status = received.content

    def _on_gone(self) -> None:
        if not self._closing and self._failure is None:
            self._process.join(1.0)
            self._fail(
                ServiceError(
                    f"engine: its process ended with code {self._process.exitcode}; "
                    "start the server again"
                )
            )

    def _fail(self, error: TwinError) -> None:
        # Until it has opened, who starts it is told by the error itself.
        if self._opened.is_set():
            _LOG.error("%s", error)
        self._failure = error
        self.status = codec.RunStatus("failed", tick=self.status.tick)
        self._hub.publish(codec.encode(self.status))
        notice = codec.Notice(
            "server.notice.engine_failed", {"found": str(error)}, Severity.ALARM
        )
        self._hub.publish(codec.encode(notice))
        pending, self._pending = self._pending, {}
        for command, reply in pending.values():
            self._answer(command, reply, _refusal(command, "no_engine"))
        self._opened.set()

    def _answer(
        self,
        command: RunCommand,
        reply: Reply,
        answer: codec.CommandAnswer,
        tick: int | None = None,
    ) -> None:
        entry = LoggedCommand(
            self._clock(),
            command.who,
            command.verb,
            command.value,
            _about(command),
            answer.accepted,
            self.status.tick if tick is None else tick,
        )
        self.log.append(entry)
        _LOG.info(
            "command %s %g%s by %r: %s at tick %d",
            entry.verb,
            entry.value,
            f" {entry.about!r}" if entry.about else "",
            entry.who,
            "done" if entry.accepted else "refused",
            entry.tick,
        )
        reply(answer)


def _about(command: RunCommand) -> str:
    """Return what a command is about, in one bounded line of the log."""
    named = (command.name, command.source, command.fault, command.target)
    return "/".join(word[:MAX_NAME_LENGTH] for word in named if word)


def _refusal(command: RunCommand, text: str) -> codec.CommandAnswer:
    return codec.CommandAnswer(command.number, False, f"server.answer.{text}")
