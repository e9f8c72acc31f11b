"""What the parts of both hatchbacks have in common: screws, loose shapes, sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assets.makers.node import (
    Box,
    Fastener,
    Joint,
    Json,
    Node,
    Piece,
    Port,
    Quaternion,
    Roll,
    Vector3,
    around,
)
from assets.makers.paint import BOLT_ZINC
from assets.makers.shape import prism
from twin.transforms import IDENTITY_WXYZ

SPLIT: Mapping[str, Json] = {
    "source": "assumed split of the kerb mass",
    "confidence": "C",
}
HINGE_BOLT_KG = 0.02
HINGE_THREAD = "M8"
# Hexagon flange screw M8: 13 mm across flats, 8 mm high (DIN 6921).
_HEAD_M = 0.008
_CORNER_M = 0.0075


def screw_pieces(scale: float = 1.0) -> list[Piece]:
    """Return a screw's head of few triangles: outer face at z = 0, +Z into the part.

    Args:
        scale: Size over that of an M8.
    """
    r, h = _CORNER_M * scale, _HEAD_M * scale
    half, up = 0.5 * r, 0.8660254037844386 * r
    hexagon = [(r, 0), (half, up), (-half, up), (-r, 0), (-half, -up), (half, -up)]
    return [Piece(BOLT_ZINC, prism(hexagon, h, h / 2.0))]


def screws(
    part: str,
    places_m: Sequence[Vector3],
    wxyz: Quaternion = IDENTITY_WXYZ,
    *,
    thread: str = HINGE_THREAD,
    mass_kg: float = HINGE_BOLT_KG,
    pieces: Sequence[Piece] | None = None,
    label: str = "screw",
) -> tuple[list[Fastener], list[Node]]:
    """Return a part's fasteners, and the nodes that are seen of them.

    Args:
        part: Name of the part, which begins those of its screws.
        places_m: Centres of the heads' outer faces, part frame.
        wxyz: Of all screws, part frame; +Z the way a tool pushes.
        thread: Such as "M8".
        mass_kg: Of one.
        pieces: What is seen of one; the head of an M8 if not said.
        label: Key of its name.
    """
    fasteners = [
        Fastener(f"{part}_screw_{n}", thread, place, mass_kg, wxyz)
        for n, place in enumerate(places_m, start=1)
    ]
    nodes = [
        Node(
            fastener.name,
            "fastener",
            label,
            {"steel": mass_kg},
            screw_pieces() if pieces is None else pieces,
            position_m=fastener.position_m,
            wxyz=wxyz,
        )
        for fastener in fasteners
    ]
    return fasteners, nodes


def part(
    name: str,
    kind: str,
    materials_kg: Mapping[str, float],
    pieces: Sequence[Piece],
    position_m: Vector3 = (0.0, 0.0, 0.0),
    *,
    label: str = "",
    held_by: tuple[Sequence[Fastener], Sequence[Node]] = ((), ()),
    ports: Sequence[Port] = (),
    joint: Joint | None = None,
    loose: Sequence[Box | Roll] = (),
    children: Sequence[Node] = (),
    notes: Mapping[str, Json] | None = None,
) -> Node:
    """Return a part of a car, with its shape for when it is off the car.

    Args:
        name: Unique in the car.
        kind: Noun for legend and tree.
        materials_kg: Mass by material.
        pieces: What is seen of it, part frame.
        position_m: Of its frame in its carrier's.
        label: Key of its name; ``car_`` and its own name if not said.
        held_by: Its fasteners and their nodes.
        ports: Grips, drains, couplings.
        joint: How it swings, if it does.
        loose: Shapes to touch when it is loose; the box around it if not said.
        children: Further parts that it carries.
        notes: Further entries for ``extras``.
    """
    fasteners, nodes = held_by
    return Node(
        name,
        kind,
        label or f"car_{name}",
        materials_kg,
        pieces,
        position_m=position_m,
        children=[*nodes, *children],
        loose_collision=loose or [around(pieces)],
        joint=joint,
        fasteners=fasteners,
        ports=ports,
        notes={**SPLIT, **(notes or {})},
    )


def moved(pieces: Sequence[Piece], by_m: Vector3) -> list[Piece]:
    """Return pieces shifted, such as from the car's frame to a hinge's."""
    return [Piece(p.paint, p.shape.moved(by_m), p.crease_deg) for p in pieces]


def on_the_right(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the mirror image of what was made for the left side."""
    return [Piece(p.paint, p.shape.mirrored_y(), p.crease_deg) for p in pieces]


def minus(position_m: Vector3) -> Vector3:
    """Return the way back from a position to the origin."""
    return (-position_m[0], -position_m[1], -position_m[2])
