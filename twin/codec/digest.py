"""One digest of the whole model state, to compare runs by."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from twin.state import Scene, StateFrame


def state_sha256(scene: Scene, frame: StateFrame) -> str:
    """Return the sha256 (hex) of a model state.

    Tick and time first, then movers (position m, quaternion wxyz, visible), machines
    (state, reason), joints and scalars, each sorted by name: the name in UTF-8, a
    zero byte, then its values as little-endian float64. Every NaN counts as one.

    Raises:
        ValueError: If the frame does not follow the scene's order.
    """
    digest = hashlib.sha256()
    digest.update(np.array([frame.tick, frame.sim_time_s], "<f8").tobytes())
    poses = np.column_stack(
        [frame.position_in_world_m, frame.orientation_wxyz, frame.visible]
    )
    machines = np.column_stack([frame.machine_state, frame.machine_reason])
    groups: list[tuple[str, Sequence[str], NDArray[np.float64]]] = [
        ("movers", scene.movers, poses),
        ("machines", scene.machines, machines.astype(np.float64)),
        ("joints", scene.joints, frame.joint_position[:, None]),
        ("scalars", [scalar.id for scalar in scene.scalars], frame.scalar[:, None]),
    ]
    for group, names, values in groups:
        if len(names) != len(values):
            raise ValueError(
                f"{group}: {len(values)} in the frame, {len(names)} in the scene; "
                "give the frame's own scene"
            )
        plain = np.where(np.isnan(values), np.nan, values).astype("<f8")
        digest.update(group.encode("utf-8") + b"\0")
        for row in sorted(range(len(names)), key=lambda at: names[at]):
            digest.update(names[row].encode("utf-8") + b"\0" + plain[row].tobytes())
    return digest.hexdigest()
