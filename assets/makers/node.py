"""The tree an asset is made of, and what each node says about itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from assets.makers.paint import Paint
from assets.makers.shape import Shape
from twin.text import LANGUAGES, say
from twin.transforms import IDENTITY_WXYZ, wxyz_from_rotation

Vector3 = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]
Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

HARD_CREASE_DEG = 30.0
SMOOTH_CREASE_DEG = 50.0
_SIDES = ("+x", "-x", "+y", "-y")


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
    """Where something enters, leaves or takes hold; +X of its frame points out.

    Attributes:
        name: Unique within the node.
        kind: What fits: two ports join only if their kinds are equal.
        direction: "in", "out" or "both".
        position_m: In the node's frame.
        wxyz: Of the port's frame in the node's.
        size_m: Extents along y and z of the port's frame, for grips: of the patch
            that a vacuum cup finds, or of what jaws that close along y find.
        flat_within_m: How far the patch is from flat, for vacuum.
    """

    name: str
    kind: str
    direction: str
    position_m: Vector3
    wxyz: Quaternion = IDENTITY_WXYZ
    size_m: tuple[float, float] | None = None
    flat_within_m: float | None = None


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
        loose_collision: What physics touches once the node is off its carrier, whose
            own shapes stand for it until then.
        joint: How it moves, if it does.
        fasteners: What holds it to its carrier.
        ports: Where things enter or leave.
        notes: Further entries for ``extras``.
        label_values: What fills the places of the label.
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
    loose_collision: Sequence[Box | Roll] = ()
    joint: Joint | None = None
    fasteners: Sequence[Fastener] = ()
    ports: Sequence[Port] = ()
    notes: Mapping[str, Json] = field(default_factory=dict)
    label_values: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def mass_kg(self) -> float:
        """Mass of the node without its children, kg."""
        return round(sum(self.materials_kg.values()), 6)

    def extras(self) -> dict[str, Json]:
        """Return what the GLB says about the node besides its shape."""
        said: dict[str, Json] = {
            "kind": self.kind,
            "label": {
                language: say(f"asset.{self.label}", language, **self.label_values)
                for language in LANGUAGES
            },
            "mass_kg": self.mass_kg,
            "materials_kg": dict(sorted(self.materials_kg.items())),
        }
        if self.collision:
            said["collision"] = [_collision(entry) for entry in self.collision]
        if self.loose_collision:
            said["loose_collision"] = [
                _collision(entry) for entry in self.loose_collision
            ]
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
                    "wxyz": [round(q, 9) + 0.0 for q in fastener.wxyz],
                    "mass_kg": fastener.mass_kg,
                }
                for fastener in self.fasteners
            ]
        if self.ports:
            said["ports"] = [_port(port) for port in self.ports]
        said.update(self.notes)
        # Nobody publishes what a leg of a bench weighs: what says nothing is assumed.
        said.setdefault("source", "assumed")
        said.setdefault("confidence", "C")
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


def _port(port: Port) -> dict[str, Json]:
    said: dict[str, Json] = {
        "name": port.name,
        "kind": port.kind,
        "direction": port.direction,
        "position_m": _rounded(port.position_m),
        "wxyz": [round(q, 9) + 0.0 for q in port.wxyz],
    }
    if port.size_m is not None:
        said["size_m"] = list(port.size_m)
    if port.flat_within_m is not None:
        said["flat_within_m"] = round(port.flat_within_m, 4)
    return said


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


def turned(out: Vector3, across: Vector3) -> Quaternion:
    """Return the orientation whose +X points ``out`` and whose +Y lies ``across``.

    Args:
        out: Any length above 0.
        across: Any direction not along ``out``; only its part square to it counts.
    """
    x = np.asarray(out) / np.linalg.norm(out)
    y = np.asarray(across) - x * float(x @ np.asarray(across))
    y /= np.linalg.norm(y)
    wxyz = wxyz_from_rotation(np.column_stack([x, y, np.cross(x, y)]))
    w, i, j, k = wxyz.tolist()
    return (w, i, j, k)


def around(pieces: Sequence[Piece]) -> Box:
    """Return the smallest collision box along the axes that holds what is seen."""
    points = np.vstack([piece.shape.positions_m for piece in pieces])
    low, high = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return between((low[0], low[1], low[2]), (high[0], high[1], high[2]))


def floor_space(
    low_m: tuple[float, float],
    high_m: tuple[float, float],
    clear_m: Mapping[str, float],
    source: str = "assumed",
) -> dict[str, Json]:
    """Return what an asset says about the floor it takes, as notes.

    Args:
        low_m: Lower corner of its outline in plan, asset frame.
        high_m: Upper corner.
        clear_m: What people and doors need beyond it, by side: "+x", "-x", "+y", "-y".
        source: Where the clearances come from.
    """
    sides: dict[str, Json] = {side: clear_m.get(side, 0.0) for side in _SIDES}
    return {
        "footprint": {
            "low_m": list(low_m),
            "high_m": list(high_m),
            "clear_m": sides,
            "source": source,
            "confidence": "C",
        }
    }
