"""Cases with one machine that serves in order of arrival."""

from __future__ import annotations

import math

from twin.verify import moments, queues
from twin.verify.cases.case import (
    MINUTE_S,
    Case,
    build_case,
    exponential,
    law,
    minutes,
    mixed_law,
    single,
)
from twin.verify.moments import Moments

_BOOK = "Gross, Shortle, Thompson, Harris (2008), Fundamentals of Queueing Theory"
_POLLACZEK = f"Pollaczek-Khinchine; {_BOOK}, 5.1"


def queue_cases() -> list[Case]:
    """Return the cases."""
    return [*_markovian(), *_general_services(), *_general_arrivals(), *_in_bulk()]


def _markovian() -> list[Case]:
    rate = 0.5 / MINUTE_S
    busy = 2.1 / MINUTE_S
    one = queues.mm1(rate, MINUTE_S)
    three = queues.mmc(busy, MINUTE_S, 3)
    five = queues.mmck(0.9 / MINUTE_S, MINUTE_S, 1, 5)
    six = queues.mmck(busy, MINUTE_S, 2, 6)
    loss = queues.mmck(3.0 / MINUTE_S, MINUTE_S, 5, 5)
    impatient, gone = queues.reneging(1.5 / MINUTE_S, MINUTE_S, 2, 2.0 * MINUTE_S)
    stay = moments.uniform(20.0 * MINUTE_S, 40.0 * MINUTE_S)
    return [
        build_case(
            "mm1",
            ("M/M/1, load 0.5: time inside", "M/M/1, charge 0,5 : temps de séjour"),
            "lead_time_mean_s",
            one.lead_time_mean_s,
            f"{_BOOK}, 2.2",
            single(exponential(1.0 / rate), exponential(MINUTE_S)),
            rate_per_s=rate,
            parts=4.8e6,
        ),
        build_case(
            "mm1_queue",
            ("M/M/1, load 0.5: parts waiting", "M/M/1, charge 0,5 : pièces en file"),
            "node.machine.queue_mean",
            one.queue_mean,
            f"{_BOOK}, 2.2",
            single(exponential(1.0 / rate), exponential(MINUTE_S)),
            rate_per_s=rate,
            parts=2.2e7,
        ),
        build_case(
            "mmc",
            ("M/M/3, load 0.7: time inside", "M/M/3, charge 0,7 : temps de séjour"),
            "lead_time_mean_s",
            three.lead_time_mean_s,
            f"Erlang C; {_BOOK}, 2.3",
            single(
                exponential(1.0 / busy), exponential(MINUTE_S), station={"servers": 3}
            ),
            rate_per_s=busy,
            parts=1.2e7,
        ),
        build_case(
            "mm1k",
            ("M/M/1/5: share turned away", "M/M/1/5 : part refusée"),
            "node.arrivals.rejected_share",
            five.rejected_share,
            f"{_BOOK}, 2.5",
            single(
                exponential(MINUTE_S / 0.9),
                exponential(MINUTE_S),
                source={"when_full": "reject"},
                station={"queue": 4},
            ),
            rate_per_s=five.throughput_per_s,
            parts=1.7e7,
        ),
        build_case(
            "mmck",
            ("M/M/2/6, overloaded: parts inside", "M/M/2/6, surchargée : en-cours"),
            "node.machine.inside_mean",
            six.inside_mean,
            f"{_BOOK}, 2.5",
            single(
                exponential(1.0 / busy),
                exponential(MINUTE_S),
                source={"when_full": "reject"},
                station={"servers": 2, "queue": 4},
            ),
            rate_per_s=six.throughput_per_s,
            parts=1.6e6,
        ),
        build_case(
            "erlang_b",
            ("Erlang B, 3 erlang on 5 servers", "Erlang B, 3 erlangs sur 5 postes"),
            "node.arrivals.rejected_share",
            loss.rejected_share,
            f"Erlang (1917); {_BOOK}, 2.6 (any law of service: here uniform)",
            single(
                exponential(MINUTE_S / 3.0),
                law("uniform", low=0.0, high=2.0 * MINUTE_S),
                source={"when_full": "reject"},
                station={"servers": 5, "queue": 0},
            ),
            rate_per_s=loss.throughput_per_s,
            parts=5.8e6,
        ),
        build_case(
            "reneging",
            ("M/M/2 with impatience: share that leaves", "M/M/2 : part qui renonce"),
            "renege_share.machine",
            gone,
            f"Palm (1957); {_BOOK}, 2.10",
            single(
                exponential(MINUTE_S / 1.5),
                exponential(MINUTE_S),
                station={
                    "servers": 2,
                    "patience": f"{{time: {exponential(120.0)}, to: gone}}",
                },
            ).replace("{done: {}}", "{done: {}, gone: {}}"),
            rate_per_s=impatient.throughput_per_s,
            parts=7.4e6,
        ),
        build_case(
            "curing",
            ("M/G/infinity: parts that cure", "M/G/infini : pièces qui sèchent"),
            "node.rack.inside_mean",
            stay.mean_s / MINUTE_S,
            f"Little (1961); {_BOOK}, 2.7",
            f"""
            products: {{part: {{}}}}
            sources:
              arrivals: {{product: part, every: {exponential(MINUTE_S)}, next: rack}}
            buffers:
              rack: {{stay: {law("uniform", low=1200.0, high=2400.0)}, next: done}}
            sinks: {{done: {{}}}}
            """,
            rate_per_s=1.0 / MINUTE_S,
            parts=6.1e5,
        ),
    ]


def _general_services() -> list[Case]:
    laws: list[tuple[str, str, Moments, str]] = [
        ("constant", "constante", Moments(MINUTE_S, 0.0), minutes(MINUTE_S)),
        (
            "erlang",
            "d'Erlang",
            Moments(MINUTE_S, MINUTE_S / math.sqrt(3.0)),
            law("erlang", mean=MINUTE_S, shape=3),
        ),
        (
            "uniform",
            "uniforme",
            moments.uniform(20.0, 100.0),
            law("uniform", low=20.0, high=100.0),
        ),
        (
            "triangular",
            "triangulaire",
            moments.triangular(15.0, 45.0, 120.0),
            law("triangular", low=15.0, mode=45.0, high=120.0),
        ),
        (
            "normal",
            "normale tronquée",
            moments.truncated_normal(60.0, 45.0, 0.0, 150.0),
            law("normal", mean=60.0, sd=45.0, low=0.0, high=150.0),
        ),
        (
            "lognormal",
            "log-normale",
            Moments(MINUTE_S, 48.0),
            law("lognormal", mean=MINUTE_S, sd=48.0),
        ),
        (
            "gamma",
            "gamma",
            Moments(MINUTE_S, 72.0),
            law("gamma", mean=MINUTE_S, sd=72.0),
        ),
        (
            "weibull",
            "de Weibull",
            moments.weibull(1.5, 66.0),
            law("weibull", shape=1.5, scale=66.0),
        ),
        (
            "beta",
            "bêta",
            moments.beta(30.0, 180.0, 0.8, 2.4),
            law("beta", low=30.0, high=180.0, alpha=0.8, beta=2.4),
        ),
        (
            "hyperexponential",
            "hyperexponentielle",
            moments.hyperexponential([30.0, 150.0], [0.75, 0.25]),
            mixed_law("hyperexponential", "means", [30.0, 150.0], [0.75, 0.25]),
        ),
        (
            "discrete",
            "discrète",
            moments.discrete([30.0, 60.0, 240.0], [0.5, 0.4, 0.1]),
            mixed_law("discrete", "values", [30.0, 60.0, 240.0], [0.5, 0.4, 0.1]),
        ),
    ]
    return [
        build_case(
            f"mg1_{name}",
            (f"M/G/1, {name} service", f"M/G/1, durée {french}"),
            "lead_time_mean_s",
            queues.mg1(0.5 / of.mean_s, of.mean_s, of.sd_s).lead_time_mean_s,
            _POLLACZEK,
            single(exponential(of.mean_s / 0.5), written),
            rate_per_s=0.5 / of.mean_s,
            parts=1.3e6 * (1.0 + (of.sd_s / of.mean_s) ** 2) ** 2.1,
        )
        for name, french, of, written in laws
    ]


def _general_arrivals() -> list[Case]:
    mean_s = MINUTE_S / 0.6
    laws = [
        (
            "erlang",
            "d'Erlang",
            queues.erlang_transform(mean_s, 2),
            law("erlang", mean=mean_s, shape=2),
        ),
        (
            "uniform",
            "uniformes",
            queues.uniform_transform(0.5 * mean_s, 1.5 * mean_s),
            law("uniform", low=0.5 * mean_s, high=1.5 * mean_s),
        ),
        (
            "constant",
            "constants",
            queues.constant_transform(mean_s),
            minutes(mean_s),
        ),
    ]
    return [
        build_case(
            f"gim1_{name}",
            (f"GI/M/1, {name} intervals", f"GI/M/1, intervalles {french}"),
            "lead_time_mean_s",
            queues.gim1(transform, mean_s, MINUTE_S).lead_time_mean_s,
            f"root of sigma = A*(mu (1 - sigma)); {_BOOK}, 5.3",
            single(written, exponential(MINUTE_S)),
            rate_per_s=1.0 / mean_s,
            parts=7e6,
        )
        for name, french, transform, written in laws
    ]


def _in_bulk() -> list[Case]:
    arriving = queues.bulk_arrivals(0.15 / MINUTE_S, 3, MINUTE_S)
    rate = 2.0 / MINUTE_S
    full = queues.bulk_service(rate, MINUTE_S, 4, 4)
    general = queues.bulk_service(rate, MINUTE_S, 2, 4)
    source = "Neuts (1967); Medhi (2003), Stochastic Models in Queueing Theory, 4.3"
    return [
        build_case(
            "bulk_arrivals",
            ("M^[3]/M/1: parts come three by three", "M^[3]/M/1 : arrivées par trois"),
            "lead_time_mean_s",
            arriving.lead_time_mean_s,
            f"{_BOOK}, 3.1",
            single(
                exponential(MINUTE_S / 0.15), exponential(MINUTE_S), source={"batch": 3}
            ),
            rate_per_s=arriving.throughput_per_s,
            parts=6.4e6,
        ),
        build_case(
            "full_batch",
            ("M/M^[4,4]/1: an oven of four, full", "M/M^[4,4]/1 : four de quatre"),
            "node.machine.queue_mean",
            full.queue_mean,
            source,
            single(
                exponential(1.0 / rate),
                exponential(MINUTE_S),
                station={"batch": "{least: 4, most: 4}"},
            ),
            rate_per_s=rate,
            parts=1.2e7,
        ),
        build_case(
            "partial_batch",
            ("M/M^[2,4]/1: an oven of two to four", "M/M^[2,4]/1 : de deux à quatre"),
            "lead_time_mean_s",
            general.lead_time_mean_s,
            source,
            single(
                exponential(1.0 / rate),
                exponential(MINUTE_S),
                station={"batch": "{least: 2, most: 4}"},
            ),
            rate_per_s=rate,
            parts=8.7e6,
        ),
    ]
