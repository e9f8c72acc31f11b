"""Cases with several stations and room for all: open and closed networks."""

from __future__ import annotations

from twin.verify.cases.case import MINUTE_S, Case, build_case, exponential, single
from twin.verify.choices import overflow_load, round_robin, shortest_queue
from twin.verify.networks import (
    closed_network,
    machine_repair,
    mean_value_analysis,
    open_network,
)

_JACKSON = "Jackson (1957); Gross et al. (2008), 4.2"


def network_cases() -> list[Case]:
    """Return the cases."""
    return [*_open(), *_closed(), *_choosing(), *_attended()]


def _open() -> list[Case]:
    rate = 0.45 / MINUTE_S
    rework = open_network([rate], [MINUTE_S], [1], [[0.2]])
    three = open_network(
        [rate, 0.0, 0.0],
        [0.8 * MINUTE_S, 2.0 * MINUTE_S, 1.1 * MINUTE_S],
        [1, 2, 1],
        [[0.0, 0.6, 0.4], [0.0, 0.0, 1.0], [0.15, 0.0, 0.0]],
    )
    return [
        build_case(
            "rework",
            ("Rework: a fifth is done again", "Retouche : un cinquième est refait"),
            "lead_time_mean_s",
            rework.lead_time_mean_s,
            _JACKSON,
            single(exponential(1.0 / rate), exponential(MINUTE_S)).replace(
                "next: done", "next: {among: {machine: 0.2, done: 0.8}}"
            ),
            rate_per_s=rate,
            parts=6.5e6,
        ),
        build_case(
            "jackson",
            ("Three stations, branches and rework", "Trois postes, branches, retouche"),
            "lead_time_mean_s",
            three.lead_time_mean_s,
            _JACKSON,
            f"""
            products: {{part: {{}}}}
            sources:
              arrivals: {{product: part, every: {exponential(1.0 / rate)}, next: strip}}
            stations:
              strip:
                time: {exponential(0.8 * MINUTE_S)}
                next: {{among: {{mend: 0.6, test: 0.4}}}}
              mend: {{servers: 2, time: {exponential(2.0 * MINUTE_S)}, next: test}}
              test:
                time: {exponential(1.1 * MINUTE_S)}
                next: {{among: {{strip: 0.15, done: 0.85}}}}
            sinks: {{done: {{}}}}
            """,
            rate_per_s=rate,
            parts=4e6,
        ),
    ]


def _closed() -> list[Case]:
    times_s = [MINUTE_S, 1.5 * MINUTE_S, 0.8 * MINUTE_S]
    pallets = mean_value_analysis(times_s, 0.0, 6)
    cards = closed_network(
        [0.7 * MINUTE_S, 1.8 * MINUTE_S, 4.0 * MINUTE_S], [1, 2, 8], 8
    )
    return [
        build_case(
            "pallets",
            ("Six pallets round three stations", "Six palettes autour de trois postes"),
            "throughput_per_s",
            pallets.throughput_per_s,
            "Reiser, Lavenberg (1980); Gross et al. (2008), 4.3",
            f"""
            products: {{part: {{}}}}
            sources: {{arrivals: {{product: part, every: 0 s, next: mill}}}}
            stations:
              mill: {{queue: 5, time: {exponential(times_s[0])}, next: drill}}
              drill: {{time: {exponential(times_s[1])}, next: wash}}
              wash: {{time: {exponential(times_s[2])}, next: done}}
            sinks: {{done: {{}}}}
            loops: {{pallets: {{count: 6, enter: mill, leave: wash}}}}
            """,
            rate_per_s=pallets.throughput_per_s,
            parts=5.3e5,
        ),
        build_case(
            "conwip",
            ("CONWIP line of eight cards: parts inside", "Ligne CONWIP de huit cartes"),
            "node.drill.inside_mean",
            cards.inside_means[1],
            "Buzen (1973); Gordon, Newell (1967)",
            f"""
            products: {{part: {{}}}}
            sources: {{arrivals: {{product: part, every: 0 s, next: mill}}}}
            stations:
              mill: {{queue: 7, time: {exponential(0.7 * MINUTE_S)}, next: drill}}
              drill: {{servers: 2, time: {exponential(1.8 * MINUTE_S)}, next: bake}}
              bake: {{servers: 8, time: {exponential(4.0 * MINUTE_S)}, next: done}}
            sinks: {{done: {{}}}}
            loops: {{cards: {{count: 8, enter: mill, leave: bake}}}}
            """,
            rate_per_s=cards.throughput_per_s,
            parts=1.9e6,
        ),
    ]


def _two_ways(rate_per_s: float, choose: str, source: str, station: str) -> str:
    machine = f"{{time: {exponential(MINUTE_S)}, next: done{station}}}"
    return f"""
    products: {{part: {{}}}}
    sources:
      arrivals:
        product: part
        every: {exponential(1.0 / rate_per_s)}
        next: {{among: [first, second], choose: {choose}}}
        when_full: {source}
    stations:
      first: {machine}
      second: {machine}
    sinks: {{done: {{}}}}
    """


def _choosing() -> list[Case]:
    rate = 1.2 / MINUTE_S
    return [
        build_case(
            "round_robin",
            (
                "Two stations in turn: each E2/M/1",
                "Deux postes à tour de rôle : E2/M/1",
            ),
            "lead_time_mean_s",
            round_robin(rate, MINUTE_S, 2).lead_time_mean_s,
            "Gross et al. (2008), 5.3",
            _two_ways(rate, "round_robin", "wait", ""),
            rate_per_s=rate,
            parts=8.8e6,
        ),
        build_case(
            "shortest_queue",
            ("Two stations, the emptier is chosen", "Deux postes, le moins chargé"),
            "lead_time_mean_s",
            shortest_queue(rate, MINUTE_S).lead_time_mean_s,
            "Kingman (1961), solved as a Markov chain",
            _two_ways(rate, "shortest_queue", "wait", ""),
            rate_per_s=rate,
            parts=5.5e6,
        ),
        build_case(
            "overflow",
            ("The second of two servers tried in order", "Le second de deux postes"),
            "node.second.state.executing",
            overflow_load(1.2, 1),
            "Cooper (1981), Introduction to Queueing Theory, 3.3",
            _two_ways(rate, "first_with_room", "reject", ", queue: 0"),
            rate_per_s=rate,
            parts=2.2e6,
        ),
    ]


def _attended() -> list[Case]:
    broken = machine_repair(3, 10.0 * MINUTE_S, 4.0 * MINUTE_S, 1)
    broken_rate = 3.0 * broken.running_share / MINUTE_S
    loaded = machine_repair(5, 3.0 * MINUTE_S, 1.5 * MINUTE_S, 2)
    loaded_rate = 5.0 * loaded.running_share / (3.0 * MINUTE_S)
    lifted = machine_repair(4, 2.0 * MINUTE_S, MINUTE_S, 1)
    lifted_rate = 4.0 * lifted.running_share / (2.0 * MINUTE_S)
    book = "Palm (1947); Gross et al. (2008), 2.8"
    return [
        build_case(
            "machine_repair",
            ("Three machines that fail, one mender", "Trois machines, un réparateur"),
            "throughput_per_s",
            broken_rate,
            book,
            _machines(
                3,
                f"time: {exponential(MINUTE_S)}, failures: {{breakdown: {{"
                f"every: {exponential(600.0)}, repair: {exponential(240.0)}, "
                "people: {mending: 1}}}",
                "crews: {menders: {count: 1, skills: [mending]}}",
            ),
            rate_per_s=broken_rate,
            parts=6e6,
        ),
        build_case(
            "operators",
            ("Five machines, two operators: waiting for one", "Cinq machines, deux"),
            "node.machine_1.state.no_operator",
            loaded.waiting_share,
            book,
            _machines(
                5,
                "operations: {"
                f"load: {{do: task, time: {exponential(90.0)}, people: {{load: 1}}}}, "
                f"run: {{do: task, time: {exponential(180.0)}, after: [load]}}}}",
                "crews: {operators: {count: 2, skills: [load]}}",
            ),
            rate_per_s=loaded_rate,
            parts=9.3e6,
        ),
        build_case(
            "shared_crane",
            ("Four stations share a crane", "Quatre postes partagent un pont roulant"),
            "throughput_per_s",
            lifted_rate,
            book,
            _machines(
                4,
                "operations: {"
                f"lift: {{do: task, time: {exponential(60.0)}, uses: {{crane: 1}}}}, "
                f"work: {{do: task, time: {exponential(120.0)}, after: [lift]}}}}",
                "tools: {crane: {count: 1}}",
            ),
            rate_per_s=lifted_rate,
            parts=5.4e5,
        ),
    ]


def _machines(count: int, station: str, rest: str) -> str:
    """Return stations that never lack parts, each with a source of its own."""
    numbers = range(1, count + 1)
    sources = [
        f"  parts_{n}: {{product: part, every: 0 s, next: machine_{n}}}"
        for n in numbers
    ]
    stations = [f"  machine_{n}: {{queue: 0, {station}, next: done}}" for n in numbers]
    lines = ["products: {part: {}}", "sources:", *sources, "stations:", *stations]
    return "\n".join([*lines, "sinks: {done: {}}", rest])
