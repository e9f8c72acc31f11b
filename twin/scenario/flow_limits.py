"""What flow does not do: combinations that are refused rather than half done."""

from __future__ import annotations

from twin.scenario.findings import InconsistencyError, Path
from twin.scenario.model import Scenario
from twin.scenario.station import Station
from twin.scenario.tasks import Task

_MOST_BITS = 62
"""Loops, and skills, are bits of a signed 64-bit mask."""


def check_limits(scenario: Scenario) -> None:
    """Refuse what the flow engine would not do as it reads.

    Raises:
        InconsistencyError: At the first combination that it does not do.
    """
    for station_id, station in scenario.stations.items():
        at = ("stations", station_id)
        if station.preemptive:
            _check_preemptive(station, at)
        if station.patience is not None and station.assembly:
            raise InconsistencyError(
                (*at, "patience"),
                "is not for an assembly: its parts wait for each other; put a buffer "
                "with patience before it",
            )
    for store_id, store in scenario.stores.items():
        reorder = store.reorder
        if reorder is not None and reorder.at >= reorder.quantity:
            raise InconsistencyError(
                ("stores", store_id, "reorder", "at"),
                f"of {reorder.at} asks for a second order while one of "
                f"{reorder.quantity} is under way, of which there is one at a time; "
                "order more at once, or later",
            )
    skills = {skill for crew in scenario.crews.values() for skill in crew.skills}
    for section, n in (("loops", len(scenario.loops)), ("crews", len(skills))):
        if n > _MOST_BITS:
            what = "loops" if section == "loops" else "skills"
            raise InconsistencyError(
                (section,), f"{n} {what}; give at most {_MOST_BITS}"
            )


def _check_preemptive(station: Station, at: Path) -> None:
    if station.assembly:
        raise InconsistencyError(
            (*at, "preemptive"), "is not for an assembly; drop either"
        )
    if station.batch is not None and station.batch.most > 1:
        raise InconsistencyError((*at, "preemptive"), "is not for a batch; drop either")
    for name, operation in station.operations.items():
        if not isinstance(operation, Task):
            continue
        for key in ("takes", "seized"):
            if getattr(operation, key):
                raise InconsistencyError(
                    (*at, "operations", name, key),
                    "is not for work that can be interrupted; drop preemptive",
                )
        if operation.present < 1.0:
            raise InconsistencyError(
                (*at, "operations", name, "present"),
                "below 1 is not for work that can be interrupted; drop preemptive",
            )
