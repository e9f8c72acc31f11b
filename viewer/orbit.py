"""A view on a point: orbit, pan, zoom and flights; pure geometry.

The horizon is level by construction and the eye stays above the floor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from twin.state import Camera, Label, Scene
from twin.transforms import Matrix, Vector

FLIGHT_S = 0.3
EYE_ABOVE_FLOOR_M = 0.12
NEAREST_M = 0.25
FARTHEST_M = 2_000.0
_STEEPEST_RAD = math.radians(89.0)
NARROW = 1.6


@dataclass(frozen=True, slots=True)
class View:
    """Where the picture is taken from.

    Attributes:
        target_in_world_m: Point in the middle of the picture.
        distance_m: From the eye to the target.
        azimuth_rad: Of the eye as seen from the target, from +X towards +Y.
        elevation_rad: Of the eye above the target's horizontal.
        field_of_view_rad: Vertical; a picture narrower than ``NARROW`` shows more
            above and below rather than less at the sides.
    """

    target_in_world_m: tuple[float, float, float]
    distance_m: float
    azimuth_rad: float
    elevation_rad: float
    field_of_view_rad: float = math.radians(40.0)

    @classmethod
    def of_camera(cls, camera: Camera) -> View:
        """Return the view that a saved camera describes, kept above the floor."""
        target = np.asarray(camera.target_in_world_m, dtype=np.float64)
        arm = np.asarray(camera.eye_in_world_m, dtype=np.float64) - target
        distance_m = max(float(np.linalg.norm(arm)), NEAREST_M)
        x, y, z = (float(value) for value in target)
        return cls(
            target_in_world_m=(x, y, z),
            distance_m=distance_m,
            azimuth_rad=math.atan2(arm[1], arm[0]),
            elevation_rad=math.asin(max(-1.0, min(1.0, float(arm[2]) / distance_m))),
            field_of_view_rad=math.radians(camera.field_of_view_deg),
        ).above_floor()

    def above_floor(self) -> View:
        """Return this view with its limits kept: distance, steepness, floor."""
        x, y, z = self.target_in_world_m
        z = max(z, 0.0)
        distance_m = min(max(self.distance_m, NEAREST_M), FARTHEST_M)
        rise = (EYE_ABOVE_FLOOR_M - z) / distance_m
        lowest_rad = math.asin(max(-1.0, min(1.0, rise)))
        elevation_rad = min(
            max(self.elevation_rad, lowest_rad, -_STEEPEST_RAD), _STEEPEST_RAD
        )
        return replace(
            self,
            target_in_world_m=(x, y, z),
            distance_m=distance_m,
            elevation_rad=elevation_rad,
        )

    def backward(self) -> Vector:
        """Return the unit vector from target to eye, world frame, (3,)."""
        flat = math.cos(self.elevation_rad)
        return np.array(
            [
                flat * math.cos(self.azimuth_rad),
                flat * math.sin(self.azimuth_rad),
                math.sin(self.elevation_rad),
            ]
        )

    def right(self) -> Vector:
        """Return the unit vector to the picture's right, horizontal, (3,)."""
        return np.array([-math.sin(self.azimuth_rad), math.cos(self.azimuth_rad), 0.0])

    def up(self) -> Vector:
        """Return the unit vector to the picture's top, (3,)."""
        return np.cross(self.backward(), self.right())

    def eye_in_world_m(self) -> Vector:
        """Return where the eye is, (3,)."""
        return np.asarray(self.target_in_world_m) + self.distance_m * self.backward()

    def orbited(self, azimuth_rad: float, elevation_rad: float) -> View:
        """Return the view turned about its target."""
        return replace(
            self,
            azimuth_rad=self.azimuth_rad + azimuth_rad,
            elevation_rad=self.elevation_rad + elevation_rad,
        ).above_floor()

    def panned(self, right_share: float, up_share: float) -> View:
        """Return the view moved sideways by shares of the picture's height."""
        height_m = 2.0 * self.distance_m * math.tan(self.field_of_view_rad / 2.0)
        moved = np.asarray(self.target_in_world_m) + height_m * (
            right_share * self.right() + up_share * self.up()
        )
        x, y, z = (float(value) for value in moved)
        return replace(self, target_in_world_m=(x, y, z)).above_floor()

    def zoomed(self, factor: float) -> View:
        """Return the view with its distance multiplied by ``factor``."""
        return replace(self, distance_m=self.distance_m * factor).above_floor()

    def view_from_world(self) -> Matrix:
        """Return the 4x4 into view coordinates: right, up, backward."""
        matrix = np.eye(4)
        matrix[:3, :3] = (self.right(), self.up(), self.backward())
        matrix[:3, 3] = -matrix[:3, :3] @ self.eye_in_world_m()
        return matrix

    def near_m(self) -> float:
        """Return how far from the eye the picture begins.

        Near enough to look into a car; far enough for 24 bits of depth to tell
        millimetres apart in the working range.
        """
        return max(0.05, 0.03 * self.distance_m)

    def clip_from_world(self, aspect: float) -> Matrix:
        """Return the 4x4 into clip coordinates of a picture ``aspect`` wide.

        Source:
            OpenGL 4.6 specification, 13.5 and 13.8.
        """
        near_m = self.near_m()
        far_m = max(60.0, 6.0 * self.distance_m)
        scale = 1.0 / math.tan(self.field_of_view_rad / 2.0)
        scale *= min(1.0, aspect / NARROW)
        clip_from_view = np.zeros((4, 4))
        clip_from_view[0, 0] = scale / aspect
        clip_from_view[1, 1] = scale
        clip_from_view[2, 2] = (far_m + near_m) / (near_m - far_m)
        clip_from_view[2, 3] = 2.0 * far_m * near_m / (near_m - far_m)
        clip_from_view[3, 2] = -1.0
        return clip_from_view @ self.view_from_world()


def between(start: View, end: View, share: float) -> View:
    """Return the view on the way, eased at both ends and turning the short way.

    Args:
        start: View at share 0.
        end: View at share 1.
        share: Of the flight's duration; clipped to [0, 1].
    """
    bounded = min(max(share, 0.0), 1.0)
    eased = bounded * bounded * (3.0 - 2.0 * bounded)

    def mixed(a: float, b: float) -> float:
        return a + (b - a) * eased

    turn = math.remainder(end.azimuth_rad - start.azimuth_rad, 2.0 * math.pi)
    a, b = start.target_in_world_m, end.target_in_world_m
    return View(
        target_in_world_m=(mixed(a[0], b[0]), mixed(a[1], b[1]), mixed(a[2], b[2])),
        # Distances span decades, so they are mixed as ratios.
        distance_m=math.exp(
            mixed(math.log(start.distance_m), math.log(end.distance_m))
        ),
        azimuth_rad=start.azimuth_rad + turn * eased,
        elevation_rad=mixed(start.elevation_rad, end.elevation_rad),
        field_of_view_rad=mixed(start.field_of_view_rad, end.field_of_view_rad),
    ).above_floor()


def framing(extent_m: NDArray[np.float64], now: View) -> View:
    """Return the view that holds a box, (2, 3) low and high, from now's side."""
    x, y, z = (float(value) for value in extent_m.mean(axis=0))
    radius_m = max(float(np.linalg.norm(extent_m[1] - extent_m[0])) / 2.0, 0.05)
    return View(
        target_in_world_m=(x, y, z),
        distance_m=1.25 * radius_m / float(np.sin(now.field_of_view_rad / 2.0)),
        azimuth_rad=now.azimuth_rad,
        elevation_rad=max(now.elevation_rad, 0.2),
        field_of_view_rad=now.field_of_view_rad,
    ).above_floor()


def default_view(scene: Scene) -> View:
    """Return the view a Scene opens with."""
    if scene.cameras:
        return View.of_camera(scene.cameras[0])
    return View.of_camera(Camera("", Label("", ""), (9.0, -9.0, 6.0), (0.0, 0.0, 1.0)))


def saved_view(scene: Scene, name: str) -> View | None:
    """Return the view of the camera with this name, or None."""
    for camera in scene.cameras:
        if camera.name == name:
            return View.of_camera(camera)
    return None


def camera_names(scene: Scene) -> list[str]:
    """Return the names of a Scene's saved views."""
    return [camera.name for camera in scene.cameras]
