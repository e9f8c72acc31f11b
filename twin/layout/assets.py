"""Assets: named node trees with shapes, masses, joints, fasteners and ports.

A shipped asset is a GLB whose nodes say in ``extras`` what they are; a foreign
mesh file is an asset of bare shapes. Either way every node frame is Z up and in
metres.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import msgspec
import numpy as np

from twin.errors import LayoutError
from twin.layout.extras import asset_node
from twin.layout.glb import GlbNode, read_glb
from twin.layout.meshes import merged, placed, shaded
from twin.layout.meshfiles import Z_UP_FROM, read_surfaces
from twin.layout.nodes import (
    Asset,
    AssetNode,
    Box,
    Contents,
    Cylinder,
    Fastener,
    Footprint,
    Grip,
    Joint,
)
from twin.share import share_folder
from twin.state import Label
from twin.transforms import Matrix

__all__ = [
    "METRES_PER",
    "Asset",
    "AssetNode",
    "Box",
    "Contents",
    "Cylinder",
    "Fastener",
    "Footprint",
    "Grip",
    "Joint",
    "asset_names",
    "load_asset",
]

METRES_PER: Mapping[str, float] = MappingProxyType(
    {"m": 1.0, "cm": 0.01, "mm": 0.001, "in": 0.0254, "ft": 0.3048}
)


class _ManifestEntry(msgspec.Struct):
    file: str
    sha256: str


def load_asset(name_or_path: str, *, unit: str = "", up: str = "") -> Asset:
    """Return a shipped asset by name, or a mesh file as an asset.

    Args:
        name_or_path: Such as "lift_table", or the path of a ``.glb``, ``.stl``,
            ``.obj`` or ``.dae`` file.
        unit: Unit of the file's numbers: m, cm, mm, in, ft. GLB is in metres
            unless said otherwise; STL and OBJ must say.
        up: The file's up axis: x, y or z. GLB is y unless said otherwise; STL
            and OBJ must say.

    Raises:
        LayoutError: If the asset is unknown, was changed, or its file is not a
            sound mesh.
    """
    if "." not in name_or_path and "/" not in name_or_path:
        return _load_shipped(name_or_path)
    path = Path(name_or_path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise LayoutError(f"{path}: cannot be read; give a mesh file") from error
    if path.suffix.lower() == ".glb":
        return _asset_from_glb(path.stem, str(path), content, unit or "m", up or "y")
    return _asset_from_surfaces(path, content, unit, up)


def asset_names() -> tuple[str, ...]:
    """Return the names of all shipped assets, in order.

    Raises:
        LayoutError: If the manifest cannot be read.
    """
    return tuple(sorted(_manifest(share_folder() / "assets")))


def _manifest(folder: Path) -> dict[str, _ManifestEntry]:
    try:
        text = (folder / "manifest.json").read_bytes()
        return msgspec.json.decode(text, type=dict[str, _ManifestEntry])
    except (OSError, msgspec.DecodeError) as error:
        raise LayoutError(
            f"{folder / 'manifest.json'}: cannot be read; run make assets"
        ) from error


def _load_shipped(name: str) -> Asset:
    folder = share_folder() / "assets"
    manifest = _manifest(folder)
    if name not in manifest:
        raise LayoutError(
            f"asset {name!r}: unknown; available: {', '.join(sorted(manifest))}"
        )
    path = folder / manifest[name].file
    try:
        content = path.read_bytes()
    except OSError as error:
        raise LayoutError(f"{path}: cannot be read; run make assets") from error
    found = hashlib.sha256(content).hexdigest()
    if found != manifest[name].sha256:
        raise LayoutError(
            f"{path}: sha256 {found[:12]}… is not the manifest's "
            f"{manifest[name].sha256[:12]}…; run make assets"
        )
    return _asset_from_glb(name, str(path), content, "m", "y")


def _z_up_metres(where: str, unit: str, up: str) -> tuple[float, Matrix]:
    if unit not in METRES_PER:
        raise LayoutError(
            f"{where}: unit {unit!r}; state one of {', '.join(METRES_PER)}"
        )
    if up not in Z_UP_FROM:
        raise LayoutError(f"{where}: up axis {up!r}; state one of x, y, z")
    return METRES_PER[unit], Z_UP_FROM[up]


def _asset_from_surfaces(path: Path, content: bytes, unit: str, up: str) -> Asset:
    if path.suffix.lower() == ".dae":
        if unit or up:
            raise LayoutError(
                f"{path}: COLLADA states its own unit and axis; leave unit and up out"
            )
        unit, up = "m", "z"
    metres, z_up_from_file = _z_up_metres(str(path), unit, up)
    z_up_from_file = z_up_from_file.copy()
    z_up_from_file[:3, :3] *= metres
    mesh = merged([shaded(surface) for surface in read_surfaces(path)])
    node = AssetNode(
        name=path.stem,
        parent="",
        parent_from_node=np.eye(4),
        mesh=placed(mesh, z_up_from_file),
        label=Label(en=path.stem, fr=path.stem),
    )
    return Asset(path.stem, (node,), hashlib.sha256(content).hexdigest())


def _asset_from_glb(name: str, where: str, content: bytes, unit: str, up: str) -> Asset:
    metres, z_up_from_file = _z_up_metres(where, unit, up)
    nodes = read_glb(where, content)
    if not any(node.mesh is not None and len(node.mesh.triangles) for node in nodes):
        raise LayoutError(f"{where}: no triangles; give a file with a mesh")
    poses = [_in_metres(node.parent_from_node, metres) for node in nodes]
    for place, node in enumerate(nodes):
        if node.parent < 0:
            poses[place] = z_up_from_file @ poses[place]
    meshes = [
        None
        if node.mesh is None
        else placed(node.mesh, np.diag([metres] * 3 + [1.0]))
        if metres != 1.0
        else node.mesh
        for node in nodes
    ]
    parents = [node.parent for node in nodes]
    if not all(_is_rigid(pose) for pose in poses):
        # Scaled nodes cannot keep rigid frames of their own: bake them flat.
        for place, parent in enumerate(parents):
            if parent >= 0:
                poses[place] = poses[parent] @ poses[place]
        meshes = [
            None if mesh is None else placed(mesh, pose)
            for mesh, pose in zip(meshes, poses, strict=True)
        ]
        poses = [np.eye(4) for _ in poses]
        parents = [-1 for _ in parents]
    dropped = _wrapper(nodes)
    names = _unique_names(
        ["" if place == dropped else node.name for place, node in enumerate(nodes)]
    )
    if dropped >= 0:
        for place, parent in enumerate(parents):
            if parent == dropped:
                poses[place] = poses[dropped] @ poses[place]
                parents[place] = -1
    made = [
        asset_node(
            where,
            names[place],
            names[parents[place]] if parents[place] >= 0 else "",
            # The root's turn and ours cancel to within rounding; take that off.
            np.round(poses[place], 12) + 0.0,
            meshes[place],
            nodes[place].extras,
        )
        for place in range(len(nodes))
        if place != dropped
    ]
    return Asset(name, tuple(made), hashlib.sha256(content).hexdigest())


def _in_metres(matrix: Matrix, metres: float) -> Matrix:
    scaled = matrix.copy()
    scaled[:3, 3] *= metres
    return scaled


def _is_rigid(matrix: Matrix) -> bool:
    rotation = matrix[:3, :3]
    return bool(
        np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-6)
        and np.linalg.det(rotation) > 0.0
    )


def _wrapper(nodes: tuple[GlbNode, ...]) -> int:
    """Return the one bare root that only turns the axes, or -1."""
    roots = [place for place, node in enumerate(nodes) if node.parent < 0]
    if len(roots) != 1 or len(nodes) == 1:
        return -1
    root = nodes[roots[0]]
    return roots[0] if root.mesh is None and not root.extras else -1


def _unique_names(names: list[str]) -> list[str]:
    taken: set[str] = set()
    unique: list[str] = []
    for place, name in enumerate(names):
        stem = name or f"node_{place}"
        candidate, number = stem, 2
        while candidate in taken:
            candidate, number = f"{stem}_{number}", number + 1
        taken.add(candidate)
        unique.append(candidate)
    return unique
