"""The scene for one asset's picture: the asset, a floor, somebody for scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.layout.assets import Asset, load_asset
from twin.layout.draft import asset_meshes
from twin.layout.meshes import box_mesh, merged, moved
from twin.state import Camera, Entity, Label, MeshArrays, Scene, StateFrame
from twin.transforms import transform, wxyz_about

_FIELD_OF_VIEW_DEG = 30.0
# From the front and to the right, a little above: where a visitor would stand.
_TOWARDS_EYE = np.array([0.52, -0.74, 0.42])
_HANDY_M = 0.6
_FLOOR_SRGB = (168, 174, 178, 255)
_RULE_SRGB = ((245, 196, 0, 255), (37, 40, 43, 255))
_SCALE = "worker"
_ROOF, _COLUMN = "hall_roof", "hall_column"


@dataclass(frozen=True, slots=True)
class PictureStage:
    """What a studio needs for one picture; its camera is the scene's first."""

    scene: Scene
    meshes: dict[str, MeshArrays]
    frame: StateFrame


def picture_stage(asset: Asset) -> PictureStage:
    """Return an asset on a floor beside a person, or a 0.1 m rule if it is handy."""
    seen = asset_mesh(asset)
    low, high = bounds_m(seen)
    things = {"asset": seen}
    if float((high - low).max()) < _HANDY_M:
        # What a robot carries hangs in the air: the floor comes up below it.
        floor_z = float(low[2]) - 0.002
        things["scale"] = _rule(np.array([low[0], low[1] - 0.06, floor_z]))
    else:
        # What goes below the floor, such as a lift's rams, is hidden by it.
        floor_z = -0.002
        things |= _supports(asset)
        if asset.name != _SCALE:
            things["scale"] = _person(low, high, floor_z)
    whole = merged(list(things.values()))
    things["floor"] = _floor(bounds_m(whole), floor_z)
    meshes = {mesh.sha256(): mesh for mesh in things.values()}
    entities = tuple(
        Entity(
            id=name,
            label=Label(en=name, fr=name),
            kind="hall" if name == "floor" else "equipment",
            mesh=mesh.sha256(),
        )
        for name, mesh in things.items()
    )
    scene = Scene(
        name=asset.name,
        revision=1,
        dt_s=1.0,
        entities=entities,
        cameras=(_camera(whole, 480 / 320, floor_z),),
    )
    return PictureStage(scene, meshes, _empty_frame())


def asset_mesh(asset: Asset) -> MeshArrays:
    """Return all that is seen of an asset as one mesh, joints at 0."""
    return merged(asset_meshes(asset))


def bounds_m(mesh: MeshArrays) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the lower and upper corner of the box along the axes, (3,) each."""
    points = mesh.positions_m.astype(np.float64)
    return points.min(axis=0), points.max(axis=0)


def _person(
    low: NDArray[np.float64], high: NDArray[np.float64], floor_z: float
) -> MeshArrays:
    """Return a worker at the asset's left front, where nothing hides him."""
    person = asset_mesh(load_asset(_SCALE))
    inward = 0.08 * float(high[0] - low[0])
    at = (float(low[0]) - 0.45 + inward, float(low[1]) - 0.45, floor_z)
    return moved(person, transform(at, wxyz_about((0.0, 0.0, 1.0), -0.9)))


def _supports(asset: Asset) -> dict[str, MeshArrays]:
    """Return what an asset rests on, such as the columns below a roof, by id."""
    if asset.name != _ROOF:
        return {}
    column = asset_mesh(load_asset(_COLUMN))
    return {
        port.name: moved(column, transform((port.pose[0], port.pose[1], 0.0)))
        for node in asset.nodes
        for port in node.ports
    }


def _rule(corner_m: NDArray[np.float64]) -> MeshArrays:
    """Return a rule of 0.1 m, striped every centimetre."""
    slabs = [
        _slab(
            corner_m + np.array([0.01 * n, 0.0, 0.0]),
            corner_m + np.array([0.01 * (n + 1), 0.02, 0.004]),
            _RULE_SRGB[n % 2],
        )
        for n in range(10)
    ]
    return merged(slabs)


def _floor(
    span: tuple[NDArray[np.float64], NDArray[np.float64]], top_z: float
) -> MeshArrays:
    low, high = span
    reach = 60.0 * float(np.linalg.norm(high - low))
    middle = (low + high) / 2.0
    return _slab(
        np.array([middle[0] - reach, middle[1] - reach, top_z - 0.1]),
        np.array([middle[0] + reach, middle[1] + reach, top_z]),
        _FLOOR_SRGB,
    )


def _slab(
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    srgb: tuple[int, int, int, int],
) -> MeshArrays:
    """Return a box of one colour between two corners."""
    x_m, y_m, z_m = (high - low).tolist()
    return box_mesh((x_m, y_m, z_m), ((low + high) / 2.0).tolist(), srgb)


def _camera(mesh: MeshArrays, aspect: float, floor_z: float) -> Camera:
    """Return the camera that just holds what is seen, from the front right above."""
    points = mesh.positions_m.astype(np.float64)
    points = points[points[:, 2] >= floor_z]
    low, high = points.min(axis=0), points.max(axis=0)
    target = (low + high) / 2.0
    towards = _TOWARDS_EYE / np.linalg.norm(_TOWARDS_EYE)
    right = np.cross((0.0, 0.0, 1.0), towards)
    right /= np.linalg.norm(right)
    up = np.cross(towards, right)
    tangent = np.tan(np.radians(_FIELD_OF_VIEW_DEG / 2.0)) * 0.90
    for _ in range(3):
        seen = points - target
        depth, x, y = seen @ towards, seen @ right, seen @ up
        needed = np.maximum(np.abs(y) / tangent, np.abs(x) / (tangent * aspect))
        distance = float((needed + depth).max())
        # Middle of what is seen, not of the box: perspective shifts it.
        scale = 1.0 / (distance - depth)
        shift_x = (float((x * scale).max()) + float((x * scale).min())) / 2.0
        shift_y = (float((y * scale).max()) + float((y * scale).min())) / 2.0
        target = target + (right * shift_x + up * shift_y) * distance
    eye = target + towards * distance
    return Camera(
        name="picture",
        label=Label(en="Picture", fr="Image"),
        eye_in_world_m=(float(eye[0]), float(eye[1]), float(eye[2])),
        target_in_world_m=(float(target[0]), float(target[1]), float(target[2])),
        field_of_view_deg=_FIELD_OF_VIEW_DEG,
    )


def _empty_frame() -> StateFrame:
    return StateFrame(
        tick=0,
        sim_time_s=0.0,
        scene_revision=1,
        position_in_world_m=np.zeros((0, 3)),
        orientation_wxyz=np.zeros((0, 4)),
        visible=np.zeros(0, dtype=np.bool_),
        joint_position=np.zeros(0),
        machine_state=np.zeros(0, dtype=np.uint8),
        machine_reason=np.zeros(0, dtype=np.uint8),
        scalar=np.zeros(0),
    )
