"""What holds for every test: no way out of this machine, and equal draws."""

from __future__ import annotations

import ipaddress
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# Equal examples on every machine, and no verdict by the clock: two cores are shared.
settings.register_profile("house", deadline=None, derandomize=True, database=None)
settings.load_profile("house")


def _refuse_the_outside(event: str, arguments: tuple[object, ...]) -> None:
    if event != "socket.connect":
        return
    address = arguments[1]
    if not isinstance(address, tuple):
        return  # a Unix socket, such as the X server's
    host = str(address[0])
    if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
        raise RuntimeError(f"tests: tried to connect to {host}; tests stay on loopback")


sys.addaudithook(_refuse_the_outside)


@pytest.fixture(scope="session")
def root_folder() -> Path:
    """The checkout's top folder."""
    return Path(__file__).resolve().parent.parent
