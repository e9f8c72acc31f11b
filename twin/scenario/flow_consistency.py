"""Whether what flows gets somewhere, and finds all it asks for on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from twin.scenario.findings import InconsistencyError, Path
from twin.scenario.model import Scenario
from twin.scenario.nodes import Node

_ID = re.compile(r"[a-z][a-z0-9_]{0,63}")


def check_flow(scenario: Scenario) -> None:
    """Check what flow uses.

    Raises:
        InconsistencyError: At the first place that disagrees with another.
    """
    _check_ids(scenario)


def sections(scenario: Scenario) -> dict[str, Mapping[str, Node]]:
    """Return the sections that hold nodes, by name."""
    return {
        "sources": scenario.sources,
        "stations": scenario.stations,
        "buffers": scenario.buffers,
        "conveyors": scenario.conveyors,
        "stores": scenario.stores,
        "sinks": scenario.sinks,
    }


def placed_nodes(scenario: Scenario) -> Iterator[tuple[Path, str, Node]]:
    """Yield every node with its path and its id."""
    for section, nodes in sections(scenario).items():
        for node_id, node in nodes.items():
            yield (section, node_id), node_id, node


def _check_ids(scenario: Scenario) -> None:
    seen: dict[str, Path] = {}
    for path, node_id, _ in placed_nodes(scenario):
        if _ID.fullmatch(node_id) is None:
            raise InconsistencyError(
                path,
                f"{node_id!r} is no id; give a lower-case letter, then letters, "
                "digits and _",
            )
        if node_id in seen:
            raise InconsistencyError(
                path, f"{seen[node_id][0]} has {node_id!r} too; choose another name"
            )
        seen[node_id] = path
