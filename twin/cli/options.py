"""Options that several commands share, and how their texts are read."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from twin.errors import TwinError

_CLOCK = re.compile(r"^(?P<h>\d{1,4}):(?P<m>[0-5]\d):(?P<s>[0-5]\d(?:\.\d+)?)$")
_SIZE = re.compile(r"^(?P<w>\d{2,5})x(?P<h>\d{2,5})$")
_LARGEST_EDGE_PX = 7680
_LONGEST_S = 3.2e9


class EngineChoice(StrEnum):
    """What runs a scenario."""

    FLOW = "flow"
    PHYSICS = "physics"


class LanguageChoice(StrEnum):
    """Language of texts."""

    EN = "en"
    FR = "fr"


class ThemeChoice(StrEnum):
    """Colours of the viewer."""

    DAY = "day"
    DARK = "dark"


ScenarioArgument = Annotated[
    Path, typer.Argument(metavar="SCENARIO", help="A scenario file (.yaml).")
]
SeedOption = Annotated[
    int | None,
    typer.Option(min=0, max=2**32 - 1, help="Seed of all draws; the scenario's own."),
]
EngineOption = Annotated[
    EngineChoice | None, typer.Option(help="What runs it; the scenario's own.")
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object on stdout.")
]
LanguageOption = Annotated[
    LanguageChoice, typer.Option("--lang", help="Language of texts.")
]
ThemeOption = Annotated[ThemeChoice, typer.Option(help="Colours.")]


def read_duration_s(text: str, option: str) -> float:
    """Return the seconds of "00:01:30", "90 s" or "10min".

    Raises:
        TwinError: If it is neither.
    """
    clock = _CLOCK.match(text.strip())
    if clock is not None:
        return int(clock["h"]) * 3600 + int(clock["m"]) * 60 + float(clock["s"])
    from twin.units import TIME, read_quantity

    try:
        value = read_quantity(text, TIME)
    except ValueError as error:
        raise TwinError(
            f"{option}: got {text!r}; write a time such as 10min or 00:01:30"
        ) from error
    if not 0.0 <= value <= _LONGEST_S:
        raise TwinError(f"{option}: got {text!r}; give a time from 0 to 100 a (years)")
    return value


def read_share(text: str, option: str) -> float:
    """Return the share that "0.01" or "1 %" means.

    Raises:
        TwinError: If it is neither, or not between 0 and 1.
    """
    written = text.strip()
    try:
        percent = written.endswith("%")
        value = float(written.removesuffix("%")) / (100.0 if percent else 1.0)
    except ValueError:
        value = -1.0
    if not 0.0 < value < 1.0:
        raise TwinError(
            f"{option}: got {text!r}; give a share between 0 and 1, such as 0.01 or 1%"
        )
    return value


def read_size_px(text: str) -> tuple[int, int]:
    """Return width and height of "1280x720".

    Raises:
        TwinError: If it is no size, or too large.
    """
    size = _SIZE.match(text.strip())
    if size is None:
        raise TwinError(f"--size: got {text!r}; write a size such as 1280x720")
    width, height = int(size["w"]), int(size["h"])
    if max(width, height) > _LARGEST_EDGE_PX:
        raise TwinError(
            f"--size: {width}x{height} exceeds {_LARGEST_EDGE_PX} pixels; go smaller"
        )
    return width, height
