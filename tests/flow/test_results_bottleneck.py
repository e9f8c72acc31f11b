"""Bottlenecks of a run, over time, and the busiest of all resources."""

from __future__ import annotations

import numpy as np
import pytest
from small_flows import LINE, plant_of

from twin.flow.active_periods import ActivePeriods
from twin.flow.bottleneck import find_bottlenecks
from twin.flow.kernel import records as r
from twin.flow.plant import Plant, Table
from twin.flow.replications import Wanted, run_replications
from twin.flow.results import Bottleneck, read_results, result_tables
from twin.flow.run import FlowRun

DAY_S = 86400.0


def bottleneck(plant: Plant, until_s: float, n: int = 2) -> Bottleneck:
    wanted = Wanted(until_s, 0.0, n=n)
    return read_results(run_replications(plant, wanted)).bottleneck


def test_the_slowest_of_a_line_holds_it_up() -> None:
    found = bottleneck(plant_of(LINE, 10 * DAY_S), 10 * DAY_S)
    assert found.node == "mill"
    assert list(found.momentary) == ["mill", "saw", "wash"]
    assert found.momentary["mill"] > 0.6
    assert sum(found.momentary.values()) <= 1.0 + 1e-9
    assert all(found.sole[name] <= found.momentary[name] for name in found.sole)
    assert found.busiest is not None
    assert (found.busiest.kind, found.busiest.name) == ("station", "mill")
    assert found.busiest.share == pytest.approx(5.0 / 6.0, rel=0.05)


def test_it_moves_when_another_machine_stands_still() -> None:
    """The saw is mended for a day in the middle of the run."""
    body = """
sources:
  arrivals: {product: part, every: 6 min, next: saw}
stations:
  saw:
    time: 2 min
    next: mill
    failures: {crash: {every: 10 d, clock: calendar, repair: 1 d}}
  mill: {time: 5 min, next: out}
sinks:
  out: {}
"""
    found = bottleneck(plant_of(body, 12 * DAY_S), 12 * DAY_S, n=1)
    at = {
        day: next(
            span.node
            for span in found.over_time
            if span.begin_s <= day * DAY_S < span.end_s
        )
        for day in (5.0, 9.5, 10.5, 11.7)
    }
    assert at == {5.0: "mill", 9.5: "mill", 10.5: "saw", 11.7: "mill"}
    assert found.over_time[0].begin_s == 0.0
    assert found.over_time[-1].end_s == 12 * DAY_S
    assert all(
        one.end_s == other.begin_s
        for one, other in zip(found.over_time, found.over_time[1:], strict=False)
    )


def test_a_crew_that_all_need_is_the_busiest() -> None:
    body = """
sources:
  arrivals: {product: part, every: 10 min, next: saw}
stations:
  saw: {time: 4 min, people: {work: 1}, next: mill}
  mill: {time: 5.5 min, people: {work: 1}, next: out}
sinks:
  out: {}
crews:
  fitters: {count: 1, skills: [work]}
"""
    found = bottleneck(plant_of(body, 5 * DAY_S), 5 * DAY_S, n=1)
    assert found.busiest is not None
    assert (found.busiest.kind, found.busiest.name) == ("crew", "fitters")
    assert found.busiest.share == pytest.approx(0.95, abs=0.01)


def test_spans_judged_on_the_way_agree_with_all_periods_together() -> None:
    plant = plant_of(LINE, 3 * DAY_S)
    logged: list[Table] = []
    run = FlowRun(plant)
    run.log_to("periods", logged.append)
    run.advance(3 * DAY_S)
    rows = np.concatenate(logged)
    whole = find_bottlenecks(
        rows["job"],
        rows["start_s"],
        rows["end_s"],
        n_machines=plant.counts["n_jobs"],
        window_s=(0.0, 3 * DAY_S),
    )
    found = bottleneck(plant, 3 * DAY_S, n=1)
    node_of_job = run.state.tables["jobs"]["node"]
    for job, share in enumerate(whole.momentary_share):
        name = plant.names.nodes[node_of_job[job]]
        # A period that a span's end cuts counts there with its length so far.
        assert found.momentary.get(name, 0.0) == pytest.approx(share, abs=0.02)


def test_of_too_many_periods_the_last_are_judged() -> None:
    """Row k lasts from k to k + 1; of 50 the last 10 stay, whole from 40 on."""
    rows = np.zeros(50, r.PERIOD)
    rows["start_s"] = np.arange(50)
    rows["end_s"] = np.arange(50) + 1.0
    kept = ActivePeriods(most_rows=10)
    for chunk in np.array_split(rows, 7):
        kept.take(chunk)
    assert len(kept.rows) == 10
    assert kept.rows["start_s"].tolist() == list(range(40, 50))
    assert kept.whole_from_s == 40.0


def test_tables_hold_what_the_result_says() -> None:
    plant = plant_of(LINE, 2 * DAY_S)
    found = read_results(
        run_replications(plant, Wanted(2 * DAY_S, n=3, cycle_times_s={"mill": 240.0}))
    )
    tables = result_tables(found)
    assert list(tables) == ["run", "figures", "nodes", "products", "bottleneck"]
    (run,) = tables["run"]
    assert (run["scenario"], run["replications"]) == ("small", 3)
    assert (run["bottleneck"], run["busiest"]) == ("mill", "mill")
    by_name = {row["figure"]: row for row in tables["figures"]}
    assert by_name.keys() == found.figures.keys()
    wip = found.figures["wip_mean"]
    assert by_name["wip_mean"] == {
        "figure": "wip_mean",
        "mean": wip.mean,
        "half_width": wip.half_width,
        "level": 0.95,
        "n": 3,
    }
    nodes = {row["node"]: row for row in tables["nodes"]}
    assert list(nodes) == ["arrivals", "saw", "mill", "wash", "out"]
    assert nodes["mill"]["oee"] == found.figures["node.mill.oee"].mean
    assert "oee" not in nodes["saw"]
    assert len(tables["bottleneck"]) == len(found.bottleneck.over_time) == 40
