"""What a step costs as loose bodies grow in number: boxes on a running belt."""

from __future__ import annotations

import statistics
import time
from typing import Any

import numpy as np

from twin.bench.machine import load_1min
from twin.physics.conveyors.drive import Drive
from twin.physics.conveyors.straight import BeltConveyor
from twin.physics.world import Link, Shape, World
from twin.transforms import transform

_DT_S = 1 / 240
_SIZES = (10, 25, 50, 100, 200, 400)
_PITCH_M = 0.6
_ROW_PITCH_M = 0.8
_N_ROWS = 4
_REPEATS = 5


def bodies(*, quick: bool) -> dict[str, Any]:
    """Measure a step with 10 to 400 loose boxes that ride on belts.

    Sizes take turns over the same number of steps, so that a busy neighbour hits all
    alike. Boxes do not touch each other, so that only their number grows.

    Args:
        quick: Fewer steps.

    Returns:
        A table with a row for each size: us a step, and us a step and body, as the
        median and the spread of repeats, and how much that is above the first row.
    """
    n_steps = 30 if quick else 240
    cells = {n: _Belts(n) for n in _SIZES}
    costs_us: dict[int, list[float]] = {n: [] for n in _SIZES}
    try:
        for cell in cells.values():
            cell.run(60)
        for _ in range(_REPEATS):
            for n, cell in cells.items():
                began = time.perf_counter()
                cell.run(n_steps)
                wall_s = time.perf_counter() - began
                costs_us[n].append(1e6 * wall_s / n_steps)
    finally:
        for cell in cells.values():
            cell.world.close()
    first_us = statistics.median(costs_us[_SIZES[0]]) / _SIZES[0]
    rows = []
    for n in _SIZES:
        step_us = statistics.median(costs_us[n])
        rows.append(
            {
                "bodies": n,
                "us_per_step": round(step_us, 1),
                "us_per_step_and_body": round(step_us / n, 2),
                "us_per_step_and_body_spread": [
                    round(min(costs_us[n]) / n, 2),
                    round(max(costs_us[n]) / n, 2),
                ],
                "times_first": round(step_us / n / first_us, 2),
            }
        )
    return {"sizes": rows, "steps": n_steps * _REPEATS, "load_1min": load_1min()}


class _Belts:
    """Four belts side by side with so many boxes on them."""

    def __init__(self, n_boxes: int) -> None:
        self.world = World(_DT_S)
        per_row = -(-n_boxes // _N_ROWS)
        # Long enough that none has come to the end when the bench does.
        length_m = per_row * _PITCH_M + 20.0
        self._belts = [
            BeltConveyor(
                self.world,
                f"belt_{row}",
                transform((0.0, row * _ROW_PITCH_M, 0.0)),
                length_m,
                0.6,
                Drive(_DT_S, 0.3, 0.5),
                0.5,
            )
            for row in range(_N_ROWS)
        ]
        link = Link("box", 5.0, (Shape("box", (0.4, 0.3, 0.2)),))
        for number in range(n_boxes):
            row, place = number % _N_ROWS, number // _N_ROWS
            at_m = np.array([0.5 + place * _PITCH_M, row * _ROW_PITCH_M, 0.1])
            self.world.add(f"box_{number}", [link], transform(at_m))
        for belt in self._belts:
            belt.run()

    def run(self, n_steps: int) -> None:
        for _ in range(n_steps):
            for belt in self._belts:
                belt.before_step()
            self.world.step()
