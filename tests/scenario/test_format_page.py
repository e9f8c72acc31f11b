"""The page on the scenario format says what the models say: fields, kinds, defaults."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic.fields import FieldInfo
from ruamel.yaml import YAML

from twin import units
from twin.scenario import equipment, fields, model, products, read_scenario, station
from twin.scenario.fields import Model, Of, Share
from twin.units import Dimension

HEADINGS: dict[str, type[Model]] = {
    "Top level": model.Scenario,
    "Physics": model.Physics,
    "Camera": model.View,
    "Texts": fields.Text,
    "Points": fields.Point,
    "Places": fields.Place,
    "Product": products.Product,
    "Fastener": products.Fastener,
    "Source": products.Source,
    "Line": products.Line,
    "Crossing": products.Crossing,
    "Equipment": equipment.Placed,
    "Joint": equipment.RobotJoint,
    "Tool": equipment.Nutrunner,
    "Station": station.Station,
    "Operations": station.OperationBase,
    "Step": station.WorkStep,
}


@dataclass(frozen=True)
class Section:
    """A heading of the page, the model it describes, and the rows of its table."""

    heading: str
    model: type[Model]
    rows: dict[str, tuple[str, str, str]]


def kinds() -> dict[str, type[Model]]:
    """Return the headings of what is told apart by its kind, or by what it does."""
    found: dict[str, type[Model]] = {}
    for union in (equipment.Equipment, station.Operation, station.Fault):
        members, tag = get_args(union)
        for member in get_args(members):
            names = get_args(member.model_fields[tag.discriminator].annotation)
            heading = " or ".join(f"`{tag.discriminator}: {name}`" for name in names)
            found[heading] = member
    return found


@pytest.fixture(scope="module")
def page(root_folder: Path) -> str:
    return (root_folder / "docs" / "scenario.md").read_text("utf-8")


@pytest.fixture(scope="module")
def sections(page: str) -> list[Section]:
    known = HEADINGS | kinds()
    found = []
    for chunk in re.split(r"^#{2,4} ", page, flags=re.MULTILINE)[1:]:
        heading, _, body = chunk.partition("\n")
        if heading in known:
            cells = re.findall(r"^\| `(\w+)` \| (.*) \| (.*) \| (.*) \|$", body, re.M)
            rows = {name: (takes, absent, says) for name, takes, absent, says in cells}
            found.append(Section(heading, known[heading], rows))
    return found


def own_fields(section: Section) -> dict[str, FieldInfo]:
    """Return the fields that a section has to list: those of its base stand there."""
    of_all = section.model.model_fields
    if section.heading not in kinds():
        return of_all
    bases = {**equipment.Placed.model_fields, **station.OperationBase.model_fields}
    tags = {"kind", "do"}
    return {
        name: field
        for name, field in of_all.items()
        if name not in tags and (name not in bases or name in section.rows)
    }


def test_every_part_of_a_scenario_has_its_section(sections: list[Section]) -> None:
    assert {section.heading for section in sections} == set(HEADINGS | kinds())
    everything = {
        part
        for module in (equipment, fields, model, products, station)
        for part in vars(module).values()
        if isinstance(part, type) and issubclass(part, Model) and part.model_fields
    }
    assert {section.model for section in sections} == everything


def test_every_field_is_explained_and_no_other(sections: list[Section]) -> None:
    for section in sections:
        assert set(section.rows) == set(own_fields(section)), section.heading
        for name, (_, _, says) in section.rows.items():
            assert says.endswith("."), (section.heading, name)


def test_what_must_be_given_is_called_needed(sections: list[Section]) -> None:
    for section in sections:
        for name, (_, absent, _) in section.rows.items():
            needed = section.model.model_fields[name].is_required()
            assert (absent == "needed") == needed, (section.heading, name)


def measure(field: FieldInfo) -> str | None:
    """Return what the page says a quantity field takes, None if it is none."""
    for note in (*field.metadata, *getattr(field.annotation, "__metadata__", ())):
        if isinstance(note, Of):
            return note.dimension.name
        if isinstance(note, Share):
            return f"number, {note.at_least:g} to {note.at_most:g}"
    return None


def test_every_quantity_is_said_to_be_what_it_is(sections: list[Section]) -> None:
    measured = 0
    for section in sections:
        for name, (takes, _, _) in section.rows.items():
            wanted = measure(section.model.model_fields[name])
            assert wanted in (None, takes), (section.heading, name)
            measured += wanted is not None
    assert measured > 50


def test_the_examples_of_units_are_those_of_errors(page: str) -> None:
    listed = dict(re.findall(r"^\| ([a-z ]+) \| `([^`]+)` \|$", page, re.MULTILINE))
    known = {
        one.name: one.example
        for one in vars(units).values()
        if isinstance(one, Dimension)
    }
    assert listed == known


def test_links_lead_to_headings(page: str) -> None:
    headings = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    anchors = {heading.lower().replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= anchors


def test_the_first_example_is_a_scenario(page: str) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    read = read_scenario(blocks[0])
    assert read.equipment["strands"].kind == "conveyor"
    stated: Any = YAML(typ="safe", pure=True).load(blocks[1])
    assert set(stated["mass"]) == {"value", "source", "confidence"}
