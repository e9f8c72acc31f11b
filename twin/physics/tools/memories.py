"""What tools know besides their bodies, as plain data."""

from __future__ import annotations

from typing import Literal

import msgspec

Three = tuple[float, float, float]


class ToolMemory(msgspec.Struct, frozen=True, kw_only=True):
    """What every tool knows.

    Attributes:
        held: Name of the part it holds, or "".
        magazine_kg: Mass of what it has collected.
        ticks: How long it still waits, or has worked; what that means is the tool's.
    """

    held: str
    magazine_kg: float
    ticks: int


class VacuumMemory(ToolMemory, frozen=True, kw_only=True, tag="vacuum"):
    """Suction cups.

    Attributes:
        dropped: Part that fell and is still to be told of, or "".
        fresh: Whether no step has acted on the hold yet.
        force_n: Force of the hold in the last step, as Bullet told it, world frame.
        loads_n: What counted against the limit lately, oldest first.
        load_n: Their mean.
        peak_load_n: The most so far.
    """

    dropped: str
    fresh: bool
    force_n: Three
    loads_n: tuple[float, ...]
    load_n: float
    peak_load_n: float


class JawMemory(ToolMemory, frozen=True, kw_only=True, tag="jaws"):
    """Two fingers.

    Attributes:
        phase: What they are at.
        driven_by: Which of their motors was told something last.
        still_ticks: For how long they have not moved.
        away_ticks: For how long none has touched what they hold.
        tool_from_part: Where the part was when gripped, 4x4 by rows, or None.
        told_slip: Whether a slip was told.
        slip_m: How far the part has moved in the grip.
    """

    phase: str
    driven_by: Literal["lock", "motor", "lock_one"]
    still_ticks: int
    away_ticks: int
    tool_from_part: list[list[float]] | None
    told_slip: bool
    slip_m: float


class NutrunnerMemory(ToolMemory, frozen=True, kw_only=True, tag="nutrunner"):
    """A driven socket.

    Attributes:
        loose_below: Ticks left at which the fastener is loose.
        part_id: Number of the body that it turns against.
        loosening_nm: Torque until then, world frame.
        running_nm: Torque from then on.
    """

    loose_below: int
    part_id: int
    loosening_nm: Three
    running_nm: Three


class ShearMemory(ToolMemory, frozen=True, kw_only=True, tag="shear"):
    """Blades that close."""


AnyToolMemory = VacuumMemory | JawMemory | NutrunnerMemory | ShearMemory
