"""The viewer's end of the wire: a thread that keeps the newest of everything.

The window asks for what came since it last asked; nothing here waits for it, and a
connection that breaks is made again until the client is closed.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from twin.codec import (
    LIMIT_BYTES,
    CommandAnswer,
    Decoder,
    Events,
    Hello,
    KeyframeMissing,
    Lesson,
    Mesh,
    Notice,
    Resync,
    RunStatus,
    WantLesson,
    WantMesh,
    encode,
)
from twin.errors import CodecError, ServiceError
from twin.signals import RunCommand, Verb
from twin.state import Event, MeshArrays, Scene, StateFrame

_PATIENCE_S = 0.05
"""How long the thread listens before it looks whether there is something to say."""
_OPEN_TIMEOUT_S = 5.0
_RETRY_S = (0.3, 0.6, 1.0, 2.0, 3.0)
_MAX_EVENTS = 2_000
_MAX_COMMANDS = 64
_HEADER_BYTES = 64


class Link(Enum):
    """How the connection stands."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class News:
    """What came since the window last asked; None where nothing new did.

    Attributes:
        link: How the connection stands.
        scene: A new Scene, complete with its meshes.
        meshes: Its meshes by sha256, if ``scene`` is new.
        frame: The newest state, of the Scene last given.
        events: In their order.
        status: How the run goes.
        hello: What the server said of itself.
        lesson: Snapshots and faults, or None while nothing offers any.
        answers: To commands.
        notices: Lines for the person.
        frame_age_s: Since the newest state came; infinite before the first.
        trouble: What went wrong with the connection last, one line, or "".
    """

    link: Link
    scene: Scene | None
    meshes: Mapping[str, MeshArrays]
    frame: StateFrame | None
    events: tuple[Event, ...]
    status: RunStatus | None
    hello: Hello | None
    lesson: Lesson | None
    answers: tuple[CommandAnswer, ...]
    notices: tuple[Notice, ...]
    frame_age_s: float
    trouble: str


class Client:
    """A connection to a server, made again whenever it breaks.

    Args:
        url: Address of the websocket, such as ``ws://127.0.0.1:8765/ws``; ``http``
            and an address without a path are understood.
        who: Name the server logs commands under; "" leaves it to the server.

    Raises:
        ServiceError: If the address is not one of a websocket.
    """

    def __init__(self, url: str, who: str = "") -> None:
        self.url = websocket_url(url)
        self._who = who
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._commands: queue.Queue[RunCommand] = queue.Queue(_MAX_COMMANDS)
        self._number = 0
        self._link = Link.CONNECTING
        self._scene: Scene | None = None
        self._scene_given = True
        self._meshes: dict[str, MeshArrays] = {}
        self._asked: set[str] = set()
        self._frame: StateFrame | None = None
        self._frame_given = True
        self._frame_at_s: float | None = None
        self._events: deque[Event] = deque(maxlen=_MAX_EVENTS)
        self._status: RunStatus | None = None
        self._hello: Hello | None = None
        self._lesson: Lesson | None = None
        self._lesson_asked = False
        self._answers: deque[CommandAnswer] = deque(maxlen=_MAX_COMMANDS)
        self._notices: deque[Notice] = deque(maxlen=_MAX_COMMANDS)
        self._trouble = ""
        self._thread = threading.Thread(
            target=self._run, name="viewer-client", daemon=True
        )

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._thread.start()

    def close(self) -> None:
        """Disconnect and end the thread."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(timeout=_OPEN_TIMEOUT_S + 1.0)

    def send(
        self,
        verb: Verb,
        value: float = 0.0,
        *,
        name: str = "",
        source: str = "",
        fault: str = "",
        target: str = "",
    ) -> int:
        """Ask the run for something; returns the number its answer will bear.

        Args:
            verb: What.
            value: Of a speed or a step.
            name: Of a snapshot.
            source: What breaks.
            fault: How it breaks.
            target: What of it.

        Raises:
            ServiceError: If too many commands wait for a connection already.
        """
        self._number += 1
        command = RunCommand(
            verb, value, self._who, self._number, name, source, fault, target
        )
        try:
            self._commands.put_nowait(command)
        except queue.Full as error:
            raise ServiceError(
                f"client: {_MAX_COMMANDS} commands wait already; see the connection"
            ) from error
        return self._number

    def take(self) -> News:
        """Return what came since the last call."""
        with self._lock:
            complete = self._scene is not None and not self._lacking(self._scene)
            fresh_scene = complete and not self._scene_given
            fits = (
                complete
                and not self._frame_given
                and self._frame is not None
                and self._scene is not None
                and self._frame.scene_revision == self._scene.revision
            )
            age_s = (
                float("inf")
                if self._frame_at_s is None
                else time.monotonic() - self._frame_at_s
            )
            news = News(
                link=self._link,
                scene=self._scene if fresh_scene else None,
                meshes=MappingProxyType(dict(self._meshes) if fresh_scene else {}),
                frame=self._frame if fits else None,
                events=tuple(self._events),
                status=self._status,
                hello=self._hello,
                lesson=self._lesson,
                answers=tuple(self._answers),
                notices=tuple(self._notices),
                frame_age_s=age_s,
                trouble=self._trouble,
            )
            self._scene_given = self._scene_given or fresh_scene
            self._frame_given = self._frame_given or fits
            self._events.clear()
            self._answers.clear()
            self._notices.clear()
            return news

    def _run(self) -> None:
        failures = 0
        while not self._closing.is_set():
            try:
                with connect(
                    self.url,
                    compression=None,
                    open_timeout=_OPEN_TIMEOUT_S,
                    close_timeout=1.0,
                    max_size=max(LIMIT_BYTES.values()) + _HEADER_BYTES,
                    proxy=None,
                ) as connection:
                    failures = 0
                    self._connected()
                    self._converse(connection)
            except (OSError, TimeoutError, WebSocketException, CodecError) as error:
                # Without its number an error of the system is for people too.
                words = getattr(error, "strerror", None) or str(error)
                self._broken(words or type(error).__name__)
            wait_s = _RETRY_S[min(failures, len(_RETRY_S) - 1)]
            failures += 1
            self._closing.wait(wait_s)
        with self._lock:
            self._link = Link.CLOSED

    def _connected(self) -> None:
        with self._lock:
            self._link = Link.CONNECTED
            self._asked.clear()
            self._lesson, self._lesson_asked = None, False
            self._trouble = ""

    def _broken(self, trouble: str) -> None:
        with self._lock:
            self._link = Link.RECONNECTING
            self._trouble = trouble.splitlines()[0]

    def _converse(self, connection: ClientConnection) -> None:
        decoder = Decoder()
        while not self._closing.is_set():
            self._say_commands(connection)
            try:
                message = connection.recv(timeout=_PATIENCE_S)
            except TimeoutError:
                continue
            if isinstance(message, str):
                raise CodecError("client: got text; is this a twin server?")
            for received in decoder.feed(message):
                self._take_in(connection, received.content)

    def _say_commands(self, connection: ClientConnection) -> None:
        while True:
            try:
                command = self._commands.get_nowait()
            except queue.Empty:
                return
            connection.send(encode(command))

    def _take_in(self, connection: ClientConnection, content: object) -> None:
        if isinstance(content, KeyframeMissing):
            connection.send(encode(Resync()))
            return
        with self._lock:
            self._keep(content)
            wanted = self._to_ask()
            wants_lesson = self._wants_lesson()
        for sha256 in wanted:
            connection.send(encode(WantMesh(sha256)))
        if wants_lesson:
            connection.send(encode(WantLesson()))

    def _keep(self, content: object) -> None:
        match content:
            case Scene():
                changed = self._scene != content
                self._scene_given = self._scene_given and not changed
                self._scene = content
                needed = {entity.mesh for entity in content.entities}
                self._meshes = {
                    sha256: mesh
                    for sha256, mesh in self._meshes.items()
                    if sha256 in needed
                }
            case Mesh():
                self._meshes[content.sha256] = content.arrays
            case StateFrame():
                self._frame = content
                self._frame_given = False
                self._frame_at_s = time.monotonic()
            case Events():
                self._events.extend(content.events)
            case RunStatus():
                self._status = content
            case Hello():
                self._hello = content
            case Lesson():
                self._lesson = content
            case CommandAnswer():
                self._answers.append(content)
            case Notice():
                self._notices.append(content)
            case _:
                pass

    def _lacking(self, scene: Scene) -> set[str]:
        return {
            entity.mesh
            for entity in scene.entities
            if entity.mesh and entity.mesh not in self._meshes
        }

    def _wants_lesson(self) -> bool:
        """Return whether to ask for the lesson: once, and only who has one."""
        asks = (
            not self._lesson_asked and self._status is not None and self._status.teaches
        )
        self._lesson_asked = self._lesson_asked or asks
        return asks

    def _to_ask(self) -> list[str]:
        if self._scene is None:
            return []
        wanted = sorted(self._lacking(self._scene) - self._asked)
        self._asked.update(wanted)
        return wanted


def websocket_url(url: str) -> str:
    """Return the address of a server's websocket.

    Raises:
        ServiceError: If it is of another kind.
    """
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in ("ws", "wss", "http", "https") or not rest:
        raise ServiceError(
            f"address: got {url!r}; give one such as ws://127.0.0.1:8765"
        )
    scheme = {"http": "ws", "https": "wss"}.get(scheme, scheme)
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host}/{path}" if slash and path else f"{scheme}://{host}/ws"
