"""What took long to work out, kept in the user's cache folder by what it is made of.

Deleting the folder is safe at any time: whatever is missing is worked out again.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from twin.state import MeshArrays

MAX_BYTES = 256 * 1024 * 1024
"""The folder is kept below this; a cooked robot takes about half a megabyte."""

_DIGEST_BYTES = 32
_SUFFIXES = frozenset({".meshes", ".ways"})


def cache_folder() -> Path:
    """Return where what this user's twin worked out is kept.

    ``FLINS_CACHE`` says where; otherwise the platform's place for caches.
    """
    stated = os.environ.get("FLINS_CACHE")
    if stated:
        return Path(stated)
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        base = Path(local) if local else Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        xdg = os.environ.get("XDG_CACHE_HOME")
        base = Path(xdg) if xdg else Path.home() / ".cache"
    return base / "flins-twin"


def cooked_meshes(
    key: str, cook: Callable[[], Mapping[str, MeshArrays]]
) -> dict[str, MeshArrays]:
    """Return meshes by name from the cache, cooking and keeping them if missing.

    Args:
        key: sha256 (hex) of everything that the outcome depends on.
        cook: Makes the meshes.
    """
    name = f"{key}.meshes"
    kept = read_kept(name)
    if kept is not None:
        return _decoded(kept)
    made = dict(cook())
    keep(name, _encoded(made))
    return made


def read_kept(name: str) -> bytes | None:
    """Return what was kept under a name, or None if it is missing or damaged."""
    try:
        content = (cache_folder() / name).read_bytes()
    except OSError:
        return None
    digest, payload = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    return payload if hashlib.sha256(payload).digest() == digest else None


def keep(name: str, payload: bytes) -> None:
    """Keep bytes under a name, whole or not at all; the oldest make room.

    Args:
        name: The sha256 (hex) of all that they depend on, and what they are:
            ``.meshes`` or ``.ways``.
        payload: What to keep.
    """
    path = cache_folder() / name
    try:
        _write(path, payload)
        _keep_small(path.parent)
    except OSError as error:
        # A cache that cannot be written costs time, nothing else.
        logging.getLogger(__name__).debug("%s: not cached: %s", path, error)


class _Cooked(msgspec.Struct, array_like=True):
    """A mesh as it is stored: little-endian arrays, row after row."""

    name: str
    positions_m: bytes
    normals: bytes
    colours: bytes
    triangles: bytes


def _decoded(payload: bytes) -> dict[str, MeshArrays]:
    return {
        mesh.name: MeshArrays(
            positions_m=_rows(mesh.positions_m, "<f4", 3).astype(np.float32),
            normals=_rows(mesh.normals, "<f4", 3).astype(np.float32),
            colours=_rows(mesh.colours, "<u1", 4).astype(np.uint8),
            triangles=_rows(mesh.triangles, "<u4", 3).astype(np.uint32),
        )
        for mesh in msgspec.msgpack.decode(payload, type=list[_Cooked])
    }


def _rows(stored: bytes, dtype: str, width: int) -> NDArray[np.generic]:
    return np.frombuffer(stored, dtype).reshape(-1, width)


def _encoded(meshes: Mapping[str, MeshArrays]) -> bytes:
    return msgspec.msgpack.encode(
        [
            _Cooked(
                name,
                mesh.positions_m.astype("<f4").tobytes(),
                mesh.normals.astype("<f4").tobytes(),
                mesh.colours.tobytes(),
                mesh.triangles.astype("<u4").tobytes(),
            )
            for name, mesh in meshes.items()
        ]
    )


def _write(path: Path, payload: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(hashlib.sha256(payload).digest() + payload)
        # Two processes may write at once; each puts a whole file in place.
        os.replace(partial, path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise


def _keep_small(folder: Path) -> None:
    """Delete the oldest files until the folder is below its bound."""
    aged = []
    for file in folder.iterdir():
        if file.suffix not in _SUFFIXES:
            continue
        try:
            status = file.stat()
        except FileNotFoundError:
            continue
        aged.append((status.st_mtime_ns, status.st_size, file))
    total = sum(size for _, size, _ in aged)
    for _, size, file in sorted(aged):
        if total <= MAX_BYTES:
            return
        file.unlink(missing_ok=True)
        total -= size
