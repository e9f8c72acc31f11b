"""A scenario is read whole, or refused in one line that says where and what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from twin.errors import ScenarioError
from twin.scenario import Scenario, load_scenario, read_scenario
from twin.scenario.fields import quantities

HEAD = "name: x\ntitle: {en: a, fr: b}\nstart: 2026-01-05T06:00:00\n"


def refusal(text: str) -> str:
    """Return the one line with which a text is refused."""
    with pytest.raises(ScenarioError) as caught:
        read_scenario(text, "cell.yaml")
    line = str(caught.value)
    assert line.isprintable()
    assert len(line) < 800
    return line


@pytest.fixture(scope="module")
def shipped(shipped_text: str) -> Scenario:
    return read_scenario(shipped_text)


def test_the_shipped_cell_is_read_in_si_units(shipped: Scenario) -> None:
    assert (shipped.name, shipped.engine) == ("battery_cell", "physics")
    assert shipped.products["hatchback_ev"].mass == 1502.0
    strands, robot = shipped.equipment["strands"], shipped.equipment["robot"]
    assert strands.kind == "conveyor"
    assert strands.speed == pytest.approx(0.3)
    assert robot.kind == "robot"
    assert robot.place.yaw == pytest.approx(1.5707963267948966)
    assert robot.tool.speed == pytest.approx(250 / 60 * 6.283185307179586)


def test_every_scenario_begins_a_line_with_its_name(shipped_text: str) -> None:
    assert re.findall(r"^name: (\w+)$", shipped_text, re.MULTILINE) == ["battery_cell"]


def test_a_quantity_keeps_its_source(shipped: Scenario) -> None:
    mass = shipped.products["hatchback_ev"].pack_mass
    assert (mass.unit, mass.confidence) == ("kg", "A")
    assert mass.source == "pack mass published for the 52 kWh Zoe"
    stated = dict(shipped.provenance())
    assert stated["products.hatchback_ev.pack_mass"] is mass
    assert stated["equipment.robot.joints[0].torque"] == 10_000.0
    assert {quantity.confidence for quantity in stated.values()} == {"A", "B", "C"}
    assert all(quantity.source for quantity in stated.values())


def test_numbers_that_decide_results_say_where_they_come_from(
    shipped: Scenario,
) -> None:
    """Masses, speeds, times, forces and torques; a place needs no source."""
    silent = [
        path
        for path, quantity in quantities(shipped)
        if not quantity.confidence and quantity and quantity.unit not in {"m", "rad"}
    ]
    assert silent == [
        "physics.rate",
        "physics.frame_rate",
        "sources.cars.first_at.value",
    ]


def test_a_scenario_cannot_be_changed(shipped: Scenario) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        shipped.seed = 2
    with pytest.raises(ValidationError, match="frozen"):
        shipped.products["hatchback_ev"].mass = 1.0  # type: ignore[assignment]


def test_what_is_absent_has_its_default() -> None:
    scenario = read_scenario(HEAD)
    assert scenario.engine == "flow"
    assert scenario.seed == 1
    assert (scenario.physics.rate, scenario.physics.frame_rate) == (240.0, 30.0)
    assert str(scenario.local_start()) == "2026-01-05 06:00:00+01:00"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ": holds no mapping; begin with name:, title: and start:"),
        ("# nothing\n", ": holds no mapping; begin with name:, title: and start:"),
        ("- a\n- b\n", ": holds no mapping; begin with name:, title: and start:"),
        ("just text", ": holds no mapping; begin with name:, title: and start:"),
        ("a: 1", ":1: top level: key 'name' is missing; add it (and 3 more)"),
        (HEAD + "\tseed: 1", ":4: found character '\\t' that cannot start any token;"),
        (HEAD + "notes: [a", ":4: expected ',' or ']', but got"),
        (HEAD + "notes: {a", ":4: expected ',' or '}', but got"),
        (HEAD + "notes: 'a", ":4: found unexpected end of stream; mend the YAML"),
        (HEAD + "seed: *nope", ":4: found undefined alias 'nope'; mend the YAML"),
        (HEAD + "---\n" + HEAD, ":4: but found another document; mend the YAML"),
        (HEAD + "seed: 1\nseed: 2", ':5: found duplicate key "seed" with value "2"'),
        (HEAD + "seed: !!int abc", ":4: cannot read 'abc' (invalid literal"),
        (HEAD + "seed: " + "9" * 5000, ":4: cannot read '99999"),
        (HEAD + "a\0b: 1", ":4: character U+0000 has no place in YAML; remove it"),
        (HEAD + "a: \x1b[31m", ":4: character U+001B has no place in YAML; remove it"),
        (HEAD + "1: 2", ":4: key 1 is no text; put it in quotes"),
        (HEAD + "cameras: {1: {}, '1': {}}", ":4: key 1 is no text; put it in quotes"),
        (HEAD + "? [a, b]\n: 2", ":4: key ('a', 'b') is no text; put it in quotes"),
        (HEAD + "'a\\x85b': 2", ":4: a\\x85b: unknown key 'a\\\\x85b'; remove it"),
        (HEAD + '"\\e[31m": 2', ":4: \\x1b[31m: unknown key '\\x1b[31m'; remove it"),
        (HEAD + '"a\\nb": 2', ":4: a\\nb: unknown key 'a\\nb'; remove it"),
    ],
)
def test_what_is_no_scenario_is_refused(text: str, found: str) -> None:
    assert refusal(text).startswith(f"cell.yaml{found}")


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm() -> None:
    assert read_scenario("\ufeff" + HEAD.replace("\n", "\r\n")) == read_scenario(HEAD)


# What a small file may not ask for --------------------------------------------


@pytest.mark.parametrize(
    "nested",
    [
        "notes: " + "[" * 41 + "]" * 41,
        "notes: " + "[" * 3000 + "]" * 3000,
        "notes: " + "[" * 200_000,
        "notes: " + "{a: " * 100 + "}" * 100,
        "\n".join(" " * level + "a:" for level in range(200)),
    ],
    ids=["just over", "deep", "deeper", "mappings", "blocks"],
)
def test_nesting_has_a_bound(nested: str) -> None:
    line = refusal(HEAD + nested)
    assert re.fullmatch(
        r"cell\.yaml:\d+: nested deeper than 40 levels; flatten it", line
    )


def test_nesting_below_the_bound_is_looked_at() -> None:
    line = refusal(HEAD + "notes: " + "[" * 38 + "]" * 38)
    assert line.startswith("cell.yaml:4: notes")
    assert "give a mapping" in line


def bomb(first: str, link: str) -> str:
    lines = [f"a0: &a0 {first}"]
    for level in range(1, 12):
        aliases = ", ".join([f"*a{level - 1}"] * 9)
        lines.append(f"a{level}: &a{level} {link.format(aliases=aliases, n=level)}")
    return "\n".join(lines)


@pytest.mark.parametrize(
    "text",
    [bomb("[x, x]", "[{aliases}]"), bomb("{k: 1}", "{{<<: [{aliases}], k{n}: 1}}")],
    ids=["lists", "merges"],
)
def test_aliases_that_would_fill_the_memory_are_refused(text: str) -> None:
    line = refusal(HEAD + text)
    assert re.fullmatch(
        r"cell\.yaml:\d+: found more than 200000 values, aliases written out; "
        r"mend the YAML",
        line,
    )


@pytest.mark.parametrize("text", ["notes: &a [*a]", "equipment: &a {b: *a}"])
def test_an_alias_inside_what_it_stands_for_is_refused(text: str) -> None:
    assert refusal(HEAD + text) == (
        "cell.yaml:4: found an alias inside what it stands for; mend the YAML"
    )


def test_aliases_and_merge_keys_of_bearable_size_are_read() -> None:
    text = HEAD + (
        "notes: [&one {en: x, fr: y}, *one, &one {en: z, fr: z}, *one]\n"
        "physics: {<<: {rate: 480 Hz}, frame_rate: 60 Hz}\n"
    )
    scenario = read_scenario(text)
    assert [note.en for note in scenario.notes] == ["x", "x", "z", "z"]
    assert (scenario.physics.rate, scenario.physics.frame_rate) == (480.0, 60.0)


def test_a_slip_in_a_merged_mapping_is_placed_where_it_is_merged() -> None:
    text = HEAD + "cameras: {<<: {a: {label: 5}}}\nphysics: {<<: {rate: 240}}\n"
    assert refusal(text).startswith("cell.yaml:5: physics.rate: got 240 without a unit")


# Files -------------------------------------------------------------------------


def test_a_file_over_16_mib_is_not_parsed(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_bytes(b"#" * (16 * 1024 * 1024 + 1))
    with pytest.raises(ScenarioError, match="exceeds the limit of 16777216 bytes; is"):
        load_scenario(path)


@pytest.mark.parametrize("text", [b"name: \xff", HEAD.encode("utf-16"), b"\x80"])
def test_bytes_that_are_not_utf_8_are_refused(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "cell.yaml"
    path.write_bytes(text)
    with pytest.raises(ScenarioError, match=r"not UTF-8 text \(byte \d+\); is this"):
        load_scenario(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"no such file; give the path"):
        load_scenario(tmp_path / "none.yaml")
    with pytest.raises(ScenarioError, match=r"cannot be read .*; check the path"):
        load_scenario(tmp_path)
    with pytest.raises(ScenarioError, match=r"cannot be read .*; check the path"):
        load_scenario("a\0b.yaml")
