"""What flow would only half do is refused, with where and what to do."""

from __future__ import annotations

import pytest

from twin.errors import ScenarioError
from twin.scenario import read_scenario

PLANT = """\
name: plant
title: {{en: Plant, fr: Usine}}
start: 2026-01-05T06:00:00
products: {{part: {{}}, lid: {{}}, box: {{}}}}
sources:
  parts: {{product: part, every: 5 min, next: s}}
  {source}
stations:
  s: {{time: 1 min, next: out, {station}}}
  {assembly}
stores:
  bolts: {{product: box, stock: 9, reorder: {{at: {at}, quantity: 3, lead_time: 1 h}}}}
sinks: {{out: {{}}}}
"""

LIDS = "lids: {product: lid, every: 5 min, next: a}"
ASSEMBLY = "a: {{time: 1 min, assembly: {{lid: 2}}, makes: box, next: out, {extra}}}"


def plant(**changes: str) -> str:
    values = {"source": "", "station": "queue: 5", "assembly": "", "at": "1"}
    return PLANT.format(**(values | changes))


def test_the_plant_itself_is_fine() -> None:
    assert read_scenario(plant()).stores["bolts"].stock == 9


PRIORITY = "preemptive: true, discipline: priority"


@pytest.mark.parametrize(
    ("changes", "where", "what"),
    [
        (
            {"station": f"{PRIORITY}, batch: {{most: 2}}"},
            "stations.s.preemptive",
            "is not for a batch; drop either",
        ),
        (
            {
                "source": LIDS,
                "assembly": ASSEMBLY.format(extra=PRIORITY),
            },
            "stations.a.preemptive",
            "is not for an assembly; drop either",
        ),
        (
            {
                "source": LIDS,
                "assembly": ASSEMBLY.format(extra="patience: {time: 1 h, to: out}"),
            },
            "stations.a.patience",
            "is not for an assembly",
        ),
        (
            {"at": "3"},
            "stores.bolts.reorder.at",
            "of 3 asks for a second order while one of 3 is under way",
        ),
    ],
)
def test_a_combination_is_refused(
    changes: dict[str, str], where: str, what: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(plant(**changes), name="plant.yaml")
    assert where in str(caught.value)
    assert what in str(caught.value)


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("takes: {bolts: 1}", "takes"),
        ("present: 0.5", "present"),
        ("seized: {probability: 0.5, time: 9 min, yields: keep}", "seized"),
    ],
)
def test_work_that_is_interrupted_cannot_draw_or_take_again(
    line: str, key: str
) -> None:
    text = plant().replace(
        "s: {time: 1 min, next: out, queue: 5}",
        f"s: {{operations: {{o: {{do: task, time: 1 min, {line}}}}}, next: out, "
        f"{PRIORITY}}}",
    )
    with pytest.raises(ScenarioError, match=rf"stations\.s\.operations\.o\.{key}: "):
        read_scenario(text, name="plant.yaml")


def test_there_are_at_most_sixty_two_skills() -> None:
    crews = ", ".join(f"c{i}: {{count: 1, skills: [k{i}]}}" for i in range(63))
    with pytest.raises(ScenarioError, match="63 skills; give at most 62"):
        read_scenario(f"{plant()}crews: {{{crews}}}\n", name="plant.yaml")
