"""The JSON Schema takes what the reader takes, and says no where it can."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable
from typing import Any

import pytest
from ruamel.yaml import YAML

from twin.errors import ScenarioError
from twin.scenario import json_schema, read_scenario

Node = dict[str, Any]

ANNOTATIONS = {"title", "description", "default", "discriminator", "$defs", "$schema"}
TYPES: dict[str, Callable[[object], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": lambda value: isinstance(value, (int, float)) and value is not True,
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
}

BOUNDS: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "pattern": ("string", lambda value, rule: re.search(rule, value) is not None),
    "minLength": ("string", lambda value, rule: len(value) >= rule),
    "maxLength": ("string", lambda value, rule: len(value) <= rule),
    "minimum": ("number", operator.ge),
    "maximum": ("number", operator.le),
    "exclusiveMinimum": ("number", operator.gt),
    "exclusiveMaximum": ("number", operator.lt),
    "minItems": ("array", lambda value, rule: len(value) >= rule),
    "maxItems": ("array", lambda value, rule: len(value) <= rule),
    "required": ("object", lambda value, rule: set(rule) <= set(value)),
    "minProperties": ("object", lambda value, rule: len(value) >= rule),
}


OF_CONTENTS = {
    *("items", "prefixItems"),
    *("properties", "patternProperties", "additionalProperties", "propertyNames"),
}


class Checker:
    """As much of JSON Schema 2020-12 as a scenario's schema uses."""

    def __init__(self, schema: Node) -> None:
        self._defs: dict[str, Node] = schema.get("$defs", {})
        self._schema = schema

    def takes(self, value: object) -> bool:
        return self._fits(value, self._schema)

    def _fits(self, value: object, schema: Node) -> bool:
        known = [self._keyword(value, schema, word) for word in schema]
        return all(known)

    def _keyword(self, value: object, schema: Node, word: str) -> bool:
        rule = schema[word]
        if word in ANNOTATIONS:
            return True
        if word == "$ref":
            return self._fits(value, self._defs[rule.removeprefix("#/$defs/")])
        if word == "anyOf":
            return any(self._fits(value, option) for option in rule)
        if word == "oneOf":
            return sum(self._fits(value, option) for option in rule) == 1
        if word == "type":
            return TYPES[rule](value)
        if word in ("const", "enum"):
            allowed = rule if word == "enum" else [rule]
            return any(value == one and type(value) is type(one) for one in allowed)
        if word in BOUNDS:
            kind, holds = BOUNDS[word]
            return not TYPES[kind](value) or holds(value, rule)
        if isinstance(value, list) and word in ("items", "prefixItems"):
            rules = rule if word == "prefixItems" else [rule] * len(value)
            return all(map(self._fits, value, rules))
        if isinstance(value, dict) and word == "properties":
            return all(
                self._fits(value[key], rule[key]) for key in rule if key in value
            )
        if isinstance(value, dict) and word == "patternProperties":
            return all(
                self._fits(value[key], rule[pattern])
                for pattern in rule
                for key in value
                if re.search(pattern, key)
            )
        if isinstance(value, dict) and word == "propertyNames":
            return all(self._fits(key, rule) for key in value)
        if isinstance(value, dict) and word == "additionalProperties":
            return self._others(value, schema)
        assert word in OF_CONTENTS, word
        return True

    def _others(self, value: Node, schema: Node) -> bool:
        patterns = schema.get("patternProperties", {})
        others = [
            value[key]
            for key in value
            if key not in schema.get("properties", {})
            and not any(re.search(pattern, key) for pattern in patterns)
        ]
        rule = schema["additionalProperties"]
        if isinstance(rule, bool):
            return rule or not others
        return all(self._fits(one, rule) for one in others)


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(json_schema())


def as_editors_see(text: str) -> Any:
    """Return a document as an editor checks it: dates stay text."""
    plain = YAML(typ="safe", pure=True).load(text)
    return json.loads(json.dumps(plain, default=lambda when: when.isoformat()))


def test_the_shipped_cell_fits(checker: Checker, shipped_text: str) -> None:
    assert checker.takes(as_editors_see(shipped_text))


@pytest.mark.parametrize(
    "name", ["agvs", "conwip", "dismantling", "mm1", "operators", "ten_stations"]
)
def test_the_textbook_plants_fit(
    checker: Checker, textbook: dict[str, str], name: str
) -> None:
    assert checker.takes(as_editors_see(textbook[name]))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("mm1", "mean: 4 min", "mean: 4"),
        ("mm1", "mean: 4 min", "mean: 0"),
        ("mm1", "law: exponential, mean: 4 min", "law: gauss, mean: 4 min"),
        ("mm1", "law: exponential, mean: 4 min", "mean: 4 min"),
        ("mm1", "law: exponential, mean: 4 min", "law: exponential, sd: 4 min"),
        ("mm1", "{time:", "{takt:"),
        ("mm1", "next: out", "next: [out]"),
        ("mm1", "next: out", "next: {choose: round_robin}"),
        ("mm1", "next: out", "next: {among: {out: 2}}"),
        ("mm1", "warm_up: 100 h", "warm_up: soon"),
        ("ten_stations", "queue: 5, next: s02", "queue: -1, next: s02"),
        ("ten_stations", "queue: 5, next: s02", "queue: many, next: s02"),
        ("ten_stations", "when_full: wait", "when_full: shout"),
        ("dismantling", "present: 0.95", "present: 95"),
        ("dismantling", "{battery: {to: scrap_batteries}}", "{battery: {}}"),
        ("dismantling", "yields: lose", "yields: burn"),
        ("dismantling", "{lift: 1}", "{lift: 0}"),
        ("operators", "{mon-fri: [", "{weekdays: ["),
        ("operators", '"09:00-09:20"', '"9:00-9:20"'),
        ("operators", "holidays: france", "holidays: germany"),
        ("operators", "from: 2026-08-03, ", ""),
        ("operators", "skills: [fitter, operator]", "skills: []"),
        ("agvs", "home: charging", "home: 3"),
        ("agvs", "- [north_west, middle_west]", "- [north_west]"),
        ("agvs", "recharge_at: 0.25", "recharge_at: 25"),
        ("conwip", "count: 8", "count: 8.5"),
    ],
)
def test_what_the_reader_refuses_of_flow_is_refused(
    checker: Checker, textbook: dict[str, str], name: str, old: str, new: str
) -> None:
    spoilt = textbook[name].replace(old, new, 1)
    assert spoilt != textbook[name]
    assert not checker.takes(as_editors_see(spoilt))
    with pytest.raises(ScenarioError):
        read_scenario(spoilt)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("mean: 4 min}", "mean: {value: 4 min, source: x, confidence: A}}"),
        ("{law: exponential, mean: 4 min}", "4 min"),
        ("{law: exponential, mean: 4 min}", "0"),
        ("{law: exponential, mean: 4 min}", "{value: 0, source: x, confidence: A}"),
        ("{law: exponential, mean: 4 min}", "{law: empirical, file: a.csv, unit: s}"),
        ("next: out", "queue: unlimited, next: out"),
        ("next: out", "next: {among: {out: 1}}"),
        ("next: out", "next: {among: [out], choose: shortest_queue}"),
        ("warm_up: 100 h", "warm_up: auto"),
    ],
)
def test_what_the_reader_takes_of_flow_is_taken(
    checker: Checker, textbook: dict[str, str], old: str, new: str
) -> None:
    changed = textbook["mm1"].replace(old, new, 1)
    assert changed != textbook["mm1"]
    assert read_scenario(changed).name == "mm1"
    assert checker.takes(as_editors_see(changed))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("seed: 1\n", "sead: 1\n"),
        ("      thread: M12\n", "      thread: M12\n      colour: red\n"),
        ("      thread: M12\n", ""),
        ("name: battery_cell", "name: Battery cell"),
        ("engine: physics", "engine: magic"),
        ("start: 2026-01-05T06:00:00", "start: soon"),
        ("start: 2026-01-05T06:00:00", "start: '2026-01-05T06:00:00Z'"),
        ("start: 2026-01-05T06:00:00", "start: 12"),
        ("seed: 1\n", "seed: -1\n"),
        ("    slack: 15 mm", "    slack: 15"),
        ("    slack: 15 mm", "    slack: 0"),
        ("    slack: 15 mm", "    slack: '15'"),
        ("    slack: 15 mm", "    slack: 9**9**9"),
        ("    slack: 15 mm", "    slack: nan mm"),
        ("    slack: 15 mm", "    slack: {value: 15 mm, source: x}"),
        ("    slack: 15 mm", "    slack: {value: 15 mm, source: x, confidence: D}"),
        ("    slack: 15 mm", "    slack: {value: 15 mm, source: '', confidence: A}"),
        ("      turns: {value: 10,", "      turns: {value: 10 s,"),
        ("      turns: {value: 10,", "      turns: {value: 1000,"),
        ("    kind: rack\n", "    kind: shelf\n"),
        ("        do: convey_in\n", "        do: teleport\n"),
        ("    first_at: 0.5 s\n", "    first_at: 0.5 s\n    most: -1\n"),
        ("belts: [strand_left, strand_right]", "belts: []"),
    ],
)
def test_what_the_reader_refuses_is_refused(
    checker: Checker, shipped_text: str, old: str, new: str
) -> None:
    assert old in shipped_text
    assert not checker.takes(as_editors_see(shipped_text.replace(old, new, 1)))


LINE = """\
name: line
title: {en: Line, fr: Ligne}
start: 2026-01-05T06:00:00
equipment:
  belt:
    kind: belt_conveyor
    height: 0.8 m
    speed: {value: 0.3 m/s, source: data sheet, confidence: A}
    acceleration: 0.5 m/s^2
    friction: 0.5
    length: 4 m
    width: 600 mm
    angle: -3 deg
  zones:
    kind: accumulation_conveyor
    height: 0.8 m
    speed: 0.3 m/s
    acceleration: 0.5 m/s^2
    friction: 0.5
    zones: 4
    zone_length: 0.7 m
    width: 0.6 m
  stop: {kind: stop_blade, on: belt, at: 3.5 m, height: 60 mm, time: 0.3 s}
  eye: {kind: photo_eye, on: zones, at: 0}
"""


def test_a_line_of_conveyors_fits(checker: Checker) -> None:
    assert checker.takes(as_editors_see(LINE))
    assert len(read_scenario(LINE).equipment) == 4


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("length: 4 m", "lenght: 4 m"),
        ("friction: 0.5", "friction: 5"),
        ("kind: belt_conveyor", "kind: belt"),
        ("zones: 4", "zones: 0"),
        ("zones: 4", "zones: 4.5"),
        ("zones: 4", "zones: 4\n    release: by_hand"),
        ("time: 0.3 s}", "time: 0.3 s, raised: up}"),
        ("at: 0}", "at: 1}"),
        ("on: zones, ", ""),
    ],
)
def test_what_the_reader_refuses_of_conveyors_is_refused(
    checker: Checker, old: str, new: str
) -> None:
    spoilt = LINE.replace(old, new, 1)
    assert spoilt != LINE
    assert not checker.takes(as_editors_see(spoilt))
    with pytest.raises(ScenarioError):
        read_scenario(spoilt)


def test_the_schema_is_plain_json_and_says_what_it_is() -> None:
    schema = json_schema()
    assert json.loads(json.dumps(schema, allow_nan=False)) == schema
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["required"] == ["name", "title", "start"]
    rate = schema["$defs"]["Physics"]["properties"]["rate"]
    assert rate["default"] == "240 1/s"
    assert "frequency, such as 240 Hz" in json.dumps(rate)
