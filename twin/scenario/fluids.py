"""What runs in a car, how it is drained, and the tanks that it ends in."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from pydantic import Field

from twin.scenario.fields import (
    Kilograms,
    MassFlow,
    Model,
    NonNegativeKilograms,
    Text,
    VolumeFlow,
)
from twin.units import Quantity

FluidKind = Literal[
    "fuel",
    "engine_oil",
    "gearbox_oil",
    "coolant",
    "battery_coolant",
    "brake_fluid",
    "screenwash",
    "power_steering_oil",
    "suspension_oil",
    "urea_solution",
    "r134a",
    "r1234yf",
]
"""Everything that depollution knows; no other name is taken.

Source: Directive 2000/53/EC, Annex I, point 3, with the refrigerants told apart and
the coolant of a traction battery counted for itself.
"""

REFRIGERANTS = frozenset({"r134a", "r1234yf"})
"""Recovered for themselves, each into a tank that holds nothing else.

Source: Regulation (EU) 2024/573, article 8 (recovery); R1234yf is flammable (class
A2L of ISO 817), R134a is not: mixed, neither can be reclaimed.
"""

FLAMMABLE = frozenset({"fuel", "r1234yf"})
"""What sparks may not come near. Source: ISO 817, class A2L, for R1234yf."""

DENSITY_KGPM3: Mapping[str, float] = MappingProxyType(
    {
        "fuel": 780.0,
        "engine_oil": 870.0,
        "gearbox_oil": 880.0,
        "coolant": 1070.0,
        "battery_coolant": 1070.0,
        "brake_fluid": 1050.0,
        "screenwash": 980.0,
        "power_steering_oil": 860.0,
        "suspension_oil": 860.0,
        "urea_solution": 1090.0,
        "r134a": 1206.0,
        "r1234yf": 1092.0,
    }
)
"""Of each as a liquid near 20 to 25 degrees, kg/m3, to turn litres into kilograms.

Source: middle of the ranges of EN 228 and EN 590 for fuel, ISO 22241-1 for the urea
solution, saturated liquid at 25 degrees for the refrigerants; the rest assumed (C).
"""


class Filling(Model):
    """How much of a fluid a part holds.

    Attributes:
        mass: When the car comes.
        residue: Of it, what wets the walls and stays in the car for good.
    """

    mass: Kilograms
    residue: NonNegativeKilograms = Quantity(0.0, "kg")


class Drain(Model):
    """How a fluid leaves the car.

    Attributes:
        to: Id of the tank.
        rate: In kilograms.
        flow: In litres, instead of ``rate``.
        runs: Evenly, as a pump draws; or ever slower, as by gravity.
    """

    to: str
    rate: MassFlow | None = None
    flow: VolumeFlow | None = None
    runs: Literal["evenly", "slower"] = "evenly"

    def rate_kgps(self, fluid: str) -> float | None:
        """Return how fast it runs at first; None if the operation's time says it."""
        if self.flow is not None:
            return float(self.flow) * DENSITY_KGPM3[fluid]
        return None if self.rate is None else float(self.rate)


class Tank(Model):
    """A named place where drained fluids end.

    Attributes:
        label: Name for people; the id where absent.
        fluids: What may come into it.
        content: How much of which it holds at the start.
    """

    label: Text | None = None
    fluids: tuple[FluidKind, ...] = Field(strict=False, min_length=1)
    content: dict[FluidKind, NonNegativeKilograms] = {}
