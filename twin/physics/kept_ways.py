"""Ways around obstacles that were searched for once, kept for the next start.

A search takes seconds and gives the same way whenever it is asked the same. What it was
asked is known to the last bit: everything that stands in the world where it plans, the
stops, the limits, the seed, and the code. Their digest is the name that the ways are
kept under, so a file is never stale; one that is damaged is a missing one.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from twin.kinematics.planner import Planner
from twin.kinematics.programme import PlannedProgramme, Stop
from twin.layout.cache import keep, read_kept
from twin.physics.world import World

_FOLDERS = ("kinematics", "layout", "physics")
_LIBRARIES = ("eaik", "numpy", "ompl", "pybullet", "ruckig")


class _Way(msgspec.Struct, array_like=True):
    """Corners of the way to a stop, row after row."""

    stop: int
    joints: int
    corners: bytes


def plan_with_kept_ways(
    planner: Planner,
    world: World,
    asked: Sequence[object],
    stops: Sequence[Stop],
    mounted: str,
    margin_m: float,
) -> PlannedProgramme:
    """Return a programme, its ways taken from an earlier start if one searched them.

    Args:
        planner: Of the arm.
        world: Where it plans, everything in its place.
        asked: What else decides what is in the arm's way.
        stops: What the arm does.
        mounted: Tool at the flange before the first.
        margin_m: How much more than the clearance ways keep where they can.

    Raises:
        KinematicsError: If it cannot be done.
        MissingPartError: If a way has to be searched and ompl is missing.
    """
    request = [
        [
            (body.name, body.links, body.pose(), body.bolted, _joints(world, body_id))
            for body_id, body in world.bodies.items()
        ],
        (planner.limits, planner.line, planner.home, list(planner.vias), planner.seed),
        (list(asked), list(stops), mounted, margin_m),
        _code_sha256(),
    ]
    name = f"{hashlib.sha256(_encoder().encode(request)).hexdigest()}.ways"
    kept = read_kept(name)
    if kept is not None:
        return planner.plan(stops, mounted, ways=_decoded(kept), sure=True)
    planned = planner.plan(stops, mounted, margin_m=margin_m)
    keep(name, _encoded(planned.ways()))
    return planned


def _joints(world: World, body_id: int) -> list[float]:
    n_joints = world.call("getNumJoints", body_id)
    if not n_joints:
        return []
    states = world.call("getJointStates", body_id, range(n_joints))
    return [state[0] for state in states]


def _encoder() -> msgspec.msgpack.Encoder:
    return msgspec.msgpack.Encoder(enc_hook=_plain, order="deterministic")


def _plain(value: Any) -> object:
    if isinstance(value, np.ndarray):
        return (value.shape, value.dtype.str, np.ascontiguousarray(value).tobytes())
    if isinstance(value, np.generic):
        return value.item()
    raise NotImplementedError(f"{type(value).__name__}: no plain form")


def _encoded(ways: Mapping[int, NDArray[np.float64]]) -> bytes:
    return msgspec.msgpack.encode(
        [
            _Way(stop, corners.shape[1], corners.astype("<f8").tobytes())
            for stop, corners in ways.items()
        ]
    )


def _decoded(payload: bytes) -> dict[int, NDArray[np.float64]]:
    return {
        way.stop: np.frombuffer(way.corners, "<f8").reshape(-1, way.joints)
        for way in msgspec.msgpack.decode(payload, type=list[_Way])
    }


@functools.cache
def _code_sha256() -> str:
    """Return the digest of the code that plans, and of what it plans with."""
    digest = hashlib.sha256()
    package = Path(__file__).parents[1]
    for folder in _FOLDERS:
        for path in sorted((package / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    for library in _LIBRARIES:
        try:
            digest.update(version(library).encode())
        except PackageNotFoundError:
            digest.update(b"none")
    return digest.hexdigest()
