"""A window's figures by name: what people ask of a plant."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from twin.flow.kernel import records as r
from twin.flow.plant import Plant
from twin.flow.quantiles import quantile
from twin.flow.totals import Totals

JOB_STATES: Mapping[str, int] = {
    "executing": r.EXECUTE,
    "starved": r.IDLE,
    "blocked": r.BLOCKED,
    "failed": r.FAILED,
    "maintained": r.MAINTAINED,
    "set_up": r.SET_UP,
    "no_operator": r.NO_OPERATOR,
    "no_material": r.NO_MATERIAL,
    "off_shift": r.OFF_SHIFT,
}
"""What a server does with its time, by the name that results use."""

SPENT: Mapping[str, int] = {
    "work": r.IN_WORK,
    "queue": r.IN_QUEUE,
    "blocked": r.IS_BLOCKED,
    "transport": r.IN_TRANSPORT,
    "curing": r.CURING,
    "waiting_parts": r.WAITS_PARTS,
    "waiting_people": r.WAITS_PEOPLE,
    "failure": r.IN_FAILURE,
    "closed": r.CLOSED,
}
"""What a part spends its lead time on."""

Figures = dict[str, float]


def figures(plant: Plant, window: Totals) -> Figures:
    """Return the figures of a window by name; what has no value is not there.

    Times are in s, rates in 1/s, shares in [0, 1]. ``node.X.state.Y`` is the share of
    all time that the servers of X spent in Y; ``node.X.utilisation`` the share of the
    time in which they were not off shift.
    """
    found: Figures = {}
    time_s = window.time_s
    if not time_s > 0.0:
        return found
    out = window.product_counts[:, 1]
    found["throughput_per_s"] = float(out.sum()) / time_s
    found["wip_mean"] = float(window.product_area_s.sum()) / time_s
    _put(found, "lead_time_mean_s", window.product_lead_s.sum(), out.sum())
    found["operations_per_s"] = window.n_finished / time_s
    _quantiles(found, "lead_time", window.histogram.sum(axis=0))
    for row, name in enumerate(plant.names.products):
        _product(found, f"product.{name}", row, window)
    for row, name in enumerate(plant.names.nodes):
        _node(found, f"node.{name}", row, plant, window)
    _people(found, plant, window)
    _fleets(found, plant, window)
    for row, name in enumerate(plant.names.stores):
        found[f"store.{name}.stock_mean"] = window.store_stock_s[row] / time_s
        found[f"store.{name}.empty"] = window.store_empty_s[row] / time_s
        found[f"store.{name}.taken_per_s"] = window.store_taken[row] / time_s
    for row, name in enumerate(plant.names.tools):
        found[f"tool.{name}.in_use_mean"] = window.tool_busy_s[row] / time_s
    for row, name in enumerate(plant.names.loops):
        found[f"loop.{name}.free_mean"] = window.loop_free_s[row] / time_s
    return {name: float(value) for name, value in found.items()}


def _put(found: Figures, name: str, total: float, count: float) -> None:
    if count > 0:
        found[name] = float(total) / float(count)


def _quantiles(
    found: Figures, name: str, counts: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> None:
    if counts.sum() <= 0:
        return
    for label, share in (("median", 0.5), ("p95", 0.95)):
        value_s = quantile(counts, share)
        if math.isfinite(value_s):
            found[f"{name}_{label}_s"] = value_s


def _product(found: Figures, at: str, row: int, window: Totals) -> None:
    counts = window.product_counts[row]
    out = counts[1]
    found[f"{at}.throughput_per_s"] = out / window.time_s
    found[f"{at}.wip_mean"] = window.product_area_s[row] / window.time_s
    _put(found, f"{at}.lead_time_mean_s", window.product_lead_s[row], out)
    _put(found, f"{at}.wait_mean_s", window.product_spent_s[row, r.IN_QUEUE], out)
    for name, column in SPENT.items():
        _put(found, f"{at}.spent.{name}_s", window.product_spent_s[row, column], out)
    _quantiles(found, f"{at}.lead_time", window.histogram[row])


def _node(found: Figures, at: str, row: int, plant: Plant, window: Totals) -> None:
    plan = plant.tables["nodes"][row]
    entered, left, rejected, reneged, starts, finished = window.node_counts[row]
    time_s = window.time_s
    found[f"{at}.inside_mean"] = window.node_inside_s[row] / time_s
    found[f"{at}.throughput_per_s"] = left / time_s
    kind = int(plan["kind"])
    if kind == r.SOURCE:
        _put(found, f"{at}.rejected_share", rejected, entered)
    if kind == r.SINK:
        found[f"{at}.throughput_per_s"] = entered / time_s
    if kind in (r.STATION, r.BUFFER):
        found[f"{at}.queue_mean"] = window.node_queue_s[row] / time_s
        _put(found, f"{at}.wait_mean_s", window.node_wait_s[row], starts)
        _put(found, f"renege_share.{at.removeprefix('node.')}", reneged, entered)
    if kind == r.STATION:
        found[f"{at}.operations_per_s"] = finished / time_s
    if plan["servers"] > 0:
        first = int(plan["first_job"])
        times_s = window.job_time_s[first : first + int(plan["servers"])].mean(axis=0)
        for name, column in JOB_STATES.items():
            found[f"{at}.state.{name}"] = times_s[column] / time_s
        planned_s = time_s - times_s[r.OFF_SHIFT]
        _put(found, f"{at}.utilisation", times_s[r.EXECUTE], planned_s)


def _people(found: Figures, plant: Plant, window: Totals) -> None:
    for row, name in enumerate(plant.names.crews):
        plan = plant.tables["crews"][row]
        rows = slice(
            int(plan["first_person"]), int(plan["first_person"] + plan["n_persons"])
        )
        times_s = window.person_time_s[rows].sum(axis=0)
        on_shift_s = times_s.sum() - times_s[r.OFF]
        _put(found, f"crew.{name}.busy", times_s[r.BUSY], on_shift_s)
        _put(found, f"crew.{name}.walking", times_s[r.WALKS], on_shift_s)
        found[f"crew.{name}.hours_on_shift"] = on_shift_s / 3600.0
        found[f"crew.{name}.walked_m"] = window.person_walked_m[rows].sum()


def _fleets(found: Figures, plant: Plant, window: Totals) -> None:
    for row, name in enumerate(plant.names.fleets):
        plan = plant.tables["fleets"][row]
        first = int(plan["first_vehicle"])
        rows = slice(first, first + int(plan["n_vehicles"]))
        times_s = window.vehicle_time_s[rows].sum(axis=0)
        parked_s = times_s[r.PARKED] + times_s[r.VEHICLE_OFF]
        _put(found, f"fleet.{name}.busy", times_s.sum() - parked_s, times_s.sum())
        found[f"fleet.{name}.loaded_m"] = window.vehicle_way_m[rows, 0].sum()
        found[f"fleet.{name}.empty_m"] = window.vehicle_way_m[rows, 1].sum()
        found[f"fleet.{name}.trips"] = window.vehicle_trips[rows].sum()
        _put(
            found,
            f"fleet.{name}.call_mean_s",
            window.fleet_wait_s[row],
            window.fleet_served[row],
        )
