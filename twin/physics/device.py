"""What the cell and its devices agree on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, runtime_checkable

import msgspec

from twin.physics.car import Car
from twin.physics.world import Body
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


class WayOut(Protocol):
    """A device that carries cars out, until somebody else has them."""

    def cleared(self, car: Car) -> bool:
        """Return whether a car that was carried out has left the model."""

    def stop(self) -> None:
        """Stop: the car that left is clear of the cell."""


class Jointed(Protocol):
    """A device whose links a scene shows.

    Attributes:
        body: What it moves.
        links: Those with a joint, in the asset's order.
    """

    body: Body
    links: tuple[str, ...]

    def joint_positions(self) -> list[float]:
        """Return where the joints are, m or rad, in the order of ``links``."""


@runtime_checkable
class Hampered(Protocol):
    """A device whose work a car's condition makes longer."""

    def hamper(self, time_factor: float, lasts_s: float | None) -> None:
        """Have what was just begun take longer.

        Args:
            time_factor: By which each step is longer.
            lasts_s: All of it, where what is seized comes off by force; None where
                nothing is.
        """


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
