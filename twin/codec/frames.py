"""State frames as bytes: keyframes, deltas to a keyframe, and exact frames.

A frame is four tables of fixed-width rows (movers, joints, machines, scalars). A
keyframe holds the tables; a delta holds the rows whose bytes differ from those of
the keyframe it names, so keyframe + delta give what a keyframe of that tick would.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from twin.codec.envelope import Cursor, Kind, seal, spaced
from twin.errors import CodecError
from twin.state import MachineState, Provenance, Quality, Reason, StateFrame

POSITION_STEP_M: Final = 1e-4
"""Positions travel in tenths of a millimetre: at most 0.05 mm off."""
ORIENTATION_STEPS: Final = 32767
"""Quaternion parts travel as 16-bit fractions: at most 0.004 degrees off."""

_HEAD: Final = struct.Struct("<IQdIIIIIB")
"""Keyframe, tick, sim time s, scene revision, rows of the tables, provenance bits."""
_MAX_ROWS: Final = 1_000_000
_MAX_TICK: Final = 2**63 - 1

Table = NDArray[np.void]
_Field = tuple[str, str] | tuple[str, str, tuple[int, ...]]

_WIRE_MOVER: Final[list[_Field]] = [
    ("position", "<i4", (3,)),
    ("orientation", "<i2", (4,)),
    ("visible", "u1"),
]
_EXACT_MOVER: Final[list[_Field]] = [
    ("position", "<f8", (3,)),
    ("orientation", "<f8", (4,)),
    ("visible", "u1"),
]
_MACHINE: Final[list[_Field]] = [("state", "u1"), ("reason", "u1")]
_SCALAR: Final[list[_Field]] = [("value", "<f8")]
_PROVENANCE: Final[list[_Field]] = [("quality", "u1"), ("source_time_s", "<f8")]


@dataclass(frozen=True, slots=True)
class Tables:
    """A frame as rows, and what stands above them.

    Attributes:
        keyframe: Number of the keyframe these tables are, or refer to.
        tick: Physics step number.
        sim_time_s: Simulated time, s.
        scene_revision: The Scene whose order the rows follow.
        provenance: Bit 0 movers, 1 machines, 2 scalars carry quality and time.
        rows: Movers, joints, machines, scalars.
        exact: True if poses and joints are float64.
    """

    keyframe: int
    tick: int
    sim_time_s: float
    scene_revision: int
    provenance: int
    rows: tuple[Table, Table, Table, Table]
    exact: bool

    def head(self) -> bytes:
        """Return the head of a keyframe or delta."""
        counts = (len(table) for table in self.rows)
        return _HEAD.pack(
            self.keyframe,
            self.tick,
            self.sim_time_s,
            self.scene_revision,
            *counts,
            self.provenance,
        )


@cache
def _row_types(
    provenance: int, *, exact: bool
) -> tuple[np.dtype[Any], np.dtype[Any], np.dtype[Any], np.dtype[Any]]:
    mover = _EXACT_MOVER if exact else _WIRE_MOVER
    joint: list[_Field] = [("value", "<f8" if exact else "<f4")]
    return (
        np.dtype(mover + (_PROVENANCE if provenance & 1 else [])),
        np.dtype(joint),
        np.dtype(_MACHINE + (_PROVENANCE if provenance & 2 else [])),
        np.dtype(_SCALAR + (_PROVENANCE if provenance & 4 else [])),
    )


def _finite(what: str, values: NDArray[Any]) -> None:
    if not np.isfinite(values).all():
        row = int(np.argwhere(~np.isfinite(values))[0][0])
        raise CodecError(
            f"codec: frame: {what} of row {row} is not finite; "
            "stop the engine where it went wrong"
        )


def _fill_provenance(table: Table, provenance: Provenance | None) -> None:
    if provenance is None:
        return
    if len(provenance.quality) != len(table):
        raise CodecError(
            f"codec: frame: quality of {len(provenance.quality)} values for "
            f"{len(table)}; give one each"
        )
    table["quality"] = provenance.quality
    table["source_time_s"] = provenance.source_time_s


def tables_of(frame: StateFrame, keyframe: int = 0, *, exact: bool = False) -> Tables:
    """Return the rows of a frame.

    Raises:
        CodecError: If a pose or joint is not finite or too far away to be sent.
    """
    if not (0 <= frame.tick <= _MAX_TICK and np.isfinite(frame.sim_time_s)):
        raise CodecError(
            f"codec: frame: tick {frame.tick} at {frame.sim_time_s!r} s; "
            "count ticks from 0"
        )
    _finite("position", frame.position_in_world_m)
    _finite("orientation", frame.orientation_wxyz)
    _finite("joint", frame.joint_position)
    provenances = (
        frame.mover_provenance,
        None,
        frame.machine_provenance,
        frame.scalar_provenance,
    )
    bits = sum(
        bit
        for bit, provenance in zip((1, 0, 2, 4), provenances, strict=True)
        if provenance is not None
    )
    types = _row_types(bits, exact=exact)
    movers = np.zeros(len(frame.visible), types[0])
    joints = np.zeros(len(frame.joint_position), types[1])
    machines = np.zeros(len(frame.machine_state), types[2])
    scalars = np.zeros(len(frame.scalar), types[3])
    if exact:
        movers["position"] = frame.position_in_world_m
        movers["orientation"] = frame.orientation_wxyz
    else:
        steps = np.rint(frame.position_in_world_m / POSITION_STEP_M)
        if (np.abs(steps) > np.iinfo(np.int32).max).any():
            raise CodecError(
                "codec: frame: a position is over 214 km from the origin; "
                "move the site datum"
            )
        movers["position"] = steps
        lengths = np.linalg.norm(frame.orientation_wxyz, axis=1, keepdims=True)
        if not (lengths > 0.0).all():
            raise CodecError(
                "codec: frame: a quaternion has no length; give a unit one"
            )
        movers["orientation"] = np.rint(
            frame.orientation_wxyz / lengths * ORIENTATION_STEPS
        )
    movers["visible"] = frame.visible
    joints["value"] = frame.joint_position
    machines["state"] = frame.machine_state
    machines["reason"] = frame.machine_reason
    scalars["value"] = frame.scalar
    rows = (movers, joints, machines, scalars)
    for table, provenance in zip(rows, provenances, strict=True):
        _fill_provenance(table, provenance)
    return Tables(
        keyframe,
        frame.tick,
        float(frame.sim_time_s),
        frame.scene_revision,
        bits,
        rows,
        exact,
    )


def _provenance_from(table: Table, present: int) -> Provenance | None:
    if not present:
        return None
    if len(table) and int(table["quality"].max()) > max(Quality):
        raise CodecError("codec: frame: unknown quality number; repair the sender")
    return Provenance(table["quality"].copy(), table["source_time_s"].copy())


def frame_from(tables: Tables) -> StateFrame:
    """Return the frame that rows describe.

    Raises:
        CodecError: If a row holds what no frame can: a number without meaning, a
            pose that is not one.
    """
    movers, joints, machines, scalars = tables.rows
    if not np.isfinite(tables.sim_time_s):
        raise CodecError("codec: frame: its time is not finite; repair the sender")
    if len(movers) and int(movers["visible"].max()) > 1:
        raise CodecError("codec: frame: visible is neither 0 nor 1; repair the sender")
    if len(machines) and (
        int(machines["state"].max()) > max(MachineState)
        or int(machines["reason"].max()) > max(Reason)
    ):
        raise CodecError("codec: frame: unknown machine state; repair the sender")
    position = movers["position"].astype(np.float64)
    orientation = movers["orientation"].astype(np.float64)
    if not tables.exact:
        position *= POSITION_STEP_M
        lengths = np.linalg.norm(orientation, axis=1, keepdims=True)
        if not (lengths > 0.0).all():
            raise CodecError(
                "codec: frame: a quaternion has no length; repair the sender"
            )
        orientation /= lengths
    joint_position = joints["value"].astype(np.float64)
    _finite("position", position)
    _finite("orientation", orientation)
    _finite("joint", joint_position)
    return StateFrame(
        tick=tables.tick,
        sim_time_s=tables.sim_time_s,
        scene_revision=tables.scene_revision,
        position_in_world_m=position,
        orientation_wxyz=orientation,
        visible=movers["visible"].astype(np.bool_),
        joint_position=joint_position,
        machine_state=machines["state"].copy(),
        machine_reason=machines["reason"].copy(),
        scalar=scalars["value"].astype(np.float64),
        mover_provenance=_provenance_from(movers, tables.provenance & 1),
        machine_provenance=_provenance_from(machines, tables.provenance & 2),
        scalar_provenance=_provenance_from(scalars, tables.provenance & 4),
    )


def _read_head(cursor: Cursor) -> tuple[int, int, float, int, list[int], int]:
    numbers = _HEAD.unpack(cursor.take(_HEAD.size))
    keyframe, tick, sim_time_s, revision, *counts, provenance = numbers
    if provenance > 7 or max(counts) > _MAX_ROWS or tick > _MAX_TICK:
        raise CodecError(
            f"codec: {cursor.what} claims {spaced(max(counts))} rows at tick {tick}; "
            f"the limit is {spaced(_MAX_ROWS)} rows"
        )
    return keyframe, tick, sim_time_s, revision, counts, provenance


def read_tables(what: str, body: memoryview, *, exact: bool) -> Tables:
    """Return the tables in the body of a keyframe or exact frame.

    Raises:
        CodecError: If the body is not one.
    """
    cursor = Cursor(what, body)
    keyframe, tick, sim_time_s, revision, counts, provenance = _read_head(cursor)
    movers, joints, machines, scalars = (
        np.frombuffer(cursor.take(count * row.itemsize), row)
        for count, row in zip(counts, _row_types(provenance, exact=exact), strict=True)
    )
    cursor.finish()
    rows = (movers, joints, machines, scalars)
    return Tables(keyframe, tick, sim_time_s, revision, provenance, rows, exact)


def keyframe_named(body: memoryview) -> int:
    """Return the number of the keyframe that a delta refers to.

    Raises:
        CodecError: If the body is too short to say.
    """
    return _read_head(Cursor("delta", body))[0]


def read_delta(body: memoryview, base: Tables) -> Tables:
    """Return the tables that a delta makes of its keyframe's.

    Raises:
        CodecError: If the body is not a delta to ``base``.
    """
    cursor = Cursor("delta", body)
    keyframe, tick, sim_time_s, revision, counts, provenance = _read_head(cursor)
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
