"""One Scene on its way to pixels: batch, visuals, the newest frame, the selection.

Draws into whatever target is bound; who binds it (a window, a picture without a
screen) is the canvas's matter.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from twin.state import MeshArrays, Scene, StateFrame
from viewer.batch import Batch, build_batch, pose_texels
from viewer.display import THEMES, ThemeName
from viewer.labels import below, extent_in_world_m
from viewer.lamp import lamp_for
from viewer.orbit import View, framing
from viewer.overlay import Overlay
from viewer.visuals import (
    BackdropVisual,
    PlantVisual,
    SmoothingVisual,
    TagVisual,
)


class Stage:
    """What is drawn. Lives and dies with one GL context, which must be current.

    Args:
        scene: What there is.
        meshes: Shapes by sha256.
    """

    def __init__(self, scene: Scene, meshes: Mapping[str, MeshArrays]) -> None:
        self.scene = scene
        self.batch: Batch = build_batch(scene, meshes)
        self._plant = PlantVisual(self.batch, lamp_for(scene, self.batch))
        self._backdrop = BackdropVisual()
        self._tags = TagVisual()
        self._smoothing = SmoothingVisual()
        self.frame: StateFrame | None = None
        self._n_shown = 0
        self.selected = -1

    def show(self, frame: StateFrame, *, in_turns: bool = False) -> None:
        """Take the frame to draw next, and draw its shadows' textures.

        Args:
            frame: The state.
            in_turns: Draw each of the two textures with every fourth frame only:
                among moving pictures nobody sees that a shadow is a tenth of a
                second late, and they cost as much as the picture itself.
        """
        self.frame = frame
        self._n_shown += 1
        self._plant.set_poses(pose_texels(frame, self.batch.n_slots))
        in_turns = in_turns and self._n_shown > 1
        if not in_turns or self._n_shown % 4 == 0:
            self._plant.draw_key_shadow()
        if not in_turns or self._n_shown % 4 == 2:
            self._plant.draw_contact_shadow()

    def select(self, entity: int) -> None:
        """Outline an entity and all below it; -1 outlines none."""
        self.selected = entity
        chosen = below(self.scene, entity) if entity >= 0 else []
        self._plant.set_selected(
            self.batch.triangles_of(np.asarray(chosen, dtype=np.int64))
        )

    def draw_aside(
        self, view: View, size_px: tuple[int, int], theme_name: ThemeName
    ) -> None:
        """Draw the surfaces into memory of the stage's own, to be smoothed later.

        Leaves the context's default target bound.
        """
        theme = THEMES[theme_name]
        with self._smoothing.aside(size_px):
            self._backdrop.draw(theme, size_px)
            self._plant.draw(view, size_px, theme)

    def draw(
        self,
        view: View,
        size_px: tuple[int, int],
        theme_name: ThemeName,
        overlay: Overlay | None,
        *,
        aside: bool,
        smooth: bool = True,
    ) -> None:
        """Draw the picture into the current target.

        Args:
            view: Camera.
            size_px: Width and height of the target.
            theme_name: Colours.
            overlay: What lies over it.
            aside: Whether ``draw_aside`` drew the surfaces; else they are drawn now.
            smooth: Whether surfaces drawn aside get smooth borders.
        """
        if aside:
            self._smoothing.draw(size_px, smooth=smooth)
        else:
            theme = THEMES[theme_name]
            self._backdrop.draw(theme, size_px)
            self._plant.draw(view, size_px, theme)
        self._plant.draw_outline(view, size_px)
        if overlay is not None:
            self._tags.set_sheet(overlay.sheet)
            self._tags.draw(overlay.corners_px, overlay.texels, size_px)

    def draw_ids(self, view: View, size_px: tuple[int, int]) -> None:
        """Draw the picture in which a pixel's colour codes its entity."""
        self._plant.draw_ids(view, size_px)

    def view_of(self, entity: int, now: View) -> View:
        """Return the view that fills the picture with an entity, from now's side."""
        if self.frame is None:
            return now
        extent = extent_in_world_m(self.scene, self.batch, self.frame, entity)
        return now if extent is None else framing(extent, now)
