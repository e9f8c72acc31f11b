"""The one door to pybullet: imported on first use, its chatter kept off stdout."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterator
from types import ModuleType

from twin.errors import MissingPartError


def load_bullet() -> ModuleType:
    """Return the pybullet module.

    Raises:
        MissingPartError: If it is not installed here.
    """
    try:
        with quiet_stdout():
            import pybullet
    except ImportError as error:
        raise MissingPartError(
            "physics: pybullet is not installed; it has wheels for Linux x86-64 with "
            "Python 3.11: pip install pybullet there, or run with --engine flow"
        ) from error
    module: ModuleType = pybullet
    return module


@contextlib.contextmanager
def quiet_stdout() -> Iterator[None]:
    """Send what C code prints on file descriptor 1 to nowhere.

    pybullet prints its build time and warnings with printf, which would spoil
    ``--json``.
    """
    if sys.platform == "win32":  # no pybullet there, hence nothing to silence
        yield
        return
    sys.stdout.flush()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        # printf keeps its text in a buffer of its own when 1 is no terminal.
        ctypes.CDLL(None).fflush(None)
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
