"""State frames as bytes: keyframes, deltas to a keyframe, and exact frames.

A keyframe holds a frame's tables; a delta holds the rows whose bytes differ from those
of the keyframe it names, so keyframe + delta give what a keyframe of that tick would.
"""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from twin.codec.envelope import Cursor, Kind, seal
from twin.codec.tables import Table, Tables, read_head, tables_of
from twin.errors import CodecError
from twin.state import StateFrame


def keyframe_named(body: memoryview) -> int:
    """Return the number of the keyframe that a delta refers to.

    Raises:
        CodecError: If the body is too short to say.
    """
    return read_head(Cursor("delta", body))[0]


def read_delta(body: memoryview, base: Tables) -> Tables:
    """Return the tables that a delta makes of its keyframe's.

    Raises:
        CodecError: If the body is not a delta to ``base``.
    """
    cursor = Cursor("delta", body)
    keyframe, tick, sim_time_s, revision, counts, provenance = read_head(cursor)
    if (keyframe, revision, counts, provenance) != (
        base.keyframe,
        base.scene_revision,
        [len(table) for table in base.rows],
        base.provenance,
    ):
        raise CodecError(
            f"codec: delta to keyframe {keyframe} does not fit keyframe "
            f"{base.keyframe}; ask for a resync"
        )
    changed: list[Table] = []
    for table in base.rows:
        (n_changed,) = struct.unpack("<I", cursor.take(4))
        indices = np.frombuffer(cursor.take(4 * n_changed), "<u4").astype(np.int64)
        rows = np.frombuffer(cursor.take(n_changed * table.itemsize), table.dtype)
        if n_changed and (
            int(indices[-1]) >= len(table) or not (np.diff(indices) > 0).all()
        ):
            raise CodecError(
                "codec: delta names a row twice or beyond its table; repair the sender"
            )
        merged = table.copy()
        merged[indices] = rows
        changed.append(merged)
    cursor.finish()
    movers, joints, machines, scalars = changed
    return Tables(
        keyframe,
        tick,
        sim_time_s,
        revision,
        provenance,
        (movers, joints, machines, scalars),
        exact=False,
    )


def _as_bytes(table: Table) -> NDArray[np.uint8]:
    return table.view(np.uint8).reshape(len(table), table.itemsize)


def _delta_body(now: Tables, base: Tables) -> bytes:
    parts = [now.head()]
    for table, before in zip(now.rows, base.rows, strict=True):
        differs = (_as_bytes(table) != _as_bytes(before)).any(axis=1)
        indices = np.flatnonzero(differs).astype("<u4")
        parts += [
            struct.pack("<I", len(indices)),
            indices.tobytes(),
            table[indices].tobytes(),
        ]
    return b"".join(parts)


class FrameEncoder:
    """Turns frames into keyframes and deltas, for any number of clients at once.

    A keyframe comes first, then every ``keyframe_every`` frames, and whenever the
    scene's order or the presence of provenance changes.

    Args:
        keyframe_every: Frames from one keyframe to the next, >= 1.
    """

    def __init__(self, keyframe_every: int = 60) -> None:
        if keyframe_every < 1:
            raise ValueError(f"keyframe_every: got {keyframe_every}; give 1 or more")
        self._keyframe_every = keyframe_every
        self._base: Tables | None = None
        self._since_keyframe = 0
        self._n_keyframes = 0

    def restart(self) -> None:
        """Make the next frame a keyframe."""
        self._base = None

    def encode(self, frame: StateFrame) -> bytes:
        """Return the unstamped keyframe or delta of a frame.

        Raises:
            CodecError: If the frame holds what the wire cannot carry.
        """
        base = self._base
        self._since_keyframe += 1
        if base is not None and self._since_keyframe < self._keyframe_every:
            now = tables_of(frame, base.keyframe)
            if _same_shape(now, base):
                return seal(Kind.DELTA, _delta_body(now, base))
        self._n_keyframes += 1
        # Numbers wrap in 32 bits; by then the client long has a newer keyframe.
        now = tables_of(frame, self._n_keyframes % 2**32)
        self._base = now
        self._since_keyframe = 0
        return seal(Kind.KEYFRAME, b"".join((now.head(), *map(_row_bytes, now.rows))))


def _row_bytes(table: Table) -> bytes:
    return table.tobytes()


def _same_shape(now: Tables, base: Tables) -> bool:
    return (now.scene_revision, now.provenance) == (
        base.scene_revision,
        base.provenance,
    ) and all(
        len(table) == len(before)
        for table, before in zip(now.rows, base.rows, strict=True)
    )


def encode_exact(frame: StateFrame) -> bytes:
    """Return a frame in full and in float64, as recordings keep it.

    Raises:
        CodecError: If a pose or joint is not finite.
    """
    now = tables_of(frame, exact=True)
    return seal(Kind.EXACT_FRAME, b"".join((now.head(), *map(_row_bytes, now.rows))))
