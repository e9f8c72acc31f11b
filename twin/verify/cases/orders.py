"""Cases with one machine that chooses whom to serve, or changes over between them."""

from __future__ import annotations

from twin.verify.cases.case import (
    MINUTE_S,
    Case,
    build_case,
    exponential,
    minutes,
    single,
)
from twin.verify.machines import change_over_throughput_per_s
from twin.verify.priorities import (
    Class,
    nonpreemptive_wait_means_s,
    preemptive_lead_time_means_s,
    shortest_first_wait_mean_s,
)

_COBHAM = "Cobham (1954); Gross et al. (2008), 3.4"
_RESUME = "Kleinrock (1976), Queueing Systems II, 3.4"


def order_cases() -> list[Case]:
    """Return the cases."""
    return [*_by_priority(), *_by_length(), _with_change_over()]


def _by_priority() -> list[Case]:
    urgent = Class(0.25 / MINUTE_S, MINUTE_S, MINUTE_S)
    usual = Class(0.25 / MINUTE_S, 1.2 * MINUTE_S, 1.2 * MINUTE_S)
    constant = Class(0.25 / MINUTE_S, MINUTE_S, 0.0)
    waits = nonpreemptive_wait_means_s([urgent, usual])
    resumed = preemptive_lead_time_means_s([urgent, usual])
    mixed = preemptive_lead_time_means_s([constant, usual])
    exponentials = (
        exponential(urgent.service_mean_s),
        exponential(usual.service_mean_s),
    )
    waiting = _two_products(urgent, usual, exponentials, "discipline: priority")
    preemptive = "discipline: priority, preemptive: true"
    rate_per_s = urgent.arrival_per_s + usual.arrival_per_s
    return [
        build_case(
            "priority_urgent",
            ("Priorities, no interruption: urgent parts", "Priorités : urgents"),
            "product.urgent.lead_time_mean_s",
            waits[0] + urgent.service_mean_s,
            _COBHAM,
            waiting,
            rate_per_s=rate_per_s,
            parts=4.5e6,
        ),
        build_case(
            "priority_usual",
            ("Priorities, no interruption: wait of others", "Priorités : autres"),
            "product.usual.wait_mean_s",
            waits[1],
            _COBHAM,
            waiting,
            rate_per_s=rate_per_s,
            parts=2.8e7,
        ),
        build_case(
            "preemption_usual",
            ("Urgent parts interrupt: time of others", "Préemption : autres"),
            "product.usual.lead_time_mean_s",
            resumed[1],
            _RESUME,
            _two_products(urgent, usual, exponentials, preemptive),
            rate_per_s=rate_per_s,
            parts=1.2e7,
        ),
        build_case(
            "preemption_constant",
            (
                "Urgent parts of constant time interrupt",
                "Préemption, urgents constants",
            ),
            "product.usual.lead_time_mean_s",
            mixed[1],
            _RESUME,
            _two_products(
                constant, usual, (minutes(MINUTE_S), exponentials[1]), preemptive
            ),
            rate_per_s=rate_per_s,
            parts=9.7e6,
        ),
    ]


def _by_length() -> list[Case]:
    short = Class(0.5 / MINUTE_S, 0.4 * MINUTE_S, 0.0)
    long = Class(0.2 / MINUTE_S, 2.0 * MINUTE_S, 0.0)
    waits = nonpreemptive_wait_means_s([short, long])
    times = (minutes(short.service_mean_s), minutes(long.service_mean_s))
    rate_per_s = short.arrival_per_s + long.arrival_per_s
    half = 0.6 / MINUTE_S
    return [
        build_case(
            "shortest_first",
            ("Shortest first, M/M/1: time inside", "La plus courte d'abord, M/M/1"),
            "lead_time_mean_s",
            shortest_first_wait_mean_s(half, MINUTE_S) + MINUTE_S,
            "Phipps (1956); Conway, Maxwell, Miller (1967), Theory of Scheduling, 8-6",
            single(
                exponential(1.0 / half),
                exponential(MINUTE_S),
                station={"discipline": "shortest"},
            ),
            rate_per_s=half,
            parts=4.1e6,
        ),
        build_case(
            "shortest_product_first",
            ("Shortest first, two lengths: the long ones", "La plus courte : longues"),
            "product.usual.lead_time_mean_s",
            waits[1] + long.service_mean_s,
            "Phipps (1956), two lengths: as Cobham (1954)",
            _two_products(short, long, times, "discipline: shortest"),
            rate_per_s=rate_per_s,
            parts=4.7e6,
        ),
    ]


def _two_products(
    urgent: Class, usual: Class, times: tuple[str, str], rule: str
) -> str:
    return f"""
    products: {{urgent: {{priority: 1}}, usual: {{}}}}
    sources:
      urgent_in:
        product: urgent
        every: {exponential(1.0 / urgent.arrival_per_s)}
        next: machine
      usual_in:
        product: usual
        every: {exponential(1.0 / usual.arrival_per_s)}
        next: machine
    stations:
      machine:
        time_by_product: {{urgent: {times[0]}, usual: {times[1]}}}
        next: done
        {rule.replace(", ", chr(10) + " " * 8)}
    sinks: {{done: {{}}}}
    """


def _with_change_over() -> Case:
    shares, times_s, setup_s = [0.3, 0.7], [MINUTE_S, 1.5 * MINUTE_S], 2.0 * MINUTE_S
    rate_per_s = change_over_throughput_per_s(shares, times_s, setup_s)
    return build_case(
        "change_over",
        ("Change-over between two products", "Changement de série entre deux produits"),
        "throughput_per_s",
        rate_per_s,
        "Renewal reward; a change with 1 - sum of shares^2",
        f"""
        products: {{left: {{}}, right: {{}}}}
        sources:
          arrivals: {{mix: {{left: 0.3, right: 0.7}}, every: 0 s, next: machine}}
        stations:
          machine:
            queue: 1
            time_by_product:
              left: {exponential(times_s[0])}
              right: {exponential(times_s[1])}
            setup: {{time: {exponential(setup_s)}}}
            next: done
        sinks: {{done: {{}}}}
        """,
        rate_per_s=rate_per_s,
        parts=6.8e5,
    )
