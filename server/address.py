"""The address a server listens at."""

from __future__ import annotations

import ipaddress
import os
import socket

from twin.errors import ServiceError


def listening_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens at a loopback address.

    Args:
        host: Address, or "localhost".
        port: Port, or 0 for any that is free.

    Raises:
        ServiceError: If the address isn't loopback or the port cannot be had.
    """
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError as error:
        raise ServiceError(
            f"server: {host!r} is not an address; give 127.0.0.1"
        ) from error
    if not address.is_loopback:
        raise ServiceError(
            f"server: {host} can be reached from outside, and there is no sign-in yet; "
            "give 127.0.0.1"
        )
    if not 0 <= port <= 65535:
        raise ServiceError(f"server: port {port} does not exist; give 0 to 65535")
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    # On Windows this option would share a port that is in use.
    if os.name == "posix":
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((str(address), port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise ServiceError(
            f"server: port {port} at {host} cannot be had: {error.strerror or error}; "
            "give another --port, or 0 for any that is free"
        ) from error
    return listening
