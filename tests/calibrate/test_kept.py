"""A calibration from samples to file to flow and back; stale or wrong ones are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.calibrate.calibration import calibrate_cell, keep_calibration
from twin.calibrate.samples import Samples, read_samples, write_samples
from twin.calibrate.sampling import CarTimes, car_times, undisturbed
from twin.errors import PhysicsError, ScenarioError, TwinError
from twin.flow.cells import flow_of_cell
from twin.flow.laws import mean_s
from twin.scenario import Scenario, load_scenario, read_scenario
from twin.scenario.calibration import calibrate_scenario, load_calibration
from twin.scenario.fingerprint import scenario_sha256
from twin.scenario.station import RunProgramme
from twin.state import Event

DT_S = 1.0 / 240.0
STATION = "battery_removal"


@pytest.fixture(scope="module")
def text(root_folder: Path) -> str:
    return (root_folder / "scenarios" / "battery_cell.yaml").read_text("utf-8")


@pytest.fixture(scope="module")
def cell(text: str) -> Scenario:
    return read_scenario(text)


def samples_of(cell: Scenario, n: int = 12) -> Samples:
    """Return made-up times: every operation constant but the first."""
    operations = list(cell.stations[STATION].operations)
    cars = []
    for k in range(n):
        ticks = {name: 240 * (i + 2) for i, name in enumerate(operations)}
        ticks["receive"] = 3600 + 37 * k * (-1) ** k
        cars.append(CarTimes(100 + k, ticks, 160, sum(ticks.values())))
    return Samples(scenario_sha256(cell), DT_S, tuple(cars))


def test_samples_come_back_from_their_file(cell: Scenario, tmp_path: Path) -> None:
    samples = samples_of(cell)
    operations = list(cell.stations[STATION].operations)
    path = tmp_path / "kept.csv"
    write_samples(path, samples, operations)
    written = path.read_bytes()
    assert read_samples(path, samples.scenario_sha256, DT_S) == samples
    write_samples(path, samples.joined(samples.cars), operations)
    assert path.read_bytes() == written
    assert read_samples(path, "0" * 64, DT_S).cars == ()


def test_when_parts_are_put_down_comes_back_as_the_mean(
    root_folder: Path, tmp_path: Path
) -> None:
    file = root_folder / "scenarios" / "cells" / "pack_line.yaml"
    line = load_scenario(file)
    (station,) = line.stations.values()
    ticks = dict.fromkeys(station.operations, 2400)
    cars = tuple(
        CarTimes(
            seed, ticks, 240, 24000, {"modules_off/module_01": 480 + 240 * (seed - 1)}
        )
        for seed in (1, 2)
    )
    samples = Samples(scenario_sha256(line), DT_S, cars)
    kept = tmp_path / "kept.yaml"
    keep_calibration(line, file, samples, kept)
    there = read_samples(kept.with_suffix(".csv"), samples.scenario_sha256, DT_S)
    assert there == samples
    timed = calibrate_scenario(line, file, kept).scenario.stations["pack_opening"]
    modules_off = timed.operations["modules_off"]
    assert isinstance(modules_off, RunProgramme)
    assert {part: float(at) for part, at in modules_off.puts.items()} == {
        "module_01": pytest.approx(2.5)
    }


def test_a_broken_sample_is_told_with_its_line(cell: Scenario, tmp_path: Path) -> None:
    samples = samples_of(cell, 2)
    path = tmp_path / "kept.csv"
    write_samples(path, samples, list(cell.stations[STATION].operations))
    path.write_text(path.read_text("utf-8").replace("101,", "one,", 1), "utf-8")
    with pytest.raises(TwinError, match=r"kept\.csv:3: no line of flins calibrate"):
        read_samples(path, samples.scenario_sha256, DT_S)


def test_a_calibration_is_written_read_and_run(
    cell: Scenario, text: str, tmp_path: Path
) -> None:
    scenario_path = tmp_path / "cell.yaml"
    scenario_path.write_text(text, "utf-8")
    kept = tmp_path / "calibrations" / "cell.yaml"
    samples = samples_of(cell)
    keep_calibration(cell, scenario_path, samples, kept)
    first = kept.read_bytes()
    keep_calibration(cell, scenario_path, samples, kept)
    assert kept.read_bytes() == first

    calibrated = calibrate_scenario(cell, scenario_path)
    assert (calibrated.path, calibrated.stale) == (kept, False)
    operations = calibrated.scenario.stations[STATION].operations
    for i, (name, operation) in enumerate(operations.items()):
        assert operation.time is not None
        assert operation.time.confidence == "B"
        wanted_s = samples.times_s(name)
        assert mean_s(operation.time, tmp_path) == pytest.approx(
            sum(wanted_s) / len(wanted_s), rel=1e-6
        ), i
        source = str(operation.time.source)
        assert source.startswith(f"physics, {len(samples.cars)} runs, sha ")
        assert samples.scenario_sha256[:12] in source
    assert flow_of_cell(calibrated.scenario, scenario_path).tools.keys() >= {"lift"}


def test_times_of_another_version_are_stale_and_comments_change_nothing(
    cell: Scenario, text: str, tmp_path: Path
) -> None:
    scenario_path = tmp_path / "cell.yaml"
    keep_calibration(
        cell, scenario_path, samples_of(cell), tmp_path / "calibrations" / "cell.yaml"
    )
    same = read_scenario(f"# A comment.\n{text.replace('0.3 m/s', '300 mm/s')}")
    assert not calibrate_scenario(same, scenario_path).stale
    faster = read_scenario(
        text.replace("speed: {value: 0.3 m/s", "speed: {value: 1 m/s")
    )
    assert calibrate_scenario(faster, scenario_path).stale


def test_the_scenarios_own_time_comes_first(
    cell: Scenario, text: str, tmp_path: Path
) -> None:
    scenario_path = tmp_path / "cell.yaml"
    keep_calibration(
        cell, scenario_path, samples_of(cell), tmp_path / "calibrations" / "cell.yaml"
    )
    own = read_scenario(text.replace("do: measure", "do: measure\n        time: 99 s"))
    found = calibrate_scenario(own, scenario_path).scenario
    time = found.stations[STATION].operations["measure"].time
    assert time is not None
    assert mean_s(time) == 99.0


def test_an_unreadable_calibration_says_where(cell: Scenario, tmp_path: Path) -> None:
    kept = tmp_path / "calibrations" / "cell.yaml"
    keep_calibration(cell, tmp_path / "cell.yaml", samples_of(cell), kept)
    kept.write_text(kept.read_text("utf-8").replace("runs: 12", "runs: none"), "utf-8")
    with pytest.raises(ScenarioError, match=r"cell\.yaml:5: runs: got 'none'"):
        load_calibration(kept)
    kept.write_text("just text\n", "utf-8")
    with pytest.raises(ScenarioError, match="run flins calibrate again"):
        load_calibration(kept)


def test_only_a_cell_is_calibrated(root_folder: Path) -> None:
    plant = root_folder / "scenarios" / "textbook" / "ten_stations.yaml"
    with pytest.raises(ScenarioError, match="ten_stations"):
        calibrate_cell(plant, 1)


def test_cars_are_timed_undisturbed(text: str) -> None:
    faulty = f"{text}\nfaults:\n  - {{kind: skip_fastener, fastener: bolt_03}}\n"
    bare = undisturbed(read_scenario(faulty))
    assert bare.faults == ()
    assert bare.sources["cars"].most == 1
    assert bare.equipment["rack"].collected_after == 0.0  # type: ignore[union-attr]


def event(tick: int, kind: str, **arguments: str | float) -> Event:
    return Event(tick, tick, tick * DT_S, kind, "here", "event.done", 0, arguments)


def test_times_are_read_from_what_the_cell_told(cell: Scenario) -> None:
    told = [
        event(120, "CarEntered", car=1),
        event(120, "OperationStarted", step="receive"),
        event(360, "OperationFinished", step="receive"),
        event(360, "OperationStarted", step="pack_out"),
        event(360, "OperationStarted", step="leave"),
        event(600, "OperationFinished", step="leave"),
        event(700, "CarLeft", car=1),
        event(900, "OperationFinished", step="pack_out"),
        event(901, "CarEntered", car=2),
        event(901, "OperationStarted", step="receive"),
    ]
    took = car_times(cell, 5, 1, told)
    assert took.operations == {"receive": 240, "leave": 240, "pack_out": 540}
    assert (took.seed, took.clear, took.cycle) == (5, 100, 780)
    with pytest.raises(PhysicsError, match="car 2 never left"):
        car_times(cell, 5, 2, told)
