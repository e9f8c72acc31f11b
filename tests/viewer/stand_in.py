"""A server of one Scene for the viewer's tests: says what it is told to say."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from types import TracebackType
from typing import Self

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from twin.codec import (
    CommandAnswer,
    Decoder,
    Events,
    FrameEncoder,
    Hello,
    RunStatus,
    WantMesh,
    encode,
    encode_mesh,
)
from twin.signals import RunCommand
from twin.state import Event, MeshArrays, Scene, StateFrame


class StandIn:
    """Serves a Scene and its meshes, one frame, and whatever is said to it.

    Attributes:
        commands: What clients asked for, in order.
        n_connections: How many clients came so far.
    """

    def __init__(
        self,
        scene: Scene,
        meshes: Mapping[str, MeshArrays],
        frame: StateFrame,
        port: int = 0,
    ) -> None:
        self.scene = scene
        self.meshes = meshes
        self.frame = frame
        self.commands: list[RunCommand] = []
        self.n_connections = 0
        self._connections: list[ServerConnection] = []
        self._server: Server = serve(
            self._converse, "127.0.0.1", port, compression=None
        )
        self.port: int = self._server.socket.getsockname()[1]
        self.url = f"ws://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Drop all clients and stop."""
        for connection in list(self._connections):
            connection.close()
        self._server.shutdown()
        self._thread.join(timeout=10)

    def say(self, message: bytes) -> None:
        """Send a message to all clients."""
        for connection in list(self._connections):
            connection.send(message)

    def say_frame(self, frame: StateFrame) -> None:
        """Send a state in full."""
        self.frame = frame
        self.say(FrameEncoder().encode(frame))

    def say_scene(self, scene: Scene) -> None:
        """Send another Scene and the state that belongs to it."""
        self.scene = scene
        self.frame = replace(self.frame, scene_revision=scene.revision)
        self.say(encode(scene))
        self.say(FrameEncoder().encode(self.frame))

    def say_events(self, *events: Event) -> None:
        """Send events."""
        self.say(encode(Events(events)))

    def say_status(self, status: RunStatus) -> None:
        """Send how the run goes."""
        self.say(encode(status))

    def _converse(self, connection: ServerConnection) -> None:
        self.n_connections += 1
        self._connections.append(connection)
        decoder = Decoder()
        try:
            connection.send(encode(Hello("stand-in", self.scene.name)))
            connection.send(encode(self.scene))
            connection.send(encode(RunStatus("running")))
            connection.send(FrameEncoder().encode(self.frame))
            for message in connection:
                assert isinstance(message, bytes)
                for received in decoder.feed(message):
                    self._answer(connection, received.content)
        except ConnectionClosed:
            return
        finally:
            self._connections.remove(connection)

    def _answer(self, connection: ServerConnection, content: object) -> None:
        if isinstance(content, WantMesh):
            connection.send(encode_mesh(self.meshes[content.sha256]))
        elif isinstance(content, RunCommand):
            self.commands.append(content)
            answer = CommandAnswer(content.number, True, "server.answer.paused")
            connection.send(encode(answer))
