"""Things that only stand there, or hold what others bring."""

from __future__ import annotations

from typing import Literal

from twin.scenario.equipment.placed import Placed
from twin.scenario.fields import (
    Metres,
    Seconds,
)


class Fixture(Placed):
    """Something that only stands there: a hall, a fence, a cabinet."""

    kind: Literal["fixture"]
    noun: str = "fixture"


class Container(Placed):
    """What parts are put into: a stillage, a rack for doors.

    Attributes:
        collected_after: A truck that is not modelled changes it for an empty one so
            long after the last part came.
    """

    kind: Literal["container"]
    collected_after: Seconds


class Rack(Placed):
    """Where packs end up: a place at the end of a belt.

    Attributes:
        inside: A pack whose centre of mass is this far along the belt's direction,
            counted from the world's origin, is inside.
        collected_after: A truck that is not modelled takes it away then.
    """

    kind: Literal["rack"]
    inside: Metres
    collected_after: Seconds
