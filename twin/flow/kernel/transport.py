"""Vehicles: called by parts, sent by rule, loaded, driven, unloaded, charged."""

from __future__ import annotations

from twin.flow.kernel.agenda import set_clock
from twin.flow.kernel.ledger import note_part, pend
from twin.flow.kernel.people import distance_m
from twin.flow.kernel.pointers import Record, compiled
from twin.flow.kernel.records import (
    AWAITS_CHARGER,
    CARRIED,
    CARRYING,
    CHARGING,
    LOADING,
    PARKED,
    T_LOADED,
    TO_CHARGER,
    TO_PART,
    UNLOADING,
    fleet_of,
    fleet_plan,
    node_plan,
    part_of,
    vehicle_of,
)
from twin.flow.kernel.ways import depart, enter, hold_place, sample_s


@compiled
def _set_vehicle(s: Record, v: int, state: int) -> None:
    vehicle = vehicle_of(s, v)
    vehicle.time_in[vehicle.state] += s.now - vehicle.since
    vehicle.since = s.now
    vehicle.state = state


@compiled
def _drive(p: Record, s: Record, v: int, to: int, speed_mps: float) -> float:
    """Send a vehicle to a place; return how far that is, m."""
    vehicle = vehicle_of(s, v)
    way_m = distance_m(p, vehicle.place, to)
    vehicle.left_m -= way_m
    if to >= 0:
        vehicle.place = to
    set_clock(p, s, vehicle.clock, s.now + way_m / speed_mps)
    return way_m


@compiled
def _nearest_parked(p: Record, s: Record, plan: Record, place: int) -> int:
    """Return the parked vehicle nearest to a place; of equals who rests longest."""
    best = -1
    best_m = 0.0
    for v in range(plan.first_vehicle, plan.first_vehicle + plan.n_vehicles):
        vehicle = vehicle_of(s, v)
        if vehicle.state != PARKED:
            continue
        away_m = distance_m(p, vehicle.place, place)
        if (
            best < 0
            or away_m < best_m
            or (away_m == best_m and vehicle.since < vehicle_of(s, best).since)
        ):
            best = v
            best_m = away_m
    return best


@compiled
def _take_call(s: Record, fleet: Record, k: int) -> None:
    """Take a part out of the row of those that called."""
    part = part_of(s, k)
    if part.wait_prev < 0:
        fleet.wait_first = part.wait_next
    else:
        part_of(s, part.wait_prev).wait_next = part.wait_next
    if part.wait_next < 0:
        fleet.wait_last = part.wait_prev
    else:
        part_of(s, part.wait_next).wait_prev = part.wait_prev
    part.wait_next = -1
    part.wait_prev = -1
    fleet.n_waiting -= 1


@compiled
def dispatch(p: Record, s: Record, f: int) -> None:
    """Send a fleet's parked vehicles to the parts that called."""
    plan = fleet_plan(p, f)
    fleet = fleet_of(s, f)
    while fleet.n_waiting > 0 and fleet.open == 1:
        k = fleet.wait_first
        v = _nearest_parked(p, s, plan, node_plan(p, part_of(s, k).node).place)
        if v < 0:
            return
        if plan.nearest == 1:
            # The shortest empty way of all; of equals the oldest call.
            best_m = -1.0
            called = fleet.wait_first
            while called >= 0:
                place = node_plan(p, part_of(s, called).node).place
                near = _nearest_parked(p, s, plan, place)
                away_m = distance_m(p, vehicle_of(s, near).place, place)
                if best_m < 0.0 or away_m < best_m:
                    best_m = away_m
                    k = called
                    v = near
                called = part_of(s, called).wait_next
        _take_call(s, fleet, k)
        part = part_of(s, k)
        part.vehicle = v
        fleet.wait_sum_s += s.now - part.wait_since_s
        fleet.served += 1
        vehicle = vehicle_of(s, v)
        vehicle.part = k
        vehicle.to = part.dest
        _set_vehicle(s, v, TO_PART)
        place = node_plan(p, part.node).place
        vehicle.empty_m += _drive(p, s, v, place, plan.empty_speed_mps)


@compiled
def _start_charging(p: Record, s: Record, v: int) -> None:
    vehicle = vehicle_of(s, v)
    plan = fleet_plan(p, vehicle.fleet)
    fleet = fleet_of(s, vehicle.fleet)
    if fleet.charging >= plan.chargers:
        _set_vehicle(s, v, AWAITS_CHARGER)
        return
    fleet.charging += 1
    _set_vehicle(s, v, CHARGING)
    share = (plan.range_m - max(0.0, vehicle.left_m)) / plan.range_m
    set_clock(p, s, vehicle.clock, s.now + share * plan.charge_s)


@compiled
def _end_charging(p: Record, s: Record, v: int) -> None:
    vehicle = vehicle_of(s, v)
    plan = fleet_plan(p, vehicle.fleet)
    fleet = fleet_of(s, vehicle.fleet)
    fleet.charging -= 1
    vehicle.left_m = plan.range_m
    _set_vehicle(s, v, PARKED)
    longest = -1
    for o in range(plan.first_vehicle, plan.first_vehicle + plan.n_vehicles):
        other = vehicle_of(s, o)
        if other.state == AWAITS_CHARGER and (
            longest < 0 or other.since < vehicle_of(s, longest).since
        ):
            longest = o
    if longest >= 0:
        _start_charging(p, s, longest)
    s.called = 1


@compiled
def step_vehicle(p: Record, s: Record, v: int) -> None:
    """Go on with what a vehicle does: the last step of it is over."""
    vehicle = vehicle_of(s, v)
    plan = fleet_plan(p, vehicle.fleet)
    if vehicle.state == TO_PART:
        _set_vehicle(s, v, LOADING)
        set_clock(p, s, vehicle.clock, s.now + sample_s(p, s, plan.load))
    elif vehicle.state == LOADING:
        k = vehicle.part
        part = part_of(s, k)
        note_part(s, T_LOADED, part.node, k, v)
        depart(p, s, k, part_of(s, k).node)
        part.where = CARRIED
        _set_vehicle(s, v, CARRYING)
        place = node_plan(p, vehicle.to).place
        vehicle.loaded_m += _drive(p, s, v, place, plan.speed_mps)
    elif vehicle.state == CARRYING:
        _set_vehicle(s, v, UNLOADING)
        set_clock(p, s, vehicle.clock, s.now + sample_s(p, s, plan.unload))
    elif vehicle.state == UNLOADING:
        k = vehicle.part
        vehicle.part = -1
        vehicle.trips += 1
        hold_place(p, s, k, vehicle.to, -1)
        enter(p, s, k, vehicle.to)
        pend(s, vehicle.to, p.n_nodes)
        if plan.has_battery == 1 and vehicle.left_m <= plan.recharge_m:
            _set_vehicle(s, v, TO_CHARGER)
            vehicle.empty_m += _drive(p, s, v, plan.charger, plan.empty_speed_mps)
        else:
            _set_vehicle(s, v, PARKED)
            s.called = 1
    elif vehicle.state == TO_CHARGER:
        _start_charging(p, s, v)
    elif vehicle.state == CHARGING:
        _end_charging(p, s, v)
