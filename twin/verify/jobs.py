"""Jobs of several operations with precedence: how long they take in the mean."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations


@dataclass(frozen=True, slots=True)
class Step:
    """An operation of exponential time.

    Attributes:
        mean_s: Its mean time.
        after: Operations that must all be over before it starts.
        after_any: Operations of which one must be over, if any are named.
    """

    mean_s: float
    after: frozenset[str] = frozenset()
    after_any: frozenset[str] = frozenset()

    def ready(self, done: frozenset[str]) -> bool:
        """Return whether it may start once ``done`` are over."""
        first = not self.after_any or bool(self.after_any & done)
        return first and self.after <= done


def job_time_mean_s(steps: Mapping[str, Step], people: int | None = None) -> float:
    """Return the mean time until all operations of a job are over.

    What is ready starts as soon as somebody is free, in the order listed. The
    chain over (over, under way) is walked once, exactly.

    Args:
        steps: Operations by id, at least one.
        people: Each does one operation at a time; None: as many as it takes.

    Raises:
        ValueError: If precedence goes in a circle.

    Source:
        Kulkarni, Adlakha (1986), Markov and Markov-regenerative PERT networks.
    """
    everything = frozenset(steps)
    crew = len(steps) if people is None else people

    @cache
    def remaining_s(done: frozenset[str], under_way: frozenset[str]) -> float:
        if done == everything:
            return 0.0
        for name, step in steps.items():
            new = name not in done and name not in under_way
            if new and len(under_way) < crew and step.ready(done):
                under_way |= {name}
        if not under_way:
            raise ValueError(
                f"operations {sorted(everything - done)}: wait for each other; "
                "take one 'after' away"
            )
        rate = sum(1.0 / steps[name].mean_s for name in under_way)
        return 1.0 / rate + sum(
            remaining_s(done | {name}, under_way - {name}) / steps[name].mean_s / rate
            for name in sorted(under_way)
        )

    return remaining_s(frozenset(), frozenset())


def longest_mean_s(means_s: Sequence[float]) -> float:
    """Return the mean of the longest of independent exponential times.

    Source:
        Inclusion and exclusion over the minima, each exponential; Ross (2014),
        Introduction to Probability Models, section 5.2.
    """
    return math.fsum(
        (-1) ** (size + 1) / sum(1.0 / mean_s for mean_s in chosen)
        for size in range(1, len(means_s) + 1)
        for chosen in combinations(means_s, size)
    )


def uncertain_time_mean_s(
    present: float, time_mean_s: float, seized: float, seized_time_mean_s: float
) -> float:
    """Return the mean time of removing a part that may be missing or seized.

    Args:
        present: Probability that the part is there; else no time is spent.
        time_mean_s: When it comes off as planned.
        seized: Probability that it does not, given that it is there.
        seized_time_mean_s: Of the destructive way, which takes its place.

    Source:
        Law of total expectation.
    """
    return present * ((1.0 - seized) * time_mean_s + seized * seized_time_mean_s)
