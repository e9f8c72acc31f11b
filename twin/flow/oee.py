"""Overall equipment effectiveness, with the names of ISO 22400-2."""

from __future__ import annotations

import math
from dataclasses import dataclass

from twin.errors import FlowError


@dataclass(frozen=True, slots=True)
class Oee:
    """One station's OEE index and its three factors.

    A factor without a denominator (nothing planned, nothing run, nothing produced)
    is None. The index needs planned busy time only.

    Args:
        availability: APT / PBT.
        effectiveness: PRI * PQ / APT; above 1 if items take less than planned.
        quality_ratio: GQ / PQ.
        index: Availability times effectiveness times quality ratio.

    Source:
        ISO 22400-2, KPIs availability, effectiveness, quality ratio, OEE index.
    """

    availability: float | None
    effectiveness: float | None
    quality_ratio: float | None
    index: float | None


def oee(
    station_id: str,
    *,
    planned_busy_s: float,
    production_s: float,
    planned_run_s_per_item: float | None,
    produced: int,
    good: int,
) -> Oee:
    """Return a station's OEE over a period.

    Times and counts are sums over the station's servers. Setting up, failure, repair,
    and waiting for parts, room or people are inside planned busy time and outside
    production time; closed hours and planned maintenance are outside both. Work
    finished after closing counts as production, so availability may pass 1.

    Args:
        station_id: Whose, for the message.
        planned_busy_s: PBT, planned busy time: open hours less planned maintenance.
        production_s: APT, actual production time: while items are worked on.
        planned_run_s_per_item: PRI, planned run time per item, > 0 (scenario:
            ``cycle_time``). A batch machine: the batch's planned time over its size.
        produced: PQ, produced quantity: items finished, scrap and rework included.
        good: GQ, good quantity, at most ``produced``.

    Raises:
        FlowError: If the planned run time per item is missing.
        ValueError: If a number is negative, not finite, or good exceeds produced.

    Source:
        ISO 22400-2, time elements PBT and APT, PRI, quantities PQ and GQ, and the KPIs
        of ``Oee``.
    """
    if planned_run_s_per_item is None:
        raise FlowError(
            f"stations.{station_id}: no planned cycle time, so no OEE; "
            "give 'cycle_time', the planned time per part"
        )
    _check(station_id, "planned_busy_s", planned_busy_s)
    _check(station_id, "production_s", production_s)
    _check(station_id, "planned_run_s_per_item", planned_run_s_per_item)
    if planned_run_s_per_item == 0.0:
        raise ValueError(f"{station_id}: planned_run_s_per_item is 0; give more")
    if not 0 <= good <= produced:
        raise ValueError(
            f"{station_id}: {good} good of {produced} produced; give 0 to that"
        )
    # The factors' product, written so that a factor without value does no harm.
    planned_run_s = planned_run_s_per_item * good
    return Oee(
        availability=_ratio(production_s, planned_busy_s),
        effectiveness=_ratio(planned_run_s_per_item * produced, production_s),
        quality_ratio=_ratio(good, produced),
        index=_ratio(planned_run_s, planned_busy_s),
    )


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None


def _check(station_id: str, name: str, value: float) -> None:
    if not 0.0 <= value < math.inf:
        raise ValueError(f"{station_id}: {name} is {value!r}; give 0 or more")
