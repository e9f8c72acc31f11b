"""A cell with a device that remembers nothing."""

from __future__ import annotations

from pathlib import Path

from twin.engine import PhysicsEngine, open_engine
from twin.physics.car import Car
from twin.scenario.station import Operation


class Forgetful:
    """A device that cannot be put back, and has nothing to do."""

    def start(self, operation: Operation, car: Car) -> None:
        """Never called: no operation is its own."""

    def before_step(self, tick: int) -> None:
        """Do nothing."""


def open_unkept(scenario: Path) -> PhysicsEngine:
    """Open a cell and put the device into it."""
    engine = open_engine(scenario)
    assert isinstance(engine, PhysicsEngine)
    engine.cell.devices.by_id["forgetful"] = Forgetful()
    return engine
