"""A flow run's results as tables for people: figures in units that say something."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from twin.text import Language, number, say

if TYPE_CHECKING:
    from twin.flow.results import Results
    from twin.flow.statistics import Interval
    from twin.scenario import Scenario
    from twin.scenario.fields import Text

_MOST_ROWS = 40
_NAME_WIDTH = 28
_MINUTE_S, _HOUR_S, _DAY_S = 60.0, 3600.0, 86400.0
_NONE = "–"

_STATES = (
    "executing",
    "starved",
    "blocked",
    "failed",
    "maintained",
    "set_up",
    "no_operator",
    "no_material",
    "off_shift",
)
_SPENT = (
    "work",
    "queue",
    "blocked",
    "transport",
    "curing",
    "waiting_parts",
    "waiting_people",
    "failure",
    "closed",
)


@dataclass(frozen=True, slots=True)
class Section:
    """A table of a result.

    Attributes:
        title: Above it.
        header: Of the columns; empty for a list of name, value, unit.
        rows: Texts, the first column's to the left.
        left_over: Rows that are not shown.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_over: int = 0


def print_results(results: Results, scenario: Scenario, language: Language) -> None:
    """Print results for people."""
    from rich.console import Console
    from rich.table import Table

    def longest(section: Section) -> int:
        return max(len(row[0]) for row in section.rows)

    console = Console(width=None if Console().is_terminal else 160)
    for section in sections(results, scenario, language):
        table = Table(
            show_header=bool(section.header), box=None, pad_edge=False, title=None
        )
        for k, name in enumerate(section.header or ("", "", "")):
            aligned = k > 0 if section.header else k == 1
            table.add_column(
                name,
                justify="right" if aligned else "left",
                overflow="fold",
                min_width=0 if k else min(_NAME_WIDTH, longest(section)),
            )
        for row in section.rows:
            table.add_row(*row)
        console.print(section.title, style="bold", highlight=False)
        console.print(table)
        if section.left_over:
            more = say("flow.more", language, n=section.left_over)
            console.print(f"  {more}", highlight=False)
        console.print()
    for line in closing_lines(results, scenario, language):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def sections(results: Results, scenario: Scenario, language: Language) -> list[Section]:
    """Return the tables of a result: run, plant, products, stations, and so on."""
    writer = _Writer(results, scenario, language)
    found = [
        writer.run(),
        writer.plant(),
        writer.products(),
        writer.stations(),
        writer.places(),
        writer.people(),
        writer.vehicles(),
    ]
    return [section for section in found if section.rows]


def closing_lines(
    results: Results, scenario: Scenario, language: Language
) -> list[str]:
    """Return the sentences below the tables: bottleneck, warnings, what is assumed."""
    nodes = scenario.nodes()
    lines = []
    bottleneck = results.bottleneck
    if bottleneck.node is not None:
        # Of the time in which anybody is active: nights make no difference.
        active = sum(bottleneck.momentary.values())
        first, *others = [
            (node, share / active) for node, share in bottleneck.momentary.items()
        ]
        shown = [
            f"{_label(nodes, node, language)} {number(100 * share, 0, language)} %"
            for node, share in others[:3]
            if share >= 0.01
        ]
        key = "flow.bottleneck_shifts" if shown else "flow.bottleneck"
        lines.append(
            say(
                key,
                language,
                node=_label(nodes, first[0], language),
                share=number(100 * first[1], 0, language),
                next=", ".join(shown),
            )
        )
    busiest = bottleneck.busiest
    if busiest is not None:
        things: Mapping[str, _Labelled]
        key, things = "flow.busiest_station", nodes
        if busiest.kind == "crew":
            key, things = "flow.busiest_crew", scenario.crews
        elif busiest.kind == "fleet":
            key, things = "flow.busiest_fleet", scenario.fleets
        lines.append(
            say(
                key,
                language,
                name=_label(things, busiest.name, language),
                share=number(100 * busiest.share, 0, language),
            )
        )
    lines += [f"! {warning['text']}" for warning in warnings(results, language)]
    if results.n == 1:
        lines.append(say("flow.one_run", language))
    n_stations = len(scenario.stations)
    if results.oee_refused and len(results.oee_refused) < n_stations:
        n_refused = len(results.oee_refused)
        lines.append(say("flow.no_oee", language, n=n_refused, of=n_stations))
    n_assumed, n_stated = assumed(scenario)
    if n_assumed:
        lines.append(say("flow.assumed", language, n=n_assumed, of=n_stated))
    return lines


def warnings(results: Results, language: Language) -> list[dict[str, str | None]]:
    """Return what a reader must know before believing a result.

    Each has ``kind``, ``node`` (None: the run as a whole) and ``text``.
    """
    found: list[dict[str, str | None]] = []

    def warn(kind: str, node: str | None, text: str) -> None:
        found.append({"kind": kind, "node": node, "text": text})

    for each in results.overloads:
        busy = each.busy_share
        text = say(
            "flow.overload_buffer" if busy is None else "flow.overload_station",
            language,
            node=repr(each.node),
            first=number(each.first_parts, 0, language),
            last=number(each.last_parts, 0, language),
            growth=number(each.per_day, 1 if each.per_day < 100.0 else 0, language),
            idle=number(100.0 * (1.0 - (busy or 0.0)), 1, language),
        )
        warn("overload", each.node, text)
    if not results.warmed_up:
        warn("warm_up", None, say("flow.not_warmed_up", language))
    if not results.sure_enough:
        warn("half_width", None, say("flow.not_sure", language, n=results.n))
    if "lead_time_mean_s" not in results.figures:
        warn("nothing_out", None, say("flow.nothing_out", language))
    return found


def assumed(scenario: Scenario) -> tuple[int, int]:
    """Return how many numbers are assumed (C), and how many state a confidence."""
    stated = [quantity.confidence for _, quantity in scenario.provenance()]
    return stated.count("C"), len(stated)


class _Writer:
    """Writes figures as people read them."""

    def __init__(
        self, results: Results, scenario: Scenario, language: Language
    ) -> None:
        self._results, self._scenario, self._language = results, scenario, language
        self._figures = results.figures

    def _say(self, key: str) -> str:
        return say(f"flow.{key}", self._language)

    def run(self) -> Section:
        """Return what was run."""
        results = self._results
        level = next((each.level for each in self._figures.values()), 0.95)
        rows = [
            (self._say("sim_time"), *self._span(results.sim_time_s)),
            (self._say("warm_up"), *self._span(results.warm_up_s)),
            (self._say("replications"), self._number(results.n, 0), ""),
            (self._say("speed"), self._number(results.events_per_s, 0), ""),
            (self._say("state"), results.state_sha256[:16], ""),
        ]
        if results.n > 1:
            rows.insert(3, (self._say("level"), self._number(100 * level, 0), "%"))
        return Section(self._say("run"), (), tuple(rows))

    def plant(self) -> Section:
        """Return the figures of the plant as a whole."""
        rows: list[tuple[str, ...]] = []
        self._add_rate(rows, "throughput", "throughput_per_s")
        self._add_rate(rows, "operations", "operations_per_s")
        wip = self._figures.get("wip_mean")
        if wip is not None:
            rows.append(
                (self._say("wip"), self._interval(wip, 1.0), self._say("parts"))
            )
        mean = self._figures.get("lead_time_mean_s")
        for key, name in (
            ("lead_mean", "lead_time_mean_s"),
            ("lead_median", "lead_time_median_s"),
            ("lead_p95", "lead_time_p95_s"),
        ):
            if name in self._figures:
                rows.append((self._say(key), *self._time(self._figures[name])))
            if key == "lead_mean" and mean is not None and mean.mean > 0.0:
                rows += self._spent(mean.mean)
        return Section(self._say("plant"), (), tuple(rows))

    def products(self) -> Section:
        """Return a row for each product that came or is there."""
        header = ("product", "out", "wip", "mean", "median", "p95")
        rows = []
        for name in self._scenario.products:
            figure = self._of(f"product.{name}")
            rate, wip = figure("throughput_per_s"), figure("wip_mean")
            if not (rate and rate.mean) and not (wip and wip.mean):
                continue
            rows.append(
                (
                    self._name(self._scenario.products, name),
                    self._rate_text(rate),
                    self._interval(wip, 1.0),
                    self._time_text(figure("lead_time_mean_s")),
                    self._time_text(figure("lead_time_median_s")),
                    self._time_text(figure("lead_time_p95_s")),
                )
            )
        return self._table("products", header, rows)

    def stations(self) -> Section:
        """Return a row for each station; states that nobody is in are left out.

        Means only, so that a line holds them; intervals are in files and JSON.
        """
        names = list(self._scenario.stations)
        states = [
            state
            for state in _STATES
            if any(
                (each := self._figures.get(f"node.{name}.state.{state}")) is not None
                and each.mean > 0.0
                for name in names
            )
        ]
        momentary = self._results.bottleneck.momentary
        active = sum(momentary.values()) or 1.0
        with_oee = any(f"node.{name}.oee" in self._figures for name in names)
        header = ("station", "utilisation", *states, "queue", "wait")
        header += ("oee",) * with_oee + ("bottleneck",)
        rows = []
        for name in names:
            figure = self._of(f"node.{name}")
            row = [
                self._name(self._scenario.stations, name),
                self._share(figure("utilisation")),
            ]
            row += [self._share(figure(f"state.{state}")) for state in states]
            row += [
                self._mean(figure("queue_mean")),
                self._time_text(_alone(figure("wait_mean_s"))),
            ]
            if with_oee:
                row.append(self._share(figure("oee")))
            share = momentary.get(name, 0.0) / active
            row.append(f"{self._number(100.0 * share, 0)} %" if share else _NONE)
            rows.append(tuple(row))
        return self._table("stations", header, rows)

    def places(self) -> Section:
        """Return a row for each buffer, conveyor and store."""
        scenario = self._scenario
        places = {**scenario.buffers, **scenario.conveyors, **scenario.stores}
        rows = []
        for name in places:
            figure = self._of(f"node.{name}")
            inside = figure("inside_mean")
            if name in scenario.stores:
                inside = self._figures.get(f"store.{name}.stock_mean")
            rows.append(
                (
                    self._name(places, name),
                    self._interval(inside, 1.0),
                    self._rate_text(figure("throughput_per_s")),
                )
            )
        return self._table("queues", ("place", "inside", "out"), rows)

    def people(self) -> Section:
        """Return a row for each crew."""
        days = self._days()
        rows = []
        for name in self._scenario.crews:
            figure = self._of(f"crew.{name}")
            rows.append(
                (
                    self._name(self._scenario.crews, name),
                    self._share(figure("busy")),
                    self._share(figure("walking")),
                    self._interval(figure("walked_m"), 1e-3 / days),
                )
            )
        return self._table("people", ("crew", "busy", "walking", "walked"), rows)

    def vehicles(self) -> Section:
        """Return a row for each fleet."""
        days = self._days()
        rows = []
        for name in self._scenario.fleets:
            figure = self._of(f"fleet.{name}")
            rows.append(
                (
                    self._name(self._scenario.fleets, name),
                    self._share(figure("busy")),
                    self._interval(figure("loaded_m"), 1e-3 / days),
                    self._interval(figure("empty_m"), 1e-3 / days),
                    self._interval(figure("trips"), 1.0 / days),
                    self._time_text(figure("call_mean_s")),
                )
            )
        header = ("fleet", "busy", "loaded", "empty", "trips", "call")
        return self._table("vehicles", header, rows)

    def _table(
        self, title: str, columns: Sequence[str], rows: Sequence[tuple[str, ...]]
    ) -> Section:
        header = tuple(self._say(f"column.{column}") for column in columns)
        shown = tuple(rows[:_MOST_ROWS])
        return Section(self._say(title), header, shown, len(rows) - len(shown))

    def _spent(self, lead_s: float) -> list[tuple[str, ...]]:
        """Return what the lead time consists of, each with its share of it."""
        rows: list[tuple[str, ...]] = []
        for name in _SPENT:
            each = self._figures.get(f"lead_time.spent.{name}_s")
            if each is None or each.mean <= 0.0:
                continue
            value, unit = self._time(each)
            share = self._number(100.0 * each.mean / lead_s, 1)
            rows.append(
                (f"  {self._say(f'spent.{name}')}", value, f"{unit}  ({share} %)")
            )
        return rows

    def _days(self) -> float:
        """Return the days that figures are about, warm-up left out."""
        return (self._results.sim_time_s - self._results.warm_up_s) / _DAY_S

    def _of(self, prefix: str) -> Callable[[str], Interval | None]:
        return lambda name: self._figures.get(f"{prefix}.{name}")

    def _name(self, things: Mapping[str, _Labelled], name: str) -> str:
        return _label(things, name, self._language)

    def _number(self, value: float, digits: int) -> str:
        return number(value, digits, self._language)

    def _interval(self, interval: Interval | None, factor: float) -> str:
        """Return "mean ± half-width", with the digits that the latter leaves."""
        if interval is None:
            return _NONE
        mean, half_width = factor * interval.mean, factor * interval.half_width
        if not math.isfinite(half_width) or half_width <= 0.0:
            return self._number(mean, _digits(mean, 3))
        digits = _digits(half_width, 2)
        return f"{self._number(mean, digits)} ± {self._number(half_width, digits)}"

    def _mean(self, interval: Interval | None) -> str:
        return self._interval(_alone(interval), 1.0)

    def _share(self, interval: Interval | None) -> str:
        if interval is None:
            return _NONE
        return f"{self._number(100.0 * interval.mean, 1)} %"

    def _span(self, time_s: float) -> tuple[str, str]:
        per, unit = self._time_unit(time_s)
        value = time_s / per
        return self._number(value, 0 if value == round(value) else 2), unit

    def _time(self, interval: Interval) -> tuple[str, str]:
        per, unit = self._time_unit(interval.mean)
        return self._interval(interval, 1.0 / per), unit

    def _time_text(self, interval: Interval | None) -> str:
        return _NONE if interval is None else " ".join(self._time(interval))

    def _time_unit(self, time_s: float) -> tuple[float, str]:
        if time_s < 2.0 * _MINUTE_S:
            return 1.0, "s"
        if time_s < 2.0 * _HOUR_S:
            return _MINUTE_S, "min"
        if time_s < 2.0 * _DAY_S:
            return _HOUR_S, "h"
        return _DAY_S, self._say("days")

    def _rate(self, interval: Interval) -> tuple[str, str]:
        if interval.mean * _HOUR_S >= 1.0:
            return self._interval(interval, _HOUR_S), self._say("per_hour")
        return self._interval(interval, _DAY_S), self._say("per_day")

    def _rate_text(self, interval: Interval | None) -> str:
        return _NONE if interval is None else " ".join(self._rate(interval))

    def _add_rate(self, rows: list[tuple[str, ...]], key: str, name: str) -> None:
        interval = self._figures.get(name)
        if interval is not None:
            rows.append((self._say(key), *self._rate(interval)))


def _alone(interval: Interval | None) -> Interval | None:
    """Return an interval as its mean only."""
    return None if interval is None else replace(interval, half_width=0.0)


def _digits(value: float, significant: int) -> int:
    """Return the decimals that leave so many significant digits, 0 to 6."""
    if value == 0.0:
        return 0
    return min(6, max(0, significant - 1 - math.floor(math.log10(abs(value)))))


class _Labelled(Protocol):
    """A thing of a scenario that may have a name for people."""

    @property
    def label(self) -> Text | None:
        """None where its id is all the name it has."""


def _label(things: Mapping[str, _Labelled], name: str, language: Language) -> str:
    """Return the name for people of one of some things, by its id."""
    label = things[name].label
    return name if label is None else label.label().words(language)
