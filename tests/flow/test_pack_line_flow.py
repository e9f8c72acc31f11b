"""The pack line in flow: what a programme puts on a conveyor comes to test bays."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.flow.car_log import CarLog
from twin.flow.cells import CARS_OUT, PARTS_OUT, flow_of_cell
from twin.flow.run import open_run
from twin.scenario import load_scenario
from twin.scenario.laws import Constant
from twin.scenario.station import ConveyOut, Operation
from twin.units import Quantity

_STATION, _MODULES = "pack_opening", 12
_TIME_S, _CLEAR_S, _UNTIL_S = 50.0, 2.0, 3000.0
# Clamp and camera go beside the person's work; the other eight follow each other.
_CYCLE_S = 8 * _TIME_S + _CLEAR_S
_BATCHES, _STAY_S = _MODULES / 3, 64.0


def test_modules_pass_three_bays_at_once(root_folder: Path) -> None:
    """All come when the programme ends, three at a time stay for transfer and test."""
    path = root_folder / "scenarios" / "cells" / "pack_line.yaml"
    scenario = load_scenario(path)
    time = Constant(value=Quantity(_TIME_S, "s"))
    station = scenario.stations[_STATION]
    operations: dict[str, Operation] = {}
    for name, operation in station.operations.items():
        more: dict[str, object] = {"time": time}
        if isinstance(operation, ConveyOut):
            more["clear_time"] = Constant(value=Quantity(_CLEAR_S, "s"))
        operations[name] = operation.model_copy(update=more)
    timed = scenario.model_copy(
        update={
            "stations": {
                _STATION: station.model_copy(update={"operations": operations})
            }
        }
    )
    run = open_run(flow_of_cell(timed, path), path.parent, _UNTIL_S, seed=1)
    log = CarLog(run.plant, _STATION)
    run.log_to("trace", log.take)
    run.advance(_UNTIL_S)
    run.check()
    assert log.began_s[1] - log.began_s[0] == pytest.approx(_CYCLE_S)
    packs = round(run.figures()[f"node.{CARS_OUT}.throughput_per_s"] * _UNTIL_S)
    tested = round(run.figures()[f"node.{PARTS_OUT}.throughput_per_s"] * _UNTIL_S)
    assert packs == int((_UNTIL_S - 0.5) / _CYCLE_S)
    assert packs > 5
    # Those of the last pack may still be there; the bays keep up.
    assert _BATCHES * _STAY_S < _CYCLE_S
    assert _MODULES * (packs - 1) <= tested <= _MODULES * (packs + 1)
