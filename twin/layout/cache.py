"""Meshes that took long to cook, kept in the user's cache folder by content.

Deleting the folder is safe at any time: whatever is missing is cooked again.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twin.state import MeshArrays

MAX_BYTES = 256 * 1024 * 1024
"""The folder is kept below this; a cooked robot takes about half a megabyte."""

_FIELDS = ("positions_m", "normals", "colours", "triangles")


def cache_folder() -> Path:
    """Return where this user's cooked meshes are kept.

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
    folder = cache_folder()
    path = folder / f"{key}.npz"
    found = _read(path)
    if found is not None:
        return found
    made = dict(cook())
    try:
        _write(path, made)
        _keep_small(folder)
    except OSError as error:
        # A cache that cannot be written costs time, nothing else.
        logging.getLogger(__name__).debug("%s: not cached: %s", path, error)
    return made


def _read(path: Path) -> dict[str, MeshArrays] | None:
    try:
        with np.load(path, allow_pickle=False) as stored:
            names = [str(name) for name in stored["names"]]
            return {
                name: MeshArrays(*(stored[f"{place}/{field}"] for field in _FIELDS))
                for place, name in enumerate(names)
            }
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return None


def _write(path: Path, meshes: Mapping[str, MeshArrays]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, NDArray[np.generic]] = {"names": np.array(list(meshes))}
    for place, mesh in enumerate(meshes.values()):
        for field in _FIELDS:
            arrays[f"{place}/{field}"] = getattr(mesh, field)
    handle, partial = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            np.savez(stream, allow_pickle=False, **arrays)
        # Two processes may cook at once; each puts a whole file in place.
        os.replace(partial, path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise


def _keep_small(folder: Path) -> None:
    """Delete the oldest files until the folder is below its bound."""
    aged = []
    for file in folder.glob("*.npz"):
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
