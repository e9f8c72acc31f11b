"""The engine's own process: opens it, keeps it to wall time, sends what it says.

Wall time exists here and in the server only; the model never sees it.
"""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Final, Protocol, runtime_checkable

from server.pacing import MAX_SPEED, MIN_SPEED, Achieved, Pace
from twin import codec
from twin.errors import CodecError, PhysicsError, TwinError
from twin.signals import FaultOffer, Injected, RunCommand, SnapshotNote
from twin.state import Event, MeshArrays, Scene, Severity, StateFrame

FRAME_PERIOD_S: Final = 1 / 30
STATUS_PERIOD_S: Final = 1.0
MAX_STEP_TICKS: Final = 24_000
START: Final = "start"
"""The snapshot that is there from the beginning."""
_IDLE_S: Final = 0.5
_TICKS_AT_ONCE: Final = 8

_LOG = logging.getLogger(__name__)


class Engine(Protocol):
    """What a session runs."""

    @property
    def scene(self) -> Scene:
        """The scene that holds now."""

    @property
    def meshes(self) -> Mapping[str, MeshArrays]:
        """Every mesh the scene names, by sha256."""

    @property
    def dt_s(self) -> float:
        """Length of a tick, s."""

    @property
    def tick(self) -> int:
        """Ticks since the start."""

    def advance(self, ticks: int) -> None:
        """Run on by ``ticks``."""

    def frame(self) -> StateFrame:
        """Return the state now."""

    def take_events(self) -> list[Event]:
        """Return the events since the last call."""

    def reset(self) -> None:
        """Go back to the start."""

    def close(self) -> None:
        """Release everything."""


@runtime_checkable
class Ending(Protocol):
    """An engine that comes to an end by itself, as a recording does."""

    @property
    def ended(self) -> bool:
        """True if advancing changes nothing any more."""

    @property
    def duration_s(self) -> float:
        """Length of the whole, s."""


@runtime_checkable
class Teaching(Protocol):
    """An engine that can go back, and be broken: what a trainer needs."""

    def keep_snapshot(self, name: str = "") -> tuple[str, list[str]]:
        """Keep the state; return its name and those dropped for it."""

    def go_back(self, name: str = "") -> SnapshotNote:
        """Go back to a snapshot, the newest if ""."""

    def snapshot_notes(self) -> tuple[SnapshotNote, ...]:
        """Return those kept, oldest first."""

    def faults_offered(self) -> tuple[FaultOffer, ...]:
        """Return what can be broken."""

    def faults_injected(self) -> tuple[Injected, ...]:
        """Return what is broken."""

    def inject_fault(self, source: str, kind: str, target: str = "") -> None:
        """Break something."""

    def clear_fault(self, source: str = "", kind: str = "", target: str = "") -> int:
        """Mend what fits; return how much."""


EngineFactory = Callable[[], Engine]
"""Opens an engine; picklable, since it is called in the engine's process."""


@dataclass(frozen=True, slots=True)
class Order:
    """A command on its way to the engine, with the ticket its answer carries."""

    ticket: int
    command: RunCommand


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an order, and where the run was."""

    ticket: int
    answer: codec.CommandAnswer
    tick: int


@dataclass(frozen=True, slots=True)
class MeshReady:
    """An encoded mesh and its name."""

    sha256: str
    message: bytes


@dataclass(frozen=True, slots=True)
class Failed:
    """The engine cannot go on; one line, and the exit code that goes with it."""

    text: str
    exit_code: int


class Close:
    """Asks the engine's process to end."""


ToEngine = Order | Close
FromEngine = bytes | Answered | MeshReady | Failed


def run_engine(
    factory: EngineFactory, connection: Connection, speed: float, paused: bool
) -> None:
    """Open an engine and run it until told to close or the server is gone."""
    # Ctrl-C reaches every process of the terminal; the server decides when to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        engine = factory()
        try:
            _EngineLoop(engine, connection, speed, paused).run()
        finally:
            engine.close()
    except (BrokenPipeError, ConnectionResetError, EOFError):
        _LOG.debug("the server is gone")
    except TwinError as error:
        connection.send(Failed(str(error), error.exit_code))
    except Exception as error:
        _LOG.exception("the engine broke down")
        connection.send(Failed(f"engine: {type(error).__name__}: {error}", 2))
    finally:
        connection.close()


class _EngineLoop:
    def __init__(
        self, engine: Engine, connection: Connection, speed: float, paused: bool
    ) -> None:
        self._engine = engine
        self._connection = connection
        self._pace = Pace(engine.dt_s, speed)
        self._achieved = Achieved(engine.dt_s)
        self._encoder = codec.FrameEncoder()
        self._paused = paused
        self._closing = False
        self._revision: int | None = None
        self._sent_tick: int | None = None
        self._sent_meshes: set[str] = set()
        self._speed_achieved = 0.0
        self._lesson: codec.Lesson | None = None
        self._n_spoken = 0

    def run(self) -> None:
        self._keep_start()
        self._send_state()
        self._send_status()
        self._send_lesson()
        now_s = time.monotonic()
        self._restart(now_s)
        frame_due_s = now_s + FRAME_PERIOD_S
        status_due_s = now_s + STATUS_PERIOD_S
        while not self._closing:
            wait_s = _IDLE_S if not self._running else frame_due_s - time.monotonic()
            if self._connection.poll(max(wait_s, 0.0)):
                self._obey(self._connection.recv())
                frame_due_s = min(frame_due_s, time.monotonic())
                continue
            now_s = time.monotonic()
            if self._running:
                self._advance(now_s, now_s + FRAME_PERIOD_S)
                self._send_state()
                self._send_lesson()
                if self._ended:
                    self._send_status()
            frame_due_s = max(frame_due_s + FRAME_PERIOD_S, now_s)
            if now_s >= status_due_s and self._running:
                status_due_s = now_s + STATUS_PERIOD_S
                self._speed_achieved = self._achieved.over(now_s, self._engine.tick)
                self._send_status()

    @property
    def _ended(self) -> bool:
        return isinstance(self._engine, Ending) and self._engine.ended

    @property
    def _running(self) -> bool:
        return not self._paused and not self._ended

    def _advance(self, now_s: float, until_s: float) -> None:
        due = self._pace.ticks_due(now_s, self._engine.tick)
        while due > 0 and time.monotonic() < until_s:
            ticks = min(due, _TICKS_AT_ONCE)
            self._engine.advance(ticks)
            due -= ticks

    def _restart(self, now_s: float) -> None:
        self._pace.restart(now_s, self._engine.tick)
        self._achieved.restart(now_s, self._engine.tick)

    def _obey(self, request: ToEngine) -> None:
        if isinstance(request, Close):
            self._closing = True
            return
        answer = self._done(request.command)
        self._restart(time.monotonic())
        self._send_state()
        self._send_status()
        self._send_lesson()
        self._send(Answered(request.ticket, answer, self._engine.tick))

    def _done(self, command: RunCommand) -> codec.CommandAnswer:
        value = command.value
        if command.verb == "pause":
            self._paused = True
            return _accepted(command, "paused")
        if command.verb == "resume":
            self._paused = False
            return _accepted(command, "resumed")
        if command.verb == "speed":
            if not MIN_SPEED <= value <= MAX_SPEED:
                return _refused(command, "bad_speed", low=MIN_SPEED, high=MAX_SPEED)
            self._pace.speed = value
            return _accepted(command, "speed", speed=value)
        if command.verb == "step":
            if not 1 <= value <= MAX_STEP_TICKS or value != int(value):
                return _refused(command, "bad_step", most=MAX_STEP_TICKS)
            self._paused = True
            self._engine.advance(int(value))
            return _accepted(command, "stepped", ticks=int(value))
        if command.verb == "reset":
            self._engine.reset()
            self._encoder.restart()
            self._sent_tick = None
            self._keep_start()
            self._speak("RunReset", "event.reset", {"who": command.who})
            return _accepted(command, "reset")
        if not isinstance(self._engine, Teaching):
            return _refused(command, "no_lesson")
        try:
            return self._taught(command, self._engine)
        except PhysicsError as error:
            return _refused(command, "lesson_refused", found=str(error))

    def _taught(self, command: RunCommand, engine: Teaching) -> codec.CommandAnswer:
        if command.verb == "snapshot":
            name, dropped = engine.keep_snapshot(command.name)
            if dropped:
                gone = ", ".join(dropped)
                return _accepted(command, "snapshot_dropped", name=name, gone=gone)
            return _accepted(command, "snapshot", name=name)
        if command.verb == "restore":
            left_s = self._engine.tick * self._engine.dt_s
            note = engine.go_back(command.name)
            # The clients' keyframe is of a time that is yet to come.
            self._encoder.restart()
            self._sent_tick = None
            self._paused = True
            self._speak(
                "Rewound",
                "event.rewound",
                {
                    "name": note.name,
                    "left_s": left_s,
                    "who": command.who,
                    "serial": note.serial,
                },
            )
            return _accepted(command, "restored", name=note.name)
        if command.verb == "inject":
            engine.inject_fault(command.source, command.fault, command.target)
            return _accepted(command, "injected", fault=command.fault)
        n_cleared = engine.clear_fault(command.source, command.fault, command.target)
        return _accepted(command, "cleared", count=n_cleared)

    def _keep_start(self) -> None:
        if not isinstance(self._engine, Teaching):
            return
        try:
            self._engine.keep_snapshot(START)
        except PhysicsError as error:
            # It runs and can be watched all the same; who asks for a snapshot is told.
            _LOG.warning("%s", error)

    def _speak(self, kind: str, text: str, arguments: dict[str, str | float]) -> None:
        """Tell all clients of something that was done to the run, not in it."""
        self._n_spoken += 1
        tick = self._engine.tick
        told = Event(
            # Numbers of their own, from the other end: the model's stay its own.
            serial=-self._n_spoken,
            tick=tick,
            sim_time_s=tick * self._engine.dt_s,
            kind=kind,
            source="",
            text=text,
            severity=int(Severity.WARNING),
            arguments=arguments,
        )
        self._send(codec.encode(codec.Events((told,))))

    def _send_lesson(self) -> None:
        if not isinstance(self._engine, Teaching):
            return
        lesson = codec.Lesson(
            self._engine.snapshot_notes(),
            self._engine.faults_offered(),
            self._engine.faults_injected(),
        )
        if lesson != self._lesson:
            self._lesson = lesson
            self._send(codec.encode(lesson))

    def _send_state(self) -> None:
        scene = self._engine.scene
        if scene.revision != self._revision:
            self._send_meshes(scene)
            self._send(codec.encode(scene))
            self._revision = scene.revision
            self._sent_tick = None
        for message in _event_messages(self._engine.take_events()):
            self._send(message)
        if self._engine.tick != self._sent_tick:
            self._send(self._encoder.encode(self._engine.frame()))
            self._sent_tick = self._engine.tick

    def _send_meshes(self, scene: Scene) -> None:
        named = {entity.mesh for entity in scene.entities if entity.mesh}
        for sha256 in sorted(named - self._sent_meshes):
            message = codec.encode_mesh(self._engine.meshes[sha256])
            self._send(MeshReady(sha256, message))
        self._sent_meshes |= named

    def _send_status(self) -> None:
        ending = self._engine if isinstance(self._engine, Ending) else None
        state: codec.RunState = "running"
        if self._paused:
            state = "paused"
        elif self._ended:
            state = "ended"
        status = codec.RunStatus(
            state,
            speed=self._pace.speed,
            tick=self._engine.tick,
            duration_s=ending.duration_s if ending else 0.0,
            achieved=self._speed_achieved if state == "running" else 0.0,
            teaches=isinstance(self._engine, Teaching),
        )
        self._send(codec.encode(status))

    def _send(self, message: FromEngine) -> None:
        self._connection.send(message)


def _event_messages(events: Sequence[Event]) -> list[bytes]:
    """Return events as messages, each within the limit of its kind."""
    if not events:
        return []
    try:
        return [codec.encode(codec.Events(tuple(events)))]
    except CodecError:
        if len(events) == 1:
            raise
    half = len(events) // 2
    return _event_messages(events[:half]) + _event_messages(events[half:])


def _accepted(
    command: RunCommand, text: str, **filled_in: str | float
) -> codec.CommandAnswer:
    return codec.CommandAnswer(
        command.number, True, f"server.answer.{text}", dict(filled_in)
    )


def _refused(
    command: RunCommand, text: str, **filled_in: str | float
) -> codec.CommandAnswer:
    return codec.CommandAnswer(
        command.number, False, f"server.answer.{text}", dict(filled_in)
    )
