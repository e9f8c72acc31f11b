"""The verification table: scenarios whose results theory knows."""

from __future__ import annotations

from twin.verify.cases.case import Case
from twin.verify.cases.lines import line_cases
from twin.verify.cases.machines import machine_cases
from twin.verify.cases.networks import network_cases
from twin.verify.cases.orders import order_cases
from twin.verify.cases.plant import plant_cases
from twin.verify.cases.queues import queue_cases

__all__ = ["Case", "all_cases"]


def all_cases() -> tuple[Case, ...]:
    """Return every case, in the order of the table."""
    return (
        *queue_cases(),
        *order_cases(),
        *network_cases(),
        *line_cases(),
        *machine_cases(),
        *plant_cases(),
    )
