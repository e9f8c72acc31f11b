"""What keeps people from robots and sparks from fuel."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from twin.scenario.fields import Metres, Model, PositiveMetres, Seconds, Text
from twin.units import Quantity


class Safeguard(Model):
    """What stops a robot when somebody comes near it.

    Attributes:
        label: Name for people; the id where absent.
        robot: Id of the robot that it stops.
        type: How it sees a person.
        distance: From it to the nearest place that the robot reaches.
        response: From a person seen to the command to stop.
        resolution: Thinnest thing that a light curtain sees.
        height: Of a scanner's or mat's field above the floor.
        mode: How the robot is run while people are about.
    """

    label: Text | None = None
    robot: str
    type: Literal["light_curtain", "scanner", "gate"]
    distance: PositiveMetres
    response: Seconds
    resolution: PositiveMetres = Quantity(0.014, "m")
    height: Metres = Quantity(0.2, "m")
    mode: Literal["separated", "collaborative"] = "separated"


class Zone(Model):
    """Where an explosive atmosphere may form.

    Attributes:
        label: Name for people; the id where absent.
        station: Id of the station that it lies around.
        radius: How far it reaches from the station's place.
        grade: 0 always, 1 now and then in normal work, 2 seldom and briefly.
        rated: Ids of equipment in it that is built for such a zone.
    """

    label: Text | None = None
    station: str
    radius: PositiveMetres
    grade: Literal[0, 1, 2] = 1
    rated: tuple[str, ...] = Field(default=(), strict=False)
