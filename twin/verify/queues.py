"""Single queues without priorities: closed forms."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

Transform = Callable[[float], float]
"""The Laplace-Stieltjes transform of a law: E exp(-s T) of s, 1/s."""


@dataclass(frozen=True, slots=True)
class Queue:
    """The long-run means of one queue.

    Attributes:
        throughput_per_s: Parts that enter and are served, 1/s.
        wait_mean_s: From entering to the start of service, of parts that enter, s.
        service_mean_s: Of one part, s.
        servers: Parallel ones.
        rejected_share: Of parts that come, those that find no room.
    """

    throughput_per_s: float
    wait_mean_s: float
    service_mean_s: float
    servers: int = 1
    rejected_share: float = 0.0

    @property
    def lead_time_mean_s(self) -> float:
        """From entering to leaving, s."""
        return self.wait_mean_s + self.service_mean_s

    @property
    def queue_mean(self) -> float:
        """Parts that wait (Little 1961)."""
        return self.throughput_per_s * self.wait_mean_s

    @property
    def inside_mean(self) -> float:
        """Parts that wait or are served (Little 1961)."""
        return self.throughput_per_s * self.lead_time_mean_s

    @property
    def utilisation(self) -> float:
        """Mean share of servers that serve."""
        return self.throughput_per_s * self.service_mean_s / self.servers


def check_load(load: float) -> None:
    """Refuse a load that no queue without bound survives.

    Raises:
        ValueError: If the load is 1 or more.
    """
    if not 0.0 <= load < 1.0:
        raise ValueError(f"load: got {load:g}; give at least 0 and below 1")


def mm1(arrival_per_s: float, service_mean_s: float) -> Queue:
    """Return M/M/1: Poisson arrivals, one exponential server, room for all.

    Source:
        Gross, Shortle, Thompson, Harris (2008), Fundamentals of Queueing Theory,
        4th ed., section 2.2.
    """
    load = arrival_per_s * service_mean_s
    check_load(load)
    return Queue(arrival_per_s, service_mean_s * load / (1.0 - load), service_mean_s)


def erlang_b(offered: float, servers: int) -> float:
    """Return the share of Poisson arrivals that find all servers busy and leave.

    Holds for any law of service with mean offered / arrival rate.

    Args:
        offered: Arrival rate times mean service time, erlang.
        servers: At least 0.

    Source:
        Erlang (1917); recursion in Gross et al. (2008), section 2.6.
    """
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = offered * blocked / (n + offered * blocked)
    return blocked


def erlang_c(offered: float, servers: int) -> float:
    """Return the share of Poisson arrivals that must wait in M/M/c.

    Source:
        Erlang (1917); from Erlang B as in Gross et al. (2008), section 2.6.
    """
    check_load(offered / servers)
    lost = erlang_b(offered, servers)
    return servers * lost / (servers - offered * (1.0 - lost))


def mmc(arrival_per_s: float, service_mean_s: float, servers: int) -> Queue:
    """Return M/M/c: Poisson arrivals, c exponential servers, room for all.

    Source:
        Gross et al. (2008), section 2.3.
    """
    offered = arrival_per_s * service_mean_s
    wait_s = erlang_c(offered, servers) * service_mean_s / (servers - offered)
    return Queue(arrival_per_s, wait_s, service_mean_s, servers)


def mmck(
    arrival_per_s: float, service_mean_s: float, servers: int, places: int
) -> Queue:
    """Return M/M/c/K: arrivals that find K parts inside are rejected.

    Args:
        arrival_per_s: Of parts that come, rejected ones included.
        service_mean_s: Of one part.
        servers: c, at least 1.
        places: K, those at servers included; at least c.

    Source:
        Gross et al. (2008), section 2.5 (K = c: Erlang B; c = 1: M/M/1/K).
    """
    weight = [1.0]
    for n in range(1, places + 1):
        weight.append(weight[-1] * arrival_per_s * service_mean_s / min(n, servers))
    share = np.array(weight) / sum(weight)
    rejected = float(share[-1])
    entering = arrival_per_s * (1.0 - rejected)
    waiting = float(share @ np.maximum(np.arange(places + 1) - servers, 0))
    return Queue(entering, waiting / entering, service_mean_s, servers, rejected)


def mg1(arrival_per_s: float, service_mean_s: float, service_sd_s: float) -> Queue:
    """Return M/G/1 in order of arrival: only two moments of the service count.

    Source:
        Pollaczek (1930), Khinchine (1932); Gross et al. (2008), section 5.1.
    """
    load = arrival_per_s * service_mean_s
    check_load(load)
    second_moment = service_mean_s**2 + service_sd_s**2
    wait_s = arrival_per_s * second_moment / (2.0 * (1.0 - load))
    return Queue(arrival_per_s, wait_s, service_mean_s)


def md1(arrival_per_s: float, service_s: float) -> Queue:
    """Return M/D/1: constant service.

    Source:
        Pollaczek-Khinchine without spread; Gross et al. (2008), section 5.1.
    """
    return mg1(arrival_per_s, service_s, 0.0)


def constant_transform(value_s: float) -> Transform:
    """Return the Laplace-Stieltjes transform of a constant."""
    return lambda s: math.exp(-s * value_s)


def erlang_transform(mean_s: float, shape: int) -> Transform:
    """Return the Laplace-Stieltjes transform of Erlang's law with ``shape`` phases."""
    return lambda s: (1.0 + s * mean_s / shape) ** -shape


def uniform_transform(low_s: float, high_s: float) -> Transform:
    """Return the Laplace-Stieltjes transform of the uniform law."""

    def transform(s: float) -> float:
        if s == 0.0:
            return 1.0
        return (math.exp(-s * low_s) - math.exp(-s * high_s)) / (s * (high_s - low_s))

    return transform


def gim1(
    interarrival: Transform, interarrival_mean_s: float, service_mean_s: float
) -> Queue:
    """Return GI/M/1: independent intervals of any law, one exponential server.

    The share that waits is the root in (0, 1) of sigma = A*(mu (1 - sigma)); a part
    that waits does so for service_mean / (1 - sigma) in the mean.

    Args:
        interarrival: Transform of the intervals between arrivals.
        interarrival_mean_s: Their mean.
        service_mean_s: Of one part.

    Source:
        Gross et al. (2008), section 5.3.1; Kleinrock (1975), Queueing Systems I,
        section 6.4.
    """
    check_load(service_mean_s / interarrival_mean_s)
    rate = 1.0 / service_mean_s
    # 1 is always a root; the one wanted lies below it when the load does.
    sigma = float(
        brentq(
            lambda x: interarrival(rate * (1.0 - x)) - x, 0.0, 1.0 - 1e-9, xtol=1e-14
        )
    )
    wait_s = service_mean_s * sigma / (1.0 - sigma)
    return Queue(1.0 / interarrival_mean_s, wait_s, service_mean_s)


def bulk_arrivals(batch_per_s: float, batch: int, service_mean_s: float) -> Queue:
    """Return M^[X]/M/1 with batches of one size: parts come together, served singly.

    Source:
        Gross et al. (2008), section 3.1: L = load (E X + E X^2) / (2 E X (1 - load)).
    """
    load = batch_per_s * batch * service_mean_s
    check_load(load)
    inside = load * (1.0 + batch) / (2.0 * (1.0 - load))
    arrival_per_s = batch_per_s * batch
    return Queue(arrival_per_s, inside / arrival_per_s - service_mean_s, service_mean_s)


def bulk_service(
    arrival_per_s: float, service_mean_s: float, least: int, most: int
) -> Queue:
    """Return M/M^(a,b)/1: a machine serves a to b parts together.

    It starts once ``least`` parts wait and takes at most ``most``; later arrivals
    wait for the next start. While it runs, the number that waits is geometric
    with the root r in (0, 1) of mu r^(b+1) - (lambda + mu) r + lambda = 0.

    Args:
        arrival_per_s: Of single parts, Poisson.
        service_mean_s: Of a batch, whatever its size; exponential.
        least: a, at least 1.
        most: b, at least a.

    Source:
        Neuts (1967), A general class of bulk queues with Poisson input; Medhi
        (2003), Stochastic Models in Queueing Theory, section 4.3.
    """
    check_load(arrival_per_s * service_mean_s / most)
    rate = 1.0 / service_mean_s
    root = float(
        brentq(
            lambda r: (
                rate * r ** (most + 1) - (arrival_per_s + rate) * r + arrival_per_s
            ),
            0.0,
            1.0 - 1e-9,
            xtol=1e-14,
        )
    )
    # Weights before normalising: busy with n waiting root**n; idle with n waiting
    # as balance asks, (mu / lambda) times the sum of busy weights up to n.
    idle = [
        rate / arrival_per_s * (1.0 - root ** (n + 1)) / (1.0 - root)
        for n in range(least)
    ]
    total = sum(idle) + 1.0 / (1.0 - root)
    waiting = (
        sum(n * weight for n, weight in enumerate(idle)) + root / (1.0 - root) ** 2
    )
    return Queue(arrival_per_s, waiting / total / arrival_per_s, service_mean_s)


def reneging(
    arrival_per_s: float, service_mean_s: float, servers: int, patience_mean_s: float
) -> tuple[Queue, float]:
    """Return M/M/c+M, where parts that wait give up, and the share that does.

    Args:
        arrival_per_s: Poisson.
        service_mean_s: Of one part, exponential.
        servers: c.
        patience_mean_s: Mean of the longest wait, exponential.

    Returns:
        The queue, whose wait is that of all parts whether served or not and whose
        throughput counts all of them; and the share that gives up.

    Source:
        Palm (1957); Gross et al. (2008), section 2.10.2 (birth and death).
    """
    weights = [1.0]
    while len(weights) < 100 or weights[-1] > 1e-18 * sum(weights):
        n = len(weights)
        death = min(n, servers) / service_mean_s + max(n - servers, 0) / patience_mean_s
        weights.append(weights[-1] * arrival_per_s / death)
    share = np.array(weights) / sum(weights)
    waiting = float(share @ np.maximum(np.arange(len(weights)) - servers, 0))
    queue = Queue(arrival_per_s, waiting / arrival_per_s, service_mean_s, servers)
    return queue, waiting / patience_mean_s / arrival_per_s
