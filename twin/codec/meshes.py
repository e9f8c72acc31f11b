"""Meshes as bytes: compact for the wire, exact for recordings.

Compact: positions in 16-bit steps of the bounding box where that is at most
0.1 mm off, float32 otherwise; normals as two 16-bit octahedral numbers, at most
0.01 degrees off; colours and triangles exact. Exact: float32 arrays as they are.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from twin.codec.envelope import Cursor, Kind, seal, spaced
from twin.errors import CodecError
from twin.state import MeshArrays

_HEAD: Final = struct.Struct("<IIB3d3d")
"""Vertices, triangles, layout bits, lowest corner m, step of a position m."""
_DIGEST_BYTES: Final = 32
_QUANTISED: Final = 1
_OCTAHEDRAL: Final = 2
_WIDE_INDICES: Final = 4
_MAX_STEP_M: Final = 2e-4
_POSITION_STEPS: Final = 65535
_NORMAL_STEPS: Final = 32767


@dataclass(frozen=True, slots=True)
class Mesh:
    """A mesh and the name a Scene calls it by.

    Attributes:
        sha256: Hex digest of the maker's arrays (``MeshArrays.sha256``). Arrays
            that travelled compact differ from those within the stated errors.
        arrays: The shape.
    """

    sha256: str
    arrays: MeshArrays


def encode_mesh(mesh: MeshArrays, *, exact: bool = False) -> bytes:
    """Return the unstamped message of a mesh.

    Raises:
        CodecError: If the mesh is over the limit, not finite, or has normals
            without length.
    """
    if not (np.isfinite(mesh.positions_m).all() and np.isfinite(mesh.normals).all()):
        raise CodecError("codec: mesh: a vertex is not finite; repair the mesh")
    n_vertices = len(mesh.positions_m)
    if mesh.triangles.size and int(mesh.triangles.max()) >= n_vertices:
        raise CodecError(
            f"codec: mesh: a triangle names a vertex beyond {spaced(n_vertices)}; "
            "repair the mesh"
        )
    low, step = _grid(mesh.positions_m)
    layout = 0
    if not exact and float(step.max()) <= _MAX_STEP_M:
        layout |= _QUANTISED
    if not exact:
        layout |= _OCTAHEDRAL
    if n_vertices > 2**16:
        layout |= _WIDE_INDICES
    positions: NDArray[Any] = mesh.positions_m.astype("<f4")
    if layout & _QUANTISED:
        safe = np.where(step > 0.0, step, 1.0)
        positions = np.rint((mesh.positions_m - low) / safe).astype("<u2")
    normals: NDArray[Any] = mesh.normals.astype("<f4")
    if layout & _OCTAHEDRAL:
        normals = _octahedral(mesh.normals)
    rest = b"".join(
        (
            _HEAD.pack(n_vertices, len(mesh.triangles), layout, *low, *step),
            positions.tobytes(),
            normals.tobytes(),
            mesh.colours.tobytes(),
            mesh.triangles.astype("<u4" if layout & _WIDE_INDICES else "<u2").tobytes(),
        )
    )
    name = bytes.fromhex(mesh.sha256())
    return seal(Kind.MESH, name + hashlib.sha256(rest).digest() + rest)


def decode_mesh(body: memoryview) -> Mesh:
    """Return the mesh in a body.

    Two digests stand in front: the mesh's name, which is the digest of the maker's
    arrays, and that of the bytes behind it. The second is always verified; the
    first too if the arrays travelled exact.

    Raises:
        CodecError: If a digest, a length or a number is wrong.
    """
    cursor = Cursor("mesh", body)
    name = bytes(cursor.take(_DIGEST_BYTES)).hex()
    digest = bytes(cursor.take(_DIGEST_BYTES))
    if hashlib.sha256(cursor.rest()).digest() != digest:
        raise CodecError(f"codec: mesh {name[:12]} is damaged; ask for it again")
    n_vertices, n_triangles, layout, *grid = _HEAD.unpack(cursor.take(_HEAD.size))
    if layout > 7 or not np.isfinite(grid).all():
        raise CodecError(f"codec: mesh {name[:12]} has layout {layout}; update this")
    low, step = np.array(grid[:3]), np.array(grid[3:])
    if layout & _QUANTISED:
        steps = _array(cursor, "<u2", n_vertices, 3)
        with np.errstate(over="ignore"):  # infinities are refused below
            positions = (low + steps * step).astype(np.float32)
    else:
        positions = _array(cursor, "<f4", n_vertices, 3).astype(np.float32)
    if layout & _OCTAHEDRAL:
        normals = _from_octahedral(_array(cursor, "<i2", n_vertices, 2))
    else:
        normals = _array(cursor, "<f4", n_vertices, 3).astype(np.float32)
    colours = _array(cursor, "u1", n_vertices, 4).copy()
    index_type = "<u4" if layout & _WIDE_INDICES else "<u2"
    triangles = _array(cursor, index_type, n_triangles, 3).astype(np.uint32)
    cursor.finish()
    if triangles.size and int(triangles.max()) >= n_vertices:
        raise CodecError(f"codec: mesh {name[:12]}: a triangle names no vertex")
    if not (np.isfinite(positions).all() and np.isfinite(normals).all()):
        raise CodecError(f"codec: mesh {name[:12]}: a vertex is not finite")
    arrays = MeshArrays(positions, normals, colours, triangles)
    if not layout & (_QUANTISED | _OCTAHEDRAL) and arrays.sha256() != name:
        raise CodecError(f"codec: mesh {name[:12]} is not what its name says")
    return Mesh(name, arrays)


def _grid(
    positions_m: NDArray[np.float32],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if not len(positions_m):
        return np.zeros(3), np.zeros(3)
    low = positions_m.min(axis=0).astype(np.float64)
    high = positions_m.max(axis=0).astype(np.float64)
    return low, (high - low) / _POSITION_STEPS


def _array(cursor: Cursor, row_type: str, rows: int, columns: int) -> NDArray[Any]:
    width = np.dtype(row_type).itemsize
    taken = cursor.take(rows * columns * width)
    return np.frombuffer(taken, row_type).reshape(rows, columns)


def _octahedral(normals: NDArray[np.float32]) -> NDArray[np.int16]:
    """Return unit vectors folded onto a square, (n, 2) int16.

    Source:
        Z. Cigolle et al., "A survey of efficient representations for independent
        unit vectors", Journal of Computer Graphics Techniques 3(2), 2014.
    """
    vectors = normals.astype(np.float64)
    lengths = np.abs(vectors).sum(axis=1, keepdims=True)
    if not (lengths > 0.0).all():
        raise CodecError("codec: mesh: a normal has no length; repair the mesh")
    vectors = vectors / lengths
    square = vectors[:, :2]
    signs = np.where(square >= 0.0, 1.0, -1.0)
    folded = (1.0 - np.abs(square[:, ::-1])) * signs
    square = np.where(vectors[:, 2:] >= 0.0, square, folded)
    steps: NDArray[np.int16] = np.rint(square * _NORMAL_STEPS).astype("<i2")
    return steps


def _from_octahedral(square: NDArray[np.int16]) -> NDArray[np.float32]:
    flat = np.clip(square / _NORMAL_STEPS, -1.0, 1.0)
    z = 1.0 - np.abs(flat).sum(axis=1, keepdims=True)
    signs = np.where(flat >= 0.0, 1.0, -1.0)
    unfolded = np.where(z >= 0.0, flat, (1.0 - np.abs(flat[:, ::-1])) * signs)
    vectors = np.concatenate([unfolded, z], axis=1)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32)
