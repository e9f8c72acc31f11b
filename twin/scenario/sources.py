"""Where parts enter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from twin.scenario.calendars import Days, TimeOfDay
from twin.scenario.fields import (
    MOST,
    Count,
    Model,
    NonNegativeMetres,
    NonNegativeRadians,
    Place,
    Probability,
    given,
)
from twin.scenario.laws import Constant, Law
from twin.scenario.nodes import Passed
from twin.units import Quantity


class Delivery(Model):
    """Parts that come at a time of day.

    Attributes:
        at: Local time.
        count: How many.
        days: On which days of the week.
    """

    at: TimeOfDay
    count: Count = 1
    days: Days = "mon-sun"


@dataclass(frozen=True, slots=True)
class CarEntry:
    """A source of which physics knows all it needs; fields as in `Source`.

    ``every_s`` is 0 where a car is there whenever the station calls one.
    """

    product: str
    place: Place
    first_at: Quantity
    lateral_error: Quantity
    yaw_error: Quantity
    stop_error: Quantity
    most: int
    every_s: float = 0.0


class Source(Passed):
    """Where parts enter: by a law, by a timetable, or as soon as there is room.

    Attributes:
        product: What enters.
        mix: What enters, drawn by share.
        every: Time from one arrival to the next.
        first_at: When the first appears; after one ``every`` where absent.
        timetable: Arrivals by time of day.
        batch: How many come at a time.
        most: How many enter in all; 0 means no end.
        when_full: Whether the source waits for room, or the part is turned away.
        calendar: When it runs; always where absent.
        lateral_error: Half-width of the uniform error across the line.
        yaw_error: Half-width of the uniform error of its heading.
        stop_error: Half-width of the uniform error of where it is seen to stop.
    """

    product: str | None = None
    mix: dict[str, Probability] = {}
    every: Law | None = None
    first_at: Law | None = None
    timetable: tuple[Delivery, ...] = Field(default=(), strict=False)
    batch: Count = 1
    most: int = Field(default=0, ge=0, le=MOST)
    when_full: Literal["wait", "reject"] = "wait"
    calendar: str | None = None
    lateral_error: NonNegativeMetres | None = None
    yaw_error: NonNegativeRadians | None = None
    stop_error: NonNegativeMetres | None = None

    def products(self) -> dict[str, float]:
        """Return the share of each product that enters."""
        if self.product is not None:
            return {self.product: 1.0}
        return {name: float(share) for name, share in self.mix.items()}

    def entry(self) -> CarEntry:
        """Return it as physics takes it.

        Raises:
            ValueError: If the scenario leaves out what physics needs.
        """
        first_at = given(self.first_at, "first_at")
        if not isinstance(first_at, Constant):
            raise ValueError(f"first_at: law {first_at.law}; physics takes a time")
        return CarEntry(
            product=given(self.product, "product"),
            place=given(self.place, "place"),
            first_at=first_at.value,
            lateral_error=given(self.lateral_error, "lateral_error"),
            yaw_error=given(self.yaw_error, "yaw_error"),
            stop_error=given(self.stop_error, "stop_error"),
            most=self.most,
            every_s=float(self.every.value)
            if isinstance(self.every, Constant)
            else 0.0,
        )
