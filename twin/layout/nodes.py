"""An asset as nodes: what each is, weighs, touches, holds and lets through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from twin.state import Label, MeshArrays, Port
from twin.transforms import IDENTITY_WXYZ, Matrix

Triple = tuple[float, float, float]
Quadruple = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A box to touch, in its node's frame."""

    size_m: Triple
    position_m: Triple
    wxyz: Quadruple = IDENTITY_WXYZ


@dataclass(frozen=True, slots=True)
class Cylinder:
    """A cylinder to touch, along y of its own pose in its node's frame."""

    radius_m: float
    length_m: float
    position_m: Triple
    wxyz: Quadruple = IDENTITY_WXYZ


@dataclass(frozen=True, slots=True)
class Joint:
    """How a node moves against its parent; the node's pose is at value 0.

    Attributes:
        name: Unique in the asset.
        type: "prismatic" or "revolute".
        axis: Unit direction in the node's frame.
        lower: Least value, m or rad.
        upper: Greatest value, m or rad.
    """

    name: str
    type: Literal["prismatic", "revolute"]
    axis: Triple
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Fastener:
    """A fastener in its node's frame: origin at the head's face, +Z tool push."""

    name: str
    thread: str
    position_m: Triple
    wxyz: Quadruple
    mass_kg: float


@dataclass(frozen=True, slots=True)
class Grip:
    """Where a tool takes hold of a node.

    Attributes:
        name: Of the port that states it.
        kind: "vacuum_grip", "jaw_grip" or "cut".
        node_from_grip: 4x4; +X points out of the node: a tool comes along -X.
        size_m: Along y and z of that frame: of the patch for cups; of what jaws
            that close along y take between them.
        flat_within_m: How far the patch is from flat; 0 if not stated.
    """

    name: str
    kind: str
    node_from_grip: Matrix
    size_m: tuple[float, float]
    flat_within_m: float


@dataclass(frozen=True, slots=True)
class Footprint:
    """The floor an asset takes, in its own frame.

    Attributes:
        low_m: Lower corner in plan.
        high_m: Upper corner in plan.
        clear_m: What must stay free beyond it, by side: "+x", "-x", "+y", "-y".
    """

    low_m: tuple[float, float]
    high_m: tuple[float, float]
    clear_m: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Contents:
    """What a tank or cylinder is for.

    Attributes:
        fluids: Kinds of the ports that may be coupled to it.
        volume_m3: How much it holds.
    """

    fluids: tuple[str, ...]
    volume_m3: float


class Dent(msgspec.Struct, frozen=True):
    """Where sheet is pushed in.

    Attributes:
        at_m: Middle, asset frame.
        push: Direction, asset frame, any length above 0.
        radius_m: How far it reaches.
        depth_m: How deep it is in its middle.
    """

    at_m: Triple
    push: Triple
    radius_m: float
    depth_m: float


class Look(msgspec.Struct, frozen=True):
    """How an asset looks in one state.

    Attributes:
        hidden: Names of nodes that are gone, with all that hangs on them.
        veil_srgb: Colour such as "#8B8273" that lies over all others.
        veil_share: How much of it, 0 to 1.
        dents: Where it is pushed in.
        asset: Name of the asset it has become, or "".
    """

    hidden: tuple[str, ...] = ()
    veil_srgb: str = "#000000"
    veil_share: float = 0.0
    dents: tuple[Dent, ...] = ()
    asset: str = ""


class Looks(msgspec.Struct, frozen=True):
    """What an asset can look like.

    Attributes:
        paint_srgb: Its own paint, which another replaces.
        paints: Colours by name.
        states: Looks by state.
    """

    paint_srgb: str
    paints: dict[str, str]
    states: dict[str, Look]


@dataclass(frozen=True, slots=True)
class AssetNode:
    """One rigid piece of an asset.

    Attributes:
        name: Unique in the asset.
        parent: Name of the node it hangs on, or "" for the asset itself.
        parent_from_node: (4, 4), rigid; at joint value 0.
        mesh: What it looks like, node frame, or None.
        mass_kg: Its own, children not counted.
        materials_kg: Mass by material; sums to ``mass_kg``.
        joint: How it moves, or None.
        collision: What can be touched, node frame.
        loose_collision: What can be touched once the node is off its carrier, whose
            shapes stand for it until then; empty if ``collision`` always holds.
        fasteners: What holds it.
        ports: Where something flows in or out.
        grips: Those of the ports that state a size.
        footprint: The floor that the asset takes, on one of its nodes.
        holds: What a tank is for, or None.
        tip_position_m: Where a tool ends, node frame, or None.
        pyrotechnic: Must be fired or out before anything is drained.
        isolates: What it parts when it is pulled, such as "high_voltage", or "".
        zone: What surrounds it, such as "explosive_atmosphere", or "".
        kind: What it is: car, door, wheel, pack, fastener, lift, ...; "" if foreign.
        label: Name for people.
        source: Where its numbers come from, or "".
        confidence: "A" published, "B" derived, "C" assumed, or "".
        looks: How the whole asset looks in other states, on one of its nodes.
    """

    name: str
    parent: str
    parent_from_node: Matrix
    mesh: MeshArrays | None
    mass_kg: float = 0.0
    materials_kg: Mapping[str, float] = field(default_factory=dict)
    joint: Joint | None = None
    collision: tuple[Box | Cylinder, ...] = ()
    loose_collision: tuple[Box | Cylinder, ...] = ()
    fasteners: tuple[Fastener, ...] = ()
    ports: tuple[Port, ...] = ()
    grips: tuple[Grip, ...] = ()
    footprint: Footprint | None = None
    holds: Contents | None = None
    tip_position_m: Triple | None = None
    pyrotechnic: bool = False
    isolates: str = ""
    zone: str = ""
    kind: str = ""
    label: Label = field(default_factory=lambda: Label(en="", fr=""))
    source: str = ""
    confidence: str = ""
    looks: Looks | None = None


@dataclass(frozen=True, slots=True)
class Asset:
    """A node tree, parents before children, in a Z-up frame in metres."""

    name: str
    nodes: tuple[AssetNode, ...]
    sha256: str
