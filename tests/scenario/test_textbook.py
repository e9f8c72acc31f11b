"""The textbook plants are short, say what they show, and are read as meant."""

from __future__ import annotations

import pickle

import pytest

from twin.scenario import Scenario, read_scenario
from twin.scenario.laws import Constant, Erlang, Exponential, Triangular
from twin.scenario.tasks import Task
from twin.scenario.transport import Battery

NAMES = ("agvs", "conwip", "dismantling", "mm1", "operators", "ten_stations")


@pytest.fixture(scope="module")
def plants(textbook: dict[str, str]) -> dict[str, Scenario]:
    return {name: read_scenario(text, name) for name, text in textbook.items()}


def test_they_are_all_here(textbook: dict[str, str]) -> None:
    assert tuple(textbook) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_says_in_one_line_what_it_shows(
    textbook: dict[str, str], plants: dict[str, Scenario], name: str
) -> None:
    first, second, *rest = textbook[name].splitlines()
    assert first.startswith("# ")
    assert first.endswith(".")
    assert second == f"name: {name}"
    assert len(rest) < 70
    assert plants[name].engine == "flow"
    assert plants[name].run.until is not None
    assert not plants[name].equipment


@pytest.mark.parametrize("name", NAMES)
def test_each_goes_to_another_process_unchanged(
    plants: dict[str, Scenario], name: str
) -> None:
    assert pickle.loads(pickle.dumps(plants[name])) == plants[name]


def test_a_queue_and_a_server(
    textbook: dict[str, str], plants: dict[str, Scenario]
) -> None:
    plant = plants["mm1"]
    assert textbook["mm1"].count("\n") <= 15
    arrivals, server = plant.sources["arrivals"], plant.stations["server"]
    assert arrivals.every == Exponential(law="exponential", mean="5 min")
    assert isinstance(server.time, Exponential)
    assert server.time.mean == 240.0
    assert (server.servers, server.queue, server.discipline) == (1, "unlimited", "fifo")
    assert arrivals.products() == {"part": 1.0}
    assert list(plant.nodes()) == ["arrivals", "server", "out"]


def test_ten_stations_in_a_row(plants: dict[str, Scenario]) -> None:
    plant = plants["ten_stations"]
    source = plant.sources["arrivals"]
    assert isinstance(source.every, Exponential)
    assert source.every.mean == pytest.approx(72.0)
    assert source.when_full == "wait"
    row, at = [], "s01"
    while at != "out":
        station = plant.stations[at]
        assert isinstance(station.time, Exponential)
        assert (station.time.mean, station.queue, station.servers) == (60.0, 5, 1)
        assert station.next is not None
        row.append(at)
        (at,) = station.next.targets
    assert row == list(plant.stations)
    assert len(row) == 10


def test_a_dismantling_bay(plants: dict[str, Scenario]) -> None:
    bay = plants["dismantling"].stations["bay"]
    assert (bay.becomes, bay.release) == ("shell", "each")
    tasks = {n: op for n, op in bay.work().items() if isinstance(op, Task)}
    assert list(tasks) == ["battery", "doors", "open_bonnet", "drop_cradle", "engine"]
    assert isinstance(tasks["doors"].time, Triangular)
    door = tasks["doors"].yields["door"]
    assert (door.count, door.present) == (4, 0.95)
    assert dict(zip(door.to.targets, door.to.shares, strict=True)) == {
        "parts_store": 0.3,
        "press": 0.7,
    }
    assert tasks["engine"].after == ()
    assert tasks["engine"].after_any == ("open_bonnet", "drop_cradle")
    assert tasks["engine"].seized is not None
    assert tasks["engine"].seized.yields == "lose"
    assert tasks["drop_cradle"].uses == {"lift": 1}
    assert tasks["engine"].label.en == "engine"


def test_machines_and_people(plants: dict[str, Scenario]) -> None:
    plant = plants["operators"]
    every = plant.sources["arrivals"].every
    assert isinstance(every, Erlang)
    assert (every.shape, every.mean) == (4, 660.0)
    assert plant.run.warm_up == "auto"
    assert plant.crews["fitters"].skills == ("fitter", "operator")
    late = plant.calendars["late"]
    assert [str(span) for span in late.hours_of(4)] == ["13:30-21:00"]
    assert late.hours_of(5) == ()
    assert plant.stations["wash"].batch is not None
    assert plant.stations["wash"].batch.wait == Constant(value="20 min")
    (jam,) = plant.stations["strip"].failures.values()
    assert (jam.clock, jam.people) == ("busy", {"fitter": 1})
    strip = plant.stations["strip"].work()["strip"]
    assert isinstance(strip, Task)
    assert strip.at_shift_end == "hand_over"


def test_agvs_between_stations(plants: dict[str, Scenario]) -> None:
    plant = plants["agvs"]
    fleet = plant.fleets["agvs"]
    assert fleet.load == Constant(value="15 s")
    assert fleet.home == "charging"
    assert isinstance(fleet.battery, Battery)
    assert (fleet.battery.range, fleet.battery.recharge_at) == (9000.0, 0.25)
    assert plant.aisles is not None
    assert ("south_west", "south_east") in plant.aisles.one_way
    carried = {node.moved_by for node in plant.stations.values()}
    assert carried == {"agvs"}


def test_a_line_with_cards(plants: dict[str, Scenario]) -> None:
    plant = plants["conwip"]
    cards = plant.loops["cards"]
    assert (cards.count, cards.enter, cards.leave) == (8, "cut", "inspect")
    assert plant.sources["orders"].every == Constant(value=0)
    assert plant.buffers["release"].capacity == 1
