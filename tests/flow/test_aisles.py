"""Ways through aisles: by hand, by law, and what is said of a place cut off."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from twin.errors import ScenarioError
from twin.flow.aisles import distances, distances_between
from twin.scenario import Scenario
from twin.scenario.fields import Place
from twin.scenario.transport import Aisles


def place(x_m: float, y_m: float) -> dict[str, str]:
    return {"x": f"{x_m!r} m", "y": f"{y_m!r} m"}


def standing(**spots: tuple[float, float]) -> dict[str, Place]:
    return {name: Place.model_validate(place(*at)) for name, at in spots.items()}


def aisles(
    points: dict[str, tuple[float, float]],
    links: list[tuple[str, str]],
    one_way: list[tuple[str, str]] | None = None,
) -> Aisles:
    return Aisles.model_validate(
        {
            "points": {name: place(*at) for name, at in points.items()},
            "links": links,
            "one_way": one_way or [],
        }
    )


def plant(**sections: object) -> Scenario:
    return Scenario.model_validate(
        {
            "name": "plant",
            "title": {"en": "Plant", "fr": "Usine"},
            "start": "2026-01-05T06:00:00",
            **sections,
        }
    )


SQUARE = {"p": (0.0, 0.0), "q": (10.0, 0.0), "r": (10.0, 10.0), "s": (0.0, 10.0)}


def test_the_way_leads_along_the_aisles() -> None:
    """Beside a square of 10 m: 1 m to the aisle, three sides or one, 2 m from it."""
    spots = standing(a=(0.0, -1.0), b=(0.0, 12.0))
    open_square = aisles(SQUARE, [("p", "q"), ("q", "r"), ("r", "s")])
    assert distances_between(spots, open_square, "plant").tolist() == [
        [0.0, 33.0],
        [33.0, 0.0],
    ]
    closed = aisles(SQUARE, [("p", "q"), ("q", "r"), ("r", "s"), ("p", "s")])
    assert distances_between(spots, closed, "plant")[0, 1] == 13.0


def test_a_one_way_aisle_makes_the_way_back_longer() -> None:
    spots = standing(a=(0.0, -1.0), b=(0.0, 12.0))
    ring = aisles(SQUARE, [], [("p", "q"), ("q", "r"), ("r", "s"), ("s", "p")])
    assert distances_between(spots, ring, "plant").tolist() == [
        [0.0, 33.0],
        [13.0, 0.0],
    ]


def test_two_places_at_one_point_walk_over_it() -> None:
    spots = standing(a=(3.0, 4.0), b=(0.0, 1.0))
    found = distances_between(spots, aisles({"p": (0.0, 0.0)}, []), "plant")
    assert found.tolist() == [[0.0, 6.0], [6.0, 0.0]]


def test_of_equally_near_points_the_first_is_joined() -> None:
    points = {"far": (9.0, 0.0), "left": (-1.0, 0.0), "right": (1.0, 0.0)}
    network = aisles(points, [("left", "right"), ("right", "far")])
    found = distances_between(standing(a=(0.0, 0.0), b=(9.0, 0.0)), network, "plant")
    assert found[0, 1] == 1.0 + 2.0 + 8.0


def test_without_aisles_ways_are_straight_in_the_floor_plane() -> None:
    scenario = plant(
        buffers={
            "low": {"place": place(0.0, 0.0)},
            "high": {"place": {**place(3.0, 4.0), "z": "7 m"}},
        }
    )
    ids, found = distances(scenario)
    assert ids == ("low", "high")
    assert found.dtype == np.float64
    assert found.tolist() == [[0.0, 5.0], [5.0, 0.0]]


def test_every_place_has_its_row_and_what_has_none_is_absent() -> None:
    scenario = plant(
        sources={"gate": {"place": place(0.0, 0.0)}},
        stations={"saw": {"place": place(1.0, 0.0)}, "somewhere": {}},
        buffers={"yard": {"place": place(2.0, 0.0)}},
        conveyors={
            "belt": {
                "place": place(3.0, 0.0),
                "length": "5 m",
                "speed": "1 m/s",
                "pitch": "1 m",
            }
        },
        stores={"shelf": {"product": "nut", "place": place(4.0, 0.0)}},
        sinks={"exit": {"place": place(5.0, 0.0)}, "nowhere": {}},
        crews={
            "fitters": {"count": 1, "skills": ["fit"], "place": place(6.0, 0.0)},
            "movers": {"count": 1, "skills": ["move"]},
        },
        fleets={
            "trucks": {"count": 1, "speed": "1 m/s", "home": place(7.0, 0.0)},
            "agvs": {"count": 1, "speed": "1 m/s", "home": "yard"},
            "carts": {"count": 1, "speed": "1 m/s", "home": "nowhere"},
            "tugs": {"count": 1, "speed": "1 m/s"},
        },
    )
    ids, found = distances(scenario)
    assert ids == (
        *("gate", "saw", "yard", "belt", "shelf", "exit"),
        *("crews.fitters", "fleets.trucks", "fleets.agvs"),
    )
    assert found[0].tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 2.0]
    assert found[ids.index("yard"), ids.index("fleets.agvs")] == 0.0


def test_a_plant_without_places_has_no_ways() -> None:
    for network in (None, {"points": {"p": place(0.0, 0.0)}}):
        ids, found = distances(plant(buffers={"yard": {}}, aisles=network))
        assert ids == ()
        assert found.shape == (0, 0)


def test_a_place_that_no_way_reaches_is_named_with_its_point() -> None:
    scenario = plant(
        buffers={
            "yard": {"place": place(0.0, -1.0)},
            "shed": {"place": place(10.0, 11.0)},
        },
        aisles={
            "points": {name: place(*at) for name, at in SQUARE.items()},
            "links": [("p", "q"), ("r", "s")],
        },
    )
    with pytest.raises(ScenarioError) as caught:
        distances(scenario)
    assert str(caught.value) == (
        "plant: aisles: no way leads from 'yard' (at point 'p') to 'shed' (at point "
        "'r'); add a link between them, or move a link from one_way to links"
    )


def test_a_dead_end_of_one_way_aisles_is_refused() -> None:
    spots = standing(a=(0.0, -1.0), b=(0.0, 12.0))
    dead_end = aisles(SQUARE, [], [("p", "s")])
    with pytest.raises(ScenarioError, match=r"from 'b' \(at point 's'\) to 'a'"):
        distances_between(spots, dead_end, "plant")


coordinates = st.integers(-1_000_000, 1_000_000).map(lambda mm: mm / 1000.0)
spots = st.lists(
    st.tuples(coordinates, coordinates), min_size=1, max_size=8, unique=True
)


@st.composite
def networks(draw: st.DrawFn, *, one_way: bool) -> Aisles:
    """Draw a ring of points with cross links, so that all can be reached."""
    points = {f"p{n}": at for n, at in enumerate(draw(spots))}
    names = list(points)
    ring = list(zip(names, names[1:] + names[:1], strict=True))
    pairs = st.tuples(st.sampled_from(names), st.sampled_from(names))
    cross = draw(st.lists(pairs, max_size=5))
    return aisles(points, [] if one_way else ring + cross, ring if one_way else [])


@given(spots, networks(one_way=False) | networks(one_way=True))
def test_no_detour_is_shorter_and_no_way_beats_the_straight_line(
    at: list[tuple[float, float]], network: Aisles
) -> None:
    found = distances_between(
        standing(**{f"n{n}": spot for n, spot in enumerate(at)}), network, "plant"
    )
    assert np.all(np.diag(found) == 0.0)
    detours = found[:, :, None] + found[None, :, :]  # [a, b, c] leads over b
    assert np.all(found[:, None, :] <= detours * (1 + 1e-12) + 1e-9)
    for a, begin in enumerate(at):
        for b, end in enumerate(at):
            assert found[a, b] >= math.dist(begin, end) * (1 - 1e-12) - 1e-9


@given(spots, networks(one_way=False))
def test_both_ways_are_equally_long_where_no_aisle_is_one_way(
    at: list[tuple[float, float]], network: Aisles
) -> None:
    named = standing(**{f"n{n}": spot for n, spot in enumerate(at)})
    for ways in (network, None):
        found = distances_between(named, ways, "plant")
        assert np.array_equal(found, found.T)


@given(spots, networks(one_way=False), st.data())
def test_another_link_makes_no_way_longer(
    at: list[tuple[float, float]], network: Aisles, data: st.DataObject
) -> None:
    names = list(network.points)
    assume(len(names) > 1)
    link = (data.draw(st.sampled_from(names)), data.draw(st.sampled_from(names)))
    more = network.model_copy(update={"links": (*network.links, link)})
    named = standing(**{f"n{n}": spot for n, spot in enumerate(at)})
    before = distances_between(named, network, "plant")
    after = distances_between(named, more, "plant")
    assert np.all(after <= before * (1 + 1e-12))
