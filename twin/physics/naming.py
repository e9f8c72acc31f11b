"""What people call the things that a cell's events are about."""

from __future__ import annotations

from collections.abc import Mapping

from twin.scenario import Scenario
from twin.scenario.fields import Text
from twin.scenario.parts import part_tree
from twin.scenario.products import Product

_NAMES = ("by", "conveyor", "line", "part", "robot")
"""Arguments of events that hold the id of a thing."""


def labels_of(scenario: Scenario, product: Product) -> dict[str, Text | None]:
    """Return labels of equipment and of a product's parts, by id and by node."""
    found: dict[str, Text | None] = {
        name: each.label for name, each in scenario.equipment.items()
    }
    for name, entry in part_tree(product.parts).items():
        found[name] = entry.part.label
        if entry.part.node is not None:
            found[entry.part.node] = entry.part.label
    return found


def named_in(
    arguments: Mapping[str, str | float], labels: Mapping[str, Text | None]
) -> dict[str, str | float]:
    """Return in both languages what an event's arguments name by id."""
    found: dict[str, str | float] = {}
    for name in _NAMES:
        if name in arguments:
            found |= words_of(name, labels.get(str(arguments[name])))
    return found


def words_of(name: str, label: Text | None) -> dict[str, str | float]:
    """Return an event's argument in both languages; nothing without a label."""
    return {} if label is None else {f"{name}_en": label.en, f"{name}_fr": label.fr}
