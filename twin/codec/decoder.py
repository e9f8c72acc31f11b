"""The client's side: bytes in, decoded messages out, the keyframe kept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from twin.codec.envelope import Envelope, Kind, split
from twin.codec.frames import keyframe_named, read_delta
from twin.codec.meshes import Mesh, decode_mesh
from twin.codec.messages import Structured, decode_structured
from twin.codec.tables import Tables, frame_from, read_tables
from twin.errors import CodecError
from twin.state import Scene, StateFrame

FROM_CLIENT: Final = frozenset(
    {Kind.COMMAND, Kind.RESYNC, Kind.WANT_MESH, Kind.WANT_LESSON}
)
"""The kinds that a server takes from a client."""


@dataclass(frozen=True, slots=True)
class KeyframeMissing:
    """State came that needs a keyframe or scene this side has not: send Resync."""

    keyframe: int


Content = Structured | Mesh | StateFrame | KeyframeMissing


@dataclass(frozen=True, slots=True)
class Received:
    """One decoded message and what the server wrote on it."""

    envelope: Envelope
    content: Content


class Decoder:
    """Decodes what one connection receives.

    Args:
        kinds: The kinds this side takes; all by default.
    """

    def __init__(self, kinds: Collection[Kind] = frozenset(Kind)) -> None:
        self._kinds = kinds
        self._base: Tables | None = None
        self._scene: Scene | None = None

    def feed(self, received: bytes) -> list[Received]:
        """Return what whole messages say, in their order.

        Raises:
            CodecError: If the bytes are anything else; the decoder stays usable.
        """
        return [
            Received(envelope, self._decoded(kind, body))
            for kind, envelope, body in split(received)
        ]

    def _decoded(self, kind: Kind, body: memoryview) -> Content:
        if kind not in self._kinds:
            raise CodecError(
                f"codec: {kind.name.lower()} is not taken on this side; "
                "check which end you are"
            )
        if kind is Kind.MESH:
            return decode_mesh(body)
        if kind is Kind.EXACT_FRAME:
            return frame_from(read_tables("exact frame", body, exact=True))
        if kind is Kind.KEYFRAME:
            tables = read_tables("keyframe", body, exact=False)
            frame = self._fitting(tables)
            if isinstance(frame, StateFrame):
                self._base = tables
            return frame
        if kind is Kind.DELTA:
            named = keyframe_named(body)
            if self._base is None or self._base.keyframe != named:
                return KeyframeMissing(named)
            return self._fitting(read_delta(body, self._base))
        message = decode_structured(kind, body)
        if isinstance(message, Scene):
            if self._scene is None or message.revision != self._scene.revision:
                self._base = None
            self._scene = message
        return message

    def _fitting(self, tables: Tables) -> StateFrame | KeyframeMissing:
        scene = self._scene
        if scene is not None:
            if scene.revision != tables.scene_revision:
                return KeyframeMissing(tables.keyframe)
            named = (scene.movers, scene.joints, scene.machines, scene.scalars)
            due = [len(names) for names in named]
            found = [len(table) for table in tables.rows]
            if due != found:
                raise CodecError(
                    f"codec: frame of {found} movers, joints, machines, scalars where "
                    f"the scene has {due}; repair the sender"
                )
        return frame_from(tables)


def decode_exact(message: bytes) -> StateFrame:
    """Return the frame of one exact-frame message.

    Raises:
        CodecError: If it is anything else.
    """
    (kind, _, body), *more = split(message) or [
        (Kind.HELLO, Envelope(), memoryview(b""))
    ]
    if kind is not Kind.EXACT_FRAME or more:
        raise CodecError("codec: expected one exact frame; is this recording ours?")
    return frame_from(read_tables("exact frame", body, exact=True))
