"""One whole cycle of the shipped cell, watched closely, for many tests to ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from watched import WatchedCycle


@pytest.fixture(scope="session")
def cycle() -> Iterator[WatchedCycle]:
    """The shipped scenario from its start until its first car has left."""
    watched = WatchedCycle()
    try:
        watched.run()
        yield watched
    finally:
        watched.engine.close()
