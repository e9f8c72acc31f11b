"""The tanks of a cell: what they hold, as what came into them says."""

from __future__ import annotations

from collections.abc import Mapping

from twin.physics.books import Books
from twin.physics.drain_rig import RigDrive
from twin.scenario.fluids import Tank
from twin.stations.ledger import tank_place
from twin.stations.transfers import lots_of_tank


class Tanks:
    """What is in the tanks of a cell: what they began with, and what rigs let in."""

    def __init__(self, tanks: Mapping[str, Tank], rigs: Mapping[str, RigDrive]) -> None:
        self._tanks = tanks
        self._rigs = rigs

    def begin(self, books: Books) -> None:
        """Note what they hold at the start, and have the rigs keep these books."""
        for name, tank in self._tanks.items():
            books.begin_tank(tank_place(name), lots_of_tank(tank))
        for rig in self._rigs.values():
            rig.books = books

    def content_kg(self) -> dict[str, dict[str, float]]:
        """Return what is in each, by fluid."""
        found: dict[str, dict[str, float]] = {
            name: {kind: float(kg) for kind, kg in tank.content.items()}
            for name, tank in self._tanks.items()
        }
        for rig in self._rigs.values():
            for name, came in rig.filled_kg.items():
                for kind, kg in came.items():
                    found[name][kind] = found[name].get(kind, 0.0) + kg
        return found

    def weighed_kg(self) -> dict[str, float]:
        """Return what each weighs, by its place in the books."""
        return {
            tank_place(name): sum(content.values())
            for name, content in self.content_kg().items()
            if content
        }
