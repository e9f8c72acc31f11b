"""How the extras of a GLB's node are read."""

from __future__ import annotations

from types import MappingProxyType
from typing import Literal

import msgspec
import numpy as np

from twin.errors import LayoutError
from twin.layout.nodes import (
    AssetNode,
    Box,
    Contents,
    Cylinder,
    Fastener,
    Footprint,
    Grip,
    Joint,
    Looks,
    Quadruple,
    Triple,
)
from twin.state import IDENTITY_POSE, Label, MeshArrays, Port, Pose
from twin.transforms import IDENTITY_WXYZ, Matrix, transform


class _Collision(msgspec.Struct):
    position_m: Triple = (0.0, 0.0, 0.0)
    wxyz: Quadruple = IDENTITY_WXYZ
    size_m: Triple | None = None
    radius_m: float | None = None
    length_m: float | None = None


class _Joint(msgspec.Struct):
    name: str
    type: Literal["prismatic", "revolute"]
    axis: Triple
    lower: float
    upper: float


class _Fastener(msgspec.Struct):
    name: str
    thread: str
    position_m: Triple
    mass_kg: float
    wxyz: Quadruple = IDENTITY_WXYZ


class _Port(msgspec.Struct):
    name: str
    kind: str
    direction: Literal["in", "out", "both"]
    position_m: Triple = (0.0, 0.0, 0.0)
    wxyz: Quadruple = IDENTITY_WXYZ
    size_m: tuple[float, float] | None = None
    flat_within_m: float = 0.0


class _Footprint(msgspec.Struct):
    low_m: tuple[float, float]
    high_m: tuple[float, float]
    clear_m: dict[str, float] = {}


class _Contents(msgspec.Struct):
    fluids: list[str]
    volume_m3: float


class _Extras(msgspec.Struct):
    kind: str = ""
    label: Label | None = None
    mass_kg: float = 0.0
    materials_kg: dict[str, float] = {}
    joint: _Joint | None = None
    collision: list[_Collision] = []
    loose_collision: list[_Collision] = []
    fasteners: list[_Fastener] = []
    ports: list[_Port] = []
    footprint: _Footprint | None = None
    holds: _Contents | None = None
    tip_position_m: Triple | None = None
    pyrotechnic: bool = False
    isolates: str = ""
    zone: str = ""
    source: str = ""
    confidence: str = ""
    looks: Looks | None = None


MATERIALS_TOLERANCE_KG = 1e-3
"""Materials are written to the gram."""


def asset_node(
    where: str,
    name: str,
    parent: str,
    pose: Matrix,
    mesh: MeshArrays | None,
    extras: bytes,
) -> AssetNode:
    """Return a node with what its extras say.

    Args:
        where: The file, for errors.
        name: Unique in the asset.
        parent: Name of its parent, or "".
        pose: ``parent_from_node``, (4, 4), rigid.
        mesh: Its shape, or None.
        extras: JSON text, or b"".

    Raises:
        LayoutError: If the extras are not what a node can say.
    """
    at = f"{where}: node {name!r}"
    said = _Extras()
    # Foreign tools keep their own things in extras; ours say what they are.
    if b'"kind"' in extras:
        try:
            said = msgspec.json.decode(extras, type=_Extras)
        except msgspec.DecodeError as error:
            raise LayoutError(f"{at}: extras: {error}; mend the asset") from error
    _check_masses(at, said)
    pose.flags.writeable = False
    return AssetNode(
        name=name,
        parent=parent,
        parent_from_node=pose,
        mesh=mesh,
        mass_kg=said.mass_kg,
        materials_kg=MappingProxyType(said.materials_kg),
        joint=None if said.joint is None else _joint(at, said.joint),
        collision=tuple(_shape(at, piece) for piece in said.collision),
        loose_collision=tuple(_shape(at, piece) for piece in said.loose_collision),
        fasteners=tuple(
            Fastener(f.name, f.thread, f.position_m, f.wxyz, f.mass_kg)
            for f in said.fasteners
        ),
        ports=tuple(
            Port(p.name, p.kind, p.direction, _pose(p.position_m, p.wxyz))
            for p in said.ports
        ),
        grips=tuple(
            Grip(
                p.name,
                p.kind,
                transform(p.position_m, p.wxyz),
                p.size_m,
                p.flat_within_m,
            )
            for p in said.ports
            if p.size_m is not None
        ),
        footprint=None if said.footprint is None else _footprint(at, said.footprint),
        holds=None if said.holds is None else _contents(at, said.holds),
        tip_position_m=said.tip_position_m,
        pyrotechnic=said.pyrotechnic,
        isolates=said.isolates,
        zone=said.zone,
        kind=said.kind,
        label=said.label or Label(en=name, fr=name),
        source=said.source,
        confidence=said.confidence,
        looks=said.looks,
    )


def _check_masses(at: str, said: _Extras) -> None:
    total_kg = sum(said.materials_kg.values())
    if said.mass_kg < 0.0 or any(kg < 0.0 for kg in said.materials_kg.values()):
        raise LayoutError(f"{at}: a mass below 0; mend the asset")
    if said.materials_kg and abs(total_kg - said.mass_kg) > MATERIALS_TOLERANCE_KG:
        raise LayoutError(
            f"{at}: materials sum to {total_kg:g} kg, mass_kg is {said.mass_kg:g}; "
            "make them agree"
        )


def _joint(at: str, joint: _Joint) -> Joint:
    length = float(np.linalg.norm(joint.axis))
    if not joint.lower < joint.upper or abs(length - 1.0) > 1e-6:
        raise LayoutError(
            f"{at}: joint {joint.name!r} from {joint.lower:g} to {joint.upper:g} about "
            f"an axis of length {length:g}; give low < high and a unit axis"
        )
    return Joint(joint.name, joint.type, joint.axis, joint.lower, joint.upper)


def _contents(at: str, said: _Contents) -> Contents:
    if not said.volume_m3 > 0.0:
        raise LayoutError(f"{at}: holds {said.volume_m3:g} m3; give a volume above 0")
    return Contents(tuple(said.fluids), said.volume_m3)


def _footprint(at: str, said: _Footprint) -> Footprint:
    if said.low_m[0] >= said.high_m[0] or said.low_m[1] >= said.high_m[1]:
        raise LayoutError(
            f"{at}: footprint from {said.low_m} to {said.high_m}; give low < high"
        )
    return Footprint(said.low_m, said.high_m, MappingProxyType(said.clear_m))


def _shape(at: str, piece: _Collision) -> Box | Cylinder:
    if piece.size_m is not None and min(piece.size_m) > 0.0:
        return Box(piece.size_m, piece.position_m, piece.wxyz)
    if (
        piece.radius_m is not None
        and piece.length_m is not None
        and min(piece.radius_m, piece.length_m) > 0.0
    ):
        return Cylinder(piece.radius_m, piece.length_m, piece.position_m, piece.wxyz)
    raise LayoutError(
        f"{at}: a collision shape without size; give size_m, or radius_m and length_m"
    )


def _pose(position_m: Triple, wxyz: Quadruple) -> Pose:
    if (*position_m, *wxyz) == IDENTITY_POSE:
        return IDENTITY_POSE
    transform(position_m, wxyz)  # refuses a quaternion without length
    return (*position_m, *wxyz)
