"""Random streams that belong to a name."""

from __future__ import annotations

import hashlib
import zlib

import numpy as np

_HALF_WORD = 0xFFFFFFFF
_MULTIPLIER_0, _MULTIPLIER_1 = 0xD2511F53, 0xCD9E8D57
_WEYL_0, _WEYL_1 = 0x9E3779B9, 0xBB67AE85
_N_ROUNDS = 10


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


def uniform_at(seed: int, name: str, number: int, replication: int = 0) -> float:
    """Return variate ``number`` of the counter-based stream that belongs to a name.

    It is the very number that flow's compiled streams give at that place, so what
    is drawn here by the number of a car is what flow draws for that car.

    Args:
        seed: Seed of the run, >= 0.
        name: Purpose of the draws, such as "car/door/missing".
        number: Of the variate, from 0.
        replication: Number of the run, in [0, 2^32).

    Returns:
        A number in (0, 1), a multiple of 2^-53.

    Raises:
        ValueError: If ``number`` or ``replication`` is out of range.

    Source:
        Philox4x32-10: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
        easy as 1, 2, 3", SC'11, section 3.3, doi:10.1145/2063384.2063405.
    """
    if not 0 <= number < 2**63:
        raise ValueError(f"number: got {number}; give 0 to 2^63 - 1")
    if not 0 <= replication < 2**32:
        raise ValueError(f"replication: got {replication}; give 0 to 2^32 - 1")
    digest = hashlib.blake2b(f"{seed}/{name}".encode(), digest_size=8).digest()
    words = _philox(number >> 1, replication, int.from_bytes(digest, "little"))
    low, high = words[2:] if number & 1 else words[:2]
    return max(((high << 32) | low) >> 11, 1) * 2.0**-53


def _philox(place: int, replication: int, key: int) -> tuple[int, int, int, int]:
    """Return the four words of a counter: two of the place, the replication, 0."""
    c0, c1, c2, c3 = place & _HALF_WORD, place >> 32, replication, 0
    k0, k1 = key & _HALF_WORD, key >> 32
    for _ in range(_N_ROUNDS):
        product_0, product_1 = _MULTIPLIER_0 * c0, _MULTIPLIER_1 * c2
        c0, c1, c2, c3 = (
            (product_1 >> 32) ^ c1 ^ k0,
            product_1 & _HALF_WORD,
            (product_0 >> 32) ^ c3 ^ k1,
            product_0 & _HALF_WORD,
        )
        k0, k1 = (k0 + _WEYL_0) & _HALF_WORD, (k1 + _WEYL_1) & _HALF_WORD
    return c0, c1, c2, c3
