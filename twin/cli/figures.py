"""A run's figures as rows for people: name, value, unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twin.state import Label
from twin.text import Language, number, say

Row = tuple[str, str, str]

_COUNTS = ("batteries_out", "parts_out")
_PEAKS = (
    ("tracking_error", "peak_tracking_error_rad", 1e3, 3, "mrad"),
    ("torque", "peak_torque_over_limit", 1e2, 0, "%"),
    ("table_force", "peak_table_force_n", 1.0, 0, "N"),
    ("tracking_error", "peak_joint_error", 1e3, 3, "mrad"),
    ("torque", "peak_effort_over_limit", 1e2, 0, "%"),
)


def rows(
    result: Mapping[str, Any], labels: Mapping[str, Label], language: Language
) -> list[Row]:
    """Return what a table shows, the critical path's steps below the cycle time.

    Args:
        result: A run's figures.
        labels: Names for people, by operation.
        language: Of all words.
    """

    def row(key: str, value: float | None, digits: int, unit: str) -> Row:
        shown = "–" if value is None else number(value, digits, language)
        return (say(f"kpi.{key}", language), shown, unit)

    found = [
        row("sim_time", result["sim_time_s"], 0, "s"),
        row("cars_in", result["cars_in"], 0, ""),
        row("cars_out", result["cars_out"], 0, ""),
        *(row(key, result[key], 0, "") for key in _COUNTS if key in result),
        row("cycle_time", result["cycle_time_s"], 1, "s"),
    ]
    found.extend(
        (f"  {labels[name].words(language)}", number(seconds, 1, language), "s")
        for name, seconds in result["cycle_steps"].items()
    )
    found += [
        *(
            row(key, factor * result[name], digits, unit)
            for key, name, factor, digits, unit in _PEAKS
            if name in result
        ),
        row("alarms", result["alarms"], 0, ""),
        row("mass_balance", 100 * result["mass_balance_error"], 4, "%"),
        row("realtime_factor", result["realtime_factor"], 1, ""),
        (say("kpi.state", language), result["state_sha256"][:16], ""),
    ]
    return found
