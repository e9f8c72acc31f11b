"""What a run has added up by a moment; a window's share is the difference of two."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from twin.flow.kernel import records as r
from twin.flow.state import FlowState

Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]

_NODE_COUNTS = ("entered", "left", "rejected", "reneged", "starts", "finished")
_PRODUCT_COUNTS = (
    "created",
    "out",
    "rejected",
    "reneged",
    "scrapped",
    "absorbed",
    "stored",
    "gained",
    "lost",
)


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums since time 0, or over a window if they are a difference.

    Attributes:
        time_s: How long.
        job_time_s: By server and state, (n_jobs, N_JOB_STATES).
        node_inside_s: Parts inside, integrated over time, by node.
        node_queue_s: Parts that wait, integrated over time, by node.
        node_wait_s: Sum of the waits of those that were taken, by node.
        node_counts: By node: entered, left, rejected, reneged, starts, finished.
        product_area_s: Parts in the plant, integrated over time, by product.
        product_lead_s: Sum of lead times of those that left, by product.
        product_lead_s2: Sum of their squares.
        product_spent_s: What those spent it on, (n_products, N_SPENT).
        product_counts: By product: created, out, rejected, reneged, scrapped,
            absorbed, stored, gained, lost.
        stay_s: Sum of all times in the plant, of those that left and are in it.
        person_time_s: By person and state, (n_persons, N_PERSON_STATES).
        person_walked_m: By person.
        vehicle_time_s: By vehicle and state, (n_vehicles, N_VEHICLE_STATES).
        vehicle_way_m: By vehicle: loaded, empty.
        vehicle_trips: By vehicle.
        fleet_wait_s: Sum of the times from call to departure, by fleet.
        fleet_served: Calls served, by fleet.
        store_stock_s: Stock integrated over time, by store.
        store_empty_s: Time without stock, by store.
        store_taken: By store.
        tool_busy_s: Tools in use, integrated over time, by kind.
        loop_free_s: Free tokens, integrated over time, by loop.
        calendar_open_s: By calendar.
        histogram: Lead times, (n_products, N_BINS) counts.
        n_events: Of the kernel.
        n_finished: Operations.
    """

    time_s: float
    job_time_s: Numbers
    node_inside_s: Numbers
    node_queue_s: Numbers
    node_wait_s: Numbers
    node_counts: Counts
    product_area_s: Numbers
    product_lead_s: Numbers
    product_lead_s2: Numbers
    product_spent_s: Numbers
    product_counts: Counts
    stay_s: float
    person_time_s: Numbers
    person_walked_m: Numbers
    vehicle_time_s: Numbers
    vehicle_way_m: Numbers
    vehicle_trips: Counts
    fleet_wait_s: Numbers
    fleet_served: Counts
    store_stock_s: Numbers
    store_empty_s: Numbers
    store_taken: Counts
    tool_busy_s: Numbers
    loop_free_s: Numbers
    calendar_open_s: Numbers
    histogram: Counts
    n_events: int
    n_finished: int

    def since(self, earlier: Totals) -> Totals:
        """Return the sums of the time after an earlier moment of the same run."""
        return Totals(
            **{
                field.name: getattr(self, field.name) - getattr(earlier, field.name)
                for field in fields(self)
            }
        )


def take_totals(state: FlowState) -> Totals:
    """Return what a run has added up by now, open spans included."""
    t, now_s = state.tables, state.now_s
    nodes, products, stores = t["nodes"], t["products"], t["stores"]
    n_products = len(products)
    inside = t["parts"][: state.count("parts_used")]
    inside = inside[inside["where"] != r.NOWHERE]
    return Totals(
        time_s=now_s,
        job_time_s=_spans(t["jobs"], now_s),
        node_inside_s=nodes["inside_area"]
        + nodes["inside"] * (now_s - nodes["area_since"]),
        node_queue_s=nodes["queue_area"]
        + nodes["queue"] * (now_s - nodes["area_since"]),
        node_wait_s=nodes["wait_sum"].copy(),
        node_counts=np.stack([nodes[name] for name in _NODE_COUNTS], axis=1),
        product_area_s=products["area"] + products["wip"] * (now_s - products["since"]),
        product_lead_s=products["lead_sum"].copy(),
        product_lead_s2=products["lead_sq"].copy(),
        product_spent_s=products["spent"].copy(),
        product_counts=np.stack([products[name] for name in _PRODUCT_COUNTS], axis=1),
        stay_s=float(products["stay_sum"].sum() + (now_s - inside["born_s"]).sum()),
        person_time_s=_spans(t["persons"], now_s),
        person_walked_m=t["persons"]["walked_m"].copy(),
        vehicle_time_s=_spans(t["vehicles"], now_s),
        vehicle_way_m=np.stack(
            [t["vehicles"]["loaded_m"], t["vehicles"]["empty_m"]], axis=1
        ),
        vehicle_trips=t["vehicles"]["trips"].copy(),
        fleet_wait_s=t["fleets"]["wait_sum_s"].copy(),
        fleet_served=t["fleets"]["served"].copy(),
        store_stock_s=stores["area"] + stores["stock"] * (now_s - stores["since"]),
        store_empty_s=stores["empty_s"]
        + (stores["stock"] == 0) * (now_s - stores["since"]),
        store_taken=stores["taken"].copy(),
        tool_busy_s=t["tools"]["area"]
        + (t["tools"]["count"] - t["tools"]["free"]) * (now_s - t["tools"]["since"]),
        loop_free_s=t["loops"]["area"]
        + t["loops"]["free"] * (now_s - t["loops"]["since"]),
        calendar_open_s=t["calendars"]["open_s"]
        + t["calendars"]["open"] * (now_s - t["calendars"]["since"]),
        histogram=t["histogram"].reshape(n_products, -1).copy(),
        n_events=state.count("n_events"),
        n_finished=state.count("n_finished"),
    )


def _spans(table: NDArray[np.void], now_s: float) -> Numbers:
    """Return times by state, the span that is still open included."""
    times_s: Numbers = table["time_in"].copy()
    if len(times_s):
        times_s[np.arange(len(times_s)), table["state"]] += now_s - table["since"]
    return times_s
