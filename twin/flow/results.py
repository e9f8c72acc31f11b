"""What a person or a program is told of a plant's replications."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from twin.flow.overload import Overload, find_overloads
from twin.flow.plant import Plant
from twin.flow.replication import N_JUDGED
from twin.flow.replications import Replications
from twin.flow.statistics import Interval, t_interval


@dataclass(frozen=True, slots=True)
class Span:
    """The bottleneck of a stretch of time.

    Attributes:
        begin_s: Its start.
        end_s: Its end.
        node: Bottleneck for the longest part of it; None if nobody was active.
        share: That part, in [0, 1].
    """

    begin_s: float
    end_s: float
    node: str | None
    share: float


@dataclass(frozen=True, slots=True)
class Busiest:
    """The resource with the least time to spare.

    Attributes:
        kind: "station", "crew" or "fleet".
        name: Its id.
        share: Of its planned time: a station's servers at work, being set up or
            mended; people busy or walking; vehicles on their way, loading, charging.
    """

    kind: str
    name: str
    share: float


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """Who held the plant up, after the warm-up, by the active-period method.

    Attributes:
        node: Bottleneck for the longest time; None if nobody was ever active.
        momentary: Share of the time as bottleneck, by station; those above 0, largest
            first.
        sole: Share of the time as the only one, likewise.
        over_time: One for each span of the run, warm-up included.
        busiest: Of all stations, crews and fleets the one occupied for the largest
            share of its planned time; None if there is none. People who are needed
            everywhere make nobody a bottleneck for long, and are it all the same.
    """

    node: str | None
    momentary: Mapping[str, float]
    sole: Mapping[str, float]
    over_time: tuple[Span, ...]
    busiest: Busiest | None


@dataclass(frozen=True, slots=True)
class Results:
    """All that came of the replications of a plant.

    Attributes:
        scenario: Its name.
        seed: Of all draws.
        sim_time_s: Length of each replication.
        warm_up_s: Left out at its beginning.
        warmed_up: False if the runs are too short to tell where warm-up ends.
        sure_enough: False if a wanted half-width was not reached.
        n: Replications.
        figures: An interval for each figure; see ``twin.flow.figures``.
        bottleneck: Who held the plant up.
        overloads: Queues that grew without bound.
        oee_refused: Why there is no OEE, by station.
        state_sha256: Of replication 0's final state.
        n_events: Of all replications.
        n_processes: That ran side by side.
        wall_s: How long it took.
    """

    scenario: str
    seed: int
    sim_time_s: float
    warm_up_s: float
    warmed_up: bool
    sure_enough: bool
    n: int
    figures: Mapping[str, Interval]
    bottleneck: Bottleneck
    overloads: tuple[Overload, ...]
    oee_refused: Mapping[str, str]
    state_sha256: str
    n_events: int
    n_processes: int
    wall_s: float

    @property
    def events_per_s(self) -> float:
        """Events a second of wall time, start of processes included."""
        return self.n_events / max(self.wall_s, 1e-9)


def read_results(replications: Replications) -> Results:
    """Return the results of replications."""
    plant, done = replications.plant, replications.done
    figures = intervals(replications)
    return Results(
        scenario=plant.name,
        seed=plant.seed,
        sim_time_s=replications.wanted.until_s,
        warm_up_s=replications.warm_up_s,
        warmed_up=replications.warmed_up,
        sure_enough=replications.sure_enough,
        n=len(done),
        figures=figures,
        bottleneck=_bottleneck(replications, figures),
        overloads=tuple(
            find_overloads(plant, replications.when, replications.warm_up_s, done)
        ),
        oee_refused=replications.basis.refused,
        state_sha256=done[0].state_sha256,
        n_events=sum(each.n_events for each in done),
        n_processes=replications.n_processes,
        wall_s=replications.wall_s,
    )


def intervals(replications: Replications) -> dict[str, Interval]:
    """Return Student's interval of each figure over the replications that have it."""
    names: dict[str, None] = {}
    for each in replications.done:
        names.update(dict.fromkeys(each.figures[0]))
    level = replications.wanted.level
    return {name: t_interval(replications.values(name), level) for name in names}


def _bottleneck(
    replications: Replications, figures: Mapping[str, Interval]
) -> Bottleneck:
    when, names = replications.when, replications.plant.names.nodes
    judged = replications.done[:N_JUDGED]
    momentary = np.mean([each.nodes["momentary"] for each in judged], axis=0)
    sole = np.mean([each.nodes["sole"] for each in judged], axis=0)
    edges_s = [when.span_edge_s(k) for k in range(when.n_spans + 1)]
    over_time = []
    for k, shares in enumerate(momentary):
        row = int(np.argmax(shares))
        node = names[row] if shares[row] > 0.0 else None
        over_time.append(Span(edges_s[k], edges_s[k + 1], node, float(shares[row])))
    weights = np.array(
        [
            max(0.0, end_s - max(begin_s, replications.warm_up_s))
            for begin_s, end_s in itertools.pairwise(edges_s)
        ]
    )
    found = _by_name(names, weights @ momentary / weights.sum())
    return Bottleneck(
        node=next(iter(found), None),
        momentary=found,
        sole=_by_name(names, weights @ sole / weights.sum()),
        over_time=tuple(over_time),
        busiest=_busiest(replications.plant, figures),
    )


def _busiest(plant: Plant, figures: Mapping[str, Interval]) -> Busiest | None:
    def mean(name: str) -> float:
        return figures[name].mean if name in figures else 0.0

    found = [
        Busiest("station", name, _occupied(mean, f"node.{name}.state"))
        for name in plant.names.nodes
        if f"node.{name}.utilisation" in figures
    ]
    found += [
        Busiest("crew", name, mean(f"crew.{name}.busy") + mean(f"crew.{name}.walking"))
        for name in plant.names.crews
    ]
    found += [
        Busiest("fleet", name, mean(f"fleet.{name}.busy"))
        for name in plant.names.fleets
    ]
    return max(found, key=lambda each: each.share, default=None)


def _occupied(mean: Callable[[str], float], at: str) -> float:
    occupied = sum(
        mean(f"{at}.{state}")
        for state in ("executing", "set_up", "failed", "maintained")
    )
    return occupied / max(1e-12, 1.0 - mean(f"{at}.off_shift"))


def _by_name(
    names: Sequence[str], shares: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> dict[str, float]:
    rows = np.argsort(-shares, kind="stable")
    return {names[row]: float(shares[row]) for row in rows if shares[row] > 0.0}


def as_json(interval: Interval) -> dict[str, float | int | None]:
    """Return an interval as JSON knows it; one value alone has no half-width."""
    half_width = interval.half_width
    return {
        "mean": interval.mean,
        "half_width": half_width if math.isfinite(half_width) else None,
        "level": interval.level,
        "n": interval.n,
    }


def result_tables(results: Results) -> dict[str, list[dict[str, object]]]:
    """Return results as tables, for ``twin.flow.tables.write_results``.

    ``run`` has one row; ``figures`` one for each figure; ``nodes``, ``products``,
    ``crews``, ``fleets`` and ``stores`` one for each of them, with means;
    ``bottleneck`` one for each span of time.
    """
    busiest = results.bottleneck.busiest
    tables: dict[str, list[dict[str, object]]] = {
        "run": [
            {
                "scenario": results.scenario,
                "seed": results.seed,
                "sim_time_s": results.sim_time_s,
                "warm_up_s": results.warm_up_s,
                "warmed_up": results.warmed_up,
                "replications": results.n,
                "bottleneck": results.bottleneck.node,
                "busiest": None if busiest is None else busiest.name,
                "overloaded": ", ".join(each.node for each in results.overloads),
                "state_sha256": results.state_sha256,
            }
        ],
        "figures": [
            {"figure": name, **as_json(interval)}
            for name, interval in results.figures.items()
        ],
    }
    for table, kind in (
        ("nodes", "node"),
        ("products", "product"),
        ("crews", "crew"),
        ("fleets", "fleet"),
        ("stores", "store"),
    ):
        rows = _rows(results.figures, kind)
        if rows:
            tables[table] = rows
    tables["bottleneck"] = [
        {
            "begin_s": span.begin_s,
            "end_s": span.end_s,
            "station": span.node,
            "share": span.share,
        }
        for span in results.bottleneck.over_time
    ]
    return tables


def _rows(figures: Mapping[str, Interval], kind: str) -> list[dict[str, object]]:
    rows: dict[str, dict[str, object]] = {}
    for name, interval in figures.items():
        first, _, rest = name.partition(".")
        if first == kind:
            owner, _, figure = rest.partition(".")
            rows.setdefault(owner, {kind: owner})[figure] = interval.mean
    return list(rows.values())
