"""What lies over the picture: labels, legend, clock, captions, notes.

All images go onto one sheet, and a list of triangles says which piece is drawn
where; a still and a window show the same overlay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from twin.state import Event, Scene, StateFrame
from twin.text import LANGUAGES, Language, catalogue, number, say
from viewer.batch import Batch
from viewer.display import THEMES, ThemeName
from viewer.labels import Rectangle, Subject, place, projected_px, subjects
from viewer.orbit import View
from viewer.tags import (
    Rgba,
    caption_tag,
    clock_tag,
    label_tag,
    legend_tag,
    notes_tag,
)

_MARGIN_PX = 14
_GAP_PX = 4
_DOT_PX = 3.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which parts of the overlay a picture has.

    Attributes:
        labels: Names and states of stations, robots, cars, packs.
        legend: What the chips mean.
        clock: Simulated time and the scenario's title.
        captions: The newest of the events given.
        notes: What the scene says that every viewer must show.
    """

    labels: bool = True
    legend: bool = True
    clock: bool = True
    captions: bool = True
    notes: bool = True


@dataclass(frozen=True, slots=True)
class Overlay:
    """An overlay ready to draw.

    Attributes:
        sheet: Image that all pieces are cut from, (h, w, 4).
        corners_px: Triangle corners in the picture, y down, (3 t, 2) float32.
        texels: The same corners on the sheet, (3 t, 2) float32.
        labels: Place of each label by entity index, for tests and clicks.
    """

    sheet: Rgba
    corners_px: NDArray[np.float32]
    texels: NDArray[np.float32]
    labels: dict[int, Rectangle] = field(default_factory=dict)


class _Sheet:
    """Images stacked downwards, and the triangles that show them."""

    def __init__(self, line_rgb: tuple[int, int, int]) -> None:
        first = np.zeros((4, 4, 4), np.uint8)
        first[:, :] = (*line_rgb, 215)
        self._images: list[Rgba] = [first]
        self._corners: list[NDArray[np.float64]] = []
        self._texels: list[NDArray[np.float64]] = []
        self._height = 4

    def add_image(self, image: Rgba, left: int, top: int) -> None:
        height, width = image.shape[:2]
        self._quad(left, top, width, height, 0, self._height, width, height)
        self._images.append(image)
        self._height += height

    def add_line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        along = np.array([x1 - x0, y1 - y0])
        length = float(np.linalg.norm(along))
        if length < 1.0:
            return
        side = np.array([-along[1], along[0]]) / length * 0.6
        ends = np.array([[x0, y0], [x1, y1]])
        a, b, c, d = ends[0] - side, ends[1] - side, ends[0] + side, ends[1] + side
        self._corners.append(np.array([a, b, c, c, b, d]))
        self._texels.append(np.full((6, 2), 2.0))

    def add_dot(self, x: float, y: float) -> None:
        self._quad(
            x - _DOT_PX / 2, y - _DOT_PX / 2, _DOT_PX, _DOT_PX, 1.0, 1.0, 1.0, 1.0
        )

    def _quad(
        self,
        left: float,
        top: float,
        width: float,
        height: float,
        u: float,
        v: float,
        u_width: float,
        v_height: float,
    ) -> None:
        unit = np.array([[0, 0], [1, 0], [0, 1], [0, 1], [1, 0], [1, 1]], np.float64)
        self._corners.append(unit * (width, height) + (left, top))
        self._texels.append(unit * (u_width, v_height) + (u, v))

    def overlay(self, labels: dict[int, Rectangle]) -> Overlay:
        # Sizes grow in steps, so that the texture is seldom made anew.
        width = -(-max(image.shape[1] for image in self._images) // 64) * 64
        height = -(-self._height // 64) * 64
        sheet = np.zeros((height, width, 4), np.uint8)
        y = 0
        for image in self._images:
            sheet[y : y + image.shape[0], : image.shape[1]] = image
            y += image.shape[0]
        none = np.zeros((0, 2), np.float32)
        return Overlay(
            sheet=sheet,
            corners_px=np.concatenate([none, *self._corners]).astype(np.float32),
            texels=np.concatenate([none, *self._texels]).astype(np.float32),
            labels=labels,
        )


def build_overlay(
    scene: Scene,
    batch: Batch,
    frame: StateFrame,
    view: View,
    size_px: tuple[int, int],
    *,
    language: Language,
    theme_name: ThemeName,
    wanted: Wanted,
    events: Sequence[Event] = (),
) -> Overlay:
    """Return the overlay of one picture.

    Args:
        scene: What there is.
        batch: The same, as drawn.
        frame: Its state.
        view: Camera.
        size_px: Width and height of the picture.
        language: Of all words.
        theme_name: Colours.
        wanted: Which parts.
        events: The run's newest events, oldest first; the last three are shown.
    """
    sheet = _Sheet(THEMES[theme_name].line)
    taken: list[Rectangle] = []
    if wanted.legend and len(frame.machine_state):
        image = legend_tag(language, theme_name)
        left = size_px[0] - image.shape[1] - _MARGIN_PX
        taken.append(_fixed(sheet, image, left, _MARGIN_PX))
    if wanted.clock:
        words = time_words(frame.sim_time_s, language)
        image = clock_tag(words, scene.title_words(language), theme_name)
        taken.append(_fixed(sheet, image, _MARGIN_PX, _MARGIN_PX))
    widest_px = size_px[0] - 2 * _MARGIN_PX
    bottom = size_px[1] - _MARGIN_PX
    if wanted.notes and scene.notes:
        texts = tuple(note.words(language) for note in scene.notes)
        image = notes_tag(texts, theme_name, widest_px)
        bottom -= image.shape[0]
        taken.append(_fixed(sheet, image, _MARGIN_PX, bottom))
        bottom -= _GAP_PX
    if wanted.captions and events:
        lines = tuple(
            (event_words(event, language), event.severity) for event in events[-3:]
        )
        image = caption_tag(lines, theme_name, widest_px)
        taken.append(_fixed(sheet, image, _MARGIN_PX, bottom - image.shape[0]))
    labels: dict[int, Rectangle] = {}
    if wanted.labels:
        shown = subjects(scene, batch, frame, language)
        labels = _add_labels(sheet, shown, view, size_px, language, theme_name, taken)
    return sheet.overlay(labels)


def _fixed(sheet: _Sheet, image: Rgba, left: int, top: int) -> Rectangle:
    sheet.add_image(image, left, top)
    return Rectangle(left, top, image.shape[1], image.shape[0])


def _add_labels(
    sheet: _Sheet,
    shown: Sequence[Subject],
    view: View,
    size_px: tuple[int, int],
    language: Language,
    theme_name: ThemeName,
    taken: Sequence[Rectangle],
) -> dict[int, Rectangle]:
    images = [
        label_tag(
            subject.text,
            subject.state,
            subject.reason,
            subject.quality,
            language,
            theme_name,
        )
        for subject in shown
    ]
    points = np.array([subject.point_in_world_m for subject in shown]).reshape(-1, 3)
    anchors_px = projected_px(view, size_px, points)
    sizes = [(image.shape[1], image.shape[0]) for image in images]
    places = place(anchors_px, sizes, size_px, taken)
    for index, room in places.items():
        x, y = float(anchors_px[index, 0]), float(anchors_px[index, 1])
        middle = min(max(x, room.left + 6.0), room.left + room.width - 6.0)
        above = y > room.top + room.height / 2
        sheet.add_line(x, y, middle, room.top + (room.height if above else 0))
        sheet.add_dot(x, y)
    for index, room in places.items():
        sheet.add_image(images[index], room.left, room.top)
    return {shown[index].entity: room for index, room in places.items()}


def time_words(sim_time_s: float, language: Language) -> str:
    """Return simulated time as hours, minutes, seconds and tenths."""
    tenths = round(sim_time_s * 10)
    minutes, tenths = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    seconds = number(tenths / 10, 1, language).rjust(4, "0")
    return f"{hours:02d}:{minutes:02d}:{seconds}"


def event_words(event: Event, language: Language) -> str:
    """Return an event for people; one whose text is unknown shows its kind."""
    if event.text not in catalogue():
        return f"{event.kind} · {event.source}"
    nameless = {f"product_{each}": say("event.a_product", each) for each in LANGUAGES}
    filled_in = nameless | {
        name: value if isinstance(value, str) else _short(value, language)
        for name, value in event.arguments.items()
    }
    # A thing that has a name for people is called by it.
    filled_in |= {
        name: filled_in[f"{name}_{language}"]
        for name in event.arguments
        if f"{name}_{language}" in filled_in
    }
    try:
        return say(event.text, language, **filled_in)
    except (KeyError, IndexError, ValueError):
        return f"{event.kind} · {event.source}"


def _short(value: float, language: Language) -> str:
    # A count comes off the wire as 1.0 and is still one.
    return number(value, 0 if float(value).is_integer() else 1, language)
