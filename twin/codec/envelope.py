"""The header of every message: what it is, how long, who stamped it when."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Final

from twin.errors import CodecError

VERSION: Final = 1
MAGIC: Final = b"FLTW"
HEADER: Final = struct.Struct("<4sBBHIQd")
"""Magic, version, kind, reserved (0), body bytes, sequence, wall time s."""


class Kind(IntEnum):
    """What a message is; the numbers are the wire's."""

    HELLO = 1
    SCENE = 2
    MESH = 3
    KEYFRAME = 4
    DELTA = 5
    EVENTS = 6
    STATUS = 7
    COMMAND = 8
    ANSWER = 9
    NOTICE = 10
    RESYNC = 11
    WANT_MESH = 12
    EXACT_FRAME = 13
    WANT_LESSON = 14
    LESSON = 15


_KIB: Final = 1024
_MIB: Final = 1024 * 1024

LIMIT_BYTES: Final[Mapping[Kind, int]] = MappingProxyType(
    {
        Kind.HELLO: 4 * _KIB,
        Kind.SCENE: 16 * _MIB,
        Kind.MESH: 64 * _MIB,
        Kind.KEYFRAME: 16 * _MIB,
        Kind.DELTA: 16 * _MIB,
        Kind.EVENTS: 1 * _MIB,
        Kind.STATUS: 4 * _KIB,
        Kind.COMMAND: 4 * _KIB,
        Kind.ANSWER: 4 * _KIB,
        Kind.NOTICE: 16 * _KIB,
        Kind.RESYNC: 1 * _KIB,
        Kind.WANT_MESH: 1 * _KIB,
        Kind.EXACT_FRAME: 64 * _MIB,
        Kind.WANT_LESSON: 1 * _KIB,
        Kind.LESSON: 256 * _KIB,
    }
)
"""Most body bytes of each kind; a larger one is neither sent nor read."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the server wrote on a message as it left.

    Attributes:
        sequence: Rises by one with each message the server made; a client sees
            gaps where newer state replaced older.
        wall_time_s: Server's clock, s since 1970-01-01 UTC; 0 if not stamped.
    """

    sequence: int = 0
    wall_time_s: float = 0.0


def spaced(count: int) -> str:
    """Return a number with spaces between thousands, as errors write it."""
    return f"{count:,}".replace(",", " ")


def seal(kind: Kind, body: bytes) -> bytes:
    """Return the unstamped message of a body.

    Raises:
        CodecError: If the body is over the limit of its kind.
    """
    _within_limit(kind, len(body))
    return HEADER.pack(MAGIC, VERSION, kind, 0, len(body), 0, 0.0) + body


def stamp(message: bytes, sequence: int, wall_time_s: float) -> bytes:
    """Return ``message`` with the server's envelope written on it."""
    head = HEADER.unpack_from(message)
    return HEADER.pack(*head[:5], sequence, wall_time_s) + message[HEADER.size :]


def kind_of(message: bytes) -> Kind:
    """Return what a message that this module sealed is."""
    return Kind(message[5])


def split(received: bytes) -> list[tuple[Kind, Envelope, memoryview]]:
    """Return kind, envelope and body of each message in ``received``.

    Raises:
        CodecError: If the bytes are not whole messages of this version, each
            within the limit of its kind.
    """
    view = memoryview(received)
    found: list[tuple[Kind, Envelope, memoryview]] = []
    while view:
        if len(view) < HEADER.size:
            raise CodecError(
                f"codec: {len(view)} bytes where a header of {HEADER.size} is due; "
                "send whole messages"
            )
        magic, version, number, reserved, length, sequence, wall_time_s = (
            HEADER.unpack_from(view)
        )
        if magic != MAGIC:
            raise CodecError(
                f"codec: message starts with {magic!r}, not {MAGIC!r}; "
                "is this a twin peer?"
            )
        if version != VERSION:
            raise CodecError(
                f"codec: message of version {version}, this program speaks {VERSION}; "
                "update the older of the two"
            )
        if number not in LIMIT_BYTES or reserved != 0:
            raise CodecError(
                f"codec: message of kind {number} (reserved {reserved}) is unknown; "
                "update this program or repair the sender"
            )
        kind = Kind(number)
        _within_limit(kind, length)
        body = view[HEADER.size : HEADER.size + length]
        if len(body) != length:
            raise CodecError(
                f"codec: {kind.name.lower()} of {spaced(length)} bytes ends after "
                f"{spaced(len(body))}; send whole messages"
            )
        found.append((kind, Envelope(sequence, wall_time_s), body))
        view = view[HEADER.size + length :]
    return found


def _within_limit(kind: Kind, length: int) -> None:
    limit = LIMIT_BYTES[kind]
    if length > limit:
        raise CodecError(
            f"codec: {kind.name.lower()} of {spaced(length)} bytes exceeds the limit "
            f"of {spaced(limit)}; send less, or check that this is a twin peer"
        )


class Cursor:
    """Reads a body from front to back and never past its end.

    Args:
        what: Name of the message in errors.
        body: The bytes.
    """

    def __init__(self, what: str, body: memoryview) -> None:
        self.what = what
        self._rest = body

    def take(self, length: int) -> memoryview:
        """Return the next ``length`` bytes.

        Raises:
            CodecError: If fewer are left.
        """
        if length > len(self._rest):
            raise CodecError(
                f"codec: {self.what} ends {spaced(length - len(self._rest))} bytes "
                "early; send whole messages"
            )
        taken, self._rest = self._rest[:length], self._rest[length:]
        return taken

    def rest(self) -> memoryview:
        """Return what is left without reading it."""
        return self._rest

    def finish(self) -> None:
        """Check that nothing is left.

        Raises:
            CodecError: If bytes are left over.
        """
        if self._rest:
            raise CodecError(
                f"codec: {self.what} has {spaced(len(self._rest))} bytes too many; "
                "repair the sender"
            )
