"""The bench of flow compares equal work, and claims nothing that it cannot see."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from twin.bench import growth, lines, processes
from twin.bench.predrawn import chances, times_s
from twin.bench.race import Course, FlowEngine, race
from twin.bench.simpy_hall import SimpyHall
from twin.bench.simpy_line import SimpyLine
from twin.errors import FlowError
from twin.flow.laws import mean_s, variance_s2
from twin.scenario import load_scenario
from twin.scenario.laws import (
    Beta,
    Constant,
    Discrete,
    Erlang,
    Exponential,
    Gamma,
    HyperExponential,
    Law,
    LogNormal,
    Triangular,
    Uniform,
    Weibull,
)

SCENARIOS = Path(__file__).parents[2] / "scenarios"
HALL = SCENARIOS / "elv_hall.yaml"
TEN = SCENARIOS / "textbook" / "ten_stations.yaml"
CARS = frozenset({"bale"})
DAY_S = 86_400.0


class _Clockwork:
    """An engine that brings out so many parts an hour, more by turns."""

    def __init__(self, per_h: float) -> None:
        self._per_h = per_h
        self._now_s = 0.0
        self.n_operations = 0
        self.n_out = 0

    def advance(self, until_s: float) -> None:
        hours = (until_s - self._now_s) / 3600.0
        self._now_s = until_s
        self._per_h, more = self._per_h + 1.0, self._per_h
        self._per_h -= 2.0 * (more % 2.0)
        self.n_out += round(more * hours)
        self.n_operations += 7 * round(more * hours)


@pytest.mark.parametrize(
    ("peer_per_h", "equal"), [(100.0, True), (101.0, True), (160.0, False)]
)
def test_throughputs_are_equal_if_their_intervals_meet(
    peer_per_h: float, equal: bool
) -> None:
    course = Course(warm_up_s=7200.0, lap_s=36_000.0)
    told = race(
        (_Clockwork(100.0), course), (_Clockwork(peer_per_h), course), repeats=6
    )
    assert told["equal_throughput"] is equal
    low, high = told["ours"]["throughput_per_h_interval"]
    assert low < told["ours"]["throughput_per_h"] < high
    assert told["ratio_spread"][0] <= told["ratio_vs_simpy"] <= told["ratio_spread"][1]
    assert told["repeats"] == 6
    assert "load_1min" in told


def test_throughput_is_told_by_the_hours_that_count() -> None:
    course = Course(warm_up_s=0.0, lap_s=36_000.0)
    engines = (_Clockwork(100.0), course), (_Clockwork(100.0), course)
    told = race(*engines, repeats=2, hours=lambda a, b: (b - a) / 3600.0 / 4.0)
    assert told["ours"]["throughput_per_h"] == pytest.approx(402.0, rel=0.02)


@pytest.mark.parametrize(
    "law",
    [
        Constant(law="constant", value="3 s"),
        Exponential(law="exponential", mean="3 s"),
        Uniform(law="uniform", low="1 s", high="4 s"),
        Triangular(law="triangular", low="1 s", mode="2 s", high="6 s"),
        LogNormal(law="lognormal", mean="3 s", sd="2 s"),
        Gamma(law="gamma", mean="3 s", sd="2 s"),
        Erlang(law="erlang", mean="3 s", shape=4),
        Weibull(law="weibull", shape=2, scale="3 s"),
        Beta(law="beta", low="1 s", high="5 s", alpha=2, beta=3),
        Discrete(law="discrete", values=["1 s", "4 s"], probabilities=[0.3, 0.7]),
    ],
    ids=lambda law: law.law,
)
def test_simpy_draws_from_the_same_laws(law: Law) -> None:
    drawn_s = np.array(
        list(itertools.islice(times_s(law, np.random.default_rng(5)), 40_000))
    )
    sd_s = variance_s2(law) ** 0.5
    assert drawn_s.mean() == pytest.approx(mean_s(law), abs=4.0 * sd_s / 200.0)
    assert drawn_s.std() == pytest.approx(sd_s, rel=0.05)


def test_a_law_that_is_not_drawn_is_named() -> None:
    law = HyperExponential(
        law="hyperexponential", means=["1 s", "9 s"], probabilities=[0.5, 0.5]
    )
    with pytest.raises(FlowError, match="'hyperexponential' is not drawn for SimPy"):
        next(times_s(law, np.random.default_rng(1)))


def test_chances_are_uniform() -> None:
    drawn = np.array(list(itertools.islice(chances(np.random.default_rng(2)), 40_000)))
    assert drawn.min() >= 0.0
    assert drawn.max() < 1.0
    assert drawn.mean() == pytest.approx(0.5, abs=0.006)


def test_the_line_in_simpy_has_the_known_throughput() -> None:
    """Ten stations with room for five between them pass on 0.742 parts a minute."""
    line = SimpyLine(load_scenario(TEN), seed=3)
    line.advance(60.0 * 2_000.0)
    before = line.n_out, line.n_operations
    line.advance(60.0 * 27_000.0)
    assert (line.n_out - before[0]) / 25_000.0 == pytest.approx(0.742, abs=0.012)
    assert line.n_operations - before[1] == pytest.approx(
        10 * (line.n_out - before[0]), abs=300
    )


@pytest.mark.slow
def test_the_hall_in_simpy_is_the_hall() -> None:
    """Cars, operations and each station's share of them agree with the flow engine."""
    scenario = load_scenario(HALL)
    until_s = 140.0 * DAY_S
    hall = SimpyHall(scenario, until_s, CARS)
    flow = FlowEngine(scenario, SCENARIOS, until_s, CARS)
    for engine in (hall, flow):
        engine.advance(until_s)
    assert flow.n_out > 1_800
    assert hall.n_out == pytest.approx(flow.n_out, rel=0.015)
    assert hall.n_operations == pytest.approx(flow.n_operations, rel=0.015)


def test_a_plant_that_is_not_written_in_simpy_is_refused() -> None:
    for name, found in (("agvs", "sources.dock"), ("conwip", "loops")):
        scenario = load_scenario(SCENARIOS / "textbook" / f"{name}.yaml")
        with pytest.raises(FlowError, match=f"bench flow: {found}: .* not written"):
            SimpyHall(scenario, DAY_S, CARS)


def test_a_row_of_any_length_is_a_plant_full_of_parts() -> None:
    scenario = growth.line_of(40, 3)
    assert len(scenario.stations) == 40
    engine = FlowEngine(scenario, Path(), 36_000.0)
    engine.advance(36_000.0)
    assert engine.n_operations > 40 * 300


def test_growth_is_judged_by_the_logarithm(monkeypatch: pytest.MonkeyPatch) -> None:
    costs = iter([100.0, 150.0, 100.0, 200.0] * 6)
    monkeypatch.setattr(growth, "_SIZES", (4, 16))
    monkeypatch.setattr(growth, "_stretch", lambda *_: next(costs))
    told = growth.scaling(quick=True)
    small, large = told["sizes"]
    assert (small["stations"], large["stations"]) == (4, 16)
    assert small["times_first"] == small["log_times_first"] == 1.0
    assert large["times_first"] > 1.0
    assert told["at_most_log"] == (large["times_first"] <= large["log_times_first"])


def test_a_busy_neighbour_is_told_and_nothing_claimed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(processes, "load_1min", lambda: 1.7)
    told = processes.replications(TEN, quick=True)
    assert told["ratio"] is None
    assert "load 1.7 before the start" in told["reason"]
    assert told["load_1min"] == 1.7


@pytest.mark.slow
def test_two_processes_are_measured_on_a_quiet_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(processes, "load_1min", lambda: 0.1)
    told = processes.replications(TEN, quick=True)
    assert told["reason"] is None
    assert 0.0 < told["ratio_spread"][0] <= told["ratio"] <= told["ratio_spread"][1]


def test_people_get_a_line_for_each_figure() -> None:
    told = lines(
        {"bench": "flow", "a": {"b": 1, "c": [{"n": 1, "x": 2}, {"n": 3, "x": 4}]}}
    )
    assert [" ".join(line.split()) for line in told] == [
        "bench flow",
        "a.b 1",
        "a.c.1 n 1, x 2",
        "a.c.2 n 3, x 4",
    ]


def _flins(root_folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "twin", "bench", "flow", *arguments],
        cwd=root_folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )


@pytest.mark.slow
def test_the_whole_bench_prints_one_object(root_folder: Path) -> None:
    done = _flins(root_folder, "--quick", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    for name in ("tandem", "rich"):
        assert told[name]["ratio_vs_simpy"] > 0.0
        assert told[name]["equal_throughput"] is True
        assert told[name]["repeats"] >= 5
    assert told["tandem"]["ours"]["throughput_per_h"] == pytest.approx(44.5, abs=0.3)
    assert [row["stations"] for row in told["scaling"]["sizes"]] == [
        *(10, 100, 1_000, 10_000)
    ]
    assert told["memory"]["parts"] == pytest.approx(100_000, abs=100)
    assert told["memory"]["plant_and_state_mb"] < 200.0
    assert told["memory"]["fork_ms"] > 0.0
    assert told["start"]["start_s"] > 0.0
    assert "ratio" in told["processes"]
    assert all(
        "load_1min" in told[name]
        for name in ("tandem", "rich", "scaling", "memory", "start", "processes")
    )


@pytest.mark.slow
def test_without_simpy_the_bench_says_how_to_get_it(root_folder: Path) -> None:
    code = """
import sys


class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "simpy":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


sys.meta_path.insert(0, Absent())
from twin.cli import main
sys.argv = ["flins", "bench", "flow", "--json"]
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root_folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 3, done.stderr
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert "pip install 'simpy>=4.1'" in done.stderr


def test_the_bench_of_flow_takes_no_scenario(root_folder: Path) -> None:
    done = _flins(root_folder, "--scenario", str(TEN))
    assert done.returncode == 2
    assert "takes no --scenario" in done.stderr
