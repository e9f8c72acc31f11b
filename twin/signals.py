"""Commands people send to a run, and who sent them when; what can be broken."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

Verb = Literal[
    "pause",
    "resume",
    "speed",
    "step",
    "reset",
    "snapshot",
    "restore",
    "inject",
    "clear",
]

FaultKind = Literal[
    "drive_stop",
    "stuck_stop",
    "sensor_stuck",
    "gripper_loss",
    "seized_fastener",
    "fallen_part",
    "e_stop",
    "leak",
    "person_inside",
]

FAULT_KINDS: tuple[FaultKind, ...] = get_args(FaultKind)

MAX_NAME_LENGTH = 64
"""Most characters of a snapshot's name, a source, a target."""


class RunCommand(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something a person asks of a running engine.

    Attributes:
        verb: What to do.
        value: Speed factor for "speed", ticks for "step"; unused otherwise.
        who: Name of the person or client.
        number: The client's own number for it, to match the answer.
        name: Of the snapshot for "snapshot" and "restore"; "" has one chosen.
        source: Id of what breaks for "inject"; for "clear", "" means everything.
        fault: Kind of fault for "inject" and "clear".
        target: What of the source it is about, such as a fastener.
    """

    verb: Verb
    value: float = 0.0
    who: str = ""
    number: int = 0
    name: str = ""
    source: str = ""
    fault: str = ""
    target: str = ""


class FaultOffer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A fault that can be injected.

    Attributes:
        source: Id of the device, or of the station for what concerns all of it.
        kind: What breaks.
        targets: What of it, one to choose; empty if there is nothing to choose.
    """

    source: str
    kind: FaultKind
    targets: tuple[str, ...] = ()


class Injected(msgspec.Struct, frozen=True, omit_defaults=True):
    """A fault that is in.

    Attributes:
        source: As offered.
        kind: As offered.
        target: The one chosen, or "".
        tick: Since when.
    """

    source: str
    kind: FaultKind
    target: str = ""
    tick: int = 0


class SnapshotNote(msgspec.Struct, frozen=True, omit_defaults=True):
    """A snapshot that is kept.

    Attributes:
        name: By which it is asked for.
        tick: Of the run.
        sim_time_s: The same, s.
        serial: Of the newest event by then.
    """

    name: str
    tick: int
    sim_time_s: float
    serial: int = 0
