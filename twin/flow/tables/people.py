"""Which products enter by which share, and who works: one row each."""

from __future__ import annotations

import re
from typing import Any

from twin.flow.tables.routes import sourced_shares
from twin.flow.tables.sheets import Change, Entry, Table, Value, rounded
from twin.scenario import Scenario
from twin.scenario.edit import Keys

MIX_COLUMNS = ("source", "product", "share")
STAFFING_COLUMNS = ("crew", "count", "skills", "calendar")

_BETWEEN = re.compile(r"\s*[,;]\s*")


def mix_rows(scenario: Scenario) -> list[dict[str, Value]]:
    """Return what each source lets in; the share is 1 where there is one product."""
    return [
        {"source": source_id, "product": product, "share": rounded(share)}
        for source_id, source in scenario.sources.items()
        for product, share in source.products().items()
    ]


def mix_changes(
    scenario: Scenario, document: dict[str, Any], table: Table
) -> dict[Keys, Change]:
    """Return what a table changes of the mix of a scenario's sources.

    Args:
        scenario: As it is.
        document: The same as plain YAML values.
        table: Of these columns.

    Raises:
        ScenarioError: At the first cell that has no meaning.
    """
    groups: dict[str, dict[str, Entry]] = {name: {} for name in scenario.sources}
    for entry in table.entries:
        source_id = entry.name("source", "a source's id")
        if source_id not in groups:
            raise entry.error(
                "source",
                f"unknown source {source_id!r}; add it to the scenario first, or "
                "check the spelling",
            )
        product = entry.name("product", "a product's id")
        if product in groups[source_id]:
            raise entry.error("product", f"gives {product!r} again; name each once")
        groups[source_id][product] = entry
    found: dict[Keys, Change] = {}
    for source_id, entries in groups.items():
        source = scenario.sources[source_id]
        shares = {name: entry.number("share") for name, entry in entries.items()}
        if len(shares) == 1:
            shares = {name: share or 1.0 for name, share in shares.items()}
        for product, entry in entries.items():
            if shares[product] is None:
                raise entry.error("share", "is empty; give the share of this product")
        before = {name: rounded(share) for name, share in source.products().items()}
        if {name: rounded(share or 0.0) for name, share in shares.items()} == before:
            continue
        way = ("sources", source_id)
        where = table.where
        if entries:
            where = next(iter(entries.values())).cells["share"].where
        if len(shares) == 1 and source.product is not None:
            found[*way, "product"] = Change(next(iter(shares)), where)
            continue
        if source.product is not None:
            found[*way, "product"] = Change(None, where)
        raw = document["sources"][source_id].get("mix")
        mix = sourced_shares(shares, raw if isinstance(raw, dict) else {})
        found[*way, "mix"] = Change(mix or None, where)
    return found


def staffing_rows(scenario: Scenario) -> list[dict[str, Value]]:
    """Return who works, how many, what they can do and when."""
    return [
        {
            "crew": crew_id,
            "count": crew.count,
            "skills": ", ".join(crew.skills),
            "calendar": crew.calendar,
        }
        for crew_id, crew in scenario.crews.items()
    ]


def staffing_changes(scenario: Scenario, table: Table) -> dict[Keys, Change]:
    """Return what a table changes of a scenario's crews; new rows are new crews.

    Raises:
        ScenarioError: At the first cell that has no meaning.
    """
    found: dict[Keys, Change] = {}
    seen: set[str] = set()
    for entry in table.entries:
        crew_id = entry.name("crew", "the crew's id")
        if crew_id in seen:
            raise entry.error("crew", f"gives {crew_id!r} again; delete a row")
        seen.add(crew_id)
        skills = _BETWEEN.split(entry.name("skills", "what they can do"))
        said: dict[str, object] = {
            "count": entry.whole("count", "how many they are"),
            "skills": [skill for skill in skills if skill],
            "calendar": entry.text("calendar") or None,
        }
        crew = scenario.crews.get(crew_id)
        if crew is None:
            fresh = {name: value for name, value in said.items() if value is not None}
            found["crews", crew_id] = Change(fresh, entry.cells["crew"].where)
            continue
        before = {
            "count": crew.count,
            "skills": list(crew.skills),
            "calendar": crew.calendar,
        }
        for name, value in said.items():
            if value != before[name]:
                found["crews", crew_id, name] = Change(value, entry.cells[name].where)
    for crew_id in scenario.crews:
        if crew_id not in seen:
            found["crews", crew_id] = Change(None, table.where)
    return found
