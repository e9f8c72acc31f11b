"""Whether a product's tree of parts weighs what it says and can be taken apart."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping

from twin.scenario.findings import InconsistencyError, Path, check_known
from twin.scenario.model import Scenario
from twin.scenario.parts import Part, PartInTree, walk_parts
from twin.scenario.products import Product

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")

_MASS_TOLERANCE_KG = 1e-3
"""Masses are written with a few digits; a gram hides no part."""


def check_trees(scenario: Scenario) -> None:
    """Check the parts of every product.

    Raises:
        InconsistencyError: At the first place that disagrees with another.
    """
    for product_id, product in scenario.products.items():
        if product.parts:
            _check_tree(product, ("products", product_id))


def _check_tree(product: Product, at: Path) -> None:
    entries: dict[str, PartInTree] = {}
    for entry in walk_parts(product.parts):
        here = (*at, *entry.path)
        if not _NAME.fullmatch(entry.id):
            raise InconsistencyError(
                here,
                f"{entry.id!r} is no id; give a lower-case letter, then letters, "
                "digits and _",
            )
        if entry.id in entries:
            raise InconsistencyError(
                here, f"{entry.id!r} stands in this product twice; give each its name"
            )
        entries[entry.id] = entry
        _check_mass(entry.part, here)
    if product.mass is None:
        raise InconsistencyError(
            at, "key 'mass' is missing; give what its parts sum to"
        )
    total_kg = math.fsum(float(part.mass) for part in product.parts.values())
    if abs(total_kg - product.mass) > _MASS_TOLERANCE_KG:
        raise InconsistencyError(
            (*at, "mass"),
            f"{product.mass:g} kg, but its parts sum to {total_kg:g} kg; name what is "
            "left over as a part, or mend either",
        )
    for entry in entries.values():
        _check_names(entry, entries, (*at, *entry.path))
    _check_graph(entries, at)


def _check_mass(part: Part, here: Path) -> None:
    own_kg = part.own_kg()
    if own_kg < -_MASS_TOLERANCE_KG:
        raise InconsistencyError(
            (*here, "mass"),
            f"{part.mass:g} kg, but what it holds sums to {part.mass - own_kg:g} kg; "
            "a part weighs at least what hangs on it and is in it",
        )
    for fluid, filling in part.fluids.items():
        if filling.residue > filling.mass:
            raise InconsistencyError(
                (*here, "fluids", fluid, "residue"),
                f"{filling.residue:g} kg is more than the {filling.mass:g} kg there "
                "are; give less",
            )
    if part.material is not None and part.materials:
        raise InconsistencyError(
            (*here, "materials"), "stands beside material; give one of them"
        )
    for name in part.own_materials_kg():
        if not _NAME.fullmatch(name):
            key = "material" if part.material is not None else "materials"
            raise InconsistencyError(
                (*here, key),
                f"{name!r} is no name; give a lower-case letter, then letters, digits "
                "and _",
            )
    if part.material is None and not part.materials and own_kg > _MASS_TOLERANCE_KG:
        raise InconsistencyError(
            here,
            f"{own_kg:g} kg of it are of nothing; give material, or materials",
        )
    made_kg = math.fsum(part.own_materials_kg().values())
    if part.materials and abs(made_kg - own_kg) > _MASS_TOLERANCE_KG:
        raise InconsistencyError(
            (*here, "materials"),
            f"sum to {made_kg:g} kg, but {own_kg:g} kg of it are its own; make them "
            "agree",
        )


def _check_names(
    entry: PartInTree, entries: Mapping[str, PartInTree], here: Path
) -> None:
    for key in ("after", "after_any"):
        earlier_ones: tuple[str, ...] = getattr(entry.part, key)
        for index, earlier in enumerate(earlier_ones):
            check_known((*here, key, index), earlier, entries, "part")
            if earlier == entry.id or earlier in entry.above:
                raise InconsistencyError(
                    (*here, key, index),
                    f"{entry.id!r} hangs on {earlier!r} and comes off with it; name "
                    "another",
                )


def _check_graph(entries: Mapping[str, PartInTree], at: Path) -> None:
    """Check that everything can come off some time: no circle, no dead end."""
    off: set[str] = set()
    left = dict(entries)
    while left:
        free = [name for name, entry in left.items() if _can_come_off(entry.part, off)]
        if not free:
            name = next(iter(left))
            part = left[name].part
            key = "after" if not off.issuperset(part.after) else "after_any"
            raise InconsistencyError(
                (*at, *left[name].path, key),
                f"{', '.join(left)} can never come off, since they wait for each "
                "other; break the circle",
            )
        for name in free:
            off |= {name, *_below(name, entries.values())}
        left = {name: entry for name, entry in left.items() if name not in off}


def _can_come_off(part: Part, off: set[str]) -> bool:
    any_is_off = not part.after_any or not off.isdisjoint(part.after_any)
    return off.issuperset(part.after) and any_is_off


def _below(name: str, entries: Iterable[PartInTree]) -> list[str]:
    return [entry.id for entry in entries if name in entry.above]
