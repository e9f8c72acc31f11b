"""What looks at parts: light barriers and measuring cameras."""

from __future__ import annotations

from typing import Literal

from twin.scenario.equipment.placed import Placed
from twin.scenario.fields import (
    NonNegativeMetres,
    NonNegativeRadians,
    Point,
    Seconds,
)


class LightBarrier(Placed):
    """A beam between two posts that something breaks.

    Attributes:
        start: One end of the beam, in its own frame.
        end: The other end.
    """

    kind: Literal["light_barrier"]
    start: Point
    end: Point


class MeasuringCamera(Placed):
    """A simulated camera that measures a part's pose, with noise.

    Attributes:
        time: From trigger to result.
        position_noise: Standard deviation of each coordinate.
        angle_noise: Standard deviation of each rotation.
    """

    kind: Literal["measuring_camera"]
    time: Seconds
    position_noise: NonNegativeMetres
    angle_noise: NonNegativeRadians
