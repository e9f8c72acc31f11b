"""What a manipulator can hold at its flange, and where it changes it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from twin.scenario.fields import (
    AngularSpeed,
    Count,
    Friction,
    Kilograms,
    Model,
    NewtonMetres,
    Newtons,
    Pascals,
    PositiveMetres,
    PositiveRadians,
    Reserve,
    Seconds,
    Speed,
    Stance,
)
from twin.units import Quantity


class EndToolBase(Model):
    """What every tool at a flange has.

    Attributes:
        asset: Its mesh; a plain cylinder where absent.
        mass: Of the whole tool.
        length: From the flange to where it works, its tip.
    """

    asset: str | None = None
    mass: Kilograms
    length: PositiveMetres


class VacuumGripper(EndToolBase):
    """Suction cups that hold a part up to a force, and no further.

    Attributes:
        cups: How many.
        cup_diameter: Of the area that sucks, each.
        vacuum: Pressure below that of the air.
        safety: The force that cups, area and vacuum give is divided by it.
        friction: Between cup and part: what is pulled sideways counts by it.
        grip_time: To evacuate.
        release_time: To blow off.
    """

    kind: Literal["vacuum"]
    cups: Count
    cup_diameter: PositiveMetres
    vacuum: Pascals
    safety: Reserve = Quantity(2.0)
    friction: Friction = Quantity(0.5)
    grip_time: Seconds = Quantity(0.3, "s")
    release_time: Seconds = Quantity(0.2, "s")


class JawGripper(EndToolBase):
    """Two fingers that close on a part and hold it by friction alone.

    Attributes:
        opening: Between the fingers when open.
        finger_length: How far they reach out of the palm, up to the tip.
        finger_width: Across the direction of closing.
        finger_mass: Of each, part of ``mass``.
        force: Of each finger.
        speed: Of each finger.
        friction: Between finger and part.
        slip: A part that has moved so far in the grip has slipped.
    """

    kind: Literal["jaws"]
    opening: PositiveMetres
    finger_length: PositiveMetres
    finger_width: PositiveMetres = Quantity(0.03, "m")
    finger_mass: Kilograms = Quantity(0.3, "kg")
    force: Newtons
    speed: Speed = Quantity(0.1, "m/s")
    friction: Friction
    slip: PositiveMetres = Quantity(0.003, "m")


class FixtureNutrunner(EndToolBase):
    """A driven socket.

    Attributes:
        speed: Of the spindle.
        torque: Most it gives.
        lateral_tolerance: Most the axes may be apart for the socket to engage.
        tilt_tolerance: Most they may lean against each other.
    """

    kind: Literal["nutrunner"]
    speed: AngularSpeed
    torque: NewtonMetres
    lateral_tolerance: PositiveMetres
    tilt_tolerance: PositiveRadians


class Shear(EndToolBase):
    """Blades that cut through a joint.

    Attributes:
        force: Of the blades.
        time: To close and open.
    """

    kind: Literal["shear"]
    force: Newtons
    time: Seconds


EndTool = Annotated[
    VacuumGripper | JawGripper | FixtureNutrunner | Shear,
    Field(discriminator="kind"),
]


class ToolChanger(Model):
    """A stand with a place for each tool, and a coupling at the flange.

    Attributes:
        time: To couple or uncouple.
        approach: From this far back the flange moves straight to a place.
        places: Where the flange is when it couples, by tool.
    """

    time: Seconds
    approach: PositiveMetres = Quantity(0.15, "m")
    places: dict[str, Stance]
