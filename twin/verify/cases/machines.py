"""Cases of one machine that fails, is restarted, or closes for the night."""

from __future__ import annotations

from dataclasses import replace

from twin.verify import machines
from twin.verify.cases.case import (
    MINUTE_S,
    Case,
    build_case,
    exponential,
    law,
    minutes,
    single,
)
from twin.verify.moments import weibull

_HOUR_S = 3600.0
_WEEK_S = 7.0 * 24.0 * _HOUR_S


def machine_cases() -> list[Case]:
    """Return the cases."""
    return [*_failures(), *_hours()]


def _failing(every: str, repair: str, clock: str) -> dict[str, object]:
    mode = f"{{every: {every}, clock: {clock}, repair: {repair}}}"
    return {"failures": f"{{breakdown: {mode}}}"}


def _failures() -> list[Case]:
    life = weibull(1.5, 50.0 * MINUTE_S)
    mended_s = 9.0 * MINUTE_S
    available = machines.availability(life.mean_s, mended_s)
    rate = 0.5 / MINUTE_S
    worn = machines.failed_share_by_work(0.5, 15.0 * MINUTE_S, 6.0 * MINUTE_S)
    queue = machines.mm1_with_breakdowns(
        rate, MINUTE_S, 12.0 * MINUTE_S, 3.0 * MINUTE_S
    )
    again_s = machines.restarted_time_mean_s(
        5.0 * MINUTE_S, 10.0 * MINUTE_S, 3.0 * MINUTE_S
    )
    return [
        build_case(
            "availability",
            ("Failures by calendar time, any laws", "Pannes selon le temps calendaire"),
            "node.machine.state.failed",
            1.0 - available,
            "Renewal reward; Barlow, Proschan (1965), Mathematical Theory of "
            "Reliability, 3",
            single(
                exponential(5.0 * MINUTE_S),
                exponential(MINUTE_S),
                station=_failing(
                    law("weibull", shape=1.5, scale=50.0 * MINUTE_S),
                    law("gamma", mean=mended_s, sd=6.0 * MINUTE_S),
                    "calendar",
                ),
            ),
            rate_per_s=0.2 / MINUTE_S,
            parts=4.6e6,
        ),
        build_case(
            "wear",
            ("Failures by working time, any laws", "Pannes selon le temps de travail"),
            "node.machine.state.failed",
            worn,
            "Buzacott, Shanthikumar (1993), Stochastic Models of Manufacturing "
            "Systems, 3.6",
            single(
                exponential(1.0 / rate),
                exponential(MINUTE_S),
                station=_failing(
                    law("gamma", mean=15.0 * MINUTE_S, sd=9.0 * MINUTE_S),
                    law("uniform", low=2.0 * MINUTE_S, high=10.0 * MINUTE_S),
                    "busy",
                ),
            ),
            rate_per_s=rate,
            parts=4.5e6,
        ),
        build_case(
            "breakdowns",
            ("M/M/1 that fails, idle or not: time inside", "M/M/1 avec pannes"),
            "lead_time_mean_s",
            queue.lead_time_mean_s,
            "White, Christie (1958); Avi-Itzhak, Naor (1963)",
            single(
                exponential(1.0 / rate),
                exponential(MINUTE_S),
                station=_failing(
                    exponential(12.0 * MINUTE_S),
                    exponential(3.0 * MINUTE_S),
                    "calendar",
                ),
            ),
            rate_per_s=rate,
            parts=2.5e7,
        ),
        build_case(
            "restart",
            ("A failure starts the work anew", "Une panne fait recommencer le travail"),
            "throughput_per_s",
            1.0 / again_s,
            "Gaver (1962): (exp(s / up) - 1) (up + repair)",
            f"""
            products: {{part: {{}}}}
            sources: {{arrivals: {{product: part, every: 0 s, next: machine}}}}
            stations:
              machine:
                queue: 0
                operations:
                  work: {{do: task, time: {minutes(300.0)}, on_failure: restart}}
                failures:
                  breakdown:
                    every: {exponential(600.0)}
                    repair: {exponential(180.0)}
                next: done
            sinks: {{done: {{}}}}
            """,
            rate_per_s=1.0 / again_s,
            parts=4.6e5,
        ),
    ]


def _hours() -> list[Case]:
    # Two spans of eight hours on five days, a quarter of an hour taken off each.
    open_share = 5.0 * 2.0 * 7.75 / (7.0 * 24.0)
    rate = machines.calendar_throughput_per_s(open_share, 0.5 * MINUTE_S)
    body = f"""
    products: {{part: {{}}}}
    calendars:
      shifts:
        week: {{mon-fri: ["05:00-13:00", "13:00-21:00"]}}
        breaks: ["09:00-09:15", "17:00-17:15"]
    sources: {{arrivals: {{product: part, every: 0 s, next: machine}}}}
    stations:
      machine:
        queue: 0
        calendar: shifts
        operations:
          work: {{do: task, time: {exponential(0.5 * MINUTE_S)}, at_shift_end: pause}}
        next: done
    sinks: {{done: {{}}}}
    """
    weeks = 4
    parts = weeks * _WEEK_S * rate * 30.0
    source = "Elementary renewal theorem in open time"
    throughput = build_case(
        "shifts",
        ("Two shifts with breaks: throughput", "Deux équipes avec pauses : débit"),
        "throughput_per_s",
        rate,
        source,
        body,
        rate_per_s=rate,
        parts=parts,
    )
    closed = build_case(
        "shifts_closed",
        ("Two shifts with breaks: closed hours", "Deux équipes : heures fermées"),
        "node.machine.state.off_shift",
        1.0 - open_share,
        source,
        body,
        rate_per_s=rate,
        parts=parts,
        slack=1e-9,
    )
    return [_whole_weeks(throughput, weeks), _whole_weeks(closed, weeks)]


def _whole_weeks(case: Case, weeks: int) -> Case:
    """Return a case that measures whole weeks, as shares of open time ask for."""
    return replace(
        case, warm_up_s=_WEEK_S, until_s=(1 + weeks) * _WEEK_S, period_s=_WEEK_S
    )
