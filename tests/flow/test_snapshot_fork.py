"""A copy goes on as the original would; with another number it draws other times."""

from __future__ import annotations

import numpy as np
from flow_plants import MINUTE_S, MIXED_END_MIN, mixed, open_text, told

from twin.flow.digest import state_sha256
from twin.flow.plant import Table
from twin.flow.run import FlowRun

_HALF_S = 0.5 * MIXED_END_MIN * MINUTE_S
_END_S = MIXED_END_MIN * MINUTE_S


def _half() -> FlowRun:
    run = open_text(mixed(), MIXED_END_MIN)
    run.advance(_HALF_S)
    return run


def test_fork_goes_on_as_the_original_does() -> None:
    run = _half()
    fork = run.fork()
    assert state_sha256(fork.state) == state_sha256(run.state)
    fork.advance(_END_S)
    at_half = state_sha256(_half().state)
    assert state_sha256(run.state) == at_half
    run.advance(_END_S)
    assert state_sha256(fork.state) == state_sha256(run.state)
    assert fork.figures() == run.figures()


def test_state_kept_apart_goes_on_as_if_nothing_had_been() -> None:
    run = _half()
    kept = run.state.fork()
    run.advance(_END_S)
    again = FlowRun(run.plant, state=kept)
    again.advance(_END_S)
    assert state_sha256(again.state) == state_sha256(run.state)


def test_fork_of_a_fresh_run_is_a_fresh_run() -> None:
    run = open_text(mixed(), MIXED_END_MIN)
    fork = run.fork()
    run.advance(_END_S)
    fork.advance(_END_S)
    assert state_sha256(fork.state) == state_sha256(run.state)


def test_fork_has_no_logs_and_leaves_the_originals_alone() -> None:
    run = open_text(mixed(), MIXED_END_MIN)
    rows: list[Table] = []
    run.log_to("trace", rows.append)
    run.advance(_HALF_S)
    before = sum(len(taken) for taken in rows)
    run.fork().advance(_END_S)
    assert sum(len(taken) for taken in rows) == before
    run.advance(_END_S)
    assert sum(len(taken) for taken in rows) > before


def test_fork_with_another_number_draws_others_only_from_then_on() -> None:
    """What is under way keeps its time; what begins afterwards has another."""
    text = """
sources: {a: {product: part, every: 0 s, next: s}}
stations: {s: {time: {law: exponential, mean: 10 min}, queue: 0, next: out}}
sinks: {out: {}}
"""
    whole = told(text, 1000)
    ends_s = whole.rows["time_s"][whole.rows["kind"] == 3]
    run = open_text(text, 1000)
    run.advance(500 * MINUTE_S)
    ends = []
    for replication in (None, 5, 6):
        fork = run.fork(replication)
        rows: list[Table] = []
        fork.log_to("trace", rows.append)
        fork.advance(1000 * MINUTE_S)
        found = np.concatenate(rows)
        ends.append(found["time_s"][found["kind"] == 3])
    later_s = ends_s[ends_s > 500 * MINUTE_S]
    assert (ends[0] == later_s).all()
    for other in ends[1:]:
        assert other[0] == later_s[0]
        gaps, theirs = np.diff(later_s), np.diff(other)
        n_both = min(len(gaps), len(theirs))
        assert n_both > 30
        assert not np.isclose(gaps[:n_both], theirs[:n_both]).any()
    assert ends[1][1] != ends[2][1]


def test_replications_of_a_plant_share_nothing() -> None:
    plant = open_text(mixed(), MIXED_END_MIN).plant
    runs = [FlowRun(plant, replication=k) for k in (0, 0, 1)]
    for run in runs:
        run.advance(_END_S)
    digests = [state_sha256(run.state) for run in runs]
    assert digests[0] == digests[1]
    finished = [run.state.count("n_finished") for run in runs]
    assert finished[0] == finished[1]
    times_s = [run.totals().product_lead_s.tolist() for run in runs]
    assert times_s[0] == times_s[1] != times_s[2]


def test_copy_of_a_run_whose_room_has_grown_goes_on() -> None:
    text = """
sources: {a: {product: part, every: 1 min, batch: 50, next: s}}
stations: {s: {time: 10 min, patience: {time: 40 min, to: out}, next: out}}
sinks: {out: {}}
"""
    run = open_text(text, 400)
    run.advance(100 * MINUTE_S)
    assert run.state.count("parts_room") > 1024
    fork = run.fork()
    run.advance(400 * MINUTE_S)
    fork.advance(400 * MINUTE_S)
    fork.check()
    assert state_sha256(fork.state) == state_sha256(run.state)
