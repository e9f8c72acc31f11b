"""What was measured, kept as a table: one line a run, one column an operation.

The same file is what a calibration goes on from, and what empirical laws draw from.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from twin.calibrate.sampling import CarTimes
from twin.errors import TwinError

_SCENARIO = "scenario_sha256"
_SEED = "seed"
_CYCLE = "cycle_s"
_CLEAR = "clear_s"
_OPERATION = "operations."
_PUT = "puts."
_DECIMALS = 6


def operation_column(operation: str) -> str:
    """Return the name of an operation's column."""
    return _OPERATION + operation


CLEAR_COLUMN = _CLEAR
"""Name of the column with the times from the exit line until the car is clear."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Runs of one scenario under physics.

    Attributes:
        scenario_sha256: Of the scenario that was run.
        dt_s: Length of a tick, s.
        cars: One a run, by seed.
    """

    scenario_sha256: str
    dt_s: float
    cars: tuple[CarTimes, ...]

    def times_s(self, operation: str) -> list[float]:
        """Return what an operation took, by seed, where it was done."""
        return [
            car.operations[operation] * self.dt_s
            for car in self.cars
            if operation in car.operations
        ]

    def puts_s(self) -> dict[str, float]:
        """Return when each part was on its conveyor, from its programme's start, mean.

        By operation and part, such as "modules_off/module_01"; in the cars' order.
        """
        names = list(dict.fromkeys(name for car in self.cars for name in car.puts))
        found = {}
        for name in names:
            ticks = [car.puts[name] for car in self.cars if name in car.puts]
            found[name] = sum(ticks) / len(ticks) * self.dt_s
        return found

    def clear_times_s(self) -> list[float]:
        """Return how long each car was on its way from the exit until clear."""
        return [car.clear * self.dt_s for car in self.cars]

    def cycle_times_s(self) -> list[float]:
        """Return how long each car was there, until it was carried out."""
        return [car.cycle * self.dt_s for car in self.cars]

    def joined(self, more: Sequence[CarTimes]) -> Samples:
        """Return these and more, each seed once, in their order."""
        by_seed = {car.seed: car for car in (*self.cars, *more)}
        cars = tuple(by_seed[seed] for seed in sorted(by_seed))
        return Samples(self.scenario_sha256, self.dt_s, cars)


def write_samples(path: Path, samples: Samples, operations: Sequence[str]) -> None:
    """Write samples as CSV, whole or not at all; the same samples, the same bytes."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    columns = [operation_column(name) for name in operations]
    puts = list(samples.puts_s())
    columns += [_PUT + name for name in puts]
    writer.writerow([_SCENARIO, _SEED, _CYCLE, _CLEAR, *columns])
    for car in samples.cars:
        ticks = [car.cycle, car.clear, *(car.operations.get(n) for n in operations)]
        ticks += [car.puts.get(name) for name in puts]
        cells = [
            "" if n is None else f"{n * samples.dt_s:.{_DECIMALS}f}" for n in ticks
        ]
        writer.writerow([samples.scenario_sha256, car.seed, *cells])
    write_whole(path, text.getvalue())


def write_whole(path: Path, text: str) -> None:
    """Write a text file that appears whole or not at all.

    Raises:
        TwinError: If it cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, "utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise TwinError(
            f"{path}: cannot be written ({error.strerror}); choose another place"
        ) from error


def read_samples(path: Path, scenario_sha256: str, dt_s: float) -> Samples:
    """Return what a file holds of one scenario; nothing where there is no file.

    Args:
        path: As ``write_samples`` wrote it.
        scenario_sha256: Of the scenario; lines of others are left out.
        dt_s: Length of a tick, s.

    Raises:
        TwinError: With file and line, if something in it is no such line.
    """
    if not path.exists():
        return Samples(scenario_sha256, dt_s, ())
    cars = []
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        for row in rows:
            try:
                if row[_SCENARIO] != scenario_sha256:
                    continue
                cars.append(_car_of(row, dt_s))
            except (KeyError, TypeError, ValueError) as error:
                raise TwinError(
                    f"{path}:{rows.line_num}: no line of flins calibrate; delete the "
                    "file, and calibrate again"
                ) from error
    return Samples(scenario_sha256, dt_s, ()).joined(cars)


def _car_of(row: dict[str, str], dt_s: float) -> CarTimes:
    def ticks(cell: str) -> int:
        return round(float(cell) / dt_s)

    def below(prefix: str) -> dict[str, int]:
        return {
            name.removeprefix(prefix): ticks(cell)
            for name, cell in row.items()
            if name.startswith(prefix) and cell
        }

    return CarTimes(
        seed=int(row[_SEED]),
        operations=below(_OPERATION),
        puts=below(_PUT),
        clear=ticks(row[_CLEAR]),
        cycle=ticks(row[_CYCLE]),
    )
