"""Whether a simulated mean agrees with theory, at the level of the whole table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from twin.flow.statistics import Interval, t_interval
from twin.verify.cases import Case

FAMILY_LEVEL = 0.999
"""Probability that no case of a table is refused by chance alone."""

WIDEST_SHARE = 0.01
"""Largest half-width over the expected value; a wider interval proves little."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came out of a case.

    Attributes:
        case: What was run.
        interval: Of the simulated mean, SI, at the case's share of the family level.
    """

    case: Case
    interval: Interval

    @property
    def agrees(self) -> bool:
        """Whether theory lies inside the interval, slack of counting added."""
        miss = abs(self.interval.mean - self.case.expected)
        return miss <= self.interval.half_width + self.case.slack * self.case.expected

    @property
    def narrow(self) -> bool:
        """Whether the interval is narrow enough for agreement to mean something."""
        return self.interval.half_width <= WIDEST_SHARE * self.case.expected

    @property
    def ok(self) -> bool:
        """Whether theory and simulation agree, and narrowly."""
        return self.agrees and self.narrow

    def record(self) -> dict[str, object]:
        """Return it as plain values, for JSON."""
        return {
            "name": self.case.name,
            "title": self.case.title,
            "measure": self.case.measure,
            "expected": self.case.expected,
            "simulated": self.interval.mean,
            "half_width": self.interval.half_width,
            "level": self.interval.level,
            "replications": self.interval.n,
            "agrees": self.agrees,
            "narrow": self.narrow,
            "ok": self.ok,
            "source": self.case.source,
        }


def case_level(n_cases: int) -> float:
    """Return the level of each interval, so that all hold at the family's level.

    Bonferroni's bound needs no independence: cases that use the same streams of
    random numbers are not independent.

    Source:
        Law (2015), Simulation Modeling and Analysis, 5th ed., section 9.7.
    """
    if n_cases < 1:
        raise ValueError(f"n_cases: got {n_cases}; give at least 1")
    return 1.0 - (1.0 - FAMILY_LEVEL) / n_cases


def judge(case: Case, values: Sequence[float], n_cases: int) -> Verdict:
    """Return the verdict on the values of independent replications.

    Args:
        case: What was run.
        values: What was measured, one a replication, SI.
        n_cases: How many cases the table has, run now or not.
    """
    return Verdict(case, t_interval(values, case_level(n_cases)))
