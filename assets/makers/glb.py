"""Writes an asset as binary glTF 2.0.

Own writer rather than a library's: the bytes must be the same on every machine
and under every library version, and nodes share a mesh only if we say so.

Source:
    Khronos, glTF 2.0 specification, sections 3 and 4 (GLB container).
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assets.makers.node import Asset, Json, Node, Piece
from assets.makers.paint import Paint
from assets.makers.shading import Shaded, shaded

_FLOAT, _UINT32 = 5126, 5125
_VERTEX_BUFFER, _INDEX_BUFFER = 34962, 34963
# Quaternion x, y, z, w of the turn by -90 degrees about x: Z up to Y up.
_Y_UP_FROM_Z_UP: list[Json] = [-0.7071067811865476, 0.0, 0.0, 0.7071067811865476]


class GlbWriter:
    """Collects one asset's nodes, meshes, materials and bytes."""

    def __init__(self, asset: Asset) -> None:
        self._binary = bytearray()
        self._views: list[Json] = []
        self._accessors: list[Json] = []
        self._meshes: list[Json] = []
        self._materials: list[Json] = []
        self._nodes: list[Json] = []
        self._material_index: dict[str, int] = {}
        self._mesh_index: dict[str, int] = {}
        root: dict[str, Json] = {"name": asset.name, "rotation": _Y_UP_FROM_Z_UP}
        self._nodes.append(root)
        children: list[Json] = [self._add_node(node) for node in asset.nodes]
        root["children"] = children

    def encode(self) -> bytes:
        """Return the file."""
        document: dict[str, Json] = {
            "asset": {"version": "2.0", "generator": "flins-twin assets"},
            "scene": 0,
            "scenes": [{"nodes": [0]}],
            "nodes": self._nodes,
            "meshes": self._meshes,
            "materials": self._materials,
            "accessors": self._accessors,
            "bufferViews": self._views,
            "buffers": [{"byteLength": len(self._binary)}],
        }
        text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
        chunk = text.encode("utf-8")
        chunk += b" " * (-len(chunk) % 4)
        total = 12 + 8 + len(chunk) + 8 + len(self._binary)
        return b"".join(
            (
                struct.pack("<4sII", b"glTF", 2, total),
                struct.pack("<I4s", len(chunk), b"JSON"),
                chunk,
                struct.pack("<I4s", len(self._binary), b"BIN\0"),
                bytes(self._binary),
            )
        )

    def _add_node(self, node: Node) -> int:
        entry: dict[str, Json] = {"name": node.name}
        index = len(self._nodes)
        self._nodes.append(entry)
        if any(node.position_m):
            entry["translation"] = [round(value, 6) + 0.0 for value in node.position_m]
        if node.wxyz != (1.0, 0.0, 0.0, 0.0):
            w, x, y, z = node.wxyz
            entry["rotation"] = [round(value, 9) + 0.0 for value in (x, y, z, w)]
        if node.pieces:
            entry["mesh"] = self._mesh(node.name, node.pieces)
        entry["extras"] = node.extras()
        if node.children:
            children: list[Json] = [self._add_node(child) for child in node.children]
            entry["children"] = children
        return index

    def _mesh(self, name: str, pieces: Sequence[Piece]) -> int:
        by_paint: dict[str, tuple[Paint, list[Shaded]]] = {}
        for piece in pieces:
            entry = by_paint.setdefault(piece.paint.name, (piece.paint, []))
            entry[1].append(shaded(piece.shape, piece.crease_deg))
        merged = [(paint, merge(parts)) for paint, parts in by_paint.values()]
        digest = hashlib.sha256()
        for paint, part in merged:
            digest.update(paint.name.encode("utf-8"))
            for array in (part.positions_m, part.normals, part.triangles):
                digest.update(array.tobytes())
        key = digest.hexdigest()
        if key not in self._mesh_index:
            self._mesh_index[key] = len(self._meshes)
            primitives: list[Json] = [
                self._primitive(paint, part) for paint, part in merged
            ]
            self._meshes.append({"name": name, "primitives": primitives})
        return self._mesh_index[key]

    def _primitive(self, paint: Paint, part: Shaded) -> Json:
        return {
            "attributes": {
                "POSITION": self._accessor(part.positions_m, "VEC3", bounded=True),
                "NORMAL": self._accessor(part.normals, "VEC3"),
            },
            "indices": self._accessor(part.triangles.ravel(), "SCALAR"),
            "material": self._material(paint),
        }

    def _accessor(
        self,
        array: NDArray[np.float32] | NDArray[np.uint32],
        shape: str,
        *,
        bounded: bool = False,
    ) -> int:
        content = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"))
        raw = content.tobytes()
        vertices = shape == "VEC3"
        self._views.append(
            {
                "buffer": 0,
                "byteOffset": len(self._binary),
                "byteLength": len(raw),
                "target": _VERTEX_BUFFER if vertices else _INDEX_BUFFER,
            }
        )
        self._binary += raw
        entry: dict[str, Json] = {
            "bufferView": len(self._views) - 1,
            "componentType": _FLOAT if vertices else _UINT32,
            "count": len(array),
            "type": shape,
        }
        if bounded:
            entry["min"] = [float(value) for value in array.min(axis=0)]
            entry["max"] = [float(value) for value in array.max(axis=0)]
        self._accessors.append(entry)
        return len(self._accessors) - 1

    def _material(self, paint: Paint) -> int:
        if paint.name not in self._material_index:
            self._material_index[paint.name] = len(self._materials)
            colour: list[Json] = list(paint.linear_rgba())
            entry: dict[str, Json] = {
                "name": paint.name,
                "pbrMetallicRoughness": {
                    "baseColorFactor": colour,
                    "metallicFactor": paint.metallic,
                    "roughnessFactor": paint.roughness,
                },
            }
            if paint.alpha < 1.0:
                entry["alphaMode"] = "BLEND"
            self._materials.append(entry)
        return self._material_index[paint.name]


def merge(parts: Sequence[Shaded]) -> Shaded:
    """Return several shaded parts as one."""
    offsets = np.cumsum([0] + [len(part.positions_m) for part in parts])
    return Shaded(
        np.vstack([part.positions_m for part in parts]),
        np.vstack([part.normals for part in parts]),
        np.vstack(
            [
                part.triangles + np.uint32(offset)
                for part, offset in zip(parts, offsets, strict=False)
            ]
        ),
    )
