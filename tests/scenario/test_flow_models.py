"""What flows is held as the file says it, in seconds and with its sources."""

from __future__ import annotations

import datetime
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from twin.errors import ScenarioError
from twin.scenario import read_scenario
from twin.scenario.calendars import WEEKDAYS, Calendar, Hours, weekdays
from twin.scenario.fields import quantities
from twin.scenario.laws import (
    Constant,
    Discrete,
    Empirical,
    HyperExponential,
    Law,
    Normal,
    Triangular,
    Weibull,
)
from twin.scenario.routes import Route, RouteTable
from twin.scenario.sources import Source
from twin.scenario.station import Station
from twin.scenario.tasks import Task

LAW: TypeAdapter[object] = TypeAdapter(Law)
ROUTE: TypeAdapter[RouteTable] = TypeAdapter(Route)


# Laws ---------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["4 min", "240 s", "0.0666666666666667 h"])
def test_a_quantity_alone_is_a_constant(written: str) -> None:
    law = LAW.validate_python(written)
    assert isinstance(law, Constant)
    assert law.law == "constant"
    assert law.value == pytest.approx(240.0)
    assert law.value.unit == "s"


def test_a_constant_keeps_where_it_comes_from() -> None:
    stated = {"value": "4 min", "source": "a clock", "confidence": "B"}
    law = LAW.validate_python(stated)
    assert isinstance(law, Constant)
    assert (law.value, law.value.source, law.value.confidence) == (240, "a clock", "B")
    written_out = LAW.validate_python({"law": "constant", **stated})
    assert isinstance(written_out, Constant)
    assert written_out.value.source == "a clock"


def test_a_source_on_a_law_is_handed_down_to_numbers_that_have_none() -> None:
    own = {"value": "9 min", "source": "a log", "confidence": "A"}
    law = LAW.validate_python(
        {
            "law": "triangular",
            "low": "1 min",
            "mode": "3 min",
            "high": own,
            "source": "the foreman",
            "confidence": "C",
        }
    )
    assert isinstance(law, Triangular)
    assert (law.low.source, law.low.confidence) == ("the foreman", "C")
    assert law.mode.source == "the foreman"
    assert (law.high, law.high.source, law.high.confidence) == (540.0, "a log", "A")


def test_a_source_on_a_law_reaches_the_numbers_in_its_lists() -> None:
    law = LAW.validate_python(
        {
            "law": "discrete",
            "values": ["1 min", "2 min"],
            "probabilities": [0.25, 0.75],
            "source": "counted",
            "confidence": "B",
        }
    )
    assert isinstance(law, Discrete)
    assert law.values == (60.0, 120.0)
    assert {q.source for q in (*law.values, *law.probabilities)} == {"counted"}


def test_a_shape_has_no_unit_and_a_count_stays_whole() -> None:
    weibull = LAW.validate_python(
        {
            "law": "weibull",
            "shape": 2,
            "scale": "9 h",
            "source": "x",
            "confidence": "C",
        }
    )
    assert isinstance(weibull, Weibull)
    assert (weibull.shape, weibull.shape.unit) == (2.0, "")
    assert weibull.shape.source == "x"
    erlang = {"law": "erlang", "mean": "3 s", "shape": 3}
    law = LAW.validate_python({**erlang, "source": "x", "confidence": "C"})
    assert type(getattr(law, "shape", None)) is int


def test_measured_times_know_their_unit() -> None:
    law = LAW.validate_python({"law": "empirical", "file": "t.csv", "unit": "min"})
    assert isinstance(law, Empirical)
    assert law.column is None
    assert law.seconds_per_unit == 60.0


@given(st.lists(st.integers(1, 50), min_size=1, max_size=12))
def test_shares_of_a_whole_sum_to_one_whatever_they_are(counts: list[int]) -> None:
    """Rounding alone never refuses probabilities."""
    shares = [count / sum(counts) for count in counts]
    law = LAW.validate_python(
        {
            "law": "hyperexponential",
            "means": ["1 s"] * len(counts),
            "probabilities": shares,
        }
    )
    assert isinstance(law, HyperExponential)
    assert math.fsum(law.probabilities) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("low", "high", "fits"),
    [("0 s", None, True), ("95 s", "105 s", True), ("151 s", None, False)],
)
def test_bounds_must_leave_something_of_a_normal_law(
    low: str, high: str | None, fits: bool
) -> None:
    given_ = {"law": "normal", "mean": "100 s", "sd": "10 s", "low": low}
    if high is not None:
        given_["high"] = high
    if fits:
        assert isinstance(LAW.validate_python(given_), Normal)
    else:
        with pytest.raises(ValueError, match="hardly ever fall between its bounds"):
            LAW.validate_python(given_)


# Ways ---------------------------------------------------------------------------


def test_a_way_is_a_node_or_a_choice() -> None:
    alone = ROUTE.validate_python("paint")
    assert (alone.targets, alone.shares) == (("paint",), (1.0,))
    shared = ROUTE.validate_python({"among": {"a": 0.1, "b": 0.9}})
    assert (shared.choose, shared.targets) == ("probability", ("a", "b"))
    assert shared.shares == (0.1, 0.9)
    turns = ROUTE.validate_python({"among": ["b", "a"], "choose": "round_robin"})
    assert (turns.targets, turns.shares) == (("b", "a"), ())


def test_a_node_may_be_called_like_anything() -> None:
    """Names of nodes do not disturb where errors point."""
    head = "name: x\ntitle: {en: a, fr: b}\nstart: 2026-01-05T06:00:00\n"
    text = (
        head + "products: {p: {}}\n"
        "sources: {s: {product: p, every: 1 s, next: beta}}\n"
        "sinks: {law: {}, constant: {}}\n"
        "stations:\n"
        "  beta:\n"
        "    time: 1 s\n"
        "    next: {among: {law: 0.5, constant: 0.5}}\n"
    )
    assert set(read_scenario(text).nodes()) == {"s", "beta", "law", "constant"}
    with pytest.raises(
        ScenarioError, match=r"stations\.beta\.next\.among\.law: got 5;"
    ):
        read_scenario(text.replace("law: 0.5", "law: 5"))


# Stations -----------------------------------------------------------------------


def test_a_time_alone_is_one_operation() -> None:
    station = Station.model_validate({"time": "2 min", "people": {"fitter": 2}})
    ((name, task),) = station.work().items()
    assert name == "work"
    assert isinstance(task, Task)
    assert task.time == Constant(value="2 min")
    assert (task.people, task.at_shift_end) == ({"fitter": 2}, "finish")
    assert Station().work() == {}


def test_a_task_without_a_name_is_called_by_its_id() -> None:
    station = Station.model_validate(
        {
            "operations": {
                "cut": {"do": "task", "time": "1 s"},
                "weld": {"do": "task", "time": "1 s", "label": {"en": "W", "fr": "S"}},
            }
        }
    )
    assert station.operations["cut"].label.fr == "cut"
    assert station.operations["weld"].label.fr == "S"


def test_physics_is_refused_what_only_flow_knows() -> None:
    task = Station.model_validate({"operations": {"cut": {"do": "task", "time": 0}}})
    with pytest.raises(ValueError, match=r"^operations\.cut: do: task is for flow"):
        task.device_operations()
    source = {"product": "p", "place": {"x": 0, "y": 0}, "first_at": "3 s"}
    errors = {"lateral_error": 0, "yaw_error": 0, "stop_error": 0}
    entry = Source.model_validate({**source, **errors}).entry()
    assert (entry.first_at, entry.product, entry.most) == (3.0, "p", 0)
    with pytest.raises(ValueError, match=r"^yaw_error: missing; add it$"):
        Source.model_validate({**source, "lateral_error": 0}).entry()
    law = {"law": "exponential", "mean": "3 s"}
    with pytest.raises(ValueError, match=r"^first_at: law exponential; physics takes"):
        Source.model_validate({**source, **errors, "first_at": law}).entry()


# Calendars ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "wanted"),
    [
        ("mon", (0,)),
        ("mon-fri", (0, 1, 2, 3, 4)),
        ("sat, sun", (5, 6)),
        ("fri-mon", (0, 4, 5, 6)),
        ("mon-tue,thu", (0, 1, 3)),
        ("wed-wed", (2,)),
        ("mon-sun", (0, 1, 2, 3, 4, 5, 6)),
        ("", ()),
        ("mon-", ()),
        ("mo", ()),
        ("mon fri", ()),
        ("mon-wed-fri", ()),
        ("Mon", ()),
    ],
)
def test_days_are_read_as_people_write_them(days: str, wanted: tuple[int, ...]) -> None:
    assert weekdays(days) == wanted


@given(st.integers(0, 6), st.integers(0, 6))
def test_a_range_of_days_goes_round_the_week(first: int, last: int) -> None:
    found = weekdays(f"{WEEKDAYS[first]}-{WEEKDAYS[last]}")
    assert len(found) == (last - first) % 7 + 1
    assert {first, last} <= set(found)


def test_hours_may_pass_midnight() -> None:
    calendar = Calendar.model_validate(
        {"week": {"mon-thu": ["22:00-06:00", "06:00-13:30:30"], "fri": ["18:00-24:00"]}}
    )
    night, early = calendar.hours_of(0)
    assert night == Hours(79_200, 108_000)
    assert early.end_s == 48_630
    assert [str(night), str(early)] == ["22:00-06:00", "06:00-13:30:30"]
    assert calendar.hours_of(4) == (Hours(64_800, 86_400),)
    assert str(calendar.hours_of(4)[0]) == "18:00-24:00"
    assert calendar.hours_of(6) == ()


def test_dates_are_read_with_and_without_quotes() -> None:
    head = "name: x\ntitle: {en: a, fr: b}\nstart: 2026-01-05T06:00:00\n"
    week = (
        "calendars: {c: {week: {mon: []}, open: [{date: %s, hours: ['06:00-07:00']}]}}"
    )
    for written in ("2026-08-03", "'2026-08-03'"):
        (opening,) = read_scenario(head + week % written).calendars["c"].open
        assert opening.date == datetime.date(2026, 8, 3)


def test_every_quantity_of_a_plant_is_found_with_its_path() -> None:
    station = Station.model_validate(
        {"time": {"law": "uniform", "low": "1 s", "high": "2 s"}, "cycle_time": "3 s"}
    )
    found = dict(quantities(station))
    assert found == {"time.low": 1.0, "time.high": 2.0, "cycle_time": 3.0}
