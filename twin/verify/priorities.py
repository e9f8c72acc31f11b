"""One server that chooses whom to serve: priorities and shortest first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.integrate import quad

from twin.verify.queues import check_load


@dataclass(frozen=True, slots=True)
class Class:
    """Parts of one priority: Poisson arrivals and two moments of their service.

    Attributes:
        arrival_per_s: Of parts of this class.
        service_mean_s: Of one part.
        service_sd_s: Its standard deviation.
    """

    arrival_per_s: float
    service_mean_s: float
    service_sd_s: float

    @property
    def load(self) -> float:
        """Share of the server's time this class asks for."""
        return self.arrival_per_s * self.service_mean_s

    @property
    def residual_s(self) -> float:
        """What an arrival finds of a service of this class under way, mean, s."""
        second_moment = self.service_mean_s**2 + self.service_sd_s**2
        return self.arrival_per_s * second_moment / 2.0


def nonpreemptive_wait_means_s(classes: Sequence[Class]) -> list[float]:
    """Return the mean wait of each class when no service is interrupted.

    Args:
        classes: The most urgent first; each in order of arrival.

    Source:
        Cobham (1954), Priority assignment in waiting line problems; Gross et al.
        (2008), section 3.4.
    """
    check_load(sum(each.load for each in classes))
    residual_s = sum(each.residual_s for each in classes)
    waits: list[float] = []
    above = 0.0
    for each in classes:
        upto = above + each.load
        waits.append(residual_s / ((1.0 - above) * (1.0 - upto)))
        above = upto
    return waits


def preemptive_lead_time_means_s(classes: Sequence[Class]) -> list[float]:
    """Return the mean time inside of each class when urgent parts interrupt.

    An interrupted service is resumed where it stopped.

    Args:
        classes: The most urgent first; each in order of arrival.

    Source:
        Kleinrock (1976), Queueing Systems II, section 3.4 (preemptive resume).
    """
    check_load(sum(each.load for each in classes))
    lead_times: list[float] = []
    above = residual_s = 0.0
    for each in classes:
        upto = above + each.load
        residual_s += each.residual_s
        lead_times.append(
            each.service_mean_s / (1.0 - above)
            + residual_s / ((1.0 - above) * (1.0 - upto))
        )
        above = upto
    return lead_times


def shortest_first_wait_mean_s(arrival_per_s: float, service_mean_s: float) -> float:
    """Return the mean wait of M/M/1 that serves the shortest waiting part next.

    The time of a part is known when it comes; no service is interrupted.

    Source:
        Phipps (1956), Machine repair as a priority waiting-line problem; Conway,
        Maxwell, Miller (1967), Theory of Scheduling, section 8-6.
    """
    load = arrival_per_s * service_mean_s
    check_load(load)

    def wait_of(x: float) -> float:
        # x is the service in units of its mean; the load of all shorter ones:
        shorter = load * (1.0 - math.exp(-x) * (1.0 + x))
        return math.exp(-x) / (1.0 - shorter) ** 2

    # Past 60 means nothing is left of the density (1e-26).
    integral = float(quad(wait_of, 0.0, 60.0, limit=200)[0])
    return load * service_mean_s * integral
