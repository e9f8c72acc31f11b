"""The tree an asset is made of, and what each node says about itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from assets.makers.paint import Paint
from assets.makers.shape import Shape
from twin.text import LANGUAGES, say
from twin.transforms import IDENTITY_WXYZ

Vector3 = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]
Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

HARD_CREASE_DEG = 30.0
SMOOTH_CREASE_DEG = 50.0


@dataclass(frozen=True, slots=True)
class Piece:
    """A shape with its surface.

    Attributes:
        paint: Its surface.
        shape: Its triangles, in the node's frame.
        crease_deg: Faces that meet at more than this keep a hard edge.
    """

    paint: Paint
    shape: Shape
    crease_deg: float = HARD_CREASE_DEG


@dataclass(frozen=True, slots=True)
class Joint:
    """How a node moves relative to its parent; its pose is that at 0.

    Attributes:
        name: Unique within the asset; nodes that share it move together.
        type: "prismatic" (m) or "revolute" (rad).
        axis: Unit vector in the node's frame.
        lower: Smallest value.
        upper: Largest value.
    """

    name: str
    type: str
    axis: Vector3
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Fastener:
    """A screw that holds the node to what carries it.

    Attributes:
        name: Unique within the asset.
        thread: Such as "M12".
        position_m: Centre of the head's outer face, in the node's frame.
        wxyz: +Z of the fastener's frame is the way a tool approaches.
        mass_kg: Its mass; counted once, by the fastener's own node if it has one.
    """

    name: str
    thread: str
    position_m: Vector3
    mass_kg: float
    wxyz: Quaternion = IDENTITY_WXYZ


@dataclass(frozen=True, slots=True)
class Port:
    """Where something enters or leaves; +X of its frame points out."""

    name: str
    kind: str
    direction: str
    position_m: Vector3
    wxyz: Quaternion = IDENTITY_WXYZ


@dataclass(frozen=True, slots=True)
class Box:
    """A collision box in the node's frame."""

    size_m: Vector3
    position_m: Vector3
    wxyz: Quaternion = IDENTITY_WXYZ


@dataclass(frozen=True, slots=True)
class Roll:
    """A collision cylinder along y in the node's frame."""

    radius_m: float
    length_m: float
    position_m: Vector3 = (0.0, 0.0, 0.0)
    wxyz: Quaternion = IDENTITY_WXYZ


@dataclass(frozen=True, slots=True)
class Node:
    """One rigid thing of an asset.

    Attributes:
        name: Unique within the asset.
        kind: Noun for legend and tree.
        label: Key below ``asset`` in the catalogue.
        materials_kg: Mass by material; their sum is the node's mass.
        pieces: What is seen of it.
        position_m: Of its frame in the parent's.
        wxyz: Of its frame in the parent's.
        children: Nodes that it carries.
        collision: What physics touches.
        joint: How it moves, if it does.
        fasteners: What holds it to its carrier.
        ports: Where things enter or leave.
        notes: Further entries for ``extras``.
    """

    name: str
    kind: str
    label: str
    materials_kg: Mapping[str, float]
    pieces: Sequence[Piece] = ()
    position_m: Vector3 = (0.0, 0.0, 0.0)
    wxyz: Quaternion = IDENTITY_WXYZ
    children: Sequence[Node] = ()
    collision: Sequence[Box | Roll] = ()
    joint: Joint | None = None
    fasteners: Sequence[Fastener] = ()
    ports: Sequence[Port] = ()
    notes: Mapping[str, Json] = field(default_factory=dict)

    @property
    def mass_kg(self) -> float:
        """Mass of the node without its children, kg."""
        return round(sum(self.materials_kg.values()), 6)

    def extras(self) -> dict[str, Json]:
        """Return what the GLB says about the node besides its shape."""
        said: dict[str, Json] = {
            "kind": self.kind,
            "label": {
                language: say(f"asset.{self.label}", language) for language in LANGUAGES
            },
            "mass_kg": self.mass_kg,
            "materials_kg": dict(sorted(self.materials_kg.items())),
        }
        if self.collision:
            said["collision"] = [_collision(entry) for entry in self.collision]
        if self.joint is not None:
            said["joint"] = {
                "name": self.joint.name,
                "type": self.joint.type,
                "axis": list(self.joint.axis),
                "lower": self.joint.lower,
                "upper": self.joint.upper,
            }
        if self.fasteners:
            said["fasteners"] = [
                {
                    "name": fastener.name,
                    "thread": fastener.thread,
                    "position_m": _rounded(fastener.position_m),
                    "wxyz": list(fastener.wxyz),
                    "mass_kg": fastener.mass_kg,
                }
                for fastener in self.fasteners
            ]
        if self.ports:
            said["ports"] = [
                {
                    "name": port.name,
                    "kind": port.kind,
                    "direction": port.direction,
                    "position_m": _rounded(port.position_m),
                    "wxyz": [round(q, 9) for q in port.wxyz],
                }
                for port in self.ports
            ]
        said.update(self.notes)
        return said


@dataclass(frozen=True, slots=True)
class Asset:
    """A file's worth of nodes, all in one Z-up frame.

    Attributes:
        name: Name of the file and of its root node.
        nodes: The nodes below the root.
    """

    name: str
    nodes: Sequence[Node]

    def walk(self) -> Iterator[Node]:
        """Yield every node, a parent before its children."""
        stack = list(reversed(self.nodes))
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))


def _rounded(position_m: Vector3) -> list[Json]:
    return [round(value, 6) + 0.0 for value in position_m]


def _collision(entry: Box | Roll) -> dict[str, Json]:
    said: dict[str, Json]
    if isinstance(entry, Box):
        said = {"size_m": _rounded(entry.size_m)}
    else:
        said = {"radius_m": entry.radius_m, "length_m": entry.length_m}
    said["position_m"] = _rounded(entry.position_m)
    said["wxyz"] = [round(q, 9) for q in entry.wxyz]
    return said


def between(low_m: Vector3, high_m: Vector3) -> Box:
    """Return the collision box between two opposite corners."""
    return Box(
        (high_m[0] - low_m[0], high_m[1] - low_m[1], high_m[2] - low_m[2]),
        (
            (high_m[0] + low_m[0]) / 2.0,
            (high_m[1] + low_m[1]) / 2.0,
            (high_m[2] + low_m[2]) / 2.0,
        ),
    )
