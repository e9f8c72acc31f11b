"""The one door to pybullet: imported on first use, its chatter kept to itself."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from types import ModuleType

from twin.errors import MissingPartError


def load_bullet() -> ModuleType:
    """Return the pybullet module.

    Raises:
        MissingPartError: If it is not installed here.
    """
    try:
        # It tells its build time on standard error, where errors have one line.
        with _silenced(1), _silenced(2):
            import pybullet
    except ImportError as error:
        raise MissingPartError(
            "physics: pybullet is not installed; it has wheels for Linux x86-64 with "
            "Python 3.11: pip install pybullet there, or run with --engine flow"
        ) from error
    module: ModuleType = pybullet
    return module


def quiet_stdout() -> AbstractContextManager[None]:
    """Send what C code prints on file descriptor 1 to nowhere.

    pybullet prints warnings with printf, which would spoil ``--json``.
    """
    return _silenced(1)


@contextlib.contextmanager
def _silenced(descriptor: int) -> Iterator[None]:
    if sys.platform == "win32":  # no pybullet there, hence nothing to silence
        yield
        return
    (sys.stdout if descriptor == 1 else sys.stderr).flush()
    kept = os.dup(descriptor)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, descriptor)
        yield
    finally:
        # printf keeps its text in a buffer of its own when 1 is no terminal.
        ctypes.CDLL(None).fflush(None)
        os.dup2(kept, descriptor)
        os.close(kept)
        os.close(nowhere)
