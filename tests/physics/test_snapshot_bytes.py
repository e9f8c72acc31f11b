"""What is stored of a cell has the same bytes in any process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

_STORE = """
import hashlib
import sys

sys.path.insert(0, "tests/physics")
from cells import hurried, open_text

engine = open_text(hurried(), seed=5)
for _ in range(3):
    engine.advance(1500)
    print(hashlib.sha256(engine.store()).hexdigest())
engine.close()
"""


def stored(root_folder: Path, hash_seed: int) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", _STORE],
        cwd=root_folder,
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
        capture_output=True,
        text=True,
        check=True,
        timeout=240,
    )
    return done.stdout.split()


def test_sets_are_stored_in_an_order_of_their_own(root_folder: Path) -> None:
    first, second = (stored(root_folder, seed) for seed in (1, 2))
    assert len(set(first)) == 3
    assert first == second
