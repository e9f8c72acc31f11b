"""One machine that fails, changes over or closes for the night."""

from __future__ import annotations

import math
from collections.abc import Sequence

from twin.verify.queues import Queue, check_load


def availability(up_mean_s: float, repair_mean_s: float) -> float:
    """Return the share of time that a machine is not under repair.

    Holds for any laws when time to failure runs whenever the machine is up
    (calendar clock), or when it always works.

    Source:
        Renewal reward theorem; Barlow, Proschan (1965), Mathematical Theory of
        Reliability, chapter 3.
    """
    return up_mean_s / (up_mean_s + repair_mean_s)


def failed_share_by_work(
    work_share: float, up_mean_s: float, repair_mean_s: float
) -> float:
    """Return the share of time under repair when only working time wears.

    Args:
        work_share: Share of time the machine works: arrival rate times service.
        up_mean_s: Mean working time to a failure, any law.
        repair_mean_s: Any law.

    Raises:
        ValueError: If working and being repaired fill all time.

    Source:
        Renewal reward over working time; Buzacott, Shanthikumar (1993), Stochastic
        Models of Manufacturing Systems, section 3.6 (operation-dependent failures).
    """
    check_load(work_share * (1.0 + repair_mean_s / up_mean_s))
    return work_share * repair_mean_s / up_mean_s


def mm1_with_breakdowns(
    arrival_per_s: float, service_mean_s: float, up_mean_s: float, repair_mean_s: float
) -> Queue:
    """Return M/M/1 whose server fails by calendar time, idle or not, and resumes.

    Up times and repairs are exponential. With fails xi, repairs eta, arrivals
    lambda and service mu, the generating function of the number inside gives
    L = (lambda + g + g lambda / eta) / (mu - lambda - g) + g / (xi + eta), where
    g = xi lambda / eta. A part's service includes the repairs that interrupt it.

    Source:
        White, Christie (1958), Queuing with preemptive priorities or with
        breakdown; Avi-Itzhak, Naor (1963). Checked against the Markov chain in
        tests/verify/test_machines.py.
    """
    up = availability(up_mean_s, repair_mean_s)
    check_load(arrival_per_s * service_mean_s / up)
    fail, repair, serve = 1.0 / up_mean_s, 1.0 / repair_mean_s, 1.0 / service_mean_s
    extra = fail * arrival_per_s / repair
    inside = (arrival_per_s + extra + extra * arrival_per_s / repair) / (
        serve - arrival_per_s - extra
    ) + extra / (fail + repair)
    served_s = service_mean_s / up
    return Queue(arrival_per_s, inside / arrival_per_s - served_s, served_s)


def restarted_time_mean_s(
    service_s: float, up_mean_s: float, repair_mean_s: float
) -> float:
    """Return the mean time of a constant service that each failure starts anew.

    Args:
        service_s: Constant, without failures.
        up_mean_s: Time to a failure, exponential.
        repair_mean_s: Any law.

    Source:
        Gaver (1962), A waiting line with interrupted service, including priorities
        (preemptive repeat): (exp(s / up) - 1) (up + repair).
    """
    return math.expm1(service_s / up_mean_s) * (up_mean_s + repair_mean_s)


def change_over_throughput_per_s(
    shares: Sequence[float], service_means_s: Sequence[float], setup_mean_s: float
) -> float:
    """Return what a saturated machine makes when each change of product costs time.

    Products follow one another independently.

    Args:
        shares: Of the products, summing to 1.
        service_means_s: Of each product.
        setup_mean_s: Of one change.

    Source:
        Renewal reward: a part follows another product with 1 - sum of shares^2.
    """
    change = 1.0 - sum(share**2 for share in shares)
    work_s = sum(a * b for a, b in zip(shares, service_means_s, strict=True))
    return 1.0 / (work_s + change * setup_mean_s)


def calendar_throughput_per_s(open_share: float, service_mean_s: float) -> float:
    """Return what a saturated machine makes that pauses outside its hours.

    Args:
        open_share: Open time over all time, over whole periods of the calendar.
        service_mean_s: Of one part, any law.

    Source:
        Elementary renewal theorem in open time.
    """
    return open_share / service_mean_s
