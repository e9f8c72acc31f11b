"""The dismantling hall: its people, floor, work content, and what it says of them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from twin.flow.laws import mean_s
from twin.scenario import Scenario, load_scenario
from twin.scenario.fields import Text, quantities
from twin.scenario.nodes import Node
from twin.scenario.station import Station
from twin.scenario.tasks import Task

HALL_X_M = 60.0
HALL_Y_M = 40.0
OUTSIDE = {"deliveries", "yard", "pack_quarantine", "bale_park"}
# A forklift turns into these: the least free width beside an aisle's middle line.
AISLE_HALF_WIDTH_M = 1.5
# Geometry is drawn, not found; how long to run is the reader's choice.
NOT_FIGURES = ("place", "size", "aisles", "home", "cameras", "run", "physics")
REUSED = ("body_part", "electrical_part", "mechanical_part")


@pytest.fixture(scope="module")
def hall(root_folder: Path) -> Scenario:
    return load_scenario(root_folder / "scenarios" / "elv_hall.yaml")


@dataclass(frozen=True)
class Content:
    """What a mean car costs and gives.

    Attributes:
        person_s: Work of people, by skill, s a car.
        parts: What comes off, by product, a car.
    """

    person_s: dict[str, float]
    parts: dict[str, float]


def mean_task_s(task: Task, product: str) -> float:
    law = task.time_by_product.get(product, task.time)
    assert law is not None
    if task.seized is None:
        return mean_s(law)
    stuck = float(task.seized.probability)
    return (1.0 - stuck) * mean_s(law) + stuck * mean_s(task.seized.time)


def visits(hall: Scenario, station_id: str, product: str) -> float:
    """Return how often a car comes to a station; of equal ones, to each alike."""
    if station_id == "high_voltage":
        return 1.0 if product == "elv_electric" else 0.0
    kind = station_id.rstrip("0123456789")
    return 1.0 / sum(name.rstrip("0123456789") == kind for name in hall.stations)


def tasks(station: Station) -> Iterator[Task]:
    for operation in station.operations.values():
        assert isinstance(operation, Task)
        yield operation


@pytest.fixture(scope="module")
def content(hall: Scenario) -> Content:
    person_s: dict[str, float] = {}
    parts: dict[str, float] = {}
    for product, share in hall.sources["deliveries"].products().items():
        for station_id, station in hall.stations.items():
            often = share * visits(hall, station_id, product)
            for task in tasks(station):
                if task.only and product not in task.only:
                    continue
                done = often * float(task.present)
                for skill, n in task.people.items():
                    person_s.setdefault(skill, 0.0)
                    person_s[skill] += done * n * mean_task_s(task, product)
                loses = task.seized is not None and task.seized.yields == "lose"
                stuck = float(task.seized.probability) if task.seized else 0.0
                for name, row in task.yields.items():
                    kept = done * (1.0 - stuck if loses else 1.0)
                    parts.setdefault(name, 0.0)
                    parts[name] += kept * float(row.present) * row.count
    for station_id, handled in (
        ("parts_labelling", math.fsum(parts[name] for name in REUSED)),
        ("parts_bench", parts["electrical_part"]),
    ):
        station = hall.stations[station_id]
        assert station.time is not None
        # The bench takes full racks when the hall is busy, smaller ones when not.
        at_once = float(station.batch.most if station.batch else 1)
        for skill, people in station.people.items():
            person_s.setdefault(skill, 0.0)
            person_s[skill] += people * mean_s(station.time) * handled / at_once
    return Content(person_s, parts)


def test_a_car_holds_two_to_two_and_a_half_hours_of_work(content: Content) -> None:
    assert 2.0 <= sum(content.person_s.values()) / 3600.0 <= 2.5


def test_twelve_parts_a_car_are_reused(content: Content) -> None:
    assert sum(content.parts[name] for name in REUSED) == pytest.approx(12.0, abs=0.5)


def test_the_published_rate_leaves_no_skill_overloaded(
    hall: Scenario, content: Content
) -> None:
    """No crew, were it alone with its skills, has more work than a shift of 7 h."""
    for skill, work_s in content.person_s.items():
        able = sum(crew.count for crew in hall.crews.values() if skill in crew.skills)
        assert 25 * work_s < able * 7 * 3600, skill


def test_twelve_people_work_there(hall: Scenario) -> None:
    drivers = sum(fleet.count for fleet in hall.fleets.values())
    assert sum(crew.count for crew in hall.crews.values()) + drivers == 12


def test_a_shift_is_seven_hours(hall: Scenario) -> None:
    day = hall.calendars["day"]
    on_s = sum(span.end_s - span.begin_s for span in day.hours_of(0))
    off_s = sum(span.end_s - span.begin_s for span in day.breaks)
    assert on_s - off_s == 7 * 3600
    assert {crew.calendar for crew in hall.crews.values()} == {"day"}
    assert {fleet.calendar for fleet in hall.fleets.values()} == {"day"}


def test_seven_thousand_cars_a_year_arrive(hall: Scenario) -> None:
    source = hall.sources["deliveries"]
    a_day = sum(row.count for row in source.timetable)
    assert a_day * 250 == 7000
    assert {row.days for row in source.timetable} == {"mon-fri"}


@dataclass(frozen=True)
class Footprint:
    """A rectangle of floor, m."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def of(cls, node: Node) -> Footprint:
        assert node.place is not None
        assert node.size is not None
        x, y = float(node.place.x), float(node.place.y)
        half_x, half_y = node.size.x / 2.0, node.size.y / 2.0
        return cls(x - half_x, y - half_y, x + half_x, y + half_y)

    def overlaps(self, other: Footprint) -> bool:
        return (
            min(self.east, other.east) - max(self.west, other.west) > 1e-9
            and min(self.north, other.north) - max(self.south, other.south) > 1e-9
        )


@pytest.fixture(scope="module")
def footprints(hall: Scenario) -> dict[str, Footprint]:
    nodes: dict[str, Node] = {
        **hall.stations,
        **hall.buffers,
        **hall.stores,
        **hall.sinks,
    }
    return {name: Footprint.of(node) for name, node in nodes.items()}


def test_all_stands_inside_and_nothing_on_top_of_another(
    footprints: dict[str, Footprint],
) -> None:
    inside = Footprint(0.0, 0.0, HALL_X_M, HALL_Y_M)
    assert HALL_X_M * HALL_Y_M == 2400.0
    for name, floor in footprints.items():
        if name in OUTSIDE:
            assert not floor.overlaps(inside), name
        else:
            assert floor.west >= 0.0, name
            assert floor.south >= 0.0, name
            assert floor.east <= HALL_X_M, name
            assert floor.north <= HALL_Y_M, name
    for (name, floor), (other, taken) in combinations(footprints.items(), 2):
        assert not floor.overlaps(taken), f"{name} and {other}"


def test_aisles_are_free(hall: Scenario, footprints: dict[str, Footprint]) -> None:
    assert hall.aisles is not None
    points = hall.aisles.points
    for start, end in hall.aisles.links:
        xs = (float(points[start].x), float(points[end].x))
        ys = (float(points[start].y), float(points[end].y))
        assert xs[0] == xs[1] or ys[0] == ys[1], f"{start} to {end}"
        strip = Footprint(
            min(xs) - AISLE_HALF_WIDTH_M,
            min(ys) - AISLE_HALF_WIDTH_M,
            max(xs) + AISLE_HALF_WIDTH_M,
            max(ys) + AISLE_HALF_WIDTH_M,
        )
        for name, floor in footprints.items():
            assert not strip.overlaps(floor), f"{start} to {end} and {name}"


def test_every_figure_says_where_it_comes_from(hall: Scenario) -> None:
    silent = [
        path
        for path, figure in quantities(hall)
        if not figure.confidence
        and not any(word in path.split(".") for word in NOT_FIGURES)
        # A certainty that the file leaves out is no figure.
        and not (figure == 1.0 and path.rpartition(".")[0].endswith((".among",)))
        and not (figure == 1.0 and path.endswith(".present"))
    ]
    assert silent == []


def test_probabilities_of_missing_and_seized_parts_keep_to_their_range(
    hall: Scenario,
) -> None:
    bays = [hall.stations[f"bay_{n}"] for n in range(1, 5)]
    missing = {round(1.0 - task.present, 9) for bay in bays for task in tasks(bay)}
    assert missing - {0.0} <= {0.05, 0.15}
    stuck = [
        float(task.seized.probability)
        for station in hall.stations.values()
        for task in tasks(station)
        if task.seized is not None
    ]
    assert len(stuck) > 20
    assert all(0.05 <= probability <= 0.15 for probability in stuck)


def test_bays_are_alike(hall: Scenario) -> None:
    first = hall.stations["bay_1"]
    for n in range(2, 5):
        other = hall.stations[f"bay_{n}"]
        assert other.operations == first.operations
        assert other.next == first.next
        assert other.place != first.place


def test_the_order_of_safety_is_kept(hall: Scenario) -> None:
    """Nothing is drained before units are fired and cold, nor tilted while wet."""

    def after(node_id: str, product: str) -> set[str]:
        node = {**hall.stations, **hall.buffers}.get(node_id)
        if node is None:
            return set()
        route = node.next_by_product.get(product, node.next)
        assert route is not None
        return set(route.targets).union(*(after(n, product) for n in route.targets))

    for product in ("elv_petrol", "elv_electric"):
        order = ("isolation", "pyrotechnics", "cool_down", "depollution_1", "tilter")
        for earlier, later in pairwise(order):
            assert later in after(earlier, product)
            assert earlier not in after(later, product)
    assert "high_voltage" in after("isolation", "elv_electric")
    assert "high_voltage" not in after("isolation", "elv_petrol")
    assert "pyrotechnics" in after("high_voltage", "elv_electric")
    stay = hall.buffers["cool_down"].stay
    assert stay is not None
    assert mean_s(stay) == 1800.0


def test_all_that_is_drawn_is_named_in_both_languages(hall: Scenario) -> None:
    labels: dict[str, Text | None] = {
        name: node.label for name, node in hall.nodes().items()
    }
    labels |= {f"crews.{name}": crew.label for name, crew in hall.crews.items()}
    labels |= {f"tools.{name}": tool.label for name, tool in hall.tools.items()}
    labels |= {f"fleets.{name}": fleet.label for name, fleet in hall.fleets.items()}
    labels |= {f"products.{name}": kind.label for name, kind in hall.products.items()}
    for station_id, station in hall.stations.items():
        for name, operation in station.operations.items():
            labels[f"{station_id}.{name}"] = operation.label
    for name, label in labels.items():
        assert label is not None, name
        assert label.en.strip(), name
        assert label.fr.strip(), name
        assert label.en != label.fr, name
