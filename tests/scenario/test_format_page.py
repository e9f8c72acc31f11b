"""The page on the scenario format says what the models say: fields, kinds, defaults."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

import pytest
from pydantic.fields import FieldInfo
from ruamel.yaml import YAML

from twin import units
from twin.scenario import (
    calendars,
    end_tools,
    equipment,
    fields,
    fluids,
    law_base,
    laws,
    load_scenario,
    machines,
    model,
    nodes,
    parts,
    people,
    products,
    programme,
    read_scenario,
    routes,
    safeguards,
    sources,
    station,
    tasks,
    transport,
)
from twin.scenario.fields import Model, Of, OrWord, Share, WholeOrWord
from twin.units import Dimension

MODULES = (
    *(calendars, end_tools, equipment, fields, fluids, law_base, laws, machines, model),
    *(nodes, parts, people, products, programme, routes, safeguards, sources, station),
    *(tasks, transport),
)

HEADINGS: dict[str, type[Model]] = {
    "Top level": model.Scenario,
    "Run": model.Run,
    "Physics": model.Physics,
    "Camera": model.View,
    "Texts": fields.Text,
    "Points": fields.Point,
    "Places": fields.Place,
    "Stances": fields.Stance,
    "Product": products.Product,
    "Fastener": products.Fastener,
    "Part": parts.Part,
    "Part fastener": parts.PartFastener,
    "Seized part": parts.SeizedPart,
    "Corroded": parts.Corroded,
    "Filling": fluids.Filling,
    "Drain": fluids.Drain,
    "Tank": fluids.Tank,
    "Safeguard": safeguards.Safeguard,
    "Zone": safeguards.Zone,
    "Laws": law_base.LawBase,
    "Nodes": nodes.Node,
    "Size": nodes.Size,
    "Ways": nodes.Passed,
    "Choice": routes.RouteTable,
    "Source": sources.Source,
    "Delivery": sources.Delivery,
    "Line": products.Line,
    "Crossing": products.Crossing,
    "Equipment": equipment.Placed,
    "Conveyors by their dimensions": equipment.ParametricConveyor,
    "On a conveyor": equipment.OnConveyor,
    "Joint": equipment.RobotJoint,
    "Tool": equipment.Nutrunner,
    "Turning joint": equipment.TurningJoint,
    "Sliding joint": equipment.SlidingJoint,
    "Tools of a manipulator": end_tools.EndToolBase,
    "Changer": end_tools.ToolChanger,
    "Programme": programme.Programme,
    "Tasks": programme.TaskBase,
    "Target": programme.Target,
    "Station": station.Station,
    "Batch": machines.Batch,
    "Setup": machines.Setup,
    "Failure": machines.Failure,
    "Maintenance": machines.Maintenance,
    "Patience": nodes.Patience,
    "Buffer": nodes.Buffer,
    "Conveyor": nodes.Belt,
    "Store": nodes.Store,
    "Reorder": nodes.Reorder,
    "Sink": nodes.Sink,
    "Operations": tasks.OperationBase,
    "Operations of devices": station.DeviceOperationBase,
    "Yield": tasks.Yield,
    "Seized": tasks.Seized,
    "Step": station.WorkStep,
    "Tools": people.Tool,
    "Crew": people.Crew,
    "Calendar": calendars.Calendar,
    "Closure": calendars.Closure,
    "Opening": calendars.Opening,
    "Fleet": transport.Fleet,
    "Battery": transport.Battery,
    "Aisles": transport.Aisles,
    "Floor point": transport.FloorPoint,
    "Loop": transport.Loop,
}

TAGS = {"kind", "do", "law", "task"}


@dataclass(frozen=True)
class Section:
    """A heading of the page, the model it describes, and the rows of its table."""

    heading: str
    model: type[Model]
    rows: dict[str, tuple[str, str, str]]


def kinds() -> dict[str, type[Model]]:
    """Return the headings of what is told apart by its kind, or by what it does."""
    found: dict[str, type[Model]] = {}
    unions = (
        *(equipment.Equipment, end_tools.EndTool, programme.ProgrammeTask),
        *(station.Operation, station.Fault, laws.Law),
    )
    for union in unions:
        members, tag, *_ = get_args(union)
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
    """Return the fields that a section has to list, by the key a file gives them.

    Those of a base stand in the section of the base, unless it says more of them.
    """
    bases = [base for base in HEADINGS.values() if base in section.model.__mro__[1:]]
    elsewhere = {name for base in bases for name in base.model_fields}
    points = section.model is fields.Place
    found = {}
    for name, field in section.model.model_fields.items():
        key = field.alias or name
        if name in TAGS and "law" not in section.rows:
            continue
        if points or name not in elsewhere or key in section.rows:
            found[key] = field
    return found


def test_every_part_of_a_scenario_has_its_section(sections: list[Section]) -> None:
    assert {section.heading for section in sections} == set(HEADINGS | kinds())
    everything = {
        part
        for module in MODULES
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
            needed = own_fields(section)[name].is_required()
            assert (absent == "needed") == needed, (section.heading, name)


def notes_of(annotation: Any) -> list[Any]:
    """Return what is noted on an annotation, or on that of an optional field."""
    of_members = [
        note
        for member in get_args(annotation)
        if get_origin(annotation) in (Union, UnionType)
        for note in getattr(member, "__metadata__", ())
    ]
    return [*getattr(annotation, "__metadata__", ()), *of_members]


def measure(field: FieldInfo) -> str | None:
    """Return what the page says a quantity field takes, None if it is none."""
    notes = [*field.metadata, *notes_of(field.annotation)]
    words = "".join(rf" \| `{note.word}`" for note in notes if isinstance(note, OrWord))
    for note in notes:
        if isinstance(note, Of):
            return note.dimension.name + words
        if isinstance(note, Share):
            return f"number, {note.at_least:g} to {note.at_most:g}"
        if isinstance(note, WholeOrWord):
            return f"whole number{words}"
    law = any(isinstance(note, laws.OrQuantity) for note in notes)
    return "[law](#laws)" if law else None


def test_every_quantity_is_said_to_be_what_it_is(sections: list[Section]) -> None:
    measured = Counter[str]()
    for section in sections:
        for name, (takes, _, _) in section.rows.items():
            wanted = measure(own_fields(section)[name])
            assert wanted in (None, takes), (section.heading, name)
            measured[wanted or ""] += 1
    assert measured["time"] > 20
    assert measured["[law](#laws)"] > 12
    assert measured[r"whole number \| `unlimited`"] == 3


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


def test_the_first_examples_are_textbook_plants(page: str, root_folder: Path) -> None:
    """Who types the page's examples has the files that ship."""
    blocks = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    for name, block in zip(("mm1", "ten_stations"), blocks, strict=False):
        shipped = root_folder / "scenarios" / "textbook" / f"{name}.yaml"
        assert read_scenario(block) == load_scenario(shipped)
    assert blocks[0].count("\n") < 15


def test_the_other_examples_are_read(page: str) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    cell = read_scenario(blocks[2])
    assert cell.equipment["strands"].kind == "conveyor"
    head = "name: x\ntitle: {en: a, fr: b}\nstart: 2026-01-05T06:00:00\n"
    shifts = read_scenario(head + blocks[-2]).calendars["two_shifts"]
    assert len(shifts.hours_of(0)) == 2
    belts = read_scenario(head + blocks[-1]).equipment
    assert [each.kind for each in belts.values()] == [
        *("belt_conveyor", "stop_blade", "photo_eye")
    ]
    stated: Any = YAML(typ="safe", pure=True).load(blocks[3])
    assert set(stated["mass"]) == {"value", "source", "confidence"}


def test_every_textbook_plant_is_listed(page: str, root_folder: Path) -> None:
    files = {
        path.name for path in (root_folder / "scenarios" / "textbook").glob("*.yaml")
    }
    listed = re.findall(r"^\| `(\w+\.yaml)` \| [^|]+ \|$", page, re.MULTILINE)
    assert sorted(listed) == sorted(files)
