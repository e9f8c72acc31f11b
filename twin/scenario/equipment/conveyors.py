"""Conveyors: what carries parts along."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from twin.scenario.equipment.placed import Placed
from twin.scenario.fields import (
    Acceleration,
    Friction,
    Speed,
)


class Conveyor(Placed):
    """A belt or strand that carries things along its own +X or +Y.

    Attributes:
        belts: Nodes of the asset that carry; the rest of it stands still.
        direction: Axis of travel in its own frame.
        speed: Of the belt when it runs.
        acceleration: Of its start and stop ramps.
        friction: Coulomb coefficient between belt and load, as it acts.
    """

    kind: Literal["conveyor"]
    belts: tuple[str, ...] = Field(strict=False, min_length=1)
    direction: Literal["+x", "-x", "+y", "-y"] = "+x"
    speed: Speed
    acceleration: Acceleration
    friction: Friction
