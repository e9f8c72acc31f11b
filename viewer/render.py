"""Pictures and films of a Scene, with no screen."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from twin.errors import MissingPartError, ServiceError
from twin.state import Camera, Event, MeshArrays, Scene, StateFrame
from twin.text import Language
from viewer.batch import decoded_ids
from viewer.canvas import HeadlessCanvas
from viewer.display import ThemeName
from viewer.orbit import View, camera_names, default_view, saved_view
from viewer.overlay import Wanted, build_overlay
from viewer.stage import Stage

Picture = NDArray[np.uint8]
"""(h, w, 3), sRGB, top row first."""


class Studio:
    """A context, a batch and a size's worth of memory, kept for many pictures.

    Args:
        scene: What there is.
        meshes: Shapes by sha256.
        language: Of all words.
        theme: "day" or "dark".

    Raises:
        MissingPartError: If this machine cannot draw without a screen.
    """

    def __init__(
        self,
        scene: Scene,
        meshes: Mapping[str, MeshArrays],
        *,
        language: Language = "en",
        theme: ThemeName = "day",
    ) -> None:
        self.language: Language = language
        self.theme: ThemeName = theme
        self._canvas = HeadlessCanvas()
        self._stage = Stage(scene, meshes)

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
        self._canvas.close()

    @property
    def renderer(self) -> str:
        """Name of what draws, such as "llvmpipe (LLVM 15.0.6, 256 bits)"."""
        return self._canvas.renderer

    def set_scene(self, scene: Scene, meshes: Mapping[str, MeshArrays]) -> None:
        """Show another Scene from now on, such as the next revision."""
        self._canvas.make_current()
        self._stage = Stage(scene, meshes)

    def picture(
        self,
        frame: StateFrame,
        camera: str | Camera | View = "",
        size_px: tuple[int, int] = (1280, 720),
        *,
        labels: bool = True,
        events: Sequence[Event] = (),
        selected: str = "",
        fast: bool = False,
    ) -> Picture:
        """Return the picture of one state.

        Args:
            frame: What to show.
            camera: Name of a saved camera ("" is the first), or a camera or view.
            size_px: Width and height.
            labels: Whether labels, legend, clock, captions and notes lie over it.
            events: Newest events of the run, oldest first, for the captions.
            selected: Id of an entity to outline.
            fast: One sample a pixel and smoothing afterwards, as for films; else
                four samples.

        Raises:
            ServiceError: If there is no such camera or entity.
        """
        view = self.view(camera)
        self._canvas.make_current()
        self._stage.select(self._entity(selected) if selected else -1)
        self._stage.show(frame)
        overlay = build_overlay(
            self._stage.scene,
            self._stage.batch,
            frame,
            view,
            size_px,
            language=self.language,
            theme_name=self.theme,
            wanted=Wanted(labels, labels, labels, labels, labels),
            events=events,
        )
        if fast:
            self._stage.draw_aside(view, size_px, self.theme)
        self._canvas.bind(size_px, smooth=not fast)
        self._stage.draw(view, size_px, self.theme, overlay, aside=fast)
        return np.ascontiguousarray(self._canvas.read(smooth=not fast)[..., :3])

    def ids(
        self,
        frame: StateFrame,
        camera: str | Camera | View = "",
        size_px: tuple[int, int] = (1280, 720),
    ) -> NDArray[np.int64]:
        """Return which entity each pixel shows, (h, w) index, -1 for none."""
        view = self.view(camera)
        self._canvas.make_current()
        self._stage.show(frame)
        self._canvas.bind(size_px, smooth=False)
        self._stage.draw_ids(view, size_px)
        return decoded_ids(self._canvas.read(smooth=False))

    def view(self, camera: str | Camera | View) -> View:
        """Return the view that a camera's name, or a camera, stands for.

        Raises:
            ServiceError: If the scene has no camera of that name.
        """
        if isinstance(camera, View):
            return camera
        if isinstance(camera, Camera):
            return View.of_camera(camera)
        if not camera:
            return default_view(self._stage.scene)
        view = saved_view(self._stage.scene, camera)
        if view is None:
            names = ", ".join(camera_names(self._stage.scene)) or "none"
            raise ServiceError(f"camera: no {camera!r} here; there are: {names}")
        return view

    def _entity(self, entity_id: str) -> int:
        for index, entity in enumerate(self._stage.scene.entities):
            if entity.id == entity_id:
                return index
        raise ServiceError(f"selection: no entity {entity_id!r} in this scene")


def still(
    scene: Scene,
    meshes: Mapping[str, MeshArrays],
    frame: StateFrame,
    *,
    camera: str | Camera | View = "",
    size_px: tuple[int, int] = (1280, 720),
    language: Language = "en",
    theme: ThemeName = "day",
    labels: bool = True,
    events: Sequence[Event] = (),
) -> Picture:
    """Return one picture; several are cheaper from one ``Studio``.

    Args:
        scene: What there is.
        meshes: Shapes by sha256.
        frame: What to show.
        camera: Name of a saved camera ("" is the first), or a camera or view.
        size_px: Width and height.
        language: Of all words.
        theme: "day" or "dark".
        labels: Whether labels, legend, clock, captions and notes lie over it.
        events: Newest events of the run, oldest first, for the captions.
    """
    with Studio(scene, meshes, language=language, theme=theme) as studio:
        return studio.picture(frame, camera, size_px, labels=labels, events=events)


def write_png(path: Path, picture: Picture) -> None:
    """Write a picture; the file appears whole or not at all."""
    from PIL import Image

    with _Whole(path, ".png") as part:
        Image.fromarray(picture).save(part, format="PNG")


def write_film(
    path: Path, pictures: Iterable[Picture], fps: float, *, quality: int = 8
) -> int:
    """Write pictures of one size as an H.264 film, whole or not at all.

    Args:
        path: Where to, ending in ``.mp4``.
        pictures: At least one; sizes are even numbers of pixels.
        fps: Pictures a second.
        quality: 1 to 10, as imageio-ffmpeg counts.

    Returns:
        How many pictures were written.

    Raises:
        ServiceError: If there is no picture, or one of another size.
        MissingPartError: If ffmpeg is not to be had.
    """
    from imageio_ffmpeg import write_frames

    n_written = 0
    with _Whole(path, ".mp4") as part:
        writer = None
        size_px = (0, 0)
        try:
            for picture in pictures:
                here_px = (picture.shape[1], picture.shape[0])
                if writer is None:
                    size_px = here_px
                    writer = write_frames(
                        str(part),
                        size_px,
                        fps=fps,
                        quality=quality,
                        macro_block_size=2,
                        output_params=["-preset", "veryfast"],
                        ffmpeg_log_level="error",
                    )
                    writer.send(None)
                if here_px != size_px:
                    raise ServiceError(
                        f"{path}: picture {n_written} is {here_px}, the first was"
                        f" {size_px}; draw all at one size"
                    )
                writer.send(np.ascontiguousarray(picture))
                n_written += 1
        except (OSError, RuntimeError) as error:
            raise MissingPartError(
                f"{path}: ffmpeg failed ({str(error).splitlines()[0]});"
                " reinstall imageio-ffmpeg"
            ) from error
        finally:
            if writer is not None:
                writer.close()
        if not n_written:
            raise ServiceError(f"{path}: no picture to film; give at least one")
    return n_written


class _Whole:
    """A file beside ``path`` that takes its place if all goes well."""

    def __init__(self, path: Path, suffix: str) -> None:
        self._path = Path(path)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            suffix=suffix, prefix=f".{self._path.stem}-", dir=self._path.parent
        )
        os.close(handle)
        self._part = Path(name)

    def __enter__(self) -> Path:
        return self._part

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            # Temporary files are private; a result is as readable as any other.
            self._part.chmod(0o644)
            self._part.replace(self._path)
        else:
            self._part.unlink(missing_ok=True)
