"""A case: a scenario, what to measure in it, and what theory says comes out."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

MINUTE_S = 60.0

REPLICATIONS = 30
"""Enough that Student's factor at the table's level is near its limit (5.1 to 4.2)."""

_WARM_UP = 0.05


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the verification table.

    Attributes:
        name: Its name, also of the scenario.
        title: What it is, in English.
        measure: Key of the result that is compared.
        expected: What theory says, SI.
        source: Where the theory stands.
        scenario: YAML.
        until_s: Length of each replication.
        warm_up_s: What of it is left out at the start.
        replications: Independent ones.
        slack: What counting whole parts in a window may miss, as a share of
            ``expected``; matters only where nothing is random.
        period_s: What is measured must last a multiple of this, as shares of open
            time ask for; 0 where any time will do.
    """

    name: str
    title: str
    measure: str
    expected: float
    source: str
    scenario: str
    until_s: float
    warm_up_s: float
    replications: int = REPLICATIONS
    slack: float = 0.0
    period_s: float = 0.0

    def shortened(self, share: float) -> Case:
        """Return it with a window of about this share, after as long a warm-up.

        Short runs remember how they began; hence the longer warm-up.
        """
        window_s = share * (self.until_s - self.warm_up_s)
        if self.period_s > 0.0:
            window_s = math.ceil(window_s / self.period_s) * self.period_s
        return replace(self, warm_up_s=window_s, until_s=2.0 * window_s)


def build_case(
    name: str,
    titles: tuple[str, str],
    measure: str,
    expected: float,
    source: str,
    body: str,
    *,
    rate_per_s: float,
    parts: float,
    slack: float = 0.0,
) -> Case:
    """Return a case that runs until a number of parts has been measured.

    Args:
        name: Of the case and its scenario.
        titles: English and French.
        measure: Key of the result.
        expected: SI.
        source: Of the theory.
        body: The scenario but its head, YAML; common indentation is removed.
        rate_per_s: Parts a second through the system.
        parts: To measure, over all replications.
        slack: As of `Case`.
    """
    english, french = titles
    head = (
        f"name: {name}\n"
        f'title: {{en: "{english}", fr: "{french}"}}\n'
        "start: 2026-01-05T00:00:00\n"
        "timezone: UTC\n"
    )
    measured_s = parts / rate_per_s / REPLICATIONS
    # Whole minutes, so that files read well; warm-up on top of what is measured.
    warm_up_s = _whole_minutes_s(_WARM_UP * measured_s)
    until_s = warm_up_s + _whole_minutes_s(measured_s)
    return Case(
        name=name,
        title=english,
        measure=measure,
        expected=expected,
        source=source,
        scenario=head + textwrap.dedent(body).strip() + "\n",
        until_s=until_s,
        warm_up_s=warm_up_s,
        slack=slack,
    )


def _whole_minutes_s(time_s: float) -> float:
    return math.ceil(round(time_s / MINUTE_S, 6)) * MINUTE_S


def minutes(time_s: float) -> str:
    """Return a time as scenarios write it."""
    return f"{time_s / MINUTE_S:.12g} min"


def law(name: str, **numbers: float | int) -> str:
    """Return a law as scenarios write it, times given in s.

    ``shape``, ``alpha`` and ``beta`` are pure numbers; all others are times.
    """
    pure = {"shape", "alpha", "beta"}
    written = ", ".join(
        f"{key}: {value if key in pure else minutes(value)}"
        for key, value in numbers.items()
    )
    return f"{{law: {name}, {written}}}"


def exponential(mean_s: float) -> str:
    """Return an exponential law as scenarios write it."""
    return law("exponential", mean=mean_s)


def mixed_law(name: str, key: str, times_s: Sequence[float], p: Sequence[float]) -> str:
    """Return a law over several times with probabilities, as scenarios write it."""
    times = ", ".join(minutes(time_s) for time_s in times_s)
    shares = ", ".join(str(share) for share in p)
    return f"{{law: {name}, {key}: [{times}], probabilities: [{shares}]}}"


def single(
    every: str,
    time: str,
    *,
    source: Mapping[str, object] | None = None,
    station: Mapping[str, object] | None = None,
) -> str:
    """Return the body of a scenario with one source, one station and one sink.

    Args:
        every: Law of the source.
        time: Law of the station.
        source: More keys of the source ``arrivals``.
        station: More keys of the station ``machine``.
    """
    return (
        "products: {part: {}}\n"
        "sources:\n"
        f"  arrivals: {{product: part, every: {every}, next: machine"
        f"{_keys(source)}}}\n"
        "stations:\n"
        f"  machine: {{time: {time}, next: done{_keys(station)}}}\n"
        "sinks: {done: {}}\n"
    )


def _keys(more: Mapping[str, object] | None) -> str:
    return "".join(f", {key}: {value}" for key, value in (more or {}).items())
