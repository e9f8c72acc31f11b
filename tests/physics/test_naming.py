"""Events call things by their names for people, in both languages."""

from __future__ import annotations

from doors import FILE

from twin.physics.naming import labels_of, named_in
from twin.scenario import load_scenario


def test_ids_and_nodes_have_names() -> None:
    scenario = load_scenario(FILE)
    product = scenario.products[next(iter(scenario.sources.values())).product or ""]
    labels = labels_of(scenario, product)
    told = named_in({"part": "door_fr", "robot": "robot_left", "lost": 3.0}, labels)
    assert told["part_en"] == "Right front door"
    assert told["part_fr"] == "Porte avant droite"
    assert told["robot_en"] != "robot_left"
    assert list(told) == ["part_en", "part_fr", "robot_en", "robot_fr"]


def test_what_has_no_name_keeps_its_id() -> None:
    assert named_in({"part": "module_01_1", "joint": 3.0}, {"module_01": None}) == {}
