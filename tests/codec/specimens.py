"""Small scenes, frames and meshes that the tests of the wire share."""

from __future__ import annotations

import numpy as np

from twin.state import (
    Entity,
    Event,
    Label,
    MeshArrays,
    Provenance,
    Scalar,
    Scene,
    StateFrame,
)


def mesh(seed: int = 1, n_vertices: int = 40, size_m: float = 2.0) -> MeshArrays:
    rng = np.random.default_rng(seed)
    normals = rng.normal(size=(n_vertices, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return MeshArrays(
        rng.uniform(0, size_m, (n_vertices, 3)).astype(np.float32),
        normals.astype(np.float32),
        rng.integers(0, 256, (n_vertices, 4), dtype=np.uint8),
        rng.integers(0, n_vertices, (2 * n_vertices, 3), dtype=np.uint32),
    )


def scene(n_movers: int = 3, revision: int = 1, mesh_sha256: str = "") -> Scene:
    names = tuple(f"cell/part_{number}" for number in range(n_movers))
    return Scene(
        name="cell",
        revision=revision,
        dt_s=1 / 240,
        entities=tuple(
            Entity(
                id=name,
                label=Label(en="part", fr="pièce"),
                kind="part",
                mesh=mesh_sha256,
                mover=number,
                machine=0,
            )
            for number, name in enumerate(names)
        ),
        movers=names,
        machines=("cell/lift", "cell/robot"),
        joints=("a_1", "a_2"),
        scalars=(Scalar("load", Label("Load", "Charge"), "N"),),
        timezone="Europe/Paris",
    )


def frame(
    tick: int = 0, n_movers: int = 3, revision: int = 1, *, provenance: bool = False
) -> StateFrame:
    rng = np.random.default_rng(tick)
    orientation = rng.normal(size=(n_movers, 4))
    orientation /= np.linalg.norm(orientation, axis=1, keepdims=True)
    return StateFrame(
        tick=tick,
        sim_time_s=tick / 240,
        scene_revision=revision,
        position_in_world_m=rng.uniform(-50, 50, (n_movers, 3)),
        orientation_wxyz=orientation,
        visible=rng.random(n_movers) > 0.5,
        joint_position=rng.uniform(-3, 3, 2),
        machine_state=rng.integers(0, 18, 2, dtype=np.uint8),
        machine_reason=rng.integers(0, 8, 2, dtype=np.uint8),
        scalar=np.array([np.nan if tick % 5 == 0 else rng.normal()]),
        machine_provenance=Provenance(
            np.array([0, 2], np.uint8), np.array([tick / 240, 1.5])
        )
        if provenance
        else None,
    )


def event(serial: int = 1, tick: int = 12) -> Event:
    return Event(
        serial=serial,
        tick=tick,
        sim_time_s=tick / 240,
        kind="AlarmRaised",
        source="cell/robot",
        text="alarm.contact",
        severity=2,
        arguments={"force_n": 12.5, "body": "pack"},
    )
