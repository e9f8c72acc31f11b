"""Masses balance whatever is done in whatever order, and a leak is named."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.scenario import Scenario, read_scenario
from twin.scenario.safety import Subject, act_of, effects_of, off, subject_of
from twin.stations.condition import Condition, condition_of
from twin.stations.ledger import (
    Cause,
    Leak,
    Lot,
    MassLedger,
    Transfer,
    car_place,
    container_place,
    tank_place,
)
from twin.stations.transfers import (
    drained_so_far,
    lots_of_car,
    lots_of_tank,
    transfers_of,
)

HALL = """\
name: hall
title: {en: Hall, fr: Halle}
start: 2026-01-05T06:00:00
products:
  car:
    mass: 1000 kg
    parts:
      shell: {mass: 700.125 kg, material: steel}
      door:
        mass: 40 kg
        materials: {steel: 30 kg, plastic: 5 kg}
        missing: 0.3
        parts: {glass: {mass: 5 kg, material: glass}}
      engine:
        mass: 159.875 kg
        material: iron
        fluids:
          engine_oil: {mass: 2.86 kg, residue: 0.1 kg}
          coolant: {mass: 3.43 kg, residue: 0.2 kg}
        parts: {alternator: {mass: 7 kg, materials: {copper: 2 kg, iron: 5 kg}}}
      tank: {mass: 30 kg, material: plastic, fluids: {fuel: {mass: 11.29 kg}}}
      radiator:
        mass: 70 kg
        material: aluminium
        fluids: {coolant: {mass: 2 kg, residue: 2 kg}}
tanks:
  oils: {fluids: [engine_oil], content: {engine_oil: 12.5 kg}}
  coolants: {fluids: [coolant]}
  fuels: {fluids: [fuel]}
zones: {bay: {station: s, radius: 3 m}}
stations:
  s:
    product: car
    operations:
      fuel: {do: task, time: 1 min, drains: {fuel: {to: fuels}}}
      oil: {do: task, time: 1 min, drains: {engine_oil: {to: oils}}}
      coolant: {do: task, time: 1 min, drains: {coolant: {to: coolants}}}
      door: {do: task, time: 1 min, removes: [door]}
      alternator: {do: task, time: 1 min, removes: [alternator]}
      engine: {do: task, time: 1 min, removes: [engine, radiator]}
      tank: {do: task, time: 1 min, removes: [tank]}
    next: out
sources: {a: {product: car, every: 1 h, next: s}}
sinks: {out: {}}
"""

OPERATIONS = ("fuel", "oil", "coolant", "door", "alternator", "engine", "tank")


@pytest.fixture(scope="module")
def hall() -> Scenario:
    return read_scenario(HALL)


class Books:
    """A ledger, and the cars whose masses are in it."""

    def __init__(self, hall: Scenario) -> None:
        self.hall, self.ledger = hall, MassLedger()
        self.subject: Subject = subject_of(hall.products["car"])
        self.facts: dict[int, frozenset[str]] = {}
        self.came_kg = 0.0
        for name, tank in hall.tanks.items():
            self.ledger.begin_with(tank_place(name), lots_of_tank(tank))

    def come(self, car: int) -> Condition:
        condition = condition_of("car", self.hall.products["car"], car, seed=1)
        lots = lots_of_car(self.subject, condition)
        self.came_kg += math.fsum(lots.values())
        self.ledger.come_in(car_place(car), lots)
        self.facts[car] = frozenset(off(part) for part in condition.missing)
        return condition

    def transfers(self, car: int, name: str) -> list[Transfer]:
        operation = self.hall.stations["s"].operations[name]
        cause = Cause("s", name, car)
        return transfers_of(operation, cause, self.subject, self.facts[car])

    def did(self, car: int, name: str) -> None:
        act = act_of(self.hall.stations["s"].operations[name], self.subject)
        self.facts[car] |= effects_of(act, self.subject)


@given(
    steps=st.lists(
        st.tuples(st.integers(1, 3), st.sampled_from(("come", "out", *OPERATIONS))),
        max_size=40,
    )
)
def test_any_order_of_work_balances_at_every_moment(
    hall: Scenario, steps: list[tuple[int, str]]
) -> None:
    books = Books(hall)
    assert books.ledger.mass_balance_error() == 0.0
    for car, step in steps:
        if step == "come":
            if car not in books.facts:
                books.come(car)
        elif car not in books.facts:
            continue
        elif step == "out":
            books.ledger.go_out(car_place(car))
            del books.facts[car]
        else:
            books.ledger.move(books.transfers(car, step))
            books.did(car, step)
        assert books.ledger.mass_balance_error() == 0.0
        assert books.ledger.leaks() == []
        for book in books.ledger.by_substance().values():
            balance = book["in"] + book["initial"] - book["out"] - book["held"]
            assert balance == pytest.approx(0.0, abs=1e-9)
        booked = math.fsum(book["in"] for book in books.ledger.by_substance().values())
        assert booked == pytest.approx(books.came_kg, abs=1e-6)


@given(
    order=st.permutations(OPERATIONS),
    data=st.data(),
    share=st.floats(0.01, 1.0),
)
def test_a_single_leak_is_named(
    hall: Scenario, order: list[str], data: st.DataObject, share: float
) -> None:
    books = Books(hall)
    books.come(1)
    moves = []
    for name in order:
        moves += books.transfers(1, name)
        books.did(1, name)
    hole = data.draw(st.integers(0, len(moves) - 1))
    for number, one in enumerate(moves):
        books.ledger.take(one.cause, one.lot, one.from_place, one.kg)
        arrives_kg = one.kg * (1.0 - share) if number == hole else one.kg
        books.ledger.put(one.cause, one.lot, one.to_place, arrives_kg)
    lost = moves[hole]
    (leak,) = books.ledger.leaks()
    assert (leak.cause, leak.lot) == (lost.cause, lost.lot)
    assert leak.kg == pytest.approx(lost.kg * share, abs=2e-9)
    total_kg = books.came_kg + 12.5
    assert books.ledger.mass_balance_error() == pytest.approx(
        lost.kg * share / total_kg, abs=1e-11
    )
    text = str(leak)
    assert "at s, " in text
    assert lost.lot.item in text
    assert "car 1" in text


def test_where_each_kilogram_of_a_car_ends(hall: Scenario) -> None:
    books = Books(hall)
    car = next(
        n
        for n in range(1, 99)
        if not condition_of("car", hall.products["car"], n, 1).missing
    )
    books.come(car)
    assert books.ledger.places()[car_place(car)] == 1000.0
    for name in ("fuel", "oil", "coolant", "door", "engine", "tank"):
        books.ledger.move(books.transfers(car, name))
        books.did(car, name)
    assert books.ledger.places() == pytest.approx(
        {
            # A drained engine keeps its film of oil and coolant, a radiator its own.
            container_place("door"): 40.0,
            container_place("engine"): 159.875 - 2.76 - 3.23,
            container_place("radiator"): 70.0,
            container_place("tank"): 18.71,
            tank_place("oils"): 12.5 + 2.76,
            tank_place("coolants"): 3.23,
            tank_place("fuels"): 11.29,
            car_place(car): 700.125,
        }
    )


def test_a_fluid_that_nobody_drained_goes_with_its_part(hall: Scenario) -> None:
    books = Books(hall)
    books.come(1)
    books.ledger.move(books.transfers(1, "tank"))
    assert books.ledger.places()[container_place("tank")] == pytest.approx(30.0)
    books.did(1, "tank")
    assert books.transfers(1, "fuel") == []


def test_in_the_middle_of_draining_the_masses_balance_too(hall: Scenario) -> None:
    books = Books(hall)
    books.come(1)
    some = drained_so_far(books.transfers(1, "fuel"), {"fuel": 0.25})
    books.ledger.move(some)
    assert books.ledger.places()[tank_place("fuels")] == pytest.approx(11.29 / 4)
    assert books.ledger.mass_balance_error() == 0.0
    copied = books.ledger.copy()
    copied.go_out(car_place(1))
    assert books.ledger.places() != copied.places()
    assert copied.mass_balance_error() == 0.0


def test_scales_that_disagree_with_the_books_are_named() -> None:
    ledger = MassLedger()
    ledger.come_in("cars/1", {Lot("shell", "material/steel"): 700.0})
    ledger.begin_with("tanks/fuels", {Lot("fuel", "fluid/fuel"): 10.0})
    assert ledger.differences({"cars/1": 700.0005}, 0.001) == []
    (one,) = ledger.differences({"cars/1": 700.0, "tanks/fuels": 8.0}, 0.001)
    assert (one.place, one.booked_kg, one.measured_kg) == ("tanks/fuels", 10.0, 8.0)
    assert ledger.mass_balance_error(held_kg=708.0) == pytest.approx(2.0 / 710.0)


def test_no_more_can_be_taken_than_there_is() -> None:
    ledger = MassLedger()
    lot, cause = Lot("fuel", "fluid/fuel"), Cause("s", "fuel", 1)
    ledger.come_in("cars/1", {lot: 1.0})
    with pytest.raises(ValueError, match=r"cars/1: 2 kg of fuel .*holds 1 kg"):
        ledger.take(cause, lot, "cars/1", 2.0)
    with pytest.raises(ValueError, match="give 0 or more"):
        ledger.put(cause, lot, "cars/1", -1.0)
    ledger.put(cause, lot, "tanks/fuels", 0.5)
    assert ledger.leaks() == [Leak(cause, lot, -0.5)]
    assert "0.5 kg from nowhere at s, fuel" in str(ledger.leaks()[0])
