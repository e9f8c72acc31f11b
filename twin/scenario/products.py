"""What flows: products, where they come from and where they go."""

from __future__ import annotations

from pydantic import Field

from twin.scenario.fields import (
    Kilograms,
    Metres,
    Model,
    NewtonMetres,
    Newtons,
    NonNegativeMetres,
    NonNegativeRadians,
    Place,
    Seconds,
    Text,
    Turns,
)


class Fastener(Model):
    """How the fasteners of a pack behave.

    Attributes:
        thread: Designation, such as "M12".
        turns: Until it is free.
        break_away_torque: To loosen it.
        break_away_time: How long that takes.
        running_torque: While it turns out.
        strength: Force at which the joint would give way.
    """

    thread: str
    turns: Turns
    break_away_torque: NewtonMetres
    break_away_time: Seconds
    running_torque: NewtonMetres
    strength: Newtons


class Product(Model):
    """A kind of vehicle, as a tree of parts in its asset.

    Attributes:
        label: Name for people.
        asset: Its node tree with masses and fasteners.
        mass: Of the whole; the asset's parts must sum to it.
        pack_mass: Of the battery pack.
        pack_node: The pack's node in the asset.
        high_voltage: Whether the pack must be isolated before work on it.
        fastener: Of the pack.
    """

    label: Text
    asset: str
    mass: Kilograms
    pack_mass: Kilograms
    pack_node: str = "battery_pack"
    high_voltage: bool = True
    fastener: Fastener


class Source(Model):
    """Where cars enter: a new one as soon as the line behind it is free.

    Attributes:
        product: What enters.
        place: Where its origin appears.
        first_at: When the first appears.
        lateral_error: Half-width of the uniform error across the line.
        yaw_error: Half-width of the uniform error of its heading.
        stop_error: Half-width of the uniform error of where it is seen to stop.
        most: How many enter in all; 0 means no end.
    """

    product: str
    place: Place
    first_at: Seconds
    lateral_error: NonNegativeMetres
    yaw_error: NonNegativeRadians
    stop_error: NonNegativeMetres
    most: int = Field(default=0, ge=0)


class Crossing(Model):
    """A line across the way of cars, at an x of the world frame."""

    x: Metres


class Line(Model):
    """Between which lines a car's cycle counts.

    Attributes:
        entry: Crossed by a car's origin at the start of its cycle.
        exit: Crossed at its end.
        clear_of: Beyond this the car has left the model.
    """

    entry: Crossing
    exit: Crossing
    clear_of: Crossing
