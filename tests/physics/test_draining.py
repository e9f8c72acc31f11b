"""Coolant runs out of a pack: no gram is lost on the way, and none is late."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cells import finished, hurried, open_text, run_until
from msgspec import structs

from twin.codec import state_sha256
from twin.engine import PhysicsEngine
from twin.errors import PhysicsError
from twin.stations.ledger import Lot, car_place, container_place, tank_place

FREE_KG, RATE_KGPS = 2.7, 0.45
COOLANT = Lot("battery_pack", "fluid/battery_coolant")
TANK = tank_place("coolant_tank")


@pytest.fixture
def engine() -> Iterator[PhysicsEngine]:
    """The shipped cell as the coolant begins to run."""
    opened = open_text(hurried(("rate: {value: 9 kg/s", "rate: {value: 0.45 kg/s")))
    begun = run_until(
        opened,
        lambda e: e.kind == "OperationStarted" and e.arguments["step"] == "coolant_out",
        60.0,
    )
    assert begun
    while not opened.cell.cars[1].outflows:
        opened.advance(1)
    yield opened
    opened.close()


def test_it_runs_at_its_rate_from_pack_to_tank_and_the_books_know(
    engine: PhysicsEngine,
) -> None:
    cell = engine.cell
    car, books = cell.cars[1], cell.books.ledger
    pack = car.pack_here()
    full_kg = (
        pack.mass_kg() + cell.draining.content_kg()["coolant_tank"]["battery_coolant"]
    )
    first = car.outflows["battery_coolant"].ticks
    while not car.outflows["battery_coolant"].dry:
        ticks = car.outflows["battery_coolant"].ticks
        in_tank_kg = cell.draining.weighed_kg()[TANK]
        assert in_tank_kg == pytest.approx(ticks * engine.dt_s * RATE_KGPS, abs=1e-9)
        assert pack.mass_kg() == pytest.approx(full_kg - in_tank_kg, abs=1e-9)
        assert books.lots(TANK) == {COOLANT: pytest.approx(in_tank_kg, abs=1e-12)}
        assert cell.mass_balance_error() < 1e-12
        assert books.differences(cell.weighed_kg(), 1e-8) == []
        engine.advance(7)
    assert first < 24
    assert car.outflows["battery_coolant"].ticks == 1440  # 2.7 kg at 0.45 kg/s
    assert cell.draining.weighed_kg()[TANK] == FREE_KG
    assert car.run_out_kg("battery_pack") == FREE_KG
    # The residue stays in the pack, and nothing is open.
    assert books.lots(car_place(1))[COOLANT] == pytest.approx(0.3, abs=1e-12)
    assert books.leaks() == []


def test_what_is_lost_on_the_way_is_named(engine: PhysicsEngine) -> None:
    """A second's flow that never reaches the tank: books and scales differ there."""
    cell = engine.cell
    held = cell.draining.memory()
    engine.advance(240)
    cell.draining.recall(held)  # a second's flow, gone
    lost_kg = 240 * engine.dt_s * RATE_KGPS
    assert cell.mass_balance_error() == pytest.approx(lost_kg / 1502, rel=1e-6)
    (difference,) = cell.books.ledger.differences(cell.weighed_kg(), 1e-6)
    assert difference.place == TANK
    assert difference.booked_kg - difference.measured_kg == pytest.approx(lost_kg)


def test_put_back_in_the_middle_it_goes_on_to_the_same_bytes(
    engine: PhysicsEngine,
) -> None:
    engine.advance(300)
    engine.keep_snapshot("here")

    def ahead() -> tuple[str, float, float]:
        engine.advance(480)
        sha256 = state_sha256(engine.scene, engine.frame())
        cell = engine.cell
        pack_kg = cell.cars[1].pack_here().mass_kg()
        return sha256, pack_kg, cell.draining.weighed_kg()[TANK]

    first = ahead()
    engine.go_back("here")
    assert ahead() == first
    assert engine.cell.mass_balance_error() < 1e-12


def test_plug_and_connectors_lie_in_the_bin_until_it_is_collected(
    engine: PhysicsEngine,
) -> None:
    cell = engine.cell
    run_until(engine, finished("connectors_off"), 60.0)
    engine.advance(240)
    plugs = {"service_plug", "hv_connector_plus", "hv_connector_minus"}
    plugs.add("coolant_coupling")
    car = cell.cars[1]
    assert {part for _, part in cell.containers["plug_bin"].parts} == plugs
    for name in plugs:
        position, _ = car.part_here(name).pose()
        assert 2.5 < position[0] < 3.7
        assert 1.7 < position[1] < 2.5
        assert 0.17 < position[2] < 0.4
        assert abs(car.part_here(name).velocity_mps()).max() < 0.01
        assert not car.holds(name)
    place = container_place("plug_bin")
    assert cell.weighed_kg()[place] == pytest.approx(2.85, abs=1e-9)
    assert cell.books.ledger.differences(cell.weighed_kg(), 1e-6) == []
    run_until(engine, lambda e: e.kind == "PartsCollected", 120.0)
    assert plugs.isdisjoint(car.parts)
    assert place not in cell.weighed_kg()
    assert cell.mass_balance_error() < 1e-12


def test_a_snapshot_of_other_tanks_is_refused(engine: PhysicsEngine) -> None:
    memory = engine.cell.draining.memory()
    with pytest.raises(PhysicsError, match=r"of tanks \['barrel'\].*coolant_tank"):
        engine.cell.draining.recall(structs.replace(memory, held={"barrel": {}}))


def test_an_asset_that_weighs_no_such_fluid_is_refused() -> None:
    text = hurried(("mass: {value: 3 kg, source", "mass: {value: 4 kg, source"))
    text = text.replace("cells: {value: 216 kg", "cells: {value: 215 kg")
    with pytest.raises(PhysicsError, match=r"'battery_pack' has 3 kg.*4 kg are to be"):
        open_text(text)
