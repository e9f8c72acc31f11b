"""Flow draws for a car's parts what ``condition_of`` says of the car of that number."""

from __future__ import annotations

import pytest
from flow_plants import Told, scenario_of, told

from twin.errors import ScenarioError
from twin.scenario.parts import part_tree
from twin.scenario.products import Product
from twin.stations.condition import condition_of
from twin.stations.depollution import operation_time_s

N_CARS = 150

LINE = """
products:
  car:
    mass: 100 kg
    parts:
      shell: {mass: 70 kg, material: steel}
      door: {mass: 10 kg, material: steel, missing: 0.3}
      seat: {mass: 8 kg, material: foam, SEAT}
      tank:
        mass: 12 kg
        material: steel
        fluids: {coolant: {mass: 4 kg, residue: 1 kg}}
  seat_out: {}
sources: {a: {product: car, every: 1 h, most: 150, next: s}}
stations:
  s:
    next: t
    operations:
      door: {do: task, time: 2 min, removes: [door]}
      coolant: {do: task, drains: {coolant: {to: drum, rate: 2 kg/min}}}
  t:
    next: out
    operations:
      seat:
        do: task
        time: 3 min
        removes: [seat]
        yields: {seat_out: {to: out}}
tanks: {drum: {fluids: [coolant]}}
sinks: {out: {}}
"""


def ran(seat: str) -> tuple[Told, Product]:
    """Return what happens to every car, and the product."""
    text = LINE.replace("SEAT", seat)
    what = told(text, (N_CARS + 2) * 60)
    return what, scenario_of(text).products["car"]


def cars(what: Told, kind: str, node: str, detail: int) -> list[int]:
    """Return the numbers of the cars that something happened to."""
    times = what.when(kind, node, product="car", detail=detail)
    return [int(time // 60) for time in times]


def test_missing_and_seized_are_those_of_the_cars_number() -> None:
    what, product = ran("seized: {probability: 0.25, time: 9 min, yields: lose}")
    found = {n: condition_of("car", product, n, 1) for n in range(1, N_CARS + 1)}
    missing = [n for n, each in found.items() if "door" in each.missing]
    assert cars(what, "absent", "s", 0) == missing
    assert 20 < len(missing) < 70
    seized = {n for n, each in found.items() if "seat" in each.seized}
    begun = what.when("started", "t", detail=0)
    ended = what.when("finished", "t", detail=0)
    took = [round(e - b, 6) for b, e in zip(begun, ended, strict=True)]
    assert [n for n, t in enumerate(took, start=1) if t == 9] == sorted(seized)
    assert len(what.when("yielded", "t")) == N_CARS - len(seized)


def test_rust_makes_the_same_cars_slower() -> None:
    what, product = ran("corroded: {probability: 0.25, time_factor: 2.5}")
    found = {n: condition_of("car", product, n, 1) for n in range(1, N_CARS + 1)}
    rusty = [n for n, each in found.items() if "seat" in each.corroded]
    begun = what.when("started", "t", detail=0)
    ended = what.when("finished", "t", detail=0)
    took = [round(e - b, 6) for b, e in zip(begun, ended, strict=True)]
    assert [n for n, t in enumerate(took, start=1) if t == 7.5] == rusty
    assert set(took) == {3.0, 7.5}


def test_draining_takes_the_time_in_which_its_fluids_run_out() -> None:
    what, product = ran("missing: 0")
    begun = what.when("started", "s", detail=1)
    ended = what.when("finished", "s", detail=1)
    assert {round(e - b, 6) for b, e in zip(begun, ended, strict=True)} == {1.5}
    scenario = scenario_of(LINE.replace("SEAT", "missing: 0"))
    parts = {name: each.part for name, each in part_tree(product.parts).items()}
    coolant = scenario.stations["s"].operations["coolant"]
    assert operation_time_s(coolant, parts) == 90.0


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (
            "removes: [seat]",
            "removes: [seat, door]",
            "seat, door each have a condition: flow draws one an operation",
        ),
        (
            "SEAT",
            "seized: {probability: 1, time: 1 min, yields: keep}, "
            "corroded: {probability: 1, time_factor: 2}",
            "'seat' may be seized or corroded: flow draws one of the two",
        ),
        (
            "sources:",
            "  van:\n    mass: 9 kg\n    parts: {door: {mass: 9 kg, material: steel, "
            "missing: 0.1}}\nsources:",
            "'door' is in another condition from product to product",
        ),
    ],
)
def test_what_flow_cannot_draw_is_refused(old: str, new: str, found: str) -> None:
    text = LINE.replace(old, new, 1).replace("SEAT", "missing: 0.1")
    if "van" in new:
        text = text.replace("{product: car, ", "{mix: {car: 0.5, van: 0.5}, ")
    with pytest.raises(ScenarioError, match=found):
        told(text, 60)
