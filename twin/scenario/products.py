"""What flows, and between which lines physics counts a cycle."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field

from twin.scenario.fields import (
    Kilograms,
    Metres,
    Model,
    NewtonMetres,
    Newtons,
    Seconds,
    Text,
    Turns,
    given,
)
from twin.scenario.parts import Part
from twin.units import Quantity


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


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A product of which physics knows all it needs; fields as in `Product`."""

    asset: str
    mass: Quantity
    pack_mass: Quantity | None
    pack_node: str
    high_voltage: bool
    fastener: Fastener


class Product(Model):
    """A kind of part: a vehicle, or what comes out of one.

    Attributes:
        label: Name for people; the id where absent.
        priority: Higher goes first where a queue goes by priority.
        asset: Its node tree with masses and fasteners.
        mass: Of the whole; the asset's parts must sum to it, less the fluids that
            they do not count.
        pack_mass: Of the battery pack.
        pack_node: The pack's node in the asset.
        high_voltage: Whether the pack must be isolated before work on it.
        fastener: Of the pack.
        parts: What it is made of, by id; they sum to ``mass``.
    """

    label: Text | None = None
    priority: int = Field(default=0, ge=-1000, le=1000)
    asset: str | None = None
    mass: Kilograms | None = None
    pack_mass: Kilograms | None = None
    pack_node: str = "battery_pack"
    high_voltage: bool = True
    fastener: Fastener | None = None
    parts: dict[str, Part] = {}

    def vehicle(self) -> Vehicle:
        """Return it as physics takes it.

        Raises:
            ValueError: If the scenario leaves out what physics needs.
        """
        return Vehicle(
            asset=given(self.asset, "asset"),
            mass=given(self.mass, "mass"),
            pack_mass=self.pack_mass,
            pack_node=self.pack_node,
            high_voltage=self.high_voltage,
            fastener=given(self.fastener, "fastener"),
        )


class Crossing(Model):
    """A line across the way of cars, at an x of the world frame."""

    x: Metres


class Line(Model):
    """Between which lines a car's cycle counts.

    Attributes:
        entry: Crossed by a car's origin at the start of its cycle.
        exit: Crossed at its end.
        clear_of: Beyond this the car has left the model.

    Where a tilter hands cars over, there is neither ``exit`` nor ``clear_of``.
    """

    entry: Crossing
    exit: Crossing | None = None
    clear_of: Crossing | None = None
