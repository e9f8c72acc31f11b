"""OEE of a run, against numbers worked out by hand."""

from __future__ import annotations

import pytest
from small_flows import plant_of

from twin.flow.plant import Plant
from twin.flow.replications import Wanted, run_replications
from twin.flow.results import Results, read_results

DAY_S = 86400.0


def results(plant: Plant, until_s: float, **cycle_times_s: float | None) -> Results:
    return read_results(
        run_replications(plant, Wanted(until_s, cycle_times_s=cycle_times_s))
    )


def mean(found: Results, name: str) -> float:
    return found.figures[name].mean


def test_a_steady_machine() -> None:
    """One part in 5 min takes 4 min of work; planned are 3 min.

    Availability 4 / 5, effectiveness 3 / 4, all good: 0.6.
    """
    plant = plant_of(
        """
sources:
  arrivals: {product: part, every: 5 min, next: machine}
stations:
  machine: {time: 4 min, next: out}
sinks:
  out: {}
""",
        10 * DAY_S + 299.0,
    )
    found = results(plant, 10 * DAY_S + 299.0, machine=180.0)
    assert mean(found, "node.machine.oee_availability") == pytest.approx(0.8, rel=1e-3)
    assert mean(found, "node.machine.oee_effectiveness") == pytest.approx(0.75)
    assert mean(found, "node.machine.oee_quality") == 1.0
    assert mean(found, "node.machine.oee") == pytest.approx(0.6, rel=1e-3)
    assert found.oee_refused == {}


def test_hours_and_maintenance_are_not_planned_time() -> None:
    """Open 8 h a day, of which 1 h maintenance; a part a quarter of an hour, 10 min.

    The maintenance begins at opening. 28 parts a day fill the other 7 h, each for
    10 of its 15 min; planned are 7.5 min: 28 * 7.5 min / 7 h = 0.5.
    """
    plant = plant_of(
        """
calendars:
  day: {week: {mon-sun: ["06:00-14:00"]}}
sources:
  arrivals:
    product: part
    every: 15 min
    first_at: 60 min
    calendar: day
    next: machine
stations:
  machine:
    time: 10 min
    calendar: day
    maintenance: {check: {every: 24 h, takes: 1 h}}
    next: out
sinks:
  out: {}
""",
        9 * DAY_S,
    )
    found = results(plant, 9 * DAY_S, machine=450.0)
    busy = mean(found, "node.machine.state.executing") * 24.0
    maintained = mean(found, "node.machine.state.maintained") * 24.0
    planned = 8.0 - maintained
    produced_a_day = busy * 6.0
    assert maintained > 0.5
    assert mean(found, "node.machine.oee_availability") == pytest.approx(
        busy / planned, rel=1e-9
    )
    assert mean(found, "node.machine.oee") == pytest.approx(
        produced_a_day * 0.125 / planned, rel=2e-3
    )


def test_a_batch_counts_its_parts() -> None:
    """Four parts at once for 20 min, always full: a part planned for 5 min gives 1."""
    plant = plant_of(
        """
sources:
  arrivals: {product: part, every: 1 min, next: oven}
stations:
  oven: {time: 20 min, batch: {least: 4, most: 4}, queue: 8, next: out}
sinks:
  out: {}
""",
        10 * DAY_S,
    )
    found = results(plant, 10 * DAY_S, oven=300.0)
    assert mean(found, "node.oven.oee") == pytest.approx(1.0, rel=2e-3)
    assert mean(found, "node.oven.oee_effectiveness") == pytest.approx(1.0, rel=2e-3)


def test_an_assembly_counts_what_it_makes() -> None:
    plant = plant_of(
        """
sources:
  arrivals: {product: part, every: 1 min, next: press}
stations:
  press: {assembly: {part: 3}, makes: part, time: 3 min, queue: 6, next: out}
sinks:
  out: {}
""",
        5 * DAY_S,
    )
    found = results(plant, 5 * DAY_S, press=90.0)
    assert mean(found, "node.press.oee") == pytest.approx(0.5, rel=2e-3)


def test_what_a_failure_spoils_is_not_good() -> None:
    """Failures come with the clock; a part of work at that moment is scrap."""
    plant = plant_of(
        """
sources:
  arrivals: {product: part, every: 10 min, first_at: 1 min, next: machine}
stations:
  machine:
    operations:
      work: {do: task, time: 9 min, on_failure: scrap}
    failures: {stop: {every: 55 min, clock: calendar, repair: 5 min}}
    scrap: bin
    next: out
sinks:
  out: {}
  bin: {}
""",
        5 * DAY_S,
    )
    found = results(plant, 5 * DAY_S, machine=540.0)
    good = mean(found, "node.out.throughput_per_s")
    spoilt = mean(found, "node.bin.throughput_per_s")
    assert spoilt > 0.0
    assert mean(found, "node.machine.oee_quality") == pytest.approx(
        good / (good + spoilt), rel=2e-3
    )


def test_without_a_planned_time_there_is_none_and_it_is_said() -> None:
    body = """
sources:
  arrivals: {product: part, every: 5 min, next: saw}
stations:
  saw: {time: 4 min, next: mill}
  mill: {time: 4 min, next: out}
sinks:
  out: {}
"""
    found = results(plant_of(body, DAY_S), DAY_S, saw=240.0, mill=None)
    assert "node.saw.oee" in found.figures
    assert not any(name.startswith("node.mill.oee") for name in found.figures)
    assert found.oee_refused == {
        "mill": "stations.mill: no planned cycle time, so no OEE; give 'cycle_time', "
        "the planned time per part"
    }


def test_scrap_of_several_stations_cannot_be_told_apart() -> None:
    spoils = (
        "operations: {{work: {{do: task, time: 4 min, on_failure: scrap}}}}, "
        "failures: {{stop: {{every: 3 h, clock: calendar, repair: 5 min}}}}, "
        "scrap: out, next: {next}"
    )
    body = f"""
sources:
  arrivals: {{product: part, every: 5 min, next: saw}}
stations:
  saw: {{{spoils.format(next="mill")}}}
  mill: {{{spoils.format(next="out")}}}
sinks:
  out: {{}}
"""
    found = results(plant_of(body, DAY_S), DAY_S, saw=240.0, mill=240.0)
    assert set(found.oee_refused) == {"saw", "mill"}
    assert (
        "scrap is known only for all of saw, mill together"
        in (found.oee_refused["saw"])
    )
