"""What it means that two places of a scenario disagree."""

from __future__ import annotations

from collections.abc import Iterable

Path = tuple[str | int, ...]


class InconsistencyError(ValueError):
    """Two places of a scenario disagree; carries which one to change.

    Args:
        path: Keys from the top of the scenario to the bad value.
        found: What is wrong there and what to do.
    """

    def __init__(self, path: Path, found: str) -> None:
        super().__init__(found)
        self.path = path
        self.found = found


def names(known: Iterable[str]) -> str:
    """Return names as an error lists them."""
    return ", ".join(sorted(known)) or "none"


def check_known(path: Path, name: str, known: Iterable[str], what: str) -> None:
    """Check that a name leads somewhere.

    Raises:
        InconsistencyError: If it does not.
    """
    known = set(known)
    if name not in known:
        raise InconsistencyError(path, f"no {what} {name!r}; known: {names(known)}")
