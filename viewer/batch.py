"""A Scene's meshes merged into one set of arrays, and a frame's poses as texels.

Every vertex names the *slot* that carries it. Slot 0 stands still in the world;
slot ``i + 1`` is mover ``i`` of the StateFrame. What is rigid with a mover is baked
into its coordinates, so one draw call with one small texture of poses shows all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.errors import CodecError
from twin.state import Entity, MeshArrays, Quality, Scene, StateFrame
from twin.transforms import Matrix, transform, transform_points
from viewer.creases import crease_edges, outward_triangles
from viewer.display import PREDICTED_OPACITY, STALE_DESATURATION, linear_from_srgb

VERTEX = np.dtype(
    [
        ("a_position", np.float32, 3),
        ("a_normal", np.float32, 3),
        ("a_colour", np.float32, 4),
        ("a_slot", np.float32),
        ("a_entity", np.float32),
    ]
)
"""Metres in the slot's frame; colour is linear with alpha; entity counts from 1."""

TEXELS_PER_SLOT = 3
SLOTS_PER_ROW = 256
"""Bound to the shaders: a row of 768 texels fits any driver's width limit."""

SHELL_KINDS = frozenset({"hall", "floor", "wall", "roof", "building"})
"""Kinds that throw no shadow: inside a hall the light comes from its lamps."""


@dataclass(frozen=True, slots=True)
class Box:
    """Axis-aligned extent in a slot's frame, m.

    Attributes:
        slot: Which pose carries it.
        low: (3,) float64.
        high: (3,) float64.
    """

    slot: int
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    def corners_m(self) -> NDArray[np.float64]:
        """Return the 8 corners in the slot's frame, (8, 3)."""
        picks = np.array([[(i >> axis) & 1 for axis in range(3)] for i in range(8)])
        return np.where(picks == 0, self.low, self.high)


@dataclass(frozen=True, slots=True)
class Batch:
    """A Scene ready to draw.

    Attributes:
        vertices: (v,) of ``VERTEX``.
        closed: Solid triangles of closed parts, wound outward, statics first,
            (t, 3) uint32.
        open: The other solid triangles, seen from both sides, (o, 3) uint32.
        casters: Those of both that throw shadows, (c, 3) uint32.
        see_through: Triangles with alpha below 255, (s, 3) uint32.
        edges: Crease lines, (e, 2) uint32.
        boxes: Extent of each entity that has a mesh, by entity index.
        n_slots: Movers plus one.
    """

    vertices: NDArray[np.void]
    closed: NDArray[np.uint32]
    open: NDArray[np.uint32]
    casters: NDArray[np.uint32]
    see_through: NDArray[np.uint32]
    edges: NDArray[np.uint32]
    boxes: Mapping[int, Box]
    n_slots: int

    def triangles_of(self, entities: NDArray[np.int64]) -> NDArray[np.uint32]:
        """Return all triangles of the entities with these indices, (t, 3) uint32."""
        triangles = np.concatenate((self.closed, self.open, self.see_through))
        owner = self.vertices["a_entity"][triangles[:, 0]].astype(np.int64) - 1
        return np.ascontiguousarray(triangles[np.isin(owner, entities)])


@dataclass(frozen=True, slots=True)
class _Piece:
    entity: int
    slot: int
    casts: bool
    mesh: MeshArrays
    slot_from_entity: Matrix


@dataclass(frozen=True, slots=True)
class _Form:
    """A mesh's triangles by how they are drawn, and its lines."""

    closed: NDArray[np.uint32]
    open: NDArray[np.uint32]
    see_through: NDArray[np.uint32]
    edges: NDArray[np.uint32]

    @classmethod
    def of_mesh(cls, mesh: MeshArrays) -> _Form:
        is_clear = mesh.colours[:, 3] < 255
        closed, open_ = outward_triangles(mesh)
        clear_closed = is_clear[closed].any(axis=1)
        clear_open = is_clear[open_].any(axis=1)
        return cls(
            closed=closed[~clear_closed],
            open=open_[~clear_open],
            see_through=np.concatenate((closed[clear_closed], open_[clear_open])),
            edges=crease_edges(mesh),
        )


def build_batch(scene: Scene, meshes: Mapping[str, MeshArrays]) -> Batch:
    """Return the Scene's meshes as one set of arrays.

    Args:
        scene: What there is; carriers stand before what they hold.
        meshes: Shapes by sha256; one that is absent is not drawn.

    Raises:
        CodecError: If an entity is carried by one that does not come before it.
    """
    pieces: list[_Piece] = []
    boxes: dict[int, Box] = {}
    homes: dict[str, tuple[int, Matrix]] = {"": (0, np.eye(4))}
    for index, entity in enumerate(scene.entities):
        homes[entity.id] = _home(entity, homes, scene.name)
        mesh = meshes.get(entity.mesh)
        if mesh is None or not len(mesh.triangles):
            continue
        slot, slot_from_entity = homes[entity.id]
        casts = entity.kind not in SHELL_KINDS
        pieces.append(_Piece(index, slot, casts, mesh, slot_from_entity))
        points = transform_points(slot_from_entity, mesh.positions_m)
        boxes[index] = Box(slot, points.min(axis=0), points.max(axis=0))
    # Statics first: a mover that is drawn see-through blends over what stands behind.
    pieces.sort(key=lambda piece: piece.slot != 0)
    return _merge(pieces, boxes, n_slots=len(scene.movers) + 1)


def _home(
    entity: Entity, homes: Mapping[str, tuple[int, Matrix]], scene_name: str
) -> tuple[int, Matrix]:
    if entity.mover >= 0:
        return entity.mover + 1, np.eye(4)
    if entity.carrier not in homes:
        raise CodecError(
            f"scene {scene_name!r}: {entity.id!r} is carried by {entity.carrier!r},"
            " which does not come before it; put carriers first"
        )
    slot, slot_from_carrier = homes[entity.carrier]
    return slot, slot_from_carrier @ transform(entity.pose[:3], entity.pose[3:])


def _merge(pieces: list[_Piece], boxes: Mapping[int, Box], n_slots: int) -> Batch:
    forms: dict[int, _Form] = {}
    blocks: list[NDArray[np.void]] = []
    closed, open_, casters, see_through, edges = (
        [np.zeros((0, width), np.uint32)] for width in (3, 3, 3, 3, 2)
    )
    first = np.uint32(0)
    for piece in pieces:
        mesh = piece.mesh
        if id(mesh) not in forms:
            forms[id(mesh)] = _Form.of_mesh(mesh)
        form = forms[id(mesh)]
        blocks.append(_vertices(piece))
        closed.append(form.closed + first)
        open_.append(form.open + first)
        see_through.append(form.see_through + first)
        edges.append(form.edges + first)
        if piece.casts:
            casters += [closed[-1], open_[-1]]
        first += np.uint32(len(mesh.positions_m))
    return Batch(
        vertices=np.concatenate(blocks) if blocks else np.zeros(0, VERTEX),
        closed=np.concatenate(closed),
        open=np.concatenate(open_),
        casters=np.concatenate(casters),
        see_through=np.concatenate(see_through),
        edges=np.concatenate(edges),
        boxes=boxes,
        n_slots=n_slots,
    )


def _vertices(piece: _Piece) -> NDArray[np.void]:
    block = np.zeros(len(piece.mesh.positions_m), VERTEX)
    block["a_position"] = transform_points(
        piece.slot_from_entity, piece.mesh.positions_m
    )
    block["a_normal"] = piece.mesh.normals @ piece.slot_from_entity[:3, :3].T
    block["a_colour"][:, :3] = linear_from_srgb(piece.mesh.colours[:, :3])
    block["a_colour"][:, 3] = piece.mesh.colours[:, 3] / 255.0
    block["a_slot"] = piece.slot
    block["a_entity"] = piece.entity + 1
    return block


def pose_texels(frame: StateFrame, n_slots: int) -> NDArray[np.float32]:
    """Return a frame's poses as the texture the shaders read.

    Three texels a slot: position x, y, z in m and opacity (0 hides);
    quaternion x, y, z, w; and desaturation 0 to 1 with three values unused.

    Args:
        frame: The state to show.
        n_slots: Slots of the batch; a mover the frame does not know is hidden.

    Returns:
        (rows, ``SLOTS_PER_ROW * TEXELS_PER_SLOT``, 4) float32.
    """
    n_rows = -(-n_slots // SLOTS_PER_ROW)
    texels = np.zeros((n_rows * SLOTS_PER_ROW, TEXELS_PER_SLOT, 4), np.float32)
    texels[:, 1, 3] = 1.0
    texels[0, 0, 3] = 1.0
    n_known = min(n_slots - 1, len(frame.visible))
    moving = texels[1 : n_known + 1]
    moving[:, 0, :3] = frame.position_in_world_m[:n_known]
    moving[:, 0, 3] = frame.visible[:n_known]
    moving[:, 1, :3] = frame.orientation_wxyz[:n_known, 1:]
    moving[:, 1, 3] = frame.orientation_wxyz[:n_known, 0]
    if frame.mover_provenance is not None:
        quality = frame.mover_provenance.quality[:n_known]
        moving[quality == Quality.PREDICTED, 0, 3] *= PREDICTED_OPACITY
        moving[quality >= Quality.STALE, 2, 0] = STALE_DESATURATION
    return texels.reshape(n_rows, SLOTS_PER_ROW * TEXELS_PER_SLOT, 4)


def world_from_slot(frame: StateFrame, slot: int) -> Matrix:
    """Return the pose of a slot as a 4x4 transform; slot 0 is the world itself."""
    if slot == 0:
        return np.eye(4)
    return transform(
        frame.position_in_world_m[slot - 1], frame.orientation_wxyz[slot - 1]
    )


def decoded_ids(rgba: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return the entity index of each pixel of an id picture, -1 where none is."""
    wide = rgba.astype(np.int64)
    entities: NDArray[np.int64] = (
        wide[..., 0] + (wide[..., 1] << 8) + (wide[..., 2] << 16) - 1
    )
    return entities
