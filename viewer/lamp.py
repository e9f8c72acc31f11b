"""The key light of a Scene, and the projections its shadows are drawn through."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.state import Scene
from twin.transforms import Matrix
from viewer.batch import SHELL_KINDS, Batch
from viewer.orbit import default_view

_ELEVATION_RAD = np.radians(56.0)
_LEFT_RAD = np.radians(38.0)
_WIDEST_M = 60.0


@dataclass(frozen=True, slots=True)
class Lamp:
    """The key light and the shadows' extent.

    Attributes:
        to_light: Unit vector towards it, world frame, (3,).
        centre_in_world_m: Middle of what throws shadows, (3,).
        radius_m: Of the sphere around it that holds all of that.
        shadow_px: Edge of the shadow texture.
    """

    to_light: NDArray[np.float64]
    centre_in_world_m: NDArray[np.float64]
    radius_m: float
    shadow_px: int = 2048

    def clip_from_world(self) -> Matrix:
        """Return the parallel projection along the light, (4, 4)."""
        right = np.cross((0.0, 0.0, 1.0), self.to_light)
        right /= np.linalg.norm(right)
        up = np.cross(self.to_light, right)
        return self._parallel(np.stack((right, up, -self.to_light)))

    def underside_from_world(self, height_m: float) -> Matrix:
        """Return the parallel projection upwards from the floor, (4, 4).

        Depth 0 is a little below the floor, so that what stands on it counts.
        """
        matrix = self._parallel(np.eye(3))
        matrix[2] = (0.0, 0.0, 2.0 / height_m, 0.06 / height_m - 1.0)
        return matrix

    def _parallel(self, rows: NDArray[np.float64]) -> Matrix:
        matrix = np.eye(4)
        matrix[:3, :3] = rows / self.radius_m
        matrix[:3, 3] = -matrix[:3, :3] @ self.centre_in_world_m
        return matrix


def lamp_for(scene: Scene, batch: Batch) -> Lamp:
    """Return the key light: from the upper left of the first saved camera."""
    azimuth_rad = default_view(scene).azimuth_rad - _LEFT_RAD
    flat = np.cos(_ELEVATION_RAD)
    to_light = np.array(
        [
            flat * np.cos(azimuth_rad),
            flat * np.sin(azimuth_rad),
            np.sin(_ELEVATION_RAD),
        ]
    )
    # A floor throws no shadow; to spread the texture over it would blur all others.
    standing = [
        box
        for index, box in batch.boxes.items()
        if box.slot == 0 and scene.entities[index].kind not in SHELL_KINDS
    ]
    corners = [box.corners_m() for box in standing] or [np.ones((1, 3)) * 8.0]
    points = np.concatenate(corners)
    low, high = points.min(axis=0), points.max(axis=0)
    radius_m = float(np.clip(np.linalg.norm(high - low) / 2.0, 4.0, _WIDEST_M))
    return Lamp(to_light, (low + high) / 2.0, radius_m)
