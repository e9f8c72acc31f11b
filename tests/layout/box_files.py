"""Small files that the layout's tests read, sound ones and spoilt ones."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np

Json = dict[str, Any]

CORNERS_M = np.array(
    [[x, y, z] for x in (0.0, 2.0) for y in (0.0, 1.0) for z in (0.0, 0.5)],
    dtype=np.float32,
)
"""A box of 2 x 1 x 0.5 m from the origin, corners."""

FACES = np.array(
    [
        [0, 1, 3],
        [0, 3, 2],
        [4, 6, 7],
        [4, 7, 5],
        [0, 4, 5],
        [0, 5, 1],
        [2, 3, 7],
        [2, 7, 6],
        [0, 2, 6],
        [0, 6, 4],
        [1, 5, 7],
        [1, 7, 3],
    ],
    dtype=np.uint16,
)
"""Its triangles, outward."""


def box_gltf() -> tuple[Json, bytes]:
    """Return the JSON and the binary part of a GLB with one red box."""
    positions, indices = CORNERS_M.tobytes(), FACES.tobytes()
    gltf: Json = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"name": "box", "mesh": 0}],
        "meshes": [
            {
                "primitives": [
                    {"attributes": {"POSITION": 0}, "indices": 1, "material": 0}
                ]
            }
        ],
        "materials": [
            {"pbrMetallicRoughness": {"baseColorFactor": [0.5, 0.0, 1.0, 0.25]}}
        ],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 8, "type": "VEC3"},
            {"bufferView": 1, "componentType": 5123, "count": 36, "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": len(positions)},
            {"buffer": 0, "byteOffset": len(positions), "byteLength": len(indices)},
        ],
        "buffers": [{"byteLength": len(positions) + len(indices)}],
    }
    return gltf, positions + indices


def glb(gltf: Json, binary: bytes) -> bytes:
    """Return a GLB file of a JSON and a binary part."""
    text = json.dumps(gltf).encode()
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    body = struct.pack("<II", len(text), 0x4E4F534A) + text
    body += struct.pack("<II", len(binary), 0x004E4942) + binary
    return b"glTF" + struct.pack("<II", 2, 12 + len(body)) + body


def stl(corners_m: np.ndarray[Any, Any]) -> bytes:
    """Return a binary STL of triangles, (t, 3, 3)."""
    rows = b"".join(
        struct.pack("<12fH", 0.0, 0.0, 1.0, *triangle.reshape(-1).tolist(), 0)
        for triangle in corners_m
    )
    return b"\0" * 80 + struct.pack("<I", len(corners_m)) + rows
