"""What a viewer is told: a Scene once, a StateFrame each tick, events as they come.

A Scene names things and gives each an index; a StateFrame is arrays in that
order, always in full, without wall time. Poses are of the world frame, metres,
unit quaternions ``wxyz``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from twin.text import Language

Pose = tuple[float, float, float, float, float, float, float]
"""Position x, y, z in m and quaternion w, x, y, z."""

IDENTITY_POSE: Pose = (0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0)


class MachineState(IntEnum):
    """PackML states with their numbers.

    Source:
        ISA-TR88.00.02, state model; numbers as in OPC 30050 (PackML).
    """

    UNDEFINED = 0
    CLEARING = 1
    STOPPED = 2
    STARTING = 3
    IDLE = 4
    SUSPENDED = 5
    EXECUTE = 6
    STOPPING = 7
    ABORTING = 8
    ABORTED = 9
    HOLDING = 10
    HELD = 11
    UNHOLDING = 12
    SUSPENDING = 13
    UNSUSPENDING = 14
    RESETTING = 15
    COMPLETING = 16
    COMPLETE = 17


class Reason(IntEnum):
    """Why a machine does not execute; PackML leaves this to the maker."""

    NONE = 0
    STARVED = 1
    BLOCKED = 2
    OWN_MATERIAL_MISSING = 3
    OPERATOR_MISSING = 4
    FAULT = 5
    INTERLOCK = 6
    OFF_SHIFT = 7


class Quality(IntEnum):
    """How far a value can be trusted."""

    GOOD = 0
    PREDICTED = 1
    STALE = 2
    BAD = 3


class Severity(IntEnum):
    """How much an event matters to who watches."""

    INFO = 0
    WARNING = 1
    ALARM = 2


class Label(msgspec.Struct, frozen=True, omit_defaults=True):
    """A text to show, in both languages."""

    en: str
    fr: str

    def words(self, language: Language) -> str:
        """Return the text in one language."""
        return self.fr if language == "fr" else self.en


class Port(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where something flows in or out of an entity.

    Attributes:
        name: Unique within the entity.
        kind: What fits: two ports join only if their kinds are equal.
        direction: "in", "out" or "both".
        pose: In the entity's frame, +X pointing out of it.
    """

    name: str
    kind: str
    direction: str
    pose: Pose = IDENTITY_POSE


class Entity(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that can be seen, selected or read.

    Attributes:
        id: Unique path, such as "battery_removal/robot/link_3".
        label: Name for people.
        kind: Noun for legend and tree: hall, conveyor, lift, table, robot,
            worker, car, pack, fastener, rack, fence, station, sensor, ...
        parent: Id of the entity above it in the tree, or "" at the top.
        mesh: sha256 (hex) of its mesh arrays, or "" if it has no shape.
        mover: Index in the frame's pose arrays, or -1: rigid with ``carrier``.
        carrier: Id of the entity whose pose carries this one if ``mover`` is
            -1; "" means the world.
        pose: Pose in the carrier's frame if ``mover`` is -1; otherwise the pose
            at the start, in the world.
        machine: Index in the frame's machine-state arrays, or -1.
        joints: Names in ``Scene.joints`` that move this entity.
        ports: Its ports.
        properties: What the inspector shows: name to text or number; a number's
            unit ends the name (``mass_kg``).
    """

    id: str
    label: Label
    kind: str
    parent: str = ""
    mesh: str = ""
    mover: int = -1
    carrier: str = ""
    pose: Pose = IDENTITY_POSE
    machine: int = -1
    joints: tuple[str, ...] = ()
    ports: tuple[Port, ...] = ()
    properties: dict[str, str | float] = {}


class Scalar(msgspec.Struct, frozen=True, omit_defaults=True):
    """A number that changes, such as the load on a table.

    Attributes:
        id: Unique path.
        label: Name for people.
        unit: SI unit as text, "" for a pure number.
        entity: Id of the entity it belongs to, or "".
        digits: Decimals that make sense to show.
    """

    id: str
    label: Label
    unit: str
    entity: str = ""
    digits: int = 1


class Camera(msgspec.Struct, frozen=True, omit_defaults=True):
    """A saved view: where from, at what, how wide (vertical, degrees)."""

    name: str
    label: Label
    eye_in_world_m: tuple[float, float, float]
    target_in_world_m: tuple[float, float, float]
    field_of_view_deg: float = 40.0


class Scene(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a viewer must know once; sent before any frame, again when changed.

    Attributes:
        name: The scenario's name, for files and programs.
        revision: Rises by one whenever the scene changes.
        dt_s: Length of a tick, s.
        entities: All things, a carrier and a parent before what they hold.
        movers: Ids in the order of the frame's pose arrays.
        machines: Ids in the order of the frame's machine arrays.
        joints: Names in the order of the frame's joint array.
        scalars: In the order of the frame's scalar array.
        cameras: Saved views; the first is the default.
        notes: Sentences a viewer must show, such as what is assumed.
        start: Local date and time at sim time 0, ISO 8601 with offset.
        timezone: IANA name.
        title: The scenario's name for people; empty in what was recorded before
            scenes had one.
    """

    name: str
    revision: int
    dt_s: float
    entities: tuple[Entity, ...]
    movers: tuple[str, ...] = ()
    machines: tuple[str, ...] = ()
    joints: tuple[str, ...] = ()
    scalars: tuple[Scalar, ...] = ()
    cameras: tuple[Camera, ...] = ()
    notes: tuple[Label, ...] = ()
    start: str = ""
    timezone: str = ""
    title: Label = Label("", "")

    def title_words(self, language: Language) -> str:
        """Return the title, or the name where there is none."""
        return self.title.words(language) or self.name


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that happened.

    Attributes:
        serial: Rises by one with each event of a run.
        tick: When, in ticks.
        sim_time_s: When, s of simulated time.
        kind: Past tense, such as "OperationFinished" or "AlarmRaised".
        source: Id of the entity it happened to.
        text: Key in the catalogue; ``arguments`` fill it in.
        severity: INFO, WARNING or ALARM.
        arguments: Values by name; numbers carry their unit in the name.
    """

    serial: int
    tick: int
    sim_time_s: float
    kind: str
    source: str
    text: str
    severity: int = 0
    arguments: dict[str, str | float] = {}


def _fixed(array: NDArray[Any], name: str, shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise ValueError(f"{name}: expected {shape}, got {array.shape}")
    array.flags.writeable = False


@dataclass(frozen=True, slots=True)
class Provenance:
    """Quality and source time of each value in an array.

    Attributes:
        quality: ``Quality`` numbers, (n,) uint8.
        source_time_s: When the value was true, s of simulated time, (n,) float64.
    """

    quality: NDArray[np.uint8]
    source_time_s: NDArray[np.float64]

    def __post_init__(self) -> None:
        _fixed(self.quality, "quality", self.quality.shape[:1])
        _fixed(self.source_time_s, "source_time_s", self.quality.shape)


@dataclass(frozen=True, slots=True)
class StateFrame:
    """The whole visible state at one tick, in the order of a Scene.

    Attributes:
        tick: Physics step number; ``sim_time_s = tick * dt_s``.
        sim_time_s: Simulated time, s.
        scene_revision: The Scene whose order the arrays follow.
        position_in_world_m: (n, 3) float64.
        orientation_wxyz: (n, 4) float64, unit.
        visible: (n,) bool; False means not in the plant now.
        joint_position: (j,) float64, rad or m.
        machine_state: ``MachineState`` numbers, (m,) uint8.
        machine_reason: ``Reason`` numbers, (m,) uint8.
        scalar: (s,) float64, NaN where unknown.
        mover_provenance: Quality of poses; None means good and of this tick.
        machine_provenance: The same for machine states.
        scalar_provenance: The same for scalars.
    """

    tick: int
    sim_time_s: float
    scene_revision: int
    position_in_world_m: NDArray[np.float64]
    orientation_wxyz: NDArray[np.float64]
    visible: NDArray[np.bool_]
    joint_position: NDArray[np.float64]
    machine_state: NDArray[np.uint8]
    machine_reason: NDArray[np.uint8]
    scalar: NDArray[np.float64]
    mover_provenance: Provenance | None = field(default=None)
    machine_provenance: Provenance | None = field(default=None)
    scalar_provenance: Provenance | None = field(default=None)

    def __post_init__(self) -> None:
        n_movers = self.position_in_world_m.shape[0]
        n_machines = self.machine_state.shape[0]
        _fixed(self.position_in_world_m, "position_in_world_m", (n_movers, 3))
        _fixed(self.orientation_wxyz, "orientation_wxyz", (n_movers, 4))
        _fixed(self.visible, "visible", (n_movers,))
        _fixed(self.joint_position, "joint_position", self.joint_position.shape[:1])
        _fixed(self.machine_state, "machine_state", (n_machines,))
        _fixed(self.machine_reason, "machine_reason", (n_machines,))
        _fixed(self.scalar, "scalar", self.scalar.shape[:1])


@dataclass(frozen=True, slots=True)
class MeshArrays:
    """A drawable shape: triangles with a normal and a colour at each vertex.

    Attributes:
        positions_m: (n, 3) float32, in the entity's frame.
        normals: (n, 3) float32, unit.
        colours: (n, 4) uint8, sRGB and alpha; alpha < 255 is see-through.
        triangles: (t, 3) uint32.
    """

    positions_m: NDArray[np.float32]
    normals: NDArray[np.float32]
    colours: NDArray[np.uint8]
    triangles: NDArray[np.uint32]

    def __post_init__(self) -> None:
        n_vertices = self.positions_m.shape[0]
        _fixed(self.positions_m, "positions_m", (n_vertices, 3))
        _fixed(self.normals, "normals", (n_vertices, 3))
        _fixed(self.colours, "colours", (n_vertices, 4))
        _fixed(self.triangles, "triangles", (self.triangles.shape[0], 3))

    def sha256(self) -> str:
        """Return the hex digest that names this mesh in a Scene."""
        digest = hashlib.sha256()
        for array in (self.positions_m, self.normals, self.colours, self.triangles):
            digest.update(np.ascontiguousarray(array).tobytes())
            digest.update(b"|")
        return digest.hexdigest()
