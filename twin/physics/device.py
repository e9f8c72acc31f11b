"""What the cell and its devices agree on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from twin.physics.car import Car
from twin.scenario.station import Operation


@dataclass(frozen=True, slots=True)
class Done:
    """The device has done its operation."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The device gives up; ``text`` is a catalogue key."""

    text: str
    arguments: Mapping[str, str | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """Something worth telling that changes nothing; ``text`` as above."""

    kind: str
    text: str
    arguments: Mapping[str, str | float] = field(default_factory=dict)
    severity: int = 0


Outcome = Done | Failed | Told


class Device(Protocol):
    """A piece of equipment that carries out operations, one at a time.

    A device never waits: ``before_step`` is called once a tick while it works,
    looks at the last step's result and commands the next one.
    """

    def start(self, operation: Operation, car: Car) -> None:
        """Begin an operation on a car."""

    def before_step(self, tick: int) -> Outcome | None:
        """Command the next step; say when done, failed or of note."""
