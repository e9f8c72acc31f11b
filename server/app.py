"""The web side: pages, REST, the websocket, and starting and stopping it all."""

from __future__ import annotations

import asyncio
import dataclasses
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Final, Literal

import uvicorn
from fastapi import FastAPI, Header, HTTPException, Request, Response, WebSocket
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.middleware.trustedhost import TrustedHostMiddleware

from server.address import listening_socket
from server.conversation import Conversation
from server.engine_process import EngineFactory
from server.home import home_page
from server.hub import Client, Hub
from server.session import Session
from server.sources import OpenRecording, OpenScenario
from twin import codec
from twin.signals import MAX_NAME_LENGTH, RunCommand, Verb
from twin.text import Language, say

DEFAULT_PORT: Final = 8765
_MAX_READ_BYTES: Final = 1024 * 1024
"""Past this the websocket layer closes by itself, before the message is in memory."""
_GRACE_S: Final = 2
_ANSWER_TIMEOUT_S: Final = 10.0
_LOOPBACK_NAMES: Final = ("127.0.0.1", "localhost", "[::1]")

TRY_LATER: Final = 1013
WRONG_ORIGIN: Final = 1008


class CommandBody(BaseModel):
    """A command as POST /api/commands takes it."""

    model_config = ConfigDict(extra="forbid")

    verb: Verb
    value: float = Field(default=0.0, allow_inf_nan=False)
    who: str = Field(default="", max_length=100)
    name: str = Field(default="", max_length=MAX_NAME_LENGTH)
    source: str = Field(default="", max_length=MAX_NAME_LENGTH)
    fault: str = Field(default="", max_length=MAX_NAME_LENGTH)
    target: str = Field(default="", max_length=MAX_NAME_LENGTH)


def server_name() -> str:
    """Return program and version, as hello and /health say it."""
    try:
        return f"flins-twin {version('flins-twin')}"
    except PackageNotFoundError:
        return "flins-twin"


def wall_time_s() -> float:
    """Return the wall clock, s since 1970-01-01 UTC."""
    return datetime.now(UTC).timestamp()


class Service:
    """A server of one run, from opening its engine to closing it.

    Args:
        factory: Opens the engine, in its own process.
        source: What is run, for people.
        host: Loopback address to listen at.
        port: Port, or 0 for any that is free.
        live: False if a recording is played.
        speed: Simulated seconds per second at the start.
        paused: Wait for a resume command before running.

    Raises:
        ServiceError: If the address isn't loopback or the port is taken.
    """

    def __init__(
        self,
        factory: EngineFactory,
        source: str,
        *,
        host: str = "127.0.0.1",
        port: int = DEFAULT_PORT,
        live: bool = True,
        speed: float = 1.0,
        paused: bool = False,
    ) -> None:
        self._factory = factory
        self._source = source
        self._live = live
        self._speed = speed
        self._paused = paused
        self._socket = listening_socket(host, port)
        bound_port = self._socket.getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{bound_port}"
        self._stopping = threading.Event()
        self._server: uvicorn.Server | None = None

    def run(self, on_ready: Callable[[str], None]) -> None:
        """Serve until ``stop``, SIGINT or SIGTERM; blocks.

        Args:
            on_ready: Called with the address once clients can connect.

        Raises:
            TwinError: If the engine cannot be opened.
        """
        try:
            asyncio.run(self._serve(on_ready))
        finally:
            self._socket.close()

    def stop(self) -> None:
        """Ask ``run`` to return; callable from any thread."""
        self._stopping.set()
        if self._server is not None:
            self._server.should_exit = True

    async def _serve(self, on_ready: Callable[[str], None]) -> None:
        hub = Hub(wall_time_s)
        session = Session(
            self._factory, hub, wall_time_s, speed=self._speed, paused=self._paused
        )
        hello = codec.Hello(server_name(), self._source, live=self._live)
        try:
            await session.open()
            config = uvicorn.Config(
                build_app(session, hub, hello),
                ws="websockets-sansio",
                ws_per_message_deflate=False,
                ws_max_size=_MAX_READ_BYTES,
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="off",
                timeout_graceful_shutdown=_GRACE_S,
            )
            self._server = _QuietServer(config, lambda: on_ready(self.url))
            # A stop that came while the engine was opening must not be missed.
            self._server.should_exit = self._stopping.is_set()
            await self._server.serve(sockets=[self._socket])
        finally:
            await session.close()


class _QuietServer(uvicorn.Server):
    """Says when it is ready; ends on a signal without raising it once more."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._on_ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # The parent raises a signal it was ended by again, which would end this
        # process before the engine's is closed.
        with super().capture_signals():
            yield
            self._captured_signals.clear()


def build_app(session: Session, hub: Hub, hello: codec.Hello) -> FastAPI:
    """Return the web application of a session."""
    app = FastAPI(title=hello.server)
    # A page elsewhere could otherwise reach this server under a name of its own.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(_LOOPBACK_NAMES))

    @app.get("/", response_class=HTMLResponse)
    async def home(
        request: Request, accept_language: Annotated[str, Header()] = "en"
    ) -> str:
        language: Language = "fr" if accept_language.startswith("fr") else "en"
        return home_page(language, hello.source, str(request.base_url))

    @app.get("/health")
    async def health(response: Response) -> dict[str, str | int | float]:
        if session.status.state == "failed":
            response.status_code = 503
        return {
            "server": hello.server,
            "source": hello.source,
            "state": session.status.state,
            "speed": session.status.speed,
            "achieved": session.status.achieved,
            "tick": session.status.tick,
            "clients": hub.n_clients,
        }

    @app.get("/api/scene")
    async def scene() -> dict[str, str | int | float | list[str]]:
        found = session.scene
        if found is None:
            raise HTTPException(503, "no scene yet; ask again")
        return {
            "name": found.name,
            "revision": found.revision,
            "dt_s": found.dt_s,
            "entities": [entity.id for entity in found.entities],
            "movers": list(found.movers),
            "machines": list(found.machines),
            "joints": list(found.joints),
            "scalars": [scalar.id for scalar in found.scalars],
            "cameras": [camera.name for camera in found.cameras],
            "meshes": sorted({item.mesh for item in found.entities if item.mesh}),
        }

    @app.get("/api/meshes/{sha256}")
    async def mesh(sha256: str) -> Response:
        if sha256 not in session.meshes:
            raise HTTPException(404, "no such mesh; take a sha256 from /api/scene")
        return Response(session.meshes[sha256], media_type="application/x-flins-mesh")

    @app.get("/api/commands")
    async def commands() -> list[dict[str, str | int | float | bool]]:
        return [dataclasses.asdict(entry) for entry in session.log]

    @app.post("/api/commands")
    async def command(body: CommandBody) -> dict[str, str | bool]:
        answered: asyncio.Future[codec.CommandAnswer] = (
            asyncio.get_running_loop().create_future()
        )

        def reply(answer: codec.CommandAnswer) -> None:
            if not answered.done():
                answered.set_result(answer)

        session.command(
            RunCommand(
                verb=body.verb,
                value=body.value,
                who=body.who or "rest",
                name=body.name,
                source=body.source,
                fault=body.fault,
                target=body.target,
            ),
            reply,
        )
        try:
            answer = await asyncio.wait_for(answered, _ANSWER_TIMEOUT_S)
        except TimeoutError as error:
            raise HTTPException(504, "the engine is busy; look at /health") from error
        return {
            "accepted": answer.accepted,
            "text": say(answer.text, "en", **answer.arguments),
        }

    @app.websocket("/ws")
    async def websocket(socket: WebSocket) -> None:
        if not _same_origin(socket):
            await socket.close(WRONG_ORIGIN)
            return
        await socket.accept()
        client = hub.join(hello)
        if client is None:
            await socket.close(TRY_LATER, "too many clients; try again later")
            return
        conversation = Conversation(client, session, hub)
        receiver = asyncio.create_task(_receive(socket, conversation))
        sender = asyncio.create_task(_send(socket, client))
        try:
            await asyncio.wait((receiver, sender), return_when=asyncio.FIRST_COMPLETED)
        finally:
            hub.leave(client)
            for task in (receiver, sender):
                task.cancel()
            await asyncio.gather(receiver, sender, return_exceptions=True)

    return app


async def _send(socket: WebSocket, client: Client) -> None:
    while True:
        await client.ready.wait()
        client.ready.clear()
        for message in client.mailbox.take():
            await socket.send_bytes(message)
        if client.close_code is not None:
            await socket.close(client.close_code, client.close_reason)
            return


async def _receive(socket: WebSocket, conversation: Conversation) -> None:
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        conversation.hear(message.get("bytes"))


def _same_origin(socket: WebSocket) -> bool:
    """Return whether a browser's page, if it is one, came from this server."""
    origin = socket.headers.get("origin")
    return origin is None or origin == f"http://{socket.headers.get('host')}"


def open_service(
    source: str | Path,
    *,
    host: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
    seed: int | None = None,
    engine: Literal["flow", "physics"] | None = None,
    speed: float = 1.0,
    paused: bool = False,
) -> Service:
    """Return the service of a scenario or recording, with its port taken.

    Args:
        source: A scenario, or a recording ending in .mcap.
        host: Loopback address to listen at.
        port: Port, or 0 for any that is free.
        seed: Seed of the draws, or None for the scenario's.
        engine: Which engine, or None for the scenario's.
        speed: Simulated seconds per second at the start.
        paused: Wait for a resume command before running.

    Raises:
        ServiceError: If the address cannot be had.
    """
    path = Path(source)
    recorded = path.suffix.lower() == ".mcap"
    factory: EngineFactory = (
        OpenRecording(path) if recorded else OpenScenario(path, seed, engine)
    )
    return Service(
        factory,
        path.name,
        host=host,
        port=port,
        live=not recorded,
        speed=speed,
        paused=paused,
    )


def serve(
    source: str | Path,
    *,
    host: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
    seed: int | None = None,
    engine: Literal["flow", "physics"] | None = None,
    speed: float = 1.0,
    on_ready: Callable[[str], None],
) -> None:
    """Serve a scenario or recording until SIGINT or SIGTERM; blocks.

    Args:
        source: A scenario, or a recording ending in .mcap.
        host: Loopback address to listen at.
        port: Port, or 0 for any that is free.
        seed: Seed of the draws, or None for the scenario's.
        engine: Which engine, or None for the scenario's.
        speed: Simulated seconds per second at the start.
        on_ready: Called with the http address once clients can connect.

    Raises:
        TwinError: If the address cannot be had or the engine cannot be opened.
    """
    open_service(
        source, host=host, port=port, seed=seed, engine=engine, speed=speed
    ).run(on_ready)


@contextmanager
def in_background(service: Service) -> Iterator[str]:
    """Run a service in a thread while the block lasts; gives its http address.

    Raises:
        TwinError: If the engine cannot be opened.
    """
    ready = threading.Event()
    failures: list[BaseException] = []

    def run() -> None:
        try:
            service.run(lambda url: ready.set())
        except BaseException as error:
            failures.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=run, name="flins-server")
    thread.start()
    try:
        ready.wait()
        if failures:
            raise failures[0]
        yield service.url
    finally:
        service.stop()
        thread.join()
