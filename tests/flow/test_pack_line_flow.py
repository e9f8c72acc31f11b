"""The pack line in flow: what a programme puts on a conveyor comes to test bays."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.flow.car_log import CarLog
from twin.flow.cell_lines import PARTS_OUT
from twin.flow.cells import CARS_OUT, flow_of_cell
from twin.flow.run import FlowRun, open_run
from twin.scenario import load_scenario
from twin.scenario.laws import Constant
from twin.scenario.station import ConveyOut, Operation, RunProgramme
from twin.units import Quantity

_STATION, _MODULES = "pack_opening", 12
_TIME_S, _CLEAR_S, _UNTIL_S = 50.0, 2.0, 6000.0
# Clamp and camera go beside the person's work; six follow each other besides modules.
_CYCLE_S = 7 * _TIME_S + _CLEAR_S
_ZONES, _BAYS = 6, 3
_WAY_S = 2.4 / 0.25
_RIDE_S, _STAY_S = 8.0, 64.0


def _run(root_folder: Path, modules_s: float) -> tuple[FlowRun, CarLog]:
    """Run flow with operations of 50 s, and another time for the modules."""
    path = root_folder / "scenarios" / "cells" / "pack_line.yaml"
    scenario = load_scenario(path)
    station = scenario.stations[_STATION]
    operations: dict[str, Operation] = {}
    for name, operation in station.operations.items():
        of_modules = isinstance(operation, RunProgramme) and name == "modules_off"
        time_s = modules_s if of_modules else _TIME_S
        more: dict[str, object] = {"time": Constant(value=Quantity(time_s, "s"))}
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
    return run, log


def _last_put_s(modules_s: float) -> float:
    """Return when the last module finds a zone, from the programme's start.

    Parts are taken off once they are at the end, the car is back, and a bay is free; a
    put needs a part fewer on the conveyor than it has zones.
    """
    share_s = modules_s / (_MODULES + 1)
    puts_s: list[float] = []
    taken_s: list[float] = []
    for number in range(_MODULES):
        put_s = (puts_s[-1] if puts_s else 0.0) + share_s
        if number >= _ZONES:
            put_s = max(put_s, taken_s[number - _ZONES])
        puts_s.append(put_s)
        at_s = put_s + _WAY_S
        if number:
            at_s = max(at_s, taken_s[-1] + _RIDE_S)
        if number >= _BAYS:
            at_s = max(at_s, taken_s[number - _BAYS] + _STAY_S)
        taken_s.append(at_s)
    return puts_s[-1]


@pytest.mark.parametrize("modules_s", [50.0, 80.0, 300.0])
def test_a_full_conveyor_holds_the_robot(root_folder: Path, modules_s: float) -> None:
    """Slower than three bays test, it never waits; faster, it waits for the bays."""
    run, log = _run(root_folder, modules_s)
    last_s = _last_put_s(modules_s)
    rest_s = modules_s / (_MODULES + 1)
    waited_s = last_s + rest_s - modules_s
    assert (waited_s > 1.0) == (modules_s < 200.0)
    cycle_s = _CYCLE_S + modules_s + waited_s
    assert log.began_s[1] - log.began_s[0] == pytest.approx(cycle_s)
    packs = round(run.figures()[f"node.{CARS_OUT}.throughput_per_s"] * _UNTIL_S)
    tested = round(run.figures()[f"node.{PARTS_OUT}.throughput_per_s"] * _UNTIL_S)
    assert packs == int((_UNTIL_S - 0.5) / cycle_s)
    assert packs > 5
    # Those of the last pack may still be there; the bays keep up.
    assert _MODULES * (packs - 1) <= tested <= _MODULES * (packs + 1)
