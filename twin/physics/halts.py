"""Why a device stands still by force."""

from __future__ import annotations

E_STOP = "e_stop"
"""Why everything is halted at once, beside a device's own reasons."""


class Halts:
    """Why a device stands still by force; it goes on when no reason is left."""

    def __init__(self) -> None:
        self._why: set[str] = set()

    def __bool__(self) -> bool:
        """Tell whether there is a reason."""
        return bool(self._why)

    @property
    def by_emergency(self) -> bool:
        """Whether everybody was told to stop."""
        return E_STOP in self._why

    def add(self, why: str) -> bool:
        """Add a reason; tell whether it is the first."""
        first = not self._why
        self._why.add(why)
        return first

    def drop(self, why: str) -> bool:
        """Drop a reason; tell whether it was the last."""
        if why not in self._why:
            return False
        self._why.discard(why)
        return not self._why

    def memory(self) -> tuple[str, ...]:
        """Return the reasons."""
        return tuple(sorted(self._why))

    def recall(self, why: tuple[str, ...]) -> None:
        """Have these reasons and no other."""
        self._why = set(why)
