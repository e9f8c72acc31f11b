"""Conveyors by their dimensions: what is read, and what is refused with its line."""

from __future__ import annotations

import math

import pytest

from twin.errors import ScenarioError
from twin.scenario import read_scenario
from twin.scenario.equipment import AccumulationConveyor, CurveConveyor

HEAD = "name: x\ntitle: {en: a, fr: b}\nstart: 2026-01-05T06:00:00\nequipment:\n"
MOVES = "height: 0.8 m, speed: 0.3 m/s, acceleration: 0.5 m/s^2, friction: 0.5"
LINES = {
    "belt": f"{{kind: belt_conveyor, {MOVES}, length: 4 m, width: 0.6 m}}",
    "rollers": (
        f"{{kind: roller_conveyor, {MOVES}, length: 4 m, width: 0.6 m, pitch: 0.1 m}}"
    ),
    "strands": (
        f"{{kind: strand_conveyor, {MOVES}, length: 4 m, gauge: 0.4 m, "
        "strand_width: 60 mm}"
    ),
    "curve": (
        f"{{kind: curve_conveyor, {MOVES}, radius: 1 m, angle: 90 deg, width: 0.6 m}}"
    ),
    "zones": (
        f"{{kind: accumulation_conveyor, {MOVES}, zones: 4, zone_length: 0.7 m, "
        "width: 0.6 m, release: train}"
    ),
    "transfer": (
        f"{{kind: transfer, {MOVES}, length: 1 m, width: 0.8 m, side: left, "
        "stop_at: 0.7 m, gauge: 0.3 m, strand_width: 60 mm, strands_at: 0.5 m, "
        "rise: 20 mm, rise_time: 0.4 s}"
    ),
    "turntable": (
        f"{{kind: turntable, {MOVES}, length: 1 m, width: 0.6 m, stop_at: 0.7 m, "
        "angle: 90 deg, turn_speed: 45 deg/s, turn_acceleration: 45 deg/s^2}"
    ),
    "lift": (
        f"{{kind: vertical_lift, {MOVES}, length: 1 m, width: 0.6 m, stop_at: 0.7 m, "
        "rise: -0.5 m, lift_speed: 0.3 m/s, lift_acceleration: 0.5 m/s^2}"
    ),
    "stop": "{kind: stop_blade, on: belt, at: 3.5 m, height: 60 mm, time: 0.3 s}",
    "escapement": (
        "{kind: escapement, on: curve, at: 1 m, rear: 0.3 m, height: 60 mm, "
        "time: 0.3 s}"
    ),
    "eye": "{kind: photo_eye, on: zones, at: 2 m}",
}


def text(**changed: str) -> str:
    """Return a scenario with every kind, some of them changed or left out."""
    lines = LINES | changed
    return HEAD + "".join(f"  {name}: {line}\n" for name, line in lines.items() if line)


def test_every_kind_is_read() -> None:
    equipment = read_scenario(text()).equipment
    assert list(equipment) == list(LINES)
    curve, zones = equipment["curve"], equipment["zones"]
    assert isinstance(curve, CurveConveyor)
    assert isinstance(zones, AccumulationConveyor)
    assert curve.way_m() == pytest.approx(math.pi / 2)
    assert zones.way_m() == pytest.approx(2.8)


@pytest.mark.parametrize(
    ("name", "old", "new", "found"),
    [
        ("belt", "0.3 m/s,", "6 m/s,", "speed: 6 m/s moves parts 25 mm in a step of"),
        (
            "lift",
            "lift_speed: 0.3 m/s",
            "lift_speed: 9 m/s",
            "lift_speed: 9 m/s moves parts 37.5 mm",
        ),
        ("turntable", "45 deg/s,", "9 rad/s,", "turn_speed: 5.24"),
        ("curve", "1 m", "0.3 m", "radius: 0.3 m leaves no inner edge to a way of"),
        ("curve", "90 deg", "0 deg", "angle: 0 deg; give less than a whole turn, and"),
        ("strands", "0.4 m", "50 mm", "gauge: 0.05 m is no more than the strand_width"),
        ("transfer", "0.7 m", "1.2 m", "stop_at: 1.2 m is beyond the length of 1 m"),
        ("stop", "on: belt", "on: eye", "on: no conveyor 'eye' that is given by its"),
        ("stop", "3.5 m", "4.5 m", "at: 4.5 m is beyond the 4 m of 'belt'; move it"),
        ("eye", "2 m", "2.9 m", "at: 2.9 m is beyond the 2.8 m of 'zones'"),
        ("zones", "zones: 4", "zones: 0", "zones: "),
        ("belt", "width: 0.6 m", "width: 0.6", "width: got 0.6 without a unit"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(
    name: str, old: str, new: str, found: str
) -> None:
    assert old in LINES[name]
    spoilt = text(**{name: LINES[name].replace(old, new, 1)})
    with pytest.raises(ScenarioError) as caught:
        read_scenario(spoilt, "line.yaml")
    line = 5 + list(LINES).index(name)
    assert str(caught.value).startswith(f"line.yaml:{line}: equipment.{name}.{found}")


def test_a_faster_rate_lets_faster_belts_run() -> None:
    fast = LINES["belt"].replace("0.3 m/s,", "6 m/s,")
    assert read_scenario(text(belt=fast) + "physics: {rate: 480 Hz}\n").name == "x"
