"""``flins run`` on plants that flow, and ``flins tables``."""

from __future__ import annotations

import json
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet
import pytest

from twin.cli.flow_figures import closing_lines, sections, warnings
from twin.flow.compile import compile_plant
from twin.flow.replications import Wanted, run_replications
from twin.flow.results import Results, read_results
from twin.scenario import Scenario, load_scenario
from twin.text import Language

Flins = Callable[..., "subprocess.CompletedProcess[str]"]

SHORT = ("--until", "2d", "--warm-up", "0s", "--replications", "2")

OVERLOADED = """
name: overloaded
title: {en: Overloaded, fr: Surcharge}
start: 2026-01-05T06:00:00
products:
  part: {}
sources:
  arrivals:
    product: part
    every: {value: 5 min, source: a guess, confidence: C}
    next: saw
stations:
  saw:
    label: {en: Band saw, fr: Scie à ruban}
    time: {value: 6 min, source: derived, confidence: B}
    next: out
sinks:
  out: {}
"""

STUCK = """
name: stuck
title: {en: Stuck, fr: Bloqué}
start: 2026-01-05T06:00:00
products:
  part: {}
sources:
  arrivals: {product: part, every: 1 min, next: cut}
stations:
  cut: {time: 1 min, queue: 1, next: check}
  check: {time: 1 min, queue: 1, next: {among: {cut: 0.5, out: 0.5}}}
sinks:
  out: {}
"""


def complaint(result: subprocess.CompletedProcess[str], code: int = 2) -> str:
    """Return the one line, having made sure that it is all there is."""
    assert result.returncode == code, result.stderr
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("flins: ")
    return line.removeprefix("flins: ")


def run_json(flins: Flins, *arguments: str, cwd: Path | None = None) -> dict[str, Any]:
    """Return the one object that a run prints."""
    result = flins("run", *arguments, "--json", cwd=cwd)
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    assert result.stdout.count("\n") == 1
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def without_speed(found: dict[str, Any]) -> dict[str, Any]:
    """Return what must be equal between equal runs."""
    speed = ("wall_s", "events_per_s", "processes")
    return {name: value for name, value in found.items() if name not in speed}


@pytest.fixture(scope="module")
def queue(root_folder: Path) -> str:
    return str(root_folder / "scenarios" / "textbook" / "mm1.yaml")


@pytest.fixture
def overloaded(tmp_path: Path) -> Path:
    path = tmp_path / "overloaded.yaml"
    path.write_text(OVERLOADED, "utf-8")
    return path


# JSON --------------------------------------------------------------------------------


def test_a_run_prints_one_json_object(flins: Flins, queue: str) -> None:
    found = run_json(flins, queue, *SHORT, "--seed", "7")
    assert list(found) == [
        *("scenario", "engine", "seed", "sim_time_s", "warm_up_s", "warmed_up"),
        *("replications", "sure_enough", "figures", "bottleneck", "warnings"),
        *("oee_refused", "assumed", "state_sha256", "processes", "wall_s", "events"),
        "events_per_s",
    ]
    assert (found["scenario"], found["engine"], found["seed"]) == ("mm1", "flow", 7)
    assert (found["sim_time_s"], found["warm_up_s"]) == (172800.0, 0.0)
    assert found["replications"] == 2
    throughput = found["figures"]["throughput_per_s"]
    assert throughput.keys() == {"mean", "half_width", "level", "n"}
    assert (throughput["level"], throughput["n"]) == (0.95, 2)
    assert abs(throughput["mean"] - 1 / 300) <= throughput["half_width"]
    assert found["bottleneck"]["station"] == "server"
    assert len(found["bottleneck"]["over_time"]) == 40
    assert len(found["state_sha256"]) == 64
    assert found["warnings"] == []
    assert found["events_per_s"] > 0


def test_one_replication_has_no_half_width(flins: Flins, queue: str) -> None:
    found = run_json(flins, queue, *SHORT[:4], "--replications", "1")
    assert found["figures"]["wip_mean"]["half_width"] is None
    assert found["figures"]["wip_mean"]["n"] == 1


@pytest.mark.slow
def test_equal_seeds_give_equal_figures_in_one_process_or_two(
    flins: Flins, queue: str
) -> None:
    one = run_json(flins, queue, *SHORT, "--processes", "1")
    two = run_json(flins, queue, *SHORT, "--processes", "2")
    other = run_json(flins, queue, *SHORT, "--seed", "2")
    assert without_speed(one) == without_speed(two)
    assert one["state_sha256"] != other["state_sha256"]
    assert one["figures"] != other["figures"]


@pytest.mark.slow
def test_the_scenario_says_how_long_and_how_often(flins: Flins, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    text = OVERLOADED.replace("every: {value: 5 min", "every: {value: 9 min")
    path.write_text(
        f"{text}run: {{until: 3 d, warm_up: 1 d, replications: 3}}\n", "utf-8"
    )
    found = run_json(flins, str(path))
    assert (found["sim_time_s"], found["warm_up_s"]) == (3 * 86400.0, 86400.0)
    assert found["replications"] == 3
    path.write_text(text, "utf-8")
    found = run_json(flins, str(path))
    assert (found["sim_time_s"], found["warm_up_s"]) == (30 * 86400.0, 0.0)
    assert found["replications"] == 1
    path.write_text(f"{text}run: {{half_width: 0.05, warm_up: auto}}\n", "utf-8")
    found = run_json(flins, str(path))
    assert found["replications"] == 5
    assert found["sure_enough"] is True


def test_a_wanted_half_width_is_reached(flins: Flins, queue: str) -> None:
    found = run_json(
        flins, queue, "--until", "9d", "--warm-up", "0s", "--half-width", "9%"
    )
    assert found["sure_enough"] is True
    assert found["replications"] >= 10
    for name in ("throughput_per_s", "lead_time_mean_s"):
        figure = found["figures"][name]
        assert figure["half_width"] <= 0.09 * figure["mean"]


def test_overload_is_warned_of_and_assumed_numbers_counted(
    flins: Flins, overloaded: Path
) -> None:
    found = run_json(flins, str(overloaded), "--until", "10d")
    (warning,) = found["warnings"]
    assert (warning["kind"], warning["node"]) == ("overload", "saw")
    assert "'saw' is overloaded: its queue grew from " in warning["text"]
    assert "add servers, people or hours" in warning["text"]
    assert found["assumed"] == {"count": 1, "of": 2}
    assert list(found["oee_refused"]) == ["saw"]


# For people --------------------------------------------------------------------------


def results_of(path: Path, n: int = 3) -> tuple[Results, Scenario]:
    scenario = load_scenario(path)
    until_s = 20 * 86400.0
    plant = compile_plant(scenario, path.parent, 1, until_s)
    cycle_times_s = {
        name: None if station.cycle_time is None else float(station.cycle_time)
        for name, station in scenario.stations.items()
    }
    wanted = Wanted(until_s, n=n, cycle_times_s=cycle_times_s)
    return read_results(run_replications(plant, wanted)), scenario


def test_figures_are_in_units_that_say_something(queue: str) -> None:
    results, scenario = results_of(Path(queue))
    shown = {
        row[0].strip(): row[1:]
        for section in sections(results, scenario, "en")
        if not section.header
        for row in section.rows
    }
    assert shown["Simulated time, each"] == ("20", "d")
    assert shown["Replications"] == ("3", "")
    throughput, unit = shown["Throughput"]
    assert unit == "/h"
    mean, sign, half_width = throughput.split(" ")
    assert sign == "±"
    assert abs(float(mean) - 12.0) < 1.0
    assert 0.0 < float(half_width) < 1.0
    assert shown["Lead time, mean"][1] == "min"
    assert shown["queue"][1].startswith("min")
    shares = [
        float(shown[name][1].split("(")[1].removesuffix(" %)"))
        for name in ("work", "queue")
    ]
    assert sum(shares) == pytest.approx(100.0, abs=0.11)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_labels_and_warnings_speak_the_language(
    overloaded: Path, language: Language
) -> None:
    results, scenario = results_of(overloaded, n=1)
    name = {"en": "Band saw", "fr": "Scie à ruban"}[language]
    stations = next(
        section
        for section in sections(results, scenario, language)
        if section.header and section.header[0] in ("Station", "Poste")
    )
    ((station, *cells),) = stations.rows
    assert station == name
    assert len(cells) + 1 == len(stations.header)
    lines = closing_lines(results, scenario, language)
    assert name in lines[0]
    word = {"en": "overloaded", "fr": "surchargé"}[language]
    assert any(line.startswith("! ") and word in line for line in lines)
    assert [one["kind"] for one in warnings(results, language)] == ["overload"]
    assert any("--replications 10" in line for line in lines)
    assert any("(C)" in line for line in lines)


def test_a_run_prints_tables_and_nothing_else(flins: Flins, queue: str) -> None:
    english = flins("run", queue, *SHORT)
    french = flins("run", queue, *SHORT, "--lang", "fr")
    assert english.returncode == french.returncode == 0
    assert english.stderr == french.stderr == ""
    assert "Throughput" in english.stdout
    assert "Débit" in french.stdout
    assert len(english.stdout.splitlines()) == len(french.stdout.splitlines()) > 20


def test_every_textbook_plant_has_results_in_both_languages(root_folder: Path) -> None:
    plants = sorted((root_folder / "scenarios" / "textbook").glob("*.yaml"))
    assert len(plants) >= 6
    for path in plants:
        results, scenario = results_of(path, n=2)
        assert results.figures["throughput_per_s"].mean > 0.0, path
        english, french = (
            [(len(section.header), len(section.rows)) for section in found]
            for found in (
                sections(results, scenario, "en"),
                sections(results, scenario, "fr"),
            )
        )
        assert english == french


# Files -------------------------------------------------------------------------------


def test_results_and_trace_are_written(
    flins: Flins, queue: str, tmp_path: Path
) -> None:
    found = run_json(
        *(flins, queue, *SHORT, "--processes", "1"),
        *("--trace", "t.parquet", "--results", "r.xlsx"),
        cwd=tmp_path,
    )
    assert sorted(one.name for one in tmp_path.iterdir()) == ["r.xlsx", "t.parquet"]
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert book.sheetnames == ["run", "figures", "nodes", "products", "bottleneck"]
    rows = list(book["figures"].iter_rows(values_only=True))
    assert rows[0] == ("figure", "mean", "half_width", "level", "n")
    throughput = found["figures"]["throughput_per_s"]
    assert {row[0]: row[1:] for row in rows}["throughput_per_s"] == pytest.approx(
        tuple(throughput.values()), rel=1e-11
    )
    trace = pyarrow.parquet.read_table(tmp_path / "t.parquet")
    assert trace.column_names == [
        *("time_s", "kind", "node", "part", "product", "detail"),
    ]
    kinds = Counter(trace["kind"].to_pylist())
    # The trace is of the first replication, whose draws do not depend on how many.
    alone = run_json(flins, queue, *SHORT[:4], "--replications", "1")
    rate = alone["figures"]["throughput_per_s"]["mean"]
    assert kinds["out"] == round(rate * 172800.0) > 400
    assert kinds["created"] >= kinds["out"]


@pytest.mark.slow
def test_killed_and_continued_equals_uninterrupted(
    flins: Flins, queue: str, tmp_path: Path
) -> None:
    """The first process is killed as soon as there is a snapshot."""
    long = (queue, "--until", "4000d", "--warm-up", "0s", "--replications", "2")
    whole = run_json(flins, *long, "--processes", "1")
    path = tmp_path / "run.snapshot"
    process = subprocess.Popen(
        [
            *flins("--version").args[:-1],
            *("run", *long, "--snapshot", str(path), "--snapshot-every", "100d"),
        ],
        stdout=subprocess.DEVNULL,
    )
    try:
        while not path.exists():
            assert process.poll() is None
            time.sleep(0.01)
    finally:
        process.kill()
        process.wait()
    again = run_json(flins, *long, "--continue", str(path))
    assert without_speed(again) == without_speed(whole)


def test_tables_go_out_and_come_back(
    flins: Flins, root_folder: Path, tmp_path: Path
) -> None:
    shipped = root_folder / "scenarios" / "textbook" / "operators.yaml"
    path = tmp_path / "operators.yaml"
    path.write_bytes(shipped.read_bytes())
    out = flins("tables", "out", str(path), "-o", "book.xlsx", cwd=tmp_path)
    assert (out.returncode, out.stdout, out.stderr) == (0, "book.xlsx\n", "")
    back = flins("tables", "in", "book.xlsx", str(path), cwd=tmp_path)
    assert (back.returncode, back.stdout, back.stderr) == (0, "", "")
    assert path.read_bytes() == shipped.read_bytes()
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    sheet = book["staffing"]
    columns = [cell.value for cell in sheet[1]]
    cell = sheet.cell(2, columns.index("count") + 1)
    crew = sheet.cell(2, columns.index("crew") + 1).value
    cell.value = int(str(cell.value)) + 5
    book.save(tmp_path / "book.xlsx")
    changed = flins("tables", "in", "book.xlsx", str(path), cwd=tmp_path)
    assert (changed.returncode, changed.stderr) == (0, "")
    assert changed.stdout == f"crews.{crew}.count\n"
    before, after = load_scenario(shipped), load_scenario(path)
    assert after.crews[str(crew)].count == before.crews[str(crew)].count + 5
    cell.value = "many"
    book.save(tmp_path / "book.xlsx")
    line = complaint(flins("tables", "in", "book.xlsx", str(path), cwd=tmp_path))
    assert line.startswith("book.xlsx: staffing!")
    assert load_scenario(path) == after


# Bad input ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["--replications", "0"], "Invalid value for '--replications': "),
        (["--processes", "0"], "Invalid value for '--processes': "),
        (["--until", "0 s"], "until: got 0 s; give a time above 0"),
        (["--warm-up", "soon"], "--warm-up: got 'soon'; write a time such as 10min"),
        (
            ["--warm-up", "3000 h"],
            "warm-up: 3000 h leaves nothing of a run of 2100 h; ",
        ),
        (["--half-width", "2"], "--half-width: got '2'; give a share between 0 and 1"),
        (["--half-width", "nan"], "--half-width: got 'nan'; give a share between 0 an"),
        (["--half-width", "small"], "--half-width: got 'small'; give a share between"),
        (["--trace", "t.csv"], "--trace: got 't.csv'; name a .parquet file"),
        (["--results", "r.ods"], "--results: got 'r.ods'; name a file .xlsx, .parquet"),
        (["--snapshot-every", "1 d"], "--snapshot-every: needs --snapshot, a file to "),
        (
            ["--snapshot", "s", "--processes", "2"],
            "--processes: snapshots are of one process; give 1",
        ),
        (
            ["--snapshot", "s", "--trace", "t.parquet"],
            "--trace: a continued run's trace would lack its beginning; leave out",
        ),
        (["--snapshot", "s", "--snapshot-every", "0 s"], "--snapshot-every: got '0 s'"),
        (["--continue", "none"], "none: no such file; give a snapshot"),
        (["--record", "r.mcap"], "--record: is for engine physics; flow writes its "),
        (["--engine", "physics"], "mm1: "),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_option_is_refused_and_leaves_nothing(
    flins: Flins, queue: str, tmp_path: Path, arguments: list[str], found: str
) -> None:
    line = complaint(flins("run", queue, *arguments, cwd=tmp_path))
    assert line.startswith(found)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("next: saw", "next: sow", "sources.arrivals.next: no node 'sow'"),
        ("value: 6 min", "value: -6 min", "stations.saw.time.value: got -6 min; give "),
        (
            "next: out",
            "next: {among: {out: 0.5, saw: 0.4}}",
            "stations.saw.next: probabilities sum to 0.9; make them sum to 1",
        ),
        (
            "next: out",
            "people: {weld: 1}\n    next: out",
            "stations.saw.people.weld: ",
        ),
    ],
)
def test_a_wrong_plant_is_refused_in_one_line(
    flins: Flins, tmp_path: Path, old: str, new: str, found: str
) -> None:
    path = tmp_path / "plant.yaml"
    assert old in OVERLOADED
    path.write_text(OVERLOADED.replace(old, new), "utf-8")
    line = complaint(flins("run", str(path), "--json"))
    where, _, rest = line.removeprefix(f"{path}:").partition(": ")
    assert where.isdigit()
    assert rest.startswith(found)


def test_a_deadlock_is_explained(flins: Flins, tmp_path: Path) -> None:
    path = tmp_path / "stuck.yaml"
    path.write_text(STUCK, "utf-8")
    line = complaint(flins("run", str(path), "--trace", "t.parquet", cwd=tmp_path))
    assert line.startswith("stuck: at ")
    assert "wait for room in each other, and all are full; give one of them" in line
    assert "cut" in line
    assert "check" in line
    assert [one.name for one in tmp_path.iterdir()] == ["stuck.yaml"]


def test_what_neither_flows_nor_is_a_cell_is_said_to_do_neither(
    flins: Flins, cell: Path, tmp_path: Path
) -> None:
    path = tmp_path / "empty.yaml"
    path.write_text(
        "name: empty\ntitle: {en: Empty, fr: Vide}\nstart: 2026-01-05T06:00:00\n",
        "utf-8",
    )
    line = complaint(flins("run", str(path), "--engine", "flow"))
    assert line == (
        f"{path}: engine flow: it does not say how parts flow; give sources and "
        "stations a next:, or use --engine physics"
    )
    line = complaint(flins("run", str(cell), "--replications", "3"))
    assert line == "--replications: is for engine flow; leave it out"


@pytest.mark.parametrize(
    ("package", "option", "name"),
    [
        ("pyarrow", "--trace", "t.parquet"),
        ("pyarrow", "--results", "r.parquet"),
        ("openpyxl", "--results", "r.xlsx"),
    ],
)
def test_without_a_package_the_line_says_how_to_get_it(
    root_folder: Path, queue: str, tmp_path: Path, package: str, option: str, name: str
) -> None:
    """Before anything is run: the package is hidden from the process."""
    import os
    import sys

    hidden = (
        f"import sys; sys.modules[{package!r}] = None; "
        f"sys.argv = ['flins', 'run', {queue!r}, {option!r}, {name!r}]; "
        "from twin.cli import main; main()"
    )
    result = subprocess.run(
        [sys.executable, "-c", hidden],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(root_folder), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert complaint(result, 3) == (
        f"{option}: {package} is not installed; run: pip install 'flins-twin[tables]'"
    )
    assert list(tmp_path.iterdir()) == []
