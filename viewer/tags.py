"""Small images with words: labels with a state chip, legend, clock, captions, notes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from twin.state import MachineState, Quality, Reason
from twin.text import Language, say
from viewer.display import (
    LEGEND,
    THEMES,
    Rgb,
    ThemeName,
    quality_key,
    reason_key,
    state_colour,
    state_key,
)

Rgba = NDArray[np.uint8]
"""Image, (h, w, 4), sRGB with straight alpha."""

_FAMILIES = (
    ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"),
    ("segoeui.ttf", "segoeuib.ttf"),
    ("Arial.ttf", "Arial Bold.ttf"),
)
_TEXT_PX = 13
_NOTE_PX = 11
_FINE = 4
"""Chips are drawn this many times larger and shrunk, for smooth borders."""

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@lru_cache(maxsize=16)
def font(size_px: int, bold: bool = False) -> Font:
    """Return the system's sans-serif, or the one that Pillow brings along."""
    for family in _FAMILIES:
        try:
            return ImageFont.truetype(family[1 if bold else 0], size_px)
        except OSError:
            continue
    return ImageFont.load_default(size_px)


def chip(state: int, reason: int, size_px: int) -> Image.Image:
    """Return a state's mark: its colour and, for eyes that miss it, its own shape."""
    full = size_px * _FINE
    image = Image.new("RGBA", (full, full), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    colour = state_colour(state, reason)
    edge = tuple(int(value * 0.6) for value in colour)
    last, line = full - 1, max(_FINE, full // 12)
    name = MachineState(state).name if state in set(MachineState) else ""
    if name.startswith("ABORT"):
        draw.polygon(
            [(full // 2, 0), (last, last - line), (0, last - line)],
            fill=colour,
            outline=edge,
        )
    elif name.endswith(("HELD", "HOLDING")):
        for left in (full // 8, full * 5 // 8):
            draw.rectangle((left, 0, left + full // 4, last), fill=colour, outline=edge)
    elif name.endswith(("SUSPENDED", "SUSPENDING")):
        half = full // 2
        draw.polygon(
            [(half, 0), (last, half), (half, last), (0, half)],
            fill=colour,
            outline=edge,
        )
    elif name in ("IDLE", "COMPLETE"):
        draw.ellipse((0, 0, last, last), fill=colour, outline=edge, width=line)
    elif name in ("EXECUTE", "STARTING", "COMPLETING"):
        draw.ellipse((0, 0, last, last), fill=colour)
    else:
        draw.rectangle(
            (line, line, last - line, last - line), fill=colour, outline=edge
        )
    return image.resize((size_px, size_px), Image.Resampling.BOX)


@lru_cache(maxsize=512)
def label_tag(
    text: str,
    state: int | None,
    reason: int,
    quality: int,
    language: Language,
    theme_name: ThemeName,
) -> Rgba:
    """Return a label: chip, name, and the state in words unless it is idle."""
    theme = THEMES[theme_name]
    words: list[tuple[str, bool, Rgb]] = [(text, True, theme.text)]
    if state is not None and state != MachineState.IDLE:
        words.append((state_words(state, reason, language), False, theme.muted))
    if quality != Quality.GOOD:
        mark = "◷ " if quality >= Quality.STALE else "… "
        words.append((mark + say(quality_key(quality), language), False, theme.muted))
    mark_image = None if state is None else chip(state, reason, 11)
    return _pill(words, mark_image, theme_name)


def state_words(state: int, reason: int, language: Language) -> str:
    """Return a state for people, with its reason where there is one."""
    words = say(state_key(state), language)
    why = say(reason_key(reason), language)
    return f"{words} ({why})" if why else words


def _pill(
    words: Sequence[tuple[str, bool, Rgb]],
    mark: Image.Image | None,
    theme_name: ThemeName,
) -> Rgba:
    gap, pad, height = 7, 8, 23
    widths = [int(font(_TEXT_PX, bold).getlength(text)) + 1 for text, bold, _ in words]
    mark_width = mark.width + 6 if mark is not None else 0
    width = 2 * pad + mark_width + sum(widths) + gap * (len(words) - 1)
    image = _panel(width, height, theme_name, radius_px=6)
    draw = ImageDraw.Draw(image)
    x = pad
    if mark is not None:
        image.alpha_composite(mark, (x, (height - mark.height) // 2))
        x += mark_width
    for (text, bold, colour), word_width in zip(words, widths, strict=True):
        draw.text(
            (x, height // 2), text, font=font(_TEXT_PX, bold), fill=colour, anchor="lm"
        )
        x += word_width + gap
    return np.asarray(image)


def _panel(
    width: int, height: int, theme_name: ThemeName, radius_px: int
) -> Image.Image:
    theme = THEMES[theme_name]
    image = Image.new("RGBA", (width * _FINE, height * _FINE), (*theme.panel, 0))
    ImageDraw.Draw(image).rounded_rectangle(
        (0, 0, width * _FINE - 1, height * _FINE - 1),
        radius=radius_px * _FINE,
        fill=(*theme.panel, 232),
        outline=(*theme.line, 130),
        width=_FINE,
    )
    return image.resize((width, height), Image.Resampling.BOX)


@lru_cache(maxsize=16)
def legend_tag(language: Language, theme_name: ThemeName) -> Rgba:
    """Return the legend of machine states."""
    theme = THEMES[theme_name]
    rows = [
        (state, reason, state_words(state, reason, language))
        for state, reason in LEGEND
    ]
    title = say("viewer.legend", language)
    row_px, pad = 19, 10
    text_px = max(font(12).getlength(row[2]) for row in rows)
    width = int(max(text_px + 19, font(12, bold=True).getlength(title))) + 2 * pad + 2
    height = row_px * (len(rows) + 1) + 2 * pad - 4
    image = _panel(width, height, theme_name, radius_px=6)
    draw = ImageDraw.Draw(image)
    y = pad + row_px // 2 - 2
    draw.text((pad, y), title, font=font(12, bold=True), fill=theme.text, anchor="lm")
    for state, reason, words in rows:
        y += row_px
        image.alpha_composite(chip(state, reason, 11), (pad, y - 5))
        draw.text((pad + 19, y), words, font=font(12), fill=theme.text, anchor="lm")
    return np.asarray(image)


@lru_cache(maxsize=64)
def clock_tag(time_words: str, title: str, theme_name: ThemeName) -> Rgba:
    """Return the picture's own clock under the scenario's title."""
    theme = THEMES[theme_name]
    pad = 10
    width = (
        int(
            max(
                font(22, bold=True).getlength(time_words),
                font(12).getlength(title),
            )
        )
        + 2 * pad
        + 1
    )
    image = _panel(width, 56, theme_name, radius_px=6)
    draw = ImageDraw.Draw(image)
    draw.text((pad, 16), title, font=font(12), fill=theme.muted, anchor="lm")
    draw.text(
        (pad, 38), time_words, font=font(22, bold=True), fill=theme.text, anchor="lm"
    )
    return np.asarray(image)


@lru_cache(maxsize=64)
def caption_tag(
    lines: tuple[tuple[str, int], ...], theme_name: ThemeName, widest_px: int
) -> Rgba:
    """Return the newest events as lines: text and severity, newest last."""
    theme = THEMES[theme_name]
    pad, row_px = 10, 20
    written = [
        (_shortened(text, widest_px - 2 * pad - 20), level) for text, level in lines
    ]
    width = (
        int(max(font(_TEXT_PX).getlength(text) for text, _ in written)) + 2 * pad + 21
    )
    image = _panel(width, row_px * len(written) + 10, theme_name, radius_px=6)
    draw = ImageDraw.Draw(image)
    y = 5 + row_px // 2
    for text, level in written:
        state = (MachineState.EXECUTE, MachineState.HELD, MachineState.ABORTED)[
            min(max(level, 0), 2)
        ]
        image.alpha_composite(chip(state, Reason.NONE, 11), (pad, y - 5))
        draw.text(
            (pad + 19, y), text, font=font(_TEXT_PX), fill=theme.text, anchor="lm"
        )
        y += row_px
    return np.asarray(image)


@lru_cache(maxsize=16)
def notes_tag(texts: tuple[str, ...], theme_name: ThemeName, widest_px: int) -> Rgba:
    """Return notes in small print, each from a new line and broken where too wide."""
    theme = THEMES[theme_name]
    pad, row_px = 7, 15
    face = font(_NOTE_PX)
    lines = [
        line for text in texts for line in _broken(text, face, widest_px - 2 * pad)
    ]
    width = int(max(face.getlength(line) for line in lines)) + 2 * pad + 1
    image = _panel(width, row_px * len(lines) + 6, theme_name, radius_px=5)
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        y = 3 + row_px * number + row_px // 2
        draw.text((pad, y), line, font=face, fill=theme.muted, anchor="lm")
    return np.asarray(image)


def _broken(text: str, face: Font, widest_px: int) -> list[str]:
    """Return a text in lines, broken between words."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".lstrip()
        if lines[-1] and face.getlength(longer) > widest_px:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _shortened(text: str, widest_px: int) -> str:
    if font(_TEXT_PX).getlength(text) <= widest_px:
        return text
    while text and font(_TEXT_PX).getlength(text + "…") > widest_px:
        text = text[:-1]
    return text + "…"
