"""What the cell and its devices agree on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, runtime_checkable

import msgspec

from twin.physics.car import Car
from twin.scenario.station import Operation
from twin.signals import FaultKind, FaultOffer


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


@runtime_checkable
class Remembering(Protocol):
    """A device that can be put back to where it was.

    What its bodies and motors do is the world's to remember; a device remembers
    what it knows besides: the phase it is in, what it waits for, which car.
    """

    memory_type: ClassVar[type[msgspec.Struct]]

    def memory(self) -> msgspec.Struct:
        """Return all that decides what it does next, as plain data."""

    def recall(self, memory: Any, cars: Mapping[int, Car]) -> None:
        """Be as it was.

        Args:
            memory: Of ``memory_type``.
            cars: Those in the cell at that moment, by number.
        """


@runtime_checkable
class Breakable(Protocol):
    """A device that can be broken on purpose, and mended."""

    def faults(self) -> tuple[FaultOffer, ...]:
        """Return what can be injected; the sources are ids of the scene."""

    def inject(self, kind: FaultKind, target: str) -> None:
        """Break something that ``faults`` offers."""

    def mend(self, kind: FaultKind, target: str) -> None:
        """Undo ``inject``."""


@runtime_checkable
class Haltable(Protocol):
    """A device that moves something, and stops when told to."""

    def halt(self, why: str) -> None:
        """Stop as soon as its limits allow; what it was doing is kept."""

    def resume(self, why: str) -> None:
        """Drop a reason to stand still; go on if it was the last."""
