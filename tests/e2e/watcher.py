"""A client that is no viewer: a plain websocket and the codec."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import NoReturn, Self

import httpx
from flins_process import PATIENCE_S
from websockets.sync.client import connect

from twin.codec import (
    CommandAnswer,
    Decoder,
    Hello,
    KeyframeMissing,
    Kind,
    Mesh,
    Notice,
    RunStatus,
    WantMesh,
    encode,
    kind_of,
)
from twin.codec import Events as EventsMessage
from twin.signals import RunCommand, Verb
from twin.state import Event, MeshArrays, Scene, StateFrame


class Watcher:
    """Keeps all that a server sends.

    Args:
        url: The server's http address.

    Attributes:
        kinds: Of the messages, in order.
        ticks: Of the states, in order.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._open = ExitStack()
        self._decoder = Decoder()
        self._n_commands = 0
        self.kinds: list[Kind] = []
        self.hello: Hello | None = None
        self.scene: Scene | None = None
        self.meshes: dict[str, MeshArrays] = {}
        self.frame: StateFrame | None = None
        self.ticks: list[int] = []
        self.status: RunStatus | None = None
        self.events: list[Event] = []
        self.answers: dict[int, CommandAnswer] = {}
        self.notices: list[Notice] = []

    def __enter__(self) -> Self:
        address = self.url.replace("http", "ws") + "/ws"
        self.socket = self._open.enter_context(
            connect(address, compression=None, max_size=2**27)
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    def hear(self) -> None:
        """Take in the next message."""
        message = self.socket.recv(timeout=PATIENCE_S)
        assert isinstance(message, bytes)
        self.kinds.append(kind_of(message))
        for received in self._decoder.feed(message):
            self._keep(received.content)

    def hear_out(self) -> NoReturn:
        """Take in messages until the server closes.

        Raises:
            ConnectionClosed: Once it does.
        """
        while True:
            self.hear()

    def say_and_hear_out(self, message: bytes | str) -> NoReturn:
        """Send something, then as ``hear_out``; the server may close meanwhile."""
        self.socket.send(message)
        self.hear_out()

    def hear_until(self, reached: Callable[[], bool]) -> None:
        """Take in messages until something holds."""
        until_s = time.monotonic() + PATIENCE_S
        while not reached():
            assert time.monotonic() < until_s, "the server never came to it"
            self.hear()

    def now(self) -> StateFrame:
        """Return the newest state."""
        self.hear_until(lambda: self.frame is not None)
        assert self.frame is not None
        return self.frame

    def run_state(self) -> str:
        """Return how the run goes; "" before that is known."""
        return "" if self.status is None else self.status.state

    def ask(self, verb: Verb, value: float = 0.0, who: str = "") -> CommandAnswer:
        """Give a command and return its answer."""
        self._n_commands += 1
        number = self._n_commands
        self.socket.send(encode(RunCommand(verb, value, who, number)))
        self.hear_until(lambda: number in self.answers)
        return self.answers[number]

    def fetch_meshes(self) -> None:
        """Ask for every shape that the Scene names."""
        self.hear_until(lambda: self.scene is not None)
        assert self.scene is not None
        wanted = {entity.mesh for entity in self.scene.entities if entity.mesh}
        for sha256 in sorted(wanted):
            self.socket.send(encode(WantMesh(sha256)))
        self.hear_until(lambda: wanted <= set(self.meshes))

    def health(self) -> tuple[int, dict[str, str | float]]:
        """Return what /health says: status code and content."""
        answer = httpx.get(f"{self.url}/health", timeout=PATIENCE_S)
        content: dict[str, str | float] = answer.json()
        return answer.status_code, content

    def _keep(self, content: object) -> None:
        match content:
            case Hello():
                self.hello = content
            case Scene():
                self.scene = content
            case Mesh():
                self.meshes[content.sha256] = content.arrays
            case StateFrame():
                self.frame = content
                self.ticks.append(content.tick)
            case RunStatus():
                self.status = content
            case EventsMessage():
                self.events += content.events
            case CommandAnswer():
                self.answers[content.number] = content
            case Notice():
                self.notices.append(content)
            case KeyframeMissing():
                raise AssertionError("a delta came without its keyframe")
            case _:
                raise AssertionError(f"unexpected {content!r}")
