"""Where the compiled kernel is kept, and when what is kept is stale.

Numba by itself looks at the file of the function that is cached, so a change in any
other file of the kernel would go unseen. Here the folder bears the checksum of all.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core import cgutils
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
    compile_all = dispatcher.compile

    def compile_lean(signature: Any) -> Any:
        with _slots_unfilled():
            return compile_all(signature)

    dispatcher.compile = compile_lean
    return cast(Function, dispatcher)


@contextlib.contextmanager
def _slots_unfilled() -> Iterator[None]:
    """Have numba not write zeros into the slots that it keeps on the stack.

    It gives each call two slots, for what comes back and for an exception, and fills
    them on entry to the function that calls, and so, once that is inlined, at every
    event: some sixty stores, a tenth of an event's time. A slot is written before it is
    read all the same. The filling guards references to Python objects, of which the
    kernel has none.
    """
    filling: Any = cgutils.alloca_once

    def unfilled(
        builder: Any, ty: Any, size: Any = None, name: str = "", zfill: bool = False
    ) -> Any:
        if size is not None or zfill:
            return filling(builder, ty, size, name, zfill)
        with builder.goto_entry_block():
            return builder.alloca(ty, name=name)

    cgutils.alloca_once = unfilled
    try:
        yield
    finally:
        cgutils.alloca_once = filling


def _keep_few(folder: Path) -> None:
    """Drop the kernels that have not been made for the longest."""
    versions = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)
    for old in versions[:-_KEPT]:
        shutil.rmtree(old, ignore_errors=True)
