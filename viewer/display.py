"""Colours of what is shown: themes, machine states, quality; no graphics library."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.state import MachineState, Quality, Reason

Rgb = tuple[int, int, int]
"""sRGB, 0 to 255."""

ThemeName = Literal["day", "dark"]


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours that belong to the time of day, not to a meaning.

    Attributes:
        sky_top: Background at the top edge.
        sky_bottom: Background at the bottom edge.
        panel: Fill behind text.
        text: Text on ``panel``.
        muted: Text that matters less.
        line: Hairlines and leaders.
        light: Factor on all lamps.
    """

    sky_top: Rgb
    sky_bottom: Rgb
    panel: Rgb
    text: Rgb
    muted: Rgb
    line: Rgb
    light: float


THEMES: MappingProxyType[ThemeName, Theme] = MappingProxyType(
    {
        "day": Theme(
            sky_top=(0xEE, 0xF2, 0xF5),
            sky_bottom=(0xD3, 0xDD, 0xE5),
            panel=(0xFF, 0xFF, 0xFF),
            text=(0x1D, 0x25, 0x2C),
            muted=(0x5C, 0x67, 0x70),
            line=(0x4A, 0x55, 0x5E),
            light=1.0,
        ),
        "dark": Theme(
            sky_top=(0x20, 0x26, 0x2C),
            sky_bottom=(0x15, 0x19, 0x1D),
            panel=(0x26, 0x2D, 0x34),
            text=(0xEC, 0xF0, 0xF3),
            muted=(0x9F, 0xAA, 0xB3),
            line=(0xA9, 0xB4, 0xBC),
            light=0.62,
        ),
    }
)

SELECTED: Rgb = (0xCC, 0x79, 0xA7)
EXECUTE: Rgb = (0x00, 0x9E, 0x73)
STARVED: Rgb = (0x56, 0xB4, 0xE9)
BLOCKED: Rgb = (0x00, 0x72, 0xB2)
HELD: Rgb = (0xE6, 0x9F, 0x00)
ABORTED: Rgb = (0xD5, 0x5E, 0x00)
STOPPED: Rgb = (0x9A, 0x9F, 0xA3)
IDLE: Rgb = (0xC9, 0xD1, 0xD6)

_STATE_COLOUR = MappingProxyType(
    {
        MachineState.UNDEFINED: STOPPED,
        MachineState.CLEARING: STOPPED,
        MachineState.STOPPED: STOPPED,
        MachineState.STARTING: EXECUTE,
        MachineState.IDLE: IDLE,
        MachineState.SUSPENDED: STARVED,
        MachineState.EXECUTE: EXECUTE,
        MachineState.STOPPING: STOPPED,
        MachineState.ABORTING: ABORTED,
        MachineState.ABORTED: ABORTED,
        MachineState.HOLDING: HELD,
        MachineState.HELD: HELD,
        MachineState.UNHOLDING: HELD,
        MachineState.SUSPENDING: STARVED,
        MachineState.UNSUSPENDING: STARVED,
        MachineState.RESETTING: STOPPED,
        MachineState.COMPLETING: EXECUTE,
        MachineState.COMPLETE: IDLE,
    }
)

LEGEND: tuple[tuple[MachineState, Reason], ...] = (
    (MachineState.EXECUTE, Reason.NONE),
    (MachineState.IDLE, Reason.NONE),
    (MachineState.SUSPENDED, Reason.STARVED),
    (MachineState.SUSPENDED, Reason.BLOCKED),
    (MachineState.HELD, Reason.NONE),
    (MachineState.ABORTED, Reason.NONE),
    (MachineState.STOPPED, Reason.NONE),
)
"""States a legend explains, in its order; the rest take one of their colours."""

PREDICTED_OPACITY = 0.6
STALE_DESATURATION = 0.85


def state_colour(state: int, reason: int = Reason.NONE) -> Rgb:
    """Return the colour of a machine state; numbers unknown to us are undefined.

    Source:
        M. Okabe, K. Ito, "Color universal design", 2008: colours that colour-blind
        people tell apart.
    """
    try:
        known = MachineState(state)
    except ValueError:
        known = MachineState.UNDEFINED
    if known is MachineState.SUSPENDED and reason == Reason.BLOCKED:
        return BLOCKED
    return _STATE_COLOUR[known]


def state_key(state: int) -> str:
    """Return the catalogue key that names a machine state."""
    try:
        return f"state.{MachineState(state).name.lower()}"
    except ValueError:
        return "state.undefined"


def reason_key(reason: int) -> str:
    """Return the catalogue key that names a reason."""
    try:
        return f"reason.{Reason(reason).name.lower()}"
    except ValueError:
        return "reason.none"


def quality_key(quality: int) -> str:
    """Return the catalogue key that names a quality."""
    try:
        return f"quality.{Quality(quality).name.lower()}"
    except ValueError:
        return "quality.bad"


def linear_from_srgb(srgb: ArrayLike) -> NDArray[np.float32]:
    """Return light intensities of sRGB values.

    Args:
        srgb: Any shape, 0 to 255.

    Returns:
        Same shape, float32, 0 to 1.

    Source:
        IEC 61966-2-1:1999, 5.2.
    """
    value = np.asarray(srgb, dtype=np.float64) / 255.0
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return linear.astype(np.float32)
