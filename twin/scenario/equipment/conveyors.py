"""Conveyors: what carries parts along."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Literal

from pydantic import Field

from twin.scenario.equipment.placed import Placed
from twin.scenario.fields import (
    Acceleration,
    AngularAcceleration,
    AngularSpeed,
    Friction,
    Metres,
    NonNegativeMetres,
    PositiveMetres,
    PositiveSeconds,
    Radians,
    Speed,
)
from twin.units import Quantity


class Conveyor(Placed):
    """A belt or strand of a mesh that carries things along its own +X or +Y.

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


class ParametricConveyor(Placed, ABC):
    """A conveyor by its dimensions, which needs no mesh.

    Its origin lies below the middle of its entry edge; parts travel along its +X.

    Attributes:
        asset: How it looks; drawn from its dimensions where absent.
        height: Of the carrying surface above its origin.
        speed: Of the surface when it runs.
        acceleration: Of its start ramp.
        deceleration: Of its stop ramp; the same where absent.
        friction: Coulomb coefficient between surface and part, as it acts.
    """

    asset: str = ""
    height: NonNegativeMetres
    speed: Speed
    acceleration: Acceleration
    deceleration: Acceleration | None = None
    friction: Friction

    @abstractmethod
    def way_m(self) -> float:
        """Return the length of the way from the entry edge, m."""


class _Straight(ParametricConveyor):
    length: PositiveMetres

    def way_m(self) -> float:
        """Return the length of the way from the entry edge, m."""
        return float(self.length)


class BeltConveyor(_Straight):
    """A flat belt, level or inclined.

    Attributes:
        length: Along the belt.
        width: Of the belt.
        angle: How steeply it climbs; below 0 it descends.
    """

    kind: Literal["belt_conveyor"]
    width: PositiveMetres
    angle: Radians = Quantity(0.0, "rad")


class RollerConveyor(_Straight):
    """Driven rollers.

    Attributes:
        length: From the first roller to the last.
        width: Of the rollers.
        pitch: From roller to roller.
    """

    kind: Literal["roller_conveyor"]
    width: PositiveMetres
    pitch: PositiveMetres


class StrandConveyor(_Straight):
    """Two narrow belts or chains of one drive, with nothing in between.

    Attributes:
        length: Of the strands.
        gauge: From the middle of one strand to that of the other.
        strand_width: Of each.
    """

    kind: Literal["strand_conveyor"]
    gauge: PositiveMetres
    strand_width: PositiveMetres


class CurveConveyor(ParametricConveyor):
    """A belt or tapered rollers round a bend.

    Attributes:
        radius: Of the middle of the way.
        angle: How far it bends; above 0 to the left.
        width: Across the way.
    """

    kind: Literal["curve_conveyor"]
    radius: PositiveMetres
    angle: Radians
    width: PositiveMetres

    def way_m(self) -> float:
        """Return the length of the way from the entry edge, m."""
        return float(self.radius) * abs(float(self.angle))


class AccumulationConveyor(ParametricConveyor):
    """Zones with a drive and an eye each, which stop when the next one is taken.

    Attributes:
        zones: How many.
        zone_length: Of each.
        width: Across the way.
        release: Whether waiting parts set out one by one or all at once.
    """

    kind: Literal["accumulation_conveyor"]
    # Each zone is a body of its own, which costs in every step.
    zones: int = Field(ge=1, le=200)
    zone_length: PositiveMetres
    width: PositiveMetres
    release: Literal["single", "train"] = "single"

    def way_m(self) -> float:
        """Return the length of the way from the entry edge, m."""
        return self.zones * float(self.zone_length)


class Transfer(_Straight):
    """Rollers that bring a part in, and strands that carry it off at a right angle.

    Attributes:
        length: Of the rollers.
        width: Of the rollers, and the length of the strands.
        side: Where parts leave, seen along their way.
        stop_at: Where a part's front comes to rest, from the entry edge.
        gauge: From the middle of one strand to that of the other.
        strand_width: Of each.
        strands_at: From the entry edge to the middle between the strands.
        rise: How far the strands come above the rollers.
        rise_time: To come up, and to go down.
    """

    kind: Literal["transfer"]
    width: PositiveMetres
    side: Literal["left", "right"]
    stop_at: PositiveMetres
    gauge: PositiveMetres
    strand_width: PositiveMetres
    strands_at: PositiveMetres
    rise: PositiveMetres
    rise_time: PositiveSeconds


class Turntable(_Straight):
    """A belt or rollers on a base that turns about its middle.

    Attributes:
        length: From the entry edge to the exit edge.
        width: Across the way.
        stop_at: Where a part's front comes to rest, from the entry edge.
        angle: How far it turns to give parts away; above 0 to the left.
        turn_speed: Most.
        turn_acceleration: Of both ramps.
    """

    kind: Literal["turntable"]
    width: PositiveMetres
    stop_at: PositiveMetres
    angle: Radians
    turn_speed: AngularSpeed
    turn_acceleration: AngularAcceleration


class VerticalLift(_Straight):
    """A belt on a platform that takes parts at one level and gives them at another.

    Attributes:
        length: Of the platform's belt.
        width: Of the platform's belt.
        stop_at: Where a part's front comes to rest, from the entry edge.
        rise: From the entry level to the exit level; below 0 it goes down.
        lift_speed: Most, up and down.
        lift_acceleration: Of both ramps.
    """

    kind: Literal["vertical_lift"]
    width: PositiveMetres
    stop_at: PositiveMetres
    rise: Metres
    lift_speed: Speed
    lift_acceleration: Acceleration


AnyConveyor = (
    BeltConveyor
    | RollerConveyor
    | StrandConveyor
    | CurveConveyor
    | AccumulationConveyor
    | Transfer
    | Turntable
    | VerticalLift
)


class OnConveyor(Placed):
    """What stands on a conveyor, at a place on its way; ``place`` counts for nothing.

    Attributes:
        asset: How it looks; drawn from its dimensions where absent.
        on: Id of a conveyor that is given by its dimensions.
        at: From the conveyor's entry edge, along its way.
    """

    asset: str = ""
    on: str
    at: NonNegativeMetres


class StopBlade(OnConveyor):
    """A plate that comes up in the way of parts.

    Attributes:
        height: Above the carrying surface when it is up.
        time: To come up, and to go down.
        raised: Whether it begins up.
    """

    kind: Literal["stop_blade"]
    height: PositiveMetres
    time: PositiveSeconds
    raised: bool = True


class Escapement(OnConveyor):
    """Two blades that let parts through one at a time; ``at`` is the front blade's.

    Attributes:
        rear: How far before the front blade the rear one stands.
        height: Of the blades above the carrying surface when they are up.
        time: For a blade to come up, and to go down.
        most_time: How long a step of its sequence may last before it is an alarm.
    """

    kind: Literal["escapement"]
    rear: PositiveMetres
    height: PositiveMetres
    time: PositiveSeconds
    most_time: PositiveSeconds = Quantity(10.0, "s")


class PhotoEye(OnConveyor):
    """A beam across the way that parts break.

    Attributes:
        height: Above the carrying surface.
    """

    kind: Literal["photo_eye"]
    height: PositiveMetres = Quantity(0.05, "m")


AnyOnConveyor = StopBlade | Escapement | PhotoEye
