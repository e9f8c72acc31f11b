"""What a mesh's edges tell: where it bends or ends, and which parts are closed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from twin.state import MeshArrays

CREASE_RAD = np.radians(32.0)
"""Sharper bends are drawn. Tessellated cylinders of 12 sides and more stay smooth."""

_WELD_M = 1e-4
"""Vertices closer than this are one corner; meshes repeat them per normal."""


def crease_edges(
    mesh: MeshArrays, crease_rad: float = CREASE_RAD
) -> NDArray[np.uint32]:
    """Return the edges to draw as lines.

    Args:
        mesh: Any mesh; its own repeated vertices count as one where they meet.
        crease_rad: Bend between two faces from which their edge is drawn.

    Returns:
        Vertex indices of the mesh, (e, 2) uint32, each edge once.
    """
    if not len(mesh.triangles):
        return np.zeros((0, 2), np.uint32)
    corners, first_vertex = _corners(mesh)
    points = mesh.positions_m[mesh.triangles]
    across = np.cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0])
    length = np.linalg.norm(across, axis=1)
    flat = length > 1e-12
    corners, normals = corners[flat], across[flat] / length[flat, None]

    ends = np.concatenate((corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]))
    face = np.tile(np.arange(len(corners)), 3)
    ends = np.sort(ends, axis=1)
    keep = ends[:, 0] != ends[:, 1]
    ends, face = ends[keep], face[keep]
    if not len(ends):
        return np.zeros((0, 2), np.uint32)
    n_corners = len(first_vertex)
    key = ends[:, 0] * n_corners + ends[:, 1]
    order = np.argsort(key, kind="stable")
    key, face, ends = key[order], face[order], ends[order]
    starts = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1])))
    counts = np.diff(np.append(starts, len(key)))
    paired = starts[counts == 2]
    bend = np.einsum("ij,ij->i", normals[face[paired]], normals[face[paired + 1]])
    # Faces of opposite winding bend by the supplement: sign carries no meaning here.
    sharp = paired[np.abs(bend) < np.cos(crease_rad)]
    chosen = np.sort(np.concatenate((starts[counts == 1], sharp)))
    edges: NDArray[np.uint32] = first_vertex[ends[chosen]].astype(np.uint32)
    return edges


def outward_triangles(
    mesh: MeshArrays,
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return the triangles of closed parts, wound outward, and the others.

    Of a closed part nobody ever sees the inside, so that half of its triangles
    need not be drawn.

    Args:
        mesh: Any mesh; its own repeated vertices count as one where they meet.

    Returns:
        Closed (c, 3) uint32, counter-clockwise from outside, and open (o, 3).
    """
    triangles = mesh.triangles
    if not len(triangles):
        return triangles, triangles
    corners, first_vertex = _corners(mesh)
    n_corners = len(first_vertex)
    tails, heads = corners.reshape(-1), np.roll(corners, -1, axis=1).reshape(-1)
    links = coo_array(
        (np.ones(len(tails), np.int8), (tails, heads)), shape=(n_corners, n_corners)
    )
    _, part_of_corner = connected_components(links, directed=False)
    part = part_of_corner[corners[:, 0]]
    n_parts = int(part_of_corner.max()) + 1
    # Closed and wound alike: each way along an edge is gone once, and once back.
    there, back = tails * n_corners + heads, heads * n_corners + tails
    ways, n_times = np.unique(there, return_counts=True)
    at = np.minimum(np.searchsorted(ways, there), len(ways) - 1)
    returns = np.minimum(np.searchsorted(ways, back), len(ways) - 1)
    sound = (n_times[at] == 1) & (ways[returns] == back) & (tails != heads)
    closed = np.ones(n_parts, bool)
    closed[np.repeat(part, 3)[~sound]] = False
    points = mesh.positions_m[triangles].astype(np.float64)
    six_volumes_m3 = np.einsum(
        "ij,ij->i", points[:, 0], np.cross(points[:, 1], points[:, 2])
    )
    part_volume_m3 = np.bincount(part, six_volumes_m3, minlength=n_parts)
    inward = part_volume_m3[part] < 0.0
    wound = np.where(inward[:, None], triangles[:, ::-1], triangles)
    is_closed = closed[part]
    return wound[is_closed], triangles[~is_closed]


def _corners(mesh: MeshArrays) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    cells = np.round(mesh.positions_m / _WELD_M).astype(np.int64)
    _, first_vertex, corner_of_vertex = np.unique(
        cells, axis=0, return_index=True, return_inverse=True
    )
    return corner_of_vertex.reshape(-1)[mesh.triangles.astype(np.int64)], first_vertex
