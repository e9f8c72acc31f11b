"""The snapshots that a run keeps: by name, the oldest dropped and told."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from twin.errors import PhysicsError
from twin.physics.snapshot import CellSnapshot
from twin.signals import MAX_NAME_LENGTH, SnapshotNote
from twin.state import StateFrame

MAX_SNAPSHOTS: Final = 16
"""A snapshot of the battery cell takes about a megabyte, most of it Bullet's."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A snapshot, and the frame of that moment.

    Bullet works out again where links are, and rounds differently until the next
    step; so what was seen is kept beside what is.
    """

    cell: CellSnapshot
    frame: StateFrame

    @property
    def tick(self) -> int:
        """When it was taken."""
        return self.cell.tick


class Snapshots:
    """The snapshots of a run that are kept, by name, oldest first.

    Args:
        dt_s: Length of a tick.
        drop: Frees one that is no longer kept.
        max_kept: Most at once; a further one drops the oldest.
    """

    def __init__(
        self,
        dt_s: float,
        drop: Callable[[Kept], None],
        max_kept: int = MAX_SNAPSHOTS,
    ) -> None:
        self._dt_s = dt_s
        self._drop = drop
        self._max_kept = max_kept
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._n_named = 0

    def keep(self, snapshot: Kept, name: str = "") -> tuple[str, list[str]]:
        """Keep a snapshot.

        Args:
            snapshot: To keep.
            name: For people; numbered if "". One of that name is replaced.

        Returns:
            Its name, and the names of those dropped for it.

        Raises:
            PhysicsError: If the name is too long.
        """
        if len(name) > MAX_NAME_LENGTH:
            raise PhysicsError(
                f"snapshot: a name of {len(name)} characters; give at most "
                f"{MAX_NAME_LENGTH}"
            )
        if not name:
            self._n_named += 1
            name = str(self._n_named)
        replaced = self._kept.pop(name, None)
        if replaced is not None:
            self._drop(replaced)
        self._kept[name] = snapshot
        dropped = []
        while len(self._kept) > self._max_kept:
            oldest, gone = self._kept.popitem(last=False)
            self._drop(gone)
            dropped.append(oldest)
        return name, dropped

    def find(self, name: str = "") -> tuple[str, Kept]:
        """Return a snapshot by name, the newest if "".

        Raises:
            PhysicsError: If there is none.
        """
        if not name and self._kept:
            name = next(reversed(self._kept))
        if name not in self._kept:
            raise PhysicsError(
                f"snapshot: none is named {name!r}; "
                f"known: {', '.join(self._kept) or 'none'}"
            )
        return name, self._kept[name]

    def notes(self) -> tuple[SnapshotNote, ...]:
        """Return name and time of each, oldest first."""
        return tuple(
            SnapshotNote(name, kept.tick, kept.tick * self._dt_s, kept.cell.serial)
            for name, kept in self._kept.items()
        )

    def clear(self) -> None:
        """Drop all."""
        for kept in self._kept.values():
            self._drop(kept)
        self._kept.clear()
