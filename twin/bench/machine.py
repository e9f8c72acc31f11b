"""What a reader must know of the machine to judge figures taken on it."""

from __future__ import annotations

import os
import platform
from typing import Any

QUIET_LOAD = 0.5
"""Above it somebody else has a core for a good part of the time."""


def peak_memory_mb() -> float | None:
    """Return this process's largest resident size, MB, where it can be had."""
    try:
        import resource  # not on Windows
    except ImportError:
        return None
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def load_1min() -> float | None:
    """Return how many programs wanted a core over the last minute, where known."""
    if not hasattr(os, "getloadavg"):
        return None
    return round(os.getloadavg()[0], 2)


def machine() -> dict[str, Any]:
    """Return what a reader must know of the machine to judge the figures."""
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load_1min": load_1min(),
    }
