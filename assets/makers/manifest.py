"""The list of what the makers made: file, digest, unit, size."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import numpy as np

from assets.makers.glb import GlbWriter
from assets.makers.node import Asset, Json, Node
from assets.makers.shading import welded
from assets.makers.shape import Points
from twin.transforms import transform, transform_points


def build_files(assets: Mapping[str, Asset]) -> dict[str, bytes]:
    """Return every file the makers make: path below ``assets`` to content."""
    files: dict[str, bytes] = {}
    entries: dict[str, Json] = {}
    for name in sorted(assets):
        content = GlbWriter(assets[name]).encode()
        path = f"glb/{name}.glb"
        files[path] = content
        entries[name] = _entry(assets[name], path, content)
    text = json.dumps(entries, indent=2, ensure_ascii=False) + "\n"
    files["manifest.json"] = text.encode("utf-8")
    return files


def _entry(asset: Asset, path: str, content: bytes) -> dict[str, Json]:
    outline: list[Points] = []
    triangles = sum(_measure(node, np.eye(4), outline) for node in asset.nodes)
    points = np.vstack(outline)
    extents: list[Json] = [
        round(float(value), 4) for value in points.max(axis=0) - points.min(axis=0)
    ]
    return {
        "file": path,
        "sha256": hashlib.sha256(content).hexdigest(),
        "unit": "m",
        "up": "y",
        "triangles": triangles,
        "nodes": sum(1 for _ in asset.walk()),
        "extents_m": extents,
    }


def _measure(node: Node, asset_from_parent: Points, outline: list[Points]) -> int:
    """Add the node's points in the asset's frame; return its triangles."""
    asset_from_node = asset_from_parent @ transform(node.position_m, node.wxyz)
    n_triangles = 0
    for piece in node.pieces:
        points, triangles = welded(piece.shape)
        outline.append(transform_points(asset_from_node, points))
        n_triangles += len(triangles)
    for child in node.children:
        n_triangles += _measure(child, asset_from_node, outline)
    return n_triangles
