"""Who does the work, and with what they share."""

from __future__ import annotations

from pydantic import Field

from twin.scenario.fields import Count, Model, Place, Speed, Text


class Crew(Model):
    """People who can do the same and work the same hours.

    Attributes:
        label: Name for people; the id where absent.
        count: How many.
        skills: What each of them can do.
        calendar: When they are there; always where absent.
        place: Where they wait for work, world frame.
        walking_speed: Straight between places; no walking time where absent.
    """

    label: Text | None = None
    count: Count
    skills: tuple[str, ...] = Field(strict=False, min_length=1)
    calendar: str | None = None
    place: Place | None = None
    walking_speed: Speed | None = None


class Tool(Model):
    """Equipment that operations share: a crane, a trolley.

    Attributes:
        label: Name for people; the id where absent.
        count: How many.
    """

    label: Text | None = None
    count: Count
