"""Cases of lines with little room, and of stations that join parts."""

from __future__ import annotations

from collections.abc import Sequence

from twin.verify.cases.case import MINUTE_S, Case, build_case, exponential
from twin.verify.lines import assembly, tandem_line, unreliable_line


def line_cases() -> list[Case]:
    """Return the cases."""
    return [*_tandem(), *_unreliable(), _assembly()]


def _line_body(
    every: str, times_s: Sequence[float], queues: Sequence[int], more: str = ""
) -> str:
    """Return a line fed by one source; ``more`` are further keys of each station."""
    count = len(times_s)
    stations = [
        f"  station_{n}: {{queue: {queue}, time: {exponential(time_s)}, next: "
        + (f"station_{n + 1}" if n < count else "done")
        + f"{more}}}"
        for n, (time_s, queue) in enumerate(zip(times_s, queues, strict=True), 1)
    ]
    lines = [
        "products: {part: {}}",
        f"sources: {{arrivals: {{product: part, every: {every}, next: station_1}}}}",
        "stations:",
        *stations,
        "sinks: {done: {}}",
    ]
    return "\n".join(lines)


def _tandem() -> list[Case]:
    two = tandem_line([MINUTE_S, 1.2 * MINUTE_S], [2])
    three = tandem_line([MINUTE_S] * 3, [0, 0])
    uneven_s = [0.8 * MINUTE_S, 1.2 * MINUTE_S, MINUTE_S, 0.9 * MINUTE_S]
    fed = tandem_line([1.1 * MINUTE_S, *uneven_s], [2, 1, 1, 2])
    five = tandem_line([MINUTE_S] * 5, [0] * 4)
    fed_five_s = [MINUTE_S] * 5
    long = tandem_line([MINUTE_S / 1.2, *fed_five_s], [1] * 5)
    stored = tandem_line([MINUTE_S] * 2, [3])
    source = "Hunt (1956); Hillier, Boling (1967); solved as a Markov chain"
    return [
        build_case(
            "line_2",
            ("Two stations, two places: blocked", "Deux postes, deux places : blocage"),
            "node.station_1.state.blocked",
            two.blocked[0],
            source,
            _line_body("0 s", [MINUTE_S, 1.2 * MINUTE_S], [0, 2]),
            rate_per_s=two.throughput_per_s,
            parts=5.7e6,
        ),
        build_case(
            "line_3",
            (
                "Three equal stations, no places: 0.564",
                "Trois postes égaux, sans place",
            ),
            "throughput_per_s",
            three.throughput_per_s,
            source,
            _line_body("0 s", [MINUTE_S] * 3, [0, 0, 0]),
            rate_per_s=three.throughput_per_s,
            parts=4e5,
        ),
        build_case(
            "line_4",
            ("Four uneven stations, Poisson source", "Quatre postes inégaux, Poisson"),
            "throughput_per_s",
            fed.throughput_per_s,
            source,
            _line_body(exponential(1.1 * MINUTE_S), uneven_s, [2, 1, 1, 2]),
            rate_per_s=fed.throughput_per_s,
            parts=4e5,
        ),
        build_case(
            "line_5",
            ("Five equal stations, no places: 0.486", "Cinq postes égaux, sans place"),
            "throughput_per_s",
            five.throughput_per_s,
            source,
            _line_body("0 s", [MINUTE_S] * 5, [0] * 5),
            rate_per_s=five.throughput_per_s,
            parts=4e5,
        ),
        build_case(
            "line_5_fed",
            ("Five stations, Poisson source: third starved", "Cinq postes : le 3e"),
            "node.station_3.state.starved",
            long.starved[3],
            source,
            _line_body(exponential(MINUTE_S / 1.2), fed_five_s, [1] * 5),
            rate_per_s=long.throughput_per_s,
            parts=6.3e6,
        ),
        build_case(
            "line_buffer",
            ("Two stations with a buffer of three between", "Deux postes et un stock"),
            "throughput_per_s",
            stored.throughput_per_s,
            source,
            f"""
            products: {{part: {{}}}}
            sources: {{arrivals: {{product: part, every: 0 s, next: before}}}}
            stations:
              before: {{queue: 0, time: {exponential(MINUTE_S)}, next: rack}}
              after: {{queue: 0, time: {exponential(MINUTE_S)}, next: done}}
            buffers: {{rack: {{capacity: 3, next: after}}}}
            sinks: {{done: {{}}}}
            """,
            rate_per_s=stored.throughput_per_s,
            parts=4.1e5,
        ),
    ]


def _unreliable() -> list[Case]:
    times_s = (MINUTE_S, 0.9 * MINUTE_S)
    up_s, repair_s = (20.0 * MINUTE_S, 20.0 * MINUTE_S), (4.0 * MINUTE_S,) * 2
    line = unreliable_line(times_s, up_s, repair_s, 4)
    failing = (
        f", failures: {{breakdown: {{every: {exponential(up_s[0])}, clock: busy, "
        f"repair: {exponential(repair_s[0])}}}}}"
    )
    body = _line_body("0 s", times_s, [0, 4], failing)
    source = "Gershwin, Berman (1981); solved as a Markov chain"
    return [
        build_case(
            "unreliable_line",
            ("Two machines that fail, four places", "Deux machines en panne, 4 places"),
            "throughput_per_s",
            line.throughput_per_s,
            source,
            body,
            rate_per_s=line.throughput_per_s,
            parts=1.2e6,
        ),
        build_case(
            "unreliable_line_starved",
            ("Two machines that fail: second starved", "Deux machines : attente"),
            "node.station_2.state.starved",
            line.starved[1],
            source,
            body,
            rate_per_s=line.throughput_per_s,
            parts=1.4e7,
        ),
    ]


def _assembly() -> Case:
    joined = assembly((1.2 * MINUTE_S, MINUTE_S), (3, 3), 0.8 * MINUTE_S)
    return build_case(
        "assembly",
        ("Assembly of two components", "Assemblage de deux composants"),
        "throughput_per_s",
        joined.throughput_per_s,
        "Lipper, Sengupta (1986) with each queue bounded; solved as a Markov chain",
        f"""
        products: {{body: {{}}, kit: {{}}, car: {{}}}}
        sources:
          bodies: {{product: body, every: {exponential(1.2 * MINUTE_S)}, next: marry}}
          kits: {{product: kit, every: {exponential(MINUTE_S)}, next: marry}}
        stations:
          marry:
            queue: 3
            assembly: {{body: 1, kit: 1}}
            makes: car
            time: {exponential(0.8 * MINUTE_S)}
            next: done
        sinks: {{done: {{}}}}
        """,
        rate_per_s=joined.throughput_per_s,
        parts=2e6,
    )
