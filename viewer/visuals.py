"""GL programs and buffers that draw a batch: surfaces, lines, shadows, ids, tags.

VisPy takes matrices of row vectors; they are turned here, at the door.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from vispy import gloo

from twin.transforms import Matrix
from viewer import shaders
from viewer.batch import SLOTS_PER_ROW, TEXELS_PER_SLOT, Batch
from viewer.display import SELECTED, Rgb, Theme
from viewer.lamp import Lamp
from viewer.orbit import View

_CORNERS = np.array([[-1, -1], [1, -1], [-1, 1], [1, 1]], np.float32)
_OUTLINE_PX = 2.0
_DEPTH_24_BITS = 0x81A6
"""GL_DEPTH_COMPONENT24; by itself VisPy takes 16 bits, which tell only 5 cm apart."""


def depth_memory(shape_px: tuple[int, int]) -> gloo.RenderBuffer:
    """Return depth memory of 24 bits for a target of ``shape_px`` (h, w)."""
    return gloo.RenderBuffer(shape_px, _DEPTH_24_BITS)


class Depths:
    """A texture of distances seen from one side, for shadows."""

    def __init__(self, size_px: int) -> None:
        self.size_px = size_px
        self.texture = _single_channel(size_px, "nearest")
        self._target = gloo.FrameBuffer(
            color=self.texture, depth=depth_memory((size_px, size_px))
        )

    def draw(self, program: gloo.Program, triangles: Shown, matrix: Matrix) -> None:
        """Fill the texture with what ``program`` draws through ``matrix``."""
        with self._target:
            gloo.set_viewport(0, 0, self.size_px, self.size_px)
            gloo.set_state(depth_test=True, blend=False, cull_face=False)
            gloo.set_depth_mask(True)
            gloo.set_clear_color((1.0, 1.0, 1.0, 1.0))
            gloo.clear(color=True, depth=True)
            program["u_clip_from_world"] = _row_vectors(matrix)
            triangles.draw(program)


class Openness:
    """How much sky each point of the floor sees: the soft shadow under things."""

    size_px = 512
    height_m = 4.0
    """What hangs higher does not darken the floor."""

    def __init__(self, lamp: Lamp) -> None:
        self.matrix = lamp.underside_from_world(self.height_m)
        self._underside = Depths(self.size_px * 2)
        self.texture = _single_channel(self.size_px, "linear")
        self._target = gloo.FrameBuffer(color=self.texture)
        self._program = gloo.Program(shaders.WHOLE_VERTEX, shaders.OPENNESS_FRAGMENT)
        self._program["a_corner"] = gloo.VertexBuffer(_CORNERS)
        self._program["u_underside"] = self._underside.texture
        self._program["u_height_m"] = self.height_m
        self._program["u_width_m"] = 2.0 * lamp.radius_m

    def draw(self, program: gloo.Program, triangles: Shown) -> None:
        """Look up from the floor with ``program``, and count what hides the sky."""
        self._underside.draw(program, triangles, self.matrix)
        with self._target:
            gloo.set_viewport(0, 0, self.size_px, self.size_px)
            gloo.set_state(depth_test=False, blend=False)
            self._program.draw("triangle_strip")


def _single_channel(size_px: int, interpolation: str) -> gloo.Texture2D:
    return gloo.Texture2D(
        (size_px, size_px, 1),
        format="red",
        internalformat="r32f",
        interpolation=interpolation,
        wrapping="clamp_to_edge",
    )


class Shown:
    """Triangles or lines of which only those in the plant go to the card.

    A plant holds parts that are yet to come; moving them out of sight one vertex at
    a time costs as much as drawing them.

    Args:
        corners: Vertices of each, (n, 3) or (n, 2) uint32.
        slots: Which slot carries each vertex, (v,).
    """

    def __init__(self, corners: NDArray[np.uint32], slots: NDArray[np.int64]) -> None:
        self._corners = corners
        self._slots = slots[corners[:, 0]] if len(corners) else np.zeros(0, np.int64)
        self._buffer = gloo.IndexBuffer()
        self._n_shown = 0

    def keep(self, is_shown: NDArray[np.bool_]) -> None:
        """Send those of the slots that are shown, by slot number."""
        kept = self._corners[is_shown[self._slots]]
        self._n_shown = len(kept)
        if self._n_shown:
            self._buffer.set_data(np.ascontiguousarray(kept))

    def draw(self, program: gloo.Program) -> None:
        """Draw what was sent."""
        if self._n_shown:
            mode = "triangles" if self._corners.shape[1] == 3 else "lines"
            program.draw(mode, self._buffer)


class PlantVisual:
    """All surfaces and lines of a batch.

    Args:
        batch: What to draw.
        lamp: Where light comes from.
    """

    def __init__(self, batch: Batch, lamp: Lamp) -> None:
        self._lamp = lamp
        vertices = gloo.VertexBuffer(batch.vertices)
        n_rows = -(-batch.n_slots // SLOTS_PER_ROW)
        self._poses = gloo.Texture2D(
            (n_rows, SLOTS_PER_ROW * TEXELS_PER_SLOT, 4),
            format="rgba",
            internalformat="rgba32f",
            interpolation="nearest",
            wrapping="clamp_to_edge",
        )
        self._surface = self._program(
            shaders.SURFACE_VERTEX,
            shaders.SURFACE_FRAGMENT,
            vertices,
            ("a_position", "a_normal", "a_colour", "a_slot"),
        )
        self._edge = self._program(
            shaders.EDGE_VERTEX,
            shaders.FLAT_FRAGMENT,
            vertices,
            ("a_position", "a_colour", "a_slot"),
        )
        self._flat = self._program(
            shaders.FLAT_VERTEX,
            shaders.FLAT_FRAGMENT,
            vertices,
            ("a_position", "a_slot"),
        )
        self._depth = self._program(
            shaders.DEPTH_VERTEX,
            shaders.DEPTH_FRAGMENT,
            vertices,
            ("a_position", "a_slot"),
        )
        self._id = self._program(
            shaders.ID_VERTEX,
            shaders.FLAT_FRAGMENT,
            vertices,
            ("a_position", "a_slot", "a_entity"),
        )
        slots = batch.vertices["a_slot"].astype(np.int64)
        self._closed = Shown(batch.closed, slots)
        self._open = Shown(batch.open, slots)
        self._casters = Shown(batch.casters, slots)
        self._see_through = Shown(batch.see_through, slots)
        self._edges = Shown(batch.edges, slots)
        self._is_shown = np.zeros(0, np.bool_)
        self._selected: gloo.IndexBuffer | None = None
        self._blended = False
        self._shadow = Depths(lamp.shadow_px)
        self._openness = Openness(lamp)
        surface = self._surface
        surface["u_shadow"] = self._shadow.texture
        surface["u_openness"] = self._openness.texture
        surface["u_to_light"] = lamp.to_light.astype(np.float32)
        surface["u_shadow_texel_m"] = 2.0 * lamp.radius_m / lamp.shadow_px
        surface["u_shadow_from_world"] = _row_vectors(lamp.clip_from_world())
        surface["u_floor_from_world"] = _row_vectors(self._openness.matrix)

    def _program(
        self,
        vertex: str,
        fragment: str,
        vertices: gloo.VertexBuffer,
        attributes: tuple[str, ...],
    ) -> gloo.Program:
        program = gloo.Program(vertex, fragment)
        for name in attributes:
            program[name] = vertices[name]
        program["u_poses"] = self._poses
        return program

    def set_poses(self, texels: NDArray[np.float32]) -> None:
        """Take a frame's poses, as ``viewer.batch.pose_texels`` makes them."""
        self._poses.set_data(texels)
        opacity = texels[:, ::TEXELS_PER_SLOT, 3].ravel()
        is_shown = opacity > 0.0
        self._blended = bool((is_shown & (opacity < 1.0)).any())
        if not np.array_equal(is_shown, self._is_shown):
            self._is_shown = is_shown
            for part in (
                self._closed,
                self._open,
                self._casters,
                self._see_through,
                self._edges,
            ):
                part.keep(is_shown)

    def set_selected(self, triangles: NDArray[np.uint32]) -> None:
        """Take the triangles to outline, (t, 3); none if empty."""
        self._selected = gloo.IndexBuffer(triangles) if len(triangles) else None

    def draw_key_shadow(self) -> None:
        """Fill the texture of what the key light does not reach."""
        self._shadow.draw(self._depth, self._casters, self._lamp.clip_from_world())

    def draw_contact_shadow(self) -> None:
        """Fill the texture of how much sky the floor sees."""
        self._openness.draw(self._depth, self._casters)

    def draw(self, view: View, size_px: tuple[int, int], theme: Theme) -> None:
        """Draw surfaces, lines and the outline into the current target."""
        matrix = _row_vectors(view.clip_from_world(size_px[0] / size_px[1]))
        self._surface["u_clip_from_world"] = matrix
        self._surface["u_eye"] = view.eye_in_world_m().astype(np.float32)
        self._surface["u_light"] = theme.light
        self._edge["u_clip_from_world"] = matrix
        self._edge["u_reach_m"] = max(14.0, 1.5 * view.distance_m)
        self._edge["u_near_m"] = view.near_m()
        gloo.set_blend_func("src_alpha", "one_minus_src_alpha", "one", "one")
        gloo.set_depth_mask(True)
        # Faces step back by their slope, so that lines on them are not broken.
        gloo.set_polygon_offset(1.0, 1.0)
        gloo.set_state(depth_test=True, blend=self._blended, polygon_offset_fill=True)
        gloo.set_state(cull_face=True)
        gloo.set_cull_face("back")
        self._closed.draw(self._surface)
        gloo.set_state(cull_face=False)
        self._open.draw(self._surface)
        gloo.set_state(polygon_offset_fill=False, blend=True)
        gloo.set_depth_mask(False)
        self._edges.draw(self._edge)
        self._see_through.draw(self._surface)
        gloo.set_depth_mask(True)

    def draw_outline(self, view: View, size_px: tuple[int, int]) -> None:
        """Draw a border around what is selected into the current target.

        The shape marks itself in the stencil; drawn again around itself, only what
        sticks out is painted: a border of even width, seen through things.
        """
        if self._selected is None:
            return
        flat = self._flat
        flat["u_clip_from_world"] = _row_vectors(
            view.clip_from_world(size_px[0] / size_px[1])
        )
        flat["u_paint"] = (*_unit(SELECTED), 1.0)
        gloo.set_state(depth_test=False, stencil_test=True, blend=False)
        gloo.set_clear_stencil(0)
        gloo.clear(color=False, depth=False, stencil=True)
        gloo.set_color_mask(False, False, False, False)
        gloo.set_stencil_func("always", 1, 0xFF)
        gloo.set_stencil_op("keep", "keep", "replace")
        flat["u_shift"] = (0.0, 0.0)
        flat.draw("triangles", self._selected)
        gloo.set_color_mask(True, True, True, True)
        gloo.set_stencil_func("notequal", 1, 0xFF)
        gloo.set_stencil_op("keep", "keep", "keep")
        for turn in range(8):
            angle = turn * np.pi / 4.0
            flat["u_shift"] = (
                float(2.0 * _OUTLINE_PX * np.cos(angle) / size_px[0]),
                float(2.0 * _OUTLINE_PX * np.sin(angle) / size_px[1]),
            )
            flat.draw("triangles", self._selected)
        gloo.set_state(depth_test=True, stencil_test=False, blend=True)

    def draw_ids(self, view: View, size_px: tuple[int, int]) -> None:
        """Draw each surface in the colour that codes its entity."""
        gloo.set_state(depth_test=True, blend=False, cull_face=False)
        gloo.set_depth_mask(True)
        gloo.set_clear_color((0.0, 0.0, 0.0, 1.0))
        gloo.clear(color=True, depth=True)
        self._id["u_clip_from_world"] = _row_vectors(
            view.clip_from_world(size_px[0] / size_px[1])
        )
        self._closed.draw(self._id)
        self._open.draw(self._id)
        self._see_through.draw(self._id)


class BackdropVisual:
    """The gradient behind everything."""

    def __init__(self) -> None:
        self._program = gloo.Program(shaders.WHOLE_VERTEX, shaders.BACKDROP_FRAGMENT)
        self._program["a_corner"] = gloo.VertexBuffer(_CORNERS)

    def draw(self, theme: Theme, size_px: tuple[int, int]) -> None:
        """Clear the current target, of this size, and paint the gradient."""
        gloo.set_viewport(0, 0, *size_px)
        gloo.set_depth_mask(True)
        # VisPy clears a window's alpha with this afterwards: it must be 1.
        gloo.set_clear_color((0.0, 0.0, 0.0, 1.0))
        gloo.clear(color=True, depth=True)
        gloo.set_state(depth_test=False, blend=False)
        self._program["u_top"] = _unit(theme.sky_top)
        self._program["u_bottom"] = _unit(theme.sky_bottom)
        self._program.draw("triangle_strip")


class SmoothingVisual:
    """A picture drawn aside at one sample a pixel, smoothed on its way to the target.

    Costs a third of what 4 samples a pixel cost a software renderer.
    """

    def __init__(self) -> None:
        corners = gloo.VertexBuffer(_CORNERS)
        self._smooth, self._copy = (
            gloo.Program(shaders.WHOLE_VERTEX, fragment)
            for fragment in (shaders.SMOOTHING_FRAGMENT, shaders.COPY_FRAGMENT)
        )
        self._smooth["a_corner"] = self._copy["a_corner"] = corners
        self._size_px = (0, 0)
        self._target: gloo.FrameBuffer | None = None

    def aside(self, size_px: tuple[int, int]) -> gloo.FrameBuffer:
        """Return the context in which the picture is drawn."""
        if self._target is None or size_px != self._size_px:
            shape = (size_px[1], size_px[0])
            picture = gloo.Texture2D(
                (*shape, 4),
                format="rgba",
                interpolation="linear",
                wrapping="clamp_to_edge",
            )
            depth = depth_memory(shape)
            self._target = gloo.FrameBuffer(color=picture, depth=depth)
            self._smooth["u_picture"] = self._copy["u_picture"] = picture
            self._size_px = size_px
        return self._target

    def draw(self, size_px: tuple[int, int], *, smooth: bool = True) -> None:
        """Draw the picture over all of the current target.

        Args:
            size_px: Width and height of the target.
            smooth: Whether borders are smoothed, at six times the cost of a copy.
        """
        gloo.set_viewport(0, 0, *size_px)
        gloo.set_state(depth_test=False, blend=False, cull_face=False)
        (self._smooth if smooth else self._copy).draw("triangle_strip")


class TagVisual:
    """Images at places of the picture: labels, legend, clock."""

    def __init__(self) -> None:
        self._program = gloo.Program(shaders.TAG_VERTEX, shaders.TAG_FRAGMENT)
        self._sheet: gloo.Texture2D | None = None

    def set_sheet(self, rgba: NDArray[np.uint8]) -> None:
        """Take the image that all tags are cut from, (h, w, 4), sRGB."""
        if self._sheet is None or self._sheet.shape != rgba.shape:
            self._sheet = gloo.Texture2D(
                rgba, interpolation="nearest", wrapping="clamp_to_edge"
            )
            self._program["u_sheet"] = self._sheet
        else:
            self._sheet.set_data(rgba)

    def draw(
        self,
        corners_px: NDArray[np.float32],
        texels: NDArray[np.float32],
        size_px: tuple[int, int],
    ) -> None:
        """Draw triangles cut from the sheet.

        Args:
            corners_px: In the picture, y down, (3 t, 2).
            texels: In the sheet, (3 t, 2).
            size_px: Width and height of the picture.
        """
        if self._sheet is None or not len(corners_px):
            return
        gloo.set_state(
            depth_test=False,
            blend=True,
            blend_func=("src_alpha", "one_minus_src_alpha", "one", "one"),
        )
        self._program["a_at"] = gloo.VertexBuffer(corners_px)
        self._program["a_texel"] = gloo.VertexBuffer(texels)
        self._program["u_size"] = size_px
        self._program.draw("triangles")


def _row_vectors(matrix: Matrix) -> NDArray[np.float32]:
    return np.ascontiguousarray(matrix.T, dtype=np.float32)


def _unit(colour: Rgb) -> tuple[float, float, float]:
    return colour[0] / 255.0, colour[1] / 255.0, colour[2] / 255.0
