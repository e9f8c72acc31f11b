"""Fan-out: each message is encoded and stamped once, then owed to every client."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Final

from server.mailbox import Mailbox
from twin import codec
from twin.codec import Kind
from twin.state import Severity

MAX_CLIENTS: Final = 64
FLOODED: Final = 1008
"""Close code for a client that asks faster than it reads (RFC 6455: policy)."""

_OBSOLETES: Final = {
    Kind.HELLO: (),
    Kind.SCENE: (Kind.KEYFRAME, Kind.DELTA),
    Kind.STATUS: (),
    Kind.KEYFRAME: (Kind.DELTA,),
    Kind.DELTA: (),
    Kind.LESSON: (),
}
"""The kinds that are state, in the order a newcomer needs them, and what each new
one makes worthless."""


@dataclass(eq=False)
class Client:
    """One connection.

    Attributes:
        name: What the log calls it.
        mailbox: What it is owed.
        ready: Set when something is owed or it must go.
        learns: Whether it asked for the lesson.
        close_code: Websocket close code once it must go, else None.
        close_reason: One line that goes with it.
    """

    name: str
    mailbox: Mailbox = field(default_factory=Mailbox)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    learns: bool = False
    close_code: int | None = None
    close_reason: str = ""

    def dismiss(self, code: int, reason: str) -> None:
        """Let the connection send what it is owed, then close it."""
        if self.close_code is None:
            self.close_code = code
            self.close_reason = reason
        self.ready.set()


class Hub:
    """Knows the newest state and every client; lives in one event loop.

    Args:
        clock: Wall time, s since 1970-01-01 UTC, for the envelopes.
        max_clients: Most connections at once.
    """

    def __init__(
        self, clock: Callable[[], float], max_clients: int = MAX_CLIENTS
    ) -> None:
        self._clock = clock
        self._max_clients = max_clients
        self._clients: set[Client] = set()
        self._newest: dict[Kind, bytes] = {}
        self._sequence = 0
        self._n_joined = 0

    @property
    def n_clients(self) -> int:
        """Number of connections."""
        return len(self._clients)

    def join(self, hello: codec.Hello, mailbox: Mailbox | None = None) -> Client | None:
        """Return a new client that is owed the whole state, or None if full."""
        if len(self._clients) >= self._max_clients:
            return None
        self._n_joined += 1
        client = Client(
            f"client-{self._n_joined}", Mailbox() if mailbox is None else mailbox
        )
        greeting = codec.Hello(
            server=hello.server,
            source=hello.source,
            client=client.name,
            live=hello.live,
        )
        self._put(client, Kind.HELLO, self._stamped(codec.encode(greeting)))
        self.resync(client)
        self._clients.add(client)
        return client

    def leave(self, client: Client) -> None:
        """Owe a client nothing any more."""
        self._clients.discard(client)

    def publish(self, message: bytes) -> None:
        """Owe every client an unstamped message of the run."""
        kind = codec.kind_of(message)
        stamped = self._stamped(message)
        if kind in _OBSOLETES:
            for older in _OBSOLETES[kind]:
                self._newest.pop(older, None)
            self._newest[kind] = stamped
        for client in list(self._clients):
            if kind is Kind.LESSON and not client.learns:
                continue  # one of an older version would not know what it is
            if kind is Kind.EVENTS:
                self._put_events(client, stamped)
            elif kind in _OBSOLETES:
                self._put(client, kind, stamped, _OBSOLETES[kind])
            else:
                self._put(client, (kind, self._sequence), stamped)

    def resync(self, client: Client) -> None:
        """Owe a client the newest scene, status, keyframe and delta."""
        for kind in _OBSOLETES:
            if kind is Kind.LESSON and not client.learns:
                continue
            if kind in self._newest:
                self._put(client, kind, self._newest[kind], _OBSOLETES[kind])

    def teach(self, client: Client) -> None:
        """Owe a client the lesson, now and whenever it changes."""
        client.learns = True
        if Kind.LESSON in self._newest:
            self._put(client, Kind.LESSON, self._newest[Kind.LESSON])

    def reply(self, client: Client, key: Hashable, message: bytes) -> None:
        """Owe one client an unstamped message."""
        self._put(client, key, self._stamped(message))

    def notice(
        self,
        client: Client,
        text: str,
        severity: Severity = Severity.WARNING,
        **filled_in: str | float,
    ) -> None:
        """Owe one client a line for the person at it, the newest of each text."""
        message = codec.encode(codec.Notice(text, filled_in, severity))
        self.reply(client, (Kind.NOTICE, text), message)

    def dismiss_all(self, code: int, reason: str) -> None:
        """Close every connection once it has been sent what it is owed."""
        for client in self._clients:
            client.dismiss(code, reason)

    def _put_events(self, client: Client, stamped: bytes) -> None:
        if client.mailbox.put_events(stamped):
            client.ready.set()
            return
        lost = client.mailbox.n_lost
        self.notice(client, "server.notice.events_lost", Severity.WARNING, lost=lost)
        self.resync(client)

    def _put(
        self,
        client: Client,
        key: Hashable,
        stamped: bytes,
        obsoletes: tuple[Hashable, ...] = (),
    ) -> None:
        try:
            client.mailbox.put(key, stamped, obsoletes)
        except OverflowError as error:
            client.dismiss(FLOODED, str(error))
        client.ready.set()

    def _stamped(self, message: bytes) -> bytes:
        self._sequence += 1
        return codec.stamp(message, self._sequence, self._clock())
