"""What machines have besides their work: batches, set-ups, failures, upkeep."""

from __future__ import annotations

from typing import Literal

from twin.scenario.fields import Count, Model
from twin.scenario.laws import Law


class Batch(Model):
    """How many parts are worked on together.

    Attributes:
        least: Fewest it starts with.
        most: Most it takes.
        wait: How long the oldest waits for more; not at all where absent.
    """

    least: Count = 1
    most: Count
    wait: Law | None = None


class Setup(Model):
    """What changing over to another product takes.

    Attributes:
        time: Unless ``from_to`` says otherwise.
        from_to: By the product before, then the product after.
    """

    time: Law
    from_to: dict[str, dict[str, Law]] = {}


class Failure(Model):
    """A way in which a machine fails.

    Attributes:
        every: Time from one repair to the next failure.
        clock: What that counts: all time, or only time at work.
        repair: How long a repair takes.
        people: How many of which skill repair it.
    """

    every: Law
    clock: Literal["calendar", "busy"] = "calendar"
    repair: Law
    people: dict[str, Count] = {}


class Maintenance(Model):
    """Work on the machine itself, planned; it waits for the job that runs.

    Attributes:
        every: Time from one to the next.
        takes: How long it takes.
        people: How many of which skill it takes.
    """

    every: Law
    takes: Law
    people: dict[str, Count] = {}
