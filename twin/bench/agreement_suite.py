"""The slow comparison of both engines: every cell, every condition, many cars.

It takes hours, so it is done in portions that are kept line by line and gone on with.
A portion is a run of a few cars with a seed of its own; it counts as long as the cell
and its calibration are what they were.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from twin.bench.agreement import Absence, Condition, compare_engines
from twin.calibrate.samples import read_samples
from twin.errors import TwinError
from twin.flow.statistics import Interval, t_interval
from twin.scenario import Scenario, load_scenario
from twin.scenario.calibration import calibration_path
from twin.scenario.equipment import ModuleBays, Rack
from twin.scenario.fingerprint import scenario_sha256
from twin.scenario.handling import parts_to_bays
from twin.scenario.station import RunProgramme, Station, Work

CARS_A_PORTION = 5
MOST_DIFFERENCE = 0.02
"""What the interval of the mean may reach at most, a fraction."""

_FIRST_SEED = 1
"""Calibrations count theirs from 1001."""

_SLOWER_ARRIVALS = 1.25
_SLOWER_COLLECTION = 1.5
"""In cycles of the cell."""

_CALLED_AWAY = (25, 60)
"""Begin and length of the absence, s: while the first car is worked on."""


@dataclass(frozen=True, slots=True)
class Portion:
    """Some cars of a cell under a condition, in both engines.

    Attributes:
        cell: Name of the cell's file without its ending.
        condition: Name of the condition.
        seed: Of both runs.
        basis: Digest of the cell and of its calibration.
        differences: (physics - flow) / physics of each car's cycle.
        throughput: The same of the cars per second.
    """

    cell: str
    condition: str
    seed: int
    basis: str
    differences: tuple[float, ...]
    throughput: float


@dataclass(frozen=True, slots=True)
class Row:
    """What all portions of a cell and condition say together.

    Attributes:
        cell: As above.
        condition: As above.
        cars: How many.
        cycle: Interval of the mean difference of cycle times.
        throughput: Mean difference of cars per second.
    """

    cell: str
    condition: str
    cars: int
    cycle: Interval
    throughput: float

    @property
    def ok(self) -> bool:
        """Whether the whole interval lies within what is asked for."""
        return max(-self.cycle.low, self.cycle.high) <= MOST_DIFFERENCE


@dataclass(frozen=True, slots=True)
class _Job:
    path: Path
    name: str
    condition: Condition
    seed: int
    basis: str


def conditions_of(path: Path) -> dict[str, Condition]:
    """Return the conditions that a cell can be put under, by name.

    Raises:
        TwinError: If the cell has no calibration.
    """
    scenario = load_scenario(path)
    cycle_s = _mean_cycle_s(path, scenario)
    found = {
        "undisturbed": Condition(),
        "slower arrivals": Condition(arrival_s=round(_SLOWER_ARRIVALS * cycle_s)),
    }
    if any(isinstance(each, Rack) for each in scenario.equipment.values()):
        slow_s = round(_SLOWER_COLLECTION * cycle_s)
        found["blocked exit"] = Condition(collected_after_s=slow_s)
    (station,) = scenario.stations.values()
    test_s = _slow_test_s(scenario, station, cycle_s)
    if test_s is not None:
        found["blocked exit"] = Condition(test_s=test_s)
    workers = [
        each.by for each in station.operations.values() if isinstance(each, Work)
    ]
    if workers:
        found["absence"] = Condition(absence=Absence(workers[0], *_CALLED_AWAY))
    return found


def _slow_test_s(scenario: Scenario, station: Station, cycle_s: float) -> int | None:
    """Return a test time with which bays take longer for a car's parts than the cell.

    None where no programme feeds any.
    """
    made = [
        bays
        for each in station.operations.values()
        if isinstance(each, RunProgramme)
        for bays in parts_to_bays(scenario, each.programme).values()
    ]
    if not made:
        return None
    bays = scenario.equipment[made[0]]
    assert isinstance(bays, ModuleBays)  # that is what parts_to_bays names
    return round(_SLOWER_COLLECTION * cycle_s * bays.bays / made.count(made[0]))


def run_suite(
    paths: Sequence[Path], kept: Path, cars: int, processes: int
) -> Iterator[Portion]:
    """Run what is missing of so many cars a cell and condition, and keep it.

    Args:
        paths: Cells, each with a calibration.
        kept: File of portions; gone on with if it is there.
        cars: Of each cell and condition, rounded up to whole portions.
        processes: Side by side.

    Yields:
        Each portion, once it is kept.

    Raises:
        TwinError: If a file cannot be read, or a cell has no calibration.
    """
    done = {(each.cell, each.condition, each.seed, each.basis) for each in read(kept)}
    jobs = [
        job
        for number in range(-(-cars // CARS_A_PORTION))
        for path in paths
        for job in _jobs(path, _FIRST_SEED + number)
        if (path.stem, job.name, job.seed, job.basis) not in done
    ]
    kept.parent.mkdir(parents=True, exist_ok=True)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        for portion in pool.map(_run, jobs):
            with kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(portion)) + "\n")
            yield portion


def read(kept: Path) -> list[Portion]:
    """Return the portions that a file holds; none without a file.

    Raises:
        TwinError: If a line is none.
    """
    if not kept.exists():
        return []
    found = []
    for number, line in enumerate(kept.read_text("utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            differences = tuple(float(each) for each in row.pop("differences"))
            found.append(Portion(**row, differences=differences))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise TwinError(
                f"{kept}:{number}: no portion; delete the line, and run it again"
            ) from error
    return found


def summary(paths: Sequence[Path], kept: Path) -> list[Row]:
    """Return what the portions say of the cells as they are now, two cars at least."""
    portions = read(kept)
    rows = []
    for path in paths:
        basis = basis_of(path, load_scenario(path))
        for name in conditions_of(path):
            mine = [
                each
                for each in portions
                if (each.cell, each.condition, each.basis) == (path.stem, name, basis)
            ]
            differences = [one for each in mine for one in each.differences]
            if len(differences) < 2:
                continue
            throughput = sum(each.throughput for each in mine) / len(mine)
            rows.append(
                Row(
                    path.stem,
                    name,
                    len(differences),
                    t_interval(differences),
                    throughput,
                )
            )
    return rows


def table(rows: Sequence[Row]) -> str:
    """Return rows as a table in Markdown."""
    lines = [
        "| cell | condition | cars | cycle time, mean and 95 % | throughput |",
        "|---|---|---|---|---|",
        *(
            f"| {row.cell} | {row.condition} | {row.cars} "
            f"| {100 * row.cycle.mean:+.3f} % "
            f"({100 * row.cycle.low:+.3f} to {100 * row.cycle.high:+.3f}) "
            f"| {100 * row.throughput:+.3f} % |"
            for row in rows
        ),
    ]
    return "\n".join(lines) + "\n"


def _jobs(path: Path, seed: int) -> list[_Job]:
    basis = basis_of(path, load_scenario(path))
    return [
        _Job(path, name, condition, seed, basis)
        for name, condition in conditions_of(path).items()
    ]


def _run(job: _Job) -> Portion:
    found = compare_engines(job.path, CARS_A_PORTION, job.seed, job.condition)
    assert found is not None  # without a limit of time all cars come through
    pairs = zip(found.physics.cycles_s(), found.flow.cycles_s(), strict=True)
    return Portion(
        job.path.stem,
        job.name,
        job.seed,
        job.basis,
        tuple(1.0 - flow_s / physics_s for physics_s, flow_s in pairs),
        found.throughput,
    )


def basis_of(path: Path, scenario: Scenario) -> str:
    """Return the digest of all that a portion depends on but the engines' code."""
    kept = calibration_path(path)
    if not kept.exists():
        raise TwinError(f"{path}: no calibration; run flins calibrate {path}")
    return hashlib.sha256(
        scenario_sha256(scenario).encode() + kept.read_bytes()
    ).hexdigest()


def _mean_cycle_s(path: Path, scenario: Scenario) -> float:
    kept = read_samples(
        calibration_path(path).with_suffix(".csv"),
        scenario_sha256(scenario),
        1.0 / float(scenario.physics.rate),
    )
    cycles_s = kept.cycle_times_s()
    if not cycles_s:
        raise TwinError(f"{path}: no calibration; run flins calibrate {path}")
    return sum(cycles_s) / len(cycles_s)
