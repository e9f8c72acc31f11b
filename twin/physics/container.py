"""What parts are put into, and when it is changed for an empty one."""

from __future__ import annotations

import msgspec

from twin.scenario.equipment import Container


class HoldMemory(msgspec.Struct, frozen=True):
    """What is in a container, and when it goes; ``due`` is -1 while it is empty."""

    parts: tuple[tuple[int, str], ...]
    due: int


class ContainerHold:
    """Which parts of which cars a container holds.

    Attributes:
        parts: Number of the car and node of the part, in the order they came.
    """

    def __init__(self, container: Container, dt_s: float) -> None:
        self._stay_ticks = round(float(container.collected_after) / dt_s)
        self.parts: list[tuple[int, str]] = []
        self._due = -1

    def put(self, car: int, part: str, tick: int) -> None:
        """Note a part that has come; the container stays so much longer."""
        self.parts.append((car, part))
        self._due = tick + self._stay_ticks

    def collected(self, tick: int) -> list[tuple[int, str]]:
        """Return what goes with the container now; it is empty then."""
        if not self.parts or tick < self._due:
            return []
        gone, self.parts, self._due = self.parts, [], -1
        return gone

    def memory(self) -> HoldMemory:
        """Return what is in it, and until when."""
        return HoldMemory(tuple(self.parts), self._due)

    def recall(self, memory: HoldMemory) -> None:
        """Hold the same again."""
        self.parts, self._due = list(memory.parts), memory.due
