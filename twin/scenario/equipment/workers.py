"""People who work at places."""

from __future__ import annotations

from typing import Literal

from twin.scenario.equipment.placed import Placed
from twin.scenario.fields import (
    Place,
    Speed,
)

HOME = "home"


class Worker(Placed):
    """A person with a walking speed and places to be.

    Attributes:
        walking_speed: Straight between places.
        places: Where work is done, by name; "home" is ``place``, where the person
            waits.
    """

    kind: Literal["worker"]
    walking_speed: Speed
    places: dict[str, Place]

    def spot(self, name: str) -> Place:
        """Return a place by name."""
        return self.place if name == HOME else self.places[name]
