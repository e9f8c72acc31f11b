"""The messages made of names and numbers: msgpack of typed structures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from twin.codec.envelope import Kind, seal
from twin.errors import CodecError
from twin.signals import FaultOffer, Injected, RunCommand, SnapshotNote
from twin.state import Event, Scene

RunState = Literal["running", "paused", "ended", "failed"]


class Hello(msgspec.Struct, frozen=True, omit_defaults=True):
    """The server's first words.

    Attributes:
        server: Name and version of the server.
        source: What it plays: a scenario's or recording's name.
        client: The name the server gave this client; commands are logged with it
            unless they say who.
        live: False if a recording is played.
    """

    server: str
    source: str = ""
    client: str = ""
    live: bool = True


class Events(msgspec.Struct, frozen=True):
    """Events in the order of their serials."""

    events: tuple[Event, ...]


class RunStatus(msgspec.Struct, frozen=True, omit_defaults=True):
    """How the run goes; sent when it changes.

    Attributes:
        state: running, paused, ended (a recording's end) or failed.
        speed: Simulated seconds per second asked for.
        tick: Where the run was when it changed.
        duration_s: Length of a recording, s; 0 for an engine.
        achieved: Simulated seconds per second reached lately; 0 if not known.
        teaches: Whether snapshots and faults can be had; ``WantLesson`` asks what.
    """

    state: RunState
    speed: float = 1.0
    tick: int = 0
    duration_s: float = 0.0
    achieved: float = 0.0
    teaches: bool = False


class CommandAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of a command.

    Attributes:
        number: The command's own number.
        accepted: False if nothing was done.
        text: Key in the catalogue that says what was or wasn't done.
        arguments: Values that fill it in.
    """

    number: int
    accepted: bool
    text: str
    arguments: dict[str, str | float] = {}


class Notice(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line for the person at the client.

    Attributes:
        text: Key in the catalogue.
        arguments: Values that fill it in.
        severity: ``Severity`` number.
    """

    text: str
    arguments: dict[str, str | float] = {}
    severity: int = 0


class Resync(msgspec.Struct, frozen=True):
    """The client asks for scene, status, keyframe and newest state once more."""


class WantMesh(msgspec.Struct, frozen=True):
    """The client asks for a mesh by the sha256 (hex) that a Scene names."""

    sha256: str


class WantLesson(msgspec.Struct, frozen=True):
    """The client asks for the lesson, now and whenever it changes."""


class Lesson(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a trainer can go back to, and what can be and is broken.

    Attributes:
        snapshots: Kept, oldest first.
        offers: Faults that can be injected.
        injected: Those that are in.
    """

    snapshots: tuple[SnapshotNote, ...] = ()
    offers: tuple[FaultOffer, ...] = ()
    injected: tuple[Injected, ...] = ()


Structured = (
    Hello
    | Scene
    | Events
    | RunStatus
    | RunCommand
    | CommandAnswer
    | Notice
    | Resync
    | WantMesh
    | WantLesson
    | Lesson
)

_TYPES: Final[Mapping[Kind, type[Structured]]] = MappingProxyType(
    {
        Kind.HELLO: Hello,
        Kind.SCENE: Scene,
        Kind.EVENTS: Events,
        Kind.STATUS: RunStatus,
        Kind.COMMAND: RunCommand,
        Kind.ANSWER: CommandAnswer,
        Kind.NOTICE: Notice,
        Kind.RESYNC: Resync,
        Kind.WANT_MESH: WantMesh,
        Kind.WANT_LESSON: WantLesson,
        Kind.LESSON: Lesson,
    }
)
_KINDS: Final[Mapping[type[Structured], Kind]] = MappingProxyType(
    {found: kind for kind, found in _TYPES.items()}
)


def encode(message: Structured) -> bytes:
    """Return the unstamped message of a structure.

    Raises:
        CodecError: If it is over the limit of its kind, or a Scene whose parts
            do not fit together.
    """
    kind = _KINDS[type(message)]
    if isinstance(message, Scene):
        check_scene(message)
    try:
        body = msgspec.msgpack.encode(message)
    except (msgspec.MsgspecError, OverflowError, UnicodeEncodeError) as error:
        raise CodecError(
            f"codec: {kind.name.lower()} cannot be written: {error}"
        ) from error
    return seal(kind, body)


def decode_structured(kind: Kind, body: memoryview) -> Structured:
    """Return the structure in a body.

    Raises:
        CodecError: If the body is not one of that kind.
    """
    try:
        message: Structured = msgspec.msgpack.decode(body, type=_TYPES[kind])
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise CodecError(
            f"codec: {kind.name.lower()} cannot be read: {error}; repair the sender"
        ) from error
    if isinstance(message, Scene):
        check_scene(message)
    return message


def check_scene(scene: Scene) -> None:
    """Check that a Scene's indices and names point at something.

    Raises:
        CodecError: If one does not; the message names the entity.
    """
    if not (math.isfinite(scene.dt_s) and scene.dt_s > 0.0):
        raise CodecError(f"codec: scene: dt_s is {scene.dt_s!r}; give a time above 0 s")
    seen: set[str] = set()
    for entity in scene.entities:
        where = f"codec: scene: entity {entity.id!r}"
        if entity.id in seen or not entity.id:
            raise CodecError(f"{where} is empty or stands twice; name each once")
        if not -1 <= entity.mover < len(scene.movers):
            raise CodecError(
                f"{where} has mover {entity.mover} of {len(scene.movers)}; "
                "list it in movers"
            )
        if not -1 <= entity.machine < len(scene.machines):
            raise CodecError(
                f"{where} has machine {entity.machine} of {len(scene.machines)}; "
                "list it in machines"
            )
        for above in (entity.parent, entity.carrier):
            if above and above not in seen:
                raise CodecError(
                    f"{where} hangs on {above!r}, which does not stand before it; "
                    "list it earlier"
                )
        if not all(math.isfinite(number) for number in entity.pose):
            raise CodecError(f"{where} has a pose that is not finite; give numbers")
        seen.add(entity.id)
