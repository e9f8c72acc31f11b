"""A product as a tree of parts: masses, fasteners, fluids, dangers, precedence."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from twin.scenario.fields import (
    Count,
    Factor,
    Kilograms,
    Model,
    NewtonMetres,
    Probability,
    Text,
)
from twin.scenario.findings import Path
from twin.scenario.fluids import Filling, FluidKind
from twin.scenario.laws import Law
from twin.units import Quantity

HazardKind = Literal["high_voltage", "pyrotechnic", "fuel_gas"]
"""What a part may do to people: each has its rule in ``twin.scenario.safety``."""


class PartFastener(Model):
    """What holds a part, all of one kind.

    Attributes:
        type: How it holds.
        count: How many.
        thread: Designation, such as "M8".
        torque: To loosen one.
        time: To undo one by hand.
    """

    type: Literal[
        "bolt", "screw", "nut", "clip", "rivet", "weld", "hinge", "plug", "coupling"
    ]
    count: Count = 1
    thread: str | None = None
    torque: NewtonMetres | None = None
    time: Law | None = None


class SeizedPart(Model):
    """A part that does not come off as meant, and the destructive way out.

    Attributes:
        probability: Of a part that is there.
        time: What taking it off takes then.
        yields: Whether the part is kept, or lost for its use.
        value_lost: Share of its value that is gone even if it is kept.
        ignites: Whether that way makes sparks or heat: burning, grinding.
    """

    probability: Probability
    time: Law
    yields: Literal["keep", "lose"]
    value_lost: Probability = Quantity(0.0)
    ignites: bool = False


class Corroded(Model):
    """Fasteners that rust has got at: they come off, but slower.

    Attributes:
        probability: Of a part that is there and not seized.
        time_factor: By which taking it off takes longer.
        torque_factor: By which its fasteners hold harder.
    """

    probability: Probability
    time_factor: Factor
    torque_factor: Factor = Quantity(1.0)


class Part(Model):
    """Something that comes off a product, or off another part.

    Attributes:
        label: Name for people; the id where absent.
        mass: With all that hangs on it and the fluids in it.
        material: What it is made of, apart from its parts and fluids.
        materials: The same by mass, where it is of several.
        node: Its node in the product's asset.
        fasteners: What holds it.
        fluids: What it holds.
        hazards: What it may do to people.
        after: Parts that must be off first, all of them.
        after_any: Parts of which one must be off first.
        missing: Probability that a car comes without it.
        seized: Never where absent.
        corroded: Never where absent.
        parts: What hangs on it and comes off with it, by id.
    """

    label: Text | None = None
    mass: Kilograms
    material: str | None = None
    materials: dict[str, Kilograms] = {}
    node: str | None = None
    fasteners: tuple[PartFastener, ...] = Field(default=(), strict=False)
    fluids: dict[FluidKind, Filling] = {}
    hazards: tuple[HazardKind, ...] = Field(default=(), strict=False)
    after: tuple[str, ...] = Field(default=(), strict=False)
    after_any: tuple[str, ...] = Field(default=(), strict=False)
    missing: Probability = Quantity(0.0)
    seized: SeizedPart | None = None
    corroded: Corroded | None = None
    parts: dict[str, Part] = {}

    def own_kg(self) -> float:
        """Return its mass without its parts and fluids."""
        inside = [float(part.mass) for part in self.parts.values()]
        inside += [float(filling.mass) for filling in self.fluids.values()]
        return math.fsum([float(self.mass), *(-kg for kg in inside)])

    def own_materials_kg(self) -> dict[str, float]:
        """Return what it is made of, apart from its parts and fluids."""
        if self.material is not None:
            return {self.material: self.own_kg()}
        return {name: float(kg) for name, kg in self.materials.items()}

    def has_condition(self) -> bool:
        """Return whether one car's may differ from another's."""
        return bool(self.missing or self.seized or self.corroded)


@dataclass(frozen=True, slots=True)
class PartInTree:
    """A part and where it hangs.

    Attributes:
        id: Unique in its product.
        part: What the scenario says.
        above: Ids of the parts that it hangs on, the nearest first.
        path: Keys from the product to it.
    """

    id: str
    part: Part
    above: tuple[str, ...]
    path: Path


def walk_parts(
    parts: Mapping[str, Part], above: tuple[str, ...] = (), path: Path = ()
) -> Iterator[PartInTree]:
    """Yield every part of a tree, each before those that hang on it."""
    for part_id, part in parts.items():
        here = (*path, "parts", part_id)
        yield PartInTree(part_id, part, above, here)
        yield from walk_parts(part.parts, (part_id, *above), here)


def part_tree(parts: Mapping[str, Part]) -> dict[str, PartInTree]:
    """Return every part of a tree by id, each before those that hang on it."""
    return {entry.id: entry for entry in walk_parts(parts)}
