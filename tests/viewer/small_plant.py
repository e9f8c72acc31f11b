"""A small plant of boxes, for pictures and laws that need no real meshes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from twin.state import (
    Camera,
    Entity,
    Label,
    MachineState,
    MeshArrays,
    Reason,
    Scalar,
    Scene,
    StateFrame,
)

Plant = tuple[Scene, dict[str, MeshArrays], StateFrame]
Compare = Callable[[str, NDArray[np.uint8]], None]
"""Compares a picture with the golden one of that name."""

FACES = (
    ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    ((-1, 0, 0), (0, 0, 1), (0, 1, 0)),
    ((0, 1, 0), (0, 0, 1), (1, 0, 0)),
    ((0, -1, 0), (1, 0, 0), (0, 0, 1)),
    ((0, 0, 1), (1, 0, 0), (0, 1, 0)),
    ((0, 0, -1), (0, 1, 0), (1, 0, 0)),
)


def box(
    size_m: tuple[float, float, float],
    colour: tuple[int, int, int] | tuple[int, int, int, int],
    centre_m: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> MeshArrays:
    """Return a box with flat faces, 24 vertices, 12 triangles."""
    half = np.asarray(size_m) / 2.0
    positions, normals, triangles = [], [], []
    for normal, u, v in FACES:
        middle = np.asarray(normal) * half
        first = len(positions)
        for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
            corner = middle + a * np.asarray(u) * half + b * np.asarray(v) * half
            positions.append(corner + centre_m)
            normals.append(normal)
        triangles += [(first, first + 1, first + 2), (first, first + 2, first + 3)]
    rgba = (*colour, 255) if len(colour) == 3 else colour
    return MeshArrays(
        positions_m=np.array(positions, np.float32),
        normals=np.array(normals, np.float32),
        colours=np.tile(np.array(rgba, np.uint8), (len(positions), 1)),
        triangles=np.array(triangles, np.uint32),
    )


def joined(*meshes: MeshArrays) -> MeshArrays:
    """Return several meshes as one."""
    starts = np.cumsum([0, *(len(mesh.positions_m) for mesh in meshes[:-1])])
    return MeshArrays(
        positions_m=np.concatenate([mesh.positions_m for mesh in meshes]),
        normals=np.concatenate([mesh.normals for mesh in meshes]),
        colours=np.concatenate([mesh.colours for mesh in meshes]),
        triangles=np.concatenate(
            [
                mesh.triangles + np.uint32(n)
                for mesh, n in zip(meshes, starts, strict=True)
            ]
        ),
    )


def small_plant() -> tuple[Scene, dict[str, MeshArrays], StateFrame]:
    """Return a lift with a car of boxes, a pack with glass beside, a cart."""
    steel, paint, dark = (0x8E, 0x96, 0x9C), (0x3E, 0x5A, 0x73), (0x2B, 0x2E, 0x31)
    shapes = {
        "floor": box((20, 14, 0.2), (0xC8, 0xCB, 0xCD), (0, 0, -0.1)),
        "post": box((0.26, 0.26, 2.5), steel, (0, 0, 1.25)),
        "strands": joined(
            box((14, 0.29, 0.16), steel, (0, 0.755, 0.52)),
            box((14, 0.29, 0.16), steel, (0, -0.755, 0.52)),
            *(
                box((0.12, 0.2, 0.44), steel, (x, y, 0.22))
                for x in (-6, -3, 3, 6)
                for y in (-0.755, 0.755)
            ),
        ),
        "body": joined(
            box((4.08, 1.78, 0.55), paint, (0.09, 0, 0.62)),
            box((2.2, 1.6, 0.08), paint, (-0.3, 0, 1.5)),
        ),
        "glass": box((2.2, 1.6, 0.55), (0x9F, 0xC3, 0xD1, 90), (-0.3, 0, 1.18)),
        "wheel": box((0.62, 0.2, 0.62), dark),
        "pack": box((1.6, 1.0, 0.22), (0x3B, 0x45, 0x4C), (0, 0, 0.11)),
        "bolt": box((0.03, 0.03, 0.02), (0xD9, 0xA4, 0x41)),
        "base": box((0.8, 0.8, 0.6), (0xF0, 0x7D, 0x19), (0, 0, 0.3)),
        "arm": box((0.3, 1.6, 0.3), (0xF0, 0x7D, 0x19), (0, 0.8, 0)),
    }
    sha = {name: mesh.sha256() for name, mesh in shapes.items()}
    entities = [
        Entity("hall", Label("Hall", "Hall"), "hall", mesh=sha["floor"]),
        Entity("cell", Label("Battery cell", "Cellule batterie"), "station", machine=0),
        Entity(
            "cell/strands",
            Label("Conveyor", "Convoyeur"),
            "conveyor",
            parent="cell",
            mesh=sha["strands"],
            machine=1,
        ),
        Entity("cell/lift", Label("Lift", "Pont"), "lift", parent="cell", machine=2),
        *(
            Entity(
                f"cell/lift/post_{side}",
                Label("Post", "Colonne"),
                "part",
                parent="cell/lift",
                mesh=sha["post"],
                pose=(-1.15, y, 0, 1, 0, 0, 0),
            )
            for side, y in (("left", 1.45), ("right", -1.45))
        ),
        Entity(
            "cell/robot",
            Label("Robot KR 210", "Robot KR 210"),
            "robot",
            parent="cell",
            mesh=sha["base"],
            pose=(0.25, -2.6, 0, 1, 0, 0, 0),
            machine=3,
        ),
        Entity(
            "cell/robot/arm",
            Label("Arm", "Bras"),
            "link",
            parent="cell/robot",
            mesh=sha["arm"],
            mover=0,
        ),
        Entity("car", Label("Car 1", "Voiture 1"), "car", mesh=sha["body"], mover=1),
        Entity("car/glass", Label("Glass", "Vitres"), "glass", parent="car",
               mesh=sha["glass"], carrier="car"),
        *(
            Entity(
                f"car/wheel_{number}",
                Label("Wheel", "Roue"),
                "wheel",
                parent="car",
                mesh=sha["wheel"],
                carrier="car",
                pose=(x, y, 0.31, 1, 0, 0, 0),
            )
            for number, (x, y) in enumerate(
                ((1.294, 0.755), (1.294, -0.755), (-1.294, 0.755), (-1.294, -0.755))
            )
        ),
        Entity("pack", Label("Pack 1", "Batterie 1"), "pack", mesh=sha["pack"], mover=2,
               properties={"mass_kg": 326.0}),
        *(
            Entity(
                f"pack/bolt_{number + 1:02d}",
                Label(f"Bolt {number + 1}", f"Vis {number + 1}"),
                "fastener",
                parent="pack",
                mesh=sha["bolt"],
                carrier="pack",
                pose=(-0.72 + 0.288 * (number % 6), -0.46 if number < 6 else 0.46,
                      -0.01, 1, 0, 0, 0),
            )
            for number in range(12)
        ),
    ]  # fmt: skip
    scene = Scene(
        name="small plant",
        revision=1,
        dt_s=1 / 240,
        entities=tuple(entities),
        movers=("cell/robot/arm", "car", "pack"),
        machines=("cell", "cell/strands", "cell/lift", "cell/robot"),
        joints=("cell/robot/a1",),
        scalars=(Scalar("cell/table/load", Label("Load", "Charge"), "N", "cell"),),
        cameras=(
            Camera("overview", Label("Overview", "Vue d'ensemble"),
                   (6.5, -7.5, 4.6), (0.0, 0.0, 1.1)),
            Camera("plan", Label("Plan", "Plan"), (0, -0.3, 14.0), (0.0, 0.0, 0.0)),
            Camera("bolts", Label("Bolts", "Vis"), (0.9, -1.6, 0.5), (0.0, -0.1, 1.9)),
        ),
    )  # fmt: skip
    frame = StateFrame(
        tick=21600,
        sim_time_s=90.0,
        scene_revision=1,
        position_in_world_m=np.array([(0.25, -2.6, 0.75), (0, 0, 1.65), (0, 0, 1.8)]),
        orientation_wxyz=np.array(
            [(0.9659, 0.2588, 0, 0), (1, 0, 0, 0), (1, 0, 0, 0)], np.float64
        ),
        visible=np.array([True, True, True]),
        joint_position=np.array([0.4]),
        machine_state=np.array(
            [
                MachineState.EXECUTE,
                MachineState.SUSPENDED,
                MachineState.IDLE,
                MachineState.EXECUTE,
            ],
            np.uint8,
        ),
        machine_reason=np.array([0, Reason.STARVED, 0, 0], np.uint8),
        scalar=np.array([3198.0]),
    )
    return scene, {sha[name]: mesh for name, mesh in shapes.items()}, frame


def hidden(frame: StateFrame, mover: int) -> StateFrame:
    """Return the frame with one mover out of the plant."""
    visible = frame.visible.copy()
    visible[mover] = False
    return replace(frame, visible=visible)
