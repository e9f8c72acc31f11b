"""Networks of queues: open with Poisson arrivals, and closed ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.verify.queues import Queue, mmc


@dataclass(frozen=True, slots=True)
class OpenNetwork:
    """A Jackson network in the long run.

    Attributes:
        stations: Each as M/M/c with the arrivals it sees.
        lead_time_mean_s: From entering the network to leaving it.
    """

    stations: tuple[Queue, ...]
    lead_time_mean_s: float


def open_network(
    arrivals_per_s: Sequence[float],
    service_means_s: Sequence[float],
    servers: Sequence[int],
    routing: Sequence[Sequence[float]],
) -> OpenNetwork:
    """Return an open network of exponential stations; feedback is allowed.

    Args:
        arrivals_per_s: From outside at each of n stations, Poisson.
        service_means_s: Of one visit at each.
        servers: At each.
        routing: (n, n), probability to go from a row's to a column's station; what
            a row lacks to 1 leaves.

    Source:
        Jackson (1957), Networks of waiting lines; Gross et al. (2008), section 4.2.
    """
    outside = np.array(arrivals_per_s, dtype=np.float64)
    chance = np.array(routing, dtype=np.float64)
    visits_per_s = np.linalg.solve(np.eye(len(outside)) - chance.T, outside)
    stations = tuple(
        mmc(float(rate), mean_s, count)
        for rate, mean_s, count in zip(
            visits_per_s, service_means_s, servers, strict=True
        )
    )
    inside = sum(station.inside_mean for station in stations)
    return OpenNetwork(stations, inside / float(outside.sum()))


@dataclass(frozen=True, slots=True)
class ClosedNetwork:
    """A closed network in the long run.

    Attributes:
        throughput_per_s: Cycles a second; a station with v visits sees v times it.
        inside_means: Parts at each station.
    """

    throughput_per_s: float
    inside_means: tuple[float, ...]


def mean_value_analysis(
    demands_s: Sequence[float], delay_s: float, population: int
) -> ClosedNetwork:
    """Return a closed network of single exponential servers and a pure delay.

    Args:
        demands_s: Visits a cycle times mean service of each station.
        delay_s: Time a cycle spends where nobody waits.
        population: Pallets or tokens, at least 1.

    Source:
        Reiser, Lavenberg (1980), Mean-value analysis of closed multichain queuing
        networks; Gross et al. (2008), section 4.3.2.
    """
    demand_s = np.array(demands_s, dtype=np.float64)
    inside = np.zeros(len(demand_s))
    throughput_per_s = 0.0
    for n in range(1, population + 1):
        time_s = demand_s * (1.0 + inside)
        throughput_per_s = n / (delay_s + float(time_s.sum()))
        inside = throughput_per_s * time_s
    return ClosedNetwork(throughput_per_s, tuple(float(n) for n in inside))


def closed_network(
    demands_s: Sequence[float], servers: Sequence[int], population: int
) -> ClosedNetwork:
    """Return a closed network of exponential stations with parallel servers.

    Args:
        demands_s: Visits a cycle times mean service of each station.
        servers: At each; as many as ``population`` make a pure delay.
        population: Pallets or tokens, at least 1.

    Source:
        Buzen (1973), Computational algorithms for closed queueing networks;
        Gordon, Newell (1967).
    """
    factors = [
        _station_factors(demand_s, count, population)
        for demand_s, count in zip(demands_s, servers, strict=True)
    ]
    constant = _convolve_all(factors, population)
    throughput_per_s = float(constant[population - 1] / constant[population])
    inside = []
    for index, own in enumerate(factors):
        others = _convolve_all(factors[:index] + factors[index + 1 :], population)
        weights = own * others[::-1]
        inside.append(float(weights @ np.arange(population + 1) / constant[population]))
    return ClosedNetwork(throughput_per_s, tuple(inside))


def _station_factors(
    demand_s: float, servers: int, population: int
) -> NDArray[np.float64]:
    factors = np.ones(population + 1)
    for n in range(1, population + 1):
        factors[n] = factors[n - 1] * demand_s / min(n, servers)
    return factors


def _convolve_all(
    factors: Sequence[NDArray[np.float64]], population: int
) -> NDArray[np.float64]:
    constant = np.zeros(population + 1)
    constant[0] = 1.0
    for each in factors:
        constant = np.convolve(constant, each)[: population + 1]
    return constant


@dataclass(frozen=True, slots=True)
class Repair:
    """Machines that need a person now and then.

    Attributes:
        running_share: Mean share of machines that run.
        repair_share: Mean share of machines that somebody attends to.
        waiting_share: Mean share of machines that wait for somebody.
    """

    running_share: float
    repair_share: float
    waiting_share: float


def machine_repair(
    machines: int, run_mean_s: float, repair_mean_s: float, people: int
) -> Repair:
    """Return M/M/c//M: each machine runs, then waits for one of c people.

    Args:
        machines: How many.
        run_mean_s: From repaired to the next stop, exponential.
        repair_mean_s: Of one repair, exponential.
        people: c; each repairs one machine at a time.

    Source:
        Palm (1947); Gross et al. (2008), section 2.8 (finite-source queues).
    """
    weights = [1.0]
    for down in range(1, machines + 1):
        birth = (machines - down + 1) / run_mean_s
        weights.append(weights[-1] * birth * repair_mean_s / min(down, people))
    share = np.array(weights) / sum(weights)
    stops = np.arange(machines + 1)
    attended = float(share @ np.minimum(stops, people)) / machines
    stopped = float(share @ stops) / machines
    return Repair(1.0 - stopped, attended, stopped - attended)
