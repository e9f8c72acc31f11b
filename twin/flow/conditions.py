"""What compiled stations draw for the parts that an operation takes off."""

from __future__ import annotations

from dataclasses import dataclass

from twin.scenario import Scenario
from twin.scenario.laws import Constant, Law
from twin.scenario.parts import Part, part_tree
from twin.scenario.station import Operation
from twin.stations.depollution import operation_time_s
from twin.units import Quantity


@dataclass(frozen=True, slots=True)
class PartDraw:
    """The one part of an operation whose condition differs from car to car.

    Attributes:
        product: The first that has it; its name and the part's name the streams.
        name: Of the part.
        part: What the scenario says.
    """

    product: str
    name: str
    part: Part

    def purpose(self, question: str) -> str:
        """Return the name of the stream for a question, as ``condition_of`` has it."""
        return f"{self.product}/{self.name}/{question}"


def part_draw(scenario: Scenario, operation: Operation) -> PartDraw | None:
    """Return the part of an operation that is drawn, None if none is.

    The scenario's limits for flow have seen to it that there is one at most.
    """
    for product_id, product in scenario.products.items():
        for name, entry in part_tree(product.parts).items():
            if name in operation.removes and entry.part.has_condition():
                return PartDraw(product_id, name, entry.part)
    return None


def has_none_of(scenario: Scenario, product_id: str, operation: Operation) -> bool:
    """Return whether a product has a tree, but nothing of what an operation removes."""
    tree = part_tree(scenario.products[product_id].parts)
    return bool(operation.removes and tree) and tree.keys().isdisjoint(
        operation.removes
    )


def drain_law(scenario: Scenario, product_id: str, operation: Operation) -> Law:
    """Return the time in which the fluids of a product run out."""
    tree = part_tree(scenario.products[product_id].parts)
    parts = {name: entry.part for name, entry in tree.items()}
    return Constant(value=Quantity(operation_time_s(operation, parts), "s"))


def slowed(law: Law, factor: float) -> Law:
    """Return a law with all its times longer by a factor."""
    changed: dict[str, object] = {}
    for name in type(law).model_fields:
        value = getattr(law, name)
        if isinstance(value, Quantity) and value.unit == "s":
            changed[name] = Quantity(
                value * factor, "s", value.source, value.confidence
            )
        elif isinstance(value, tuple) and name in ("means", "values"):
            changed[name] = tuple(Quantity(each * factor, "s") for each in value)
    return law.model_copy(update=changed)
