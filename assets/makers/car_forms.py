"""Estate and van: the hatchback in other forms, by bending the space it is in.

Every part is carried along, hinges, screws and grips included. What must stay as
it is (wheels, engine, seats, screws) moves without being bent, and the space round
the wheel arches only shifts, so that they stay round.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assets.makers import paint
from assets.makers.node import (
    Asset,
    Box,
    Joint,
    Json,
    Node,
    Piece,
    Port,
    Roll,
    Vector3,
    between,
    turned,
)
from assets.makers.paint import Paint
from assets.makers.shape import Points, Shape
from twin.transforms import rotation_from_wxyz, transform

Bend = Callable[[Points], Points]
_BENT = {"car", "door", "bonnet", "tailgate", "glass", "bumper", "exhaust"}
_STEP_M = 1e-4


@dataclass(frozen=True, slots=True)
class Form:
    """What makes another car of the hatchback.

    Attributes:
        name: Of the asset.
        bend: New places of points, (n, 3) to (n, 3), car frame, m.
        paint: Its colour.
        label: Key of the body's name.
        mass_kg: Of the whole car, dry.
        source: Where size and mass come from.
        rear_door: Joint type of the rear doors.
    """

    name: str
    bend: Bend
    paint: Paint
    label: str
    mass_kg: float
    source: str
    rear_door: str = "revolute"


def _ramp(values: Points, start: float, end: float) -> Points:
    """Return 0 before ``start`` and 1 past ``end``, smooth between."""
    u = np.clip((values - start) / (end - start), 0.0, 1.0)
    smooth: Points = u * u * (3.0 - 2.0 * u)
    return smooth


# The hatchback's tail: where it ends at which height.
_TAIL_Z_M = (0.60, 0.66, 0.93, 1.10, 1.27, 1.42)
_TAIL_X_M = (-1.951, -1.951, -1.85, -1.78, -1.70, -1.60)


def _bent(
    points: Points,
    *,
    wheelbase_m: float,
    tail_x_m: tuple[float, float, float, float, float, float],
    lift_m: float,
    screen_m: float,
    square: float,
) -> Points:
    """Return points of the hatchback where another form has them.

    Args:
        points: (n, 3), car frame.
        wheelbase_m: Added between rear door and rear axle.
        tail_x_m: Where the tail ends, at the heights of ``_TAIL_Z_M``.
        lift_m: Added to the roof's height at the rear.
        screen_m: Added to the roof's height over the windscreen.
        square: Share by which the upper rear gets wider.
    """
    x, y, z = points.T
    tail_before = np.interp(z, _TAIL_Z_M, _TAIL_X_M)
    tail_after = np.interp(z, _TAIL_Z_M, tail_x_m)
    # Low down only what lies behind the arch may stretch, higher up the whole side.
    start = -1.67 + 0.77 * _ramp(z, 0.72, 1.02)
    behind = np.clip((start - x) / (start - tail_before), 0.0, 1.0)
    stretch = tail_before - wheelbase_m - tail_after
    moved_x = x - wheelbase_m * _ramp(-x, 0.10, 0.88) - stretch * behind
    high = _ramp(z, 0.88, 1.40)
    raised = lift_m * _ramp(-x, -0.15, 1.45) + screen_m * _ramp(-x, -1.02, -0.20)
    wider = 1.0 + square * high * _ramp(-x, -0.6, 0.9)
    return np.column_stack([moved_x, y * wider, z + high * raised])


def _estate(points: Points) -> Points:
    return _bent(
        points,
        wheelbase_m=0.10,
        tail_x_m=(-2.38, -2.38, -2.33, -2.28, -2.19, -2.06),
        lift_m=0.075,
        screen_m=-0.03,
        square=0.05,
    )


def _van(points: Points) -> Points:
    return _bent(
        points,
        wheelbase_m=0.12,
        tail_x_m=(-2.30, -2.30, -2.28, -2.26, -2.23, -2.17),
        lift_m=0.16,
        screen_m=0.24,
        square=0.15,
    )


ESTATE = Form(
    "estate",
    _estate,
    paint.CAR_PAINT_GREEN,
    "estate_body",
    1290.0,
    "assumed: a compact estate of about 1,315 kg, here without the fluids that are "
    "drained",
)
VAN = Form(
    "van",
    _van,
    paint.CAR_PAINT_WHITE,
    "van_body",
    1395.0,
    "assumed: a small panel van of about 1,420 kg, here without the fluids that are "
    "drained",
    "prismatic",
)


def reformed(car: Asset, form: Form) -> Asset:
    """Return a car in another form, as heavy as the form says."""
    nodes = [_reformed(node, np.eye(4), np.eye(4), form) for node in car.nodes]
    rest_kg = sum(node.mass_kg for node in Asset("", nodes).walk())
    body = nodes[0]
    steel = round(body.materials_kg["steel"] + form.mass_kg - rest_kg, 6)
    notes: dict[str, Json] = {**body.notes, "source": form.source, "confidence": "C"}
    nodes[0] = replace(
        body,
        label=form.label,
        materials_kg={**body.materials_kg, "steel": steel},
        notes=notes,
    )
    return Asset(form.name, nodes)


def _reformed(node: Node, above: Points, above_new: Points, form: Form) -> Node:
    """Return a node in the new form.

    Args:
        node: As the hatchback has it.
        above: The parent's pose in the car, (4, 4).
        above_new: The parent's pose in the new car.
        form: The new one.
    """
    here = above @ transform(node.position_m, node.wxyz)
    origin = form.bend(here[None, :3, 3])[0]
    here_new = here.copy()
    here_new[:3, 3] = origin
    local = np.linalg.inv(above_new) @ here_new
    pieces = [_repainted(piece, form.paint) for piece in node.pieces]
    made = replace(
        node,
        position_m=_triple(local[:3, 3]),
        pieces=pieces,
        notes=_resourced(node.notes, form.source),
        children=[_resourced_tree(child, form) for child in node.children],
    )
    if node.kind not in _BENT:
        return made
    at = _Carrier(here, here_new, form.bend)
    joint = node.joint
    if joint is not None and node.name in ("door_rl", "door_rr"):
        joint = _rear_joint(joint, form.rear_door)
    made_pieces = [at.piece(piece) for piece in pieces]
    return replace(
        made,
        pieces=made_pieces,
        children=[_reformed(child, here, here_new, form) for child in node.children],
        collision=[at.box(each) for each in node.collision],
        loose_collision=[
            at.box(each, inside=made_pieces) for each in node.loose_collision
        ],
        fasteners=[
            replace(f, position_m=at.point(f.position_m)) for f in node.fasteners
        ],
        ports=[at.port(port) for port in node.ports],
        joint=joint,
    )


def _resourced_tree(node: Node, form: Form) -> Node:
    """Return what hangs on a part that is not bent: as it was, and where from."""
    return replace(
        node,
        notes=_resourced(node.notes, form.source),
        children=[_resourced_tree(child, form) for child in node.children],
    )


def _rear_joint(joint: Joint, kind: str) -> Joint:
    """Return the joint of a rear door: as it was, or a rail backwards."""
    if kind == joint.type:
        return joint
    return Joint(joint.name, kind, (-1.0, 0.0, 0.0), 0.0, 0.75)


@dataclass(frozen=True, slots=True)
class _Carrier:
    """Carries what a node says from the old form to the new one."""

    here: Points
    here_new: Points
    bend: Bend

    def points(self, local: Points) -> Points:
        in_car = local @ self.here[:3, :3].T + self.here[:3, 3]
        back: Points = (self.bend(in_car) - self.here_new[:3, 3]) @ self.here_new[
            :3, :3
        ]
        return back

    def point(self, local: Vector3) -> Vector3:
        return _triple(self.points(np.array([local]))[0])

    def piece(self, piece: Piece) -> Piece:
        shape = piece.shape
        normals = None
        if shape.normals is not None:
            normals = self._normals(shape.positions_m, shape.normals)
        bent = Shape(self.points(shape.positions_m), shape.triangles, normals)
        return Piece(piece.paint, bent, piece.crease_deg)

    def _jacobian(self, local: Points) -> Points:
        columns = [
            (self.points(local + step) - self.points(local - step)) / (2.0 * _STEP_M)
            for step in np.eye(3) * _STEP_M
        ]
        return np.stack(columns, axis=2)

    def _normals(self, local: Points, normals: Points) -> Points:
        """Return normals of the bent skin: across what was across it before."""
        across = np.swapaxes(self._jacobian(local), 1, 2)
        bent = np.linalg.solve(across, normals[:, :, None])[..., 0]
        unit: Points = bent / np.linalg.norm(bent, axis=1, keepdims=True)
        return unit

    def port(self, port: Port) -> Port:
        """Return a port that faces off the bent skin as it did off the old one."""
        frame = rotation_from_wxyz(port.wxyz)
        at = np.array([port.position_m])
        out = self._normals(at, frame[None, :, 0])[0]
        across = self._jacobian(at)[0] @ frame[:, 1]
        made = replace(
            port,
            position_m=self.point(port.position_m),
            wxyz=turned(_triple(out), _triple(across)),
        )
        if port.size_m is None or port.flat_within_m is None:
            return made
        # A flat patch bends by this much; what it was off flat comes on top.
        half_y, half_z = port.size_m[0] / 2.0, port.size_m[1] / 2.0
        patch = np.array(
            [
                at[0] + a * half_y * frame[:, 1] + b * half_z * frame[:, 2]
                for a in (-1.0, 0.0, 1.0)
                for b in (-1.0, 0.0, 1.0)
            ]
        )
        bow = (self.points(patch) - np.array(made.position_m)) @ out
        return replace(
            made, flat_within_m=port.flat_within_m + float(np.abs(bow).max())
        )

    def box(self, entry: Box | Roll, inside: Sequence[Piece] = ()) -> Box | Roll:
        """Return the box round the bent corners; cylinders only move.

        Args:
            entry: In the old form.
            inside: What is seen, beyond which the box must not reach.
        """
        if isinstance(entry, Roll):
            return replace(entry, position_m=self.point(entry.position_m))
        half = np.array(entry.size_m) / 2.0
        signs = np.array(
            [[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=float
        )
        corners = self.points(signs * half + np.array(entry.position_m))
        low, high = corners.min(axis=0), corners.max(axis=0)
        if inside:
            seen = np.vstack([piece.shape.positions_m for piece in inside])
            low = np.maximum(low, seen.min(axis=0))
            high = np.minimum(high, seen.max(axis=0))
        return between(_triple(low), _triple(high))


def _triple(values: Points) -> Vector3:
    x, y, z = (round(float(value), 6) for value in values)
    return (x, y, z)


def _repainted(piece: Piece, colour: Paint) -> Piece:
    is_skin = piece.paint in (paint.CAR_PAINT, paint.CAR_PAINT_RED)
    return replace(piece, paint=colour) if is_skin else piece


def _resourced(notes: Mapping[str, Json], source: str) -> dict[str, Json]:
    said = dict(notes)
    if "confidence" in said:
        said["source"] = source
    return said
