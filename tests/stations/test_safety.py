"""Each rule of safety stops what it is there to stop, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from twin.scenario import Scenario, read_scenario
from twin.scenario.safety import (
    Act,
    act_of,
    breaches,
    drained,
    effects_of,
    fired,
    granted,
    off,
    subject_of,
)
from twin.scenario.station import Station
from twin.state import MachineState, Reason
from twin.stations.condition import Condition
from twin.stations.events import (
    CarArrived,
    ExitBlocked,
    ExitFreed,
    HoldReleased,
    MachineFailed,
    MachineRepaired,
    OperationFinished,
    PauseOperation,
    PersonEntered,
    ProtectiveStop,
    RaiseAlarm,
    ResourcesChanged,
    ResumeOperation,
    ScrapCar,
    ShiftBegan,
    ShiftEnded,
    SpaceReset,
    StartOperation,
    StationCommand,
    StationEvent,
)
from twin.stations.logic import react
from twin.stations.station_state import StationState

CAR = """\
name: car
title: {en: Car, fr: Voiture}
start: 2026-01-05T06:00:00
products:
  ev:
    mass: 1000 kg
    parts:
      shell: {mass: 600 kg, material: steel}
      bonnet: {mass: 20 kg, material: steel}
      shield: {mass: 20 kg, material: plastic}
      plug: {mass: 1 kg, material: copper}
      airbag: {mass: 2 kg, material: steel, hazards: [pyrotechnic]}
      heater:
        mass: 7 kg
        material: iron
        after_any: [bonnet, shield]
        seized: {probability: 0.1, time: 9 min, yields: lose, ignites: true}
      tank: {mass: 50 kg, material: plastic, fluids: {fuel: {mass: 11 kg}}}
      pack:
        mass: 300 kg
        hazards: [high_voltage]
        after: [plug]
        fluids: {battery_coolant: {mass: 4 kg, residue: 1 kg}}
        parts: {module: {mass: 296 kg, material: cells}}
tanks: {fuels: {fluids: [fuel]}, coolants: {fluids: [battery_coolant]}}
stations:
  s:
    product: ev
    operations: OPERATIONS
    next: out
sinks: {out: {}}
"""


def scenario_of(operations: str) -> Scenario:
    return read_scenario(CAR.replace("OPERATIONS", operations))


CARS = scenario_of("{x: {do: task, time: 1 min}}")
EV = subject_of(CARS.products["ev"])

PACK_OFF = off("pack")
FIRED = fired("airbag")
ISOLATED = granted("hv_isolated")
DRY = drained("fuel")


def rules(act: Act, *facts: str) -> list[tuple[str, str]]:
    return [(each.rule, each.first) for each in breaches(EV, act, frozenset(facts))]


@pytest.mark.parametrize("part", ["pack", "module"])
def test_no_work_on_a_pack_before_isolation(part: str) -> None:
    act = Act(removes=frozenset([part]))
    assert ("hv_not_isolated", "hv_isolated") in rules(act, off("plug"))
    assert rules(act, off("plug"), ISOLATED) == []
    assert rules(Act(unscrews=True)) == [("hv_not_isolated", "hv_isolated")]
    assert rules(Act(removes=frozenset(["plug"]))) == []


def test_isolation_itself_needs_none() -> None:
    act = Act(removes=frozenset(["module"]), grants=frozenset(["hv_isolated"]))
    assert rules(act) == []


def test_pyrotechnics_go_before_fluids() -> None:
    act = Act(drains=frozenset(["fuel"]))
    assert rules(act) == [("pyrotechnics_live", "airbag")]
    assert rules(act, FIRED) == []
    assert rules(act, off("airbag")) == []
    # A pack's own coolant goes with the pack, before all else.
    assert rules(Act(drains=frozenset(["battery_coolant"]))) == []


def test_the_tilter_refuses_pack_then_pyrotechnics_then_fluids() -> None:
    act = Act(tilts=True)
    assert rules(act) == [("tilter_refuses", "pack")]
    assert rules(act, PACK_OFF) == [("tilter_refuses", "airbag")]
    assert rules(act, PACK_OFF, FIRED) == [("tilter_refuses", "fuel")]
    # The pack's coolant left with the pack.
    assert rules(act, PACK_OFF, FIRED, DRY) == []
    assert rules(act, PACK_OFF, FIRED, off("tank")) == []


def test_no_sparks_on_a_car_with_fuel() -> None:
    assert rules(Act(ignites=True)) == [("sparks_near_fuel", "fuel")]
    assert rules(Act(ignites=True), DRY) == []
    operation = scenario_of("{x: {do: task, time: 1 min, removes: [heater]}}")
    heater = operation.stations["s"].operations["x"]
    up = off("bonnet")
    assert rules(act_of(heater, EV), up) == []
    assert rules(act_of(heater, EV, True), up) == [("sparks_near_fuel", "fuel")]


def test_parts_come_off_in_the_order_of_their_graph() -> None:
    heater = Act(removes=frozenset(["heater"]))
    assert rules(heater) == [("part_blocked", "bonnet / shield")]
    assert rules(heater, off("shield")) == []
    assert rules(Act(removes=frozenset(["heater", "bonnet"]))) == []
    assert rules(Act(removes=frozenset(["pack"])), ISOLATED) == [
        ("part_blocked", "plug")
    ]


def test_what_comes_off_takes_what_hangs_on_it() -> None:
    effects = effects_of(Act(removes=frozenset(["pack"])), EV)
    assert effects == {off("pack"), off("module")}


def test_every_rule_has_its_clause_and_its_text(root_folder: Path) -> None:
    page = (root_folder / "docs" / "safety.md").read_text("utf-8")
    named = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    acts = [
        Act(unscrews=True),
        Act(drains=frozenset(["fuel"])),
        Act(tilts=True),
        Act(ignites=True),
        Act(removes=frozenset(["heater"])),
    ]
    found = {rule for act in acts for rule, _ in rules(act)}
    alarms = {rule for rule in named if f"`alarm.{rule}`" in page}
    assert found == alarms - {"person_inside"}
    assert len(found) == 5


# At run time ----------------------------------------------------------------


class Bench:
    """A station that hears events one by one."""

    def __init__(self, operations: str) -> None:
        self.scenario = scenario_of(operations)
        self.station = self.scenario.stations["s"]
        self.state = StationState()

    def hear(self, event: StationEvent) -> list[StationCommand]:
        self.state, commands = react(self.station, self.state, event)
        return commands

    def come(self, **more: object) -> list[StationCommand]:
        return self.hear(CarArrived(1, True, product="ev", subject=EV, **more))  # type: ignore[arg-type]

    @property
    def stands(self) -> tuple[MachineState, Reason]:
        return self.state.machine, self.state.reason


@pytest.mark.parametrize(
    ("operation", "text", "first"),
    [
        ("removes: [pack]", "alarm.hv_not_isolated", None),
        ("drains: {battery_coolant: {to: coolants}}", None, None),
        ("tilts: true", "alarm.tilter_refuses", "pack"),
        ("ignites: true", "alarm.sparks_near_fuel", "fuel"),
        ("removes: [heater]", "alarm.part_blocked", "bonnet / shield"),
    ],
)
def test_the_interpreter_refuses_what_breaks_a_rule(
    operation: str, text: str | None, first: str | None
) -> None:
    bench = Bench(f"{{x: {{do: task, time: 1 min, {operation}}}}}")
    commands = bench.come()
    if text is None:
        assert commands == [StartOperation("x")]
        return
    arguments = {"operation": "x"} | ({} if first is None else {"first": first})
    assert commands == [RaiseAlarm("x", text, arguments)]
    assert bench.stands == (MachineState.HELD, Reason.INTERLOCK)
    # It tries again when somebody says so, and refuses again.
    assert bench.hear(HoldReleased()) == commands


def test_what_was_done_at_an_earlier_station_counts() -> None:
    bench = Bench("{x: {do: task, time: 1 min, tilts: true}}")
    facts = frozenset([PACK_OFF, off("module"), FIRED, DRY])
    assert bench.come(facts=facts) == [StartOperation("x")]


def test_a_part_that_is_missing_is_off() -> None:
    bench = Bench("{x: {do: task, time: 1 min, removes: [heater]}}")
    missing = Condition(missing=frozenset(["shield"]))
    assert bench.come(condition=missing) == [StartOperation("x")]


def test_a_seized_part_that_is_burnt_off_waits_for_the_fuel() -> None:
    bench = Bench(
        "{b: {do: task, time: 1 min, removes: [bonnet]}, "
        "x: {do: task, time: 1 min, removes: [heater], after: [b]}}"
    )
    seized = Condition(seized=frozenset(["heater"]))
    bench.come(condition=seized)
    (alarm,) = bench.hear(OperationFinished("b"))
    assert isinstance(alarm, RaiseAlarm)
    assert alarm.text == "alarm.sparks_near_fuel"


def test_facts_of_one_car_are_not_the_next_ones() -> None:
    bench = Bench("{p: {do: task, time: 1 min, removes: [plug]}}")
    bench.come()
    bench.hear(OperationFinished("p"))
    assert off("plug") in bench.state.facts
    bench.state = StationState(free=bench.state.free)
    bench.come()
    assert off("plug") not in bench.state.facts


# Waiting, as PackML has it ---------------------------------------------------


@pytest.fixture
def two() -> Bench:
    text = CAR.replace(
        "OPERATIONS",
        "{a: {do: task, time: 1 min, people: {fit: 1}, takes: {kits: 1}, "
        "at_shift_end: pause}, b: {do: task, time: 1 min, after: [a], "
        "on_failure: restart}}",
    )
    text += "crews: {f: {count: 1, skills: [fit]}}\n"
    text += "stores: {kits: {product: kit, stock: 5}}\n"
    text += "sources: {in: {product: ev, every: 1 h, next: s}}\n"
    bench = Bench("{x: {do: task, time: 1 min}}")
    bench.scenario = read_scenario(
        text.replace("products:\n", "products:\n  kit: {}\n")
    )
    bench.station = bench.scenario.stations["s"]
    return bench


def test_own_material_or_operator_missing_is_held(two: Bench) -> None:
    two.hear(ResourcesChanged({"people/fit": 0, "stores/kits": 0}))
    assert two.come() == []
    assert two.stands == (MachineState.HELD, Reason.OWN_MATERIAL_MISSING)
    assert two.hear(ResourcesChanged({"stores/kits": 1})) == []
    assert two.stands == (MachineState.HELD, Reason.OPERATOR_MISSING)
    assert two.hear(ResourcesChanged({"people/fit": 1})) == [StartOperation("a")]
    assert two.stands == (MachineState.EXECUTE, Reason.NONE)
    assert dict(two.state.free) == {"people/fit": 0, "stores/kits": 0}
    two.hear(OperationFinished("a"))
    assert dict(two.state.free) == {"people/fit": 1, "stores/kits": 0}


def test_blocked_is_suspended(two: Bench) -> None:
    two.come()
    two.hear(OperationFinished("a"))
    two.hear(ExitBlocked())
    assert two.stands == (MachineState.EXECUTE, Reason.NONE)
    two.hear(OperationFinished("b"))
    assert two.stands == (MachineState.SUSPENDED, Reason.BLOCKED)
    two.hear(ExitFreed())
    assert two.stands == (MachineState.EXECUTE, Reason.NONE)


def test_off_shift_is_the_calendars_and_work_goes_on_after_it(two: Bench) -> None:
    two.hear(ResourcesChanged({"people/fit": 1, "stores/kits": 1}))
    two.come()
    assert two.hear(ShiftEnded()) == [PauseOperation("a")]
    assert two.stands == (MachineState.EXECUTE, Reason.OFF_SHIFT)
    assert dict(two.state.free) == {"people/fit": 1, "stores/kits": 0}
    # Its stock it has already.
    assert two.hear(ShiftBegan()) == [ResumeOperation("a")]
    assert two.stands == (MachineState.EXECUTE, Reason.NONE)


def test_a_fault_aborts_and_what_ran_goes_on_or_begins_again(two: Bench) -> None:
    two.come()
    assert two.hear(MachineFailed()) == [PauseOperation("a")]
    assert two.stands == (MachineState.ABORTED, Reason.FAULT)
    assert two.hear(MachineRepaired()) == [ResumeOperation("a")]
    two.hear(OperationFinished("a"))
    assert two.hear(MachineFailed()) == [PauseOperation("b")]
    assert two.hear(MachineRepaired()) == [StartOperation("b")]
    assert two.stands == (MachineState.EXECUTE, Reason.NONE)


def test_a_fault_may_spoil_the_car(two: Bench) -> None:
    station = two.station
    spoilt = station.operations["a"].model_copy(update={"on_failure": "scrap"})
    two.station = station.model_copy(
        update={"operations": {**station.operations, "a": spoilt}}
    )
    two.come()
    assert two.hear(MachineFailed()) == [PauseOperation("a"), ScrapCar(1)]
    two.hear(MachineRepaired())
    assert two.state.car == 0
    assert two.state.machine is MachineState.IDLE


def test_a_person_in_a_robots_space_stops_it_until_somebody_resets() -> None:
    device = (
        "{r: {do: table_up, label: {en: R, fr: R}, by: robot}, "
        "h: {do: table_up, label: {en: H, fr: H}, by: hand}, "
        "l: {do: table_up, label: {en: L, fr: L}, by: robot, after: [r]}}"
    )
    bench = Bench("{x: {do: task, time: 1 min}}")
    bench.station = Station.model_validate(
        {"operations": YAML(typ="safe", pure=True).load(device)}
    )
    assert bench.come() == [StartOperation("r"), StartOperation("h")]
    stop, pause, alarm = bench.hear(PersonEntered("robot"))
    assert (stop, pause) == (ProtectiveStop("robot"), PauseOperation("r"))
    assert isinstance(alarm, RaiseAlarm)
    assert alarm.text == "alarm.person_inside"
    assert bench.stands == (MachineState.EXECUTE, Reason.NONE)
    bench.hear(OperationFinished("h"))
    assert bench.stands == (MachineState.HELD, Reason.INTERLOCK)
    assert bench.hear(HoldReleased()) == []
    assert bench.stands == (MachineState.HELD, Reason.INTERLOCK)
    assert bench.hear(SpaceReset("robot")) == [ResumeOperation("r")]
    assert bench.hear(OperationFinished("r")) == [StartOperation("l")]
