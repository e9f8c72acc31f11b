"""Replications: equal wherever they run, as many as needed, without their warm-up."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace

import numpy as np
import pytest
from small_flows import LINE, REWORK, plant_of, queue

from twin.errors import FlowError
from twin.flow.course import watch
from twin.flow.digest import state_sha256
from twin.flow.performance import oee_basis
from twin.flow.replication import Replication
from twin.flow.replications import (
    JUDGED,
    MOST_SEQUENTIAL,
    Replications,
    Wanted,
    run_replications,
)
from twin.flow.run import FlowRun
from twin.flow.statistics import mser5, t_interval
from twin.flow.workers import Job, Workers

DAY_S = 86400.0


def same(one: Replication, other: Replication) -> bool:
    """Return whether two replications are equal to the last bit."""
    return (
        one.number == other.number
        and one.figures == other.figures
        and one.state_sha256 == other.state_sha256
        and one.n_events == other.n_events
        and one.wip.tobytes() == other.wip.tobytes()
        and one.nodes.keys() == other.nodes.keys()
        and all(one.nodes[k].tobytes() == other.nodes[k].tobytes() for k in one.nodes)
    )


@pytest.mark.slow
def test_the_number_of_processes_changes_nothing() -> None:
    plant = plant_of(LINE, 5 * DAY_S)
    wanted = Wanted(5 * DAY_S, None, n=7, cycle_times_s={"mill": 240.0})
    alone = run_replications(plant, wanted)
    beside = run_replications(plant, replace(wanted, n_processes=2))
    assert (alone.n_processes, beside.n_processes) == (1, 2)
    assert len(alone.done) == len(beside.done) == 7
    for one, other in zip(alone.done, beside.done, strict=True):
        assert same(one, other)
    assert alone.warm_up_s == beside.warm_up_s
    assert len({each.state_sha256 for each in alone.done}) == 7
    assert "node.mill.oee" in alone.done[0].figures[0]


def test_looking_at_a_run_changes_nothing() -> None:
    plant = plant_of(LINE, 2 * DAY_S)
    wanted = Wanted(2 * DAY_S, 0.3 * DAY_S, n=2)
    watched = run_replications(plant, wanted)
    for number, each in enumerate(watched.done):
        run = FlowRun(plant, replication=number)
        run.advance(0.3 * DAY_S)
        warmed_up = run.totals()
        run.advance(2 * DAY_S)
        assert state_sha256(run.state) == each.state_sha256
        figures = run.figures(since=warmed_up)
        assert figures.items() <= each.figures[0].items()
        assert figures["throughput_per_s"] > 0.0


def test_work_in_process_by_slice_adds_up_to_the_figure() -> None:
    plant = queue(2 * DAY_S)
    (each,) = run_replications(plant, Wanted(2 * DAY_S)).done
    assert each.wip.shape == (200,)
    assert each.wip.mean() == pytest.approx(each.figures[0]["wip_mean"], rel=1e-12)
    waiting_s = each.nodes["queue_area_s"][-1, plant.names.nodes.index("server")]
    assert waiting_s / (2 * DAY_S) == pytest.approx(
        each.figures[0]["node.server.queue_mean"], rel=1e-12
    )


def test_slices_are_whole_days_where_there_are_calendars() -> None:
    body = """
calendars:
  day: {week: {mon-fri: ["08:00-16:00"]}}
sources:
  arrivals: {product: part, every: 1 h, calendar: day, next: out}
sinks:
  out: {}
"""
    long = watch(plant_of(body, 120 * DAY_S), 120 * DAY_S, None)
    assert long.slice_s == DAY_S
    assert long.n_slices == 120
    assert long.marks_s == tuple(5 * k * DAY_S for k in range(13))
    years = watch(plant_of(body, 730 * DAY_S), 730 * DAY_S, None)
    assert years.slice_s == 7 * DAY_S
    assert years.edge_s(years.n_slices) == 730 * DAY_S
    short = watch(plant_of(body, 9 * DAY_S), 9 * DAY_S, None)
    assert short.slice_s == 9 * DAY_S / 200


# Warm-up --------------------------------------------------------------------------


def test_the_warm_up_is_what_mser_says_of_the_mean_of_the_first_runs() -> None:
    """Four hundred parts wait at the start: the queue needs days to forget them."""
    plant = queue(20 * DAY_S, more="initial: {part: 400}, ")
    found = run_replications(plant, Wanted(20 * DAY_S, None, n=6))
    pilots = np.mean([each.wip for each in found.done[:5]], axis=0)
    cut = mser5(pilots)
    assert cut.index > 0
    assert found.warmed_up
    assert found.warm_up_s == cut.index * 20 * DAY_S / 200
    given = run_replications(plant, Wanted(20 * DAY_S, found.warm_up_s, n=6))
    for one, other in zip(found.done, given.done, strict=True):
        assert one.figures == other.figures
        assert one.state_sha256 == other.state_sha256
    cold = run_replications(plant, Wanted(20 * DAY_S, 0.0, n=6))
    mean = {
        name: np.mean(runs.values("wip_mean"))
        for name, runs in (("cold", cold), ("warm", found))
    }
    # In theory 4 parts. The 400 of the start are gone after some 5.6 days, at one in
    # 20 min: on average over 20 days they add 400 * 5.6 / 2 / 20 = 56.
    assert mean["cold"] > 40.0
    assert mean["warm"] < 10.0


def test_runs_that_never_settle_are_said_to_be_too_short() -> None:
    plant = queue(2 * DAY_S, mean="8 min")
    found = run_replications(plant, Wanted(2 * DAY_S, None, n=2))
    assert not found.warmed_up
    assert found.warm_up_s == DAY_S


# How many -------------------------------------------------------------------------


def test_replications_stop_at_the_first_sequence_that_is_sure_enough() -> None:
    plant = queue(4 * DAY_S, mean="2 min")
    found = run_replications(plant, Wanted(4 * DAY_S, half_width=0.04))
    n = len(found.done)
    assert found.sure_enough
    assert 5 < n < MOST_SEQUENTIAL

    def half_widths(count: int) -> list[float]:
        shares = []
        for name in JUDGED:
            interval = t_interval(found.values(name)[:count])
            shares.append(interval.half_width / interval.mean)
        return shares

    assert max(half_widths(n)) <= 0.04
    assert all(max(half_widths(count)) > 0.04 for count in range(5, n))
    fixed = run_replications(plant, Wanted(4 * DAY_S, n=n))
    assert all(same(a, b) for a, b in zip(found.done, fixed.done, strict=True))


def test_a_half_width_that_is_never_reached_ends_at_the_bound() -> None:
    plant = queue(0.2 * DAY_S)
    found = run_replications(plant, Wanted(0.2 * DAY_S, half_width=1e-4, most=7))
    assert len(found.done) == 7
    assert not found.sure_enough


def test_progress_rises_to_the_whole() -> None:
    told: list[tuple[float, int]] = []
    plant = queue(DAY_S)
    run_replications(
        plant, Wanted(DAY_S, n=3), on_progress=lambda done, n: told.append((done, n))
    )
    done = [share for share, _ in told]
    assert done == sorted(done)
    assert done[-1] == pytest.approx(3.0)
    assert {n for _, n in told} == {3}


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"until_s": 0.0}, "until: got 0 s; give a time above 0"),
        (
            {"until_s": 3.6, "warm_up_s": 7.2},
            "warm-up: 0.002 h leaves nothing of a run",
        ),
        (
            {"until_s": 60.0, "half_width": 0.01, "most": 4},
            "replications: at most 4 are fewer than the 5 that",
        ),
    ],
)
def test_wishes_that_cannot_be_met_are_refused(
    given: dict[str, float], found: str
) -> None:
    with pytest.raises(FlowError, match=found):
        Wanted(**given)


# What goes wrong --------------------------------------------------------------------


@pytest.mark.slow
def test_what_stops_a_run_is_told_from_another_process_in_the_same_words() -> None:
    plant = plant_of(REWORK, DAY_S)
    with pytest.raises(FlowError, match="wait for room in each other") as here:
        run_replications(plant, Wanted(DAY_S))
    jobs = [Job(0, watch(plant, DAY_S, 0.0), oee_basis(plant, {}))]
    with Workers(plant, 1) as workers:
        with pytest.raises(FlowError) as there:
            list(workers.run(jobs))
        (process,) = multiprocessing.active_children()
    assert str(there.value) == str(here.value)
    # Whoever closes them waits for their end; a closed process cannot be asked.
    with pytest.raises(ValueError, match="closed"):
        process.is_alive()


@pytest.mark.slow
def test_a_process_that_dies_is_said_to_have_died() -> None:
    plant = queue(400 * DAY_S)
    jobs = [
        Job(k, watch(plant, 400 * DAY_S, 0.0), oee_basis(plant, {})) for k in (0, 1)
    ]
    with Workers(plant, 1) as workers:
        runs = workers.run(jobs, lambda _: multiprocessing.active_children()[0].kill())
        with pytest.raises(FlowError, match="a process ended before its time"):
            list(runs)


def test_a_keeper_wants_one_process() -> None:
    class Nobody:
        """Keeps nothing; it is refused before it is asked."""

    plant = queue(DAY_S)
    with pytest.raises(ValueError, match="needs n_processes 1"):
        run_replications(
            plant,
            Wanted(DAY_S, n_processes=2),
            keeper=Nobody(),
        )


def test_values_are_of_the_replications_that_have_them() -> None:
    """Most parts need longer than the run: where none leaves there is no lead time."""
    plant = queue(1800.0, mean="2 h")
    found: Replications = run_replications(plant, Wanted(1800.0, n=12))
    with_lead = [each for each in found.done if "lead_time_mean_s" in each.figures[0]]
    assert 0 < len(with_lead) < 12
    assert found.values("lead_time_mean_s") == [
        each.figures[0]["lead_time_mean_s"] for each in with_lead
    ]
    assert len(found.values("wip_mean")) == 12
