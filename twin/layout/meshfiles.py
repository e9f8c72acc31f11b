"""STL, OBJ and COLLADA files as surfaces in metres."""

from __future__ import annotations

import io
import struct
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from twin.errors import LayoutError
from twin.layout.meshes import Surface, checked_surface
from twin.transforms import Matrix, transform_points

DEFAULT_RGBA = (178, 178, 178, 255)

Z_UP_FROM: dict[str, Matrix] = {
    "z": np.eye(4),
    "y": np.array(
        [
            [1.0, 0.0, 0.0, 0.0],
            [0.0, 0.0, -1.0, 0.0],
            [0.0, 1.0, 0.0, 0.0],
            [0.0, 0.0, 0.0, 1.0],
        ]
    ),
    "x": np.array(
        [
            [0.0, -1.0, 0.0, 0.0],
            [0.0, 0.0, -1.0, 0.0],
            [1.0, 0.0, 0.0, 0.0],
            [0.0, 0.0, 0.0, 1.0],
        ]
    ),
}
"""Turns a file's up axis onto +Z; glTF's +Y up and +Z forward give -Y forward."""


def read_surfaces(path: Path) -> tuple[Surface, ...]:
    """Return what a mesh file holds, one surface a material.

    STL and OBJ state no unit: their numbers are taken as metres. COLLADA states
    unit and up axis, and both are applied.

    Raises:
        LayoutError: If the file is missing or is no whole mesh of its kind.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise LayoutError(f"{path}: cannot be read; give a mesh file") from error
    kind = path.suffix.lower()
    if content[:512].lstrip()[:1] == b"<" and b"<html" in content[:2048].lower():
        raise LayoutError(f"{path}: a web page, not a mesh; download the file itself")
    if kind == ".stl":
        surfaces = _stl_surfaces(path, content)
    elif kind == ".dae":
        surfaces = _collada_surfaces(path, content)
    elif kind == ".obj":
        surfaces = _obj_surfaces(path, content)
    else:
        raise LayoutError(f"{path}: kind {kind!r}; give .glb, .stl, .obj or .dae")
    return tuple(checked_surface(str(path), surface) for surface in surfaces)


def _stl_surfaces(path: Path, content: bytes) -> list[Surface]:
    if len(content) < 84:
        raise LayoutError(f"{path}: {len(content)} bytes is no STL; export it again")
    (count,) = struct.unpack_from("<I", content, 80)
    if len(content) == 84 + 50 * count:
        record = np.dtype(
            [("normal", "<f4", 3), ("corner", "<f4", (3, 3)), ("", "<u2")]
        )
        corners = np.frombuffer(content, record, count, 84)["corner"].astype(np.float64)
        triangles = np.arange(3 * count, dtype=np.int64).reshape(-1, 3)
        return [Surface(corners.reshape(-1, 3), triangles, DEFAULT_RGBA)]
    if not content.lstrip().startswith(b"solid"):
        raise LayoutError(
            f"{path}: {count} triangles need {84 + 50 * count} bytes, got "
            f"{len(content)}; the file is cut short or no STL"
        )
    return _ascii_stl_surfaces(path, content)


def _ascii_stl_surfaces(path: Path, content: bytes) -> list[Surface]:
    words = content.split()
    if not words or b"endsolid" not in words:
        raise LayoutError(f"{path}: STL text has no endsolid; the file is cut short")
    places = [place for place, word in enumerate(words) if word == b"vertex"]
    try:
        corners = np.array(
            [[float(word) for word in words[place + 1 : place + 4]] for place in places]
        )
    except ValueError as error:
        raise LayoutError(f"{path}: a vertex is no number; export it again") from error
    if not places or len(places) % 3 or corners.shape != (len(places), 3):
        raise LayoutError(f"{path}: {len(places)} vertices; STL has 3 a triangle")
    triangles = np.arange(len(places), dtype=np.int64).reshape(-1, 3)
    return [Surface(corners, triangles, DEFAULT_RGBA)]


def _obj_surfaces(path: Path, content: bytes) -> list[Surface]:
    vertices: list[list[float]] = []
    triangles: list[tuple[int, int, int]] = []
    for number, line in enumerate(content.splitlines(), start=1):
        words = line.split()
        if not words or words[0] not in (b"v", b"f"):
            continue
        try:
            if words[0] == b"v":
                x, y, z = (float(word) for word in words[1:4])
                vertices.append([x, y, z])
                continue
            corners = [int(word.split(b"/")[0]) for word in words[1:]]
        except ValueError as error:
            raise LayoutError(
                f"{path}:{number}: no number where one is due; export it again"
            ) from error
        # Negative counts back from the newest vertex; positive counts from one.
        at = [
            corner - 1 if corner > 0 else len(vertices) + corner for corner in corners
        ]
        triangles.extend((at[0], at[k], at[k + 1]) for k in range(1, len(at) - 1))
    if not triangles:
        raise LayoutError(f"{path}: no faces; give an OBJ with a mesh")
    return [
        Surface(
            np.array(vertices, dtype=np.float64).reshape(-1, 3),
            np.array(triangles, dtype=np.int64),
            DEFAULT_RGBA,
        )
    ]


def _collada_surfaces(path: Path, content: bytes) -> list[Surface]:
    # Reading COLLADA is rare, since its outcome is cached.
    import collada

    with warnings.catch_warnings():
        # pycollada still makes numpy matrices, which warn that they will go.
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        try:
            document = collada.Collada(io.BytesIO(content))
            # Polygons become triangles in here, since that makes matrices too.
            meshes = [
                mesh
                for geometry in document.scene.objects("geometry")
                for primitive in geometry.primitives()
                if (mesh := _collada_triangles(primitive)) is not None
            ]
        except Exception as error:  # it lets XML, key and value errors through
            raise LayoutError(
                f"{path}: not COLLADA ({type(error).__name__}); export it again"
            ) from error
    unit_m = float(document.assetInfo.unitmeter or 1.0)
    up = str(document.assetInfo.upaxis or "Y_UP")[0].lower()
    found: list[Surface] = []
    for triangles in meshes:
        if triangles.vertex is None or len(triangles.vertex_index) == 0:
            continue
        found.append(
            Surface(
                transform_points(
                    Z_UP_FROM[up], np.asarray(triangles.vertex, float) * unit_m
                ),
                np.asarray(triangles.vertex_index, dtype=np.int64),
                _collada_rgba(triangles.material),
            )
        )
    if not found:
        raise LayoutError(f"{path}: no triangles; give a mesh with faces")
    return found


def _collada_triangles(primitive: Any) -> Any:
    """Return a primitive as triangles, or None where it has lines instead of faces."""
    kind = type(primitive).__name__
    if kind not in ("BoundTriangleSet", "BoundPolylist", "BoundPolygons"):
        return None
    return primitive if "Triangle" in kind else primitive.triangleset()


def _collada_rgba(material: object) -> tuple[int, int, int, int]:
    diffuse = getattr(getattr(material, "effect", None), "diffuse", None)
    if not isinstance(diffuse, tuple) or len(diffuse) < 3:
        return DEFAULT_RGBA
    red, green, blue = (round(255 * min(max(float(c), 0.0), 1.0)) for c in diffuse[:3])
    return (red, green, blue, 255)
