"""A bench's figures as lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def lines(result: Mapping[str, Any]) -> list[str]:
    """Return a bench's figures as lines for people."""
    return [f"{name:24} {value}" for name, value in _flat(result, "")]


def _flat(result: Mapping[str, Any], within: str) -> Iterator[tuple[str, Any]]:
    """Yield name and value of all figures, those of an object behind its name."""
    for name, value in result.items():
        if isinstance(value, Mapping) and name != "machine":
            yield from _flat(value, f"{within}{name}.")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            for number, row in enumerate(value, start=1):
                told = ", ".join(f"{key} {each}" for key, each in row.items())
                yield f"{within}{name}.{number}", told
        else:
            yield f"{within}{name}", value
