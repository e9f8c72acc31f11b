"""Stations for the tests, of operations that need nothing but an order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest

from twin.scenario.fields import Text
from twin.scenario.station import Operation, Station, TableUp, Unscrew

LABEL = Text(en="Step", fr="Étape")

Build = Callable[..., Station]


def station(
    after: Mapping[str, Sequence[str]],
    *,
    needs: Mapping[str, Sequence[str]] | None = None,
    grants: Mapping[str, Sequence[str]] | None = None,
    unscrews: Sequence[str] = (),
) -> Station:
    """Return a station of operations by id, each with what it comes after."""
    operations: dict[str, Operation] = {}
    for name, before in after.items():
        make = Unscrew if name in unscrews else TableUp
        operations[name] = make.model_validate(
            {
                "do": "unscrew" if name in unscrews else "table_up",
                "label": LABEL,
                "by": f"device_of_{name}",
                "after": before,
                "needs": (needs or {}).get(name, ()),
                "grants": (grants or {}).get(name, ()),
            }
        )
    return Station(label=LABEL, product="car", operations=operations)


@pytest.fixture(scope="session")
def build() -> Build:
    """Build a station of a precedence graph."""
    return station
