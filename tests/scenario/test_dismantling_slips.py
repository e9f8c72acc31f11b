"""Each slip in a tree of parts, and each unsafe order, is named with its line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from twin.scenario import read_scenario

Refuse = Callable[[str, str, str], tuple[str, str]]

HALL = """\
name: hall
title: {en: Hall, fr: Halle}
start: 2026-01-05T06:00:00
products:
  car:
    mass: 1000 kg
    parts:
      shell: {mass: 855 kg, material: steel}
      airbag: {mass: 2 kg, material: steel, hazards: [pyrotechnic]}
      bonnet: {mass: 20 kg, material: steel}
      shield: {mass: 3 kg, material: plastic}
      engine:
        mass: 80 kg
        material: iron
        after_any: [bonnet, shield]
        fluids:
          engine_oil: {mass: 3 kg, residue: 0.1 kg}
        parts:
          starter: {mass: 4 kg, materials: {iron: 3 kg, copper: 1 kg}}
      tank:
        mass: 40 kg
        material: plastic
        fluids: {fuel: {mass: 11 kg}}
tanks:
  fuels: {fluids: [fuel]}
  oils: {fluids: [engine_oil]}
  cold: {fluids: [r134a]}
zones:
  pit: {station: wet, radius: 3 m}
stations:
  booth:
    place: {x: 0 m, y: 0 m}
    operations:
      fire: {do: task, time: 1 min, fires: [airbag]}
    next: wet
  wet:
    place: {x: 10 m, y: 0 m}
    operations:
      fuel: {do: task, time: 1 min, drains: {fuel: {to: fuels}}}
      oil: {do: task, drains: {engine_oil: {to: oils, rate: 1 kg/min, runs: slower}}}
    next: dry
  dry:
    place: {x: 20 m, y: 0 m}
    operations:
      bonnet: {do: task, time: 1 min, removes: [bonnet]}
      engine: {do: task, time: 1 min, removes: [engine], after: [bonnet]}
      cut: {do: task, time: 1 min, ignites: true}
      tilt: {do: task, time: 1 min, tilts: true}
    next: out
sources: {in: {product: car, every: 1 h, next: booth}}
sinks: {out: {}}
"""

TREE = "products.car.parts"
WET = "stations.wet.operations"
DRY = "stations.dry.operations"

SLIPS = [
    # The tree
    (
        "mass: 2 kg, material: steel, haz",
        "|material: steel, haz",
        f"{TREE}.airbag",
        "key 'mass' is missing",
    ),
    (
        "      bonnet: {mass: 20 kg",
        "|      bonnet: {mass: 0 kg",
        f"{TREE}.bonnet.mass",
        "got 0 kg; give a value above 0",
    ),
    (
        "    mass: 1000 kg\n    parts",
        "|    mass: 1001 kg\n    parts",
        "products.car.mass",
        "1001 kg, but its parts sum to 1000 kg; name what is left",
    ),
    (
        "    mass: 1000 kg\n    parts",
        "    parts",
        "products.car",
        "key 'mass' is missing; give what its parts sum to",
    ),
    (
        "        mass: 80 kg",
        "|        mass: 6 kg",
        f"{TREE}.engine.mass",
        "6 kg, but what it holds sums to 7 kg; a part weighs",
    ),
    (
        "copper: 1 kg",
        "copper: 2 kg",
        f"{TREE}.engine.parts.starter.materials",
        "sum to 5 kg, but 4 kg of it are its own",
    ),
    (
        "        material: iron\n",
        "        material: iron\n|        materials: {iron: 1 kg}\n",
        f"{TREE}.engine.materials",
        "stands beside material",
    ),
    (
        "shield: {mass: 3 kg, material: plastic}",
        "|shield: {mass: 3 kg}",
        f"{TREE}.shield",
        "3 kg of it are of nothing; give material",
    ),
    (
        "residue: 0.1 kg",
        "residue: 4 kg",
        f"{TREE}.engine.fluids.engine_oil.residue",
        "4 kg is more than the 3 kg there are",
    ),
    (
        "engine_oil: {mass",
        "lamp_oil: {mass",
        f"{TREE}.engine.fluids.lamp_oil",
        "give 'fuel', 'engine_oil'",
    ),
    (
        "          starter: {",
        "|          bonnet: {",
        f"{TREE}.engine.parts.bonnet",
        "'bonnet' stands in this product twice",
    ),
    (
        "      shield: {mass",
        "|      Shield: {mass",
        f"{TREE}.Shield",
        "'Shield' is no id",
    ),
    # Its graph
    (
        "after_any: [bonnet, shield]",
        "|after_any: [bonnet, sheild]",
        f"{TREE}.engine.after_any[1]",
        "no part 'sheild'; known: airbag",
    ),
    (
        "starter: {mass: 4 kg,",
        "starter: {mass: 4 kg, after: [engine],",
        f"{TREE}.engine.parts.starter.after[0]",
        "'starter' hangs on 'engine' and comes off with it",
    ),
    ("shield: {mass: 3 kg,", "shield: {mass: 3 kg, after: [tank],", None, None),
    # Operations
    (
        "removes: [bonnet]",
        "removes: [bonet]",
        f"{DRY}.bonnet.removes[0]",
        "no part 'bonet'; known: airbag",
    ),
    (
        "removes: [bonnet]",
        "removes: [bonnet, bonnet]",
        f"{DRY}.bonnet.removes[1]",
        "'bonnet' stands there before",
    ),
    (
        "removes: [engine]",
        "removes: [engine, bonnet]",
        f"{DRY}.engine.removes[1]",
        "'bonnet' is off already, by bonnet",
    ),
    (
        "fires: [airbag]",
        "fires: [bonnet]",
        "stations.booth.operations.fire.fires[0]",
        "'bonnet' has no hazard pyrotechnic",
    ),
    (
        "{fuel: {to: fuels}}",
        "{coolant: {to: fuels}}",
        f"{WET}.fuel.drains.coolant",
        "no part holds 'coolant'; held: engine_oil, fuel",
    ),
    (
        "{to: fuels}",
        "{to: fules}",
        f"{WET}.fuel.drains.fuel.to",
        "no tank 'fules'; known: cold, fuels, oils",
    ),
    (
        "{to: fuels}",
        "{to: oils}",
        f"{WET}.fuel.drains.fuel.to",
        "'oils' takes engine_oil; lead 'fuel' elsewhere",
    ),
    (
        "{to: fuels}",
        "{to: fuels, rate: 1 kg/min, flow: 1 l/min}",
        f"{WET}.fuel.drains.fuel.flow",
        "stands beside rate",
    ),
    (
        "{to: fuels}",
        "{to: fuels, rate: 1 kg/min, runs: slower}",
        f"{WET}.fuel.drains.fuel.runs",
        "never ends where nothing stays",
    ),
    (
        "{to: fuels}",
        "{to: fuels, runs: slower}",
        f"{WET}.fuel.drains.fuel.runs",
        "says not how fast it begins",
    ),
    (
        "{to: fuels}",
        "{to: fuels, rate: 1 l/min}",
        f"{WET}.fuel.drains.fuel.rate",
        "'l/min' is no unit of mass flow",
    ),
    # Tanks and zones
    (
        "[r134a]",
        "[r134a, r1234yf]",
        "tanks.cold.fluids",
        "'r134a' is mixed with others here; a refrigerant has a tank",
    ),
    (
        "[r134a]}",
        "[r134a], content: {fuel: 1 kg}}",
        "tanks.cold.content.fuel",
        "takes r134a; name a fluid that it takes",
    ),
    (
        "zones:\n  pit: {station: wet, radius: 3 m}\n",
        "",
        f"{WET}.fuel.drains.fuel",
        "is drained outside any zone; add one",
    ),
    ("station: wet", "station: damp", "zones.pit.station", "no station 'damp'"),
    (
        "radius: 3 m",
        "radius: 12 m",
        f"{DRY}.cut",
        "makes sparks in zone 'pit', where fuel may be in the air",
    ),
    # Orders that break a rule
    (
        "fires: [airbag]",
        "present: 1",
        f"{WET}.fuel.drains",
        "may come before airbag fired or out on 'car'",
    ),
    (
        "next: wet",
        "next: {among: {wet: 0.5, dry: 0.5}}",
        f"{DRY}.cut.ignites",
        "may come before fuel drained on 'car'",
    ),
    (
        "next: booth}",
        "next: {among: {booth: 0.5, wet: 0.5}}}",
        f"{WET}.fuel.drains",
        "may come before airbag fired or out",
    ),
    (
        ", after: [bonnet]",
        "",
        f"{DRY}.engine.removes",
        "may come before bonnet or shield off before engine on 'car', as nothing ",
    ),
    (
        "{do: task, time: 1 min, drains: {fuel",
        "{do: task, time: 1 min, only: [van], drains: {fuel",
        f"{DRY}.cut.ignites",
        "may come before fuel drained",
    ),
]


@pytest.mark.parametrize(("old", "new", "path", "found"), SLIPS)
def test_each_slip_is_named(
    refuse: Refuse, old: str, new: str, path: str | None, found: str | None
) -> None:
    text = HALL
    if "van" in new:
        text = text.replace("products:\n", "products:\n  van: {}\n")
    if path is None:
        read_scenario(text.replace(old, new, 1))
        return
    where, words = refuse(text, old, new)
    assert where == path
    assert words.startswith(found or "") or (found or "") in words


def test_a_circle_of_parts_is_said_to_be_one(refuse: Refuse) -> None:
    text = HALL.replace("after_any: [bonnet, shield]", "after: [bonnet]")
    where, words = refuse(
        text, "bonnet: {mass: 20 kg,", "|bonnet: {mass: 20 kg, after: [engine],"
    )
    assert where == f"{TREE}.bonnet.after"
    assert words == (
        "bonnet, engine can never come off, since they wait for each other; break the "
        "circle"
    )


def test_the_hall_itself_is_sound() -> None:
    scenario = read_scenario(HALL)
    assert scenario.products["car"].parts["engine"].own_kg() == pytest.approx(73.0)


def test_a_robot_in_a_zone_is_rated_for_it_or_not_there(
    refuse: Refuse, shipped_text: str
) -> None:
    zone = (
        "zones:\n  pit: {station: battery_removal, radius: 9 m}\n"
        "stations:\n  battery_removal:\n    place: {x: 0 m, y: 0 m}\n"
    )
    old = "stations:\n  battery_removal:\n"
    where, words = refuse(shipped_text, old, zone)
    assert where == "zones.pit.radius"
    assert "'robot' stands 2.41 m from the middle of it and is not rated" in words
    read_scenario(shipped_text.replace(old, zone.replace("9 m", "9 m, rated: [robot]")))


def test_an_industrial_robot_never_runs_beside_people(
    refuse: Refuse, shipped_text: str
) -> None:
    guard = (
        "safeguards:\n  gate: {robot: ROBOT, type: gate, distance: 2 m, "
        "response: 50 ms, mode: MODE}\nstations:\n"
    )
    bad = guard.replace("ROBOT", "robot").replace("MODE", "collaborative")
    where, words = refuse(shipped_text, "stations:\n", bad)
    assert where == "safeguards.gate.mode"
    assert words.startswith("'kuka_kr210_l150' is an industrial robot and never runs")
    no_robot = guard.replace("ROBOT", "lift").replace("MODE", "separated")
    where, words = refuse(shipped_text, "stations:\n", no_robot)
    assert (where, words) == (
        "safeguards.gate.robot",
        "'lift' is a lift; name a robot",
    )
    read_scenario(
        shipped_text.replace("stations:\n", bad.replace("collaborative", "separated"))
    )
