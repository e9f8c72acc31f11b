"""What tools act on: parts, fasteners and joints, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from twin.physics.world import Body
from twin.transforms import Matrix


@dataclass(frozen=True, slots=True)
class Head:
    """A fastener as a nutrunner meets it.

    Attributes:
        world_from_head: Origin in the head's face, +Z where a tool pushes, (4, 4).
        body: What it sits in: feels the tool's torque.
        break_away_nm: To loosen it.
        break_away_s: For how long.
        running_nm: To turn it out.
        turns: Until it is out.
    """

    world_from_head: Matrix
    body: Body
    break_away_nm: float
    break_away_s: float
    running_nm: float
    turns: float


class Workplace(Protocol):
    """Whoever owns the bodies that tools act on."""

    def part(self, name: str) -> Body:
        """Return the body that a part is."""

    def head(self, fastener: str) -> Head:
        """Return a fastener that is still in."""

    def take_out(self, fastener: str) -> float:
        """Let a fastener hold nothing any more; return its mass, kg."""

    def shear_n(self, joint: str) -> float:
        """Return the force that cuts a joint."""

    def cut(self, joint: str) -> None:
        """Let a joint hold nothing any more."""


class EmptyWorkplace:
    """A workplace without anything, for arms that only move."""

    def part(self, name: str) -> Body:
        """Raise, since there is none."""
        raise KeyError(name)

    def head(self, fastener: str) -> Head:
        """Raise, since there is none."""
        raise KeyError(fastener)

    def take_out(self, fastener: str) -> float:
        """Raise, since there is none."""
        raise KeyError(fastener)

    def shear_n(self, joint: str) -> float:
        """Raise, since there is none."""
        raise KeyError(joint)

    def cut(self, joint: str) -> None:
        """Raise, since there is none."""
        raise KeyError(joint)
