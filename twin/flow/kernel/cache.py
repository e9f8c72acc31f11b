"""Where the compiled kernel is kept, and when what is kept is stale.

Numba by itself looks at the file of the function that is cached, so a change in any
other file of the kernel would go unseen. Here the folder bears the checksum of all.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core.caching import (
    CompileResultCacheImpl,
    FunctionCache,
    _CacheLocator,
)

from twin.layout.cache import cache_folder

Function = TypeVar("Function", bound=Callable[..., Any])

_KEPT = 4
"""Kernels of so many versions are kept, some 3 MB each."""


def kernel_checksum() -> str:
    """Return the checksum of all that the compiled kernel is made from."""
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


class _Locator(_CacheLocator):
    """Tells numba where to keep a function, and what it was made from."""

    def __init__(self) -> None:
        self._checksum = kernel_checksum()

    def ensure_cache_path(self) -> None:
        super().ensure_cache_path()  # type: ignore[no-untyped-call]
        _keep_few(Path(self.get_cache_path()).parent)

    def get_cache_path(self) -> str:
        return str(cache_folder() / "kernels" / self._checksum)

    def get_source_stamp(self) -> str:
        return self._checksum

    def get_disambiguator(self) -> str:
        return self._checksum

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> _Locator:
        return cls()


class _CacheImpl(CompileResultCacheImpl):
    _locator_classes: list[Any] = [_Locator]  # noqa: RUF012 - numba's own name


class _KernelCache(FunctionCache):
    _impl_class = _CacheImpl


def kept(function: Function) -> Function:
    """Return the function compiled, and kept on disk for the next process."""
    dispatcher: Any = numba.njit(error_model="numpy", nogil=True)(function)
    dispatcher._cache = _KernelCache(function)  # type: ignore[no-untyped-call]
    return cast(Function, dispatcher)


def _keep_few(folder: Path) -> None:
    """Drop the kernels that have not been made for the longest."""
    versions = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)
    for old in versions[:-_KEPT]:
        shutil.rmtree(old, ignore_errors=True)
