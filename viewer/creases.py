"""Edges at which a mesh bends sharply or ends: the lines of a CAD drawing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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
    cells = np.round(mesh.positions_m / _WELD_M).astype(np.int64)
    _, first_vertex, corner_of_vertex = np.unique(
        cells, axis=0, return_index=True, return_inverse=True
    )
    corners = corner_of_vertex.reshape(-1)[mesh.triangles.astype(np.int64)]
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
