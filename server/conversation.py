"""What a client says, and what is done about it."""

from __future__ import annotations

from typing import Final

import msgspec

from server.hub import Client, Hub
from server.session import Session
from twin import codec
from twin.errors import CodecError
from twin.signals import RunCommand
from twin.state import Severity

MAX_CLIENT_MESSAGE_BYTES: Final = 8 * 1024
_MAX_NAME_LENGTH: Final = 100

# Close codes of RFC 6455, section 7.4.1.
PROTOCOL_ERROR: Final = 1002
UNSUPPORTED: Final = 1003
TOO_BIG: Final = 1009


class Conversation:
    """One client's side of the talk: decodes, obeys, dismisses the hostile.

    Args:
        client: Who talks.
        session: The run that is talked about.
        hub: Where answers go.
    """

    def __init__(self, client: Client, session: Session, hub: Hub) -> None:
        self._client = client
        self._session = session
        self._hub = hub
        self._decoder = codec.Decoder(codec.FROM_CLIENT)

    def hear(self, received: bytes | None) -> None:
        """Do what a message asks; None is a message of text."""
        if self._client.close_code is not None:
            return
        if received is None:
            self._dismiss(UNSUPPORTED, "binary messages only", "text_message")
        elif len(received) > MAX_CLIENT_MESSAGE_BYTES:
            self._dismiss(
                TOO_BIG,
                f"over {MAX_CLIENT_MESSAGE_BYTES} bytes",
                "message_too_big",
                found_bytes=len(received),
                limit_bytes=MAX_CLIENT_MESSAGE_BYTES,
            )
        else:
            try:
                for found in self._decoder.feed(received):
                    self._obey(found.content)
            except CodecError as error:
                self._dismiss(
                    PROTOCOL_ERROR,
                    "not a message of this version",
                    "bad_message",
                    found=str(error),
                )

    def _obey(self, content: codec.Content) -> None:
        if isinstance(content, codec.Resync):
            self._hub.resync(self._client)
        elif isinstance(content, codec.WantMesh):
            self._send_mesh(content.sha256)
        elif isinstance(content, codec.WantLesson):
            self._hub.teach(self._client)
        elif isinstance(content, RunCommand):
            who = content.who[:_MAX_NAME_LENGTH] or self._client.name
            command = msgspec.structs.replace(content, who=who)
            self._session.command(command, self._answer)

    def _send_mesh(self, sha256: str) -> None:
        mesh = self._session.meshes.get(sha256)
        if mesh is None:
            # Cut, since it is the client's word and goes back to it.
            text = "server.notice.no_such_mesh"
            self._hub.notice(self._client, text, sha256=sha256[:64])
        else:
            self._hub.reply(self._client, (codec.Kind.MESH, sha256), mesh)

    def _answer(self, answer: codec.CommandAnswer) -> None:
        key = (codec.Kind.ANSWER, answer.number)
        self._hub.reply(self._client, key, codec.encode(answer))

    def _dismiss(
        self, code: int, reason: str, text: str, **filled_in: str | float
    ) -> None:
        key = f"server.notice.{text}"
        self._hub.notice(self._client, key, Severity.ALARM, **filled_in)
        self._client.dismiss(code, reason)
