"""GL contexts of the viewer: pictures without a screen, and the window's canvas."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray
from vispy import app, gloo
from vispy.app.canvas import MouseEvent, ResizeEvent

from twin.errors import MissingPartError
from twin.state import MeshArrays, Scene, StateFrame
from twin.text import Language
from viewer.batch import decoded_ids
from viewer.display import ThemeName
from viewer.orbit import FLIGHT_S, View, between, default_view
from viewer.overlay import Wanted, build_overlay
from viewer.stage import Stage
from viewer.visuals import depth_memory

FINENESS = ((1.0, True), (1.0, False), (0.82, False), (0.66, False))
"""How moving pictures may be drawn, finest first: in which share of the window's
width and height, and whether with smooth borders."""

_NO_DRIVER = (
    "viewer: no OpenGL without a screen ({reason}); install it with"
    " 'apt-get install libegl1 libgl1-mesa-dri'"
)


def choose_headless() -> None:
    """Have OpenGL go through EGL without a display; before OpenGL is imported."""
    os.environ.setdefault("PYOPENGL_PLATFORM", "egl")
    os.environ.setdefault("EGL_PLATFORM", "surfaceless")


class HeadlessCanvas:
    """A GL context without a screen, drawing into memory with 4 samples a pixel.

    Raises:
        MissingPartError: If this machine has no OpenGL driver for it.
    """

    samples = 4

    def __init__(self) -> None:
        choose_headless()
        try:
            from OpenGL import GL

            gloo.gl.use_gl("gl+")
            self._canvas = app.Canvas(
                size=(16, 16), app=app.Application("egl"), show=False, autoswap=False
            )
            self._canvas.set_current()
            self.renderer = str(gloo.gl.glGetParameter(gloo.gl.GL_RENDERER))
        except (ImportError, OSError, RuntimeError, AttributeError) as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise MissingPartError(_NO_DRIVER.format(reason=reason)) from error
        self._gl = GL
        self._size_px = (0, 0)
        self._targets: list[tuple[int, int, int]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free the context."""
        self._free_targets()
        self._canvas.close()

    def make_current(self) -> None:
        """Make this context the one that GL calls go to."""
        self._canvas.set_current()

    def flush(self) -> None:
        """Carry out what VisPy has queued."""
        self._canvas.context.flush_commands()

    def bind(self, size_px: tuple[int, int], *, smooth: bool = True) -> None:
        """Direct what is drawn next into memory of this size.

        Args:
            size_px: Width and height.
            smooth: Whether borders are smoothed; ids must not be.
        """
        self.flush()
        if size_px != self._size_px:
            self._free_targets()
            self._targets = [
                self._target(size_px, self.samples),
                self._target(size_px, 0),
            ]
            self._size_px = size_px
        framebuffer = self._targets[0 if smooth else 1][0]
        self._gl.glBindFramebuffer(self._gl.GL_FRAMEBUFFER, framebuffer)
        self._gl.glViewport(0, 0, *size_px)

    def read(self, *, smooth: bool = True) -> NDArray[np.uint8]:
        """Return what was drawn since ``bind``, (h, w, 4), top row first."""
        self.flush()
        gl, (width, height) = self._gl, self._size_px
        if smooth:
            gl.glBindFramebuffer(gl.GL_READ_FRAMEBUFFER, self._targets[0][0])
            gl.glBindFramebuffer(gl.GL_DRAW_FRAMEBUFFER, self._targets[1][0])
            box = (0, 0, width, height)
            gl.glBlitFramebuffer(*box, *box, gl.GL_COLOR_BUFFER_BIT, gl.GL_NEAREST)
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, self._targets[1][0])
        gl.glPixelStorei(gl.GL_PACK_ALIGNMENT, 1)
        raw = gl.glReadPixels(0, 0, width, height, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE)
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, 0)
        pixels = np.frombuffer(raw, np.uint8).reshape(height, width, 4)
        return np.ascontiguousarray(pixels[::-1])

    def _target(self, size_px: tuple[int, int], samples: int) -> tuple[int, int, int]:
        gl = self._gl
        framebuffer = int(gl.glGenFramebuffers(1))
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, framebuffer)
        colour, depth = (int(name) for name in gl.glGenRenderbuffers(2))
        for name, form, place in (
            (colour, gl.GL_RGBA8, gl.GL_COLOR_ATTACHMENT0),
            (depth, gl.GL_DEPTH24_STENCIL8, gl.GL_DEPTH_STENCIL_ATTACHMENT),
        ):
            gl.glBindRenderbuffer(gl.GL_RENDERBUFFER, name)
            gl.glRenderbufferStorageMultisample(
                gl.GL_RENDERBUFFER, samples, form, *size_px
            )
            gl.glFramebufferRenderbuffer(
                gl.GL_FRAMEBUFFER, place, gl.GL_RENDERBUFFER, name
            )
        return framebuffer, colour, depth

    def _free_targets(self) -> None:
        for framebuffer, colour, depth in self._targets:
            self._gl.glDeleteFramebuffers(1, [framebuffer])
            self._gl.glDeleteRenderbuffers(2, [colour, depth])
        self._targets = []


class WindowCanvas(app.Canvas):  # type: ignore[misc]  # VisPy ships no types
    """The picture in a window: draws the newest state, turned by the mouse.

    Left button orbits, right or middle pans, the wheel zooms; a click without a
    drag picks what is under it.

    Args:
        on_pick: Called with the index of the entity clicked on, or -1.
    """

    click_px = 4
    zoom_per_notch = 0.88
    slow_ms = 45.0
    """Moving pictures that take longer are drawn coarser, then at rest finely."""
    quick_ms = 20.0
    rest_s = 0.4

    def __init__(self, on_pick: Callable[[int], None]) -> None:
        gloo.gl.use_gl("gl+")
        super().__init__(
            app=app.Application("pyside6"),
            config={"samples": 0, "depth_size": 24, "stencil_size": 8},
            autoswap=False,
            show=False,
            keys=None,
        )
        self._on_pick = on_pick
        self._scene: Scene | None = None
        self._meshes: Mapping[str, MeshArrays] = {}
        self._stage: Stage | None = None
        self._ids: gloo.FrameBuffer | None = None
        self._frame: StateFrame | None = None
        self._selected = -1
        self._pressed_px: tuple[float, float] | None = None
        self._last_px: tuple[float, float] = (0.0, 0.0)
        self._flight: tuple[View, View, float] | None = None
        self.view = View((0.0, 0.0, 1.0), 12.0, -0.9, 0.5)
        self.language: Language = "en"
        self.theme: ThemeName = "day"
        self.wanted = Wanted(clock=False, captions=False)
        self.draw_ms = 0.0
        self.n_drawn = 0
        self._fineness = 0
        self._changed_s = 0.0
        self._is_final = True

    def set_scene(self, scene: Scene, meshes: Mapping[str, MeshArrays]) -> None:
        """Show another Scene; the first one brings its first camera along."""
        if self._scene is None or self._scene.name != scene.name:
            self.view = default_view(scene)
        self._scene, self._meshes = scene, meshes
        self._stage, self._frame, self._selected = None, None, -1
        self.update()

    def set_frame(self, frame: StateFrame) -> None:
        """Show this state from the next drawing on."""
        self._frame = frame
        self._change()

    def select(self, entity: int) -> None:
        """Outline an entity of the Scene, or none for -1."""
        self._selected = entity
        self.update()

    def fly_to(self, view: View) -> None:
        """Move to a view within 300 ms."""
        self._flight = (self.view, view.above_floor(), time.monotonic())
        self._change()

    def fly_to_entity(self, entity: int) -> None:
        """Fill the picture with an entity, seen from the present side."""
        if self._stage is not None:
            self.fly_to(self._stage.view_of(entity, self.view))

    def animate(self) -> None:
        """Ask for a drawing while a flight is on, and for a fine one at rest.

        Called by the window's timer.
        """
        if self._flight is not None:
            self._change()
        elif not self._is_final and not self._is_moving():
            self.update()

    def on_draw(self, event: object) -> None:
        """Draw; VisPy calls this with the window's context current."""
        began_s = time.perf_counter()
        self._fly(time.monotonic())
        size_px = (max(self.physical_size[0], 1), max(self.physical_size[1], 1))
        if self._scene is None or self._frame is None:
            gloo.set_viewport(0, 0, *size_px)
            gloo.clear(color=(0.5, 0.5, 0.5, 1.0), depth=True)
            return
        if self._stage is None:
            self._stage = Stage(self._scene, self._meshes)
        stage = self._stage
        is_moving = self._is_moving()
        if stage.frame is not self._frame or not (is_moving or self._is_final):
            stage.show(self._frame, in_turns=is_moving)
        if stage.selected != self._selected:
            stage.select(self._selected)
        overlay = build_overlay(
            stage.scene,
            stage.batch,
            self._frame,
            self.view,
            size_px,
            language=self.language,
            theme_name=self.theme,
            wanted=self.wanted,
        )
        share, smooth = FINENESS[self._fineness if is_moving else 0]
        aside_px = (round(size_px[0] * share), round(size_px[1] * share))
        stage.draw_aside(self.view, aside_px, self.theme)
        stage.draw(self.view, size_px, self.theme, overlay, aside=True, smooth=smooth)
        self.context.flush_commands()
        gloo.gl.glFinish()
        self.draw_ms = (time.perf_counter() - began_s) * 1e3
        self.n_drawn += 1
        self._is_final = not is_moving
        if is_moving:
            self._adapt()

    def on_resize(self, event: ResizeEvent) -> None:
        """Draw anew at the new size."""
        self.update()

    def entity_at(self, at_px: tuple[float, float]) -> int:
        """Return the index of the entity shown at a place, or -1.

        Args:
            at_px: From the canvas's upper left corner, in logical pixels.
        """
        if self._stage is None or self._stage.frame is None:
            return -1
        self.set_current()
        width, height = self.physical_size
        if self._ids is None or self._ids.color_buffer.shape[:2] != (height, width):
            self._ids = gloo.FrameBuffer(
                color=gloo.RenderBuffer((height, width), "color"),
                depth=depth_memory((height, width)),
            )
        with self._ids:
            gloo.set_viewport(0, 0, width, height)
            self._stage.draw_ids(self.view, (width, height))
            entities = decoded_ids(self._ids.read("color"))
        self.context.flush_commands()
        column = int(at_px[0] * self.pixel_scale)
        row = int(at_px[1] * self.pixel_scale)
        if not (0 <= row < entities.shape[0] and 0 <= column < entities.shape[1]):
            return -1
        return int(entities[row, column])

    def on_mouse_press(self, event: MouseEvent) -> None:
        """Remember where a drag or click begins."""
        self._pressed_px = self._last_px = (event.pos[0], event.pos[1])
        self._flight = None

    def on_mouse_move(self, event: MouseEvent) -> None:
        """Orbit or pan while a button is down."""
        if self._pressed_px is None or not event.is_dragging:
            return
        height = max(self.size[1], 1)
        right = (event.pos[0] - self._last_px[0]) / height
        down = (event.pos[1] - self._last_px[1]) / height
        self._last_px = (event.pos[0], event.pos[1])
        if event.button == 1 and "Shift" not in [key.name for key in event.modifiers]:
            self.view = self.view.orbited(-3.2 * right, 3.2 * down)
        else:
            self.view = self.view.panned(-right, down)
        self._change()

    def on_mouse_release(self, event: MouseEvent) -> None:
        """Pick, if the button came up where it went down."""
        pressed_px, self._pressed_px = self._pressed_px, None
        if pressed_px is None or event.button != 1:
            return
        moved_px = abs(event.pos[0] - pressed_px[0]) + abs(event.pos[1] - pressed_px[1])
        if moved_px <= self.click_px:
            self._on_pick(self.entity_at((event.pos[0], event.pos[1])))

    def on_mouse_wheel(self, event: MouseEvent) -> None:
        """Zoom."""
        self.view = self.view.zoomed(self.zoom_per_notch ** float(event.delta[1]))
        self._flight = None
        self._change()

    def _change(self) -> None:
        self._changed_s = time.monotonic()
        self.update()

    def _is_moving(self) -> bool:
        return time.monotonic() - self._changed_s < self.rest_s

    def _adapt(self) -> None:
        """Draw the next moving picture coarser if this one was slow, or finer."""
        if self.draw_ms > self.slow_ms:
            self._fineness = min(self._fineness + 1, len(FINENESS) - 1)
        elif self.draw_ms < self.quick_ms:
            self._fineness = max(self._fineness - 1, 0)

    def _fly(self, now_s: float) -> None:
        if self._flight is None:
            return
        start, end, began_s = self._flight
        share = (now_s - began_s) / FLIGHT_S
        self.view = between(start, end, share)
        if share >= 1.0:
            self._flight = None
