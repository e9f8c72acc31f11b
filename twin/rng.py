"""Random streams that belong to a name."""

from __future__ import annotations

import zlib

import numpy as np


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the random stream that belongs to ``name``.

    A stream depends on ``seed`` and ``name`` only: whatever a scenario gains or
    loses elsewhere, this name keeps its draws.

    Args:
        seed: Seed of the run, >= 0.
        name: Purpose of the draws, such as "receive/stop_error".
    """
    key = zlib.crc32(name.encode("utf-8"))
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(key,)))
