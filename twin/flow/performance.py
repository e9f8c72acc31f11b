"""Figures that need more than a window's sums: OEE, and what all lead times hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from twin.errors import FlowError
from twin.flow.course import Mark
from twin.flow.figures import SPENT, Figures, figures
from twin.flow.kernel import records as r
from twin.flow.oee import oee
from twin.flow.plant import Plant
from twin.flow.totals import Totals


@dataclass(frozen=True, slots=True)
class OeeBasis:
    """What a plant says of its stations' planned work.

    Attributes:
        cycle_times_s: Planned time per item, by station; only where it is stated.
        refused: Why there is no OEE, by station.
    """

    cycle_times_s: Mapping[str, float]
    refused: Mapping[str, str]


def oee_basis(plant: Plant, cycle_times_s: Mapping[str, float | None]) -> OeeBasis:
    """Return for which stations there can be an OEE, and why not for the others.

    Scrap is counted by product, so what one station spoilt is known only if no other
    spoils anything.
    """
    nodes, ops = plant.tables["nodes"], plant.tables["ops"]
    spoiling = [
        name
        for row, name in enumerate(plant.names.nodes)
        if nodes[row]["n_modes"] > 0
        and (_of_node(ops, nodes[row])["failure"] == r.SCRAP).any()
    ]
    stated: dict[str, float] = {}
    refused: dict[str, str] = {}
    for name, time_s in cycle_times_s.items():
        try:
            oee(
                name,
                planned_busy_s=0.0,
                production_s=0.0,
                planned_run_s_per_item=time_s,
                produced=0,
                good=0,
            )
        except FlowError as error:
            refused[name] = str(error)
            continue
        if name in spoiling and len(spoiling) > 1:
            refused[name] = (
                f"stations.{name}: scrap is known only for all of "
                f"{', '.join(spoiling)} together, so no OEE; let one of them scrap"
            )
        elif time_s is not None:
            stated[name] = time_s
    return OeeBasis(stated, refused)


def window_figures(plant: Plant, begin: Mark, end: Mark, basis: OeeBasis) -> Figures:
    """Return all figures of the time between two marks of one run.

    Besides those of ``twin.flow.figures``: ``lead_time.spent.X_s``, what all that left
    spent their time on; and ``node.X.oee`` with ``oee_availability``,
    ``oee_effectiveness`` and ``oee_quality`` where planned cycle times are stated.
    """
    window = end.totals.since(begin.totals)
    found = figures(plant, window)
    out = float(window.product_counts[:, 1].sum())
    if out > 0:
        for name, column in SPENT.items():
            spent_s = float(window.product_spent_s[:, column].sum())
            found[f"lead_time.spent.{name}_s"] = spent_s / out
    produced = _produced(plant, begin, end, window)
    for row, name in enumerate(plant.names.nodes):
        if name in basis.cycle_times_s:
            time_s = basis.cycle_times_s[name]
            _put_oee(found, plant, row, window, int(produced[row]), time_s)
    return found


def _produced(
    plant: Plant, begin: Mark, end: Mark, window: Totals
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the items whose work ended in the window, by node, scrap included.

    Whatever was taken and is in no job any more has been ended. Only where work may
    be pushed out and taken again that counts double; such stations have a single
    operation, whose ends are counted.
    """
    nodes, inputs = plant.tables["nodes"], plant.tables["inputs"]
    taken, finished = window.node_counts[:, 4], window.node_counts[:, 5]
    ended = taken - (end.in_work - begin.in_work)
    for row in np.nonzero(nodes["n_inputs"] > 0)[0]:
        first = int(nodes[row]["first_input"])
        rows = slice(first, first + int(nodes[row]["n_inputs"]))
        ended[row] //= max(1, int(inputs[rows]["count"].sum()))
    return np.where(nodes["preemptive"] == 1, finished, ended)


def _put_oee(
    found: Figures,
    plant: Plant,
    row: int,
    window: Totals,
    produced: int,
    cycle_time_s: float,
) -> None:
    plan = plant.tables["nodes"][row]
    first, servers = int(plan["first_job"]), int(plan["servers"])
    times_s = window.job_time_s[first : first + servers].sum(axis=0)
    if plan["calendar"] >= 0:
        # A full server is blocked at night too: the calendar knows what was planned.
        open_s = servers * float(window.calendar_open_s[int(plan["calendar"])])
    else:
        open_s = float(times_s.sum() - times_s[r.OFF_SHIFT])
    spoilt = 0
    if (_of_node(plant.tables["ops"], plan)["failure"] == r.SCRAP).any():
        spoilt = int(window.product_counts[:, 4].sum())
    name = plant.names.nodes[row]
    index = oee(
        name,
        planned_busy_s=max(0.0, open_s - float(times_s[r.MAINTAINED])),
        production_s=float(times_s[r.EXECUTE]),
        planned_run_s_per_item=cycle_time_s,
        produced=produced,
        good=max(0, produced - spoilt),
    )
    for key, value in (
        ("oee", index.index),
        ("oee_availability", index.availability),
        ("oee_effectiveness", index.effectiveness),
        ("oee_quality", index.quality_ratio),
    ):
        if value is not None:
            found[f"node.{name}.{key}"] = value


def _of_node(ops: np.ndarray, plan: np.void) -> np.ndarray:
    first = int(plan["first_op"])
    rows: np.ndarray = ops[first : first + int(plan["n_ops"])]
    return rows
