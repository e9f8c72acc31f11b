"""What a station hears, and what it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from twin.scenario.laws import Law
from twin.scenario.safety import Subject
from twin.stations.condition import SOUND, Condition


@dataclass(frozen=True, slots=True)
class CarArrived:
    """A car stands before the station.

    Attributes:
        car: Its number.
        high_voltage: Whether its pack must be isolated first.
        skip: Operations that somebody leaves out for it.
        product: Its id; "" where the station does the same to all.
        subject: Its parts as the rules of safety see them; none where absent.
        facts: What is true of it already, as ``twin.scenario.safety`` writes it.
        condition: What of it is missing, seized or corroded.
    """

    car: int
    high_voltage: bool
    skip: frozenset[str] = frozenset()
    product: str = ""
    subject: Subject | None = None
    facts: frozenset[str] = frozenset()
    condition: Condition = SOUND


@dataclass(frozen=True, slots=True)
class OperationFinished:
    """A device, or people, have done what they were told."""

    operation: str


@dataclass(frozen=True, slots=True)
class OperationFailed:
    """A device could not do what it was told; ``text`` is a catalogue key."""

    operation: str
    text: str
    arguments: Mapping[str, str | float]


@dataclass(frozen=True, slots=True)
class CarLeft:
    """The car has left the line."""

    car: int


@dataclass(frozen=True, slots=True)
class ResourcesChanged:
    """So many people of each skill, tools and pieces of stock are free by now.

    Attributes:
        free: By name, as ``twin.stations.resources`` writes it; what is not named is
            as before.
    """

    free: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExitBlocked:
    """The car is done and cannot go on."""


@dataclass(frozen=True, slots=True)
class ExitFreed:
    """There is room for the car where it goes."""


@dataclass(frozen=True, slots=True)
class ShiftEnded:
    """The calendar closes."""


@dataclass(frozen=True, slots=True)
class ShiftBegan:
    """The calendar opens."""


@dataclass(frozen=True, slots=True)
class MachineFailed:
    """The machine has failed; what it does stops."""


@dataclass(frozen=True, slots=True)
class MachineRepaired:
    """The machine is mended, and somebody has cleared the fault."""


@dataclass(frozen=True, slots=True)
class PersonEntered:
    """A safeguard sees a person in the space of a robot."""

    robot: str


@dataclass(frozen=True, slots=True)
class SpaceReset:
    """The space of a robot is empty, and somebody outside has said so by hand."""

    robot: str


@dataclass(frozen=True, slots=True)
class HoldReleased:
    """Somebody has seen to what held the station."""


@dataclass(frozen=True, slots=True)
class Halted:
    """Everything was stopped where it is: by a person, or since something is wrong."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A person has looked at it and lets the station go on.

    What failed is tried once more; what was running goes on.
    """


StationEvent = (
    CarArrived
    | OperationFinished
    | OperationFailed
    | CarLeft
    | ResourcesChanged
    | ExitBlocked
    | ExitFreed
    | ShiftEnded
    | ShiftBegan
    | MachineFailed
    | MachineRepaired
    | PersonEntered
    | SpaceReset
    | HoldReleased
    | Halted
    | Acknowledged
)


@dataclass(frozen=True, slots=True)
class StartOperation:
    """Tell the operation's device to begin.

    Attributes:
        operation: Its id.
        destructive: Whether what is seized is to come off by force.
        time_factor: By which rust makes it slower.
        time: What it takes by force instead of its own time; None if the same.
    """

    operation: str
    destructive: bool = False
    time_factor: float = 1.0
    time: Law | None = None


@dataclass(frozen=True, slots=True)
class SkipOperation:
    """There is nothing to do: what the operation works on is not there."""

    operation: str


@dataclass(frozen=True, slots=True)
class PauseOperation:
    """Stop an operation; what is done of it is done."""

    operation: str


@dataclass(frozen=True, slots=True)
class ResumeOperation:
    """Go on with what is left of a stopped operation."""

    operation: str


@dataclass(frozen=True, slots=True)
class ScrapCar:
    """The failure has spoilt the car."""

    car: int


@dataclass(frozen=True, slots=True)
class ProtectiveStop:
    """Stop a robot now, by its drives, and keep it stopped.

    Source: ISO 10218-1, protective stop; IEC 60204-1, stop category 1.
    """

    robot: str


@dataclass(frozen=True, slots=True)
class RaiseAlarm:
    """Tell people; ``text`` is a catalogue key."""

    operation: str
    text: str
    arguments: Mapping[str, str | float]


@dataclass(frozen=True, slots=True)
class CallNextCar:
    """The station is empty and ready."""


StationCommand = (
    StartOperation
    | SkipOperation
    | PauseOperation
    | ResumeOperation
    | ScrapCar
    | ProtectiveStop
    | RaiseAlarm
    | CallNextCar
)
