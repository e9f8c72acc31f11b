"""GL contexts of the viewer: pictures without a screen, and the window's canvas."""

from __future__ import annotations

import os
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from twin.errors import MissingPartError

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
            from vispy import app
            from vispy.gloo import gl

            gl.use_gl("gl+")
            self._canvas = app.Canvas(
                size=(16, 16), app=app.Application("egl"), show=False, autoswap=False
            )
            self._canvas.set_current()
            self.renderer = str(gl.glGetParameter(gl.GL_RENDERER))
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
