"""A car's condition belongs to its number, and is what flow draws for that car."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.flow.laws import Uniforms
from twin.rng import uniform_at
from twin.scenario import Scenario, read_scenario
from twin.scenario.parts import part_tree
from twin.stations.condition import condition_of, way_of, work_condition_of

CARS = """\
name: cars
title: {en: Cars, fr: Voitures}
start: 2026-01-05T06:00:00
products:
  car:
    mass: 1000 kg
    parts:
      shell: {mass: 900 kg, material: steel}
      door:
        mass: 40 kg
        material: steel
        missing: 0.2
        seized: {probability: 0.3, time: 5 min, yields: lose}
        corroded: {probability: 0.5, time_factor: 2}
        parts:
          glass: {mass: 5 kg, material: glass, missing: 0.1}
      seat: {mass: 60 kg, material: foam}
stations:
  bay:
    operations:
      door: {do: task, time: 2 min}
      seat: {do: task, time: 1 min, removes: [seat], after: [door]}
      lamp: {do: task, time: 1 min, present: 0.7}
      cap:
        do: task
        time: 1 min
        seized: {probability: 0.4, time: 3 min, yields: keep}
    next: out
sources: {a: {product: car, every: 10 min, next: bay}}
sinks: {out: {}}
"""


@pytest.fixture(scope="module")
def cars() -> Scenario:
    return read_scenario(CARS)


@given(
    seed=st.integers(0, 2**32 - 1),
    name=st.text("abc/_", min_size=1, max_size=12),
    replication=st.integers(0, 2**32 - 1),
)
def test_uniforms_by_number_are_those_of_compiled_streams(
    seed: int, name: str, replication: int
) -> None:
    stream = Uniforms(seed, name, replication)
    drawn = [stream.next() for _ in range(20)]
    assert drawn == [uniform_at(seed, name, n, replication) for n in range(20)]


@pytest.mark.parametrize(("number", "replication"), [(-1, 0), (2**63, 0), (0, 2**32)])
def test_numbers_out_of_range_are_refused(number: int, replication: int) -> None:
    with pytest.raises(ValueError, match="give 0 to"):
        uniform_at(1, "x", number, replication)


def test_shares_are_those_of_the_scenario(cars: Scenario) -> None:
    product, n = cars.products["car"], 20_000
    found = [condition_of("car", product, car, seed=3) for car in range(1, n + 1)]
    missing = np.array(["door" in each.missing for each in found])
    seized = np.array(["door" in each.seized for each in found])
    corroded = np.array(["door" in each.corroded for each in found])
    for share, wanted in (
        (missing, 0.2),
        (seized, 0.8 * 0.3),
        (corroded, 0.8 * 0.7 * 0.5),
    ):
        # Four standard deviations: one seed in 16,000 would miss.
        assert abs(share.mean() - wanted) < 4 * np.sqrt(wanted * (1 - wanted) / n)
    assert not (missing & seized).any()
    assert not (seized & corroded).any()


def test_what_hangs_on_a_missing_part_is_missing(cars: Scenario) -> None:
    product = cars.products["car"]
    found = [condition_of("car", product, car, seed=1) for car in range(1, 500)]
    assert any("door" in each.missing for each in found)
    assert all("glass" in each.missing for each in found if "door" in each.missing)
    assert any("glass" in each.missing - {"door"} for each in found)


def test_a_cars_condition_depends_on_its_number_only(cars: Scenario) -> None:
    product = cars.products["car"]
    later = condition_of("car", product, 77, seed=5)
    for car in range(1, 77):
        condition_of("car", product, car, seed=5)
    assert condition_of("car", product, 77, seed=5) == later
    # Another part, elsewhere in the tree, leaves the draws of all others alone.
    more = CARS.replace("60 kg, material: foam", "59 kg, material: foam").replace(
        "      seat: {", "      lamp: {mass: 1 kg, material: glass}\n      seat: {", 1
    )
    changed = read_scenario(more).products["car"]
    assert condition_of("car", changed, 77, seed=5) == later
    replications = {condition_of("car", product, 77, 5, r) for r in range(20)}
    assert len(replications) > 1
    with pytest.raises(ValueError, match="cars count from 1"):
        condition_of("car", product, 0, seed=5)


def test_how_an_operation_is_done_follows_from_the_condition(cars: Scenario) -> None:
    station = cars.stations["bay"]
    tree = part_tree(cars.products["car"].parts)
    parts = {name: entry.part for name, entry in tree.items()}
    # Flow draws one of seized and corroded for an operation; this is about both.
    door = station.operations["door"].model_copy(update={"removes": ("door",)})
    ways = set()
    for car in range(1, 200):
        condition = condition_of("car", cars.products["car"], car, seed=2)
        way = way_of("door", door, parts, condition)
        ways.add((way.skipped, way.destructive, way.time_factor, way.kept))
        assert way.skipped == ("door" in condition.missing)
        assert way.destructive == ("door" in condition.seized)
        if way.destructive:
            assert way.time == parts["door"].seized.time  # type: ignore[union-attr]
    assert ways == {
        (True, False, 1.0, True),
        (False, True, 1.0, False),
        (False, False, 2.0, True),
        (False, False, 1.0, True),
    }


def test_operations_of_their_own_condition(cars: Scenario) -> None:
    station = cars.stations["bay"]
    found = [work_condition_of("bay", station, n, seed=4) for n in range(1, 400)]
    absent = {name for each in found for name in each.absent}
    stuck = {name for each in found for name in each.stuck}
    assert (absent, stuck) == ({"lamp"}, {"cap"})
