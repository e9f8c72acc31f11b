"""Nothing is lost and nothing made from nothing, in whatever plant one draws up."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from flow_plants import open_text
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from twin.errors import FlowError
from twin.flow.kernel import records as r
from twin.flow.run import FlowRun

Entries = dict[str, Any]

_END_MIN = 480.0
_TOLERANCE_S = 1e-6

_TIMES = st.sampled_from(
    [
        "2 min",
        "5 min",
        {"law": "exponential", "mean": "4 min"},
        {"law": "uniform", "low": "0 s", "high": "8 min"},
        {"law": "lognormal", "mean": "3 min", "sd": "3 min"},
    ]
)
_SKILLED = st.sampled_from([{}, {"fit": 1}, {"fit": 2}, {"fit": 1, "weld": 1}])
_ROOMS = st.sampled_from([0, 1, 4, "unlimited"])


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for something, or None."""
    return st.none() | strategy


def _given(entries: Entries) -> Entries:
    return {key: value for key, value in entries.items() if value is not None}


@st.composite
def operations(draw: st.DrawFn, ahead: list[str]) -> Entries:
    """Draw up to three operations with an order, people, tools, stock and yields."""
    found: Entries = {}
    for i in range(draw(st.integers(1, 3))):
        before = list(found)
        found[f"op{i}"] = _given(
            {
                "do": "task",
                "time": draw(_TIMES),
                "people": draw(_SKILLED),
                "uses": draw(maybe(st.just({"crane": 1}))),
                "takes": draw(maybe(st.just({"bolts": 1}))),
                "after": draw(maybe(st.just(before[-1:]))),
                "present": draw(maybe(st.just(0.6))),
                "seized": draw(
                    maybe(
                        st.sampled_from(
                            [
                                {"probability": 0.3, "time": "9 min", "yields": how}
                                for how in ("keep", "lose")
                            ]
                        )
                    )
                ),
                "yields": draw(
                    maybe(
                        st.just({"door": {"present": 0.8, "to": ahead[-1], "count": 2}})
                    )
                ),
                "at_shift_end": draw(st.sampled_from(["finish", "pause", "hand_over"])),
                "on_failure": draw(st.sampled_from(["resume", "restart", "scrap"])),
            }
        )
    return found


@st.composite
def stations(draw: st.DrawFn, ahead: list[str]) -> Entries:
    """Draw a station that sends its parts ahead."""
    kind = draw(st.sampled_from(["plain", "preemptive", "operations", "batch"]))
    found: Entries = {
        "servers": draw(st.integers(1, 3)),
        "queue": draw(_ROOMS),
        "scrap": "bin",
        "calendar": draw(maybe(st.just("day"))),
        "patience": draw(maybe(st.just({"time": "20 min", "to": "bin"}))),
        "failures": draw(
            maybe(
                st.sampled_from(
                    [
                        {"f": {"every": "40 min", "clock": clock, "repair": "7 min"}}
                        for clock in ("busy", "calendar")
                    ]
                    + [{"f": {"every": "1 h", "repair": "9 min", "people": {"fit": 1}}}]
                )
            )
        ),
        "maintenance": draw(
            maybe(st.just({"oil": {"every": "2 h", "takes": "10 min"}}))
        ),
        "setup": draw(maybe(st.just({"time": "1 min"}))),
    }
    if kind == "preemptive":
        found |= {"discipline": "priority", "preemptive": True}
    else:
        found["discipline"] = draw(st.sampled_from(["fifo", "priority", "shortest"]))
    if kind == "batch":
        wait = draw(maybe(st.just("6 min")))
        found["batch"] = _given({"least": 2, "most": 3, "wait": wait})
    if kind == "operations":
        found["operations"] = draw(operations(ahead))
        found["release"] = draw(st.sampled_from(["each", "together"]))
    else:
        found |= {"time": draw(_TIMES), "people": draw(_SKILLED)}
    return _given(found)


@st.composite
def plants(draw: st.DrawFn) -> Entries:
    """Draw a plant: up to five nodes in a row, with ways past, back and out."""
    n_nodes = draw(st.integers(1, 5))
    ids = [f"n{i}" for i in range(n_nodes)]
    plant: Entries = {
        "products": {"part": {}, "rush": {"priority": 2}, "door": {}, "bolt": {}},
        "sources": {},
        "stations": {},
        "buffers": {},
        "conveyors": {},
        "sinks": {"out": {}, "bin": {}},
        "tools": {"crane": {"count": 1}},
        "stores": {
            "bolts": {
                "product": "bolt",
                "stock": 2,
                "reorder": {"at": 3, "quantity": 6, "lead_time": "15 min"},
            }
        },
        "crews": {
            "fitters": {
                "count": 2,
                "skills": ["fit"],
                "calendar": draw(st.sampled_from(["day", "late"])),
                "place": {"x": "0 m", "y": "0 m"},
                "walking_speed": "1 m/s",
            },
            "welders": {"count": 1, "skills": ["fit", "weld"]},
        },
        "calendars": {
            "day": {"week": {"mon": ["06:00-08:00", "08:30-12:00"]}},
            "late": {"week": {"mon": ["07:00-09:00", "09:10-14:00"]}},
        },
        "fleets": {
            "agvs": {
                "count": 2,
                "speed": "1 m/s",
                "load": "20 s",
                "home": "n0",
                "calendar": draw(st.sampled_from(["day", "late"])),
                "battery": {
                    "range": "300 m",
                    "recharge_at": 0.5,
                    "charge_time": "10 min",
                    "at": "n0",
                },
            }
        },
        "loops": {},
    }
    for i, node in enumerate(ids):
        ahead = [*ids[i + 1 :], "out"]
        way: Any = draw(st.sampled_from(["on", "skip", "back", "room", "queue"]))
        first, last = ahead[0], ahead[-1]
        if way == "skip":
            way = {"among": {first: 0.7, last: 0.3}} if first != last else first
        elif way == "back":
            way = {"among": {ids[0]: 0.2, first: 0.8}}
        elif way in ("room", "queue") and first != last:
            rule = {"room": "first_with_room", "queue": "shortest_queue"}[way]
            way = {"among": [first, last], "choose": rule}
        else:
            way = first
        entry: Entries = {
            "place": {"x": f"{30 * i} m", "y": "5 m"},
            "next": way,
            "moved_by": draw(maybe(st.just("agvs"))),
        }
        section = draw(
            st.sampled_from(
                ["stations", "stations", "stations", "buffers", "conveyors"]
            )
        )
        if section == "stations":
            entry |= draw(stations(ahead))
        elif section == "buffers":
            entry |= {
                "capacity": draw(st.sampled_from([1, 5, "unlimited"])),
                "discipline": draw(st.sampled_from(["fifo", "priority"])),
                "stay": draw(maybe(_TIMES)),
                "patience": draw(maybe(st.just({"time": "15 min", "to": "bin"}))),
            }
        else:
            entry |= {
                "length": "6 m",
                "speed": "2 m/min",
                "pitch": "1 m",
                "accumulating": draw(st.booleans()),
                "failures": draw(
                    maybe(st.just({"f": {"every": "50 min", "repair": "5 min"}}))
                ),
            }
        plant[section][node] = _given(entry)
    for sink in plant["sinks"].values():
        sink["place"] = {"x": "200 m", "y": "5 m"}
    for product, every in (("part", "6 min"), ("rush", "15 min")):
        plant["sources"][f"source_{product}"] = _given(
            {
                "product": product,
                "every": draw(
                    st.sampled_from([every, {"law": "exponential", "mean": every}])
                ),
                "batch": draw(st.sampled_from([1, 3])),
                "when_full": draw(st.sampled_from(["wait", "reject"])),
                "calendar": draw(maybe(st.just("day"))),
                "next": ids[0],
            }
        )
    if draw(st.booleans()):
        plant["products"]["kit"] = {}
        plant["stations"]["assembly"] = _given(
            {
                "assembly": {"part": 1, "rush": 2},
                "makes": "kit",
                "queue": draw(_ROOMS),
                "servers": draw(st.integers(1, 2)),
                "time": draw(_TIMES),
                "people": draw(_SKILLED),
                "calendar": draw(maybe(st.just("late"))),
                "failures": draw(
                    maybe(st.just({"f": {"every": "30 min", "repair": "4 min"}}))
                ),
                "next": ids[0],
            }
        )
        for product in ("part", "rush"):
            plant["sources"][f"{product}_for_assembly"] = {
                "product": product,
                "every": draw(_TIMES | st.just("7 min")),
                "next": "assembly",
                "when_full": "wait",
                "most": 60,
            }
    if draw(st.booleans()):
        plant["loops"]["cards"] = {"count": 3, "enter": ids[0], "leave": ids[-1]}
    return plant


def _lengths_agree(run: FlowRun) -> None:
    """Queues are as long as they are counted, and hold whom they should."""
    tables = run.state.tables
    parts, nodes = tables["parts"], tables["nodes"]
    for node, plan in zip(nodes, run.plant.tables["nodes"], strict=True):
        if plan["n_inputs"] > 0:
            continue
        serials = []
        k = int(node["queue_first"])
        while k >= 0:
            serials.append(k)
            k = int(parts[k]["next"])
        assert len(serials) == node["queue"]
        assert not serials or serials[-1] == node["queue_last"]
        assert node["inside"] + node["reserved"] <= plan["room"]
        assert node["reserved"] >= 0
        assert node["inside"] >= node["queue"]


def _calls_agree(run: FlowRun) -> None:
    """A fleet's row holds each part that called once."""
    parts = run.state.tables["parts"]
    for fleet in run.state.tables["fleets"]:
        calls = []
        k = int(fleet["wait_first"])
        while k >= 0:
            calls.append(k)
            k = int(parts[k]["wait_next"])
        assert len(set(calls)) == len(calls) == fleet["n_waiting"]


def _agenda_is_a_heap(run: FlowRun) -> None:
    state = run.state
    n_agenda = state.count("n_agenda")
    agenda = state.tables["agenda"][:n_agenda]
    order = [(row["time"], row["tie"]) for row in agenda]
    for i in range(1, n_agenda):
        assert order[(i - 1) // 2] < order[i]
    assert all(time >= run.now_s for time, _ in order)
    placed = state.tables["placed"]
    assert sorted(np.flatnonzero(placed >= 0)) == sorted(agenda["slot"])
    assert (placed[agenda["slot"]] == np.arange(n_agenda)).all()


def assert_whole(run: FlowRun) -> None:
    """Check every balance that must hold at any moment."""
    run.check()
    totals = run.totals()
    products = run.state.tables["products"]
    came = products["created"] + products["gained"]
    went = sum(products[name] for name in ("out", "rejected", "absorbed", "stored"))
    assert (came == went + products["lost"] + products["wip"]).all()
    assert totals.histogram.sum() == products["out"].sum()
    for times_s in (
        totals.job_time_s,
        totals.person_time_s,
        totals.vehicle_time_s,
    ):
        assert (times_s >= -_TOLERANCE_S).all()
        assert np.allclose(times_s.sum(axis=1), run.now_s, atol=_TOLERANCE_S)
    assert (totals.product_spent_s >= -_TOLERANCE_S).all()
    assert np.allclose(
        totals.product_spent_s.sum(axis=1), totals.product_lead_s, atol=_TOLERANCE_S
    )
    inside = run.state.tables["parts"][: run.state.count("parts_used")]
    inside = inside[inside["where"] != r.NOWHERE]
    loops = run.state.tables["loops"]
    for i, plan in enumerate(run.plant.tables["loops"]):
        held = int((inside["tokens"] >> i & 1).sum())
        assert loops[i]["free"] >= 0
        assert loops[i]["free"] + held == plan["count"]
    tools = run.state.tables["tools"]
    tasks = run.state.tables["tasks"]
    with_tools = tasks[(tasks["tools"] == 1) & np.isin(tasks["state"], [2, 3])]
    ops = run.plant.tables["ops"]
    nodes = run.plant.tables["nodes"][run.state.tables["jobs"]["node"]]
    used = sum(
        int(ops[nodes[task["job"]]["first_op"] + task["op"]]["n_uses"])
        for task in with_tools
    )
    assert tools["count"].sum() - tools["free"].sum() == used
    persons = run.state.tables["persons"]
    at_work = np.isin(persons["state"], [r.BUSY, r.WALKS])
    assert ((persons["task"] >= 0) == at_work).all()
    _lengths_agree(run)
    _calls_agree(run)
    _agenda_is_a_heap(run)


@settings(
    max_examples=80,
    # A plant that fails is small enough to read; making it smaller takes minutes.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    plant=plants(),
    ends_min=st.lists(st.floats(1.0, _END_MIN), min_size=1, max_size=3).map(sorted),
    seed=st.integers(0, 1000),
)
def test_books_balance_at_any_moment(
    plant: Entries, ends_min: list[float], seed: int
) -> None:
    run = open_text(_yaml(plant), _END_MIN, seed)
    for end_min in [*ends_min, _END_MIN]:
        if not _goes_on(run, end_min * 60.0):
            return
        assert_whole(run)


def _goes_on(run: FlowRun, until_s: float) -> bool:
    """Advance; return False where a way back has closed a circle of full nodes."""
    try:
        run.advance(until_s)
        run.check()
    except FlowError as error:
        if "wait for room in each other" in str(error):
            return False
        raise
    return True


def _yaml(plant: Entries) -> str:
    """Return a plant as text; each section as JSON, which YAML reads."""
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in plant.items())
