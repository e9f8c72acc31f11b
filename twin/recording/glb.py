"""A mesh as binary glTF, for programs that read recordings without this one."""

from __future__ import annotations

import struct
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from twin.state import MeshArrays

_FLOAT: Final = 5126
_UNSIGNED_SHORT: Final = 5123
_UNSIGNED_INT: Final = 5125
_VERTEX_BUFFER: Final = 34962
_INDEX_BUFFER: Final = 34963


def glb_of(mesh: MeshArrays) -> bytes:
    """Return a mesh as a GLB file: +Y up, linear vertex colours, both sides drawn.

    Source:
        Khronos glTF 2.0 specification, sections 3.6 (accessors), 3.7.2.1 (vertex
        attributes), 4 (GLB container).
    """
    positions = _y_up(mesh.positions_m)
    parts = (
        positions.tobytes(),
        _y_up(mesh.normals).tobytes(),
        _linear(mesh.colours).tobytes(),
        mesh.triangles.astype("<u4").tobytes(),
    )
    views: list[dict[str, int]] = []
    offset = 0
    for number, part in enumerate(parts):
        target = _INDEX_BUFFER if number == 3 else _VERTEX_BUFFER
        views.append(
            {
                "buffer": 0,
                "byteOffset": offset,
                "byteLength": len(part),
                "target": target,
            }
        )
        offset += len(part)
    n_vertices = len(positions)
    seen_through = bool((mesh.colours[:, 3] < 255).any())
    document = {
        "asset": {"version": "2.0", "generator": "flins-twin"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [
            {
                "primitives": [
                    {
                        "attributes": {"POSITION": 0, "NORMAL": 1, "COLOR_0": 2},
                        "indices": 3,
                        "material": 0,
                    }
                ]
            }
        ],
        "materials": [
            {
                "pbrMetallicRoughness": {"metallicFactor": 0.0, "roughnessFactor": 0.8},
                "doubleSided": True,
                "alphaMode": "BLEND" if seen_through else "OPAQUE",
            }
        ],
        "accessors": [
            {
                "bufferView": 0,
                "componentType": _FLOAT,
                "count": n_vertices,
                "type": "VEC3",
                "min": positions.min(axis=0).tolist(),
                "max": positions.max(axis=0).tolist(),
            },
            {
                "bufferView": 1,
                "componentType": _FLOAT,
                "count": n_vertices,
                "type": "VEC3",
            },
            {
                "bufferView": 2,
                "componentType": _UNSIGNED_SHORT,
                "normalized": True,
                "count": n_vertices,
                "type": "VEC4",
            },
            {
                "bufferView": 3,
                "componentType": _UNSIGNED_INT,
                "count": mesh.triangles.size,
                "type": "SCALAR",
            },
        ],
        "bufferViews": views,
        "buffers": [{"byteLength": offset}],
    }
    text = msgspec.json.encode(document)
    text += b" " * (-len(text) % 4)
    binary = b"".join(parts)
    binary += b"\0" * (-len(binary) % 4)
    total = 12 + 8 + len(text) + 8 + len(binary)
    return b"".join(
        (
            struct.pack("<4sII", b"glTF", 2, total),
            struct.pack("<I4s", len(text), b"JSON"),
            text,
            struct.pack("<I4s", len(binary), b"BIN\0"),
            binary,
        )
    )


def _y_up(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return Z-up vectors in glTF's frame, (n, 3): x stays, up becomes +Y."""
    x, y, z = vectors.T
    return np.column_stack([x, z, -y]).astype("<f4")


def _linear(srgb: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """Return sRGB colours as linear light, alpha as it is, (n, 4) uint16.

    Source:
        IEC 61966-2-1, inverse transfer function.
    """
    value = np.arange(256) / 255.0
    light = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    steps = np.rint(light * 65535.0).astype("<u2")
    colours: NDArray[np.uint16] = steps[srgb]
    colours[:, 3] = srgb[:, 3].astype("<u2") * 257
    return colours
