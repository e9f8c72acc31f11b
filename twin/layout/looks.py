"""A car in another state or paint: what its asset's own rule makes of it.

The rule stands in the body's ``extras``: which parts are gone, what veil lies over
all colours, where the sheet is pushed in. So a state costs a few bytes, not a file.
"""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
from numpy.typing import NDArray

from twin.errors import LayoutError
from twin.layout.assets import load_asset
from twin.layout.nodes import Asset, AssetNode, Dent, Look, Looks
from twin.layout.plan import asset_from_nodes
from twin.state import MeshArrays
from twin.transforms import transform_points

# How fast the folds of dented sheet follow one another, 1/m.
_FOLDS_PER_M = 42.0
_FOLD_SHARE = 0.15


def looks_of(asset: Asset) -> Looks | None:
    """Return an asset's rule, or None if it looks only one way."""
    found = [node.looks for node in asset.nodes if node.looks is not None]
    return found[0] if found else None


def dressed(asset: Asset, state: str = "", paint: str = "") -> Asset:
    """Return an asset as it looks in a state and a paint.

    Args:
        asset: Such as a car; as stored it is clean, whole and in its own paint.
        state: One of its states, or "" for as stored.
        paint: One of its paints, or "" for its own.

    Returns:
        The nodes that are left, with new colours and shapes; of the state
        ``pressed`` another asset altogether.

    Raises:
        LayoutError: If it has no such state or paint.
    """
    if not state and not paint:
        return asset
    looks = looks_of(asset)
    if looks is None:
        raise LayoutError(
            f"asset {asset.name!r}: looks only one way; leave out state and paint"
        )
    if paint and paint not in looks.paints:
        known = ", ".join(looks.paints)
        raise LayoutError(f"asset {asset.name!r}: no paint {paint!r}; known: {known}")
    if state and state not in looks.states:
        known = ", ".join(looks.states)
        raise LayoutError(f"asset {asset.name!r}: no state {state!r}; known: {known}")
    look = looks.states[state] if state else Look()
    if look.asset:
        return load_asset(look.asset)
    poses = asset_from_nodes(asset)
    kept = _kept(asset, set(look.hidden))
    dress = _Dress(looks, look, looks.paints.get(paint, ""))
    nodes = tuple(
        node
        if node.mesh is None
        else replace(node, mesh=dress.mesh(node.mesh, poses[node.name]))
        for node in kept
    )
    digest = f"{asset.sha256}+{state}+{paint}"
    return Asset(asset.name, nodes, digest)


def _kept(asset: Asset, hidden: set[str]) -> list[AssetNode]:
    """Return the nodes that are neither hidden nor hang on one that is."""
    kept: list[AssetNode] = []
    gone: set[str] = set()
    for node in asset.nodes:
        if node.name in hidden or node.parent in gone:
            gone.add(node.name)
        else:
            kept.append(node)
    return kept


class _Dress(msgspec.Struct):
    looks: Looks
    look: Look
    paint_srgb: str

    def mesh(
        self, mesh: MeshArrays, asset_from_node: NDArray[np.float64]
    ) -> MeshArrays:
        positions, normals = mesh.positions_m, mesh.normals
        if self.look.dents:
            points = transform_points(asset_from_node, positions.astype(np.float64))
            pushed = points.copy()
            for dent in self.look.dents:
                pushed += _push_m(points, dent)
            turn = asset_from_node[:3, :3]
            local = (pushed - asset_from_node[:3, 3]) @ turn
            positions = local.astype(np.float32)
            if bool((np.abs(pushed - points) > 1e-6).any()):
                normals = _normals(positions, mesh)
        return MeshArrays(positions, normals, self._colours(mesh), mesh.triangles)

    def _colours(self, mesh: MeshArrays) -> NDArray[np.uint8]:
        colours = mesh.colours.copy()
        if self.paint_srgb:
            own = np.array(_channels(self.looks.paint_srgb), dtype=np.int64)
            # Stored linear and rounded: equal to within a step.
            near = np.abs(colours[:, :3].astype(np.int64) - own).max(axis=1) <= 1
            colours[near, :3] = _channels(self.paint_srgb)
        if self.look.veil_share > 0.0:
            veil = np.array(_channels(self.look.veil_srgb), dtype=np.float64)
            share = self.look.veil_share
            mixed = (1.0 - share) * colours[:, :3] + share * veil
            colours[:, :3] = np.round(mixed).astype(np.uint8)
        return colours


def _channels(srgb: str) -> tuple[int, int, int]:
    return (int(srgb[1:3], 16), int(srgb[3:5], 16), int(srgb[5:7], 16))


def _push_m(points: NDArray[np.float64], dent: Dent) -> NDArray[np.float64]:
    """Return by how much a dent moves points: deep in its middle, folded around."""
    push = np.array(dent.push) / np.linalg.norm(dent.push)
    away = points - np.array(dent.at_m)
    distance = np.linalg.norm(away, axis=1) / dent.radius_m
    fall = np.clip(1.0 - distance**2, 0.0, 1.0) ** 2
    folds = np.sin(_FOLDS_PER_M * (points @ np.array([0.6, 0.5, 0.62])))
    depth = dent.depth_m * fall * (1.0 + _FOLD_SHARE * folds)
    moved: NDArray[np.float64] = depth[:, None] * push
    return moved


def _normals(positions: NDArray[np.float32], mesh: MeshArrays) -> NDArray[np.float32]:
    """Return normals of the moved triangles, by area; where none, the old ones."""
    corners = positions.astype(np.float64)[mesh.triangles]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    total = np.zeros((len(positions), 3))
    for corner in range(3):
        np.add.at(total, mesh.triangles[:, corner], faces)
    length = np.linalg.norm(total, axis=1, keepdims=True)
    unit = np.where(length > 1e-12, total / np.maximum(length, 1e-12), mesh.normals)
    return unit.astype(np.float32)
