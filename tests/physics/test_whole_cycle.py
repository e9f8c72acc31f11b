"""The shipped cell takes a battery out of a car, start to end, as it should."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from cells import STATION, joints, machine, order, shipped
from watched import WatchedCycle

from twin.state import MachineState, Reason, Severity

pytestmark = pytest.mark.slow

STEPS = (
    "receive",
    "twelve_volt_off",
    "plug_out",
    "hv_isolated",
    "coolant_out",
    "connectors_off",
    "arms_in",
    "raise_car",
    "table_up",
    "measure",
    "unscrew",
    "check_free",
    "table_down",
    "pack_out",
    "lower_car",
    "arms_out",
    "leave",
)
DRAINED_KG = 2.7
PACK_N = (326.0 - DRAINED_KG) * 9.80665


def test_every_operation_begins_and_ends_once_in_order(cycle: WatchedCycle) -> None:
    # The next car may have begun: its operations are not this one's.
    left = cycle.told("CarLeft")[0].serial
    begun, ended = (
        [e.arguments["step"] for e in cycle.told(kind) if e.serial < left]
        for kind in ("OperationStarted", "OperationFinished")
    )
    assert begun == list(STEPS)
    assert sorted(map(str, ended)) == sorted(STEPS)
    for earlier, later in itertools.pairwise(STEPS):
        if later == "lower_car":
            earlier = "table_down"  # the pack leaves while the car comes down
        assert cycle.step(earlier)[1] <= cycle.step(later)[0], (earlier, later)


def test_events_are_numbered_and_in_order_of_time(cycle: WatchedCycle) -> None:
    assert [e.serial for e in cycle.events] == list(range(1, len(cycle.events) + 1))
    ticks = [event.tick for event in cycle.events]
    assert ticks == sorted(ticks)
    for event in cycle.events:
        assert event.sim_time_s == event.tick * cycle.engine.dt_s


def test_nothing_goes_wrong(cycle: WatchedCycle) -> None:
    assert [e for e in cycle.events if e.severity != Severity.INFO] == []
    assert cycle.told("RobotTouched") == []
    assert cycle.engine.kpi()["alarms"] == 0


def test_a_first_cycle_takes_under_eight_minutes(cycle: WatchedCycle) -> None:
    """From an empty cell to a car gone and a battery out."""
    gone_s = cycle.told("CarLeft")[0].sim_time_s
    assert gone_s < 8 * 60
    kpi = cycle.engine.kpi()
    assert kpi["batteries_out"] == 1
    assert kpi["cars_out"] == 1
    assert kpi["cycle_time_s"] < gone_s


def test_steps_on_the_critical_path_add_up_to_the_cycle(cycle: WatchedCycle) -> None:
    kpi = cycle.engine.kpi()
    assert sum(kpi["cycle_steps"].values()) == pytest.approx(
        kpi["cycle_time_s"], abs=1e-9
    )
    (last,) = cycle.engine.cell.cycles
    # In ticks they add up exactly; seconds only show them.
    assert sum(last.step_ticks.values()) == last.exit_tick - last.entry_tick
    # The pack runs to the rack beside it: not on the path, though it is done.
    assert list(kpi["cycle_steps"]) == [step for step in STEPS if step != "pack_out"]
    entry = cycle.told("EntryCrossed")[0].sim_time_s
    assert cycle.step("leave")[1] - entry == pytest.approx(kpi["cycle_time_s"])


def test_the_car_comes_at_belt_speed_and_stops_near_its_mark(
    cycle: WatchedCycle,
) -> None:
    entry_s, end_s = cycle.told("EntryCrossed")[0].sim_time_s, cycle.step("receive")[1]
    # A second after the entry the ramp is over; two seconds before the end it runs.
    first, last = cycle.at(entry_s + 1.0), cycle.at(end_s - 2.0)
    assert first.car_m is not None
    assert last.car_m is not None
    way_m = float(last.car_m[0] - first.car_m[0])
    run_s = last.frame.sim_time_s - first.frame.sim_time_s
    assert way_m / run_s == pytest.approx(0.3, rel=1e-3)
    stood = cycle.at(end_s + 1.0)
    assert stood.car_m is not None
    # The stated errors, and a tick's way where the beam is looked at.
    assert abs(float(stood.car_m[0])) < 0.015 + 0.3 / 240 + 1e-3
    assert abs(float(stood.car_m[1])) < 0.015 + 2 * 4.6 * np.radians(1.0)
    assert float(stood.car_m[2]) == pytest.approx(0.6, abs=1e-3)
    drawn_m = cycle.engine.cell.cars.get(1)
    assert drawn_m is None or drawn_m.stop_error_m != 0.0


def test_the_lift_carries_car_and_pack_up_and_holds_them_still(
    cycle: WatchedCycle,
) -> None:
    hanging = cycle.during("unscrew")
    heights = np.array([s.car_m for s in hanging if s.car_m is not None])
    assert heights[:, 2] == pytest.approx(0.6 + 1.325 - 0.015, abs=1e-3)
    # Over a minute and a half of bolts being turned, the car keeps its place.
    assert np.ptp(heights, axis=0).max() < 2e-4
    assert [e.kind for e in cycle.events].count("LiftLatched") == 1


def test_the_table_stops_where_it_feels_the_pack(cycle: WatchedCycle) -> None:
    (felt,) = cycle.told("LoadFelt")
    begin_s, end_s = cycle.step("table_up")
    assert begin_s < felt.sim_time_s <= end_s
    assert 400.0 <= float(felt.arguments["load_n"]) <= 900.0


def test_two_minutes_in_the_robot_works_at_the_pack(cycle: WatchedCycle) -> None:
    sample = cycle.at(120.0)
    assert sample.frame.sim_time_s == 120.0
    frame, engine = sample.frame, cycle.engine
    assert machine(engine, frame, "robot") == (MachineState.EXECUTE, Reason.NONE)
    assert machine(engine, frame, STATION) == (MachineState.EXECUTE, Reason.NONE)
    assert machine(engine, frame, "lift")[0] is MachineState.IDLE
    assert sample.pack_m is not None
    below_m = float(sample.pack_m[2] - sample.tip_m[2])
    assert 0.0 < below_m < 0.17 + 0.012  # never deeper than its dive
    away_m = np.abs(sample.tip_m[:2] - sample.pack_m[:2])
    assert away_m[0] < 0.80
    assert away_m[1] < 0.50
    assert 0 < sample.fasteners_in < 16


def test_all_sixteen_fasteners_come_out_in_the_stated_order(
    cycle: WatchedCycle,
) -> None:
    out = [event.arguments["fastener"] for event in cycle.told("FastenerOut")]
    assert out == order(shipped())
    assert len(set(out)) == 16
    counts = [sample.fasteners_in for sample in cycle.during("unscrew")]
    assert counts == sorted(counts, reverse=True)
    assert cycle.engine.cell.devices.arm.magazine_kg == pytest.approx(
        sum(f.mass_kg for f in cycle.engine.cell.design.fasteners)
    )


def test_the_table_carries_the_pack_by_its_weight_after_the_last_fastener(
    cycle: WatchedCycle,
) -> None:
    last_s = cycle.told("FastenerOut")[-1].sim_time_s
    end_s = cycle.step("unscrew")[1]
    resting = [s for s in cycle.samples if last_s + 1 <= s.frame.sim_time_s <= end_s]
    assert len(resting) > 4
    for sample in resting:
        assert sample.fasteners_in == 0
        assert cycle.scalar(sample, "table_load") == pytest.approx(PACK_N, rel=2e-3)
    weighed = cycle.during("check_free")[-1]
    assert cycle.scalar(weighed, "table_load") == pytest.approx(PACK_N, rel=2e-3)


def test_the_pack_follows_the_table_down_and_goes_into_the_rack(
    cycle: WatchedCycle,
) -> None:
    down_s, rack_s = cycle.step("table_down")[1], cycle.step("pack_out")[1]
    lying = cycle.at(down_s + 0.25).pack_m
    assert lying is not None
    assert float(lying[2]) == pytest.approx(0.16, abs=1e-3)  # on the belts
    assert abs(float(lying[1])) < 0.03
    stored = cycle.at(rack_s + 2.0).pack_m
    assert stored is not None
    assert float(stored[1]) == pytest.approx(5.5, abs=0.1)
    assert float(stored[2]) == pytest.approx(0.16, abs=1e-3)


def test_mass_is_neither_made_nor_lost(cycle: WatchedCycle) -> None:
    """In equals out and held at every moment, within rounding."""
    assert max(sample.mass_balance_error for sample in cycle.samples) < 1e-12
    cell = cycle.engine.cell
    # It is the bodies that are weighed: one of them heavier, and it shows.
    car = next(car for car in cell.cars.values() if car.body is not None)
    body = car.body_here()
    body.add_mass(body.base_link, 1.0)
    assert cell.mass_balance_error() == pytest.approx(1 / (1502 * cell.cars_in))
    body.add_mass(body.base_link, -1.0)


def test_the_arm_follows_its_profile_within_its_torques(cycle: WatchedCycle) -> None:
    kpi = cycle.engine.kpi()
    # A ten-thousandth of a radian is a third of a millimetre at full reach.
    assert 0.0 < kpi["peak_tracking_error_rad"] < 1e-4
    assert 0.1 < kpi["peak_torque_over_limit"] < 1.0
    working = cycle.during("unscrew")
    worst = max(sample.tracking_error_rad for sample in working)
    assert worst <= kpi["peak_tracking_error_rad"]


def test_frames_show_the_joints_as_they_are(cycle: WatchedCycle) -> None:
    engine, devices = cycle.engine, cycle.engine.cell.devices
    arm, frame = devices.arm, cycle.engine.frame()
    shown = joints(engine, frame, arm.joint_links)
    for link, value in zip(arm.joint_links, shown, strict=True):
        index = arm.body.link_index[link]
        state = arm.body.world.call("getJointState", arm.body.body_id, index)
        assert value == state[0]
    assert shown == pytest.approx(arm.home_rad.tolist(), abs=1e-4)
    (height_m,) = joints(engine, frame, [devices.table.link])
    assert height_m == pytest.approx(0.0, abs=1e-3)
    assert joints(engine, frame, devices.lift.links) == pytest.approx(
        [0.0] * len(devices.lift.links), abs=1e-3
    )


def test_the_next_car_enters_when_the_line_is_free(cycle: WatchedCycle) -> None:
    entered = cycle.told("CarEntered")
    left = cycle.told("CarLeft")[0]
    assert [event.arguments["car"] for event in entered][:1] == [1]
    for event in entered[1:]:
        assert event.serial > left.serial
