"""A state frame as four tables of fixed-width rows, quantised or exact."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from twin.codec.envelope import Cursor, spaced
from twin.errors import CodecError
from twin.state import MachineState, Provenance, Quality, Reason, StateFrame

POSITION_STEP_M: Final = 1e-4
"""Positions travel in tenths of a millimetre: at most 0.05 mm off."""
ORIENTATION_STEPS: Final = 32767
"""Quaternion parts travel as 16-bit fractions: at most 0.004 degrees off."""

_HEAD: Final = struct.Struct("<IQdIIIIIB")
"""Keyframe, tick, sim time s, scene revision, rows of the tables, provenance bits."""
_MAX_POSITION_M: Final = 214_000.0
"""What 32 bits of steps reach, a little less."""
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
        if (np.abs(frame.position_in_world_m) > _MAX_POSITION_M).any():
            raise CodecError(
                "codec: frame: a position is over 214 km from the origin; "
                "move the site datum"
            )
        movers["position"] = np.rint(frame.position_in_world_m / POSITION_STEP_M)
        # Unit quaternions have a largest part of 0.5 to 1; near that is forgiven.
        largest = np.abs(frame.orientation_wxyz).max(axis=1, initial=0.0)
        if not ((largest > 0.1) & (largest < 10.0)).all():
            raise CodecError("codec: frame: a quaternion is not unit; give a unit one")
        lengths = np.linalg.norm(frame.orientation_wxyz, axis=1, keepdims=True)
        movers["orientation"] = np.rint(
            frame.orientation_wxyz / lengths * ORIENTATION_STEPS
        )
    movers["visible"] = frame.visible
    if exact:
        joints["value"] = frame.joint_position
    else:
        with np.errstate(over="ignore"):
            joints["value"] = frame.joint_position
    _finite("joint", joints["value"])
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
    _finite("position", position)
    _finite("orientation", orientation)
    _finite("joint", joints["value"])
    joint_position = joints["value"].astype(np.float64)
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


def read_head(cursor: Cursor) -> tuple[int, int, float, int, list[int], int]:
    """Return keyframe, tick, time s, revision, row counts and provenance bits.

    Raises:
        CodecError: If the head is cut short or claims too much.
    """
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
    keyframe, tick, sim_time_s, revision, counts, provenance = read_head(cursor)
    movers, joints, machines, scalars = (
        np.frombuffer(cursor.take(count * row.itemsize), row)
        for count, row in zip(counts, _row_types(provenance, exact=exact), strict=True)
    )
    cursor.finish()
    rows = (movers, joints, machines, scalars)
    return Tables(keyframe, tick, sim_time_s, revision, provenance, rows, exact)
