"""What conveyors look like that are given by their dimensions: plain boxes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from twin.layout.meshes import Surface, box_mesh, merged, moved, shaded
from twin.layout.nodes import Asset, AssetNode
from twin.scenario.equipment import (
    AccumulationConveyor,
    AnyConveyor,
    AnyOnConveyor,
    BeltConveyor,
    CurveConveyor,
    Escapement,
    OnConveyor,
    PhotoEye,
    RollerConveyor,
    StrandConveyor,
    Transfer,
)
from twin.state import Label, MeshArrays
from twin.transforms import Matrix, transform, wxyz_about

_BELT = (59, 64, 69, 255)
_STEEL = (142, 150, 156, 255)
_FRAME = (58, 63, 68, 255)

_EYE = (245, 196, 0, 255)

# Of a conveyor as it is drawn; physics knows nothing of frames and legs. Assumed.
_SURFACE_M, _FRAME_M, _LEG_M, _LEG_PITCH_M = 0.04, 0.12, 0.06, 1.5
_CURVE_PIECE_RAD = math.radians(7.5)
_MOST_ROLLERS = 400


def drawn(name: str, equipment: AnyConveyor | AnyOnConveyor, width_m: float) -> Asset:
    """Return an asset that shows what is given by its dimensions.

    Args:
        name: Its id.
        equipment: What the scenario says of it.
        width_m: Across the way of it, or of the conveyor that it stands on.
    """
    if isinstance(equipment, OnConveyor):
        shapes = _on_way(equipment, width_m)
    else:
        height_m = float(equipment.height)
        shapes = [
            shape
            for start, length_m, width_m in _pieces(equipment)
            for shape in _piece(equipment, start, length_m, width_m, height_m)
        ]
    mesh = merged(shapes)
    node = AssetNode(
        name=name,
        parent="",
        parent_from_node=np.eye(4),
        mesh=mesh,
        label=Label(en=name, fr=name),
    )
    return Asset(f"{equipment.kind}/{name}", (node,), mesh.sha256())


def transfer_car() -> MeshArrays:
    """Return a car with rollers at the height of what it serves, its top at z = 0."""
    bed = [
        box_mesh((0.34, 0.56, 0.05), (0.0, 0.0, -0.025), _BELT),
        box_mesh((0.36, 0.03, 0.08), (0.0, 0.29, -0.04), _EYE),
        box_mesh((0.36, 0.03, 0.08), (0.0, -0.29, -0.04), _EYE),
        box_mesh((0.26, 0.3, 0.5), (0.0, 0.0, -0.3), _STEEL),
        box_mesh((0.34, 0.5, 0.1), (0.0, 0.0, -0.6), _FRAME),
    ]
    return merged(bed)


def way_width_m(conveyor: AnyConveyor) -> float:
    """Return the width of a conveyor across its way, m."""
    if isinstance(conveyor, StrandConveyor):
        return float(conveyor.gauge + conveyor.strand_width)
    return float(conveyor.width)


def world_from_way(conveyor: AnyConveyor, along_m: float) -> Matrix:
    """Return a frame on the middle of a conveyor's way, x along it and z up, 4x4."""
    top = conveyor.place.world_from_local() @ transform((0, 0, float(conveyor.height)))
    if isinstance(conveyor, CurveConveyor):
        outwards_m = math.copysign(float(conveyor.radius), float(conveyor.angle))
        turn = wxyz_about((0.0, 0.0, 1.0), along_m / outwards_m)
        centre = transform((0.0, outwards_m, 0.0))
        out = transform((0.0, -outwards_m, 0.0))
        return top @ centre @ transform(wxyz=turn) @ out
    return top @ _climb(conveyor) @ transform((along_m, 0.0, 0.0))


def _climb(conveyor: AnyConveyor) -> Matrix:
    """Return the turn of a belt that climbs, about its entry edge."""
    angle_rad = float(conveyor.angle) if isinstance(conveyor, BeltConveyor) else 0.0
    return transform(wxyz=wxyz_about((0.0, 1.0, 0.0), -angle_rad))


def _on_way(equipment: AnyOnConveyor, width_m: float) -> list[MeshArrays]:
    """Return plates of blades, or the two heads of an eye, on the way's frame."""
    height_m = float(equipment.height)
    if isinstance(equipment, PhotoEye):
        return [
            box_mesh(
                (0.04, 0.03, 0.08), (0.0, side * (width_m / 2 + 0.06), height_m), _EYE
            )
            for side in (-1.0, 1.0)
        ]
    rears_m = [float(equipment.rear)] if isinstance(equipment, Escapement) else []
    return [
        box_mesh(
            (0.02, width_m, height_m), (0.01 - behind_m, 0.0, height_m / 2), _STEEL
        )
        for behind_m in (0.0, *rears_m)
    ]


def _pieces(
    equipment: AnyConveyor,
) -> Sequence[tuple[Matrix, float, float]]:
    """Return the straight pieces of a way: start pose on the floor, length, width."""
    if isinstance(equipment, CurveConveyor):
        return _bend(equipment)
    if isinstance(equipment, StrandConveyor):
        width_m = float(equipment.strand_width)
        sides_m = (-float(equipment.gauge) / 2, float(equipment.gauge) / 2)
        length_m = float(equipment.length)
        return [(transform((0.0, y_m, 0.0)), length_m, width_m) for y_m in sides_m]
    width_m = float(equipment.width)
    if isinstance(equipment, AccumulationConveyor):
        zone_m = float(equipment.zone_length)
        return [
            (transform((zone_m * number, 0.0, 0.0)), zone_m - 0.005, width_m)
            for number in range(equipment.zones)
        ]
    return [(np.eye(4), equipment.way_m(), width_m)]


def _bend(equipment: CurveConveyor) -> list[tuple[Matrix, float, float]]:
    radius_m, angle_rad = float(equipment.radius), float(equipment.angle)
    left = math.copysign(1.0, angle_rad)
    n_pieces = math.ceil(abs(angle_rad) / _CURVE_PIECE_RAD)
    half_rad = abs(angle_rad) / n_pieces / 2
    length_m = 2 * (radius_m + float(equipment.width) / 2) * math.tan(half_rad)
    centre = transform((0.0, left * radius_m, 0.0))
    pieces = []
    for number in range(n_pieces):
        turn = wxyz_about((0.0, 0.0, 1.0), left * (2 * number + 1) * half_rad)
        start = (
            centre
            @ transform(wxyz=turn)
            @ transform((-length_m / 2, -left * radius_m, 0.0))
        )
        pieces.append((start, length_m, float(equipment.width)))
    return pieces


def _piece(
    equipment: AnyConveyor,
    floor: Matrix,
    length_m: float,
    width_m: float,
    height_m: float,
) -> list[MeshArrays]:
    """Return surface, side frames and legs of one straight piece."""
    climb_rad = float(equipment.angle) if isinstance(equipment, BeltConveyor) else 0.0
    top = floor @ transform((0.0, 0.0, height_m)) @ _climb(equipment)
    middle_m = length_m / 2
    shapes = []
    if isinstance(equipment, RollerConveyor | Transfer):
        shapes += _rollers(equipment, top, length_m, width_m)
    else:
        belt = (length_m, width_m, _SURFACE_M)
        shapes.append(box_mesh(belt, (middle_m, 0.0, -_SURFACE_M / 2), _BELT, top))
    for side in (-1.0, 1.0):
        at = (middle_m, side * (width_m / 2 + 0.02), -_FRAME_M / 2 - 0.005)
        shapes.append(box_mesh((length_m, 0.04, _FRAME_M), at, _STEEL, top))
    n_legs = 2 + math.floor(length_m / _LEG_PITCH_M) if length_m > 0.5 else 1
    for number in range(n_legs):
        along_m = length_m * (number + 0.5) / n_legs
        leg_m = height_m + along_m * math.sin(climb_rad) - _FRAME_M
        if leg_m <= 0.0:
            continue
        x_m = along_m * math.cos(climb_rad)
        for side in (-1.0, 1.0):
            at = (x_m, side * (width_m / 2 + 0.02), leg_m / 2)
            shapes.append(box_mesh((_LEG_M, 0.04, leg_m), at, _FRAME, floor))
    return shapes


def _rollers(
    equipment: RollerConveyor | Transfer, top: Matrix, length_m: float, width_m: float
) -> list[MeshArrays]:
    pitch_m = float(equipment.pitch) if isinstance(equipment, RollerConveyor) else 0.1
    n_rollers = min(_MOST_ROLLERS, max(1, round(length_m / pitch_m)))
    radius_m = min(0.4 * length_m / n_rollers, 0.03)
    shapes = []
    for number in range(n_rollers):
        at = transform((length_m * (number + 0.5) / n_rollers, 0.0, -radius_m))
        shapes.append(_roller(radius_m, width_m, top @ at))
    return shapes


_ROLLER_SIDES = 8


def _roller(radius_m: float, width_m: float, frame: Matrix) -> MeshArrays:
    angles = np.arange(_ROLLER_SIDES) * (2 * math.pi / _ROLLER_SIDES)
    ring = np.column_stack([np.cos(angles), np.zeros(_ROLLER_SIDES), np.sin(angles)])
    ring = ring * radius_m
    half = np.array([0.0, width_m / 2, 0.0])
    triangles = []
    for here in range(_ROLLER_SIDES):
        there = (here + 1) % _ROLLER_SIDES
        far, far_there = here + _ROLLER_SIDES, there + _ROLLER_SIDES
        triangles += [(here, far, there), (there, far, far_there)]
    surface = Surface(
        np.vstack([ring - half, ring + half]), np.array(triangles), _STEEL
    )
    return moved(shaded(surface), frame)
