"""Times measured under physics, kept in a file beside the scenario they belong to.

A cell ``scenarios/x.yaml`` has them in ``scenarios/calibrations/x.yaml``. They stand in
for times that the scenario does not give itself; what it gives, it keeps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from twin.scenario.document import load_document
from twin.scenario.fields import Count, Model, PositiveSeconds
from twin.scenario.fingerprint import scenario_sha256
from twin.scenario.laws import Law
from twin.scenario.model import Scenario
from twin.scenario.read import read_model, read_text
from twin.scenario.station import ConveyOut, Operation, RunProgramme, Station

_FOLDER = "calibrations"

Test = Literal["spread", "kolmogorov_smirnov", "none"]
"""How a law was judged: by the spread alone, by the largest distance of distribution
functions, or not at all, since what was measured stands for itself."""


class Fit(Model):
    """How well a law fits what was measured.

    Attributes:
        test: By which it was judged.
        n: How many times were measured.
        statistic: Of the test.
        p: Probability of a worse one, did the law hold.
        refused: Laws that did not fit, with their p.
    """

    test: Test
    n: Count
    statistic: float = Field(default=0.0, ge=0.0)
    p: Annotated[float, Field(ge=0.0, le=1.0)] = 1.0
    refused: dict[str, Annotated[float, Field(ge=0.0, le=1.0)]] = {}


class FittedTime(Model):
    """A law, and why it is this one."""

    time: Law
    fit: Fit


class FittedOperation(FittedTime):
    """An operation's time.

    Attributes:
        clear: Of what carries cars out: from then until they are clear.
        puts: Of a programme that feeds test bays: from its start until each part is
            on its conveyor, mean.
    """

    clear: FittedTime | None = None
    puts: dict[str, PositiveSeconds] = {}


class Calibration(Model):
    """The times of a cell's operations.

    Attributes:
        scenario: Name of the scenario.
        scenario_sha256: What it said when it was run.
        runs: How many runs; one car came through in each.
        first_seed: Of the first run; the others follow.
        stations: Operations by station.
    """

    scenario: str
    scenario_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    runs: Count
    first_seed: int = Field(ge=0, lt=2**32)
    stations: dict[str, dict[str, FittedOperation]]


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A scenario with the times of its calibration.

    Attributes:
        scenario: With them; as it was where there is no calibration.
        path: Of the calibration, None where there is none.
        stale: Whether it was made from another version of the scenario.
    """

    scenario: Scenario
    path: Path | None
    stale: bool


def calibration_path(scenario_path: Path) -> Path:
    """Return where the calibration of a scenario file is kept."""
    return scenario_path.parent / _FOLDER / f"{scenario_path.stem}.yaml"


def load_calibration(path: Path) -> Calibration:
    """Return the calibration that a file holds.

    Raises:
        ScenarioError: With file, line, what was found and what to do.
    """
    document = load_document(read_text(path, "a calibration"), str(path))
    return read_model(Calibration, document, str(path), "run flins calibrate again")


def calibrate_scenario(
    scenario: Scenario, scenario_path: Path, kept: Path | None = None
) -> Calibrated:
    """Return a scenario with the times that were measured for it.

    Args:
        scenario: As it was read.
        scenario_path: Its file.
        kept: The calibration; the one beside the scenario where None.

    Raises:
        ScenarioError: If the calibration cannot be read.
    """
    path = calibration_path(scenario_path) if kept is None else kept
    if kept is None and not path.exists():
        return Calibrated(scenario, None, stale=False)
    calibration = load_calibration(path)
    stale = calibration.scenario_sha256 != scenario_sha256(scenario)
    stations = {
        name: _timed(station, calibration.stations.get(name, {}))
        for name, station in scenario.stations.items()
    }
    timed = scenario.model_copy(update={"stations": stations})
    return Calibrated(timed, path, stale)


def _timed(station: Station, fitted: Mapping[str, FittedOperation]) -> Station:
    operations: dict[str, Operation] = {}
    for name, operation in station.operations.items():
        found = fitted.get(name)
        if found is not None:
            operation = _with_time(operation, found)
        operations[name] = operation
    return station.model_copy(update={"operations": operations})


def _with_time(operation: Operation, found: FittedOperation) -> Operation:
    if operation.time is None:
        operation = operation.model_copy(update={"time": found.time})
    clear = found.clear
    if isinstance(operation, ConveyOut) and operation.clear_time is None and clear:
        operation = operation.model_copy(update={"clear_time": clear.time})
    if isinstance(operation, RunProgramme) and not operation.puts and found.puts:
        operation = operation.model_copy(update={"puts": found.puts})
    return operation
