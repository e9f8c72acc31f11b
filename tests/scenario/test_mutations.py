"""Whatever happens to a scenario's text, it is read or refused in one line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.errors import ScenarioError
from twin.scenario import Scenario, read_scenario

JUNK = [
    *("", "null", "~", "[]", "{}", "[[]]", "1", "-1", "0", "1.5", ".inf", ".nan"),
    *("true", "yes", "2020-01-01", "2020-01-01T00:00:00Z", "2020-13-45", "12:30:45"),
    *(
        "!!binary aGk=",
        "!!set {a}",
        "!!omap [a: 1]",
        "!foo bar",
        "!!int abc",
        "!!float x",
    ),
    *(
        "!!python/object/apply:os.system [ls]",
        "!!timestamp x",
        "&a [*a]",
        "*nope",
        "<<",
    ),
    *("? a", "- a", "|", ">", "@", "`", "%", "\t", "\0", "'", '"', "#", "9" * 5000),
    *(
        "1e400",
        "1e999999999",
        "{? [a]: 1}",
        "{1: 2}",
        "{a: {b: {c: 1}}}",
        "5 m",
        "-5 s",
    ),
    *(
        "nan s",
        "1e99 m",
        "9**9**9 m",
        "0x10",
        "0o7",
        "1_000",
        "a: b: c",
        "--- x",
        "...",
    ),
]


@st.composite
def spoilt(draw: st.DrawFn, text: str) -> str:
    """Return a scenario's text with one to three things wrong in it."""
    lines = text.splitlines()
    for _ in range(draw(st.integers(1, 3))):
        index = draw(st.integers(0, len(lines) - 1))
        line = lines[index]
        at = draw(st.integers(0, len(line)))
        way = draw(st.integers(0, 5))
        if way == 0:
            lines[index] = line[:at] + line[at + draw(st.integers(1, 4)) :]
        elif way == 1:
            lines[index] = line[:at] + draw(st.sampled_from(JUNK)) + line[at:]
        elif way == 2:
            key, colon, _ = line.partition(":")
            lines[index] = f"{key}{colon} {draw(st.sampled_from(JUNK))}"
        elif way == 3:
            lines[index] = line[:at] + draw(st.characters()) + line[at:]
        elif way == 4:
            lines[index] = " " * draw(st.integers(0, 6)) + line.lstrip()
        else:
            lines[index] = lines[draw(st.integers(0, len(lines) - 1))]
    return "\n".join(lines)


def read_or_refused(text: str) -> None:
    try:
        outcome: Scenario | ScenarioError = read_scenario(text, "cell.yaml")
    except ScenarioError as error:
        outcome = error
    if isinstance(outcome, ScenarioError):
        line = str(outcome)
        assert line.startswith("cell.yaml:")
        assert line.isprintable()
        assert len(line) < 800
    else:
        assert outcome.name


@pytest.mark.slow
@settings(max_examples=120)
@given(data=st.data())
def test_a_spoilt_cell_is_read_or_refused(
    shipped_text: str, data: st.DataObject
) -> None:
    read_or_refused(data.draw(spoilt(shipped_text)))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["agvs", "dismantling", "operators"])
@settings(max_examples=120)
@given(data=st.data())
def test_a_spoilt_plant_is_read_or_refused(
    textbook: dict[str, str], name: str, data: st.DataObject
) -> None:
    read_or_refused(data.draw(spoilt(textbook[name])))


SMALL = """\
name: small
title: {en: Small, fr: Petit}
start: 2026-01-05T06:00:00
timezone: Europe/Paris
physics: {rate: 240 Hz, frame_rate: {value: 30 Hz, source: eye, confidence: C}}
equipment:
  belt:
    kind: conveyor
    asset: pack_belt
    belts: [belt_front]
    place: {x: 1 m, y: 0 m, yaw: 90 deg}
    speed: 0.3 m/s
    acceleration: 0.5 m/s^2
    friction: 0.5
cameras:
  near: {label: {en: Near, fr: Pres}, eye: {x: 1 m, y: 1 m}, target: {x: 0 m, y: 0 m}}
"""


def test_the_small_cell_is_sound() -> None:
    assert read_scenario(SMALL).name == "small"


@settings(max_examples=600)
@given(spoilt(SMALL))
def test_a_spoilt_small_cell_is_read_or_refused(text: str) -> None:
    read_or_refused(text)


@settings(max_examples=200)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    read_or_refused(text)
