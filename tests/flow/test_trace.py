"""The trace as a file: what it says agrees with the run's books."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest
from small_flows import plant_of

from twin.errors import FlowError
from twin.flow.kernel import records as r
from twin.flow.replications import Wanted, run_replications
from twin.flow.run import FlowRun
from twin.flow.trace import KINDS, TraceWriter

DAY_S = 86400.0

WORKSHOP = """
sources:
  arrivals: {product: part, every: {law: exponential, mean: 6 min}, next: strip}
stations:
  strip:
    servers: 2
    queue: 6
    place: {x: 0 m, y: 0 m}
    operations:
      open: {do: task, time: 2 min}
      take_out: {do: task, time: {law: exponential, mean: 5 min}, after: [open]}
    failures: {jam: {every: 5 h, clock: busy, repair: 20 min}}
    moved_by: carts
    next: press
  press:
    time: {law: exponential, mean: 5 min}
    queue: 1
    place: {x: 30 m, y: 0 m}
    next: out
sinks:
  out: {}
fleets:
  carts: {count: 2, speed: 1 m/s}
"""


def rows_of(path: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = pyarrow.parquet.read_table(path).to_pylist()
    return found


def test_counts_of_the_trace_are_those_of_the_books(tmp_path: Path) -> None:
    plant = plant_of(WORKSHOP, 5 * DAY_S)
    path = tmp_path / "new" / "trace.parquet"
    with TraceWriter(plant, path) as writer:
        run_replications(plant, Wanted(5 * DAY_S, n=2), trace=writer.take)
    rows = rows_of(path)
    assert [one.name for one in path.parent.iterdir()] == ["trace.parquet"]
    run = FlowRun(plant)
    run.advance(5 * DAY_S)
    books = run.totals()
    counts = Counter((row["kind"], row["node"]) for row in rows)
    product = dict(
        zip(("created", "out"), books.product_counts.sum(axis=0)[:2], strict=True)
    )
    assert (
        sum(n for (kind, _), n in counts.items() if kind == "created")
        == (product["created"])
    )
    assert counts["out", "out"] == product["out"] > 500
    for row, node in enumerate(plant.names.nodes):
        assert counts["finished", node] == books.node_counts[row, 5]
    times = [row["time_s"] for row in rows]
    assert times == sorted(times)
    details = {(row["kind"], row["node"], row["detail"]) for row in rows}
    assert {
        ("started", "strip", "open"),
        ("finished", "strip", "take_out"),
        ("finished", "press", "work"),
        ("loaded", "strip", "carts/1"),
        ("loaded", "strip", "carts/2"),
        ("failed", "strip", "jam"),
        ("repaired", "strip", "jam"),
        ("blocked", "strip", "2"),
    } <= details
    assert {row["product"] for row in rows if row["part"] is not None} == {"part"}
    assert all(row["product"] is None for row in rows if row["part"] is None)


def test_each_part_is_created_once_and_leaves_once(tmp_path: Path) -> None:
    smooth = [
        line
        for line in WORKSHOP.splitlines()
        if not line.strip().startswith(("moved_by", "failures"))
    ]
    body = "\n".join(smooth)
    plant = plant_of(body, DAY_S)
    path = tmp_path / "trace.parquet"
    with TraceWriter(plant, path) as writer:
        run_replications(plant, Wanted(DAY_S), trace=writer.take)
    of_part: dict[object, list[object]] = {}
    for row in rows_of(path):
        if row["part"] is not None:
            of_part.setdefault(row["part"], []).append(row["kind"])
    gone = [kinds for kinds in of_part.values() if kinds[-1] == "out"]
    assert len(gone) > 100
    for kinds in gone:
        assert kinds[0] == "created"
        assert Counter(kinds) == {
            **dict.fromkeys(("created", "out"), 1),
            **{"entered": 3, "left": 3, "started": 3, "finished": 3},
        }


def test_rows_are_written_in_groups_of_bounded_size(tmp_path: Path) -> None:
    plant = plant_of(WORKSHOP, DAY_S)
    path = tmp_path / "trace.parquet"
    rows = np.zeros(100_000, r.TRACE)
    rows["time_s"] = np.arange(100_000)
    rows["kind"] = r.T_OPENED
    rows["part"] = rows["product"] = -1
    with TraceWriter(plant, path) as writer:
        for _ in range(5):
            writer.take(rows)
    file = pyarrow.parquet.ParquetFile(path)
    assert file.metadata.num_rows == 500_000
    assert [file.metadata.row_group(k).num_rows for k in range(3)] == [
        *(200_000, 200_000),
        100_000,
    ]


def test_a_trace_that_is_broken_off_leaves_nothing(tmp_path: Path) -> None:
    plant = plant_of(WORKSHOP, DAY_S)
    path = tmp_path / "trace.parquet"
    path.write_text("what was there before", "utf-8")

    def broken_off() -> None:
        with TraceWriter(plant, path) as writer:
            writer.take(np.zeros(1, r.TRACE))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert path.read_text("utf-8") == "what was there before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_refused_before_the_run(
    tmp_path: Path,
) -> None:
    plant = plant_of(WORKSHOP, DAY_S)
    (tmp_path / "file").write_text("", "utf-8")
    for place in (tmp_path / "file" / "t.parquet", tmp_path):
        with pytest.raises(FlowError, match="choose another place for the trace"):
            TraceWriter(plant, place)
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_every_kind_of_row_has_a_name() -> None:
    kinds = {value for name, value in vars(r).items() if name.startswith("T_")}
    assert kinds == set(KINDS)
    assert sorted(KINDS) == list(range(len(KINDS)))
    assert len(set(KINDS.values())) == len(KINDS)
