"""Rows of a structured table, gathered one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


class Rows:
    """A table in the making: each row by its fields, zero where nothing is said.

    Args:
        name: What errors call it.
        layout: Of the finished rows.
    """

    def __init__(self, name: str, layout: np.dtype[Any]) -> None:
        self._name = name
        self._layout = layout
        self._rows: list[dict[str, Any]] = []

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self._rows)

    def add(self, **fields: Any) -> int:
        """Add a row; return its number."""
        self._check(fields)
        self._rows.append(fields)
        return len(self._rows) - 1

    def change(self, row: int, **fields: Any) -> None:
        """Set fields of a row anew."""
        self._check(fields)
        self._rows[row].update(fields)

    def row(self, row: int) -> _Fields:
        """Return a row's fields by name."""
        return _Fields(self._rows[row])

    def array(self) -> NDArray[Any]:
        """Return the table."""
        table = np.zeros(len(self._rows), self._layout)
        for field in self._layout.names or ():
            if self._layout[field].shape:
                continue
            table[field] = [row.get(field, 0) for row in self._rows]
        return table

    def _check(self, fields: dict[str, Any]) -> None:
        unknown = set(fields) - set(self._layout.names or ())
        if unknown:
            raise ValueError(f"{self._name}: no field {', '.join(sorted(unknown))}")


class _Fields:
    """Fields of a row; what was not said is 0."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self._fields = fields

    def __getitem__(self, name: str) -> Any:
        return self._fields.get(name, 0)
