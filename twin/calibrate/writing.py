"""A calibration as the text of its file: the same samples, the same bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from twin.calibrate.fits import Fitted, fit_law
from twin.calibrate.samples import CLEAR_COLUMN, Samples, operation_column
from twin.scenario import Scenario
from twin.scenario.station import ConveyOut

_DIGITS = 9

_KEYS = {
    "normal": ("mean", "sd"),
    "lognormal": ("mean", "sd"),
    "gamma": ("mean", "sd"),
    "triangular": ("low", "mode", "high"),
}


def calibration_text(scenario: Scenario, samples: Samples, csv_file: Path) -> str:
    """Return the text of a calibration.

    Args:
        scenario: The cell that was run.
        samples: Its times, at least one car.
        csv_file: Where they are kept, as seen from the scenario's folder.
    """
    station_id, station = next(iter(scenario.stations.items()))
    runs = len(samples.cars)
    source = f"physics, {runs} runs, sha {samples.scenario_sha256[:12]} of scenario"
    lines = [
        f"# Times of {scenario.name} as its physics takes them, by flins calibrate.",
        "# What is to differ belongs into the scenario, whose own times come first.",
        f"scenario: {scenario.name}",
        f"scenario_sha256: {samples.scenario_sha256}",
        f"runs: {runs}",
        f"first_seed: {samples.cars[0].seed}",
        "stations:",
        f"  {station_id}:",
    ]
    for name, operation in station.operations.items():
        times_s = samples.times_s(name)
        if not times_s:
            continue
        lines.append(f"    {name}:")
        column = operation_column(name)
        lines += _entry(times_s, samples.dt_s, source, csv_file, column, 6)
        if isinstance(operation, ConveyOut):
            lines.append("      clear:")
            clear_s = samples.clear_times_s()
            lines += _entry(clear_s, samples.dt_s, source, csv_file, CLEAR_COLUMN, 8)
        puts = [
            f"{key.removeprefix(f'{name}/')}: {_seconds(at_s)}"
            for key, at_s in samples.puts_s().items()
            if key.startswith(f"{name}/")
        ]
        if puts:
            lines.append(f"      puts: {{{', '.join(puts)}}}")
    return "\n".join(lines) + "\n"


def _entry(
    times_s: Sequence[float],
    tick_s: float,
    source: str,
    csv_file: Path,
    column: str,
    indent: int,
) -> list[str]:
    fitted = fit_law(times_s, tick_s)
    margin = " " * indent
    law = _law_text(fitted, source, csv_file, column)
    return [f"{margin}time: {law}", f"{margin}fit: {_fit_text(fitted)}"]


def _law_text(fitted: Fitted, source: str, csv_file: Path, column: str) -> str:
    origin = f"source: {json.dumps(source)}, confidence: B"
    if fitted.law == "constant":
        return f"{{law: constant, value: {_seconds(fitted.parameters[0])}, {origin}}}"
    if fitted.law == "empirical":
        file, name = json.dumps(csv_file.as_posix()), json.dumps(column)
        return f"{{law: empirical, file: {file}, column: {name}, unit: s, {origin}}}"
    keys = _KEYS[fitted.law]
    numbers = ", ".join(
        f"{key}: {_seconds(value)}"
        for key, value in zip(keys, fitted.parameters, strict=True)
    )
    return f"{{law: {fitted.law}, {numbers}, {origin}}}"


def _fit_text(fitted: Fitted) -> str:
    told = f"test: {fitted.test}, n: {fitted.n}"
    if fitted.test != "none":
        told += f", statistic: {fitted.statistic:.6f}, p: {fitted.p:.3f}"
    if fitted.refused:
        refused = ", ".join(f"{law}: {p:.3f}" for law, p in fitted.refused.items())
        told += f", refused: {{{refused}}}"
    return f"{{{told}}}"


def _seconds(value_s: float) -> str:
    return f"{value_s:.{_DIGITS}f}".rstrip("0").rstrip(".") + " s"
